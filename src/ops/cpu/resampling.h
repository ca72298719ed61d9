/// Resampling by weighted taps: each output element along a dimension is a sum of a few input elements. Interpolation
/// in several dimensions is one pass after the other, and a gradient is the same passes turned around.
#pragma once
#include <vector>

#include "tensor/tensor.h"

namespace rushlight::cpu {

enum class Interpolation : uint8_t {
  nearest,
  nearest_exact,
  linear,
  cubic,
  linear_antialias,
  cubic_antialias,
  lanczos_antialias
};

/// Which input elements make up each output element along one dimension.
struct TapTable {
  int64_t in = 0, out = 0;
  std::vector<int64_t> begin;  ///< of each output element's taps; one more than there are
  std::vector<int64_t> index;
  std::vector<double> weight;
};

/// `scale`: how many output elements an input element becomes, where the caller said so. Positions are computed in
/// single precision unless `in_double`, as PyTorch does it.
TapTable make_taps(Interpolation method, int64_t in, int64_t out, bool align_corners, std::optional<double> scale,
                   bool in_double);

/// input is [outer, taps.in, inner], the result [outer, taps.out, inner]; float32 or float64, contiguous.
Tensor resample(const Tensor& input, int64_t outer, int64_t inner, const TapTable& taps);
/// The gradient of resample: [outer, taps.out, inner] to [outer, taps.in, inner].
Tensor resample_backward(const Tensor& grad, int64_t outer, int64_t inner, const TapTable& taps);
/// resample where each element is a copy of one: any dtype.
Tensor resample_copy(const Tensor& input, int64_t outer, int64_t inner, const TapTable& taps);

}  // namespace rushlight::cpu
