#include "ops/cpu/vector_linear.h"

#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/vector_linear.cpp"
#include "ops/cpu/vector_targets.h"
// After the loop over the targets:
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace rushlight::cpu::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

/// kRows products of one row with neighbouring rows: they share the loads of it.
template <size_t kRows>
HWY_INLINE void dots(const float* row, const float* weight, size_t count, float* results) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  float rest[kRows] = {};
  size_t k = 0;
  if (count >= lanes) {
    decltype(hn::Zero(d)) sums[kRows];
    for (size_t j = 0; j < kRows; ++j) sums[j] = hn::Zero(d);
    for (; k + lanes <= count; k += lanes) {
      const auto x = hn::LoadU(d, row + k);
      for (size_t j = 0; j < kRows; ++j) sums[j] = hn::MulAdd(x, hn::LoadU(d, weight + j * count + k), sums[j]);
    }
    for (size_t j = 0; j < kRows; ++j) rest[j] = hn::GetLane(hn::SumOfLanes(d, sums[j]));
  }
  for (; k < count; ++k)
    for (size_t j = 0; j < kRows; ++j) rest[j] += row[k] * weight[j * count + k];
  for (size_t j = 0; j < kRows; ++j) results[j] = rest[j];
}

void linear_f32(const float* input, size_t rows, const float* weight, const float* bias, float* result, size_t in,
                size_t out) {
  constexpr size_t kRows = 8;
  for (size_t i = 0; i < rows; ++i) {
    const float* row = input + i * in;
    float* to = result + i * out;
    size_t j = 0;
    for (; j + kRows <= out; j += kRows) dots<kRows>(row, weight + j * in, in, to + j);
    for (; j < out; ++j) dots<1>(row, weight + j * in, in, to + j);
    if (bias)
      for (size_t n = 0; n < out; ++n) to[n] += bias[n];
  }
}

}  // namespace
}  // namespace rushlight::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rushlight::cpu {
HWY_EXPORT(linear_f32);

void vector_linear(const float* input, int64_t rows, const float* weight, const float* bias, float* result,
                   int64_t in_features, int64_t out_features) {
  HWY_DYNAMIC_DISPATCH(linear_f32)
  (input, size_t(rows), weight, bias, result, size_t(in_features), size_t(out_features));
}
}  // namespace rushlight::cpu
#endif
