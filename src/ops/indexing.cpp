/// Indexing by tensors and masks: index, index_put, masked_select, masked_scatter, nonzero.
#include "ops/functions/indexing.h"

#include "ops/cpu/copy.h"
#include "ops/cpu/elementwise.h"
#include "ops/cpu/index_plan.h"
#include "ops/derived_forms.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;

// ---- index and index_put

Tensor index_cpu(const Tensor& self, const Tensors& indices) {
  const cpu::IndexPlan plan = cpu::plan_index(self, indices);
  Tensor result = empty_tensor(plan.result_shape, self.dtype());
  cpu::read_places(plan.places, result);
  return result;
}

void index_put_cpu(const Tensor& self, const Tensors& indices, const Tensor& values, bool accumulate) {
  if (self.dtype() != values.dtype())
    throw RuntimeError(cat("Index put requires the source and destination dtypes match, got ",
                           dtype_info(self.dtype()).ir_name, " for the destination and ",
                           dtype_info(values.dtype()).ir_name, " for the source."));
  const cpu::IndexPlan plan = cpu::plan_index(self, indices);
  cpu::check_no_internal_overlap(self);
  Tensor given = values;
  if (given.numel() != 1) {
    // Leading dimensions of size 1 that the places do not have are dropped.
    Shape sizes(given.sizes());
    Strides strides(given.strides());
    while (sizes.size() > plan.result_shape.size() && sizes[0] == 1) {
      sizes.erase(0);
      strides.erase(0);
    }
    given = alias_tensor(given, sizes, strides, given.storage_offset());
    bool fits = sizes.size() <= plan.result_shape.size();
    for (size_t i = 0; fits && i < sizes.size(); ++i) {
      const int64_t wanted = plan.result_shape[plan.result_shape.size() - sizes.size() + i];
      fits = sizes[i] == wanted || sizes[i] == 1;
    }
    if (!fits)
      throw RuntimeError(cat("shape mismatch: value tensor of shape ", shape_text(values.sizes()),
                             " cannot be broadcast to indexing result of shape ", shape_text(plan.result_shape)));
    given = cpu::contiguous(cpu::stretched(given, plan.result_shape));
  }
  if (given.storage() == self.storage()) given = cpu::clone(given, MemoryFormat::contiguous);
  cpu::write_places(plan.places, given, accumulate ? cpu::Combine::add : cpu::Combine::assign);
}
void index_put_impl(const Tensor& self, const Tensors& indices, const Tensor& values, bool accumulate, bool) {
  index_put_cpu(self, indices, values, accumulate);
}

Tensor index_back(const Backward& b) {
  return index_put(zeros(b.sizes("self"), b.grad().dtype()), b.saved_list("indices"), b.grad(), /*accumulate=*/true);
}
Tensor index_put_wrt_self(const Backward& b) {
  if (b.bool_of("accumulate")) return b.grad();
  return index_put(b.grad(), b.saved_list("indices"), zeros({}, b.grad().dtype()), false);
}
Tensor index_put_wrt_values(const Backward& b) { return index(b.grad(), b.saved_list("indices")); }

/// index of elements that may lie outside: these and masked ones give `fill`.
Tensor masked_index_cpu(const Tensor& self, const Tensor& mask, const Tensors& indices, const Scalar& fill) {
  Tensors inside;
  for (size_t d = 0; d < indices.size(); ++d)
    inside.push_back(indices[d].defined() ? clamp(indices[d], Scalar(0), Scalar(self.size(int64_t(d)) - 1)) : Tensor());
  return masked_fill(index(self, inside), logical_not(mask), fill);
}
Tensor masked_index_put_accumulate(const Tensor& self, const Tensor& mask, const Tensors& indices,
                                   const Tensor& values) {
  Tensors inside;
  for (size_t d = 0; d < indices.size(); ++d)
    inside.push_back(indices[d].defined()
                         ? clamp(indices[d], Scalar(-self.size(int64_t(d))), Scalar(self.size(int64_t(d)) - 1))
                         : Tensor());
  return index_put(self, inside, masked_fill(values, logical_not(mask), Scalar(0)), true);
}

// ---- Masks

