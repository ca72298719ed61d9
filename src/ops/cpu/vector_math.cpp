#include "ops/cpu/vector_math.h"

#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cpu/vector_math.cpp"
#include "ops/cpu/vector_targets.h"
// After the loop over the targets:
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace rushlight::cpu::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
using Element = hn::TFromD<D>;
template <class D>
constexpr bool kIsFloat = sizeof(Element<D>) == 4;
/// Above this exp overflows.
template <class D>
constexpr Element<D> kExpLimit = Element<D>(kIsFloat<D> ? 88.0 : 705.0);

// A function has its vector form and, unless that covers every number: ordinary(), which elements it covers; kSafe, one
// of them; the scalar form for all others.
#define RUSHLIGHT_SCALAR_FORM(expression) \
  static constexpr double kSafe = 0.5;    \
  template <class T>                      \
  static T scalar(T x) {                  \
    return expression;                    \
  }
#define RUSHLIGHT_ORDINARY(condition)                          \
  template <class D, class V>                                  \
  static HWY_INLINE auto ordinary([[maybe_unused]] D d, V x) { \
    return condition;                                          \
  }
#define RUSHLIGHT_VECTOR_FORM(expression)                 \
  template <class D, class V>                             \
  static HWY_INLINE V vector([[maybe_unused]] D d, V x) { \
    return expression;                                    \
  }
#define RUSHLIGHT_POSITIVE \
  hn::And(hn::Gt(x, hn::Zero(d)), hn::Le(x, hn::Set(d, std::numeric_limits<Element<D>>::max())))
#define RUSHLIGHT_WITHIN(bound) hn::Le(hn::Abs(x), hn::Set(d, Element<D>(bound)))

