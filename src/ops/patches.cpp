/// Patches of images as columns and back, and elements moved between channels and space.
#include <cstring>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/patches.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

// ---- Patches

/// All windows over an image of `channels` planes, as columns of a matrix.
struct PatchGeometry {
  int64_t samples = 1, channels = 0;
  std::array<int64_t, 2> image, kernel, dilation, padding, stride, count;
  int64_t columns() const { return count[0] * count[1]; }
  int64_t rows() const { return channels * kernel[0] * kernel[1]; }
  int64_t image_size() const { return channels * image[0] * image[1]; }
};

std::array<int64_t, 2> pair_of(std::string_view op, std::string_view name, IntArrayRef list) {
  if (list.size() != 2) throw RuntimeError(cat("It is expected ", name, " equals to 2, but got size ", list.size()));
  (void)op;
  return {list[0], list[1]};
}
PatchGeometry patch_geometry(std::string_view op, IntArrayRef image, IntArrayRef kernel, IntArrayRef dilation,
                             IntArrayRef padding, IntArrayRef stride) {
  PatchGeometry g;
  g.image = {image[0], image[1]};
  g.kernel = pair_of(op, "kernel_size", kernel);
  g.dilation = pair_of(op, "dilation", dilation);
  g.padding = pair_of(op, "padding", padding);
  g.stride = pair_of(op, "stride", stride);
  const auto positive = [](std::string_view what, const std::array<int64_t, 2>& v, std::string_view letter) {
    if (v[0] <= 0 || v[1] <= 0)
      throw RuntimeError(
          cat(what, " should be greater than zero, but got ", letter, "height: ", v[0], " ", letter, "width: ", v[1]));
  };
  positive("kernel size", g.kernel, "kernel_");
  positive("dilation", g.dilation, "dilation_");
  if (g.padding[0] < 0 || g.padding[1] < 0)
    throw RuntimeError(
        cat("padding should be non-negative, but got pad_height: ", g.padding[0], " pad_width: ", g.padding[1]));
  positive("stride", g.stride, "stride_");
  for (size_t d = 0; d < 2; ++d) {
    const int64_t span = g.image[d] + 2 * g.padding[d] - (g.dilation[d] * (g.kernel[d] - 1) + 1);
    g.count[d] = span >= 0 ? span / g.stride[d] + 1 : (span - g.stride[d] + 1) / g.stride[d] + 1;
  }
  return g;
}

/// Calls fn(row and column of the matrix as one offset, offset in the image or -1 for the padding) in one sample.
template <class Fn>
void for_each_patch_element(const PatchGeometry& g, int64_t row, Fn&& fn) {
  const int64_t kx = row % g.kernel[1], ky = row / g.kernel[1] % g.kernel[0], c = row / (g.kernel[0] * g.kernel[1]);
  for (int64_t y = 0; y < g.count[0]; ++y) {
    const int64_t iy = y * g.stride[0] - g.padding[0] + ky * g.dilation[0];
    const bool inside = iy >= 0 && iy < g.image[0];
    for (int64_t x = 0; x < g.count[1]; ++x) {
      const int64_t ix = x * g.stride[1] - g.padding[1] + kx * g.dilation[1];
      const int64_t from = inside && ix >= 0 && ix < g.image[1] ? (c * g.image[0] + iy) * g.image[1] + ix : -1;
      fn(row * g.columns() + y * g.count[1] + x, from);
    }
  }
}

template <class Unit>
void copy_patches(const PatchGeometry& g, const void* image, void* columns) {
  const Unit* in = static_cast<const Unit*>(image);
  Unit* out = static_cast<Unit*>(columns);
  parallel_for(0, g.samples * g.rows(), std::max<int64_t>(1, 16384 / g.columns()), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Unit* from = in + i / g.rows() * g.image_size();
      Unit* to = out + i / g.rows() * g.rows() * g.columns();
      for_each_patch_element(g, i % g.rows(),
                             [&](int64_t at, int64_t source) { to[at] = source < 0 ? Unit{} : from[source]; });
    }
  });
}
struct Sixteen {
  uint64_t parts[2];
};

