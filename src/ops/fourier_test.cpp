/// Transforms of every kind of length agree with the definition: powers of two, small primes, and primes that go
/// through Bluestein's algorithm.
#include "ops/cpu/fourier.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rushlight::cpu {
namespace {

using Complex = std::complex<double>;

std::vector<Complex> by_definition(const std::vector<Complex>& x, double sign) {
  const size_t n = x.size();
  std::vector<Complex> result(n);
  for (size_t k = 0; k < n; ++k)
    for (size_t j = 0; j < n; ++j)
      result[k] += x[j] * std::polar(1.0, sign * 2 * 3.14159265358979323846 * double(j * k % n) / double(n));
  return result;
}

TEST(Fourier, AgreesWithTheDefinition) {
  for (size_t n : {1, 2, 3, 4, 6, 8, 15, 30, 49, 64, 97, 101, 202, 211}) {
    std::vector<Complex> x(n);
    for (size_t i = 0; i < n; ++i) x[i] = {std::sin(double(i) * 1.7), std::cos(double(i * i))};
    const Fourier fourier{int64_t(n)};
    for (bool forward : {true, false}) {
      std::vector<Complex> y = x;
      fourier.transform(y.data(), forward);
      const std::vector<Complex> expected = by_definition(x, forward ? -1 : 1);
      for (size_t k = 0; k < n; ++k) EXPECT_LT(std::abs(y[k] - expected[k]), 1e-11) << n << " " << k;
    }
  }
}

}  // namespace
}  // namespace rushlight::cpu
