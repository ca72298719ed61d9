/// Builtins that are written in the language itself: candidates of a call besides the operators of the same name. A
/// call is replaced by their body.
#pragma once
#include "ir/function.h"

namespace rushlight::script {

/// The functions called "aten::add"; empty for most names. Compiled when first asked for.
const std::vector<ir::GraphFunction*>& builtin_functions(std::string_view name);

}  // namespace rushlight::script