struct exp {
  RUSHLIGHT_ORDINARY(hn::Le(x, hn::Set(d, kExpLimit<D>)))
  RUSHLIGHT_VECTOR_FORM(hn::Exp(d, x))
  RUSHLIGHT_SCALAR_FORM(std::exp(x))
};
struct expm1 {
  RUSHLIGHT_ORDINARY(hn::Le(x, hn::Set(d, kExpLimit<D>)))
  // With the argument's sign, which a zero keeps.
  RUSHLIGHT_VECTOR_FORM(hn::Or(hn::Expm1(d, x), hn::And(hn::SignBit(d), x)))
  RUSHLIGHT_SCALAR_FORM(std::expm1(x))
};
struct log {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_POSITIVE)
  RUSHLIGHT_VECTOR_FORM(hn::Log(d, x))
  RUSHLIGHT_SCALAR_FORM(std::log(x))
};
struct log2 {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_POSITIVE)
  RUSHLIGHT_VECTOR_FORM(hn::Log2(d, x))
  RUSHLIGHT_SCALAR_FORM(std::log2(x))
};
struct log10 {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_POSITIVE)
  RUSHLIGHT_VECTOR_FORM(hn::Log10(d, x))
  RUSHLIGHT_SCALAR_FORM(std::log10(x))
};
struct log1p {
  RUSHLIGHT_ORDINARY(hn::And(hn::Ge(x, hn::Zero(d)), hn::Le(x, hn::Set(d, Element<D>(1e30)))))
  RUSHLIGHT_VECTOR_FORM(hn::Log1p(d, x))
  RUSHLIGHT_SCALAR_FORM(std::log1p(x))
};
struct sin {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(39000))
  RUSHLIGHT_VECTOR_FORM(hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, hn::Sin(d, x)))
  RUSHLIGHT_SCALAR_FORM(std::sin(x))
};
struct cos {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(39000))
  RUSHLIGHT_VECTOR_FORM(hn::Cos(d, x))
  RUSHLIGHT_SCALAR_FORM(std::cos(x))
};
struct tan {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(39000))
  RUSHLIGHT_VECTOR_FORM(hn::Div(sin::vector(d, x), hn::Cos(d, x)))
  RUSHLIGHT_SCALAR_FORM(std::tan(x))
};
struct asin {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(1))
  RUSHLIGHT_VECTOR_FORM(hn::Asin(d, x))
  RUSHLIGHT_SCALAR_FORM(std::asin(x))
};
struct acos {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(1))
  RUSHLIGHT_VECTOR_FORM(hn::Acos(d, x))
  RUSHLIGHT_SCALAR_FORM(std::acos(x))
};
struct atan {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(std::numeric_limits<Element<D>>::max()))
  RUSHLIGHT_VECTOR_FORM(hn::Atan(d, x))
  RUSHLIGHT_SCALAR_FORM(std::atan(x))
};
struct sinh {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(kExpLimit<D>))
  RUSHLIGHT_VECTOR_FORM(hn::Sinh(d, x))
  RUSHLIGHT_SCALAR_FORM(std::sinh(x))
};
struct cosh {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(kExpLimit<D>))
  template <class D, class V>
  static HWY_INLINE V vector(D d, V x) {
    const V half = hn::Mul(hn::Exp(d, hn::Abs(x)), hn::Set(d, Element<D>(0.5)));
    return hn::Add(half, hn::Div(hn::Set(d, Element<D>(0.25)), half));
  }
  RUSHLIGHT_SCALAR_FORM(std::cosh(x))
};
struct tanh {
  RUSHLIGHT_ORDINARY(hn::Eq(x, x))
  // Far out the result is 1: the argument need not go further, where the exponential inside would overflow.
  RUSHLIGHT_VECTOR_FORM(hn::Tanh(d, hn::Clamp(x, hn::Set(d, Element<D>(-20)), hn::Set(d, Element<D>(20)))))
  RUSHLIGHT_SCALAR_FORM(std::tanh(x))
};
struct asinh {
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(1e18))
  RUSHLIGHT_VECTOR_FORM(hn::Asinh(d, x))
  RUSHLIGHT_SCALAR_FORM(std::asinh(x))
};
struct acosh {
  RUSHLIGHT_ORDINARY(hn::And(hn::Ge(x, hn::Set(d, Element<D>(1))), hn::Le(x, hn::Set(d, Element<D>(1e18)))))
  RUSHLIGHT_VECTOR_FORM(hn::Acosh(d, x))
  static constexpr double kSafe = 2;
  template <class T>
  static T scalar(T x) {
    return std::acosh(x);
  }
};
struct atanh {
  RUSHLIGHT_ORDINARY(hn::Lt(hn::Abs(x), hn::Set(d, Element<D>(1))))
  RUSHLIGHT_VECTOR_FORM(hn::Atanh(d, x))
  RUSHLIGHT_SCALAR_FORM(std::atanh(x))
};
struct sqrt {
  template <class D, class V>
  static HWY_INLINE V vector(D, V x) {
    return hn::Sqrt(x);
  }
};
struct rsqrt {
  template <class D, class V>
  static HWY_INLINE V vector(D d, V x) {
    return hn::Div(hn::Set(d, Element<D>(1)), hn::Sqrt(x));
  }
};
struct relu {
  template <class D, class V>
  static HWY_INLINE V vector(D d, V x) {
    return hn::IfThenZeroElse(hn::Le(x, hn::Zero(d)), x);
  }
};
template <class D, class V>
HWY_INLINE V one_plus_exp_negated(D d, V x) {
  return hn::Add(hn::Set(d, Element<D>(1)), hn::Exp(d, hn::Neg(x)));
}
struct sigmoid {
  RUSHLIGHT_ORDINARY(hn::Ge(x, hn::Set(d, -kExpLimit<D>)))
  RUSHLIGHT_VECTOR_FORM(hn::Div(hn::Set(d, Element<D>(1)), one_plus_exp_negated(d, x)))
  RUSHLIGHT_SCALAR_FORM(T(1) / (T(1) + std::exp(-x)))
};
struct silu {
  RUSHLIGHT_ORDINARY(hn::Ge(x, hn::Set(d, -kExpLimit<D>)))
  RUSHLIGHT_VECTOR_FORM(hn::Div(x, one_plus_exp_negated(d, x)))
  RUSHLIGHT_SCALAR_FORM(x / (T(1) + std::exp(-x)))
};

