/// The gradient of an argument that a backward operator reads only to choose between pieces of a formula: zero, and
/// still a gradient, so that a second derivative can be asked for.
#pragma once
#include "ops/functions/factories.h"

namespace rushlight::ops {

inline Tensor zero_wrt_self(const Backward& b) { return zeros(b.sizes("self"), b.dtype("self")); }

}  // namespace rushlight::ops
