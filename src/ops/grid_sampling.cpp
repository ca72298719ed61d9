/// Spatial transformers (Jaderberg et al. 2015): grids of places from affine maps, and images sampled there.
#include "ops/cpu/grid_sampling.h"

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/factories.h"
#include "ops/functions/grid_sampling.h"
#include "ops/functions/joining.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Pair = std::tuple<Tensor, Tensor>;

void check_grid(const Tensor& input, const Tensor& grid) {
  const auto both = [&] {
    return cat("input with sizes ", shape_text(input.sizes()), " and grid with sizes ", shape_text(grid.sizes()));
  };
  if (input.dim() < 1 || grid.dim() < 1 || input.sizes()[0] != grid.sizes()[0])
    throw RuntimeError(cat("grid_sampler(): expected grid and input to have same batch size, but got ", both()));
  if (grid.size(-1) != input.dim() - 2)
    throw RuntimeError(cat("grid_sampler(): expected grid to have size ", input.dim() - 2,
                           " in last dimension, but got grid with sizes ", shape_text(grid.sizes())));
  for (size_t d = 2; d < size_t(input.dim()); ++d)
    if (input.sizes()[d] == 0)
      throw RuntimeError(
          cat("grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes ",
              shape_text(input.sizes()), " with dimension ", d, " being empty"));
}
cpu::GridSampling sampling(const Tensor& input, const Tensor& grid, int64_t dims, int64_t interpolation,
                           int64_t padding, bool align_corners) {
  check_grid(input, grid);
  if (input.dim() != dims || grid.dim() != dims)
    throw RuntimeError(cat("grid_sampler(): expected ", dims,
                           "D input and grid with same number of dimensions, but got ", "input with sizes ",
                           shape_text(input.sizes()), " and grid with sizes ", shape_text(grid.sizes())));
  if (interpolation < 0 || interpolation > 2 || padding < 0 || padding > 2)
    throw RuntimeError("grid_sampler(): unknown interpolation or padding mode");
  if (dims == 5 && cpu::GridInterpolation(interpolation) == cpu::GridInterpolation::cubic)
    throw RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input");
  if (grid.dtype() != input.dtype())
    throw RuntimeError(cat("expected scalar type ", dtype_info(input.dtype()).ir_name, " but found ",
                           dtype_info(grid.dtype()).ir_name));
  cpu::dispatch<kFloating>(input.dtype(), dims == 4 ? "grid_sampler_2d_cpu" : "grid_sampler_3d_cpu", [](auto) {});
  return {cpu::GridInterpolation(interpolation), cpu::GridPadding(padding), align_corners};
}
Tensor plain(const Tensor& t) {
  if (!t.defined()) return t;
  return cpu::contiguous(kReducedFloating.contains(t.dtype()) ? cpu::to_dtype(t, ScalarType::float32) : t);
}

template <int64_t kDims>
Tensor sample(const Tensor& input, const Tensor& grid, int64_t interpolation, int64_t padding, bool align_corners) {
  const cpu::GridSampling how = sampling(input, grid, kDims, interpolation, padding, align_corners);
  return cpu::to_dtype(cpu::grid_sample(how, plain(input), plain(grid)), input.dtype());
}
template <int64_t kDims>
Pair sample_backward(const Tensor& grad_output, const Tensor& input, const Tensor& grid, int64_t interpolation,
                     int64_t padding, bool align_corners, const std::array<bool, 2>& mask) {
  const cpu::GridSampling how = sampling(input, grid, kDims, interpolation, padding, align_corners);
  const cpu::GridGradients found =
      cpu::grid_sample_backward(how, plain(grad_output), plain(input), plain(grid), mask[0], mask[1]);
  const auto narrowed = [&](const Tensor& t) { return t.defined() ? cpu::to_dtype(t, input.dtype()) : t; };
  return {narrowed(found.input), narrowed(found.grid)};
}
template <int64_t kDims>
void sample_gradients(const Backward& b, std::span<Tensor> gradients) {
  const Tensor input = b.saved("input"), grid = b.saved("grid");
  const std::array<bool, 2> mask = {b.needs("input"), b.needs("grid")};
  const auto call = kDims == 4 ? &grid_sampler_2d_backward : &grid_sampler_3d_backward;
  std::tie(gradients[0], gradients[1]) = call(b.grad(), input, grid, b.int_of("interpolation_mode"),
                                              b.int_of("padding_mode"), b.bool_of("align_corners"), mask);
}
template <int64_t kDims>
void sample_second_gradients(const Backward& b, std::span<Tensor> gradients) {
  const Tensor input = b.saved("input"), grid = b.saved("grid"), grad = b.saved("grad_output");
  const cpu::GridSampling how = sampling(input, grid, kDims, b.int_of("interpolation_mode"), b.int_of("padding_mode"),
                                         b.bool_of("align_corners"));
  const cpu::GridSecondGradients found = cpu::grid_sample_double_backward(how, {plain(b.grad(0)), plain(b.grad(1))},
                                                                          plain(grad), plain(input), plain(grid));
  gradients[0] = found.grad;
  gradients[1] = found.input;
  gradients[2] = found.grid;
}
Tensor grid_sampler_composite(const Tensor& input, const Tensor& grid, int64_t interpolation, int64_t padding,
                              bool align_corners) {
  check_grid(input, grid);
  if ((input.dim() != 4 && input.dim() != 5) || input.dim() != grid.dim())
    throw RuntimeError(cat("grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got ",
                           "input with sizes ", shape_text(input.sizes()), " and grid with sizes ",
                           shape_text(grid.sizes())));
  return input.dim() == 4 ? grid_sampler_2d(input, grid, interpolation, padding, align_corners)
                          : grid_sampler_3d(input, grid, interpolation, padding, align_corners);
}

