/// torch::autograd: backward passes of several tensors at once.
#pragma once
#include "ATen/core/TensorBody.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace autograd {

using Variable = at::Tensor;
using variable_list = std::vector<at::Tensor>;

/// What made a tensor.
class RUSHLIGHT_API Node : public ::rushlight::Opaque {
 public:
  /// "TanhBackward0"
  std::string name() const;
};

/// Adds the gradients of `tensors` into `.grad` of the leaves (of `inputs`, if there are any). `gradients[i]` belongs
/// to `tensors[i]`; where none is given, it is one, for scalars only.
RUSHLIGHT_API void backward(const variable_list& tensors, const variable_list& gradients = {},
                            std::optional<bool> retain_graph = std::nullopt, bool create_graph = false,
                            const variable_list& inputs = {});
/// The gradients of `outputs` with respect to `inputs`, as values.
RUSHLIGHT_API variable_list grad(const variable_list& outputs, const variable_list& inputs,
                                 const variable_list& gradients = {}, std::optional<bool> retain_graph = std::nullopt,
                                 bool create_graph = false, bool allow_unused = false);

}  // namespace autograd
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
