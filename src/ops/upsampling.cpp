/// Resampling of images: nearest, linear, cubic, with and without antialiasing, in one to three dimensions.
#include "ops/cpu/resampling.h"

#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/upsampling.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using cpu::Interpolation;
using Scale = std::optional<double>;
using OptInts = std::optional<IntArrayRef>;
using OptDoubles = std::optional<ArrayRef<double>>;

bool is_nearest(Interpolation method) {
  return method == Interpolation::nearest || method == Interpolation::nearest_exact;
}
std::string sizes_text(IntArrayRef sizes) {
  constexpr std::string_view kLetters[] = {"D", "H", "W"};
  std::string text;
  for (size_t d = 0; d < sizes.size(); ++d)
    text += cat(text.empty() ? "" : ", ", kLetters[3 - sizes.size() + d], ": ", sizes[d]);
  return text;
}

/// Sizes of the input with its two outer dimensions, and of the output without; PyTorch's texts for what does not fit.
void check_sizes(IntArrayRef input, IntArrayRef output, size_t rank) {
  if (output.size() != rank)
    throw RuntimeError(cat("It is expected output_size equals to ", rank, ", but got size ", output.size()));
  if (input.size() != rank + 2)
    throw RuntimeError(cat("It is expected input_size equals to ", rank + 2, ", but got size ", input.size()));
  bool positive = true;
  for (size_t d = 0; d < rank; ++d) positive &= input[d + 2] > 0 && output[d] > 0;
  if (positive) return;
  const IntArrayRef inner = input.slice(2, rank);
  if (rank == 1)
    throw RuntimeError(cat("Input and output sizes should be greater than 0, but got input (W: ", inner[0],
                           ") and output (W: ", output[0], ")"));
  throw RuntimeError(cat("Input and output sizes should be greater than 0, but got input (", sizes_text(inner),
                         ") output (", sizes_text(output), ")"));
}
Shape full_shape(IntArrayRef input, IntArrayRef output) {
  Shape shape({input[0], input[1]});
  for (int64_t size : output) shape.push_back(size);
  return shape;
}
bool is_half(ScalarType type) { return kReducedFloating.contains(type); }

