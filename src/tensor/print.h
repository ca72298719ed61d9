/// Tensors as text: Python's repr and C++'s operator<<.
#pragma once
#include <string>

#include "tensor/tensor.h"

namespace rushlight {

/// torch.set_printoptions
struct PrintOptions {
  int precision = 4;
  int64_t threshold = 1000;
  int64_t edgeitems = 3;
  int64_t linewidth = 80;
  std::optional<bool> sci_mode = {};
};
PrintOptions& print_options();

/// "tensor([1., 2.])" with all suffixes. `suffixes`: what the caller knows and this layer does not, in PyTorch's order
/// ("grad_fn=<TanhBackward0>", "requires_grad=True").
std::string tensor_repr(const Tensor& tensor, const std::vector<std::string>& suffixes = {},
                        std::string_view prefix = "tensor(");
/// As libtorch's operator<< prints it: columns, then "[ CPUFloatType{2,3} ]".
std::string tensor_cpp_text(const Tensor& tensor, int64_t line_width = 80);

}  // namespace rushlight
