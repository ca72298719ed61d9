/// Shape and stride algebra, without data.
#pragma once
#include <optional>
#include <string>

#include "base/array_ref.h"
#include "base/small_vector.h"
#include "tensor/device.h"

namespace rushlight {

using Shape = SmallVector<int64_t, 5>;
using Strides = SmallVector<int64_t, 5>;

/// The product of the sizes. Throws RuntimeError on overflow of 64 bits.
int64_t numel_of(IntArrayRef sizes);
Strides contiguous_strides(IntArrayRef sizes);
Strides strides_for(IntArrayRef sizes, MemoryFormat format);
bool is_contiguous(IntArrayRef sizes, IntArrayRef strides, MemoryFormat format = MemoryFormat::contiguous);
/// No two elements share memory and there are no holes, in any order of dimensions.
bool is_non_overlapping_and_dense(IntArrayRef sizes, IntArrayRef strides);
/// Elements between the first and one past the last that is touched (0 for empty shapes).
int64_t storage_extent(IntArrayRef sizes, IntArrayRef strides);

/// The shape that `a` and `b` have in common, aligned from the last dimension. A 1 stretches, a missing dimension
/// counts as 1. Throws RuntimeError "The size of tensor a (3) must match the size of tensor b (2) at non-singleton
/// dimension 1".
Shape broadcast_shapes(IntArrayRef a, IntArrayRef b);
/// Strides that show `sizes`/`strides` as `target`: 0 along stretched dimensions. The shapes must broadcast.
Strides broadcast_strides(IntArrayRef sizes, IntArrayRef strides, IntArrayRef target);
/// Strides that show the same elements in the shape `target` without a copy, or nothing (Tensor.view).
std::optional<Strides> view_strides(IntArrayRef sizes, IntArrayRef strides, IntArrayRef target);
/// `sizes` with its one -1 replaced so that the elements are `numel`. Throws "shape '[7]' is invalid for input of size
/// 2".
Shape infer_size(IntArrayRef sizes, int64_t numel);
/// `dim` counted from the front. Throws IndexError "Dimension out of range (expected to be in range of [-1, 0], but got
/// 2)". Rank 0 counts as rank 1 if `wrap_scalar`.
int64_t wrap_dim(int64_t dim, int64_t rank, bool wrap_scalar = true);
std::string shape_text(IntArrayRef sizes);  ///< "[2, 3]"

}  // namespace rushlight
