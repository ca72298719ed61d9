/// Attributes of objects and parts of tuples, through C++ functions that tell by their result whether it went well.
#include "exec/native/emitter.h"

namespace rushlight::exec::native {
namespace {

uint64_t get_slot(IValue* to, const IValue* object, uint64_t slot) noexcept {
  if (!object->is_object() || slot >= object->object().slot_count()) return false;
  *to = IValue(object->object().slot(slot));
  return true;
}
uint64_t set_slot(const IValue* object, const IValue* value, uint64_t slot) noexcept {
  if (!object->is_object() || slot >= object->object().slot_count()) return false;
  object->object().slot(slot) = *value;
  return true;
}
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

bool Emitter::emit_object(const Instruction& in) {
  switch (in.opcode) {
    case Opcode::get_slot:
      call(reinterpret_cast<const void*>(&get_slot), [&] {
        lea(rdi, home(in.d));
        lea(rsi, home(in.a));
        mov(edx, in.b);
      });
      break;
    case Opcode::set_slot:
      call(reinterpret_cast<const void*>(&set_slot), [&] {
        lea(rdi, home(in.d));
        lea(rsi, home(in.a));
        mov(edx, in.b);
      });
      break;
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
