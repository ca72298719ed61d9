/// Padding that repeats elements of the input: the loops behind reflection and replication.
#pragma once
#include <array>

#include "tensor/tensor.h"

namespace rushlight::cpu {

enum class PadMode : uint8_t { reflect, replicate };

/// The input seen as (outer, depth, height, width), padded in the last `rank` dimensions. Padding is written as in
/// PyTorch: width first, two numbers for each dimension; negative numbers cut off.
Shape padded_shape(IntArrayRef input, IntArrayRef padding);
Tensor pad_by_index(const Tensor& input, IntArrayRef padding, PadMode mode, std::string_view name);
/// The gradient of pad_by_index: what arrives at each copy is added up.
Tensor pad_by_index_backward(const Tensor& grad, IntArrayRef input, IntArrayRef padding, PadMode mode,
                             std::string_view name);

}  // namespace rushlight::cpu
