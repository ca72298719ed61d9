#include "autograd/accumulate_grad.h"

#include "autograd/grad_mode.h"
#include "autograd/meta.h"
#include "ops/functions.h"

namespace rushlight::autograd {

AccumulateGrad::AccumulateGrad(const Tensor& leaf) : variable_(leaf.impl()) { add_input(leaf); }

void AccumulateGrad::forget_variable() {
  std::lock_guard lock(mutex_);
  variable_ = nullptr;
}

Tensor AccumulateGrad::variable() const {
  std::lock_guard lock(mutex_);
  // The leaf may be in its destructor, waiting for this mutex: then it must not come back to life.
  if (!variable_ || !variable_->try_retain()) return {};
  return Tensor(Ref<TensorImpl>::adopt(variable_));
}

std::vector<Tensor> AccumulateGrad::apply(std::vector<Tensor> gradients) {
  Tensor gradient = std::move(gradients[0]);
  const Tensor leaf = variable();
  if (!gradient.defined() || !leaf.defined()) return {};
  AutogradMeta& meta = AutogradMeta::of(leaf);
  gradient = run_hooks(meta, std::move(gradient));
  if (!gradient.defined()) return {};
  {
    std::lock_guard lock(mutex_);
    if (!meta.grad.defined()) {
      const bool recorded = dispatch_state.grad_enabled;
      const bool same_layout = gradient.strides() == leaf.strides();
      if (recorded) {
        meta.grad = same_layout ? gradient : ops::clone(gradient);
      } else if (same_layout && gradient.ref()->use_count() == 1 && gradient.storage()->use_count() == 1) {
        meta.grad = detach(gradient);
      } else {
        Tensor copy = empty_strided_tensor(
            leaf.sizes(),
            same_layout || leaf.numel() == 0 || !is_non_overlapping_and_dense(leaf.sizes(), leaf.strides())
                ? IntArrayRef(contiguous_strides(leaf.sizes()))
                : leaf.strides(),
            gradient.dtype(), leaf.device());
        meta.grad = ops::copy_(copy, gradient);
      }
    } else if (dispatch_state.grad_enabled) {
      meta.grad = ops::add(meta.grad, gradient);
    } else {
      ops::add_(meta.grad, gradient);
    }
  }
  for (const auto& [key, hook] : post_hooks_after_accumulation) hook(leaf);
  return {};
}

}  // namespace rushlight::autograd
