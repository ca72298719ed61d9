/// Reductions beyond reductions.cpp: counts, extremes, logarithms of sums, sums without nan, means with variances,
/// quantiles, covariances.
#include "ops/functions/statistics.h"

#include <algorithm>
#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/number_functions.h"
#include "ops/functions/reductions.h"
#include "ops/functions/rounding.h"
#include "ops/functions/scatter.h"
#include "ops/functions/selection.h"
#include "ops/functions/sorting.h"
#include "ops/functions/view_scatters.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using OptDims = std::optional<IntArrayRef>;
using OptType = std::optional<ScalarType>;
using Pair = std::tuple<Tensor, Tensor>;

/// The result of a reduction over `dims` in a shape that broadcasts with what was reduced.
Tensor kept(const Tensor& reduced, size_t rank, std::vector<int64_t> dims, bool keepdim) {
  if (keepdim || rank == 0 || dims.empty()) return reduced;
  for (int64_t& dim : dims) dim = wrap_dim(dim, int64_t(rank));
  std::sort(dims.begin(), dims.end());
  Tensor result = reduced;
  for (int64_t dim : dims) result = unsqueeze(result, dim);
  return result;
}

// ---- all, any, count_nonzero, aminmax

template <bool kAll>
Tensor logic_dims(const Tensor& self, OptDims dims, bool keepdim) {
  const Tensor flags = self.dtype() == ScalarType::uint8 ? self : to(self, ScalarType::bool_);
  if (dims && dims->empty()) return to(flags, flags.dtype());
  Tensor result = flags;
  std::vector<int64_t> order;
  if (dims) {
    std::vector<bool> seen(size_t(std::max<int64_t>(self.dim(), 1)));
    for (int64_t dim : *dims) {
      const int64_t at = wrap_dim(dim, self.dim());
      if (seen[size_t(at)]) throw RuntimeError(cat("dim ", at, " appears multiple times in the list of dims"));
      seen[size_t(at)] = true;
      order.push_back(at);
    }
  } else {
    for (int64_t d = 0; d < self.dim(); ++d) order.push_back(d);
  }
  std::sort(order.rbegin(), order.rend());
  for (int64_t dim : order) result = kAll ? all(result, dim, keepdim) : any(result, dim, keepdim);
  return result;
}
Tensor count_nonzero_dims(const Tensor& self, IntArrayRef dims) {
  return sum(ne(self, Scalar(0)), OptDims(dims), false);
}
Tensor count_nonzero_dim(const Tensor& self, std::optional<int64_t> dim) {
  return dim ? count_nonzero_dims(self, *dim) : sum(ne(self, Scalar(0)));
}
Pair aminmax_cpu(const Tensor& self, std::optional<int64_t> dim, bool keepdim) {
  if (!dim && self.numel() == 0)
    throw RuntimeError("aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.");
  if (dim && self.dim() > 0 && self.size(*dim) == 0)
    throw IndexError(cat("aminmax: Expected reduction dim ", *dim, " to have non-zero size."));
  std::vector<int64_t> dims;
  if (dim) dims.push_back(*dim);
  return {amin(self, dims, keepdim), amax(self, dims, keepdim)};
}

Pair into(const Pair& found, const Tensor& values, const Tensor& indices) {
  const auto& [best, at] = found;
  check_out_dtype(best.dtype(), values.dtype());
  check_out_dtype(at.dtype(), indices.dtype());
  resize_out(values, best.sizes());
  resize_out(indices, at.sizes());
  cpu::copy_into(values, best);
  cpu::copy_into(indices, at);
  return {values, indices};
}
Pair max_into(const Tensor& self, int64_t dim, bool keepdim, const Tensor& values, const Tensor& indices) {
  return into(max(self, dim, keepdim), values, indices);
}
Pair min_into(const Tensor& self, int64_t dim, bool keepdim, const Tensor& values, const Tensor& indices) {
  return into(min(self, dim, keepdim), values, indices);
}

// ---- Sums

