#include "ops/cpu/fourier.h"

#include <cmath>

namespace rushlight::cpu {
namespace {

constexpr double kPi = 3.14159265358979323846;
/// Larger prime factors are slower than a convolution of a power of two.
constexpr int64_t kLargestFactor = 97;

/// exp(-2 pi i k / n), with the angle reduced before the sine is taken.
std::complex<double> root(int64_t k, int64_t n) {
  const double angle = -2 * kPi * double(k % n) / double(n);
  return {std::cos(angle), std::sin(angle)};
}

}  // namespace

Fourier::Fourier(int64_t length) : length_(length) {
  int64_t rest = length;
  for (int64_t p = 2; p * p <= rest; ++p)
    for (; rest % p == 0; rest /= p) factors_.push_back(p);
  if (rest > 1) factors_.push_back(rest);
  if (!factors_.empty() && factors_.back() > kLargestFactor) factors_.clear();
  roots_.resize(size_t(length));
  for (int64_t k = 0; k < length; ++k) roots_[size_t(k)] = root(k, length);
}

void Fourier::transform(Complex* x, bool forward) const {
  if (length_ <= 1) return;
  // The inverse is the conjugate of the transform of the conjugate.
  if (!forward)
    for (int64_t i = 0; i < length_; ++i) x[i] = std::conj(x[i]);
  if (factors_.empty()) {
    bluestein(x);
  } else {
    const std::vector<Complex> in(x, x + length_);
    mixed_radix(in.data(), x, length_, 1, factors_.data());
  }
  if (!forward)
    for (int64_t i = 0; i < length_; ++i) x[i] = std::conj(x[i]);
}

/// Cooley and Tukey (1965): transforms of every p-th element, joined by p-point transforms.
void Fourier::mixed_radix(const Complex* in, Complex* out, int64_t n, int64_t stride, const int64_t* factor) const {
  if (n == 1) {
    out[0] = in[0];
    return;
  }
  const int64_t p = *factor, m = n / p;
  for (int64_t q = 0; q < p; ++q) mixed_radix(in + q * stride, out + q * m, m, stride * p, factor + 1);
  std::vector<Complex> parts(static_cast<size_t>(p));
  for (int64_t k = 0; k < m; ++k) {
    for (int64_t q = 0; q < p; ++q) parts[size_t(q)] = out[q * m + k] * roots_[size_t(q * k * stride)];
    for (int64_t r = 0; r < p; ++r) {
      Complex sum = parts[0];
      for (int64_t q = 1; q < p; ++q) sum += parts[size_t(q)] * roots_[size_t(q * r % p * m * stride)];
      out[r * m + k] = sum;
    }
  }
}

/// Bluestein (1970): j k = (j^2 + k^2 - (k - j)^2) / 2 makes a convolution of the transform.
void Fourier::bluestein(Complex* x) const {
  int64_t size = 1;
  while (size < 2 * length_ - 1) size *= 2;
  const Fourier power(size);
  std::vector<Complex> chirp(static_cast<size_t>(length_)), a(static_cast<size_t>(size)), b(static_cast<size_t>(size));
  for (int64_t k = 0; k < length_; ++k) chirp[size_t(k)] = root(k * k % (2 * length_), 2 * length_);
  for (int64_t k = 0; k < length_; ++k) {
    a[size_t(k)] = x[k] * chirp[size_t(k)];
    b[size_t(k)] = std::conj(chirp[size_t(k)]);
    if (k > 0) b[size_t(size - k)] = b[size_t(k)];
  }
  power.transform(a.data(), true);
  power.transform(b.data(), true);
  for (int64_t k = 0; k < size; ++k) a[size_t(k)] *= b[size_t(k)];
  power.transform(a.data(), false);
  for (int64_t k = 0; k < length_; ++k) x[k] = a[size_t(k)] / double(size) * chirp[size_t(k)];
}

}  // namespace rushlight::cpu
