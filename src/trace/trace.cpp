#include "trace/trace.h"

#include "trace/attributes.h"
#include "trace/inputs.h"
#include "trace/module_calls.h"

namespace rushlight::trace {

Recorded record_program(Request request, ir::CompilationUnit& unit) {
  install();
  const auto state = std::make_shared<State>(std::move(request.host));
  state->strict = request.strict;
  state->force_outplace = request.force_outplace;
  ir::Graph& graph = *state->graph;
  IValue output;
  {
    const Recording recording(state);
    if (request.self) {
      ir::Value* self = graph.add_input("self")->set_type(TypePtr(request.self->type_ref()));
      bring_in_attributes(*state, request.self, self);
    }
    const bool has_names = request.names.size() >= request.inputs.size();
    for (size_t i = 0; i < request.inputs.size(); ++i)
      request.inputs[i] =
          bring_in(*state, request.inputs[i], graph.add_input(has_names ? request.names[i] : std::string()));
    output = request.run(std::move(request.inputs));
    graph.register_output(output_value(*state, output));
  }
  graph.set_insert_point(graph.block());
  graph.set_current_scope("");
  finish(state->graph, unit, bool(request.self));
  return {state->graph, std::move(output)};
}

}  // namespace rushlight::trace
