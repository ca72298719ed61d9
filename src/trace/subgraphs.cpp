#include "trace/subgraphs.h"

namespace rushlight::trace {

using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

/// While it lives, nodes go into a new block of `node`, and what becomes known there is forgotten at the end.
class Nested {
 public:
  Nested(State& state, Node* node) : state_(state), insert_point_(*state.graph, *node->add_block()) {
    state.enter_frame();
  }
  ~Nested() { state_.leave_frame(); }
  Nested(const Nested&) = delete;

 private:
  State& state_;
  ir::Graph::WithInsertPoint insert_point_;
};

}  // namespace

Ref<Future> record_fork(State& state, const std::function<IValue()>& run) {
  Node* fork = state.graph->insert(state.graph->create(kinds::traced_fork));
  IValue result;
  {
    const Nested nested(state, fork);
    result = run();
    Value* value = state.value_of(result);
    fork->blocks()[0]->register_output(value);
    fork->output()->set_type(types::future(value->type()));
  }
  auto future = make_ref<Future>(result.type());
  state.set_value(IValue(future), fork->output());
  future->complete(std::move(result));
  return future;
}

IValue record_wait(State& state, const Ref<Future>& future) {
  static const ir::Symbol wait = ir::Symbol::intern("aten::wait");
  Value* value = state.value_of(IValue(future));
  Node* node = state.graph->insert(state.graph->create(wait, {value}));
  if (value->type()->is(TypeKind::future)) node->output()->set_type(value->type()->contained()[0]);
  IValue result = future->wait();
  state.set_value(result, node->output());
  return result;
}

void record_python_call(State& state, const PythonCall& call, const std::function<std::vector<Tensor>()>& run) {
  static const ir::Symbol inplace = ir::Symbol::intern("inplace"), module = ir::Symbol::intern("module");
  ir::Graph& graph = *state.graph;
  Node* node = graph.create(kinds::python_op, 0);
  node->set_range(state.here());
  for (const Tensor& input : call.inputs) node->add_input(state.value_of(input));
  node->set_attribute(ir::attributes::pyname, call.name);
  node->set_attribute(ir::attributes::scalars, call.scalars);
  node->set_attribute(ir::attributes::callable, call.callable);
  node->set_attribute(inplace, int64_t(call.is_inplace));
  node->set_attribute(module, call.module);
  graph.insert(node);
  std::vector<Tensor> results;
  {
    const Nested nested(state, node);
    results = run();
    for (const Tensor& result : results) node->blocks()[0]->register_output(state.value_of(result));
  }
  if (results.size() == 1) {
    state.set_value(IValue(results[0]), node->add_output());
    return;
  }
  std::vector<IValue> parts(results.begin(), results.end());
  std::vector<TypePtr> types;
  for (const Tensor& result : results) types.push_back(complete_type(result));
  Value* tuple = node->add_output()->set_type(types::tuple(std::move(types)));
  state.set_value(make_tuple(std::move(parts)), tuple);
}

}  // namespace rushlight::trace
