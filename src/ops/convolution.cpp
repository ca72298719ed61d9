/// Convolutions: one operator that computes, and the names by dimension that prepare its arguments.
#include "ops/cpu/convolution.h"

#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/derived_forms.h"
#include "ops/functions/convolution.h"
#include "ops/functions/padding.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Mask = std::array<bool, 3>;
using Gradients = std::tuple<Tensor, Tensor, Tensor>;

Tensor compute(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride, IntArrayRef padding,
               IntArrayRef dilation, bool transposed, IntArrayRef output_padding, int64_t groups) {
  const auto options = cpu::convolution_options(weight, stride, padding, dilation, transposed, output_padding, groups);
  cpu::check_convolution(input, weight, bias, options);
  const Shape shape = cpu::convolution_output_shape(input.sizes(), weight.sizes(), options);
  // The bias of a transposed convolution is added afterwards; half types are rounded once, behind it.
  const auto is_half = [](ScalarType type) { return type == ScalarType::float16 || type == ScalarType::bfloat16; };
  if (transposed && bias.defined() && is_half(input.dtype())) {
    const auto wide = [](const Tensor& t) { return cpu::to_dtype(t, ScalarType::float32); };
    return cpu::to_dtype(
        compute(wide(input), wide(weight), wide(bias), stride, padding, dilation, transposed, output_padding, groups),
        input.dtype());
  }
  Tensor output = empty_tensor(shape, input.dtype(), input.device());
  const Tensor in = cpu::contiguous(input), kernel = cpu::contiguous(weight);
  const Tensor offset = bias.defined() ? cpu::contiguous(bias) : bias;
  if (!transposed) {
    cpu::convolve(cpu::convolution_geometry(in.sizes(), kernel.sizes(), shape, options), in, kernel, offset, output);
    return output;
  }
  cpu::convolve_back_to_image(cpu::convolution_geometry(shape, kernel.sizes(), in.sizes(), options), in, kernel,
                              output);
  if (!bias.defined()) return output;
  Shape column({1, bias.sizes()[0]});
  for (size_t d = 2; d < shape.size(); ++d) column.push_back(1);
  return output + view(offset, column);
}

Tensor convolution_cpu(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride,
                       IntArrayRef padding, IntArrayRef dilation, bool transposed, IntArrayRef output_padding,
                       int64_t groups) {
  // A trace shows the form with the flags of cuDNN.
  if (dispatch_state.tracing)
    return _convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, false,
                        false, true, true);
  return compute(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
}
Tensor convolution_with_flags(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride,
                              IntArrayRef padding, IntArrayRef dilation, bool transposed, IntArrayRef output_padding,
                              int64_t groups, bool, bool, bool, bool) {
  return compute(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
}
Tensor convolution_deprecated(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride,
                              IntArrayRef padding, IntArrayRef dilation, bool transposed, IntArrayRef output_padding,
                              int64_t groups, bool benchmark, bool deterministic, bool cudnn_enabled) {
  return _convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups, benchmark,
                      deterministic, cudnn_enabled, true);
}

Gradients convolution_backward_cpu(const Tensor& grad_output, const Tensor& input, const Tensor& weight,
                                   const std::optional<IntArrayRef>&, IntArrayRef stride, IntArrayRef padding,
                                   IntArrayRef dilation, bool transposed, IntArrayRef output_padding, int64_t groups,
                                   const Mask& output_mask) {
  const auto options = cpu::convolution_options(weight, stride, padding, dilation, transposed, output_padding, groups);
  cpu::check_convolution(input, weight, Tensor(), options);
  const Shape shape = cpu::convolution_output_shape(input.sizes(), weight.sizes(), options);
  if (!(grad_output.sizes() == IntArrayRef(shape)))
    throw RuntimeError(
        cat("Expected grad_output to have shape ", shape_text(shape), ", but got ", shape_text(grad_output.sizes())));
  const Tensor grad = cpu::contiguous(grad_output), in = cpu::contiguous(input), kernel = cpu::contiguous(weight);
  const Tensor &image = transposed ? grad : in, &feature = transposed ? in : grad;
  const auto geometry = cpu::convolution_geometry(image.sizes(), kernel.sizes(), feature.sizes(), options);
  Gradients gradients;
  if (output_mask[0]) {
    Tensor result = empty_tensor(input.sizes(), input.dtype(), input.device());
    if (transposed)
      cpu::convolve(geometry, grad, kernel, Tensor(), result);
    else
      cpu::convolve_back_to_image(geometry, grad, kernel, result);
    std::get<0>(gradients) = result;
  }
  if (output_mask[1]) {
    std::get<1>(gradients) = empty_tensor(weight.sizes(), weight.dtype(), weight.device());
    cpu::convolve_back_to_weight(geometry, feature, image, std::get<1>(gradients));
  }
  if (output_mask[2]) {
    std::vector<int64_t> dims = {0};
    for (int64_t d = 2; d < grad.dim(); ++d) dims.push_back(d);
    std::get<2>(gradients) = sum(grad, std::optional<IntArrayRef>(dims), false);
  }
  return gradients;
}