void check_bool(const Tensor& mask, std::string_view text) {
  if (mask.dtype() != ScalarType::bool_) throw RuntimeError(std::string(text));
}
Tensor masked_select_cpu(const Tensor& self, const Tensor& mask) {
  check_bool(mask, "masked_select: expected BoolTensor for mask");
  const Shape shape = broadcast_shapes(self.sizes(), mask.sizes());
  if (shape.empty()) return index_cpu(cpu::stretched(self, {1}), {cpu::stretched(mask, {1})});
  return index_cpu(cpu::stretched(self, shape), {cpu::stretched(mask, shape)});
}
Tensor select_masked_into(const Tensor& self, const Tensor& mask, const Tensor& out) {
  if (out.dtype() != self.dtype())
    throw RuntimeError("masked_select(): self and result must have the same scalar type");
  cpu::check_no_internal_overlap(out);
  const Tensor selected = masked_select_cpu(self, mask);
  resize_out(out, selected.sizes());
  cpu::copy_into(out, selected);
  return out;
}
void masked_scatter_cpu(const Tensor& self, const Tensor& mask, const Tensor& source) {
  if (self.dtype() != source.dtype())
    throw RuntimeError(cat("masked_scatter_: expected self and source to have same dtypes but got ",
                           dtype_info(self.dtype()).ir_name, " and ", dtype_info(source.dtype()).ir_name));
  check_bool(mask, cat("masked_scatter_ only supports boolean masks, but got mask with dtype ",
                       dtype_info(mask.dtype()).ir_name));
  if (!(broadcast_shapes(self.sizes(), mask.sizes()) == self.sizes()))
    throw RuntimeError(cat("output with shape ", shape_text(self.sizes()), " doesn't match the broadcast shape ",
                           shape_text(broadcast_shapes(self.sizes(), mask.sizes()))));
  cpu::check_no_internal_overlap(self);
  const bool is_scalar = self.dim() == 0;
  const Tensor whole = is_scalar ? cpu::stretched(self, {1}) : self;
  const cpu::IndexPlan plan = cpu::plan_index(whole, {cpu::stretched(mask, whole.sizes())});
  const int64_t count = plan.places.count();
  if (source.numel() < count) throw RuntimeError("Number of elements of source < number of ones in mask");
  if (count == 0) return;
  const Tensor values = cpu::clone(source, MemoryFormat::contiguous);
  cpu::write_places(plan.places, alias_tensor(values, count, 1, 0));
}
Tensor masked_scatter_back(const Tensor& grad, const Tensor& mask, IntArrayRef sizes) {
  // As many gradients as the source has elements: those of unused ones are zero.
  Tensor selected = masked_select(grad, mask);
  const int64_t missing = numel_of(sizes) - selected.numel();
  if (missing > 0) {
    const Tensor whole = zeros(numel_of(sizes), grad.dtype());
    selected = slice_backward(selected, whole.sizes(), 0, 0, selected.numel(), 1);
  }
  return view(selected, sizes);
}
/// A copy of self in the shape that it shares with the mask: the functional form may grow.
Tensor masked_scatter_functional(const Tensor& self, const Tensor& mask, const Tensor& source) {
  const Shape shape = broadcast_shapes(self.sizes(), mask.sizes());
  Tensor result = cpu::clone(cpu::stretched(self, shape), MemoryFormat::contiguous);
  masked_scatter_cpu(result, mask, source);
  return result;
}
Tensor masked_scatter_inplace(const Tensor& self, const Tensor& mask, const Tensor& source) {
  return masked_scatter_cpu(self, mask, source), self;
}

// ---- nonzero

Tensor nonzero_cpu(const Tensor& self) { return cpu::nonzero(self); }
Tensors nonzero_numpy_cpu(const Tensor& self) {
  return unbind(nonzero(self.dim() == 0 ? unsqueeze(self, 0) : self), 1);
}
Tensor argwhere_cpu(const Tensor& self) { return nonzero(self); }
Tensor nonzero_static_cpu(const Tensor& self, int64_t size, int64_t fill_value) {
  if (size < 0) throw RuntimeError("nonzero_static: 'size' must be an non-negative integer");
  const Tensor found = cpu::nonzero(self);
  Tensor result = empty_tensor({size, self.dim()}, ScalarType::int64);
  cpu::fill(result, fill_value);
  const int64_t count = std::min(size, found.sizes()[0]);
  cpu::copy_into(alias_tensor(result, {count, self.dim()}, result.strides(), 0),
                 alias_tensor(found, {count, self.dim()}, found.strides(), 0));
  return result;
}
Tensors where_cpu(const Tensor& condition) { return nonzero_numpy(condition); }

}  // namespace

