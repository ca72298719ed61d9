#include "passes/peephole_identities.h"

#include "passes/alias_info.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Symbol;
using ir::Value;

namespace {

class Identities {
 public:
  explicit Identities(ir::Graph& graph) : graph_(graph) {}

  bool run() {
    visit(graph_.block());
    return changed_;
  }

 private:
  void visit(Block& block) {
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) visit(*inner);
      if (is_identity(*node) && may_share(node->input(0), node->output())) {
        node->output()->replace_all_uses_with(node->input(0));
        changed_ = true;
      }
    }
  }

  static bool is_identity(const Node& node) {
    static const Symbol add = Symbol::intern("aten::add"), sub = Symbol::intern("aten::sub"),
                        mul = Symbol::intern("aten::mul"), div = Symbol::intern("aten::div");
    const Symbol kind = node.kind();
    const bool is_sum = kind == add || kind == sub;
    if ((!is_sum && kind != mul && kind != div) || node.inputs().size() != (is_sum ? 3 : 2)) return false;
    const auto* tensor = node.input(0)->type()->as<TensorType>();
    if (!tensor) return false;
    const bool is_floating = tensor->facts().dtype && dtype_info(*tensor->facts().dtype).kind == DtypeKind::floating;
    // A quotient of integers is a floating number.
    if (kind == div && !is_floating) return false;
    for (size_t i = 1; i < node.inputs().size(); ++i) {
      const std::optional<IValue> number = ir::constant_value(node.input(i));
      if (!number || !(number->is_int() || (is_floating && number->is_float()))) return false;
      if (number->to_scalar().to<double>() != (is_sum && i == 1 ? 0 : 1)) return false;
    }
    return true;
  }

  /// Values that took part in an earlier replacement are more than the analysis knows: they wait for the next run.
  bool may_share(const Value* input, const Value* output) {
    if (!alias_) {
      alias_.emplace(graph_);
      seen_outside_.emplace(*alias_);
      for (const Value* value : graph_.inputs()) seen_outside_->add(value);
      for (const Value* value : graph_.outputs()) seen_outside_->add(value);
      replaced_.emplace(*alias_);
    }
    if (alias_->may_be_written(input) || alias_->may_be_written(output)) return false;
    if (seen_outside_->may_contain(input) && seen_outside_->may_contain(output)) return false;
    if (replaced_->may_contain(input) || replaced_->may_contain(output)) return false;
    replaced_->add(input);
    replaced_->add(output);
    return true;
  }

  ir::Graph& graph_;
  bool changed_ = false;
  std::optional<AliasInfo> alias_;  ///< made when first needed, as are the next two
  std::optional<ReachedPlaces> seen_outside_;
  std::optional<ReachedPlaces> replaced_;
};

}  // namespace

bool simplify_tensor_identities(ir::Graph& graph) { return Identities(graph).run(); }

}  // namespace rushlight::passes
