/// Ifs and loops.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
void FunctionCompiler::emit_if(Node* node) {
  const size_t to_else = emit_jump(node->input(0), /*sense=*/false);
  free_temporaries();
  for (size_t i = 0; i < node->outputs().size(); ++i) {
    const uint32_t reg = assign(node->output(i));
    for (Block* branch : node->blocks()) coalesce_branch(*branch, i, node->output(i), reg);
  }
  emit_branch(node, 0);
  const bool has_else = !node->blocks()[1]->empty() || !node->outputs().empty();
  if (!has_else) return set_target(to_else, here());
  current_ = node;
  const size_t to_end = emit(Opcode::jump);
  set_target(to_else, here());
  emit_branch(node, 1);
  set_target(to_end, here());
}

void FunctionCompiler::emit_branch(Node* node, size_t i) {
  Block& block = *node->blocks()[i];
  emit_nodes(block);
  current_ = node;
  std::vector<Move> moves;
  for (size_t j = 0; j < node->outputs().size(); ++j)
    moves.push_back({registers_.at(node->output(j)), block.outputs()[j]});
  emit_parallel(moves);
  release_block(block);
}

void FunctionCompiler::emit_loop(Node* node) {
  Block& body = *node->blocks()[0];
  Value* counter = body.inputs()[0];
  Value* limit = node->input(0);
  const bool endless = is_constant(limit) && ir::constant_value(limit)->to_int() == std::numeric_limits<int64_t>::max();
  const bool counted = !endless || live_.last_use(counter);
  const bool start_true = is_true(node->input(1));
  Value* goes_on = body.outputs()[0];

  // Carried values have one register for the loop's result, the body's input and, where possible, what the body
  // yields.
  const size_t carried = node->outputs().size();
  std::vector<Move> initial;
  for (size_t i = 0; i < carried; ++i) {
    Value* output = node->output(i);
    Value* inside = body.inputs()[i + 1];
    const uint32_t reg = assign(output);
    registers_[inside] = reg;
    shared_registers_.insert(inside);
    initial.push_back({reg, node->input(i + 2)});
    coalesce(body, i + 1, reg);
  }
  emit_parallel(initial);

  uint32_t counter_register = 0, limit_register = 0;
  if (counted) {
    counter_register = new_register(RegisterClass::int_);
    registers_[counter] = counter_register;
    shared_registers_.insert(counter);
    emit(Opcode::load_word, counter_register, zero_index());
  }
  std::vector<size_t> exits;
  if (!endless) {
    if (const auto number = small_int(limit)) {
      if (*number <= 0) exits.push_back(emit(Opcode::jump));
    } else {
      // A limit that is a constant beyond 32 bits stays in a register for the whole loop.
      if (is_constant(limit)) {
        limit_register = new_register(RegisterClass::int_);
        emit(Opcode::load_word, limit_register, constant_index(limit));
      } else {
        limit_register = registers_.at(limit);
      }
      exits.push_back(emit(Opcode::jump_ge_i64, 0, counter_register, limit_register));
    }
  }
  if (!start_true) exits.push_back(emit_jump(node->input(1), /*sense=*/false));
  free_temporaries();

  const uint32_t top = here();
  last_target_ = top;
  emit_nodes(body);
  current_ = node;
  std::vector<Move> moves;
  for (size_t i = 0; i < carried; ++i) moves.push_back({registers_.at(node->output(i)), body.outputs()[i + 1]});

  // The condition is read after the moves when they leave its operands alone, else before them.
  const bool always = is_true(goes_on);
  std::optional<uint32_t> saved_condition;
  if (!always && reads_moved(goes_on, moves)) {
    saved_condition = new_register(RegisterClass::bool_);
    materialize(goes_on, *saved_condition);
  }
  emit_parallel(moves);
  if (counted) emit(Opcode::add_imm_i64, counter_register, counter_register, 1);
  if (!endless && !always) {
    if (const auto number = small_int(limit))
      exits.push_back(fuse_step(emit(Opcode::jump_ge_imm_i64, 0, counter_register, uint32_t(*number))));
    else
      exits.push_back(fuse_step(emit(Opcode::jump_ge_i64, 0, counter_register, limit_register)));
  }
  size_t back;
  if (always && endless)
    back = emit(Opcode::jump);
  else if (always) {
    if (const auto number = small_int(limit))
      back = fuse_step(emit(Opcode::jump_lt_imm_i64, 0, counter_register, uint32_t(*number)));
    else
      back = fuse_step(emit(Opcode::jump_lt_i64, 0, counter_register, limit_register));
  } else if (saved_condition)
    back = emit(Opcode::jump_if, 0, *saved_condition);
  else
    back = emit_jump(goes_on, /*sense=*/true);
  set_target(back, top);
  free_temporaries();
  for (size_t jump : exits) set_target(jump, here());
  release_block(body);
  if (counted) free_[size_t(RegisterClass::int_)].push_back(counter_register);
  if (saved_condition) free_[size_t(RegisterClass::bool_)].push_back(*saved_condition);
}

}  // namespace rushlight::exec
