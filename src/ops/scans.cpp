/// Running results along a dimension: cumsum, cumprod, cummax, cummin, logcumsumexp; differences and the trapezoidal
/// rule.
#include "ops/functions/scans.h"

#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/index_plan.h"
#include "ops/cpu/order.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/joining.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/scatter.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using OptType = std::optional<ScalarType>;

/// Scans work in the widest type of the kind.
ScalarType wide_of(ScalarType type) {
  if (is_complex(type)) return ScalarType::complex128;
  return is_floating(type) ? ScalarType::float64 : ScalarType::int64;
}

/// Replaces each row along `dim` by its running result: next(running, element).
template <class Next>
Tensor scan(const Tensor& self, int64_t dim, ScalarType result_type, Next&& next) {
  const ScalarType wide = wide_of(result_type);
  Tensor values = cpu::clone(cpu::to_dtype(cpu::to_dtype(self, result_type), wide), MemoryFormat::contiguous);
  if (self.dim() == 0 || self.numel() == 0) return cpu::to_dtype(values, result_type);
  const int64_t length = self.size(dim), stride = values.stride(dim), block = length * stride;
  const auto run = [&](auto* data) {
    for (int64_t start = 0; start < values.numel(); start += block)
      for (int64_t j = 0; j < stride; ++j) {
        auto* at = data + start + j;
        auto running = *at;
        for (int64_t i = 1; i < length; ++i) {
          at += stride;
          running = next(running, *at);
          *at = running;
        }
      }
  };
  if (wide == ScalarType::complex128)
    run(values.data<std::complex<double>>());
  else if (wide == ScalarType::float64)
    run(values.data<double>());
  else
    run(values.data<int64_t>());
  return cpu::to_dtype(values, result_type);
}
ScalarType scan_dtype(const Tensor& self, OptType dtype) {
  return dtype.value_or(is_integral_or_bool(self.dtype()) ? ScalarType::int64 : self.dtype());
}
ScalarType checked_scan_dtype(const Tensor& self, OptType dtype, std::string_view name) {
  const ScalarType type = scan_dtype(self, dtype);
  if (type == ScalarType::bool_) throw NotImplementedError(cat("\"", name, "\" not implemented for 'Bool'"));
  return type;
}

Tensor cumsum_cpu(const Tensor& self, int64_t dim, OptType dtype) {
  dim = wrap_dim(dim, self.dim());
  return scan(self, dim, checked_scan_dtype(self, dtype, "cumsum_out_cpu"), [](auto a, auto b) { return a + b; });
}
Tensor cumprod_cpu(const Tensor& self, int64_t dim, OptType dtype) {
  dim = wrap_dim(dim, self.dim());
  return scan(self, dim, checked_scan_dtype(self, dtype, "cumprod_out_cpu"), [](auto a, auto b) { return a * b; });
}
/// In place the dtype is that of self.
Tensor cumsum_inplace(const Tensor& self, int64_t dim, OptType dtype) {
  if (dtype && *dtype != self.dtype())
    throw RuntimeError(cat("Bad in-place call: input tensor dtype ", dtype_info(self.dtype()).ir_name,
                           " and output tensor dtype ", dtype_info(*dtype).ir_name, " should match"));
  cpu::copy_into(self, cumsum_cpu(self, dim, self.dtype()));
  return self;
}
Tensor cumprod_inplace(const Tensor& self, int64_t dim, OptType dtype) {
  if (dtype && *dtype != self.dtype())
    throw RuntimeError(cat("Bad in-place call: input tensor dtype ", dtype_info(self.dtype()).ir_name,
                           " and output tensor dtype ", dtype_info(*dtype).ir_name, " should match"));
  cpu::copy_into(self, cumprod_cpu(self, dim, self.dtype()));
  return self;
}

/// log(exp(a) + exp(b)) without overflow.
double log_add(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  const double high = std::max(a, b), low = std::min(a, b);
  return std::isinf(high) ? high : high + std::log1p(std::exp(low - high));
}
std::complex<double> log_add(std::complex<double> a, std::complex<double> b) {
  if (a.real() < b.real() || std::isnan(a.real())) std::swap(a, b);
  if (std::isinf(a.real()) && a.real() < 0) return a;
  if (std::isinf(a.real()))
    return a.real() == b.real() && std::isinf(b.real()) ? std::log(std::exp(a) + std::exp(b)) : a;
  return a + std::log(1.0 + std::exp(b - a));
}
int64_t log_add(int64_t a, int64_t) { return a; }  // never called: integers are refused
Tensor logcumsumexp_cpu(const Tensor& self, int64_t dim) {
  dim = wrap_dim(dim, self.dim());
  if (is_integral_or_bool(self.dtype()))
    throw NotImplementedError(
        cat("\"logcumsumexp_out_cpu\" not implemented for '", dtype_info(self.dtype()).ir_name, "'"));
  return scan(self, dim, self.dtype(), [](auto a, auto b) { return log_add(a, b); });
}

