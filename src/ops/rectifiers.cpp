/// Activations made of pieces: straight, flat or exponential on either side of a threshold.
#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/functions/activations.h"
#include "ops/functions/comparison.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/rectifiers.h"
#include "ops/functions/sampling.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"
#include "ops/zero_gradient.h"
#include "tensor/random.h"

namespace rushlight::ops {
namespace {

template <class T>
T number(const IValue& value) {
  return value.to_scalar().to<T>();
}

template <class T>
struct Elu {
  T negative, scale, input_scale;
  explicit Elu(const IValue* a)
      : negative(number<T>(a[1]) * number<T>(a[2])), scale(number<T>(a[2])), input_scale(number<T>(a[3])) {}
  T operator()(T x) const { return x < T(0) ? std::expm1(x * input_scale) * negative : x * scale; }
};
constexpr double kSeluAlpha = 1.6732632423543772848170429916717, kSeluScale = 1.0507009873554804934193349852946;

template <class T>
struct LeakyRelu {
  T slope;
  explicit LeakyRelu(const IValue* a) : slope(number<T>(a[1])) {}
  T operator()(T x) const { return x > T(0) ? x : x * slope; }
};
/// The gradient is scaled where x is not positive; also of prelu by self.
template <class T>
struct LeakyReluBackward {
  T slope;
  explicit LeakyReluBackward(const IValue* a) : slope(number<T>(a[2])) {}
  T operator()(T grad, T x) const { return x > T(0) ? grad : grad * slope; }
};
template <class T>
struct Threshold {
  T threshold, value;
  explicit Threshold(const IValue* a) : threshold(number<T>(a[1])), value(number<T>(a[2])) {}
  T operator()(T x) const { return x <= threshold ? value : x; }
};
template <class T>
struct Hardswish {
  T operator()(T x) const { return x * std::min(std::max(x + T(3), T(0)), T(6)) / T(6); }
};
template <class T>
struct HardswishBackward {
  T operator()(T grad, T x) const { return x <= T(-3) ? T(0) : x < T(3) ? grad * (x / T(3) + T(0.5)) : grad; }
};
template <class T>
struct Hardsigmoid {
  T operator()(T x) const { return std::min(std::max(x + T(3), T(0)), T(6)) / T(6); }
};
template <class T>
struct HardsigmoidBackward {
  T operator()(T grad, T x) const { return x > T(-3) && x < T(3) ? grad / T(6) : T(0); }
};
template <class T>
struct Hardshrink {
  T bound;
  explicit Hardshrink(const IValue* a) : bound(number<T>(a[1])) {}
  T operator()(T x) const { return x >= -bound && x <= bound ? T(0) : x; }
};
template <class T>
struct Softshrink {
  T bound;
  explicit Softshrink(const IValue* a) : bound(number<T>(a[1])) {}
  T operator()(T x) const { return x > bound ? x - bound : x < -bound ? x + bound : x * T(0); }
};
template <class T>
struct ShrinkBackward {
  T bound;
  explicit ShrinkBackward(const IValue* a) : bound(number<T>(a[2])) {}
  T operator()(T grad, T x) const { return x >= -bound && x <= bound ? T(0) : grad; }
};
template <class T>
struct HardtanhBackward {
  T low, high;
  explicit HardtanhBackward(const IValue* a) : low(number<T>(a[2])), high(number<T>(a[3])) {}
  T operator()(T grad, T x) const { return x <= low || x >= high ? T(0) : grad; }
};
template <class T>
struct PreluKernel {
  T operator()(T x, T slope) const { return x > T(0) ? x : x * slope; }
};

/// grad * slope of elu: `scale` on the right, an exponential on the left. The exponent is cut at 0, so that the side
/// that is not chosen cannot overflow.
Tensor elu_slope(const Tensor& grad, const Tensor& self, double alpha, double scale, double input_scale) {
  const Tensor left = exp(clamp_max(self, Scalar(0)) * Scalar(input_scale)) * Scalar(alpha * scale * input_scale);
  return where(le(self, Scalar(0)), grad * left, grad * Scalar(scale));
}
Tensor selu_composite(const Tensor& self) { return elu(self, Scalar(kSeluAlpha), Scalar(kSeluScale)); }
Tensor selu_inplace(const Tensor& self) { return elu_(self, Scalar(kSeluAlpha), Scalar(kSeluScale)); }

Tensor celu_cpu(const Tensor& self, const Scalar& alpha) {
  if (alpha.to<double>() == 0) throw RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU");
  return elu(self, alpha, Scalar(1.0), Scalar(1.0 / alpha.to<double>()));
}

void check_hardtanh(const Tensor& self, const Scalar& min_val, const Scalar& max_val) {
  if (self.dtype() == ScalarType::bool_) throw RuntimeError("Bool inputs not supported for hardtanh");
  if (self.dtype() == ScalarType::uint8 && (min_val.to<double>() < 0 || max_val.to<double>() < 0))
    throw RuntimeError("cannot do hardtanh on an unsigned type with negative limits");
  if (is_complex(self.dtype())) throw NotImplementedError("clamp is not supported for complex types");
}
Tensor hardtanh_cpu(const Tensor& self, const Scalar& min_val, const Scalar& max_val) {
  check_hardtanh(self, min_val, max_val);
  const auto as_self = [&](const Scalar& bound) {
    return is_integral(self.dtype()) ? Scalar(bound.to<int64_t>()) : bound;
  };
  return clamp(self, std::optional(as_self(min_val)), std::optional(as_self(max_val)));
}
Tensor relu6_composite(const Tensor& self) { return hardtanh(self, Scalar(0), Scalar(6)); }
Tensor relu6_inplace(const Tensor& self) { return hardtanh_(self, Scalar(0), Scalar(6)); }

void check_shrink(const Tensor& self, const Scalar& lambd) {
  cpu::dispatch<kFloating>(self.dtype(), "softshrink_check", [](auto) {});
  const double bound = lambd.to<double>();
  if (!(bound >= 0)) {
    const std::string_view largest = self.dtype() == ScalarType::float64   ? "1.79769e+308"
                                     : self.dtype() == ScalarType::float32 ? "3.40282e+38"
                                     : self.dtype() == ScalarType::float16 ? "65504"
                                                                           : "3.38953e+38";
    throw RuntimeError(cat("lambda must be in range [0, ", largest, "] for input dtype ",
                           dtype_info(self.dtype()).ir_name, ", but found ", bound));
  }
}
using SoftshrinkEngine = cpu::Pointwise<1, Softshrink, kFloating, Promote::same>;
void softshrink_call(const Operator& op, const IValue* arguments, IValue* results) {
  check_shrink(arguments[0].tensor(), arguments[1].to_scalar());
  SoftshrinkEngine::call(op, arguments, results);
}
Kernel softshrink_kernel() {
  Kernel kernel = SoftshrinkEngine::kernel("softshrink_cpu");
  kernel.call = &softshrink_call;
  kernel.call_inplace = nullptr;
  kernel.call_out = nullptr;
  return kernel;
}

// ---- With a learned or random slope

Tensor prelu_composite(const Tensor& self, const Tensor& weight) {
  if (self.dtype() != weight.dtype())
    throw RuntimeError(cat("prelu: Type promoting not supported. Got ", dtype_info(self.dtype()).ir_name, " and ",
                           dtype_info(weight.dtype()).ir_name));
  if (weight.numel() != 1) {
    if (self.dim() == 0) throw RuntimeError("Not allow zero-dim input tensor.");
    const int64_t channels = self.dim() > 1 ? self.sizes()[1] : 1;
    if (weight.numel() != channels)
      throw RuntimeError(cat("Mismatch of parameter numbers and input channel size. Found parameter numbers = ",
                             weight.numel(), " and channel size = ", channels, "."));
  }
  if (weight.dim() > 1)
    throw RuntimeError(cat("prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = ", weight.dim()));
  if (weight.dim() == self.dim()) return _prelu_kernel(self, weight);
  Shape by_channel(size_t(self.dim()), 1);
  if (self.dim() > 1) by_channel[1] = weight.numel();
  return _prelu_kernel(self, reshape(weight, by_channel));
}

double middle_slope(const Scalar& lower, const Scalar& upper) { return (lower.to<double>() + upper.to<double>()) / 2; }
Tensor rrelu_with_noise_cpu(const Tensor& self, const Tensor& noise, const Scalar& lower, const Scalar& upper,
                            bool training, Generator* given) {
  if (!(self.sizes() == noise.sizes()))
    throw RuntimeError(cat("noise tensor shape must match self tensor shape. Got self.shape = ",
                           shape_text(self.sizes()), " noise.shape = ", shape_text(noise.sizes())));
  const double low = lower.to<double>(), high = upper.to<double>();
  if (low > high) throw RuntimeError("Lower bound should be less than or equal to the upper bound");
  if (!training) return leaky_relu(self, Scalar(middle_slope(lower, upper)));
  const Tensor input = cpu::contiguous(self);
  Tensor output = empty_tensor(self.sizes(), self.dtype(), self.device());
  Tensor slopes = empty_tensor(self.sizes(), self.dtype(), self.device());
  constexpr DtypeSet kSet = kFloating - DtypeSet(ScalarType::float16);
  cpu::dispatch<kSet>(self.dtype(), "rrelu_with_noise_out_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    Generator& generator = given ? *given : default_generator();
    std::lock_guard lock(generator.mutex);
    for (int64_t i = 0; i < self.numel(); ++i) {
      const T x = input.data<T>()[i];
      const bool positive = C(x) > C(0);
      const T slope = positive ? T(C(1)) : T(C(generator.uniform_double() * (high - low) + low));
      slopes.data<T>()[i] = slope;
      output.data<T>()[i] = positive ? x : T(C(x) * C(slope));
    }
  });
  cpu::copy_into(noise, slopes);
  return output;
}
Tensor rrelu_with_noise_inplace(const Tensor& self, const Tensor& noise, const Scalar& lower, const Scalar& upper,
                                bool training, Generator* generator) {
  cpu::copy_into(self, rrelu_with_noise_cpu(self, noise, lower, upper, training, generator));
  return self;
}
void check_rrelu_bounds(const Scalar& lower, const Scalar& upper) {
  if (lower.to<double>() > upper.to<double>())
    throw RuntimeError("Lower bound should be less than or equal to the upper bound");
}
Tensor rrelu_composite(const Tensor& self, const Scalar& lower, const Scalar& upper, bool training,
                       Generator* generator) {
  check_rrelu_bounds(lower, upper);
  return rrelu_with_noise(self, empty_like(self), lower, upper, training, generator);
}
Tensor rrelu_inplace(const Tensor& self, const Scalar& lower, const Scalar& upper, bool training,
                     Generator* generator) {
  check_rrelu_bounds(lower, upper);
  return rrelu_with_noise_(self, empty_like(self), lower, upper, training, generator);
}
/// `input`: what went in, or what came out where that was overwritten; both have the same sign.
Tensor rrelu_gradient(const Backward& b, const Tensor& input, bool input_is_result) {
  const Scalar lower = b.scalar_of("lower"), upper = b.scalar_of("upper");
  if (b.bool_of("training") && upper.to<double>() - lower.to<double>() > 1e-6) return b.grad() * b.saved("noise");
  return leaky_relu_backward(b.grad(), input, Scalar(middle_slope(lower, upper)), input_is_result);
}
Tensor rrelu_wrt_self(const Backward& b) { return rrelu_gradient(b, b.saved("self"), false); }
Tensor rrelu_wrt_overwritten(const Backward& b) { return rrelu_gradient(b, b.result(), true); }

}  // namespace

