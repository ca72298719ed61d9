/// Graph to bytecode: one walk, linear in the number of nodes.
#pragma once
#include "exec/bytecode.h"

namespace rushlight::exec {

/// `graph` is what `optimize_for_execution` made; the bytecode keeps it for error traces.
/// Throws NotImplementedError that names the node for kinds that the interpreter does not know.
std::unique_ptr<Bytecode> compile(std::shared_ptr<ir::Graph> graph, std::string function_name);

}  // namespace rushlight::exec
