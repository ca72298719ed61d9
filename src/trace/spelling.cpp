#include "trace/spelling.h"

#include "base/text.h"

namespace rushlight::trace {
namespace {

/// The tensors that show the same memory, this one included.
size_t views_of(const Tensor& tensor) { return tensor.storage() ? tensor.storage()->use_count() : 0; }

void warn_of_views(const State& state, const Tensor& written, std::string_view name) {
  if (const size_t count = views_of(written); count > 1)
    state.warn(cat(
        "There are ", count, " live references to the data region being modified when tracing in-place operator ", name,
        ". This might cause the trace to be incorrect, because all other views that also reference this data will "
        "not reflect this change in the trace! On the other hand, if all other views use the same memory chunk, "
        "but are disjoint (e.g. are outputs of torch.split), this might still be safe."));
}

/// dtype, layout, device, pin_memory and memory_format of the `*_like` form of a tensor that is overwritten.
std::vector<IValue> like_options(const Tensor& tensor) {
  return {IValue(), IValue(tensor.layout()), IValue(tensor.device()), IValue(false), IValue(MemoryFormat::preserve)};
}

/// Operators that write into their first argument, derived forms or not.
bool is_inplace(const Operator& op) {
  return op.is_mutating() && op.form() != Operator::Form::out && op.schema().name.ends_with('_');
}

/// copy_ is written without its last argument as given: source and target, and the default of non_blocking.
Spelling spelling_of_copy(const IValue* arguments, const State& state) {
  Spelling spelling{.kind = ir::Symbol::intern("aten::copy_"), .arguments = {0, 1}};
  if (!state.force_outplace) {
    spelling.more = {IValue(false)};
    spelling.more_have_range = false;
    return spelling;
  }
  const Tensor& self = arguments[0].tensor();
  if (views_of(self) <= 1) {
    // Nobody else sees the memory, so a copy is the source in the target's shape.
    spelling.kind = ir::Symbol::intern("aten::expand_as");
    spelling.arguments = {1, 0};
    spelling.has_range = false;
  } else {
    spelling.more = {IValue(false)};
    spelling.more_have_range = false;
  }
  warn_of_views(state, self, "copy_ (possibly due to an assignment)");
  return spelling;
}

}  // namespace

Spelling spelling_of(const Operator& op, const IValue* arguments, const State& state) {
  const std::string& name = op.schema().name;
  if (name == "aten::copy_") return spelling_of_copy(arguments, state);
  Spelling spelling;
  for (size_t i = 0; i < op.argument_count(); ++i)
    if (!(state.force_outplace && op.form() == Operator::Form::out && op.schema().arguments[i].is_write()))
      spelling.arguments.push_back(i);
  std::string written = name;
  if (name == "aten::detach_") {
    written = "aten::detach";
  } else if (state.force_outplace && is_inplace(op)) {
    const Tensor& self = arguments[0].tensor();
    if (name == "aten::zero_" || name == "aten::fill_") {
      written = name == "aten::zero_" ? "aten::zeros_like" : "aten::full_like";
      spelling.more = like_options(self);
    } else {
      written.pop_back();
    }
    warn_of_views(state, self, std::string_view(name).substr(6));
  }
  spelling.kind = ir::Symbol::intern(written);
  return spelling;
}

}  // namespace rushlight::trace
