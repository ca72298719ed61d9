/// Bytecode to x86-64 machine code, instruction by instruction.
///
/// Each word register has one home for the whole function: a machine register (analysis.h) or its place in the frame.
/// Presets and values always stay in the frame. Machine code does what goes well; on anything else (an index outside, a
/// division by zero, an instruction without a machine form) it writes the word registers that are still read back into
/// the frame and leaves: the interpreter does that instruction, raises what is to be raised, and comes back at the next
/// entry. So no exception crosses machine code, and errors are the interpreter's own.
///
///   rbx   the registers of the frame        rbp   the CallState
///   rax, rcx, rdx, xmm0, xmm1   scratch     the others hold word registers
#pragma once
#define XBYAK_NO_OP_NAMES
#include <xbyak/xbyak.h>

#include <functional>
#include <map>

#include "exec/interpreter.h"
#include "exec/native/analysis.h"
#include "exec/native/code.h"
#include "exec/native/layout.h"

namespace rushlight::exec::native {

/// For machine code: what `*to = *from` does.
void assign_value(IValue* to, const IValue* from) noexcept;

class Emitter : private Xbyak::CodeGenerator {
 public:
  Emitter(const Plan& plan, void* buffer, size_t size);
  void emit();
  using Xbyak::CodeGenerator::getCode;
  using Xbyak::CodeGenerator::getSize;
  /// Offsets of the entries, 0 where there is none.
  std::vector<uint32_t> entries() const { return entries_; }

 private:
  using Reg64 = Xbyak::Reg64;
  using Xmm = Xbyak::Xmm;
  using Address = Xbyak::Address;
  using Label = Xbyak::Label;

  // ---- emitter.cpp: the frame around the instructions

  void emit_way_in();
  void emit_entry(uint32_t at);
  void emit_instruction(const Instruction& in);
  bool is_entry(uint32_t at) const;
  /// The place that leaves for the interpreter before instruction `at`, by default the one at hand.
  Label& leave_at(uint32_t at);
  Label& leave() { return leave_at(here_); }
  /// The same after `call`, which saved the registers and may have loaded what the instruction was to give.
  Label& leave_saved() { return saved_leaves_[here_]; }
  void emit_leaving();
  /// Code that is seldom run is put behind all else. It takes labels by value, and only such as were used or set
  /// before: a label gets its identity then.
  void cold(std::function<void()> code) { cold_.push_back({here_, std::move(code)}); }
  /// A call of a C++ function that throws nothing. The word registers that are read later keep their values; results
  /// that the function wrote into the frame are loaded. Arguments are put in place by `arguments`, after the
  /// registers were saved; the result is in rax.
  template <class Arguments>
  void call(const void* function, Arguments&& arguments);
  void save_before_call();
  /// Machine registers that C++ functions keep are only loaded if `all` are lost.
  void load_after_call(bool all = false);

  // ---- emitter.cpp: operands

  bool in_machine(uint32_t reg) const { return machine_[reg] >= 0; }
  Reg64 int_machine(uint32_t reg) const;
  Xmm float_machine(uint32_t reg) const;
  Address home(uint32_t reg) { return qword[rbx + int(reg) * kValueBytes]; }
  Address tag(uint32_t reg) { return byte[rbx + int(reg) * kValueBytes + kTag]; }
  RegisterClass class_of(uint32_t reg) const { return code_.registers[reg]; }
  bool is_float(uint32_t reg) const { return class_of(reg) == RegisterClass::float_; }
  /// The number in an int preset that fits into an immediate.
  std::optional<int32_t> immediate(uint32_t reg) const;
  /// Calls use(operand) with the operand that instructions take: an immediate, a machine register or memory.
  template <class Use>
  void with_int(uint32_t reg, Use&& use) {
    if (const auto number = immediate(reg))
      use(uint32_t(*number));
    else if (in_machine(reg))
      use(int_machine(reg));
    else
      use(home(reg));
  }
  template <class Use>
  void with_float(uint32_t reg, Use&& use) {
    if (in_machine(reg))
      use(float_machine(reg));
    else
      use(home(reg));
  }
  /// The machine register that holds it, or `scratch`, loaded.
  Reg64 int_in(uint32_t reg, const Reg64& scratch);
  Xmm float_in(uint32_t reg, const Xmm& scratch);
  void load_int(const Reg64& to, uint32_t reg);
  void load_float(const Xmm& to, uint32_t reg);
  void store_int(uint32_t reg, const Reg64& from);
  void store_float(uint32_t reg, const Xmm& from);
  /// A word in a scratch register or in memory, to a register of any word class.
  void store_word_from(uint32_t reg, const Address& from);
  /// Loads or stores the machine register of a word register at its place in the frame.
  void load_home(uint32_t reg);
  void save_home(uint32_t reg);
  /// Where a result is computed: its machine register unless `also_read` needs it until the end, else scratch.
  Reg64 int_target(uint32_t reg, uint32_t also_read, const Reg64& scratch) const;
  Xmm float_target(uint32_t reg, uint32_t also_read, const Xmm& scratch) const;
  bool share_machine(uint32_t a, uint32_t b) const {
    return in_machine(a) && machine_[a] == machine_[b] && is_float(a) == is_float(b);
  }

