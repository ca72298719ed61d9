/// torch::NoGradGuard and its kin.
#pragma once
#include "c10/core/GradMode.h"

namespace at {
using c10::AutoGradMode;
using c10::GradMode;
using c10::NoGradGuard;
}  // namespace at

namespace torch {
using c10::AutoGradMode;
using c10::GradMode;
using c10::InferenceMode;
using c10::NoGradGuard;
inline namespace RUSHLIGHT_ABI {
namespace autograd {
using c10::AutoGradMode;
using c10::GradMode;
}  // namespace autograd
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
