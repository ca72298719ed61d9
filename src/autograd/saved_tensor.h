/// A tensor kept for the backward pass, with the version it had: a later write in place is noticed.
#pragma once
#include "autograd/grad_node.h"

namespace rushlight::autograd {

class SavedTensor {
 public:
  SavedTensor() = default;
  /// `is_result`: a result of the node that saves it. It is then kept without its history, which would be a cycle.
  SavedTensor(const Tensor& tensor, bool is_result);
  bool defined() const { return data_.defined(); }
  /// `node`: the node that saved it; results get it back as their grad_fn.
  /// Throws RuntimeError if the tensor was written since.
  Tensor unpack(const Ref<GradNode>& node) const;

 private:
  Tensor data_;
  uint32_t version_ = 0;
  uint32_t output_index_ = 0;
  bool is_result_ = false;
};

}  // namespace rushlight::autograd