/// One table for each inner dimension.
std::vector<cpu::TapTable> tables(Interpolation method, IntArrayRef input, IntArrayRef output, bool align_corners,
                                  const std::vector<Scale>& scales, ScalarType type) {
  std::vector<cpu::TapTable> result;
  for (size_t d = 0; d < output.size(); ++d)
    result.push_back(
        cpu::make_taps(method, input[d + 2], output[d], align_corners, scales[d], type == ScalarType::float64));
  return result;
}
Tensor upsample(Interpolation method, const Tensor& self, IntArrayRef output_size, bool align_corners,
                const std::vector<Scale>& scales) {
  check_sizes(self.sizes(), output_size, scales.size());
  const ScalarType type = self.dtype();
  cpu::dispatch<kFloating | ScalarType::uint8>(type, is_nearest(method) ? "upsample_nearest" : "upsample", [](auto) {});
  const Shape shape = full_shape(self.sizes(), output_size);
  if (self.numel() == 0 || self.is_meta()) return empty_tensor(shape, type, self.device());
  const auto taps = tables(method, self.sizes(), output_size, align_corners, scales, type);
  const bool widen = !is_nearest(method) && (is_half(type) || type == ScalarType::uint8);
  Tensor image = cpu::contiguous(widen ? cpu::to_dtype(self, ScalarType::float32) : self);
  int64_t outer = self.sizes()[0] * self.sizes()[1];
  int64_t inner = numel_of(self.sizes().slice(2, output_size.size()));
  for (size_t d = 0; d < taps.size(); ++d) {
    inner /= taps[d].in;
    // A dimension that keeps its size and its elements needs no pass.
    const bool identity = taps[d].in == taps[d].out && is_nearest(method) && !scales[d];
    if (!identity)
      image = is_nearest(method) ? cpu::resample_copy(image, outer, inner, taps[d])
                                 : cpu::resample(image, outer, inner, taps[d]);
    outer *= taps[d].out;
  }
  image = alias_tensor(image, shape, contiguous_strides(shape), image.storage_offset());
  if (type == ScalarType::uint8 && widen) {
    const Tensor rounded = empty_tensor(shape, type);
    const float* from = image.data<float>();
    for (int64_t i = 0; i < rounded.numel(); ++i)
      rounded.data<uint8_t>()[i] = uint8_t(std::min(255.0f, std::max(0.0f, std::nearbyint(from[i]))));
    return rounded;
  }
  return widen ? cpu::to_dtype(image, type) : image.is_same(self) ? cpu::clone(self) : image;
}
Tensor upsample_backward(Interpolation method, const Tensor& grad_output, IntArrayRef output_size,
                         IntArrayRef input_size, bool align_corners, const std::vector<Scale>& scales) {
  check_sizes(input_size, output_size, scales.size());
  const ScalarType type = grad_output.dtype();
  cpu::dispatch<kFloating>(type, is_nearest(method) ? "upsample_nearest_backward" : "upsample_backward", [](auto) {});
  const Shape expected = full_shape(input_size, output_size);
  if (!(grad_output.sizes() == IntArrayRef(expected)))
    throw RuntimeError(
        cat("Expected a gradient of shape ", shape_text(expected), ", but got ", shape_text(grad_output.sizes())));
  if (grad_output.numel() == 0) return empty_tensor(input_size, type);
  const auto taps = tables(method, input_size, output_size, align_corners, scales, type);
  Tensor image = cpu::contiguous(is_half(type) ? cpu::to_dtype(grad_output, ScalarType::float32) : grad_output);
  int64_t outer = input_size[0] * input_size[1], inner = numel_of(output_size);
  for (size_t d = 0; d < taps.size(); ++d) {
    inner /= taps[d].out;
    image = cpu::resample_backward(image, outer, inner, taps[d]);
    outer *= taps[d].in;
  }
  return cpu::to_dtype(alias_tensor(image, input_size, contiguous_strides(input_size), 0), type);
}

template <Interpolation method>
Tensor plain1(const Tensor& self, IntArrayRef size, Scale s) {
  return upsample(method, self, size, false, {s});
}
template <Interpolation method>
Tensor plain2(const Tensor& self, IntArrayRef size, Scale h, Scale w) {
  return upsample(method, self, size, false, {h, w});
}
template <Interpolation method>
Tensor plain3(const Tensor& self, IntArrayRef size, Scale d, Scale h, Scale w) {
  return upsample(method, self, size, false, {d, h, w});
}
template <Interpolation method>
Tensor aligned1(const Tensor& self, IntArrayRef size, bool align, Scale s) {
  return upsample(method, self, size, align, {s});
}
template <Interpolation method>
Tensor aligned2(const Tensor& self, IntArrayRef size, bool align, Scale h, Scale w) {
  return upsample(method, self, size, align, {h, w});
}
template <Interpolation method>
Tensor aligned3(const Tensor& self, IntArrayRef size, bool align, Scale d, Scale h, Scale w) {
  return upsample(method, self, size, align, {d, h, w});
}
template <Interpolation method>
Tensor plain1_backward(const Tensor& grad, IntArrayRef size, IntArrayRef input, Scale s) {
  return upsample_backward(method, grad, size, input, false, {s});
}
template <Interpolation method>
Tensor plain2_backward(const Tensor& grad, IntArrayRef size, IntArrayRef input, Scale h, Scale w) {
  return upsample_backward(method, grad, size, input, false, {h, w});
}
template <Interpolation method>
Tensor plain3_backward(const Tensor& grad, IntArrayRef size, IntArrayRef input, Scale d, Scale h, Scale w) {
  return upsample_backward(method, grad, size, input, false, {d, h, w});
}
template <Interpolation method>
Tensor aligned1_backward(const Tensor& grad, IntArrayRef size, IntArrayRef input, bool align, Scale s) {
  return upsample_backward(method, grad, size, input, align, {s});
}
template <Interpolation method>
Tensor aligned2_backward(const Tensor& grad, IntArrayRef size, IntArrayRef input, bool align, Scale h, Scale w) {
  return upsample_backward(method, grad, size, input, align, {h, w});
}
template <Interpolation method>
Tensor aligned3_backward(const Tensor& grad, IntArrayRef size, IntArrayRef input, bool align, Scale d, Scale h,
                         Scale w) {
  return upsample_backward(method, grad, size, input, align, {d, h, w});
}

