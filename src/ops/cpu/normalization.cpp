#include "ops/cpu/normalization.h"

#include <cmath>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"

namespace rushlight::cpu {
namespace {

int64_t grain_for(int64_t size) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(size, 1)); }

/// The sum of value(0) .. value(count - 1) in eight lanes of double.
template <class Value>
double lane_sum(int64_t count, Value&& value) {
  double lanes[8] = {};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int64_t k = 0; k < 8; ++k) lanes[k] += value(i + k);
  for (int64_t k = 0; i < count; ++i, ++k) lanes[k] += value(i);
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}
template <class T>
double as_double(T x) {
  return double(Compute<T>(x));
}

template <class Fn>
void for_floating(const Tensor& tensor, Fn&& fn) {
  dispatch<kFloating>(tensor.dtype(), "normalization", [&](auto tag) { fn(tag); });
}

}  // namespace

Moments channel_moments(const Tensor& input, int64_t outer, int64_t channels, int64_t inner) {
  Moments moments{std::vector<double>(size_t(channels)), std::vector<double>(size_t(channels))};
  const double count = double(outer * inner);
  for_floating(input, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* data = input.data<T>();
    parallel_for(0, channels, grain_for(outer * inner), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        const auto over_channel = [&](auto&& term) {
          if (inner == 1) return lane_sum(outer, [&](int64_t n) { return term(as_double(data[n * channels + c])); });
          double total = 0;
          for (int64_t n = 0; n < outer; ++n) {
            const T* plane = data + (n * channels + c) * inner;
            total += lane_sum(inner, [&](int64_t i) { return term(as_double(plane[i])); });
          }
          return total;
        };
        const double mean = over_channel([](double x) { return x; }) / count;
        moments.mean[size_t(c)] = mean;
        moments.variance[size_t(c)] = over_channel([=](double x) { return (x - mean) * (x - mean); }) / count;
      }
    });
  });
  return moments;
}

Moments row_moments(const Tensor& input, int64_t rows, int64_t size) {
  Moments moments{std::vector<double>(size_t(rows)), std::vector<double>(size_t(rows))};
  for_floating(input, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* data = input.data<T>();
    parallel_for(0, rows, grain_for(size), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const T* row = data + r * size;
        const double mean = lane_sum(size, [&](int64_t i) { return as_double(row[i]); }) / double(size);
        const auto squared = [&](int64_t i) {
          const double centred = as_double(row[i]) - mean;
          return centred * centred;
        };
        moments.mean[size_t(r)] = mean;
        moments.variance[size_t(r)] = lane_sum(size, squared) / double(size);
      }
    });
  });
  return moments;
}

void scale_planes(const Tensor& input, const Tensor& output, int64_t inner, const std::vector<double>& scale,
                  const std::vector<double>& shift) {
  const int64_t channels = int64_t(scale.size());
  if (input.numel() == 0) return;
  for_floating(input, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const std::vector<C> a(scale.begin(), scale.end()), b(shift.begin(), shift.end());
    const T* in = input.data<T>();
    T* out = output.data<T>();
    if (inner == 1) {
      parallel_for(0, input.numel() / channels, grain_for(channels), [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n)
          for (int64_t c = 0; c < channels; ++c)
            out[n * channels + c] = T(C(in[n * channels + c]) * a[size_t(c)] + b[size_t(c)]);
      });
      return;
    }
    parallel_for(0, input.numel() / inner, grain_for(inner), [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        const C factor = a[size_t(p % channels)], offset = b[size_t(p % channels)];
        const T* from = in + p * inner;
        T* to = out + p * inner;
        for (int64_t i = 0; i < inner; ++i) to[i] = T(C(from[i]) * factor + offset);
      }
    });
  });
}

void scale_rows(const Tensor& input, const Tensor& output, int64_t size, const std::vector<double>& mean,
                const std::vector<double>& rstd, const Tensor& weight, const Tensor& bias) {
  if (input.numel() == 0) return;
  const std::vector<double> weights = to_doubles(weight), biases = to_doubles(bias);
  for_floating(input, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    std::vector<C> w(size_t(size), C(1)), b(size_t(size), C(0));
    std::copy(weights.begin(), weights.end(), w.begin());
    std::copy(biases.begin(), biases.end(), b.begin());
    const T* in = input.data<T>();
    T* out = output.data<T>();
    parallel_for(0, input.numel() / size, grain_for(size), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const C factor = C(rstd[size_t(r)]), offset = C(-mean[size_t(r)] * rstd[size_t(r)]);
        const T* from = in + r * size;
        T* to = out + r * size;
        const C *weight_row = w.data(), *bias_row = b.data();
        for (int64_t i = 0; i < size; ++i) to[i] = T((C(from[i]) * factor + offset) * weight_row[i] + bias_row[i]);
      }
    });
  });
}

