#include "base/text.h"
#include "exec/bytecode.h"

namespace rushlight::exec {
namespace {

std::string register_text(const Bytecode& bytecode, uint32_t reg) {
  static constexpr char kLetter[] = {'v', 'i', 'f', 'b'};
  return reg < bytecode.registers.size() ? cat(kLetter[size_t(bytecode.registers[reg])], reg) : cat("?", reg);
}

std::string operand_text(const Bytecode& bytecode, uint32_t entry) {
  if (entry & kConstantOperand) {
    const IValue& constant = bytecode.constants[entry & kOperandIndex];
    if (constant.is_tensor()) return "<Tensor>";
    return constant.is_string() ? cat('"', constant.to_string(), '"') : constant.str();
  }
  return register_text(bytecode, entry & kOperandIndex) + (entry & kLastUse ? "!" : "");
}

std::string pool_text(const Bytecode& bytecode, uint32_t at) {
  std::vector<std::string> inputs, outputs;
  const uint32_t* pool = bytecode.pool.data() + at;
  for (uint32_t i = 0; i < pool[0]; ++i) inputs.push_back(operand_text(bytecode, pool[1 + i]));
  pool += 1 + pool[0];
  for (uint32_t i = 0; i < pool[0]; ++i) outputs.push_back(register_text(bytecode, pool[1 + i]));
  return cat("(", join(inputs, ", "), ")", outputs.empty() ? "" : cat(" -> ", join(outputs, ", ")));
}

std::string name_text(const Bytecode& bytecode, const Instruction& in) {
  switch (in.opcode) {
    case Opcode::call_op:
      return bytecode.operators[in.a]->schema().qualified_name();
    case Opcode::call_function:
      return bytecode.functions[in.a]->qualified_name();
    case Opcode::fork:
      return bytecode.functions[in.a]->qualified_name();
    case Opcode::call_interface:
      return bytecode.names[in.a];
    case Opcode::make_object:
      return bytecode.classes[in.a]->name();
    default:
      return {};
  }
}

}  // namespace

std::string disassemble(const Bytecode& bytecode) {
  std::string text = cat("function ", bytecode.function_name, ": ", bytecode.argument_count, " arguments, ",
                         bytecode.registers.size(), " registers, ", bytecode.code.size(), " instructions\n");
  for (const auto& [reg, constant] : bytecode.presets)
    text +=
        cat("       ", register_text(bytecode, reg), " = ", operand_text(bytecode, constant | kConstantOperand), "\n");
  for (size_t i = 0; i < bytecode.code.size(); ++i) {
    const Instruction& in = bytecode.code[i];
    const OpcodeInfo& info = opcode_info(in.opcode);
    std::string line = cat(i);
    line.insert(0, line.size() < 5 ? 5 - line.size() : 0, ' ');
    line += cat("  ", info.text);
    line.resize(std::max<size_t>(line.size(), 26), ' ');
    const std::string_view operands = info.operands;
    std::vector<std::string> parts;
    for (size_t k = 0; k < operands.size(); ++k) {
      const uint32_t value = operand_field(in, operands, k);
      switch (operands[k]) {
        case 'd':
        case 'o':
        case 'a':
        case 'u':
        case 'b':
          parts.push_back(register_text(bytecode, value));
          break;
        case 'i':
        case 's':
          parts.push_back(cat(int32_t(value)));
          break;
        case 'j':
          parts.push_back(cat("@", value));
          break;
        case 'k':
          parts.push_back(operand_text(bytecode, value | kConstantOperand));
          break;
        case 'p':
          parts.push_back(pool_text(bytecode, value));
          break;
        default:
          if (const std::string name = name_text(bytecode, in); !name.empty())
            parts.insert(parts.begin(), name);
          else
            parts.push_back(cat("#", value));
      }
    }
    text += cat(line, " ", join(parts, ", "), "\n");
  }
  return text;
}

void check(const Bytecode& bytecode) {
  const auto fail = [&](size_t i, std::string_view what) {
    throw RuntimeError(cat("bytecode of ", bytecode.function_name, ", instruction ", i, " (",
                           opcode_info(bytecode.code[i].opcode).text, "): ", what));
  };
  for (size_t i = 0; i < bytecode.code.size(); ++i) {
    const Instruction& in = bytecode.code[i];
    const std::string_view operands = opcode_info(in.opcode).operands;
    for (size_t k = 0; k < operands.size(); ++k) {
      const uint32_t value = operand_field(in, operands, k);
      switch (operands[k]) {
        case 'd':
        case 'o':
        case 'a':
        case 'u':
        case 'b':
          if (value >= bytecode.registers.size()) fail(i, "register out of range");
          break;
        case 'j':
          if (value >= bytecode.code.size()) fail(i, "jump target out of range");
          break;
        case 'k':
          if (value >= bytecode.constants.size()) fail(i, "constant out of range");
          break;
        case 'p': {
          if (value >= bytecode.pool.size()) fail(i, "pool entry out of range");
          const uint32_t inputs = bytecode.pool[value];
          if (value + 1 + inputs >= bytecode.pool.size()) fail(i, "pool entry runs over the end");
          for (uint32_t j = 0; j < inputs; ++j) {
            const uint32_t entry = bytecode.pool[value + 1 + j];
            const size_t limit = entry & kConstantOperand ? bytecode.constants.size() : bytecode.registers.size();
            if ((entry & kOperandIndex) >= limit) fail(i, "pool operand out of range");
          }
          break;
        }
        default:
          break;
      }
    }
  }
  for (const auto& [reg, constant] : bytecode.presets)
    if (reg < bytecode.argument_count || reg >= bytecode.registers.size() || constant >= bytecode.constants.size())
      throw RuntimeError(cat("bytecode of ", bytecode.function_name, ": preset register out of range"));
  if (bytecode.code.empty() || bytecode.code.back().opcode != Opcode::ret)
    throw RuntimeError(cat("bytecode of ", bytecode.function_name, " does not end with return"));
}

}  // namespace rushlight::exec
