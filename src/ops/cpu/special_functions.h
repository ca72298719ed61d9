/// Special functions of real numbers in double precision. Where C++ has one it is used; the others are computed from
/// series, continued fractions and integrals, to about 1e-13.
#pragma once
#include <cstdint>

namespace rushlight::cpu {

double erfinv(double x);
double erfcx(double x);  ///< exp(x*x) * erfc(x)
double ndtr(double x);   ///< the normal distribution function
double ndtri(double p);  ///< its inverse
double log_ndtr(double x);

double digamma(double x);
double polygamma(int64_t n, double x);
double zeta(double x, double q);     ///< Hurwitz's
double igamma(double a, double x);   ///< regularised, lower
double igammac(double a, double x);  ///< regularised, upper

double bessel_i0(double x);
double bessel_i0e(double x);  ///< exp(-|x|) * i0(x)
double bessel_i1(double x);
double bessel_i1e(double x);
double bessel_k0(double x);
double bessel_k0e(double x);  ///< exp(x) * k0(x)
double bessel_k1(double x);
double bessel_k1e(double x);
double spherical_bessel_j0(double x);
double airy_ai(double x);

/// Orthogonal polynomials of degree n; a negative degree gives 0. `n` is a double that is cut to an integer.
double chebyshev_t(double x, double n);
double chebyshev_u(double x, double n);
double chebyshev_v(double x, double n);
double chebyshev_w(double x, double n);
double hermite_h(double x, double n);
double hermite_he(double x, double n);
double laguerre_l(double x, double n);
double legendre_p(double x, double n);

}  // namespace rushlight::cpu
