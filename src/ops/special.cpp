/// Special functions: error, gamma and Bessel functions, normal distribution, orthogonal polynomials. The numbers come
/// from ops/cpu/special_functions.h.
#include "ops/functions/special.h"

#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/double_kernel.h"
#include "ops/cpu/special_functions.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
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

constexpr double kPi = 3.14159265358979323846;
constexpr DtypeSet kNotHalf = DtypeSet(ScalarType::float32) | ScalarType::float64;

double entr(double x) {
  if (std::isnan(x)) return x;
  if (x > 0) return -x * std::log(x);
  return x == 0 ? 0 : -std::numeric_limits<double>::infinity();
}
double xlogy_value(double x, double y) { return std::isnan(y) ? y : x == 0 ? 0 : x * std::log(y); }
double xlog1py_value(double x, double y) { return std::isnan(y) ? y : x == 0 ? 0 : x * std::log1p(y); }
double erf_value(double x) { return std::erf(x); }
double erfc_value(double x) { return std::erfc(x); }
double lgamma_value(double x) { return std::lgamma(x); }
/// At infinity PyTorch has no value.
double at_finite(double (*function)(double), double x) {
  return std::isinf(x) ? std::numeric_limits<double>::quiet_NaN() : function(x);
}
double j0_value(double x) { return at_finite(::j0, x); }
double j1_value(double x) { return at_finite(::j1, x); }
double y0_value(double x) { return x < 0 ? std::numeric_limits<double>::quiet_NaN() : at_finite(::y0, x); }
double y1_value(double x) { return x < 0 ? std::numeric_limits<double>::quiet_NaN() : at_finite(::y1, x); }
double shifted_t(double x, double n) { return cpu::chebyshev_t(2 * x - 1, n); }
double shifted_u(double x, double n) { return cpu::chebyshev_u(2 * x - 1, n); }
double shifted_v(double x, double n) { return cpu::chebyshev_v(2 * x - 1, n); }
double shifted_w(double x, double n) { return cpu::chebyshev_w(2 * x - 1, n); }

// ---- polygamma, mvlgamma, logit

