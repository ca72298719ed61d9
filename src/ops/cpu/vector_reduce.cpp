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

struct Sum {
  template <class V>
  static HWY_INLINE V join(V a, V b) {
    return hn::Add(a, b);
  }
  template <class T>
  static T join_numbers(T a, T b) {
    return a + b;
  }
};
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
  // Eight chains, so that none waits for itself.
  constexpr size_t kChains = 8;
  if (count >= kChains * lanes) {
    decltype(a) chains[kChains];
    for (size_t k = 0; k < kChains; ++k) chains[k] = hn::LoadU(d, in + k * lanes);
    for (i = kChains * lanes; i + kChains * lanes <= count; i += kChains * lanes)
      for (size_t k = 0; k < kChains; ++k) chains[k] = F::join(chains[k], hn::LoadU(d, in + i + k * lanes));
    for (size_t half = kChains / 2; half > 0; half /= 2)
      for (size_t k = 0; k < half; ++k) chains[k] = F::join(chains[k], chains[k + half]);
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

VectorFold<float> sum_f32() { return fold_of<Sum, float>(); }
VectorFold<double> sum_f64() { return fold_of<Sum, double>(); }
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
