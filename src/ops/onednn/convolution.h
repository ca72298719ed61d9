/// Single-precision convolutions from oneDNN.
#pragma once
#include "ops/cpu/convolution.h"

namespace rushlight::onednn {

/// Whether the library can do it: nothing is empty, and no rows or columns of the image are left over beyond a stride.
bool can_convolve(const cpu::ConvolutionGeometry& geometry);

/// As in ops/cpu/convolution.h, on plain row-major memory. Work is split over Rushlight's own threads.
void convolve(const cpu::ConvolutionGeometry& geometry, const float* image, const float* weight, const float* bias,
              float* feature);
void convolve_back_to_image(const cpu::ConvolutionGeometry& geometry, const float* feature, const float* weight,
                            float* image);
void convolve_back_to_weight(const cpu::ConvolutionGeometry& geometry, const float* feature, const float* image,
                             float* weight);

}  // namespace rushlight::onednn
