/// torch::tensor: tensors from numbers and (nested) lists of numbers in the source.
///     torch::tensor({{1., 2.}, {3., 4.}})
#pragma once
#include <initializer_list>

#include "ATen/Functions.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace detail {

/// What the braces hold: numbers of one kind and the shape that they form.
class RUSHLIGHT_API TensorDataContainer {
 public:
  /// `{}`: no elements.
  TensorDataContainer();
  template <class T, class = decltype(c10::CppTypeToScalarType<T>::value)>
  TensorDataContainer(T value) : type_(c10::CppTypeToScalarType<T>::value), values_{c10::Scalar(value)} {}
  TensorDataContainer(std::initializer_list<TensorDataContainer> list);
  template <class T>
  TensorDataContainer(c10::ArrayRef<T> values)
      : type_(c10::CppTypeToScalarType<T>::value), sizes_{int64_t(values.size())} {
    memory_ = at::from_blob(const_cast<T*>(values.data()), sizes_, type_);
  }
  template <class T>
  TensorDataContainer(const std::vector<T>& values) : TensorDataContainer(c10::ArrayRef<T>(values)) {}
  TensorDataContainer(const std::vector<bool>& values);

  const std::vector<int64_t>& sizes() const { return sizes_; }
  c10::ScalarType scalar_type() const { return type_; }
  /// A tensor of its own. Without a dtype in `options`: int64 for integers, the default dtype for floats.
  at::Tensor to_tensor(const c10::TensorOptions& options) const;

 private:
  std::string text() const;
  c10::ScalarType type_;
  std::vector<int64_t> sizes_;
  std::vector<c10::Scalar> values_;
  at::Tensor memory_;
};

}  // namespace detail

inline at::Tensor tensor(const detail::TensorDataContainer& data, const c10::TensorOptions& options = {}) {
  return data.to_tensor(options);
}

}  // namespace RUSHLIGHT_ABI
}  // namespace torch
