/// Moves of counted values, and reads of what they hold.
#include "base/shared_counts.h"
#include "exec/native/emitter.h"

namespace rushlight::exec::native {

void assign_value(IValue* to, const IValue* from) noexcept { *to = *from; }

namespace {

void destroy(const RefCounted* object) noexcept { delete object; }

}  // namespace

void Emitter::retain() {
  Label done;
  cmp(ecx, uint32_t(Tag::tensor));
  jb(done, T_SHORT);
  cmp(ecx, uint32_t(Tag::function));
  je(done, T_SHORT);
  test(rax, rax);
  jz(done, T_SHORT);
  count(/*up=*/true);
  L(done);
}

void Emitter::count(bool up) {
  const auto change = [&] { up ? inc(dword[rax + kUseCount]) : dec(dword[rax + kUseCount]); };
  Label shared, done;
  if (const char* flag = single_thread_flag()) {
    push(rdx);
    mov(rdx, reinterpret_cast<uint64_t>(flag));
    cmp(byte[rdx], 0);
    pop(rdx);
    je(shared, T_SHORT);
    change();
    jmp(done, T_SHORT);
  }
  L(shared);
  lock();
  change();
  L(done);
}

void Emitter::copy_value(uint32_t to) {
  Label occupied, done;
  cmp(tag(to), uint32_t(Tag::tensor));
  jae(occupied);
  movzx(ecx, byte[rax + kTag]);
  mov(rax, ptr[rax]);
  retain();
  mov(home(to), rax);
  mov(qword[rbx + int(to) * kValueBytes + kTag], rcx);
  L(done);
  cold([this, to, occupied, done]() mutable {
    L(occupied);
    call(reinterpret_cast<const void*>(&assign_value), [&] {
      mov(rsi, rax);
      lea(rdi, home(to));
    });
    jmp(done);
  });
}

void Emitter::drop_value(uint32_t reg) {
  Label counted, done;
  cmp(tag(reg), uint32_t(Tag::tensor));
  jae(counted);
  L(done);
  mov(home(reg), 0);
  mov(qword[rbx + int(reg) * kValueBytes + kTag], uint32_t(Tag::none));
  cold([this, reg, counted, done]() mutable {
    L(counted);
    cmp(tag(reg), uint32_t(Tag::function));
    je(done);
    mov(rax, home(reg));
    test(rax, rax);
    jz(done);
    count(/*up=*/false);
    jnz(done);
    call(reinterpret_cast<const void*>(&destroy), [&] { mov(rdi, rax); });
    jmp(done);
  });
}

void Emitter::move_any(uint32_t to, uint32_t from) {
  const bool to_word = class_of(to) != RegisterClass::value, from_word = class_of(from) != RegisterClass::value;
  if (to_word) {
    // The classes of numbers agree: what is moved was refined to the type of the destination.
    if (from_word) save_home(from);
    return store_word_from(to, home(from));
  }
  save_home(from);
  lea(rax, home(from));
  copy_value(to);
}

bool Emitter::emit_value(const Instruction& in) {
  switch (in.opcode) {
    case Opcode::move_value:
      move_any(in.d, in.a);
      return true;
    case Opcode::load_value:
      if (class_of(in.d) != RegisterClass::value) return false;
      mov(rax, reinterpret_cast<uint64_t>(&code_.constants[in.a]));
      copy_value(in.d);
      return true;
    case Opcode::drop:
      drop_value(in.d);
      return true;
    case Opcode::tuple_get:
      mov(rax, home(in.a));
      mov(rax, ptr[rax + kTupleBegin]);
      if (class_of(in.d) != RegisterClass::value) {
        store_word_from(in.d, qword[rax + int(in.b) * kValueBytes]);
      } else {
        add(rax, in.b * uint32_t(kValueBytes));
        copy_value(in.d);
      }
      return true;
    case Opcode::number_to_f64: {
      may_leave_[here_] = true;
      Label is_int, done;
      cmp(tag(in.a), uint32_t(Tag::floating));
      jne(is_int);
      movsd(xmm0, home(in.a));
      L(done);
      store_float(in.d, xmm0);
      cold([this, in, is_int, done]() mutable {
        L(is_int);
        cmp(tag(in.a), uint32_t(Tag::integer));
        jne(leave());
        xorps(xmm0, xmm0);
        cvtsi2sd(xmm0, home(in.a));
        jmp(done);
      });
      return true;
    }
    default:
      return false;
  }
}

}  // namespace rushlight::exec::native
