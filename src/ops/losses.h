/// What all losses share: how the losses of the elements become the result.
#pragma once
#include "ops/functions/reductions.h"
#include "ops/operators.h"

namespace rushlight::ops {

/// The numbers of `reduction=` in schemas.
enum class Reduction : int64_t { none = 0, mean = 1, sum = 2 };

inline Tensor reduced(const Tensor& losses, int64_t reduction) {
  if (reduction == int64_t(Reduction::mean)) return mean(losses);
  if (reduction == int64_t(Reduction::sum)) return sum(losses);
  return losses;
}

}  // namespace rushlight::ops
