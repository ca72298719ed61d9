/// Copies and conversions: clone, contiguous, to, copy_, fill_, item, real and imaginary parts.
#include "ops/functions/conversion.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/promotion.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using OptType = std::optional<ScalarType>;
using OptFormat = std::optional<MemoryFormat>;

Tensor clone_cpu(const Tensor& self, OptFormat format) {
  if (self.is_meta()) return empty_strided_tensor(self.sizes(), self.strides(), self.dtype(), self.device());
  return cpu::clone(self, format.value_or(MemoryFormat::preserve));
}
Tensor contiguous_cpu(const Tensor& self, MemoryFormat format) {
  if (format == MemoryFormat::preserve)
    throw RuntimeError("preserve memory format is unsupported by the contiguous operator");
  return self.is_contiguous(format) ? self : clone(self, format);
}
Tensor copy_inplace(const Tensor& self, const Tensor& src, bool) {
  cpu::copy_into(self, src);
  return self;
}
Tensor fill_scalar(const Tensor& self, Scalar value) {
  if (value.is_complex() && !is_complex(self.dtype()))
    throw RuntimeError(cat("value cannot be converted to type ", dtype_info(self.dtype()).name, " without overflow"));
  cpu::fill(self, value);
  return self;
}
Tensor fill_tensor(const Tensor& self, const Tensor& value) {
  if (value.dim() != 0)
    throw RuntimeError(
        cat("fill_ only supports 0-dimension value tensor but got tensor with ", value.dim(), " dimensions."));
  cpu::copy_into(self, value);
  return self;
}
Tensor zero_inplace(const Tensor& self) {
  cpu::fill(self, 0);
  return self;
}

/// The one operator behind every `to`: recorded, so that gradients are converted back.
Tensor to_copy_cpu(const Tensor& self, OptType dtype, std::optional<Layout>, std::optional<Device> device,
                   std::optional<bool>, bool, OptFormat format) {
  const ScalarType type = dtype.value_or(self.dtype());
  const Device where = device.value_or(self.device());
  if (where.type == DeviceType::cuda) throw RuntimeError("Rushlight computes on the CPU: there is no CUDA device");
  if (where.type == DeviceType::meta || self.is_meta()) {
    if (self.is_meta() && where.type != DeviceType::meta)
      throw NotImplementedError("Cannot copy out of meta tensor; no data!");
    return empty_strided_tensor(self.sizes(), self.strides(), type, where);
  }
  if (format.value_or(MemoryFormat::preserve) != MemoryFormat::preserve) {
    Tensor result = empty_tensor(self.sizes(), type, where, *format);
    cpu::copy_into(result, self);
    return result;
  }
  return type == self.dtype() ? cpu::clone(self) : cpu::to_dtype(self, type);
}
bool same_device(Device a, Device b) { return a.type == b.type; }
Tensor to_options(const Tensor& self, OptType dtype, std::optional<Device> device, bool copy, OptFormat format) {
  const MemoryFormat wanted = format.value_or(MemoryFormat::preserve);
  const bool same = (!dtype || *dtype == self.dtype()) && (!device || same_device(*device, self.device())) &&
                    (wanted == MemoryFormat::preserve || self.is_contiguous(wanted));
  if (same && !copy) return self;
  return _to_copy(self, dtype, std::nullopt, device, std::nullopt, false, format);
}
Tensor to_dtype_layout(const Tensor& self, OptType dtype, std::optional<Layout>, std::optional<Device> device,
                       std::optional<bool>, bool, bool copy, OptFormat format) {
  return to_options(self, dtype, device, copy, format);
}
Tensor to_device(const Tensor& self, Device device, ScalarType dtype, bool, bool copy, OptFormat format) {
  return to_options(self, dtype, device, copy, format);
}
Tensor to_dtype_only(const Tensor& self, ScalarType dtype, bool, bool copy, OptFormat format) {
  return to_options(self, dtype, std::nullopt, copy, format);
}
Tensor to_other(const Tensor& self, const Tensor& other, bool, bool copy, OptFormat format) {
  return to_options(self, other.dtype(), other.device(), copy, format);
}
Tensor type_as_cpu(const Tensor& self, const Tensor& other) {
  return to_options(self, other.dtype(), other.device(), false, std::nullopt);
}

Scalar item_cpu(const Tensor& self) { return self.item(); }
Scalar local_scalar(const Tensor& self) { return self.item(); }

