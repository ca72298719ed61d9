/// Padding: with a constant, by reflection, by repeating the border, and around.
#include "ops/cpu/padding.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/padding.h"
#include "ops/functions/views.h"
#include "ops/typed_kernel.h"
#include "ops/zero_gradient.h"

namespace rushlight::ops {
namespace {

using cpu::PadMode;

Tensor constant_pad_nd_cpu(const Tensor& self, IntArrayRef pad, const Scalar& value) {
  const int64_t rank = self.dim();
  if (pad.size() % 2 != 0) throw RuntimeError(cat("Length of pad must be even but instead it equals ", pad.size()));
  if (int64_t(pad.size()) > rank * 2)
    throw RuntimeError(
        cat("Length of pad should be no more than twice the number of dimensions of the input. Pad "
            "length is ",
            pad.size(), "while the input has ", rank, "dimensions."));
  Shape shape(self.sizes());
  Tensor source = self;
  std::vector<int64_t> starts(size_t(rank), 0);
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    const int64_t dim = rank - 1 - int64_t(i), before = pad[2 * i], behind = pad[2 * i + 1];
    if (before < 0) source = narrow(source, dim, -before, source.sizes()[size_t(dim)] + before);
    if (behind < 0) source = narrow(source, dim, 0, source.sizes()[size_t(dim)] + behind);
    shape[size_t(dim)] += before + behind;
    starts[size_t(dim)] = std::max<int64_t>(before, 0);
  }
  Tensor output = empty_tensor(shape, self.dtype(), self.device());
  if (output.is_meta() || output.numel() == 0) return output;
  cpu::fill(output, value);
  int64_t offset = 0;
  for (size_t d = 0; d < size_t(rank); ++d) offset += starts[d] * output.strides()[d];
  if (source.numel() != 0) cpu::copy_into(alias_tensor(output, source.sizes(), output.strides(), offset), source);
  return output;
}

template <int rank>
void check_pad(const Tensor& self, IntArrayRef padding, PadMode mode) {
  if (padding.size() != 2 * rank)
    throw RuntimeError(rank == 1 ? cat("padding size is expected to be 2, but got: ", padding.size())
                                 : cat("padding size is expected to be ", 2 * rank));
  const IntArrayRef sizes = self.sizes();
  bool fits = sizes.size() == rank + 1 || sizes.size() == rank + 2;
  for (size_t d = sizes.size() == rank + 2 ? 1 : 0; fits && d < sizes.size(); ++d) fits = sizes[d] != 0;
  if (!fits)
    throw RuntimeError(cat("Expected ", rank + 1, "D or ", rank + 2,
                           "D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
                           "but got: ",
                           shape_text(sizes)));
  if (mode == PadMode::reflect)
    for (size_t i = 0; i < rank; ++i) {
      const size_t dim = sizes.size() - 1 - i;
      if (padding[2 * i] >= sizes[dim] || padding[2 * i + 1] >= sizes[dim])
        throw RuntimeError(cat("Argument #", 4 + 2 * i,
                               ": Padding size should be less than the corresponding input dimension, but got: "
                               "padding (",
                               padding[2 * i], ", ", padding[2 * i + 1], ") at dimension ", dim, " of input ",
                               shape_text(sizes)));
    }
  static constexpr char kLetters[] = "WHD";
  const Shape output = cpu::padded_shape(sizes, padding);
  const auto padded = std::span(output).last(rank);
  if (std::ranges::max(padded) >= 1 && std::ranges::min(padded) >= 0) return;
  std::string from, to;
  for (size_t i = rank; i-- > 0;) {
    from += cat(kLetters[i], ": ", sizes[sizes.size() - 1 - i], i ? ", " : "");
    to += cat(" ", kLetters[i], ": ", output[output.size() - 1 - i]);
  }
  throw RuntimeError(cat("input (", from, ") is too small. Calculated output", to));
}

template <PadMode mode, int rank>
struct PadOf {
  static constexpr std::string_view kName = mode == PadMode::reflect ? (rank == 1   ? "reflection_pad1d"
                                                                        : rank == 2 ? "reflection_pad2d"
                                                                                    : "reflection_pad3d")
                                                                     : (rank == 1   ? "replication_pad1d"
                                                                        : rank == 2 ? "replication_pad2d"
                                                                                    : "replication_pad3d");
  static Tensor forward(const Tensor& self, IntArrayRef padding) {
    check_pad<rank>(self, padding, mode);
    return cpu::pad_by_index(self, padding, mode, kName);
  }
  static Tensor backward(const Tensor& grad_output, const Tensor& self, IntArrayRef padding) {
    check_pad<rank>(self, padding, mode);
    if (!(grad_output.sizes() == IntArrayRef(cpu::padded_shape(self.sizes(), padding))))
      throw RuntimeError(cat("grad_output of ", kName, " has the shape ", shape_text(grad_output.sizes()),
                             ", expected ", shape_text(cpu::padded_shape(self.sizes(), padding))));
    return cpu::pad_by_index_backward(grad_output, self.sizes(), padding, mode, kName);
  }
};

/// The input in the middle; then each dimension takes its borders from the opposite side of what is filled already.
Tensor pad_circular(const Tensor& self, IntArrayRef pad) {
  const Shape shape = cpu::padded_shape(self.sizes(), pad);
  const size_t rank = pad.size() / 2;
  const bool batched = int64_t(rank) + 2 == self.dim(), single = int64_t(rank) + 1 == self.dim();
  if (pad.size() % 2 != 0 || !(batched || single))
    throw RuntimeError("Invalid padding size, expected " + std::to_string(2 * (self.dim() - 2)) + " but got " +
                       std::to_string(pad.size()));
  for (size_t i = 0; i < rank; ++i) {
    const int64_t size = self.size(-1 - int64_t(i)), before = pad[2 * i], behind = pad[2 * i + 1];
    if (before > size || behind > size) throw RuntimeError("Padding value causes wrapping around more than once.");
    if (before + behind + size < 0) throw RuntimeError("Negative padding value is resulting in an empty dimension");
  }
  Tensor output = empty(shape, self.dtype(), self.layout(), self.device());
  Tensor middle = output, inner = self;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t dim = self.dim() - 1 - int64_t(i), before = pad[2 * i], behind = pad[2 * i + 1];
    middle = slice(middle, dim, std::max<int64_t>(before, 0), shape[size_t(dim)] - std::max<int64_t>(behind, 0));
    inner = slice(inner, dim, std::max<int64_t>(-before, 0), self.size(dim) - std::max<int64_t>(-behind, 0));
  }
  copy_(middle, inner);
  for (size_t i = 0; i < rank; ++i) {
    const int64_t dim = self.dim() - 1 - int64_t(i), size = shape[size_t(dim)];
    const int64_t before = std::max<int64_t>(pad[2 * i], 0), behind = std::max<int64_t>(pad[2 * i + 1], 0);
    if (before > 0) copy_(slice(output, dim, 0, before), slice(output, dim, size - before - behind, size - behind));
    if (behind > 0) copy_(slice(output, dim, size - behind, size), slice(output, dim, before, before + behind));
  }
  return output;
}

