/// What programs may ask of the tape of a tensor. The autograd layer, which lies above this one, fills it in.
#pragma once
#include <vector>

#include "ops/op.h"

namespace rushlight {

/// See autograd/engine.h. Without `inputs` the gradients are added into the leaves and none is returned.
struct BackwardRequest {
  bool retain_graph = false;
  bool create_graph = false;
  const std::vector<Tensor>* inputs = nullptr;
  bool allow_unused = false;
};

struct VariableQueries {
  bool (*requires_grad)(const Tensor& tensor) = nullptr;
  void (*set_requires_grad)(const Tensor& tensor, bool value) = nullptr;
  bool (*is_leaf)(const Tensor& tensor) = nullptr;
  Tensor (*grad)(const Tensor& tensor) = nullptr;  ///< undefined: there is none
  std::vector<Tensor> (*run_backward)(const std::vector<Tensor>& roots, std::vector<Tensor> gradients,
                                      const BackwardRequest& request) = nullptr;
};
extern VariableQueries variable_queries;

/// Whether a gradient may flow through: otherwise nobody asks for what only a gradient needs.
inline bool is_recorded(const Tensor& tensor) {
  return dispatch_state.grad_enabled && tensor.impl()->autograd != nullptr;
}

}  // namespace rushlight
