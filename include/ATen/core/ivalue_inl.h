/// Part of ATen/core/ivalue.h. IValue from and to C++ containers: the templates that ivalue.h declares.
#pragma once
#include "ATen/core/Dict_inl.h"
#include "ATen/core/List_inl.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

template <class T>
IValue::IValue(List<T> list) : IValue(list.impl()) {}
template <class Key, class Value>
IValue::IValue(Dict<Key, Value> dict) : IValue(dict.impl()) {}
template <class T>
IValue::IValue(const std::vector<T>& values) {
  static_assert(!std::is_same_v<T, IValue>,
                "a vector<IValue> has no element type; use c10::impl::GenericList(type) and append to it");
  List<T> list;
  list.reserve(values.size());
  for (const auto& value : values) list.push_back(value);
  *this = IValue(std::move(list));
}
template <class T, size_t N>
IValue::IValue(const std::array<T, N>& values) : IValue(std::vector<T>(values.begin(), values.end())) {}
template <class Key, class Value>
IValue::IValue(std::unordered_map<Key, Value> map) {
  Dict<Key, Value> dict;
  for (auto& [key, value] : map) dict.insert_or_assign(key, value);
  *this = IValue(std::move(dict));
}
template <class... Parts, std::enable_if_t<(std::is_constructible_v<IValue, Parts> && ...), int>>
IValue::IValue(std::tuple<Parts...> parts)
    : IValue(std::apply([](auto&... part) { return ivalue::Tuple::create(std::move(part)...); }, parts)) {}

inline ListView IValue::toListRef() const { return ListView(toList().impl()); }

namespace detail {

template <class T>
struct IValueTo;
#define RUSHLIGHT_TO(Type, call)                                \
  template <>                                                   \
  struct IValueTo<Type> {                                       \
    static Type get(const IValue& value) { return value.call; } \
  };
RUSHLIGHT_TO(at::Tensor, toTensor())
RUSHLIGHT_TO(double, toDouble())
RUSHLIGHT_TO(c10::complex<double>, toComplexDouble())
RUSHLIGHT_TO(int64_t, toInt())
RUSHLIGHT_TO(bool, toBool())
RUSHLIGHT_TO(std::string, toStringRef())
RUSHLIGHT_TO(std::string_view, toStringView())
RUSHLIGHT_TO(Scalar, toScalar())
RUSHLIGHT_TO(Device, toDevice())
RUSHLIGHT_TO(ScalarType, toScalarType())
RUSHLIGHT_TO(Layout, toLayout())
RUSHLIGHT_TO(MemoryFormat, toMemoryFormat())
RUSHLIGHT_TO(at::Generator, toGenerator())
RUSHLIGHT_TO(Storage, toStorage())
RUSHLIGHT_TO(intrusive_ptr<ivalue::Tuple>, toTuple())
RUSHLIGHT_TO(intrusive_ptr<ivalue::Object>, toObject())
RUSHLIGHT_TO(intrusive_ptr<ivalue::Future>, toFuture())
RUSHLIGHT_TO(intrusive_ptr<ivalue::ConstantString>, toString())
#undef RUSHLIGHT_TO
template <>
struct IValueTo<float> {
  static float get(const IValue& value) { return float(value.toDouble()); }
};
template <>
struct IValueTo<int32_t> {
  static int32_t get(const IValue& value) { return int32_t(value.toInt()); }
};
template <>
struct IValueTo<IValue> {
  static IValue get(const IValue& value) { return value; }
};
template <class T>
struct IValueTo<std::optional<T>> {
  static std::optional<T> get(const IValue& value) { return value.toOptional<T>(); }
};
template <class T>
struct IValueTo<List<T>> {
  static List<T> get(const IValue& value) { return impl::toTypedList<T>(value.toList()); }
};
template <class T>
struct IValueTo<std::vector<T>> {
  static std::vector<T> get(const IValue& value) { return IValueTo<List<T>>::get(value).vec(); }
};
template <class T, size_t N>
struct IValueTo<std::array<T, N>> {
  static std::array<T, N> get(const IValue& value) {
    const auto values = IValueTo<std::vector<T>>::get(value);
    TORCH_CHECK(values.size() == N, "expected a list of ", N, " elements, got ", values.size());
    std::array<T, N> array;
    std::copy(values.begin(), values.end(), array.begin());
    return array;
  }
};
template <class Key, class Value>
struct IValueTo<Dict<Key, Value>> {
  static Dict<Key, Value> get(const IValue& value) { return impl::toTypedDict<Key, Value>(value.toGenericDict()); }
};
template <class Key, class Value>
struct IValueTo<std::unordered_map<Key, Value>> {
  static std::unordered_map<Key, Value> get(const IValue& value) {
    std::unordered_map<Key, Value> map;
    for (const auto& entry : IValueTo<Dict<Key, Value>>::get(value)) map.emplace(entry.key(), entry.value());
    return map;
  }
};
template <class... Parts>
struct IValueTo<std::tuple<Parts...>> {
  template <size_t... I>
  static std::tuple<Parts...> at(const ivalue::TupleElements& elements, std::index_sequence<I...>) {
    TORCH_CHECK(elements.size() == sizeof...(Parts), "expected a tuple of ", sizeof...(Parts), " elements, got ",
                elements.size());
    return {elements[I].template to<Parts>()...};
  }
  static std::tuple<Parts...> get(const IValue& value) {
    return at(value.toTupleRef().elements(), std::index_sequence_for<Parts...>());
  }
};

}  // namespace detail

template <class T>
T IValue::to() const {
  return detail::IValueTo<std::decay_t<T>>::get(*this);
}

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
