/// A number whose type is known at run time: `Scalar` of PyTorch's schemas.
#pragma once
#include <complex>
#include <cstdint>

#include "tensor/dtype.h"

namespace rushlight {

class Scalar {
 public:
  Scalar() : Scalar(int64_t(0)) {}
  Scalar(bool value) : tag_(Tag::boolean) { value_.i = value; }
  Scalar(int value) : Scalar(int64_t(value)) {}
  Scalar(int64_t value) : tag_(Tag::integer) { value_.i = value; }
  Scalar(double value) : tag_(Tag::floating) { value_.d = value; }
  Scalar(float value) : Scalar(double(value)) {}
  Scalar(std::complex<double> value) : tag_(Tag::complex) {
    value_.d = value.real();
    imaginary_ = value.imag();
  }

  bool is_bool() const { return tag_ == Tag::boolean; }
  /// An int and not a bool.
  bool is_int() const { return tag_ == Tag::integer; }
  bool is_float() const { return tag_ == Tag::floating; }
  bool is_complex() const { return tag_ == Tag::complex; }
  /// int64, float64, complex128 or bool.
  ScalarType type() const;

  /// The value as T, as C++ converts it; T may be any element type.
  template <class T>
  T to() const {
    if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
      using Part = typename T::value_type;
      return is_complex() ? T(Part(value_.d), Part(imaginary_)) : T(to<Part>());
    } else if constexpr (std::is_same_v<T, bool>) {
      return is_complex() ? value_.d != 0 || imaginary_ != 0 : is_float() ? value_.d != 0 : value_.i != 0;
    } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
      return T(to<float>());
    } else {
      return tag_ >= Tag::floating ? T(value_.d) : T(value_.i);
    }
  }
  bool equals(double other) const {
    return tag_ < Tag::floating ? double(value_.i) == other : value_.d == other && (!is_complex() || imaginary_ == 0);
  }
  Scalar operator-() const;
  bool operator==(const Scalar& other) const;

 private:
  enum class Tag : uint8_t { boolean, integer, floating, complex };
  union {
    int64_t i;
    double d;
  } value_;
  double imaginary_ = 0;
  Tag tag_;
};

}  // namespace rushlight
