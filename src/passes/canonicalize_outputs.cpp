/// Puts the outputs of If and Loop, with all that belongs to each, into the order in which they are first used; unused
/// ones come last, in their old order. Values and numbers stay.
#include <algorithm>

#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

class Order {
 public:
  explicit Order(const Block& block) { number(block); }

  /// Comparable places of first uses; unused values have none.
  std::optional<std::pair<size_t, size_t>> first_use(const Value& value) const {
    std::optional<std::pair<size_t, size_t>> first;
    for (const ir::Use& use : value.uses()) {
      const std::pair<size_t, size_t> at(places_.at(use.user), use.offset);
      if (!first || at < *first) first = at;
    }
    return first;
  }

 private:
  /// In printing order: a node comes before its blocks, what a block returns comes after its nodes.
  void number(const Block& block) {
    for (const Node* node : block.nodes()) {
      places_[node] = next_++;
      for (const Block* inner : node->blocks()) number(*inner);
    }
    places_[block.return_node()] = next_++;
  }

  std::unordered_map<const Node*, size_t> places_;
  size_t next_ = 0;
};

bool reorder(Node& node, const Order& order) {
  std::vector<std::pair<std::pair<size_t, size_t>, size_t>> used;
  std::vector<size_t> unused;
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    if (const auto place = order.first_use(*node.output(i)))
      used.emplace_back(*place, i);
    else
      unused.push_back(i);
  }
  std::sort(used.begin(), used.end());
  std::vector<size_t> wanted;
  for (const auto& [place, i] : used) wanted.push_back(i);
  wanted.insert(wanted.end(), unused.begin(), unused.end());
  if (std::is_sorted(wanted.begin(), wanted.end())) return false;
  node.permute_outputs(wanted);
  // The carried values of a loop stand after two more inputs, and after one in its block.
  const auto shifted = [&](size_t by) {
    std::vector<size_t> all(by);
    for (size_t i = 0; i < by; ++i) all[i] = i;
    for (size_t i : wanted) all.push_back(i + by);
    return all;
  };
  const bool is_loop = node.kind() == kinds::loop;
  if (is_loop) node.permute_inputs(shifted(2));
  for (Block* block : node.blocks()) {
    if (is_loop) block->param_node()->permute_outputs(shifted(1));
    block->return_node()->permute_inputs(shifted(is_loop ? 1 : 0));
  }
  return true;
}

bool canonicalize(Block& block, const Order& order) {
  bool changed = false;
  for (Node* node = block.return_node()->prev(); node != block.param_node(); node = node->prev()) {
    if (node->kind() == kinds::if_ || node->kind() == kinds::loop) changed |= reorder(*node, order);
    for (Block* inner : node->blocks()) changed |= canonicalize(*inner, order);
  }
  return changed;
}

}  // namespace

extern constinit const Pass canonicalize_outputs = {
    .name = "canonicalize_outputs",
    .summary = "orders the outputs of If and Loop by their first use",
    .run = [](ir::Graph& graph, Analyses&) { return canonicalize(graph.block(), Order(graph.block())); },
};

}  // namespace rushlight::passes
