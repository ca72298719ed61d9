/// Builtins of the language that are called for what they do.
#include <utility>

#include "ops/derived_forms.h"
#include "ops/printing.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

/// A UserWarning where the surface has warnings; `stacklevel` is for Python's frames, which compiled code does not
/// have.
void warn_user(std::string_view message, int64_t) { warn(message); }

void print_with(std::string_view separator, std::string_view end, const IValue& values) {
  std::string text;
  bool first = true;
  for (const IValue& value : values.tuple().elements) {
    if (!std::exchange(first, false)) text += separator;
    text += printed(value);
  }
  print_text(text += end);
}

}  // namespace

void declare_builtins_effects(OpSet& ops) {
  ops.add({.schema = "warn(str message, int stacklevel=2) -> ()",
           .kernel = typed_kernel<&warn_user>(),
           .traits = OpTraits::language | OpTraits::side_effects});
  ops.add({.schema = "rushlight::print(str sep, str end, ...) -> ()",
           .kernel = typed_kernel<&print_with>(),
           .traits = OpTraits::language | OpTraits::side_effects,
           .doc = "`sep` or `end` of print"});
}

}  // namespace rushlight::ops
