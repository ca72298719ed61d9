/// What the derived functions of the public headers are made of: a call of an operator with boxed arguments.
#pragma once
#include <array>

#include "ATen/Functions.h"
#include "ATen/core/ivalue.h"

namespace rushlight {
class Operator;
}

namespace at {
inline namespace RUSHLIGHT_ABI {
namespace detail {

using c10::IValue;

const rushlight::Operator& find(const char* name, const char* overload);
/// Runs it; exceptions are the public ones.
void run(const rushlight::Operator& op, const IValue* arguments, IValue* results);
/// `tensor` with what a factory's options say beyond the operator's arguments.
Tensor with_options(Tensor tensor, const TensorOptions& options);

inline IValue optional_tensor(const std::optional<Tensor>& tensor) {
  return tensor && tensor->defined() ? IValue(*tensor) : IValue();
}

template <class T>
struct Result {
  static T take(IValue* results) { return results->to<T>(); }
};
template <>
struct Result<Tensor> {
  static Tensor take(IValue* results) { return results->isNone() ? Tensor() : std::move(*results).toTensor(); }
};
template <class... Parts>
struct Result<std::tuple<Parts...>> {
  template <size_t... I>
  static std::tuple<Parts...> at(IValue* results, std::index_sequence<I...>) {
    return {Result<Parts>::take(results + I)...};
  }
  static std::tuple<Parts...> take(IValue* results) { return at(results, std::index_sequence_for<Parts...>()); }
};

template <class T>
T call(const rushlight::Operator& op, const IValue* arguments) {
  IValue results[8];
  run(op, arguments, results);
  if constexpr (!std::is_void_v<T>) return Result<T>::take(results);
}

}  // namespace detail
using detail::IValue;
}  // namespace RUSHLIGHT_ABI
}  // namespace at
