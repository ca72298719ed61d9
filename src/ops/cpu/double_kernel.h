/// Kernels from functions of doubles: for special functions, whose cost is in the function itself. Every real dtype is
/// computed in double, so one loop serves all of them and results are rounded once.
#pragma once
#include "ops/op.h"

namespace rushlight {

/// Integers and bools give the default dtype. `name` is what PyTorch's message says: `"erfinv_vml_cpu" not implemented
/// for 'ComplexFloat'`. `set`: the dtypes (after promotion) that PyTorch has.
Kernel double_kernel(double (*function)(double), std::string_view name, DtypeSet set = kFloating);
/// Tensor and number operands in any mix.
Kernel double_kernel(double (*function)(double, double), std::string_view name, DtypeSet set = kFloating);

}  // namespace rushlight
