/// Max unpooling: elements put back where a max pooling found them; and pooling over random windows (Graham 2014).
#include <cmath>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/unpooling.h"
#include "ops/operators.h"
#include "ops/pooling.h"
#include "ops/typed_kernel.h"
#include "ops/zero_gradient.h"

namespace rushlight::ops {
namespace {

using Pair = std::tuple<Tensor, Tensor>;

// ---- Unpooling

std::string volume_text(IntArrayRef sizes) {
  std::string text;
  for (int64_t size : sizes) text += cat(text.empty() ? "" : "x", size);
  return text;
}
Tensor unpool(const Tensor& self, const Tensor& indices, IntArrayRef output_size, size_t rank) {
  const std::string_view parts = rank == 2 ? "two elements (height, width)" : "three elements (depth, height, width)";
  if (output_size.size() != rank)
    throw RuntimeError(
        cat("There should be exactly ", parts, " in output_size, but got ", output_size.size(), " elements."));
  if (indices.dtype() != ScalarType::int64)
    throw RuntimeError(cat("elements in indices should be type int64 but got: ", dtype_info(indices.dtype()).ir_name));
  const size_t dims = size_t(self.dim());
  if (dims != rank + 1 && dims != rank + 2)
    throw RuntimeError(cat("Input to max_unpooling", rank, "d should be a ", rank + 1, "d or ", rank + 2,
                           "d Tensor, but got a tensor with ", dims, " dimensions."));
  if (!(self.sizes() == indices.sizes()))
    throw RuntimeError(cat("Expected shape of indices to be same as that of the input tensor (",
                           shape_text(self.sizes()),
                           ") but got indices tensor with shape: ", shape_text(indices.sizes())));
  for (size_t d = dims - rank; d < dims; ++d)
    if (self.sizes()[d] == 0)
      throw RuntimeError(cat("max_unpooling", rank,
                             "d(): Expected input to have non-zero size for non-batch dimensions, ", "but got ",
                             shape_text(self.sizes()), " with dimension ", d, " being empty."));
  Shape shape(self.sizes().slice(0, dims - rank));
  for (int64_t size : output_size) shape.push_back(size);
  Tensor output = empty_tensor(shape, self.dtype(), self.device());
  cpu::fill(output, 0);
  const Tensor values = cpu::contiguous(self), places = cpu::contiguous(indices);
  const std::string_view name = rank == 2 ? "max_unpool2d" : "max_unpool3d";
  cpu::dispatch<kFloating>(self.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t area = numel_of(output_size), count = numel_of(self.sizes().slice(dims - rank, rank));
    for (int64_t i = 0; i < values.numel(); ++i) {
      const int64_t place = places.data<int64_t>()[i];
      if (place < 0 || place >= area)
        throw RuntimeError(
            cat("Found an invalid max index: ", place, " (output volumes are of size ", volume_text(output_size)));
      output.data<T>()[i / count * area + place] = values.data<T>()[i];
    }
  });
  return output;
}
Tensor max_unpool2d_cpu(const Tensor& self, const Tensor& indices, IntArrayRef output_size) {
  return unpool(self, indices, output_size, 2);
}
Tensor max_unpool3d_cpu(const Tensor& self, const Tensor& indices, IntArrayRef output_size, IntArrayRef stride,
                        IntArrayRef padding) {
  const auto three = [](IntArrayRef list, std::string_view name) {
    if (list.size() != 3)
      throw RuntimeError(cat("There should be exactly three elements (depth, height, width) in ", name,
                             ", but got: ", list.size(), " elements."));
  };
  three(stride, "stride");
  three(padding, "padding");
  if (stride[0] <= 0 || stride[1] <= 0 || stride[2] <= 0)
    throw RuntimeError(cat("strides should be greater than zero, but got stride: ", shape_text(stride)));
  return unpool(self, indices, output_size, 3);
}

// ---- Random windows

/// Where the windows along one dimension begin. Every step is rounded to T.
template <class T>
std::vector<int64_t> random_starts(T sample, int64_t input, int64_t output, int64_t window) {
  std::vector<int64_t> starts(static_cast<size_t>(output));
  const auto round = [](auto x) { return T(x); };
  using C = cpu::Compute<T>;
  if (output > 1) {
    const T alpha = round(C(round(C(input - window))) / C(round(C(output - 1))));
    const auto place = [&](T x) { return int64_t(C(round(C(x) * C(alpha)))); };
    for (int64_t i = 0; i + 1 < output; ++i)
      starts[size_t(i)] = place(round(C(round(C(i))) + C(sample))) - place(sample);
  }
  if (output > 0) starts.back() = input - window;
  return starts;
}

/// "time", "height", "width"
constexpr std::string_view kAxes[] = {"time", "height", "width"};

template <size_t kRank>
Pair fractional_max_pool(const Tensor& self, IntArrayRef kernel_size, IntArrayRef output_size,
                         const Tensor& random_samples) {
  const std::string name = cat("fractional_max_pool", kRank, "d");
  if (kernel_size.size() != 1 && kernel_size.size() != kRank)
    throw RuntimeError(cat(name, ": kernel_size must either be a single Int or tuple of Ints"));
  if (output_size.size() != 1 && output_size.size() != kRank)
    throw RuntimeError(cat(name, ": output_size must either be a single Int or tuple of Ints"));
  const size_t dims = size_t(self.dim());
  if (dims != kRank + 1 && dims != kRank + 2)
    throw RuntimeError(
        cat(name, "_out(): Expected ", kRank + 1, "D or ", kRank + 2, "D tensor, but got: ", shape_text(self.sizes())));
  std::array<int64_t, 3> in = {1, 1, 1}, out = {1, 1, 1}, window = {1, 1, 1};
  for (size_t d = 0; d < kRank; ++d) {
    const size_t to = 3 - kRank + d;
    in[to] = self.sizes()[dims - kRank + d];
    out[to] = output_size[output_size.size() == 1 ? 0 : d];
    window[to] = kernel_size[kernel_size.size() == 1 ? 0 : d];
    if (in[to] == 0)
      throw RuntimeError(cat(name, "_out(): Expected input to have non-zero size for non-batch dimensions, but got ",
                             shape_text(self.sizes()), " with dimension ", dims - kRank + d, " being empty."));
    if (out[to] < 0 || window[to] < 1 || out[to] + window[to] - 1 > in[to])
      throw RuntimeError(
          cat(name, "(): pool ", kAxes[to], " ", window[to], " too large relative to input ", kAxes[to], " ", in[to]));
  }
  const int64_t channels = self.sizes()[dims - kRank - 1], samples = dims == kRank + 2 ? self.sizes()[0] : 1;
  if (random_samples.dtype() != self.dtype())
    throw RuntimeError("Expect _random_samples to have the same dtype as input");
  if (random_samples.dim() != 3)
    throw RuntimeError(cat("Expect _random_samples to have 3 dimensions, got ", random_samples.dim()));
  if (random_samples.sizes()[0] < samples || random_samples.sizes()[1] < channels ||
      random_samples.sizes()[2] != int64_t(kRank))
    throw RuntimeError(cat("Expect _random_samples of at least ", samples, " x ", channels, " x ", kRank, ", got ",
                           shape_text(random_samples.sizes())));
  Shape shape(self.sizes().slice(0, dims - kRank));
  for (size_t d = 3 - kRank; d < 3; ++d) shape.push_back(out[d]);
  Tensor output = empty_tensor(shape, self.dtype(), self.device());
  Tensor indices = empty_tensor(shape, ScalarType::int64, self.device());
  const Tensor image = cpu::contiguous(self), chances = cpu::contiguous(random_samples);
  const std::string_view kernel_name =
      kRank == 2 ? "fractional_max_pool2d_out_frame" : "fractional_max_pool3d_out_frame";
  cpu::dispatch<kFloating>(self.dtype(), kernel_name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    const int64_t in_area = in[0] * in[1] * in[2], out_area = out[0] * out[1] * out[2];
    const int64_t sample_stride = random_samples.sizes()[1] * int64_t(kRank);
    parallel_for(0, samples * channels, 1, [&](int64_t from, int64_t to) {
      for (int64_t plane = from; plane < to; ++plane) {
        const T* chance = chances.data<T>() + plane / channels * sample_stride + plane % channels * int64_t(kRank);
        std::array<std::vector<int64_t>, 3> starts = {std::vector<int64_t>{0}, {0}, {0}};
        for (size_t d = 0; d < kRank; ++d) {
          // In a plane the width's number comes first, in a volume the depth's.
          const size_t which = kRank == 2 ? 1 - d : d, axis = 3 - kRank + d;
          starts[axis] = random_starts<T>(chance[which], in[axis], out[axis], window[axis]);
        }
        const T* x = image.data<T>() + plane * in_area;
        int64_t at = plane * out_area;
        for (int64_t d0 : starts[0])
          for (int64_t h0 : starts[1])
            for (int64_t w0 : starts[2]) {
              int64_t best_at = (d0 * in[1] + h0) * in[2] + w0;
              C best = -std::numeric_limits<C>::infinity();
              for (int64_t d = d0; d < d0 + window[0]; ++d)
                for (int64_t h = h0; h < h0 + window[1]; ++h)
                  for (int64_t w = w0; w < w0 + window[2]; ++w) {
                    const int64_t place = (d * in[1] + h) * in[2] + w;
                    const C value = C(x[place]);
                    if (value > best || std::isnan(value)) {
                      best = value;
                      best_at = place;
                    }
                  }
              output.data<T>()[at] = T(best);
              indices.data<int64_t>()[at++] = best_at;
            }
      }
    });
  });
  return {output, indices};
}
template <size_t kRank>
Tensor fractional_max_pool_backward(const Tensor& grad_output, const Tensor& self, IntArrayRef, IntArrayRef,
                                    const Tensor& indices) {
  return add_to_planes(grad_output, self, indices, kRank,
                       kRank == 2 ? "fractional_max_pool2d_backward" : "fractional_max_pool3d_backward");
}

}  // namespace

