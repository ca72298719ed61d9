#include "ops/cpu/grid_sampling.h"

#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"

namespace rushlight::cpu {
namespace {

/// A coordinate that was moved into the image, and its derivative by the one that was given.
template <class T>
struct Moved {
  T at, slope;
};

template <class T>
Moved<T> clip(T x, int64_t size) {
  if (!(x > T(0))) return {T(0), T(0)};  // nan too
  const T last = T(size - 1);
  return x >= last ? Moved<T>{last, T(0)} : Moved<T>{x, T(1)};
}
template <class T>
Moved<T> reflect(T x, int64_t twice_low, int64_t twice_high) {
  if (twice_low == twice_high) return {T(0), T(0)};
  const T low = T(twice_low) / T(2), span = T(twice_high - twice_low) / T(2);
  T slope = T(1);
  x -= low;
  if (x < T(0)) {
    x = -x;
    slope = T(-1);
  }
  const T extra = std::fmod(x, span);
  const bool even = std::fmod(std::floor(x / span), T(2)) == T(0);
  return even ? Moved<T>{extra + low, slope} : Moved<T>{span - extra + low, -slope};
}
template <class T>
Moved<T> move_inside(const GridSampling& how, T x, int64_t size) {
  if (how.padding == GridPadding::zeros) return {x, T(1)};
  if (how.padding == GridPadding::border) return clip(x, size);
  const Moved<T> reflected = how.align_corners ? reflect(x, 0, 2 * (size - 1)) : reflect(x, -1, 2 * size - 1);
  const Moved<T> clipped = clip(reflected.at, size);
  return {clipped.at, clipped.slope * reflected.slope};
}

/// The elements along one dimension that a sample is made of: weights, and their first and second derivative by the
/// given coordinate. An index of -1 lies outside and counts as 0.
template <class T>
struct Taps {
  int count = 1;
  int64_t index[4] = {0, 0, 0, 0};
  T weight[4] = {1, 0, 0, 0}, first[4] = {}, second[4] = {};
};

template <class T>
Taps<T> taps_of(const GridSampling& how, T coordinate, int64_t size) {
  const T scale = T(how.align_corners ? size - 1 : size) / T(2);
  const T x =
      how.align_corners ? (coordinate + T(1)) / T(2) * T(size - 1) : ((coordinate + T(1)) * T(size) - T(1)) / T(2);
  const auto bounded = [&](T at) { return at >= T(0) && at <= T(size - 1) ? int64_t(at) : int64_t(-1); };
  Taps<T> taps;
  if (how.interpolation == GridInterpolation::cubic) {
    // Keys' cubic convolution (1981) with a = -0.75. Here the taps are moved inside, not the coordinate.
    constexpr T a = T(-0.75);
    const T low = std::floor(x), t = x - low;
    taps.count = 4;
    for (int k = 0; k < 4; ++k) {
      taps.index[k] = bounded(move_inside(how, low - T(1) + T(k), size).at);
      const T d = std::abs(t + T(1) - T(k)), sign = t + T(1) - T(k) < T(0) ? T(-1) : T(1);
      const bool near = k == 1 || k == 2;
      taps.weight[k] =
          near ? ((a + T(2)) * d - (a + T(3))) * d * d + T(1) : ((a * d - T(5) * a) * d + T(8) * a) * d - T(4) * a;
      const T slope =
          near ? (T(3) * (a + T(2)) * d - T(2) * (a + T(3))) * d : (T(3) * a * d - T(10) * a) * d + T(8) * a;
      const T bend = near ? T(6) * (a + T(2)) * d - T(2) * (a + T(3)) : T(6) * a * d - T(10) * a;
      taps.first[k] = sign * slope * scale;
      taps.second[k] = bend * scale * scale;
    }
    return taps;
  }
  const Moved<T> moved = move_inside(how, x, size);
  if (how.interpolation == GridInterpolation::nearest) {
    taps.index[0] = bounded(std::nearbyint(moved.at));
    return taps;
  }
  const T low = std::floor(moved.at), slope = moved.slope * scale;
  taps.count = 2;
  taps.index[0] = bounded(low);
  taps.index[1] = bounded(low + T(1));
  taps.weight[0] = low + T(1) - moved.at;
  taps.weight[1] = moved.at - low;
  taps.first[0] = -slope;
  taps.first[1] = slope;
  return taps;
}

/// Sizes as volumes; images have a depth of 1.
struct Volumes {
  Volumes(const Tensor& input, const Tensor& grid) : rank(size_t(input.dim()) - 2) {
    n = input.sizes()[0];
    c = input.sizes()[1];
    for (size_t d = 0; d < rank; ++d) {
      in[3 - rank + d] = input.sizes()[2 + d];
      points *= grid.sizes()[1 + d];
    }
  }
  size_t rank;
  int64_t n, c, points = 1;
  int64_t in[3] = {1, 1, 1};
  int64_t area() const { return in[0] * in[1] * in[2]; }
};

/// Calls fn(offset in a plane, taps, positions in the taps) for the elements of one sample that lie inside.
template <class T, class Fn>
void for_each_element(const Volumes& v, const Taps<T> (&taps)[3], Fn&& fn) {
  int at[3];
  for (at[0] = 0; at[0] < taps[0].count; ++at[0])
    for (at[1] = 0; at[1] < taps[1].count; ++at[1])
      for (at[2] = 0; at[2] < taps[2].count; ++at[2]) {
        const int64_t d = taps[0].index[at[0]], h = taps[1].index[at[1]], w = taps[2].index[at[2]];
        if (d >= 0 && h >= 0 && w >= 0) fn((d * v.in[1] + h) * v.in[2] + w, at);
      }
}
/// The taps of one point: dimension d of the volume has coordinate 2 - d of the grid.
template <class T>
void read_taps(const GridSampling& how, const Volumes& v, const T* coordinates, Taps<T> (&taps)[3]) {
  for (size_t d = 3 - v.rank; d < 3; ++d) taps[d] = taps_of(how, coordinates[2 - d], v.in[d]);
}
/// The product of the weights, with derivatives of order `order[d]` along dimension d.
template <class T>
T product(const Taps<T> (&taps)[3], const int (&at)[3], const int (&order)[3]) {
  T result = 1;
  for (int d = 0; d < 3; ++d) {
    const Taps<T>& t = taps[d];
    result *= order[d] == 0 ? t.weight[at[d]] : order[d] == 1 ? t.first[at[d]] : t.second[at[d]];
  }
  return result;
}

constexpr DtypeSet kSet = DtypeSet(ScalarType::float32) | ScalarType::float64;

Shape result_shape(const Tensor& input, const Tensor& grid) {
  Shape shape({input.sizes()[0], input.sizes()[1]});
  for (size_t d = 1; d + 1 < size_t(grid.dim()); ++d) shape.push_back(grid.sizes()[d]);
  return shape;
}

}  // namespace

Tensor grid_sample(const GridSampling& how, const Tensor& input, const Tensor& grid) {
  const Volumes v(input, grid);
  Tensor output = empty_tensor(result_shape(input, grid), input.dtype(), input.device());
  dispatch<kSet>(input.dtype(), "grid_sampler", [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (output.numel() == 0) return;
    parallel_for(0, v.n * v.points, std::max<int64_t>(1, 2048 / v.c), [&](int64_t begin, int64_t end) {
      Taps<T> taps[3];
      for (int64_t p = begin; p < end; ++p) {
        read_taps(how, v, grid.data<T>() + p * int64_t(v.rank), taps);
        const int64_t sample = p / v.points;
        const T* image = input.data<T>() + sample * v.c * v.area();
        T* out = output.data<T>() + sample * v.c * v.points + p % v.points;
        for (int64_t c = 0; c < v.c; ++c) out[c * v.points] = T(0);
        for_each_element(v, taps, [&](int64_t place, const int(&at)[3]) {
          const T weight = product(taps, at, {0, 0, 0});
          for (int64_t c = 0; c < v.c; ++c) out[c * v.points] += weight * image[c * v.area() + place];
        });
      }
    });
  });
  return output;
}

GridGradients grid_sample_backward(const GridSampling& how, const Tensor& grad, const Tensor& input, const Tensor& grid,
                                   bool want_input, bool want_grid) {
  const Volumes v(input, grid);
  GridGradients result;
  if (want_input) {
    result.input = empty_tensor(input.sizes(), input.dtype(), input.device());
    fill(result.input, 0);
  }
  if (want_grid) {
    result.grid = empty_tensor(grid.sizes(), grid.dtype(), grid.device());
    fill(result.grid, 0);
  }
  dispatch<kSet>(input.dtype(), "grid_sampler_backward", [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (grad.numel() == 0) return;
    parallel_for(0, v.n, 1, [&](int64_t begin, int64_t end) {
      Taps<T> taps[3];
      for (int64_t p = begin * v.points; p < end * v.points; ++p) {
        read_taps(how, v, grid.data<T>() + p * int64_t(v.rank), taps);
        const int64_t sample = p / v.points;
        const T* image = input.data<T>() + sample * v.c * v.area();
        const T* g = grad.data<T>() + sample * v.c * v.points + p % v.points;
        T* to_image = want_input ? result.input.data<T>() + sample * v.c * v.area() : nullptr;
        T* to_grid = want_grid ? result.grid.data<T>() + p * int64_t(v.rank) : nullptr;
        for_each_element(v, taps, [&](int64_t place, const int(&at)[3]) {
          T value = 0;  // what the element contributes for a weight of 1
          for (int64_t c = 0; c < v.c; ++c) value += g[c * v.points] * image[c * v.area() + place];
          if (to_image) {
            const T weight = product(taps, at, {0, 0, 0});
            for (int64_t c = 0; c < v.c; ++c) to_image[c * v.area() + place] += weight * g[c * v.points];
          }
          for (size_t d = 3 - v.rank; to_grid && d < 3; ++d) {
            int order[3] = {0, 0, 0};
            order[d] = 1;
            to_grid[2 - d] += product(taps, at, order) * value;
          }
        });
      }
    });
  });
  return result;
}

GridSecondGradients grid_sample_double_backward(const GridSampling& how, const GridGradients& arriving,
                                                const Tensor& grad, const Tensor& input, const Tensor& grid) {
  const Volumes v(input, grid);
  GridSecondGradients result{empty_tensor(grad.sizes(), grad.dtype()), empty_tensor(input.sizes(), input.dtype()),
                             empty_tensor(grid.sizes(), grid.dtype())};
  fill(result.grad, 0);
  fill(result.input, 0);
  fill(result.grid, 0);
  dispatch<kSet>(input.dtype(), "grid_sampler_double_backward", [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (grad.numel() == 0) return;
    const T* by_image = arriving.input.defined() ? arriving.input.data<T>() : nullptr;
    const T* by_grid = arriving.grid.defined() ? arriving.grid.data<T>() : nullptr;
    parallel_for(0, v.n, 1, [&](int64_t begin, int64_t end) {
      Taps<T> taps[3];
      for (int64_t p = begin * v.points; p < end * v.points; ++p) {
        read_taps(how, v, grid.data<T>() + p * int64_t(v.rank), taps);
        const int64_t plane = p / v.points * v.c * v.area(), line = p / v.points * v.c * v.points + p % v.points;
        const T* place_gradient = by_grid ? by_grid + p * int64_t(v.rank) : nullptr;
        for_each_element(v, taps, [&](int64_t place, const int(&at)[3]) {
          // The weight's derivative in the direction that arrives at the grid, and its derivatives.
          T directional = 0, along[3] = {}, slope[3] = {};
          for (size_t d = 3 - v.rank; d < 3; ++d) {
            int order[3] = {0, 0, 0};
            order[d] = 1;
            slope[d] = product(taps, at, order);
            if (!place_gradient) continue;
            directional += place_gradient[2 - d] * slope[d];
            for (size_t e = 3 - v.rank; e < 3; ++e) {
              ++order[e];
              along[e] += place_gradient[2 - d] * product(taps, at, order);
              --order[e];
            }
          }
          const T weight = product(taps, at, {0, 0, 0});
          for (int64_t c = 0; c < v.c; ++c) {
            const int64_t image_at = plane + c * v.area() + place, grad_at = line + c * v.points;
            const T value = input.data<T>()[image_at], g = grad.data<T>()[grad_at];
            const T image_gradient = by_image ? by_image[image_at] : T(0);
            result.grad.data<T>()[grad_at] += image_gradient * weight + directional * value;
            result.input.data<T>()[image_at] += directional * g;
            for (size_t e = 3 - v.rank; e < 3; ++e)
              result.grid.data<T>()[p * int64_t(v.rank) + 2 - int64_t(e)] +=
                  g * (image_gradient * slope[e] + along[e] * value);
          }
        });
      }
    });
  });
  return result;
}

}  // namespace rushlight::cpu
