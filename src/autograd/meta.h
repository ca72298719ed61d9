/// The one implementation of AutogradMetaBase: the fields that autograd keeps with a tensor.
#pragma once
#include "autograd/accumulate_grad.h"
#include "autograd/variable.h"

namespace rushlight::autograd {

/// How a tracked view came to be; decides whether it may be written in place.
enum class ViewOrigin : uint8_t { normal, no_grad_mode, multiple_outputs };

struct ViewInfo {
  Tensor base;  ///< never a view itself
  ViewOrigin origin = ViewOrigin::normal;
  uint32_t grad_fn_version = 0;  ///< version counter when grad_fn was made: later, grad_fn has to be made anew
};

struct AutogradMeta : AutogradMetaBase {
  ~AutogradMeta() override;

  bool requires_grad = false;  ///< of a leaf; tensors with grad_fn require grad by that
  bool retains_grad = false;
  uint32_t output_index = 0;  ///< which result of grad_fn this is
  Tensor grad;
  Ref<GradNode> grad_fn;
  Ref<AccumulateGrad> accumulator;  ///< of a leaf; points back without owning
  std::unique_ptr<ViewInfo> view;
  std::vector<std::pair<uint64_t, Hook>> hooks;

  static AutogradMeta* find(const Tensor& tensor) { return static_cast<AutogradMeta*>(tensor.impl()->autograd.get()); }
  static AutogradMeta& of(const Tensor& tensor) {
    if (!tensor.impl()->autograd) tensor.impl()->autograd = std::make_unique<AutogradMeta>();
    return *find(tensor);
  }
};

/// Makes `tensor` result `output_index` of `node`.
void set_history(const Tensor& tensor, const Ref<GradNode>& node);
/// Runs the tensor's own hooks on `gradient`, in the order in which they were registered.
Tensor run_hooks(const AutogradMeta& meta, Tensor gradient);

}  // namespace rushlight::autograd
