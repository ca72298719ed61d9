/// All passes by name. What each one does stands on top of its file.
#pragma once
#include "passes/fold_frozen.h"
#include "passes/pass.h"

namespace rushlight::passes {

extern const Pass canonicalize_outputs;
extern const Pass canonicalize_loops;
extern const Pass common_subexpression_elimination;
extern const Pass constant_pooling;
extern const Pass constant_propagation;
extern const Pass constant_propagation_of_immutable_types;
extern const Pass dead_code_elimination;                ///< with alias analysis
extern const Pass dead_code_elimination_without_alias;  ///< keeps everything that writes
extern const Pass erase_shape_information;
extern const Pass inline_calls;
extern const Pass inline_calls_for_execution;
extern const Pass inline_fork_wait;
extern const Pass inline_forked_closures;
extern const Pass lift_closures;
extern const Pass lower_simple_tuples;
extern const Pass normalize_operators;
extern const Pass peephole;
extern const Pass peephole_without_shapes;
extern const Pass remove_dropout;
extern const Pass remove_list_mutation;
extern const Pass unroll_constant_loops;

/// Null if there is no pass of that name.
const Pass* find_pass(std::string_view name);
std::span<const Pass* const> all_passes();

}  // namespace rushlight::passes
