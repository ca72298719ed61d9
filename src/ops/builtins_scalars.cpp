/// Arithmetic and comparison of complex numbers, and of numbers whose kind is known only at run time.
#include <algorithm>
#include <cmath>
#include <complex>

#include "base/text.h"
#include "ops/number_rules.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Complex = std::complex<double>;

struct Add {
  template <class T>
  static T of(T a, T b) {
    return a + b;
  }
  static int64_t of(int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }
};
struct Sub {
  template <class T>
  static T of(T a, T b) {
    return a - b;
  }
  static int64_t of(int64_t a, int64_t b) { return int64_t(uint64_t(a) - uint64_t(b)); }
};
struct Mul {
  template <class T>
  static T of(T a, T b) {
    return a * b;
  }
  static int64_t of(int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }
  static Complex of(Complex a, Complex b) { return complex_product(a, b); }
};
template <class F, class A, class B>
Complex complex_of(A a, B b) {
  if constexpr (std::is_same_v<A, int64_t>)
    return F::of(Complex(double(a)), Complex(b));
  else if constexpr (std::is_same_v<B, int64_t>)
    return F::of(Complex(a), Complex(double(b)));
  else
    return F::of(Complex(a), Complex(b));
}
template <class F>
Scalar numbers(const Scalar& a, const Scalar& b) {
  if (a.is_complex() || b.is_complex()) return Scalar(F::of(a.to<Complex>(), b.to<Complex>()));
  if (a.is_float() || b.is_float()) return Scalar(F::of(a.to<double>(), b.to<double>()));
  return Scalar(F::of(a.to<int64_t>(), b.to<int64_t>()));
}
Complex div_complex(Complex a, Complex b) { return complex_quotient(a, b); }
Complex neg_complex(Complex a) { return -a; }
Scalar neg_number(const Scalar& a) {
  return a.is_complex() || a.is_float() ? -a : Scalar(int64_t(0 - uint64_t(a.to<int64_t>())));
}
template <class A, class B>
Complex pow_complex(A a, B b) {
  return std::pow(Complex(a), Complex(b));
}
double pow_numbers(const Scalar& a, const Scalar& b) { return std::pow(a.to<double>(), b.to<double>()); }
int64_t pow_int_to_int(int64_t a, int64_t b) {
  uint64_t result = 1, base = uint64_t(a);
  for (uint64_t e = b < 0 ? 0 : uint64_t(b); e; e >>= 1, base *= base)
    if (e & 1) result *= base;
  return int64_t(result);
}
/// What needs an order of the numbers, as Python refuses it; PyTorch ends in an internal error.
void check_real(const Scalar& a, const Scalar& b, std::string_view sign) {
  if (a.is_complex() || b.is_complex())
    throw RuntimeError({.message = cat("'", sign, "' is not defined for complex numbers"),
                        .hint = "compare or divide real parts or magnitudes: z.real, abs(z)"});
}
Scalar floordiv_numbers(const Scalar& a, const Scalar& b) {
  check_real(a, b, "//");
  if (a.is_float() || b.is_float()) return Scalar(std::floor(a.to<double>() / b.to<double>()));
  const int64_t x = a.to<int64_t>(), y = b.to<int64_t>();
  if (y == 0) throw RuntimeError("division by 0");
  if (y == -1) return Scalar(int64_t(0 - uint64_t(x)));
  return Scalar(x / y - ((x % y != 0) & ((x < 0) != (y < 0))));
}
Scalar remainder_numbers(const Scalar& a, const Scalar& b) {
  check_real(a, b, "%");
  if (a.is_float() || b.is_float()) return Scalar(float_remainder(a.to<double>(), b.to<double>()));
  const int64_t x = a.to<int64_t>(), y = b.to<int64_t>();
  if (y == 0) throw RuntimeError("division by 0");
  if (y == -1) return Scalar(int64_t(0));
  const int64_t rest = x % y;
  return Scalar(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest);
}

