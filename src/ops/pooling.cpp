/// Pooling: maxima and averages over sliding or evenly shared windows, and the way back from maxima.
#include "ops/pooling.h"

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/cpu/pooling.h"
#include "ops/derived_forms.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/pooling.h"
#include "ops/functions/reductions.h"
#include "ops/functions/scatter.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"
#include "ops/variable_queries.h"
#include "ops/zero_gradient.h"

namespace rushlight::ops {
namespace {

constexpr std::array<int64_t, 2> kLastTwo = {-1, -2};
constexpr std::array<int64_t, 3> kLastThree = {-1, -2, -3};
using Pair = std::tuple<Tensor, Tensor>;
using cpu::PoolGeometry;

bool is_half(ScalarType type) { return kReducedFloating.contains(type); }
Tensor widened(const Tensor& t) { return is_half(t.dtype()) ? cpu::to_dtype(t, ScalarType::float32) : t; }

/// One number stands for all dimensions.
int64_t at(IntArrayRef list, size_t d) { return list.size() == 1 ? list[0] : list[d]; }

/// What an operator says about itself in errors.
struct PoolNames {
  size_t rank;
  std::string_view max_name, avg_name, adaptive_avg_name;
};
constexpr PoolNames kPool2d = {2, "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d"};
constexpr PoolNames kPool3d = {3, "max_pool3d", "avg_pool3d", "adaptive_avg_pool3d"};

std::string_view number_word(size_t rank) { return rank == 2 ? "two" : "three"; }

void check_list(bool good, std::string_view op, std::string_view what, size_t rank) {
  if (!good) throw RuntimeError(cat(op, ": ", what, " a single int, or a tuple of ", number_word(rank), " ints"));
}

/// "kT: 2 kH: 2 kW: 2" and its relatives.
std::string by_dimension(std::string_view prefix, const std::array<int64_t, 3>& values, size_t rank) {
  constexpr std::string_view kLetters[] = {"T", "H", "W"};
  std::string text;
  for (size_t d = 3 - rank; d < 3; ++d) text += cat(text.empty() ? "" : " ", prefix, kLetters[d], ": ", values[d]);
  return text;
}
std::string size_by_x(int64_t channels, const std::array<int64_t, 3>& sizes, size_t rank) {
  std::string text = cat("(", channels);
  for (size_t d = 3 - rank; d < 3; ++d) text += cat("x", sizes[d]);
  return text + ")";
}

/// The planes and inner sizes of a tensor with `rank` inner dimensions, and one or two in front.
PoolGeometry inner_geometry(const Tensor& self, size_t rank) {
  PoolGeometry g;
  const size_t outer = size_t(self.dim()) - rank;
  for (size_t d = 0; d < outer; ++d) g.planes *= self.sizes()[d];
  for (size_t d = 0; d < rank; ++d) g.in[3 - rank + d] = self.sizes()[outer + d];
  return g;
}
Shape outer_shape(const Tensor& self, size_t rank, const std::array<int64_t, 3>& inner) {
  Shape shape(self.sizes().slice(0, size_t(self.dim()) - rank));
  for (size_t d = 3 - rank; d < 3; ++d) shape.push_back(inner[d]);
  return shape;
}

void check_rank(const Tensor& self, size_t rank) {
  const size_t dims = size_t(self.dim());
  if (dims != rank + 1 && dims != rank + 2)
    throw RuntimeError(cat("non-empty ", rank + 1, "D or ", rank + 2, "D (batch mode) tensor expected for input"));
}

void check_pool_shape(const Tensor& self, const PoolGeometry& g, size_t rank, std::string_view full_name,
                      bool with_dilation) {
  for (size_t d = 3 - rank; d < 3; ++d)
    if (g.kernel[d] <= 0)
      throw RuntimeError(cat("kernel size should be greater than zero, but got ", by_dimension("k", g.kernel, rank)));
  for (size_t d = 3 - rank; d < 3; ++d)
    if (g.stride[d] <= 0)
      throw RuntimeError(cat("stride should be greater than zero, but got ", by_dimension("d", g.stride, rank)));
  for (size_t d = 3 - rank; with_dilation && d < 3; ++d)
    if (g.dilation[d] <= 0)
      throw RuntimeError(
          cat("dilation should be greater than zero, but got ", by_dimension("dilation", g.dilation, rank)));
  const size_t dims = size_t(self.dim());
  if (rank == 2) {
    bool good = true;
    for (size_t d = dims - 3; d < dims; ++d) good &= self.sizes()[d] != 0;
    if (!good)
      throw RuntimeError(cat("Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:",
                             shape_text(self.sizes())));
  } else {
    for (size_t d = dims - 4, i = 0; d < dims; ++d, ++i)
      if (self.sizes()[d] == 0)
        throw RuntimeError(cat(full_name, ": Expected input's non-batch dimensions to have positive length, but input ",
                               "has a shape of ", shape_text(self.sizes()), " and non-batch dimension ",
                               dims == 4 ? i : i, " has length zero!"));
  }
  for (size_t d = 3 - rank; d < 3; ++d)
    if (g.kernel[d] / 2 < g.padding[d])
      throw RuntimeError(cat("pad should be smaller than or equal to half of kernel size, but got ",
                             by_dimension("pad", g.padding, rank), " ", by_dimension("k", g.kernel, rank)));
  for (size_t d = 3 - rank; d < 3; ++d)
    if (g.out[d] < 1) {
      const int64_t channels = self.sizes()[dims - rank - 1];
      throw RuntimeError(cat("Given input size: ", size_by_x(channels, g.in, rank), ". Calculated output size: ",
                             size_by_x(channels, g.out, rank), ". Output size is too small"));
    }
}

PoolGeometry sliding_geometry(const Tensor& self, size_t rank, IntArrayRef kernel, IntArrayRef stride,
                              IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  PoolGeometry g = inner_geometry(self, rank);
  for (size_t d = 0; d < rank; ++d) {
    const size_t to = 3 - rank + d;
    g.kernel[to] = at(kernel, d);
    g.stride[to] = stride.empty() ? g.kernel[to] : at(stride, d);
    g.padding[to] = at(padding, d);
    g.dilation[to] = at(dilation, d);
  }
  for (size_t d = 3 - rank; d < 3; ++d)
    g.out[d] = cpu::pooled_size(g.in[d], g.kernel[d], g.stride[d], g.padding[d], g.dilation[d], ceil_mode);
  return g;
}

// ---- Maxima

PoolGeometry max_pool_geometry(const PoolNames& names, const Tensor& self, IntArrayRef kernel, IntArrayRef stride,
                               IntArrayRef padding, IntArrayRef dilation, bool ceil_mode) {
  const size_t rank = names.rank;
  const auto fits = [&](IntArrayRef list) { return list.size() == 1 || list.size() == rank; };
  check_list(fits(kernel), names.max_name, "kernel_size must either be", rank);
  check_list(stride.empty() || fits(stride), names.max_name, "stride must either be omitted,", rank);
  check_list(fits(padding), names.max_name, "padding must either be", rank);
  check_list(fits(dilation), names.max_name, "dilation must be either", rank);
  check_rank(self, rank);
  const PoolGeometry g = sliding_geometry(self, rank, kernel, stride, padding, dilation, ceil_mode);
  check_pool_shape(self, g, rank, "max_pool3d_with_indices_out_cpu_template()", true);
  return g;
}
template <const PoolNames& names>
Tensor max_pool_values(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding,
                       IntArrayRef dilation, bool ceil_mode) {
  const PoolGeometry g = max_pool_geometry(names, self, kernel, stride, padding, dilation, ceil_mode);
  Tensor output = empty_tensor(outer_shape(self, names.rank, g.out), self.dtype(), self.device());
  cpu::max_pool(g, cpu::contiguous(self), output, Tensor(), names.max_name);
  return output;
}
template <const PoolNames& names>
Pair max_pool_with_indices(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding,
                           IntArrayRef dilation, bool ceil_mode) {
  const PoolGeometry g = max_pool_geometry(names, self, kernel, stride, padding, dilation, ceil_mode);
  const Shape shape = outer_shape(self, names.rank, g.out);
  Tensor output = empty_tensor(shape, self.dtype(), self.device());
  Tensor indices = empty_tensor(shape, ScalarType::int64, self.device());
  cpu::max_pool(g, cpu::contiguous(self), output, indices, names.max_name);
  return {output, indices};
}
Tensor max_pool2d_cpu(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding,
                      IntArrayRef dilation, bool ceil_mode) {
  if (!is_recorded(self)) return max_pool_values<kPool2d>(self, kernel, stride, padding, dilation, ceil_mode);
  return std::get<0>(max_pool2d_with_indices(self, kernel, stride, padding, dilation, ceil_mode));
}
Tensor max_pool3d_cpu(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding,
                      IntArrayRef dilation, bool ceil_mode) {
  if (!is_recorded(self)) return max_pool_values<kPool3d>(self, kernel, stride, padding, dilation, ceil_mode);
  return std::get<0>(max_pool3d_with_indices(self, kernel, stride, padding, dilation, ceil_mode));
}

void check_dims_between_2_and_3(const Tensor& self, std::string_view name) {
  if (self.dim() != 2 && self.dim() != 3)
    throw RuntimeError(cat("Expected 2 to 3 dimensions, but got ", self.dim(),
                           "-dimensional tensor for argument #1 'self' (while checking arguments for ", name, ")"));
}
void check_one(std::string_view op, std::string_view argument, IntArrayRef list) {
  if (list.size() != 1)
    throw RuntimeError(cat(op, "() argument '", argument, "' should contain one int (got ", list.size(), ")"));
}
Pair max_pool1d_with_indices_cpu(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding,
                                 IntArrayRef dilation, bool ceil_mode) {
  const IntArrayRef step = stride.empty() ? kernel : stride;
  check_dims_between_2_and_3(self, "max_pool1d");
  check_one("max_pool1d", "kernel_size", kernel);
  check_one("max_pool1d", "padding", padding);
  check_one("max_pool1d", "dilation", dilation);
  check_one("max_pool1d", "stride", step);
  auto [output, indices] = max_pool2d_with_indices(unsqueeze(self, -2), {1, kernel[0]}, {1, step[0]}, {0, padding[0]},
                                                   {1, dilation[0]}, ceil_mode);
  return {squeeze(output, -2), squeeze(indices, -2)};
}
void check_max_pool1d(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding,
                      IntArrayRef dilation, bool ceil_mode) {
  const size_t dims = size_t(self.dim());
  if ((dims != 2 && dims != 3) || self.sizes()[dims - 1] == 0 || self.sizes()[dims - 2] == 0)
    throw RuntimeError(
        cat("max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:",
            shape_text(self.sizes())));
  const auto one = [](bool good, std::string_view what, IntArrayRef list) {
    if (!good) throw RuntimeError(cat("max_pool1d() ", what, " of size 1 but got size ", list.size()));
  };
  one(kernel.size() == 1, "kernel_size must be an int, list of ints or tuple of ints", kernel);
  one(stride.size() <= 1, "stride must be None, an int, list of ints, or tuple of ints", stride);
  one(padding.size() == 1, "padding must be an int, list of ints, or tuple of ints", padding);
  one(dilation.size() == 1, "dilation must be an int, list of ints or tuple of ints", dilation);
  const int64_t step = stride.empty() ? kernel[0] : stride[0];
  const auto positive = [](std::string_view what, int64_t value) {
    if (value <= 0) throw RuntimeError(cat("max_pool1d() ", what, " must be greater than zero, but got ", value));
  };
  positive("kernel_size", kernel[0]);
  positive("stride", step);
  positive("dilation", dilation[0]);
  const int64_t width = cpu::pooled_size(self.size(-1), kernel[0], step, padding[0], dilation[0], ceil_mode);
  if (width <= 0) throw RuntimeError(cat("max_pool1d() Invalid computed output size: ", width));
}
Tensor max_pool1d_cpu(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding,
                      IntArrayRef dilation, bool ceil_mode) {
  check_max_pool1d(self, kernel, stride, padding, dilation, ceil_mode);
  if (is_recorded(self))
    return std::get<0>(max_pool1d_with_indices(self, kernel, stride, padding, dilation, ceil_mode));
  cpu::dispatch<kFloating>(self.dtype(), "max_pool1d_impl", [](auto) {});
  const PoolGeometry g = sliding_geometry(self, 1, kernel, stride, padding, dilation, ceil_mode);
  Tensor output = empty_tensor(outer_shape(self, 1, g.out), self.dtype(), self.device());
  cpu::max_pool(g, cpu::contiguous(self), output, Tensor(), "max_pool1d_impl");
  return output;
}

Tensor max_pool2d_backward(const Tensor& grad_output, const Tensor& self, IntArrayRef, IntArrayRef, IntArrayRef,
                           IntArrayRef, bool, const Tensor& indices) {
  return add_to_planes(grad_output, self, indices, 2, "max_pool2d");
}
Tensor max_pool3d_backward(const Tensor& grad_output, const Tensor& self, IntArrayRef, IntArrayRef, IntArrayRef,
                           IntArrayRef, bool, const Tensor& indices) {
  return add_to_planes(grad_output, self, indices, 3, "max_pool3d_backward");
}

// ---- Averages

cpu::AverageDivisor average_divisor(bool count_padding, std::optional<int64_t> fixed) {
  if (fixed && *fixed == 0) throw RuntimeError("divisor must be not zero");
  return {.count_padding = count_padding, .fixed = fixed};
}
constexpr int64_t kNoDilation = 1;

PoolGeometry avg_pool_geometry(const PoolNames& names, const Tensor& self, IntArrayRef kernel, IntArrayRef stride,
                               IntArrayRef padding, bool ceil_mode) {
  const size_t rank = names.rank;
  const auto fits = [&](IntArrayRef list) { return list.size() == 1 || list.size() == rank; };
  const bool flat = rank == 2;
  check_list(fits(kernel), names.avg_name, flat ? "kernel_size must either be" : "kernel_size must be", rank);
  check_list(stride.empty() || fits(stride), names.avg_name,
             flat ? "stride must either be omitted," : "stride must be omitted,", rank);
  check_list(fits(padding), names.avg_name, flat ? "padding must either be" : "padding must be", rank);
  if (flat && self.dim() < 3)
    throw IndexError(cat("Dimension out of range (expected to be in range of [", -self.dim(), ", ", self.dim() - 1,
                         "], but got -3)"));
  check_rank(self, rank);
  const PoolGeometry g = sliding_geometry(self, rank, kernel, stride, padding, kNoDilation, ceil_mode);
  if (!flat)
    for (size_t d = 0; d < 3; ++d)
      if (g.in[d] + 2 * g.padding[d] < g.kernel[d])
        throw RuntimeError(cat("input image (", by_dimension("", g.in, 3), ") smaller than kernel size (",
                               by_dimension("k", g.kernel, 3), ")"));
  check_pool_shape(self, g, rank, "avg_pool3d()", false);
  return g;
}
void check_average_dtype(const PoolNames& names, ScalarType dtype) {
  if (names.rank == 2)
    cpu::dispatch<kFloating | ScalarType::int64>(dtype, "avg_pool2d", [](auto) {});
  else
    cpu::dispatch<(kFloating - kReducedFloating) | ScalarType::int64>(dtype, "avg_pool3d_out_frame", [](auto) {});
}
template <const PoolNames& names>
Tensor avg_pool_cpu(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding, bool ceil_mode,
                    bool count_include_pad, std::optional<int64_t> divisor_override) {
  const cpu::AverageDivisor divisor = average_divisor(count_include_pad, divisor_override);
  const PoolGeometry g = avg_pool_geometry(names, self, kernel, stride, padding, ceil_mode);
  check_average_dtype(names, self.dtype());
  Tensor output = empty_tensor(outer_shape(self, names.rank, g.out), self.dtype(), self.device());
  cpu::avg_pool(g, divisor, cpu::contiguous(self), output, names.avg_name);
  return output;
}
template <const PoolNames& names>
Tensor avg_pool_backward_cpu(const Tensor& grad_output, const Tensor& self, IntArrayRef kernel, IntArrayRef stride,
                             IntArrayRef padding, bool ceil_mode, bool count_include_pad,
                             std::optional<int64_t> divisor_override) {
  const cpu::AverageDivisor divisor = average_divisor(count_include_pad, divisor_override);
  const PoolGeometry g = avg_pool_geometry(names, self, kernel, stride, padding, ceil_mode);
  const Shape expected = outer_shape(self, names.rank, g.out);
  if (!(grad_output.sizes() == IntArrayRef(expected)))
    throw RuntimeError(
        cat("Expected a gradient of shape ", shape_text(expected), ", but got ", shape_text(grad_output.sizes())));
  const Tensor grad = cpu::contiguous(widened(grad_output));
  Tensor result = empty_tensor(self.sizes(), grad.dtype(), grad.device());
  cpu::avg_pool_backward(g, divisor, grad, result, names.avg_name);
  return cpu::to_dtype(result, grad_output.dtype());
}
Tensor avg_pool1d_cpu(const Tensor& self, IntArrayRef kernel, IntArrayRef stride, IntArrayRef padding, bool ceil_mode,
                      bool count_include_pad) {
  const IntArrayRef step = stride.empty() ? kernel : stride;
  check_dims_between_2_and_3(self, "avg_pool1d");
  check_one("avg_pool1d", "kernel_size", kernel);
  check_one("avg_pool1d", "stride", step);
  check_one("avg_pool1d", "padding", padding);
  return squeeze(avg_pool2d(unsqueeze(self, -2), {1, kernel[0]}, {1, step[0]}, {0, padding[0]}, ceil_mode,
                            count_include_pad, std::nullopt),
                 -2);
}

// ---- Windows that share the input out evenly

void check_adaptive_input(std::string_view name, const Tensor& self, size_t rank, std::string_view colon) {
  const size_t dims = size_t(self.dim());
  if (dims != rank + 1 && dims != rank + 2)
    throw RuntimeError(cat(name, "(): Expected ", rank + 1, "D or ", rank + 2, "D tensor, but got", colon, " ",
                           shape_text(self.sizes())));
  for (size_t d = dims - rank; d < dims; ++d)
    if (self.sizes()[d] == 0)
      throw RuntimeError(cat(name, "(): Expected input to have non-zero size for non-batch dimensions, but input has ",
                             "sizes ", shape_text(self.sizes()), " with dimension ", d, " being empty"));
}
PoolGeometry adaptive_geometry(const Tensor& self, size_t rank, IntArrayRef output_size) {
  PoolGeometry g = inner_geometry(self, rank);
  for (size_t d = 0; d < rank; ++d) g.out[3 - rank + d] = output_size[d];
  return g;
}
template <const PoolNames& names>
Tensor adaptive_avg_pool_cpu(const Tensor& self, IntArrayRef output_size) {
  if (output_size.size() != names.rank)
    throw RuntimeError(cat(names.adaptive_avg_name, ": output_size must be ", names.rank));
  check_adaptive_input(names.adaptive_avg_name, self, names.rank, "");
  const std::string_view kernel_name = names.rank == 2 ? "adaptive_avg_pool2d" : "adaptive_avg_pool3d_cpu";
  cpu::dispatch<kFloating>(self.dtype(), kernel_name, [](auto) {});
  const PoolGeometry g = adaptive_geometry(self, names.rank, output_size);
  Tensor output = empty_tensor(outer_shape(self, names.rank, g.out), self.dtype(), self.device());
  cpu::adaptive_avg_pool(g, cpu::contiguous(self), output, kernel_name);
  return output;
}
template <const PoolNames& names>
Tensor adaptive_avg_pool_backward_cpu(const Tensor& grad_output, const Tensor& self) {
  check_adaptive_input(cat(names.adaptive_avg_name, "_backward"), grad_output, names.rank, "");
  const IntArrayRef sizes = grad_output.sizes();
  const PoolGeometry g = adaptive_geometry(self, names.rank, sizes.slice(sizes.size() - names.rank, names.rank));
  const Tensor grad = cpu::contiguous(widened(grad_output));
  Tensor result = empty_tensor(self.sizes(), grad.dtype(), grad.device());
  cpu::adaptive_avg_pool_backward(g, grad, result, names.adaptive_avg_name);
  return cpu::to_dtype(result, grad_output.dtype());
}
void check_adaptive_size(const PoolNames& names, IntArrayRef output_size) {
  if (output_size.size() != names.rank)
    throw RuntimeError(cat(names.adaptive_avg_name, ": output_size must be ", names.rank));
  bool negative = false;
  for (int64_t size : output_size) negative |= size < 0;
  if (!negative) return;
  std::string sizes = cat(output_size[0], ", ", output_size[1]);
  if (names.rank == 3) sizes += cat(",", output_size[2]);
  throw RuntimeError(cat(names.adaptive_avg_name,
                         ": elements of output_size must be greater than or equal to 0 but received {", sizes, "}"));
}
Tensor adaptive_avg_pool2d_cpu(const Tensor& self, IntArrayRef output_size) {
  check_adaptive_size(kPool2d, output_size);
  if (output_size[0] != 1 || output_size[1] != 1) return _adaptive_avg_pool2d(self, output_size);
  return mean(self, std::optional<IntArrayRef>(kLastTwo), true);
}
Tensor adaptive_avg_pool3d_cpu(const Tensor& self, IntArrayRef output_size) {
  check_adaptive_size(kPool3d, output_size);
  if (output_size[0] != 1 || output_size[1] != 1 || output_size[2] != 1) return _adaptive_avg_pool3d(self, output_size);
  return mean(self, std::optional<IntArrayRef>(kLastThree), true);
}
Tensor adaptive_avg_pool1d_cpu(const Tensor& self, IntArrayRef output_size) {
  check_dims_between_2_and_3(self, "adaptive_avg_pool1d");
  check_one("adaptive_avg_pool1d", "output_size", output_size);
  return squeeze(adaptive_avg_pool2d(unsqueeze(self, -2), {1, output_size[0]}), -2);
}

template <size_t kRank>
Pair adaptive_max_pool_cpu(const Tensor& self, IntArrayRef output_size) {
  const std::string name = cat("adaptive_max_pool", kRank, "d");
  check_adaptive_input(name, self, kRank, ":");
  if (output_size.size() != kRank)
    throw RuntimeError(cat(name, "(): internal error: output_size.size() must be ", kRank));
  const std::string_view kernel_name = kRank == 2 ? "adaptive_max_pool2d" : "adaptive_max_pool3d_cpu";
  cpu::dispatch<kFloating>(self.dtype(), kernel_name, [](auto) {});
  const PoolGeometry g = adaptive_geometry(self, kRank, output_size);
  const Shape shape = outer_shape(self, kRank, g.out);
  Tensor output = empty_tensor(shape, self.dtype(), self.device());
  Tensor indices = empty_tensor(shape, ScalarType::int64, self.device());
  cpu::adaptive_max_pool(g, cpu::contiguous(self), output, indices, kernel_name);
  return {output, indices};
}
Pair adaptive_max_pool1d_cpu(const Tensor& self, IntArrayRef output_size) {
  check_dims_between_2_and_3(self, "adaptive_max_pool1d");
  check_one("adaptive_max_pool1d", "output_size", output_size);
  auto [output, indices] = adaptive_max_pool2d(unsqueeze(self, -2), {1, output_size[0]});
  return {squeeze(output, -2), squeeze(indices, -2)};
}
template <size_t kRank>
Tensor adaptive_max_pool_backward(const Tensor& grad_output, const Tensor& self, const Tensor& indices) {
  return add_to_planes(grad_output, self, indices, kRank,
                       kRank == 2 ? "adaptive_max_pool2d_backward" : "adaptive_max_pool3d_backward");
}

std::optional<int64_t> optional_int(const Backward& b, std::string_view name) {
  return b.argument(name).is_none() ? std::nullopt : std::optional(b.int_of(name));
}
}  // namespace

Tensor add_to_planes(const Tensor& grad, const Tensor& self, const Tensor& indices, size_t rank,
                     std::string_view name) {
  if (!(grad.sizes() == indices.sizes()))
    throw RuntimeError(
        cat("Expected a gradient of shape ", shape_text(indices.sizes()), ", but got ", shape_text(grad.sizes())));
  cpu::dispatch<kIntegral | kFloating>(grad.dtype(), name, [](auto) {});
  const PoolGeometry g = inner_geometry(self, rank);
  const Tensor values = cpu::contiguous(widened(grad));
  Tensor result = empty_tensor(self.sizes(), values.dtype(), self.device());
  cpu::add_at_indices(g.planes, values, cpu::contiguous(indices), result, name);
  return cpu::to_dtype(result, grad.dtype());
}
Tensor choose_from_planes(const Tensor& source, const Tensor& indices, int64_t rank) {
  const Tensor chosen = gather(flatten(source, -rank, -1), -1, flatten(indices, -rank, -1));
  return view(chosen, indices.sizes());
}

void declare_pooling(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::nn_functional;
  constexpr OpTraits kTorch = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::no_method | OpTraits::composite;
  // Dilated windows overlap in any way, so the backward passes of maxima go by the indices alone.
  ops.add({.schema = "max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, "
                     "int[2] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&max_pool_with_indices<kPool2d>>(),
           .saves = "self, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return max_pool2d_with_indices_backward(
                                  b.grad(), b.saved("self"), b.ints_of("kernel_size"), b.ints_of("stride"),
                                  b.ints_of("padding"), b.ints_of("dilation"), b.bool_of("ceil_mode"), b.result(1));
                            }}},
           .grad_fn = "MaxPool2DWithIndicesBackward0",
           .traits = kPlain,
           .doc = "The largest element of each window, and its position in the plane."});
  ops.add({.schema = "max_pool2d_with_indices_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] "
                     "stride, int[2] padding, int[2] dilation, bool ceil_mode, Tensor indices) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&max_pool2d_backward>(),
           .saves = "indices",
           .derivatives = {{"grad_output",
                            [](const Backward& b) { return choose_from_planes(b.grad(), b.saved("indices"), 2); }},
                           {"self", &zero_wrt_self}},
           .grad_fn = "MaxPool2DWithIndicesBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of max_pool2d_with_indices."});
  ops.add({.schema = "max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, "
                     "int[3] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&max_pool_with_indices<kPool3d>>(),
           .saves = "self, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return max_pool3d_with_indices_backward(
                                  b.grad(), b.saved("self"), b.ints_of("kernel_size"), b.ints_of("stride"),
                                  b.ints_of("padding"), b.ints_of("dilation"), b.bool_of("ceil_mode"), b.result(1));
                            }}},
           .grad_fn = "MaxPool3DWithIndicesBackward0",
           .traits = kPlain,
           .doc = "The largest element of each window, and its position in the volume."});
  ops.add({.schema = "max_pool3d_with_indices_backward(Tensor grad_output, Tensor self, int[3] kernel_size, int[3] "
                     "stride, int[3] padding, int[3] dilation, bool ceil_mode, Tensor indices) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&max_pool3d_backward>(),
           .saves = "indices",
           .derivatives = {{"grad_output",
                            [](const Backward& b) { return choose_from_planes(b.grad(), b.saved("indices"), 3); }},
                           {"self", &zero_wrt_self}},
           .grad_fn = "MaxPool3DWithIndicesBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of max_pool3d_with_indices."});
  ops.add({.schema = "max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], "
                     "int[1] dilation=[1], bool ceil_mode=False) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&max_pool1d_with_indices_cpu>(),
           .traits = kComposite,
           .doc = "The largest element of each window, and its position in the line."});
  ops.add({.schema = "max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] "
                     "dilation=[1], bool ceil_mode=False) -> Tensor",
           .kernel = typed_kernel<&max_pool1d_cpu>(),
           .traits = kComposite,
           .doc = "The largest element of each window of a line."});
  ops.add({.schema = "max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] "
                     "dilation=1, bool ceil_mode=False) -> Tensor",
           .kernel = typed_kernel<&max_pool2d_cpu>(),
           .traits = kComposite,
           .doc = "The largest element of each window of a plane."});
  ops.add({.schema = "max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] "
                     "dilation=1, bool ceil_mode=False) -> Tensor",
           .kernel = typed_kernel<&max_pool3d_cpu>(),
           .traits = kComposite,
           .doc = "The largest element of each window of a volume."});
  ops.add({.schema = "avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool "
                     "ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&avg_pool_cpu<kPool2d>>(),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return avg_pool2d_backward(b.grad(), b.saved("self"), b.ints_of("kernel_size"),
                                                         b.ints_of("stride"), b.ints_of("padding"),
                                                         b.bool_of("ceil_mode"), b.bool_of("count_include_pad"),
                                                         optional_int(b, "divisor_override"));
                            }}},
           .grad_fn = "AvgPool2DBackward0",
           .traits = kPlain,
           .doc = "The mean of each window of a plane."});
  ops.add({.schema = "avg_pool2d_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] "
                     "padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&avg_pool_backward_cpu<kPool2d>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return avg_pool2d(b.grad(), b.ints_of("kernel_size"), b.ints_of("stride"),
                                                b.ints_of("padding"), b.bool_of("ceil_mode"),
                                                b.bool_of("count_include_pad"), optional_int(b, "divisor_override"));
                            }},
                           {"self", &zero_wrt_self}},
           .grad_fn = "AvgPool2DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of avg_pool2d."});
  ops.add({.schema = "avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool "
                     "ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&avg_pool_cpu<kPool3d>>(),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return avg_pool3d_backward(b.grad(), b.saved("self"), b.ints_of("kernel_size"),
                                                         b.ints_of("stride"), b.ints_of("padding"),
                                                         b.bool_of("ceil_mode"), b.bool_of("count_include_pad"),
                                                         optional_int(b, "divisor_override"));
                            }}},
           .grad_fn = "AvgPool3DBackward0",
           .traits = kPlain,
           .doc = "The mean of each window of a volume."});
  ops.add({.schema = "avg_pool3d_backward(Tensor grad_output, Tensor self, int[3] kernel_size, int[3] stride, int[3] "
                     "padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&avg_pool_backward_cpu<kPool3d>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return avg_pool3d(b.grad(), b.ints_of("kernel_size"), b.ints_of("stride"),
                                                b.ints_of("padding"), b.bool_of("ceil_mode"),
                                                b.bool_of("count_include_pad"), optional_int(b, "divisor_override"));
                            }},
                           {"self", &zero_wrt_self}},
           .grad_fn = "AvgPool3DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of avg_pool3d."});
  ops.add({.schema = "avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool "
                     "ceil_mode=False, bool count_include_pad=True) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&avg_pool1d_cpu>(),
           .traits = kComposite,
           .doc = "The mean of each window of a line."});
  ops.add(
      {.schema = "_adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&adaptive_avg_pool_cpu<kPool2d>>(),
       .saves = "self",
       .derivatives = {{"self",
                        [](const Backward& b) { return _adaptive_avg_pool2d_backward(b.grad(), b.saved("self")); }}},
       .grad_fn = "AdaptiveAvgPool2DBackward0",
       .traits = kTorch,
       .doc = "The means of output_size windows that share the plane out."});
  ops.add({.schema = "_adaptive_avg_pool2d_backward(Tensor grad_output, Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&adaptive_avg_pool_backward_cpu<kPool2d>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _adaptive_avg_pool2d(
                                  b.grad(), {b.sizes("grad_output").slice(b.sizes("grad_output").size() - 2, 2)});
                            }},
                           {"self", &zero_wrt_self}},
           .grad_fn = "AdaptiveAvgPool2DBackwardBackward0",
           .traits = kTorch,
           .doc = "The gradient of _adaptive_avg_pool2d."});
  ops.add(
      {.schema = "_adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&adaptive_avg_pool_cpu<kPool3d>>(),
       .saves = "self",
       .derivatives = {{"self",
                        [](const Backward& b) { return _adaptive_avg_pool3d_backward(b.grad(), b.saved("self")); }}},
       .grad_fn = "AdaptiveAvgPool3DBackward0",
       .traits = kTorch,
       .doc = "The means of output_size windows that share the volume out."});
  ops.add({.schema = "_adaptive_avg_pool3d_backward(Tensor grad_output, Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&adaptive_avg_pool_backward_cpu<kPool3d>>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return _adaptive_avg_pool3d(
                                  b.grad(), {b.sizes("grad_output").slice(b.sizes("grad_output").size() - 3, 3)});
                            }},
                           {"self", &zero_wrt_self}},
           .grad_fn = "AdaptiveAvgPool3DBackwardBackward0",
           .traits = kTorch,
           .doc = "The gradient of _adaptive_avg_pool3d."});
  ops.add({.schema = "adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&adaptive_avg_pool2d_cpu>(),
           .traits = kPlain | OpTraits::composite,
           .doc = "The means of output_size windows that share the plane out."});
  ops.add({.schema = "adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&adaptive_avg_pool3d_cpu>(),
           .traits = kPlain | OpTraits::composite,
           .doc = "The means of output_size windows that share the volume out."});
  ops.add({.schema = "adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&adaptive_avg_pool1d_cpu>(),
           .traits = kComposite,
           .doc = "The means of output_size windows that share the line out."});
  ops.add({.schema = "adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&adaptive_max_pool_cpu<2>>(),
           .saves = "self, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return adaptive_max_pool2d_backward(b.grad(), b.saved("self"), b.result(1));
                            }}},
           .grad_fn = "AdaptiveMaxPool2DBackward0",
           .traits = kPlain,
           .doc = "The maxima of output_size windows that share the plane out, and their positions."});
  ops.add({.schema = "adaptive_max_pool2d_backward(Tensor grad_output, Tensor self, Tensor indices) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&adaptive_max_pool_backward<2>>(),
           .saves = "indices",
           .derivatives = {{"grad_output",
                            [](const Backward& b) { return choose_from_planes(b.grad(), b.saved("indices"), 2); }},
                           {"self", &zero_wrt_self}},
           .grad_fn = "AdaptiveMaxPool2DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of adaptive_max_pool2d."});
  ops.add({.schema = "adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&adaptive_max_pool_cpu<3>>(),
           .saves = "self, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return adaptive_max_pool3d_backward(b.grad(), b.saved("self"), b.result(1));
                            }}},
           .grad_fn = "AdaptiveMaxPool3DBackward0",
           .traits = kPlain,
           .doc = "The maxima of output_size windows that share the volume out, and their positions."});
  ops.add({.schema = "adaptive_max_pool3d_backward(Tensor grad_output, Tensor self, Tensor indices) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&adaptive_max_pool_backward<3>>(),
           .saves = "indices",
           .derivatives = {{"grad_output",
                            [](const Backward& b) { return choose_from_planes(b.grad(), b.saved("indices"), 3); }},
                           {"self", &zero_wrt_self}},
           .grad_fn = "AdaptiveMaxPool3DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradient of adaptive_max_pool3d."});
  ops.add({.schema = "adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&adaptive_max_pool1d_cpu>(),
           .traits = kComposite,
           .doc = "The maxima of output_size windows that share the line out, and their positions."});
}

}  // namespace rushlight::ops