Tensor im2col_cpu(const Tensor& self, IntArrayRef kernel, IntArrayRef dilation, IntArrayRef padding,
                  IntArrayRef stride) {
  const int64_t dims = self.dim();
  const bool valid = (dims == 3 || dims == 4) && self.size(-1) != 0 && self.size(-2) != 0 && self.size(-3) != 0;
  const auto check_rank = [&] {
    if (!valid)
      throw RuntimeError(cat("Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero ",
                             "dimensions for input, but got: ", shape_text(self.sizes())));
  };
  if (dims < 2) check_rank();
  PatchGeometry g = patch_geometry("im2col", {self.size(-2), self.size(-1)}, kernel, dilation, padding, stride);
  check_rank();
  g.channels = self.size(-3);
  g.samples = dims == 4 ? self.sizes()[0] : 1;
  if (g.count[0] < 1 || g.count[1] < 1)
    throw RuntimeError(cat("Given input with spatial size (", g.image[0], ", ", g.image[1], "), kernel_size=(",
                           g.kernel[0], ", ", g.kernel[1], "), dilation=(", g.dilation[0], ", ", g.dilation[1],
                           "), padding=(", g.padding[0], ", ", g.padding[1], "), stride=(", g.stride[0], ", ",
                           g.stride[1], "), calculated shape of the array of sliding blocks as (", g.count[0], ", ",
                           g.count[1], "), but its components must be at least one."));
  cpu::dispatch<kFloating | kComplex | kBool>(self.dtype(), "im2col_out_cpu", [](auto) {});
  Shape shape({g.rows(), g.columns()});
  if (dims == 4) shape = Shape({g.samples, g.rows(), g.columns()});
  Tensor output = empty_tensor(shape, self.dtype(), self.device());
  if (output.numel() == 0 || self.is_meta()) return output;
  const Tensor image = cpu::contiguous(self);
  switch (self.item_size()) {
    case 1:
      copy_patches<uint8_t>(g, image.data(), output.data());
      break;
    case 2:
      copy_patches<uint16_t>(g, image.data(), output.data());
      break;
    case 4:
      copy_patches<uint32_t>(g, image.data(), output.data());
      break;
    case 8:
      copy_patches<uint64_t>(g, image.data(), output.data());
      break;
    default:
      copy_patches<Sixteen>(g, image.data(), output.data());
  }
  return output;
}

Tensor col2im_cpu(const Tensor& self, IntArrayRef output_size, IntArrayRef kernel, IntArrayRef dilation,
                  IntArrayRef padding, IntArrayRef stride) {
  pair_of("col2im", "output_size", output_size);
  PatchGeometry g = patch_geometry("col2im", output_size, kernel, dilation, padding, stride);
  const int64_t dims = self.dim();
  if ((dims != 2 && dims != 3) || self.size(-1) == 0 || self.size(-2) == 0)
    throw RuntimeError(cat("Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero ",
                           "dimensions for input, but got: ", shape_text(self.sizes())));
  const int64_t area = g.kernel[0] * g.kernel[1], rows = self.size(-2);
  if (rows % area != 0)
    throw RuntimeError(
        cat("Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got ",
            "input.size(1)=", rows, " and kernel_size=(", g.kernel[0], ", ", g.kernel[1], ")."));
  if (self.size(-1) != g.columns() || g.count[0] < 1 || g.count[1] < 1)
    throw RuntimeError(cat("Given output_size=(", g.image[0], ", ", g.image[1], "), kernel_size=(", g.kernel[0], ", ",
                           g.kernel[1], "), dilation=(", g.dilation[0], ", ", g.dilation[1], "), padding=(",
                           g.padding[0], ", ", g.padding[1], "), stride=(", g.stride[0], ", ", g.stride[1],
                           "), expected size of input's dimension 2 to match the calculated number of sliding blocks ",
                           g.count[0], " * ", g.count[1], " = ", g.columns(), ", but got input.size(2)=", self.size(-1),
                           "."));
  if (g.image[0] < 1 || g.image[1] < 1)
    throw RuntimeError(
        cat("Expected output spatial size to be positive, but got: output_size=(", g.image[0], ", ", g.image[1], ")."));
  g.channels = rows / area;
  g.samples = dims == 3 ? self.sizes()[0] : 1;
  Shape shape({g.channels, g.image[0], g.image[1]});
  if (dims == 3) shape = Shape({g.samples, g.channels, g.image[0], g.image[1]});
  const bool half = kReducedFloating.contains(self.dtype());
  const ScalarType work = half ? ScalarType::float32 : self.dtype();
  const Tensor columns = cpu::contiguous(cpu::to_dtype(self, work));
  Tensor output = empty_tensor(shape, work, self.device());
  cpu::fill(output, 0);
  constexpr DtypeSet kSet = (kFloating - kReducedFloating) | kComplex | kBool;
  cpu::dispatch<kSet>(work, "col2im_out_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (columns.numel() == 0 || self.is_meta()) return;
    const int64_t column_size = g.rows() * g.columns();
    parallel_for(0, g.samples * g.channels, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const T* from = columns.data<T>() + i / g.channels * column_size;
        T* to = output.data<T>() + i / g.channels * g.image_size();
        for (int64_t row = i % g.channels * area; row < (i % g.channels + 1) * area; ++row)
          for_each_patch_element(g, row, [&](int64_t at, int64_t target) {
            if (target >= 0) to[target] = T(to[target] + from[at]);
          });
      }
    });
  });
  return cpu::to_dtype(output, self.dtype());
}

// ---- Channels and space

