/// Freezing: a module whose attributes, where nothing writes them, have become constants of its methods (passes.md
/// section 4).
#pragma once
#include "ir/function.h"

namespace rushlight::passes {

struct FreezeOptions {
  /// Attributes and methods that stay, by name; dotted names reach into submodules ("l.weight").
  std::vector<std::string> preserved = {};
  bool preserve_parameters = false;  ///< parameters stay attributes; buffers and the rest are folded
};

/// A new module with a class of its own in `unit`; the given one stays as it is. Its methods are `forward` and the
/// preserved ones, with all calls inlined. RuntimeError "Unknown name: x" for a preserved name that does not exist.
Ref<Object> freeze_module(const Ref<Object>& module, const std::shared_ptr<ir::CompilationUnit>& unit,
                          const FreezeOptions& options = {});

/// What follows on each method of a frozen module: dropout goes; with `optimize_numerics`, batch normalisation and
/// constant arithmetic are folded into convolutions and linear layers.
void run_frozen_optimizations(ir::Graph& graph, bool optimize_numerics = true);

}  // namespace rushlight::passes
