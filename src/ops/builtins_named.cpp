/// What printed code calls by name though programs write it otherwise: exceptions, constants of devices.
#include "base/text.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

Device device_of_text(std::string_view text) { return Device::parse(text); }
Device device_of_parts(std::string_view type, int64_t index) { return Device::parse(cat(type, ":", index)); }
/// Programs have an instruction for it; this is what a call of the operator itself does.
void raise_exception(std::string_view message, std::optional<std::string_view>) {
  throw RuntimeError(std::string(message));
}

}  // namespace

void declare_builtins_named(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add({.schema = "device(str a) -> Device", .kernel = typed_kernel<&device_of_text>(), .traits = kLanguage});
  ops.add({.schema = "device.with_index(str type, int index) -> Device",
           .kernel = typed_kernel<&device_of_parts>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::RaiseException(str msg, str? cls=None) -> ()",
           .kernel = typed_kernel<&raise_exception>(),
           .traits = kLanguage});
}

}  // namespace rushlight::ops
