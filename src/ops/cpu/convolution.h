/// Convolution of dense tensors in one, two or three dimensions: shapes checked and brought into one form, and the
/// three products that a convolution and its gradients are made of.
#pragma once
#include <array>

#include "tensor/tensor.h"

namespace rushlight::cpu {

/// The arguments of `aten::convolution` beside the tensors.
struct ConvolutionOptions {
  Shape stride, padding, dilation, output_padding;  ///< one number for each spatial dimension
  bool transposed = false;
  int64_t groups = 1;
};

/// Lists of one number are stretched to the spatial dimensions of the weight. Throws PyTorch's errors.
ConvolutionOptions convolution_options(const Tensor& weight, IntArrayRef stride, IntArrayRef padding,
                                       IntArrayRef dilation, bool transposed, IntArrayRef output_padding,
                                       int64_t groups);
/// Everything that can be wrong with the tensors of a forward call.
void check_convolution(const Tensor& input, const Tensor& weight, const Tensor& bias,
                       const ConvolutionOptions& options);
Shape convolution_output_shape(IntArrayRef input, IntArrayRef weight, const ConvolutionOptions& options);

/// A convolution that is not transposed, always with three spatial dimensions (missing ones have size 1): `image`
/// (batch, groups * image_channels, ...) is slid over by `kernel` (groups * feature_channels, image_channels, ...) and
/// gives `feature` (batch, groups * feature_channels, ...). A transposed one exchanges the roles of its input and
/// output.
struct ConvolutionGeometry {
  int64_t batch = 0, groups = 1;
  int64_t image_channels = 0, feature_channels = 0;  ///< of one group
  std::array<int64_t, 3> image = {1, 1, 1}, kernel = {1, 1, 1}, feature = {1, 1, 1};
  std::array<int64_t, 3> stride = {1, 1, 1}, padding = {0, 0, 0}, dilation = {1, 1, 1};

  int64_t image_size() const { return image[0] * image[1] * image[2]; }
  int64_t kernel_size() const { return kernel[0] * kernel[1] * kernel[2]; }
  int64_t feature_size() const { return feature[0] * feature[1] * feature[2]; }
  bool operator==(const ConvolutionGeometry&) const = default;
};
/// `image_shape` and `feature_shape` are the shapes of input and output, exchanged for a transposed convolution.
ConvolutionGeometry convolution_geometry(IntArrayRef image_shape, IntArrayRef weight_shape, IntArrayRef feature_shape,
                                         const ConvolutionOptions& options);

/// All tensors contiguous, of one dtype, and of the sizes of the geometry; results are overwritten. Half types are
/// summed up in float.
void convolve(const ConvolutionGeometry& geometry, const Tensor& image, const Tensor& weight, const Tensor& bias,
              const Tensor& feature);
/// image = the gradient of `convolve` in its image, for the gradient `feature`.
void convolve_back_to_image(const ConvolutionGeometry& geometry, const Tensor& feature, const Tensor& weight,
                            const Tensor& image);
/// weight = the gradient of `convolve` in its weight.
void convolve_back_to_weight(const ConvolutionGeometry& geometry, const Tensor& feature, const Tensor& image,
                             const Tensor& weight);

}  // namespace rushlight::cpu
