/// Tensors as indices: which elements `t[i, :, j]` means.
#pragma once
#include "ops/cpu/places.h"

namespace rushlight::cpu {

struct IndexPlan {
  Places places;
  Shape result_shape;
};

/// `indices` by dimension of `self`, undefined for those that are taken whole; masks stand for the coordinates of their
/// true elements. The dimensions of the result that come from indices stand in the place of the indexed dimensions if
/// these are neighbours, else in front. Throws PyTorch's errors.
IndexPlan plan_index(const Tensor& self, const std::vector<Tensor>& indices);

/// One dimension indexed by a vector: all other dimensions are taken whole.
Places places_along(const Tensor& self, int64_t dim, const std::vector<int64_t>& indices);

/// The element of each position of `index`, with the coordinate along `dim` replaced by what stands there (gather).
Places places_by_position(const Tensor& self, int64_t dim, const Tensor& index);

/// Elements by their number in row-major order (take). IndexError for numbers that do not exist.
Places places_by_number(const Tensor& self, const Tensor& index);

/// `tensor` shown in a shape that it can be broadcast to.
Tensor stretched(const Tensor& tensor, IntArrayRef shape);

}  // namespace rushlight::cpu
