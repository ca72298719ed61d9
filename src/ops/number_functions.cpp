/// Functions of numbers that are neither arithmetic nor special: distances, signs, neighbours, divisors, angles, and
/// closeness.
#include "ops/functions/number_functions.h"

#include <cmath>
#include <cstring>
#include <numeric>

#include "ops/cpu/double_kernel.h"
#include "ops/cpu/dtype_limits.h"
#include "ops/cpu/pointwise.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/selection.h"
#include "ops/functions/trigonometric.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using cpu::is_complex_v;
constexpr double kPi = 3.14159265358979323846;

template <class T>
struct Gcd {
  T operator()(T a, T b) const { return T(std::gcd(int64_t(a), int64_t(b))); }
};
template <class T>
struct Lcm {
  T operator()(T a, T b) const {
    const int64_t divisor = std::gcd(int64_t(a), int64_t(b));
    return divisor == 0 ? T(0) : T(std::abs(int64_t(a) / divisor * int64_t(b)));
  }
};
template <class T>
struct NextAfter {
  T operator()(T x, T y) const { return std::nextafter(x, y); }
};
/// One step in the bits of a half. Bits of the two signs run in opposite directions from zero.
template <class H>
H half_after(H x, H y) {
  const float from = float(x), to = float(y);
  if (from != from || to != to) return H(from + to);
  if (from == to) return y;
  uint16_t bits = x.bits;
  if (from == 0)
    bits = to > 0 ? 0x0001 : 0x8001;
  else
    bits = uint16_t((to > from) == (from > 0) ? bits + 1 : bits - 1);
  H next;
  next.bits = bits;
  return next;
}
template <class H>
Tensor halves_after(const Tensor& self, const Tensor& other) {
  cpu::Elementwise plan(Tensor(), DtypeOf<H>::value, {&self, &other});
  plan.run([](std::byte* const* data, const int64_t* strides, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      *reinterpret_cast<H*>(data[0] + i * strides[0]) = half_after(
          *reinterpret_cast<const H*>(data[1] + i * strides[1]), *reinterpret_cast<const H*>(data[2] + i * strides[2]));
  });
  return plan.output();
}
/// Formulas compute halves in float, whose steps are finer: halves step in their own bits.
void next_after(const Operator& op, const IValue* arguments, IValue* results) {
  using Wide = cpu::Pointwise<2, NextAfter, DtypeSet(ScalarType::float32) | ScalarType::float64, Promote::same>;
  const Tensor a = cpu::as_operand(arguments[0]), b = cpu::as_operand(arguments[1]);
  const ScalarType type = cpu::result_type(a, b);
  if (type == ScalarType::float16)
    results[0] = halves_after<Half>(cpu::to_dtype(a, type), cpu::to_dtype(b, type));
  else if (type == ScalarType::bfloat16)
    results[0] = halves_after<BFloat16>(cpu::to_dtype(a, type), cpu::to_dtype(b, type));
  else
    Wide::call(op, arguments, results);
}
Kernel next_after_kernel() {
  Kernel kernel = binary_kernel<NextAfter, DtypeSet(ScalarType::float32) | ScalarType::float64>("nextafter_cpu");
  return {.call = &next_after, .config = kernel.config};
}
template <class T>
struct Heaviside {
  T operator()(T x, T at_zero) const { return x == T(0) ? at_zero : T(x > T(0)); }
};
template <BoxedKernel inner>
void heaviside_of_one_dtype(const Operator& op, const IValue* arguments, IValue* results) {
  const Tensor &self = arguments[0].tensor(), &values = arguments[1].tensor();
  if (is_complex(self.dtype()) || is_complex(values.dtype()))
    throw RuntimeError("heaviside is not yet implemented for complex tensors.");
  if (self.dtype() != values.dtype())
    throw RuntimeError("heaviside is not yet implemented for tensors with different dtypes.");
  inner(op, arguments, results);
}
Kernel heaviside_kernel() {
  using P = cpu::Pointwise<2, Heaviside, kReal, Promote::same>;
  Kernel kernel = P::kernel("heaviside_cpu");
  kernel.call = &heaviside_of_one_dtype<&P::call>;
  kernel.call_inplace = &heaviside_of_one_dtype<&P::call_inplace>;
  kernel.call_out = &heaviside_of_one_dtype<&P::call_out>;
  return kernel;
}
template <class T>
struct Hypot {
  T operator()(T x, T y) const { return std::hypot(x, y); }
};
/// x * 2^y for a floating x and an integral y, in the dtype of x.
Tensor scale_by_power(const Tensor& self, const Tensor& exponent) {
  if (exponent.dtype() == ScalarType::bool_) throw NotImplementedError("\"ldexp_cpu_exp\" not implemented for 'Bool'");
  return to(to(self, ScalarType::float64) * pow(Scalar(2.0), to(exponent, ScalarType::float64)), self.dtype());
}
bool scales_by_power(const Tensor& self, const Tensor& exponent) {
  return is_floating(self.dtype()) && is_integral_or_bool(exponent.dtype());
}
template <class T>
bool is_nan_value(T x) {
  return x != x;
}
template <class T>
struct FMax {
  T operator()(T a, T b) const { return is_nan_value(a) ? b : is_nan_value(b) ? a : a > b ? a : b; }
};
template <class T>
struct FMin {
  T operator()(T a, T b) const { return is_nan_value(a) ? b : is_nan_value(b) ? a : a < b ? a : b; }
};
template <class T>
struct SignBit {
  bool operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>) {
      // The bit itself: GCC 12 cannot compile the vectorised std::signbit.
      std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t> bits;
      std::memcpy(&bits, &x, sizeof(bits));
      return bits >> (8 * sizeof(bits) - 1);
    } else if constexpr (std::is_same_v<T, bool>) {
      return false;
    } else {
      return x < T(0);
    }
  }
};
template <class T>
struct IsPositiveInfinity {
  bool operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>)
      return std::isinf(x) && x > 0;
    else
      return false;
  }
};
template <class T>
struct IsNegativeInfinity {
  bool operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>)
      return std::isinf(x) && x < 0;
    else
      return false;
  }
};
template <class T>
struct Angle {
  auto operator()(T x) const {
    if constexpr (is_complex_v<T>)
      return std::arg(x);
    else
      return std::isnan(x) ? x : x < 0 ? T(kPi) : T(0);
  }
};
template <class T>
struct Sinc {
  T operator()(T x) const {
    if (x == T(0)) return T(1);
    const T angle = T(kPi) * x;
    return std::sin(angle) / angle;
  }
};
/// log(base^a + base^b).
template <class T, bool kBase2>
T log_sum(T a, T b) {
  if constexpr (is_complex_v<T>) {
    if (std::isinf(a.real()) && a.real() == b.real()) return a.real() < 0 ? a : std::log(std::exp(a) + std::exp(b));
    if (a.real() < b.real()) std::swap(a, b);
    return a + std::log(T(1) + std::exp(b - a));
  } else {
    if (std::isinf(a) && a == b) return a;
    const T high = std::max(a, b), difference = -std::abs(a - b);
    if (kBase2) return high + std::log1p(std::exp2(difference)) * T(1.44269504088896340736);
    return high + std::log1p(std::exp(difference));
  }
}
template <class T>
struct LogAddExp {
  T operator()(T a, T b) const { return log_sum<T, false>(a, b); }
};
template <class T>
struct LogAddExp2 {
  T operator()(T a, T b) const { return log_sum<T, true>(a, b); }
};