Tensor logsumexp_cpu(const Tensor& self, IntArrayRef dims, bool keepdim) {
  const Tensor input = is_integral_or_bool(self.dtype()) ? to(self, default_dtype()) : self;
  const OptDims over(dims);
  if (input.numel() == 0) return log(sum(exp(input), over, keepdim));
  // Without the largest element nothing overflows. An infinite one is left where it is.
  const Tensor magnitudes = is_complex(input.dtype()) ? contiguous(real(input)) : input;
  const Tensor largest = amax(magnitudes, dims, true);
  const Tensor shift = masked_fill(largest, isinf(largest), Scalar(0));
  const Tensor total = log(sum(exp(input - shift), over, keepdim));
  return total + (keepdim ? shift : reshape(shift, total.sizes()));
}
Tensor logsumexp_back(const Backward& b) {
  const Tensor self = b.saved("self");
  const std::vector<int64_t> dims = b.ints_of("dim");
  const bool keepdim = b.bool_of("keepdim");
  const size_t rank = b.sizes("self").size();
  const Tensor grad = kept(b.grad(), rank, dims, keepdim), result = kept(b.result(), rank, dims, keepdim);
  return grad * conjugate(exp(self - result));
}

Tensor nansum_cpu(const Tensor& self, OptDims dims, bool keepdim, OptType dtype) {
  if (is_complex(self.dtype())) throw RuntimeError("nansum does not support complex inputs");
  if (is_integral_or_bool(self.dtype())) return sum(self, dims, keepdim, dtype);
  return sum(masked_fill(self, isnan(self), Scalar(0)), dims, keepdim, dtype);
}
std::vector<int64_t> dims_of(const IValue& argument) {
  return argument.is_none() ? std::vector<int64_t>() : argument.to_int_vector();
}
Tensor nansum_back(const Backward& b) {
  const Tensor self = b.saved("self");
  const std::vector<int64_t> dims = dims_of(b.argument("dim"));
  const Tensor grad = kept(b.grad(), b.sizes("self").size(), dims, b.bool_of("keepdim"));
  return masked_fill(expand(to(grad, self.dtype()), self.sizes()), isnan(self), Scalar(0));
}
Tensor nanmean_cpu(const Tensor& self, OptDims dims, bool keepdim, OptType dtype) {
  if (!is_floating(self.dtype()) && !is_complex(self.dtype()))
    throw RuntimeError(cat("nanmean(): expected input to have floating point or complex dtype but got ",
                           dtype_info(self.dtype()).ir_name));
  const Tensor count = sum(logical_not(isnan(self)), dims, keepdim);
  return nansum(self, dims, keepdim, dtype) / count;
}

// ---- Variance with mean

Pair var_mean_correction(const Tensor& self, OptDims dims, std::optional<Scalar> correction, bool keepdim) {
  return {var(self, dims, correction, keepdim), mean(self, dims, keepdim)};
}
Pair std_mean_correction(const Tensor& self, OptDims dims, std::optional<Scalar> correction, bool keepdim) {
  return {ops::std(self, dims, correction, keepdim), mean(self, dims, keepdim)};
}
Pair var_mean_dim(const Tensor& self, OptDims dims, bool unbiased, bool keepdim) {
  return var_mean(self, dims, Scalar(int64_t(unbiased)), keepdim);
}
Pair std_mean_dim(const Tensor& self, OptDims dims, bool unbiased, bool keepdim) {
  return std_mean(self, dims, Scalar(int64_t(unbiased)), keepdim);
}
Pair var_mean_all(const Tensor& self, bool unbiased) {
  return var_mean(self, std::nullopt, Scalar(int64_t(unbiased)), false);
}
Pair std_mean_all(const Tensor& self, bool unbiased) {
  return std_mean(self, std::nullopt, Scalar(int64_t(unbiased)), false);
}

// ---- Quantiles

