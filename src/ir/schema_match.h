/// Whether values of given types can be the arguments of an operator, and which operator a node therefore calls.
#pragma once
#include "ir/graph.h"

namespace rushlight::ir {

/// All arguments, in schema order. Varargs schemas take any further ones.
bool accepts_types(const Schema& schema, ArrayRef<Value*> inputs);
/// The first overload of `kind` that takes the inputs; null if there is none.
const Operator* match_operator(Symbol kind, ArrayRef<Value*> inputs);

}  // namespace rushlight::ir
