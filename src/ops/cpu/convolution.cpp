/// Convolutions as matrix products over unfolded patches; float32 goes to oneDNN where it is built in.
#include "ops/cpu/convolution.h"

#include <algorithm>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/cpu/matmul.h"
#ifdef RUSHLIGHT_ONEDNN
#include "ops/onednn/convolution.h"
#endif

namespace rushlight::cpu {
namespace {

constexpr DtypeSet kConvolutions = kIntegral | kFloating | kComplex;

/// Output positions [first, last) along a dimension whose input position, `start + stride * position`, is inside.
struct Inside {
  int64_t first, last;
};
Inside inside(int64_t start, int64_t stride, int64_t size, int64_t count) {
  const int64_t first = start >= 0 ? 0 : (-start + stride - 1) / stride;
  const int64_t last = start >= size ? 0 : (size - 1 - start) / stride + 1;
  return {std::min(first, count), std::clamp(last, std::min(first, count), count)};
}

/// Calls row(patch row, patch offset of the row's first element, image offset of position 0, positions inside) for each
/// row of the patch matrix (image_channels * kernel, feature) and each line of the feature map. Lines that are wholly
/// outside of the image have no positions inside.
template <class Fn>
void for_each_patch_line(const ConvolutionGeometry& g, Fn&& fn) {
  const int64_t area = g.feature_size();
  int64_t row = 0;
  for (int64_t channel = 0; channel < g.image_channels; ++channel)
    for (int64_t kd = 0; kd < g.kernel[0]; ++kd)
      for (int64_t kh = 0; kh < g.kernel[1]; ++kh)
        for (int64_t kw = 0; kw < g.kernel[2]; ++kw, ++row) {
          const int64_t start = kw * g.dilation[2] - g.padding[2];
          const Inside columns = inside(start, g.stride[2], g.image[2], g.feature[2]);
          for (int64_t od = 0; od < g.feature[0]; ++od) {
            const int64_t d = od * g.stride[0] + kd * g.dilation[0] - g.padding[0];
            for (int64_t oh = 0; oh < g.feature[1]; ++oh) {
              const int64_t h = oh * g.stride[1] + kh * g.dilation[1] - g.padding[1];
              const bool outside = d < 0 || d >= g.image[0] || h < 0 || h >= g.image[1];
              const int64_t line = row * area + (od * g.feature[1] + oh) * g.feature[2];
              const int64_t from = ((channel * g.image[0] + d) * g.image[1] + h) * g.image[2] + start;
              fn(line, from, outside ? Inside{0, 0} : columns);
            }
          }
        }
}

/// patches = the pieces of one group of one image under the kernel, a column for each place of the kernel.
template <class T>
void unfold(const ConvolutionGeometry& g, const T* image, T* patches) {
  const int64_t width = g.feature[2], stride = g.stride[2];
  for_each_patch_line(g, [&](int64_t line, int64_t from, Inside columns) {
    T* out = patches + line;
    std::fill(out, out + columns.first, T(0));
    if (stride == 1)
      std::copy(image + from + columns.first, image + from + columns.last, out + columns.first);
    else
      for (int64_t x = columns.first; x < columns.last; ++x) out[x] = image[from + x * stride];
    std::fill(out + columns.last, out + width, T(0));
  });
}

/// image += each patch at the place that it came from.
template <class T>
void fold(const ConvolutionGeometry& g, const T* patches, T* image) {
  for_each_patch_line(g, [&](int64_t line, int64_t from, Inside columns) {
    for (int64_t x = columns.first; x < columns.last; ++x) {
      T& pixel = image[from + x * g.stride[2]];
      pixel = T(pixel + patches[line + x]);
    }
  });
}

/// The patch matrix of such a convolution is the image itself.
bool is_pointwise(const ConvolutionGeometry& g) {
  const std::array<int64_t, 3> ones = {1, 1, 1}, zeros = {0, 0, 0};
  return g.kernel == ones && g.stride == ones && g.padding == zeros;
}

Tensor matrix(const Tensor& of, int64_t offset, int64_t rows, int64_t columns) {
  return alias_tensor(of, {rows, columns}, {columns, 1}, of.storage_offset() + offset);
}
Tensor transposed_matrix(const Tensor& of, int64_t offset, int64_t rows, int64_t columns) {
  return alias_tensor(of, {columns, rows}, {1, columns}, of.storage_offset() + offset);
}

/// Where the parts of one (image, group) pair stand.
struct Part {
  int64_t image, feature, weight;
};
Part part_of(const ConvolutionGeometry& g, int64_t sample, int64_t group) {
  return {(sample * g.groups + group) * g.image_channels * g.image_size(),
          (sample * g.groups + group) * g.feature_channels * g.feature_size(),
          group * g.feature_channels * g.image_channels * g.kernel_size()};
}

void check_supported(const ConvolutionGeometry& g, ScalarType dtype, bool to_image) {
  const bool volume = g.image[0] != 1 || g.kernel[0] != 1;
  dispatch<kConvolutions>(dtype,
                          to_image ? (volume ? "slow_conv_transpose3d_out_cpu" : "slow_conv_transpose2d_out_cpu")
                                   : (volume ? "compute_columns3d" : "slow_conv2d_cpu"),
                          [](auto) {});
}

void add_bias(const ConvolutionGeometry& g, const Tensor& bias, const Tensor& feature) {
  dispatch<kConvolutions>(feature.dtype(), "slow_conv2d_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t area = g.feature_size(), channels = g.groups * g.feature_channels;
    T* out = feature.data<T>();
    const T* values = bias.data<T>();
    for (int64_t i = 0; i < g.batch * channels; ++i)
      for (int64_t x = 0; x < area; ++x) out[i * area + x] = T(out[i * area + x] + values[i % channels]);
  });
}

/// Half types are computed in float, so that sums over many patches keep their digits.
bool is_half(const Tensor& t) { return t.dtype() == ScalarType::float16 || t.dtype() == ScalarType::bfloat16; }
Tensor widened(const Tensor& t) { return t.defined() ? to_dtype(t, ScalarType::float32) : t; }
Tensor widened_result(const Tensor& t) { return empty_tensor(t.sizes(), ScalarType::float32); }

}  // namespace

