/// Loops of the normalisations: moments of parts of a tensor, and scaling by them. Tensors are contiguous and of a
/// floating dtype; statistics are kept in double.
#pragma once
#include <vector>

#include "tensor/tensor.h"

namespace rushlight::cpu {

struct Moments {
  std::vector<double> mean, variance;  ///< variance without correction; nan for an empty part
};

/// A tensor seen as [outer, channels, inner]: one mean and variance for each channel.
Moments channel_moments(const Tensor& input, int64_t outer, int64_t channels, int64_t inner);
/// A tensor seen as [rows, size]: one mean and variance for each row.
Moments row_moments(const Tensor& input, int64_t rows, int64_t size);

/// output = input * scale[c] + shift[c] where plane p of `inner` elements belongs to c = p % channels.
void scale_planes(const Tensor& input, const Tensor& output, int64_t inner, const std::vector<double>& scale,
                  const std::vector<double>& shift);
/// output = (input - mean[row]) * rstd[row] * weight + bias along rows of `size`; weight and bias may be undefined.
void scale_rows(const Tensor& input, const Tensor& output, int64_t size, const std::vector<double>& mean,
                const std::vector<double>& rstd, const Tensor& weight, const Tensor& bias);

/// Sums over each channel of the gradient, and of the gradient times the centred input.
struct ChannelSums {
  std::vector<double> grad, grad_times_centred;
};
ChannelSums channel_sums(const Tensor& grad, const Tensor& input, int64_t outer, int64_t channels, int64_t inner,
                         const std::vector<double>& mean);
/// output = a[c] * grad + b[c] * input + d[c], planes as in scale_planes.
void combine_planes(const Tensor& grad, const Tensor& input, const Tensor& output, int64_t inner,
                    const std::vector<double>& a, const std::vector<double>& b, const std::vector<double>& d);
/// The gradient of scale_rows by its input, where mean and rstd follow from the input.
void scale_rows_backward(const Tensor& grad, const Tensor& input, const Tensor& result, int64_t size,
                         const std::vector<double>& mean, const std::vector<double>& rstd, const Tensor& weight);

/// The elements as doubles.
std::vector<double> to_doubles(const Tensor& tensor);
/// A new tensor of the given shape and floating dtype.
Tensor from_doubles(const std::vector<double>& values, IntArrayRef shape, ScalarType dtype);

}  // namespace rushlight::cpu