/// The best element so far and where it stands; of equals the last, and nan wins for ever.
template <bool kMax>
std::tuple<Tensor, Tensor> extreme_so_far(const Tensor& self, int64_t dim) {
  dim = wrap_dim(dim, self.dim());
  const cpu::KeyRows rows = cpu::key_rows(self, dim, kMax ? "cummax_helper_cpu" : "cummin_helper_cpu");
  const bool floating = is_floating(self.dtype());
  std::vector<int64_t> all;
  all.reserve(rows.keys.size());
  for (int64_t r = 0; r < rows.rows; ++r) {
    const uint64_t* keys = rows.row(r);
    int64_t best = 0;
    for (int64_t i = 0; i < rows.length; ++i) {
      const bool nan = floating && keys[i] == cpu::kNanKey, best_nan = floating && keys[best] == cpu::kNanKey;
      if (nan || (!best_nan && (kMax ? keys[i] >= keys[best] : keys[i] <= keys[best]))) best = i;
      all.push_back(best);
    }
  }
  const Tensor indices = cpu::result_of_rows(all, rows, rows.length, dim, self.dim() > 0);
  if (self.dim() == 0) return {cpu::clone(self), indices};
  Tensor values = empty_tensor(self.sizes(), self.dtype());
  cpu::read_places(cpu::places_by_position(self, dim, indices), values);
  return {values, indices};
}

// ---- Gradients

Tensor reversed_cumsum(const Tensor& grad, int64_t dim) {
  if (grad.dim() == 0 || grad.numel() <= 1 || grad.size(dim) == 1) return grad;
  return flip(cumsum(flip(grad, {dim}), dim), {dim});
}
Tensor reversed_logcumsumexp(const Tensor& values, int64_t dim) {
  return values.dim() == 0 ? logcumsumexp(values, 0) : flip(logcumsumexp(flip(values, {dim}), dim), {dim});
}

Tensor cumprod_back(const Backward& b) {
  const Tensor input = b.saved("self"), output = b.result();
  const Tensor& grad = b.grad();
  if (input.dim() == 0 || input.numel() == 0) return grad;
  const int64_t dim = wrap_dim(b.int_of("dim"), input.dim()), length = input.size(dim);
  if (length == 1) return grad;
  const Tensor input_conj = conjugate(input), output_conj = conjugate(output);
  if (!any(eq(input, Scalar(0))).item().to<bool>()) return reversed_cumsum(output_conj * grad, dim) / input_conj;
  // With zeros nothing can be divided: for each position the products without it.
  std::vector<Tensor> parts;
  for (int64_t k = 0; k < length; ++k) {
    Tensor without;
    const Tensor after = k + 1 < length ? cumprod(narrow(input_conj, dim, k + 1, length - k - 1), dim) : Tensor();
    const Tensor before =
        k > 0 ? prod(narrow(input_conj, dim, 0, k), dim, true) : ones_like(narrow(input_conj, dim, 0, 1));
    without = after.defined() ? concat({before, expand_as(before, after) * after}, dim) : before;
    parts.push_back(sum(narrow(grad, dim, k, length - k) * without, std::optional<IntArrayRef>(dim), false));
  }
  return stack(parts, dim);
}