/// A rational function of x between -4 and 4, beyond which float cannot tell erf from 1. For floats only.
template <class D, class V>
HWY_INLINE V erf_of(D d, V x) {
  x = hn::Clamp(x, hn::Set(d, Element<D>(-4)), hn::Set(d, Element<D>(4)));
  const V square = hn::Mul(x, x);
  constexpr float kAbove[] = {-2.72614225801306e-10f, 2.77068142495902e-08f,  -2.10102402082508e-06f,
                              -5.69250639462346e-05f, -7.34990630326855e-04f, -2.95459980854025e-03f,
                              -1.60960333262415e-02f};
  constexpr float kBelow[] = {-1.45660718464996e-05f, -2.13374055278905e-04f, -1.68282697438203e-03f,
                              -7.37332916720468e-03f, -1.42647390514189e-02f};
  V above = hn::Set(d, Element<D>(kAbove[0])), below = hn::Set(d, Element<D>(kBelow[0]));
  for (int i = 1; i < 7; ++i) above = hn::MulAdd(above, square, hn::Set(d, Element<D>(kAbove[i])));
  for (int i = 1; i < 5; ++i) below = hn::MulAdd(below, square, hn::Set(d, Element<D>(kBelow[i])));
  return hn::Div(hn::Mul(x, above), below);
}
constexpr double kSqrtHalf = 0.70710678118654752440;
struct erf {
  RUSHLIGHT_ORDINARY(kIsFloat<D> ? hn::Eq(x, x) : hn::Lt(x, x))
  RUSHLIGHT_VECTOR_FORM(erf_of(d, x))
  RUSHLIGHT_SCALAR_FORM(std::erf(x))
};
struct gelu_erf {
  RUSHLIGHT_ORDINARY(kIsFloat<D> ? RUSHLIGHT_WITHIN(1e30) : hn::Lt(x, x))
  RUSHLIGHT_VECTOR_FORM(hn::Mul(hn::Mul(x, hn::Set(d, Element<D>(0.5))),
                                hn::Add(hn::Set(d, Element<D>(1)),
                                        erf_of(d, hn::Mul(x, hn::Set(d, Element<D>(kSqrtHalf)))))))
  RUSHLIGHT_SCALAR_FORM(x* T(0.5) * (T(1) + std::erf(x * T(kSqrtHalf))))
};
struct gelu_tanh {
  /// sqrt(2 / pi)
  static constexpr double kSlope = 0.79788456080286535588, kCubic = 0.044715;
  RUSHLIGHT_ORDINARY(RUSHLIGHT_WITHIN(1e9))
  template <class D, class V>
  static HWY_INLINE V vector(D d, V x) {
    const V cube = hn::Mul(hn::Mul(x, x), x);
    const V inner = hn::Mul(hn::Set(d, Element<D>(kSlope)), hn::MulAdd(hn::Set(d, Element<D>(kCubic)), cube, x));
    return hn::Mul(hn::Mul(hn::Set(d, Element<D>(0.5)), x), hn::Add(hn::Set(d, Element<D>(1)), tanh::vector(d, inner)));
  }
  RUSHLIGHT_SCALAR_FORM(T(0.5) * x * (T(1) + std::tanh(T(kSlope) * (x + T(kCubic) * x * x * x))))
};
#undef RUSHLIGHT_SCALAR_FORM
#undef RUSHLIGHT_ORDINARY
#undef RUSHLIGHT_VECTOR_FORM
#undef RUSHLIGHT_POSITIVE
#undef RUSHLIGHT_WITHIN

/// The vector form for ordinary elements; the others are patched in one by one.
template <class F, class D, class V>
HWY_INLINE V apply_where_ordinary(D d, V x) {
  const auto ordinary = F::ordinary(d, x);
  if (HWY_LIKELY(hn::AllTrue(d, ordinary))) return F::vector(d, x);
  using T = Element<D>;
  const V mostly = F::vector(d, hn::IfThenElse(ordinary, x, hn::Set(d, T(F::kSafe))));
  HWY_ALIGN T given[hn::MaxLanes(d)];
  HWY_ALIGN T flags[hn::MaxLanes(d)];
  HWY_ALIGN T results[hn::MaxLanes(d)];
  hn::Store(x, d, given);
  hn::Store(hn::IfThenElseZero(ordinary, hn::Set(d, T(1))), d, flags);
  hn::Store(mostly, d, results);
  for (size_t i = 0; i < hn::Lanes(d); ++i)
    if (flags[i] == T(0)) results[i] = F::scalar(given[i]);
  return hn::Load(d, results);
}
template <class F, class D, class V>
HWY_INLINE V apply(D d, V x) {
  if constexpr (requires { F::kSafe; })
    return apply_where_ordinary<F>(d, x);
  else
    return F::vector(d, x);
}

