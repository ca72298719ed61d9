/// Values that are made in the register in which they are wanted, so that no move is needed.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
void FunctionCompiler::coalesce(Block& body, size_t i, uint32_t reg) {
  Value* yielded = body.outputs()[i];
  Value* inside = body.inputs()[i];
  Node* maker = yielded->node();
  if (!may_be_made_in(yielded, body, reg)) return;
  if (maker->kind() == kinds::loop && !passes_only_through(inside, yielded)) return;
  const Node* last = live_.last_use(inside);
  if (last && (last == body.return_node() || maker->is_before(last))) return;
  // Values are handed to operators by list, where the old value would be overwritten while it is still an argument's
  // owner.
  if (out_->registers[reg] == RegisterClass::value) return;
  registers_[yielded] = reg;
  shared_registers_.insert(yielded);
  if (!maker->blocks().empty()) overwritten_[yielded] = inside;
}

bool FunctionCompiler::may_be_made_in(Value* yielded, Block& block, uint32_t reg) const {
  const Node* maker = yielded->node();
  if (maker->owning_block() != &block || maker->kind() == kinds::param || maker->kind() == kinds::constant ||
      deferred_.count(maker))
    return false;
  if (!maker->blocks().empty() && maker->kind() != kinds::if_ && maker->kind() != kinds::loop) return false;
  size_t yields = 0;
  for (Value* output : block.outputs()) yields += output == yielded;
  return yields == 1 && class_of(yielded) == out_->registers[reg] && !registers_.count(yielded);
}

bool FunctionCompiler::passes_only_through(const Value* old, const Value* yielded) const {
  const Node* loop = yielded->node();
  const bool starts_with_old = loop->input(yielded->offset() + 2) == old;
  for (const ir::Use& use : old->uses()) {
    // The condition to begin with is tested after the register got its first value.
    if (!starts_with_old && deferred_.count(use.user)) return false;
    if (use.user == loop ? use.offset != yielded->offset() + 2
                         : enclosing_node_in(use.user, loop->owning_block()) == loop)
      return false;
  }
  return true;
}

void FunctionCompiler::coalesce_branch(Block& branch, size_t i, Value* output, uint32_t reg) {
  Value* yielded = branch.outputs()[i];
  const Node* maker = yielded->node();
  if (out_->registers[reg] == RegisterClass::value || !may_be_made_in(yielded, branch, reg) || !maker->blocks().empty())
    return;
  if (const auto old = overwritten_.find(output); old != overwritten_.end()) {
    for (const ir::Use& use : old->second->uses()) {
      const Node* at = enclosing_node_in(use.user, &branch);
      if (!at) continue;
      if (at == branch.return_node() || maker->is_before(at) || deferred_.count(use.user) ||
          deferred_rows_.count(use.user))
        return;
    }
  }
  registers_[yielded] = reg;
  shared_registers_.insert(yielded);
}

}  // namespace rushlight::exec
