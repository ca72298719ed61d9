/// Type promotion: the dtype in which an element-wise operation works. PyTorch page: "Type promotion documentation".
#pragma once
#include "tensor/tensor.h"

namespace rushlight::cpu {

/// Tensors with dimensions decide over 0-dimensional ones, these over numbers, unless the weaker one is of a higher
/// category (bool, integral, floating, complex). Numbers that win give the default dtype.
class PromotionState {
 public:
  void add(const Tensor& tensor);
  ScalarType result() const;

 private:
  std::optional<ScalarType> with_dims_, zero_dim_, number_;
};

ScalarType result_type(const Tensor& a, const Tensor& b);

}  // namespace rushlight::cpu
