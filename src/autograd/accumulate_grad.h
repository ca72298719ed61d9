/// The end of the tape at a leaf: adds what arrives into its `.grad`.
#pragma once
#include "autograd/grad_node.h"

namespace rushlight::autograd {

class AccumulateGrad final : public GradNode {
 public:
  explicit AccumulateGrad(const Tensor& leaf);
  std::string name() const override { return "AccumulateGrad"; }
  std::vector<Tensor> apply(std::vector<Tensor> gradients) override;
  /// The leaf, if it is still alive.
  Tensor variable() const;
  /// Called by the leaf when it dies.
  void forget_variable();

  std::vector<std::pair<uint64_t, std::function<void(const Tensor&)>>> post_hooks_after_accumulation;

 private:
  mutable std::mutex mutex_;
  TensorImpl* variable_;
};

}  // namespace rushlight::autograd
