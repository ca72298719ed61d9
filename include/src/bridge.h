/// Between the public classes and the library's own: both have the same layout, so crossing over copies nothing.
/// Exceptions of the library become the public ones here.
#pragma once
#include "ATen/core/ivalue.h"
#include "value/ivalue.h"

namespace rushlight::bridge {

static_assert(sizeof(at::Tensor) == sizeof(Tensor) && sizeof(c10::IValue) == sizeof(IValue));
static_assert(uint8_t(c10::IValue::Tag::Tensor) == uint8_t(Tag::tensor) &&
              uint8_t(c10::IValue::Tag::Function) == uint8_t(Tag::function) &&
              uint8_t(c10::IValue::Tag::PyObject) == uint8_t(Tag::python));
static_assert(int(c10::TypeKind::UnionType) == int(TypeKind::union_) &&
              int(c10::TypeKind::ClassType) == int(TypeKind::class_));

/// The same object under its other type.
inline const Tensor& in(const at::Tensor& tensor) { return reinterpret_cast<const Tensor&>(tensor); }
inline const at::Tensor& out(const Tensor& tensor) { return reinterpret_cast<const at::Tensor&>(tensor); }
inline at::Tensor out(Tensor&& tensor) { return std::move(reinterpret_cast<at::Tensor&>(tensor)); }
inline const IValue& in(const c10::IValue& value) { return reinterpret_cast<const IValue&>(value); }
inline IValue in(c10::IValue&& value) { return std::move(reinterpret_cast<IValue&>(value)); }
inline const c10::IValue& out(const IValue& value) { return reinterpret_cast<const c10::IValue&>(value); }
inline c10::IValue out(IValue&& value) { return std::move(reinterpret_cast<c10::IValue&>(value)); }
inline std::vector<IValue> in(std::vector<c10::IValue>&& values) {
  std::vector<IValue> moved;
  moved.reserve(values.size());
  for (c10::IValue& value : values) moved.push_back(in(std::move(value)));
  return moved;
}
inline std::vector<Tensor> in(const std::vector<at::Tensor>& tensors) {
  return {reinterpret_cast<const Tensor*>(tensors.data()),
          reinterpret_cast<const Tensor*>(tensors.data()) + tensors.size()};
}
inline std::vector<at::Tensor> out(std::vector<Tensor>&& tensors) {
  std::vector<at::Tensor> moved;
  moved.reserve(tensors.size());
  for (Tensor& tensor : tensors) moved.push_back(out(std::move(tensor)));
  return moved;
}
inline Device in(c10::Device device) { return {DeviceType(int8_t(device.type())), device.index()}; }
inline c10::Device out(Device device) { return {c10::DeviceType(int8_t(device.type)), device.index}; }

/// An opaque public class T as the library's class U, and back.
template <class U, class T>
U& own(const T& object) {
  return *const_cast<U*>(reinterpret_cast<const U*>(&object));
}
template <class T, class U>
c10::intrusive_ptr<T> share(const Ref<U>& ref) {
  return c10::intrusive_ptr<T>(reinterpret_cast<T*>(const_cast<std::remove_const_t<U>*>(ref.get())));
}

/// Throws the public exception for the one that is being handled.
[[noreturn]] void rethrow();
template <class Fn>
decltype(auto) guarded(Fn&& fn) {
  try {
    return fn();
  } catch (const std::exception&) {
    rethrow();
  }
}

}  // namespace rushlight::bridge
