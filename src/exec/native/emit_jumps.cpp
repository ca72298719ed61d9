/// Jumps, with and without comparisons and steps in them.
#include "exec/native/emitter.h"

namespace rushlight::exec::native {

void Emitter::jump_if(Relation relation, const Label& target) {
  switch (relation) {
    case Relation::lt:
      return jl(target);
    case Relation::le:
      return jle(target);
    case Relation::gt:
      return jg(target);
    case Relation::ge:
      return jge(target);
    case Relation::eq:
      return je(target);
    case Relation::ne:
      return jne(target);
  }
}

bool Emitter::emit_jump(const Instruction& in) {
  if (!is_jump(in)) return false;
  const Label& target = labels_[in.d];
  const auto compared = [&](Relation relation, bool with_immediate = false) {
    compare_ints(in, with_immediate);
    jump_if(relation, target);
    return true;
  };
  const auto stepped = [&](Relation relation, bool with_immediate) {
    if (in_machine(in.a))
      add(int_machine(in.a), uint32_t(int32_t(in.step)));
    else
      add(home(in.a), uint32_t(int32_t(in.step)));
    return compared(relation, with_immediate);
  };
  const auto compared_floats = [&](Relation relation, bool sense) {
    compare_floats(in, relation);
    const bool strict = relation == Relation::lt || relation == Relation::gt;
    if (sense)
      strict ? ja(target) : jae(target);
    else
      strict ? jbe(target) : jb(target);
    return true;
  };
  switch (in.opcode) {
    case Opcode::jump:
      jmp(target);
      return true;
    case Opcode::jump_if:
    case Opcode::jump_unless: {
      if (in_machine(in.a))
        test(int_machine(in.a), int_machine(in.a));
      else
        cmp(home(in.a), 0);
      if (in.opcode == Opcode::jump_if)
        jnz(target);
      else
        jz(target);
      return true;
    }
    case Opcode::jump_lt_i64:
      return compared(Relation::lt);
    case Opcode::jump_le_i64:
      return compared(Relation::le);
    case Opcode::jump_gt_i64:
      return compared(Relation::gt);
    case Opcode::jump_ge_i64:
      return compared(Relation::ge);
    case Opcode::jump_eq_i64:
      return compared(Relation::eq);
    case Opcode::jump_ne_i64:
      return compared(Relation::ne);
    case Opcode::jump_lt_imm_i64:
      return compared(Relation::lt, true);
    case Opcode::jump_le_imm_i64:
      return compared(Relation::le, true);
    case Opcode::jump_gt_imm_i64:
      return compared(Relation::gt, true);
    case Opcode::jump_ge_imm_i64:
      return compared(Relation::ge, true);
    case Opcode::jump_eq_imm_i64:
      return compared(Relation::eq, true);
    case Opcode::jump_ne_imm_i64:
      return compared(Relation::ne, true);
    case Opcode::jump_lt_f64:
      return compared_floats(Relation::lt, true);
    case Opcode::jump_le_f64:
      return compared_floats(Relation::le, true);
    case Opcode::jump_gt_f64:
      return compared_floats(Relation::gt, true);
    case Opcode::jump_ge_f64:
      return compared_floats(Relation::ge, true);
    case Opcode::jump_nlt_f64:
      return compared_floats(Relation::lt, false);
    case Opcode::jump_nle_f64:
      return compared_floats(Relation::le, false);
    case Opcode::jump_ngt_f64:
      return compared_floats(Relation::gt, false);
    case Opcode::jump_nge_f64:
      return compared_floats(Relation::ge, false);
    case Opcode::step_jump_lt_i64:
      return stepped(Relation::lt, false);
    case Opcode::step_jump_le_i64:
      return stepped(Relation::le, false);
    case Opcode::step_jump_gt_i64:
      return stepped(Relation::gt, false);
    case Opcode::step_jump_ge_i64:
      return stepped(Relation::ge, false);
    case Opcode::step_jump_ne_i64:
      return stepped(Relation::ne, false);
    case Opcode::step_jump_lt_imm_i64:
      return stepped(Relation::lt, true);
    case Opcode::step_jump_le_imm_i64:
      return stepped(Relation::le, true);
    case Opcode::step_jump_gt_imm_i64:
      return stepped(Relation::gt, true);
    case Opcode::step_jump_ge_imm_i64:
      return stepped(Relation::ge, true);
    case Opcode::step_jump_ne_imm_i64:
      return stepped(Relation::ne, true);
    default:
      return false;
  }
}

}  // namespace rushlight::exec::native
