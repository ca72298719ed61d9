/// Sorting and selection by rank: sort, argsort, topk, kthvalue, median, mode.
#include "ops/functions/sorting.h"

#include <algorithm>
#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/index_plan.h"
#include "ops/cpu/order.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/scatter.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using ValuesAndIndices = std::tuple<Tensor, Tensor>;

/// The elements of self at `indices` along dim; 0-dimensional ones are their only element.
Tensor values_at(const Tensor& self, const Tensor& indices, int64_t dim, bool keepdim) {
  if (self.dim() == 0) return cpu::clone(self);
  Tensor at = indices;
  if (!keepdim) {
    Shape sizes(indices.sizes());
    sizes.insert(size_t(dim), 1);
    at = alias_tensor(indices, sizes, contiguous_strides(sizes), 0);
  }
  Tensor values = empty_tensor(indices.sizes(), self.dtype());
  cpu::read_places(cpu::places_by_position(self, dim, at), values);
  return values;
}
void check_length(const Tensor& self, int64_t dim, std::string_view name) {
  if (self.dim() > 0 && self.numel() == 0 && self.size(dim) == 0)
    throw IndexError(cat(name, "(): Expected reduction dim ", dim, " to have non-zero size."));
}

// ---- sort and topk

/// The same in the order of dimensions that self has in memory, if it has one.
Tensor laid_out_like(const Tensor& self, const Tensor& values) {
  if (self.is_contiguous() || !is_non_overlapping_and_dense(self.sizes(), self.strides())) return values;
  const Tensor result = alias_tensor(empty_tensor({self.numel()}, values.dtype()), self.sizes(), self.strides(), 0);
  cpu::copy_into(result, values);
  return result;
}

ValuesAndIndices sort_stable(const Tensor& self, std::optional<bool>, int64_t dim, bool descending) {
  dim = wrap_dim(dim, self.dim());
  if (is_complex(self.dtype())) throw RuntimeError("Sort does not support complex dtypes on CPU");
  const cpu::KeyRows rows = cpu::key_rows(self, dim, "sort");
  std::vector<int64_t> all;
  all.reserve(rows.keys.size());
  for (int64_t i = 0; i < rows.rows; ++i) {
    const std::vector<int64_t> order = cpu::sorted_positions(rows.row(i), rows.length, descending);
    all.insert(all.end(), order.begin(), order.end());
  }
  const Tensor indices = cpu::result_of_rows(all, rows, rows.length, dim, self.dim() > 0);
  return {laid_out_like(self, values_at(self, indices, dim, true)), laid_out_like(self, indices)};
}
ValuesAndIndices sort_cpu(const Tensor& self, int64_t dim, bool descending) {
  return sort_stable(self, false, dim, descending);
}
Tensor argsort_cpu(const Tensor& self, int64_t dim, bool descending) {
  return std::get<1>(sort(self, dim, descending));
}
Tensor argsort_stable(const Tensor& self, bool stable, int64_t dim, bool descending) {
  return std::get<1>(sort(self, stable, dim, descending));
}
Tensor msort_cpu(const Tensor& self) { return std::get<0>(sort(self, 0, false)); }

