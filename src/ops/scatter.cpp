/// Elements chosen position by position: gather, scatter and its reductions, take, put, take_along_dim.
#include "ops/functions/scatter.h"

#include "ops/cpu/copy.h"
#include "ops/cpu/elementwise.h"
#include "ops/cpu/index_plan.h"
#include "ops/cpu/scatter_reduction.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

int64_t rank_of(const Tensor& tensor) { return std::max<int64_t>(tensor.dim(), 1); }
int64_t size_or_one(const Tensor& tensor, int64_t dim) { return tensor.dim() == 0 ? 1 : tensor.sizes()[size_t(dim)]; }

void check_index_dtype(const Tensor& index, std::string_view name) {
  if (index.numel() != 0 && index.dtype() != ScalarType::int64 && index.dtype() != ScalarType::int32)
    throw RuntimeError(cat(name, "(): Expected dtype int32/int64 for index"));
}

// ---- gather

Tensor gather_cpu(const Tensor& self, int64_t dim, const Tensor& index, bool) {
  dim = wrap_dim(dim, self.dim());
  check_index_dtype(index, "gather");
  Tensor result = empty_tensor(index.sizes(), self.dtype());
  if (index.numel() == 0) return result;
  if (rank_of(index) != rank_of(self))
    throw RuntimeError("Index tensor must have the same number of dimensions as input tensor");
  for (int64_t d = 0; d < rank_of(self); ++d)
    if (d != dim && size_or_one(index, d) > size_or_one(self, d))
      throw RuntimeError(cat("Size does not match at dimension ", d, " expected index ", shape_text(index.sizes()),
                             " to be no larger than self ", shape_text(self.sizes()), " apart from dimension ", dim));
  cpu::read_places(cpu::places_by_position(self, dim, index), result);
  return result;
}
Tensor gather_backward_cpu(const Tensor& grad, const Tensor& self, int64_t dim, const Tensor& index, bool) {
  return scatter_add(zeros(self.sizes(), grad.dtype()), dim, index, grad);
}

// ---- scatter

/// Everything that can be wrong with the arguments of scatter and its relatives.
void check_scatter(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src, std::string_view name) {
  check_index_dtype(index, name);
  if (src.defined() && src.dtype() != self.dtype())
    throw RuntimeError(cat(name, "(): Expected self.dtype to be equal to src.dtype"));
  if (index.numel() == 0) return;
  if (rank_of(index) != rank_of(self))
    throw RuntimeError("Index tensor must have the same number of dimensions as self tensor");
  if (src.defined() && rank_of(index) != rank_of(src))
    throw RuntimeError("Index tensor must have the same number of dimensions as src tensor");
  bool fits = true;
  for (int64_t d = 0; d < rank_of(self); ++d) {
    const int64_t size = size_or_one(index, d);
    fits &= d == dim || size <= size_or_one(self, d);
    if (src.defined()) fits &= size <= size_or_one(src, d);
  }
  if (fits) return;
  std::string text = cat("Expected index ", shape_text(index.sizes()), " to be no larger than self ",
                         shape_text(self.sizes()), " apart from dimension ", dim);
  if (src.defined()) text += cat(" and to be no larger size than src ", shape_text(src.sizes()));
  throw RuntimeError(text);
}

/// The part of src that belongs to the positions of the index, in a row.
Tensor values_for(const Tensor& index, const Tensor& src, const Tensor& self) {
  if (src.dim() == 0 || index.dim() == 0) return cpu::clone(src, MemoryFormat::contiguous);
  const Tensor part = alias_tensor(src, index.sizes(), src.strides(), src.storage_offset());
  return src.storage() == self.storage() ? cpu::clone(part, MemoryFormat::contiguous) : cpu::contiguous(part);
}

void scatter_with(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src, cpu::Combine combine,
                  std::string_view name) {
  dim = wrap_dim(dim, self.dim());
  check_scatter(self, dim, index, src, name);
  if (index.numel() == 0) return;
  cpu::check_no_internal_overlap(self);
  cpu::write_places(cpu::places_by_position(self, dim, index), values_for(index, src, self), combine);
}
void scatter_value_with(const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value,
                        cpu::Combine combine) {
  dim = wrap_dim(dim, self.dim());
  check_scatter(self, dim, index, Tensor(), "scatter");
  if (index.numel() == 0) return;
  cpu::check_no_internal_overlap(self);
  cpu::write_places(cpu::places_by_position(self, dim, index), rushlight::scalar_tensor(value, self.dtype()), combine);
}
cpu::Combine combine_of(std::string_view reduce) {
  if (reduce == "add") return cpu::Combine::add;
  if (reduce == "multiply") return cpu::Combine::multiply;
  throw RuntimeError("reduce argument must be either add or multiply.");
}

