#include "ops/cpu/pooling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"

namespace rushlight::cpu {
namespace {

/// Positions begin, begin + step, .. below end along one dimension of the input.
struct Window {
  int64_t begin, end, step;
  int64_t padded;  ///< length with the padding that belongs to the window
  int64_t count() const { return end > begin ? (end - begin + step - 1) / step : 0; }
};

Window sliding_window(const PoolGeometry& g, size_t d, int64_t at) {
  const int64_t start = at * g.stride[d] - g.padding[d], step = g.dilation[d];
  const int64_t padded = std::min(start + g.kernel[d], g.in[d] + g.padding[d]) - start;
  const int64_t end = std::min(start + (g.kernel[d] - 1) * step + 1, g.in[d]);
  const int64_t begin = start < 0 ? start + (-start + step - 1) / step * step : start;
  return {begin, end, step, padded};
}
Window even_window(const PoolGeometry& g, size_t d, int64_t at) {
  const int64_t in = g.in[d], out = g.out[d];
  const int64_t begin = at / out * in + at % out * in / out, end = 1 + ((at + 1) * in - 1) / out;
  return {begin, end, 1, end - begin};
}
using Windows = std::array<std::vector<Window>, 3>;
template <class Make>
Windows make_windows(const PoolGeometry& g, Make make) {
  Windows windows;
  for (size_t d = 0; d < 3; ++d)
    for (int64_t i = 0; i < g.out[d]; ++i) windows[d].push_back(make(g, d, i));
  return windows;
}
int64_t plane_grain(int64_t area) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(area, 1)); }

template <class T>
bool replaces(T value, T best) {
  if constexpr (is_floating_v<T>) return Compute<T>(value) > Compute<T>(best) || value != value;
  return value > best;
}
template <class T>
T lowest() {
  if constexpr (is_reduced<T>)
    return T(-std::numeric_limits<float>::infinity());
  else if constexpr (is_floating_v<T>)
    return -std::numeric_limits<T>::infinity();
  else
    return std::numeric_limits<T>::lowest();
}

template <class T>
void max_of_plane(const PoolGeometry& g, const Windows& windows, const T* in, T* out, int64_t* indices) {
  const int64_t width = g.in[2], height = g.in[1];
  for (const Window& d : windows[0])
    for (const Window& h : windows[1])
      for (const Window& w : windows[2]) {
        T best = lowest<T>();
        int64_t best_at = (d.begin * height + h.begin) * width + w.begin;
        for (int64_t i = d.begin; i < d.end; i += d.step)
          for (int64_t j = h.begin; j < h.end; j += h.step) {
            const int64_t line = (i * height + j) * width;
            for (int64_t k = w.begin; k < w.end; k += w.step)
              if (replaces(in[line + k], best)) {
                best = in[line + k];
                best_at = line + k;
              }
          }
        *out++ = best;
        *indices++ = best_at;
      }
}

/// Values only: first the maximum over the lines of the window, which vectorises along the line, then along it.
template <class T>
void max_values_of_plane(const PoolGeometry& g, const Windows& windows, const T* in, T* out, std::vector<T>& line) {
  const int64_t width = g.in[2], height = g.in[1];
  for (const Window& d : windows[0])
    for (const Window& h : windows[1]) {
      std::fill(line.begin(), line.end(), lowest<T>());
      T* best = line.data();
      for (int64_t i = d.begin; i < d.end; i += d.step)
        for (int64_t j = h.begin; j < h.end; j += h.step) {
          const T* row = in + (i * height + j) * width;
          for (int64_t k = 0; k < width; ++k) best[k] = replaces(row[k], best[k]) ? row[k] : best[k];
        }
      for (const Window& w : windows[2]) {
        T value = lowest<T>();
        for (int64_t k = w.begin; k < w.end; k += w.step) value = replaces(best[k], value) ? best[k] : value;
        *out++ = value;
      }
    }
}

void run_max_pool(const PoolGeometry& g, const Windows& windows, const Tensor& input, const Tensor& output,
                  const Tensor& indices, std::string_view name) {
  dispatch<kIntegral | kFloating>(input.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (output.numel() == 0 || output.is_meta()) return;
    const T* in = input.data<T>();
    T* out = output.data<T>();
    int64_t* at = indices.defined() ? indices.data<int64_t>() : nullptr;
    parallel_for(0, g.planes, plane_grain(g.in_area()), [&](int64_t begin, int64_t end) {
      std::vector<T> line(at ? 0 : size_t(g.in[2]));
      for (int64_t plane = begin; plane < end; ++plane) {
        const T* from = in + plane * g.in_area();
        T* to = out + plane * g.out_area();
        if (at)
          max_of_plane(g, windows, from, to, at + plane * g.out_area());
        else
          max_values_of_plane(g, windows, from, to, line);
      }
    });
  });
}

int64_t divisor_of(const AverageDivisor& divisor, const Window& d, const Window& h, const Window& w) {
  if (divisor.fixed) return *divisor.fixed;
  if (divisor.count_padding) return d.padded * h.padded * w.padded;
  return d.count() * h.count() * w.count();
}

constexpr DtypeSet kAverages = kFloating | ScalarType::int64;

