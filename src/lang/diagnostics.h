/// Errors of the front end: the message, the highlighted place, and who was compiling what for whom.
#pragma once
#include "base/error.h"

namespace rushlight::lang {

/// What only the reading of Python source throws; the names are those of torch.jit.frontend.
class FrontendError : public CompileError {
 public:
  using CompileError::CompileError;
};
class NotSupportedError : public FrontendError {
 public:
  using FrontendError::FrontendError;
};
class UnsupportedNodeError : public NotSupportedError {
 public:
  using NotSupportedError::NotSupportedError;
};

/// One function, method or class under compilation. The frames of a thread make the lines `'g' is being compiled since
/// it was called from 'f'` below every error.
class CompilationFrame {
 public:
  CompilationFrame(std::string name, SourceRange range);
  ~CompilationFrame();
  CompilationFrame(const CompilationFrame&) = delete;
  /// The innermost frame has come to this statement.
  static void now_at(const SourceRange& range);
  /// The lines for all frames but the outermost; empty when only one is open.
  static std::string chain();
};

/// `  File "name", line 3` and the highlighted range.
std::string located(const SourceRange& range);
/// The message, a colon, the highlighted range and the chain of frames: the text of an error without its first newline.
std::string report_text(const SourceRange& range, const std::string& message);
/// Throws the error of a place in a source, with a newline in front as PyTorch's compiler writes it.
[[noreturn]] void fail_at(const SourceRange& range, const std::string& message, std::string hint = {});
/// Throws an error of the Python front end.
template <class ErrorClass>
[[noreturn]] void refuse(const SourceRange& range, const std::string& message, std::string hint = {}) {
  throw ErrorClass({.message = report_text(range, message), .range = range, .hint = std::move(hint)});
}

}  // namespace rushlight::lang
