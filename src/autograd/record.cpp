/// The hook of operator calls: runs the kernel and puts a node on the tape.
#include "autograd/engine.h"
#include "autograd/grad_mode.h"
#include "autograd/op_node.h"
#include "autograd/views.h"
#include "base/text.h"
#include "ops/result_traits.h"
#include "ops/variable_queries.h"

namespace rushlight::autograd {
namespace {

class BelowAutograd {
 public:
  BelowAutograd() : old_(dispatch_state.below_autograd) { dispatch_state.below_autograd = true; }
  ~BelowAutograd() { dispatch_state.below_autograd = old_; }

 private:
  bool old_;
};

/// Stands for operators that have gradients in PyTorch and none here: fails when a gradient reaches it.
class NoDerivative final : public GradNode {
 public:
  explicit NoDerivative(std::string op) : op_(std::move(op)) {}
  std::string name() const override { return "NotImplemented"; }
  std::vector<Tensor> apply(std::vector<Tensor>) override {
    throw NotImplementedError(cat("derivative for ", op_, " is not implemented"));
  }

 private:
  std::string op_;
};

template <class Fn>
bool any_tensor(const IValue& value, Fn&& fn) {
  if (value.is_tensor()) return value.tensor().defined() && fn(value.tensor());
  if (!value.is_list() || value.list().kind() != ListKind::generic) return false;
  for (const IValue& element : static_cast<const GenericList&>(value.list()).values)
    if (element.is_tensor() && element.tensor().defined() && fn(element.tensor())) return true;
  return false;
}

bool takes_gradient(const OpDecl& declaration, std::string_view argument) {
  if (declaration.derivatives.empty()) return true;
  for (const Derivative& derivative : declaration.derivatives)
    if (derivative.wrt == argument) return true;
  return false;
}

bool may_require_grad(const Tensor& tensor) { return is_floating(tensor.dtype()) || is_complex(tensor.dtype()); }

/// Calls fn(result tensor) for every tensor among the results, those in lists too.
template <class Fn>
void for_each_result(const Operator& op, const IValue* results, Fn&& fn) {
  for (size_t i = 0; i < op.result_count(); ++i)
    any_tensor(results[i], [&](const Tensor& tensor) {
      fn(tensor);
      return false;
    });
}

size_t written_argument(const Operator& op) {
  for (size_t i = 0; i < op.argument_count(); ++i)
    if (op.schema().arguments[i].is_write()) return i;
  return op.argument_count();
}

void track_views(const Operator& op, const IValue* arguments, IValue* results) {
  const bool several = op.result_count() > 1 || (op.result_count() == 1 && results[0].is_list());
  const ViewOrigin origin = several                        ? ViewOrigin::multiple_outputs
                            : !dispatch_state.grad_enabled ? ViewOrigin::no_grad_mode
                                                           : ViewOrigin::normal;
  const Tensor& source = arguments[0].tensor();
  for_each_result(op, results, [&](const Tensor& view) {
    // An operator such as reshape or contiguous may return its argument itself or a copy.
    if (!view.is_same(source) && view.storage() == source.storage()) track_view(view, source, origin);
  });
}

void record(const Operator& op, const IValue* arguments, IValue* results) {
  if (op.has(OpTraits::composite) || op.has(OpTraits::language)) {
    call_kernel(op, arguments, results);
    return;
  }
  const OpDecl& declaration = op.declaration();
  const bool writes = op.is_mutating();
  bool wants_gradient = false;
  if (dispatch_state.grad_enabled && !op.has(OpTraits::not_differentiable)) {
    for (size_t i = 0; i < op.argument_count() && !wants_gradient; ++i)
      wants_gradient =
          takes_gradient(declaration, op.schema().arguments[i].name) && any_tensor(arguments[i], requires_grad);
  }
  if (writes)
    for (size_t i = 0; i < op.argument_count(); ++i)
      if (op.schema().arguments[i].is_write())
        any_tensor(arguments[i], [&](const Tensor& tensor) {
          check_inplace(tensor, wants_gradient);
          return false;
        });
  if (wants_gradient && op.form() == Operator::Form::out)
    throw RuntimeError(cat(op.schema().name.substr(op.schema().name.rfind(':') + 1),
                           "(): functions with out=... arguments don't support automatic differentiation, but one of "
                           "the arguments requires "
                           "grad."));

  Ref<GradNode> node;
  OpNode* op_node = nullptr;
  if (wants_gradient) {
    if (op.is_differentiable()) {
      Ref<OpNode> made = make_ref<OpNode>(op, arguments, /*copy_first=*/op.form() == Operator::Form::inplace);
      op_node = made.get();
      node = made;
    } else {
      std::string name = op.schema().name;
      node = make_ref<NoDerivative>(std::move(name));
    }
  }
  {
    BelowAutograd guard;
    call_kernel(op, arguments, results);
  }
  const std::vector<Argument>& returns = op.schema().returns;
  const bool returns_new = !returns.empty() && !returns[0].is_write();
  if (writes && !returns_new) {
    bump_versions(op, arguments);
    const size_t written = written_argument(op);
    if (node && arguments[written].is_tensor() && may_require_grad(arguments[written].tensor()))
      rebase_history(arguments[written].tensor(), node);
  } else {
    if (op.is_view() && arguments[0].is_tensor()) track_views(op, arguments, results);
    if (node)
      for (size_t i = 0; i < op.result_count(); ++i) {
        // A result that was not asked for keeps its place, so that the gradients of the others keep theirs.
        if (results[i].is_none() || (results[i].is_tensor() && !results[i].tensor().defined()))
          node->add_input(empty_tensor(0, ScalarType::float32));
        any_tensor(results[i], [&](const Tensor& result) {
          const bool has_gradient = i == 0 || !op.has(kFirstResultOnly);
          if (has_gradient && may_require_grad(result))
            set_history(result, node);
          else
            node->add_input(result);
          return false;
        });
      }
  }
  if (op_node) op_node->save_results(results);
}

std::vector<Tensor> run_requested(const std::vector<Tensor>& roots, std::vector<Tensor> gradients,
                                  const BackwardRequest& request) {
  return run_backward(roots, std::move(gradients),
                      {.retain_graph = request.retain_graph,
                       .create_graph = request.create_graph,
                       .inputs = request.inputs ? *request.inputs : std::vector<Tensor>(),
                       .accumulate = !request.inputs,
                       .allow_unused = request.allow_unused});
}

}  // namespace

void install() {
  dispatch_hooks.autograd = &record;
  variable_queries = {.requires_grad = &requires_grad,
                      .set_requires_grad = &set_requires_grad,
                      .is_leaf = &is_leaf,
                      .grad = &grad,
                      .run_backward = &run_requested};
}

}  // namespace rushlight::autograd
