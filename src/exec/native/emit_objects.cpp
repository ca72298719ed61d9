/// Attributes of objects and parts of tuples.
#include "exec/native/emitter.h"

namespace rushlight::exec::native {
namespace {

// They tell by their result whether it went well.

uint64_t tuple_index(IValue* to, const IValue* tuple, const IValue* index) noexcept {
  if (!tuple->is_tuple()) return false;
  const std::vector<IValue>& parts = tuple->tuple().elements;
  const int64_t size = int64_t(parts.size()), at = index->raw_int() + (index->raw_int() < 0 ? size : 0);
  if (at < 0 || at >= size) return false;
  *to = IValue(parts[size_t(at)]);
  return true;
}
uint64_t unpack_tuple(IValue* registers, const IValue* tuple, const uint32_t* outputs) noexcept {
  if (!tuple->is_tuple() || tuple->tuple().elements.size() != outputs[0]) return false;
  const IValue kept = *tuple;  // one of the outputs may take its register
  for (uint32_t i = 0; i < outputs[0]; ++i) registers[outputs[1 + i]] = kept.tuple().elements[i];
  return true;
}

}  // namespace

/// rcx = the address of a slot of the object. Objects to whose class attributes were added later are left to the
/// interpreter.
void Emitter::find_slot(uint32_t object, uint32_t slot) {
  may_leave_[here_] = true;
  cmp(tag(object), uint32_t(Tag::object));
  jne(leave());
  mov(rax, home(object));
  mov(rcx, ptr[rax + kSlotsBegin]);
  mov(rax, ptr[rax + kSlotsEnd]);
  add(rcx, slot * uint32_t(kValueBytes));
  cmp(rcx, rax);
  jae(leave());
}

/// The value at rcx becomes a copy of the register.
void Emitter::put_value(uint32_t from) {
  Label counted, done;
  cmp(byte[rcx + kTag], uint32_t(Tag::tensor));
  jae(counted);
  if (class_of(from) != RegisterClass::value) {
    load_word(rax, from);
    mov(ptr[rcx], rax);
    mov(qword[rcx + kTag], uint32_t(plan_.frame_image()[from].tag()));
  } else {
    mov(rdx, rcx);
    mov(rax, home(from));
    movzx(ecx, tag(from));
    retain();
    mov(ptr[rdx], rax);
    mov(ptr[rdx + kTag], rcx);
  }
  L(done);
  cold([this, from, counted, done]() mutable {
    L(counted);
    call(reinterpret_cast<const void*>(&assign_value), [&] {
      mov(rdi, rcx);
      lea(rsi, home(from));
    });
    jmp(done);
  });
}

bool Emitter::emit_object(const Instruction& in) {
  switch (in.opcode) {
    case Opcode::get_slot:
      find_slot(in.a, in.b);
      if (class_of(in.d) != RegisterClass::value) {
        store_word_from(in.d, qword[rcx]);
      } else {
        mov(rax, rcx);
        copy_value(in.d);
      }
      return true;
    case Opcode::set_slot:
      find_slot(in.d, in.b);
      put_value(in.a);
      return true;
    case Opcode::tuple_index:
      call(reinterpret_cast<const void*>(&tuple_index), [&] {
        lea(rdi, home(in.d));
        lea(rsi, home(in.a));
        lea(rdx, home(in.b));
      });
      break;
    case Opcode::unpack_tuple:
      call(reinterpret_cast<const void*>(&unpack_tuple), [&] {
        mov(rdi, rbx);
        lea(rsi, home(in.a));
        mov(rdx, reinterpret_cast<uint64_t>(code_.pool.data() + in.b + 1));
      });
      break;
    default:
      return false;
  }
  may_leave_[here_] = true;
  test(eax, eax);
  jz(leave_saved());
  return true;
}

}  // namespace rushlight::exec::native
