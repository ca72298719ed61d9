/// Activations without corners: gelu, silu, mish, softplus, logarithms of the sigmoid, gated halves.
#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/functions/activations.h"
#include "ops/functions/comparison.h"
#include "ops/functions/exponential.h"
#include "ops/functions/joining.h"
#include "ops/functions/selection.h"
#include "ops/functions/smooth_activations.h"
#include "ops/functions/trigonometric.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/result_traits.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

// ---- Gelu. Source: Hendrycks and Gimpel 2016.

bool wants_tanh(std::string_view approximate) {
  if (approximate != "none" && approximate != "tanh")
    throw RuntimeError("approximate argument must be either none or tanh.");
  return approximate == "tanh";
}
constexpr double kTanhScale = M_SQRT2 * M_2_SQRTPI * 0.5, kTanhCubic = 0.044715;
constexpr double kDensity = M_2_SQRTPI * M_SQRT1_2 * 0.5;  ///< 1 / sqrt(2 pi)

template <class T>
struct Gelu {
  bool by_tanh;
  explicit Gelu(const IValue* a) : by_tanh(wants_tanh(a[1].to_string())) {}
  T operator()(T x) const {
    if (by_tanh) return T(0.5) * x * (T(1) + std::tanh(T(kTanhScale) * (x + T(kTanhCubic) * x * x * x)));
    return x * T(0.5) * (T(1) + std::erf(x * T(M_SQRT1_2)));
  }
};
template <class T>
struct GeluBackward {
  bool by_tanh;
  explicit GeluBackward(const IValue* a) : by_tanh(wants_tanh(a[2].to_string())) {}
  T operator()(T grad, T x) const {
    if (by_tanh) {
      const T t = std::tanh(T(kTanhScale) * (x + T(kTanhCubic) * x * x * x));
      const T inner = T(kTanhScale) * (T(1) + T(3) * T(kTanhCubic) * x * x);
      return grad * (T(0.5) * (T(1) + t) + T(0.5) * x * (T(1) - t * t) * inner);
    }
    const T distribution = T(0.5) * (T(1) + std::erf(x * T(M_SQRT1_2)));
    return grad * (distribution + x * std::exp(x * x * T(-0.5)) * T(kDensity));
  }
};
/// The second derivative of gelu, in operators.
Tensor gelu_curvature(const Tensor& x, std::string_view approximate) {
  const Tensor square = x * x;
  if (!wants_tanh(approximate)) return exp(square * Scalar(-0.5)) * Scalar(kDensity) * (Scalar(2) - square);
  const Tensor t = tanh((x + square * x * Scalar(kTanhCubic)) * Scalar(kTanhScale));
  const Tensor inner = (square * Scalar(3 * kTanhCubic) + Scalar(1)) * Scalar(kTanhScale);
  const Tensor steepness = Scalar(1) - t * t;
  return steepness * (inner + x * (Scalar(3 * kTanhCubic * kTanhScale) * x - t * inner * inner));
}

// ---- Silu and mish

template <class T>
struct Silu {
  static constexpr auto kVector = cpu::VectorFunction::silu;
  T operator()(T x) const { return x / (T(1) + std::exp(-x)); }
};
template <class T>
struct SiluBackward {
  T operator()(T grad, T x) const {
    const T s = T(1) / (T(1) + std::exp(-x));
    return grad * s * (T(1) + x * (T(1) - s));
  }
};
template <class T>
struct Mish {
  T operator()(T x) const { return x * std::tanh(std::log1p(std::exp(x))); }
};
template <class T>
struct MishBackward {
  T operator()(T grad, T x) const {
    const T t = std::tanh(std::log1p(std::exp(x))), s = T(1) / (T(1) + std::exp(-x));
    return grad * (t + x * s * (T(1) - t * t));
  }
};

// ---- Softplus and the logarithm of the sigmoid

