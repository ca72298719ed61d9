/// Searching and counting values: unique, searchsorted, bucketize, isin, bincount, histc.
#include "ops/functions/searching.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/cpu/copy.h"
#include "ops/cpu/index_plan.h"
#include "ops/cpu/order.h"
#include "ops/cpu/promotion.h"
#include "ops/kernel_forms.h"

namespace rushlight::ops {
namespace {

using Triple = std::tuple<Tensor, Tensor, Tensor>;

Tensor ints_of(const std::vector<int64_t>& numbers, IntArrayRef sizes) {
  Tensor tensor = empty_tensor(sizes, ScalarType::int64);
  std::copy(numbers.begin(), numbers.end(), tensor.data<int64_t>());
  return tensor;
}
Tensor ints_of(const std::vector<int64_t>& numbers) { return ints_of(numbers, int64_t(numbers.size())); }

// ---- unique

/// Which of several things are equal: a representative of each group, in order, and the group of each thing.
struct Groups {
  std::vector<int64_t> representatives, group_of, counts;
};
/// `order`: positions such that equal things are neighbours; same(a, b) for neighbours.
template <class Same>
Groups group_neighbours(const std::vector<int64_t>& order, Same&& same) {
  Groups groups;
  groups.group_of.resize(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || !same(order[i - 1], order[i])) {
      groups.representatives.push_back(order[i]);
      groups.counts.push_back(0);
    }
    groups.group_of[size_t(order[i])] = int64_t(groups.counts.size()) - 1;
    ++groups.counts.back();
  }
  return groups;
}
Tensor no_numbers() { return empty_tensor(0, ScalarType::int64); }

Triple unique_elements(const Tensor& self, bool sorted, bool inverse, bool counts) {
  std::vector<uint64_t> keys;
  Tensor real_self = cpu::contiguous(self);
  keys = cpu::order_keys(real_self, "unique");
  const bool floating = is_floating(self.dtype());
  std::vector<int64_t> order(keys.size());
  if (sorted)
    order = cpu::sorted_positions(keys.data(), int64_t(keys.size()), false);
  else
    std::iota(order.begin(), order.end(), int64_t(0));
  // nan differs from everything, itself too.
  const Groups groups = group_neighbours(order, [&](int64_t a, int64_t b) {
    return keys[size_t(a)] == keys[size_t(b)] && !(floating && keys[size_t(a)] == cpu::kNanKey);
  });
  Tensor values = empty_tensor(int64_t(groups.representatives.size()), self.dtype());
  cpu::read_places(cpu::places_by_number(real_self, ints_of(groups.representatives)), values);
  return {values, inverse ? ints_of(groups.group_of, self.sizes()) : no_numbers(),
          counts ? ints_of(groups.counts) : no_numbers()};
}
Triple unique2_cpu(const Tensor& self, bool, bool inverse, bool counts) {
  return unique_elements(self, true, inverse, counts);
}
std::tuple<Tensor, Tensor> unique_old(const Tensor& self, bool, bool inverse) {
  const Triple result = unique_elements(self, true, inverse, false);
  return {std::get<0>(result), std::get<1>(result)};
}

Triple unique_slices(const Tensor& self, int64_t dim, bool sorted, bool inverse, bool counts) {
  dim = wrap_dim(dim, self.dim());
  const int64_t length = self.dim() == 0 ? 1 : self.size(dim);
  if (self.numel() == 0 && length == 0) {
    int64_t empty_dims = 0;
    for (int64_t size : self.sizes()) empty_dims += size == 0;
    if (empty_dims > 1 || self.sizes().size() == 0)
      throw RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
    return {cpu::clone(self), inverse ? no_numbers() : no_numbers(), no_numbers()};
  }
  if (self.numel() == 0)
    throw RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  // Slices as rows of keys.
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  const int64_t stride = self.dim() == 0 ? 1 : strides[size_t(dim)];
  if (self.dim() > 0) {
    sizes.erase(size_t(dim));
    strides.erase(size_t(dim));
  }
  const int64_t width = numel_of(sizes);
  sizes.insert(0, length);
  strides.insert(0, stride);
  const std::vector<uint64_t> keys =
      cpu::order_keys(alias_tensor(self, sizes, strides, self.storage_offset()), "unique_dim");
  const auto row = [&](int64_t i) { return keys.data() + i * width; };
  std::vector<int64_t> order(static_cast<size_t>(length));
  std::iota(order.begin(), order.end(), int64_t(0));
  if (sorted)
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return std::lexicographical_compare(row(a), row(a) + width, row(b), row(b) + width);
    });
  const Groups groups =
      group_neighbours(order, [&](int64_t a, int64_t b) { return std::equal(row(a), row(a) + width, row(b)); });
  Shape shape(self.sizes());
  if (!shape.empty()) shape[size_t(dim)] = int64_t(groups.representatives.size());
  Tensor values = empty_tensor(shape, self.dtype());
  cpu::read_places(cpu::places_along(self, dim, groups.representatives), values);
  return {values, inverse ? ints_of(groups.group_of) : no_numbers(), counts ? ints_of(groups.counts) : no_numbers()};
}
Triple unique_dim_cpu(const Tensor& self, int64_t dim, bool, bool inverse, bool counts) {
  return unique_slices(self, dim, true, inverse, counts);
}
Triple unique_dim_consecutive_cpu(const Tensor& self, int64_t dim, bool inverse, bool counts) {
  return unique_slices(self, dim, false, inverse, counts);
}
Triple unique_consecutive_cpu(const Tensor& self, bool inverse, bool counts, std::optional<int64_t> dim) {
  return dim ? unique_slices(self, *dim, false, inverse, counts) : unique_elements(self, false, inverse, counts);
}

