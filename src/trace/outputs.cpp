/// Results of the recorded program as outputs of the graph.
#include "base/text.h"
#include "tensor/print.h"
#include "trace/inputs.h"

namespace rushlight::trace {

using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

constexpr const char* kContainerAdvice =
    " might cause the trace to be incorrect, this is only valid if the container structure does not change based on "
    "the module's inputs. Consider using a constant container instead (e.g. for `list`, use a `tuple` instead. for "
    "`dict`, use a `NamedTuple` instead). If you absolutely need this and know the side effects, pass strict=False to "
    "trace() to allow this behavior.";

[[noreturn]] void refuse_kind() {
  throw RuntimeError(
      "Only tensors, lists, tuples of tensors, or dictionary of tensors can be output from traced functions");
}

Value* tensor_output(State& state, const Tensor& tensor, size_t number) {
  if (!state.knows(tensor))
    throw RuntimeError(
        cat("output ", number, " (", tensor_cpp_text(tensor),
            ") of traced region did not have observable data dependence with trace inputs; this probably indicates "
            "your program cannot be understood by the tracer."));
  return state.known_value(tensor);
}

Value* list_output(State& state, const ListObject& list, size_t number) {
  if (!list.element_type()->is(TypeKind::tensor)) refuse_kind();
  if (state.strict) state.warn(cat("Encountering a list at the output of the tracer", kContainerAdvice));
  Node* construct = state.graph->create(kinds::list_construct);
  for (size_t i = 0; i < list.size(); ++i) construct->add_input(tensor_output(state, list.get(i).tensor(), number));
  construct->output()->set_type(types::list(types::tensor()));
  return state.graph->insert(construct)->output();
}

bool is_tensor_tuple(const IValue& value) {
  if (!value.is_tuple()) return false;
  for (const IValue& element : value.tuple().elements)
    if (!element.is_tensor()) return false;
  return true;
}

Value* output(State& state, const IValue& value, size_t number);

Value* tuple_output(State& state, const TupleObject& tuple, size_t number) {
  Node* construct = state.graph->create(kinds::tuple_construct, 0);
  std::vector<TypePtr> parts;
  std::vector<Value*> elements;
  for (const IValue& element : tuple.elements) elements.push_back(output(state, element, number));
  for (Value* element : elements) parts.push_back(construct->add_input(element)->type());
  construct->add_output()->set_type(types::tuple(std::move(parts)));
  return state.graph->insert(construct)->output();
}

Value* dict_output(State& state, const IValue& value, size_t number) {
  if (state.strict) throw RuntimeError(cat("Encountering a dict at the output of the tracer", kContainerAdvice));
  const DictObject& dict = value.dict();
  bool is_understood = true;
  dict.for_each([&](const IValue& key, const IValue& element) {
    is_understood &= (key.is_string() || key.is_tensor()) && (element.is_tensor() || is_tensor_tuple(element));
  });
  if (!is_understood)
    throw RuntimeError(
        cat("output ", number, " (", value.str(),
            ") of traced region cannot be understood by the tracer, only outputs matching dict[Union[str, Tensor], "
            "Union[Tensor, Tuple[Tensor, ...]]] can be a dictionary output of a traced function"));
  std::vector<Value*> parts;
  dict.for_each([&](const IValue& key, const IValue& element) {
    parts.push_back(state.value_of(key));
    parts.push_back(output(state, element, number));
  });
  TypePtr value_type = dict.value_type;
  Node* construct = state.graph->create(kinds::dict_construct, parts);
  construct->output()->set_type(types::dict(dict.key_type, std::move(value_type)));
  return state.graph->insert(construct)->output();
}

Value* output(State& state, const IValue& value, size_t number) {
  switch (value.tag()) {
    case Tag::tensor:
      return tensor_output(state, value.tensor(), number);
    case Tag::list:
      return list_output(state, value.list(), number);
    case Tag::tuple:
      return tuple_output(state, value.tuple(), number);
    case Tag::dict:
      return dict_output(state, value, number);
    default:
      refuse_kind();
  }
}

}  // namespace

Value* output_value(State& state, const IValue& value) { return output(state, value, 1); }

}  // namespace rushlight::trace
