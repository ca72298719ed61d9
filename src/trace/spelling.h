/// How a call is written in a trace. Mostly as the operator that was called with all its arguments; the exceptions are
/// here, among them `force_outplace`: the functional forms of operators that write.
#pragma once
#include "trace/state.h"

namespace rushlight::trace {

struct Spelling {
  ir::Symbol kind;
  std::vector<size_t> arguments;  ///< which of the operator's own, in this order
  std::vector<IValue> more;       ///< constants behind them
  bool has_range = true;
  bool more_have_range = true;
};

/// May warn: a write through one of several views is lost with `force_outplace`.
Spelling spelling_of(const Operator& op, const IValue* arguments, const State& state);

}  // namespace rushlight::trace
