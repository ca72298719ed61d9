/// Reads and writes of dictionaries, through C++ functions that tell by their result whether it went well.
#include "exec/native/emitter.h"

namespace rushlight::exec::native {
namespace {

DictObject& dict_of(const IValue& value) { return *static_cast<DictObject*>(value.raw_pointer()); }

// Keys that cannot be hashed throw; then, as for a key that is not there, the interpreter does it again.
enum Answer : uint64_t { no, yes, unknown };

uint64_t get(IValue* to, const IValue* dict, const IValue* key) noexcept {
  try {
    const IValue* found = std::as_const(dict_of(*dict)).find(*key);
    if (!found) return unknown;
    *to = *found;
    return yes;
  } catch (...) {
    return unknown;
  }
}
uint64_t set(const IValue* dict, const IValue* key, const IValue* value) noexcept {
  try {
    dict_of(*dict).insert_or_assign(*key, *value);
    return yes;
  } catch (...) {
    return unknown;
  }
}
uint64_t contains(const IValue* dict, const IValue* key) noexcept {
  try {
    return std::as_const(dict_of(*dict)).find(*key) ? yes : no;
  } catch (...) {
    return unknown;
  }
}

}  // namespace

bool Emitter::emit_dict(const Instruction& in) {
  switch (in.opcode) {
    case Opcode::dict_get:
      call(reinterpret_cast<const void*>(&get), [&] {
        lea(rdi, home(in.d));
        lea(rsi, home(in.a));
        lea(rdx, home(in.b));
      });
      break;
    case Opcode::dict_set:
      call(reinterpret_cast<const void*>(&set), [&] {
        lea(rdi, home(in.d));
        lea(rsi, home(in.a));
        lea(rdx, home(in.b));
      });
      break;
    case Opcode::dict_contains:
      call(reinterpret_cast<const void*>(&contains), [&] {
        lea(rdi, home(in.a));
        lea(rsi, home(in.b));
      });
      break;
    default:
      return false;
  }
  may_leave_[here_] = true;
  cmp(eax, uint32_t(unknown));
  je(leave_saved());
  if (in.opcode == Opcode::dict_contains) store_int(in.d, rax);
  return true;
}

}  // namespace rushlight::exec::native
