/// Questions about constant values.
#pragma once
#include "ir/graph.h"

namespace rushlight::ir {

/// Whether the value is the constant True.
bool is_true(const Value* value);

}  // namespace rushlight::ir
