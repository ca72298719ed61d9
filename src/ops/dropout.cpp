/// Dropout and its relatives: random masks, drawn in the order in which PyTorch draws them.
#include <cmath>

#include "ops/functions/arithmetic.h"
#include "ops/functions/conversion.h"
#include "ops/functions/dropout.h"
#include "ops/functions/factories.h"
#include "ops/functions/sampling.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

enum class Drop : uint8_t { elements, features };         ///< single elements, or whole channels of a sample
enum class Fill : uint8_t { zero, negative_saturation };  ///< plain dropout, or alpha dropout (Klambauer et al. 2017)

/// One number for each channel of each sample.
Tensor feature_noise(const Tensor& input) {
  if (input.dim() < 2) throw RuntimeError("Feature dropout requires at least 2 dimensions in the input");
  Shape sizes(size_t(input.dim()), 1);
  sizes[0] = input.sizes()[0];
  sizes[1] = input.sizes()[1];
  return empty(sizes, input.dtype());
}

template <Drop drop, Fill fill, bool kInplace>
Tensor dropout_with(const Tensor& input, double p, bool train) {
  if (!(p >= 0 && p <= 1)) throw RuntimeError(cat("dropout probability has to be between 0 and 1, but got ", p));
  if (p == 0 || !train || input.numel() == 0) return input;
  const auto times = [](const Tensor& a, const Tensor& b) { return kInplace ? mul_(a, b) : mul(a, b); };
  if (p == 1) return times(input, zeros({}, input.dtype()));
  const Tensor noise = drop == Drop::features ? feature_noise(input) : empty_like(input);
  bernoulli_(noise, 1 - p);
  if (fill == Fill::zero) {
    div_(noise, Scalar(1 - p));
    return times(input, noise);
  }
  constexpr double kSaturation = 1.7580993408473766;
  const double a = 1 / std::sqrt((kSaturation * kSaturation * p + 1) * (1 - p));
  const Tensor shift = add(noise, Scalar(-1));
  mul_(shift, Scalar(kSaturation * a));
  add_(shift, Scalar(kSaturation * a * p));
  mul_(noise, Scalar(a));
  return add_(times(input, noise), shift);
}

std::tuple<Tensor, Tensor> native_dropout_cpu(const Tensor& input, double p, std::optional<bool> train) {
  const Tensor mask = empty_like(input, ScalarType::bool_);
  if (!train.value_or(true)) {
    fill_(mask, Scalar(true));
    return {clone(input), mask};
  }
  bernoulli_(mask, 1 - p);
  return {input * mask * Scalar(p == 1 ? 0.0 : 1 / (1 - p)), mask};
}
Tensor native_dropout_backward_cpu(const Tensor& grad_output, const Tensor& mask, double scale) {
  return grad_output * mask * Scalar(scale);
}

}  // namespace

void declare_dropout(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite | OpTraits::nondeterministic | OpTraits::no_method;
  ops.add({.schema = "dropout(Tensor input, float p, bool train) -> Tensor",
           .kernel = typed_kernel<&dropout_with<Drop::elements, Fill::zero, false>>(),
           .traits = kComposite,
           .doc = "In training, zeros with probability p and the rest scaled by 1 / (1 - p)."});
  ops.add({.schema = "dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
           .kernel = typed_kernel<&dropout_with<Drop::elements, Fill::zero, true>>(),
           .traits = kComposite,
           .doc = "dropout in place."});
  ops.add({.schema = "feature_dropout(Tensor input, float p, bool train) -> Tensor",
           .kernel = typed_kernel<&dropout_with<Drop::features, Fill::zero, false>>(),
           .traits = kComposite,
           .doc = "dropout of whole channels."});
  ops.add({.schema = "feature_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
           .kernel = typed_kernel<&dropout_with<Drop::features, Fill::zero, true>>(),
           .traits = kComposite,
           .doc = "feature_dropout in place."});
  ops.add({.schema = "alpha_dropout(Tensor input, float p, bool train) -> Tensor",
           .kernel = typed_kernel<&dropout_with<Drop::elements, Fill::negative_saturation, false>>(),
           .traits = kComposite,
           .doc = "dropout that keeps the mean and variance of selu's results."});
  ops.add({.schema = "alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
           .kernel = typed_kernel<&dropout_with<Drop::elements, Fill::negative_saturation, true>>(),
           .traits = kComposite,
           .doc = "alpha_dropout in place."});
  ops.add({.schema = "feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor",
           .kernel = typed_kernel<&dropout_with<Drop::features, Fill::negative_saturation, false>>(),
           .traits = kComposite,
           .doc = "alpha_dropout of whole channels."});
  ops.add({.schema = "feature_alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)",
           .kernel = typed_kernel<&dropout_with<Drop::features, Fill::negative_saturation, true>>(),
           .traits = kComposite,
           .doc = "feature_alpha_dropout in place."});
  ops.add({.schema = "native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&native_dropout_cpu>(),
           .saves = "result1",
           .derivatives = {{"input",
                            [](const Backward& b) {
                              const bool train = b.argument("train").is_none() || b.bool_of("train");
                              const double p = b.float_of("p");
                              return native_dropout_backward(b.grad(), b.result(1),
                                                             !train   ? 1.0
                                                             : p == 1 ? 0.0
                                                                      : 1 / (1 - p));
                            }}},
           .traits = OpTraits::nondeterministic | OpTraits::no_method,
           .doc = "dropout, and the mask of what was kept."});
  ops.add({.schema = "native_dropout_backward(Tensor grad_output, Tensor mask, float scale) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&native_dropout_backward_cpu>(),
           .saves = "mask",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return native_dropout_backward(b.grad(), b.saved("mask"), b.float_of("scale"));
                            }}},
           .traits = OpTraits::no_method,
           .doc = "The gradient of native_dropout."});
}

}  // namespace rushlight::ops