double copysign_value(double x, double y) { return std::copysign(x, y); }

// ---- frexp, ldexp, float_power, nan_to_num

std::tuple<Tensor, Tensor> frexp_cpu(const Tensor& self) {
  if (!is_floating(self.dtype())) throw RuntimeError("torch.frexp() only supports floating-point dtypes");
  const Tensor wide = cpu::clone(cpu::to_dtype(self, ScalarType::float64), MemoryFormat::contiguous);
  Tensor exponents = empty_tensor(self.sizes(), ScalarType::int32);
  for (int64_t i = 0; i < wide.numel(); ++i) {
    int exponent = 0;
    wide.data<double>()[i] = std::frexp(wide.data<double>()[i], &exponent);
    exponents.data<int32_t>()[i] = exponent;
  }
  return {cpu::to_dtype(wide, self.dtype()), exponents};
}
Tensor ldexp_cpu(const Tensor& self, const Tensor& other) {
  return scales_by_power(self, other) ? scale_by_power(self, other) : mul(self, pow(Scalar(2.0), other));
}
Tensor ldexp_inplace(const Tensor& self, const Tensor& other) {
  if (scales_by_power(self, other) && other.dtype() == ScalarType::bool_) scale_by_power(self, other);  // refuses
  return mul_(self, pow(Scalar(2.0), other));
}