void declare_indexing(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  constexpr OpTraits kNoGrad = OpTraits::not_differentiable;
  constexpr OpTraits kHidden = OpTraits::no_method | OpTraits::no_function;
  ops.add({.schema = "index.Tensor(Tensor self, Tensor?[] indices) -> Tensor",
           .out = "Tensor_out",
           .kernel = typed_kernel<&index_cpu>(),
           .saves = "indices",
           .derivatives = {{"self", index_back}},
           .traits = kHidden,
           .doc = "The elements that tensors of indices choose, one index for each dimension or none."});
  ops.add({.schema = "index.Tensor_hacked_twin(Tensor self, Tensor[] indices) -> Tensor",
           .kernel = typed_kernel<&index_cpu>(),
           .saves = "indices",
           .derivatives = {{"self", index_back}},
           .traits = kHidden,
           .doc = "index by a list without None."});
  ops.add({.schema = "_unsafe_index.Tensor(Tensor self, Tensor?[] indices) -> Tensor",
           .kernel = typed_kernel<&index_cpu>(),
           .saves = "indices",
           .derivatives = {{"self", index_back}},
           .traits = OpTraits::no_method,
           .doc = "index; the name promises indices that fit."});
  ops.add({.schema = "index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = writing_kernel<&index_put_cpu>(),
           .saves = "indices",
           .derivatives = {{"self", index_put_wrt_self}, {"values", index_put_wrt_values}},
           .doc = "A copy of self with values in the chosen places; `accumulate` adds them up."});
  ops.add({.schema = "index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> "
                     "Tensor",
           .inplace = true,
           .kernel = writing_kernel<&index_put_cpu>(),
           .saves = "indices",
           .derivatives = {{"self", index_put_wrt_self}, {"values", index_put_wrt_values}},
           .traits = kHidden,
           .doc = "index_put by a list without None."});
  ops.add(
      {.schema = "_unsafe_index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor",
       .kernel = writing_kernel<&index_put_cpu>(),
       .saves = "indices",
       .derivatives = {{"self", index_put_wrt_self}, {"values", index_put_wrt_values}},
       .traits = OpTraits::no_method,
       .doc = "index_put; the name promises indices that fit."});
  ops.add({.schema = "_index_put_impl(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False, bool "
                     "unsafe=False) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = writing_kernel<&index_put_impl>(),
           .saves = "indices",
           .derivatives = {{"self", index_put_wrt_self}, {"values", index_put_wrt_values}},
           .traits = OpTraits::no_method,
           .doc = "What index_put calls."});
  ops.add({.schema = "_unsafe_masked_index(Tensor self, Tensor mask, Tensor?[] indices, Scalar fill) -> Tensor",
           .kernel = typed_kernel<&masked_index_cpu>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "index with indices clamped; `fill` where the mask does not hold."});
  ops.add({.schema = "_unsafe_masked_index_put_accumulate(Tensor self, Tensor mask, Tensor?[] indices, Tensor values) "
                     "-> Tensor",
           .kernel = typed_kernel<&masked_index_put_accumulate>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "index_put that adds up, with indices clamped; masked values do not count."});
  ops.add({.schema = "masked_select(Tensor self, Tensor mask) -> Tensor",
           .out = "out",
           .kernel = typed_kernel_with_out<&masked_select_cpu, &select_masked_into>(),
           .saves = "mask",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor mask = b.saved("mask");
                              const Shape shape = broadcast_shapes(b.sizes("self"), mask.sizes());
                              return masked_scatter(zeros(shape, b.grad().dtype()), mask, b.grad());
                            }}},
           .doc = "The elements where the mask holds, in a row."});
  ops.add(
      {.schema = "masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = typed_kernel<&masked_scatter_functional, &masked_scatter_inplace>(),
       .saves = "mask",
       .derivatives = {{"self", [](const Backward& b) { return masked_fill(b.grad(), b.saved("mask"), Scalar(0)); }},
                       {"source",
                        [](const Backward& b) {
                          return masked_scatter_backward(b.grad(), b.saved("mask"), b.sizes("source"));
                        }}},
       .doc = "The elements of source, in order, where the mask holds."});
  ops.add({.schema = "masked_scatter_backward(Tensor grad_output, Tensor mask, SymInt[] sizes) -> Tensor",
           .kernel = typed_kernel<&masked_scatter_back>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "The gradient of masked_scatter in its source."});
  ops.add({.schema = "nonzero(Tensor self) -> Tensor",
           .out = "out",
           .kernel = exact_out_kernel<&nonzero_cpu>(),
           .traits = kNoGrad,
           .doc = "The coordinates of the elements that are not zero, one row each."});
  ops.add({.schema = "nonzero_numpy(Tensor self) -> Tensor[]",
           .kernel = typed_kernel<&nonzero_numpy_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "The coordinates of the elements that are not zero, one tensor for each dimension."});
  ops.add({.schema = "nonzero_static(Tensor self, *, SymInt size, int fill_value=-1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&nonzero_static_cpu>(),
           .traits = kNoGrad,
           .doc = "nonzero with a given number of rows: cut, or filled up."});
  ops.add({.schema = "argwhere(Tensor self) -> Tensor",
           .kernel = typed_kernel<&argwhere_cpu>(),
           .traits = kComposite,
           .doc = "The coordinates of the elements that are not zero, one row each."});
  ops.add({.schema = "where(Tensor condition) -> Tensor[]",
           .kernel = typed_kernel<&where_cpu>(),
           .traits = kComposite,
           .doc = "The coordinates where the condition holds, one tensor for each dimension."});
}

}  // namespace rushlight::ops
