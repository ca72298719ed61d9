#include "exec/liveness.h"

namespace rushlight::exec {
namespace {

void visit(Liveness& liveness, const ir::Node* node);

void visit_block(Liveness& liveness, const ir::Block* block) {
  for (const ir::Node* node : block->nodes()) visit(liveness, node);
  for (ir::Value* output : block->outputs())
    if (const ir::Node* at = enclosing_node_in(block->return_node(), output->node()->owning_block()))
      liveness.extend(output, at);
}

void visit(Liveness& liveness, const ir::Node* node) {
  for (ir::Value* input : node->inputs())
    if (const ir::Node* at = enclosing_node_in(node, input->node()->owning_block())) liveness.extend(input, at);
  for (const ir::Block* block : node->blocks()) visit_block(liveness, block);
}

}  // namespace

const ir::Node* enclosing_node_in(const ir::Node* node, const ir::Block* block) {
  while (node && node->owning_block() != block) node = node->owning_block()->owning_node();
  return node;
}

Liveness::Liveness(const ir::Graph& graph) { visit_block(*this, &graph.block()); }

void Liveness::extend(const ir::Value* value, const ir::Node* node) {
  const ir::Node*& last = last_use_[value];
  if (!last || last->is_before(node)) last = node;
}

}  // namespace rushlight::exec