/// The size of the output where it is given by itself or by factors.
std::vector<int64_t> output_size_of(const Tensor& input, const OptInts& size, const OptDoubles& factors) {
  const size_t rank = size_t(input.dim()) - 2;
  if (bool(size) == bool(factors)) throw RuntimeError("Must specify exactly one of output_size and scale_factors");
  if (size) return std::vector<int64_t>(size->begin(), size->end());
  if (factors->size() != rank) throw RuntimeError(cat("Expected ", rank, " scale factors, but got ", factors->size()));
  std::vector<int64_t> result;
  for (size_t d = 0; d < rank; ++d) {
    const double scaled = double(input.sizes()[d + 2]) * (*factors)[d];
    if (!(scaled >= 0 && scaled < 0x1p62)) throw RuntimeError(cat("scale factor ", (*factors)[d], " is out of range"));
    result.push_back(int64_t(scaled));
  }
  return result;
}
Scale factor(const OptDoubles& factors, size_t d) {
  return factors && d < factors->size() ? Scale((*factors)[d]) : Scale();
}

Scale scale_of(const Backward& b, std::string_view name) {
  return b.argument(name).is_none() ? Scale() : Scale(b.float_of(name));
}
Tensor upsample_nearest1d_vec(const Tensor& input, OptInts size, OptDoubles factors) {
  return upsample_nearest1d(input, output_size_of(input, size, factors), factor(factors, 0));
}
Tensor upsample_nearest_exact1d_vec(const Tensor& input, OptInts size, OptDoubles factors) {
  return _upsample_nearest_exact1d(input, output_size_of(input, size, factors), factor(factors, 0));
}
Tensor upsample_nearest2d_vec(const Tensor& input, OptInts size, OptDoubles factors) {
  return upsample_nearest2d(input, output_size_of(input, size, factors), factor(factors, 0), factor(factors, 1));
}
Tensor upsample_nearest_exact2d_vec(const Tensor& input, OptInts size, OptDoubles factors) {
  return _upsample_nearest_exact2d(input, output_size_of(input, size, factors), factor(factors, 0), factor(factors, 1));
}
Tensor upsample_nearest3d_vec(const Tensor& input, OptInts size, OptDoubles factors) {
  return upsample_nearest3d(input, output_size_of(input, size, factors), factor(factors, 0), factor(factors, 1),
                            factor(factors, 2));
}
Tensor upsample_nearest_exact3d_vec(const Tensor& input, OptInts size, OptDoubles factors) {
  return _upsample_nearest_exact3d(input, output_size_of(input, size, factors), factor(factors, 0), factor(factors, 1),
                                   factor(factors, 2));
}
Tensor upsample_linear1d_vec(const Tensor& input, OptInts size, bool align, OptDoubles factors) {
  return upsample_linear1d(input, output_size_of(input, size, factors), align, factor(factors, 0));
}
Tensor upsample_bilinear2d_vec(const Tensor& input, OptInts size, bool align, OptDoubles factors) {
  return upsample_bilinear2d(input, output_size_of(input, size, factors), align, factor(factors, 0),
                             factor(factors, 1));
}
Tensor upsample_trilinear3d_vec(const Tensor& input, OptInts size, bool align, OptDoubles factors) {
  return upsample_trilinear3d(input, output_size_of(input, size, factors), align, factor(factors, 0),
                              factor(factors, 1), factor(factors, 2));
}
Tensor upsample_bicubic2d_vec(const Tensor& input, OptInts size, bool align, OptDoubles factors) {
  return upsample_bicubic2d(input, output_size_of(input, size, factors), align, factor(factors, 0), factor(factors, 1));
}
Tensor upsample_bilinear2d_aa_vec(const Tensor& input, OptInts size, bool align, OptDoubles factors) {
  return _upsample_bilinear2d_aa(input, output_size_of(input, size, factors), align, factor(factors, 0),
                                 factor(factors, 1));
}
Tensor upsample_bicubic2d_aa_vec(const Tensor& input, OptInts size, bool align, OptDoubles factors) {
  return _upsample_bicubic2d_aa(input, output_size_of(input, size, factors), align, factor(factors, 0),
                                factor(factors, 1));
}
Tensor upsample_lanczos2d_aa_vec(const Tensor& input, OptInts size, bool align, OptDoubles factors) {
  return _upsample_lanczos2d_aa(input, output_size_of(input, size, factors), align, factor(factors, 0),
                                factor(factors, 1));
}

}  // namespace

