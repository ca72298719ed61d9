/// Recording a program: the one entry for surfaces. Everything around it (example inputs as the language has them, the
/// modules' types, checks) is theirs.
///     trace::Request request{.inputs = {x, y}, .names = {"x", "y"}, .run = call_the_program, .host = ...};
///     trace::Recorded recorded = trace::record_program(request, *unit);
#pragma once
#include "trace/state.h"

namespace rushlight::trace {

struct Request {
  std::vector<IValue> inputs;
  std::vector<std::string> names;  ///< of the inputs; with fewer names than inputs none is used
  /// Calls the program with the inputs as they came in. The results must come from recorded operators.
  std::function<IValue(std::vector<IValue> inputs)> run;
  Host host = {};
  Ref<Object> self = nullptr;  ///< the module whose method is recorded
  bool strict = true;
  bool force_outplace = false;
};

struct Recorded {
  std::shared_ptr<ir::Graph> graph;
  IValue output;
};

/// Runs the program once on this thread. Methods that submodules need go to `unit`. An exception of the program ends
/// the recording and passes through.
Recorded record_program(Request request, ir::CompilationUnit& unit);

}  // namespace rushlight::trace
