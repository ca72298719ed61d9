/// math and cmath of programs: functions of one and two numbers, of ints, floats, complex numbers and of numbers whose
/// kind is known only at run time. No domain errors: what the C library gives is the result.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <numeric>

#include "base/text.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Complex = std::complex<double>;

#define RUSHLIGHT_FUNCTION(Name, expression) \
  struct Name {                              \
    template <class T>                       \
    static T of(T x) {                       \
      return expression;                     \
    }                                        \
  };
RUSHLIGHT_FUNCTION(Sqrt, std::sqrt(x))
RUSHLIGHT_FUNCTION(Exp, std::exp(x))
RUSHLIGHT_FUNCTION(Log, std::log(x))
RUSHLIGHT_FUNCTION(Log10, std::log10(x))
RUSHLIGHT_FUNCTION(Sin, std::sin(x))
RUSHLIGHT_FUNCTION(Cos, std::cos(x))
RUSHLIGHT_FUNCTION(Tan, std::tan(x))
RUSHLIGHT_FUNCTION(Asin, std::asin(x))
RUSHLIGHT_FUNCTION(Acos, std::acos(x))
RUSHLIGHT_FUNCTION(Atan, std::atan(x))
RUSHLIGHT_FUNCTION(Sinh, std::sinh(x))
RUSHLIGHT_FUNCTION(Cosh, std::cosh(x))
RUSHLIGHT_FUNCTION(Tanh, std::tanh(x))
RUSHLIGHT_FUNCTION(Asinh, std::asinh(x))
RUSHLIGHT_FUNCTION(Acosh, std::acosh(x))
RUSHLIGHT_FUNCTION(Atanh, std::atanh(x))
RUSHLIGHT_FUNCTION(Erf, std::erf(x))
RUSHLIGHT_FUNCTION(Erfc, std::erfc(x))
RUSHLIGHT_FUNCTION(Expm1, std::expm1(x))
RUSHLIGHT_FUNCTION(Log1p, std::log1p(x))
RUSHLIGHT_FUNCTION(Lgamma, std::lgamma(x))
RUSHLIGHT_FUNCTION(Gamma, std::tgamma(x))
RUSHLIGHT_FUNCTION(Degrees, x*(180 / 3.14159265358979323846))
RUSHLIGHT_FUNCTION(Radians, x*(3.14159265358979323846 / 180))
RUSHLIGHT_FUNCTION(Fabs, std::fabs(x))
#undef RUSHLIGHT_FUNCTION

template <class F>
double of_int(int64_t x) {
  return F::of(double(x));
}
template <class F>
double of_float(double x) {
  return F::of(x);
}
template <class F>
Complex of_complex(Complex x) {
  return F::of(x);
}
template <class F>
Scalar of_number(const Scalar& x) {
  return x.is_complex() ? Scalar(F::of(x.to<Complex>())) : Scalar(F::of(x.to<double>()));
}
template <class F>
Scalar of_real_number(const Scalar& x) {
  return Scalar(F::of(x.to<double>()));
}

std::string printed(double x) {
  char text[400];
  std::snprintf(text, sizeof text, std::isfinite(x) ? "%f" : "%g", x);
  return text;
}
/// A float as an int; an error where no int is near.
int64_t to_int(double x) {
  if (std::isnan(x) || std::isinf(x) || x >= 9223372036854775808.0 || x < -9223372036854775808.0)
    throw RuntimeError(cat("Cannot convert float ", printed(x), " to integer"));
  return int64_t(x);
}
int64_t same_int(int64_t x) { return x; }
int64_t floor_of(double x) { return to_int(std::floor(x)); }
int64_t ceil_of(double x) { return to_int(std::ceil(x)); }
Scalar floor_number(const Scalar& x) { return Scalar(to_int(std::floor(x.to<double>()))); }
Scalar ceil_number(const Scalar& x) { return Scalar(to_int(std::ceil(x.to<double>()))); }

