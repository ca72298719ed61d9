/// Small questions about tensors and dtypes that compiled code asks by operators; Python has functions and methods of
/// its own for them.
#include <algorithm>

#include "base/text.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/typed_kernel.h"
#include "tensor/dtype.h"

namespace rushlight::ops {
namespace {

bool is_nonzero_of(const Tensor& self) {
  if (self.numel() != 1)
    throw RuntimeError(
        cat("Boolean value of Tensor with ", self.numel() == 0 ? "no values" : "more than one value", " is ambiguous"));
  return self.item().to<bool>();
}
bool is_signed_of(const Tensor& self) { return self.dtype() != ScalarType::bool_ && self.dtype() != ScalarType::uint8; }
bool is_inference_of(const Tensor& self) { return self.impl()->is_inference; }
bool is_same_size_of(const Tensor& self, const Tensor& other) { return self.sizes() == other.sizes(); }
bool is_set_to_of(const Tensor& self, const Tensor& tensor) {
  return self.storage() == tensor.storage() && self.storage_offset() == tensor.storage_offset() &&
         self.sizes() == tensor.sizes() && self.strides() == tensor.strides();
}
/// Of places and kinds that are not here: conjugates and negatives are computed at once, memory is never pinned.
bool never(const Tensor&) { return false; }
bool never_pinned(const Tensor&, std::optional<Device>) { return false; }
int64_t device_index(const Tensor& self) { return self.device().index; }
int64_t storage_offset_of(const Tensor& self) { return self.storage_offset(); }
Tensor shape_as_tensor(const Tensor& self) {
  Tensor shape = empty(Shape{self.dim()}, ScalarType::int64);
  std::copy(self.sizes().begin(), self.sizes().end(), shape.data<int64_t>());
  return shape;
}

}  // namespace

void declare_tensor_questions(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add({.schema = "is_nonzero(Tensor self) -> bool", .kernel = typed_kernel<&is_nonzero_of>(), .traits = kLanguage});
  ops.add({.schema = "is_signed(Tensor self) -> bool", .kernel = typed_kernel<&is_signed_of>(), .traits = kLanguage});
  ops.add(
      {.schema = "is_inference(Tensor self) -> bool", .kernel = typed_kernel<&is_inference_of>(), .traits = kLanguage});
  ops.add({.schema = "is_same_size(Tensor self, Tensor other) -> bool",
           .kernel = typed_kernel<&is_same_size_of>(),
           .traits = kLanguage});
  ops.add({.schema = "is_set_to(Tensor self, Tensor tensor) -> bool",
           .kernel = typed_kernel<&is_set_to_of>(),
           .traits = kLanguage});
  for (const std::string_view schema :
       {"is_conj(Tensor self) -> bool", "is_neg(Tensor self) -> bool", "is_distributed(Tensor self) -> bool"})
    ops.add({.schema = schema, .kernel = typed_kernel<&never>(), .traits = kLanguage});
  ops.add({.schema = "is_pinned(Tensor self, Device? device=None) -> bool",
           .kernel = typed_kernel<&never_pinned>(),
           .traits = kLanguage});
  ops.add({.schema = "get_device(Tensor self) -> int", .kernel = typed_kernel<&device_index>(), .traits = kLanguage});
  ops.add({.schema = "storage_offset(Tensor self) -> int",
           .kernel = typed_kernel<&storage_offset_of>(),
           .traits = kLanguage});
  ops.add({.schema = "_shape_as_tensor(Tensor self) -> Tensor",
           .kernel = typed_kernel<&shape_as_tensor>(),
           .traits = OpTraits::no_method,
           .doc = "The sizes as a tensor of int64."});
  ops.add({.schema = "can_cast(ScalarType from_, ScalarType to) -> bool",
           .kernel = typed_kernel<&can_cast>(),
           .traits = kLanguage});
  ops.add({.schema = "promote_types(ScalarType type1, ScalarType type2) -> ScalarType",
           .kernel = typed_kernel<&promote_types>(),
           .traits = kLanguage});
}

}  // namespace rushlight::ops
