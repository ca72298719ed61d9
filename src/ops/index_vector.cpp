/// One dimension indexed by a vector: index_select and the operators that write there (index_add, index_copy,
/// index_fill, index_reduce).
#include "ops/functions/index_vector.h"

#include "ops/cpu/copy.h"
#include "ops/cpu/elementwise.h"
#include "ops/cpu/index_plan.h"
#include "ops/cpu/scatter_reduction.h"
#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/scatter.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

void check_index_dtype(const Tensor& index, std::string_view name) {
  if (index.dtype() != ScalarType::int64 && index.dtype() != ScalarType::int32)
    throw RuntimeError(
        cat(name, "(): Expected dtype int32/int64 for index but got: ", dtype_info(index.dtype()).ir_name));
}
void check_vector(const Tensor& index, std::string_view name) {
  if (index.dim() > 1)
    throw IndexError(cat(name, "(): Index is supposed to be a vector, but got dim: ", index.dim(),
                         " with type: ", dtype_info(index.dtype()).ir_name, " and size: ", shape_text(index.sizes())));
}
int64_t size_along(const Tensor& self, int64_t dim) { return self.dim() == 0 ? 1 : self.sizes()[size_t(dim)]; }

/// Indices from 0 on; none is counted from the end.
std::vector<int64_t> indices_in_self(const Tensor& self, int64_t dim, const Tensor& index) {
  const Tensor wide = cpu::contiguous(cpu::to_dtype(index, ScalarType::int64));
  const int64_t* from = wide.data<int64_t>();
  std::vector<int64_t> indices(from, from + wide.numel());
  for (int64_t i : indices)
    if (i < 0 || i >= size_along(self, dim)) throw IndexError("index out of range in self");
  return indices;
}

Tensor index_select_cpu(const Tensor& self, int64_t dim, const Tensor& index) {
  dim = wrap_dim(dim, self.dim());
  check_vector(index, "index_select");
  if (index.dtype() != ScalarType::int64 && index.dtype() != ScalarType::int32)
    throw RuntimeError("index_select(): Expected dtype int32 or int64 for index");
  if (self.dim() == 0 && index.numel() != 1)
    throw RuntimeError(cat("index_select(): Index to scalar can have only 1 value, got ", index.numel(), " value(s)"));
  const cpu::Places places = cpu::places_along(self, dim, indices_in_self(self, dim, index));
  Shape shape(self.sizes());
  if (self.dim() > 0) shape[size_t(dim)] = index.numel();
  Tensor result = empty_tensor(shape, self.dtype());
  cpu::read_places(places, result);
  return result;
}

// ---- Writing

void check_source(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source, std::string_view name) {
  check_index_dtype(index, name);
  if (index.dim() > 1)
    throw IndexError(cat(name, "(): Index is supposed to be a vector, but got dim: ", index.dim(),
                         " with type: ", dtype_info(index.dtype()).ir_name, " and size: ", shape_text(index.sizes())));
  if (self.dtype() != source.dtype())
    throw RuntimeError(cat(name, "(): self (", dtype_info(self.dtype()).ir_name, ") and source (",
                           dtype_info(source.dtype()).ir_name, ") must have the same scalar type"));
  const int64_t count = source.dim() == 0 ? 1 : source.size(std::min(dim, source.dim() - 1));
  if (source.dim() > 0 && dim >= source.dim())
    throw IndexError(
        cat(name, "(): Indexing dim ", dim, " is out of bounds of the source tensor with dim ", source.dim()));
  bool same = source.dim() == self.dim();
  for (size_t d = 0; same && d < size_t(self.dim()); ++d)
    same = int64_t(d) == dim || self.sizes()[d] == source.sizes()[d];
  if (!same && (self.dim() > 1 || source.dim() > 1))
    throw RuntimeError(
        cat("source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = ",
            shape_text(self.sizes()), " source.shape = ", shape_text(source.sizes())));
  if (index.numel() != count)
    throw RuntimeError(cat("Number of indices (", index.numel(), ") should be equal to source.size(dim): (", count,
                           "), for dim: ", dim));
}

Tensor own_values(const Tensor& self, const Tensor& source) {
  const bool shared = source.storage() == self.storage();
  return shared ? cpu::clone(source, MemoryFormat::contiguous) : cpu::contiguous(source);
}

