/// How error messages name a type.
#pragma once
#include <string>

#include "value/type.h"

namespace rushlight {

/// The annotation; a class with the unit that it was compiled in ("__torch__.C (of Python compilation unit at:
/// 0x...)"), a parameter's type without annotation as "Tensor (inferred)".
std::string repr(const Type& type);

}  // namespace rushlight