Tensor polygamma_cpu(int64_t n, const Tensor& self) {
  if (n < 0) throw RuntimeError("polygamma(n, x) does not support negative n.");
  if (is_complex(self.dtype()))
    throw NotImplementedError(cat("\"polygamma\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  const ScalarType type = is_integral_or_bool(self.dtype()) ? default_dtype() : self.dtype();
  const Tensor wide =
      cpu::clone(cpu::to_dtype(cpu::to_dtype(self, type), ScalarType::float64), MemoryFormat::contiguous);
  double* data = wide.data<double>();
  for (int64_t i = 0; i < wide.numel(); ++i) {
    const double x = data[i];
    data[i] = cpu::polygamma(n, x);
    // At its poles trigamma is what the sine of the dtype leaves of them.
    if (n == 1 && x <= 0 && x == std::floor(x) && type != ScalarType::float64)
      data[i] = double(float(kPi * kPi) / (std::sin(float(kPi) * float(x)) * std::sin(float(kPi) * float(x))));
  }
  return cpu::to_dtype(wide, type);
}
Tensor polygamma_inplace(const Tensor& self, int64_t n) {
  cpu::copy_into(self, polygamma_cpu(n, self));
  return self;
}

Tensor mvlgamma_cpu(const Tensor& self, int64_t p) {
  if (p < 1) throw RuntimeError("p has to be greater than or equal to 1");
  // pi^(p (p-1) / 4) times the product of gamma(self - i / 2), in logarithms.
  const Tensor input = is_integral_or_bool(self.dtype()) ? cpu::to_dtype(self, default_dtype()) : self;
  const Tensor halves = arange(Scalar(-double(p) / 2 + 0.5), Scalar(0.5), Scalar(0.5), input.dtype());
  const Tensor total = sum(lgamma(unsqueeze(input, -1) + halves), std::optional<IntArrayRef>(IntArrayRef(-1)), false);
  return total + Scalar(double(p * (p - 1)) * std::log(kPi) / 4);
}

Tensor logit_cpu(const Tensor& self, std::optional<double> eps) {
  if (is_complex(self.dtype()))
    throw NotImplementedError(cat("\"logit\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  const ScalarType type = is_integral_or_bool(self.dtype()) ? default_dtype() : self.dtype();
  const Tensor wide = cpu::clone(cpu::to_dtype(cpu::to_dtype(self, type), ScalarType::float64));
  const Tensor flat = cpu::contiguous(wide);
  double* data = flat.data<double>();
  for (int64_t i = 0; i < flat.numel(); ++i) {
    double x = data[i];
    if (eps) x = x < *eps ? *eps : x > 1 - *eps ? 1 - *eps : x;
    data[i] = x == 1 ? std::numeric_limits<double>::infinity() : std::log(x / (1 - x));
  }
  return cpu::to_dtype(flat, type);
}
Tensor logit_back(const Backward& b) {
  const Tensor self = b.saved("self");
  const Tensor slope = b.grad() / (self * (Scalar(1) - self));
  if (b.argument("eps").is_none()) {
    const Tensor inside = logical_and(ge(self, Scalar(0.)), le(self, Scalar(1.)));
    return where(inside, slope, full_like(slope, Scalar(std::numeric_limits<double>::quiet_NaN())));
  }
  const double eps = b.float_of("eps");
  return where(logical_and(ge(self, Scalar(eps)), le(self, Scalar(1 - eps))), slope, Scalar(0.));
}

// ---- Gradients

Tensor times_exp_minus_square(const Backward& b, double factor) {
  return b.grad() * exp(-square(b.saved("self"))) * Scalar(factor);
}
Tensor i1_back(const Backward& b) {
  const Tensor self = b.saved("self");
  const Tensor zero = lt(abs(self), Scalar(1e-7));
  const Tensor safe = where(zero, full_like(self, Scalar(1.)), self);
  return b.grad() * where(zero, full_like(self, Scalar(0.5)), i0(safe) - special_i1(safe) / safe);
}
Tensor i1e_back(const Backward& b) {
  const Tensor self = b.saved("self"), result = b.result();
  const Tensor zero = lt(abs(self), Scalar(1e-7));
  const Tensor safe = where(zero, full_like(self, Scalar(1.)), self);
  const Tensor slope = special_i0e(safe) - special_i1e(safe) * (sgn(safe) + reciprocal(safe));
  return b.grad() * where(zero, full_like(self, Scalar(0.5)), slope);
}
/// d igamma(a, x) / dx.
Tensor gamma_density(const Tensor& a, const Tensor& x) { return exp((a - Scalar(1)) * log(x) - x - lgamma(a)); }
Tensor xlogy_wrt_self(const Tensor& grad, const Tensor& self, const Tensor& log_other, const Tensor& other_edge) {
  return grad * masked_fill(log_other, logical_and(eq(self, Scalar(0.)), other_edge), Scalar(0.));
}

}  // namespace

void declare_special(OpSet& ops) {
  constexpr OpTraits kSpecial = OpTraits::no_method;
  constexpr OpTraits kNoGrad = OpTraits::no_method | OpTraits::not_differentiable;
  ops.add({.schema = "erf(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = double_kernel(erf_value, "erf_vml_cpu"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return times_exp_minus_square(b, 2 / std::sqrt(kPi)); }}},
           .doc = "The error function."});
  ops.add({.schema = "erfc(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = double_kernel(erfc_value, "erfc_vml_cpu"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return times_exp_minus_square(b, -2 / std::sqrt(kPi)); }}},
           .doc = "One minus the error function."});
  ops.add({.schema = "erfinv(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = double_kernel(cpu::erfinv, "erfinv_vml_cpu"),
           .saves = "result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.grad() * exp(square(b.result())) * Scalar(std::sqrt(kPi) / 2);
                            }}},
           .doc = "The inverse of the error function."});
  ops.add({.schema = "special_erfcx(Tensor self) -> Tensor",
           .out = "out",
           .kernel = double_kernel(cpu::erfcx, "erfcx", kNotHalf),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.grad() *
                                     (Scalar(2.) * b.saved("self") * b.result() - Scalar(2 / std::sqrt(kPi)));
                            }}},
           .traits = kSpecial,
           .doc = "exp(x^2) erfc(x)."});
  ops.add({.schema = "special_ndtr(Tensor self) -> Tensor",
           .out = "out",
           .kernel = double_kernel(cpu::ndtr, "ndtr"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.grad() * exp(square(b.saved("self")) * Scalar(-0.5)) *
                                     Scalar(1 / std::sqrt(2 * kPi));
                            }}},
           .traits = kSpecial,
           .doc = "The distribution function of the standard normal distribution."});
  ops.add({.schema = "special_ndtri(Tensor self) -> Tensor",
           .out = "out",
           .kernel = double_kernel(cpu::ndtri, "ndtri", kNotHalf),
           .saves = "result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.grad() * exp(square(b.result()) * Scalar(0.5)) * Scalar(std::sqrt(2 * kPi));
                            }}},
           .traits = kSpecial,
           .doc = "The quantiles of the standard normal distribution."});
  ops.add({.schema = "special_log_ndtr(Tensor self) -> Tensor",
           .out = "out",
           .kernel = double_kernel(cpu::log_ndtr, "log_ndtr", kNotHalf),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.grad() / special_erfcx(b.saved("self") * Scalar(-1 / std::sqrt(2.))) *
                                     Scalar(std::sqrt(2 / kPi));
                            }}},
           .traits = kSpecial,
           .doc = "The logarithm of ndtr."});
  ops.add({.schema = "special_entr(Tensor self) -> Tensor",
           .out = "out",
           .kernel = double_kernel(entr, "entr"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * (-log(b.saved("self")) - Scalar(1)); }}},
           .traits = kSpecial,
           .doc = "-x log(x)."});
  ops.add({.schema = "lgamma(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = double_kernel(lgamma_value, "lgamma_vml_cpu"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * digamma(b.saved("self")); }}},
           .doc = "The logarithm of the magnitude of the gamma function."});
  ops.add({.schema = "digamma(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = double_kernel(cpu::digamma, "digamma"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * polygamma(1, b.saved("self")); }}},
           .doc = "The derivative of lgamma."});
  ops.add(
      {.schema = "polygamma(int n, Tensor self) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&polygamma_cpu>(),
       .saves = "self",
       .derivatives = {{"self",
                        [](const Backward& b) { return b.grad() * polygamma(b.int_of("n") + 1, b.saved("self")); }}},
       .doc = "The n-th derivative of digamma."});
  ops.add({.schema = "polygamma_(Tensor(a!) self, int n) -> Tensor(a!)",
           .kernel = typed_kernel<&polygamma_inplace>(),
           .traits = OpTraits::no_function,
           .doc = "polygamma in place."});
  ops.add({.schema = "mvlgamma(Tensor self, int p) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&mvlgamma_cpu>(),
           .traits = OpTraits::composite,
           .doc = "The logarithm of the multivariate gamma function."});
  ops.add(
      {.schema = "igamma(Tensor self, Tensor other) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = double_kernel(cpu::igamma, "igamma_cpu"),
       .saves = "self, other",
       .derivatives = {{"other",
                        [](const Backward& b) { return b.grad() * gamma_density(b.saved("self"), b.saved("other")); }}},
       .doc = "The regularised lower incomplete gamma function."});
  ops.add({.schema = "igammac(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = double_kernel(cpu::igammac, "igammac_cpu"),
           .saves = "self, other",
           .derivatives = {{"other",
                            [](const Backward& b) {
                              return -b.grad() * gamma_density(b.saved("self"), b.saved("other"));
                            }}},
           .doc = "The regularised upper incomplete gamma function."});
  ops.add({.schema = "special_zeta(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = double_kernel(cpu::zeta, "zeta", kNotHalf),
           .saves = "self, other",
           .derivatives = {{"other",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              return -b.grad() * self * special_zeta(self + Scalar(1.), b.saved("other"));
                            }}},
           .traits = kSpecial,
           .doc = "Hurwitz's zeta function."});
  ops.add({.schema = "special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor",
           .out = "self_scalar_out",
           .kernel = double_kernel(cpu::zeta, "zeta", kNotHalf),
           .saves = "other",
           .derivatives = {{"other",
                            [](const Backward& b) {
                              const double self = b.float_of("self");
                              return -b.grad() * Scalar(self) * special_zeta(Scalar(self + 1), b.saved("other"));
                            }}},
           .grad_fn = "SpecialZetaBackward1",
           .traits = kSpecial,
           .doc = "Hurwitz's zeta function."});
  ops.add({.schema = "special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor",
           .out = "other_scalar_out",
           .kernel = double_kernel(cpu::zeta, "zeta", kNotHalf),
           .traits = kSpecial,
           .doc = "Hurwitz's zeta function."});
  ops.add({.schema = "xlogy.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "OutTensor",
           .kernel = double_kernel(xlogy_value, "xlogy_cpu"),
           .saves = "self, other",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor other = b.saved("other");
                              return xlogy_wrt_self(b.grad(), b.saved("self"), log(other), le(other, Scalar(0.)));
                            }},
                           {"other", [](const Backward& b) { return b.grad() * b.saved("self") / b.saved("other"); }}},
           .doc = "self * log(other), 0 where self is 0."});
  ops.add(
      {.schema = "xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor",
       .out = "OutScalar_Self",
       .kernel = double_kernel(xlogy_value, "xlogy_cpu"),
       .saves = "other",
       .derivatives = {{"other", [](const Backward& b) { return b.grad() * b.scalar_of("self") / b.saved("other"); }}},
       .grad_fn = "XlogyBackward1",
       .doc = "self * log(other), 0 where self is 0."});
  ops.add({.schema = "xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "OutScalar_Other",
           .kernel = double_kernel(xlogy_value, "xlogy_cpu"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const double other = b.float_of("other");
                              return other > 0
                                         ? b.grad() * Scalar(std::log(other))
                                         : b.grad() * masked_fill(full_like(b.saved("self"), Scalar(std::log(other))),
                                                                  eq(b.saved("self"), Scalar(0.)), Scalar(0.));
                            }}},
           .grad_fn = "XlogyBackward2",
           .doc = "self * log(other), 0 where self is 0."});
  ops.add({.schema = "special_xlogy(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<static_cast<Tensor (*)(const Tensor&, const Tensor&)>(&xlogy)>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "xlogy."});
  ops.add({.schema = "special_xlogy.self_scalar(Scalar self, Tensor other) -> Tensor",
           .out = "self_scalar_out",
           .kernel = typed_kernel<static_cast<Tensor (*)(Scalar, const Tensor&)>(&xlogy)>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "xlogy."});
  ops.add({.schema = "special_xlogy.other_scalar(Tensor self, Scalar other) -> Tensor",
           .out = "other_scalar_out",
           .kernel = typed_kernel<static_cast<Tensor (*)(const Tensor&, Scalar)>(&xlogy)>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "xlogy."});
  ops.add(
      {.schema = "special_xlog1py(Tensor self, Tensor other) -> Tensor",
       .out = "out",
       .kernel = double_kernel(xlog1py_value, "xlog1py_cpu"),
       .saves = "self, other",
       .derivatives = {{"self",
                        [](const Backward& b) {
                          const Tensor other = b.saved("other");
                          return xlogy_wrt_self(b.grad(), b.saved("self"), log1p(other), le(other, Scalar(-1.)));
                        }},
                       {"other",
                        [](const Backward& b) { return b.grad() * b.saved("self") / (b.saved("other") + Scalar(1)); }}},
       .traits = kSpecial,
       .doc = "self * log1p(other), 0 where self is 0."});
  ops.add({.schema = "special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor",
           .out = "self_scalar_out",
           .kernel = double_kernel(xlog1py_value, "xlog1py_cpu"),
           .saves = "other",
           .derivatives = {{"other",
                            [](const Backward& b) {
                              return b.grad() * b.scalar_of("self") / (b.saved("other") + Scalar(1));
                            }}},
           .grad_fn = "SpecialXlog1PyBackward1",
           .traits = kSpecial,
           .doc = "self * log1p(other), 0 where self is 0."});
  ops.add({.schema = "special_xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor",
           .out = "other_scalar_out",
           .kernel = double_kernel(xlog1py_value, "xlog1py_cpu"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const double other = b.float_of("other");
                              return other > -1
                                         ? b.grad() * Scalar(std::log1p(other))
                                         : b.grad() * masked_fill(full_like(b.saved("self"), Scalar(std::log1p(other))),
                                                                  eq(b.saved("self"), Scalar(0.)), Scalar(0.));
                            }}},
           .grad_fn = "SpecialXlog1PyBackward2",
           .traits = kSpecial,
           .doc = "self * log1p(other), 0 where self is 0."});
  ops.add({.schema = "logit(Tensor self, float? eps=None) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&logit_cpu>(),
           .saves = "self",
           .derivatives = {{"self", logit_back}},
           .doc = "log(x / (1 - x)), x clamped to [eps, 1 - eps]."});
  ops.add({.schema = "i0(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = double_kernel(cpu::bessel_i0, "i0_vml_cpu"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * special_i1(b.saved("self")); }}},
           .doc = "The modified Bessel function of order 0."});
  ops.add({.schema = "special_i0e(Tensor self) -> Tensor",
           .out = "out",
           .kernel = double_kernel(cpu::bessel_i0e, "i0e"),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              return b.grad() * (special_i1e(self) - sgn(self) * b.result());
                            }}},
           .traits = kSpecial,
           .doc = "exp(-|x|) i0(x)."});
  ops.add({.schema = "special_i1(Tensor self) -> Tensor",
           .out = "out",
           .kernel = double_kernel(cpu::bessel_i1, "i1"),
           .saves = "self",
           .derivatives = {{"self", i1_back}},
           .traits = kSpecial,
           .doc = "The modified Bessel function of order 1."});
  ops.add({.schema = "special_i1e(Tensor self) -> Tensor",
           .out = "out",
           .kernel = double_kernel(cpu::bessel_i1e, "i1e"),
           .saves = "self, result",
           .derivatives = {{"self", i1e_back}},
           .traits = kSpecial,
           .doc = "exp(-|x|) i1(x)."});
  // Functions without gradients, and polynomials with their three kinds of operands.
  struct Plain {
    std::string_view schema;
    double (*function)(double);
    std::string_view name, doc;
  };
  static constexpr Plain kPlain[] = {
      {"special_bessel_j0(Tensor self) -> Tensor", j0_value, "bessel_j0_cpu",
       "The Bessel function of the first kind, order 0."},
      {"special_bessel_j1(Tensor self) -> Tensor", j1_value, "bessel_j1_cpu",
       "The Bessel function of the first kind, order 1."},
      {"special_bessel_y0(Tensor self) -> Tensor", y0_value, "bessel_y0_cpu",
       "The Bessel function of the second kind, order 0."},
      {"special_bessel_y1(Tensor self) -> Tensor", y1_value, "bessel_y1_cpu",
       "The Bessel function of the second kind, order 1."},
      {"special_modified_bessel_i0(Tensor self) -> Tensor", cpu::bessel_i0, "modified_bessel_i0_cpu", "i0."},
      {"special_modified_bessel_i1(Tensor self) -> Tensor", cpu::bessel_i1, "modified_bessel_i1_cpu", "i1."},
      {"special_modified_bessel_k0(Tensor self) -> Tensor", cpu::bessel_k0, "modified_bessel_k0_cpu",
       "The modified Bessel function of the second kind, order 0."},
      {"special_modified_bessel_k1(Tensor self) -> Tensor", cpu::bessel_k1, "modified_bessel_k1_cpu",
       "The modified Bessel function of the second kind, order 1."},
      {"special_scaled_modified_bessel_k0(Tensor x) -> Tensor", cpu::bessel_k0e, "scaled_modified_bessel_k0_cpu",
       "exp(x) k0(x)."},
      {"special_scaled_modified_bessel_k1(Tensor x) -> Tensor", cpu::bessel_k1e, "scaled_modified_bessel_k1_cpu",
       "exp(x) k1(x)."},
      {"special_spherical_bessel_j0(Tensor x) -> Tensor", cpu::spherical_bessel_j0, "spherical_bessel_j0_cpu",
       "sin(x) / x."},
      {"special_airy_ai(Tensor x) -> Tensor", cpu::airy_ai, "airy_ai_cpu", "Airy's function Ai."},
  };
  for (const Plain& plain : kPlain)
    ops.add({.schema = plain.schema,
             .out = "out",
             .kernel = double_kernel(plain.function, plain.name, kNotHalf),
             .traits = kNoGrad,
             .doc = plain.doc});
  struct Polynomial {
    std::string_view schema, of_number, by_number;
    double (*function)(double, double);
    std::string_view name;
  };
