/// One more trait of operators, for the few that have it.
#pragma once
#include "ops/op.h"

namespace rushlight {

/// Only the first result has a gradient; the others are what the backward pass reads (batch normalisation's
/// statistics).
inline constexpr OpTraits kFirstResultOnly = OpTraits(1u << 16);

}  // namespace rushlight
