/// Returns and calls between functions that are both machine code.
#include "exec/native/emitter.h"

namespace rushlight::exec::native {
namespace {

void pop_frame(CallState* calls) noexcept {
  --calls->top;
  calls->stack->pop(calls->top->registers, calls->top->plan->frame_image());
}

constexpr int kResult = offsetof(CallState, result);

}  // namespace

/// A single number is returned from here; the interpreter does all else.
void Emitter::emit_return(const Instruction& in) {
  const uint32_t* pool = code_.pool.data() + in.d;
  const bool is_word =
      pool[0] == 1 && !(pool[1] & kConstantOperand) && class_of(pool[1] & kOperandIndex) != RegisterClass::value;
  if (!is_word) return jmp(leave());
  const uint32_t reg = pool[1] & kOperandIndex;
  if (is_float(reg)) {
    const Xmm number = float_in(reg, xmm0);
    movsd(ptr[rbp + kResult], number);
  } else {
    const Reg64 number = int_in(reg, rax);
    mov(ptr[rbp + kResult], number);
  }
  static constexpr Tag kTags[] = {Tag::none, Tag::integer, Tag::floating, Tag::boolean};
  mov(byte[rbp + kResult + kTag], uint32_t(kTags[size_t(class_of(reg))]));
  mov(rdi, rbp);
  mov(rax, reinterpret_cast<uint64_t>(&pop_frame));
  Xbyak::CodeGenerator::call(rax);
  mov(eax, uint32_t(Outcome::returned));
  add(rsp, 8);
  ret();
}

bool Emitter::emit_call(const Instruction& in) {
  if (in.opcode != Opcode::ret) return false;
  emit_return(in);
  return true;
}

}  // namespace rushlight::exec::native
