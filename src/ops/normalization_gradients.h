/// The second derivative that all normalisations share, in operators.
#pragma once
#include <vector>

#include "ops/operators.h"

namespace rushlight::ops {

/// y = (input - mean) * inverse deviation * weight + bias, over some dimensions.
struct Normalization {
  Tensor input;
  Tensor weight;                      ///< in a shape that broadcasts against input, or undefined
  std::vector<int64_t> over;          ///< the dimensions that share a mean
  Tensor fixed_mean, fixed_variance;  ///< that broadcast against input; undefined: computed from the input
  double eps = 0;
};

/// The gradients of a loss that depends on the three first gradients, by what those depend on.
struct NormalizationGradients {
  Tensor grad, input, weight;  ///< weight in the shape of input: summed by the caller
};
/// `by_input`, `by_weight` and `by_bias`: what arrives at the first gradients (broadcastable against input), or
/// undefined.
NormalizationGradients normalization_double_backward(const Normalization& n, const Tensor& grad, const Tensor& by_input,
                                                     const Tensor& by_weight, const Tensor& by_bias);

}  // namespace rushlight::ops