void check_quantile(const Tensor& self, const Tensor& q, std::string_view interpolation, std::string_view name) {
  if (self.numel() == 0) throw RuntimeError(cat(name, "() input tensor must be non-empty"));
  if (q.dim() > 1) throw RuntimeError(cat(name, "() q must be a scalar or 1D tensor"));
  if (self.dtype() != ScalarType::float32 && self.dtype() != ScalarType::float64)
    throw RuntimeError(cat(name, "() input tensor must be either float or double dtype"));
  if (self.dtype() != q.dtype()) throw RuntimeError(cat(name, "() q tensor must be same dtype as the input tensor"));
  for (std::string_view known : {"linear", "lower", "higher", "midpoint", "nearest"})
    if (interpolation == known) return;
  throw RuntimeError(
      cat(name, "() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ", interpolation));
}
/// The quantile is at rank q * (n - 1) of the sorted elements; between two of them it is interpolated.
template <bool kIgnoreNan>
Tensor quantile_tensor(const Tensor& self, const Tensor& q, std::optional<int64_t> dim, bool keepdim,
                       std::string_view interpolation) {
  check_quantile(self, q, interpolation, kIgnoreNan ? "nanquantile" : "quantile");
  const Tensor checked = cpu::contiguous(q);
  for (int64_t i = 0; i < checked.numel(); ++i) {
    const double value = alias_tensor(checked, {}, {}, checked.storage_offset() + i).item().to<double>();
    if (!(value >= 0 && value <= 1))
      throw RuntimeError(cat(kIgnoreNan ? "nanquantile" : "quantile", "() q values must be in the range [0, 1]"));
  }
  // Rows along the last dimension.
  Tensor rows;
  std::vector<int64_t> shape;
  if (!dim) {
    rows = flatten(self, 0, -1);
    if (keepdim) shape.assign(size_t(self.dim()), 1);
  } else {
    const int64_t at = wrap_dim(*dim, self.dim());
    rows = self.dim() == 0 ? unsqueeze(self, 0) : transpose(unsqueeze(self, -1), at, -1);
    if (self.dim() > 0) rows = squeeze(rows, at);
    shape = Shape(self.sizes()).vec();
    if (!shape.empty()) {
      if (keepdim)
        shape[size_t(at)] = 1;
      else
        shape.erase(shape.begin() + at);
    }
    if (self.dim() > 0) rows = movedim(self, at, -1);
  }
  const Tensor sorted = std::get<0>(sort(rows, -1, false));
  const int64_t length = sorted.size(-1);
  // Ranks: one for each row and q, shape (..., number of q).
  const Tensor qs = reshape(q, {q.numel()});
  std::vector<int64_t> row_shape(sorted.sizes().begin(), sorted.sizes().end());
  row_shape.back() = q.numel();
  Tensor ranks;
  const Tensor nan = isnan(rows);
  if (kIgnoreNan) {
    const Tensor count = sum(logical_not(nan), OptDims(IntArrayRef(-1)), true);
    ranks = expand(clamp_min(qs * (count - Scalar(1)), Scalar(0)), row_shape);
  } else {
    const Tensor last = full(row_shape, Scalar(double(length - 1)), self.dtype());
    ranks = where(any(nan, -1, true), last, expand(qs * Scalar(length - 1), row_shape));
  }
  if (interpolation == "lower")
    ranks = floor(ranks);
  else if (interpolation == "higher")
    ranks = ceil(ranks);
  else if (interpolation == "nearest")
    ranks = round(ranks);
  const Tensor below = to(ranks, ScalarType::int64);
  Tensor values = gather(sorted, -1, below);
  if (interpolation == "linear" || interpolation == "midpoint") {
    const Tensor weights =
        interpolation == "midpoint" ? full_like(ranks, Scalar(0.5)) : ranks - to(below, ranks.dtype());
    const Tensor above = gather(sorted, -1, to(ceil(ranks), ScalarType::int64));
    values = lerp(values, above, weights);
  }
  if (q.dim() == 0) return reshape(squeeze(values, -1), shape);
  shape.insert(shape.begin(), q.numel());
  return reshape(movedim(values, -1, 0), shape);
}
template <bool kIgnoreNan>
Tensor quantile_number(const Tensor& self, double q, std::optional<int64_t> dim, bool keepdim,
                       std::string_view interpolation) {
  if (!(q >= 0 && q <= 1))
    throw RuntimeError(cat(kIgnoreNan ? "nanquantile" : "quantile", "() q must be in the range [0, 1] but got ", q));
  return quantile_tensor<kIgnoreNan>(self, rushlight::scalar_tensor(Scalar(q), self.dtype()), dim, keepdim,
                                     interpolation);
}

// ---- Covariance

