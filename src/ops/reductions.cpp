/// Reductions: sums, means, products, extremes, norms, variances, logic.
#include <numeric>

#include "ops/cpu/reduction.h"
#include "ops/derived_forms.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/joining.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/scans.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using OptType = std::optional<ScalarType>;
using OptDims = std::optional<IntArrayRef>;
using cpu::Accumulate;

ScalarType sum_dtype(const Tensor& self, OptType dtype) {
  if (dtype) return *dtype;
  return is_integral_or_bool(self.dtype()) ? ScalarType::int64 : self.dtype();
}

Tensor sum_over(const Tensor& self, IntArrayRef dims, bool keepdim, OptType dtype) {
  const ScalarType type = sum_dtype(self, dtype);
  const Tensor input = cpu::to_dtype(self, type == ScalarType::bool_ ? ScalarType::int64 : type);
  const cpu::ReductionPlan plan = cpu::plan_reduction(input, dims, keepdim);
  Tensor result = empty_tensor(plan.result_shape, input.dtype(), self.device());
  if (self.is_meta()) return result;
  cpu::dispatch<kIntegral | kFloating | kComplex>(input.dtype(), "sum_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using A = Accumulate<T>;
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
      if (cpu::run_vector_reduction(plan, input.data<T>(), result.data<T>(), cpu::vector_sum<T>())) return;
    cpu::run_reduction(plan, input.data<T>(), result.data<T>(), [&](const T* base) {
      A total{};
      cpu::for_each_inner_row(plan, base, [&](const T* row, int64_t stride, int64_t count) {
        if constexpr (cpu::is_reduced<T>) {
          A part{};
          for (int64_t i = 0; i < count; ++i) part += A(float(row[i * stride]));
          total += part;
        } else {
          total += cpu::pairwise_sum<A>(row, stride, count);
        }
      });
      return T(total);
    });
  });
  return type == ScalarType::bool_ ? cpu::to_dtype(result, type) : result;
}
Tensor sum_all(const Tensor& self, OptType dtype) { return sum_over(self, {}, false, dtype); }
Tensor sum_dims(const Tensor& self, OptDims dims, bool keepdim, OptType dtype) {
  return sum_over(self, dims.value_or(IntArrayRef()), keepdim, dtype);
}

int64_t folded_count(IntArrayRef sizes, IntArrayRef dims) {
  if (dims.empty()) return numel_of(sizes);
  int64_t count = 1;
  for (int64_t dim : dims)
    if (!sizes.empty()) count *= sizes[size_t(wrap_dim(dim, int64_t(sizes.size())))];
  return count;
}
Tensor mean_over(const Tensor& self, IntArrayRef dims, bool keepdim, OptType dtype) {
  const ScalarType type = dtype.value_or(self.dtype());
  if (!is_floating(type) && !is_complex(type))
    throw RuntimeError(cat("mean(): could not infer output dtype. ", dtype ? "Optional dtype" : "Input dtype",
                           " must be either a floating point or complex dtype. Got: ", dtype_info(type).ir_name));
  // Halves are averaged in float.
  const bool reduced = kReducedFloating.contains(type);
  const Tensor total = sum_over(self, dims, keepdim, reduced ? ScalarType::float32 : type);
  return cpu::to_dtype(div(total, Scalar(folded_count(self.sizes(), dims))), type);
}
Tensor mean_all(const Tensor& self, OptType dtype) { return mean_over(self, {}, false, dtype); }
Tensor mean_dims(const Tensor& self, OptDims dims, bool keepdim, OptType dtype) {
  return mean_over(self, dims.value_or(IntArrayRef()), keepdim, dtype);
}

Tensor prod_over(const Tensor& self, IntArrayRef dims, bool keepdim, OptType dtype) {
  const ScalarType type = sum_dtype(self, dtype);
  const Tensor input = cpu::to_dtype(self, type == ScalarType::bool_ ? ScalarType::int64 : type);
  const cpu::ReductionPlan plan = cpu::plan_reduction(input, dims, keepdim);
  Tensor result = empty_tensor(plan.result_shape, input.dtype());
  cpu::dispatch<kIntegral | kFloating | kComplex>(input.dtype(), "prod_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using A = Accumulate<T>;
    cpu::run_reduction(plan, input.data<T>(), result.data<T>(), [&](const T* base) {
      A total(1);
      cpu::for_each_inner_row(plan, base, [&](const T* row, int64_t stride, int64_t count) {
        for (int64_t i = 0; i < count; ++i) total *= A(row[i * stride]);
      });
      return T(total);
    });
  });
  return type == ScalarType::bool_ ? cpu::to_dtype(result, type) : result;
}
Tensor prod_all(const Tensor& self, OptType dtype) { return prod_over(self, {}, false, dtype); }
Tensor prod_dim(const Tensor& self, int64_t dim, bool keepdim, OptType dtype) {
  return prod_over(self, dim, keepdim, dtype);
}

