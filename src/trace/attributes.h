/// Parameters, buffers and submodules of a recorded module. While recording each is one node at the start of the graph;
/// afterwards it is read where it is used.
#pragma once
#include "trace/state.h"

namespace rushlight::trace {

/// One prim::TracedAttr per attribute of `module` and of its submodules, depth first; `self` stands for the module.
void bring_in_attributes(State& state, const Ref<Object>& module, ir::Value* self);

/// Gives scope nodes their module as first input and as `self` of their block, and replaces every use of a
/// prim::TracedAttr by reads from there:
///     %fc : Linear = prim::GetAttr[name="fc"](%self)
/// An attribute outside of a scope's module becomes an input of the scope.
void read_attributes_from_self(ir::Graph& graph);

}  // namespace rushlight::trace
