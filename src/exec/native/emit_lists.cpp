/// Reads, writes and appends of lists whose element type is known.
#include "exec/native/emitter.h"

namespace rushlight::exec::native {
namespace {

int shift_of(int element_bytes) { return __builtin_ctz(unsigned(element_bytes)); }

/// The bytes of an element by the suffix of the opcode.
int element_bytes(Opcode opcode) {
  switch (opcode) {
    case Opcode::list_get_bool:
    case Opcode::list_get2_bool:
    case Opcode::list_set_bool:
    case Opcode::list_append_bool:
      return 1;
    case Opcode::list_get_value:
    case Opcode::list_set_value:
    case Opcode::list_append_value:
      return kValueBytes;
    default:
      return 8;
  }
}

}  // namespace

template <class Use>
void Emitter::with_element(uint32_t index, int bytes, Use&& use) {
  const int shift = shift_of(bytes);
  mov(rcx, ptr[rax + kListBegin]);
  mov(rax, ptr[rax + kListEnd]);
  sub(rax, rcx);
  if (shift) sar(rax, shift);
  const auto scaled = [this, bytes, shift](const Reg64& at) {
    if (bytes <= 8) return ptr[rcx + at * bytes];
    shl(at, shift);
    return ptr[rcx + at];
  };
  if (const auto number = immediate(index); number && *number >= 0 && *number < (1 << 26)) {
    cmp(rax, uint32_t(*number));
    jbe(leave());
    return use(ptr[rcx + *number * bytes]);
  }
  Label negative, done, found;
  // A scratch register where the index is scaled by hand, or is no machine register.
  const bool in_scratch = bytes > 8 || !in_machine(index);
  if (in_scratch) load_int(rdx, index);
  const Reg64 at = in_scratch ? rdx : int_machine(index);
  cmp(at, rax);
  jae(negative);
  L(found);
  use(scaled(at));
  L(done);
  cold([this, at, bytes, in_scratch, negative, found, done, scaled, use]() mutable {
    L(negative);
    if (!in_scratch) mov(rdx, at);
    add(rdx, rax);
    cmp(rdx, rax);
    jae(leave());
    if (in_scratch) return jmp(found);
    use(scaled(rdx));
    jmp(done);
  });
}

void Emitter::load_element(uint32_t to, int bytes, const Address& from) {
  if (bytes == 1) {
    const Xbyak::Reg32 word = in_machine(to) ? int_machine(to).cvt32() : eax;
    movzx(word, Xbyak::Address(byte[from.getRegExp()]));
    if (!in_machine(to)) mov(home(to), rax);
  } else {
    store_word_from(to, from);
  }
}

void Emitter::put_element(const Address& to, uint32_t from, int bytes) {
  if (is_float(from)) {
    const Xmm number = float_in(from, xmm0);
    movsd(to, number);
    return;
  }
  const Reg64 word = int_in(from, rax);
  if (bytes == 1)
    mov(byte[to.getRegExp()], word.cvt8());
  else
    mov(to, word);
}

void Emitter::emit_nested_get(const Instruction& in, int bytes) {
  const uint32_t* pool = code_.pool.data() + in.a + 1;
  mov(rax, home(pool[0]));
  with_element(pool[1], kValueBytes, [this](const Address& row) { mov(rax, row); });
  with_element(pool[2], bytes, [this, to = in.d, bytes](const Address& from) { load_element(to, bytes, from); });
}

/// A list that must grow is left to the interpreter.
void Emitter::emit_append(const Instruction& in, int bytes) {
  may_leave_[here_] = true;
  mov(rdx, home(in.d));
  mov(rcx, ptr[rdx + kListEnd]);
  cmp(rcx, ptr[rdx + kListCapacity]);
  je(leave());
  if (bytes < kValueBytes) {
    put_element(ptr[rcx], in.a, bytes);
    add(qword[rdx + kListEnd], bytes);
    return;
  }
  add(qword[rdx + kListEnd], bytes);
  mov(rdx, rcx);
  save_home(in.a);
  mov(rax, home(in.a));
  movzx(ecx, tag(in.a));
  retain();
  mov(ptr[rdx], rax);
  mov(ptr[rdx + kTag], rcx);
}

bool Emitter::emit_list(const Instruction& in) {
  const int bytes = element_bytes(in.opcode);
  switch (in.opcode) {
    case Opcode::list_len: {
      // The bytes of an element are not known here, only the list has its kind.
      static constexpr uint8_t kShifts[] = {4, 3, 3, 0};
      static_assert(int(ListKind::generic) == 0 && int(ListKind::bools) == 3 && kValueBytes == 1 << 4);
      mov(rdx, home(in.a));
      mov(rax, ptr[rdx + kListEnd]);
      sub(rax, ptr[rdx + kListBegin]);
      movzx(ecx, byte[rdx + kListKind]);
      mov(rdx, reinterpret_cast<uint64_t>(&kShifts));
      mov(cl, byte[rdx + rcx]);
      sar(rax, cl);
      store_int(in.d, rax);
      return true;
    }
    case Opcode::list_get_i64:
    case Opcode::list_get_f64:
    case Opcode::list_get_bool:
      mov(rax, home(in.a));
      with_element(in.b, bytes, [this, to = in.d, bytes](const Address& from) { load_element(to, bytes, from); });
      return true;
    case Opcode::list_get_value:
      may_leave_[here_] = true;
      mov(rax, home(in.a));
      with_element(in.b, bytes, [this](const Address& from) { lea(rax, from); });
      copy_value(in.d);
      return true;
    case Opcode::list_get2_i64:
    case Opcode::list_get2_f64:
    case Opcode::list_get2_bool:
      emit_nested_get(in, bytes);
      return true;
    case Opcode::list_set_i64:
    case Opcode::list_set_f64:
    case Opcode::list_set_bool:
      mov(rax, home(in.d));
      with_element(in.a, bytes, [this, from = in.b, bytes](const Address& to) { put_element(to, from, bytes); });
      return true;
    case Opcode::list_set_value:
      mov(rax, home(in.d));
      with_element(in.a, bytes, [this](const Address& to) { lea(rcx, to); });
      put_value(in.b);
      return true;
    case Opcode::list_append_i64:
    case Opcode::list_append_f64:
    case Opcode::list_append_bool:
    case Opcode::list_append_value:
      emit_append(in, bytes);
      return true;
    default:
      return false;
  }
}

}  // namespace rushlight::exec::native