/// The gradient of a sum or mean: stretched back over the folded dimensions.
Tensor stretch(const Tensor& grad, IntArrayRef sizes, const IValue& dims_argument, bool keepdim) {
  Tensor stretched = grad;
  if (!keepdim && !sizes.empty() && !dims_argument.is_none()) {
    std::vector<int64_t> dims =
        dims_argument.is_int() ? std::vector<int64_t>{dims_argument.to_int()} : dims_argument.to_int_vector();
    for (int64_t& dim : dims) dim = wrap_dim(dim, int64_t(sizes.size()));
    std::sort(dims.begin(), dims.end());
    for (int64_t dim : dims) stretched = unsqueeze(stretched, dim);
  }
  return expand(stretched, sizes);
}
/// Whether the gradient of a product may not be had by dividing.
bool has_zero(const Tensor& self) { return any(eq(self, Scalar(0))).item().to<bool>(); }
/// For each element the product of all others along a dimension: of those before times those after.
Tensor products_of_others(const Tensor& self, int64_t dim) {
  const int64_t length = self.size(dim);
  const Tensor ones = ones_like(narrow(self, dim, 0, 1));
  const Tensor before = cumprod(concat({ones, narrow(self, dim, 0, length - 1)}, dim), dim);
  const Tensor after = cumprod(concat({ones, flip(narrow(self, dim, 1, length - 1), {dim})}, dim), dim);
  return before * flip(after, {dim});
}
std::vector<int64_t> dims_of(const IValue& argument) {
  return argument.is_none() ? std::vector<int64_t>() : argument.to_int_vector();
}

// ---- Extremes

