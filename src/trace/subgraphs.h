/// Parts of a recording that become graphs of their own: forked calls, and autograd functions written in Python.
#pragma once
#include "trace/state.h"
#include "value/future.h"

namespace rushlight::trace {

/// Records what `run` does as the body of a fork; it runs at once. The result is a future that is done.
Ref<Future> record_fork(State& state, const std::function<IValue()>& run);
/// Records aten::wait and gives the result.
IValue record_wait(State& state, const Ref<Future>& future);

/// A call of Python code that stays one.
struct PythonCall {
  std::string name;
  std::string module;
  std::string scalars;  ///< text of the arguments that are no tensors
  IValue callable;      ///< what a run of the graph calls
  bool is_inplace = false;
  std::vector<Tensor> inputs;
};
/// Records it with what `run` does as its subgraph. `results(value)`: the tensors among what it returned.
void record_python_call(State& state, const PythonCall& call, const std::function<std::vector<Tensor>()>& run);

}  // namespace rushlight::trace