ValuesAndIndices topk_cpu(const Tensor& self, int64_t k, int64_t dim, bool largest, bool) {
  dim = wrap_dim(dim, self.dim());
  if (k < 0 || k > (self.dim() > 0 ? self.size(dim) : 1)) throw RuntimeError("selected index k out of range");
  if (self.dtype() == ScalarType::bool_ || is_complex(self.dtype()))
    throw NotImplementedError(cat("\"topk_cpu\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  const cpu::KeyRows rows = cpu::key_rows(self, dim, "topk_cpu");
  std::vector<int64_t> all;
  for (int64_t i = 0; i < rows.rows; ++i) cpu::append_best(all, rows.row(i), rows.length, k, largest);
  const Tensor indices = cpu::result_of_rows(all, rows, k, dim, self.dim() > 0);
  return {values_at(self, indices, dim, true), indices};
}

// ---- One element of each row

/// Chooses a position in each row by choose(keys, length).
template <class Choose>
ValuesAndIndices choose_from_rows(const Tensor& self, int64_t dim, bool keepdim, std::string_view name,
                                  Choose&& choose) {
  const cpu::KeyRows rows = cpu::key_rows(self, dim, name);
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < rows.rows; ++i) chosen.push_back(choose(rows.row(i), rows.length));
  const bool keep = keepdim && self.dim() > 0;
  const Tensor indices = cpu::result_of_rows(chosen, rows, 1, dim, keep);
  return {values_at(self, indices, dim, keep), indices};
}

ValuesAndIndices kthvalue_cpu(const Tensor& self, int64_t k, int64_t dim, bool keepdim) {
  dim = wrap_dim(dim, self.dim());
  check_length(self, dim, "kthvalue");
  if (k < 1 || k > (self.dim() > 0 ? self.size(dim) : 1))
    throw RuntimeError(cat("kthvalue(): selected number k out of range for dimension ", dim));
  if (self.dtype() == ScalarType::bool_) throw NotImplementedError("\"kthvalue_cpu\" not implemented for 'Bool'");
  return choose_from_rows(self, dim, keepdim, "kthvalue_cpu", [&](const uint64_t* keys, int64_t length) {
    return cpu::selected_position(keys, length, k - 1);
  });
}

/// The lower of the middle elements. Without `skip_nan` a nan is the median.
int64_t median_position(const uint64_t* keys, int64_t length, bool floating, bool skip_nan) {
  int64_t count = length;
  if (floating) {
    const int64_t first_nan = std::find(keys, keys + length, cpu::kNanKey) - keys;
    if (first_nan < length) {
      if (!skip_nan) return first_nan;
      count = length - std::count(keys, keys + length, cpu::kNanKey);
    }
  }
  return cpu::nth_position(keys, length, count > 0 ? (count - 1) / 2 : 0);
}
template <bool kSkipNan>
ValuesAndIndices median_dim(const Tensor& self, int64_t dim, bool keepdim) {
  dim = wrap_dim(dim, self.dim());
  if (self.dim() > 0 && self.size(dim) == 0)
    throw IndexError(cat("median(): Expected reduction dim ", dim, " to have non-zero size."));
  if (self.dtype() == ScalarType::bool_ || is_complex(self.dtype()))
    throw NotImplementedError(cat("\"median_out\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  return choose_from_rows(self, dim, keepdim, "median_out", [&](const uint64_t* keys, int64_t length) {
    return median_position(keys, length, is_floating(self.dtype()), kSkipNan);
  });
}
template <bool kSkipNan>
Tensor median_all(const Tensor& self) {
  if (self.dtype() == ScalarType::bool_ || is_complex(self.dtype()))
    throw NotImplementedError(cat("\"median_cpu\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  if (self.numel() == 0) {
    const Scalar none = is_floating(self.dtype()) ? Scalar(std::numeric_limits<double>::quiet_NaN())
                                                  : Scalar(std::numeric_limits<int64_t>::min());
    return rushlight::scalar_tensor(none, self.dtype());
  }
  const Tensor flat = cpu::contiguous(self);
  return std::get<0>(median_dim<kSkipNan>(alias_tensor(flat, flat.numel(), 1, flat.storage_offset()), 0, false));
}

ValuesAndIndices mode_cpu(const Tensor& self, int64_t dim, bool keepdim) {
  dim = wrap_dim(dim, self.dim());
  check_length(self, dim, "mode");
  return choose_from_rows(self, dim, keepdim, "mode", [](const uint64_t* keys, int64_t length) {
    // The smallest of the values that occur most often, where it occurs last.
    const std::vector<int64_t> order = cpu::unstably_sorted_positions(keys, length);
    int64_t best = order[0], most = 0, run = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      run = i > 0 && keys[order[i]] == keys[order[i - 1]] ? run + 1 : 1;
      const bool ends = i + 1 == order.size() || keys[order[i + 1]] != keys[order[i]];
      if (ends && run > most) {
        most = run;
        best = order[i];
      }
    }
    return best;
  });
}

// ---- Gradients

Tensor to_sorted_places(const Backward& b) {
  if (b.sizes("self").empty()) return reshape(b.grad(), {});
  return scatter_add(zeros(b.sizes("self"), b.grad().dtype()), b.int_of("dim"), b.result(1), b.grad());
}
Tensor to_chosen_place(const Backward& b) {
  const IntArrayRef sizes = b.sizes("self");
  if (sizes.empty()) return b.grad();
  const int64_t dim = wrap_dim(b.int_of("dim"), int64_t(sizes.size()));
  Tensor grad = b.grad(), index = b.result(1);
  if (!b.bool_of("keepdim")) {
    grad = unsqueeze(grad, dim);
    index = unsqueeze(index, dim);
  }
  return scatter_add(zeros(sizes, grad.dtype()), dim, index, grad);
}
/// All elements that equal the result share its gradient.
Tensor to_equal_elements(const Backward& b) {
  const Tensor self = b.saved("self"), result = b.result();
  const bool nan = std::isnan(result.item().to<double>());
  const Tensor mask = nan ? isnan(self) : eq(self, result);
  return b.grad() * div(to(mask, b.grad().dtype()), sum(mask));
}

}  // namespace

