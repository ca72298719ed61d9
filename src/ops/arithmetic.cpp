/// Arithmetic: + - * / and their relatives, powers and remainders.
#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/selection.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using cpu::is_complex_v;

template <class T>
struct Add {
  static constexpr auto kVector = cpu::VectorArithmetic::add;
  T alpha;
  explicit Add(const IValue* a) : alpha(a[2].to_scalar().to<T>()) {}
  T operator()(T x, T y) const {
    if constexpr (std::is_same_v<T, bool>)
      return x || (alpha && y);
    else
      return T(x + alpha * y);
  }
};
template <class T>
struct Sub {
  static constexpr auto kVector = cpu::VectorArithmetic::sub;
  T alpha;
  explicit Sub(const IValue* a) : alpha(a[2].to_scalar().to<T>()) {}
  T operator()(T x, T y) const { return T(x - alpha * y); }
};
template <class T>
struct ReverseSub {
  T alpha;
  explicit ReverseSub(const IValue* a) : alpha(a[2].to_scalar().to<T>()) {}
  T operator()(T x, T y) const { return T(y - alpha * x); }
};
template <class T>
struct Mul {
  static constexpr auto kVector = cpu::VectorArithmetic::mul;
  T operator()(T x, T y) const {
    if constexpr (std::is_same_v<T, bool>)
      return x && y;
    else if constexpr (is_complex_v<T>)
      // The plain formula, as PyTorch has it: an infinite factor gives nan, where C++ would recover an infinity.
      return T(x.real() * y.real() - x.imag() * y.imag(), x.real() * y.imag() + x.imag() * y.real());
    else
      return T(x * y);
  }
};
template <class T>
struct Div {
  static constexpr auto kVector = cpu::VectorArithmetic::div;
  T operator()(T x, T y) const { return x / y; }
};

[[noreturn]] void zero_division() { throw RuntimeError("ZeroDivisionError"); }

template <class T>
T floor_quotient(T x, T y) {
  if constexpr (std::is_integral_v<T>) {
    if (y == 0) zero_division();
    if constexpr (std::is_signed_v<T>) {
      if (y == T(-1)) return T(0 - std::make_unsigned_t<T>(x));
      const T quotient = T(x / y);
      return T(quotient - ((x % y != 0) && ((x < 0) != (y < 0))));
    } else {
      return T(x / y);
    }
  } else {
    // As Python's: exact where the remainder is, with the sign of zero kept.
    if (y == 0) return x / y;
    const T mod = std::fmod(x, y);
    T quotient = (x - mod) / y;
    if (mod != 0 && (y < 0) != (mod < 0)) quotient -= T(1);
    if (quotient == 0) return std::copysign(T(0), x / y);
    const T floored = std::floor(quotient);
    return quotient - floored > T(0.5) ? floored + T(1) : floored;
  }
}
template <class T>
struct FloorDiv {
  T operator()(T x, T y) const { return floor_quotient(x, y); }
};
template <class T>
struct TruncDiv {
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) {
      if (y == 0) zero_division();
      if constexpr (std::is_signed_v<T>)
        if (y == T(-1)) return T(0 - std::make_unsigned_t<T>(x));
      return T(x / y);
    } else {
      return std::trunc(x / y);
    }
  }
};
template <class T>
struct Remainder {
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) {
      if (y == 0) zero_division();
      if constexpr (std::is_signed_v<T>) {
        if (y == T(-1)) return 0;
        const T rest = T(x % y);
        return T(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest);
      } else {
        return T(x % y);
      }
    } else {
      const T rest = std::fmod(x, y);
      return rest != 0 && (y < 0) != (rest < 0) ? rest + y : rest;
    }
  }
};
template <class T>
struct Fmod {
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) {
      if (y == 0) zero_division();
      if constexpr (std::is_signed_v<T>)
        if (y == T(-1)) return 0;
      return T(x % y);
    } else {
      return std::fmod(x, y);
    }
  }
};

