#include "passes/passes.h"

namespace rushlight::passes {

bool run_pass(const Pass& pass, ir::Graph& graph) {
  Analyses analyses(graph);
  if (!pass.run(graph, analyses)) return false;
  analyses.forget();
  if (pass.leaves_dead_code) dead_code_elimination.run(graph, analyses);
  return true;
}

bool run_pipeline(std::span<const Pass* const> passes, ir::Graph& graph) {
  Analyses analyses(graph);
  bool changed = false;
  for (const Pass* pass : passes)
    if (pass->run(graph, analyses)) {
      changed = true;
      analyses.forget();
    }
  return changed;
}

std::span<const Pass* const> all_passes() {
  static constexpr const Pass* kAll[] = {
      &canonicalize_outputs,
      &canonicalize_loops,
      &common_subexpression_elimination,
      &constant_pooling,
      &constant_propagation,
      &constant_propagation_of_immutable_types,
      &dead_code_elimination,
      &dead_code_elimination_without_alias,
      &fold_frozen_conv_bn,
      &fold_frozen_conv_add_or_sub,
      &fold_frozen_conv_mul_or_div,
      &fold_frozen_linear_bn,
      &erase_shape_information,
      &inline_calls,
      &inline_calls_for_execution,
      &inline_fork_wait,
      &inline_forked_closures,
      &lift_closures,
      &lower_simple_tuples,
      &normalize_operators,
      &peephole,
      &peephole_without_shapes,
      &remove_dropout,
      &remove_list_mutation,
      &unroll_constant_loops,
  };
  return kAll;
}

const Pass* find_pass(std::string_view name) {
  for (const Pass* pass : all_passes())
    if (pass->name == name) return pass;
  return nullptr;
}

}  // namespace rushlight::passes