/// A view of the real or imaginary parts.
Tensor part_view(const Tensor& self, int64_t part) {
  const ScalarType type = to_real(self.dtype());
  Strides strides(self.strides());
  for (int64_t& stride : strides) stride *= 2;
  Tensor view = tensor_over(self.storage(), type, self.sizes(), strides, self.storage_offset() * 2 + part);
  view.impl()->version = Ref<VersionCounter>(&self.version());
  return view;
}
Tensor real_cpu(const Tensor& self) { return is_complex(self.dtype()) ? part_view(self, 0) : self; }
Tensor imag_cpu(const Tensor& self) {
  if (!is_complex(self.dtype())) throw RuntimeError("imag is not implemented for tensors with non-complex dtypes.");
  return part_view(self, 1);
}
Tensor view_as_real_cpu(const Tensor& self) {
  if (!is_complex(self.dtype())) throw RuntimeError("view_as_real is only supported for complex tensors");
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  for (int64_t& stride : strides) stride *= 2;
  sizes.push_back(2);
  strides.push_back(1);
  Tensor view = tensor_over(self.storage(), to_real(self.dtype()), sizes, strides, self.storage_offset() * 2);
  view.impl()->version = Ref<VersionCounter>(&self.version());
  return view;
}
Tensor view_as_complex_cpu(const Tensor& self) {
  if (!is_floating(self.dtype()))
    throw RuntimeError(
        cat("view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar type: ",
            dtype_info(self.dtype()).ir_name));
  if (self.dim() == 0) throw RuntimeError("Input tensor must have one or more dimensions");
  if (self.size(-1) != 2) throw RuntimeError("Tensor must have a last dimension of size 2");
  if (self.stride(-1) != 1) throw RuntimeError("Tensor must have a last dimension with stride 1");
  Shape sizes(self.sizes().slice(0, size_t(self.dim()) - 1));
  Strides strides(self.strides().slice(0, size_t(self.dim()) - 1));
  for (int64_t& stride : strides) {
    if (stride % 2) throw RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension");
    stride /= 2;
  }
  if (self.storage_offset() % 2) throw RuntimeError("Tensor must have a storage_offset divisible by 2");
  Tensor view = tensor_over(self.storage(), to_complex(self.dtype()), sizes, strides, self.storage_offset() / 2);
  view.impl()->version = Ref<VersionCounter>(&self.version());
  return view;
}
Tensor conj_lazy(const Tensor& self) { return conj_physical(self); }
Tensor conj_cpu(const Tensor& self) { return is_complex(self.dtype()) ? _conj(self) : self; }
Tensor resolve_cpu(const Tensor& self) { return self; }

// ---- Which dtype a calculation would have

int64_t common_dtype(const Tensor& a, const Tensor& b) { return int64_t(cpu::result_type(a, b)); }
int64_t dtype_of_tensors(const Tensor& tensor, const Tensor& other) { return common_dtype(tensor, other); }
int64_t dtype_with_number(const Tensor& tensor, Scalar other) { return common_dtype(tensor, wrapped_number(other)); }
int64_t dtype_of_number_and_tensor(Scalar scalar, const Tensor& tensor) {
  return common_dtype(wrapped_number(scalar), tensor);
}
int64_t dtype_of_numbers(Scalar scalar1, Scalar scalar2) {
  return common_dtype(wrapped_number(scalar1), wrapped_number(scalar2));
}

}  // namespace

