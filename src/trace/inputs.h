/// What goes into a recording and what comes out of it.
#pragma once
#include "trace/state.h"

namespace rushlight::trace {

/// Makes `value` stand for an example input. Tuples, lists and dictionaries are taken apart down to the tensors.
/// Returns what the program has to be called with: a tensor that is known already is replaced by a view of itself, so
/// that each input is a value of its own.
IValue bring_in(State& state, const IValue& input, ir::Value* value);

/// The value of a result, which must be made of recorded tensors. RuntimeError otherwise.
ir::Value* output_value(State& state, const IValue& output);

}  // namespace rushlight::trace
