/// Dead code elimination: what nothing needs is removed.
///     %a : Tensor = aten::relu(%x)       %a is not used: removed
///     %l = prim::ListConstruct(%x)       removed with the append, if nobody else sees the list
///     %n = aten::append(%l, %x)
/// Needed are: what the graph returns, side effects, writes into memory that a needed value may be or hold or that is
/// seen from outside, and the conditions of loops. Unused outputs of If and unused carried values of Loop go as well,
/// the last one first. Without alias analysis every write is needed.
#include <optional>
#include <unordered_set>

#include "passes/effects.h"
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

class DeadCode {
 public:
  explicit DeadCode(const AliasInfo* alias) : alias_(alias) {
    if (alias) live_places_.emplace(*alias);
  }

  bool run(ir::Graph& graph) {
    mark_returns(graph.block());
    mark(graph.block());
    sweep(graph.block());
    return changed_;
  }

 private:
  bool has_effects(const Node& node) {
    if (const auto known = effects_.find(&node); known != effects_.end()) return known->second;
    bool effects = has_side_effects(node) && !is_known_write(node);
    for (const Block* block : node.blocks())
      for (const Node* inner : block->nodes()) effects = effects || has_effects(*inner);
    if (!effects) {
      if (alias_) {
        effects = alias_->writes_to_wildcard(node);
      } else {
        const Schema* schema = node.find_schema();
        effects = node.kind() == kinds::set_attr || (schema && schema->is_mutable());
      }
    }
    effects_[&node] = effects;
    return effects;
  }

  /// Setting an attribute is a write like others: that of an object which nobody else has may go.
  bool is_known_write(const Node& node) const { return alias_ && node.kind() == kinds::set_attr; }

  void make_live(const Value* value) {
    if (!live_.insert(value).second) return;
    if (live_places_) live_places_->add(value);
  }

  bool mark(const Node& node) {
    if (!marked_.insert(&node).second) return false;
    if (const Node* owner = node.owning_block()->owning_node()) mark(*owner);
    for (const Value* input : node.inputs()) make_live(input);
    return true;
  }

  /// Of the values that a block gives to its node only those count that are used there.
  bool mark_returns(const Block& block) {
    const Node* owner = block.owning_node();
    const size_t before = live_.size();
    if (!owner || (owner->kind() != kinds::if_ && owner->kind() != kinds::loop)) {
      for (const Value* output : block.outputs()) make_live(output);
    } else if (owner->kind() == kinds::loop) {
      make_live(block.outputs()[0]);
      for (size_t i = 0; i < owner->outputs().size(); ++i)
        if (live_.contains(owner->output(i)) || block.inputs()[i + 1]->has_uses()) make_live(block.outputs()[i + 1]);
    } else {
      for (size_t i = 0; i < owner->outputs().size(); ++i)
        if (live_.contains(owner->output(i))) make_live(block.outputs()[i]);
    }
    return live_.size() != before;
  }

  bool mark(const Block& block) {
    bool any = mark_returns(block);
    for (const Node* node : block.nodes())
      if (has_effects(*node)) any |= mark(*node);
    for (const Node* node = block.return_node()->prev(); node != block.param_node(); node = node->prev()) {
      if (node->kind() == kinds::loop) {
        // What one turn needs, the turn before has to make.
        while (mark(*node->blocks()[0])) any = true;
      } else {
        for (const Block* inner : node->blocks()) any |= mark(*inner);
      }
      any |= mark_if_live(*node);
    }
    return any;
  }

  bool mark_if_live(const Node& node) {
    for (const Value* output : node.outputs())
      if (live_.contains(output)) return mark(node);
    return live_places_ && live_places_->may_be_written_by(node) && mark(node);
  }

  void sweep(Block& block) {
    for (Node* node = block.return_node()->prev(); node != block.param_node();) {
      Node* const previous = node->prev();
      if (node->kind() == kinds::if_) remove_unused_outputs(*node);
      if (node->kind() == kinds::loop) remove_unused_carried(*node);
      for (Block* inner : node->blocks()) sweep(*inner);
      if (!marked_.contains(node) && !node->has_uses()) {
        node->destroy();
        changed_ = true;
      }
      node = previous;
    }
  }

  void remove_unused_outputs(Node& node) {
    for (size_t i = node.outputs().size(); i-- > 0;) {
      if (node.output(i)->has_uses()) continue;
      node.erase_output(i);
      for (Block* block : node.blocks()) block->erase_output(i);
      changed_ = true;
    }
  }

  void remove_unused_carried(Node& node) {
    Block& body = *node.blocks()[0];
    for (size_t i = node.outputs().size(); i-- > 0;) {
      if (node.output(i)->has_uses() || body.inputs()[i + 1]->has_uses()) continue;
      node.erase_output(i);
      node.remove_input(i + 2);
      body.erase_input(i + 1);
      body.erase_output(i + 1);
      changed_ = true;
    }
  }

  const AliasInfo* alias_;
  bool changed_ = false;
  std::unordered_map<const Node*, bool> effects_;
  std::unordered_set<const Node*> marked_;
  std::unordered_set<const Value*> live_;
  std::optional<ReachedPlaces> live_places_;
};

}  // namespace

extern constinit const Pass dead_code_elimination = {
    .name = "dce_graph",
    .summary = "removes what nothing needs, writes to memory that nobody sees included",
    .run = [](ir::Graph& graph, Analyses& analyses) { return DeadCode(&analyses.alias_info()).run(graph); },
};

extern constinit const Pass dead_code_elimination_without_alias = {
    .name = "dce",
    .summary = "removes what nothing needs, but nothing that writes",
    .run = [](ir::Graph& graph, Analyses&) { return DeadCode(nullptr).run(graph); },
};

}  // namespace rushlight::passes
