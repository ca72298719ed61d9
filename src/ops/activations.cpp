/// Activations: relu, sigmoid, softmax and their relatives.
#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/cpu/reduction.h"
#include "ops/functions/activations.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/selection.h"
#include "ops/functions/trigonometric.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"
#include "ops/zero_gradient.h"

namespace rushlight::ops {
namespace {

template <class T>
struct Relu {
  static constexpr auto kVector = cpu::VectorFunction::relu;
  T operator()(T x) const { return x > T(0) || x != x ? x : T(0); }
};
using ReluEngine = cpu::Pointwise<1, Relu, kIntegral | kFloating, Promote::same>;
template <BoxedKernel run>
void checked_relu(const Operator& op, const IValue* arguments, IValue* results) {
  const ScalarType type = arguments[0].tensor().dtype();
  if (type == ScalarType::bool_) throw RuntimeError("Boolean inputs not supported for relu");
  if (is_complex(type)) throw NotImplementedError("clamp is not supported for complex types");
  run(op, arguments, results);
}
Kernel relu_kernel() {
  Kernel kernel = ReluEngine::kernel("clamp_min_scalar_cpu");
  kernel.call = &checked_relu<&ReluEngine::call>;
  kernel.call_inplace = &checked_relu<&ReluEngine::call_inplace>;
  kernel.call_out = &checked_relu<&ReluEngine::call_out>;
  return kernel;
}
template <class T>
struct Sigmoid {
  static constexpr auto kVector = cpu::VectorFunction::sigmoid;
  T operator()(T x) const { return T(1) / (T(1) + std::exp(-x)); }
};
template <class T>
struct ThresholdBackward {
  T threshold;
  explicit ThresholdBackward(const IValue* a) : threshold(a[2].to_scalar().to<T>()) {}
  T operator()(T grad, T x) const { return x <= threshold ? T(0) : grad; }
};

Tensor sigmoid_backward_cpu(const Tensor& grad_output, const Tensor& output) {
  return grad_output * conjugate((Scalar(1) - output) * output);
}

/// One row of elements that stand side by side.
template <bool kLog, class T>
void softmax_row(const T* in, T* out, int64_t size) {
  const T largest = cpu::vector_max<T>().row(in, size);
  const T total = cpu::vector_exp_shifted(in, largest, out, size);
  if (kLog) {
    const T log_total = std::log(total);
    for (int64_t i = 0; i < size; ++i) out[i] = in[i] - largest - log_total;
  } else {
    for (int64_t i = 0; i < size; ++i) out[i] /= total;
  }
}

/// softmax and log_softmax along one dimension, shifted by the largest element so that nothing overflows.
template <bool kLog>
Tensor softmax_over(const Tensor& self, int64_t dim, bool) {
  const int64_t at = wrap_dim(dim, self.dim());
  if (self.numel() == 0) return empty_tensor(self.sizes(), self.dtype());
  const Tensor input = cpu::contiguous(self);
  Tensor result = empty_tensor(self.sizes(), self.dtype());
  const int64_t size = self.dim() == 0 ? 1 : self.sizes()[size_t(at)];
  int64_t inner = 1;
  for (size_t i = size_t(at) + 1; i < size_t(self.dim()); ++i) inner *= self.sizes()[i];
  const int64_t rows = self.numel() / size;
  const bool last = at + 1 >= self.dim();
  const std::string_view name = kLog ? (last ? "log_softmax_lastdim_kernel_impl" : "log_softmax_kernel_impl")
                                     : (last ? "softmax_lastdim_kernel_impl" : "softmax_kernel_impl");
  cpu::dispatch<kFloating>(self.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    const T* in = input.data<T>();
    T* out = result.data<T>();
    parallel_for(0, rows, std::max<int64_t>(1, 16384 / size), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
          if (inner == 1) {
            softmax_row<kLog>(in + row * size, out + row * size, size);
            continue;
          }
        const int64_t base = row / inner * size * inner + row % inner;
        C largest = -std::numeric_limits<C>::infinity();
        for (int64_t i = 0; i < size; ++i) largest = std::max(largest, C(in[base + i * inner]));
        C total = 0;
        for (int64_t i = 0; i < size; ++i) total += std::exp(C(in[base + i * inner]) - largest);
        const C log_total = std::log(total);
        for (int64_t i = 0; i < size; ++i) {
          const C shifted = C(in[base + i * inner]) - largest;
          out[base + i * inner] = T(kLog ? shifted - log_total : std::exp(shifted) / total);
        }
      }
    });
  });
  return result;
}
Tensor softmax_int(const Tensor& self, int64_t dim, std::optional<ScalarType> dtype) {
  return _softmax(dtype ? to(self, *dtype) : self, dim, false);
}
Tensor log_softmax_int(const Tensor& self, int64_t dim, std::optional<ScalarType> dtype) {
  return _log_softmax(dtype ? to(self, *dtype) : self, dim, false);
}
/// A row of -inf alone gives zeros instead of nan.
Tensor safe_softmax(const Tensor& self, int64_t dim, std::optional<ScalarType> dtype) {
  const Tensor hidden = all(eq(self, Scalar(-std::numeric_limits<double>::infinity())), dim, true);
  // Such a row is replaced before, too: the gradient of its softmax would be nan.
  return masked_fill(softmax(masked_fill(self, hidden, Scalar(0)), dim, dtype), hidden, Scalar(0));
}
Tensor along(const Tensor& t, int64_t dim) { return sum(t, std::optional<IntArrayRef>(IntArrayRef(dim)), true); }

