/// What the poolings that choose elements share: the way from chosen elements back to their planes.
#pragma once
#include "tensor/tensor.h"

namespace rushlight::ops {

/// The elements of each plane of `source` at `indices`; a plane has `rank` dimensions. Differentiable.
Tensor choose_from_planes(const Tensor& source, const Tensor& indices, int64_t rank);
/// The gradient of that: each element of `grad` is added to its place in a plane of the shape of `self`.
Tensor add_to_planes(const Tensor& grad, const Tensor& self, const Tensor& indices, size_t rank, std::string_view name);

}  // namespace rushlight::ops