/// The arguments that every formula passes on.
struct Saved {
  explicit Saved(const Backward& b)
      : stride(b.ints_of("stride")),
        padding(b.ints_of("padding")),
        dilation(b.ints_of("dilation")),
        output_padding(b.ints_of("output_padding")),
        transposed(b.bool_of("transposed")),
        groups(b.int_of("groups")) {}
  std::vector<int64_t> stride, padding, dilation, output_padding;
  bool transposed;
  int64_t groups;

  Tensor forward(const Tensor& input, const Tensor& weight, const Tensor& bias) const {
    return convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
  }
  Gradients backward(const Tensor& grad, const Tensor& input, const Tensor& weight,
                     const std::optional<IntArrayRef>& bias_sizes, const Mask& mask) const {
    return convolution_backward(grad, conjugate(input), conjugate(weight), bias_sizes, stride, padding, dilation,
                                transposed, output_padding, groups, mask);
  }
};

void convolution_gradients(const Backward& b, std::span<Tensor> gradients) {
  const Saved saved(b);
  const Tensor weight = b.saved("weight");
  const int64_t outputs = saved.transposed ? weight.sizes()[1] * saved.groups : weight.sizes()[0];
  std::tie(gradients[0], gradients[1], gradients[2]) = saved.backward(
      b.grad(), b.saved("input"), weight, IntArrayRef(outputs), {b.needs("input"), b.needs("weight"), b.needs("bias")});
}

Tensor sum_of(const Tensor& a, const Tensor& b) { return !a.defined() ? b : !b.defined() ? a : a + b; }

/// The backward is linear in each of its three tensors, so its gradients are convolutions and backwards again.
void convolution_backward_gradients(const Backward& b, std::span<Tensor> gradients) {
  const Saved saved(b);
  const Tensor grad_output = b.saved("grad_output"), input = b.saved("input"), weight = b.saved("weight");
  const Tensor &to_input = b.grad(0), &to_weight = b.grad(1), &to_bias = b.grad(2);
  if (b.needs("grad_output")) {
    Tensor total;
    if (to_input.defined()) total = saved.forward(to_input, conjugate(weight), Tensor());
    if (to_weight.defined()) total = sum_of(total, saved.forward(conjugate(input), to_weight, Tensor()));
    if (to_bias.defined()) {
      Shape column({1, to_bias.sizes()[0]});
      for (int64_t d = 2; d < grad_output.dim(); ++d) column.push_back(1);
      total = sum_of(total, expand(view(to_bias, column), grad_output.sizes()));
    }
    gradients[0] = total;
  }
  if (b.needs("input") && to_weight.defined())
    gradients[1] = std::get<0>(saved.backward(conjugate(grad_output), input, to_weight, {}, {true, false, false}));
  if (b.needs("weight") && to_input.defined())
    gradients[2] = std::get<1>(saved.backward(conjugate(grad_output), to_input, weight, {}, {false, true, false}));
}

