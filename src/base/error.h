/// Errors: what every part of Rushlight throws. Each class is named after the Python exception that it becomes, and the
/// class alone decides that; nothing looks at message texts.
///     throw ValueError({.message = cat("dim ", dim, " is out of range"), .hint = "count from 0"});
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "base/source.h"

namespace rushlight {

/// What an error has to say. `message` is PyTorch's text to the byte where PyTorch has one; the rest is ours and is
/// kept apart from it.
struct Report {
  std::string message;
  SourceRange range = {};  ///< where in the user's source, through inlining and saving
  std::string hint = {};   ///< what to write instead; becomes a note of the Python exception, never part of its text
};

class Error : public std::runtime_error {
 public:
  explicit Error(Report report) : std::runtime_error(report.message), report_(std::move(report)) {}
  explicit Error(std::string message) : Error(Report{.message = std::move(message)}) {}
  const Report& report() const { return report_; }
  const std::string& message() const { return report_.message; }
  const std::string& hint() const { return report_.hint; }
  const SourceRange& range() const { return report_.range; }
  /// The other independent errors that the same compilation found, in source order.
  std::vector<Report> others;

 private:
  Report report_;
};

#define RUSHLIGHT_ERROR_CLASS(Name, Base) \
  class Name : public Base {              \
   public:                                \
    using Base::Base;                     \
  };
RUSHLIGHT_ERROR_CLASS(RuntimeError, Error)
RUSHLIGHT_ERROR_CLASS(TypeError, Error)
RUSHLIGHT_ERROR_CLASS(ValueError, Error)
RUSHLIGHT_ERROR_CLASS(IndexError, Error)
RUSHLIGHT_ERROR_CLASS(KeyError, Error)
RUSHLIGHT_ERROR_CLASS(AttributeError, Error)
RUSHLIGHT_ERROR_CLASS(NotImplementedError, Error)
RUSHLIGHT_ERROR_CLASS(ImportError, Error)
/// A program that the front end refuses (`torch.jit.frontend.*Error`, RuntimeError in Python).
RUSHLIGHT_ERROR_CLASS(CompileError, RuntimeError)
/// A `raise` statement of a compiled program that was not caught: `torch.jit.Error` in Python.
RUSHLIGHT_ERROR_CLASS(ScriptRaisedError, Error)
/// A file that is damaged, foreign or dangerous: `rushlight.FileRefused`, a RuntimeError in Python.
RUSHLIGHT_ERROR_CLASS(ArchiveError, RuntimeError)
/// A limit that the caller set (fuel, memory, depth, size) was reached: `rushlight.LimitExceeded`.
RUSHLIGHT_ERROR_CLASS(LimitError, RuntimeError)
#undef RUSHLIGHT_ERROR_CLASS

/// A rule of our own code was broken. Never for bad input.
[[noreturn]] void internal_error(const char* file, int line, const char* condition);
#define RUSHLIGHT_ASSERT(condition) \
  (static_cast<bool>(condition) ? void(0) : ::rushlight::internal_error(__FILE__, __LINE__, #condition))

}  // namespace rushlight
