/// The discrete Fourier transform of any length, in double precision.
#pragma once
#include <complex>
#include <cstdint>
#include <vector>

namespace rushlight::cpu {

/// Transforms of one length; what depends on the length alone is computed once.
class Fourier {
 public:
  explicit Fourier(int64_t length);
  /// x[k] = sum of x[j] exp(-2 pi i j k / n), or with the other sign if not `forward`. Not normalised.
  void transform(std::complex<double>* x, bool forward) const;

 private:
  using Complex = std::complex<double>;
  void mixed_radix(const Complex* in, Complex* out, int64_t n, int64_t stride, const int64_t* factor) const;
  void bluestein(Complex* x) const;

  int64_t length_;
  std::vector<int64_t> factors_;  ///< prime factors; empty: by Bluestein's algorithm
  std::vector<Complex> roots_;    ///< exp(-2 pi i k / n)
};

}  // namespace rushlight::cpu