Tensor logcumsumexp_back(const Backward& b) {
  const Tensor self = b.saved("self"), result = b.result();
  const Tensor& grad = b.grad();
  if (grad.dim() == 0 || grad.numel() == 0) return grad;
  const int64_t dim = b.int_of("dim");
  if (is_complex(grad.dtype())) {
    const Tensor log_grad = log(conjugate(grad));
    return conjugate(exp(reversed_logcumsumexp(log_grad - result, dim) + self));
  }
  // Finite, as infinities would meet as inf - inf in the gradient of this.
  const ScalarType type = grad.dtype();
  const Scalar lowest(type == ScalarType::float64   ? std::numeric_limits<double>::lowest()
                      : type == ScalarType::float16 ? -65504.
                                                    : double(std::numeric_limits<float>::lowest()));
  const Tensor log_abs = log(abs(grad));
  const Tensor log_positive = where(gt(grad, Scalar(0)), log_abs, lowest);
  const Tensor log_negative = where(lt(grad, Scalar(0)), log_abs, lowest);
  return exp(reversed_logcumsumexp(log_positive - result, dim) + self) -
         exp(reversed_logcumsumexp(log_negative - result, dim) + self);
}
Tensor to_best_so_far(const Backward& b) {
  if (b.sizes("self").empty() || b.grad().numel() == 0) return b.grad();
  return scatter_add(zeros(b.sizes("self"), b.grad().dtype()), b.int_of("dim"), b.result(1), b.grad());
}

// ---- Differences

Tensor diff_cpu(const Tensor& self, int64_t n, int64_t dim, const Tensor& prepend, const Tensor& append) {
  if (self.dim() < 1) throw RuntimeError("diff expects input to be at least one-dimensional");
  if (n < 0) throw RuntimeError(cat("order must be non-negative but got ", n));
  const int64_t at = wrap_dim(dim, self.dim());
  std::vector<Tensor> parts;
  for (const Tensor* part : {&prepend, &append}) {
    if (!part->defined()) continue;
    if (part->dim() != self.dim())
      throw RuntimeError("diff expects prepend or append to be the same dimension as input");
    for (int64_t d = 0; d < self.dim(); ++d)
      if (d != at && part->size(d) != self.size(d))
        throw RuntimeError(
            cat("diff expects the shape of tensor to prepend or append to match that of input except "
                "along the differencing dimension; input.size(",
                d, ") = ", self.size(d), ", but got tensor.size(", d, ") = ", part->size(d)));
  }
  if (n == 0) {
    Tensor result = zeros_like(self);
    return copy_(result, self);
  }
  if (prepend.defined()) parts.push_back(prepend);
  parts.push_back(self);
  if (append.defined()) parts.push_back(append);
  Tensor result = parts.size() == 1 ? self : concat(parts, at);
  n = std::min(n, result.size(at));
  for (int64_t i = 0; i < n; ++i) {
    const int64_t length = result.size(at);
    const Tensor later = narrow(result, at, std::min<int64_t>(1, length), std::max<int64_t>(length - 1, 0));
    const Tensor earlier = narrow(result, at, 0, std::max<int64_t>(length - 1, 0));
    result = result.dtype() == ScalarType::bool_ ? logical_xor(later, earlier) : later - earlier;
  }
  return result;
}

// ---- The trapezoidal rule

Tensor all_but_last(const Tensor& t, int64_t dim) { return slice(t, dim, 0, -1, 1); }
Tensor all_but_first(const Tensor& t, int64_t dim) { return slice(t, dim, 1, std::nullopt, 1); }
Tensor half(const Tensor& t) { return t / Scalar(2.); }

