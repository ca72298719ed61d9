/// Calls of compiled functions and methods inside of a recording: one node each, with nothing of what they do.
#pragma once
#include "trace/state.h"

namespace rushlight::trace {

/// Runs `function` and records a CallFunction, or a CallMethod of its first argument. Results that hold no tensors are
/// refused with a RuntimeError.
IValue record_call(State& state, ir::GraphFunction& function, bool is_method, std::vector<IValue> arguments);

}  // namespace rushlight::trace
