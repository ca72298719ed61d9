/// One compile finds every independent error: after an error the compiler goes on with the next part of the expression
/// and the next statement, and what depends on the failed one is left out. The first error is PyTorch's; the others
/// follow it (Error::others).
#pragma once
#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "ops/derived_forms.h"

namespace rushlight::script {

/// Thrown where a variable is read whose value an earlier error left unknown: no error of its own.
struct UnknownValue {};

class ErrorCollector {
 public:
  /// Runs a part of a compilation. False if it failed, which is noted.
  bool attempt(const std::function<void()>& part);
  /// In a handler: keeps the error at hand if it is one of its own. What is no error of a program (Python's exceptions,
  /// lack of memory) ends the compilation: it passes if nothing was kept before, else the kept errors are thrown.
  void note_current();
  bool empty() const { return !first_; }
  /// Throws the first error with the others in it, if there is one.
  void throw_first() const;

 private:
  void keep(const Error& error);
  void add_other(const Report& report);
  bool is_known(const Report& report) const;

  std::exception_ptr first_;
  Report first_report_;
  std::vector<Report> others_;
  std::optional<MutedWarnings> muted_;  ///< PyTorch stops at the first error, and warns of nothing behind it
};

}  // namespace rushlight::script