template <class T>
struct Softplus {
  T beta, threshold;
  explicit Softplus(const IValue* a) : beta(a[1].to_scalar().to<T>()), threshold(a[2].to_scalar().to<T>()) {}
  T operator()(T x) const { return x * beta > threshold ? x : std::log1p(std::exp(x * beta)) / beta; }
};
template <class T>
struct SoftplusBackward {
  T beta, threshold;
  explicit SoftplusBackward(const IValue* a) : beta(a[2].to_scalar().to<T>()), threshold(a[3].to_scalar().to<T>()) {}
  T operator()(T grad, T x) const {
    if (x * beta > threshold) return grad;
    const T z = std::exp(x * beta);
    return grad * z / (z + T(1));
  }
};
template <class T>
struct LogSigmoid {
  T operator()(T x) const { return std::min(x, T(0)) - std::log1p(std::exp(-std::abs(x))); }
};
template <class T>
struct LogSigmoidBackward {
  T operator()(T grad, T x) const { return grad / (T(1) + std::exp(x)); }
};
using LogSigmoidEngine = cpu::Pointwise<1, LogSigmoid, kFloating, Promote::same>;
/// The second result is what PyTorch keeps for the backward pass.
void log_sigmoid_forward_call(const Operator& op, const IValue* arguments, IValue* results) {
  LogSigmoidEngine::call(op, arguments, results);
  results[1] = IValue(exp(-abs(arguments[0].tensor())));
}
Kernel log_sigmoid_kernel() {
  Kernel kernel = LogSigmoidEngine::kernel("log_sigmoid_cpu");
  kernel.call = &log_sigmoid_forward_call;
  kernel.call_inplace = kernel.call_out = nullptr;
  return kernel;
}
Tensor log_sigmoid_composite(const Tensor& self) { return std::get<0>(log_sigmoid_forward(self)); }

// ---- Gated halves

int64_t check_glu(const Tensor& self, int64_t dim) {
  if (self.dim() == 0) throw RuntimeError("glu does not support 0-dimensional tensors");
  const int64_t at = wrap_dim(dim, self.dim());
  if (self.sizes()[size_t(at)] % 2 != 0)
    throw RuntimeError(
        cat("Halving dimension must be even, but dimension ", at, " is size ", self.sizes()[size_t(at)]));
  return at;
}
Tensor glu_cpu(const Tensor& self, int64_t dim) {
  const int64_t at = check_glu(self, dim), half = self.sizes()[size_t(at)] / 2;
  cpu::dispatch<kFloating>(self.dtype(), "glu_cpu", [](auto) {});
  return narrow(self, at, 0, half) * sigmoid(narrow(self, at, half, half));
}
Tensor glu_backward_composite(const Tensor& grad_output, const Tensor& self, int64_t dim) {
  const int64_t at = check_glu(self, dim), half = self.sizes()[size_t(at)] / 2;
  const Tensor gate = sigmoid(narrow(self, at, half, half)), scaled = grad_output * gate;
  return concat({scaled, scaled * narrow(self, at, 0, half) * (Scalar(1) - gate)}, at);
}

}  // namespace

