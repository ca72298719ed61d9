#include "passes/pipelines.h"

#include <atomic>

#include "passes/passes.h"

namespace rushlight::passes {
namespace {

constexpr const Pass* kNormalize[] = {&canonicalize_loops, &normalize_operators};
constexpr const Pass* kCloseOver[] = {&lift_closures};
constexpr const Pass* kInlineForks[] = {&inline_forked_closures};
constexpr const Pass* kSimplify[] = {&lower_simple_tuples, &dead_code_elimination};
constexpr const Pass* kFold[] = {&constant_propagation_of_immutable_types};
constexpr const Pass* kRemoveUnused[] = {&dead_code_elimination};
constexpr const Pass* kPresent[] = {&constant_pooling, &canonicalize_outputs};
constexpr const Pass* kInline[] = {&inline_calls_for_execution};
constexpr const Pass* kPeephole[] = {&peephole_without_shapes};
constexpr const Pass* kPool[] = {&constant_pooling};
constexpr const Pass* kExecution[] = {&inline_calls_for_execution, &lower_simple_tuples,   &peephole_without_shapes,
                                      &constant_propagation,       &dead_code_elimination, &constant_pooling};

/// Graphs inside of nodes are cleaned up on their own.
void clean_up_subgraphs(ir::Block& block, bool of_closures) {
  for (ir::Node* node : block.nodes()) {
    for (ir::Block* inner : node->blocks()) clean_up_subgraphs(*inner, of_closures);
    if ((node->kind() == ir::kinds::closure) != of_closures) continue;
    if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph))
      clean_up_compiled(*std::get<std::shared_ptr<ir::Graph>>(*subgraph));
  }
}

void type_empty_lists(ir::Block& block) {
  for (ir::Node* node : block.nodes()) {
    for (ir::Block* inner : node->blocks()) type_empty_lists(*inner);
    if (node->kind() != ir::kinds::empty_list_literal) continue;
    // A node of its own: neither name nor place of the literal stay, as in PyTorch.
    if (node->output()->has_uses()) {
      ir::Node* list = block.graph().create(ir::kinds::list_construct)->insert_before(node);
      list->output()->set_type(types::list(types::tensor()));
      node->replace_all_uses_with(list);
    }
    node->destroy();
  }
}

/// Dead code goes only where something was changed, as in PyTorch: the numbers and constants that stay show it.
template <size_t N>
void run_and_clean_up(const Pass* const (&pipeline)[N], ir::Graph& graph) {
  if (run_pipeline(pipeline, graph)) run_pipeline(kRemoveUnused, graph);
}

/// One number for each warning of the process, so that it is shown once.
void number_warnings(ir::Block& block) {
  static std::atomic<int64_t> next{0};
  for (ir::Node* node : block.nodes()) {
    for (ir::Block* inner : node->blocks()) number_warnings(*inner);
    if (node->kind() == ir::kinds::warn && !node->has_attribute(ir::attributes::warn_id))
      node->set_attribute(ir::attributes::warn_id, next++);
  }
}

}  // namespace

void normalize_compiled(ir::Graph& graph) { run_pipeline(kNormalize, graph); }

void clean_up_compiled(ir::Graph& graph) {
  run_pipeline(kCloseOver, graph);
  // A fork has a copy of its closure, as that is when it is cleaned up.
  clean_up_subgraphs(graph.block(), /*of_closures=*/true);
  run_pipeline(kInlineForks, graph);
  clean_up_subgraphs(graph.block(), /*of_closures=*/false);
  type_empty_lists(graph.block());
  run_pipeline(kSimplify, graph);
  run_and_clean_up(kFold, graph);
  run_pipeline(kPresent, graph);
  number_warnings(graph.block());
}

void prepare_for_inlining(ir::Graph& graph) {
  run_pipeline(kInline, graph);
  run_and_clean_up(kPeephole, graph);
  run_and_clean_up(kFold, graph);
  run_pipeline(kPool, graph);
}
void run_for_execution(ir::Graph& graph) { run_pipeline(kExecution, graph); }

}  // namespace rushlight::passes