void declare_conversion(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  const auto pass_on = [](const Backward& b) { return b.grad(); };
  ops.add({.schema = "clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&clone_cpu>(),
           .derivatives = {{"self", pass_on}},
           .doc = "A copy."});
  ops.add({.schema = "contiguous(Tensor(a) self, *, MemoryFormat memory_format=contiguous_format) -> Tensor(a)",
           .kernel = typed_kernel<&contiguous_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "self if it is contiguous, else a contiguous copy."});
  ops.add({.schema = "copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)",
           .kernel = typed_kernel<&copy_inplace>(),
           .derivatives = {{"self", [](const Backward& b) { return zeros_like(b.grad()); }}, {"src", pass_on}},
           .grad_fn = "CopyBackwards",
           .traits = OpTraits::no_function,
           .doc = "Copies src, broadcast and converted, into self."});
  ops.add({.schema = "fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)",
           .kernel = typed_kernel<&fill_scalar>(),
           .derivatives = {{"self", [](const Backward& b) { return zeros_like(b.grad()); }}},
           .grad_fn = "FillBackward0",
           .doc = "Sets every element."});
  ops.add({.schema = "fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)",
           .kernel = typed_kernel<&fill_tensor>(),
           .derivatives = {{"self", [](const Backward& b) { return zeros_like(b.grad()); }},
                           {"value", [](const Backward& b) { return sum(b.grad()); }}},
           .grad_fn = "FillBackward1",
           .doc = "Sets every element."});
  ops.add({.schema = "zero_(Tensor(a!) self) -> Tensor(a!)",
           .kernel = typed_kernel<&zero_inplace>(),
           .derivatives = {{"self", [](const Backward& b) { return zeros_like(b.grad()); }}},
           .grad_fn = "ZeroBackward0",
           .doc = "Sets every element to 0."});
  ops.add({.schema = "_to_copy(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
                     "pin_memory=None, bool non_blocking=False, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&to_copy_cpu>(),
           .derivatives = {{"self", pass_on}},
           .grad_fn = "ToCopyBackward0",
           .traits = OpTraits::no_method,
           .doc = "A converted copy."});
  ops.add(
      {.schema =
           "to.dtype_layout(Tensor(a) self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
           "pin_memory=None, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
       .kernel = typed_kernel<&to_dtype_layout>(),
       .traits = kComposite | OpTraits::no_function,
       .doc = "self in another dtype or device; itself if nothing changes."});
  ops.add({.schema = "to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, bool "
                     "copy=False, MemoryFormat? memory_format=None) -> Tensor(a)",
           .kernel = typed_kernel<&to_device>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "self in another dtype or device; itself if nothing changes."});
  ops.add({.schema = "to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, "
                     "MemoryFormat? memory_format=None) -> Tensor(a)",
           .kernel = typed_kernel<&to_dtype_only>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "self in another dtype; itself if nothing changes."});
  ops.add({.schema = "to.other(Tensor(a) self, Tensor other, bool non_blocking=False, bool copy=False, MemoryFormat? "
                     "memory_format=None) -> Tensor(a)",
           .kernel = typed_kernel<&to_other>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "self in dtype and device of other."});
  ops.add({.schema = "type_as(Tensor self, Tensor other) -> Tensor",
           .kernel = typed_kernel<&type_as_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "self in the dtype of other."});
  ops.add({.schema = "item(Tensor self) -> Scalar",
           .kernel = typed_kernel<&item_cpu>(),
           .traits = OpTraits::not_differentiable | OpTraits::no_function,
           .doc = "The one element as a number."});
  ops.add({.schema = "_local_scalar_dense(Tensor self) -> Scalar",
           .kernel = typed_kernel<&local_scalar>(),
           .traits = OpTraits::not_differentiable | OpTraits::no_method,
           .doc = "The one element as a number."});
  ops.add({.schema = "real(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&real_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return b.grad(); }}},
           .grad_fn = "RealBackward0",
           .doc = "The real parts, as a view."});
  ops.add({.schema = "imag(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&imag_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return ops::complex(zeros_like(b.grad()), b.grad()); }}},
           .grad_fn = "ImagBackward0",
           .doc = "The imaginary parts, as a view."});
  ops.add({.schema = "view_as_real(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&view_as_real_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return view_as_complex(contiguous(b.grad())); }}},
           .doc = "A view with a last dimension of real and imaginary part."});
  ops.add({.schema = "view_as_complex(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&view_as_complex_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return view_as_real(b.grad()); }}},
           .doc = "The inverse of view_as_real."});
  ops.add({.schema = "conj(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&conj_cpu>(),
           .traits = kComposite | OpTraits::traced_inside,
           .doc = "The complex conjugate; self if it is real."});
  ops.add({.schema = "_conj(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&conj_lazy>(),
           .derivatives = {{"self", [](const Backward& b) { return conj(b.grad()); }}},
           .grad_fn = "ConjBackward0",
           .traits = OpTraits::no_method,
           .doc = "The complex conjugate; PyTorch's marks a view, here it is computed."});
  ops.add({.schema = "resolve_conj(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&resolve_cpu>(),
           .traits = kComposite,
           .doc = "self: conjugates are always computed here."});
  ops.add({.schema = "resolve_neg(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&resolve_cpu>(),
           .traits = kComposite,
           .doc = "self: negatives are always computed here."});
  constexpr OpTraits kQuestion = OpTraits::not_differentiable | OpTraits::no_method;
  ops.add({.schema = "result_type.Tensor(Tensor tensor, Tensor other) -> ScalarType",
           .kernel = typed_kernel<&dtype_of_tensors>(),
           .traits = kQuestion,
           .doc = "The dtype of a calculation with both."});
  ops.add({.schema = "result_type.Scalar(Tensor tensor, Scalar other) -> ScalarType",
           .kernel = typed_kernel<&dtype_with_number>(),
           .traits = kQuestion,
           .doc = "The dtype of a calculation with both."});
  ops.add({.schema = "result_type.Scalar_Tensor(Scalar scalar, Tensor tensor) -> ScalarType",
           .kernel = typed_kernel<&dtype_of_number_and_tensor>(),
           .traits = kQuestion,
           .doc = "The dtype of a calculation with both."});
  ops.add({.schema = "result_type.Scalar_Scalar(Scalar scalar1, Scalar scalar2) -> ScalarType",
           .kernel = typed_kernel<&dtype_of_numbers>(),
           .traits = kQuestion,
           .doc = "The dtype of a calculation with both."});
}

}  // namespace rushlight::ops
