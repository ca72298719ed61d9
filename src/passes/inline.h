/// Calls replaced by the bodies of what they call.
#pragma once
#include "ir/function.h"

namespace rushlight::passes {

/// Replaces `call` (CallFunction or CallMethod) by a copy of `callee`, whose inputs are the call's arguments.
void inline_call(ir::Node& call, const ir::GraphFunction& callee, const ir::Graph& body);
/// What `.inlined_graph` shows: a copy with all calls replaced, nothing cleaned up afterwards.
std::shared_ptr<ir::Graph> inlined_graph(const ir::GraphFunction& function);
/// The function that a call node calls; null for interfaces and functions without a graph.
ir::GraphFunction* called_function(const ir::Node& call);

}  // namespace rushlight::passes