Tensor cov_cpu(const Tensor& self, int64_t correction, const Tensor& fweights, const Tensor& aweights) {
  if (self.dim() > 2)
    throw RuntimeError(
        cat("cov(): expected input to have two or fewer dimensions but got an input with ", self.dim(), " dimensions"));
  if (self.dtype() == ScalarType::bool_) throw RuntimeError("cov(): bool dtype is not supported for input");
  Tensor rows = self.dim() < 2 ? view(contiguous(self), {1, -1}) : self;
  const int64_t count = rows.size(1);
  Tensor weights;
  if (fweights.defined()) {
    if (fweights.dim() > 1)
      throw RuntimeError(cat("cov(): expected fweights to have one or fewer dimensions but got fweights with ",
                             fweights.dim(), " dimensions"));
    if (!is_integral(fweights.dtype()))
      throw RuntimeError(cat("cov(): expected fweights to have integral dtype but got fweights with ",
                             dtype_info(fweights.dtype()).ir_name, " dtype"));
    if (fweights.numel() != count)
      throw RuntimeError(
          cat("cov(): expected fweights to have the same numel as there are observations in the input "
              "but got ",
              fweights.numel(), " != ", count));
    if (count > 0 && amin(fweights).item().to<double>() < 0) throw RuntimeError("cov(): fweights cannot be negative");
    weights = fweights;
  }
  if (aweights.defined()) {
    if (aweights.dim() > 1)
      throw RuntimeError(cat("cov(): expected aweights to have one or fewer dimensions but got aweights with ",
                             aweights.dim(), " dimensions"));
    if (!is_floating(aweights.dtype()))
      throw RuntimeError(cat("cov(): expected aweights to have floating point dtype but got aweights with ",
                             dtype_info(aweights.dtype()).ir_name, " dtype"));
    if (aweights.numel() != count)
      throw RuntimeError(
          cat("cov(): expected aweights to have the same numel as there are observations in the input "
              "but got ",
              aweights.numel(), " != ", count));
    if (count > 0 && amin(aweights).item().to<double>() < 0) throw RuntimeError("cov(): aweights cannot be negative");
    weights = weights.defined() ? weights * aweights : aweights;
  }
  const Tensor total = weights.defined() ? sum(weights) : rushlight::scalar_tensor(Scalar(count), ScalarType::int64);
  if (weights.defined() && count > 0 && total.item().to<double>() == 0)
    throw RuntimeError("cov(): weights sum to zero, can't be normalized");
  const std::vector<int64_t> observations = {1};
  const OptDims along(observations);
  const Tensor average = (weights.defined() ? sum(rows * weights, along, false) : sum(rows, along, false)) / total;
  Tensor norm = total;
  if (weights.defined() && aweights.defined() && correction != 0)
    norm = total - Scalar(correction) * sum(weights * aweights) / total;
  else
    norm = total - Scalar(correction);
  if (norm.item().to<double>() <= 0) {
    warn_at("aten/src/ATen/native/Correlation.cpp:129",
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.");
    norm = zeros_like(norm);
  }
  const Tensor centred = rows - unsqueeze(average, 1);
  const Tensor weighted = weights.defined() ? centred * weights : centred;
  return squeeze(mm(centred, conjugate(t(weighted))) / norm);
}
Tensor corrcoef_cpu(const Tensor& self) {
  if (self.dim() > 2)
    throw RuntimeError(cat("corrcoef(): expected input to have two or fewer dimensions but got an input with ",
                           self.dim(), " dimensions"));
  Tensor c = cov(self);
  if (c.dim() == 0) return c / c;
  const Tensor d = diagonal(c);
  const Tensor deviation = sqrt(is_complex(d.dtype()) ? real(d) : d);
  c = c / view(contiguous(deviation), {-1, 1});
  c = c / view(contiguous(deviation), {1, -1});
  if (is_complex(c.dtype())) {
    const Tensor re = clamp(real(c), Scalar(-1), Scalar(1)), im = clamp(imag(c), Scalar(-1), Scalar(1));
    return complex(re, im);
  }
  return clamp(c, Scalar(-1), Scalar(1));
}

}  // namespace

