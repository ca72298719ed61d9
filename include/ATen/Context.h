/// at::globalContext(): switches of the process. Rushlight computes deterministically on the CPU whatever they say.
#pragma once
#include "ATen/core/Generator.h"
#include "c10/core/Device.h"

namespace at {
inline namespace RUSHLIGHT_ABI {

class Context {
 public:
  bool hasCUDA() const { return false; }
  bool hasMKLDNN() const { return true; }
  bool deterministicAlgorithms() const { return deterministic_; }
  void setDeterministicAlgorithms(bool on, bool /*warn_only*/) { deterministic_ = on; }
  bool setFlushDenormal(bool on) { return !on; }
  void setAllowTF32CuBLAS(bool) {}
  void setBenchmarkCuDNN(bool) {}
  const Generator& defaultGenerator(c10::Device) { return detail::getDefaultCPUGenerator(); }

 private:
  bool deterministic_ = false;
};
inline Context& globalContext() {
  static Context context;
  return context;
}
inline bool hasCUDA() { return false; }

/// Guards of old mobile programs, before InferenceMode.
struct AutoNonVariableTypeMode {
  explicit AutoNonVariableTypeMode(bool = true) {}
};
struct AutoDispatchBelowAutograd {};

}  // namespace RUSHLIGHT_ABI
}  // namespace at
