/// Histograms of one and more dimensions, with weights and given edges. histc is in searching.cpp.
#include <algorithm>
#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/functions/factories.h"
#include "ops/kernel_forms.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;

using Edges = std::vector<std::vector<double>>;

/// The bin of a value between ascending edges; the last bin has its upper edge. -1: none.
int64_t bin_of(const std::vector<double>& edges, double value) {
  if (!(value >= edges.front() && value <= edges.back())) return -1;
  const auto after = std::upper_bound(edges.begin(), edges.end(), value);
  return std::min<int64_t>(after - edges.begin(), int64_t(edges.size()) - 1) - 1;
}
Tensor counted(const Tensor& points, const Edges& edges, const Tensor& weight, bool density) {
  const int64_t rank = int64_t(edges.size()), count = rank == 0 ? 0 : points.numel() / rank;
  Shape shape;
  for (const auto& edge : edges) shape.push_back(int64_t(edge.size()) - 1);
  Tensor histogram = empty_tensor(shape, ScalarType::float64);
  cpu::fill(histogram, 0);
  const Tensor wide = cpu::contiguous(cpu::to_dtype(points, ScalarType::float64));
  const Tensor weights = weight.defined() ? cpu::contiguous(cpu::to_dtype(weight, ScalarType::float64)) : Tensor();
  double total = 0;
  for (int64_t i = 0; i < count; ++i) {
    int64_t place = 0;
    for (int64_t d = 0; d < rank && place >= 0; ++d) {
      const int64_t bin = bin_of(edges[size_t(d)], wide.data<double>()[i * rank + d]);
      place = bin < 0 ? -1 : place * shape[size_t(d)] + bin;
    }
    if (place < 0) continue;
    const double value = weights.defined() ? weights.data<double>()[i] : 1;
    histogram.data<double>()[place] += value;
    total += value;
  }
  if (density)
    for (int64_t place = 0; place < histogram.numel(); ++place) {
      double volume = 1;
      int64_t rest = place;
      for (int64_t d = rank; d-- > 0;) {
        const auto& edge = edges[size_t(d)];
        const int64_t bin = rest % shape[size_t(d)];
        rest /= shape[size_t(d)];
        volume *= edge[size_t(bin) + 1] - edge[size_t(bin)];
      }
      histogram.data<double>()[place] /= total * volume;
    }
  return histogram;
}
void check_histogram(const Tensor& self, const Tensor& weight) {
  if (self.dtype() != ScalarType::float32 && self.dtype() != ScalarType::float64)
    throw NotImplementedError(cat("\"histogramdd\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  if (weight.defined() && weight.dtype() != self.dtype())
    throw RuntimeError(
        "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype");
}
std::vector<double> edges_between(double low, double high, int64_t bins, ScalarType type) {
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  const Tensor edge = linspace(Scalar(low), Scalar(high), bins + 1, type);
  const Tensor wide = cpu::contiguous(cpu::to_dtype(edge, ScalarType::float64));
  return std::vector<double>(wide.data<double>(), wide.data<double>() + wide.numel());
}
/// The edges of all dimensions, from numbers of bins.
Edges outer_edges(const Tensor& points, int64_t rank, IntArrayRef bins, std::optional<ArrayRef<double>> range) {
  if (int64_t(bins.size()) != rank)
    throw RuntimeError(cat("torch.histogramdd: dimension mismatch: expected ", rank, " bins, but got ", bins.size()));
  const Tensor wide = cpu::contiguous(cpu::to_dtype(points, ScalarType::float64));
  const int64_t count = rank == 0 ? 0 : points.numel() / rank;
  Edges edges;
  for (int64_t d = 0; d < rank; ++d) {
    if (bins[size_t(d)] <= 0)
      throw RuntimeError(cat("torch.histogramdd(): bins must be > 0, but got ", bins[size_t(d)], " for dimension ", d));
    double low = 0, high = count > 0 ? 0 : 1;
    if (range) {
      low = (*range)[size_t(2 * d)];
      high = (*range)[size_t(2 * d + 1)];
    } else if (count > 0) {
      low = high = wide.data<double>()[d];
      for (int64_t i = 1; i < count; ++i) {
        low = std::min(low, wide.data<double>()[i * rank + d]);
        high = std::max(high, wide.data<double>()[i * rank + d]);
      }
    }
    if (!std::isfinite(low) || !std::isfinite(high))
      throw RuntimeError(cat("torch.histogramdd(): dimension ", d, "'s range [", low, ", ", high, "] is not finite"));
    if (low > high)
      throw RuntimeError(cat("torch.histogramdd(): min should not exceed max, but got min ", low, " max ", high,
                             " for dimension ", d));
    edges.push_back(edges_between(low, high, bins[size_t(d)], points.dtype()));
  }
  return edges;
}
Edges given_edges(const Tensors& bins) {
  Edges edges;
  for (const Tensor& bin : bins) {
    const Tensor wide = cpu::contiguous(cpu::to_dtype(bin, ScalarType::float64));
    if (wide.numel() == 0) throw RuntimeError("torch.histogramdd: each bin tensor should have at least one element");
    edges.emplace_back(wide.data<double>(), wide.data<double>() + wide.numel());
  }
  return edges;
}
Tensors as_tensors(const Edges& edges, ScalarType type) {
  Tensors tensors;
  for (const auto& edge : edges) {
    Tensor tensor = empty_tensor(int64_t(edge.size()), ScalarType::float64);
    std::copy(edge.begin(), edge.end(), tensor.data<double>());
    tensors.push_back(cpu::to_dtype(tensor, type));
  }
  return tensors;
}
std::tuple<Tensor, Tensor> histogram_count(const Tensor& self, int64_t bins, std::optional<ArrayRef<double>> range,
                                           const Tensor& weight, bool density) {
  check_histogram(self, weight);
  const Edges edges = outer_edges(self, 1, bins, range);
  return {cpu::to_dtype(counted(self, edges, weight, density), self.dtype()), as_tensors(edges, self.dtype())[0]};
}
std::tuple<Tensor, Tensor> histogram_bins(const Tensor& self, const Tensor& bins, const Tensor& weight, bool density) {
  check_histogram(self, weight);
  return {cpu::to_dtype(counted(self, given_edges({bins}), weight, density), self.dtype()), bins};
}
std::tuple<Tensor, Tensors> histogramdd_counts(const Tensor& self, IntArrayRef bins,
                                               std::optional<ArrayRef<double>> range, const Tensor& weight,
                                               bool density) {
  check_histogram(self, weight);
  if (self.dim() < 2)
    throw RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions, but got " +
                       std::to_string(self.dim()));
  const Edges edges = outer_edges(self, self.size(-1), bins, range);
  return {cpu::to_dtype(counted(self, edges, weight, density), self.dtype()), as_tensors(edges, self.dtype())};
}
std::tuple<Tensor, Tensors> histogramdd_count(const Tensor& self, int64_t bins, std::optional<ArrayRef<double>> range,
                                              const Tensor& weight, bool density) {
  const std::vector<int64_t> all(size_t(self.dim() > 0 ? self.size(-1) : 0), bins);
  return histogramdd_counts(self, all, range, weight, density);
}
std::tuple<Tensor, Tensors> histogramdd_bins(const Tensor& self, const Tensors& bins, std::optional<ArrayRef<double>>,
                                             const Tensor& weight, bool density) {
  check_histogram(self, weight);
  return {cpu::to_dtype(counted(self, given_edges(bins), weight, density), self.dtype()), bins};
}

}  // namespace

