/// Switches of libtorch's profiling executor. Rushlight has no warm-up that they could turn off: they keep what they
/// are set to and change nothing.
#pragma once
#include <atomic>
#include <utility>
#include <vector>

#include "rushlight/config.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace jit {

enum class FusionBehavior { STATIC, DYNAMIC };
using FusionStrategy = std::vector<std::pair<FusionBehavior, size_t>>;

RUSHLIGHT_API std::atomic<bool>& getProfilingMode();
RUSHLIGHT_API std::atomic<bool>& getExecutorMode();
RUSHLIGHT_API std::atomic<size_t>& getNumProfiledRuns();
RUSHLIGHT_API FusionStrategy getFusionStrategy();
/// Gives the old one back.
RUSHLIGHT_API FusionStrategy setFusionStrategy(FusionStrategy& strategy);
RUSHLIGHT_API void setGraphExecutorOptimize(bool on);
RUSHLIGHT_API bool getGraphExecutorOptimize();
RUSHLIGHT_API void setTensorExprFuserEnabled(bool on);
RUSHLIGHT_API bool tensorExprFuserEnabled();

struct GraphOptimizerEnabledGuard {
  explicit GraphOptimizerEnabledGuard(bool on) : old_(getGraphExecutorOptimize()) { setGraphExecutorOptimize(on); }
  ~GraphOptimizerEnabledGuard() { setGraphExecutorOptimize(old_); }

 private:
  bool old_;
};

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
