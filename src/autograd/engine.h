/// The backward pass: walks the tape from the roots, latest node first, and adds up what meets.
#pragma once
#include "autograd/variable.h"

namespace rushlight::autograd {

struct BackwardOptions {
  bool retain_graph = false;
  bool create_graph = false;
  /// Only these get gradients (torch.autograd.grad, backward(inputs=)). Empty: all leaves.
  std::vector<Tensor> inputs = {};
  /// Add into `.grad` of leaves; otherwise the gradients of `inputs` are returned.
  bool accumulate = true;
  bool allow_unused = false;
  bool materialize_grads = false;
};
/// `gradients[i]` belongs to `roots[i]`; undefined: ones, for scalars only ("grad can be implicitly created only for
/// scalar outputs").
std::vector<Tensor> run_backward(const std::vector<Tensor>& roots, std::vector<Tensor> gradients,
                                 const BackwardOptions& options);

}  // namespace rushlight::autograd
