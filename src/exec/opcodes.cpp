#include <algorithm>
#include <iterator>

#include "exec/bytecode.h"

namespace rushlight::exec {
namespace {
constexpr OpcodeInfo kOpcodes[] = {
#define OPCODE(name, text, operands, effect) {text, operands, effect},
#include "exec/opcodes.def"
#undef OPCODE
};
}  // namespace

const OpcodeInfo& opcode_info(Opcode opcode) { return kOpcodes[size_t(opcode)]; }

std::optional<Opcode> find_opcode(std::string_view text) {
  const auto found =
      std::find_if(std::begin(kOpcodes), std::end(kOpcodes), [&](const OpcodeInfo& info) { return info.text == text; });
  if (found == std::end(kOpcodes)) return std::nullopt;
  return Opcode(found - std::begin(kOpcodes));
}

RegisterClass register_class(const Type& type) {
  switch (type.kind()) {
    case TypeKind::int_:
      return RegisterClass::int_;
    case TypeKind::float_:
      return RegisterClass::float_;
    case TypeKind::bool_:
      return RegisterClass::bool_;
    default:
      return RegisterClass::value;
  }
}

}  // namespace rushlight::exec
