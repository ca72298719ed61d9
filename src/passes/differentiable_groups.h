/// Which results of a function PyTorch's executor would compute inside a differentiable group (passes.md sections 5 and
/// 6). Only the names of `grad_fn` depend on it.
#pragma once
#include "ir/function.h"

namespace rushlight::passes {

/// One entry for each returned value; of a returned tuple, for each element. Computed once for each function.
const std::vector<bool>& outputs_in_differentiable_groups(const ir::GraphFunction& function);

}  // namespace rushlight::passes
