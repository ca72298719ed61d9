/// What a node does besides computing its outputs.
#pragma once
#include "ir/graph.h"

namespace rushlight::passes {

/// Prints, raises, calls, writes attributes of objects, waits: never removed, merged or moved. Its blocks are not
/// looked at. Kinds that nobody knows count as having effects.
bool has_side_effects(const ir::Node& node);
/// Draws random numbers; dropout that does not train does not.
bool is_nondeterministic(const ir::Node& node);

}  // namespace rushlight::passes
