/// A fork whose result is only waited for is done in place.
///     %f = prim::fork_0(%x)
///     %y = aten::wait(%f)        becomes the nodes of the fork's graph; calls inside stay calls
/// Leaves alone: futures that are returned, stored or handed on.
#include <algorithm>

#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

bool inline_forks(Block& block) {
  static const ir::Symbol wait = ir::Symbol::intern("aten::wait");
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= inline_forks(*inner);
    if (node->kind() != kinds::fork) continue;
    const std::vector<ir::Use> uses = node->output()->uses();
    if (!std::all_of(uses.begin(), uses.end(), [](const ir::Use& use) { return use.user->kind() == wait; })) continue;
    ir::Graph& graph = block.graph();
    const ir::Graph::WithInsertPoint at(graph, node);
    const std::vector<Value*> results =
        graph.insert_graph(*node->attribute<std::shared_ptr<ir::Graph>>(ir::attributes::subgraph), node->inputs());
    for (const ir::Use& use : uses) use.user->output()->replace_all_uses_with(results.at(0));
    for (const ir::Use& use : uses) use.user->remove_all_inputs();
    changed = true;
  }
  return changed;
}

/// The waits have lost their futures; they and the forks go when the walk over the blocks is over.
void remove_leftovers(Block& block) {
  static const ir::Symbol wait = ir::Symbol::intern("aten::wait");
  for (Node* node = block.return_node()->prev(); node != block.param_node();) {
    Node* const previous = node->prev();
    for (Block* inner : node->blocks()) remove_leftovers(*inner);
    if ((node->kind() == wait && node->inputs().empty()) || (node->kind() == kinds::fork && !node->has_uses()))
      node->destroy();
    node = previous;
  }
}

}  // namespace

extern constinit const Pass inline_fork_wait = {
    .name = "inline_fork_wait",
    .summary = "does in place what is forked and only waited for",
    .run =
        [](ir::Graph& graph, Analyses&) {
          const bool changed = inline_forks(graph.block());
          if (changed) remove_leftovers(graph.block());
          return changed;
        },
};

}  // namespace rushlight::passes
