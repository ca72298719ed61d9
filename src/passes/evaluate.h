/// Running one node on known inputs, while compiling.
#pragma once
#include "ir/graph.h"

namespace rushlight::passes {

/// The outputs; nullopt when the node cannot be run here (unknown, varargs, a kind that needs the interpreter) or
/// raises. Random numbers, effects and writes are the caller's business: ask first.
std::optional<std::vector<IValue>> evaluate(const ir::Node& node, std::vector<IValue> inputs);
/// The inputs' values when all of them are constants.
std::optional<std::vector<IValue>> constant_inputs(const ir::Node& node);
/// Whether a constant node can hold the value: no objects, futures, generators.
bool can_be_constant(const IValue& value);

}  // namespace rushlight::passes