template <class T>
T integer_power(T base, T exponent) {
  if constexpr (std::is_signed_v<T>)
    if (exponent < 0) return base == 1 ? T(1) : base == T(-1) ? T(exponent % 2 ? -1 : 1) : T(0);
  using U = std::make_unsigned_t<T>;
  U result = 1, factor = U(base);
  for (U left = U(exponent); left; left >>= 1) {
    if (left & 1) result = U(result * factor);
    factor = U(factor * factor);
  }
  return T(result);
}
template <class T>
struct Pow {
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) {
      return integer_power(x, y);
    } else if constexpr (is_complex_v<T>) {
      if (x == T(0) && y == T(0)) return T(1);
      return std::pow(x, y);
    } else {
      if (y == T(2)) return x * x;
      if (y == T(0.5))
        return std::sqrt(x) == T(0) ? T(0) : x == -std::numeric_limits<T>::infinity() ? -x : std::sqrt(x);
      if (y == T(1)) return x;
      if (y == T(3)) return x * x * x;
      if (y == T(-1)) return T(1) / x;
      if (y == T(-2)) return T(1) / (x * x);
      return std::pow(x, y);
    }
  }
};

template <class T>
struct Neg {
  T operator()(T x) const { return T(-x); }
};
template <class T>
struct Magnitude {
  auto operator()(T x) const {
    if constexpr (is_complex_v<T> || std::is_floating_point_v<T>)
      return std::abs(x);
    else if constexpr (std::is_unsigned_v<T>)
      return x;
    else
      return T(x < 0 ? -x : x);
  }
};
template <class T>
struct Square {
  T operator()(T x) const { return T(x * x); }
};
template <class T>
struct Sqrt {
  static constexpr auto kVector = cpu::VectorFunction::sqrt;
  T operator()(T x) const { return std::sqrt(x); }
};
template <class T>
struct Rsqrt {
  static constexpr auto kVector = cpu::VectorFunction::rsqrt;
  T operator()(T x) const { return T(1) / std::sqrt(x); }
};
template <class T>
struct Reciprocal {
  T operator()(T x) const { return T(1) / x; }
};
template <class T>
struct Sign {
  T operator()(T x) const {
    if constexpr (std::is_same_v<T, bool>)
      return x;
    else
      return T((T(0) < x) - (x < T(0)));
  }
};
template <class T>
struct Sgn {
  T operator()(T x) const {
    if constexpr (is_complex_v<T>)
      return x == T(0) ? T(0) : x / std::abs(x);
    else
      return Sign<T>()(x);
  }
};
template <class T>
struct ConjPhysical {
  T operator()(T x) const {
    if constexpr (is_complex_v<T>)
      return std::conj(x);
    else
      return x;
  }
};
template <class T>
struct Addcmul {
  T value;
  explicit Addcmul(const IValue* a) : value(a[3].to_scalar().to<T>()) {}
  T operator()(T x, T y, T z) const { return T(x + value * y * z); }
};
template <class T>
struct Addcdiv {
  T value;
  explicit Addcdiv(const IValue* a) : value(a[3].to_scalar().to<T>()) {}
  T operator()(T x, T y, T z) const { return T(x + value * (y / z)); }
};
template <class T>
struct Lerp {
  T operator()(T start, T end, T weight) const {
    // The nearer end is the base, so that weight 0 and 1 are exact.
    if constexpr (is_complex_v<T>)
      return std::abs(weight) < 0.5 ? start + weight * (end - start) : end - (end - start) * (T(1) - weight);
    else
      return weight < T(0.5) ? start + weight * (end - start) : end - (end - start) * (T(1) - weight);
  }
};

Kernel magnitude_kernel() {
  using P = cpu::Pointwise<1, Magnitude, kAllDtypes, Promote::same>;
  Kernel kernel = P::kernel("abs");
  kernel.call_inplace = [](const Operator& op, const IValue* arguments, IValue* results) {
    if (is_complex(arguments[0].tensor().dtype()))
      throw RuntimeError("In-place abs is not supported for complex tensors.");
    P::call_inplace(op, arguments, results);
  };
  return kernel;
}

