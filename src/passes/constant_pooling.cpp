/// Constant pooling: equal constants become one, and all stand at the front.
/// The walk is in printing order; each constant met for the first time is put before the first node, so the constants
/// of a pooled graph stand in reverse order of first appearance. That order is visible to users. Leaves alone: a second
/// constant of a mutable type that is written, or that is returned along with the first.
#include <algorithm>
#include <cstring>

#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
namespace kinds = ir::kinds;

namespace {

bool same_tensor(const Tensor& a, const Tensor& b) {
  if (a.is_same(b)) return true;
  if (!a.defined() || !b.defined() || a.dtype() != b.dtype() || a.device() != b.device() || a.layout() != b.layout() ||
      a.is_meta())
    return false;
  if (a.sizes() != b.sizes() || a.strides() != b.strides() || !a.is_contiguous()) return false;
  return a.numel() == 0 || std::memcmp(a.data(), b.data(), size_t(a.numel()) * a.item_size()) == 0;
}

bool same_value(const IValue& a, const IValue& b) {
  if (a.tag() != b.tag()) return false;
  if (a.is_tensor()) return same_tensor(a.tensor(), b.tensor());
  if (a.is_list() && a.list().kind() == ListKind::generic) {
    if (a.list().size() != b.list().size()) return false;
    for (size_t i = 0; i < a.list().size(); ++i)
      if (!same_value(a.list().get(i), b.list().get(i))) return false;
    return true;
  }
  if (a.is_tuple()) {
    const auto &x = a.tuple().elements, &y = b.tuple().elements;
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_value);
  }
  if (a.is_object()) return a.is_same(b);
  if (a.tag() == Tag::enum_) return false;  // PyTorch keeps one constant for each place that names a member
  return a.equals(b);
}

/// Numbers, texts, what is made of them, and the shapes of tensors are told apart here; the rest meets in few buckets.
size_t hash_of(const IValue& value) {
  const auto with = [](size_t hash, size_t next) { return hash * 31 + next; };
  if (value.is_int()) return std::hash<int64_t>()(value.to_int());
  if (value.is_float()) return std::hash<double>()(value.to_float());
  if (value.is_string()) return std::hash<std::string_view>()(value.to_string());
  size_t hash = size_t(value.tag());
  if (value.is_tensor() && value.tensor().defined()) {
    hash = with(hash, size_t(value.tensor().dtype()));
    for (int64_t size : value.tensor().sizes()) hash = with(hash, size_t(size));
  } else if (value.is_list()) {
    for (size_t i = 0; i < value.list().size(); ++i) hash = with(hash, hash_of(value.list().get(i)));
  } else if (value.is_tuple()) {
    for (const IValue& element : value.tuple().elements) hash = with(hash, hash_of(element));
  }
  return hash;
}

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
    std::vector<Node*>& bucket = seen_[value ? hash_of(*value) * 31 + size_t(constant.output()->type()->kind()) : 0];
    for (Node* earlier : bucket)
      if (*earlier->output()->type() == *constant.output()->type() &&
          same_value(*ir::constant_value(earlier->output()), *value) && may_merge(*earlier, constant))
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
