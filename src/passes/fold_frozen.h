/// Arithmetic on the result of a layer with constant weights is folded into the weights (passes.md section 4).
#pragma once
#include "passes/pass.h"

namespace rushlight::passes {

extern const Pass fold_frozen_conv_bn;
extern const Pass fold_frozen_conv_add_or_sub;
extern const Pass fold_frozen_conv_mul_or_div;
extern const Pass fold_frozen_linear_bn;

}  // namespace rushlight::passes
