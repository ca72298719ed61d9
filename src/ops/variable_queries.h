/// What programs may ask of the tape of a tensor. The autograd layer, which lies above this one, fills it in.
#pragma once
#include <vector>

#include "tensor/tensor.h"

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

}  // namespace rushlight
