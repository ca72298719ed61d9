/// Dropout that does not train gives its input back.
///     %y = aten::dropout(%x, %p, %false)      uses of %y become %x
/// Leaves alone: dropout whose `train` is not the constant False, and in-place forms.
#include <unordered_set>

#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;

namespace {

bool remove(Block& block) {
  static const std::unordered_set<ir::Symbol> kinds = {
      ir::Symbol::intern("aten::dropout"), ir::Symbol::intern("aten::feature_dropout"),
      ir::Symbol::intern("aten::alpha_dropout"), ir::Symbol::intern("aten::feature_alpha_dropout")};
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= remove(*inner);
    if (!kinds.contains(node->kind()) || node->inputs().size() != 3) continue;
    const std::optional<IValue> train = ir::constant_value(node->input(2));
    if (!train || !train->is_bool() || train->to_bool()) continue;
    node->output()->replace_all_uses_with(node->input(0));
    node->destroy();
    changed = true;
  }
  return changed;
}

}  // namespace

extern constinit const Pass remove_dropout = {
    .name = "remove_dropout",
    .summary = "removes dropout that does not train",
    .run = [](ir::Graph& graph, Analyses&) { return remove(graph.block()); },
};

}  // namespace rushlight::passes
