/// Constant propagation: a node whose inputs are all constants is run, and its results become constants in its place.
///     %c = aten::add(%one, %two)        uses of %c become a new constant 3; the node is left to dead code elimination
/// An If on a constant is replaced by its branch; If outputs that are equal in both branches and carried values that a
/// loop never changes become what they are; loops that cannot run are removed. Leaves alone: side effects, random
/// numbers, anything that is written or aliases what is written, operators with varargs, tensors that require grad,
/// results that no constant can hold, and nodes that raise. The variant for immutable types does not look at nodes with
/// tensors, lists, dictionaries or objects at all, and so needs no alias analysis.
#include "autograd/variable.h"
#include "passes/effects.h"
#include "passes/evaluate.h"
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

class Folder {
 public:
  /// `alias` null: only immutable types.
  Folder(ir::Graph& graph, const AliasInfo* alias) : graph_(graph), alias_(alias) {}

  bool run() {
    fold(graph_.block());
    return changed_;
  }

 private:
  void fold(Block& block) {
    for (Node* node = block.param_node()->next(); node != block.return_node();) {
      // The node may go, and what replaces it has been looked at already.
      Node* const next = node->next();
      fold(*node);
      node = next;
    }
  }

  void fold_blocks(Node& node) {
    for (Block* block : node.blocks()) fold(*block);
  }

  void fold(Node& node) {
    if (node.kind() == kinds::if_) {
      if (const std::optional<IValue> condition = ir::constant_value(node.input())) {
        take_branch(node, *node.blocks()[condition->to_bool() ? 0 : 1]);
      } else {
        fold_blocks(node);
        merge_equal_outputs(node);
      }
    } else if (node.kind() == kinds::loop) {
      if (never_runs(node)) {
        for (size_t i = 0; i < node.outputs().size(); ++i) node.output(i)->replace_all_uses_with(node.input(i + 2));
        node.destroy();
        changed_ = true;
      } else {
        fold_blocks(node);
        remove_unchanged_carried(node);
      }
    } else if (!try_run(node)) {
      fold_blocks(node);
    }
  }

  void take_branch(Node& node, Block& branch) {
    fold(branch);
    for (Node* inner : branch.nodes()) inner->move_before(&node);
    for (size_t i = 0; i < node.outputs().size(); ++i) node.output(i)->replace_all_uses_with(branch.outputs()[i]);
    node.destroy();
    changed_ = true;
  }

  void merge_equal_outputs(Node& node) {
    for (size_t i = 0; i < node.outputs().size();) {
      Value* in_true = node.blocks()[0]->outputs()[i];
      Value* in_false = node.blocks()[1]->outputs()[i];
      Value* common = in_true == in_false ? in_true : equal_constant(node, *in_true, *in_false);
      if (!common) {
        ++i;
        continue;
      }
      node.output(i)->replace_all_uses_with(common);
      node.erase_output(i);
      for (Block* block : node.blocks()) block->erase_output(i);
      changed_ = true;
    }
  }

  /// A new constant before the If when both branches give equal ones.
  Value* equal_constant(Node& node, const Value& a, const Value& b) {
    const std::optional<IValue> x = ir::constant_value(&a), y = ir::constant_value(&b);
    if (!x || !y || !(*a.type() == *b.type()) || x->is_tensor() || a.type()->is_mutable() || !can_be_constant(*x) ||
        !x->equals(*y))
      return nullptr;
    const ir::Graph::WithInsertPoint before(graph_, &node);
    return graph_.insert_constant(*x, {}, a.type());
  }

  static bool never_runs(const Node& loop) {
    const std::optional<IValue> count = ir::constant_value(loop.input(0)),
                                condition = ir::constant_value(loop.input(1));
    return (count && count->is_int() && count->to_int() < 1) ||
           (condition && condition->is_bool() && !condition->to_bool());
  }

  void remove_unchanged_carried(Node& loop) {
    Block& body = *loop.blocks()[0];
    for (size_t i = loop.outputs().size(); i-- > 0;) {
      if (body.inputs()[i + 1] != body.outputs()[i + 1]) continue;
      loop.output(i)->replace_all_uses_with(loop.input(i + 2));
      body.inputs()[i + 1]->replace_all_uses_with(loop.input(i + 2));
      loop.erase_output(i);
      loop.remove_input(i + 2);
      body.erase_output(i + 1);
      body.erase_input(i + 1);
      changed_ = true;
    }
  }

  bool is_foldable(const Node& node) const {
    if (node.kind() == kinds::constant || node.kind() == kinds::uninitialized || node.kind() == kinds::closure ||
        node.outputs().empty() || !node.blocks().empty() || node.has_attribute(ir::attributes::subgraph))
      return false;
    for (const Value* input : node.inputs())
      if (input->node()->kind() != kinds::constant) return false;
    if (!alias_) {
      for (const Value* input : node.inputs())
        if (input->type()->is_mutable()) return false;
      for (const Value* output : node.outputs())
        if (output->type()->is_mutable()) return false;
    }
    if (has_side_effects(node) || is_nondeterministic(node)) return false;
    const Schema* schema = node.find_schema();
    if (schema && schema->is_mutable()) return false;
    return !alias_ || !alias_->may_be_written(node);
  }

  static bool is_part_of_a_tape(const IValue& value) {
    return value.is_tensor() && value.tensor().defined() && autograd::requires_grad(value.tensor());
  }

  bool try_run(Node& node) {
    if (!is_foldable(node)) return false;
    std::optional<std::vector<IValue>> inputs = constant_inputs(node);
    if (!inputs) return false;
    for (const IValue& input : *inputs)
      if (is_part_of_a_tape(input)) return false;
    const std::optional<std::vector<IValue>> outputs = evaluate(node, std::move(*inputs));
    if (!outputs) return false;
    const ir::Graph::WithInsertPoint before(graph_, &node);
    for (size_t i = 0; i < outputs->size(); ++i) {
      const IValue& output = (*outputs)[i];
      if (!can_be_constant(output) || is_part_of_a_tape(output)) continue;
      // The type that the node declares may say more than the value: an Optional that is None, a list without elements.
      const bool keeps_type = output.is_none() || output.is_list() || output.is_dict() || output.is_tuple();
      Value* constant = graph_.insert_constant(output, {}, keeps_type ? node.output(i)->type() : nullptr);
      node.output(i)->replace_all_uses_with(constant);
      changed_ = true;
    }
    return true;
  }

  ir::Graph& graph_;
  const AliasInfo* alias_;
  bool changed_ = false;
};

}  // namespace

extern constinit const Pass constant_propagation = {
    .name = "constant_propagation",
    .summary = "runs what depends on constants only",
    .run = [](ir::Graph& graph, Analyses& analyses) { return Folder(graph, &analyses.alias_info()).run(); },
    .leaves_dead_code = true,
};

extern constinit const Pass constant_propagation_of_immutable_types = {
    .name = "constant_propagation_immutable_types",
    .summary = "runs what depends on constants only, tensors and containers excepted",
    .run = [](ir::Graph& graph, Analyses&) { return Folder(graph, nullptr).run(); },
    .leaves_dead_code = true,
};

}  // namespace rushlight::passes
