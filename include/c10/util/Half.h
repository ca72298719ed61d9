/// The 16-bit floating-point types. They are storage: arithmetic happens in float.
#pragma once
#include <cstdint>
#include <limits>
#include <ostream>

#include "rushlight/config.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

namespace detail {
RUSHLIGHT_API uint16_t half_from_float(float value);
RUSHLIGHT_API float float_from_half(uint16_t bits);
RUSHLIGHT_API uint16_t bfloat16_from_float(float value);
RUSHLIGHT_API float float_from_bfloat16(uint16_t bits);
}  // namespace detail

/// IEEE 754 binary16.
struct Half {
  uint16_t x = 0;
  struct from_bits_t {};
  static constexpr from_bits_t from_bits() { return {}; }

  Half() = default;
  Half(float value) : x(detail::half_from_float(value)) {}
  constexpr Half(uint16_t bits, from_bits_t) : x(bits) {}
  operator float() const { return detail::float_from_half(x); }
};

/// The upper half of a float.
struct BFloat16 {
  uint16_t x = 0;
  struct from_bits_t {};
  static constexpr from_bits_t from_bits() { return {}; }

  BFloat16() = default;
  BFloat16(float value) : x(detail::bfloat16_from_float(value)) {}
  constexpr BFloat16(uint16_t bits, from_bits_t) : x(bits) {}
  operator float() const { return detail::float_from_bfloat16(x); }
};

#define RUSHLIGHT_ARITHMETIC(Type, op)                                              \
  inline Type operator op(Type a, Type b) { return Type(float(a) op float(b)); }    \
  inline float operator op(Type a, float b) { return float(a) op b; }               \
  inline float operator op(float a, Type b) { return a op float(b); }               \
  inline double operator op(Type a, double b) { return double(float(a)) op b; }     \
  inline double operator op(double a, Type b) { return a op double(float(b)); }     \
  inline Type operator op(Type a, int b) { return Type(float(a) op float(b)); }     \
  inline Type operator op(int a, Type b) { return Type(float(a) op float(b)); }     \
  inline Type operator op(Type a, int64_t b) { return Type(float(a) op float(b)); } \
  inline Type operator op(int64_t a, Type b) { return Type(float(a) op float(b)); } \
  inline Type& operator op##=(Type& a, Type b) { return a = a op b; }
RUSHLIGHT_ARITHMETIC(Half, +)
RUSHLIGHT_ARITHMETIC(Half, -)
RUSHLIGHT_ARITHMETIC(Half, *)
RUSHLIGHT_ARITHMETIC(Half, /)
RUSHLIGHT_ARITHMETIC(BFloat16, +)
RUSHLIGHT_ARITHMETIC(BFloat16, -)
RUSHLIGHT_ARITHMETIC(BFloat16, *)
RUSHLIGHT_ARITHMETIC(BFloat16, /)
#undef RUSHLIGHT_ARITHMETIC
inline Half operator-(Half a) { return Half(-float(a)); }
inline BFloat16 operator-(BFloat16 a) { return BFloat16(-float(a)); }
inline std::ostream& operator<<(std::ostream& out, Half value) { return out << float(value); }
inline std::ostream& operator<<(std::ostream& out, BFloat16 value) { return out << float(value); }

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
