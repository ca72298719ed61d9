/// Losses that compare two tensors element by element.
#include "ops/losses.h"

#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/cpu/promotion.h"
#include "ops/derived_forms.h"
#include "ops/functions/activations.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/losses.h"
#include "ops/functions/selection.h"
#include "ops/functions/smooth_activations.h"
#include "ops/functions/special.h"
#include "ops/functions/trigonometric.h"
#include "ops/functions/views.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

/// The gradient that arrives at each element's loss.
Tensor element_gradient(const Backward& b, std::string_view first, std::string_view second) {
  if (b.int_of("reduction") != int64_t(Reduction::mean)) return b.grad();
  const int64_t count = numel_of(broadcast_shapes(b.sizes(first), b.sizes(second)));
  return b.grad() / Scalar(count);
}
Tensor element_gradient(const Backward& b) { return element_gradient(b, "self", "target"); }
Tensor difference(const Backward& b) { return b.saved("self") - b.saved("target"); }

/// Only these dtypes, after promotion; halves count as floating.
void check_floating_pair(std::string_view kernel, const Tensor& self, const Tensor& target) {
  cpu::dispatch<kFloating>(cpu::result_type(self, target), kernel, [](auto) {});
}

Tensor mse_loss_cpu(const Tensor& self, const Tensor& target, int64_t reduction) {
  check_floating_pair("mse_cpu", self, target);
  const Tensor d = self - target;
  return reduced(d * d, reduction);
}
Tensor l1_loss_composite(const Tensor& self, const Tensor& target, int64_t reduction) {
  return reduced(abs(self - target), reduction);
}
Tensor smooth_l1_loss_cpu(const Tensor& self, const Tensor& target, int64_t reduction, double beta) {
  if (beta < 0) throw RuntimeError("smooth_l1_loss does not support negative values for beta.");
  if (beta == 0) return l1_loss_composite(self, target, reduction);
  check_floating_pair("smooth_l1_cpu", self, target);
  const Tensor distance = abs(self - target);
  return reduced(
      where(lt(distance, Scalar(beta)), distance * distance * Scalar(0.5 / beta), distance - Scalar(0.5 * beta)),
      reduction);
}
Tensor smooth_l1_slope(const Backward& b) {
  const double beta = b.float_of("beta");
  return beta == 0 ? sign(difference(b))
                   : clamp(difference(b) / Scalar(beta), std::optional(Scalar(-1)), std::optional(Scalar(1)));
}
Tensor huber_loss_cpu(const Tensor& self, const Tensor& target, int64_t reduction, double delta) {
  if (!(delta > 0)) throw RuntimeError("huber_loss does not support non-positive values for delta.");
  check_floating_pair("huber_cpu", self, target);
  const Tensor distance = abs(self - target);
  const Tensor losses = where(le(distance, Scalar(delta)), distance * distance * Scalar(0.5),
                              (distance - Scalar(0.5 * delta)) * Scalar(delta));
  // Without a reduction the result has the dtype of self.
  return reduction == int64_t(Reduction::none) ? to(losses, self.dtype()) : reduced(losses, reduction);
}
Tensor huber_slope(const Backward& b) {
  const double delta = b.float_of("delta");
  return clamp(difference(b), std::optional(Scalar(-delta)), std::optional(Scalar(delta)));
}
Tensor soft_margin_loss_cpu(const Tensor& self, const Tensor& target, int64_t reduction) {
  const Tensor losses = log(exp(-(self * target)) + Scalar(1));
  check_out_dtype(losses.dtype(), self.dtype());
  return reduced(losses, reduction);
}

// ---- Cross entropy of two outcomes