ScalarType power_dtype(ScalarType a, ScalarType b) {
  return is_complex(a) || is_complex(b) ? ScalarType::complex128 : ScalarType::float64;
}
Scalar wide_number(const Scalar& number, ScalarType type) {
  return is_complex(type) ? Scalar(number.to<std::complex<double>>()) : Scalar(number.to<double>());
}
Tensor float_power_tensors(const Tensor& self, const Tensor& exponent) {
  const ScalarType type = power_dtype(self.dtype(), exponent.dtype());
  return pow(to(self, type), to(exponent, type));
}
Tensor float_power_by_number(const Tensor& self, const Scalar& exponent) {
  const ScalarType type = power_dtype(self.dtype(), exponent.type());
  return pow(to(self, type), wide_number(exponent, type));
}
Tensor float_power_of_number(const Scalar& self, const Tensor& exponent) {
  const ScalarType type = power_dtype(self.type(), exponent.dtype());
  return pow(wide_number(self, type), to(exponent, type));
}
void check_base(const Tensor& self, ScalarType type) {
  if (self.dtype() != type)
    throw RuntimeError(cat("the base given to float_power_ has dtype ", dtype_info(self.dtype()).ir_name,
                           " but the operation's result requires dtype ", dtype_info(type).ir_name));
}
Tensor float_power_inplace_tensor(const Tensor& self, const Tensor& exponent) {
  const ScalarType type = power_dtype(self.dtype(), exponent.dtype());
  check_base(self, type);
  return pow_(self, to(exponent, type));
}
Tensor float_power_inplace_number(const Tensor& self, const Scalar& exponent) {
  const ScalarType type = power_dtype(self.dtype(), exponent.type());
  check_base(self, type);
  return pow_(self, wide_number(exponent, type));
}

Tensor nan_to_num_cpu(const Tensor& self, std::optional<double> nan, std::optional<double> posinf,
                      std::optional<double> neginf) {
  if (is_integral_or_bool(self.dtype())) return cpu::clone(self);
  if (is_complex(self.dtype())) {
    const Tensor result = cpu::clone(self, MemoryFormat::contiguous), parts = view_as_real(result);
    cpu::copy_into(parts, nan_to_num_cpu(parts, nan, posinf, neginf));
    return result;
  }
  const double largest = cpu::largest_finite(self.dtype());
  const Tensor result = cpu::clone(self, MemoryFormat::preserve);
  const Tensor wide = cpu::clone(cpu::to_dtype(self, ScalarType::float64), MemoryFormat::contiguous);
  double* x = wide.data<double>();
  for (int64_t i = 0; i < wide.numel(); ++i)
    x[i] = std::isnan(x[i])    ? nan.value_or(0)
           : !std::isinf(x[i]) ? x[i]
           : x[i] > 0          ? posinf.value_or(largest)
                               : neginf.value_or(-largest);
  cpu::copy_into(result, wide);
  return result;
}

// ---- Closeness

Tensor isclose_cpu(const Tensor& self, const Tensor& other, double rtol, double atol, bool equal_nan) {
  if (self.dtype() != other.dtype())
    throw RuntimeError(cat(dtype_info(self.dtype()).ir_name, " did not match ", dtype_info(other.dtype()).ir_name));
  if (rtol < 0) throw RuntimeError(cat("rtol must be greater than or equal to zero, but got ", rtol));
  if (atol < 0) throw RuntimeError(cat("atol must be greater than or equal to zero, but got ", atol));
  Tensor close = eq(self, other);
  const bool inexact = is_floating(self.dtype()) || is_complex(self.dtype());
  if (equal_nan && inexact) close = logical_or(close, logical_and(isnan(self), isnan(other)));
  if (rtol == 0 && atol == 0) return close;
  // Integers are compared as floats, as their distance may not fit.
  const Tensor target = inexact ? other : to(other, default_dtype()),
               source = inexact ? self : to(self, default_dtype());
  const Tensor allowed = Scalar(atol) + abs(Scalar(rtol) * target), actual = abs(source - target);
  return logical_or(close, logical_and(isfinite(actual), le(actual, allowed)));
}
bool allclose_cpu(const Tensor& self, const Tensor& other, double rtol, double atol, bool equal_nan) {
  return all(isclose(self, other, rtol, atol, equal_nan)).item().to<bool>();
}
Tensor isreal_cpu(const Tensor& self) {
  return is_complex(self.dtype()) ? eq(imag(self), Scalar(0)) : ones_like(self, ScalarType::bool_);
}