void declare_smooth_activations(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::nn_functional;
  ops.add({.schema = "gelu(Tensor self, *, str approximate=\"none\") -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Gelu, kFloating>("GeluKernelImpl"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return gelu_backward(b.grad(), b.saved("self"), b.argument("approximate").to_string());
                            }}},
           .traits = kPlain,
           .doc = "self times the probability that a normal number is smaller."});
  ops.add({.schema = "gelu_backward(Tensor grad_output, Tensor self, *, str approximate=\"none\") -> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<GeluBackward, kFloating>("GeluBackwardKernelImpl"),
           .saves = "grad_output, self",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return gelu_backward(b.grad(), b.saved("self"), b.argument("approximate").to_string());
                            }},
                           {"self",
                            [](const Backward& b) {
                              return b.grad() * b.saved("grad_output") *
                                     gelu_curvature(b.saved("self"), b.argument("approximate").to_string());
                            }}},
           .traits = kPlain,
           .doc = "The gradient of gelu."});
  ops.add({.schema = "silu(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Silu, kFloating | kComplex>("silu_cpu"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return silu_backward(b.grad(), b.saved("self")); }}},
           .traits = kPlain,
           .doc = "self * sigmoid(self)."});
  ops.add({.schema = "silu_backward(Tensor grad_output, Tensor self) -> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<SiluBackward, kFloating | kComplex>("silu_backward_cpu"),
           .saves = "grad_output, self",
           .derivatives = {{"grad_output", [](const Backward& b) { return silu_backward(b.grad(), b.saved("self")); }},
                           {"self",
                            [](const Backward& b) {
                              const Tensor x = b.saved("self"), s = sigmoid(x), slope = s * (Scalar(1) - s);
                              return b.grad() * b.saved("grad_output") * slope *
                                     (x * (Scalar(1) - s * Scalar(2)) + Scalar(2));
                            }}},
           .traits = kPlain,
           .doc = "The gradient of silu."});
  ops.add({.schema = "mish(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Mish, kFloating>("mish_cpu"),
           .saves = "self",
           .derivatives = {{"self", [](const Backward& b) { return mish_backward(b.grad(), b.saved("self")); }}},
           .traits = kPlain,
           .doc = "self * tanh(softplus(self))."});
  ops.add({.schema = "mish_backward(Tensor grad_output, Tensor self) -> Tensor",
           .kernel = binary_kernel<MishBackward, kFloating>("mish_backward_cpu"),
           .saves = "grad_output, self",
           .derivatives = {{"grad_output", [](const Backward& b) { return mish_backward(b.grad(), b.saved("self")); }},
                           {"self",
                            [](const Backward& b) {
                              const Tensor x = b.saved("self"), s = sigmoid(x), t = tanh(softplus(x));
                              const Tensor steepness = Scalar(1) - t * t;
                              return b.grad() * b.saved("grad_output") * steepness * s *
                                     (x * (Scalar(1) - s - t * s * Scalar(2)) + Scalar(2));
                            }}},
           .traits = kPlain,
           .doc = "The gradient of mish."});
  ops.add({.schema = "softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor",
           .out = "out",
           .kernel = unary_kernel<Softplus, kFloating>("softplus_cpu"),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return softplus_backward(b.grad(), b.saved("self"), b.scalar_of("beta"),
                                                       b.scalar_of("threshold"));
                            }}},
           .traits = kPlain,
           .doc = "log(1 + exp(beta * self)) / beta; self where beta * self is above the threshold."});
  ops.add({.schema = "softplus_backward(Tensor grad_output, Tensor self, Scalar beta, Scalar threshold) -> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<SoftplusBackward, kFloating>("softplus_backward_cpu"),
           .saves = "grad_output, self",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return softplus_backward(b.grad(), b.saved("self"), b.scalar_of("beta"),
                                                       b.scalar_of("threshold"));
                            }},
                           {"self",
                            [](const Backward& b) {
                              const Tensor scaled = b.saved("self") * b.scalar_of("beta"), s = sigmoid(scaled);
                              const Tensor curved = b.grad() * b.saved("grad_output") * s * (Scalar(1) - s);
                              return masked_fill(curved * b.scalar_of("beta"), gt(scaled, b.scalar_of("threshold")),
                                                 Scalar(0));
                            }}},
           .traits = kPlain,
           .doc = "The gradient of softplus."});
  ops.add({.schema = "log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)",
           .out = "output",
           .kernel = log_sigmoid_kernel(),
           .saves = "self, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return log_sigmoid_backward(b.grad(), b.saved("self"), b.result(1));
                            }}},
           .grad_fn = "LogSigmoidBackward0",
           .traits = kPlain | kFirstResultOnly,
           .doc = "log(sigmoid(self)), and exp(-abs(self))."});
  ops.add({.schema = "log_sigmoid(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&log_sigmoid_composite>(),
           .traits = kPlain | OpTraits::composite,
           .doc = "log(sigmoid(self))."});
  ops.add({.schema = "log_sigmoid_backward(Tensor grad_output, Tensor self, Tensor buffer) -> Tensor",
           .out = "grad_input",
           .kernel = binary_kernel<LogSigmoidBackward, kFloating>("log_sigmoid_backward_cpu"),
           .saves = "grad_output, self, buffer",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return log_sigmoid_backward(b.grad(), b.saved("self"), b.saved("buffer"));
                            }},
                           {"self",
                            [](const Backward& b) {
                              const Tensor s = sigmoid(b.saved("self"));
                              return b.grad() * b.saved("grad_output") * s * (s - Scalar(1));
                            }}},
           .traits = kPlain,
           .doc = "The gradient of log_sigmoid."});
  ops.add({.schema = "glu(Tensor self, int dim=-1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&glu_cpu>(),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return glu_backward_composite(b.grad(), b.saved("self"), b.int_of("dim"));
                            }}},
           .traits = kPlain,
           .doc = "One half times the sigmoid of the other half."});
  ops.add({.schema = "glu_backward(Tensor grad_output, Tensor self, int dim) -> Tensor",
           .kernel = typed_kernel<&glu_backward_composite>(),
           .traits = kPlain | OpTraits::composite,
           .doc = "The gradient of glu."});
}

}  // namespace rushlight::ops
