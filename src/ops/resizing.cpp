/// Tensors that take another size in place, and uninitialised ones with the options of another.
#include "ops/functions/resizing.h"

#include "ops/kernel_forms.h"

namespace rushlight::ops {
namespace {

Tensor resize_inplace(const Tensor& self, IntArrayRef size, std::optional<MemoryFormat> format) {
  if (self.impl()->autograd && dispatch_state.grad_enabled && !dispatch_state.below_autograd)
    throw RuntimeError("cannot resize variables that require grad");
  for (int64_t one : size)
    if (one < 0)
      throw RuntimeError(cat("Trying to create tensor with negative dimension ", one, ": ", shape_text(size)));
  const size_t bytes = size_t(numel_of(size) + self.storage_offset()) * self.item_size();
  if (self.storage()->bytes() < bytes) self.storage()->resize(bytes);
  const MemoryFormat wanted = format.value_or(MemoryFormat::contiguous);
  if (wanted == MemoryFormat::preserve) throw RuntimeError("Unsupported memory format Preserve");
  self.impl()->set_shape(size, strides_for(size, wanted));
  return self;
}
Tensor resize_as_inplace(const Tensor& self, const Tensor& the_template, std::optional<MemoryFormat> format) {
  if (!format || *format != MemoryFormat::preserve) return resize_inplace(self, the_template.sizes(), format);
  resize_inplace(self, the_template.sizes(), std::nullopt);
  if (is_non_overlapping_and_dense(the_template.sizes(), the_template.strides()))
    self.impl()->set_shape(the_template.sizes(), the_template.strides());
  return self;
}
Tensor new_empty_strided_cpu(const Tensor& self, IntArrayRef size, IntArrayRef stride, std::optional<ScalarType> dtype,
                             std::optional<Layout>, std::optional<Device> device, std::optional<bool>) {
  return empty_strided_tensor(size, stride, dtype.value_or(self.dtype()), device.value_or(self.device()));
}

}  // namespace

void declare_resizing(OpSet& ops) {
  constexpr OpTraits kNoGrad = OpTraits::not_differentiable;
  ops.add({.schema = "resize_(Tensor(a!) self, SymInt[] size, *, MemoryFormat? memory_format=None) -> Tensor(a!)",
           .kernel = typed_kernel<&resize_inplace>(),
           .traits = kNoGrad | OpTraits::no_function,
           .doc = "Another size in place; elements keep their places in memory, new ones are uninitialised."});
  ops.add({.schema = "resize_as_(Tensor(a!) self, Tensor the_template, *, MemoryFormat? memory_format=None) -> "
                     "Tensor(a!)",
           .kernel = typed_kernel<&resize_as_inplace>(),
           .traits = kNoGrad,
           .doc = "resize_ to the size of another tensor."});
  ops.add({.schema =
               "new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None, Layout? "
               "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&new_empty_strided_cpu>(),
           .traits = kNoGrad | OpTraits::no_function,
           .doc = "Uninitialised, with given strides and the options of self."});
}

}  // namespace rushlight::ops
