/// Exponentials and logarithms.
#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/functions/exponential.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {
using cpu::is_complex_v;

template <class T>
struct Exp {
  static constexpr auto kVector = cpu::VectorFunction::exp;
  T operator()(T x) const { return std::exp(x); }
};
template <class T>
struct Exp2 {
  T operator()(T x) const {
    if constexpr (is_complex_v<T>)
      return std::pow(T(2), x);
    else
      return std::exp2(x);
  }
};
template <class T>
struct Expm1 {
  static constexpr auto kVector = cpu::VectorFunction::expm1;
  T operator()(T x) const {
    if constexpr (is_complex_v<T>) {
      // exp(a + bi) - 1 without cancellation near 0.
      using Part = typename T::value_type;
      const Part a = x.real(), b = x.imag(), half = std::sin(b / 2);
      return T(std::expm1(a) * std::cos(b) - 2 * half * half, std::exp(a) * std::sin(b));
    } else {
      return std::expm1(x);
    }
  }
};
template <class T>
struct Log {
  static constexpr auto kVector = cpu::VectorFunction::log;
  T operator()(T x) const { return std::log(x); }
};
template <class T>
struct Log10 {
  static constexpr auto kVector = cpu::VectorFunction::log10;
  T operator()(T x) const { return std::log10(x); }
};
template <class T>
struct Log2 {
  static constexpr auto kVector = cpu::VectorFunction::log2;
  T operator()(T x) const {
    if constexpr (is_complex_v<T>)
      return std::log(x) / std::log(T(2));
    else
      return std::log2(x);
  }
};
template <class T>
struct Log1p {
  static constexpr auto kVector = cpu::VectorFunction::log1p;
  T operator()(T x) const {
    if constexpr (is_complex_v<T>) {
      using Part = typename T::value_type;
      const Part a = x.real(), b = x.imag();
      // log|1 + x| from |1 + x|^2 - 1 = a (2 + a) + b^2.
      return T(std::log1p(a * (2 + a) + b * b) / 2, std::atan2(b, 1 + a));
    } else {
      return std::log1p(x);
    }
  }
};

constexpr DtypeSet kSet = kFloating | kComplex;
constexpr double kLn2 = 0.69314718055994530942, kLn10 = 2.30258509299404568402;

}  // namespace

void declare_exponential(OpSet& ops) {
  ops.add({.schema = "exp(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Exp, kSet, Promote::int_to_float>("exp"),
           .saves = "result",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conjugate(b.result()); }}},
           .doc = "e to the power of each element."});
  ops.add({.schema = "exp2(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Exp2, kSet, Promote::int_to_float>("exp2"),
           .saves = "result",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conjugate(b.result()) * Scalar(kLn2); }}},
           .doc = "2 to the power of each element."});
  ops.add({.schema = "expm1(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Expm1, kSet, Promote::int_to_float>("expm1"),
           .saves = "result",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * (conjugate(b.result()) + Scalar(1)); }}},
           .doc = "exp(self) - 1, exact near 0."});
  ops.add({.schema = "log(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Log, kSet, Promote::int_to_float>("log"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() / conjugate(b.saved("self")); }}},
           .doc = "The natural logarithm."});
  ops.add({.schema = "log10(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Log10, kSet, Promote::int_to_float>("log10"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) { return b.grad() / (conjugate(b.saved("self")) * Scalar(kLn10)); }}},
           .doc = "The logarithm to base 10."});
  ops.add({.schema = "log2(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Log2, kSet, Promote::int_to_float>("log2"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) { return b.grad() / (conjugate(b.saved("self")) * Scalar(kLn2)); }}},
           .doc = "The logarithm to base 2."});
  ops.add(
      {.schema = "log1p(Tensor self) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = unary_kernel<Log1p, kSet, Promote::int_to_float>("log1p"),
       .saves = "self",
       .derivatives = {{"self", [](const Backward& b) { return b.grad() / (conjugate(b.saved("self")) + Scalar(1)); }}},
       .doc = "log(1 + self), exact near 0."});
}

}  // namespace rushlight::ops
