#include "passes/peephole_lists.h"

#include <algorithm>
#include <memory>

#include "passes/alias_info.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Symbol;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

class ListPeephole {
 public:
  explicit ListPeephole(ir::Graph& graph) : graph_(graph) {}
  bool run() {
    visit(graph_.block());
    return changed_;
  }

 private:
  void visit(Block& block) {
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) visit(*inner);
      if (!node->inputs().empty() && node->has_uses() && is_constructed(node->input(0))) simplify(*node);
    }
  }

  static bool is_constructed(const Value* list) { return list->node()->kind() == kinds::list_construct; }

  /// The analysis is of the graph before the first change; lists made since are written if their model is.
  bool may_be_written(const Value* list) {
    if (!alias_) alias_ = std::make_unique<AliasInfo>(graph_);
    const auto found = made_.find(list);
    return alias_->may_be_written(found != made_.end() ? found->second : list);
  }

  void simplify(Node& node) {
    static const Symbol len = Symbol::intern("aten::len"), get_item = Symbol::intern("aten::__getitem__"),
                        add = Symbol::intern("aten::add"), slice = Symbol::intern("aten::slice");
    const Symbol kind = node.kind();
    if (kind != len && kind != get_item && kind != add && kind != slice && kind != kinds::list_unpack) return;
    const std::vector<Value*>& elements = node.input(0)->node()->inputs();
    if (kind == kinds::list_unpack && elements.size() != node.outputs().size()) return;
    if (kind == add && (node.inputs().size() != 2 || !is_constructed(node.input(1)) || may_be_written(node.input(1))))
      return;
    if (may_be_written(node.input(0))) return;
    const ir::Graph::WithInsertPoint before(graph_, &node);
    if (kind == len) {
      replace(node.output(), graph_.insert_constant(IValue(int64_t(elements.size()))));
    } else if (kind == get_item) {
      const std::optional<IValue> index = ir::constant_value(node.input(1));
      if (!index || !index->is_int()) return;
      const int64_t size = int64_t(elements.size());
      const int64_t at = index->to_int() < 0 ? index->to_int() + size : index->to_int();
      if (at >= 0 && at < size) replace(node.output(), elements[size_t(at)]);
    } else if (kind == kinds::list_unpack) {
      for (size_t i = 0; i < elements.size(); ++i) replace(node.output(i), elements[i]);
    } else if (kind == slice) {
      if (const std::optional<std::vector<Value*>> part = sliced(node, elements)) replace_by_list(node, *part);
    } else {
      std::vector<Value*> all = elements;
      const std::vector<Value*>& more = node.input(1)->node()->inputs();
      all.insert(all.end(), more.begin(), more.end());
      replace_by_list(node, all);
    }
  }

  /// The elements that the constant bounds of a slice name; nothing if they are not constant.
  static std::optional<std::vector<Value*>> sliced(const Node& slice, const std::vector<Value*>& elements) {
    if (slice.inputs().size() != 4) return std::nullopt;
    const int64_t size = int64_t(elements.size());
    int64_t bounds[] = {0, size, 1};
    for (size_t i = 0; i < 3; ++i) {
      const std::optional<IValue> bound = ir::constant_value(slice.input(i + 1));
      if (!bound || !(bound->is_int() || (bound->is_none() && i < 2))) return std::nullopt;
      if (bound->is_int()) bounds[i] = bound->to_int();
    }
    const auto [start, end, step] = bounds;
    if (step < 1) return std::nullopt;
    const auto inside = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size); };
    std::vector<Value*> part;
    for (int64_t i = inside(start); i < inside(end); i += std::min(step, size)) part.push_back(elements[size_t(i)]);
    return part;
  }

  void replace_by_list(Node& node, const std::vector<Value*>& elements) {
    Node* list = graph_.insert(graph_.create(kinds::list_construct, elements));
    list->output()->set_type(node.output()->type());
    made_[list->output()] = node.output();
    replace(node.output(), list->output());
  }

  void replace(Value* old, Value* instead) {
    old->replace_all_uses_with(instead);
    changed_ = true;
  }

  ir::Graph& graph_;
  std::unique_ptr<AliasInfo> alias_;
  std::unordered_map<const Value*, const Value*> made_;
  bool changed_ = false;
};

}  // namespace

bool simplify_constructed_lists(ir::Graph& graph) { return ListPeephole(graph).run(); }

}  // namespace rushlight::passes