// ---- searchsorted

Tensor search(const Tensor& sequence, const Tensor& values, bool out_int32, bool right, const Tensor& sorter) {
  const int64_t length = sequence.dim() == 0 ? 1 : sequence.sizes().back();
  if (out_int32 && length >= INT32_MAX)
    throw RuntimeError(cat("torch.searchsorted(): the size of boundaries' last dimension should be less than ",
                           INT32_MAX, ", but we got ", length));
  // Keys compare only within one dtype.
  const ScalarType type = cpu::result_type(sequence, values);
  std::vector<uint64_t> keys = cpu::order_keys(cpu::contiguous(cpu::to_dtype(sequence, type)), "searchsorted_out_cpu");
  const std::vector<uint64_t> wanted =
      cpu::order_keys(cpu::contiguous(cpu::to_dtype(values, type)), "searchsorted_out_cpu");
  if (sorter.defined()) {
    const Tensor order = cpu::contiguous(sorter);
    const int64_t* at = order.data<int64_t>();
    std::vector<uint64_t> in_order(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      if (at[i] < 0 || at[i] >= length) throw RuntimeError("torch.searchsorted(): sorter index out of range");
      in_order[i] = keys[i / size_t(length) * size_t(length) + size_t(at[i])];
    }
    keys = std::move(in_order);
  }
  const bool shared = sequence.dim() == 1;
  const int64_t per_row = shared ? 0 : (values.dim() == 0 ? 1 : std::max<int64_t>(values.sizes().back(), 1));
  std::vector<int64_t> found(wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    const uint64_t* begin = keys.data() + (shared ? 0 : int64_t(i) / per_row * length);
    const uint64_t* end = begin + length;
    found[i] = (right ? std::upper_bound(begin, end, wanted[i]) : std::lower_bound(begin, end, wanted[i])) - begin;
  }
  const Tensor result = ints_of(found, values.sizes());
  return out_int32 ? cpu::to_dtype(result, ScalarType::int32) : result;
}
Tensor searchsorted_tensor(const Tensor& sequence, const Tensor& self, bool out_int32, bool right,
                           std::optional<std::string_view> side, const Tensor& sorter) {
  if (side && *side != "left" && *side != "right")
    throw RuntimeError(cat("torch.searchsorted(): side can only be 'left' or 'right' but got ", *side));
  if (side && *side == "left" && right)
    throw RuntimeError(
        "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True");
  if (sequence.dim() == 0)
    throw RuntimeError(
        cat("torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
            "boundaries tensor dim(0) and input value's dim(",
            self.dim(), ") numel(", self.numel(), ")"));
  if (sequence.dim() != 1) {
    bool same = sequence.dim() == self.dim();
    for (int64_t d = 0; same && d + 1 < self.dim(); ++d) same = self.sizes()[size_t(d)] == sequence.sizes()[size_t(d)];
    if (self.dim() == 0)
      throw RuntimeError(cat(
          "torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but we got "
          "boundaries tensor dim(",
          sequence.dim(), ") and input value's dim(", self.dim(), ") numel(", self.numel(), ")"));
    if (!same)
      throw RuntimeError(
          cat("torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
              "tensor and input value tensor must match, but we got boundaries tensor ",
              shape_text(sequence.sizes()), " and input value tensor ", shape_text(self.sizes())));
  }
  if (sorter.defined()) {
    if (!(sorter.sizes() == sequence.sizes()))
      throw RuntimeError(
          cat("torch.searchsorted(): boundary and sorter must have the same size, but got boundary "
              "tensor ",
              shape_text(sequence.sizes()), "and got sorter tensor ", shape_text(sorter.sizes())));
    if (sorter.dtype() != ScalarType::int64)
      throw RuntimeError(cat("torch.searchsorted(): sorter must be a tensor of long dtype but got dtype ",
                             dtype_info(sorter.dtype()).ir_name));
  }
  if (sequence.dtype() != self.dtype() && self.dim() != 0)
    throw RuntimeError(
        cat("torch.searchsorted(): boundary tensor and input value tensor should have same dtype, but "
            "got boundary tensor type ",
            dtype_info(sequence.dtype()).ir_name, " and input value tensor type ", dtype_info(self.dtype()).ir_name));
  return search(sequence, self, out_int32, right || (side && *side == "right"), sorter);
}
Tensor searchsorted_scalar(const Tensor& sequence, const Scalar& self, bool out_int32, bool right,
                           std::optional<std::string_view> side, const Tensor& sorter) {
  return searchsorted_tensor(sequence, wrapped_number(self), out_int32, right, side, sorter);
}
Tensor bucketize_tensor(const Tensor& self, const Tensor& boundaries, bool out_int32, bool right) {
  if (boundaries.dim() != 1)
    throw RuntimeError(cat("boundaries tensor must be 1 dimension, but got dim(", boundaries.dim(), ")"));
  return searchsorted_tensor(boundaries, self, out_int32, right, std::nullopt, Tensor());
}
Tensor bucketize_scalar(const Scalar& self, const Tensor& boundaries, bool out_int32, bool right) {
  return bucketize_tensor(wrapped_number(self), boundaries, out_int32, right);
}

