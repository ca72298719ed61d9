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

uint32_t operand_field(const Instruction& in, std::string_view operands, size_t position) {
  switch (operands[position]) {
    case 'd':
    case 'o':
    case 'j':
      return in.d;
    case 'a':
    case 'u':
      return in.a;
    case 'b':
    case 'i':
      return in.b;
    case 's':
      return uint32_t(int32_t(in.step));
    default:
      break;
  }
  // k, p and n stand in the field that their position and the other letters leave free.
  if (position == 0) return in.d;
  if (position == 1) return operands[0] == 'a' ? in.b : in.a;
  return in.b;
}

void find_register_uses(const Bytecode& bytecode, const Instruction& in, RegisterUses& uses) {
  uses.reads.clear();
  uses.writes.clear();
  const std::string_view operands = opcode_info(in.opcode).operands;
  for (size_t i = 0; i < operands.size(); ++i) {
    const uint32_t field = operand_field(in, operands, i);
    switch (operands[i]) {
      case 'd':
        uses.writes.push_back(field);
        break;
      case 'u':
        uses.writes.push_back(field);
        [[fallthrough]];
      case 'o':
      case 'a':
      case 'b':
        uses.reads.push_back(field);
        break;
      case 'p': {
        const uint32_t* entry = bytecode.pool.data() + field;
        for (uint32_t j = 0; j < entry[0]; ++j)
          if (!(entry[1 + j] & kConstantOperand)) uses.reads.push_back(entry[1 + j] & kOperandIndex);
        entry += 1 + entry[0];
        uses.writes.insert(uses.writes.end(), entry + 1, entry + 1 + entry[0]);
        break;
      }
      default:
        break;
    }
  }
}

}  // namespace rushlight::exec
