#include "tensor/scalar.h"

namespace rushlight {

ScalarType Scalar::type() const {
  switch (tag_) {
    case Tag::boolean:
      return ScalarType::bool_;
    case Tag::integer:
      return ScalarType::int64;
    case Tag::floating:
      return ScalarType::float64;
    case Tag::complex:
      return ScalarType::complex128;
  }
  return ScalarType::int64;
}

Scalar Scalar::operator-() const {
  switch (tag_) {
    case Tag::boolean:
    case Tag::integer:
      return Scalar(int64_t(0 - uint64_t(value_.i)));
    case Tag::floating:
      return Scalar(-value_.d);
    case Tag::complex:
      return Scalar(-to<std::complex<double>>());
  }
  return *this;
}

bool Scalar::operator==(const Scalar& other) const {
  if (is_complex() || other.is_complex()) return to<std::complex<double>>() == other.to<std::complex<double>>();
  if (is_float() || other.is_float()) return to<double>() == other.to<double>();
  return value_.i == other.value_.i;
}

}  // namespace rushlight
