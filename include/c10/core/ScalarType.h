/// Element types, and what a program may ask about them.
#pragma once
#include <complex>
#include <cstdint>
#include <ostream>
#include <string_view>

#include "c10/util/Half.h"

namespace c10 {
template <class T>
using complex = std::complex<T>;

inline namespace RUSHLIGHT_ABI {

//    C++ type, enumerator, number, what TypeMeta prints
#define RUSHLIGHT_FORALL_SCALAR_TYPES(_)                                  \
  _(uint8_t, Byte, 0, "unsigned char")                                    \
  _(int8_t, Char, 1, "signed char")                                       \
  _(int16_t, Short, 2, "short int")                                       \
  _(int32_t, Int, 3, "int")                                               \
  _(int64_t, Long, 4, "long int")                                         \
  _(::c10::Half, Half, 5, "c10::Half")                                    \
  _(float, Float, 6, "float")                                             \
  _(double, Double, 7, "double")                                          \
  _(std::complex<::c10::Half>, ComplexHalf, 8, "c10::complex<c10::Half>") \
  _(std::complex<float>, ComplexFloat, 9, "c10::complex<float>")          \
  _(std::complex<double>, ComplexDouble, 10, "c10::complex<double>")      \
  _(bool, Bool, 11, "bool")                                               \
  _(::c10::BFloat16, BFloat16, 15, "c10::BFloat16")

enum class ScalarType : int8_t {
#define RUSHLIGHT_ENUMERATOR(type, name, number, text) name = number,
  RUSHLIGHT_FORALL_SCALAR_TYPES(RUSHLIGHT_ENUMERATOR)
#undef RUSHLIGHT_ENUMERATOR
      Undefined = 46,
};

#define RUSHLIGHT_CONSTANT(type, name, number, text) constexpr ScalarType k##name = ScalarType::name;
RUSHLIGHT_FORALL_SCALAR_TYPES(RUSHLIGHT_CONSTANT)
#undef RUSHLIGHT_CONSTANT

template <class T>
struct CppTypeToScalarType;
#define RUSHLIGHT_TRAIT(type, name, number, text)         \
  template <>                                             \
  struct CppTypeToScalarType<type> {                      \
    static constexpr ScalarType value = ScalarType::name; \
  };
RUSHLIGHT_FORALL_SCALAR_TYPES(RUSHLIGHT_TRAIT)
#undef RUSHLIGHT_TRAIT

RUSHLIGHT_API const char* toString(ScalarType type);
RUSHLIGHT_API size_t elementSize(ScalarType type);
RUSHLIGHT_API bool isIntegralType(ScalarType type, bool includeBool);
RUSHLIGHT_API bool isFloatingType(ScalarType type);
RUSHLIGHT_API bool isComplexType(ScalarType type);
RUSHLIGHT_API ScalarType promoteTypes(ScalarType a, ScalarType b);
RUSHLIGHT_API bool canCast(ScalarType from, ScalarType to);
inline std::ostream& operator<<(std::ostream& out, ScalarType type) { return out << toString(type); }

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

namespace caffe2 {
inline namespace RUSHLIGHT_ABI {

/// An element type as `Tensor::dtype()` gives it: compares with ScalarTypes and prints the name of the C++ type.
class TypeMeta {
 public:
  TypeMeta() = default;
  TypeMeta(c10::ScalarType type) : type_(type) {}
  template <class T>
  static TypeMeta Make() {
    return c10::CppTypeToScalarType<T>::value;
  }
  static TypeMeta fromScalarType(c10::ScalarType type) { return type; }
  c10::ScalarType toScalarType() const { return type_; }
  bool isScalarType() const { return type_ != c10::ScalarType::Undefined; }
  bool isScalarType(c10::ScalarType type) const { return type_ == type; }
  size_t itemsize() const { return c10::elementSize(type_); }
  RUSHLIGHT_API std::string_view name() const;
  template <class T>
  bool Match() const {
    return type_ == c10::CppTypeToScalarType<T>::value;
  }
  bool operator==(TypeMeta other) const { return type_ == other.type_; }
  bool operator!=(TypeMeta other) const { return type_ != other.type_; }

 private:
  c10::ScalarType type_ = c10::ScalarType::Undefined;
};
inline bool operator==(TypeMeta a, c10::ScalarType b) { return a.toScalarType() == b; }
inline bool operator==(c10::ScalarType a, TypeMeta b) { return a == b.toScalarType(); }
inline bool operator!=(TypeMeta a, c10::ScalarType b) { return a.toScalarType() != b; }
inline bool operator!=(c10::ScalarType a, TypeMeta b) { return a != b.toScalarType(); }
inline std::ostream& operator<<(std::ostream& out, TypeMeta type) { return out << type.name(); }

}  // namespace RUSHLIGHT_ABI
}  // namespace caffe2

namespace c10 {
inline ScalarType typeMetaToScalarType(caffe2::TypeMeta type) { return type.toScalarType(); }
inline caffe2::TypeMeta scalarTypeToTypeMeta(ScalarType type) { return type; }
}  // namespace c10
