/// Instructions, operand lists and moves.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
size_t FunctionCompiler::emit(Opcode opcode, uint32_t d, uint32_t a, uint32_t b) {
  out_->code.push_back({.opcode = opcode, .d = d, .a = a, .b = b});
  out_->origins.push_back(current_);
  return out_->code.size() - 1;
}

void FunctionCompiler::set_target(size_t jump, uint32_t target) {
  out_->code[jump].d = target;
  last_target_ = std::max(last_target_, target);
}

uint32_t FunctionCompiler::pool(const std::vector<uint32_t>& inputs, const std::vector<uint32_t>& outputs) {
  const uint32_t at = uint32_t(out_->pool.size());
  out_->pool.push_back(uint32_t(inputs.size()));
  out_->pool.insert(out_->pool.end(), inputs.begin(), inputs.end());
  out_->pool.push_back(uint32_t(outputs.size()));
  out_->pool.insert(out_->pool.end(), outputs.begin(), outputs.end());
  return at;
}

uint32_t FunctionCompiler::operator_index(const Operator* op) {
  const auto [at, is_new] = operator_indices_.try_emplace(op, uint32_t(out_->operators.size()));
  if (is_new) out_->operators.push_back(op);
  return at->second;
}

void FunctionCompiler::move(uint32_t to, uint32_t from) {
  if (to == from) return;
  const RegisterClass a = out_->registers[to], b = out_->registers[from];
  emit(a == b && a != RegisterClass::value ? Opcode::move_word : Opcode::move_value, to, from);
}

void FunctionCompiler::move_value_into(uint32_t to, Value* value) {
  if (!is_constant(value)) return move(to, registers_.at(value));
  const bool word = out_->registers[to] != RegisterClass::value && class_of(value) == out_->registers[to];
  emit(word ? Opcode::load_word : Opcode::load_value, to, constant_index(value));
}

uint32_t FunctionCompiler::zero_index() {
  if (!zero_index_) {
    out_->constants.emplace_back(int64_t(0));
    zero_index_ = uint32_t(out_->constants.size() - 1);
  }
  return *zero_index_;
}

void FunctionCompiler::emit_parallel(std::vector<Move> moves) {
  std::vector<PendingMove> pending;
  for (const Move& move : moves) {
    PendingMove p{move.to, std::nullopt, move.from};
    if (!is_constant(move.from)) {
      p.from = registers_.at(move.from);
      if (*p.from == p.to) continue;
    }
    pending.push_back(p);
  }
  std::vector<uint32_t> spares;
  while (!pending.empty()) {
    bool progress = false;
    for (size_t i = 0; i < pending.size(); ++i) {
      bool read_later = false;
      for (size_t j = 0; j < pending.size(); ++j) read_later |= j != i && pending[j].from == pending[i].to;
      if (read_later) continue;
      if (pending[i].from)
        this->move(pending[i].to, *pending[i].from);
      else
        move_value_into(pending[i].to, pending[i].value);
      pending.erase(pending.begin() + ptrdiff_t(i));
      progress = true;
      break;
    }
    if (progress) continue;
    const uint32_t saved = *pending[0].from;
    const uint32_t spare = new_register(out_->registers[saved]);
    this->move(spare, saved);
    spares.push_back(spare);
    for (PendingMove& p : pending)
      if (p.from == saved) p.from = spare;
  }
  for (uint32_t spare : spares) {
    if (out_->registers[spare] == RegisterClass::value) emit(Opcode::drop, spare);
    free_[size_t(out_->registers[spare])].push_back(spare);
  }
}

}  // namespace rushlight::exec
