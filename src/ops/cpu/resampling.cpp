#include "ops/cpu/resampling.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"

namespace rushlight::cpu {
namespace {

/// The step in the input for one step in the output. F: the type in which PyTorch computes it.
template <class F>
F source_step(int64_t in, int64_t out, bool align_corners, std::optional<double> scale) {
  if (align_corners) return out > 1 ? F(in - 1) / F(out - 1) : F(0);
  if (scale && *scale > 0) return F(1.0 / *scale);
  return F(in) / F(out);
}
void push(TapTable& taps, int64_t index, double weight) {
  taps.index.push_back(index);
  taps.weight.push_back(weight);
}

/// Keys' cubic convolution (1981); a = -0.75 without and -0.5 with antialiasing.
template <class F>
F cubic_near(F x, F a) {
  return ((a + F(2)) * x - (a + F(3))) * x * x + F(1);
}
template <class F>
F cubic_far(F x, F a) {
  return ((a * x - F(5) * a) * x + F(8) * a) * x - F(4) * a;
}
template <class F>
F filter(Interpolation method, F x) {
  x = std::abs(x);
  if (method == Interpolation::linear_antialias) return x < F(1) ? F(1) - x : F(0);
  if (method == Interpolation::cubic_antialias)
    return x < F(1) ? cubic_near(x, F(-0.5)) : x < F(2) ? cubic_far(x, F(-0.5)) : F(0);
  const auto sinc = [](F t) { return t == F(0) ? F(1) : std::sin(t * F(M_PI)) / (t * F(M_PI)); };
  return x < F(3) ? sinc(x) * sinc(x / F(3)) : F(0);
}
template <class F>
void antialiased_taps(TapTable& taps, Interpolation method, F step, int64_t at) {
  const F size = method == Interpolation::linear_antialias  ? F(2)
                 : method == Interpolation::cubic_antialias ? F(4)
                                                            : F(6);
  const F support = step >= F(1) ? size * F(0.5) * step : size * F(0.5), shrink = step >= F(1) ? F(1) / step : F(1);
  const F centre = step * (F(at) + F(0.5));
  const int64_t first = std::max<int64_t>(int64_t(centre - support + F(0.5)), 0);
  const int64_t count = std::min<int64_t>(int64_t(centre + support + F(0.5)), taps.in) - first;
  const size_t begin = taps.weight.size();
  F total = 0;
  for (int64_t j = 0; j < count; ++j) {
    const F weight = filter(method, (F(j + first) - centre + F(0.5)) * shrink);
    total += weight;
    push(taps, first + j, double(weight));
  }
  for (size_t j = begin; j < taps.weight.size() && total != F(0); ++j)
    taps.weight[j] = double(F(taps.weight[j]) / total);
}

template <class F>
void fill_taps(TapTable& taps, Interpolation method, bool align_corners, std::optional<double> scale) {
  const int64_t in = taps.in;
  const bool nearest = method == Interpolation::nearest || method == Interpolation::nearest_exact;
  const F step = source_step<F>(in, taps.out, align_corners && !nearest, scale);
  for (int64_t i = 0; i < taps.out; ++i) {
    taps.begin.push_back(int64_t(taps.index.size()));
    switch (method) {
      case Interpolation::nearest:
        push(taps, std::min(int64_t(std::floor(F(i) * step)), in - 1), 1);
        break;
      case Interpolation::nearest_exact:
        push(taps, std::min(int64_t(std::floor((F(i) + F(0.5)) * step)), in - 1), 1);
        break;
      case Interpolation::linear: {
        const F source = align_corners ? step * F(i) : std::max(F(0), step * (F(i) + F(0.5)) - F(0.5));
        const int64_t low = std::min(int64_t(source), in - 1);
        const F lambda = std::min(std::max(source - F(low), F(0)), F(1));
        push(taps, low, double(F(1) - lambda));
        push(taps, low + int64_t(low < in - 1), double(lambda));
        break;
      }
      case Interpolation::cubic: {
        const F source = align_corners ? step * F(i) : step * (F(i) + F(0.5)) - F(0.5);
        const int64_t low = std::min(int64_t(std::floor(source)), in - 1);
        const F t = std::min(std::max(source - F(low), F(0)), F(1)), a = F(-0.75);
        const F weights[] = {cubic_far(t + F(1), a), cubic_near(t, a), cubic_near(F(1) - t, a), cubic_far(F(2) - t, a)};
        for (int64_t k = 0; k < 4; ++k) push(taps, std::clamp<int64_t>(low - 1 + k, 0, in - 1), double(weights[k]));
        break;
      }
      default:
        antialiased_taps(taps, method, step, i);
    }
  }
  taps.begin.push_back(int64_t(taps.index.size()));
}

constexpr DtypeSet kSet = DtypeSet(ScalarType::float32) | ScalarType::float64;

}  // namespace

TapTable make_taps(Interpolation method, int64_t in, int64_t out, bool align_corners, std::optional<double> scale,
                   bool in_double) {
  TapTable taps;
  taps.in = in;
  taps.out = out;
  // Nearest neighbours are found in single precision for every dtype.
  if (in_double && method != Interpolation::nearest && method != Interpolation::nearest_exact)
    fill_taps<double>(taps, method, align_corners, scale);
  else
    fill_taps<float>(taps, method, align_corners, scale);
  return taps;
}

Tensor resample(const Tensor& input, int64_t outer, int64_t inner, const TapTable& taps) {
  Tensor output = empty_tensor({outer, taps.out, inner}, input.dtype(), input.device());
  dispatch<kSet>(input.dtype(), "upsample", [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (output.numel() == 0) return;
    const T* in = input.data<T>();
    T* out = output.data<T>();
    const std::vector<T> weight(taps.weight.begin(), taps.weight.end());
    parallel_for(0, outer, std::max<int64_t>(1, 16384 / (taps.out * inner)), [&](int64_t from, int64_t to) {
      for (int64_t o = from; o < to; ++o)
        for (int64_t i = 0; i < taps.out; ++i) {
          T* row = out + (o * taps.out + i) * inner;
          std::fill_n(row, inner, T(0));
          for (int64_t k = taps.begin[size_t(i)]; k < taps.begin[size_t(i) + 1]; ++k) {
            const T w = weight[size_t(k)];
            const T* source = in + (o * taps.in + taps.index[size_t(k)]) * inner;
            for (int64_t j = 0; j < inner; ++j) row[j] += w * source[j];
          }
        }
    });
  });
  return output;
}

Tensor resample_backward(const Tensor& grad, int64_t outer, int64_t inner, const TapTable& taps) {
  Tensor result = empty_tensor({outer, taps.in, inner}, grad.dtype(), grad.device());
  fill(result, 0);
  dispatch<kSet>(grad.dtype(), "upsample", [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (grad.numel() == 0) return;
    const T* in = grad.data<T>();
    T* out = result.data<T>();
    parallel_for(0, outer, std::max<int64_t>(1, 16384 / (taps.out * inner)), [&](int64_t from, int64_t to) {
      for (int64_t o = from; o < to; ++o)
        for (int64_t i = 0; i < taps.out; ++i)
          for (int64_t k = taps.begin[size_t(i)]; k < taps.begin[size_t(i) + 1]; ++k) {
            const T w = T(taps.weight[size_t(k)]);
            const T* row = in + (o * taps.out + i) * inner;
            T* target = out + (o * taps.in + taps.index[size_t(k)]) * inner;
            for (int64_t j = 0; j < inner; ++j) target[j] += w * row[j];
          }
    });
  });
  return result;
}

Tensor resample_copy(const Tensor& input, int64_t outer, int64_t inner, const TapTable& taps) {
  Tensor output = empty_tensor({outer, taps.out, inner}, input.dtype(), input.device());
  if (output.numel() == 0) return output;
  const size_t size = input.item_size(), row = size_t(inner) * size;
  const auto* in = static_cast<const std::byte*>(input.data());
  auto* out = static_cast<std::byte*>(output.data());
  parallel_for(0, outer * taps.out, std::max<int64_t>(1, 16384 / inner), [&](int64_t from, int64_t to) {
    for (int64_t i = from; i < to; ++i) {
      const int64_t source = i / taps.out * taps.in + taps.index[size_t(i % taps.out)];
      if (inner == 1 && size == 4)
        std::memcpy(out + i * 4, in + source * 4, 4);
      else
        std::memcpy(out + size_t(i) * row, in + size_t(source) * row, row);
    }
  });
  return output;
}

}  // namespace rushlight::cpu
