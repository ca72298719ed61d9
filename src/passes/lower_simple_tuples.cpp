/// Taking a tuple apart right after it was put together: the elements are used instead.
///     %t = prim::TupleConstruct(%a, %b)
///     %c, %d = prim::TupleUnpack(%t)          uses of %c become %a
///     %e = prim::TupleIndex(%t, %zero)        uses of %e become %a
/// Leaves the nodes themselves to dead code elimination, and tuples that come from elsewhere alone.
#include "base/text.h"
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
namespace kinds = ir::kinds;

namespace {

bool lower_index(Node& node, const Node& construct) {
  const std::optional<IValue> index = ir::constant_value(node.input(1));
  if (!index || !index->is_int()) return false;
  const int64_t size = int64_t(construct.inputs().size());
  int64_t at = index->to_int();
  if (at < 0) at += size;
  if (at < 0 || at >= size)
    throw RuntimeError(
        {.message = cat("Tuple index out of range: ", index->to_int(), " of ", size), .range = node.range()});
  node.output()->replace_all_uses_with(construct.input(size_t(at)));
  return true;
}

bool lower(Block& block) {
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= lower(*inner);
    if (node->inputs().empty() || node->input(0)->node()->kind() != kinds::tuple_construct || !node->has_uses())
      continue;
    const Node& construct = *node->input(0)->node();
    if (node->kind() == kinds::tuple_unpack) {
      for (size_t i = 0; i < node->outputs().size(); ++i) node->output(i)->replace_all_uses_with(construct.input(i));
      changed = true;
    } else if (node->kind() == kinds::tuple_index) {
      changed |= lower_index(*node, construct);
    }
  }
  return changed;
}

}  // namespace

extern constinit const Pass lower_simple_tuples = {
    .name = "lower_simple_tuples",
    .summary = "uses the elements of a tuple that is put together in the same graph",
    .run = [](ir::Graph& graph, Analyses&) { return lower(graph.block()); },
};

}  // namespace rushlight::passes
