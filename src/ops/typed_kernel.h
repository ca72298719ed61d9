/// Kernels from plain C++ functions: the boxed entry is derived from the function's type.
///     Tensor dot_cpu(const Tensor& self, const Tensor& tensor);
///     ops.add({.schema = "dot(Tensor self, Tensor tensor) -> Tensor", .kernel = typed_kernel<&dot_cpu>(), ...});
/// Parameter types: const Tensor& (undefined for None), int64_t, double, bool, Scalar, ScalarType, Layout,
/// MemoryFormat, Device, std::string_view, std::complex<double>, IntArrayRef, ArrayRef<double>, std::array<bool, N>,
/// const std::vector<Tensor>&, Generator*, const IValue&, ListObject&, DictObject&, SetObject&, and std::optional of
/// the value types (for `T?`). Result types: the same value types, Tensor, std::vector<Tensor>, IValue, std::tuple of
/// them, void.
#pragma once
#include <array>
#include <tuple>

#include "base/text.h"
#include "ops/op.h"

namespace rushlight {

namespace unbox {
template <class T>
struct From;
template <>
struct From<Tensor> {
  static const Tensor& get(const IValue& v) { return v.optional_tensor(); }
};
template <>
struct From<IValue> {
  static const IValue& get(const IValue& v) { return v; }
};
template <>
struct From<int64_t> {
  static int64_t get(const IValue& v) { return v.is_bool() ? int64_t(v.to_bool()) : v.to_int(); }
};
template <>
struct From<double> {
  static double get(const IValue& v) { return v.is_float() ? v.raw_float() : v.to_scalar().to<double>(); }
};
template <>
struct From<bool> {
  static bool get(const IValue& v) { return v.to_bool(); }
};
template <>
struct From<std::complex<double>> {
  static std::complex<double> get(const IValue& v) { return v.to_scalar().to<std::complex<double>>(); }
};
template <>
struct From<Scalar> {
  static Scalar get(const IValue& v) { return v.to_scalar(); }
};
template <>
struct From<ScalarType> {
  static ScalarType get(const IValue& v) { return ScalarType(v.to_int()); }
};
template <>
struct From<Layout> {
  static Layout get(const IValue& v) { return Layout(v.to_int()); }
};
template <>
struct From<MemoryFormat> {
  static MemoryFormat get(const IValue& v) { return MemoryFormat(v.to_int()); }
};
template <>
struct From<Device> {
  static Device get(const IValue& v) { return v.to_device(); }
};
template <>
struct From<std::string_view> {
  static std::string_view get(const IValue& v) { return v.to_string(); }
};
template <>
struct From<IntArrayRef> {
  static IntArrayRef get(const IValue& v) { return static_cast<const IntList&>(v.list()).values; }
};
template <>
struct From<ArrayRef<double>> {
  static ArrayRef<double> get(const IValue& v) { return static_cast<const FloatList&>(v.list()).values; }
};
template <size_t N>
struct From<std::array<bool, N>> {
  static std::array<bool, N> get(const IValue& v) {
    const ListObject& list = v.list();
    if (list.size() != N) throw RuntimeError(cat("expected ", N, " flags, got ", list.size()));
    std::array<bool, N> flags;
    for (size_t i = 0; i < N; ++i) flags[i] = list.get(i).to_bool();
    return flags;
  }
};
template <>
struct From<std::vector<Tensor>> {
  static std::vector<Tensor> get(const IValue& v) { return v.to_tensor_vector(); }
};
template <>
struct From<Generator*> {
  static Generator* get(const IValue& v) { return v.is_none() ? nullptr : &v.generator(); }
};
template <>
struct From<ListObject> {
  static ListObject& get(const IValue& v) { return v.list(); }
};
template <>
struct From<DictObject> {
  static DictObject& get(const IValue& v) { return v.dict(); }
};
template <>
struct From<SetObject> {
  static SetObject& get(const IValue& v) { return v.set(); }
};
template <class T>
struct From<std::optional<T>> {
  static std::optional<T> get(const IValue& v) {
    if (v.is_none()) return std::nullopt;
    return From<T>::get(v);
  }
};

inline IValue box(Tensor value) { return IValue(std::move(value)); }
inline IValue box(const std::vector<Tensor>& value) { return IValue(value); }
template <class T>
IValue box(T value) {
  return IValue(std::move(value));
}

template <auto fn, class Signature>
struct Boxed;
template <auto fn, class Result, class... Parameters>
struct Boxed<fn, Result (*)(Parameters...)> {
  template <size_t... I>
  static Result call(const IValue* arguments, std::index_sequence<I...>) {
    return fn(From<std::remove_cvref_t<Parameters>>::get(arguments[I])...);
  }
  static void run(const Operator&, const IValue* arguments, IValue* results) {
    using Indices = std::index_sequence_for<Parameters...>;
    if constexpr (std::is_void_v<Result>) {
      call(arguments, Indices{});
    } else {
      put(call(arguments, Indices{}), results);
    }
  }
  template <class... Parts>
  static void put(std::tuple<Parts...> value, IValue* results) {
    std::apply([&](auto&... parts) { ((*results++ = box(std::move(parts))), ...); }, value);
  }
  template <class T>
  static void put(T value, IValue* results) {
    *results = box(std::move(value));
  }
};
}  // namespace unbox

/// `inplace`: a function of the same parameters that writes into the first; `out`: one that takes the output tensors
/// last.
template <auto fn>
Kernel typed_kernel() {
  return {.call = &unbox::Boxed<fn, decltype(fn)>::run};
}
template <auto fn, auto inplace>
Kernel typed_kernel() {
  return {.call = &unbox::Boxed<fn, decltype(fn)>::run, .call_inplace = &unbox::Boxed<inplace, decltype(inplace)>::run};
}

}  // namespace rushlight
