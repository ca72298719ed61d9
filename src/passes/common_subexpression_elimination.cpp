/// Common subexpression elimination: a node that repeats an earlier one is replaced by it.
///     %a : Tensor = aten::relu(%x)
///     %b : Tensor = aten::relu(%x)      every use of %b becomes %a
/// Leaves alone: side effects, random numbers, nodes with blocks, values that may be written in place, and pairs of
/// which both can be seen from outside (the caller would see them share memory). A block sees what its outer blocks
/// computed before it, never the other way. One walk, O(nodes).
#include <algorithm>

#include "ir/constants.h"
#include "passes/effects.h"
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

bool same_attributes(const Node& a, const Node& b) {
  return std::equal(a.attributes().begin(), a.attributes().end(), b.attributes().begin(), b.attributes().end(),
                    [](const ir::Attribute& x, const ir::Attribute& y) {
                      if (!(x.name == y.name) || x.value.index() != y.value.index()) return false;
                      if (const auto* text = std::get_if<std::string>(&x.value))
                        return *text == std::get<std::string>(y.value);
                      if (const auto* number = std::get_if<int64_t>(&x.value))
                        return *number == std::get<int64_t>(y.value);
                      if (const auto* number = std::get_if<double>(&x.value))
                        return *number == std::get<double>(y.value);
                      if (const auto* types = std::get_if<std::vector<TypePtr>>(&x.value)) {
                        const auto& others = std::get<std::vector<TypePtr>>(y.value);
                        return std::equal(types->begin(), types->end(), others.begin(), others.end(),
                                          [](const TypePtr& p, const TypePtr& q) { return *p == *q; });
                      }
                      return false;
                    });
}

bool same_constants(const Node& a, const Node& b) {
  const std::optional<IValue> x = ir::constant_value(a.output()), y = ir::constant_value(b.output());
  return *a.output()->type() == *b.output()->type() && x && y && ir::is_same_constant(*x, *y);
}

bool same_computation(const Node& a, const Node& b) {
  if (a.kind() == kinds::constant) return b.kind() == kinds::constant && same_constants(a, b);
  return a.kind() == b.kind() && a.inputs() == b.inputs() && same_attributes(a, b) &&
         std::equal(a.outputs().begin(), a.outputs().end(), b.outputs().begin(), b.outputs().end(),
                    [](const Value* x, const Value* y) { return *x->type() == *y->type(); });
}

size_t hash_of(const Node& node) {
  size_t hash = std::hash<ir::Symbol>()(node.kind());
  if (node.kind() == kinds::constant)
    if (const std::optional<IValue> value = ir::constant_value(node.output()))
      hash = hash * 31 + ir::hash_of_constant(*value);
  for (const Value* input : node.inputs()) hash = hash * 31 + std::hash<const void*>()(input);
  return hash;
}

class Eliminator {
 public:
  Eliminator(ir::Graph& graph, const AliasInfo& alias) : graph_(graph), alias_(alias), returned_(alias) {
    find_returned();
  }

  bool run(Block& block) {
    std::vector<std::pair<size_t, Node*>> added;
    bool changed = false;
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) changed |= run(*inner);
      if (!may_be_shared(*node)) continue;
      const size_t hash = hash_of(*node);
      std::vector<Node*>& bucket = seen_[hash];
      const auto earlier = std::find_if(bucket.begin(), bucket.end(),
                                        [&](const Node* other) { return same_computation(*other, *node); });
      if (earlier == bucket.end()) {
        bucket.push_back(node);
        added.emplace_back(hash, node);
      } else if (may_merge(**earlier, *node)) {
        const bool is_output = std::ranges::find_first_of(node->outputs(), graph_.outputs()) != node->outputs().end();
        node->replace_all_uses_with(*earlier);
        node->destroy();
        if (is_output) find_returned();
        changed = true;
      }
    }
    for (const auto& [hash, node] : added) std::erase(seen_[hash], node);
    return changed;
  }

 private:
  bool may_be_shared(const Node& node) const {
    if (!node.blocks().empty() || node.outputs().empty() || node.kind() == kinds::create_object) return false;
    if (node.has_attribute(ir::attributes::subgraph) || has_side_effects(node) || is_nondeterministic(node))
      return false;
    const Schema* schema = node.find_schema();
    return !(schema && schema->is_mutable()) && !alias_.may_be_written(node);
  }

  void find_returned() {
    returned_ = ReachedPlaces(alias_);
    for (const Value* output : graph_.outputs()) returned_.add(output);
  }

  bool is_returned(const Node& node) {
    for (const Value* output : node.outputs()) {
      if (output->type()->is_mutable() && returned_.may_contain(output)) return true;
      for (const Value* returned : graph_.outputs())
        if (output == returned) return true;
    }
    return false;
  }

  bool may_merge(const Node& a, const Node& b) { return !(is_returned(a) && is_returned(b)); }

  ir::Graph& graph_;
  const AliasInfo& alias_;
  ReachedPlaces returned_;
  std::unordered_map<size_t, std::vector<Node*>> seen_;
};

}  // namespace

extern constinit const Pass common_subexpression_elimination = {
    .name = "cse",
    .summary = "replaces a node by an earlier one that computes the same value",
    .run = [](ir::Graph& graph,
              Analyses& analyses) { return Eliminator(graph, analyses.alias_info()).run(graph.block()); },
};

}  // namespace rushlight::passes
