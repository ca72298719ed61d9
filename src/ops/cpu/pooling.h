/// Pooling over one to three dimensions: the geometry of windows, and the loops over planes (a plane is one channel of
/// one sample, contiguous).
#pragma once
#include <array>

#include "tensor/tensor.h"

namespace rushlight::cpu {

/// One- and two-dimensional pooling has sizes of 1 in front.
struct PoolGeometry {
  int64_t planes = 1;
  std::array<int64_t, 3> in = {1, 1, 1}, out = {1, 1, 1};
  std::array<int64_t, 3> kernel = {1, 1, 1}, stride = {1, 1, 1}, padding = {0, 0, 0}, dilation = {1, 1, 1};

  int64_t in_area() const { return in[0] * in[1] * in[2]; }
  int64_t out_area() const { return out[0] * out[1] * out[2]; }
};

/// How many windows fit. Throws for a stride of 0 and for padding beyond half of the window.
int64_t pooled_size(int64_t input, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation, bool ceil_mode);

/// The largest element of each window, nan if there is one, and its position within the plane. `indices` may be
/// undefined. Tensors are contiguous.
void max_pool(const PoolGeometry& g, const Tensor& input, const Tensor& output, const Tensor& indices,
              std::string_view name);
/// As max_pool, with windows that share the input out evenly: window i of n covers [i * in / n, (i + 1) * in / n).
void adaptive_max_pool(const PoolGeometry& g, const Tensor& input, const Tensor& output, const Tensor& indices,
                       std::string_view name);

/// By what the sum of a window is divided.
struct AverageDivisor {
  bool count_padding = true;
  std::optional<int64_t> fixed;
};
void avg_pool(const PoolGeometry& g, const AverageDivisor& divisor, const Tensor& input, const Tensor& output,
              std::string_view name);
void avg_pool_backward(const PoolGeometry& g, const AverageDivisor& divisor, const Tensor& grad, const Tensor& result,
                       std::string_view name);
void adaptive_avg_pool(const PoolGeometry& g, const Tensor& input, const Tensor& output, std::string_view name);
void adaptive_avg_pool_backward(const PoolGeometry& g, const Tensor& grad, const Tensor& result, std::string_view name);

/// result[plane][indices[plane][i]] += values[plane][i]; `result` is cleared first. IndexError-free: indices were made
/// by a pooling of the same shape, and are checked all the same.
void add_at_indices(int64_t planes, const Tensor& values, const Tensor& indices, const Tensor& result,
                    std::string_view name);

}  // namespace rushlight::cpu
