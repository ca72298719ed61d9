/// Passes in order, for one purpose each.
#pragma once
#include "ir/function.h"

namespace rushlight::passes {

/// What the front end runs on a graph that it has brought to SSA form: first `normalize_compiled` (loops with one kind
/// of end, main names of operators), then `clean_up_compiled` (closures, tuples, constants, dead code, order of
/// outputs).
void normalize_compiled(ir::Graph& graph);
void clean_up_compiled(ir::Graph& graph);
/// What callers of a function inline: calls replaced, constants folded.
void prepare_for_inlining(ir::Graph& graph);
/// Everything that makes a graph cheaper to run and keeps its meaning: results, effects, errors, random numbers, order.
void run_for_execution(ir::Graph& graph);

}  // namespace rushlight::passes
