#include "ops/cpu/vector_arithmetic.h"

#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/vector_arithmetic.cpp"
#include "ops/cpu/vector_targets.h"
// After the loop over the targets:
#include <hwy/highway.h>

#ifndef RUSHLIGHT_VECTOR_ARITHMETIC_ROWS
#define RUSHLIGHT_VECTOR_ARITHMETIC_ROWS
namespace rushlight::cpu {
namespace {
/// What one call works on; the same for all targets.
template <class T>
struct Rows {
  const T* a;
  int64_t a_step;
  const T* b;
  int64_t b_step;
  T* out;
  size_t count;
};
}  // namespace
}  // namespace rushlight::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace rushlight::cpu::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

/// `a` where it is the better one or nan, else `b`.
template <class V, class M>
HWY_INLINE V first_if(M better, V a, V b) {
  return hn::IfThenElse(hn::Or(better, hn::Not(hn::Eq(a, a))), a, b);
}

/// A number in place of a row is loaded once. The last, incomplete vector goes through buffers.
template <class T, class Op>
HWY_INLINE void run(const Rows<T>& rows, const Op& op) {
  const hn::ScalableTag<T> d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  if (rows.a_step && rows.b_step) {
    for (; i + lanes <= rows.count; i += lanes)
      hn::StoreU(op(hn::LoadU(d, rows.a + i), hn::LoadU(d, rows.b + i)), d, rows.out + i);
  } else if (rows.a_step) {
    const auto b = hn::Set(d, *rows.b);
    for (; i + lanes <= rows.count; i += lanes) hn::StoreU(op(hn::LoadU(d, rows.a + i), b), d, rows.out + i);
  } else {
    const auto a = hn::Set(d, *rows.a);
    for (; i + lanes <= rows.count; i += lanes)
      hn::StoreU(op(a, rows.b_step ? hn::LoadU(d, rows.b + i) : hn::Set(d, *rows.b)), d, rows.out + i);
  }
  if (i == rows.count) return;
  HWY_ALIGN T a[hn::MaxLanes(d)] = {};
  HWY_ALIGN T b[hn::MaxLanes(d)] = {};
  for (size_t k = 0; i + k < rows.count; ++k) {
    a[k] = rows.a_step ? rows.a[i + k] : *rows.a;
    b[k] = rows.b_step ? rows.b[i + k] : *rows.b;
  }
  hn::Store(op(hn::Load(d, a), hn::Load(d, b)), d, a);
  for (size_t k = 0; i + k < rows.count; ++k) rows.out[i + k] = a[k];
}

template <class T>
void run_op(VectorArithmetic op, const Rows<T>& rows, T alpha) {
  using V = decltype(hn::Zero(hn::ScalableTag<T>()));
  const V scale = hn::Set(hn::ScalableTag<T>(), alpha);
  switch (op) {
    case VectorArithmetic::add:
      if (alpha == T(1)) return run(rows, [](V a, V b) HWY_ATTR { return hn::Add(a, b); });
      return run(rows, [scale](V a, V b) HWY_ATTR { return hn::Add(a, hn::Mul(scale, b)); });
    case VectorArithmetic::sub:
      if (alpha == T(1)) return run(rows, [](V a, V b) HWY_ATTR { return hn::Sub(a, b); });
      return run(rows, [scale](V a, V b) HWY_ATTR { return hn::Sub(a, hn::Mul(scale, b)); });
    case VectorArithmetic::mul:
      return run(rows, [](V a, V b) HWY_ATTR { return hn::Mul(a, b); });
    case VectorArithmetic::div:
      return run(rows, [](V a, V b) HWY_ATTR { return hn::Div(a, b); });
    case VectorArithmetic::maximum:
      return run(rows, [](V a, V b) HWY_ATTR { return first_if(hn::Gt(a, b), a, b); });
    case VectorArithmetic::minimum:
      return run(rows, [](V a, V b) HWY_ATTR { return first_if(hn::Lt(a, b), a, b); });
  }
}

void arithmetic_f32(VectorArithmetic op, const Rows<float>& rows, float alpha) { run_op(op, rows, alpha); }
void arithmetic_f64(VectorArithmetic op, const Rows<double>& rows, double alpha) { run_op(op, rows, alpha); }

}  // namespace
}  // namespace rushlight::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rushlight::cpu {
HWY_EXPORT(arithmetic_f32);
HWY_EXPORT(arithmetic_f64);

void vector_arithmetic(VectorArithmetic op, const float* a, int64_t a_step, const float* b, int64_t b_step, float alpha,
                       float* out, int64_t count) {
  HWY_DYNAMIC_DISPATCH(arithmetic_f32)(op, Rows<float>{a, a_step, b, b_step, out, size_t(count)}, alpha);
}
void vector_arithmetic(VectorArithmetic op, const double* a, int64_t a_step, const double* b, int64_t b_step,
                       double alpha, double* out, int64_t count) {
  HWY_DYNAMIC_DISPATCH(arithmetic_f64)(op, Rows<double>{a, a_step, b, b_step, out, size_t(count)}, alpha);
}
}  // namespace rushlight::cpu
#endif