void scatter_src(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src) {
  scatter_with(self, dim, index, src, cpu::Combine::assign, "scatter");
}
void scatter_value(const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value) {
  scatter_value_with(self, dim, index, value, cpu::Combine::assign);
}
void scatter_src_reduce(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src,
                        std::string_view reduce) {
  scatter_with(self, dim, index, src, combine_of(reduce), "scatter");
}
void scatter_value_reduce(const Tensor& self, int64_t dim, const Tensor& index, const Scalar& value,
                          std::string_view reduce) {
  scatter_value_with(self, dim, index, value, combine_of(reduce));
}
void scatter_add_cpu(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src) {
  scatter_with(self, dim, index, src, cpu::Combine::add, "scatter");
}
void scatter_reduce_cpu(const Tensor& self, int64_t dim, const Tensor& index, const Tensor& src,
                        std::string_view reduce, bool include_self) {
  dim = wrap_dim(dim, self.dim());
  const cpu::ScatterReduction reduction = cpu::scatter_reduction_of(reduce);
  check_scatter(self, dim, index, src, "scatter");
  if (index.numel() == 0) return;
  cpu::check_no_internal_overlap(self);
  cpu::reduce_into_places(cpu::places_by_position(self, dim, index), values_for(index, src, self), reduction,
                          include_self);
}

void scatter_reduce_back(const Backward& b, std::span<Tensor> gradients) {
  const Tensor self = b.saved("self"), index = b.saved("index"), src = b.saved("src"), result = b.result();
  const Tensor& grad = b.grad();
  const int64_t dim = b.int_of("dim");
  const std::string reduce = b.argument("reduce").to_string();
  const bool include_self = b.bool_of("include_self");
  Tensor wrt_self, wrt_src;
  if (reduce == "sum") {
    wrt_self = grad;
    wrt_src = gather(grad, dim, index);
  } else if (reduce == "prod") {
    // The product without one factor; where that factor is the only zero it must be computed anew.
    const Tensor masked_self = masked_fill(self, eq(self, Scalar(0)), Scalar(1));
    wrt_self = grad * scatter_reduce(masked_self, dim, index, src, reduce, include_self) / masked_self;
    const Tensor zero = eq(src, Scalar(0));
    const Tensor zeros_there = gather(scatter_add(zeros_like(self), dim, index, to(zero, self.dtype())), dim, index);
    const Tensor single_zero = logical_and(zero, eq(zeros_there, Scalar(1)));
    const Tensor others =
        scatter_reduce(self, dim, index, masked_fill(src, single_zero, Scalar(1)), reduce, include_self);
    wrt_src = where(single_zero, gather(grad * others, dim, index),
                    gather(grad * result, dim, index) / masked_fill(src, zero, Scalar(1)));
  } else if (reduce == "mean") {
    Tensor count = include_self ? ones_like(grad) : zeros_like(grad);
    count = scatter_add(count, dim, index, ones_like(src));
    count = masked_fill(count, eq(count, Scalar(0)), Scalar(1));
    wrt_self = grad / count;
    wrt_src = gather(grad, dim, index) / gather(count, dim, index);
  } else {
    const Tensor value = gather(result, dim, index);
    const Tensor self_is = to(eq(self, result), self.dtype()), src_is = to(eq(src, value), self.dtype());
    const Tensor shared = grad / scatter_add(self_is, dim, index, src_is);
    wrt_self = self_is * shared;
    wrt_src = src_is * gather(shared, dim, index);
  }
  if (!include_self) wrt_self = scatter(wrt_self, dim, index, Scalar(0));
  gradients[0] = wrt_self;
  gradients[3] = wrt_src;
}

// ---- take and put

Tensor take_cpu(const Tensor& self, const Tensor& index) {
  if (index.dtype() != ScalarType::int64)
    throw RuntimeError(cat("take(): Expected a long tensor for index, but got ", dtype_info(index.dtype()).ir_name));
  if (self.numel() == 0 && index.numel() != 0) throw IndexError("take(): tried to take from an empty tensor");
  Tensor result = empty_tensor(index.sizes(), self.dtype());
  cpu::read_places(cpu::places_by_number(self, index), result);
  return result;
}
void put_cpu(const Tensor& self, const Tensor& index, const Tensor& source, bool accumulate) {
  if (index.dtype() != ScalarType::int64)
    throw RuntimeError(cat("put_(): Expected a long tensor for index, but got ", dtype_info(index.dtype()).ir_name));
  if (self.dtype() != source.dtype())
    throw RuntimeError(cat("put_(): self and source expected to have the same dtype, but got self.dtype = ",
                           dtype_info(self.dtype()).ir_name,
                           " and source.dtype = ", dtype_info(source.dtype()).ir_name));
  if (index.numel() != source.numel())
    throw IndexError(
        cat("put_(): Expected source and index to have the same number of elements, but got source.numel() = ",
            source.numel(), ", index.numel() = ", index.numel()));
  if (index.numel() == 0) return;
  if (self.numel() == 0) throw IndexError("put_(): Cannot put elements on an empty tensor");
  cpu::check_no_internal_overlap(self);
  cpu::write_places(cpu::places_by_number(self, index), cpu::clone(source, MemoryFormat::contiguous),
                    accumulate ? cpu::Combine::add : cpu::Combine::assign);
}