Tensor pixel_shuffle_cpu(const Tensor& self, int64_t upscale_factor) {
  if (self.dim() < 3)
    throw RuntimeError(cat("pixel_shuffle expects input to have at least 3 dimensions, but got input with ", self.dim(),
                           " dimension(s)"));
  if (upscale_factor <= 0)
    throw RuntimeError(cat("pixel_shuffle expects a positive upscale_factor, but got ", upscale_factor));
  const int64_t f = upscale_factor, channels = self.size(-3), height = self.size(-2), width = self.size(-1);
  if (channels % (f * f) != 0)
    throw RuntimeError(cat("pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of ",
                           "upscale_factor, but input.size(-3)=", channels, " is not divisible by ", f * f));
  const IntArrayRef outer = self.sizes().slice(0, size_t(self.dim()) - 3);
  const int64_t samples = numel_of(outer), depth = channels / (f * f);
  const Tensor split = reshape(self, {samples, depth, f, f, height, width});
  Shape shape(outer);
  for (int64_t size : {depth, height * f, width * f}) shape.push_back(size);
  return cpu::clone(reshape(permute(split, {0, 1, 4, 2, 5, 3}), shape), MemoryFormat::contiguous);
}
Tensor pixel_unshuffle_cpu(const Tensor& self, int64_t downscale_factor) {
  if (self.dim() < 3)
    throw RuntimeError(cat("pixel_unshuffle expects input to have at least 3 dimensions, but got input with ",
                           self.dim(), " dimension(s)"));
  if (downscale_factor <= 0)
    throw RuntimeError(cat("pixel_unshuffle expects a positive downscale_factor, but got ", downscale_factor));
  const int64_t f = downscale_factor, channels = self.size(-3), height = self.size(-2), width = self.size(-1);
  if (height % f != 0)
    throw RuntimeError(cat("pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)=",
                           height, " is not divisible by ", f));
  if (width % f != 0)
    throw RuntimeError(cat("pixel_unshuffle expects width to be divisible by downscale_factor, but input.size(-1)=",
                           width, " is not divisible by ", f));
  const IntArrayRef outer = self.sizes().slice(0, size_t(self.dim()) - 3);
  const Tensor split = reshape(self, {numel_of(outer), channels, height / f, f, width / f, f});
  Shape shape(outer);
  for (int64_t size : {channels * f * f, height / f, width / f}) shape.push_back(size);
  return cpu::clone(reshape(permute(split, {0, 1, 3, 5, 2, 4}), shape), MemoryFormat::contiguous);
}
Tensor channel_shuffle_cpu(const Tensor& self, int64_t groups) {
  if (self.dim() <= 2)
    throw RuntimeError(
        cat("channel_shuffle expects input with > 2 dims, but got input with sizes ", shape_text(self.sizes())));
  const int64_t n = self.sizes()[0], channels = self.sizes()[1];
  if (groups <= 0)
    throw RuntimeError(cat("Number of groups to divide channels in must be positive. Value of groups:", groups));
  if (channels % groups != 0)
    throw RuntimeError(
        cat("Number of channels must be divisible by groups. Got ", channels, " channels and ", groups, " groups."));
  const int64_t area = numel_of(self.sizes().slice(2, size_t(self.dim()) - 2));
  const Tensor split = reshape(self, {n, groups, channels / groups, area});
  return cpu::clone(reshape(permute(split, {0, 2, 1, 3}), self.sizes()), MemoryFormat::contiguous);
}

}  // namespace

void declare_patches(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::nn_functional;
  constexpr OpTraits kTorch = OpTraits::no_method;
  ops.add(
      {.schema = "im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&im2col_cpu>(),
       .derivatives = {{"self",
                        [](const Backward& b) {
                          const IntArrayRef sizes = b.sizes("self");
                          return col2im(b.grad(), sizes.slice(sizes.size() - 2, 2), b.ints_of("kernel_size"),
                                        b.ints_of("dilation"), b.ints_of("padding"), b.ints_of("stride"));
                        }}},
       .grad_fn = "Im2ColBackward0",
       .traits = kPlain,
       .doc = "The windows over an image, each as a column."});
  ops.add({.schema = "col2im(Tensor self, SymInt[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, "
                     "int[2] stride) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&col2im_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return im2col(b.grad(), b.ints_of("kernel_size"), b.ints_of("dilation"),
                                            b.ints_of("padding"), b.ints_of("stride"));
                            }}},
           .grad_fn = "Col2ImBackward0",
           .traits = kPlain,
           .doc = "Columns added up at the places of their windows in an image."});
  ops.add({.schema = "pixel_shuffle(Tensor self, int upscale_factor) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&pixel_shuffle_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) { return pixel_unshuffle(b.grad(), b.int_of("upscale_factor")); }}},
           .traits = kTorch,
           .doc = "Channels spread over squares of pixels."});
  ops.add({.schema = "pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&pixel_unshuffle_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) { return pixel_shuffle(b.grad(), b.int_of("downscale_factor")); }}},
           .traits = kTorch,
           .doc = "Squares of pixels gathered in channels."});
  ops.add({.schema = "channel_shuffle(Tensor self, SymInt groups) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&channel_shuffle_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return channel_shuffle(b.grad(), b.sizes("self")[1] / b.int_of("groups"));
                            }}},
           .traits = kTorch,
           .doc = "Channels of several groups interleaved."});
  ops.add({.schema = "native_channel_shuffle(Tensor self, SymInt groups) -> Tensor",
           .kernel = typed_kernel<&channel_shuffle_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return native_channel_shuffle(b.grad(), b.sizes("self")[1] / b.int_of("groups"));
                            }}},
           .traits = kTorch,
           .doc = "Channels of several groups interleaved."});
}

}  // namespace rushlight::ops