// ---- Small ones

Tensor scaled_angle(const Tensor& self, double factor, std::string_view name) {
  if (is_complex(self.dtype())) throw RuntimeError(cat(name, " is not supported for complex tensors."));
  return mul(self, wrapped_number(Scalar(factor)));
}
Tensor deg2rad_cpu(const Tensor& self) { return scaled_angle(self, kPi / 180, "deg2rad"); }
Tensor rad2deg_cpu(const Tensor& self) { return scaled_angle(self, 180 / kPi, "rad2deg"); }
Tensor positive_cpu(const Tensor& self) {
  if (self.dtype() == ScalarType::bool_) throw RuntimeError("The `+` operator, on a bool tensor is not supported.");
  return self;
}
Tensor remainder_of_number(const Scalar& self, const Tensor& other) { return remainder(wrapped_number(self), other); }
Tensor and_of_number(const Scalar& self, const Tensor& other) { return bitwise_and(wrapped_number(self), other); }
Tensor or_of_number(const Scalar& self, const Tensor& other) { return bitwise_or(wrapped_number(self), other); }
Tensor xor_of_number(const Scalar& self, const Tensor& other) { return bitwise_xor(wrapped_number(self), other); }
Tensor left_by_number(const Tensor& self, const Scalar& other) {
  return bitwise_left_shift(self, wrapped_number(other));
}
Tensor right_by_number(const Tensor& self, const Scalar& other) {
  return bitwise_right_shift(self, wrapped_number(other));
}
Tensor left_of_number(const Scalar& self, const Tensor& other) {
  return bitwise_left_shift(wrapped_number(self), other);
}
Tensor right_of_number(const Scalar& self, const Tensor& other) {
  return bitwise_right_shift(wrapped_number(self), other);
}
Tensor and_tensors(const Tensor& self, const Tensor& other) { return bitwise_and(self, other); }
Tensor or_tensors(const Tensor& self, const Tensor& other) { return bitwise_or(self, other); }
Tensor xor_tensors(const Tensor& self, const Tensor& other) { return bitwise_xor(self, other); }
Tensor left_tensors(const Tensor& self, const Tensor& other) { return bitwise_left_shift(self, other); }
Tensor right_tensors(const Tensor& self, const Tensor& other) { return bitwise_right_shift(self, other); }
Tensor clamp_min_tensor(const Tensor& self, const Tensor& min) { return maximum(self, min); }
Tensor clamp_max_tensor(const Tensor& self, const Tensor& max) { return minimum(self, max); }
template <Tensor (*tensors)(const Tensor&, const Tensor&)>
Tensor with_number(const Tensor& self, const Scalar& other) {
  return tensors(self, wrapped_number(other));
}

// ---- Gradients

/// Of the larger (smaller) element; where they are equal both get half.
Tensor share(const Backward& b, const Tensor& wins, const Tensor& loses_to_nan) {
  return masked_fill(b.grad(), logical_not(logical_or(wins, loses_to_nan)), Scalar(0));
}
Tensor hypot_part(const Backward& b, std::string_view name) { return b.grad() * (b.saved(name) / b.result()); }
Tensor copysign_back(const Backward& b) {
  const Tensor self = b.saved("self");
  const Tensor ratio = masked_fill(b.result() / self, eq(self, Scalar(0)), Scalar(0));
  return b.grad() * ratio;
}
Tensor sinc_back(const Backward& b) {
  const Tensor self = b.saved("self"), angle = self * Scalar(kPi), square = angle * self;
  const Tensor slope = (cos(angle) * angle - sin(angle)) / square;
  return b.grad() * conjugate(masked_fill(slope, eq(square, Scalar(0.)), Scalar(0.)));
}
Tensor angle_back(const Backward& b) {
  const Tensor self = b.saved("self");
  if (!is_complex(self.dtype())) return zeros_like(self);
  const Tensor magnitude = abs(self);
  // i * z / |z|^2, 0 at 0.
  const Tensor along = self / (magnitude * magnitude) * Scalar(std::complex<double>(0, 1));
  return where(eq(magnitude, Scalar(0.)), zeros_like(along), b.grad() * along);
}
Tensor logaddexp_part(const Backward& b, std::string_view mine, std::string_view theirs, bool base2) {
  const Tensor distance = conjugate(b.saved(theirs) - b.saved(mine));
  return b.grad() / (Scalar(1) + (base2 ? pow(Scalar(2), distance) : exp(distance)));
}