/// Halves are computed in float.
Tensor widened(const Tensor& t) {
  return kReducedFloating.contains(t.dtype()) ? cpu::to_dtype(t, ScalarType::float32) : t;
}
Tensor softmax_backward_cpu(const Tensor& grad_output, const Tensor& output, int64_t dim, ScalarType input_dtype) {
  const Tensor wide = widened(output), weighted = widened(grad_output) * wide;
  return cpu::to_dtype(weighted - wide * along(weighted, dim), input_dtype);
}
Tensor log_softmax_backward_cpu(const Tensor& grad_output, const Tensor& output, int64_t dim, ScalarType input_dtype) {
  const Tensor grad = widened(grad_output);
  return cpu::to_dtype(grad - exp(widened(output)) * along(grad, dim), input_dtype);
}

}  // namespace

void declare_activations(OpSet& ops) {
  ops.add(
      {.schema = "relu(Tensor self) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = relu_kernel(),
       .saves = "result",
       .derivatives = {{"self", [](const Backward& b) { return threshold_backward(b.grad(), b.result(), Scalar(0)); }}},
       .doc = "Negative elements become 0."});
  ops.add({.schema = "threshold_backward(Tensor grad_output, Tensor self, Scalar threshold) -> Tensor",
           .kernel = binary_kernel<ThresholdBackward, kIntegral | kFloating>("threshold_cpu"),
           .saves = "self",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return threshold_backward(b.grad(), b.saved("self"), b.scalar_of("threshold"));
                            }},
                           {"self", &zero_wrt_self}},
           .traits = OpTraits::no_method,
           .doc = "grad_output where self is above the threshold, else 0."});
  ops.add({.schema = "sigmoid(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Sigmoid, kFloating | kComplex, Promote::int_to_float>("sigmoid"),
           .saves = "result",
           .derivatives = {{"self", [](const Backward& b) { return sigmoid_backward(b.grad(), b.result()); }}},
           .doc = "1 / (1 + exp(-self))."});
  ops.add(
      {.schema = "sigmoid_backward(Tensor grad_output, Tensor output) -> Tensor",
       .kernel = typed_kernel<&sigmoid_backward_cpu>(),
       .saves = "grad_output, output",
       .derivatives = {{"grad_output", [](const Backward& b) { return sigmoid_backward(b.grad(), b.saved("output")); }},
                       {"output",
                        [](const Backward& b) {
                          return b.grad() *
                                 conjugate(b.saved("grad_output") * (Scalar(1) - b.saved("output") * Scalar(2)));
                        }}},
       .traits = OpTraits::no_method,
       .doc = "grad_output * (1 - output) * output."});
  ops.add({.schema = "_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&softmax_over<false>>(),
           .saves = "result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _softmax_backward_data(b.grad(), b.result(), b.int_of("dim"), b.dtype("self"));
                            }}},
           .grad_fn = "SoftmaxBackward0",
           .traits = OpTraits::no_method,
           .doc = "exp(self) divided by its sum along a dimension."});
  ops.add({.schema = "_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> "
                     "Tensor",
           .out = "out",
           .kernel = typed_kernel<&softmax_backward_cpu>(),
           .saves = "grad_output, output",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _softmax_backward_data(b.grad(), b.saved("output"), b.int_of("dim"),
                                                            b.dtype("output"));
                            }},
                           {"output",
                            [](const Backward& b) {
                              const Tensor grad = b.saved("grad_output"), output = b.saved("output");
                              const int64_t dim = b.int_of("dim");
                              return grad * b.grad() - along(output * grad, dim) * b.grad() -
                                     grad * along(b.grad() * output, dim);
                            }}},
           .grad_fn = "SoftmaxBackwardDataBackward0",
           .traits = OpTraits::no_method,
           .doc = "The gradient of softmax."});
  ops.add({.schema = "softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
           .out = "int_out",
           .kernel = typed_kernel<&softmax_int>(),
           .traits = OpTraits::composite,
           .doc = "exp(self) divided by its sum along a dimension."});
  ops.add({.schema = "special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
           .kernel = typed_kernel<&softmax_int>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "softmax."});
  ops.add({.schema = "special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
           .kernel = typed_kernel<&log_softmax_int>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "log_softmax."});
  ops.add({.schema = "_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
           .kernel = typed_kernel<&safe_softmax>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "softmax that gives zeros for a row of -inf."});
  ops.add({.schema = "_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&softmax_over<true>>(),
           .saves = "result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _log_softmax_backward_data(b.grad(), b.result(), b.int_of("dim"), b.dtype("self"));
                            }}},
           .grad_fn = "LogSoftmaxBackward0",
           .traits = OpTraits::no_method,
           .doc = "The logarithm of softmax."});
  ops.add({.schema =
               "_log_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> "
               "Tensor",
           .out = "out",
           .kernel = typed_kernel<&log_softmax_backward_cpu>(),
           .saves = "grad_output, output",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              const Tensor probability = exp(b.saved("output"));
                              return b.grad() - along(b.grad() * probability, b.int_of("dim"));
                            }},
                           {"output",
                            [](const Backward& b) {
                              const Tensor total = along(b.saved("grad_output"), b.int_of("dim"));
                              return -(b.grad() * exp(b.saved("output")) * total);
                            }}},
           .grad_fn = "LogSoftmaxBackwardDataBackward0",
           .traits = OpTraits::no_method,
           .doc = "The gradient of log_softmax."});
  ops.add({.schema = "log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
           .out = "int_out",
           .kernel = typed_kernel<&log_softmax_int>(),
           .traits = OpTraits::composite,
           .doc = "The logarithm of softmax."});
}

}  // namespace rushlight::ops
