// With x the normalised input, r the inverse deviation, h = weight * grad, M the mean over the shared dimensions and
// P(t) = t - M(t) - x M(t x), the first gradients are
//     by input: r P(h)      by weight: sum of grad x      by bias: sum of grad
// Where the statistics are fixed, P(t) = t and x, r do not depend on the input's other elements.
#include "ops/normalization_gradients.h"

#include "ops/functions/exponential.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"

namespace rushlight::ops {

NormalizationGradients normalization_double_backward(const Normalization& n, const Tensor& grad, const Tensor& by_input,
                                                     const Tensor& by_weight, const Tensor& by_bias) {
  const bool fixed = n.fixed_mean.defined();
  const auto average = [&](const Tensor& t) { return mean(t, std::optional<IntArrayRef>(n.over), true); };
  const Tensor centred = n.input - (fixed ? n.fixed_mean : average(n.input));
  const Tensor variance = fixed ? n.fixed_variance : average(centred * centred);
  const Tensor r = pow(variance + Scalar(n.eps), Scalar(-0.5)), x = centred * r;
  const Tensor h = n.weight.defined() ? grad * n.weight : grad;
  const auto project = [&](const Tensor& t) { return fixed ? t : t - average(t) - x * average(t * x); };
  const auto plus = [](const Tensor& a, const Tensor& b) { return a.defined() ? a + b : b; };

  NormalizationGradients result;
  if (by_input.defined()) {
    const Tensor through = r * project(by_input);
    result.grad = n.weight.defined() ? through * n.weight : through;
    result.weight = grad * through;
    if (!fixed) {
      const Tensor along_input = average(by_input * x), along_h = average(h * x);
      const Tensor by_deviation = average(h * by_input) - average(h) * average(by_input) - along_h * along_input;
      const Tensor by_normalised = r * (h * along_input + by_input * along_h);
      result.input = -(r * r * x * by_deviation) - r * project(by_normalised);
    }
  }
  if (by_weight.defined()) {
    result.grad = plus(result.grad, by_weight * x);
    result.input = plus(result.input, r * project(by_weight * grad));
  }
  if (by_bias.defined()) result.grad = plus(result.grad, expand(by_bias, grad.sizes()));
  return result;
}

}  // namespace rushlight::ops