void convolve(const ConvolutionGeometry& g, const Tensor& image, const Tensor& weight, const Tensor& bias,
              const Tensor& feature) {
  check_supported(g, image.dtype(), false);
  if (feature.is_meta() || feature.numel() == 0) return;
  if (is_half(image)) {
    const Tensor wide = widened_result(feature);
    convolve(g, widened(image), widened(weight), widened(bias), wide);
    copy_into(feature, wide);
    return;
  }
#ifdef RUSHLIGHT_ONEDNN
  if (image.dtype() == ScalarType::float32 && onednn::can_convolve(g)) {
    onednn::convolve(g, image.data<float>(), weight.data<float>(), bias.defined() ? bias.data<float>() : nullptr,
                     feature.data<float>());
    return;
  }
#endif
  const int64_t rows = g.image_channels * g.kernel_size(), area = g.feature_size();
  if (rows == 0) fill(feature, 0);
  if (rows != 0)
    parallel_for(0, g.batch * g.groups, 1, [&](int64_t begin, int64_t end) {
      const bool direct = is_pointwise(g);
      const Tensor patches = direct ? Tensor() : empty_tensor({rows, area}, image.dtype());
      for (int64_t i = begin; i < end; ++i) {
        const Part part = part_of(g, i / g.groups, i % g.groups);
        if (!direct)
          dispatch<kConvolutions>(image.dtype(), "slow_conv2d_cpu", [&](auto tag) {
            using T = typename decltype(tag)::type;
            unfold(g, image.data<T>() + part.image, patches.data<T>());
          });
        matmul_into(matrix(feature, part.feature, g.feature_channels, area),
                    matrix(weight, part.weight, g.feature_channels, rows),
                    direct ? matrix(image, part.image, rows, area) : patches, 1, 0);
      }
    });
  if (bias.defined()) add_bias(g, bias, feature);
}

