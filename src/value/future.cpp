#include "value/future.h"

namespace rushlight {

void Future::complete(IValue value) {
  std::vector<std::function<void()>> callbacks;
  {
    std::lock_guard lock(mutex_);
    value_ = std::move(value);
    done_ = true;
    callbacks.swap(callbacks_);
  }
  changed_.notify_all();
  for (const auto& callback : callbacks) callback();
}

void Future::fail(std::exception_ptr error) {
  std::vector<std::function<void()>> callbacks;
  {
    std::lock_guard lock(mutex_);
    error_ = std::move(error);
    done_ = true;
    callbacks.swap(callbacks_);
  }
  changed_.notify_all();
  for (const auto& callback : callbacks) callback();
}

bool Future::is_done() const {
  std::lock_guard lock(mutex_);
  return done_;
}

IValue Future::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_; });
  if (error_) std::rethrow_exception(error_);
  return value_;
}

void Future::on_done(std::function<void()> callback) {
  {
    std::lock_guard lock(mutex_);
    if (!done_) {
      callbacks_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

}  // namespace rushlight
