#include "ops/cpu/normal_block.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace rushlight::cpu {
namespace {

/// Cephes logf: x = m * 2^e with m in [sqrt(1/2), sqrt(2)), a polynomial in m - 1, ln 2 in two parts.
float cephes_log(float x) {
  if (x <= 0) return std::bit_cast<float>(0xffffffffu);
  x = std::fmax(x, std::bit_cast<float>(0x00800000u));
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  float e = float(int32_t(bits >> 23) - 0x7f) + 1.0f;
  float m = std::bit_cast<float>((bits & ~0x7f800000u) | std::bit_cast<uint32_t>(0.5f));
  const bool small = m < 0.707106781186547524f;
  const float before = m;
  m -= 1.0f;
  if (small) {
    e -= 1.0f;
    m += before;
  }
  const float z = m * m;
  constexpr float kCoefficients[] = {7.0376836292E-2f,  -1.1514610310E-1f, 1.1676998740E-1f,
                                     -1.2420140846E-1f, 1.4249322787E-1f,  -1.6668057665E-1f,
                                     2.0000714765E-1f,  -2.4999993993E-1f, 3.3333331174E-1f};
  float y = kCoefficients[0];
  for (int i = 1; i < 9; ++i) y = std::fma(y, m, kCoefficients[i]);
  y = std::fma(y * m, z, e * -2.12194440e-4f);
  y = std::fma(-0.5f, z, y);
  return std::fma(e, 0.693359375f, m + y);
}

/// Cephes sinf and cosf together: reduction by multiples of pi/4 in three parts.
std::pair<float, float> cephes_sincos(float x) {
  uint32_t sign_sin = std::bit_cast<uint32_t>(x) & 0x80000000u;
  x = std::fabs(x);
  int32_t octant = int32_t(x * 1.27323954473516f);
  octant = (octant + 1) & ~1;
  const float y = float(octant);
  sign_sin ^= uint32_t(octant & 4) << 29;
  const bool swap = (octant & 2) != 0;
  const uint32_t sign_cos = uint32_t(~(octant - 2) & 4) << 29;
  x = std::fma(y, -0.78515625f, x);
  x = std::fma(y, -2.4187564849853515625e-4f, x);
  x = std::fma(y, -3.77489497744594108e-8f, x);
  const float z = x * x;
  float c = std::fma(2.443315711809948E-005f, z, -1.388731625493765E-003f);
  c = std::fma(c, z, 4.166664568298827E-002f);
  c = std::fma(c * z, z, -(0.5f * z)) + 1.0f;
  float s = std::fma(-1.9515295891E-4f, z, 8.3321608736E-3f);
  s = std::fma(s, z, -1.6666654611E-1f);
  s = std::fma(s * z, x, x);
  const float sine = swap ? c : s, cosine = swap ? s : c;
  return {std::bit_cast<float>(std::bit_cast<uint32_t>(sine) ^ sign_sin),
          std::bit_cast<float>(std::bit_cast<uint32_t>(cosine) ^ sign_cos)};
}

constexpr double kTwoPi = 6.28318530717958647692;

}  // namespace

void normal_block(float* values, float mean, float std) {
  for (int i = 0; i < 8; ++i) {
    const float radius = std::sqrt(-2.0f * cephes_log(1.0f - values[i]));
    const auto [sine, cosine] = cephes_sincos(float(kTwoPi) * values[i + 8]);
    values[i] = std::fma(radius * cosine, std, mean);
    values[i + 8] = std::fma(radius * sine, std, mean);
  }
}

void normal_block(double* values, double mean, double std) {
  for (int i = 0; i < 8; ++i) {
    const double radius = std::sqrt(-2 * std::log(1 - values[i])), angle = kTwoPi * values[i + 8];
    values[i] = std::fma(radius * std::cos(angle), std, mean);
    values[i + 8] = std::fma(radius * std::sin(angle), std, mean);
  }
}

}  // namespace rushlight::cpu