template <bool kMax, class T>
bool beats(T a, T b) {
  if constexpr (cpu::is_floating_v<T>) {
    const bool a_nan = std::isnan(float(a)) || a != a, b_nan = b != b;
    if (a_nan || b_nan) return a_nan && !b_nan;
  }
  return kMax ? a > b : a < b;
}
[[noreturn]] void empty_extreme(std::string_view name, bool with_dim) {
  if (with_dim) throw IndexError(cat(name, "(): Expected reduction dim to have non-zero size."));
  throw RuntimeError(cat(name,
                         "(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
                         "with the 'dim' argument."));
}
template <bool kMax>
Tensor extreme_values(const Tensor& self, IntArrayRef dims, bool keepdim, std::string_view name) {
  const cpu::ReductionPlan plan = cpu::plan_reduction(self, dims, keepdim);
  if (plan.inner_count == 0 && numel_of(plan.outer_sizes) != 0) empty_extreme(name, !dims.empty());
  if (plan.inner_count == 0 && dims.empty()) empty_extreme(name, false);
  Tensor result = empty_tensor(plan.result_shape, self.dtype());
  cpu::dispatch<kReal>(self.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
      if (cpu::run_vector_reduction(plan, self.data<T>(), result.data<T>(),
                                    kMax ? cpu::vector_max<T>() : cpu::vector_min<T>()))
        return;
    cpu::run_reduction(plan, self.data<T>(), result.data<T>(), [&](const T* base) {
      T best = *base;
      cpu::for_each_inner_row(plan, base, [&](const T* row, int64_t stride, int64_t count) {
        for (int64_t i = 0; i < count; ++i)
          if (beats<kMax>(row[i * stride], best)) best = row[i * stride];
      });
      return best;
    });
  });
  return result;
}
/// Index of the first best element along the folded dimensions, counted in row-major order.
template <bool kMax>
Tensor extreme_indices(const Tensor& self, IntArrayRef dims, bool keepdim, std::string_view name) {
  const cpu::ReductionPlan plan = cpu::plan_reduction(self, dims, keepdim);
  if (plan.inner_count == 0) empty_extreme(name, !dims.empty());
  Tensor result = empty_tensor(plan.result_shape, ScalarType::int64);
  cpu::dispatch<kReal>(self.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    cpu::run_reduction(plan, self.data<T>(), result.data<int64_t>(), [&](const T* base) {
      T best = *base;
      int64_t best_index = 0, index = 0;
      cpu::for_each_inner_row(plan, base, [&](const T* row, int64_t stride, int64_t count) {
        for (int64_t i = 0; i < count; ++i, ++index)
          if (beats<kMax>(row[i * stride], best)) {
            best = row[i * stride];
            best_index = index;
          }
      });
      return best_index;
    });
  });
  return result;
}
Tensor max_all(const Tensor& self) { return extreme_values<true>(self, {}, false, "max"); }
Tensor min_all(const Tensor& self) { return extreme_values<false>(self, {}, false, "min"); }
std::tuple<Tensor, Tensor> max_dim(const Tensor& self, int64_t dim, bool keepdim) {
  return {extreme_values<true>(self, dim, keepdim, "max"), extreme_indices<true>(self, dim, keepdim, "max")};
}
std::tuple<Tensor, Tensor> min_dim(const Tensor& self, int64_t dim, bool keepdim) {
  return {extreme_values<false>(self, dim, keepdim, "min"), extreme_indices<false>(self, dim, keepdim, "min")};
}
Tensor amax_cpu(const Tensor& self, IntArrayRef dims, bool keepdim) {
  return extreme_values<true>(self, dims, keepdim, "amax");
}
Tensor amin_cpu(const Tensor& self, IntArrayRef dims, bool keepdim) {
  return extreme_values<false>(self, dims, keepdim, "amin");
}
void check_arg_reduction(const Tensor& self, std::string_view name) {
  if (self.dtype() == ScalarType::bool_) throw RuntimeError(cat(name, "(): does not support bool input"));
}
Tensor argmax_cpu(const Tensor& self, std::optional<int64_t> dim, bool keepdim) {
  check_arg_reduction(self, "argmax");
  if (dim) return extreme_indices<true>(self, *dim, keepdim, "argmax");
  Tensor index = extreme_indices<true>(self, {}, false, "argmax");
  return keepdim
             ? alias_tensor(index, Shape(size_t(self.dim()), 1), contiguous_strides(Shape(size_t(self.dim()), 1)), 0)
             : index;
}
Tensor argmin_cpu(const Tensor& self, std::optional<int64_t> dim, bool keepdim) {
  check_arg_reduction(self, "argmin");
  if (dim) return extreme_indices<false>(self, *dim, keepdim, "argmin");
  Tensor index = extreme_indices<false>(self, {}, false, "argmin");
  return keepdim
             ? alias_tensor(index, Shape(size_t(self.dim()), 1), contiguous_strides(Shape(size_t(self.dim()), 1)), 0)
             : index;
}
Tensor max_other(const Tensor& self, const Tensor& other) { return maximum(self, other); }
Tensor min_other(const Tensor& self, const Tensor& other) { return minimum(self, other); }

/// All elements that reach the extreme share its gradient.
Tensor share_among_best(const Tensor& grad, const Tensor& self, const Tensor& best) {
  const Tensor mask = eq(self, best);
  return grad * div(to(mask, grad.dtype()), sum(mask));
}
/// One element, the one whose index was returned, gets it.
Tensor to_chosen_index(const Backward& b) {
  const Tensor self_zeros = zeros(b.sizes("self"), b.grad().dtype());
  const int64_t rank = int64_t(b.sizes("self").size());
  if (rank == 0) return b.grad();
  const int64_t dim = wrap_dim(b.int_of("dim"), rank);
  Tensor grad = b.grad(), index = b.result(1);
  if (!b.bool_of("keepdim")) {
    grad = unsqueeze(grad, dim);
    index = unsqueeze(index, dim);
  }
  // Built from comparisons with the positions, so that it can be differentiated again.
  Shape shape(size_t(rank), 1);
  const int64_t size = b.sizes("self")[size_t(dim)];
  shape[size_t(dim)] = size;
  const Tensor positions = view(arange(Scalar(size)), shape);
  return where(eq(positions, index), grad, Scalar(0));
}

// ---- Logic