/// Padding that keeps the size, for strides of 1. Where it cannot be equal on both sides, the end gets one more.
Tensor convolution_same(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride,
                        IntArrayRef dilation, int64_t groups) {
  const size_t rank = size_t(weight.dim()) - 2;
  if (input.dim() != weight.dim())
    throw RuntimeError(cat("Expected ", weight.dim(), "-dimensional input for ", weight.dim(), "-dimensional weight",
                           shape_text(weight.sizes()), ", but got ", input.dim(), "-dimensional input of size ",
                           shape_text(input.sizes()), " instead"));
  if (dilation.size() != 1 && dilation.size() != rank)
    throw RuntimeError(cat("expected dilation to be a single integer value or a list of ", rank,
                           " values to match the convolution dimensions, but got dilation=", shape_text(dilation)));
  for (int64_t value : stride)
    if (value != 1) throw RuntimeError("padding='same' is not supported for strided convolutions");
  std::vector<int64_t> both, extra(2 * rank, 0);
  bool uneven = false;
  for (size_t d = 0; d < rank; ++d) {
    const int64_t total = dilation[dilation.size() == 1 ? 0 : d] * (weight.sizes()[d + 2] - 1);
    both.push_back(total / 2);
    extra[2 * (rank - 1 - d) + 1] = total % 2;
    uneven |= total % 2 != 0;
  }
  const std::vector<int64_t> none(rank, 0);
  if (!uneven) return convolution(input, weight, bias, stride, both, dilation, false, none, groups);
  warn_once_at(
      "aten/src/ATen/native/Convolution.cpp:1101",
      "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be "
      "created");
  return convolution(constant_pad_nd(input, extra, 0), weight, bias, stride, both, dilation, false, none, groups);
}

Tensor convolution_mode(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride,
                        std::string_view padding, IntArrayRef dilation, int64_t groups) {
  if (weight.dim() < 3) throw RuntimeError("weight should have at least three dimensions");
  if (padding == "same") return convolution_same(input, weight, bias, stride, dilation, groups);
  if (padding != "valid") throw RuntimeError(cat("Invalid padding string: '", padding, "'"));
  const std::vector<int64_t> none(size_t(weight.dim()) - 2, 0);
  return convolution(input, weight, bias, stride, none, dilation, false, none, groups);
}

/// Runs fn on a batch; one sample without the dimension is a batch of 1.
template <int rank, class Fn>
Tensor batched(const Tensor& input, std::string_view name, Fn&& fn) {
  if (input.dim() == rank + 2) return fn(input);
  if (input.dim() != rank + 1)
    throw RuntimeError(cat("Expected ", rank + 1, "D (unbatched) or ", rank + 2, "D (batched) input to ", name,
                           ", but got input of size: ", shape_text(input.sizes())));
  return squeeze(fn(unsqueeze(input, 0)), 0);
}

constexpr std::string_view kNames[] = {"conv1d", "conv2d", "conv3d"};
constexpr std::string_view kTransposedNames[] = {"conv_transpose1d", "conv_transpose2d", "conv_transpose3d"};

template <int rank>
Tensor conv(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride, IntArrayRef padding,
            IntArrayRef dilation, int64_t groups) {
  const std::vector<int64_t> none(rank, 0);
  return batched<rank>(input, kNames[rank - 1], [&](const Tensor& batch) {
    return convolution(batch, weight, bias, stride, padding, dilation, false, none, groups);
  });
}
template <int rank>
Tensor conv_padding(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride,
                    std::string_view padding, IntArrayRef dilation, int64_t groups) {
  return batched<rank>(input, kNames[rank - 1], [&](const Tensor& batch) {
    return _convolution_mode(batch, weight, bias, stride, padding, dilation, groups);
  });
}
template <int rank>
Tensor conv_transpose(const Tensor& input, const Tensor& weight, const Tensor& bias, IntArrayRef stride,
                      IntArrayRef padding, IntArrayRef output_padding, int64_t groups, IntArrayRef dilation) {
  return batched<rank>(input, kTransposedNames[rank - 1], [&](const Tensor& batch) {
    return convolution(batch, weight, bias, stride, padding, dilation, true, output_padding, groups);
  });
}

constexpr OpTraits kByDimension = OpTraits::composite | OpTraits::traced_inside | OpTraits::no_method;

}  // namespace

