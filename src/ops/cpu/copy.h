/// Copies with conversion between dtypes, layouts and shapes.
#pragma once
#include "tensor/tensor.h"

namespace rushlight::cpu {

/// destination[...] = source[...], broadcast and converted. Overlapping memory is handled.
void copy_into(const Tensor& destination, const Tensor& source);
/// `tensor` itself if it has the dtype, else a converted copy with the same order of dimensions.
Tensor to_dtype(const Tensor& tensor, ScalarType dtype);
Tensor clone(const Tensor& tensor, MemoryFormat format = MemoryFormat::preserve);
/// `tensor` itself if it is contiguous.
Tensor contiguous(const Tensor& tensor);
void fill(const Tensor& tensor, const Scalar& value);

}  // namespace rushlight::cpu