template <bool kAll>
Tensor logic_over(const Tensor& self, IntArrayRef dims, bool keepdim) {
  const Tensor input = cpu::to_dtype(self, ScalarType::bool_);
  const cpu::ReductionPlan plan = cpu::plan_reduction(input, dims, keepdim);
  Tensor result = empty_tensor(plan.result_shape, ScalarType::bool_);
  cpu::run_reduction(plan, input.data<bool>(), result.data<bool>(), [&](const bool* base) {
    bool found = false;
    cpu::for_each_inner_row(plan, base, [&](const bool* row, int64_t stride, int64_t count) {
      for (int64_t i = 0; i < count && !found; ++i) found = row[i * stride] != kAll;
    });
    return found != kAll;
  });
  return self.dtype() == ScalarType::uint8 ? cpu::to_dtype(result, ScalarType::uint8) : result;
}
Tensor all_of(const Tensor& self) { return logic_over<true>(self, {}, false); }
Tensor any_of(const Tensor& self) { return logic_over<false>(self, {}, false); }
Tensor all_dim(const Tensor& self, int64_t dim, bool keepdim) { return logic_over<true>(self, dim, keepdim); }
Tensor any_dim(const Tensor& self, int64_t dim, bool keepdim) { return logic_over<false>(self, dim, keepdim); }

// ---- Variance and norms

Tensor var_over(const char* name, const Tensor& self, OptDims dims, std::optional<Scalar> correction, bool keepdim) {
  if (!is_floating(self.dtype()) && !is_complex(self.dtype()))
    throw RuntimeError("std and var only support floating point and complex dtypes");
  const IntArrayRef over = dims.value_or(IntArrayRef());
  const Tensor wide = self.dtype() == ScalarType::float16 || self.dtype() == ScalarType::bfloat16
                          ? cpu::to_dtype(self, ScalarType::float32)
                          : self;
  const Tensor centred = sub(wide, mean_over(wide, over, true, {}));
  Tensor squares = is_complex(centred.dtype()) ? square(abs(centred)) : mul(centred, centred);
  const double count = double(folded_count(self.sizes(), over)) - correction.value_or(Scalar(1)).to<double>();
  if (count <= 0)
    warn_at(
        "aten/src/ATen/native/ReduceOps.cpp:1861",
        cat(name,
            "(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel "
            "divided by output numel)."));
  const Tensor result = div(sum_over(squares, over, keepdim, {}), Scalar(std::max(count, 0.0)));
  return cpu::to_dtype(result, to_real(self.dtype()));
}
Tensor var_correction(const Tensor& self, OptDims dims, std::optional<Scalar> correction, bool keepdim) {
  return var_over("var", self, dims, correction, keepdim);
}
Tensor var_unbiased(const Tensor& self, bool unbiased) {
  return var(self, std::nullopt, Scalar(int64_t(unbiased)), false);
}
Tensor var_dim(const Tensor& self, OptDims dims, bool unbiased, bool keepdim) {
  return var(self, dims, Scalar(int64_t(unbiased)), keepdim);
}
Tensor std_correction(const Tensor& self, OptDims dims, std::optional<Scalar> correction, bool keepdim) {
  return sqrt(var_over("std", self, dims, correction, keepdim));
}
Tensor std_unbiased(const Tensor& self, bool unbiased) {
  return ops::std(self, std::nullopt, Scalar(int64_t(unbiased)), false);
}
Tensor std_dim(const Tensor& self, OptDims dims, bool unbiased, bool keepdim) {
  return ops::std(self, dims, Scalar(int64_t(unbiased)), keepdim);
}

Tensor var_backward(const Tensor& grad, const Backward& b) {
  const Tensor self = b.saved("self");
  const std::vector<int64_t> dims = dims_of(b.argument("dim"));
  const Scalar correction = b.argument("correction").is_none() ? Scalar(1) : b.scalar_of("correction");
  const double count = double(folded_count(self.sizes(), dims)) - correction.to<double>();
  const Tensor stretched =
      stretch(grad, self.sizes(), dims.empty() ? IValue() : b.argument("dim"), b.bool_of("keepdim"));
  return stretched * (self - mean(self, std::optional<IntArrayRef>(dims), true)) * Scalar(2.0 / count);
}