/// Calls step(d, vector) for every vector of the row and stores its results. The last, incomplete one is filled up with
/// copies of an element.
template <class T, class Step>
HWY_INLINE void for_row(const T* in, T* out, size_t count, const Step& step) {
  const hn::ScalableTag<T> d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(step(d, hn::LoadU(d, in + i)), d, out + i);
  if (i == count) return;
  HWY_ALIGN T rest[hn::MaxLanes(d)];
  for (size_t k = 0; k < lanes; ++k) rest[k] = in[i + k < count ? i + k : i];
  hn::Store(step(d, hn::Load(d, rest)), d, rest);
  for (size_t k = 0; i + k < count; ++k) out[i + k] = rest[k];
}
template <class F>
struct Apply {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return apply<F>(d, x);
  }
};

template <class T>
void run_function(VectorFunction function, const T* in, T* out, size_t count) {
  switch (function) {
#define RUSHLIGHT_VECTOR_FUNCTION(name) \
  case VectorFunction::name:            \
    return for_row(in, out, count, Apply<name>());
    RUSHLIGHT_VECTOR_FUNCTIONS(RUSHLIGHT_VECTOR_FUNCTION)
#undef RUSHLIGHT_VECTOR_FUNCTION
  }
}

template <class T>
T exp_shifted(const T* in, T shift, T* out, size_t count) {
  const hn::ScalableTag<T> d;
  const auto by = hn::Set(d, shift);
  const size_t lanes = hn::Lanes(d);
  auto sum = hn::Zero(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto y = apply<exp>(d, hn::Sub(hn::LoadU(d, in + i), by));
    hn::StoreU(y, d, out + i);
    sum = hn::Add(sum, y);
  }
  T total = hn::GetLane(hn::SumOfLanes(d, sum));
  if (i == count) return total;
  HWY_ALIGN T rest[hn::MaxLanes(d)];
  for (size_t k = 0; k < lanes; ++k) rest[k] = in[i + k < count ? i + k : i];
  hn::Store(apply<exp>(d, hn::Sub(hn::Load(d, rest), by)), d, rest);
  for (size_t k = 0; i + k < count; ++k) {
    out[i + k] = rest[k];
    total += rest[k];
  }
  return total;
}

// One overload a name, so that they can stand in the dispatch tables.
void row_f32(VectorFunction function, const float* in, float* out, size_t n) { run_function(function, in, out, n); }
void row_f64(VectorFunction function, const double* in, double* out, size_t n) { run_function(function, in, out, n); }
float exp_f32(const float* in, float shift, float* out, size_t n) { return exp_shifted(in, shift, out, n); }
double exp_f64(const double* in, double shift, double* out, size_t n) { return exp_shifted(in, shift, out, n); }
const char* target_name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace
}  // namespace rushlight::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rushlight::cpu {
HWY_EXPORT(row_f32);
HWY_EXPORT(row_f64);
HWY_EXPORT(exp_f32);
HWY_EXPORT(exp_f64);
HWY_EXPORT(target_name);

void vector_row(VectorFunction function, const float* in, float* out, int64_t count) {
  HWY_DYNAMIC_DISPATCH(row_f32)(function, in, out, size_t(count));
}
void vector_row(VectorFunction function, const double* in, double* out, int64_t count) {
  HWY_DYNAMIC_DISPATCH(row_f64)(function, in, out, size_t(count));
}
float vector_exp_shifted(const float* in, float shift, float* out, int64_t count) {
  return HWY_DYNAMIC_DISPATCH(exp_f32)(in, shift, out, size_t(count));
}
double vector_exp_shifted(const double* in, double shift, double* out, int64_t count) {
  return HWY_DYNAMIC_DISPATCH(exp_f64)(in, shift, out, size_t(count));
}
const char* vector_target() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

namespace {
// Asking the CPU what it is traps into the hypervisor of a virtual machine a dozen times, 4 us each. Done when the
// library is loaded, it is no part of a program's first call.
[[maybe_unused]] const bool is_target_chosen = (hwy::GetChosenTarget().Update(hwy::SupportedTargets()), true);
}  // namespace
}  // namespace rushlight::cpu
#endif
