/// What programs may ask about the tape of a tensor. The autograd layer, which lies above this one, fills it in.
#pragma once
#include "tensor/tensor.h"

namespace rushlight {

struct VariableQueries {
  bool (*requires_grad)(const Tensor& tensor) = nullptr;
  bool (*is_leaf)(const Tensor& tensor) = nullptr;
  Tensor (*grad)(const Tensor& tensor) = nullptr;  ///< undefined: there is none
};
extern VariableQueries variable_queries;

}  // namespace rushlight
