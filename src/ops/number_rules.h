/// Arithmetic of single numbers in programs, to the last bit as PyTorch computes it.
#pragma once
#include <cmath>
#include <complex>

namespace rushlight::ops {

/// `x % y`: has the sign of y. Rounds the sum also where the signs agree already, and is nan for infinite y; Python's
/// does neither.
inline double float_remainder(double x, double y) { return std::fmod(std::fmod(x, y) + y, y); }

/// The plain formula: an infinite factor gives nan, where C++ would recover an infinity.
inline std::complex<double> complex_product(std::complex<double> a, std::complex<double> b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// Smith's method: scaled by the larger part of the divisor, so that no square of it overflows (R. L. Smith, Algorithm
/// 116: Complex division, Communications of the ACM 5, 1962).
inline std::complex<double> complex_quotient(std::complex<double> a, std::complex<double> b) {
  const double c = b.real(), d = b.imag();
  if (std::abs(c) >= std::abs(d)) {
    if (c == 0 && d == 0) return {a.real() / std::abs(c), a.imag() / std::abs(d)};
    const double ratio = d / c, scale = 1.0 / (c + d * ratio);
    return {(a.real() + a.imag() * ratio) * scale, (a.imag() - a.real() * ratio) * scale};
  }
  const double ratio = c / d, scale = 1.0 / (c * ratio + d);
  return {(a.real() * ratio + a.imag()) * scale, (a.imag() * ratio - a.real()) * scale};
}

}  // namespace rushlight::ops
