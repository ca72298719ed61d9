/// The hook of operator calls: each call becomes one node, with a constant for every argument that is no tensor.
///     y = x.sum(1)      %3 : int = prim::Constant[value=1]()
///                       %4 : int[] = prim::ListConstruct(%3)
///                       %5 : bool = prim::Constant[value=0]()
///                       %6 : NoneType = prim::Constant()
///                       %7 : Float(2, ...) = aten::sum(%x, %4, %5, %6)
/// What the operator does inside is not recorded. The order in which values are made fixes their numbers: the node,
/// what its arguments need in the order of the schema, the results.
#include <algorithm>

#include "base/text.h"
#include "trace/spelling.h"
#include "trace/state.h"

namespace rushlight::trace {
namespace {

using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

void run_unrecorded(const Operator& op, const IValue* arguments, IValue* results) {
  const Pause pause;
  call_operator(op, arguments, results);
}

bool holds_tensors(const Type& type) {
  if (type.is(TypeKind::tensor)) return true;
  return std::ranges::any_of(type.contained(), [](const TypePtr& part) { return holds_tensors(*part); });
}

/// Operators whose call tells nothing that a graph could keep.
bool is_ignored(const Operator& op) {
  static constexpr std::string_view kNames[] = {
      "aten::requires_grad_", "aten::retain_grad", "aten::_backward", "aten::data",       "aten::set_data",
      "aten::is_leaf",        "aten::output_nr",   "aten::_version",  "aten::_fw_primal", "aten::_make_dual"};
  const Schema& schema = op.schema();
  if (op.has(OpTraits::language) || std::ranges::find(kNames, schema.name) != std::end(kNames)) return true;
  return std::ranges::none_of(schema.returns, [](const Argument& result) { return holds_tensors(*result.type); });
}

bool is_resize(const Operator& op) {
  return op.schema().name == "aten::resize_" || op.schema().name == "aten::resize_as_";
}

const Type& without_optional(const Type& type) { return type.is(TypeKind::optional) ? *type.contained()[0] : type; }

/// A list argument: each element is a value of its own.
Value* list_value(State& state, const Argument& argument, const Type& type, const IValue& value) {
  const Type& element = *type.contained()[0];
  const ListObject& list = value.list();
  std::vector<Value*> elements;
  bool has_none = element.is(TypeKind::optional);
  for (size_t i = 0; i < list.size(); ++i) {
    if (Value* converted = state.converted(argument.name, i)) {
      elements.push_back(converted);
      continue;
    }
    const IValue item = list.get(i);
    const bool is_tensor = item.is_tensor() && item.tensor().defined();
    has_none |= holds_tensors(element) && !is_tensor;
    elements.push_back(is_tensor          ? state.value_of(item.tensor())
                       : item.is_tensor() ? state.insert_none()
                                          : state.insert_constant(item));
  }
  Node* construct = state.graph->create(kinds::list_construct, elements);
  TypePtr element_type = holds_tensors(element) ? types::tensor() : TypePtr(&without_optional(element));
  if (is_int_like(*element_type)) element_type = types::int_();
  if (element_type->is(TypeKind::number) && !elements.empty()) element_type = elements[0]->type();
  construct->output()->set_type(types::list(has_none ? types::optional(element_type) : element_type));
  return state.graph->insert(construct)->output();
}

Value* argument_value(State& state, const Argument& argument, const IValue& value) {
  if (Value* converted = state.converted(argument.name)) return converted;
  if (value.is_none()) return state.insert_none();
  const Type& type = without_optional(*argument.type);
  switch (value.tag()) {
    case Tag::tensor:
      return state.value_of(value.tensor());
    case Tag::list:
      return list_value(state, argument, type, value);
    case Tag::object:
      return state.value_of(value);
    default:
      return state.insert_constant(value);
  }
}

/// A list result is taken apart at once: its tensors are what the program goes on with.
void add_result(State& state, Node& node, const IValue& result) {
  Value* output = node.add_output();
  if (result.is_tensor()) {
    if (!result.tensor().defined()) return;
    output->set_type(complete_type(result.tensor()));
    state.set_value(result.tensor(), output);
  } else if (result.is_list() && result.list().element_type()->is(TypeKind::tensor)) {
    output->set_type(types::list(types::tensor()));
    const std::vector<Tensor> tensors = result.to_tensor_vector();
    Node* unpack = state.graph->insert(state.graph->create(kinds::list_unpack, {output}, tensors.size()));
    for (size_t i = 0; i < tensors.size(); ++i) {
      unpack->output(i)->set_type(complete_type(tensors[i]));
      state.set_value(tensors[i], unpack->output(i));
    }
  } else if (!result.is_none()) {
    output->set_type(result.type());
  }
}

void record(const Operator& op, const IValue* arguments, IValue* results) {
  const std::shared_ptr<State> state = current();
  if (!state || is_ignored(op)) return run_unrecorded(op, arguments, results);
  if (is_resize(op)) {
    state->warn(cat(op.schema().name.substr(6),
                    " can't be represented in the JIT at the moment, so we won't connect any uses of this value with "
                    "its current trace. If you happen to use it again, it will show up as a constant in the graph. "
                    "Consider using `view` or `reshape` to make it traceable."));
    run_unrecorded(op, arguments, results);
    return state->forget(arguments[0].tensor());
  }
  if (op.has(OpTraits::traced_inside)) {
    // What it calls is recorded instead, below autograd if it has a gradient of its own.
    const bool goes_to_autograd = dispatch_hooks.autograd && !op.has(OpTraits::composite);
    return goes_to_autograd ? dispatch_hooks.autograd(op, arguments, results) : call_kernel(op, arguments, results);
  }

  ir::Graph& graph = *state->graph;
  const Spelling spelling = spelling_of(op, arguments, *state);
  Node* node = graph.create(spelling.kind, 0);
  if (spelling.has_range) node->set_range(state->here());
  try {
    for (size_t i : spelling.arguments) node->add_input(argument_value(*state, op.schema().arguments[i], arguments[i]));
    for (const IValue& extra : spelling.more)
      node->add_input(spelling.more_have_range ? state->insert_constant(extra) : graph.insert_constant(extra));
  } catch (...) {
    node->destroy();
    state->forget_arguments();
    throw;
  }
  state->forget_arguments();
  graph.insert(node);
  run_unrecorded(op, arguments, results);
  const size_t count = std::max<size_t>(op.result_count(), 1);
  for (size_t i = 0; i < count; ++i) add_result(*state, *node, results[i]);
}

}  // namespace

void install() { dispatch_hooks.trace = &record; }

}  // namespace rushlight::trace
