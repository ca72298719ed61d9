/// What the derived C++ functions are made of: a call of an operator with its results as C++ values.
#pragma once
#include <array>
#include <tuple>

#include "ops/op.h"
#include "tensor/random.h"

namespace rushlight::ops {

inline constexpr int64_t kZeros[3] = {0, 0, 0};

namespace generated {

inline IValue box_optional(const Tensor& tensor) { return tensor.defined() ? IValue(tensor) : IValue(); }
inline IValue box_optional(Generator* generator) { return generator ? IValue(Ref<Generator>(generator)) : IValue(); }

template <class T>
struct Result {
  static T take(IValue* results);
};
template <>
inline Tensor Result<Tensor>::take(IValue* results) {
  return results[0].is_none() ? Tensor() : std::move(results[0]).tensor();
}
template <>
inline std::vector<Tensor> Result<std::vector<Tensor>>::take(IValue* results) {
  return results[0].to_tensor_vector();
}
template <>
inline int64_t Result<int64_t>::take(IValue* results) {
  return results[0].to_int();
}
template <>
inline double Result<double>::take(IValue* results) {
  return results[0].to_float();
}
template <>
inline bool Result<bool>::take(IValue* results) {
  return results[0].to_bool();
}
template <>
inline Scalar Result<Scalar>::take(IValue* results) {
  return results[0].to_scalar();
}
template <>
inline ScalarType Result<ScalarType>::take(IValue* results) {
  return ScalarType(results[0].to_int());
}
template <class... Parts>
struct Result<std::tuple<Parts...>> {
  template <size_t... I>
  static std::tuple<Parts...> take_at(IValue* results, std::index_sequence<I...>) {
    return {Result<Parts>::take(results + I)...};
  }
  static std::tuple<Parts...> take(IValue* results) { return take_at(results, std::index_sequence_for<Parts...>()); }
};

template <class T>
T call(const Operator& op, const IValue* arguments) {
  IValue results[8];
  call_operator(op, arguments, results);
  if constexpr (!std::is_void_v<T>) return Result<T>::take(results);
}

}  // namespace generated
}  // namespace rushlight::ops