/// `alpha` must fit the result: PyTorch refuses a float factor of integers.
void check_alpha(const IValue* arguments, bool subtracts) {
  const Tensor a = cpu::as_operand(arguments[0]), b = cpu::as_operand(arguments[1]);
  const ScalarType result = cpu::result_type(a, b);
  const Scalar alpha = arguments[2].to_scalar();
  if (subtracts && (a.dtype() == ScalarType::bool_ || b.dtype() == ScalarType::bool_)) {
    if (a.dtype() == ScalarType::bool_ && b.dtype() == ScalarType::bool_)
      throw RuntimeError(
          "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
          "operator instead.");
    throw RuntimeError(
        "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use "
        "the `~` or `logical_not()` "
        "operator instead.");
  }
  if (alpha.is_bool() && result != ScalarType::bool_)
    throw RuntimeError("Boolean alpha only supported for Boolean results.");
  if (is_integral_or_bool(result) && (alpha.is_float() || alpha.is_complex()))
    throw RuntimeError("For integral input tensors, argument alpha must not be a floating point number.");
  if (!is_complex(result) && alpha.is_complex())
    throw RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.");
}
template <BoxedKernel inner, bool subtracts>
void checked(const Operator& op, const IValue* arguments, IValue* results) {
  check_alpha(arguments, subtracts);
  inner(op, arguments, results);
}
template <template <class> class Formula, DtypeSet Set, bool subtracts>
Kernel kernel_with_alpha(std::string_view name) {
  using P = cpu::Pointwise<2, Formula, Set, Promote::same>;
  Kernel kernel = P::kernel(name);
  kernel.call = &checked<&P::call, subtracts>;
  kernel.call_inplace = &checked<&P::call_inplace, subtracts>;
  kernel.call_out = &checked<&P::call_out, subtracts>;
  return kernel;
}

/// Division by mode: the three kernels behind `div.Tensor_mode`.
using TrueDivision = cpu::Pointwise<2, Div, kFloating | kComplex, Promote::int_to_float>;
using FloorDivision = cpu::Pointwise<2, FloorDiv, kIntegral | kFloating, Promote::same>;
using TruncDivision = cpu::Pointwise<2, TruncDiv, kIntegral | kFloating, Promote::same>;
template <BoxedKernel true_division, BoxedKernel floor_division, BoxedKernel trunc_division>
void by_mode(const Operator& op, const IValue* arguments, IValue* results) {
  const IValue& mode = arguments[2];
  if (mode.is_none()) return true_division(op, arguments, results);
  if (mode.to_string() == "floor") return floor_division(op, arguments, results);
  if (mode.to_string() == "trunc") return trunc_division(op, arguments, results);
  throw RuntimeError(
      cat("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '", mode.to_string(), "'"));
}
Kernel division_by_mode() {
  Kernel kernel = TrueDivision::kernel("div");
  kernel.call = &by_mode<&TrueDivision::call, &FloorDivision::call, &TruncDivision::call>;
  kernel.call_inplace =
      &by_mode<&TrueDivision::call_inplace, &FloorDivision::call_inplace, &TruncDivision::call_inplace>;
  kernel.call_out = &by_mode<&TrueDivision::call_out, &FloorDivision::call_out, &TruncDivision::call_out>;
  return kernel;
}

Tensor sub_wrt_other(const Backward& b) { return -(b.grad() * conj_scalar(b.scalar_of("alpha"))); }
Tensor add_wrt_other(const Backward& b) { return b.grad() * conj_scalar(b.scalar_of("alpha")); }

bool is_exactly(const Scalar& s, double value) { return s.equals(value); }

Tensor pow_wrt_self(const Tensor& grad, const Tensor& self, const Scalar& exponent) {
  if (is_exactly(exponent, 0)) return zeros_like(self);
  return grad * conjugate(pow(self, minus_one(exponent)) * exponent);
}

}  // namespace

