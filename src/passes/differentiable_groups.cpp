/// PyTorch's executor merges neighbouring operators that have a symbolic gradient into groups, and a group of at least
/// two shows in the `grad_fn` of its results. Rushlight runs no such groups; this finds where they would be: consumers
/// take in their producers, last node first, unless some node outside of the group stands between the two.
#include "passes/differentiable_groups.h"

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "base/text.h"
#include "passes/alias_info.h"
#include "passes/passes.h"
#include "passes/pipelines.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

constexpr size_t kSmallestGroup = 2;

/// Operators of namespace aten that have a symbolic gradient, with overload.
constexpr std::string_view kDifferentiable =
    "abs acos adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d add.Scalar add.Tensor addcmul addmm asin "
    "atan "
    "_autocast_to_full_precision _autocast_to_reduced_precision avg_pool2d batch_norm bmm cat ceil clamp clamp.Tensor "
    "contiguous cos cosh "
    "_dim_arange div.Scalar div.Scalar_mode div.Tensor div.Tensor_mode dot dropout embedding eq.Scalar erf erfc exp "
    "expm1 floor fmod.Scalar "
    "frac ge.Scalar gelu _grad_sum_to_size gt.Scalar hardshrink hardsigmoid hardswish hardtanh "
    "index.Tensor_hacked_twin layer_norm le.Scalar "
    "leaky_relu lerp.Scalar lerp.Tensor linear log log10 log1p log2 log_softmax.int logsumexp lt.Scalar matmul "
    "max.other max_pool2d "
    "max_pool2d_with_indices mean mean.dim min.other mm mul.Scalar mul.Tensor mv native_batch_norm ne.Scalar neg "
    "nll_loss nonzero permute "
    "pow.Scalar pow.Tensor_Scalar pow.Tensor_Tensor reciprocal relu relu6 remainder.Scalar round rsqrt rsub.Scalar "
    "sigmoid silu sin sinh "
    "_slow_conv2d_forward softmax.int softplus sqrt squeeze squeeze.dim stack std std.correction std.dim sub.Scalar "
    "sub.Tensor t tan tanh "
    "threshold to.prim_Device trunc type_as unsqueeze var var.correction var.dim where.self";

bool is_differentiable(const Node& node) {
  static const std::unordered_set<std::string> all = [] {
    std::unordered_set<std::string> names;
    for (std::string_view name : split(kDifferentiable, ' ')) names.insert("aten::" + std::string(name));
    return names;
  }();
  const Schema* schema = node.find_schema();
  return schema && all.contains(schema->qualified_name());
}

class Groups {
 public:
  explicit Groups(ir::Graph& graph) : alias_(graph) { collect(graph.block()); }

  bool contains(const Node* node) const {
    const auto found = group_of_.find(node);
    return found != group_of_.end() && groups_[found->second].size() >= kSmallestGroup;
  }

 private:
  bool may_join(const Node& node) const { return is_differentiable(node) && !alias_.may_be_written(node); }

  void collect(const Block& block) {
    for (const Node* node = block.return_node()->prev(); node != block.param_node(); node = node->prev()) {
      for (const Block* inner : node->blocks()) collect(*inner);
      if (group_of_.contains(node) || !may_join(*node)) continue;
      groups_.push_back({node});
      group_of_[node] = groups_.size() - 1;
      grow(groups_.size() - 1);
    }
  }

  void grow(size_t group) {
    for (bool grown = true; grown;) {
      grown = false;
      for (size_t i = 0; i < groups_[group].size(); ++i)
        for (const Value* input : groups_[group][i]->inputs()) {
          const Node* producer = input->node();
          if (group_of_.contains(producer) || producer->owning_block() != groups_[group][0]->owning_block()) continue;
          if (producer->kind() == kinds::param || !may_join(*producer) || reaches_from_outside(*producer, group))
            continue;
          groups_[group].push_back(producer);
          group_of_[producer] = group;
          grown = true;
        }
    }
  }

  /// Whether something that is not in the group uses the producer and is itself needed by the group.
  bool reaches_from_outside(const Node& producer, size_t group) const {
    std::unordered_set<const Node*> seen;
    std::vector<const Node*> open;
    const auto users = [&](const Node& node) {
      for (const Value* output : node.outputs())
        for (const ir::Use& use : output->uses()) {
          const Node* user = use.user;
          while (user->owning_block() != groups_[group][0]->owning_block() && user->owning_block()->owning_node())
            user = user->owning_block()->owning_node();
          if (seen.insert(user).second) open.push_back(user);
        }
    };
    users(producer);
    const std::vector<const Node*> direct = std::exchange(open, {});
    for (const Node* user : direct)
      if (!in_group(user, group)) open.push_back(user);
    while (!open.empty()) {
      const Node* node = open.back();
      open.pop_back();
      if (in_group(node, group)) return true;
      users(*node);
      // Groups that were reached through an outside node count even if they use the producer directly too.
      for (const Value* output : node->outputs())
        for (const ir::Use& use : output->uses())
          if (in_group(use.user, group)) return true;
    }
    return false;
  }

  bool in_group(const Node* node, size_t group) const {
    const auto found = group_of_.find(node);
    return found != group_of_.end() && found->second == group;
  }

  AliasInfo alias_;
  std::vector<std::vector<const Node*>> groups_;
  std::unordered_map<const Node*, size_t> group_of_;
};

std::shared_ptr<const std::vector<bool>> find_outputs(const ir::GraphFunction& function) {
  std::shared_ptr<ir::Graph> graph = function.graph()->copy();
  run_for_execution(*graph);
  if (run_pass(unroll_constant_loops, *graph)) run_for_execution(*graph);
  const Groups groups(*graph);
  auto outputs = std::make_shared<std::vector<bool>>();
  for (const Value* output : graph->outputs()) {
    if (output->node()->kind() == kinds::tuple_construct)
      for (const Value* element : output->node()->inputs()) outputs->push_back(groups.contains(element->node()));
    else
      outputs->push_back(groups.contains(output->node()));
  }
  return outputs;
}

}  // namespace

const std::vector<bool>& outputs_in_differentiable_groups(const ir::GraphFunction& function) {
  static std::mutex mutex;
  {
    std::lock_guard lock(mutex);
    if (function.differentiable_outputs) return *function.differentiable_outputs;
  }
  std::shared_ptr<const std::vector<bool>> found = find_outputs(function);
  std::lock_guard lock(mutex);
  if (!function.differentiable_outputs) function.differentiable_outputs = std::move(found);
  return *function.differentiable_outputs;
}

}  // namespace rushlight::passes
