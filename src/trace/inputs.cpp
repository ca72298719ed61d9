#include "trace/inputs.h"

#include "base/text.h"

namespace rushlight::trace {

using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

/// As `value.type()`, with all that is known about the tensors in tuples. Elements of lists and dictionaries have one
/// type in common, which is Tensor.
TypePtr input_type(const IValue& input) {
  if (input.is_tensor()) return complete_type(input.tensor());
  if (!input.is_tuple()) return input.type();
  std::vector<TypePtr> elements;
  for (const IValue& element : input.tuple().elements) elements.push_back(input_type(element));
  return types::tuple(std::move(elements));
}

Tensor bring_in_tensor(State& state, const Tensor& tensor, Value* value) {
  static const Operator& view = get_operator("aten::view", "");
  Tensor mine = tensor;
  if (state.knows(tensor)) {
    const IValue arguments[] = {IValue(tensor), IValue(tensor.sizes())};
    IValue result;
    call_operator(view, arguments, &result);
    mine = std::move(result).tensor();
  }
  value->set_type(complete_type(mine));
  state.set_value(mine, value);
  return mine;
}

IValue bring_in(State& state, const IValue& input, Value* value, const TypePtr& type) {
  ir::Graph& graph = *state.graph;
  value->set_type(type);
  if (input.is_tensor()) return IValue(bring_in_tensor(state, input.tensor(), value));
  if (input.is_tuple()) {
    std::vector<IValue> elements = input.tuple().elements;
    const std::vector<TypePtr>& parts = type->expect<TupleType>().elements();
    Node* unpack = graph.insert(graph.create(kinds::tuple_unpack, {value}, elements.size()));
    for (size_t i = 0; i < elements.size(); ++i)
      elements[i] = bring_in(state, elements[i], unpack->output(i), parts[i]);
    return make_tuple(std::move(elements));
  }
  if (input.is_list()) {
    const Ref<ListObject> list = input.list().copy();
    Node* unpack = graph.insert(graph.create(kinds::list_unpack, {value}, list->size()));
    for (size_t i = 0; i < list->size(); ++i)
      list->set(i, bring_in(state, list->get(i), unpack->output(i), list->element_type()));
    return IValue(list);
  }
  if (input.is_dict()) {
    static const ir::Symbol getitem = ir::Symbol::intern("aten::__getitem__");
    const auto dict = make_ref<DictObject>(input.dict().key_type, input.dict().value_type);
    input.dict().for_each([&](const IValue& key, const IValue& element) {
      Value* key_value = graph.insert_constant(key);
      Node* item = graph.insert(graph.create(getitem, {value, key_value}));
      item->set_range(state.here());
      dict->insert_or_assign(key, bring_in(state, element, item->output(), dict->value_type));
    });
    return IValue(dict);
  }
  throw RuntimeError(cat("Type '", input.type()->annotation(),
                         "' cannot be traced. Only Tensors and (possibly nested) Lists, Dicts, and Tuples of Tensors "
                         "can be traced"));
}

}  // namespace

IValue bring_in(State& state, const IValue& input, Value* value) {
  return bring_in(state, input, value, input_type(input));
}

}  // namespace rushlight::trace