void declare_unpooling(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::nn_functional;
  ops.add(
      {.schema = "max_unpool2d(Tensor self, Tensor indices, SymInt[2] output_size) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&max_unpool2d_cpu>(),
       .saves = "indices",
       .derivatives = {{"self", [](const Backward& b) { return choose_from_planes(b.grad(), b.saved("indices"), 2); }}},
       .grad_fn = "MaxUnpool2DBackward0",
       .traits = kPlain,
       .doc = "Elements put at their indices in planes of zeros."});
  ops.add(
      {.schema = "max_unpool3d(Tensor self, Tensor indices, SymInt[3] output_size, int[3] stride, int[3] padding) -> "
                 "Tensor",
       .out = "out",
       .kernel = typed_kernel<&max_unpool3d_cpu>(),
       .saves = "indices",
       .derivatives = {{"self", [](const Backward& b) { return choose_from_planes(b.grad(), b.saved("indices"), 3); }}},
       .grad_fn = "MaxUnpool3DBackward0",
       .traits = kPlain,
       .doc = "Elements put at their indices in volumes of zeros."});
  ops.add({.schema =
               "fractional_max_pool2d(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples) "
               "-> (Tensor, Tensor)",
           .out = "output",
           .kernel = typed_kernel<&fractional_max_pool<2>>(),
           .saves = "self, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return fractional_max_pool2d_backward(b.grad(), b.saved("self"), b.ints_of("kernel_size"),
                                                                    b.ints_of("output_size"), b.result(1));
                            }}},
           .grad_fn = "FractionalMaxPool2DBackward0",
           .traits = kPlain,
           .doc = "The maxima of windows at random places, and their positions."});
  ops.add({.schema = "fractional_max_pool2d_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] "
                     "output_size, Tensor indices) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&fractional_max_pool_backward<2>>(),
           .saves = "indices",
           .derivatives = {{"grad_output",
                            [](const Backward& b) { return choose_from_planes(b.grad(), b.saved("indices"), 2); }},
                           {"self", &zero_wrt_self}},
           .traits = kPlain,
           .doc = "The gradient of fractional_max_pool2d."});
  ops.add({.schema =
               "fractional_max_pool3d(Tensor self, int[3] kernel_size, int[3] output_size, Tensor random_samples) "
               "-> (Tensor, Tensor)",
           .out = "output",
           .kernel = typed_kernel<&fractional_max_pool<3>>(),
           .saves = "self, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return fractional_max_pool3d_backward(b.grad(), b.saved("self"), b.ints_of("kernel_size"),
                                                                    b.ints_of("output_size"), b.result(1));
                            }}},
           .grad_fn = "FractionalMaxPool3DBackward0",
           .traits = kPlain,
           .doc = "The maxima of windows at random places of a volume, and their positions."});
  ops.add({.schema = "fractional_max_pool3d_backward(Tensor grad_output, Tensor self, int[3] kernel_size, int[3] "
                     "output_size, Tensor indices) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&fractional_max_pool_backward<3>>(),
           .saves = "indices",
           .derivatives = {{"grad_output",
                            [](const Backward& b) { return choose_from_planes(b.grad(), b.saved("indices"), 3); }},
                           {"self", &zero_wrt_self}},
           .traits = kPlain,
           .doc = "The gradient of fractional_max_pool3d."});
}

}  // namespace rushlight::ops
