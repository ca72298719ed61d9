/// When values die: the last instruction that reads one releases it, or a drop does.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
std::vector<uint32_t> FunctionCompiler::operands(Node* node, size_t from) {
  std::vector<uint32_t> list;
  for (size_t i = from; i < node->inputs().size(); ++i) {
    Value* input = node->input(i);
    uint32_t entry = operand(input);
    if (dies_at(input, node) && class_of(input) == RegisterClass::value) {
      // Of several mentions of one value the last one releases it.
      bool later = false;
      for (size_t j = i + 1; j < node->inputs().size(); ++j) later |= node->input(j) == input;
      if (!later) {
        entry |= kLastUse;
        released_.push_back(input);
      }
    }
    list.push_back(entry);
  }
  return list;
}

bool FunctionCompiler::dies_at(Value* value, const Node* node) const {
  return !is_constant(value) && !shared_registers_.count(value) &&
         value->node()->owning_block() == node->owning_block() && live_.last_use(value) == node;
}

void FunctionCompiler::finish(Node* node) {
  free_temporaries();
  std::vector<Value*> dying;
  const auto consider = [&](Value* value) {
    if (!dies_at(value, node) || !registers_.count(value)) return;
    for (Value* seen : dying)
      if (seen == value) return;
    dying.push_back(value);
  };
  for (Value* input : node->inputs()) consider(input);
  for (Value* value : extra_deaths(node)) consider(value);
  for (Value* value : dying) {
    bool by_instruction = false;
    for (Value* released : released_) by_instruction |= released == value;
    if (!by_instruction && class_of(value) == RegisterClass::value) emit(Opcode::drop, registers_.at(value));
    give_back(value);
  }
  released_.clear();
  for (Value* output : node->outputs()) {
    if (live_.last_use(output) || !registers_.count(output) || shared_registers_.count(output)) continue;
    if (class_of(output) == RegisterClass::value) emit(Opcode::drop, registers_.at(output));
    give_back(output);
  }
}

const std::vector<Value*>& FunctionCompiler::extra_deaths(Node* node) {
  if (!deaths_ready_) {
    collect_deaths(graph_.block());
    deaths_ready_ = true;
  }
  return deaths_[node];
}

void FunctionCompiler::collect_deaths(Block& block) {
  const auto note = [&](Value* value) {
    const Node* last = live_.last_use(value);
    if (last && !is_constant(value)) deaths_[last].push_back(value);
  };
  for (Value* input : block.inputs()) note(input);
  for (Node* node : block.nodes()) {
    for (Value* output : node->outputs()) note(output);
    for (Block* inner : node->blocks()) collect_deaths(*inner);
  }
}

void FunctionCompiler::release_block(Block& block) {
  for (Value* value : extra_deaths(block.return_node())) {
    if (value->node()->owning_block() != &block || shared_registers_.count(value) || !registers_.count(value)) continue;
    if (class_of(value) == RegisterClass::value) emit(Opcode::drop, registers_.at(value));
    give_back(value);
  }
}

}  // namespace rushlight::exec