Tensor take_along_dim_cpu(const Tensor& self, const Tensor& indices, std::optional<int64_t> dim) {
  if (indices.dtype() != ScalarType::int64)
    throw RuntimeError(
        cat("torch.take_along_dim(): dtype of indices should be Long but got ", dtype_info(indices.dtype()).ir_name));
  if (!dim) return gather(view(contiguous(self), {-1}), 0, view(contiguous(indices), {-1}));
  if (self.dim() != indices.dim())
    throw RuntimeError(
        cat("torch.take_along_dim(): input and indices should have the same number of dimensions, but got ", self.dim(),
            " dimensions for input, and ", indices.dim(), " dimensions for indices"));
  const int64_t at = wrap_dim(*dim, self.dim());
  const int64_t size = self.dim() == 0 ? 1 : self.size(at);
  const Tensor from_front = where(lt(indices, Scalar(0)), indices + Scalar(size), indices);
  // The other dimensions broadcast.
  Shape self_shape(self.sizes()), index_shape(indices.sizes());
  self_shape[size_t(at)] = index_shape[size_t(at)];
  const Shape shape = broadcast_shapes(self_shape, index_shape);
  Shape expanded(shape);
  expanded[size_t(at)] = self.sizes()[size_t(at)];
  return gather(expand(self, expanded), at, expand(from_front, shape));
}

Tensor grad_of_self(const Backward& b) { return b.grad(); }
Tensor gathered_grad(const Backward& b) { return gather(b.grad(), b.int_of("dim"), b.saved("index")); }
Tensor without_places(const Backward& b) { return scatter(b.grad(), b.int_of("dim"), b.saved("index"), Scalar(0)); }

}  // namespace

void declare_scatter(OpSet& ops) {
  ops.add({.schema = "gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor",
           .out = "out",
           .kernel = exact_out_kernel<&gather_cpu>(),
           .saves = "index",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return scatter_add(zeros(b.sizes("self"), b.grad().dtype()), b.int_of("dim"),
                                                 b.saved("index"), b.grad());
                            }}},
           .doc = "For each position of index the element of self with the coordinate along dim replaced."});
  ops.add({.schema = "gather_backward(Tensor grad, Tensor self, int dim, Tensor index, bool sparse_grad) -> Tensor",
           .kernel = typed_kernel<&gather_backward_cpu>(),
           .traits = OpTraits::composite | OpTraits::no_method | OpTraits::no_function,
           .doc = "The gradient of gather."});
  ops.add({.schema = "scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor",
           .inplace = true,
           .out = "src_out",
           .kernel = writing_kernel<&scatter_src>(),
           .saves = "index",
           .derivatives = {{"self", without_places}, {"src", gathered_grad}},
           .doc = "The elements of src written to the positions that index names."});
  ops.add({.schema = "scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
           .inplace = true,
           .out = "value_out",
           .kernel = writing_kernel<&scatter_value>(),
           .saves = "index",
           .derivatives = {{"self", without_places}},
           .grad_fn = "ScatterBackward1",
           .doc = "A number written to the positions that index names."});
  ops.add({.schema = "scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor",
           .inplace = true,
           .out = "reduce_out",
           .kernel = writing_kernel<&scatter_src_reduce>(),
           .doc = "The elements of src added to or multiplied with those that index names."});
  ops.add({.schema = "scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor",
           .inplace = true,
           .out = "value_reduce_out",
           .kernel = writing_kernel<&scatter_value_reduce>(),
           .doc = "A number added to or multiplied with the elements that index names."});
  ops.add({.schema = "scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = writing_kernel<&scatter_add_cpu>(),
           .saves = "index",
           .derivatives = {{"self", grad_of_self}, {"src", gathered_grad}},
           .doc = "The elements of src added to those that index names."});
  ops.add({.schema = "scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool "
                     "include_self=True) -> Tensor",
           .inplace = true,
           .out = "two_out",
           .kernel = writing_kernel<&scatter_reduce_cpu>(),
           .saves = "self, index, src, result",
           .joint_derivative = scatter_reduce_back,
           .doc = "The elements of src folded into those that index names: sum, prod, mean, amax or amin."});
  ops.add({.schema = "take(Tensor self, Tensor index) -> Tensor",
           .out = "out",
           .kernel = exact_out_kernel<&take_cpu>(),
           .saves = "index",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return put(zeros(b.sizes("self"), b.grad().dtype()), b.saved("index"), b.grad(), true);
                            }}},
           .doc = "Elements by their number in row-major order."});
  ops.add({.schema = "put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = writing_kernel<&put_cpu>(),
           .saves = "index",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              if (b.bool_of("accumulate")) return b.grad();
                              return put(b.grad(), b.saved("index"), zeros(b.sizes("source"), b.grad().dtype()), false);
                            }},
                           {"source",
                            [](const Backward& b) {
                              return reshape(take(b.grad(), b.saved("index")), b.sizes("source"));
                            }}},
           .doc = "Elements written by their number in row-major order."});
  ops.add({.schema = "take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&take_along_dim_cpu>(),
           .traits = OpTraits::composite,
           .doc = "gather whose tensors broadcast; without dim by numbers."});
}

}  // namespace rushlight::ops
