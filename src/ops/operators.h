/// C++ operators on tensors and numbers, for derivative formulas and composite operators.
#pragma once
#include "base/text.h"
#include "ops/functions/arithmetic.h"

namespace rushlight {

inline Tensor operator+(const Tensor& a, const Tensor& b) { return ops::add(a, b); }
inline Tensor operator+(const Tensor& a, const Scalar& b) { return ops::add(a, b); }
inline Tensor operator+(const Scalar& a, const Tensor& b) { return ops::add(b, a); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return ops::sub(a, b); }
inline Tensor operator-(const Tensor& a, const Scalar& b) { return ops::sub(a, b); }
inline Tensor operator-(const Scalar& a, const Tensor& b) { return ops::rsub(b, a); }
inline Tensor operator-(const Tensor& a) { return ops::neg(a); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return ops::mul(a, b); }
inline Tensor operator*(const Tensor& a, const Scalar& b) { return ops::mul(a, b); }
inline Tensor operator*(const Scalar& a, const Tensor& b) { return ops::mul(b, a); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return ops::div(a, b); }
inline Tensor operator/(const Tensor& a, const Scalar& b) { return ops::div(a, b); }

/// The conjugate where there is one: derivatives of holomorphic formulas multiply by it.
inline Tensor conjugate(const Tensor& t) { return is_complex(t.dtype()) ? ops::conj_physical(t) : t; }

/// The same on numbers.
inline Scalar conj_scalar(const Scalar& s) {
  return s.is_complex() ? Scalar(std::conj(s.to<std::complex<double>>())) : s;
}
inline Scalar minus_one(const Scalar& s) {
  if (s.is_complex()) return Scalar(s.to<std::complex<double>>() - 1.0);
  return s.is_float() ? Scalar(s.to<double>() - 1) : Scalar(s.to<int64_t>() - 1);
}
inline Scalar one_minus(const Scalar& s) { return -minus_one(s); }

}  // namespace rushlight
