/// Reads of one number in a list of lists.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
Opcode FunctionCompiler::nested_form(Opcode get) {
  return get == Opcode::list_get_i64   ? Opcode::list_get2_i64
         : get == Opcode::list_get_f64 ? Opcode::list_get2_f64
                                       : Opcode::list_get2_bool;
}

void FunctionCompiler::defer_rows(Block& block) {
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) defer_rows(*inner);
    const std::optional<Opcode> get = node->find_op() ? instruction_for(node) : std::nullopt;
    if (get != Opcode::list_get_i64 && get != Opcode::list_get_f64 && get != Opcode::list_get_bool) continue;
    Node* row = node->input(0)->node();
    if (row->owning_block() != &block || row->kind() == kinds::param || row->kind() == kinds::constant ||
        node->input(0)->uses().size() != 1 || !row->find_op() || instruction_for(row) != Opcode::list_get_value)
      continue;
    // In between, nothing may change the list or fail.
    bool is_close = true;
    for (Node* between = row->next(); between != node && is_close; between = between->next()) {
      if (between->kind() == kinds::constant) continue;
      const std::optional<Opcode> opcode = between->find_op() ? instruction_for(between) : std::nullopt;
      is_close = opcode == Opcode::add_i64 || opcode == Opcode::sub_i64 || opcode == Opcode::mul_i64;
    }
    if (!is_close) continue;
    deferred_rows_.insert(row);
    for (Value* input : row->inputs())
      if (const Node* at = enclosing_node_in(node, input->node()->owning_block())) live_.extend(input, at);
  }
}

}  // namespace rushlight::exec