void declare_statistics(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  constexpr OpTraits kNoGrad = OpTraits::not_differentiable;
  ops.add({.schema = "all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
           .out = "dims_out",
           .kernel = typed_kernel<&logic_dims<true>>(),
           .traits = kNoGrad,
           .doc = "No element along the dimensions is zero."});
  ops.add({.schema = "any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
           .out = "dims_out",
           .kernel = typed_kernel<&logic_dims<false>>(),
           .traits = kNoGrad,
           .doc = "Some element along the dimensions is not zero."});
  ops.add({.schema = "count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor",
           .out = "dim_IntList_out",
           .kernel = typed_kernel<&count_nonzero_dims>(),
           .traits = kNoGrad,
           .doc = "How many elements along the dimensions are not zero."});
  ops.add({.schema = "count_nonzero(Tensor self, int? dim=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&count_nonzero_dim>(),
           .traits = kNoGrad,
           .doc = "How many elements are not zero."});
  ops.add({.schema = "aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)",
           .out = "out",
           .kernel = typed_kernel<&aminmax_cpu>(),
           .traits = kComposite,
           .doc = "amin and amax."});
  ops.add({.schema =
               "max.dim_max(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) max, Tensor(b!) max_values) -> "
               "(Tensor(a!) values, Tensor(b!) indices)",
           .kernel = typed_kernel<&max_into>(),
           .doc = "max along a dimension into given tensors."});
  ops.add({.schema = "min.dim_min(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) min, Tensor(b!) min_indices) "
                     "-> (Tensor(a!) values, Tensor(b!) indices)",
           .kernel = typed_kernel<&min_into>(),
           .doc = "min along a dimension into given tensors."});
  ops.add({.schema = "logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&logsumexp_cpu>(),
           .saves = "self, result",
           .derivatives = {{"self", logsumexp_back}},
           .doc = "The logarithm of the sum of exponentials."});
  ops.add({.schema = "nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&nansum_cpu>(),
           .saves = "self",
           .derivatives = {{"self", nansum_back}},
           .doc = "The sum of what is not nan."});
  ops.add({.schema = "nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&nanmean_cpu>(),
           .traits = kComposite,
           .doc = "The mean of what is not nan."});
  ops.add({.schema = "var_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&var_mean_all>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "Variance and mean of all elements."});
  ops.add(
      {.schema = "var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)",
       .kernel = typed_kernel<&var_mean_dim>(),
       .traits = kComposite | OpTraits::no_method,
       .doc = "Variance and mean over dimensions."});
  ops.add({.schema = "var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool "
                     "keepdim=False) -> (Tensor, Tensor)",
           .out = "correction_out",
           .kernel = typed_kernel<&var_mean_correction>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "Variance and mean over dimensions."});
  ops.add({.schema = "std_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&std_mean_all>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "Standard deviation and mean of all elements."});
  ops.add(
      {.schema = "std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)",
       .kernel = typed_kernel<&std_mean_dim>(),
       .traits = kComposite | OpTraits::no_method,
       .doc = "Standard deviation and mean over dimensions."});
  ops.add({.schema = "std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool "
                     "keepdim=False) -> (Tensor, Tensor)",
           .out = "correction_out",
           .kernel = typed_kernel<&std_mean_correction>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "Standard deviation and mean over dimensions."});
  ops.add({.schema = "quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str "
                     "interpolation=\"linear\") -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&quantile_tensor<false>>(),
           .traits = kComposite,
           .doc = "The values below which the fractions q of the elements lie."});
  ops.add({.schema = "quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str "
                     "interpolation=\"linear\") -> Tensor",
           .out = "scalar_out",
           .kernel = typed_kernel<&quantile_number<false>>(),
           .traits = kComposite,
           .doc = "The value below which the fraction q of the elements lies."});
  ops.add({.schema = "nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str "
                     "interpolation=\"linear\") -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&quantile_tensor<true>>(),
           .traits = kComposite,
           .doc = "quantile of what is not nan."});
  ops.add({.schema = "nanquantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str "
                     "interpolation=\"linear\") -> Tensor",
           .out = "scalar_out",
           .kernel = typed_kernel<&quantile_number<true>>(),
           .traits = kComposite,
           .doc = "quantile of what is not nan."});
  ops.add({.schema = "cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor",
           .kernel = typed_kernel<&cov_cpu>(),
           .traits = kComposite,
           .doc = "The covariances of the rows."});
  ops.add({.schema = "corrcoef(Tensor self) -> Tensor",
           .kernel = typed_kernel<&corrcoef_cpu>(),
           .traits = kComposite,
           .doc = "The correlations of the rows."});
}

}  // namespace rushlight::ops
