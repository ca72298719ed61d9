#include "ops/cpu/vector_reduce.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/vector_reduce.cpp"
#include "ops/cpu/vector_targets.h"
// After the loop over the targets:
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace rushlight::cpu::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// Not Ne: between two nans it says false on some CPUs.
struct Max {
  template <class V>
  static HWY_INLINE V join(V a, V b) {
    return hn::IfThenElse(hn::Or(hn::Gt(b, a), hn::Not(hn::Eq(b, b))), b, a);
  }
  template <class T>
  static T join_numbers(T a, T b) {
    return b > a || b != b ? b : a;
  }
};
struct Min {
  template <class V>
  static HWY_INLINE V join(V a, V b) {
    return hn::IfThenElse(hn::Or(hn::Lt(b, a), hn::Not(hn::Eq(b, b))), b, a);
  }
  template <class T>
  static T join_numbers(T a, T b) {
    return b < a || b != b ? b : a;
  }
};

/// Lanes that a sum is spread over, whatever the CPU has: with those of a 256-bit register, the additions happen in the
/// order of PyTorch's AVX2 kernels, and so the last bits are the same.
template <class T>
constexpr size_t kSumLanes = 32 / sizeof(T);
/// So many of them side by side hide the latency of an addition.
constexpr size_t kSumRows = 4;

size_t ceil_log2(size_t n) {
  size_t log = 1;
  while ((size_t(1) << log) < n) ++log;
  return log;
}

/// total[k] = load(0, k) + load(1, k) + ..., in levels: each holds sums of a power of two of sums of the level below,
/// so that the error grows slowly. W is how many are summed side by side.
template <size_t W, class V, class Load>
HWY_INLINE void cascade(size_t count, V zero, V* total, const Load& load) {
  constexpr size_t kLevels = 4;
  const size_t power = std::max<size_t>(4, ceil_log2(count) / kLevels), step = size_t(1) << power;
  V sums[kLevels][W];
  for (auto& level : sums)
    for (V& sum : level) sum = zero;
  size_t i = 0;
  // The sums that grow at each step stay in registers: the loops over them must be unrolled for that.
  const auto add_up_to = [&](size_t end) {
    V now[W];
#pragma GCC unroll 16
    for (size_t k = 0; k < W; ++k) now[k] = sums[0][k];
    for (; i < end; ++i) {
#pragma GCC unroll 16
      for (size_t k = 0; k < W; ++k) now[k] = now[k] + load(i, k);
    }
#pragma GCC unroll 16
    for (size_t k = 0; k < W; ++k) sums[0][k] = now[k];
  };
  while (i + step <= count) {
    add_up_to(i + step);
    for (size_t level = 1; level < kLevels; ++level) {
      for (size_t k = 0; k < W; ++k) {
        sums[level][k] = sums[level][k] + sums[level - 1][k];
        sums[level - 1][k] = zero;
      }
      if ((i & ((step - 1) << (level * power))) != 0) break;
    }
  }
  add_up_to(count);
  for (size_t k = 0; k < W; ++k) {
    total[k] = sums[0][k];
    for (size_t level = 1; level < kLevels; ++level) total[k] = total[k] + sums[level][k];
  }
}

/// As cascade, with consecutive elements dealt to kSumRows sums, which are added at the end.
template <size_t W, class V, class Load>
HWY_INLINE void dealt_cascade(size_t count, V zero, V* total, const Load& load) {
  const size_t rounds = count / kSumRows;
  V sums[kSumRows * W];
  cascade<kSumRows * W>(rounds, zero, sums, [&](size_t i, size_t k) { return load(i * kSumRows + k / W, k % W); });
  for (size_t i = rounds * kSumRows; i < count; ++i)
    for (size_t k = 0; k < W; ++k) sums[k] = sums[k] + load(i, k);
  for (size_t k = 0; k < W; ++k) {
    total[k] = sums[k];
    for (size_t row = 1; row < kSumRows; ++row) total[k] = total[k] + sums[row * W + k];
  }
}

template <class T>
using SumTag = hn::CappedTag<T, kSumLanes<T>>;
/// Registers that hold kSumLanes.
template <class T>
constexpr size_t kRegisters = kSumLanes<T> / hn::MaxLanes(SumTag<T>());