double round_int(int64_t x) { return double(x); }
double round_float(double x) { return std::nearbyint(x); }
Scalar round_number(const Scalar& x) { return Scalar(std::nearbyint(x.to<double>())); }
double angle_float(double x) { return std::isnan(x) ? x : x < 0 ? 3.14159265358979323846 : 0; }
double angle_int(int64_t x) { return angle_float(double(x)); }
double angle_complex(Complex x) { return std::arg(x); }
Scalar angle_number(const Scalar& x) {
  return Scalar(x.is_complex() ? std::arg(x.to<Complex>()) : angle_float(x.to<double>()));
}
double abs_complex(Complex x) { return std::abs(x); }
Scalar abs_number(const Scalar& x) {
  if (x.is_complex()) return Scalar(std::abs(x.to<Complex>()));
  return x.is_float() ? Scalar(std::abs(x.to<double>())) : Scalar(std::abs(x.to<int64_t>()));
}

bool isnan_float(double x) { return std::isnan(x); }
bool isnan_complex(Complex x) { return std::isnan(x.real()) || std::isnan(x.imag()); }
bool isinf_float(double x) { return std::isinf(x); }
bool isinf_complex(Complex x) { return std::isinf(x.real()) || std::isinf(x.imag()); }
bool isfinite_float(double x) { return std::isfinite(x); }
bool isfinite_complex(Complex x) { return std::isfinite(x.real()) && std::isfinite(x.imag()); }

// ---- Two numbers

struct Fmod {
  static double of(double x, double y) { return std::fmod(x, y); }
};
struct Copysign {
  static double of(double x, double y) { return std::copysign(x, y); }
};
struct Atan2 {
  static double of(double x, double y) { return std::atan2(x, y); }
};
struct Mathremainder {
  static double of(double x, double y) { return std::remainder(x, y); }
};
struct LogBase {
  static double of(double x, double y) { return std::log(x) / std::log(y); }
};
struct Polar {
  static Complex of(double r, double phi) { return Complex(r * std::cos(phi), r * std::sin(phi)); }
};
template <class F, class A, class B>
auto of_two(A a, B b) {
  return F::of(double(a), double(b));
}
template <class F>
double of_two_numbers(const Scalar& a, const Scalar& b) {
  return F::of(a.to<double>(), b.to<double>());
}
Scalar polar_numbers(const Scalar& a, const Scalar& b) { return Scalar(Polar::of(a.to<double>(), b.to<double>())); }
template <class A, class B>
Complex log_complex_base(A a, B b) {
  return std::log(Complex(a)) / std::log(Complex(b));
}
Complex log_int_complex(int64_t a, Complex b) { return log_complex_base(double(a), b); }
Complex log_complex_int(Complex a, int64_t b) { return log_complex_base(a, double(b)); }

template <class T>
std::tuple<T, T> divmod_of(T a, T b) {
  if constexpr (std::is_same_v<T, int64_t>) {
    if (b == 0) throw RuntimeError("ZeroDivisionError: integer division or modulo by zero");
    if (b == -1) return {int64_t(0 - uint64_t(a)), 0};
    int64_t quotient = a / b, rest = a % b;
    if (rest != 0 && (rest < 0) != (b < 0)) {
      --quotient;
      rest += b;
    }
    return {quotient, rest};
  } else {
    if (b == 0) throw RuntimeError("ZeroDivisionError: float divmod()");
    double rest = std::fmod(a, b);
    if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
    return {(a - rest) / b, rest};
  }
}
template <class A, class B>
std::tuple<double, double> divmod_mixed(A a, B b) {
  return divmod_of<double>(double(a), double(b));
}
int64_t factorial(int64_t x) {
  if (x < 0) throw RuntimeError("factorial() not defined for negative values");
  uint64_t product = 1;
  for (int64_t i = 1; i <= x && i <= 100; ++i) product *= uint64_t(i);
  return x > 100 ? 0 : int64_t(product);
}
int64_t gcd(int64_t a, int64_t b) { return int64_t(std::gcd(a, b)); }
double ldexp_of(double x, int64_t exponent) {
  return std::ldexp(x, int(std::clamp<int64_t>(exponent, INT32_MIN, INT32_MAX)));
}
std::tuple<double, int64_t> frexp_of(double x) {
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);
  return {fraction, exponent};
}
std::tuple<double, double> modf_of(double x) {
  double whole = 0;
  const double fraction = std::modf(x, &whole);
  return {fraction, whole};
}

}  // namespace

