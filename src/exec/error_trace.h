/// Errors of running programs: the text with the source lines of every frame, as PyTorch words it.
#pragma once
#include <exception>

#include "exec/bytecode.h"

namespace rushlight::exec {

/// One active call: the node at which it stands.
struct TraceFrame {
  const ir::Node* node;
  std::string_view function_name;
};

/// Throws the error that a user sees for `error`, which happened in the last of `frames` (outermost first). What the
/// program raised becomes ScriptRaisedError, all else RuntimeError; LimitError and errors that are already traced pass
/// unchanged.
[[noreturn]] void rethrow_with_trace(std::exception_ptr error, const std::vector<TraceFrame>& frames);

/// Raised by prim::RaiseException on its way to rethrow_with_trace.
struct RaisedByProgram {
  std::string message;
  std::string class_name;  ///< qualified, may be empty
};

}  // namespace rushlight::exec
