/// Arithmetic and comparisons of ints, floats and bools.
#include "exec/native/emitter.h"

namespace rushlight::exec::native {

template <class Op>
void Emitter::int_operation(const Instruction& in, bool commutes, Op&& op) {
  uint32_t a = in.a, b = in.b;
  if (commutes && share_machine(in.d, b)) std::swap(a, b);
  const Reg64 target = int_target(in.d, b, rax);
  load_int(target, a);
  with_int(b, [&](const auto& operand) { op(target, operand); });
  store_int(in.d, target);
}

template <class Op>
void Emitter::float_operation(const Instruction& in, bool commutes, Op&& op) {
  uint32_t a = in.a, b = in.b;
  if (commutes && share_machine(in.d, b)) std::swap(a, b);
  const Xmm target = float_target(in.d, b, xmm0);
  load_float(target, a);
  with_float(b, [&](const auto& operand) { op(target, operand); });
  store_float(in.d, target);
}

/// Quotient and rest are rounded down, as Python does; the machine rounds towards zero.
void Emitter::int_division(const Instruction& in, bool wants_quotient) {
  const auto number = immediate(in.b);
  if (number && *number > 0 && (*number & (*number - 1)) == 0) {
    const Reg64 target = int_target(in.d, in.b, rax);
    load_int(target, in.a);
    if (wants_quotient)
      sar(target, __builtin_ctz(uint32_t(*number)));
    else
      and_(target, uint32_t(*number - 1));
    return store_int(in.d, target);
  }
  load_int(rcx, in.b);
  Label done, minus_one, next;
  if (!number || *number == 0) {
    test(rcx, rcx);
    jz(leave());
  }
  if (!number || *number == -1) {
    cmp(rcx, uint32_t(-1));
    je(minus_one);  // the machine fails for the smallest number
  }
  load_int(rax, in.a);
  cqo();
  idiv(rcx);
  if (wants_quotient) {
    test(rdx, rdx);
    jz(done);
    xor_(rdx, rcx);
    jns(done);
    dec(rax);
  } else {
    mov(rax, rdx);
    test(rdx, rdx);
    jz(done);
    xor_(rdx, rcx);
    jns(done);
    add(rax, rcx);
  }
  L(done);
  store_int(in.d, rax);
  L(next);
  if (!number || *number == -1)
    cold([this, in, wants_quotient, minus_one, next]() mutable {
      L(minus_one);
      if (wants_quotient) {
        load_int(rax, in.a);
        neg(rax);
      } else {
        xor_(eax, eax);
      }
      store_int(in.d, rax);
      jmp(next);
    });
}

void Emitter::compare_ints(const Instruction& in, bool with_immediate) {
  if (with_immediate) {
    if (in_machine(in.a))
      cmp(int_machine(in.a), in.b);
    else
      cmp(home(in.a), in.b);
    return;
  }
  const Reg64 a = int_in(in.a, rax);
  with_int(in.b, [&](const auto& operand) { cmp(a, operand); });
}

void Emitter::compare_floats(const Instruction& in, Relation relation) {
  const bool swapped = relation == Relation::lt || relation == Relation::le;
  const Xmm first = float_in(swapped ? in.b : in.a, xmm0);
  with_float(swapped ? in.a : in.b, [&](const auto& operand) { ucomisd(first, operand); });
}

void Emitter::set_flag(uint32_t reg, Relation relation) {
  switch (relation) {
    case Relation::lt:
      setl(al);
      break;
    case Relation::le:
      setle(al);
      break;
    case Relation::gt:
      setg(al);
      break;
    case Relation::ge:
      setge(al);
      break;
    case Relation::eq:
      sete(al);
      break;
    case Relation::ne:
      setne(al);
      break;
  }
  movzx(eax, al);
  store_int(reg, rax);
}

void Emitter::set_int(const Instruction& in, Relation relation) {
  compare_ints(in, /*with_immediate=*/false);
  set_flag(in.d, relation);
}

void Emitter::set_float(const Instruction& in, Relation relation) {
  compare_floats(in, relation);
  switch (relation) {
    case Relation::lt:
    case Relation::gt:
      seta(al);
      break;
    case Relation::le:
    case Relation::ge:
      setae(al);
      break;
    case Relation::eq:
      sete(al);
      setnp(cl);
      and_(al, cl);
      break;
    case Relation::ne:
      setne(al);
      setp(cl);
      or_(al, cl);
      break;
  }
  movzx(eax, al);
  store_int(in.d, rax);
}

bool Emitter::emit_number(const Instruction& in) {
  switch (in.opcode) {
    case Opcode::move_word:
      if (is_float(in.d)) {
        const Xmm to = in_machine(in.d) ? float_machine(in.d) : xmm0;
        load_float(to, in.a);
        store_float(in.d, to);
      } else {
        const Reg64 to = in_machine(in.d) ? int_machine(in.d) : rax;
        load_int(to, in.a);
        store_int(in.d, to);
      }
      return true;
    case Opcode::load_word: {
      const int64_t bits = code_.constants[in.a].raw_int();
      if (is_float(in.d) && in_machine(in.d)) {
        if (bits == 0) {
          xorps(float_machine(in.d), float_machine(in.d));
        } else {
          mov(rax, uint64_t(bits));
          movq(float_machine(in.d), rax);
        }
      } else {
        const Reg64 to = in_machine(in.d) ? int_machine(in.d) : rax;
        mov(to, uint64_t(bits));
        store_int(in.d, to);
      }
      return true;
    }
    case Opcode::add_i64:
      int_operation(in, true, [&](const Reg64& t, const auto& b) { add(t, b); });
      return true;
    case Opcode::sub_i64:
      int_operation(in, false, [&](const Reg64& t, const auto& b) { sub(t, b); });
      return true;
    case Opcode::and_i64:
      int_operation(in, true, [&](const Reg64& t, const auto& b) { and_(t, b); });
      return true;
    case Opcode::or_i64:
      int_operation(in, true, [&](const Reg64& t, const auto& b) { or_(t, b); });
      return true;
    case Opcode::xor_i64:
      int_operation(in, true, [&](const Reg64& t, const auto& b) { xor_(t, b); });
      return true;
    case Opcode::mul_i64:
      int_operation(in, true, [&](const Reg64& t, const auto& b) {
        if constexpr (std::is_same_v<std::decay_t<decltype(b)>, uint32_t>)
          imul(t, t, int(b));
        else
          imul(t, b);
      });
      return true;
    case Opcode::add_imm_i64:
    case Opcode::mul_imm_i64: {
      const Reg64 target = in_machine(in.d) ? int_machine(in.d) : rax;
      if (in.opcode == Opcode::mul_imm_i64) {
        if (in_machine(in.a))
          imul(target, int_machine(in.a), int(in.b));
        else
          imul(target, home(in.a), int(in.b));
      } else if (in_machine(in.a) && int_machine(in.a) != target) {
        lea(target, ptr[int_machine(in.a) + int(in.b)]);
      } else {
        load_int(target, in.a);
        add(target, in.b);
      }
      store_int(in.d, target);
      return true;
    }
    case Opcode::neg_i64:
    case Opcode::not_i64: {
      const Reg64 target = in_machine(in.d) ? int_machine(in.d) : rax;
      load_int(target, in.a);
      if (in.opcode == Opcode::neg_i64)
        neg(target);
      else
        not_(target);
      store_int(in.d, target);
      return true;
    }
    case Opcode::floordiv_i64:
    case Opcode::remainder_i64:
      int_division(in, in.opcode == Opcode::floordiv_i64);
      return true;
    case Opcode::truediv_i64: {
      const Reg64 b = int_in(in.b, rcx);
      const Reg64 a = int_in(in.a, rax);
      xorps(xmm0, xmm0);
      cvtsi2sd(xmm0, a);
      xorps(xmm1, xmm1);
      cvtsi2sd(xmm1, b);
      divsd(xmm0, xmm1);
      store_float(in.d, xmm0);
      return true;
    }
    case Opcode::lt_i64:
      return set_int(in, Relation::lt), true;
    case Opcode::le_i64:
      return set_int(in, Relation::le), true;
    case Opcode::gt_i64:
      return set_int(in, Relation::gt), true;
    case Opcode::ge_i64:
      return set_int(in, Relation::ge), true;
    case Opcode::eq_i64:
      return set_int(in, Relation::eq), true;
    case Opcode::ne_i64:
      return set_int(in, Relation::ne), true;
    case Opcode::range_len_i64: {
      load_int(rax, in.b);
      load_int(rcx, in.a);
      xor_(edx, edx);
      cmp(rax, rcx);
      cmovle(rax, rcx);
      sub(rax, rcx);
      store_int(in.d, rax);
      return true;
    }
    case Opcode::add_f64:
      float_operation(in, true, [&](const Xmm& t, const auto& b) { addsd(t, b); });
      return true;
    case Opcode::sub_f64:
      float_operation(in, false, [&](const Xmm& t, const auto& b) { subsd(t, b); });
      return true;
    case Opcode::mul_f64:
      float_operation(in, true, [&](const Xmm& t, const auto& b) { mulsd(t, b); });
      return true;
    case Opcode::div_f64: {
      const Xmm b = float_in(in.b, xmm1);
      const Xmm target = float_target(in.d, in.b, xmm0);
      load_float(target, in.a);
      divsd(target, b);
      store_float(in.d, target);
      return true;
    }
    case Opcode::neg_f64:
      mov(rax, uint64_t(1) << 63);
      movq(xmm0, rax);
      with_float(in.a, [&](const auto& operand) { movsd(xmm1, operand); });
      xorps(xmm0, xmm1);
      store_float(in.d, xmm0);
      return true;
    case Opcode::lt_f64:
      return set_float(in, Relation::lt), true;
    case Opcode::le_f64:
      return set_float(in, Relation::le), true;
    case Opcode::gt_f64:
      return set_float(in, Relation::gt), true;
    case Opcode::ge_f64:
      return set_float(in, Relation::ge), true;
    case Opcode::eq_f64:
      return set_float(in, Relation::eq), true;
    case Opcode::ne_f64:
      return set_float(in, Relation::ne), true;
    case Opcode::sqrt_f64: {
      const Xmm a = float_in(in.a, xmm0);
      const Xmm target = in_machine(in.d) ? float_machine(in.d) : xmm0;
      sqrtsd(target, a);
      store_float(in.d, target);
      return true;
    }
    case Opcode::not_bool:
    case Opcode::i64_to_bool: {
      const Reg64 a = int_in(in.a, rcx);
      test(a, a);
      set_flag(in.d, in.opcode == Opcode::not_bool ? Relation::eq : Relation::ne);
      return true;
    }
    case Opcode::f64_to_bool: {
      const Xmm a = float_in(in.a, xmm1);
      xorps(xmm0, xmm0);
      ucomisd(a, xmm0);
      setne(al);
      setp(cl);
      or_(al, cl);
      movzx(eax, al);
      store_int(in.d, rax);
      return true;
    }
    case Opcode::i64_to_f64: {
      const Reg64 a = int_in(in.a, rax);
      const Xmm target = in_machine(in.d) ? float_machine(in.d) : xmm0;
      xorps(target, target);
      cvtsi2sd(target, a);
      store_float(in.d, target);
      return true;
    }
    case Opcode::f64_to_i64: {
      const Xmm a = float_in(in.a, xmm0);
      const Reg64 target = in_machine(in.d) ? int_machine(in.d) : rax;
      cvttsd2si(target, a);
      store_int(in.d, target);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace rushlight::exec::native