void declare_upsampling(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::nn_functional;
  constexpr OpTraits kComposite = kPlain | OpTraits::composite;
  ops.add({.schema = "upsample_nearest1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&plain1<Interpolation::nearest>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return upsample_nearest1d_backward(b.grad(), b.ints_of("output_size"), b.sizes("self"),
                                                                 scale_of(b, "scales"));
                            }}},
           .grad_fn = "UpsampleNearest1DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: the nearest element."});
  ops.add({.schema = "upsample_nearest1d_backward(Tensor grad_output, SymInt[1] output_size, SymInt[3] input_size, "
                     "float? scales=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&plain1_backward<Interpolation::nearest>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return upsample_nearest1d(b.grad(), b.ints_of("output_size"), scale_of(b, "scales"));
                            }}},
           .grad_fn = "UpsampleNearest1DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of upsample_nearest1d."});
  ops.add({.schema = "upsample_nearest1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_nearest1d_vec>(),
           .traits = kComposite,
           .doc = "upsample_nearest1d by size or by factors."});
  ops.add({.schema = "_upsample_nearest_exact1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&plain1<Interpolation::nearest_exact>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _upsample_nearest_exact1d_backward(b.grad(), b.ints_of("output_size"),
                                                                        b.sizes("self"), scale_of(b, "scales"));
                            }}},
           .grad_fn = "UpsampleNearestExact1DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: the element nearest to the centre."});
  ops.add({.schema = "_upsample_nearest_exact1d_backward(Tensor grad_output, SymInt[1] output_size, SymInt[3] "
                     "input_size, float? scales=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&plain1_backward<Interpolation::nearest_exact>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _upsample_nearest_exact1d(b.grad(), b.ints_of("output_size"),
                                                               scale_of(b, "scales"));
                            }}},
           .grad_fn = "UpsampleNearestExact1DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of _upsample_nearest_exact1d."});
  ops.add({.schema = "_upsample_nearest_exact1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> "
                     "Tensor",
           .kernel = typed_kernel<&upsample_nearest_exact1d_vec>(),
           .traits = kComposite,
           .doc = "_upsample_nearest_exact1d by size or by factors."});
  ops.add({.schema = "upsample_nearest2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? "
                     "scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&plain2<Interpolation::nearest>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return upsample_nearest2d_backward(b.grad(), b.ints_of("output_size"), b.sizes("self"),
                                                                 scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleNearest2DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: the nearest element."});
  ops.add({.schema = "upsample_nearest2d_backward(Tensor grad_output, SymInt[2] output_size, SymInt[4] input_size, "
                     "float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&plain2_backward<Interpolation::nearest>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return upsample_nearest2d(b.grad(), b.ints_of("output_size"), scale_of(b, "scales_h"),
                                                        scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleNearest2DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of upsample_nearest2d."});
  ops.add({.schema = "upsample_nearest2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_nearest2d_vec>(),
           .traits = kComposite,
           .doc = "upsample_nearest2d by size or by factors."});
  ops.add({.schema = "_upsample_nearest_exact2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? "
                     "scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&plain2<Interpolation::nearest_exact>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _upsample_nearest_exact2d_backward(b.grad(), b.ints_of("output_size"),
                                                                        b.sizes("self"), scale_of(b, "scales_h"),
                                                                        scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleNearestExact2DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: the element nearest to the centre."});
  ops.add({.schema = "_upsample_nearest_exact2d_backward(Tensor grad_output, SymInt[2] output_size, SymInt[4] "
                     "input_size, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&plain2_backward<Interpolation::nearest_exact>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _upsample_nearest_exact2d(b.grad(), b.ints_of("output_size"),
                                                               scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleNearestExact2DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of _upsample_nearest_exact2d."});
  ops.add({.schema = "_upsample_nearest_exact2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> "
                     "Tensor",
           .kernel = typed_kernel<&upsample_nearest_exact2d_vec>(),
           .traits = kComposite,
           .doc = "_upsample_nearest_exact2d by size or by factors."});
  ops.add({.schema = "upsample_nearest3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? "
                     "scales_h=None, float? scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&plain3<Interpolation::nearest>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return upsample_nearest3d_backward(b.grad(), b.ints_of("output_size"), b.sizes("self"),
                                                                 scale_of(b, "scales_d"), scale_of(b, "scales_h"),
                                                                 scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleNearest3DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: the nearest element."});
  ops.add({.schema = "upsample_nearest3d_backward(Tensor grad_output, SymInt[3] output_size, SymInt[5] input_size, "
                     "float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&plain3_backward<Interpolation::nearest>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return upsample_nearest3d(b.grad(), b.ints_of("output_size"), scale_of(b, "scales_d"),
                                                        scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleNearest3DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of upsample_nearest3d."});
  ops.add({.schema = "upsample_nearest3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_nearest3d_vec>(),
           .traits = kComposite,
           .doc = "upsample_nearest3d by size or by factors."});
  ops.add({.schema = "_upsample_nearest_exact3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? "
                     "scales_h=None, float? scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&plain3<Interpolation::nearest_exact>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _upsample_nearest_exact3d_backward(
                                  b.grad(), b.ints_of("output_size"), b.sizes("self"), scale_of(b, "scales_d"),
                                  scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleNearestExact3DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: the element nearest to the centre."});
  ops.add({.schema = "_upsample_nearest_exact3d_backward(Tensor grad_output, SymInt[3] output_size, SymInt[5] "
                     "input_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&plain3_backward<Interpolation::nearest_exact>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _upsample_nearest_exact3d(b.grad(), b.ints_of("output_size"),
                                                               scale_of(b, "scales_d"), scale_of(b, "scales_h"),
                                                               scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleNearestExact3DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of _upsample_nearest_exact3d."});
  ops.add({.schema = "_upsample_nearest_exact3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> "
                     "Tensor",
           .kernel = typed_kernel<&upsample_nearest_exact3d_vec>(),
           .traits = kComposite,
           .doc = "_upsample_nearest_exact3d by size or by factors."});
  ops.add({.schema = "upsample_linear1d(Tensor self, SymInt[1] output_size, bool align_corners, float? scales=None) "
                     "-> Tensor",
           .out = "out",
           .kernel = typed_kernel<&aligned1<Interpolation::linear>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return upsample_linear1d_backward(b.grad(), b.ints_of("output_size"), b.sizes("self"),
                                                                b.bool_of("align_corners"), scale_of(b, "scales"));
                            }}},
           .grad_fn = "UpsampleLinear1DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: linear interpolation."});
  ops.add({.schema = "upsample_linear1d_backward(Tensor grad_output, SymInt[1] output_size, SymInt[3] input_size, "
                     "bool align_corners, float? scales=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&aligned1_backward<Interpolation::linear>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return upsample_linear1d(b.grad(), b.ints_of("output_size"), b.bool_of("align_corners"),
                                                       scale_of(b, "scales"));
                            }}},
           .grad_fn = "UpsampleLinear1DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of upsample_linear1d."});
  ops.add({.schema = "upsample_linear1d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? "
                     "scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_linear1d_vec>(),
           .traits = kComposite,
           .doc = "upsample_linear1d by size or by factors."});
  ops.add({.schema = "upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? "
                     "scales_h=None, float? scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&aligned2<Interpolation::linear>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return upsample_bilinear2d_backward(b.grad(), b.ints_of("output_size"), b.sizes("self"),
                                                                  b.bool_of("align_corners"), scale_of(b, "scales_h"),
                                                                  scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleBilinear2DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: linear interpolation."});
  ops.add({.schema = "upsample_bilinear2d_backward(Tensor grad_output, SymInt[2] output_size, SymInt[4] input_size, "
                     "bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&aligned2_backward<Interpolation::linear>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return upsample_bilinear2d(b.grad(), b.ints_of("output_size"), b.bool_of("align_corners"),
                                                         scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleBilinear2DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of upsample_bilinear2d."});
  ops.add({.schema = "upsample_bilinear2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? "
                     "scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_bilinear2d_vec>(),
           .traits = kComposite,
           .doc = "upsample_bilinear2d by size or by factors."});
  ops.add({.schema = "upsample_trilinear3d(Tensor self, SymInt[3] output_size, bool align_corners, float? "
                     "scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&aligned3<Interpolation::linear>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return upsample_trilinear3d_backward(b.grad(), b.ints_of("output_size"), b.sizes("self"),
                                                                   b.bool_of("align_corners"), scale_of(b, "scales_d"),
                                                                   scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleTrilinear3DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: linear interpolation."});
  ops.add({.schema = "upsample_trilinear3d_backward(Tensor grad_output, SymInt[3] output_size, SymInt[5] input_size, "
                     "bool align_corners, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> "
                     "Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&aligned3_backward<Interpolation::linear>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return upsample_trilinear3d(b.grad(), b.ints_of("output_size"),
                                                          b.bool_of("align_corners"), scale_of(b, "scales_d"),
                                                          scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleTrilinear3DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of upsample_trilinear3d."});
  ops.add({.schema = "upsample_trilinear3d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? "
                     "scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_trilinear3d_vec>(),
           .traits = kComposite,
           .doc = "upsample_trilinear3d by size or by factors."});
  ops.add({.schema = "upsample_bicubic2d(Tensor self, SymInt[2] output_size, bool align_corners, float? "
                     "scales_h=None, float? scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&aligned2<Interpolation::cubic>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return upsample_bicubic2d_backward(b.grad(), b.ints_of("output_size"), b.sizes("self"),
                                                                 b.bool_of("align_corners"), scale_of(b, "scales_h"),
                                                                 scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleBicubic2DBackward0",
           .traits = kPlain,
           .doc = "The image at another size: cubic interpolation."});
  ops.add({.schema = "upsample_bicubic2d_backward(Tensor grad_output, SymInt[2] output_size, SymInt[4] input_size, "
                     "bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&aligned2_backward<Interpolation::cubic>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return upsample_bicubic2d(b.grad(), b.ints_of("output_size"), b.bool_of("align_corners"),
                                                        scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleBicubic2DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of upsample_bicubic2d."});
  ops.add({.schema = "upsample_bicubic2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? "
                     "scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_bicubic2d_vec>(),
           .traits = kComposite,
           .doc = "upsample_bicubic2d by size or by factors."});
  ops.add({.schema = "_upsample_bilinear2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? "
                     "scales_h=None, float? scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&aligned2<Interpolation::linear_antialias>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _upsample_bilinear2d_aa_backward(b.grad(), b.ints_of("output_size"),
                                                                      b.sizes("self"), b.bool_of("align_corners"),
                                                                      scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleBilinear2DAaBackward0",
           .traits = kPlain,
           .doc = "The image at another size: a linear filter over all covered elements."});
  ops.add({.schema = "_upsample_bilinear2d_aa_backward(Tensor grad_output, SymInt[2] output_size, SymInt[4] "
                     "input_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&aligned2_backward<Interpolation::linear_antialias>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _upsample_bilinear2d_aa(b.grad(), b.ints_of("output_size"),
                                                             b.bool_of("align_corners"), scale_of(b, "scales_h"),
                                                             scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleBilinear2DAaBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of _upsample_bilinear2d_aa."});
  ops.add({.schema = "_upsample_bilinear2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? "
                     "scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_bilinear2d_aa_vec>(),
           .traits = kComposite,
           .doc = "_upsample_bilinear2d_aa by size or by factors."});
  ops.add({.schema = "_upsample_bicubic2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? "
                     "scales_h=None, float? scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&aligned2<Interpolation::cubic_antialias>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _upsample_bicubic2d_aa_backward(b.grad(), b.ints_of("output_size"),
                                                                     b.sizes("self"), b.bool_of("align_corners"),
                                                                     scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleBicubic2DAaBackward0",
           .traits = kPlain,
           .doc = "The image at another size: a cubic filter over all covered elements."});
  ops.add({.schema = "_upsample_bicubic2d_aa_backward(Tensor grad_output, SymInt[2] output_size, SymInt[4] "
                     "input_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&aligned2_backward<Interpolation::cubic_antialias>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _upsample_bicubic2d_aa(b.grad(), b.ints_of("output_size"),
                                                            b.bool_of("align_corners"), scale_of(b, "scales_h"),
                                                            scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleBicubic2DAaBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of _upsample_bicubic2d_aa."});
  ops.add({.schema = "_upsample_bicubic2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? "
                     "scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_bicubic2d_aa_vec>(),
           .traits = kComposite,
           .doc = "_upsample_bicubic2d_aa by size or by factors."});
  ops.add({.schema = "_upsample_lanczos2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? "
                     "scales_h=None, float? scales_w=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&aligned2<Interpolation::lanczos_antialias>>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _upsample_lanczos2d_aa_backward(b.grad(), b.ints_of("output_size"),
                                                                     b.sizes("self"), b.bool_of("align_corners"),
                                                                     scale_of(b, "scales_h"), scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleLanczos2DAaBackward0",
           .traits = kPlain,
           .doc = "The image at another size: Lanczos' filter over all covered elements."});
  ops.add({.schema = "_upsample_lanczos2d_aa_backward(Tensor grad_output, SymInt[2] output_size, SymInt[4] "
                     "input_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&aligned2_backward<Interpolation::lanczos_antialias>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _upsample_lanczos2d_aa(b.grad(), b.ints_of("output_size"),
                                                            b.bool_of("align_corners"), scale_of(b, "scales_h"),
                                                            scale_of(b, "scales_w"));
                            }}},
           .grad_fn = "UpsampleLanczos2DAaBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of _upsample_lanczos2d_aa."});
  ops.add({.schema = "_upsample_lanczos2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? "
                     "scale_factors) -> Tensor",
           .kernel = typed_kernel<&upsample_lanczos2d_aa_vec>(),
           .traits = kComposite,
           .doc = "_upsample_lanczos2d_aa by size or by factors."});
}

}  // namespace rushlight::ops
