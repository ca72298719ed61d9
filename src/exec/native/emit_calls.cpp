/// Returns, and calls between functions that are both machine code.
///
/// A call has a frame of its own, as in the interpreter, and the caller's frame knows where it stands. So when a callee
/// leaves, its callers leave too, and the interpreter goes on from the frames.
#include "exec/native/emitter.h"

namespace rushlight::exec::native {
namespace {

void pop_frame(CallState* calls) noexcept {
  --calls->top;
  calls->stack->pop(calls->top->registers, calls->top->plan->frame_image());
}

/// A new frame for `function`, and where its machine code begins. Null: the interpreter shall do the call.
const void* begin_call(CallState* calls, ir::GraphFunction* function) noexcept {
  try {
    Plan& plan = static_cast<Plan&>(function->plan());
    const Code* code = plan.machine_code();
    const void* entry = code ? code->entry(0) : nullptr;
    if (!entry || calls->top == calls->end) return nullptr;
    *calls->top = {&plan, calls->stack->push(plan.frame_image()), plan.bytecode().code.data()};
    ++calls->top;
    return entry;
  } catch (...) {
    return nullptr;  // the interpreter meets the error again
  }
}

void take_result(IValue* to, CallState* calls) noexcept { *to = std::move(calls->result); }

constexpr int kResult = offsetof(CallState, result);
constexpr int kFrameBytes = sizeof(Frame);

int64_t tag_word(RegisterClass cls) {
  static constexpr Tag kTags[] = {Tag::none, Tag::integer, Tag::floating, Tag::boolean};
  return int64_t(kTags[size_t(cls)]);
}

}  // namespace

/// One register of a new frame as its image has it, with the frame's registers at r8; changes rax.
void Emitter::initialize(uint32_t reg) {
  const int at = int(reg) * kValueBytes;
  const IValue& image = plan_.frame_image()[reg];
  if (image.is_none() || presets_[reg]) {
    mov(rax, uint64_t(image.raw_int()));
    mov(ptr[r8 + at], rax);
  }
  mov(qword[r8 + at + kTag], uint32_t(image.tag()));
}

/// An argument into register `index` of the frame at r8. All word registers are saved, so all machine registers are
/// free.
void Emitter::pass_argument(uint32_t entry, uint32_t index) {
  const Address to = ptr[r8 + int(index) * kValueBytes], to_tag = ptr[r8 + int(index) * kValueBytes + kTag];
  if (entry & kConstantOperand) {
    mov(rdx, reinterpret_cast<uint64_t>(&code_.constants[entry & kOperandIndex]));
    mov(rax, ptr[rdx]);
    movzx(ecx, byte[rdx + kTag]);
    retain();
  } else {
    const uint32_t reg = entry & kOperandIndex;
    if (class_of(reg) != RegisterClass::value) {
      mov(rax, home(reg));
      mov(ecx, uint32_t(tag_word(class_of(reg))));
    } else {
      mov(rax, home(reg));
      movzx(ecx, tag(reg));
      if (entry & kLastUse) {
        mov(home(reg), 0);
        mov(qword[rbx + int(reg) * kValueBytes + kTag], uint32_t(Tag::none));
      } else {
        retain();
      }
    }
  }
  mov(to, rax);
  mov(to_tag, rcx);
}

/// A frame for this function itself: its shape is known here.
void Emitter::push_own_frame() {
  constexpr int kTop = offsetof(RegisterBlock, top), kEnd = offsetof(RegisterBlock, end);
  mov(r9, ptr[rbp + offsetof(CallState, top)]);
  cmp(r9, ptr[rbp + offsetof(CallState, end)]);
  jae(leave_saved());
  mov(rdx, ptr[rbp + offsetof(CallState, stack)]);
  mov(r8, ptr[rdx + kTop]);
  lea(rax, ptr[r8 + int(code_.registers.size()) * kValueBytes]);
  cmp(rax, ptr[rdx + kEnd]);
  ja(leave_saved());
  mov(ptr[rdx + kTop], rax);
  mov(rax, reinterpret_cast<uint64_t>(&plan_));
  mov(ptr[r9 + offsetof(Frame, plan)], rax);
  mov(ptr[r9 + offsetof(Frame, registers)], r8);
  add(qword[rbp + offsetof(CallState, top)], kFrameBytes);
  for (uint32_t reg = code_.argument_count; reg < code_.registers.size(); ++reg) initialize(reg);
}

void Emitter::emit_function_call(const Instruction& in) {
  may_leave_[here_] = true;
  const uint32_t* inputs = code_.pool.data() + in.d;
  const uint32_t* outputs = inputs + 1 + inputs[0];
  ir::GraphFunction* function = code_.functions[in.a];
  const bool is_own = plan_.is_of(*function);

  save_before_call();
  mov(rcx, ptr[rbp + offsetof(CallState, top)]);
  mov(rax, reinterpret_cast<uint64_t>(&code_.code[here_]));
  mov(ptr[rcx - kFrameBytes + offsetof(Frame, pc)], rax);
  cmp(rsp, ptr[rbp + offsetof(CallState, stack_limit)]);
  jb(leave_saved());
  if (is_own) {
    push_own_frame();
  } else {
    mov(rdi, rbp);
    mov(rsi, reinterpret_cast<uint64_t>(function));
    mov(rax, reinterpret_cast<uint64_t>(&begin_call));
    Xbyak::CodeGenerator::call(rax);
    test(rax, rax);
    jz(leave_saved());
    mov(r10, rax);
    mov(r9, ptr[rbp + offsetof(CallState, top)]);
    mov(r8, ptr[r9 - kFrameBytes + offsetof(Frame, registers)]);
  }
  for (uint32_t i = 0; i < inputs[0]; ++i) pass_argument(inputs[1 + i], i);
  mov(rbx, r8);
  if (is_own)
    Xbyak::CodeGenerator::call(function_start_);
  else
    Xbyak::CodeGenerator::call(r10);

  static_assert(uint32_t(Outcome::returned) == 0);
  Label go_on, unwind;
  test(eax, eax);
  jnz(unwind);
  mov(rcx, ptr[rbp + offsetof(CallState, top)]);
  mov(rbx, ptr[rcx - kFrameBytes + offsetof(Frame, registers)]);
  if (outputs[0] == 1 && class_of(outputs[1]) != RegisterClass::value) {
    mov(rax, ptr[rbp + kResult]);
    mov(home(outputs[1]), rax);
  } else if (outputs[0] == 1) {
    lea(rdi, home(outputs[1]));
    mov(rsi, rbp);
    mov(rax, reinterpret_cast<uint64_t>(&take_result));
    Xbyak::CodeGenerator::call(rax);
  }
  load_after_call(/*all=*/true);
  cold([this, unwind]() mutable {
    L(unwind);
    add(rsp, 8);
    ret();
  });
}

/// Several results become a tuple in the interpreter.
void Emitter::emit_return(const Instruction& in) {
  const uint32_t* pool = code_.pool.data() + in.d;
  if (pool[0] > 1) return jmp(leave());
  if (pool[0] == 0) {
    xor_(eax, eax);
    xor_(ecx, ecx);
  } else if (pool[1] & kConstantOperand) {
    mov(rdx, reinterpret_cast<uint64_t>(&code_.constants[pool[1] & kOperandIndex]));
    mov(rax, ptr[rdx]);
    movzx(ecx, byte[rdx + kTag]);
    retain();
  } else {
    const uint32_t reg = pool[1] & kOperandIndex;
    if (class_of(reg) != RegisterClass::value) {
      load_word(rax, reg);
      mov(ecx, uint32_t(tag_word(class_of(reg))));
    } else {
      mov(rax, home(reg));
      movzx(ecx, tag(reg));
      if ((pool[1] & kLastUse) && !presets_[reg]) {
        mov(home(reg), 0);
        mov(qword[rbx + int(reg) * kValueBytes + kTag], uint32_t(Tag::none));
      } else {
        retain();
      }
    }
  }
  mov(ptr[rbp + kResult], rax);
  mov(ptr[rbp + kResult + kTag], rcx);
  const bool has_values = std::count(code_.registers.begin(), code_.registers.end(), RegisterClass::value) > 0;
  Label by_hand, done;
  if (!has_values) {
    mov(rdx, ptr[rbp + offsetof(CallState, stack)]);
    cmp(rbx, ptr[rdx + offsetof(RegisterBlock, begin)]);
    je(by_hand);  // the frame may be the first of a block
    mov(ptr[rdx + offsetof(RegisterBlock, top)], rbx);
    sub(qword[rbp + offsetof(CallState, top)], kFrameBytes);
  } else {
    jmp(by_hand);
  }
  L(done);
  xor_(eax, eax);
  add(rsp, 8);
  ret();
  cold([this, by_hand, done]() mutable {
    L(by_hand);
    mov(rdi, rbp);
    mov(rax, reinterpret_cast<uint64_t>(&pop_frame));
    Xbyak::CodeGenerator::call(rax);
    jmp(done);
  });
}

bool Emitter::emit_call(const Instruction& in) {
  if (in.opcode == Opcode::ret)
    emit_return(in);
  else if (in.opcode == Opcode::call_function)
    emit_function_call(in);
  else
    return false;
  return true;
}

}  // namespace rushlight::exec::native