#define RUSHLIGHT_POLYNOMIAL(name, function)                                                                     \
  {                                                                                                              \
    "special_" name "(Tensor x, Tensor n) -> Tensor", "special_" name ".x_scalar(Scalar x, Tensor n) -> Tensor", \
        "special_" name ".n_scalar(Tensor x, Scalar n) -> Tensor", function, name "_cpu"                         \
  }
  static constexpr Polynomial kPolynomials[] = {
      RUSHLIGHT_POLYNOMIAL("chebyshev_polynomial_t", cpu::chebyshev_t),
      RUSHLIGHT_POLYNOMIAL("chebyshev_polynomial_u", cpu::chebyshev_u),
      RUSHLIGHT_POLYNOMIAL("chebyshev_polynomial_v", cpu::chebyshev_v),
      RUSHLIGHT_POLYNOMIAL("chebyshev_polynomial_w", cpu::chebyshev_w),
      RUSHLIGHT_POLYNOMIAL("shifted_chebyshev_polynomial_t", shifted_t),
      RUSHLIGHT_POLYNOMIAL("shifted_chebyshev_polynomial_u", shifted_u),
      RUSHLIGHT_POLYNOMIAL("shifted_chebyshev_polynomial_v", shifted_v),
      RUSHLIGHT_POLYNOMIAL("shifted_chebyshev_polynomial_w", shifted_w),
      RUSHLIGHT_POLYNOMIAL("hermite_polynomial_h", cpu::hermite_h),
      RUSHLIGHT_POLYNOMIAL("hermite_polynomial_he", cpu::hermite_he),
      RUSHLIGHT_POLYNOMIAL("laguerre_polynomial_l", cpu::laguerre_l),
      RUSHLIGHT_POLYNOMIAL("legendre_polynomial_p", cpu::legendre_p),
  };
#undef RUSHLIGHT_POLYNOMIAL
  for (const Polynomial& polynomial : kPolynomials) {
    const Kernel kernel = double_kernel(polynomial.function, polynomial.name, kNotHalf);
    constexpr std::string_view kDoc = "The polynomial of degree n at x.";
    ops.add({.schema = polynomial.schema, .out = "out", .kernel = kernel, .traits = kNoGrad, .doc = kDoc});
    ops.add({.schema = polynomial.of_number, .out = "x_scalar_out", .kernel = kernel, .traits = kNoGrad, .doc = kDoc});
    ops.add({.schema = polynomial.by_number, .out = "n_scalar_out", .kernel = kernel, .traits = kNoGrad, .doc = kDoc});
  }
}

}  // namespace rushlight::ops