void declare_sorting(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add({.schema = "sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)",
           .out = "values",
           .kernel = typed_kernel<&sort_cpu>(),
           .saves = "result1",
           .derivatives = {{"self", to_sorted_places}},
           .doc = "A dimension in ascending or descending order, and where its elements came from."});
  ops.add({.schema = "sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, "
                     "Tensor indices)",
           .out = "values_stable",
           .kernel = typed_kernel<&sort_stable>(),
           .saves = "result1",
           .derivatives = {{"self", to_sorted_places}},
           .doc = "sort that promises to keep the order of equal elements."});
  ops.add({.schema = "argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor",
           .kernel = typed_kernel<&argsort_cpu>(),
           .traits = kComposite,
           .doc = "The indices that sort a dimension."});
  ops.add({.schema = "argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor",
           .out = "stable_out",
           .kernel = typed_kernel<&argsort_stable>(),
           .traits = kComposite,
           .doc = "The indices that sort a dimension."});
  ops.add({.schema = "msort(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&msort_cpu>(),
           .traits = kComposite,
           .doc = "Sorted along the first dimension."});
  ops.add({.schema = "topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, "
                     "Tensor indices)",
           .out = "values",
           .kernel = typed_kernel<&topk_cpu>(),
           .saves = "result1",
           .derivatives = {{"self", to_sorted_places}},
           .doc = "The k largest or smallest elements of a dimension."});
  ops.add(
      {.schema = "kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
       .out = "values",
       .kernel = typed_kernel<&kthvalue_cpu>(),
       .saves = "result1",
       .derivatives = {{"self", to_chosen_place}},
       .doc = "The k-th smallest element of a dimension."});
  ops.add({.schema = "median(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&median_all<false>>(),
           .saves = "self, result",
           .derivatives = {{"self", to_equal_elements}},
           .doc = "The lower median of all elements."});
  ops.add({.schema = "median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
           .out = "dim_values",
           .kernel = typed_kernel<&median_dim<false>>(),
           .saves = "result1",
           .derivatives = {{"self", to_chosen_place}},
           .grad_fn = "MedianBackward1",
           .doc = "The lower median of a dimension."});
  ops.add({.schema = "nanmedian(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&median_all<true>>(),
           .saves = "self, result",
           .derivatives = {{"self", to_equal_elements}},
           .doc = "The lower median of all elements that are not nan."});
  ops.add({.schema = "nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
           .out = "dim_values",
           .kernel = typed_kernel<&median_dim<true>>(),
           .saves = "result1",
           .derivatives = {{"self", to_chosen_place}},
           .grad_fn = "NanmedianBackward1",
           .doc = "The lower median of what is not nan in a dimension."});
  ops.add({.schema = "mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
           .out = "values",
           .kernel = typed_kernel<&mode_cpu>(),
           .saves = "result1",
           .derivatives = {{"self", to_chosen_place}},
           .doc = "The value of a dimension that occurs most often."});
}

}  // namespace rushlight::ops
