/// Builtins of the language that are called for what they do.
#include "ops/derived_forms.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

/// A UserWarning where the surface has warnings; `stacklevel` is for Python's frames, which compiled code does not
/// have.
void warn_user(std::string_view message, int64_t) { warn(message); }

}  // namespace

void declare_builtins_effects(OpSet& ops) {
  ops.add({.schema = "warn(str message, int stacklevel=2) -> ()",
           .kernel = typed_kernel<&warn_user>(),
           .traits = OpTraits::language | OpTraits::side_effects});
}

}  // namespace rushlight::ops