// ---- Grids of affine maps

/// All places of an image or volume in homogeneous coordinates, from -1 to 1: [places, rank + 1].
Tensor homogeneous_places(IntArrayRef size, ScalarType type, bool align_corners) {
  const size_t rank = size.size() - 2;
  Shape shape(size.slice(2, rank));
  std::vector<Tensor> columns;
  for (size_t d = rank; d-- > 0;) {
    const int64_t count = size[d + 2];
    Tensor line = count <= 1 ? zeros(count, type) : linspace(Scalar(-1), Scalar(1), count, type);
    if (!align_corners && count > 1) line = line * Scalar(double(count - 1) / double(count));
    Shape along(rank, 1);
    along[d] = count;
    columns.push_back(expand(view(line, along), shape));
  }
  columns.push_back(ones(shape, type));
  const Tensor places = stack(columns, -1);
  return reshape(places, {numel_of(shape), int64_t(rank) + 1});
}
void check_affine(const Tensor& theta, IntArrayRef size) {
  if (size.size() != 4 && size.size() != 5)
    throw RuntimeError("AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.");
  const int64_t rank = int64_t(size.size()) - 2;
  if (theta.dim() != 3 || theta.sizes()[0] != size[0] || theta.sizes()[1] != rank || theta.sizes()[2] != rank + 1)
    throw RuntimeError(cat("Expected theta of shape [", size[0], ", ", rank, ", ", rank + 1, "], but got ",
                           shape_text(theta.sizes())));
}
Tensor affine_grid_cpu(const Tensor& theta, IntArrayRef size, bool align_corners) {
  check_affine(theta, size);
  const int64_t rank = int64_t(size.size()) - 2;
  const Tensor places = homogeneous_places(size, theta.dtype(), align_corners);
  Shape shape({size[0]});
  for (int64_t d = 0; d < rank; ++d) shape.push_back(size[size_t(d) + 2]);
  shape.push_back(rank);
  return view(matmul(places, transpose(theta, 1, 2)), shape);
}
Tensor affine_grid_backward_cpu(const Tensor& grad, IntArrayRef size, bool align_corners) {
  const int64_t rank = int64_t(size.size()) - 2;
  const Tensor places = homogeneous_places(size, grad.dtype(), align_corners);
  const Tensor rows = reshape(grad, {size[0], places.sizes()[0], rank});
  return matmul(transpose(rows, 1, 2), places);
}

}  // namespace

void declare_grid_sampling(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method;
  ops.add({.schema = "grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool "
                     "align_corners) -> Tensor",
           .kernel = typed_kernel<&grid_sampler_composite>(),
           .traits = kPlain | OpTraits::composite,
           .doc = "An image or volume sampled at the places of a grid."});
  ops.add({.schema = "grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool "
                     "align_corners) -> Tensor",
           .kernel = typed_kernel<&sample<4>>(),
           .saves = "input, grid",
           .derivatives = {{"input"}, {"grid"}},
           .joint_derivative = &sample_gradients<4>,
           .grad_fn = "GridSampler2DBackward0",
           .traits = kPlain,
           .doc = "An image sampled at the places of a grid."});
  ops.add({.schema =
               "grid_sampler_2d_backward(Tensor grad_output, Tensor input, Tensor grid, int interpolation_mode, int "
               "padding_mode, bool align_corners, bool[2] output_mask) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&sample_backward<4>>(),
           .saves = "grad_output, input, grid",
           .derivatives = {{"grad_output"}, {"input"}, {"grid"}},
           .joint_derivative = &sample_second_gradients<4>,
           .grad_fn = "GridSampler2DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradients of grid_sampler_2d."});
  ops.add({.schema = "grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool "
                     "align_corners) -> Tensor",
           .kernel = typed_kernel<&sample<5>>(),
           .saves = "input, grid",
           .derivatives = {{"input"}, {"grid"}},
           .joint_derivative = &sample_gradients<5>,
           .grad_fn = "GridSampler3DBackward0",
           .traits = kPlain,
           .doc = "A volume sampled at the places of a grid."});
  ops.add({.schema =
               "grid_sampler_3d_backward(Tensor grad_output, Tensor input, Tensor grid, int interpolation_mode, int "
               "padding_mode, bool align_corners, bool[2] output_mask) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&sample_backward<5>>(),
           .saves = "grad_output, input, grid",
           .derivatives = {{"grad_output"}, {"input"}, {"grid"}},
           .joint_derivative = &sample_second_gradients<5>,
           .grad_fn = "GridSampler3DBackwardBackward0",
           .traits = kPlain,
           .doc = "The gradients of grid_sampler_3d."});
  ops.add({.schema = "affine_grid_generator(Tensor theta, SymInt[] size, bool align_corners) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&affine_grid_cpu>(),
           .derivatives = {{"theta",
                            [](const Backward& b) {
                              return affine_grid_generator_backward(b.grad(), b.ints_of("size"),
                                                                    b.bool_of("align_corners"));
                            }}},
           .traits = kPlain,
           .doc = "The places that affine maps give the elements of images of a size."});
  ops.add({.schema = "affine_grid_generator_backward(Tensor grad, SymInt[] size, bool align_corners) -> Tensor",
           .kernel = typed_kernel<&affine_grid_backward_cpu>(),
           .traits = kPlain | OpTraits::composite,
           .doc = "The gradient of affine_grid_generator."});
}

}  // namespace rushlight::ops
