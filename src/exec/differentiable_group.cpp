#include "exec/differentiable_group.h"

#include "autograd/meta.h"
#include "passes/differentiable_groups.h"

namespace rushlight::exec {
namespace {

/// Passes gradients on unchanged: it only gives the history its name.
class DifferentiableGraphBackward final : public autograd::GradNode {
 public:
  std::string name() const override { return "DifferentiableGraphBackward"; }
  std::vector<Tensor> apply(std::vector<Tensor> gradients) override { return gradients; }
};

bool any_requires_grad(const IValue& value) {
  if (value.is_tensor()) return value.tensor().defined() && autograd::requires_grad(value.tensor());
  if (value.is_tuple())
    return std::any_of(value.tuple().elements.begin(), value.tuple().elements.end(), any_requires_grad);
  if (value.is_list() && value.list().kind() == ListKind::generic) {
    const auto& values = static_cast<GenericList&>(value.list()).values;
    return std::any_of(values.begin(), values.end(), any_requires_grad);
  }
  if (value.is_object())
    for (size_t i = 0; i < value.object().slot_count(); ++i)
      if (any_requires_grad(value.object().slot(i))) return true;
  return false;
}

void rename_history(const Tensor& tensor, Ref<autograd::GradNode>& node) {
  const Ref<autograd::GradNode> made_by = autograd::grad_fn(tensor);
  if (!made_by || made_by->name() == "DifferentiableGraphBackward") return;
  if (!node) node = make_ref<DifferentiableGraphBackward>();
  std::vector<autograd::Edge> edges = node->next_edges();
  edges.push_back(autograd::gradient_edge(tensor));
  node->set_next_edges(std::move(edges));
  autograd::set_history(tensor, node);
}

constexpr int8_t kNotCalled = 0, kWithoutGrad = 1, kWithGrad = 2;

}  // namespace

IValue run_with_grad_names(ir::GraphFunction& function, std::vector<IValue> arguments,
                           const std::function<IValue(std::vector<IValue>)>& call) {
  const int8_t state = function.first_call_state.load(std::memory_order_relaxed);
  if (state == kNotCalled) {
    const bool with_grad =
        dispatch_state.grad_enabled && std::any_of(arguments.begin(), arguments.end(), any_requires_grad);
    function.first_call_state.store(with_grad ? kWithGrad : kWithoutGrad, std::memory_order_relaxed);
  }
  IValue result = call(std::move(arguments));
  if (state != kWithGrad || !dispatch_state.grad_enabled) return result;
  const std::vector<bool>& grouped = passes::outputs_in_differentiable_groups(function);
  Ref<autograd::GradNode> node;
  if (result.is_tensor() && grouped.size() == 1 && grouped[0]) {
    if (result.tensor().defined()) rename_history(result.tensor(), node);
  } else if (result.is_tuple()) {
    std::vector<IValue>& parts = result.tuple().elements;
    for (size_t i = 0; i < parts.size() && i < grouped.size(); ++i)
      if (grouped[i] && parts[i].is_tensor() && parts[i].tensor().defined()) rename_history(parts[i].tensor(), node);
  }
  return result;
}

}  // namespace rushlight::exec
