/// Elements of a tensor that are chosen by indices, and the two loops behind every operator that indexes by tensors
/// (index, gather, scatter, take, index_add ...): reading the chosen elements, and writing into them.
#pragma once
#include <vector>

#include "tensor/tensor.h"

namespace rushlight::cpu {

/// The chosen elements in row-major order of (outer, chosen, inner): element (o, c, i) lies at
/// outer offset(o) + offsets[c] + inner offset(i) from the tensor's first element, counted in elements.
struct Places {
  Tensor tensor;
  Shape outer_sizes, inner_sizes;
  Strides outer_strides, inner_strides;
  std::vector<int64_t> offsets;

  int64_t count() const;
};

/// How a value joins the element that is there. A place that is chosen twice takes both values, in order.
enum class Combine : uint8_t { assign, add, multiply, maximum, minimum };

/// Reads the elements into `result`: contiguous, of the same dtype and of count() elements.
void read_places(const Places& places, const Tensor& result);
/// Writes the elements of `values`: of the same dtype, contiguous with count() elements, or a single one for all.
void write_places(const Places& places, const Tensor& values, Combine combine = Combine::assign);

/// Indices of one dimension, checked. `wrap`: negative ones count from the end, and IndexError "index 5 is out of
/// bounds for dimension 0 with size 3"; without it negative ones are wrong too, and the error is a RuntimeError.
std::vector<int64_t> checked_indices(const Tensor& index, int64_t size, int64_t dim, bool wrap);
/// Coordinates of the elements that are not zero: (count, rank), int64.
Tensor nonzero(const Tensor& tensor);

}  // namespace rushlight::cpu