// ---- isin

Tensor isin_tensors(const Tensor& elements, const Tensor& test_elements, bool, bool invert) {
  const ScalarType type = cpu::result_type(elements, test_elements);
  std::vector<uint64_t> tests =
      cpu::order_keys(cpu::contiguous(cpu::to_dtype(test_elements, type)), "isin_default_cpu");
  const std::vector<uint64_t> keys =
      cpu::order_keys(cpu::contiguous(cpu::to_dtype(elements, type)), "isin_default_cpu");
  std::sort(tests.begin(), tests.end());
  Tensor result = empty_tensor(elements.sizes(), ScalarType::bool_);
  bool* out = result.data<bool>();
  for (size_t i = 0; i < keys.size(); ++i) {
    const bool nan = is_floating(type) && keys[i] == cpu::kNanKey;
    out[i] = (!nan && std::binary_search(tests.begin(), tests.end(), keys[i])) != invert;
  }
  return result;
}
Tensor isin_scalar_test(const Tensor& elements, const Scalar& test, bool unique, bool invert) {
  return isin_tensors(elements, wrapped_number(test), unique, invert);
}
Tensor isin_scalar_element(const Scalar& element, const Tensor& tests, bool unique, bool invert) {
  return isin_tensors(wrapped_number(element), tests, unique, invert);
}

// ---- Counting

