/// The result of `fork`, or of an asynchronous call: a value or an error that comes later.
#pragma once
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>

#include "base/error.h"
#include "value/ivalue.h"

namespace rushlight {

/// The error of forked code where compiled code waits for it: its whole text, with the trace of the forked code, is the
/// message.
class ForkedError : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

class Future : public RefCounted {
 public:
  explicit Future(TypePtr element_type) : element_type_(std::move(element_type)) {}
  const TypePtr& element_type() const { return element_type_; }
  void complete(IValue value);
  void fail(std::exception_ptr error);
  bool is_done() const;
  /// Blocks until done; throws the error if there was one.
  IValue wait();
  void on_done(std::function<void()> callback);

 private:
  TypePtr element_type_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  IValue value_;
  std::exception_ptr error_;
  std::vector<std::function<void()>> callbacks_;
};

}  // namespace rushlight