void index_add_cpu(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source, const Scalar& alpha) {
  dim = wrap_dim(dim, self.dim());
  check_source(self, dim, index, source, "index_add");
  cpu::check_no_internal_overlap(self);
  if (alpha.is_float() && is_integral_or_bool(self.dtype()))
    throw RuntimeError("For integral input tensors, argument alpha must not be a floating point number.");
  const cpu::Places places = cpu::places_along(self, dim, indices_in_self(self, dim, index));
  const Tensor values = alpha.equals(1) ? source : cpu::to_dtype(mul(source, alpha), self.dtype());
  cpu::write_places(places, own_values(self, values), cpu::Combine::add);
}

void index_copy_cpu(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source) {
  dim = wrap_dim(dim, self.dim());
  if (index.dim() > 1)
    throw IndexError(cat("index_copy_(): Index should have dimension 1 or 0 (got ", index.dim(), ")"));
  const int64_t count = index.numel();
  if (source.dim() == 0 && count != 1)
    throw IndexError(cat("index_copy_(): When source is scalar, index should have one element (got ", count, ")"));
  if (source.dim() != self.dim() && source.dim() != 0 && self.dim() != 0)
    throw IndexError(
        cat("index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
            "dimensionality (",
            source.dim(), "), destination dimensionality (", self.dim(), ")"));
  if (index.dtype() != ScalarType::int64)
    throw IndexError(
        cat("index_copy_(): Expected a long tensor for index, but got ", dtype_info(index.dtype()).ir_name));
  if (self.dtype() != source.dtype())
    throw RuntimeError(cat("index_copy_(): self and source expected to have the same dtype, but got (self) ",
                           dtype_info(self.dtype()).ir_name, " and (source) ", dtype_info(source.dtype()).ir_name));
  const auto slice_shape = [&](const Tensor& tensor) {
    Shape shape(tensor.sizes());
    if (!shape.empty()) shape.erase(size_t(dim));
    return shape;
  };
  const Shape mine = slice_shape(self), theirs = slice_shape(source);
  if (!(IntArrayRef(mine) == IntArrayRef(theirs)))
    throw RuntimeError(
        cat("index_copy_(): Source/destination tensor must have same slice shapes. Destination slice "
            "shape: ",
            shape_text(mine), " at dimension ", dim, " and source slice shape: ", shape_text(theirs), " at dimension ",
            dim, "."));
  if (source.dim() > 0 && count != source.size(dim))
    throw IndexError(cat("index_copy_(): Number of indices (", count, ") should be equal to source.size(dim) (",
                         source.size(dim), ")"));
  cpu::check_no_internal_overlap(self);
  const cpu::Places places =
      cpu::places_along(self, dim, cpu::checked_indices(index, size_along(self, dim), dim, /*wrap=*/true));
  cpu::write_places(places, own_values(self, source));
}

void index_fill_cpu(const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value) {
  dim = wrap_dim(dim, self.dim());
  if (index.dtype() != ScalarType::int64) throw IndexError("index_fill_(): Expected dtype int64 for index.");
  if (index.dim() > 1) throw IndexError("Index has to be a vector/scalar");
  if (!is_complex(self.dtype()) && value.is_complex())
    throw RuntimeError("index_fill_(): Converting complex Scalar to non-complex type is not supported");
  cpu::check_no_internal_overlap(self);
  const cpu::Places places =
      cpu::places_along(self, dim, cpu::checked_indices(index, size_along(self, dim), dim, /*wrap=*/true));
  cpu::write_places(places, rushlight::scalar_tensor(value, self.dtype()));
}
void index_fill_tensor(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& value) {
  if (value.dim() != 0)
    throw RuntimeError(
        cat("Only supports 0-dimensional value tensor, but got tensor with ", value.dim(), " dimension(s)."));
  index_fill_cpu(self, dim, index, value.item());
}

void index_reduce_cpu(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& source,
                      std::string_view reduce, bool include_self) {
  warn_once_at("aten/src/ATen/native/TensorAdvancedIndexing.cpp:1523",
               "index_reduce() is in beta and the API may change at any time.");
  static const std::string_view kNames[] = {"prod", "mean", "amax", "amin"};
  if (std::find(std::begin(kNames), std::end(kNames), reduce) == std::end(kNames))
    throw RuntimeError(
        cat("index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ", reduce, "."));
  dim = wrap_dim(dim, self.dim());
  check_source(self, dim, index, source, "index_reduce");
  cpu::check_no_internal_overlap(self);
  const cpu::Places places = cpu::places_along(self, dim, indices_in_self(self, dim, index));
  cpu::reduce_into_places(places, own_values(self, source), cpu::scatter_reduction_of(reduce), include_self);
}

// ---- Gradients