void declare_convolution(OpSet& ops) {
  ops.add({.schema = "convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, "
                     "SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&convolution_cpu>(),
           .saves = "input, weight",
           .joint_derivative = &convolution_gradients,
           .traits = OpTraits::traced_inside | OpTraits::no_method,
           .doc = "Slides a weight (out, in / groups, ...) over an input (batch, in, ...)."});
  ops.add({.schema = "_convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, "
                     "SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool benchmark, "
                     "bool deterministic, bool cudnn_enabled, bool allow_tf32) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&convolution_with_flags>(),
           .saves = "input, weight",
           .joint_derivative = &convolution_gradients,
           .grad_fn = "ConvolutionBackward1",
           .traits = OpTraits::no_method,
           .doc = "convolution, with flags that mean nothing on a CPU."});
  ops.add({.schema = "_convolution.deprecated(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] "
                     "padding, SymInt[] dilation, bool transposed, int[] output_padding, SymInt groups, bool "
                     "benchmark, bool deterministic, bool cudnn_enabled) -> Tensor",
           .kernel = typed_kernel<&convolution_deprecated>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "convolution, with flags that mean nothing on a CPU."});
  ops.add({.schema = "convolution_backward(Tensor grad_output, Tensor input, Tensor weight, SymInt[]? bias_sizes, "
                     "SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, "
                     "SymInt groups, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&convolution_backward_cpu>(),
           .saves = "grad_output, input, weight",
           .joint_derivative = &convolution_backward_gradients,
           .traits = OpTraits::no_method | OpTraits::no_function,
           .doc = "Gradients of convolution in input, weight and bias, as far as output_mask asks for them."});
  ops.add({.schema = "_convolution_mode(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, str padding, "
                     "SymInt[] dilation, SymInt groups) -> Tensor",
           .kernel = typed_kernel<&convolution_mode>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "convolution with the padding 'valid' (none) or 'same' (the output has the size of the input)."});

  ops.add({.schema = "conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, SymInt[1] padding=0, "
                     "SymInt[1] dilation=1, SymInt groups=1) -> Tensor",
           .kernel = typed_kernel<&conv<1>>(),
           .traits = kByDimension,
           .doc = "Convolution over one dimension."});
  ops.add({.schema = "conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, str "
                     "padding=\"valid\", SymInt[1] dilation=1, SymInt groups=1) -> Tensor",
           .kernel = typed_kernel<&conv_padding<1>>(),
           .traits = kByDimension,
           .doc = "Convolution over one dimension."});
  ops.add({.schema = "conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, SymInt[2] padding=0, "
                     "SymInt[2] dilation=1, SymInt groups=1) -> Tensor",
           .kernel = typed_kernel<&conv<2>>(),
           .traits = kByDimension,
           .doc = "Convolution over two dimensions."});
  ops.add({.schema = "conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, str "
                     "padding=\"valid\", SymInt[2] dilation=1, SymInt groups=1) -> Tensor",
           .kernel = typed_kernel<&conv_padding<2>>(),
           .traits = kByDimension,
           .doc = "Convolution over two dimensions."});
  ops.add({.schema = "conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, SymInt[3] padding=0, "
                     "SymInt[3] dilation=1, SymInt groups=1) -> Tensor",
           .kernel = typed_kernel<&conv<3>>(),
           .traits = kByDimension,
           .doc = "Convolution over three dimensions."});
  ops.add({.schema = "conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, str "
                     "padding=\"valid\", SymInt[3] dilation=1, SymInt groups=1) -> Tensor",
           .kernel = typed_kernel<&conv_padding<3>>(),
           .traits = kByDimension,
           .doc = "Convolution over three dimensions."});
  ops.add({.schema = "conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=1, SymInt[1] "
                     "padding=0, SymInt[1] output_padding=0, SymInt groups=1, SymInt[1] dilation=1) -> Tensor",
           .kernel = typed_kernel<&conv_transpose<1>>(),
           .traits = kByDimension,
           .doc = "The gradient of conv1d in its input, as an operator of its own."});
  ops.add({.schema =
               "conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=1, "
               "SymInt[2] padding=0, SymInt[2] output_padding=0, SymInt groups=1, SymInt[2] dilation=1) -> Tensor",
           .kernel = typed_kernel<&conv_transpose<2>>(),
           .traits = kByDimension,
           .doc = "The gradient of conv2d in its input, as an operator of its own."});
  ops.add({.schema =
               "conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=1, "
               "SymInt[3] padding=0, SymInt[3] output_padding=0, SymInt groups=1, SymInt[3] dilation=1) -> Tensor",
           .kernel = typed_kernel<&conv_transpose<3>>(),
           .traits = kByDimension,
           .doc = "The gradient of conv3d in its input, as an operator of its own."});
}

}  // namespace rushlight::ops
