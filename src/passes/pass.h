/// What a pass is. Each file of this folder holds one; `passes/passes.h` lists them, `passes/pipelines.cpp` orders
/// them.
#pragma once
#include <span>

#include "ir/graph.h"
#include "passes/alias_info.h"

namespace rushlight::passes {

/// What passes want to know about a graph, made when first asked for and forgotten when the graph changes.
class Analyses {
 public:
  explicit Analyses(ir::Graph& graph) : graph_(graph) {}
  const AliasInfo& alias_info() {
    if (!alias_info_) alias_info_ = std::make_unique<AliasInfo>(graph_);
    return *alias_info_;
  }
  void forget() { alias_info_.reset(); }

 private:
  ir::Graph& graph_;
  std::unique_ptr<AliasInfo> alias_info_;
};

struct Pass {
  std::string_view name;  ///< as in `rushlight graph --after NAME` and torch._C._jit_pass_NAME
  std::string_view summary;
  bool (*run)(ir::Graph& graph, Analyses& analyses);  ///< whether anything changed
  bool leaves_dead_code = false;  ///< nodes that nobody uses any more; a pipeline removes them when it wants to
};

/// One pass alone, with the removal of the dead code that it leaves.
bool run_pass(const Pass& pass, ir::Graph& graph);
/// In order; analyses live on over passes that change nothing.
bool run_pipeline(std::span<const Pass* const> passes, ir::Graph& graph);

}  // namespace rushlight::passes
