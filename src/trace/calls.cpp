#include "trace/calls.h"

namespace rushlight::trace {

namespace kinds = ir::kinds;

IValue record_call(State& state, ir::GraphFunction& function, bool is_method, std::vector<IValue> arguments) {
  ir::Graph& graph = *state.graph;
  std::vector<ir::Value*> values;
  for (const IValue& argument : arguments) values.push_back(state.value_of(argument));
  if (!is_method) values.insert(values.begin(), graph.insert_constant(IValue(static_cast<Function*>(&function))));
  ir::Node* call = graph.create(is_method ? kinds::call_method : kinds::call_function, values);
  if (is_method) call->set_attribute(ir::attributes::name, function.name());
  call->output()->set_type(function.schema().returns[0].type);
  graph.insert(call);
  IValue result;
  {
    const Pause pause;
    result = function.call(std::move(arguments));
  }
  state.set_value(result, call->output());
  return result;
}

}  // namespace rushlight::trace