Tensor sum_to_size_cpu(const Tensor& self, IntArrayRef size) {
  if (size.empty()) return sum(self);  // also of a number, so that integers become int64
  if (self.sizes() == size) return self;
  if (size.size() > size_t(self.dim()))
    throw RuntimeError(
        cat("size {", shape_text(size), "} is not expandable to size {", shape_text(self.sizes()), "}."));
  std::vector<int64_t> dims;
  const size_t shift = size_t(self.dim()) - size.size();
  for (size_t i = 0; i < size_t(self.dim()); ++i) {
    const bool extra = i < shift;
    if (!extra && size[i - shift] != 1 && size[i - shift] != self.sizes()[i])
      throw RuntimeError(
          cat("size {", shape_text(size), "} is not expandable to size {", shape_text(self.sizes()), "}."));
    if (extra || (size[i - shift] == 1 && self.sizes()[i] != 1)) dims.push_back(int64_t(i));
  }
  if (dims.empty()) return self;
  return view(sum(self, std::optional<IntArrayRef>(dims), true), size);
}

}  // namespace

void declare_reductions(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  constexpr OpTraits kNoGrad = OpTraits::not_differentiable;
  ops.add({.schema = "sum(Tensor self, *, ScalarType? dtype=None) -> Tensor",
           .kernel = typed_kernel<&sum_all>(),
           .derivatives = {{"self", [](const Backward& b) { return expand(b.grad(), b.sizes("self")); }}},
           .doc = "The sum of all elements; of integers in int64."});
  ops.add(
      {.schema = "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
       .out = "IntList_out",
       .kernel = typed_kernel<&sum_dims>(),
       .derivatives = {{"self",
                        [](const Backward& b) {
                          const std::vector<int64_t> dims = dims_of(b.argument("dim"));
                          return stretch(b.grad(), b.sizes("self"), dims.empty() ? IValue() : b.argument("dim"),
                                         b.bool_of("keepdim"));
                        }}},
       .grad_fn = "SumBackward1",
       .doc = "The sum over dimensions; None or empty: over all."});
  ops.add({.schema = "mean(Tensor self, *, ScalarType? dtype=None) -> Tensor",
           .out = "dtype_out",
           .kernel = typed_kernel<&mean_all>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return expand(b.grad(), b.sizes("self")) / Scalar(numel_of(b.sizes("self")));
                            }}},
           .doc = "The mean of all elements."});
  ops.add({.schema = "mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&mean_dims>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const std::vector<int64_t> dims = dims_of(b.argument("dim"));
                              return stretch(b.grad(), b.sizes("self"), dims.empty() ? IValue() : b.argument("dim"),
                                             b.bool_of("keepdim")) /
                                     Scalar(folded_count(b.sizes("self"), dims));
                            }}},
           .grad_fn = "MeanBackward1",
           .doc = "The mean over dimensions."});
  ops.add({.schema = "prod(Tensor self, *, ScalarType? dtype=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&prod_all>(),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              if (!has_zero(self)) return b.grad() * conjugate(b.result() / self);
                              const Tensor flat = reshape(self, {self.numel()});
                              return reshape(b.grad() * conjugate(products_of_others(flat, 0)), self.sizes());
                            }}},
           .doc = "The product of all elements."});
  ops.add({.schema = "prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
           .out = "int_out",
           .kernel = typed_kernel<&prod_dim>(),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              const auto stretched = [&](const Tensor& reduced) {
                                return stretch(reduced, self.sizes(), b.argument("dim"), b.bool_of("keepdim"));
                              };
                              if (self.dim() > 0 && has_zero(self))
                                return stretched(b.grad()) * conjugate(products_of_others(self, b.int_of("dim")));
                              return stretched(b.grad()) * conjugate(stretched(b.result()) / self);
                            }}},
           .grad_fn = "ProdBackward1",
           .doc = "The product over a dimension."});
  ops.add({.schema = "max(Tensor self) -> Tensor",
           .out = "unary_out",
           .kernel = typed_kernel<&max_all>(),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) { return share_among_best(b.grad(), b.saved("self"), b.result()); }}},
           .grad_fn = "MaxBackward1",
           .doc = "The largest element."});
  ops.add({.schema = "min(Tensor self) -> Tensor",
           .out = "unary_out",
           .kernel = typed_kernel<&min_all>(),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) { return share_among_best(b.grad(), b.saved("self"), b.result()); }}},
           .grad_fn = "MinBackward1",
           .doc = "The smallest element."});
  ops.add({.schema = "max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
           .kernel = typed_kernel<&max_dim>(),
           .saves = "result1",
           .derivatives = {{"self", to_chosen_index}},
           .doc = "The largest elements along a dimension, and where they stand."});
  ops.add({.schema = "min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
           .kernel = typed_kernel<&min_dim>(),
           .saves = "result1",
           .derivatives = {{"self", to_chosen_index}},
           .doc = "The smallest elements along a dimension, and where they stand."});
  ops.add({.schema = "max.other(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&max_other>(),
           .traits = kComposite,
           .doc = "maximum."});
  ops.add({.schema = "min.other(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&min_other>(),
           .traits = kComposite,
           .doc = "minimum."});
  ops.add({.schema = "amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&amax_cpu>(),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              const std::vector<int64_t> dims = b.ints_of("dim");
                              const IValue over = dims.empty() ? IValue() : b.argument("dim");
                              const Tensor mask =
                                  eq(self, stretch(b.result(), self.sizes(), over, b.bool_of("keepdim")));
                              return stretch(b.grad(), self.sizes(), over, b.bool_of("keepdim")) *
                                     to(mask, b.grad().dtype()) / sum(mask, std::optional<IntArrayRef>(dims), true);
                            }}},
           .doc = "The largest elements over dimensions; equals share the gradient."});
  ops.add({.schema = "amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&amin_cpu>(),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const Tensor self = b.saved("self");
                              const std::vector<int64_t> dims = b.ints_of("dim");
                              const IValue over = dims.empty() ? IValue() : b.argument("dim");
                              const Tensor mask =
                                  eq(self, stretch(b.result(), self.sizes(), over, b.bool_of("keepdim")));
                              return stretch(b.grad(), self.sizes(), over, b.bool_of("keepdim")) *
                                     to(mask, b.grad().dtype()) / sum(mask, std::optional<IntArrayRef>(dims), true);
                            }}},
           .doc = "The smallest elements over dimensions; equals share the gradient."});
  ops.add({.schema = "argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&argmax_cpu>(),
           .traits = kNoGrad,
           .doc = "Where the largest element stands; the first of equals."});
  ops.add({.schema = "argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&argmin_cpu>(),
           .traits = kNoGrad,
           .doc = "Where the smallest element stands; the first of equals."});
  ops.add({.schema = "all(Tensor self) -> Tensor",
           .out = "all_out",
           .kernel = typed_kernel<&all_of>(),
           .traits = kNoGrad,
           .doc = "No element is zero."});
  ops.add({.schema = "all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&all_dim>(),
           .traits = kNoGrad,
           .doc = "No element along a dimension is zero."});
  ops.add({.schema = "any(Tensor self) -> Tensor",
           .out = "all_out",
           .kernel = typed_kernel<&any_of>(),
           .traits = kNoGrad,
           .doc = "Some element is not zero."});
  ops.add({.schema = "any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&any_dim>(),
           .traits = kNoGrad,
           .doc = "Some element along a dimension is not zero."});
  ops.add({.schema = "var(Tensor self, bool unbiased=True) -> Tensor",
           .kernel = typed_kernel<&var_unbiased>(),
           .traits = kComposite,
           .doc = "The variance of all elements."});
  ops.add({.schema = "var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&var_dim>(),
           .traits = kComposite,
           .doc = "The variance over dimensions."});
  ops.add(
      {.schema =
           "var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
       .out = "correction_out",
       .kernel = typed_kernel<&var_correction>(),
       .saves = "self",
       .derivatives = {{"self", [](const Backward& b) { return var_backward(b.grad(), b); }}},
       .doc = "The variance over dimensions, divided by count - correction."});
  ops.add({.schema = "std(Tensor self, bool unbiased=True) -> Tensor",
           .kernel = typed_kernel<&std_unbiased>(),
           .traits = kComposite,
           .doc = "The standard deviation of all elements."});
  ops.add({.schema = "std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&std_dim>(),
           .traits = kComposite,
           .doc = "The standard deviation over dimensions."});
  ops.add(
      {.schema =
           "std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
       .out = "correction_out",
       .kernel = typed_kernel<&std_correction>(),
       .saves = "self, result",
       .derivatives = {{"self",
                        [](const Backward& b) {
                          const Tensor result = b.result();
                          return var_backward(
                              masked_fill(b.grad() / (result * Scalar(2)), eq(result, Scalar(0)), Scalar(0)), b);
                        }}},
       .doc = "The standard deviation over dimensions."});
  ops.add({.schema = "sum_to_size(Tensor self, SymInt[] size) -> Tensor",
           .kernel = typed_kernel<&sum_to_size_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "Sums over the dimensions along which `size` would be stretched to the shape of self."});
}

}  // namespace rushlight::ops
