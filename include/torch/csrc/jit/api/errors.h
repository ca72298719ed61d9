/// The exceptions of torch::jit. None of them is a c10::Error.
#pragma once
#include <stdexcept>
#include <string>

#include "rushlight/config.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace jit {

/// A `raise` or `assert` of a program that was not caught.
struct RUSHLIGHT_API JITException : std::runtime_error {
  using std::runtime_error::runtime_error;
  ~JITException() override;
};

/// An attribute that an object does not have.
class RUSHLIGHT_API ObjectAttributeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~ObjectAttributeError() override;
};

/// A program that the compiler refuses; the text shows the place.
struct RUSHLIGHT_API ErrorReport : std::exception {
  explicit ErrorReport(std::string message) : message_(std::move(message)) {}
  ~ErrorReport() override;
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
