/// Guards for the modes of this thread: recording on or off, inference mode.
#pragma once
#include "ops/op.h"

namespace rushlight::autograd {

class GradModeGuard {
 public:
  explicit GradModeGuard(bool enabled) : old_(dispatch_state.grad_enabled) { dispatch_state.grad_enabled = enabled; }
  ~GradModeGuard() { dispatch_state.grad_enabled = old_; }
  GradModeGuard(const GradModeGuard&) = delete;

 private:
  bool old_;
};
struct NoGradGuard : GradModeGuard {
  NoGradGuard() : GradModeGuard(false) {}
};
struct EnableGradGuard : GradModeGuard {
  EnableGradGuard() : GradModeGuard(true) {}
};

/// Like no_grad, and new tensors are marked: they can never join a tape.
class InferenceModeGuard {
 public:
  explicit InferenceModeGuard(bool enabled = true) : old_(dispatch_state) {
    dispatch_state.inference_mode = enabled;
    dispatch_state.grad_enabled = !enabled;
  }
  ~InferenceModeGuard() {
    dispatch_state.inference_mode = old_.inference_mode;
    dispatch_state.grad_enabled = old_.grad_enabled;
  }
  InferenceModeGuard(const InferenceModeGuard&) = delete;

 private:
  DispatchState old_;
};

}  // namespace rushlight::autograd