Tensor pad_cpu(const Tensor& self, IntArrayRef pad, std::string_view mode, std::optional<double> value) {
  if (pad.size() % 2 != 0) throw RuntimeError("Padding length must be divisible by 2");
  if (int64_t(pad.size()) > 2 * self.dim())
    throw RuntimeError(
        "Padding length should be less than or equal to two times the input dimension but got padding "
        "length " +
        std::to_string(pad.size()) + " and input of dimension " + std::to_string(self.dim()));
  if (mode == "constant") return constant_pad_nd(self, pad, Scalar(value.value_or(0.0)));
  if (value && *value != 0) throw RuntimeError(cat("Padding mode \"", mode, "\" doesn't take in value argument"));
  const int64_t rank = self.dim();
  if (pad.size() == 2 && (rank == 2 || rank == 3)) {
    if (mode == "reflect") return reflection_pad1d(self, pad);
    if (mode == "replicate") return replication_pad1d(self, pad);
    if (mode == "circular") return _pad_circular(self, pad);
  } else if (pad.size() == 4 && (rank == 3 || rank == 4)) {
    if (mode == "reflect") return reflection_pad2d(self, pad);
    if (mode == "replicate") return replication_pad2d(self, pad);
    if (mode == "circular") return _pad_circular(self, pad);
  } else if (pad.size() == 6 && (rank == 4 || rank == 5)) {
    if (mode == "reflect") return reflection_pad3d(self, pad);
    if (mode == "replicate") return replication_pad3d(self, pad);
    if (mode == "circular") return _pad_circular(self, pad);
  } else if (mode == "reflect" || mode == "replicate" || mode == "circular") {
    throw NotImplementedError(cat("Padding size ", pad.size(), " is not supported for ", rank,
                                  "D input tensor.\nSupported combinations for non-constant padding:\n"
                                  "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
                                  "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
                                  "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"));
  }
  throw NotImplementedError(cat("Unrecognised padding mode ", mode));
}

