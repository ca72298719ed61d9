/// Whether PyTorch can load a program: what Rushlight compiles beyond PyTorch's language may need what PyTorch lacks
/// (recursion, sets, operators of Rushlight's own).
#pragma once
#include <vector>

#include "base/error.h"
#include "value/containers.h"

namespace rushlight::archive {

/// One construct that PyTorch cannot load: its name, and where the program uses it.
struct UnportableUse {
  std::string construct;
  SourceRange range;
};

/// Every construct once, with its first use in the methods of the module, in those of its submodules, and in what they
/// call. Empty: PyTorch can load it.
std::vector<UnportableUse> unportable_uses(const Object& module);
/// RuntimeError that names the constructs and their places, if there are any.
void require_portable(const Object& module);

}  // namespace rushlight::archive
