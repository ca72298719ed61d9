/// Sine, cosine, tangent, the hyperbolic ones, and their inverses.
#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/functions/trigonometric.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

#define RUSHLIGHT_STD_FORMULA(Name, function)                      \
  template <class T>                                               \
  struct Name {                                                    \
    static constexpr auto kVector = cpu::VectorFunction::function; \
    T operator()(T x) const { return std::function(x); }           \
  };
RUSHLIGHT_STD_FORMULA(Sin, sin)
RUSHLIGHT_STD_FORMULA(Cos, cos)
RUSHLIGHT_STD_FORMULA(Tan, tan)
RUSHLIGHT_STD_FORMULA(Asin, asin)
RUSHLIGHT_STD_FORMULA(Acos, acos)
RUSHLIGHT_STD_FORMULA(Atan, atan)
RUSHLIGHT_STD_FORMULA(Sinh, sinh)
RUSHLIGHT_STD_FORMULA(Cosh, cosh)
RUSHLIGHT_STD_FORMULA(Tanh, tanh)
RUSHLIGHT_STD_FORMULA(Asinh, asinh)
RUSHLIGHT_STD_FORMULA(Acosh, acosh)
RUSHLIGHT_STD_FORMULA(Atanh, atanh)
#undef RUSHLIGHT_STD_FORMULA

template <class T>
struct Atan2 {
  T operator()(T y, T x) const { return std::atan2(y, x); }
};

constexpr DtypeSet kSet = kFloating | kComplex;
Tensor one_minus_square(const Tensor& t) { return Scalar(1) - t * t; }
Tensor tanh_backward_cpu(const Tensor& grad_output, const Tensor& output) {
  return grad_output * conjugate(one_minus_square(output));
}

}  // namespace

void declare_trigonometric(OpSet& ops) {
  ops.add({.schema = "sin(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Sin, kSet, Promote::int_to_float>("sin"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conjugate(cos(b.saved("self"))); }}},
           .doc = "The sine of angles in radians."});
  ops.add({.schema = "cos(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Cos, kSet, Promote::int_to_float>("cos"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * -conjugate(sin(b.saved("self"))); }}},
           .doc = "The cosine of angles in radians."});
  ops.add(
      {.schema = "tan(Tensor self) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = unary_kernel<Tan, kSet, Promote::int_to_float>("tan"),
       .saves = "result",
       .derivatives = {{"self",
                        [](const Backward& b) { return b.grad() * conjugate(Scalar(1) + b.result() * b.result()); }}},
       .doc = "The tangent of angles in radians."});
  ops.add({.schema = "asin(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Asin, kSet, Promote::int_to_float>("asin"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.grad() * conjugate(rsqrt(one_minus_square(b.saved("self"))));
                            }}},
           .doc = "The inverse sine, in radians."});
  ops.add({.schema = "acos(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Acos, kSet, Promote::int_to_float>("acos"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.grad() * -conjugate(rsqrt(one_minus_square(b.saved("self"))));
                            }}},
           .doc = "The inverse cosine, in radians."});
  ops.add({.schema = "atan(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Atan, kSet, Promote::int_to_float>("atan"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              return b.grad() / conjugate(self * self + Scalar(1));
                            }}},
           .doc = "The inverse tangent, in radians."});
  ops.add({.schema = "atan2(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<Atan2, kFloating, Promote::int_to_float>("atan2"),
           .saves = "self, other",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor y = b.saved("self"), x = b.saved("other");
                              return b.grad() * (x / (y * y + x * x));
                            }},
                           {"other",
                            [](const Backward& b) {
                              const Tensor y = b.saved("self"), x = b.saved("other");
                              return b.grad() * (-y / (y * y + x * x));
                            }}},
           .doc = "The angle of the point (other, self), in radians."});
  ops.add({.schema = "sinh(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Sinh, kSet, Promote::int_to_float>("sinh"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conjugate(cosh(b.saved("self"))); }}},
           .doc = "The hyperbolic sine."});
  ops.add({.schema = "cosh(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Cosh, kSet, Promote::int_to_float>("cosh"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conjugate(sinh(b.saved("self"))); }}},
           .doc = "The hyperbolic cosine."});
  ops.add({.schema = "tanh(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Tanh, kSet, Promote::int_to_float>("tanh"),
           .saves = "result",
           .derivatives = {{"self", [](const Backward& b) { return tanh_backward(b.grad(), b.result()); }}},
           .doc = "The hyperbolic tangent."});
  ops.add(
      {.schema = "tanh_backward(Tensor grad_output, Tensor output) -> Tensor",
       .kernel = typed_kernel<&tanh_backward_cpu>(),
       .saves = "grad_output, output",
       .derivatives = {{"grad_output",
                        [](const Backward& b) { return b.grad() * conjugate(one_minus_square(b.saved("output"))); }},
                       {"output",
                        [](const Backward& b) {
                          return b.grad() * conjugate(b.saved("grad_output") * b.saved("output")) * Scalar(-2);
                        }}},
       .traits = OpTraits::no_method,
       .doc = "grad_output * (1 - output ** 2)."});
  ops.add({.schema = "asinh(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Asinh, kSet, Promote::int_to_float>("asinh"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              return b.grad() * conjugate(rsqrt(self * self + Scalar(1)));
                            }}},
           .doc = "The inverse hyperbolic sine."});
  ops.add({.schema = "acosh(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Acosh, kSet, Promote::int_to_float>("acosh"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              return b.grad() * conjugate(rsqrt(self - Scalar(1)) * rsqrt(self + Scalar(1)));
                            }}},
           .doc = "The inverse hyperbolic cosine."});
  ops.add({.schema = "atanh(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Atanh, kSet, Promote::int_to_float>("atanh"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return b.grad() * conjugate(reciprocal(one_minus_square(b.saved("self"))));
                            }}},
           .doc = "The inverse hyperbolic tangent."});
}

}  // namespace rushlight::ops
