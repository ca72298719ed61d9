#include "exec/native/emitter.h"

namespace rushlight::exec::native {
namespace {

// Registers that C++ functions keep stand last among the numbers, so that they are spared for what is left.
constexpr int kIntMachine[] = {Xbyak::Operand::RSI, Xbyak::Operand::RDI, Xbyak::Operand::R8,  Xbyak::Operand::R9,
                               Xbyak::Operand::R10, Xbyak::Operand::R11, Xbyak::Operand::R12, Xbyak::Operand::R13,
                               Xbyak::Operand::R14, Xbyak::Operand::R15};
constexpr int kIntCount = int(std::size(kIntMachine));
constexpr int kFirstKept = 6;  ///< of kIntMachine
constexpr int kFirstFloat = 2;
constexpr int kFloatCount = 14;

}  // namespace

Emitter::Emitter(const Plan& plan, void* buffer, size_t size)
    : CodeGenerator(size, buffer),
      plan_(plan),
      code_(plan.bytecode()),
      analysis_(code_),
      machine_(assign_machine_registers(code_, analysis_, kIntCount, kFloatCount)),
      presets_(code_.registers.size()),
      labels_(code_.code.size()),
      entries_(code_.code.size()),
      may_leave_(code_.code.size()),
      only_leaves_(code_.code.size()) {
  setDefaultJmpNEAR(true);
  for (const auto& [reg, constant] : code_.presets) presets_[reg] = constant;
}

void Emitter::emit() {
  emit_way_in();
  for (here_ = 0; here_ < code_.code.size(); ++here_) {
    L(labels_[here_]);
    emit_instruction(code_.code[here_]);
  }
  while (!cold_.empty()) {
    std::vector<Cold> batch = std::move(cold_);
    cold_.clear();
    for (Cold& part : batch) {
      here_ = part.at;
      part.emit();
    }
  }
  emit_leaving();
  for (uint32_t at = 0; at < code_.code.size(); ++at)
    if (at == 0 || is_entry(at)) emit_entry(at);
}

/// Called as a C++ function: saves the registers that belong to the caller.
void Emitter::emit_way_in() {
  const Reg64 saved[] = {rbx, rbp, r12, r13, r14, r15};
  for (const Reg64& reg : saved) push(reg);
  sub(rsp, 8);
  mov(rbx, rdi);
  mov(rbp, rsi);
  Xbyak::CodeGenerator::call(rdx);
  add(rsp, 8);
  for (size_t i = std::size(saved); i-- > 0;) pop(saved[i]);
  ret();
}

/// The function may be entered where loops begin and behind each instruction that leaves.
bool Emitter::is_entry(uint32_t at) const { return at == 0 || analysis_.is_loop_head[at] || may_leave_[at - 1]; }

void Emitter::emit_entry(uint32_t at) {
  if (at == 0) L(function_start_);
  if (is_entry(at)) entries_[at] = uint32_t(getSize());
  sub(rsp, 8);
  analysis_.live[at].for_each([&](uint32_t reg) { load_home(reg); });
  jmp(labels_[at]);
}

void Emitter::emit_instruction(const Instruction& in) {
  if (emit_number(in) || emit_jump(in) || emit_list(in) || emit_value(in) || emit_dict(in) || emit_object(in) ||
      emit_call(in))
    return;
  may_leave_[here_] = only_leaves_[here_] = true;
  jmp(leave());
}

Emitter::Label& Emitter::leave_at(uint32_t at) { return leaves_[at]; }

/// All ways out that save the same registers share the code for it.
void Emitter::emit_leaving() {
  std::map<RegisterSet, Label> saving;
  for (auto& [at, label] : leaves_) {
    RegisterSet saved(code_.registers.size());
    analysis_.live[at].for_each([&](uint32_t reg) {
      if (in_machine(reg)) saved.add(reg);
    });
    L(label);
    mov(rax, reinterpret_cast<uint64_t>(&code_.code[at]));
    jmp(saving[saved]);
  }
  const RegisterSet nothing(code_.registers.size());
  for (auto& [at, label] : saved_leaves_) {
    L(label);
    mov(rax, reinterpret_cast<uint64_t>(&code_.code[at]));
    jmp(saving[nothing]);
  }
  for (auto& [saved, label] : saving) {
    L(label);
    saved.for_each([&](uint32_t reg) { save_home(reg); });
    mov(rcx, ptr[rbp + offsetof(CallState, top)]);
    mov(ptr[rcx - int(sizeof(Frame)) + offsetof(Frame, pc)], rax);
    mov(eax, uint32_t(Outcome::left));
    add(rsp, 8);
    ret();
  }
}

void Emitter::save_before_call() {
  analysis_.live[here_].for_each([&](uint32_t reg) { save_home(reg); });
}
void Emitter::load_after_call(bool all) {
  const auto load = [&](uint32_t reg) {
    if (all || is_float(reg) || machine_[reg] < kFirstKept) load_home(reg);
  };
  RegisterUses uses;
  find_register_uses(code_, code_.code[here_], uses);
  if (here_ + 1 >= code_.code.size()) return;
  analysis_.live[here_ + 1].for_each([&](uint32_t reg) {
    bool written = false;
    for (uint32_t other : uses.writes) written |= other == reg;
    if (written)
      load_home(reg);
    else
      load(reg);
  });
}

// ---- Operands

Xbyak::Reg64 Emitter::int_machine(uint32_t reg) const { return Reg64(kIntMachine[machine_[reg]]); }
Xbyak::Xmm Emitter::float_machine(uint32_t reg) const { return Xmm(kFirstFloat + machine_[reg]); }

std::optional<int32_t> Emitter::immediate(uint32_t reg) const {
  if (!presets_[reg] || is_float(reg)) return std::nullopt;
  const int64_t number = code_.constants[*presets_[reg]].raw_int();
  if (number != int32_t(number)) return std::nullopt;
  return int32_t(number);
}

Xbyak::Reg64 Emitter::int_in(uint32_t reg, const Reg64& scratch) {
  if (in_machine(reg)) return int_machine(reg);
  load_int(scratch, reg);
  return scratch;
}
Xbyak::Xmm Emitter::float_in(uint32_t reg, const Xmm& scratch) {
  if (in_machine(reg)) return float_machine(reg);
  load_float(scratch, reg);
  return scratch;
}
void Emitter::load_int(const Reg64& to, uint32_t reg) {
  if (const auto number = immediate(reg)) {
    mov(to, uint64_t(int64_t(*number)));
  } else if (!in_machine(reg)) {
    mov(to, home(reg));
  } else if (int_machine(reg) != to) {
    mov(to, int_machine(reg));
  }
}
void Emitter::load_float(const Xmm& to, uint32_t reg) {
  if (!in_machine(reg))
    movsd(to, home(reg));
  else if (float_machine(reg) != to)
    movaps(to, float_machine(reg));
}
void Emitter::store_int(uint32_t reg, const Reg64& from) {
  if (!in_machine(reg))
    mov(home(reg), from);
  else if (int_machine(reg) != from)
    mov(int_machine(reg), from);
}
void Emitter::store_float(uint32_t reg, const Xmm& from) {
  if (!in_machine(reg))
    movsd(home(reg), from);
  else if (float_machine(reg) != from)
    movaps(float_machine(reg), from);
}
void Emitter::load_word(const Reg64& to, uint32_t reg) {
  if (is_float(reg) && in_machine(reg))
    movq(to, float_machine(reg));
  else
    load_int(to, reg);
}
void Emitter::store_word_from(uint32_t reg, const Address& from) {
  if (!in_machine(reg)) {
    mov(rax, from);
    mov(home(reg), rax);
  } else if (is_float(reg)) {
    movsd(float_machine(reg), from);
  } else {
    mov(int_machine(reg), from);
  }
}
void Emitter::load_home(uint32_t reg) {
  if (!in_machine(reg)) return;
  if (is_float(reg))
    movsd(float_machine(reg), home(reg));
  else
    mov(int_machine(reg), home(reg));
}
void Emitter::save_home(uint32_t reg) {
  if (!in_machine(reg)) return;
  if (is_float(reg))
    movsd(home(reg), float_machine(reg));
  else
    mov(home(reg), int_machine(reg));
}
Xbyak::Reg64 Emitter::int_target(uint32_t reg, uint32_t also_read, const Reg64& scratch) const {
  return in_machine(reg) && !share_machine(reg, also_read) ? int_machine(reg) : scratch;
}
Xbyak::Xmm Emitter::float_target(uint32_t reg, uint32_t also_read, const Xmm& scratch) const {
  return in_machine(reg) && !share_machine(reg, also_read) ? float_machine(reg) : scratch;
}

// ---- The whole

std::unique_ptr<const Code> translate(const Plan& plan) {
  // Larger functions stay in the interpreter: their analysis would take long, and their time is seldom in loops.
  constexpr size_t kMaxInstructions = 4000, kMaxRegisters = 1000, kMaxBytes = 1 << 20;
  const Bytecode& code = plan.bytecode();
  if (code.code.size() > kMaxInstructions || code.registers.size() > kMaxRegisters || !layout_matches()) return nullptr;
  try {
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kMaxBytes);
    Emitter emitter(plan, buffer.get(), kMaxBytes);
    emitter.emit();
    CodeMemory memory(emitter.getCode(), emitter.getSize());
    if (!memory.start()) return nullptr;
    return std::make_unique<const Code>(std::move(memory), emitter.entries());
  } catch (const std::exception&) {
    return nullptr;  // more code than the buffer holds
  }
}

}  // namespace rushlight::exec::native