void run_avg_pool(const PoolGeometry& g, const Windows& windows, const AverageDivisor& divisor, const Tensor& input,
                  const Tensor& output, std::string_view name) {
  dispatch<kAverages>(input.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using A = Accumulate<T>;
    if (output.numel() == 0 || output.is_meta()) return;
    parallel_for(0, g.planes, plane_grain(g.in_area()), [&](int64_t begin, int64_t end) {
      for (int64_t plane = begin; plane < end; ++plane) {
        const T* in = input.data<T>() + plane * g.in_area();
        T* out = output.data<T>() + plane * g.out_area();
        for (const Window& d : windows[0])
          for (const Window& h : windows[1])
            for (const Window& w : windows[2]) {
              A total(0);
              for (int64_t i = d.begin; i < d.end; ++i)
                for (int64_t j = h.begin; j < h.end; ++j)
                  for (int64_t k = w.begin; k < w.end; ++k) total += A(in[(i * g.in[1] + j) * g.in[2] + k]);
              // A window that lies in the padding alone is 0.
              const bool empty = d.count() == 0 || h.count() == 0 || w.count() == 0;
              *out++ = empty ? T(A(0)) : T(total / A(divisor_of(divisor, d, h, w)));
            }
      }
    });
  });
}

void run_avg_pool_backward(const PoolGeometry& g, const Windows& windows, const AverageDivisor& divisor,
                           const Tensor& grad, const Tensor& result, std::string_view name) {
  fill(result, 0);
  dispatch<kAverages - kReducedFloating>(grad.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (grad.numel() == 0 || grad.is_meta()) return;
    parallel_for(0, g.planes, plane_grain(g.in_area()), [&](int64_t begin, int64_t end) {
      for (int64_t plane = begin; plane < end; ++plane) {
        const T* in = grad.data<T>() + plane * g.out_area();
        T* out = result.data<T>() + plane * g.in_area();
        for (const Window& d : windows[0])
          for (const Window& h : windows[1])
            for (const Window& w : windows[2]) {
              const T share = *in++ / T(divisor_of(divisor, d, h, w));
              for (int64_t i = d.begin; i < d.end; ++i)
                for (int64_t j = h.begin; j < h.end; ++j)
                  for (int64_t k = w.begin; k < w.end; ++k) out[(i * g.in[1] + j) * g.in[2] + k] += share;
            }
      }
    });
  });
}

}  // namespace

int64_t pooled_size(int64_t input, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation, bool ceil_mode) {
  if (stride == 0) throw RuntimeError("stride should not be zero");
  if (padding < 0) throw RuntimeError(cat("pad must be non-negative, but got pad: ", padding));
  if (padding > ((kernel - 1) * dilation + 1) / 2)
    throw RuntimeError(cat("pad should be at most half of effective kernel size, but got pad=", padding,
                           ", kernel_size=", kernel, " and dilation=", dilation));
  const auto floor_div = [](int64_t a, int64_t b) { return a / b - int64_t(a % b != 0 && (a < 0) != (b < 0)); };
  const int64_t span = input + 2 * padding - dilation * (kernel - 1) - 1;
  int64_t count = floor_div(span + (ceil_mode ? stride - 1 : 0), stride) + 1;
  // The last window has to begin inside of the input or its left padding.
  if (ceil_mode && (count - 1) * stride >= input + padding) --count;
  return count;
}

void max_pool(const PoolGeometry& g, const Tensor& input, const Tensor& output, const Tensor& indices,
              std::string_view name) {
  run_max_pool(g, make_windows(g, sliding_window), input, output, indices, name);
}
void adaptive_max_pool(const PoolGeometry& g, const Tensor& input, const Tensor& output, const Tensor& indices,
                       std::string_view name) {
  run_max_pool(g, make_windows(g, even_window), input, output, indices, name);
}
void avg_pool(const PoolGeometry& g, const AverageDivisor& divisor, const Tensor& input, const Tensor& output,
              std::string_view name) {
  run_avg_pool(g, make_windows(g, sliding_window), divisor, input, output, name);
}
void avg_pool_backward(const PoolGeometry& g, const AverageDivisor& divisor, const Tensor& grad, const Tensor& result,
                       std::string_view name) {
  run_avg_pool_backward(g, make_windows(g, sliding_window), divisor, grad, result, name);
}
void adaptive_avg_pool(const PoolGeometry& g, const Tensor& input, const Tensor& output, std::string_view name) {
  run_avg_pool(g, make_windows(g, even_window), {}, input, output, name);
}
void adaptive_avg_pool_backward(const PoolGeometry& g, const Tensor& grad, const Tensor& result,
                                std::string_view name) {
  run_avg_pool_backward(g, make_windows(g, even_window), {}, grad, result, name);
}

void add_at_indices(int64_t planes, const Tensor& values, const Tensor& indices, const Tensor& result,
                    std::string_view name) {
  fill(result, 0);
  dispatch<kFloating - kReducedFloating>(values.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (values.numel() == 0 || values.is_meta()) return;
    const int64_t count = values.numel() / planes, area = result.numel() / planes;
    parallel_for(0, planes, plane_grain(area), [&](int64_t begin, int64_t end) {
      for (int64_t plane = begin; plane < end; ++plane) {
        const T* in = values.data<T>() + plane * count;
        const int64_t* at = indices.data<int64_t>() + plane * count;
        T* out = result.data<T>() + plane * area;
        for (int64_t i = 0; i < count; ++i) {
          if (at[i] < 0 || at[i] >= area)
            throw RuntimeError(cat("index ", at[i], " is out of bounds for a plane of ", area, " elements"));
          out[at[i]] += in[i];
        }
      }
    });
  });
}

}  // namespace rushlight::cpu