template <class T>
T sum_row(const T* in, int64_t size) {
  const SumTag<T> d;
  constexpr size_t W = kRegisters<T>, kWide = kSumLanes<T>;
  const size_t lanes = hn::Lanes(d), count = size_t(size), wide = count / kWide;
  hn::Vec<SumTag<T>> sums[W];
  dealt_cascade<W>(wide, hn::Zero(d), sums,
                   [&](size_t i, size_t k) { return hn::LoadU(d, in + i * kWide + k * lanes); });
  T total = 0;
  for (size_t i = wide * kWide; i < count; ++i) total += in[i];
  HWY_ALIGN T parts[kWide];
  for (size_t k = 0; k < W; ++k) hn::Store(sums[k], d, parts + k * lanes);
  for (T part : parts) total += part;
  return total;
}

template <class T>
void sum_columns(const T* in, int64_t rows, int64_t row_stride, T* out, int64_t columns) {
  const SumTag<T> d;
  constexpr size_t W = kRegisters<T>, kWide = kSumLanes<T>;
  const size_t lanes = hn::Lanes(d), count = size_t(rows);
  const ptrdiff_t stride = ptrdiff_t(row_stride);
  size_t j = 0;
  for (; j + kSumRows * kWide <= size_t(columns); j += kSumRows * kWide) {
    hn::Vec<SumTag<T>> sums[kSumRows * W];
    cascade<kSumRows * W>(count, hn::Zero(d), sums,
                          [&](size_t i, size_t k) { return hn::LoadU(d, in + ptrdiff_t(i) * stride + j + k * lanes); });
    for (size_t k = 0; k < kSumRows * W; ++k) hn::StoreU(sums[k], d, out + j + k * lanes);
  }
  for (; j + kWide <= size_t(columns); j += kWide) {
    hn::Vec<SumTag<T>> sums[W];
    dealt_cascade<W>(count, hn::Zero(d), sums,
                     [&](size_t i, size_t k) { return hn::LoadU(d, in + ptrdiff_t(i) * stride + j + k * lanes); });
    for (size_t k = 0; k < W; ++k) hn::StoreU(sums[k], d, out + j + k * lanes);
  }
  for (; j < size_t(columns); ++j)
    dealt_cascade<1>(count, T(0), out + j, [&](size_t i, size_t) { return in[ptrdiff_t(i) * stride + ptrdiff_t(j)]; });
}

/// At most this many elements are folded straight on, in several lanes.
constexpr size_t kStraight = 4096;

template <class F, class T>
T fold_straight(const T* in, size_t count) {
  const hn::ScalableTag<T> d;
  const size_t lanes = hn::Lanes(d);
  if (count < lanes) {
    T folded = in[0];
    for (size_t i = 1; i < count; ++i) folded = F::join_numbers(folded, in[i]);
    return folded;
  }
  auto a = hn::LoadU(d, in);
  size_t i = lanes;
  // Eight chains, so that none waits for itself; in registers, as the loops over them are unrolled.
  constexpr size_t kChains = 8;
  if (count >= kChains * lanes) {
    decltype(a) chains[kChains];
#pragma GCC unroll 8
    for (size_t k = 0; k < kChains; ++k) chains[k] = hn::LoadU(d, in + k * lanes);
    for (i = kChains * lanes; i + kChains * lanes <= count; i += kChains * lanes) {
#pragma GCC unroll 8
      for (size_t k = 0; k < kChains; ++k) chains[k] = F::join(chains[k], hn::LoadU(d, in + i + k * lanes));
    }
#pragma GCC unroll 4
    for (size_t half = kChains / 2; half > 0; half /= 2) {
#pragma GCC unroll 4
      for (size_t k = 0; k < half; ++k) chains[k] = F::join(chains[k], chains[k + half]);
    }
    a = chains[0];
  }
  for (; i + lanes <= count; i += lanes) a = F::join(a, hn::LoadU(d, in + i));
  HWY_ALIGN T parts[hn::MaxLanes(d)];
  hn::Store(a, d, parts);
  for (size_t half = lanes / 2; half > 0; half /= 2)
    for (size_t k = 0; k < half; ++k) parts[k] = F::join_numbers(parts[k], parts[k + half]);
  for (; i < count; ++i) parts[0] = F::join_numbers(parts[0], in[i]);
  return parts[0];
}
template <class F, class T>
T fold_row(const T* in, size_t count) {
  if (count <= kStraight) return fold_straight<F>(in, count);
  const size_t half = count / 2 / kStraight * kStraight;
  const size_t first = std::max(half, kStraight);
  return F::join_numbers(fold_row<F>(in, first), fold_row<F>(in + first, count - first));
}

/// Columns are folded in panels of this many, rows straight on up to this many.
constexpr size_t kPanel = 256;
constexpr size_t kStraightRows = 32;