template <bool equal, class A, class B>
bool compare_complex(A a, B b) {
  return (Complex(a) == Complex(b)) == equal;
}
template <bool equal>
bool compare_numbers(const Scalar& a, const Scalar& b) {
  const bool same = a.is_complex() || b.is_complex() ? a.to<Complex>() == b.to<Complex>()
                    : a.is_float() || b.is_float()   ? a.to<double>() == b.to<double>()
                                                     : a.to<int64_t>() == b.to<int64_t>();
  return same == equal;
}
/// -1, 0, 1; 2 when they have no order.
int order_of(const Scalar& a, const Scalar& b) {
  if (a.is_float() || b.is_float() || a.is_complex() || b.is_complex()) {
    const double x = a.to<double>(), y = b.to<double>();
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
  }
  const int64_t x = a.to<int64_t>(), y = b.to<int64_t>();
  return x < y ? -1 : x > y;
}
bool lt_numbers(const Scalar& a, const Scalar& b) {
  check_real(a, b, "<");
  return order_of(a, b) == -1;
}
bool gt_numbers(const Scalar& a, const Scalar& b) {
  check_real(a, b, ">");
  return order_of(a, b) == 1;
}
bool le_numbers(const Scalar& a, const Scalar& b) {
  check_real(a, b, "<=");
  return order_of(a, b) <= 0;
}
bool ge_numbers(const Scalar& a, const Scalar& b) {
  check_real(a, b, ">=");
  return order_of(a, b) == 0 || order_of(a, b) == 1;
}

template <class A, class B>
Complex make_complex(A real, B imaginary) {
  return Complex(double(real), double(imaginary));
}
Complex complex_of_number(const Scalar& a) { return a.to<Complex>(); }
/// A part given as a number or as a tensor of one element.
template <class T>
double part_of(const T& value) {
  if constexpr (std::is_same_v<T, Tensor>)
    return value.item().template to<double>();
  else
    return double(value);
}
template <class Real, class Imaginary>
Complex complex_of_parts(const Real& real, const Imaginary& imaginary) {
  return Complex(part_of(real), part_of(imaginary));
}
Complex complex_of_tensors(const Tensor& a, const Tensor& b) { return complex_of_parts(a, b); }
Complex complex_of_tensor_float(const Tensor& a, double b) { return complex_of_parts(a, b); }
Complex complex_of_tensor_int(const Tensor& a, int64_t b) { return complex_of_parts(a, b); }
Complex complex_of_tensor_bool(const Tensor& a, bool b) { return complex_of_parts(a, b); }
Complex complex_of_float_tensor(double a, const Tensor& b) { return complex_of_parts(a, b); }
Complex complex_of_int_tensor(int64_t a, const Tensor& b) { return complex_of_parts(a, b); }
Complex complex_of_bool_tensor(bool a, const Tensor& b) { return complex_of_parts(a, b); }
template <bool larger, class A, class B>
double extreme_mixed(A a, B b) {
  const double x = double(a), y = double(b);
  return larger ? (y > x ? y : x) : (y < x ? y : x);
}
template <bool larger>
Scalar extreme_numbers(const Scalar& a, const Scalar& b) {
  if (a.is_float() || b.is_float()) return Scalar(extreme_mixed<larger>(a.to<double>(), b.to<double>()));
  const int64_t x = a.to<int64_t>(), y = b.to<int64_t>();
  return Scalar(larger ? std::max(x, y) : std::min(x, y));
}
template <bool equal>
bool compare_values(const IValue& a, const IValue& b) {
  return a.equals(b) == equal;
}

std::string digits(int64_t value, unsigned base, std::string_view prefix) {
  std::string text;
  uint64_t rest = value < 0 ? 0 - uint64_t(value) : uint64_t(value);
  do text.insert(text.begin(), "0123456789abcdef"[rest % base]);
  while (rest /= base);
  return cat(value < 0 ? "-" : "", prefix, text);
}
std::string bin_of(int64_t value) { return digits(value, 2, "0b"); }
std::string oct_of(int64_t value) { return digits(value, 8, "0o"); }
std::string hex_of(int64_t value) { return digits(value, 16, "0x"); }

}  // namespace

