/// What a new tensor shall be like. Everything that is not given stays with the factory's default.
#pragma once
#include <optional>

#include "c10/core/Device.h"
#include "c10/core/Layout.h"
#include "c10/core/ScalarType.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

RUSHLIGHT_API ScalarType get_default_dtype_as_scalartype();
inline caffe2::TypeMeta get_default_dtype() { return get_default_dtype_as_scalartype(); }
RUSHLIGHT_API void set_default_dtype(caffe2::TypeMeta type);

class TensorOptions {
 public:
  TensorOptions() = default;
  TensorOptions(Layout layout) : layout_(layout) {}
  template <class T, class = std::enable_if_t<std::is_same_v<std::decay_t<T>, Device>>>
  TensorOptions(T&& device) : device_(device) {}
  TensorOptions(DeviceType device) : device_(Device(device)) {}
  TensorOptions(const std::string& device) : device_(Device(device)) {}
  TensorOptions(ScalarType dtype) : dtype_(dtype) {}
  TensorOptions(caffe2::TypeMeta dtype) : dtype_(dtype.toScalarType()) {}
  TensorOptions(MemoryFormat format) : memory_format_(format) {}

  [[nodiscard]] TensorOptions dtype(std::optional<ScalarType> dtype) const {
    return with([&](TensorOptions& o) { o.dtype_ = dtype; });
  }
  [[nodiscard]] TensorOptions dtype(std::optional<caffe2::TypeMeta> dtype) const {
    return with([&](TensorOptions& o) { o.dtype_ = dtype ? std::optional(dtype->toScalarType()) : std::nullopt; });
  }
  [[nodiscard]] TensorOptions dtype(ScalarType dtype) const { return this->dtype(std::optional(dtype)); }
  [[nodiscard]] TensorOptions dtype(caffe2::TypeMeta dtype) const { return this->dtype(dtype.toScalarType()); }
  template <class T>
  [[nodiscard]] TensorOptions dtype() const {
    return dtype(CppTypeToScalarType<T>::value);
  }
  [[nodiscard]] TensorOptions device(std::optional<Device> device) const {
    return with([&](TensorOptions& o) { o.device_ = device; });
  }
  [[nodiscard]] TensorOptions device(DeviceType type, DeviceIndex index) const { return device(Device(type, index)); }
  [[nodiscard]] TensorOptions layout(std::optional<Layout> layout) const {
    return with([&](TensorOptions& o) { o.layout_ = layout; });
  }
  [[nodiscard]] TensorOptions requires_grad(std::optional<bool> value) const {
    return with([&](TensorOptions& o) { o.requires_grad_ = value; });
  }
  [[nodiscard]] TensorOptions pinned_memory(std::optional<bool> value) const {
    return with([&](TensorOptions& o) { o.pinned_memory_ = value; });
  }
  [[nodiscard]] TensorOptions memory_format(std::optional<MemoryFormat> format) const {
    return with([&](TensorOptions& o) { o.memory_format_ = format; });
  }

  caffe2::TypeMeta dtype() const { return dtype_ ? caffe2::TypeMeta(*dtype_) : get_default_dtype(); }
  Device device() const { return device_.value_or(Device(DeviceType::CPU)); }
  Layout layout() const { return layout_.value_or(Layout::Strided); }
  bool requires_grad() const { return requires_grad_.value_or(false); }
  bool pinned_memory() const { return pinned_memory_.value_or(false); }
  bool has_dtype() const { return dtype_.has_value(); }
  bool has_device() const { return device_.has_value(); }
  bool has_layout() const { return layout_.has_value(); }
  bool has_requires_grad() const { return requires_grad_.has_value(); }
  bool has_pinned_memory() const { return pinned_memory_.has_value(); }
  bool has_memory_format() const { return memory_format_.has_value(); }
  std::optional<ScalarType> dtype_opt() const { return dtype_; }
  std::optional<Device> device_opt() const { return device_; }
  std::optional<Layout> layout_opt() const { return layout_; }
  std::optional<bool> requires_grad_opt() const { return requires_grad_; }
  std::optional<bool> pinned_memory_opt() const { return pinned_memory_; }
  std::optional<MemoryFormat> memory_format_opt() const { return memory_format_; }

 private:
  template <class Change>
  TensorOptions with(Change change) const {
    TensorOptions copy = *this;
    change(copy);
    return copy;
  }
  std::optional<ScalarType> dtype_;
  std::optional<Device> device_;
  std::optional<Layout> layout_;
  std::optional<bool> requires_grad_;
  std::optional<bool> pinned_memory_;
  std::optional<MemoryFormat> memory_format_;
};

inline TensorOptions dtype(ScalarType dtype) { return TensorOptions().dtype(dtype); }
inline TensorOptions dtype(caffe2::TypeMeta dtype) { return TensorOptions().dtype(dtype); }
template <class T>
TensorOptions dtype() {
  return TensorOptions().dtype<T>();
}
inline TensorOptions layout(Layout layout) { return TensorOptions().layout(layout); }
inline TensorOptions device(Device device) { return TensorOptions().device(device); }
inline TensorOptions memory_format(MemoryFormat format) { return TensorOptions().memory_format(format); }
inline TensorOptions requires_grad(bool value = true) { return TensorOptions().requires_grad(value); }
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const TensorOptions& options);

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