void declare_builtins_math(OpSet& ops) {
  ops.add(
      {.schema = "sqrt.int(int a) -> float", .kernel = typed_kernel<&of_int<Sqrt>>(), .traits = OpTraits::language});
  ops.add({.schema = "sqrt.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Sqrt>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sqrt.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Sqrt>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "exp.int(int a) -> float", .kernel = typed_kernel<&of_int<Exp>>(), .traits = OpTraits::language});
  ops.add({.schema = "exp.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Exp>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "exp.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Exp>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.int(int a) -> float", .kernel = typed_kernel<&of_int<Log>>(), .traits = OpTraits::language});
  ops.add({.schema = "log.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Log>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Log>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "log10.int(int a) -> float", .kernel = typed_kernel<&of_int<Log10>>(), .traits = OpTraits::language});
  ops.add({.schema = "log10.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Log10>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log10.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Log10>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log10.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Log10>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sin.int(int a) -> float", .kernel = typed_kernel<&of_int<Sin>>(), .traits = OpTraits::language});
  ops.add({.schema = "sin.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Sin>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sin.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Sin>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "cos.int(int a) -> float", .kernel = typed_kernel<&of_int<Cos>>(), .traits = OpTraits::language});
  ops.add({.schema = "cos.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Cos>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "cos.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Cos>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "tan.int(int a) -> float", .kernel = typed_kernel<&of_int<Tan>>(), .traits = OpTraits::language});
  ops.add({.schema = "tan.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Tan>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "tan.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Tan>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "asin.int(int a) -> float", .kernel = typed_kernel<&of_int<Asin>>(), .traits = OpTraits::language});
  ops.add({.schema = "asin.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Asin>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "asin.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Asin>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "asin.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Asin>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "acos.int(int a) -> float", .kernel = typed_kernel<&of_int<Acos>>(), .traits = OpTraits::language});
  ops.add({.schema = "acos.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Acos>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "acos.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Acos>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "acos.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Acos>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "atan.int(int a) -> float", .kernel = typed_kernel<&of_int<Atan>>(), .traits = OpTraits::language});
  ops.add({.schema = "atan.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Atan>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atan.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Atan>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atan.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Atan>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "sinh.int(int a) -> float", .kernel = typed_kernel<&of_int<Sinh>>(), .traits = OpTraits::language});
  ops.add({.schema = "sinh.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Sinh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sinh.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Sinh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sinh.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Sinh>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "cosh.int(int a) -> float", .kernel = typed_kernel<&of_int<Cosh>>(), .traits = OpTraits::language});
  ops.add({.schema = "cosh.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Cosh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "cosh.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Cosh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "cosh.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Cosh>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "tanh.int(int a) -> float", .kernel = typed_kernel<&of_int<Tanh>>(), .traits = OpTraits::language});
  ops.add({.schema = "tanh.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Tanh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "tanh.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Tanh>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "asinh.int(int a) -> float", .kernel = typed_kernel<&of_int<Asinh>>(), .traits = OpTraits::language});
  ops.add({.schema = "asinh.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Asinh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "asinh.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Asinh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "asinh.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Asinh>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "acosh.int(int a) -> float", .kernel = typed_kernel<&of_int<Acosh>>(), .traits = OpTraits::language});
  ops.add({.schema = "acosh.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Acosh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "acosh.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Acosh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "acosh.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Acosh>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "atanh.int(int a) -> float", .kernel = typed_kernel<&of_int<Atanh>>(), .traits = OpTraits::language});
  ops.add({.schema = "atanh.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Atanh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atanh.complex(complex a) -> complex",
           .kernel = typed_kernel<&of_complex<Atanh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atanh.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_number<Atanh>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "erf.int(int a) -> float", .kernel = typed_kernel<&of_int<Erf>>(), .traits = OpTraits::language});
  ops.add({.schema = "erf.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Erf>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "erf.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Erf>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "erfc.int(int a) -> float", .kernel = typed_kernel<&of_int<Erfc>>(), .traits = OpTraits::language});
  ops.add({.schema = "erfc.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Erfc>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "erfc.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Erfc>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "expm1.int(int a) -> float", .kernel = typed_kernel<&of_int<Expm1>>(), .traits = OpTraits::language});
  ops.add({.schema = "expm1.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Expm1>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "expm1.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Expm1>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "log1p.int(int a) -> float", .kernel = typed_kernel<&of_int<Log1p>>(), .traits = OpTraits::language});
  ops.add({.schema = "log1p.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Log1p>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log1p.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Log1p>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "lgamma.int(int a) -> float",
           .kernel = typed_kernel<&of_int<Lgamma>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "lgamma.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Lgamma>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "lgamma.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Lgamma>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "gamma.int(int a) -> float", .kernel = typed_kernel<&of_int<Gamma>>(), .traits = OpTraits::language});
  ops.add({.schema = "gamma.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Gamma>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "gamma.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Gamma>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "degrees.int(int a) -> float",
           .kernel = typed_kernel<&of_int<Degrees>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "degrees.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Degrees>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "degrees.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Degrees>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "radians.int(int a) -> float",
           .kernel = typed_kernel<&of_int<Radians>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "radians.float(float a) -> float",
           .kernel = typed_kernel<&of_float<Radians>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "radians.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Radians>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "fabs.int(int a) -> float", .kernel = typed_kernel<&of_int<Fabs>>(), .traits = OpTraits::language});
  ops.add({.schema = "fabs.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&of_real_number<Fabs>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "floor.float(float a) -> int", .kernel = typed_kernel<&floor_of>(), .traits = OpTraits::language});
  ops.add({.schema = "ceil.float(float a) -> int", .kernel = typed_kernel<&ceil_of>(), .traits = OpTraits::language});
  ops.add({.schema = "floor.int(int a) -> int", .kernel = typed_kernel<&same_int>(), .traits = OpTraits::language});
  ops.add({.schema = "floor.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&floor_number>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ceil.int(int a) -> int", .kernel = typed_kernel<&same_int>(), .traits = OpTraits::language});
  ops.add({.schema = "ceil.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&ceil_number>(),
           .traits = OpTraits::language});
  ops.add({.schema = "round.int(int a) -> float", .kernel = typed_kernel<&round_int>(), .traits = OpTraits::language});
  ops.add({.schema = "round.float(float a) -> float",
           .kernel = typed_kernel<&round_float>(),
           .traits = OpTraits::language});
  ops.add({.schema = "round.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&round_number>(),
           .traits = OpTraits::language});
  ops.add({.schema = "angle.int(int a) -> float", .kernel = typed_kernel<&angle_int>(), .traits = OpTraits::language});
  ops.add({.schema = "angle.float(float a) -> float",
           .kernel = typed_kernel<&angle_float>(),
           .traits = OpTraits::language});
  ops.add({.schema = "angle.complex(complex a) -> float",
           .kernel = typed_kernel<&angle_complex>(),
           .traits = OpTraits::language});
  ops.add({.schema = "angle.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&angle_number>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::abs.complex(complex a) -> float",
           .kernel = typed_kernel<&abs_complex>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::abs.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&abs_number>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "isnan.float(float a) -> bool", .kernel = typed_kernel<&isnan_float>(), .traits = OpTraits::language});
  ops.add({.schema = "isnan.complex(complex a) -> bool",
           .kernel = typed_kernel<&isnan_complex>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "isinf.float(float a) -> bool", .kernel = typed_kernel<&isinf_float>(), .traits = OpTraits::language});
  ops.add({.schema = "isinf.complex(complex a) -> bool",
           .kernel = typed_kernel<&isinf_complex>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isfinite.float(float a) -> bool",
           .kernel = typed_kernel<&isfinite_float>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isfinite.complex(complex a) -> bool",
           .kernel = typed_kernel<&isfinite_complex>(),
           .traits = OpTraits::language});
  ops.add({.schema = "divmod.int(int x, int y) -> (int, int)",
           .kernel = typed_kernel<&divmod_of<int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "divmod.float(float x, float y) -> (float, float)",
           .kernel = typed_kernel<&divmod_of<double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "divmod.int_float(int x, float y) -> (float, float)",
           .kernel = typed_kernel<&divmod_mixed<int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "divmod.float_int(float x, int y) -> (float, float)",
           .kernel = typed_kernel<&divmod_mixed<double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "factorial.int(int a) -> int", .kernel = typed_kernel<&factorial>(), .traits = OpTraits::language});
  ops.add({.schema = "gcd.int(int a, int b) -> int", .kernel = typed_kernel<&gcd>(), .traits = OpTraits::language});
  ops.add(
      {.schema = "ldexp(float x, int i) -> float", .kernel = typed_kernel<&ldexp_of>(), .traits = OpTraits::language});
  ops.add(
      {.schema = "frexp(float a) -> (float, int)", .kernel = typed_kernel<&frexp_of>(), .traits = OpTraits::language});
  ops.add(
      {.schema = "modf(float a) -> (float, float)", .kernel = typed_kernel<&modf_of>(), .traits = OpTraits::language});
  ops.add({.schema = "log.int_int(int a, int b) -> float",
           .kernel = typed_kernel<&of_two<LogBase, int64_t, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.float_float(float a, float b) -> float",
           .kernel = typed_kernel<&of_two<LogBase, double, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.complex_complex(complex a, complex b) -> complex",
           .kernel = typed_kernel<&log_complex_base<Complex, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&of_two<LogBase, int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&of_two<LogBase, double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.int_complex(int a, complex b) -> complex",
           .kernel = typed_kernel<&log_int_complex>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.complex_int(complex a, int b) -> complex",
           .kernel = typed_kernel<&log_complex_int>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.float_complex(float a, complex b) -> complex",
           .kernel = typed_kernel<&log_complex_base<double, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.complex_float(complex a, float b) -> complex",
           .kernel = typed_kernel<&log_complex_base<Complex, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "log.Scalar_Scalar(Scalar a, Scalar b) -> float",
           .kernel = typed_kernel<&of_two_numbers<LogBase>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "fmod.int(int a, int b) -> float",
           .kernel = typed_kernel<&of_two<Fmod, int64_t, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "fmod.float(float a, float b) -> float",
           .kernel = typed_kernel<&of_two<Fmod, double, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "fmod.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&of_two<Fmod, int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "fmod.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&of_two<Fmod, double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "fmod(Scalar a, Scalar b) -> float",
           .kernel = typed_kernel<&of_two_numbers<Fmod>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copysign.int(int a, int b) -> float",
           .kernel = typed_kernel<&of_two<Copysign, int64_t, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copysign.float(float a, float b) -> float",
           .kernel = typed_kernel<&of_two<Copysign, double, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copysign.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&of_two<Copysign, int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copysign.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&of_two<Copysign, double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copysign(Scalar a, Scalar b) -> float",
           .kernel = typed_kernel<&of_two_numbers<Copysign>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mathremainder.int(int a, int b) -> float",
           .kernel = typed_kernel<&of_two<Mathremainder, int64_t, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mathremainder.float(float a, float b) -> float",
           .kernel = typed_kernel<&of_two<Mathremainder, double, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mathremainder.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&of_two<Mathremainder, int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mathremainder.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&of_two<Mathremainder, double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mathremainder(Scalar a, Scalar b) -> float",
           .kernel = typed_kernel<&of_two_numbers<Mathremainder>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atan2.int(int a, int b) -> float",
           .kernel = typed_kernel<&of_two<Atan2, int64_t, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atan2.float(float a, float b) -> float",
           .kernel = typed_kernel<&of_two<Atan2, double, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atan2.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&of_two<Atan2, int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atan2.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&of_two<Atan2, double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "atan2.Scalar_Scalar(Scalar a, Scalar b) -> float",
           .kernel = typed_kernel<&of_two_numbers<Atan2>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "polar.int(int a, int b) -> complex",
           .kernel = typed_kernel<&of_two<Polar, int64_t, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "polar.float(float a, float b) -> complex",
           .kernel = typed_kernel<&of_two<Polar, double, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "polar.int_float(int a, float b) -> complex",
           .kernel = typed_kernel<&of_two<Polar, int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "polar.float_int(float a, int b) -> complex",
           .kernel = typed_kernel<&of_two<Polar, double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "polar.Scalar_Scalar(Scalar a, Scalar b) -> Scalar",
           .kernel = typed_kernel<&polar_numbers>(),
           .traits = OpTraits::language});
}

}  // namespace rushlight::ops