Tensor bincount_cpu(const Tensor& self, const Tensor& weights, int64_t minlength) {
  if (!is_integral(self.dtype()))
    throw NotImplementedError(cat("\"bincount_cpu\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  if (minlength < 0) throw RuntimeError("minlength should be >= 0");
  if (self.dim() != 1) throw RuntimeError("bincount only supports 1-d non-negative integral inputs.");
  const Tensor numbers = cpu::contiguous(cpu::to_dtype(self, ScalarType::int64));
  const int64_t* number = numbers.data<int64_t>();
  int64_t bins = minlength;
  for (int64_t i = 0; i < numbers.numel(); ++i) {
    if (number[i] < 0) throw RuntimeError("bincount only supports 1-d non-negative integral inputs.");
    bins = std::max(bins, number[i] + 1);
  }
  if (weights.defined() && (weights.dim() != 1 || weights.numel() != self.numel()))
    throw RuntimeError("weights should be 1-d and have the same length as input");
  if (!weights.defined()) {
    Tensor counts = empty_tensor(bins, ScalarType::int64);
    cpu::fill(counts, 0);
    for (int64_t i = 0; i < numbers.numel(); ++i) ++counts.data<int64_t>()[number[i]];
    return counts;
  }
  const Tensor wide = cpu::contiguous(cpu::to_dtype(weights, ScalarType::float64));
  Tensor sums = empty_tensor(bins, ScalarType::float64);
  cpu::fill(sums, 0);
  for (int64_t i = 0; i < numbers.numel(); ++i) sums.data<double>()[number[i]] += wide.data<double>()[i];
  return cpu::to_dtype(sums, weights.dtype() == ScalarType::float32 ? ScalarType::float32 : ScalarType::float64);
}

Tensor histc_cpu(const Tensor& self, int64_t bins, const Scalar& min, const Scalar& max) {
  if (is_complex(self.dtype()) || self.dtype() == ScalarType::bool_)
    throw NotImplementedError(cat("\"histogram_cpu\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  if (bins <= 0)
    throw RuntimeError("torch.histogram(): bins must be > 0, but got " + std::to_string(bins) + " for dimension 0");
  const Tensor wide = cpu::contiguous(cpu::to_dtype(self, ScalarType::float64));
  const double* value = wide.data<double>();
  double low = min.to<double>(), high = max.to<double>();
  if (low == high && self.numel() > 0) {
    low = *std::min_element(value, value + self.numel());
    high = *std::max_element(value, value + self.numel());
    for (int64_t i = 0; i < self.numel(); ++i)
      if (!std::isfinite(value[i])) throw RuntimeError(cat("range of [", low, ", ", high, "] is not finite"));
  }
  if (low == high) {
    low -= 1;
    high += 1;
  }
  if (!std::isfinite(low) || !std::isfinite(high))
    throw RuntimeError(cat("range of [", low, ", ", high, "] is not finite"));
  if (low > high) throw RuntimeError("max must be larger than min");
  std::vector<int64_t> counts(static_cast<size_t>(bins));
  for (int64_t i = 0; i < self.numel(); ++i) {
    if (!(value[i] >= low && value[i] <= high)) continue;
    const int64_t bin = int64_t((value[i] - low) / (high - low) * double(bins));
    ++counts[size_t(std::min(bin, bins - 1))];
  }
  return cpu::to_dtype(ints_of(counts), self.dtype());
}

}  // namespace

void declare_searching(OpSet& ops) {
  constexpr OpTraits kNoGrad = OpTraits::not_differentiable;
  constexpr OpTraits kHidden = OpTraits::no_method;
  ops.add({.schema = "_unique(Tensor self, bool sorted=True, bool return_inverse=False) -> (Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&unique_old>(),
           .traits = kHidden,
           .doc = "The different elements, sorted."});
  ops.add({.schema = "_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> "
                     "(Tensor, Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&unique2_cpu>(),
           .traits = kHidden,
           .doc = "The different elements, sorted; which of them each element is; how often each occurs."});
  ops.add({.schema = "unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool "
                     "return_counts=False) -> (Tensor, Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&unique_dim_cpu>(),
           .traits = kHidden,
           .doc = "_unique2 of the slices of a dimension."});
  ops.add({.schema = "unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? "
                     "dim=None) -> (Tensor, Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&unique_consecutive_cpu>(),
           .traits = kHidden,
           .doc = "_unique2 where only neighbours are compared."});
  ops.add({.schema = "unique_dim_consecutive(Tensor self, int dim, bool return_inverse=False, bool "
                     "return_counts=False) -> (Tensor, Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&unique_dim_consecutive_cpu>(),
           .traits = kHidden,
           .doc = "unique_dim where only neighbours are compared."});
  ops.add({.schema = "searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool "
                     "right=False, str? side=None, Tensor? sorter=None) -> Tensor",
           .out = "Tensor_out",
           .kernel = exact_out_kernel<&searchsorted_tensor>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "Where values would have to be inserted to keep a sequence sorted."});
  ops.add({.schema = "searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool "
                     "right=False, str? side=None, Tensor? sorter=None) -> Tensor",
           .out = "Scalar_out",
           .kernel = exact_out_kernel<&searchsorted_scalar>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "Where a number would have to be inserted to keep a sequence sorted."});
  ops.add({.schema = "bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> "
                     "Tensor",
           .out = "Tensor_out",
           .kernel = exact_out_kernel<&bucketize_tensor>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "The bucket of each element."});
  ops.add({.schema = "bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> "
                     "Tensor",
           .out = "Scalar_out",
           .kernel = exact_out_kernel<&bucketize_scalar>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "The bucket of a number."});
  ops.add({.schema = "isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool "
                     "invert=False) -> Tensor",
           .out = "Tensor_Tensor_out",
           .kernel = typed_kernel<&isin_tensors>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "Which elements are among the test elements."});
  ops.add({.schema = "isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool "
                     "invert=False) -> Tensor",
           .out = "Tensor_Scalar_out",
           .kernel = typed_kernel<&isin_scalar_test>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "Which elements are the number."});
  ops.add({.schema = "isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool "
                     "invert=False) -> Tensor",
           .out = "Scalar_Tensor_out",
           .kernel = typed_kernel<&isin_scalar_element>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "Whether the number is among the test elements."});
  ops.add({.schema = "bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&bincount_cpu>(),
           .traits = kNoGrad,
           .doc = "How often each number occurs, or the sum of its weights."});
  ops.add({.schema = "histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&histc_cpu>(),
           .traits = kNoGrad,
           .doc = "How many elements lie in each of `bins` equal intervals."});
}

}  // namespace rushlight::ops