void declare_rectifiers(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::nn_functional;
  constexpr OpTraits kTorch = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::no_method | OpTraits::composite;
  ops.add({.schema = "leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<LeakyRelu, kFloating>("leaky_relu_cpu"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return leaky_relu_backward(b.grad(), b.saved("self"), b.scalar_of("negative_slope"),
                                                         false);
                            }}},
           .traits = kPlain,
           .doc = "Negative elements are scaled by negative_slope."});
  ops.add({.schema = "leaky_relu_backward(Tensor grad_output, Tensor self, Scalar negative_slope, bool self_is_result) "
                     "-> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<LeakyReluBackward, kFloating>("leaky_relu_backward_cpu"),
           .saves = "self",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return leaky_relu_backward(b.grad(), b.saved("self"), b.scalar_of("negative_slope"),
                                                         b.bool_of("self_is_result"));
                            }},
                           {"self", &zero_wrt_self}},
           .traits = kPlain,
           .doc = "The gradient of leaky_relu."});
  ops.add({.schema = "threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Threshold, kIntegral | kFloating>("threshold_cpu"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return threshold_backward(b.grad(), b.saved("self"), b.scalar_of("threshold"));
                            }}},
           .traits = kTorch,
           .doc = "Elements that are not above the threshold become value."});
  ops.add({.schema = "elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Elu, kFloating>("elu_cpu"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return elu_slope(b.grad(), b.saved("self"), b.float_of("alpha"), b.float_of("scale"),
                                               b.float_of("input_scale"));
                            }}},
           .traits = kPlain,
           .doc = "scale * self, and alpha * scale * (exp(input_scale * self) - 1) where self is negative."});
  ops.add({.schema = "selu(Tensor self) -> Tensor",
           .inplace = true,
           .kernel = typed_kernel<&selu_composite, &selu_inplace>(),
           .traits = kComposite,
           .doc = "elu with the constants that keep mean and variance."});
  ops.add({.schema = "celu(Tensor self, Scalar alpha=1.) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&celu_cpu>(),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const double alpha = b.float_of("alpha");
                              return elu_slope(b.grad(), b.saved("self"), alpha, 1, 1 / alpha);
                            }}},
           .traits = kTorch,
           .doc = "self, and alpha * (exp(self / alpha) - 1) where self is negative."});
  ops.add({.schema = "hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&hardtanh_cpu>(),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return hardtanh_backward(b.grad(), b.saved("self"), b.scalar_of("min_val"),
                                                       b.scalar_of("max_val"));
                            }}},
           .traits = kPlain,
           .doc = "self cut to [min_val, max_val]."});
  ops.add({.schema = "hardtanh_backward(Tensor grad_output, Tensor self, Scalar min_val, Scalar max_val) -> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<HardtanhBackward, kFloating>("hardtanh_backward_cpu"),
           .saves = "self",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return hardtanh_backward(b.grad(), b.saved("self"), b.scalar_of("min_val"),
                                                       b.scalar_of("max_val"));
                            }},
                           {"self", &zero_wrt_self}},
           .traits = kPlain,
           .doc = "The gradient of hardtanh."});
  ops.add({.schema = "relu6(Tensor self) -> Tensor",
           .inplace = true,
           .kernel = typed_kernel<&relu6_composite, &relu6_inplace>(),
           .traits = kPlain | OpTraits::composite,
           .doc = "self cut to [0, 6]."});
  ops.add({.schema = "hardswish(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Hardswish, kFloating>("hardswish_cpu"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return hardswish_backward(b.grad(), b.saved("self")); }}},
           .traits = kPlain,
           .doc = "self * hardsigmoid(self)."});
  ops.add(
      {.schema = "hardswish_backward(Tensor grad_output, Tensor self) -> Tensor",
       .kernel = binary_kernel<HardswishBackward, kFloating>("hardswish_backward_cpu"),
       .saves = "grad_output, self",
       .derivatives = {{"grad_output", [](const Backward& b) { return hardswish_backward(b.grad(), b.saved("self")); }},
                       {"self",
                        [](const Backward& b) {
                          const Tensor self = b.saved("self");
                          const Tensor bent = logical_and(gt(self, Scalar(-3)), lt(self, Scalar(3)));
                          return where(bent, b.grad() * b.saved("grad_output") / Scalar(3), Scalar(0));
                        }}},
       .traits = kPlain,
       .doc = "The gradient of hardswish."});
  ops.add({.schema = "hardsigmoid(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Hardsigmoid, kFloating>("hardsigmoid_cpu"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return hardsigmoid_backward(b.grad(), b.saved("self")); }}},
           .traits = kPlain,
           .doc = "(self + 3) / 6 cut to [0, 1]."});
  ops.add({.schema = "hardsigmoid_backward(Tensor grad_output, Tensor self) -> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<HardsigmoidBackward, kFloating>("hardsigmoid_backward"),
           .saves = "self",
           .derivatives = {{"grad_output",
                            [](const Backward& b) { return hardsigmoid_backward(b.grad(), b.saved("self")); }},
                           {"self", &zero_wrt_self}},
           .traits = kPlain,
           .doc = "The gradient of hardsigmoid."});
  ops.add({.schema = "hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor",
           .out = "out",
           .kernel = unary_kernel<Hardshrink, kFloating>("hardshrink_cpu"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return hardshrink_backward(b.grad(), b.saved("self"), b.scalar_of("lambd"));
                            }}},
           .doc = "Elements within [-lambd, lambd] become 0."});
  ops.add({.schema = "hardshrink_backward(Tensor grad_out, Tensor self, Scalar lambd) -> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<ShrinkBackward, kFloating>("shrink_backward_cpu"),
           .saves = "self",
           .derivatives = {{"grad_out",
                            [](const Backward& b) {
                              return hardshrink_backward(b.grad(), b.saved("self"), b.scalar_of("lambd"));
                            }},
                           {"self", &zero_wrt_self}},
           .traits = kTorch,
           .doc = "The gradient of hardshrink."});
  ops.add({.schema = "softshrink(Tensor self, Scalar lambd=0.5) -> Tensor",
           .out = "out",
           .kernel = softshrink_kernel(),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return softshrink_backward(b.grad(), b.saved("self"), b.scalar_of("lambd"));
                            }}},
           .traits = kPlain,
           .doc = "Elements move towards 0 by lambd, and stop there."});
  ops.add({.schema = "softshrink_backward(Tensor grad_output, Tensor self, Scalar lambd) -> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<ShrinkBackward, kFloating>("shrink_backward_cpu"),
           .saves = "self",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return softshrink_backward(b.grad(), b.saved("self"), b.scalar_of("lambd"));
                            }},
                           {"self", &zero_wrt_self}},
           .traits = kPlain,
           .doc = "The gradient of softshrink."});
  ops.add({.schema = "prelu(Tensor self, Tensor weight) -> Tensor",
           .kernel = typed_kernel<&prelu_composite>(),
           .traits = OpTraits::composite,
           .doc = "Negative elements are scaled by a weight, one for all or one for each channel."});
  ops.add({.schema = "_prelu_kernel(Tensor self, Tensor weight) -> Tensor",
           .kernel = binary_kernel<PreluKernel, kFloating>("prelu_cpu"),
           .saves = "self, weight",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return where(gt(b.saved("self"), Scalar(0)), b.grad(), b.grad() * b.saved("weight"));
                            }},
                           {"weight",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              return where(gt(self, Scalar(0)), Scalar(0), b.grad() * self);
                            }}},
           .traits = kTorch,
           .doc = "Negative elements are scaled by a weight that broadcasts."});
  ops.add({.schema = "rrelu_with_noise(Tensor self, Tensor(b!) noise, Scalar lower=0.125, Scalar "
                     "upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor",
           .kernel = typed_kernel<&rrelu_with_noise_cpu>(),
           .saves = "self, noise",
           .derivatives = {{"self", &rrelu_wrt_self}},
           .traits = kPlain | OpTraits::nondeterministic,
           .doc = "Negative elements are scaled by random slopes, which are left in noise."});
  ops.add({.schema = "rrelu_with_noise_(Tensor(a!) self, Tensor(b!) noise, Scalar lower=0.125, Scalar "
                     "upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor(a!)",
           .kernel = typed_kernel<&rrelu_with_noise_inplace>(),
           .saves = "result, noise",
           .derivatives = {{"self", &rrelu_wrt_overwritten}},
           .grad_fn = "RreluWithNoiseBackward1",
           .traits = kPlain | OpTraits::nondeterministic,
           .doc = "rrelu_with_noise in place."});
  ops.add({.schema = "rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, "
                     "Generator? generator=None) -> Tensor",
           .inplace = true,
           .kernel = typed_kernel<&rrelu_composite, &rrelu_inplace>(),
           .traits = kComposite | OpTraits::nondeterministic,
           .doc = "Negative elements are scaled by slopes between lower and upper: random in training, else the "
                  "middle."});
}

}  // namespace rushlight::ops
