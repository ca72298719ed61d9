/// Which register holds which value, and the constants.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
uint32_t FunctionCompiler::new_register(RegisterClass cls) {
  std::vector<uint32_t>& free = free_[size_t(cls)];
  if (!free.empty()) {
    const uint32_t reg = free.back();
    free.pop_back();
    return reg;
  }
  out_->registers.push_back(cls);
  return uint32_t(out_->registers.size() - 1);
}

uint32_t FunctionCompiler::assign(Value* value) {
  const auto found = registers_.find(value);
  if (found != registers_.end()) return found->second;
  const uint32_t reg = new_register(class_of(value));
  registers_.emplace(value, reg);
  return reg;
}

void FunctionCompiler::give_back(Value* value) {
  const uint32_t reg = registers_.at(value);
  if (shared_registers_.count(value)) return;
  free_[size_t(out_->registers[reg])].push_back(reg);
}

uint32_t FunctionCompiler::constant_index(const Value* value) {
  const auto [at, is_new] = constant_indices_.try_emplace(value, uint32_t(out_->constants.size()));
  if (is_new) {
    if (value->type()->is(TypeKind::function)) {
      out_->constants.emplace_back();
    } else {
      std::optional<IValue> constant = ir::constant_value(value);
      RUSHLIGHT_ASSERT(constant);
      out_->constants.push_back(std::move(*constant));
    }
  }
  return at->second;
}

uint32_t FunctionCompiler::operand(Value* value) {
  return is_constant(value) ? constant_index(value) | kConstantOperand : registers_.at(value);
}

uint32_t FunctionCompiler::source(Value* value) {
  return is_constant(value) ? preset(constant_index(value), class_of(value)) : registers_.at(value);
}

uint32_t FunctionCompiler::preset(uint32_t constant, RegisterClass cls) {
  const auto [at, is_new] = preset_registers_.try_emplace(constant, uint32_t(out_->registers.size()));
  if (is_new) {
    out_->registers.push_back(cls);
    out_->presets.push_back({at->second, constant});
  }
  return at->second;
}

uint32_t FunctionCompiler::preset(int64_t number) {
  out_->constants.emplace_back(number);
  return preset(uint32_t(out_->constants.size() - 1), RegisterClass::int_);
}

uint32_t FunctionCompiler::temporary(RegisterClass cls) {
  temporaries_.push_back(new_register(cls));
  return temporaries_.back();
}

void FunctionCompiler::free_temporaries() {
  for (uint32_t reg : temporaries_) {
    const RegisterClass cls = out_->registers[reg];
    if (cls == RegisterClass::value) emit(Opcode::drop, reg);
    free_[size_t(cls)].push_back(reg);
  }
  temporaries_.clear();
}

std::optional<int32_t> FunctionCompiler::small_int(const Value* value) const {
  if (!is_constant(value) || !value->type()->is(TypeKind::int_)) return std::nullopt;
  const int64_t number = ir::constant_value(value)->to_int();
  if (number < std::numeric_limits<int32_t>::min() || number > std::numeric_limits<int32_t>::max()) return std::nullopt;
  return int32_t(number);
}

}  // namespace rushlight::exec