  // ---- Families: each does the instruction and returns true, or returns false.

  bool emit_number(const Instruction& in);  // emit_numbers.cpp
  bool emit_jump(const Instruction& in);    // emit_jumps.cpp
  bool emit_list(const Instruction& in);    // emit_lists.cpp
  bool emit_value(const Instruction& in);   // emit_values.cpp
  bool emit_dict(const Instruction& in);    // emit_dicts.cpp
  bool emit_object(const Instruction& in);  // emit_objects.cpp
  bool emit_call(const Instruction& in);    // emit_calls.cpp

  template <class Op>
  void int_operation(const Instruction& in, bool commutes, Op&& op);
  template <class Op>
  void float_operation(const Instruction& in, bool commutes, Op&& op);
  void int_division(const Instruction& in, bool wants_quotient);
  enum class Relation { lt, le, gt, ge, eq, ne };
  void set_int(const Instruction& in, Relation relation);
  void set_float(const Instruction& in, Relation relation);
  void set_flag(uint32_t reg, Relation relation);
  void compare_ints(const Instruction& in, bool with_immediate);
  void jump_if(Relation relation, const Label& target);
  /// Sets the flags so that "above" (or "above or equal") tells the relation; both are false for nan.
  void compare_floats(const Instruction& in, Relation relation);

  /// The element `index` of the list whose address is in rax: use(address), once for the usual way and once for
  /// negative indices. Changes rax, rcx, rdx.
  template <class Use>
  void with_element(uint32_t index, int element_bytes, Use&& use);
  void load_element(uint32_t to, int element_bytes, const Address& from);
  void emit_nested_get(const Instruction& in, int element_bytes);
  void emit_append(const Instruction& in, int element_bytes);
  void put_element(const Address& to, uint32_t from, int element_bytes);
  /// rd = the value at rax, counted; rax is changed.
  void copy_value(uint32_t to);
  /// Takes a share of what rax points to, with the tag in rcx.
  void retain();
  /// The count of what rax points to goes up or down by one; the flags tell whether it is 0 now.
  void count(bool up);
  void drop_value(uint32_t reg);
  void find_slot(uint32_t object, uint32_t slot);
  void put_value(uint32_t from);
  /// Any register from any other, with tags where the classes differ.
  void move_any(uint32_t to, uint32_t from);
  void emit_return(const Instruction& in);
  void emit_function_call(const Instruction& in);
  void push_own_frame();
  void initialize(uint32_t reg);
  void pass_argument(uint32_t entry, uint32_t index);
  /// The payload of a word register of any class.
  void load_word(const Reg64& to, uint32_t reg);

  const Plan& plan_;
  const Bytecode& code_;
  Analysis analysis_;
  std::vector<int8_t> machine_;
  std::vector<std::optional<uint32_t>> presets_;  ///< the constant of each preset register
  std::vector<Label> labels_;                     ///< of instructions
  std::vector<uint32_t> entries_;
  std::vector<uint8_t> may_leave_, only_leaves_;
  std::map<uint32_t, Label> leaves_, saved_leaves_;
  struct Cold {
    uint32_t at;
    std::function<void()> emit;
  };
  std::vector<Cold> cold_;
  Label function_start_;
  uint32_t here_ = 0;  ///< the instruction at hand
};

template <class Arguments>
void Emitter::call(const void* function, Arguments&& arguments) {
  save_before_call();
  arguments();
  mov(rax, reinterpret_cast<uint64_t>(function));
  Xbyak::CodeGenerator::call(rax);
  load_after_call();
}

}  // namespace rushlight::exec::native