Tensor binary_cross_entropy_cpu(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction) {
  cpu::dispatch<kFloating>(self.dtype(), "binary_cross_entropy", [](auto) {});
  if (target.dtype() != self.dtype())
    throw RuntimeError(
        cat("Found dtype ", dtype_info(target.dtype()).ir_name, " but expected ", dtype_info(self.dtype()).ir_name));
  const bool inside = all(logical_and(ge(self, Scalar(0)), le(self, Scalar(1)))).item().to<bool>();
  if (!inside) throw RuntimeError("all elements of input should be between 0 and 1");
  const auto floored_log = [](const Tensor& logarithm) { return clamp_min(logarithm, Scalar(-100)); };
  const Tensor losses = (target - Scalar(1)) * floored_log(log1p(-self)) - target * floored_log(log(self));
  return reduced(weight.defined() ? losses * weight : losses, reduction);
}
Tensor weighted_gradient(const Backward& b) {
  const Tensor weight = b.saved("weight"), grad = element_gradient(b, "self", "self");
  return weight.defined() ? grad * weight : grad;
}
Tensor binary_cross_entropy_with_logits_cpu(const Tensor& self, const Tensor& target, const Tensor& weight,
                                            const Tensor& pos_weight, int64_t reduction) {
  Tensor log_probability = log_sigmoid(self);
  if (pos_weight.defined()) log_probability = log_probability * ((pos_weight - Scalar(1)) * target + Scalar(1));
  const Tensor losses = (Scalar(1) - target) * self - log_probability;
  return reduced(weight.defined() ? losses * weight : losses, reduction);
}
Tensor logits_wrt_self(const Backward& b) {
  const Tensor self = b.saved("self"), target = b.saved("target"), pos_weight = b.saved("pos_weight");
  if (!pos_weight.defined()) return weighted_gradient(b) * (sigmoid(self) - target);
  const Tensor positive = pos_weight * target;
  return weighted_gradient(b) * ((positive + Scalar(1) - target) * sigmoid(self) - positive);
}
Tensor logits_wrt_target(const Backward& b) {
  const Tensor self = b.saved("self"), pos_weight = b.saved("pos_weight");
  if (!pos_weight.defined()) return -(weighted_gradient(b) * self);
  return weighted_gradient(b) * (log_sigmoid(-self) - log_sigmoid(self) * pos_weight);
}

// ---- Built from other operators

Tensor kl_div_composite(const Tensor& self, const Tensor& target, int64_t reduction, bool log_target) {
  if (is_complex(self.dtype()) || is_complex(target.dtype()))
    throw RuntimeError("kl_div: Complex inputs not supported.");
  if (is_integral_or_bool(self.dtype()) || is_integral_or_bool(target.dtype()))
    throw RuntimeError("kl_div: Integral inputs not supported.");
  if (log_target) return reduced(exp(target) * (target - self), reduction);
  return reduced(xlogy(target, target) - target * self, reduction);
}
Tensor poisson_nll_loss_composite(const Tensor& input, const Tensor& target, bool log_input, bool full, double eps,
                                  int64_t reduction) {
  Tensor losses = log_input ? exp(input) - target * input : input - target * log(input + Scalar(eps));
  if (full) {
    const Tensor stirling = target * log(target) - target + log(target * Scalar(2 * M_PI)) * Scalar(0.5);
    losses = losses + masked_fill(stirling, le(target, Scalar(1)), Scalar(0));
  }
  return reduced(losses, reduction);
}
Tensor margin_ranking_loss_composite(const Tensor& input1, const Tensor& input2, const Tensor& target, double margin,
                                     int64_t reduction) {
  return reduced(clamp_min(-target * (input1 - input2) + Scalar(margin), Scalar(0)), reduction);
}
Tensor hinge_embedding_loss_composite(const Tensor& self, const Tensor& target, double margin, int64_t reduction) {
  const Tensor nothing = zeros_like(self);
  const Tensor far = where(ne(target, Scalar(1)), clamp_min(Scalar(margin) - self, Scalar(0)), nothing);
  const Tensor near = where(ne(target, Scalar(-1)), self, nothing);
  return reduced(far + near, reduction);
}
Tensor cosine_embedding_loss_composite(const Tensor& input1, const Tensor& input2, const Tensor& target, double margin,
                                       int64_t reduction) {
  if (target.dim() != 0 && target.dim() != 1)
    throw RuntimeError("0D or 1D target tensor expected, multi-target not supported");
  const size_t vectors = target.dim() == 1 ? 2 : 1;
  if (size_t(input1.dim()) != vectors || size_t(input2.dim()) != vectors)
    throw RuntimeError(cat(target.dim(), "D target tensor expects ", vectors, "D input tensors, but found inputs with ",
                           "sizes ", shape_text(input1.sizes()), " and ", shape_text(input2.sizes()), "."));
  constexpr double kEpsilon = 1e-12;
  const std::vector<int64_t> last = {int64_t(vectors) - 1};
  const std::optional<IntArrayRef> over(last);
  const Tensor product = sum(input1 * input2, over, false);
  const Tensor length1 = sum(input1 * input1, over, false) + Scalar(kEpsilon);
  const Tensor length2 = sum(input2 * input2, over, false) + Scalar(kEpsilon);
  const Tensor cosine = product / sqrt(length1 * length2);
  const Tensor nothing = zeros_like(cosine);
  const Tensor alike = where(eq(target, Scalar(1)), Scalar(1) - cosine, nothing);
  const Tensor different = where(eq(target, Scalar(-1)), clamp_min(cosine - Scalar(margin), Scalar(0)), nothing);
  return reduced(alike + different, reduction);
}

}  // namespace

