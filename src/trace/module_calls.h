/// From a raw recording of a module to graphs that call the methods of its submodules.
#pragma once
#include "ir/function.h"

namespace rushlight::trace {

/// Turns the scope nodes of `graph` into calls of methods, which `unit` gets; clean-up included. `has_self`: the first
/// input is the recorded module; without one scopes are put in place.
void finish(const std::shared_ptr<ir::Graph>& graph, ir::CompilationUnit& unit, bool has_self);

}  // namespace rushlight::trace
