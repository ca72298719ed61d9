/// Modes of this thread: whether operators are recorded for gradients, and inference mode.
#pragma once
#include "rushlight/config.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

struct RUSHLIGHT_API GradMode {
  static bool is_enabled();
  static void set_enabled(bool enabled);
};

struct AutoGradMode {
  explicit AutoGradMode(bool enabled) : old_(GradMode::is_enabled()) { GradMode::set_enabled(enabled); }
  ~AutoGradMode() { GradMode::set_enabled(old_); }
  AutoGradMode(const AutoGradMode&) = delete;

 private:
  bool old_;
};
struct NoGradGuard : AutoGradMode {
  NoGradGuard() : AutoGradMode(false) {}
};

/// As NoGradGuard, and new tensors can never join a tape.
class RUSHLIGHT_API InferenceMode {
 public:
  explicit InferenceMode(bool enabled = true);
  ~InferenceMode();
  InferenceMode(const InferenceMode&) = delete;
  static bool is_enabled();

 private:
  bool old_inference_;
  bool old_grad_;
};

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