ChannelSums channel_sums(const Tensor& grad, const Tensor& input, int64_t outer, int64_t channels, int64_t inner,
                         const std::vector<double>& mean) {
  ChannelSums sums{std::vector<double>(size_t(channels)), std::vector<double>(size_t(channels))};
  for_floating(input, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *g = grad.data<T>(), *x = input.data<T>();
    parallel_for(0, channels, grain_for(outer * inner), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        const double centre = mean[size_t(c)];
        for (int64_t n = 0; n < outer; ++n) {
          const int64_t at = (n * channels + c) * inner;
          sums.grad[size_t(c)] += lane_sum(inner, [&](int64_t i) { return as_double(g[at + i]); });
          sums.grad_times_centred[size_t(c)] +=
              lane_sum(inner, [&](int64_t i) { return as_double(g[at + i]) * (as_double(x[at + i]) - centre); });
        }
      }
    });
  });
  return sums;
}

void combine_planes(const Tensor& grad, const Tensor& input, const Tensor& output, int64_t inner,
                    const std::vector<double>& a, const std::vector<double>& b, const std::vector<double>& d) {
  const int64_t channels = int64_t(a.size());
  if (input.numel() == 0) return;
  for_floating(input, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = Compute<T>;
    const T *g = grad.data<T>(), *x = input.data<T>();
    T* out = output.data<T>();
    parallel_for(0, input.numel() / inner, grain_for(inner), [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        const size_t c = size_t(p % channels);
        const C of_grad = C(a[c]), of_input = C(b[c]), offset = C(d[c]);
        const int64_t at = p * inner;
        for (int64_t i = 0; i < inner; ++i) out[at + i] = T(C(g[at + i]) * of_grad + C(x[at + i]) * of_input + offset);
      }
    });
  });
}

void scale_rows_backward(const Tensor& grad, const Tensor& input, const Tensor& result, int64_t size,
                         const std::vector<double>& mean, const std::vector<double>& rstd, const Tensor& weight) {
  if (input.numel() == 0) return;
  const std::vector<double> weights = to_doubles(weight);
  for_floating(input, [&](auto tag) {
    using T = typename decltype(tag)::type;
    std::vector<double> w(size_t(size), 1.0);
    std::copy(weights.begin(), weights.end(), w.begin());
    parallel_for(0, input.numel() / size, grain_for(size), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const T *g = grad.data<T>() + r * size, *x = input.data<T>() + r * size;
        T* out = result.data<T>() + r * size;
        const double centre = mean[size_t(r)], factor = rstd[size_t(r)];
        const auto weighted = [&](int64_t i) { return as_double(g[i]) * w[size_t(i)]; };
        const auto normalised = [&](int64_t i) { return (as_double(x[i]) - centre) * factor; };
        const double mean_grad = lane_sum(size, weighted) / double(size);
        const double mean_product =
            lane_sum(size, [&](int64_t i) { return weighted(i) * normalised(i); }) / double(size);
        for (int64_t i = 0; i < size; ++i)
          out[i] = T(Compute<T>(factor * (weighted(i) - mean_grad - normalised(i) * mean_product)));
      }
    });
  });
}

std::vector<double> to_doubles(const Tensor& tensor) {
  if (!tensor.defined()) return {};
  const Tensor wide = contiguous(to_dtype(tensor, ScalarType::float64));
  const double* data = wide.data<double>();
  return std::vector<double>(data, data + wide.numel());
}

Tensor from_doubles(const std::vector<double>& values, IntArrayRef shape, ScalarType dtype) {
  Tensor wide = empty_tensor(shape, ScalarType::float64);
  std::copy(values.begin(), values.end(), wide.data<double>());
  return to_dtype(wide, dtype);
}

}  // namespace rushlight::cpu