/// The distances between the points x, in a shape that broadcasts with y.
Tensor distances(const Tensor& y, const Tensor& x, int64_t dim) {
  if (x.dim() == 1) {
    if (x.size(0) != y.size(dim)) throw RuntimeError("trapezoid: There must be one `x` value for each sample point");
    Shape shape(size_t(y.dim()), 1);
    const Tensor steps = all_but_first(x, 0) - all_but_last(x, 0);
    shape[size_t(wrap_dim(dim, y.dim()))] = steps.size(0);
    return view(contiguous(steps), shape);
  }
  Tensor points = x;
  while (points.dim() < y.dim()) points = unsqueeze(points, 0);
  return all_but_first(points, dim) - all_but_last(points, dim);
}
Tensor trapezoid_x(const Tensor& y, const Tensor& x, int64_t dim) {
  if (y.size(dim) == 0) {
    Shape shape(y.sizes());
    shape.erase(size_t(wrap_dim(dim, y.dim())));
    return zeros(shape, y.dtype());
  }
  if (y.dtype() == ScalarType::bool_ || x.dtype() == ScalarType::bool_)
    throw RuntimeError("trapezoid: received a bool input for `x` or `y`, but bool is not supported");
  const Tensor pairs = all_but_last(y, dim) + all_but_first(y, dim);
  return half(sum(pairs * distances(y, x, dim), std::optional<IntArrayRef>(dim), false));
}
Tensor trapezoid_dx(const Tensor& y, const Scalar& dx, int64_t dim) {
  if (y.size(dim) == 0) {
    Shape shape(y.sizes());
    shape.erase(size_t(wrap_dim(dim, y.dim())));
    return zeros(shape, y.dtype());
  }
  if (y.dtype() == ScalarType::bool_)
    throw RuntimeError("trapezoid: received a bool input for `y`, but bool is not supported");
  if (dx.is_bool()) throw RuntimeError("trapezoid: Currently, we only support dx as a real number.");
  const Tensor total = sum(y, std::optional<IntArrayRef>(dim), false);
  return (total - half(select(y, dim, 0) + select(y, dim, -1))) * dx;
}
Tensor trapz_dx(const Tensor& y, double dx, int64_t dim) { return trapezoid_dx(y, Scalar(dx), dim); }
Tensor cumulative_trapezoid_x(const Tensor& y, const Tensor& x, int64_t dim) {
  if (y.dtype() == ScalarType::bool_ || x.dtype() == ScalarType::bool_)
    throw RuntimeError("cumulative_trapezoid: received a bool input for `x` or `y`, but bool is not supported");
  if (x.dim() == 1 && x.size(0) != y.size(dim))
    throw RuntimeError("cumulative_trapezoid: There must be one `x` value for each sample point");
  return half(cumsum((all_but_last(y, dim) + all_but_first(y, dim)) * distances(y, x, dim), dim));
}
Tensor cumulative_trapezoid_dx(const Tensor& y, const Scalar& dx, int64_t dim) {
  if (y.dtype() == ScalarType::bool_)
    throw RuntimeError("cumulative_trapezoid: received a bool input for `y`, but bool is not supported");
  const Scalar factor = dx.is_complex() ? Scalar(dx.to<std::complex<double>>() / 2.) : Scalar(dx.to<double>() / 2.);
  return cumsum(all_but_last(y, dim) + all_but_first(y, dim), dim) * factor;
}

}  // namespace

void declare_scans(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add({.schema = "cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&cumsum_cpu, &cumsum_inplace>(),
           .derivatives = {{"self", [](const Backward& b) { return reversed_cumsum(b.grad(), b.int_of("dim")); }}},
           .doc = "The sum of the elements so far."});
  ops.add({.schema = "cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&cumprod_cpu, &cumprod_inplace>(),
           .saves = "self, result",
           .derivatives = {{"self", cumprod_back}},
           .doc = "The product of the elements so far."});
  ops.add({.schema = "cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)",
           .out = "out",
           .kernel = typed_kernel<&extreme_so_far<true>>(),
           .saves = "result1",
           .derivatives = {{"self", to_best_so_far}},
           .doc = "The largest element so far, and where it stands."});
  ops.add({.schema = "cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)",
           .out = "out",
           .kernel = typed_kernel<&extreme_so_far<false>>(),
           .saves = "result1",
           .derivatives = {{"self", to_best_so_far}},
           .doc = "The smallest element so far, and where it stands."});
  ops.add({.schema = "logcumsumexp(Tensor self, int dim) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&logcumsumexp_cpu>(),
           .saves = "self, result",
           .derivatives = {{"self", logcumsumexp_back}},
           .doc = "The logarithm of the sum of the exponentials so far."});
  ops.add({.schema = "diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&diff_cpu>(),
           .traits = kComposite,
           .doc = "The n-th differences of neighbours."});
  ops.add({.schema = "trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
           .kernel = typed_kernel<&trapezoid_x>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "The integral of y over x by the trapezoidal rule."});
  ops.add({.schema = "trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
           .kernel = typed_kernel<&trapezoid_dx>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "The integral of y at points dx apart by the trapezoidal rule."});
  ops.add({.schema = "trapz.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
           .kernel = typed_kernel<&trapezoid_x>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "trapezoid."});
  ops.add({.schema = "trapz.dx(Tensor y, *, float dx=1., int dim=-1) -> Tensor",
           .kernel = typed_kernel<&trapz_dx>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "trapezoid."});
  ops.add({.schema = "cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
           .kernel = typed_kernel<&cumulative_trapezoid_x>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "The integral so far of y over x by the trapezoidal rule."});
  ops.add({.schema = "cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
           .kernel = typed_kernel<&cumulative_trapezoid_dx>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "The integral so far of y at points dx apart by the trapezoidal rule."});
}

}  // namespace rushlight::ops
