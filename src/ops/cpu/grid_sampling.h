/// Sampling of images at given places: each sample is a sum of image elements, weighted by products of weights along
/// the dimensions. Values, gradients and gradients of gradients come from the same weights and their derivatives.
#pragma once
#include "tensor/tensor.h"

namespace rushlight::cpu {

enum class GridInterpolation : uint8_t { linear = 0, nearest = 1, cubic = 2 };
enum class GridPadding : uint8_t { zeros = 0, border = 1, reflection = 2 };

struct GridSampling {
  GridInterpolation interpolation = GridInterpolation::linear;
  GridPadding padding = GridPadding::zeros;
  bool align_corners = false;
};

/// input [N, C, (D,) H, W], grid [N, (D',) H', W', 2 or 3] with the width's coordinate first; both float32 or float64
/// and contiguous. The result is [N, C, (D',) H', W'].
Tensor grid_sample(const GridSampling& how, const Tensor& input, const Tensor& grid);

/// What arrives at the results of a backward pass, and where the answers go. Undefined tensors are left out.
struct GridGradients {
  Tensor input, grid;
};
GridGradients grid_sample_backward(const GridSampling& how, const Tensor& grad, const Tensor& input, const Tensor& grid,
                                   bool want_input, bool want_grid);

struct GridSecondGradients {
  Tensor grad, input, grid;
};
/// `arriving`: the gradients of the results of grid_sample_backward; either may be undefined.
GridSecondGradients grid_sample_double_backward(const GridSampling& how, const GridGradients& arriving,
                                                const Tensor& grad, const Tensor& input, const Tensor& grid);

}  // namespace rushlight::cpu
