/// The typed register bytecode. Compiled from a graph once (compiler.h), run by the interpreter, shown by the
/// disassembler.
///
/// A frame is an array of 16-byte registers. A register has one static class for its whole life: int, float and bool
/// registers get their tag when the frame is made and are only written as words after that; value registers hold any
/// IValue.
#pragma once
#include <memory>

#include "ir/function.h"

namespace rushlight::exec {

enum class Opcode : uint16_t {
#define OPCODE(name, text, operands, effect) name,
#include "exec/opcodes.def"
#undef OPCODE
};

struct OpcodeInfo {
  const char* text;      ///< "add.i64"
  const char* operands;  ///< one letter each, see opcodes.def
  const char* effect;
};
const OpcodeInfo& opcode_info(Opcode opcode);
/// By text; nothing if there is none ("call.op" is what operators without an instruction of their own use).
std::optional<Opcode> find_opcode(std::string_view text);

struct Instruction {
  Opcode opcode;
  int16_t step = 0;  ///< a second, small immediate
  uint32_t d = 0;
  uint32_t a = 0;
  uint32_t b = 0;  ///< a register, or an immediate read as int32
};

/// The field that holds operand `position` of `operands` (the letters of opcodes.def).
uint32_t operand_field(const Instruction& instruction, std::string_view operands, size_t position);

/// Flags of an operand in the pool.
inline constexpr uint32_t kConstantOperand = 1u << 31;  ///< an index into the constants
inline constexpr uint32_t kLastUse = 1u << 30;          ///< the register is released after the instruction
inline constexpr uint32_t kOperandIndex = kLastUse - 1;

enum class RegisterClass : uint8_t { value, int_, float_, bool_ };
RegisterClass register_class(const Type& type);

struct Bytecode {
  std::vector<Instruction> code;
  /// Operand lists. An entry: count of inputs, inputs, count of outputs, outputs.
  std::vector<uint32_t> pool;
  std::vector<IValue> constants;
  std::vector<const Operator*> operators;
  std::vector<ir::GraphFunction*> functions;
  std::vector<std::string> names;
  std::vector<TypePtr> types;
  std::vector<std::vector<TypePtr>> type_lists;
  std::vector<Ref<ClassType>> classes;
  std::vector<const ir::Node*> python_nodes;
  /// Functions made of the subgraphs of fork nodes; `functions` points to them.
  std::vector<std::unique_ptr<ir::GraphFunction>> owned_functions;

  std::vector<RegisterClass> registers;  ///< class of each
  /// Registers that hold a constant for the whole call, and the constant: typed instructions take registers only.
  std::vector<std::pair<uint32_t, uint32_t>> presets;
  uint32_t argument_count = 0;  ///< arguments are registers 0 .. argument_count-1
  uint32_t result_count = 0;
  /// Where each instruction came from, for error traces: parallel to `code`; null for instructions of our own.
  std::vector<const ir::Node*> origins;
  /// Keeps the nodes that `origins` points to.
  std::shared_ptr<ir::Graph> graph;
  std::string function_name;
};

/// The registers that an instruction reads and those that it writes; one may be in both lists.
struct RegisterUses {
  std::vector<uint32_t> reads, writes;
};
/// Fills `uses` anew.
void find_register_uses(const Bytecode& bytecode, const Instruction& instruction, RegisterUses& uses);
/// The targets of jumps have the letter j.
inline bool is_jump(const Instruction& instruction) { return opcode_info(instruction.opcode).operands[0] == 'j'; }
/// Whether the next instruction may follow.
inline bool falls_through(const Instruction& instruction) {
  return instruction.opcode != Opcode::jump && instruction.opcode != Opcode::ret && instruction.opcode != Opcode::raise;
}

/// The text of `rushlight code --bytecode`.
std::string disassemble(const Bytecode& bytecode);
/// Checks registers, targets and pool entries. RuntimeError that names the instruction. Run on every compiled function
/// in tests.
void check(const Bytecode& bytecode);

}  // namespace rushlight::exec