void declare_arithmetic(OpSet& ops) {
  constexpr DtypeSet kNumbers = kIntegral | kFloating | kComplex;
  const auto grad_of_self = [](const Backward& b) { return b.grad(); };

  ops.add({.schema = "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = kernel_with_alpha<Add, kAllDtypes, false>("add_stub"),
           .derivatives = {{"self", grad_of_self}, {"other", add_wrt_other}},
           .doc = "self + alpha * other."});
  ops.add({.schema = "add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = kernel_with_alpha<Add, kAllDtypes, false>("add_stub"),
           .derivatives = {{"self", grad_of_self}},
           .grad_fn = "AddBackward1",
           .doc = "self + alpha * other."});
  ops.add({.schema = "sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = kernel_with_alpha<Sub, kNumbers, true>("sub_stub"),
           .derivatives = {{"self", grad_of_self}, {"other", sub_wrt_other}},
           .doc = "self - alpha * other."});
  ops.add({.schema = "sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = kernel_with_alpha<Sub, kNumbers, true>("sub_stub"),
           .derivatives = {{"self", grad_of_self}},
           .grad_fn = "SubBackward1",
           .doc = "self - alpha * other."});
  ops.add({.schema = "rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
           .out = "Tensor_out",
           .kernel = kernel_with_alpha<ReverseSub, kNumbers, true>("sub_stub"),
           .derivatives = {{"self", sub_wrt_other}, {"other", grad_of_self}},
           .doc = "other - alpha * self."});
  ops.add({.schema = "rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
           .out = "Scalar_out",
           .kernel = kernel_with_alpha<ReverseSub, kNumbers, true>("sub_stub"),
           .derivatives = {{"self", sub_wrt_other}},
           .grad_fn = "RsubBackward1",
           .doc = "other - alpha * self."});
  ops.add({.schema = "mul.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<Mul, kAllDtypes>("mul_cpu"),
           .saves = "self, other",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conjugate(b.saved("other")); }},
                           {"other", [](const Backward& b) { return b.grad() * conjugate(b.saved("self")); }}},
           .doc = "The product, element by element."});
  ops.add({.schema = "mul.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Mul, kAllDtypes>("mul_cpu"),
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conj_scalar(b.scalar_of("other")); }}},
           .grad_fn = "MulBackward1",
           .doc = "The product, element by element."});
  ops.add({.schema = "div.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<Div, kFloating | kComplex, Promote::int_to_float>("div_cpu"),
           .saves = "self, other",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() / conjugate(b.saved("other")); }},
                           {"other",
                            [](const Backward& b) {
                              const Tensor other = b.saved("other");
                              return -b.grad() * conjugate((b.saved("self") / other) / other);
                            }}},
           .doc = "The quotient; integers divide to floats."});
  ops.add({.schema = "div.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Div, kFloating | kComplex, Promote::int_to_float>("div_cpu"),
           .derivatives = {{"self", [](const Backward& b) { return b.grad() / conj_scalar(b.scalar_of("other")); }}},
           .grad_fn = "DivBackward1",
           .doc = "The quotient; integers divide to floats."});
  const auto mode_wrt_self = [](const Backward& b) {
    return b.argument("rounding_mode").is_none() ? b.grad() / conjugate(b.saved("other")) : zeros_like(b.grad());
  };
  ops.add({.schema = "div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor",
           .inplace = true,
           .out = "out_mode",
           .kernel = division_by_mode(),
           .saves = "self, other",
           .derivatives = {{"self", mode_wrt_self},
                           {"other",
                            [](const Backward& b) {
                              if (!b.argument("rounding_mode").is_none()) return zeros_like(b.grad());
                              const Tensor other = b.saved("other");
                              return -b.grad() * conjugate((b.saved("self") / other) / other);
                            }}},
           .grad_fn = "DivBackward2",
           .doc = "The quotient, rounded: None not at all, 'floor' down, 'trunc' towards zero."});
  ops.add({.schema = "div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor",
           .inplace = true,
           .out = "Scalar_mode_out",
           .kernel = division_by_mode(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.argument("rounding_mode").is_none()
                                         ? b.grad() / conj_scalar(b.scalar_of("other"))
                                         : zeros_like(b.grad());
                            }}},
           .grad_fn = "DivBackward3",
           .doc = "The quotient, rounded: None not at all, 'floor' down, 'trunc' towards zero."});
  ops.add({.schema = "floor_divide(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<FloorDiv, kIntegral | kFloating>("div_floor_cpu"),
           .traits = OpTraits::not_differentiable,
           .doc = "The quotient rounded down."});
  ops.add({.schema = "floor_divide.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<FloorDiv, kIntegral | kFloating>("div_floor_cpu"),
           .traits = OpTraits::not_differentiable,
           .doc = "The quotient rounded down."});
  ops.add(
      {.schema = "remainder.Tensor(Tensor self, Tensor other) -> Tensor",
       .inplace = true,
       .out = "Tensor_out",
       .kernel = binary_kernel<Remainder, kIntegral | kFloating>("remainder_cpu"),
       .saves = "self, other",
       .derivatives = {{"self", grad_of_self},
                       {"other",
                        [](const Backward& b) { return -b.grad() * div(b.saved("self"), b.saved("other"), "floor"); }}},
       .doc = "The remainder with the sign of `other`, as Python's %."});
  ops.add({.schema = "remainder.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Remainder, kIntegral | kFloating>("remainder_cpu"),
           .derivatives = {{"self", grad_of_self}},
           .doc = "The remainder with the sign of `other`, as Python's %."});
  ops.add(
      {.schema = "fmod.Tensor(Tensor self, Tensor other) -> Tensor",
       .inplace = true,
       .out = "Tensor_out",
       .kernel = binary_kernel<Fmod, kIntegral | kFloating>("fmod_cpu"),
       .saves = "self, other",
       .derivatives = {{"self", grad_of_self},
                       {"other",
                        [](const Backward& b) { return -b.grad() * div(b.saved("self"), b.saved("other"), "trunc"); }}},
       .doc = "The remainder with the sign of `self`, as C's fmod."});
  ops.add({.schema = "fmod.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Fmod, kIntegral | kFloating>("fmod_cpu"),
           .derivatives = {{"self", grad_of_self}},
           .doc = "The remainder with the sign of `self`, as C's fmod."});
  ops.add({.schema = "pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor",
           .inplace = true,
           .out = "Tensor_Tensor_out",
           .kernel = binary_kernel<Pow, kNumbers>("pow"),
           .saves = "self, exponent, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self"), exponent = b.saved("exponent");
                              return where(eq(exponent, Scalar(0.0)), zeros_like(b.grad()),
                                           b.grad() * conjugate(exponent * pow(self, exponent - Scalar(1))));
                            }},
                           {"exponent",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self"), exponent = b.saved("exponent");
                              const Tensor flat = is_complex(exponent.dtype())
                                                      ? logical_and(eq(self, Scalar(0)), ge(real(exponent), Scalar(0)))
                                                      : logical_and(eq(self, Scalar(0)), ge(exponent, Scalar(0)));
                              return b.grad() * where(flat, zeros_like(b.result()), conjugate(b.result() * log(self)));
                            }}},
           .grad_fn = "PowBackward1",
           .doc = "self to the power of exponent."});
  ops.add({.schema = "pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor",
           .inplace = true,
           .out = "Tensor_Scalar_out",
           .kernel = binary_kernel<Pow, kNumbers>("pow"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return pow_wrt_self(b.grad(), b.saved("self"), b.scalar_of("exponent"));
                            }}},
           .doc = "self to the power of exponent."});
  ops.add({.schema = "pow.Scalar(Scalar self, Tensor exponent) -> Tensor",
           .out = "Scalar_out",
           .kernel = binary_kernel<Pow, kNumbers>("pow"),
           .saves = "exponent, result",
           .derivatives = {{"exponent",
                            [](const Backward& b) {
                              const Scalar base = b.scalar_of("self");
                              if (is_exactly(base, 0))
                                return b.grad() * where(ge(b.saved("exponent"), Scalar(0)), zeros_like(b.result()),
                                                        b.result() * Scalar(-INFINITY));
                              const Scalar log_base = base.is_complex()
                                                          ? Scalar(std::log(base.to<std::complex<double>>()))
                                                          : Scalar(std::log(base.to<double>()));
                              return b.grad() * conjugate(b.result() * log_base);
                            }}},
           .grad_fn = "PowBackward2",
           .doc = "self to the power of exponent."});
  ops.add({.schema = "neg(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Neg, kNumbers>("neg"),
           .derivatives = {{"self", [](const Backward& b) { return -b.grad(); }}},
           .doc = "The negative of each element."});
  ops.add({.schema = "abs(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = magnitude_kernel(),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * sgn(b.saved("self")); }}},
           .doc = "The magnitude of each element; of a complex one as a real number."});
  ops.add(
      {.schema = "square(Tensor self) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = unary_kernel<Square, kNumbers, Promote::bool_to_int>("square"),
       .saves = "self",
       .derivatives = {{"self", [](const Backward& b) { return pow_wrt_self(b.grad(), b.saved("self"), Scalar(2)); }}},
       .grad_fn = "PowBackward0",
       .doc = "Each element times itself."});
  ops.add({.schema = "sqrt(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Sqrt, kFloating | kComplex, Promote::int_to_float>("sqrt"),
           .saves = "result",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() / (Scalar(2) * conjugate(b.result())); }}},
           .doc = "The square root of each element."});
  ops.add({.schema = "rsqrt(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Rsqrt, kFloating | kComplex, Promote::int_to_float>("rsqrt"),
           .saves = "result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return Scalar(-0.5) * b.grad() * conjugate(pow(b.result(), Scalar(3)));
                            }}},
           .doc = "One over the square root of each element."});
  ops.add({.schema = "reciprocal(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Reciprocal, kFloating | kComplex, Promote::int_to_float>("reciprocal"),
           .saves = "result",
           .derivatives = {{"self", [](const Backward& b) { return -b.grad() * conjugate(b.result() * b.result()); }}},
           .doc = "One over each element."});
  ops.add({.schema = "sign(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Sign, kReal>("sign_cpu"),
           .derivatives = {{"self", [](const Backward& b) { return zeros_like(b.grad()); }}},
           .doc = "-1, 0 or 1."});
  ops.add({.schema = "sgn(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Sgn, kAllDtypes>("sgn_cpu"),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              if (!is_complex(b.grad().dtype())) return zeros_like(b.grad());
                              const Tensor self = b.saved("self"), magnitude = abs(self), direction = b.result();
                              const Tensor along = real(conjugate(direction) * b.grad());
                              return where(eq(magnitude, Scalar(0.0)), zeros_like(b.grad()),
                                           (b.grad() - direction * along) / magnitude);
                            }}},
           .doc = "The sign; of a complex number its direction."});
  ops.add({.schema = "conj_physical(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<ConjPhysical, kAllDtypes>("conj_cpu"),
           .derivatives = {{"self", [](const Backward& b) { return conjugate(b.grad()); }}},
           .doc = "The complex conjugate, computed."});
  ops.add({.schema = "addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = ternary_kernel<Addcmul, kNumbers>("addcmul_cpu_out"),
           .saves = "tensor1, tensor2",
           .derivatives =
               {{"self", grad_of_self},
                {"tensor1",
                 [](const Backward& b) { return b.grad() * conjugate(b.saved("tensor2") * b.scalar_of("value")); }},
                {"tensor2",
                 [](const Backward& b) { return b.grad() * conjugate(b.saved("tensor1") * b.scalar_of("value")); }}},
           .doc = "self + value * tensor1 * tensor2."});
  ops.add({.schema = "addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = ternary_kernel<Addcdiv, kFloating | kComplex>("addcdiv_cpu_out"),
           .saves = "tensor1, tensor2",
           .derivatives = {{"self", grad_of_self},
                           {"tensor1",
                            [](const Backward& b) {
                              return b.grad() * conjugate(reciprocal(b.saved("tensor2")) * b.scalar_of("value"));
                            }},
                           {"tensor2",
                            [](const Backward& b) {
                              const Tensor t2 = b.saved("tensor2");
                              return -b.grad() * conjugate(b.scalar_of("value") * b.saved("tensor1") / (t2 * t2));
                            }}},
           .doc = "self + value * tensor1 / tensor2."});
  ops.add(
      {.schema = "lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor",
       .inplace = true,
       .out = "Tensor_out",
       .kernel = ternary_kernel<Lerp, kFloating | kComplex>("lerp_kernel_tensor"),
       .saves = "self, end, weight",
       .derivatives = {{"self", [](const Backward& b) { return b.grad() * conjugate(Scalar(1) - b.saved("weight")); }},
                       {"end", [](const Backward& b) { return b.grad() * conjugate(b.saved("weight")); }},
                       {"weight",
                        [](const Backward& b) { return b.grad() * conjugate(b.saved("end") - b.saved("self")); }}},
       .grad_fn = "LerpBackward1",
       .doc = "self + weight * (end - self)."});
  ops.add({.schema = "lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = ternary_kernel<Lerp, kFloating | kComplex>("lerp_kernel_scalar"),
           .derivatives = {{"self",
                            [](const Backward& b) { return b.grad() * one_minus(conj_scalar(b.scalar_of("weight"))); }},
                           {"end", [](const Backward& b) { return b.grad() * conj_scalar(b.scalar_of("weight")); }}},
           .doc = "self + weight * (end - self)."});
}

}  // namespace rushlight::ops