constexpr DtypeSet kAll = kReal;

}  // namespace

void declare_number_functions(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  constexpr OpTraits kNoGrad = OpTraits::not_differentiable;
  ops.add({.schema = "gcd(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<Gcd, kIntegral>("gcd_cpu"),
           .traits = kNoGrad,
           .doc = "The greatest common divisor."});
  ops.add({.schema = "lcm(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<Lcm, kIntegral>("lcm_cpu"),
           .traits = kNoGrad,
           .doc = "The least common multiple."});
  ops.add({.schema = "hypot(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<Hypot, kFloating>("hypot_cpu"),
           .saves = "self, other, result",
           .derivatives = {{"self", [](const Backward& b) { return hypot_part(b, "self"); }},
                           {"other", [](const Backward& b) { return hypot_part(b, "other"); }}},
           .doc = "The length of a vector of two components."});
  ops.add({.schema = "nextafter(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = next_after_kernel(),
           .saves = "self, other",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return masked_fill(b.grad(), eq(b.saved("self"), b.saved("other")), Scalar(0));
                            }},
                           {"other", [](const Backward& b) { return zeros(b.sizes("other"), b.grad().dtype()); }}},
           .doc = "The next number towards other."});
  ops.add({.schema = "heaviside(Tensor self, Tensor values) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = heaviside_kernel(),
           .traits = kNoGrad,
           .doc = "0 below zero, 1 above, `values` at zero."});
  ops.add({.schema = "copysign.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = double_kernel(copysign_value, "copysign_cpu"),
           .saves = "self, result",
           .derivatives = {{"self", copysign_back},
                           {"other", [](const Backward& b) { return zeros(b.sizes("other"), b.grad().dtype()); }}},
           .doc = "The magnitude of self with the sign of other."});
  ops.add({.schema = "copysign.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = double_kernel(copysign_value, "copysign_cpu"),
           .saves = "self, result",
           .derivatives = {{"self", copysign_back}},
           .grad_fn = "CopysignBackward1",
           .doc = "The magnitude of self with the sign of other."});
  ops.add({.schema = "fmax(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = binary_kernel<FMax, kAll>("fmax_cpu"),
           .saves = "self, other",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self"), other = b.saved("other");
                              return share(b, ge(self, other), isnan(other));
                            }},
                           {"other",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self"), other = b.saved("other");
                              return masked_fill(b.grad(), logical_or(ge(self, other), isnan(other)), Scalar(0));
                            }}},
           .doc = "The larger element; a number wins over nan."});
  ops.add({.schema = "fmin(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = binary_kernel<FMin, kAll>("fmin_cpu"),
           .saves = "self, other",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self"), other = b.saved("other");
                              return share(b, le(self, other), isnan(other));
                            }},
                           {"other",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self"), other = b.saved("other");
                              return masked_fill(b.grad(), logical_or(le(self, other), isnan(other)), Scalar(0));
                            }}},
           .doc = "The smaller element; a number wins over nan."});
  ops.add({.schema = "signbit(Tensor self) -> Tensor",
           .out = "out",
           .kernel = unary_kernel<SignBit, kAll>("signbit_cpu"),
           .traits = kNoGrad,
           .doc = "Whether the sign is minus."});
  ops.add({.schema = "isposinf(Tensor self) -> Tensor",
           .out = "out",
           .kernel = unary_kernel<IsPositiveInfinity, kAll>("isposinf"),
           .traits = kNoGrad,
           .doc = "Which elements are positive infinity."});
  ops.add({.schema = "isneginf(Tensor self) -> Tensor",
           .out = "out",
           .kernel = unary_kernel<IsNegativeInfinity, kAll>("isneginf"),
           .traits = kNoGrad,
           .doc = "Which elements are negative infinity."});
  ops.add({.schema = "isreal(Tensor self) -> Tensor",
           .kernel = typed_kernel<&isreal_cpu>(),
           .traits = kComposite,
           .doc = "Which elements have no imaginary part."});
  ops.add({.schema = "isclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool "
                     "equal_nan=False) -> Tensor",
           .kernel = typed_kernel<&isclose_cpu>(),
           .traits = kComposite | kNoGrad,
           .doc = "Which elements differ by no more than atol + rtol * |other|."});
  ops.add({.schema = "allclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool "
                     "equal_nan=False) -> bool",
           .kernel = typed_kernel<&allclose_cpu>(),
           .traits = kNoGrad,
           .doc = "Whether all elements are close."});
  ops.add({.schema = "angle(Tensor self) -> Tensor",
           .out = "out",
           .kernel = unary_kernel<Angle, kFloating | kComplex, Promote::int_to_float>("angle"),
           .saves = "self",
           .derivatives = {{"self", angle_back}},
           .doc = "The argument of a complex number; of a real one 0 or pi."});
  ops.add({.schema = "sinc(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Sinc, kFloating | kComplex, Promote::int_to_float>("sinc"),
           .saves = "self",
           .derivatives = {{"self", sinc_back}},
           .doc = "sin(pi x) / (pi x)."});
  ops.add({.schema = "logaddexp(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = binary_kernel<LogAddExp, kFloating | kComplex>("logaddexp_cpu"),
           .saves = "self, other",
           .derivatives = {{"self", [](const Backward& b) { return logaddexp_part(b, "self", "other", false); }},
                           {"other", [](const Backward& b) { return logaddexp_part(b, "other", "self", false); }}},
           .doc = "log(exp(self) + exp(other))."});
  ops.add({.schema = "logaddexp2(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = binary_kernel<LogAddExp2, kFloating>("logaddexp2_cpu"),
           .saves = "self, other",
           .derivatives = {{"self", [](const Backward& b) { return logaddexp_part(b, "self", "other", true); }},
                           {"other", [](const Backward& b) { return logaddexp_part(b, "other", "self", true); }}},
           .doc = "log2(2^self + 2^other)."});
  ops.add({.schema = "frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)",
           .out = "Tensor_out",
           .kernel = typed_kernel<&frexp_cpu>(),
           .saves = "result1",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() / exp2(b.result(1)); }}},
           .doc = "Each element as mantissa times a power of two."});
  ops.add({.schema = "ldexp.Tensor(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ldexp_cpu>(),
           .traits = kComposite,
           .doc = "self * 2^other."});
  ops.add({.schema = "ldexp_(Tensor(a!) self, Tensor other) -> Tensor(a!)",
           .kernel = typed_kernel<&ldexp_inplace>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "ldexp in place."});
  ops.add({.schema = "float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor",
           .out = "Tensor_Tensor_out",
           .kernel = typed_kernel<&float_power_tensors>(),
           .traits = kComposite,
           .doc = "pow in double precision."});
  ops.add({.schema = "float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor",
           .out = "Tensor_Scalar_out",
           .kernel = typed_kernel<&float_power_by_number>(),
           .traits = kComposite,
           .doc = "pow in double precision."});
  ops.add({.schema = "float_power.Scalar(Scalar self, Tensor exponent) -> Tensor",
           .out = "Scalar_out",
           .kernel = typed_kernel<&float_power_of_number>(),
           .traits = kComposite,
           .doc = "pow in double precision."});
  ops.add({.schema = "float_power_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)",
           .kernel = typed_kernel<&float_power_inplace_tensor>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "float_power in place."});
  ops.add({.schema = "float_power_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)",
           .kernel = typed_kernel<&float_power_inplace_number>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "float_power in place."});
  ops.add(
      {.schema = "nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = typed_kernel<&nan_to_num_cpu>(),
       .saves = "self",
       .derivatives = {{"self",
                        [](const Backward& b) { return b.grad() * to(isfinite(b.saved("self")), b.grad().dtype()); }}},
       .doc = "Numbers in place of nan and infinities."});
  ops.add({.schema = "deg2rad(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&deg2rad_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return deg2rad(b.grad()); }}},
           .doc = "Degrees as radians."});
  ops.add({.schema = "rad2deg(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&rad2deg_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return rad2deg(b.grad()); }}},
           .doc = "Radians as degrees."});
  ops.add({.schema = "positive(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&positive_cpu>(),
           .traits = kComposite,
           .doc = "self."});
  ops.add({.schema = "remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
           .out = "Scalar_Tensor_out",
           .kernel = typed_kernel<&remainder_of_number>(),
           .traits = kComposite,
           .doc = "remainder of a number."});
  ops.add({.schema = "bitwise_and.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
           .out = "Scalar_Tensor_out",
           .kernel = typed_kernel<&and_of_number>(),
           .traits = kComposite,
           .doc = "bitwise_and with a number."});
  ops.add({.schema = "bitwise_or.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
           .out = "Scalar_Tensor_out",
           .kernel = typed_kernel<&or_of_number>(),
           .traits = kComposite,
           .doc = "bitwise_or with a number."});
  ops.add({.schema = "bitwise_xor.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
           .out = "Scalar_Tensor_out",
           .kernel = typed_kernel<&xor_of_number>(),
           .traits = kComposite,
           .doc = "bitwise_xor with a number."});
  ops.add({.schema = "bitwise_left_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Tensor_Scalar_out",
           .kernel = typed_kernel<&left_by_number>(),
           .traits = kComposite,
           .doc = "Bits moved left by a number."});
  ops.add({.schema = "bitwise_right_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Tensor_Scalar_out",
           .kernel = typed_kernel<&right_by_number>(),
           .traits = kComposite,
           .doc = "Bits moved right by a number."});
  ops.add({.schema = "bitwise_left_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
           .out = "Scalar_Tensor_out",
           .kernel = typed_kernel<&left_of_number>(),
           .traits = kComposite,
           .doc = "The bits of a number moved left."});
  ops.add({.schema = "bitwise_right_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
           .out = "Scalar_Tensor_out",
           .kernel = typed_kernel<&right_of_number>(),
           .traits = kComposite,
           .doc = "The bits of a number moved right."});
  ops.add({.schema = "__and__.Tensor(Tensor self, Tensor other) -> Tensor",
           .kernel = typed_kernel<&and_tensors>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_and."});
  ops.add({.schema = "__and__.Scalar(Tensor self, Scalar other) -> Tensor",
           .kernel = typed_kernel<&with_number<&and_tensors>>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_and."});
  ops.add({.schema = "__or__.Tensor(Tensor self, Tensor other) -> Tensor",
           .kernel = typed_kernel<&or_tensors>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_or."});
  ops.add({.schema = "__or__.Scalar(Tensor self, Scalar other) -> Tensor",
           .kernel = typed_kernel<&with_number<&or_tensors>>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_or."});
  ops.add({.schema = "__xor__.Tensor(Tensor self, Tensor other) -> Tensor",
           .kernel = typed_kernel<&xor_tensors>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_xor."});
  ops.add({.schema = "__xor__.Scalar(Tensor self, Scalar other) -> Tensor",
           .kernel = typed_kernel<&with_number<&xor_tensors>>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_xor."});
  ops.add({.schema = "__lshift__.Tensor(Tensor self, Tensor other) -> Tensor",
           .kernel = typed_kernel<&left_tensors>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_left_shift."});
  ops.add({.schema = "__lshift__.Scalar(Tensor self, Scalar other) -> Tensor",
           .kernel = typed_kernel<&with_number<&left_tensors>>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_left_shift."});
  ops.add({.schema = "__rshift__.Tensor(Tensor self, Tensor other) -> Tensor",
           .kernel = typed_kernel<&right_tensors>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_right_shift."});
  ops.add({.schema = "__rshift__.Scalar(Tensor self, Scalar other) -> Tensor",
           .kernel = typed_kernel<&with_number<&right_tensors>>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "bitwise_right_shift."});
  ops.add({.schema = "clamp_min.Tensor(Tensor self, Tensor min) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = typed_kernel<&clamp_min_tensor>(),
           .traits = kComposite,
           .doc = "At least min."});
  ops.add({.schema = "clamp_max.Tensor(Tensor self, Tensor max) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = typed_kernel<&clamp_max_tensor>(),
           .traits = kComposite,
           .doc = "At most max."});
}

}  // namespace rushlight::ops