void declare_builtins_scalars(OpSet& ops) {
  ops.add({.schema = "add.complex(complex a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Add, Complex, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "add.int_complex(int a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Add, int64_t, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "add.complex_int(complex a, int b) -> complex",
           .kernel = typed_kernel<&complex_of<Add, Complex, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "add.float_complex(float a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Add, double, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "add.complex_float(complex a, float b) -> complex",
           .kernel = typed_kernel<&complex_of<Add, Complex, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "add(Scalar a, Scalar b) -> Scalar",
           .kernel = typed_kernel<&numbers<Add>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sub.complex(complex a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Sub, Complex, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sub.int_complex(int a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Sub, int64_t, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sub.complex_int(complex a, int b) -> complex",
           .kernel = typed_kernel<&complex_of<Sub, Complex, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sub.float_complex(float a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Sub, double, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sub.complex_float(complex a, float b) -> complex",
           .kernel = typed_kernel<&complex_of<Sub, Complex, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sub(Scalar a, Scalar b) -> Scalar",
           .kernel = typed_kernel<&numbers<Sub>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mul.complex(complex a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Mul, Complex, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mul.int_complex(int a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Mul, int64_t, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mul.complex_int(complex a, int b) -> complex",
           .kernel = typed_kernel<&complex_of<Mul, Complex, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mul.float_complex(float a, complex b) -> complex",
           .kernel = typed_kernel<&complex_of<Mul, double, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mul.complex_float(complex a, float b) -> complex",
           .kernel = typed_kernel<&complex_of<Mul, Complex, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mul(Scalar a, Scalar b) -> Scalar",
           .kernel = typed_kernel<&numbers<Mul>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "div.complex(complex a, complex b) -> complex",
           .kernel = typed_kernel<&div_complex>(),
           .traits = OpTraits::language});
  ops.add({.schema = "neg.complex(complex a) -> complex",
           .kernel = typed_kernel<&neg_complex>(),
           .traits = OpTraits::language});
  ops.add({.schema = "neg.Scalar(Scalar a) -> Scalar",
           .kernel = typed_kernel<&neg_number>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pow.complex(complex a, complex b) -> complex",
           .kernel = typed_kernel<&pow_complex<Complex, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pow.float_complex(float a, complex b) -> complex",
           .kernel = typed_kernel<&pow_complex<double, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pow.complex_float(complex a, float b) -> complex",
           .kernel = typed_kernel<&pow_complex<Complex, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pow.Scalar_Scalar(Scalar a, Scalar b) -> float",
           .kernel = typed_kernel<&pow_numbers>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pow.int_to_int(int a, int b) -> int",
           .kernel = typed_kernel<&pow_int_to_int>(),
           .traits = OpTraits::language});
  ops.add({.schema = "floordiv(Scalar a, Scalar b) -> Scalar",
           .kernel = typed_kernel<&floordiv_numbers>(),
           .traits = OpTraits::language});
  ops.add({.schema = "remainder(Scalar a, Scalar b) -> Scalar",
           .kernel = typed_kernel<&remainder_numbers>(),
           .traits = OpTraits::language});
  ops.add({.schema = "eq.complex(complex a, complex b) -> bool",
           .kernel = typed_kernel<&compare_complex<true, Complex, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "eq.float_complex(float a, complex b) -> bool",
           .kernel = typed_kernel<&compare_complex<true, double, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "eq.complex_float(complex a, float b) -> bool",
           .kernel = typed_kernel<&compare_complex<true, Complex, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "eq(Scalar a, Scalar b) -> bool",
           .kernel = typed_kernel<&compare_numbers<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne.complex(complex a, complex b) -> bool",
           .kernel = typed_kernel<&compare_complex<false, Complex, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne.float_complex(float a, complex b) -> bool",
           .kernel = typed_kernel<&compare_complex<false, double, Complex>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne.complex_float(complex a, float b) -> bool",
           .kernel = typed_kernel<&compare_complex<false, Complex, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne(Scalar a, Scalar b) -> bool",
           .kernel = typed_kernel<&compare_numbers<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "eq.device(Device a, Device b) -> bool",
           .kernel = typed_kernel<&compare_values<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne.device(Device a, Device b) -> bool",
           .kernel = typed_kernel<&compare_values<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "eq.enum(AnyEnumType a, AnyEnumType b) -> bool",
           .kernel = typed_kernel<&compare_values<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne.enum(AnyEnumType a, AnyEnumType b) -> bool",
           .kernel = typed_kernel<&compare_values<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "lt(Scalar a, Scalar b) -> bool",
           .kernel = typed_kernel<&lt_numbers>(),
           .traits = OpTraits::language});
  ops.add({.schema = "gt(Scalar a, Scalar b) -> bool",
           .kernel = typed_kernel<&gt_numbers>(),
           .traits = OpTraits::language});
  ops.add({.schema = "le(Scalar a, Scalar b) -> bool",
           .kernel = typed_kernel<&le_numbers>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ge(Scalar a, Scalar b) -> bool",
           .kernel = typed_kernel<&ge_numbers>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.Scalar(Scalar a) -> complex",
           .kernel = typed_kernel<&complex_of_number>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.Tensor_Tensor(Tensor a, Tensor b) -> complex",
           .kernel = typed_kernel<&complex_of_tensors>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.Tensor_float(Tensor x, float y) -> complex",
           .kernel = typed_kernel<&complex_of_tensor_float>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.Tensor_int(Tensor x, int y) -> complex",
           .kernel = typed_kernel<&complex_of_tensor_int>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.Tensor_bool(Tensor x, bool y) -> complex",
           .kernel = typed_kernel<&complex_of_tensor_bool>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.float_Tensor(float x, Tensor y) -> complex",
           .kernel = typed_kernel<&complex_of_float_tensor>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.int_Tensor(int x, Tensor y) -> complex",
           .kernel = typed_kernel<&complex_of_int_tensor>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.bool_Tensor(bool x, Tensor y) -> complex",
           .kernel = typed_kernel<&complex_of_bool_tensor>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::max.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&extreme_mixed<true, int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::max.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&extreme_mixed<true, double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::max(Scalar a, Scalar b) -> Scalar",
           .kernel = typed_kernel<&extreme_numbers<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::min.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&extreme_mixed<false, int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::min.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&extreme_mixed<false, double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::min(Scalar a, Scalar b) -> Scalar",
           .kernel = typed_kernel<&extreme_numbers<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "bin(int i) -> str", .kernel = typed_kernel<&bin_of>(), .traits = OpTraits::language});
  ops.add({.schema = "oct(int i) -> str", .kernel = typed_kernel<&oct_of>(), .traits = OpTraits::language});
  ops.add({.schema = "hex(int i) -> str", .kernel = typed_kernel<&hex_of>(), .traits = OpTraits::language});
  ops.add({.schema = "Complex.int_int(int x, int y) -> complex",
           .kernel = typed_kernel<&make_complex<int64_t, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.int_float(int x, float y) -> complex",
           .kernel = typed_kernel<&make_complex<int64_t, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.int_bool(int x, bool y) -> complex",
           .kernel = typed_kernel<&make_complex<int64_t, bool>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.float_int(float x, int y) -> complex",
           .kernel = typed_kernel<&make_complex<double, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.float_float(float x, float y) -> complex",
           .kernel = typed_kernel<&make_complex<double, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.float_bool(float x, bool y) -> complex",
           .kernel = typed_kernel<&make_complex<double, bool>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.bool_int(bool x, int y) -> complex",
           .kernel = typed_kernel<&make_complex<bool, int64_t>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.bool_float(bool x, float y) -> complex",
           .kernel = typed_kernel<&make_complex<bool, double>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Complex.bool_bool(bool x, bool y) -> complex",
           .kernel = typed_kernel<&make_complex<bool, bool>>(),
           .traits = OpTraits::language});
}

}  // namespace rushlight::ops
