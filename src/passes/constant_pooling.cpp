/// Constant pooling: equal constants become one, and all stand at the front.
/// The walk is in printing order; each constant met for the first time is put before the first node, so the constants
/// of a pooled graph stand in reverse order of first appearance. That order is visible to users. Leaves alone: a second
/// constant of a mutable type that is written, or that is returned along with the first.
#include "ir/constants.h"
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
namespace kinds = ir::kinds;

namespace {

class Pool {
 public:
  Pool(ir::Graph& graph, Analyses& analyses) : graph_(graph), analyses_(analyses) {}

  bool pool(Block& block) {
    bool changed = false;
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) changed |= pool(*inner);
      if (node->kind() != kinds::constant) continue;
      if (Node* earlier = find_or_insert(*node)) {
        node->output()->replace_all_uses_with(earlier->output());
        node->destroy();
        changed = true;
      } else if (Node* first = graph_.block().param_node()->next(); first != node) {
        node->move_before(first);
        changed = true;
      }
    }
    return changed;
  }

 private:
  /// The equal constant met before; null if there is none that may stand for this one.
  Node* find_or_insert(Node& constant) {
    const std::optional<IValue> value = ir::constant_value(constant.output());
    std::vector<Node*>& bucket =
        seen_[value ? ir::hash_of_constant(*value) * 31 + size_t(constant.output()->type()->kind()) : 0];
    for (Node* earlier : bucket)
      if (*earlier->output()->type() == *constant.output()->type() &&
          ir::is_same_constant(*ir::constant_value(earlier->output()), *value) && may_merge(*earlier, constant))
        return earlier;
    bucket.push_back(&constant);
    return nullptr;
  }

  bool may_merge(const Node& a, const Node& b) {
    if (!a.output()->type()->is_mutable()) return true;
    const AliasInfo& alias = analyses_.alias_info();
    if (alias.may_be_written(a.output()) || alias.may_be_written(b.output())) return false;
    if (!returned_) {
      returned_.emplace(alias);
      for (const ir::Value* output : graph_.outputs()) returned_->add(output);
    }
    return !(returned_->may_contain(a.output()) && returned_->may_contain(b.output()));
  }

  ir::Graph& graph_;
  Analyses& analyses_;
  std::optional<ReachedPlaces> returned_;  ///< what the graph returns; made when first asked for
  std::unordered_map<size_t, std::vector<Node*>> seen_;
};

}  // namespace

extern constinit const Pass constant_pooling = {
    .name = "constant_pooling",
    .summary = "keeps one of equal constants and puts all at the front",
    .run = [](ir::Graph& graph, Analyses& analyses) { return Pool(graph, analyses).pool(graph.block()); },
};

}  // namespace rushlight::passes
