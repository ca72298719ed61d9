/// Builtins of the language on numbers and bools: arithmetic, comparison, conversion, math. The arithmetic of programs
/// is 64-bit, wraps, and divides as Python does.
#include <cerrno>
#include <cmath>

#include "base/text.h"
#include "ops/number_rules.h"
#include "ops/typed_kernel.h"
#include "ops/variable_queries.h"

namespace rushlight::ops {
namespace {

[[noreturn]] void zero_division() { throw RuntimeError("division by 0"); }

template <class T>
T add_of(T a, T b) {
  if constexpr (std::is_same_v<T, int64_t>)
    return int64_t(uint64_t(a) + uint64_t(b));
  else
    return a + b;
}
template <class T>
T sub_of(T a, T b) {
  if constexpr (std::is_same_v<T, int64_t>)
    return int64_t(uint64_t(a) - uint64_t(b));
  else
    return a - b;
}
template <class T>
T mul_of(T a, T b) {
  if constexpr (std::is_same_v<T, int64_t>)
    return int64_t(uint64_t(a) * uint64_t(b));
  else
    return a * b;
}
/// Division by zero gives what the processor gives; only whole numbers refuse it.
template <class A, class B>
double div_of(A a, B b) {
  return double(a) / double(b);
}
Scalar div_scalars(const Scalar& a, const Scalar& b) {
  if (a.is_complex() || b.is_complex()) return Scalar(a.to<std::complex<double>>() / b.to<std::complex<double>>());
  return Scalar(a.to<double>() / b.to<double>());
}
template <class A, class B>
double add_mixed(A a, B b) {
  return double(a) + double(b);
}
template <class A, class B>
double sub_mixed(A a, B b) {
  return double(a) - double(b);
}
template <class A, class B>
double mul_mixed(A a, B b) {
  return double(a) * double(b);
}
int64_t floordiv_int(int64_t a, int64_t b) {
  if (b == 0) zero_division();
  if (b == -1) return int64_t(0 - uint64_t(a));
  return a / b - ((a % b != 0) & ((a < 0) != (b < 0)));
}
template <class A, class B>
double floordiv_mixed(A a, B b) {
  return std::floor(double(a) / double(b));
}
int64_t remainder_int(int64_t a, int64_t b) {
  if (b == 0) zero_division();
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
template <class A, class B>
double remainder_mixed(A a, B b) {
  return float_remainder(double(a), double(b));
}
template <class A, class B>
double pow_mixed(A a, B b) {
  if (double(a) == 0 && double(b) < 0) throw RuntimeError("0.0 cannot be raised to a negative power");
  return std::pow(double(a), double(b));
}
int64_t neg_int(int64_t a) { return int64_t(0 - uint64_t(a)); }
double neg_float(double a) { return -a; }

#define RUSHLIGHT_COMPARISON(name, op)  \
  template <class A, class B>           \
  bool name(A a, B b) {                 \
    if constexpr (std::is_same_v<A, B>) \
      return a op b;                    \
    else                                \
      return double(a) op double(b);    \
  }
RUSHLIGHT_COMPARISON(lt_of, <)
RUSHLIGHT_COMPARISON(le_of, <=)
RUSHLIGHT_COMPARISON(gt_of, >)
RUSHLIGHT_COMPARISON(ge_of, >=)
RUSHLIGHT_COMPARISON(eq_of, ==)
RUSHLIGHT_COMPARISON(ne_of, !=)
#undef RUSHLIGHT_COMPARISON

bool not_of(bool a) { return !a; }
bool and_of(bool a, bool b) { return a && b; }
bool or_of(bool a, bool b) { return a || b; }
bool xor_of(bool a, bool b) { return a != b; }
int64_t and_int(int64_t a, int64_t b) { return a & b; }
int64_t or_int(int64_t a, int64_t b) { return a | b; }
int64_t xor_int(int64_t a, int64_t b) { return a ^ b; }
// The count is taken modulo 64, as processors shift.
int64_t shift_left(int64_t a, int64_t b) { return int64_t(uint64_t(a) << (uint64_t(b) & 63)); }
int64_t shift_right(int64_t a, int64_t b) { return a >> (uint64_t(b) & 63); }

int64_t int_of_bool(bool a) { return a; }
int64_t int_of_float(double a) {
  if (!(a >= -9.2233720368547758e18 && a < 9.2233720368547758e18)) return std::numeric_limits<int64_t>::min();
  return int64_t(a);
}
/// RuntimeError, by PyTorch's name of the C++ type, where the number has no place among the integers or reals.
void check_convertible(bool fits, std::string_view type) {
  if (!fits) throw RuntimeError(cat("value cannot be converted to type ", type, " without overflow"));
}
double real_number(const Scalar& a, std::string_view type) {
  check_convertible(!a.is_complex() || a.to<std::complex<double>>().imag() == 0, type);
  return a.to<double>();
}
int64_t whole_number(const Scalar& a, std::string_view type) {
  if (!a.is_float() && !a.is_complex()) return a.to<int64_t>();
  constexpr double kEnd = 9223372036854775808.0;
  const double value = real_number(a, type);
  check_convertible(value >= -kEnd && value < kEnd, type);
  return int64_t(value);
}
int64_t int_of_scalar(const Scalar& a) { return whole_number(a, "int"); }
/// A text that is a number to its end. Where nothing of it is one, or one too large, PyTorch's message is the name of
/// the C++ function that it calls; the hint says what is wrong.
template <class Number, class Read>
Number number_of_string(std::string_view text, Read read, const char* function, const char* wanted,
                        const char* message) {
  const std::string copy(text);
  char* end = nullptr;
  errno = 0;
  const Number value = read(copy.c_str(), &end);
  if (end == copy.c_str() || errno == ERANGE)
    throw RuntimeError({.message = function, .hint = cat("'", text, "' is not ", wanted)});
  if (*end) throw RuntimeError(cat(message, ": '", text, "'"));
  return value;
}
int64_t int_of_string(std::string_view text) {
  return number_of_string<int64_t>(
      text, [](const char* from, char** end) { return int64_t(std::strtoll(from, end, 10)); }, "stoll",
      "an integer of 64 bits", "invalid literal for int() with base 10");
}
int64_t int_of_tensor(const Tensor& a) { return whole_number(a.item(), "int64_t"); }
double float_of_int(int64_t a) { return double(a); }
double float_of_bool(bool a) { return a; }
double float_of_scalar(const Scalar& a) { return real_number(a, "double"); }
double float_of_tensor(const Tensor& a) { return real_number(a.item(), "double"); }
double float_of_string(std::string_view text) {
  return number_of_string<double>(
      text, [](const char* from, char** end) { return std::strtod(from, end); }, "stod", "a number",
      "could not convert string to float");
}
bool bool_of_int(int64_t a) { return a != 0; }
bool bool_of_float(double a) { return a != 0; }
bool bool_of_tensor(const Tensor& a) {
  if (a.numel() == 0) throw RuntimeError("Boolean value of Tensor with no values is ambiguous");
  if (a.numel() > 1) throw RuntimeError("Boolean value of Tensor with more than one value is ambiguous");
  return a.item().to<bool>();
}
std::complex<double> complex_of_tensor(const Tensor& a) { return a.item().to<std::complex<double>>(); }
Scalar scalar_of_tensor(const Tensor& a) { return a.item(); }

/// A tensor where a number is wanted: one element without dimensions and without a gradient.
template <auto kConvert, bool kIntegral = false>
auto implicit(const Tensor& a) {
  if (variable_queries.requires_grad && variable_queries.requires_grad(a))
    throw RuntimeError("Cannot input a tensor that requires grad as a scalar argument");
  if (a.dim() != 0) throw RuntimeError("Cannot input a tensor of dimension other than 0 as a scalar argument");
  if (kIntegral && !is_integral(a.dtype()))
    throw RuntimeError(
        cat("Cannot input a tensor of type ", dtype_info(a.dtype()).ir_name, " as an integral argument"));
  return kConvert(a);
}

double math_sqrt(double a) { return std::sqrt(a); }
double math_exp(double a) { return std::exp(a); }
double math_log(double a) { return std::log(a); }
double math_sin(double a) { return std::sin(a); }
double math_cos(double a) { return std::cos(a); }
double math_tan(double a) { return std::tan(a); }
double math_tanh(double a) { return std::tanh(a); }
double fabs_of(double a) { return std::fabs(a); }
int64_t abs_int(int64_t a) { return a < 0 ? neg_int(a) : a; }
/// The second of two that are equal, and where there is a nan.
template <class T>
T min_of(T a, T b) {
  return a < b ? a : b;
}
template <class T>
T max_of(T a, T b) {
  return a > b ? a : b;
}

int64_t range_length(int64_t low, int64_t high, int64_t step) {
  if (step == 0) throw RuntimeError("range() arg 3 must not be zero");
  if (step > 0 && low < high) return 1 + (high - 1 - low) / step;
  if (step < 0 && low > high) return 1 + (low - 1 - high) / (0 - step);
  return 0;
}
int64_t derive_index(int64_t index, int64_t start, int64_t step) { return start + index * step; }
std::string str_of(const IValue& value) { return value.is_string() ? value.to_string() : value.str(); }

}  // namespace

void declare_builtins_numbers(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add({.schema = "add.int(int a, int b) -> int",
           .kernel = typed_kernel<&add_of<int64_t>>(),
           .traits = kLanguage,
           .opcode = "add.i64"});
  ops.add({.schema = "add.float(float a, float b) -> float",
           .kernel = typed_kernel<&add_of<double>>(),
           .traits = kLanguage,
           .opcode = "add.f64"});
  ops.add({.schema = "add.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&add_mixed<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "add.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&add_mixed<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "sub.int(int a, int b) -> int",
           .kernel = typed_kernel<&sub_of<int64_t>>(),
           .traits = kLanguage,
           .opcode = "sub.i64"});
  ops.add({.schema = "sub.float(float a, float b) -> float",
           .kernel = typed_kernel<&sub_of<double>>(),
           .traits = kLanguage,
           .opcode = "sub.f64"});
  ops.add({.schema = "sub.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&sub_mixed<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "sub.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&sub_mixed<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "mul.int(int a, int b) -> int",
           .kernel = typed_kernel<&mul_of<int64_t>>(),
           .traits = kLanguage,
           .opcode = "mul.i64"});
  ops.add({.schema = "mul.float(float a, float b) -> float",
           .kernel = typed_kernel<&mul_of<double>>(),
           .traits = kLanguage,
           .opcode = "mul.f64"});
  ops.add({.schema = "mul.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&mul_mixed<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "mul.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&mul_mixed<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "div.int(int a, int b) -> float",
           .kernel = typed_kernel<&div_of<int64_t, int64_t>>(),
           .traits = kLanguage,
           .opcode = "truediv.i64"});
  ops.add({.schema = "div.float(float a, float b) -> float",
           .kernel = typed_kernel<&div_of<double, double>>(),
           .traits = kLanguage,
           .opcode = "div.f64"});
  ops.add({.schema = "div(Scalar a, Scalar b) -> Scalar", .kernel = typed_kernel<&div_scalars>(), .traits = kLanguage});
  ops.add({.schema = "floordiv.int(int a, int b) -> int",
           .kernel = typed_kernel<&floordiv_int>(),
           .traits = kLanguage,
           .opcode = "floordiv.i64"});
  ops.add({.schema = "floordiv.float(float a, float b) -> float",
           .kernel = typed_kernel<&floordiv_mixed<double, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "floordiv.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&floordiv_mixed<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "floordiv.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&floordiv_mixed<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "remainder.int(int a, int b) -> int",
           .kernel = typed_kernel<&remainder_int>(),
           .traits = kLanguage,
           .opcode = "remainder.i64"});
  ops.add({.schema = "remainder.float(float a, float b) -> float",
           .kernel = typed_kernel<&remainder_mixed<double, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "remainder.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&remainder_mixed<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "remainder.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&remainder_mixed<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "pow.int(int a, int b) -> float",
           .kernel = typed_kernel<&pow_mixed<int64_t, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "pow.float(float a, float b) -> float",
           .kernel = typed_kernel<&pow_mixed<double, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "pow.int_float(int a, float b) -> float",
           .kernel = typed_kernel<&pow_mixed<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "pow.float_int(float a, int b) -> float",
           .kernel = typed_kernel<&pow_mixed<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "neg.int(int a) -> int",
           .kernel = typed_kernel<&neg_int>(),
           .traits = kLanguage,
           .opcode = "neg.i64"});
  ops.add({.schema = "neg.float(float a) -> float",
           .kernel = typed_kernel<&neg_float>(),
           .traits = kLanguage,
           .opcode = "neg.f64"});

  ops.add({.schema = "lt.int(int a, int b) -> bool",
           .kernel = typed_kernel<&lt_of<int64_t, int64_t>>(),
           .traits = kLanguage,
           .opcode = "lt.i64"});
  ops.add({.schema = "lt.float(float a, float b) -> bool",
           .kernel = typed_kernel<&lt_of<double, double>>(),
           .traits = kLanguage,
           .opcode = "lt.f64"});
  ops.add({.schema = "lt.int_float(int a, float b) -> bool",
           .kernel = typed_kernel<&lt_of<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "lt.float_int(float a, int b) -> bool",
           .kernel = typed_kernel<&lt_of<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "le.int(int a, int b) -> bool",
           .kernel = typed_kernel<&le_of<int64_t, int64_t>>(),
           .traits = kLanguage,
           .opcode = "le.i64"});
  ops.add({.schema = "le.float(float a, float b) -> bool",
           .kernel = typed_kernel<&le_of<double, double>>(),
           .traits = kLanguage,
           .opcode = "le.f64"});
  ops.add({.schema = "le.int_float(int a, float b) -> bool",
           .kernel = typed_kernel<&le_of<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "le.float_int(float a, int b) -> bool",
           .kernel = typed_kernel<&le_of<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "gt.int(int a, int b) -> bool",
           .kernel = typed_kernel<&gt_of<int64_t, int64_t>>(),
           .traits = kLanguage,
           .opcode = "gt.i64"});
  ops.add({.schema = "gt.float(float a, float b) -> bool",
           .kernel = typed_kernel<&gt_of<double, double>>(),
           .traits = kLanguage,
           .opcode = "gt.f64"});
  ops.add({.schema = "gt.int_float(int a, float b) -> bool",
           .kernel = typed_kernel<&gt_of<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "gt.float_int(float a, int b) -> bool",
           .kernel = typed_kernel<&gt_of<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "ge.int(int a, int b) -> bool",
           .kernel = typed_kernel<&ge_of<int64_t, int64_t>>(),
           .traits = kLanguage,
           .opcode = "ge.i64"});
  ops.add({.schema = "ge.float(float a, float b) -> bool",
           .kernel = typed_kernel<&ge_of<double, double>>(),
           .traits = kLanguage,
           .opcode = "ge.f64"});
  ops.add({.schema = "ge.int_float(int a, float b) -> bool",
           .kernel = typed_kernel<&ge_of<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "ge.float_int(float a, int b) -> bool",
           .kernel = typed_kernel<&ge_of<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "eq.int(int a, int b) -> bool",
           .kernel = typed_kernel<&eq_of<int64_t, int64_t>>(),
           .traits = kLanguage,
           .opcode = "eq.i64"});
  ops.add({.schema = "eq.float(float a, float b) -> bool",
           .kernel = typed_kernel<&eq_of<double, double>>(),
           .traits = kLanguage,
           .opcode = "eq.f64"});
  ops.add({.schema = "eq.int_float(int a, float b) -> bool",
           .kernel = typed_kernel<&eq_of<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "eq.float_int(float a, int b) -> bool",
           .kernel = typed_kernel<&eq_of<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "eq.bool(bool a, bool b) -> bool",
           .kernel = typed_kernel<&eq_of<bool, bool>>(),
           .traits = kLanguage,
           .opcode = "eq.i64"});
  ops.add({.schema = "ne.int(int a, int b) -> bool",
           .kernel = typed_kernel<&ne_of<int64_t, int64_t>>(),
           .traits = kLanguage,
           .opcode = "ne.i64"});
  ops.add({.schema = "ne.float(float a, float b) -> bool",
           .kernel = typed_kernel<&ne_of<double, double>>(),
           .traits = kLanguage,
           .opcode = "ne.f64"});
  ops.add({.schema = "ne.int_float(int a, float b) -> bool",
           .kernel = typed_kernel<&ne_of<int64_t, double>>(),
           .traits = kLanguage});
  ops.add({.schema = "ne.float_int(float a, int b) -> bool",
           .kernel = typed_kernel<&ne_of<double, int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "ne.bool(bool a, bool b) -> bool",
           .kernel = typed_kernel<&ne_of<bool, bool>>(),
           .traits = kLanguage,
           .opcode = "ne.i64"});

  ops.add({.schema = "__not__(bool self) -> bool",
           .kernel = typed_kernel<&not_of>(),
           .traits = kLanguage,
           .opcode = "not.bool"});
  ops.add({.schema = "__and__.bool(bool a, bool b) -> bool",
           .kernel = typed_kernel<&and_of>(),
           .traits = kLanguage,
           .opcode = "and.i64"});
  ops.add({.schema = "__and__.int(int a, int b) -> int",
           .kernel = typed_kernel<&and_int>(),
           .traits = kLanguage,
           .opcode = "and.i64"});
  ops.add({.schema = "__or__.bool(bool a, bool b) -> bool",
           .kernel = typed_kernel<&or_of>(),
           .traits = kLanguage,
           .opcode = "or.i64"});
  ops.add({.schema = "__or__.int(int a, int b) -> int",
           .kernel = typed_kernel<&or_int>(),
           .traits = kLanguage,
           .opcode = "or.i64"});
  ops.add({.schema = "__xor__.bool(bool a, bool b) -> bool",
           .kernel = typed_kernel<&xor_of>(),
           .traits = kLanguage,
           .opcode = "xor.i64"});
  ops.add({.schema = "__xor__.int(int a, int b) -> int",
           .kernel = typed_kernel<&xor_int>(),
           .traits = kLanguage,
           .opcode = "xor.i64"});
  ops.add(
      {.schema = "__lshift__.int(int a, int b) -> int", .kernel = typed_kernel<&shift_left>(), .traits = kLanguage});
  ops.add(
      {.schema = "__rshift__.int(int a, int b) -> int", .kernel = typed_kernel<&shift_right>(), .traits = kLanguage});

  ops.add({.schema = "Int.Tensor(Tensor a) -> int", .kernel = typed_kernel<&int_of_tensor>(), .traits = kLanguage});
  ops.add({.schema = "Int.bool(bool a) -> int", .kernel = typed_kernel<&int_of_bool>(), .traits = kLanguage});
  ops.add({.schema = "Int.float(float a) -> int", .kernel = typed_kernel<&int_of_float>(), .traits = kLanguage});
  ops.add({.schema = "Int.Scalar(Scalar a) -> int", .kernel = typed_kernel<&int_of_scalar>(), .traits = kLanguage});
  ops.add({.schema = "Int.str(str a) -> int", .kernel = typed_kernel<&int_of_string>(), .traits = kLanguage});
  ops.add(
      {.schema = "Float.Tensor(Tensor a) -> float", .kernel = typed_kernel<&float_of_tensor>(), .traits = kLanguage});
  ops.add(
      {.schema = "Float.Scalar(Scalar a) -> float", .kernel = typed_kernel<&float_of_scalar>(), .traits = kLanguage});
  ops.add({.schema = "Float.int(int a) -> float",
           .kernel = typed_kernel<&float_of_int>(),
           .traits = kLanguage,
           .opcode = "i64.to.f64"});
  ops.add({.schema = "Float.bool(bool a) -> float", .kernel = typed_kernel<&float_of_bool>(), .traits = kLanguage});
  ops.add({.schema = "Float.str(str a) -> float", .kernel = typed_kernel<&float_of_string>(), .traits = kLanguage});
  ops.add({.schema = "Bool.Tensor(Tensor a) -> bool", .kernel = typed_kernel<&bool_of_tensor>(), .traits = kLanguage});
  ops.add({.schema = "Bool.int(int a) -> bool",
           .kernel = typed_kernel<&bool_of_int>(),
           .traits = kLanguage,
           .opcode = "i64.to.bool"});
  ops.add({.schema = "Bool.float(float a) -> bool",
           .kernel = typed_kernel<&bool_of_float>(),
           .traits = kLanguage,
           .opcode = "f64.to.bool"});
  ops.add({.schema = "IntImplicit(Tensor a) -> int",
           .kernel = typed_kernel<&implicit<int_of_tensor, true>>(),
           .traits = kLanguage});
  ops.add({.schema = "FloatImplicit(Tensor a) -> float",
           .kernel = typed_kernel<&implicit<float_of_tensor>>(),
           .traits = kLanguage});
  ops.add({.schema = "ComplexImplicit(Tensor a) -> complex",
           .kernel = typed_kernel<&implicit<complex_of_tensor>>(),
           .traits = kLanguage});
  ops.add({.schema = "ScalarImplicit(Tensor a) -> Scalar",
           .kernel = typed_kernel<&implicit<scalar_of_tensor>>(),
           .traits = kLanguage});
  ops.add({.schema = "str(t elem) -> str", .kernel = typed_kernel<&str_of>(), .traits = kLanguage});

  ops.add({.schema = "sqrt.float(float a) -> float",
           .kernel = typed_kernel<&math_sqrt>(),
           .traits = kLanguage,
           .opcode = "sqrt.f64"});
  ops.add({.schema = "exp.float(float a) -> float", .kernel = typed_kernel<&math_exp>(), .traits = kLanguage});
  ops.add({.schema = "log.float(float a) -> float", .kernel = typed_kernel<&math_log>(), .traits = kLanguage});
  ops.add({.schema = "sin.float(float a) -> float", .kernel = typed_kernel<&math_sin>(), .traits = kLanguage});
  ops.add({.schema = "cos.float(float a) -> float", .kernel = typed_kernel<&math_cos>(), .traits = kLanguage});
  ops.add({.schema = "tan.float(float a) -> float", .kernel = typed_kernel<&math_tan>(), .traits = kLanguage});
  ops.add({.schema = "tanh.float(float a) -> float", .kernel = typed_kernel<&math_tanh>(), .traits = kLanguage});
  ops.add({.schema = "fabs.float(float a) -> float", .kernel = typed_kernel<&fabs_of>(), .traits = kLanguage});
  ops.add({.schema = "prim::abs.int(int a) -> int", .kernel = typed_kernel<&abs_int>(), .traits = kLanguage});
  ops.add({.schema = "prim::abs.float(float a) -> float", .kernel = typed_kernel<&fabs_of>(), .traits = kLanguage});
  ops.add({.schema = "prim::min.int(int a, int b) -> int",
           .kernel = typed_kernel<&min_of<int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::min.float(float a, float b) -> float",
           .kernel = typed_kernel<&min_of<double>>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::max.int(int a, int b) -> int",
           .kernel = typed_kernel<&max_of<int64_t>>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::max.float(float a, float b) -> float",
           .kernel = typed_kernel<&max_of<double>>(),
           .traits = kLanguage});
  ops.add({.schema = "__range_length(int lo, int hi, int step) -> int",
           .kernel = typed_kernel<&range_length>(),
           .traits = kLanguage});
  ops.add({.schema = "__derive_index(int index, int start, int step) -> int",
           .kernel = typed_kernel<&derive_index>(),
           .traits = kLanguage});
}

}  // namespace rushlight::ops
