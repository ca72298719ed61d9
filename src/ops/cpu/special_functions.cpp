#include "ops/cpu/special_functions.h"

#include <cmath>
#include <limits>

namespace rushlight::cpu {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kEps = std::numeric_limits<double>::epsilon();

}  // namespace

// ---- Error functions

double erfinv(double x) {
  if (std::isnan(x) || std::fabs(x) > 1) return kNan;
  if (std::fabs(x) == 1) return std::copysign(kInf, x);
  if (x == 0) return x;
  // Winitzki's approximation, then Halley's steps; near 1 on erfc, whose values do not lose digits there.
  const double a = 0.147, rest = 1 - std::fabs(x), log_term = std::log(rest * (2 - rest));
  const double t = 2 / (kPi * a) + log_term / 2;
  double y = std::sqrt(std::sqrt(t * t - log_term / a) - t);
  for (int i = 0; i < 4; ++i) {
    const double error = rest < 0.5 ? rest - std::erfc(y) : std::erf(y) - std::fabs(x);
    const double step = error / (2 / std::sqrt(kPi) * std::exp(-y * y));
    const double change = step / (1 + y * step);
    if (!std::isfinite(change)) break;
    y -= change;
  }
  return std::copysign(y, x);
}

double erfcx(double x) {
  if (x < 25) return std::exp(x * x) * std::erfc(x);
  const double s = 1 / (2 * x * x);
  return (1 - s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s)))) / (x * std::sqrt(kPi));
}

