/// PyTorch's name for the history of compiled code: from the second call on, results of a differentiable group of two
/// or more nodes print `grad_fn=<DifferentiableGraphBackward>` (passes.md section 5). Values and gradients do not
/// depend on it.
#pragma once
#include <functional>

#include "ir/function.h"

namespace rushlight::exec {

/// Runs `call` and gives its results the name that PyTorch would show. The function remembers, once, whether its first
/// call ran with grad mode on and something that requires grad.
IValue run_with_grad_names(ir::GraphFunction& function, std::vector<IValue> arguments,
                           const std::function<IValue(std::vector<IValue>)>& call);

}  // namespace rushlight::exec
