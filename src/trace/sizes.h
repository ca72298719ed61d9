/// Sizes as recorded values: while a trace is recorded, the program gets them as tensors, so that what it computes from
/// them is recorded too.
///     %1 : int = prim::Constant[value=0]()
///     %2 : int = aten::size(%x, %1)
///     %3 : Long(device=cpu) = prim::NumToTensor(%2)
#pragma once
#include "trace/state.h"

namespace rushlight::trace {

/// `dim` is recorded as it was written: -1 stays -1.
Tensor size_of(State& state, const Tensor& tensor, int64_t dim);
Tensor numel_of(State& state, const Tensor& tensor);

}  // namespace rushlight::trace