void convolve_back_to_image(const ConvolutionGeometry& g, const Tensor& feature, const Tensor& weight,
                            const Tensor& image) {
  check_supported(g, image.dtype(), true);
  if (image.is_meta() || image.numel() == 0) return;
  if (is_half(image)) {
    const Tensor wide = widened_result(image);
    convolve_back_to_image(g, widened(feature), widened(weight), wide);
    copy_into(image, wide);
    return;
  }
#ifdef RUSHLIGHT_ONEDNN
  if (image.dtype() == ScalarType::float32 && onednn::can_convolve(g)) {
    onednn::convolve_back_to_image(g, feature.data<float>(), weight.data<float>(), image.data<float>());
    return;
  }
#endif
  const bool direct = is_pointwise(g);
  const int64_t rows = g.image_channels * g.kernel_size(), area = g.feature_size();
  if (!direct || g.feature_channels == 0) fill(image, 0);
  if (feature.numel() == 0 || rows == 0) return;
  parallel_for(0, g.batch * g.groups, 1, [&](int64_t begin, int64_t end) {
    const Tensor patches = direct ? Tensor() : empty_tensor({rows, area}, image.dtype());
    for (int64_t i = begin; i < end; ++i) {
      const Part part = part_of(g, i / g.groups, i % g.groups);
      matmul_into(direct ? matrix(image, part.image, rows, area) : patches,
                  transposed_matrix(weight, part.weight, g.feature_channels, rows),
                  matrix(feature, part.feature, g.feature_channels, area), 1, 0);
      if (direct) continue;
      dispatch<kConvolutions>(image.dtype(), "slow_conv2d_cpu", [&](auto tag) {
        using T = typename decltype(tag)::type;
        fold(g, patches.data<T>(), image.data<T>() + part.image);
      });
    }
  });
}

void convolve_back_to_weight(const ConvolutionGeometry& g, const Tensor& feature, const Tensor& image,
                             const Tensor& weight) {
  check_supported(g, image.dtype(), false);
  if (weight.is_meta() || weight.numel() == 0) return;
  if (is_half(image)) {
    const Tensor wide = widened_result(weight);
    convolve_back_to_weight(g, widened(feature), widened(image), wide);
    copy_into(weight, wide);
    return;
  }
  if (feature.numel() == 0 || image.numel() == 0) return fill(weight, 0);
#ifdef RUSHLIGHT_ONEDNN
  if (image.dtype() == ScalarType::float32 && onednn::can_convolve(g)) {
    onednn::convolve_back_to_weight(g, feature.data<float>(), image.data<float>(), weight.data<float>());
    return;
  }
#endif
  const bool direct = is_pointwise(g);
  const int64_t rows = g.image_channels * g.kernel_size(), area = g.feature_size();
  parallel_for(0, g.groups, 1, [&](int64_t begin, int64_t end) {
    const Tensor patches = direct ? Tensor() : empty_tensor({rows, area}, image.dtype());
    for (int64_t group = begin; group < end; ++group)
      for (int64_t sample = 0; sample < g.batch; ++sample) {
        const Part part = part_of(g, sample, group);
        if (!direct)
          dispatch<kConvolutions>(image.dtype(), "slow_conv2d_cpu", [&](auto tag) {
            using T = typename decltype(tag)::type;
            unfold(g, image.data<T>() + part.image, patches.data<T>());
          });
        matmul_into(
            matrix(weight, part.weight, g.feature_channels, rows),
            matrix(feature, part.feature, g.feature_channels, area),
            direct ? transposed_matrix(image, part.image, rows, area) : transposed_matrix(patches, 0, rows, area), 1,
            sample == 0 ? 0 : 1);
      }
  });
}

}  // namespace rushlight::cpu
