#include "codegen/inlining.h"

namespace rushlight::codegen {

using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

/// Whether `value` could stand in the place of its only use, the order of evaluation aside.
bool may_inline(const Value& value) {
  const Node& node = *value.node();
  if (node.kind() == kinds::param || node.outputs().size() != 1 || value.uses().size() != 1 || !node.blocks().empty())
    return false;
  const ir::Use use = value.uses()[0];
  const ir::Symbol user = use.user->kind();
  if (value.has_name() && user != kinds::return_) return false;
  if (user == kinds::loop && use.offset >= 2) return false;
  static const std::unordered_set<ir::Symbol> takes_names = {
      kinds::fork, kinds::awaitable, ir::Symbol::intern("prim::rpc_async"), ir::Symbol::intern("prim::rpc_sync"),
      ir::Symbol::intern("prim::rpc_remote")};
  return !takes_names.contains(user) && node.kind() != kinds::isinstance;
}

const Node* previous(const Node* node) {
  do node = node->prev();
  while (node->kind() == kinds::constant);
  return node;
}

}  // namespace

void InlineNodes::scan(const ir::Block& block) {
  scan(block.return_node());
  for (const Node* node = block.return_node()->prev(); node != block.param_node(); node = node->prev()) scan(node);
}

/// Walks the operands of a node from the last to the first. An operand is inlined when it is the very node that was
/// computed last before what is already part of the expression. Returns the node that stands before the whole
/// expression.
const Node* InlineNodes::scan(const Node* node) {
  if (nodes_.contains(node)) return node;
  for (const ir::Block* block : node->blocks()) scan(*block);
  const Node* before = previous(node);
  for (size_t i = node->inputs().size(); i-- > 0;) {
    const Value* input = node->input(i);
    if (input->node() == before && may_inline(*input)) {
      before = scan(before);
      nodes_.insert(input->node());
    } else if (input->node()->kind() == kinds::constant) {
      nodes_.insert(input->node());
    }
  }
  return before;
}

}  // namespace rushlight::codegen
