/// The executor: turns functions into plans, once, and runs them.
#pragma once
#include "exec/interpreter.h"

namespace rushlight::exec {

/// Installs the executor behind ir::GraphFunction::call. Called once at start-up by whoever links this layer
/// (idempotent).
void install();

/// The function's bytecode, compiled if it was not yet.
const Bytecode& bytecode_of(ir::GraphFunction& function);
/// The graph that runs: calls inlined, cleaned up. A copy of `function.graph()`.
std::shared_ptr<ir::Graph> optimized_graph(ir::GraphFunction& function);

}  // namespace rushlight::exec
