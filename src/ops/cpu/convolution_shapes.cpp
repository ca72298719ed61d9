/// Shapes of convolutions: stretching of options, PyTorch's checks, output sizes.
#include "base/text.h"
#include "ops/cpu/convolution.h"

namespace rushlight::cpu {
namespace {

Shape stretched(IntArrayRef values, std::string_view name, size_t rank) {
  if (values.size() == rank) return Shape(values);
  if (values.size() != 1)
    throw RuntimeError(cat("expected ", name, " to be a single integer value or a list of ", rank,
                           " values to match the convolution dimensions, but got ", name, "=", shape_text(values)));
  Shape shape;
  for (size_t i = 0; i < rank; ++i) shape.push_back(values[0]);
  return shape;
}

/// "(5 x 5)"
std::string sizes_text(IntArrayRef sizes) { return cat("(", join(sizes, " x "), ")"); }

/// One-dimensional convolutions are computed, and complained about, with a height of 1.
Shape with_height(IntArrayRef sizes) {
  Shape shape(sizes);
  if (shape.size() == 1) {
    shape.push_back(shape[0]);
    shape[0] = 1;
  }
  return shape;
}

void check_rank_and_groups(const Tensor& input, const Tensor& weight, const ConvolutionOptions& options) {
  const int64_t rank = weight.dim(), groups = options.groups;
  if (rank != input.dim())
    throw RuntimeError(cat("Expected ", rank, "-dimensional input for ", rank, "-dimensional weight ",
                           shape_text(weight.sizes()), ", but got ", input.dim(), "-dimensional input of size ",
                           shape_text(input.sizes()), " instead"));
  const int64_t first = weight.sizes()[0];
  if (first < groups)
    throw RuntimeError(cat("Given groups=", groups, ", expected weight to be at least ", groups,
                           " at dimension 0, but got weight of size ", shape_text(weight.sizes()), " instead"));
  if (first % groups != 0)
    throw RuntimeError(cat("Given groups=", groups, ", expected weight to be divisible by ", groups,
                           " at dimension 0, but got weight of size [", shape_text(weight.sizes()), "] instead"));
}

void check_channels(const Tensor& input, const Tensor& weight, const Tensor& bias, const ConvolutionOptions& options) {
  const int64_t groups = options.groups, channels = input.sizes()[1];
  const int64_t expected = options.transposed ? weight.sizes()[0] : weight.sizes()[1] * groups;
  const std::string given = options.transposed ? "transposed=1" : cat("groups=", groups);
  if (channels != expected)
    throw RuntimeError(cat("Given ", given, ", weight of size ", shape_text(weight.sizes()), ", expected input",
                           shape_text(input.sizes()), " to have ", expected, " channels, but got ", channels,
                           " channels instead"));
  const int64_t outputs = options.transposed ? weight.sizes()[1] * groups : weight.sizes()[0];
  if (bias.defined() && (bias.dim() != 1 || bias.sizes()[0] != outputs))
    throw RuntimeError(cat("Given ", options.transposed ? "transposed=1, " : "", "weight of size ",
                           shape_text(weight.sizes()), ", expected bias to be 1-dimensional with ", outputs,
                           " elements, but got bias of size ", shape_text(bias.sizes()), " instead"));
}

void check_kernel_fits(const Tensor& input, const Tensor& weight, const ConvolutionOptions& options) {
  Shape padded, kernel;
  bool fits = true;
  for (size_t d = 0; d < options.stride.size(); ++d) {
    padded.push_back(input.sizes()[d + 2] + 2 * options.padding[d]);
    kernel.push_back(options.dilation[d] * (weight.sizes()[d + 2] - 1) + 1);
    fits &= padded[d] >= kernel[d];
  }
  if (!fits)
    throw RuntimeError(cat("Calculated padded input size per channel: ", sizes_text(padded), ". Kernel size: ",
                           sizes_text(kernel), ". Kernel size can't be greater than actual input size"));
}

std::string per_dimension(std::string_view name, IntArrayRef values) {
  static constexpr std::string_view kNames[] = {"depth", "height", "width"};
  std::string text;
  for (size_t d = 0; d < values.size(); ++d)
    text += cat(text.empty() ? "" : " ", name, "_", kNames[3 - values.size() + d], ": ", values[d]);
  return text;
}

void check_output_padding(const ConvolutionOptions& options) {
  bool wrong = false;
  for (size_t d = 0; d < options.stride.size(); ++d)
    wrong |= options.output_padding[d] >= options.stride[d] && options.output_padding[d] >= options.dilation[d];
  if (!wrong) return;
  ConvolutionOptions shown = options;
  if (shown.stride.size() == 1) {
    shown.output_padding = Shape({0, options.output_padding[0]});
    shown.stride = Shape({1, options.stride[0]});
    shown.dilation = Shape({1, options.dilation[0]});
  }
  throw RuntimeError(cat("output padding must be smaller than either stride or dilation, but got ",
                         per_dimension("output_padding", shown.output_padding), " ",
                         per_dimension("stride", shown.stride), " ", per_dimension("dilation", shown.dilation)));
}

void check_kernel_not_empty(const Tensor& weight) {
  const Shape kernel = with_height(weight.sizes().slice(2, weight.sizes().size() - 2));
  for (int64_t size : kernel) {
    if (size != 0) continue;
    throw RuntimeError(kernel.size() == 3
                           ? cat("kernel size should be greater than zero, but got: ", join(kernel, " x "), " (TxHxW)")
                           : cat("kernel size should be greater than zero, but got ", per_dimension("kernel", kernel)));
  }
}

void check_dtypes(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  if (weight.dtype() != input.dtype())
    throw RuntimeError(cat("expected scalar type ", dtype_info(input.dtype()).ir_name, " but found ",
                           dtype_info(weight.dtype()).ir_name));
  if (bias.defined() && bias.dtype() != input.dtype()) {
    const auto cpp_name = [](ScalarType type) {
      return type == ScalarType::float64   ? std::string_view("double")
             : type == ScalarType::float32 ? std::string_view("float")
                                           : dtype_info(type).name;
    };
    throw RuntimeError(cat("Input type (", cpp_name(input.dtype()), ") and bias type (", cpp_name(bias.dtype()),
                           ") should be the same"));
  }
}

}  // namespace

ConvolutionOptions convolution_options(const Tensor& weight, IntArrayRef stride, IntArrayRef padding,
                                       IntArrayRef dilation, bool transposed, IntArrayRef output_padding,
                                       int64_t groups) {
  if (weight.dim() < 3) throw RuntimeError("weight should have at least three dimensions");
  if (weight.dim() > 5)
    throw RuntimeError(cat("unsupported ConvNd: a weight of ", weight.dim(), " dimensions, 3 to 5 are possible"));
  if (groups <= 0) throw RuntimeError("non-positive groups is not supported");
  const size_t rank = size_t(weight.dim()) - 2;
  ConvolutionOptions options;
  options.stride = stretched(stride, "stride", rank);
  options.padding = stretched(padding, "padding", rank);
  options.dilation = stretched(dilation, "dilation", rank);
  options.output_padding = stretched(output_padding, "output_padding", rank);
  options.transposed = transposed;
  options.groups = groups;
  for (int64_t value : options.padding)
    if (value < 0) throw RuntimeError("negative padding is not supported");
  for (int64_t value : options.output_padding)
    if (value < 0) throw RuntimeError("negative output_padding is not supported");
  for (int64_t value : options.stride)
    if (value <= 0) throw RuntimeError("non-positive stride is not supported");
  for (int64_t value : options.dilation)
    if (value <= 0)
      throw RuntimeError(cat("dilation should be greater than zero, but got ", shape_text(options.dilation)));
  return options;
}

void check_convolution(const Tensor& input, const Tensor& weight, const Tensor& bias,
                       const ConvolutionOptions& options) {
  check_rank_and_groups(input, weight, options);
  check_channels(input, weight, bias, options);
  if (!options.transposed) check_kernel_fits(input, weight, options);
  check_kernel_not_empty(weight);
  if (options.transposed) check_output_padding(options);
  const IntArrayRef spatial = input.sizes().slice(2, input.sizes().size() - 2);
  if (input.sizes()[0] != 0 && input.sizes()[1] != 0 && numel_of(spatial) == 0) {
    Shape shown({input.sizes()[0], input.sizes()[1]});
    for (int64_t size : with_height(spatial)) shown.push_back(size);
    throw RuntimeError(
        cat("Only zero batch or zero channel inputs are supported, but got input shape: ", shape_text(shown)));
  }
  check_dtypes(input, weight, bias);
}

Shape convolution_output_shape(IntArrayRef input, IntArrayRef weight, const ConvolutionOptions& options) {
  Shape shape({input[0], options.transposed ? weight[1] * options.groups : weight[0]});
  bool too_small = false;
  for (size_t d = 0; d < options.stride.size(); ++d) {
    const int64_t reach = options.dilation[d] * (weight[d + 2] - 1);
    shape.push_back(options.transposed ? (input[d + 2] - 1) * options.stride[d] - 2 * options.padding[d] + reach +
                                             options.output_padding[d] + 1
                                       : (input[d + 2] + 2 * options.padding[d] - reach - 1) / options.stride[d] + 1);
    too_small |= shape.back() < 1;
  }
  if (too_small) {
    const IntArrayRef output(shape);
    throw RuntimeError(cat("Given input size per channel: ", sizes_text(with_height(input.slice(2, input.size() - 2))),
                           ". Calculated output size per channel: ",
                           sizes_text(with_height(output.slice(2, output.size() - 2))), ". Output size is too small"));
  }
  return shape;
}

ConvolutionGeometry convolution_geometry(IntArrayRef image_shape, IntArrayRef weight_shape, IntArrayRef feature_shape,
                                         const ConvolutionOptions& options) {
  ConvolutionGeometry g;
  g.batch = image_shape[0];
  g.groups = options.groups;
  g.image_channels = weight_shape[1];
  g.feature_channels = weight_shape[0] / options.groups;
  const size_t rank = options.stride.size(), first = 3 - rank;
  for (size_t d = 0; d < rank; ++d) {
    g.image[first + d] = image_shape[d + 2];
    g.kernel[first + d] = weight_shape[d + 2];
    g.feature[first + d] = feature_shape[d + 2];
    g.stride[first + d] = options.stride[d];
    g.padding[first + d] = options.padding[d];
    g.dilation[first + d] = options.dilation[d];
  }
  return g;
}

}  // namespace rushlight::cpu
