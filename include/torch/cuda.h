/// torch::cuda: Rushlight computes on the CPU, so there is no device to be found.
#pragma once
#include <cstddef>
#include <cstdint>

#include "c10/util/Exception.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace cuda {
inline bool is_available() { return false; }
inline bool cudnn_is_available() { return false; }
inline size_t device_count() { return 0; }
inline void manual_seed(uint64_t) {}
inline void manual_seed_all(uint64_t) {}
inline void synchronize(int64_t = -1) { TORCH_CHECK(false, "No CUDA GPUs are available"); }
}  // namespace cuda
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