constexpr OpTraits kNN = OpTraits::no_method | OpTraits::nn_functional;
constexpr std::string_view kReflectDoc =
    "Borders show the inside as in a mirror; the outermost element is not doubled.";
constexpr std::string_view kReplicateDoc = "Borders repeat the outermost element.";
constexpr std::string_view kBackwardDoc = "What arrives at the copies of an element, added up.";

template <auto fn>
Tensor pad_gradient(const Backward& b) {
  return fn(b.grad(), b.saved("self"), b.argument("padding").to_int_vector());
}
template <auto fn>
Tensor pad_backward_gradient(const Backward& b) {
  return fn(b.grad(), b.argument("padding").to_int_vector());
}

}  // namespace

void declare_padding(OpSet& ops) {
  ops.add({.schema = "constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&constant_pad_nd_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              std::vector<int64_t> cut = b.ints_of("pad");
                              for (int64_t& value : cut) value = -value;
                              return constant_pad_nd(b.grad(), cut, Scalar(0));
                            }}},
           .traits = OpTraits::no_method,
           .doc = "Borders of one value, the last dimension first; negative widths cut off."});
  ops.add({.schema = "_pad_circular(Tensor self, SymInt[] pad) -> Tensor",
           .kernel = typed_kernel<&pad_circular>(),
           .traits = OpTraits::composite | kNN,
           .doc = "Borders continue with the opposite side."});
  ops.add({.schema = "pad(Tensor self, SymInt[] pad, str mode=\"constant\", float? value=None) -> Tensor",
           .kernel = typed_kernel<&pad_cpu>(),
           .traits = OpTraits::composite | kNN,
           .doc = "Borders of a constant, or by the modes reflect, replicate and circular."});

  ops.add({.schema = "reflection_pad1d(Tensor self, SymInt[2] padding) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&PadOf<PadMode::reflect, 1>::forward>(),
           .saves = "self",
           .derivatives = {{"self", &pad_gradient<&reflection_pad1d_backward>}},
           .grad_fn = "ReflectionPad1DBackward0",
           .traits = kNN,
           .doc = kReflectDoc});
  ops.add({.schema = "reflection_pad1d_backward(Tensor grad_output, Tensor self, SymInt[2] padding) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&PadOf<PadMode::reflect, 1>::backward>(),
           .derivatives = {{"grad_output", &pad_backward_gradient<&reflection_pad1d>}, {"self", &zero_wrt_self}},
           .grad_fn = "ReflectionPad1DBackwardBackward0",
           .traits = kNN,
           .doc = kBackwardDoc});
  ops.add({.schema = "reflection_pad2d(Tensor self, SymInt[4] padding) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&PadOf<PadMode::reflect, 2>::forward>(),
           .saves = "self",
           .derivatives = {{"self", &pad_gradient<&reflection_pad2d_backward>}},
           .grad_fn = "ReflectionPad2DBackward0",
           .traits = kNN,
           .doc = kReflectDoc});
  ops.add({.schema = "reflection_pad2d_backward(Tensor grad_output, Tensor self, SymInt[4] padding) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&PadOf<PadMode::reflect, 2>::backward>(),
           .derivatives = {{"grad_output", &pad_backward_gradient<&reflection_pad2d>}, {"self", &zero_wrt_self}},
           .grad_fn = "ReflectionPad2DBackwardBackward0",
           .traits = kNN,
           .doc = kBackwardDoc});
  ops.add({.schema = "reflection_pad3d(Tensor self, SymInt[6] padding) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&PadOf<PadMode::reflect, 3>::forward>(),
           .saves = "self",
           .derivatives = {{"self", &pad_gradient<&reflection_pad3d_backward>}},
           .grad_fn = "ReflectionPad3DBackward0",
           .traits = kNN,
           .doc = kReflectDoc});
  ops.add({.schema = "reflection_pad3d_backward(Tensor grad_output, Tensor self, SymInt[6] padding) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&PadOf<PadMode::reflect, 3>::backward>(),
           .derivatives = {{"grad_output", &pad_backward_gradient<&reflection_pad3d>}, {"self", &zero_wrt_self}},
           .grad_fn = "ReflectionPad3DBackwardBackward0",
           .traits = kNN,
           .doc = kBackwardDoc});
  ops.add({.schema = "replication_pad1d(Tensor self, SymInt[2] padding) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&PadOf<PadMode::replicate, 1>::forward>(),
           .saves = "self",
           .derivatives = {{"self", &pad_gradient<&replication_pad1d_backward>}},
           .grad_fn = "ReplicationPad1DBackward0",
           .traits = kNN,
           .doc = kReplicateDoc});
  ops.add({.schema = "replication_pad1d_backward(Tensor grad_output, Tensor self, SymInt[2] padding) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&PadOf<PadMode::replicate, 1>::backward>(),
           .derivatives = {{"grad_output", &pad_backward_gradient<&replication_pad1d>}, {"self", &zero_wrt_self}},
           .grad_fn = "ReplicationPad1DBackwardBackward0",
           .traits = kNN,
           .doc = kBackwardDoc});
  ops.add({.schema = "replication_pad2d(Tensor self, SymInt[4] padding) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&PadOf<PadMode::replicate, 2>::forward>(),
           .saves = "self",
           .derivatives = {{"self", &pad_gradient<&replication_pad2d_backward>}},
           .grad_fn = "ReplicationPad2DBackward0",
           .traits = kNN,
           .doc = kReplicateDoc});
  ops.add({.schema = "replication_pad2d_backward(Tensor grad_output, Tensor self, SymInt[4] padding) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&PadOf<PadMode::replicate, 2>::backward>(),
           .derivatives = {{"grad_output", &pad_backward_gradient<&replication_pad2d>}, {"self", &zero_wrt_self}},
           .grad_fn = "ReplicationPad2DBackwardBackward0",
           .traits = kNN,
           .doc = kBackwardDoc});
  ops.add({.schema = "replication_pad3d(Tensor self, SymInt[6] padding) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&PadOf<PadMode::replicate, 3>::forward>(),
           .saves = "self",
           .derivatives = {{"self", &pad_gradient<&replication_pad3d_backward>}},
           .grad_fn = "ReplicationPad3DBackward0",
           .traits = kNN,
           .doc = kReplicateDoc});
  ops.add({.schema = "replication_pad3d_backward(Tensor grad_output, Tensor self, SymInt[6] padding) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&PadOf<PadMode::replicate, 3>::backward>(),
           .derivatives = {{"grad_output", &pad_backward_gradient<&replication_pad3d>}, {"self", &zero_wrt_self}},
           .grad_fn = "ReplicationPad3DBackwardBackward0",
           .traits = kNN,
           .doc = kBackwardDoc});
}

}  // namespace rushlight::ops
