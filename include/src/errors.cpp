/// The exceptions of the public headers, their messages, and warnings.
#include <cstdio>

#include "bridge.h"
#include "torch/csrc/jit/api/errors.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

Error::~Error() = default;
IndexError::~IndexError() = default;
ValueError::~ValueError() = default;
TypeError::~TypeError() = default;
SyntaxError::~SyntaxError() = default;
NotImplementedError::~NotImplementedError() = default;
BufferError::~BufferError() = default;
LinAlgError::~LinAlgError() = default;
OutOfMemoryError::~OutOfMemoryError() = default;
EnforceFiniteError::~EnforceFiniteError() = default;
AcceleratorError::~AcceleratorError() = default;
DistError::~DistError() = default;

void Error::add_context(std::string text) {
  what_ += "\n  " + text;
  context_.push_back(std::move(text));
}

namespace detail {

void fail(SourceLocation where, const std::string& message) { throw Error(where, message); }
void fail_internal(SourceLocation where, const char* condition, const std::string& message) {
  throw Error(where, str(condition, " INTERNAL ASSERT FAILED at \"", where.file, "\":", where.line,
                         ", please report a bug to PyTorch. ", message));
}
std::string default_message(const char* condition) {
  return str("Expected ", condition,
             " to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement "
             "request to PyTorch.)");
}

}  // namespace detail

WarningHandler::~WarningHandler() = default;
void WarningHandler::process(const Warning& warning) {
  std::fprintf(stderr, "[W %s:%u] Warning: %s (function %s)\n", warning.source_location().file,
               unsigned(warning.source_location().line), warning.msg().c_str(), warning.source_location().function);
}

namespace {
WarningHandler default_handler;
thread_local WarningHandler* handler = &default_handler;
}  // namespace

void WarningUtils::set_warning_handler(WarningHandler* chosen) noexcept {
  handler = chosen ? chosen : &default_handler;
}
WarningHandler* WarningUtils::get_warning_handler() noexcept { return handler; }
void warn(const Warning& warning) { handler->process(warning); }

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace jit {

JITException::~JITException() = default;
ObjectAttributeError::~ObjectAttributeError() = default;
ErrorReport::~ErrorReport() = default;

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch

namespace rushlight::bridge {

void rethrow() {
  try {
    throw;
  } catch (const c10::Error&) {
    throw;
  } catch (const ScriptRaisedError& error) {
    throw torch::jit::JITException(error.message());
  } catch (const CompileError& error) {
    // What the compiler refuses is reported below an empty line, what the parser refuses is not, and is no ErrorReport.
    if (error.message().rfind("\n", 0) == 0) throw torch::jit::ErrorReport(error.message());
    throw std::runtime_error(error.message());
  } catch (const AttributeError& error) {
    throw torch::jit::ObjectAttributeError(error.message());
  } catch (const IndexError& error) {
    throw c10::IndexError(error.message());
  } catch (const ValueError& error) {
    throw c10::ValueError(error.message());
  } catch (const TypeError& error) {
    throw c10::TypeError(error.message());
  } catch (const NotImplementedError& error) {
    throw c10::NotImplementedError(error.message());
  } catch (const Error& error) {
    // An operator that failed inside of a program leaves it as a plain runtime_error.
    if (error.message().rfind("The following operation failed in the TorchScript interpreter.", 0) == 0)
      throw std::runtime_error(error.message());
    throw c10::Error(error.message());
  }
}

}  // namespace rushlight::bridge