template <class F, class T>
void fold_panel(const T* in, size_t rows, ptrdiff_t row_stride, T* out, size_t columns) {
  const hn::ScalableTag<T> d;
  const size_t lanes = hn::Lanes(d);
  size_t j = 0;
  if (rows > kStraightRows) {
    T second[kPanel];
    const size_t half = rows / 2;
    fold_panel<F>(in, half, row_stride, out, columns);
    fold_panel<F>(in + ptrdiff_t(half) * row_stride, rows - half, row_stride, second, columns);
    for (; j + lanes <= columns; j += lanes)
      hn::StoreU(F::join(hn::LoadU(d, out + j), hn::LoadU(d, second + j)), d, out + j);
    for (; j < columns; ++j) out[j] = F::join_numbers(out[j], second[j]);
    return;
  }
  for (; j + 4 * lanes <= columns; j += 4 * lanes) {
    const T* from = in + j;
    auto a = hn::LoadU(d, from), b = hn::LoadU(d, from + lanes), c = hn::LoadU(d, from + 2 * lanes),
         e = hn::LoadU(d, from + 3 * lanes);
    for (size_t i = 1; i < rows; ++i) {
      from += row_stride;
      a = F::join(a, hn::LoadU(d, from));
      b = F::join(b, hn::LoadU(d, from + lanes));
      c = F::join(c, hn::LoadU(d, from + 2 * lanes));
      e = F::join(e, hn::LoadU(d, from + 3 * lanes));
    }
    hn::StoreU(a, d, out + j);
    hn::StoreU(b, d, out + j + lanes);
    hn::StoreU(c, d, out + j + 2 * lanes);
    hn::StoreU(e, d, out + j + 3 * lanes);
  }
  for (; j + lanes <= columns; j += lanes) {
    auto a = hn::LoadU(d, in + j);
    for (size_t i = 1; i < rows; ++i) a = F::join(a, hn::LoadU(d, in + ptrdiff_t(i) * row_stride + j));
    hn::StoreU(a, d, out + j);
  }
  for (; j < columns; ++j) {
    T a = in[j];
    for (size_t i = 1; i < rows; ++i) a = F::join_numbers(a, in[ptrdiff_t(i) * row_stride + ptrdiff_t(j)]);
    out[j] = a;
  }
}

template <class F, class T>
T row_of(const T* in, int64_t count) {
  return fold_row<F>(in, size_t(count));
}
template <class F, class T>
void columns_of(const T* in, int64_t rows, int64_t row_stride, T* out, int64_t columns) {
  for (size_t j = 0; j < size_t(columns); j += kPanel)
    fold_panel<F>(in + j, size_t(rows), ptrdiff_t(row_stride), out + j, std::min(kPanel, size_t(columns) - j));
}
template <class F, class T>
VectorFold<T> fold_of() {
  return {&row_of<F, T>, &columns_of<F, T>, &F::template join_numbers<T>};
}

template <class T>
VectorFold<T> sum_of() {
  return {&sum_row<T>, &sum_columns<T>, +[](T a, T b) { return a + b; }};
}
VectorFold<float> sum_f32() { return sum_of<float>(); }
VectorFold<double> sum_f64() { return sum_of<double>(); }
VectorFold<float> max_f32() { return fold_of<Max, float>(); }
VectorFold<double> max_f64() { return fold_of<Max, double>(); }
VectorFold<float> min_f32() { return fold_of<Min, float>(); }
VectorFold<double> min_f64() { return fold_of<Min, double>(); }

}  // namespace
}  // namespace rushlight::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rushlight::cpu {
HWY_EXPORT(sum_f32);
HWY_EXPORT(sum_f64);
HWY_EXPORT(max_f32);
HWY_EXPORT(max_f64);
HWY_EXPORT(min_f32);
HWY_EXPORT(min_f64);

template <>
VectorFold<float> vector_sum() {
  return HWY_DYNAMIC_DISPATCH(sum_f32)();
}
template <>
VectorFold<double> vector_sum() {
  return HWY_DYNAMIC_DISPATCH(sum_f64)();
}
template <>
VectorFold<float> vector_max() {
  return HWY_DYNAMIC_DISPATCH(max_f32)();
}
template <>
VectorFold<double> vector_max() {
  return HWY_DYNAMIC_DISPATCH(max_f64)();
}
template <>
VectorFold<float> vector_min() {
  return HWY_DYNAMIC_DISPATCH(min_f32)();
}
template <>
VectorFold<double> vector_min() {
  return HWY_DYNAMIC_DISPATCH(min_f64)();
}
}  // namespace rushlight::cpu
#endif
