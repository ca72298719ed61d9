/// Operators that are other operators under another name.
#pragma once
#include <span>

#include "ops/op.h"

namespace rushlight {

/// Adds the operators of aliases.def, made of those that the families declared.
void declare_aliases(OpSet& ops, std::span<const OpDecl* const> declared);

}  // namespace rushlight
