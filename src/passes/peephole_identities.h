/// Sums with 0 and products with 1 of tensors.
#pragma once
#include "ir/graph.h"

namespace rushlight::passes {

/// Uses of `x + 0`, `x - 0`, `x * 1` and `x / 1` become uses of `x` where that changes no dtype, nobody writes either,
/// and not both can be seen from outside. Whether anything changed.
bool simplify_tensor_identities(ir::Graph& graph);

}  // namespace rushlight::passes
