/// at::f: every operator as a function, derived from its declaration, and the makers of tensors that are no operators.
#pragma once
#include <array>
#include <cmath>
#include <functional>

#include "ATen/TensorIndexing.h"
#include "ATen/core/TensorBody.h"

namespace at {
inline namespace RUSHLIGHT_ABI {

#include "ATen/NativeFunctions.inc"

/// A tensor over memory of the caller, which must outlive it, or until `deleter` is called with the address.
RUSHLIGHT_API Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides,
                               const std::function<void(void*)>& deleter, const TensorOptions& options = {},
                               std::optional<Device> target_device = std::nullopt);
inline Tensor from_blob(void* data, IntArrayRef sizes, const std::function<void(void*)>& deleter,
                        const TensorOptions& options = {}) {
  return from_blob(data, sizes, {}, deleter, options);
}
inline Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides, const TensorOptions& options = {}) {
  return from_blob(data, sizes, strides, nullptr, options);
}
inline Tensor from_blob(void* data, IntArrayRef sizes, const TensorOptions& options = {}) {
  return from_blob(data, sizes, {}, nullptr, options);
}

inline bool is_complex(const Tensor& tensor) { return tensor.is_complex(); }
inline bool is_floating_point(const Tensor& tensor) { return tensor.is_floating_point(); }
inline int64_t numel(const Tensor& tensor) { return tensor.numel(); }
inline int64_t size(const Tensor& tensor, int64_t dim) { return tensor.size(dim); }
inline int64_t stride(const Tensor& tensor, int64_t dim) { return tensor.stride(dim); }

}  // namespace RUSHLIGHT_ABI
}  // namespace at
