/// Element types. One table holds every fact about them; the rest of the code asks it.
/// Numbers, names and promotion are PyTorch's ("torch.dtype", "Type promotion").
#pragma once
#include <complex>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tensor/half.h"

namespace rushlight {

//    enumerator, number, C++ type, Python name, IR name, kind
#define RUSHLIGHT_FORALL_DTYPES(_)                                                \
  _(uint8, 0, uint8_t, "uint8", "Byte", integral)                                 \
  _(int8, 1, int8_t, "int8", "Char", integral)                                    \
  _(int16, 2, int16_t, "int16", "Short", integral)                                \
  _(int32, 3, int32_t, "int32", "Int", integral)                                  \
  _(int64, 4, int64_t, "int64", "Long", integral)                                 \
  _(float16, 5, Half, "float16", "Half", floating)                                \
  _(float32, 6, float, "float32", "Float", floating)                              \
  _(float64, 7, double, "float64", "Double", floating)                            \
  _(complex32, 8, std::complex<Half>, "complex32", "ComplexHalf", complex)        \
  _(complex64, 9, std::complex<float>, "complex64", "ComplexFloat", complex)      \
  _(complex128, 10, std::complex<double>, "complex128", "ComplexDouble", complex) \
  _(bool_, 11, bool, "bool", "Bool", boolean)                                     \
  _(bfloat16, 15, BFloat16, "bfloat16", "BFloat16", floating)

enum class ScalarType : int8_t {
#define RUSHLIGHT_DTYPE(name, number, ...) name = number,
  RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
};

enum class DtypeKind : uint8_t { boolean, integral, floating, complex };

struct DtypeInfo {
  ScalarType type;
  uint8_t size;  ///< bytes of one element
  DtypeKind kind;
  std::string_view name;     ///< "float32"
  std::string_view ir_name;  ///< "Float", as graphs and C++ error texts print it
};

/// Null for a number that names no element type.
const DtypeInfo* find_dtype(int64_t number);
const DtypeInfo& dtype_info(ScalarType type);
std::optional<ScalarType> dtype_from_name(std::string_view name);  ///< "float32", "Float" or an alias such as "double"

inline size_t item_size(ScalarType type) { return dtype_info(type).size; }
inline bool is_floating(ScalarType type) { return dtype_info(type).kind == DtypeKind::floating; }
inline bool is_complex(ScalarType type) { return dtype_info(type).kind == DtypeKind::complex; }
/// Without bool.
inline bool is_integral(ScalarType type) { return dtype_info(type).kind == DtypeKind::integral; }
inline bool is_integral_or_bool(ScalarType type) { return dtype_info(type).kind <= DtypeKind::integral; }

/// The dtype that two tensors of equal category meet in (torch.promote_types). Symmetric, associative on what it
/// accepts.
ScalarType promote_types(ScalarType a, ScalarType b);
/// Whether a result of dtype `from` may be stored in a tensor of dtype `to` (torch.can_cast).
bool can_cast(ScalarType from, ScalarType to);
/// complex64 for float32 and so on; complex types stay.
ScalarType to_complex(ScalarType type);
/// float32 for complex64 and so on; others stay.
ScalarType to_real(ScalarType type);

/// torch.get_default_dtype(): process-wide, float32 at the start.
ScalarType default_dtype();
/// Floating types only, else TypeError.
void set_default_dtype(ScalarType type);

template <class T>
struct DtypeOf;
#define RUSHLIGHT_DTYPE(name, number, cpp, ...)           \
  template <>                                             \
  struct DtypeOf<cpp> {                                   \
    static constexpr ScalarType value = ScalarType::name; \
  };
RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
template <class T>
inline constexpr ScalarType dtype_of = DtypeOf<T>::value;

/// A set of dtypes, one bit each.
struct DtypeSet {
  uint32_t bits = 0;  ///< public, so that a set can be a template argument

  constexpr DtypeSet() = default;
  constexpr DtypeSet(ScalarType type) : bits(1u << uint32_t(type)) {}
  constexpr bool contains(ScalarType type) const { return bits >> uint32_t(type) & 1; }
  constexpr DtypeSet operator|(DtypeSet other) const { return from_bits(bits | other.bits); }
  constexpr DtypeSet operator-(DtypeSet other) const { return from_bits(bits & ~other.bits); }
  constexpr bool operator==(const DtypeSet&) const = default;

 private:
  static constexpr DtypeSet from_bits(uint32_t bits) {
    DtypeSet set;
    set.bits = bits;
    return set;
  }
};
inline constexpr DtypeSet kBool = ScalarType::bool_;
inline constexpr DtypeSet kIntegral =
    DtypeSet(ScalarType::uint8) | ScalarType::int8 | ScalarType::int16 | ScalarType::int32 | ScalarType::int64;
inline constexpr DtypeSet kReducedFloating = DtypeSet(ScalarType::float16) | ScalarType::bfloat16;
inline constexpr DtypeSet kFloating = kReducedFloating | ScalarType::float32 | ScalarType::float64;
inline constexpr DtypeSet kComplex = DtypeSet(ScalarType::complex64) | ScalarType::complex128;
inline constexpr DtypeSet kReal = kBool | kIntegral | kFloating;
inline constexpr DtypeSet kAllDtypes = kReal | kComplex;

}  // namespace rushlight