double ndtr(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

double ndtri(double p) {
  if (std::isnan(p) || p < 0 || p > 1) return kNan;
  if (p == 0) return -kInf;
  if (p == 1) return kInf;
  if (p > 1e-3 && p < 1 - 1e-3) return std::sqrt(2.0) * erfinv(2 * p - 1);
  // In the tails on the logarithm, from the leading term of the asymptotic series.
  const double q = p < 0.5 ? p : 1 - p, log_q = std::log(q);
  double x = std::sqrt(-2 * log_q);
  x = std::sqrt(-2 * (log_q + std::log(x * std::sqrt(2 * kPi))));
  for (int i = 0; i < 30; ++i) {
    const double slope = std::sqrt(2 / kPi) / erfcx(x / std::sqrt(2.0));  // -d log_ndtr(-x) / dx
    const double change = (log_ndtr(-x) - log_q) / slope;
    x += change;
    if (std::fabs(change) < 1e-15 * x) break;
  }
  return p < 0.5 ? -x : x;
}

double log_ndtr(double x) {
  if (x < -1) return std::log(erfcx(-x / std::sqrt(2.0)) / 2) - x * x / 2;
  return std::log1p(-std::erfc(x / std::sqrt(2.0)) / 2);
}

// ---- Gamma functions

double digamma(double x) {
  if (x == 0) return std::copysign(kInf, -x);
  if (std::isinf(x)) return x > 0 ? x : kNan;
  if (x < 0) {
    if (x == std::floor(x)) return kNan;
    const double fraction = x - std::floor(x);
    return digamma(1 - x) - kPi / std::tan(kPi * fraction);
  }
  double result = 0;
  for (; x < 12; ++x) result -= 1 / x;
  const double s = 1 / (x * x);
  const double series =
      s * (1. / 12 - s * (1. / 120 - s * (1. / 252 - s * (1. / 240 - s * (1. / 132 - s * (691. / 32760 - s / 12))))));
  return result + std::log(x) - 0.5 / x - series;
}

double zeta(double x, double q) {
  if (x == 1) return kInf;
  if (x < 1 || std::isnan(x) || std::isnan(q)) return kNan;
  if (std::isinf(q)) return q < 0 ? kInf : x == kInf ? kNan : 0;
  if (q <= 0) {
    if (q == std::floor(q)) return kInf;
    if (x != std::floor(x)) return kNan;
  }
  double sum = 0, a = q;
  for (int i = 0; i < 10 || a <= 10; ++i, ++a) {
    const double term = std::pow(a, -x);
    sum += term;
    if (std::fabs(term) < kEps / 16 * std::fabs(sum) && a > 0) return sum;
  }
  // Euler and Maclaurin: the Bernoulli numbers over factorials.
  static const double kBernoulli[] = {1. / 12,           -1. / 720,
                                      1. / 30240,        -1. / 1209600,
                                      1. / 47900160,     -691. / 1307674368000.,
                                      1. / 74724249600., -3617. / 10670622842880000.};
  const double power = std::pow(a, -x);
  sum += a * power / (x - 1) + power / 2;
  double factor = x * power / a;
  for (int k = 0; k < 8; ++k) {
    sum += kBernoulli[k] * factor;
    factor *= (x + 2 * k + 1) * (x + 2 * k + 2) / (a * a);
  }
  return sum;
}

double polygamma(int64_t n, double x) {
  if (n == 0) return digamma(x);
  if (n == 1 && x < 0.5) {
    const double sine = std::sin(kPi * x);
    return kPi * kPi / (sine * sine) - zeta(2, 1 - x);
  }
  return (n % 2 ? 1.0 : -1.0) * std::exp(std::lgamma(double(n) + 1)) * zeta(double(n) + 1, x);
}

namespace {

/// x^a exp(-x) / gamma(a + 1), without overflow.
double gamma_factor(double a, double x) {
  if (a > 100) {
    // The logarithms of large numbers cancel: log1p keeps the digits, Stirling's series gives gamma.
    const double d = (x - a) / a, s = 1 / (a * a);
    const double stirling = (1. / 12 - s * (1. / 360 - s / 1260)) / a;
    return std::exp(a * (std::log1p(d) - d) - stirling) / std::sqrt(2 * kPi * a);
  }
  return std::exp(a * std::log(x) - x - std::lgamma(a + 1));
}
/// For huge a: the normal distribution that the gamma distribution becomes, with its first correction (Temme 1979).
double uniform_tail(double a, double x, double sign) {
  const double d = (x - a) / a;
  const double eta = std::copysign(std::sqrt(2 * (d - std::log1p(d))), d);
  const double correction = std::fabs(d) < 1e-6 ? -1. / 3 : 1 / d - 1 / eta;
  return std::erfc(sign * eta * std::sqrt(a / 2)) / 2 +
         sign * std::exp(-a * eta * eta / 2) / std::sqrt(2 * kPi * a) * correction;
}
bool is_huge(double a, double x) { return a > 1e5 && std::fabs(x - a) < 0.3 * a; }
double lower_series(double a, double x) {
  double term = 1, sum = 1;
  for (int i = 1; i < 20000 && term > sum * kEps / 4; ++i) {
    term *= x / (a + i);
    sum += term;
  }
  return sum * gamma_factor(a, x);
}
/// Lentz's evaluation of the continued fraction of the upper function.
double upper_fraction(double a, double x) {
  double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
  for (int i = 1; i < 20000; ++i) {
    const double an = -i * (i - a);
    b += 2;
    d = an * d + b;
    if (std::fabs(d) < 1e-300) d = 1e-300;
    c = b + an / c;
    if (std::fabs(c) < 1e-300) c = 1e-300;
    d = 1 / d;
    h *= d * c;
    if (std::fabs(d * c - 1) < kEps) break;
  }
  return h * gamma_factor(a, x) * a;
}
bool upper_first(double a, double x) { return x > 1 && x > a + 1; }

}  // namespace

double igamma(double a, double x) {
  if (x < 0 || a < 0 || std::isnan(a) || std::isnan(x)) return kNan;
  if (a == 0) return x > 0 ? 1 : kNan;
  if (x == 0) return 0;
  if (std::isinf(a)) return std::isinf(x) ? kNan : 0;
  if (std::isinf(x)) return 1;
  if (is_huge(a, x)) return uniform_tail(a, x, -1);
  return upper_first(a, x) ? 1 - upper_fraction(a, x) : lower_series(a, x);
}
double igammac(double a, double x) {
  if (x < 0 || a < 0 || std::isnan(a) || std::isnan(x)) return kNan;
  if (a == 0) return x > 0 ? 0 : kNan;
  if (x == 0) return 1;
  if (std::isinf(a)) return std::isinf(x) ? kNan : 1;
  if (std::isinf(x)) return 0;
  if (is_huge(a, x)) return uniform_tail(a, x, 1);
  if (upper_first(a, x)) return upper_fraction(a, x);
  if (a < 1 && x < 1) {
    // 1 - P loses digits where P is near 1: the alternating series of the lower function without its first term.
    double term = 1, sum = 0;
    for (int i = 1; i < 200; ++i) {
      term *= -x / i;
      const double part = term / (a + i);
      sum += part;
      if (std::fabs(part) < kEps * std::fabs(sum)) break;
    }
    const double log_power = a * std::log(x) - std::lgamma(a + 1);
    return -std::expm1(log_power) - std::exp(log_power) * a * sum;
  }
  return 1 - lower_series(a, x);
}

// ---- Bessel functions

namespace {

/// I_n for n = 0, 1 of a positive number, times exp(-x).
double scaled_i(int n, double x) {
  if (x < 30) {
    const double quarter = x * x / 4;
    double term = n ? x / 2 : 1, sum = term;
    for (int k = 1; term > sum * kEps / 4; ++k) {
      term *= quarter / (k * double(k + n));
      sum += term;
    }
    return sum * std::exp(-x);
  }
  const double mu = 4. * n * n;
  double term = 1, sum = 1;
  for (int k = 1; k < 60; ++k) {
    const double odd = 2 * k - 1, next = -term * (mu - odd * odd) / (k * 8 * x);
    if (std::fabs(next) >= std::fabs(term) || std::fabs(next) < kEps / 4) break;
    term = next;
    sum += term;
  }
  return sum / std::sqrt(2 * kPi * x);
}

/// K_v(x) * exp(x) = integral of exp(-x (cosh t - 1)) cosh(v t): the trapezoidal rule converges exponentially.
double scaled_k(double v, double x) {
  if (x > 30) {
    const double mu = 4 * v * v;
    double term = 1, sum = 1;
    for (int k = 1; k < 60 && std::fabs(term) > kEps / 4; ++k) {
      const double odd = 2 * k - 1;
      term *= (mu - odd * odd) / (k * 8 * x);
      sum += term;
    }
    return sum * std::sqrt(kPi / (2 * x));
  }
  constexpr double kStep = 1. / 16;
  double sum = 0.5;
  for (int i = 1; i < 40000; ++i) {
    const double t = i * kStep, half = std::sinh(t / 2);
    const double exponent = 2 * x * half * half;
    const double term = std::exp(v * t - exponent) / 2 + std::exp(-v * t - exponent) / 2;
    sum += term;
    if (exponent > v * t && term < sum * kEps / 16) break;
  }
  return sum * kStep;
}

}  // namespace

double bessel_i0e(double x) { return std::isinf(x) ? 0 : scaled_i(0, std::fabs(x)); }
double bessel_i0(double x) { return std::isinf(x) ? kNan : std::exp(std::fabs(x)) * scaled_i(0, std::fabs(x)); }
double bessel_i1e(double x) { return std::isinf(x) ? 0 : std::copysign(scaled_i(1, std::fabs(x)), x); }
double bessel_i1(double x) {
  return std::isinf(x) ? kNan : std::copysign(std::exp(std::fabs(x)) * scaled_i(1, std::fabs(x)), x);
}
double bessel_k0e(double x) {
  if (x <= 0) return x == 0 ? kInf : kNan;
  return std::isinf(x) ? 0 : scaled_k(0, x);
}
double bessel_k0(double x) { return x > 0 ? (std::isinf(x) ? 0 : std::exp(-x) * bessel_k0e(x)) : bessel_k0e(x); }
double bessel_k1e(double x) {
  if (x <= 0) return x == 0 ? kInf : kNan;
  return std::isinf(x) ? 0 : scaled_k(1, x);
}
double bessel_k1(double x) { return x > 0 ? (std::isinf(x) ? 0 : std::exp(-x) * bessel_k1e(x)) : bessel_k1e(x); }

double spherical_bessel_j0(double x) {
  if (std::isinf(x)) return 0;
  return std::fabs(x) < 1e-4 ? 1 - x * x / 6 : std::sin(x) / x;
}

double airy_ai(double x) {
  if (std::isnan(x)) return x;
  if (std::isinf(x)) return kNan;
  const double zeta_ = 2. / 3 * std::pow(std::fabs(x), 1.5);
  if (x > 1) return std::sqrt(x / 3) / kPi * scaled_k(1. / 3, zeta_) * std::exp(-zeta_);
  if (x > -8) {
    // c1 f(x) - c2 g(x), two series in x^3.
    constexpr double kC1 = 0.355028053887817239, kC2 = 0.258819403792806798;
    const double cube = x * x * x;
    double f = 1, g = x, f_term = 1, g_term = x;
    for (int k = 1; k < 200; ++k) {
      f_term *= cube / ((3. * k - 1) * (3. * k));
      g_term *= cube / ((3. * k) * (3. * k + 1));
      f += f_term;
      g += g_term;
      if (std::fabs(f_term) < kEps * std::fabs(f) && std::fabs(g_term) <= kEps * std::fabs(g)) break;
    }
    return kC1 * f - kC2 * g;
  }
  // Oscillating: the asymptotic series in 1 / zeta.
  double even = 0, odd = 0, term = 1;
  for (int k = 0; k < 30; ++k) {
    const double sign = k / 2 % 2 ? -1 : 1;
    (k % 2 ? odd : even) += sign * term;
    const double next = term * (6 * k + 5.) * (6 * k + 1.) / (72 * (k + 1.) * zeta_);
    if (next >= term || next < kEps) break;
    term = next;
  }
  const double angle = zeta_ - kPi / 4;
  return (std::cos(angle) * even + std::sin(angle) * odd) / (std::sqrt(kPi) * std::pow(-x, 0.25));
}

// ---- Orthogonal polynomials

namespace {

/// p(0), p(1), then p(k+1) = next(k, p(k), p(k-1)).
template <class Next>
double recurrence(double p0, double p1, int64_t n, Next&& next) {
  if (n == 0) return p0;
  double before = p0, now = p1;
  for (int64_t k = 1; k < n && !std::isnan(now); ++k) {
    const double following = next(double(k), now, before);
    before = now;
    now = following;
  }
  return now;
}
double chebyshev(double first, double x, int64_t n) {
  return recurrence(1, first, n, [x](double, double p, double q) { return 2 * x * p - q; });
}
double alternating(int64_t n) { return n % 2 ? -1 : 1; }

}  // namespace

double chebyshev_t(double x, double degree) {
  const int64_t n = int64_t(degree);
  if (n < 0) return 0;
  if (std::fabs(x) == 1) return x > 0 ? 1 : alternating(n);
  if (n > 6 && std::fabs(x) < 1) return std::cos(double(n) * std::acos(x));
  return chebyshev(x, x, n);
}
double chebyshev_u(double x, double degree) {
  const int64_t n = int64_t(degree);
  if (n < 0) return 0;
  if (std::fabs(x) == 1) return (x > 0 ? 1 : alternating(n)) * double(n + 1);
  if (n > 8 && std::fabs(x) < 1) {
    const double angle = std::acos(x);
    return std::sin(double(n + 1) * angle) / std::sin(angle);
  }
  return chebyshev(2 * x, x, n);
}
double chebyshev_v(double x, double degree) {
  const int64_t n = int64_t(degree);
  if (n < 0) return 0;
  if (std::fabs(x) == 1) return x > 0 ? 1 : alternating(n) * double(2 * n + 1);
  if (n > 8 && std::fabs(x) < 1) {
    const double angle = std::acos(x);
    return std::cos((double(n) + 0.5) * angle) / std::cos(angle / 2);
  }
  return chebyshev(2 * x - 1, x, n);
}
double chebyshev_w(double x, double degree) {
  const int64_t n = int64_t(degree);
  if (n < 0) return 0;
  if (std::fabs(x) == 1) return x > 0 ? double(2 * n + 1) : alternating(n);
  if (n > 8 && std::fabs(x) < 1) {
    const double angle = std::acos(x);
    return std::sin((double(n) + 0.5) * angle) / std::sin(angle / 2);
  }
  return chebyshev(2 * x + 1, x, n);
}
double hermite_h(double x, double degree) {
  const int64_t n = int64_t(degree);
  if (n < 0) return 0;
  if (n > 1024) return kNan;
  return recurrence(1, 2 * x, n, [x](double k, double p, double q) { return 2 * x * p - 2 * k * q; });
}
double hermite_he(double x, double degree) {
  const int64_t n = int64_t(degree);
  if (n < 0) return 0;
  if (n > 1024) return kNan;
  return recurrence(1, x, n, [x](double k, double p, double q) { return x * p - k * q; });
}
double laguerre_l(double x, double degree) {
  const int64_t n = int64_t(degree);
  if (n < 0) return 0;
  if (x == 0) return 1;
  return recurrence(1, 1 - x, n, [x](double k, double p, double q) { return ((2 * k + 1 - x) * p - k * q) / (k + 1); });
}
double legendre_p(double x, double degree) {
  const int64_t n = int64_t(degree);
  if (n < 0) return 0;
  if (std::fabs(x) == 1) return x > 0 ? 1 : alternating(n);
  return recurrence(1, x, n, [x](double k, double p, double q) { return ((2 * k + 1) * x * p - k * q) / (k + 1); });
}

}  // namespace rushlight::cpu