void declare_losses(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::nn_functional;
  constexpr OpTraits kComposite = OpTraits::no_method | OpTraits::composite;
  ops.add(
      {.schema = "mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&mse_loss_cpu>(),
       .saves = "self, target",
       .derivatives = {{"self", [](const Backward& b) { return element_gradient(b) * difference(b) * Scalar(2); }},
                       {"target", [](const Backward& b) { return element_gradient(b) * difference(b) * Scalar(-2); }}},
       .traits = kPlain,
       .doc = "The squared difference."});
  ops.add({.schema = "l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
           .kernel = typed_kernel<&l1_loss_composite>(),
           .traits = kPlain | OpTraits::composite,
           .doc = "The absolute difference."});
  ops.add({.schema = "smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&smooth_l1_loss_cpu>(),
           .saves = "self, target",
           .derivatives = {{"self", [](const Backward& b) { return element_gradient(b) * smooth_l1_slope(b); }},
                           {"target", [](const Backward& b) { return -(element_gradient(b) * smooth_l1_slope(b)); }}},
           .grad_fn = "SmoothL1LossBackward0",
           .traits = kPlain,
           .doc = "Squared differences below beta, absolute ones above."});
  ops.add({.schema = "huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&huber_loss_cpu>(),
           .saves = "self, target",
           .derivatives = {{"self", [](const Backward& b) { return element_gradient(b) * huber_slope(b); }},
                           {"target", [](const Backward& b) { return -(element_gradient(b) * huber_slope(b)); }}},
           .traits = kPlain,
           .doc = "Squared differences below delta, absolute ones above, scaled by delta."});
  ops.add({.schema = "soft_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&soft_margin_loss_cpu>(),
           .saves = "self, target",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor target = b.saved("target");
                              return -(element_gradient(b) * target * sigmoid(-(b.saved("self") * target)));
                            }}},
           .traits = kPlain,
           .doc = "log(1 + exp(-self * target))."});
  ops.add({.schema = "binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> "
                     "Tensor",
           .out = "out",
           .kernel = typed_kernel<&binary_cross_entropy_cpu>(),
           .saves = "self, target, weight",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              return weighted_gradient(b) * (self - b.saved("target")) /
                                     clamp_min((Scalar(1) - self) * self, Scalar(1e-12));
                            }},
                           {"target",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              return weighted_gradient(b) * (log1p(-self) - log(self));
                            }}},
           .traits = kPlain,
           .doc = "The cross entropy of probabilities of two outcomes."});
  ops.add({.schema = "binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? "
                     "pos_weight=None, int reduction=1) -> Tensor",
           .kernel = typed_kernel<&binary_cross_entropy_with_logits_cpu>(),
           .saves = "self, target, weight, pos_weight",
           .derivatives = {{"self", &logits_wrt_self}, {"target", &logits_wrt_target}},
           .traits = OpTraits::no_method,
           .doc = "binary_cross_entropy of sigmoid(self)."});
  ops.add({.schema = "kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) -> Tensor",
           .kernel = typed_kernel<&kl_div_composite>(),
           .traits = kComposite,
           .doc = "The divergence of Kullback and Leibler; self holds logarithms."});
  ops.add({.schema = "poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int "
                     "reduction) -> Tensor",
           .kernel = typed_kernel<&poisson_nll_loss_composite>(),
           .traits = kComposite,
           .doc = "The negative log likelihood of Poisson counts."});
  ops.add({.schema = "margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int "
                     "reduction=1) -> Tensor",
           .kernel = typed_kernel<&margin_ranking_loss_composite>(),
           .traits = kComposite,
           .doc = "max(0, -target * (input1 - input2) + margin)."});
  ops.add({.schema = "hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=1) -> Tensor",
           .kernel = typed_kernel<&hinge_embedding_loss_composite>(),
           .traits = kComposite,
           .doc = "self where target is 1, max(0, margin - self) where it is -1."});
  ops.add({.schema = "cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int "
                     "reduction=1) -> Tensor",
           .kernel = typed_kernel<&cosine_embedding_loss_composite>(),
           .traits = kComposite,
           .doc = "1 - cosine where target is 1, max(0, cosine - margin) where it is -1."});
}

}  // namespace rushlight::ops
