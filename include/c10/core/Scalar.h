/// A number whose type is known at run time.
#pragma once
#include <cmath>
#include <limits>
#include <type_traits>

#include "c10/core/ScalarType.h"
#include "c10/util/Exception.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

[[noreturn]] RUSHLIGHT_API void report_overflow(const char* type);

class Scalar {
 public:
  Scalar() : Scalar(int64_t(0)) {}
  template <class T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, int> = 0>
  Scalar(T value) : kind_(Kind::integer) {
    value_.i = int64_t(value);
  }
  template <class T, std::enable_if_t<std::is_same_v<T, bool>, int> = 0>
  Scalar(T value) : kind_(Kind::boolean) {
    value_.i = value;
  }
  Scalar(double value) : kind_(Kind::floating) { value_.d = value; }
  Scalar(float value) : Scalar(double(value)) {}
  Scalar(Half value) : Scalar(double(float(value))) {}
  Scalar(BFloat16 value) : Scalar(double(float(value))) {}
  Scalar(complex<double> value) : imaginary_(value.imag()), kind_(Kind::complex) { value_.d = value.real(); }
  Scalar(complex<float> value) : Scalar(complex<double>(value)) {}

  bool isBoolean() const { return kind_ == Kind::boolean; }
  bool isFloatingPoint() const { return kind_ == Kind::floating; }
  bool isComplex() const { return kind_ == Kind::complex; }
  bool isIntegral(bool includeBool) const { return kind_ == Kind::integer || (includeBool && isBoolean()); }
  ScalarType type() const {
    return isBoolean()         ? ScalarType::Bool
           : isComplex()       ? ScalarType::ComplexDouble
           : isFloatingPoint() ? ScalarType::Double
                               : ScalarType::Long;
  }

  /// The value as T. std::runtime_error where T cannot hold it.
  template <class T>
  T to() const {
    if constexpr (std::is_same_v<T, complex<double>> || std::is_same_v<T, complex<float>>) {
      using Part = typename T::value_type;
      return isComplex() ? T(Part(value_.d), Part(imaginary_)) : T(to<Part>());
    } else if constexpr (std::is_same_v<T, complex<Half>>) {
      return T(Half(to<float>()), Half(float(imaginary_)));
    } else if constexpr (std::is_same_v<T, bool>) {
      return isIntegral(true) ? value_.i != 0 : value_.d != 0 || imaginary_ != 0;
    } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
      return T(to<float>());
    } else {
      if (imaginary_ != 0 || !fits<T>()) report_overflow(cpp_name<T>());
      return isIntegral(true) ? T(value_.i) : T(value_.d);
    }
  }
  double toDouble() const { return to<double>(); }
  float toFloat() const { return to<float>(); }
  int64_t toLong() const { return to<int64_t>(); }
  int toInt() const { return to<int>(); }
  int16_t toShort() const { return to<int16_t>(); }
  int8_t toChar() const { return to<int8_t>(); }
  uint8_t toByte() const { return to<uint8_t>(); }
  bool toBool() const { return to<bool>(); }
  Half toHalf() const { return to<Half>(); }
  BFloat16 toBFloat16() const { return to<BFloat16>(); }
  complex<double> toComplexDouble() const { return to<complex<double>>(); }
  complex<float> toComplexFloat() const { return to<complex<float>>(); }

  Scalar operator-() const {
    if (isComplex()) return Scalar(-to<complex<double>>());
    return isFloatingPoint() ? Scalar(-value_.d) : Scalar(-value_.i);
  }
  template <class T>
  bool equal(T other) const {
    if (isIntegral(true)) return complex<double>(double(value_.i)) == complex<double>(other);
    return to<complex<double>>() == complex<double>(other);
  }

 private:
  enum class Kind : uint8_t { boolean, integer, floating, complex };
  template <class T>
  static const char* cpp_name() {
    return caffe2::TypeMeta::Make<T>().name().data();
  }
  template <class T>
  bool fits() const {
    if constexpr (std::is_floating_point_v<T>) {
      const double value = isIntegral(true) ? double(value_.i) : value_.d;
      return !std::isfinite(value) || std::abs(value) <= double(std::numeric_limits<T>::max());
    } else if (isIntegral(true)) {
      return value_.i >= int64_t(std::numeric_limits<T>::lowest()) &&
             value_.i <= int64_t(std::numeric_limits<T>::max());
    } else {
      return value_.d >= double(std::numeric_limits<T>::lowest()) && value_.d <= double(std::numeric_limits<T>::max());
    }
  }

  union {
    int64_t i;
    double d;
  } value_;
  double imaginary_ = 0;
  Kind kind_;
};

RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const Scalar& scalar);

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
