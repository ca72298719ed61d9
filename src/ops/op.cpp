#include "ops/op.h"

#include "base/text.h"
#include "ops/derived_forms.h"

namespace rushlight {

DispatchHooks dispatch_hooks;
thread_local constinit DispatchState dispatch_state;

namespace {

bool has_autograd(const IValue& value) {
  if (value.is_tensor()) return value.tensor().defined() && value.tensor().impl()->autograd;
  if (!value.is_list() || value.list().kind() != ListKind::generic) return false;
  for (const IValue& element : static_cast<const GenericList&>(value.list()).values)
    if (element.is_tensor() && element.tensor().defined() && element.tensor().impl()->autograd) return true;
  return false;
}

bool is_inference(const IValue& value) {
  return value.is_tensor() && value.tensor().defined() && value.tensor().impl()->is_inference;
}

/// What the tape has to see: anything that takes part in it already, views (a later write through them must reach their
/// base), and tensors of inference mode (which must not be written outside of it). With grad mode off nothing is
/// recorded, and only views and writes are left to see.
bool concerns_autograd(const Operator& op, const IValue* arguments) {
  if (op.is_view()) return true;
  if (!dispatch_state.grad_enabled && !op.is_mutating()) return false;
  for (size_t i = 0; i < op.argument_count(); ++i)
    if (has_autograd(arguments[i]) || (op.is_mutating() && is_inference(arguments[i]))) return true;
  return false;
}

}  // namespace

void call_operator(const Operator& op, const IValue* arguments, IValue* results) {
  if (dispatch_state.tracing && dispatch_hooks.trace) [[unlikely]]
    return dispatch_hooks.trace(op, arguments, results);
  if (!dispatch_state.below_autograd) {
    if (dispatch_hooks.autograd && !op.has(OpTraits::language) && concerns_autograd(op, arguments))
      return dispatch_hooks.autograd(op, arguments, results);
    call_kernel(op, arguments, results);
    if (op.is_mutating() && !op.has(OpTraits::composite) && !op.has(OpTraits::language)) bump_versions(op, arguments);
    return;
  }
  call_kernel(op, arguments, results);
}

void bump_versions(const Operator& op, const IValue* arguments) {
  // PyTorch does not count what an operator writes on the side of its results (rrelu_with_noise writes its noise).
  const std::vector<Argument>& returns = op.schema().returns;
  if (!returns.empty() && !returns[0].is_write()) return;
  const bool only_first = op.schema().name.ends_with('_') && op.schema().arguments[0].is_write();
  const size_t counted = only_first ? 1 : op.argument_count();
  for (size_t i = 0; i < counted; ++i) {
    if (!op.schema().arguments[i].is_write()) continue;
    if (arguments[i].is_tensor()) {
      if (arguments[i].tensor().defined()) arguments[i].tensor().bump_version();
    } else if (arguments[i].is_list() && arguments[i].list().kind() == ListKind::generic) {
      for (const IValue& element : static_cast<const GenericList&>(arguments[i].list()).values)
        if (element.is_tensor()) element.tensor().bump_version();
    }
  }
}

IValue call_operator(const Operator& op, std::vector<IValue> arguments) {
  if (arguments.size() != op.argument_count())
    throw RuntimeError(
        cat(op.schema().qualified_name(), " takes ", op.argument_count(), " arguments, got ", arguments.size()));
  std::vector<IValue> results(std::max<size_t>(op.result_count(), 1));
  call_operator(op, arguments.data(), results.data());
  return op.result_count() <= 1 ? std::move(results[0]) : make_tuple(std::move(results));
}

void OpSet::add(OpDecl declaration) {
  declarations_.push_back(std::make_unique<OpDecl>(std::move(declaration)));
  const OpDecl& kept = *declarations_.back();
  const bool has_namespace = kept.schema.substr(0, kept.schema.find('(')).find("::") != std::string_view::npos;
  const Schema schema = Schema::parse(cat(has_namespace ? "" : "aten::", kept.schema));

  const auto install = [&](Operator::Form form, Schema form_schema, BoxedKernel kernel) {
    auto op = std::make_unique<Operator>();
    op->schema_ = std::move(form_schema);
    op->declaration_ = &kept;
    op->kernel_ = kernel;
    op->form_ = form;
    op->differentiable_ = form != Operator::Form::out && (!kept.derivatives.empty() || kept.joint_derivative);
    op->is_mutating_ = op->schema_.is_mutable();
    if (!op->is_mutating_ && !has_trait(kept.traits, OpTraits::language))
      for (const Argument& result : op->schema_.returns) op->is_view_ |= result.alias && !result.alias->before.empty();
    operators_.push_back(std::move(op));
  };
  // An `out=` form may also be declared by its own schema.
  const bool is_out =
      !schema.arguments.empty() && schema.arguments.back().keyword_only && schema.arguments.back().is_write();
  install(is_out ? Operator::Form::out : Operator::Form::functional, schema, kept.kernel.call);
  if (kept.inplace)
    install(Operator::Form::inplace, inplace_schema(schema),
            kept.kernel.call_inplace ? kept.kernel.call_inplace : &derived_inplace);
  if (!kept.out.empty())
    install(Operator::Form::out, out_schema(schema, kept.out),
            kept.kernel.call_out ? kept.kernel.call_out : &derived_out);
}

}  // namespace rushlight