void declare_histograms(OpSet& ops) {
  constexpr OpTraits kNoGrad = OpTraits::not_differentiable;
  ops.add({.schema = "histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> "
                     "(Tensor hist, Tensor bin_edges)",
           .out = "bins_tensor_out",
           .kernel = typed_kernel<&histogram_bins>(),
           .traits = kNoGrad,
           .doc = "How many elements, or how much weight, lies between edges."});
  ops.add({.schema = "histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool "
                     "density=False) -> (Tensor hist, Tensor bin_edges)",
           .out = "bin_ct_out",
           .kernel = typed_kernel<&histogram_count>(),
           .traits = kNoGrad,
           .doc = "How many elements, or how much weight, lies in equal intervals."});
  ops.add({.schema =
               "histogramdd(Tensor self, int[] bins, float[]? range=None, Tensor? weight=None, bool density=False) "
               "-> (Tensor hist, Tensor[] bin_edges)",
           .kernel = typed_kernel<&histogramdd_counts>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "A histogram of points with several coordinates."});
  ops.add({.schema = "histogramdd.int_bins(Tensor self, int bins, float[]? range=None, Tensor? weight=None, bool "
                     "density=False) -> (Tensor hist, Tensor[] bin_edges)",
           .kernel = typed_kernel<&histogramdd_count>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "A histogram of points with several coordinates."});
  ops.add({.schema =
               "histogramdd.TensorList_bins(Tensor self, Tensor[] bins, float[]? range=None, Tensor? weight=None, "
               "bool density=False) -> (Tensor hist, Tensor[] bin_edges)",
           .kernel = typed_kernel<&histogramdd_bins>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "A histogram of points with several coordinates."});
}

}  // namespace rushlight::ops
