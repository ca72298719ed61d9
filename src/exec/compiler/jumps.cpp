/// Jumps with a comparison, or a step and a comparison, in them.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
namespace {

/// Comparisons that can be part of a jump: the jump that is taken when the comparison holds, and the one for when it
/// does not.
struct FusedCompare {
  Opcode compare, jump_if, jump_unless, jump_if_imm, jump_unless_imm;
  bool has_imm;
};
constexpr FusedCompare kFusedCompares[] = {
    {Opcode::lt_i64, Opcode::jump_lt_i64, Opcode::jump_ge_i64, Opcode::jump_lt_imm_i64, Opcode::jump_ge_imm_i64, true},
    {Opcode::le_i64, Opcode::jump_le_i64, Opcode::jump_gt_i64, Opcode::jump_le_imm_i64, Opcode::jump_gt_imm_i64, true},
    {Opcode::gt_i64, Opcode::jump_gt_i64, Opcode::jump_le_i64, Opcode::jump_gt_imm_i64, Opcode::jump_le_imm_i64, true},
    {Opcode::ge_i64, Opcode::jump_ge_i64, Opcode::jump_lt_i64, Opcode::jump_ge_imm_i64, Opcode::jump_lt_imm_i64, true},
    {Opcode::eq_i64, Opcode::jump_eq_i64, Opcode::jump_ne_i64, Opcode::jump_eq_imm_i64, Opcode::jump_ne_imm_i64, true},
    {Opcode::ne_i64, Opcode::jump_ne_i64, Opcode::jump_eq_i64, Opcode::jump_ne_imm_i64, Opcode::jump_eq_imm_i64, true},
    {Opcode::lt_f64, Opcode::jump_lt_f64, Opcode::jump_nlt_f64, {}, {}, false},
    {Opcode::le_f64, Opcode::jump_le_f64, Opcode::jump_nle_f64, {}, {}, false},
    {Opcode::gt_f64, Opcode::jump_gt_f64, Opcode::jump_ngt_f64, {}, {}, false},
    {Opcode::ge_f64, Opcode::jump_ge_f64, Opcode::jump_nge_f64, {}, {}, false},
};
const FusedCompare* find_fused(Opcode compare) {
  for (const FusedCompare& row : kFusedCompares)
    if (row.compare == compare) return &row;
  return nullptr;
}

/// A jump that follows a step of the register it tests, and both as one.
struct FusedStep {
  Opcode jump, step_jump;
};
constexpr FusedStep kFusedSteps[] = {
    {Opcode::jump_lt_i64, Opcode::step_jump_lt_i64},         {Opcode::jump_le_i64, Opcode::step_jump_le_i64},
    {Opcode::jump_gt_i64, Opcode::step_jump_gt_i64},         {Opcode::jump_ge_i64, Opcode::step_jump_ge_i64},
    {Opcode::jump_ne_i64, Opcode::step_jump_ne_i64},         {Opcode::jump_lt_imm_i64, Opcode::step_jump_lt_imm_i64},
    {Opcode::jump_le_imm_i64, Opcode::step_jump_le_imm_i64}, {Opcode::jump_gt_imm_i64, Opcode::step_jump_gt_imm_i64},
    {Opcode::jump_ge_imm_i64, Opcode::step_jump_ge_imm_i64}, {Opcode::jump_ne_imm_i64, Opcode::step_jump_ne_imm_i64},
};

}  // namespace

size_t FunctionCompiler::fuse_step(size_t jump) {
  if (jump == 0 || last_target_ == jump) return jump;
  const Instruction then = out_->code[jump];
  Instruction& step = out_->code[jump - 1];
  if (step.opcode != Opcode::add_imm_i64 || step.d != step.a || then.a != step.d) return jump;
  const int32_t by = int32_t(step.b);
  if (by < std::numeric_limits<int16_t>::min() || by > std::numeric_limits<int16_t>::max()) return jump;
  for (const FusedStep& row : kFusedSteps) {
    if (row.jump != then.opcode) continue;
    step = {.opcode = row.step_jump, .step = int16_t(by), .d = then.d, .a = then.a, .b = then.b};
    out_->code.pop_back();
    out_->origins.pop_back();
    return jump - 1;
  }
  return jump;
}

void FunctionCompiler::defer_compares(Block& block) {
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) defer_compares(*inner);
    if (node->kind() == kinds::if_) defer(node->input(0), node, block);
    if (node->kind() == kinds::loop) defer(node->input(1), node, block);
  }
  const Node* owner = block.owning_node();
  if (owner && owner->kind() == kinds::loop) defer(block.outputs()[0], block.return_node(), block);
}

void FunctionCompiler::defer(Value* condition, Node* jump, Block& block) {
  Node* compare = condition->node();
  if (condition->uses().size() != 1 || compare->owning_block() != &block || compare->kind() == kinds::param) return;
  const std::optional<Opcode> opcode = instruction_for(compare);
  if (!opcode || !find_fused(*opcode)) return;
  deferred_.insert({compare, *opcode});
  for (Value* input : compare->inputs())
    if (const Node* at = enclosing_node_in(jump, input->node()->owning_block())) live_.extend(input, at);
}

size_t FunctionCompiler::emit_plain_jump(Value* condition, bool sense) {
  const auto found = deferred_.find(condition->node());
  if (found == deferred_.end()) return emit(sense ? Opcode::jump_if : Opcode::jump_unless, 0, source(condition));
  const Node* compare = found->first;
  const FusedCompare& fused = *find_fused(found->second);
  if (const std::optional<int32_t> number = small_int(compare->input(1));
      number && fused.has_imm && !is_constant(compare->input(0)))
    return emit(sense ? fused.jump_if_imm : fused.jump_unless_imm, 0, source(compare->input(0)), uint32_t(*number));
  const uint32_t a = source(compare->input(0));
  const uint32_t b = source(compare->input(1));
  return emit(sense ? fused.jump_if : fused.jump_unless, 0, a, b);
}

bool FunctionCompiler::reads_moved(Value* condition, const std::vector<Move>& moves) {
  const auto moved = [&](Value* value) {
    if (is_constant(value)) return false;
    for (const Move& move : moves)
      if (registers_.at(value) == move.to && (is_constant(move.from) || registers_.at(move.from) != move.to))
        return true;
    return false;
  };
  const auto found = deferred_.find(condition->node());
  if (found == deferred_.end()) return moved(condition);
  for (Value* input : found->first->inputs())
    if (moved(input)) return true;
  return false;
}

void FunctionCompiler::materialize(Value* condition, uint32_t into) {
  const auto found = deferred_.find(condition->node());
  if (found == deferred_.end()) return move_value_into(into, condition);
  const uint32_t a = source(found->first->input(0));
  const uint32_t b = source(found->first->input(1));
  emit(found->second, into, a, b);
}

}  // namespace rushlight::exec