Tensor zeros_of_self(const Backward& b) { return zeros(b.sizes("self"), b.grad().dtype()); }
Tensor grad_at_index(const Backward& b) {
  const Tensor grad = index_select(b.grad(), b.int_of("dim"), b.saved("index"));
  return reshape(grad, b.sizes("source"));
}
Tensor without_index(const Backward& b) { return index_fill(b.grad(), b.int_of("dim"), b.saved("index"), Scalar(0)); }

void index_reduce_back(const Backward& b, std::span<Tensor> gradients) {
  const Tensor self = b.saved("self"), index = b.saved("index"), source = b.saved("source"), result = b.result();
  const Tensor& grad = b.grad();
  const int64_t dim = b.int_of("dim");
  const std::string reduce = b.argument("reduce").to_string();
  const bool include_self = b.bool_of("include_self");
  Tensor wrt_self, wrt_source;
  if (reduce == "prod") {
    const Tensor masked_self = masked_fill(self, eq(self, Scalar(0)), Scalar(1));
    wrt_self = grad * index_reduce(masked_self, dim, index, source, reduce, include_self) / masked_self;
    const Tensor zero = eq(source, Scalar(0));
    const Tensor zeros_there =
        index_select(index_add(zeros_like(self), dim, index, to(zero, self.dtype()), Scalar(1)), dim, index);
    const Tensor single_zero = logical_and(zero, eq(zeros_there, Scalar(1)));
    const Tensor others =
        index_reduce(self, dim, index, masked_fill(source, single_zero, Scalar(1)), reduce, include_self);
    wrt_source = where(single_zero, index_select(grad * others, dim, index),
                       index_select(grad * result, dim, index) / masked_fill(source, zero, Scalar(1)));
  } else if (reduce == "mean") {
    Tensor count = include_self ? ones_like(grad) : zeros_like(grad);
    count = index_add(count, dim, index, ones_like(source), Scalar(1));
    count = masked_fill(count, eq(count, Scalar(0)), Scalar(1));
    wrt_self = grad / count;
    wrt_source = index_select(grad, dim, index) / index_select(count, dim, index);
  } else {
    const Tensor value = index_select(result, dim, index);
    const Tensor self_is = to(eq(self, result), self.dtype()), source_is = to(eq(source, value), self.dtype());
    const Tensor shared = grad / index_add(self_is, dim, index, source_is, Scalar(1));
    wrt_self = self_is * shared;
    wrt_source = source_is * index_select(shared, dim, index);
  }
  if (!include_self) wrt_self = index_fill(wrt_self, dim, index, Scalar(0));
  gradients[0] = wrt_self;
  gradients[3] = wrt_source;
}

}  // namespace

void declare_index_vector(OpSet& ops) {
  ops.add({.schema = "index_select(Tensor self, int dim, Tensor index) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&index_select_cpu>(),
           .saves = "index",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return index_add(zeros_of_self(b), b.int_of("dim"), b.saved("index"), b.grad(),
                                               Scalar(1));
                            }}},
           .doc = "The slices of a dimension that a vector of indices names."});
  ops.add({.schema = "index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = writing_kernel<&index_add_cpu>(),
           .saves = "index",
           .derivatives = {{"self", [](const Backward& b) { return b.grad(); }},
                           {"source",
                            [](const Backward& b) { return grad_at_index(b) * conj_scalar(b.scalar_of("alpha")); }}},
           .doc = "alpha * source added to the slices that the indices name."});
  ops.add({.schema = "index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = writing_kernel<&index_copy_cpu>(),
           .saves = "index",
           .derivatives = {{"self", without_index}, {"source", grad_at_index}},
           .doc = "source in place of the slices that the indices name."});
  ops.add({.schema = "index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
           .inplace = true,
           .out = "int_Scalar_out",
           .kernel = writing_kernel<&index_fill_cpu>(),
           .saves = "index",
           .derivatives = {{"self", without_index}},
           .doc = "value in the slices that the indices name."});
  ops.add({.schema = "index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor",
           .inplace = true,
           .out = "int_Tensor_out",
           .kernel = writing_kernel<&index_fill_tensor>(),
           .saves = "index",
           .derivatives = {{"self", without_index},
                           {"value",
                            [](const Backward& b) {
                              // An index that occurs twice fills once: all but what is not filled.
                              return sum(b.grad() - without_index(b));
                            }}},
           .grad_fn = "IndexFillBackward1",
           .doc = "value in the slices that the indices name."});
  ops.add({.schema = "index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool "
                     "include_self=True) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = writing_kernel<&index_reduce_cpu>(),
           .saves = "self, index, source, result",
           .joint_derivative = index_reduce_back,
           .doc = "source folded into the slices that the indices name, by prod, mean, amax or amin."});
}

}  // namespace rushlight::ops
