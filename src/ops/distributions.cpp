/// Samples of distributions beyond the uniform and the normal: PyTorch's CPU stream, draw by draw.
/// Sources: Marsaglia and Tsang 2000 (gamma), Hoermann 1993 (Poisson and binomial by transformed rejection),
/// Kachitvichyanukul and Schmeiser 1988 (binomial by sums of geometric numbers).
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/cpu/matmul.h"
#include "ops/cpu/sampling.h"
#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/distributions.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/sampling.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

constexpr int64_t kLastDim = -1;
using OptType = std::optional<ScalarType>;
using OptLayout = std::optional<Layout>;
using OptDevice = std::optional<Device>;
using OptBool = std::optional<bool>;

// ---- Filled in place

Tensor cauchy_inplace(const Tensor& self, double median, double sigma, Generator* generator) {
  if (!is_floating(self.dtype()))
    throw RuntimeError(cat("Cauchy distribution is a continuous probability distribution. dtype must be a floating ",
                           "point but you specified ", cpu::cpp_type_name(self.dtype())));
  if (!(sigma > 0)) throw RuntimeError(cat("cauchy_ expects sigma > 0.0, but found sigma=", sigma));
  cpu::fill_in_order<kFloating>(self, generator, "cauchy_cpu", [=](Generator& g, auto tag) {
    return typename decltype(tag)::type(median + sigma * std::tan(M_PI * (g.uniform_double() - 0.5)));
  });
  return self;
}
Tensor log_normal_inplace(const Tensor& self, double mean, double std, Generator* generator) {
  if (!(std > 0)) throw RuntimeError(cat("log_normal_ expects std > 0.0, but found std=", std));
  cpu::fill_in_order<kFloating>(self, generator, "log_normal_cpu", [=](Generator& g, auto tag) {
    return typename decltype(tag)::type(std::exp(g.normal() * std + mean));
  });
  return self;
}
Tensor geometric_inplace(const Tensor& self, double p, Generator* generator) {
  if (!(p > 0 && p < 1)) throw RuntimeError(cat("geometric_ expects p to be in (0, 1), but got p=", p));
  cpu::fill_in_order<kIntegral | kFloating>(self, generator, "geometric_cpu", [=](Generator& g, auto tag) {
    using T = typename decltype(tag)::type;
    const double draw = std::ceil(std::log(g.uniform_double()) / std::log1p(-p));
    if constexpr (std::is_integral_v<T>)
      return T(int64_t(draw));
    else
      return T(draw);
  });
  return self;
}

// ---- Normal numbers with a mean and deviation for each element

void check_deviation(const Tensor& std) {
  if (is_complex(std.dtype())) throw RuntimeError("normal expects standard deviation to be non-complex");
  if (std.numel() != 0 && !(min(std).item().to<double>() >= 0))
    throw RuntimeError("normal expects all elements of std >= 0.0");
}
Tensor normal_tensor_float(const Tensor& mean, double std, Generator* generator) {
  const Tensor result = empty_tensor(mean.sizes(), mean.dtype(), mean.device());
  normal_(result, 0, std, generator);
  return add_(result, mean);
}
Tensor normal_float_tensor(double mean, const Tensor& std, Generator* generator) {
  check_deviation(std);
  const Tensor result = empty_tensor(std.sizes(), std.dtype(), std.device());
  normal_(result, 0, 1, generator);
  mul_(result, std);
  return add_(result, full({}, Scalar(mean), result.dtype()));
}
Tensor normal_tensor_tensor(const Tensor& mean, const Tensor& std, Generator* generator) {
  check_deviation(std);
  const Tensor result = empty_tensor(broadcast_shapes(mean.sizes(), std.sizes()), mean.dtype(), mean.device());
  normal_(result, 0, 1, generator);
  mul_(result, std);
  return add_(result, mean);
}
Tensor normal_float_float(double mean, double std, IntArrayRef size, Generator* generator, OptType dtype,
                          OptLayout layout, OptDevice device, OptBool pin) {
  return normal_(empty(size, dtype, layout, device, pin), mean, std, generator);
}

// ---- Counts

double poisson_number(Generator& g, double lambda) {
  if (!(lambda >= 0)) throw RuntimeError("invalid Poisson rate, expected rate to be non-negative");
  if (lambda == 0) return 0;
  if (lambda < 10) {
    const double floor = std::exp(-lambda);
    double product = 1;
    for (int64_t count = 0;; ++count) {
      product *= g.uniform_double();
      if (product <= floor) return double(count);
    }
  }
  const double slam = std::sqrt(lambda), loglam = std::log(lambda), b = 0.931 + 2.53 * slam;
  const double a = -0.059 + 0.02483 * b, invalpha = 1.1239 + 1.1328 / (b - 3.4), vr = 0.9277 - 3.6227 / (b - 2);
  for (;;) {
    const double u = g.uniform_double() - 0.5, v = g.uniform_double(), us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + lambda + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(invalpha) - std::log(a / (us * us) + b) <= -lambda + k * loglam - std::lgamma(k + 1))
      return k;
  }
}

/// The rest of Stirling's series: log(k!) minus its main part.
double stirling_tail(double k) {
  constexpr double kTable[] = {0.0810614667953272,  0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
                               0.0166446911898211,  0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
                               0.00925546218271273, 0.00833056343336287};
  if (k <= 9) return kTable[size_t(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}
/// For count * prob >= 10.
double binomial_by_rejection(Generator& g, double count, double prob) {
  const double stddev = std::sqrt(count * prob * (1 - prob)), b = 1.15 + 2.53 * stddev;
  const double a = -0.0873 + 0.0248 * b + 0.01 * prob, c = count * prob + 0.5, vr = 0.92 - 4.2 / b;
  const double r = prob / (1 - prob), alpha = (2.83 + 5.1 / b) * stddev, m = std::floor((count + 1) * prob);
  for (;;) {
    const double u = g.uniform_double() - 0.5;
    double v = g.uniform_double();
    const double us = 0.5 - std::fabs(u), k = std::floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || k > count) continue;
    v = std::log(v * alpha / (a / (us * us) + b));
    const double bound = (m + 0.5) * std::log((m + 1) / (r * (count - m + 1))) +
                         (count + 1) * std::log((count - m + 1) / (count - k + 1)) +
                         (k + 0.5) * std::log(r * (count - k + 1) / (k + 1)) + stirling_tail(m) +
                         stirling_tail(count - m) - stirling_tail(k) - stirling_tail(count - k);
    if (v <= bound) return k;
  }
}
double binomial_by_waiting(Generator& g, double count, double prob) {
  const double log_miss = std::log1p(-prob);
  double waited = 0, hits = 0;
  for (;;) {
    waited += std::ceil(std::log(g.uniform_double()) / log_miss);
    if (waited > count) return hits;
    ++hits;
  }
}
double binomial_number(Generator& g, double count, double prob) {
  if (count <= 0 || prob <= 0) return 0;
  if (prob >= 1) return count;
  const auto smaller = [&](double p) {
    return count * p >= 10 ? binomial_by_rejection(g, count, p) : binomial_by_waiting(g, count, p);
  };
  if (prob <= 0.5) return smaller(prob);
  if (prob > 0.5) return count - smaller(1 - prob);
  return std::numeric_limits<double>::quiet_NaN();
}

double gamma_number(Generator& g, double alpha) {
  double scale = 1;
  if (alpha < 1) {
    if (alpha == 0) return 0;
    scale = std::pow(1 - g.uniform_double(), 1 / alpha);
    alpha += 1;
  }
  const double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    double x, y;
    do {
      x = g.normal();
      y = 1 + c * x;
    } while (y <= 0);
    const double v = y * y * y, u = 1 - g.uniform_double(), xx = x * x;
    // The constant is rounded to single precision in PyTorch.
    if (u < 1 - double(0.0331f) * xx * xx || std::log(u) < 0.5 * xx + d * (1 - v + std::log(v))) return scale * d * v;
  }
}

/// A new tensor of sample(generator, parameter) for each element.
template <DtypeSet Set, class Sample>
Tensor sample_each(const Tensor& self, Generator* given, std::string_view name, Sample&& sample) {
  Tensor result = empty_tensor(self.sizes(), self.dtype(), self.device());
  const Tensor parameters = cpu::contiguous(self);
  cpu::dispatch<Set>(self.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (self.is_meta()) return;
    cpu::Draws draws(given);
    for (int64_t i = 0; i < self.numel(); ++i)
      result.data<T>()[i] = T(sample(*draws, double(cpu::Compute<T>(parameters.data<T>()[i]))));
  });
  return result;
}
Tensor poisson_cpu(const Tensor& self, Generator* generator) {
  return sample_each<kFloating>(self, generator, "poisson_cpu", &poisson_number);
}
Tensor standard_gamma_cpu(const Tensor& self, Generator* generator) {
  constexpr DtypeSet kSet = kFloating - kReducedFloating;
  const double smallest = self.dtype() == ScalarType::float64 ? std::numeric_limits<double>::min()
                                                              : double(std::numeric_limits<float>::min());
  return sample_each<kSet>(self, generator, "gamma_cpu",
                           [=](Generator& g, double alpha) { return std::max(smallest, gamma_number(g, alpha)); });
}
Tensor sample_dirichlet_cpu(const Tensor& self, Generator* generator) {
  constexpr DtypeSet kSet = kFloating - kReducedFloating;
  cpu::dispatch<kSet>(self.dtype(), "dirichlet", [](auto) {});
  // Gamma numbers are summed in double, then divided.
  const Tensor wide = cpu::to_dtype(self, ScalarType::float64);
  const Tensor gammas = sample_each<kSet>(wide, generator, "dirichlet", &gamma_number);
  return cpu::to_dtype(gammas / sum(gammas, std::optional<IntArrayRef>(kLastDim), true), self.dtype());
}
Tensor binomial_cpu(const Tensor& count, const Tensor& prob, Generator* given) {
  if (!is_floating(count.dtype()))
    throw ValueError(
        cat("binomial only supports floating-point dtypes for count, got: ", dtype_info(count.dtype()).ir_name));
  if (!is_floating(prob.dtype()))
    throw ValueError(
        cat("binomial only supports floating-point dtypes for prob, got: ", dtype_info(prob.dtype()).ir_name));
  constexpr DtypeSet kSet = kFloating - kReducedFloating;
  const Shape shape = broadcast_shapes(count.sizes(), prob.sizes());
  Tensor result = empty_tensor(shape, count.dtype(), count.device());
  const Tensor counts = cpu::contiguous(expand(count, shape)), probs = cpu::contiguous(expand(prob, shape));
  cpu::dispatch<kSet>(count.dtype(), "binomial_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    cpu::Draws draws(given);
    const Tensor chances = cpu::to_dtype(probs, count.dtype());
    for (int64_t i = 0; i < result.numel(); ++i)
      result.data<T>()[i] = T(binomial_number(*draws, double(counts.data<T>()[i]), double(chances.data<T>()[i])));
  });
  return result;
}

// ---- Choices by weight

/// Draws with replacement: the first cumulative share that reaches a uniform number.
template <class T>
void choose_with_replacement(const T* weights, int64_t categories, int64_t* chosen, int64_t count, Generator& g) {
  using C = cpu::Compute<T>;
  std::vector<C> cumulative(static_cast<size_t>(categories));
  C total = 0;
  for (int64_t j = 0; j < categories; ++j) {
    const C weight = C(weights[j]);
    if (!(weight >= 0)) {
      if (std::isnan(weight))
        throw RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)");
      throw RuntimeError("invalid multinomial distribution (encountering probability entry < 0)");
    }
    if (!std::isfinite(weight))
      throw RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)");
    total += weight;
    cumulative[size_t(j)] = total;
  }
  if (!(total > 0)) throw RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)");
  for (C& share : cumulative) share /= total;
  cumulative.back() = C(1);
  for (int64_t i = 0; i < count; ++i) {
    const double draw = g.uniform_double();
    chosen[i] = std::partition_point(cumulative.begin(), cumulative.end(), [&](C share) { return share < draw; }) -
                cumulative.begin();
  }
}
/// The `count` largest of weight / exponential number.
void choose_without_replacement(const Tensor& weights, const Tensor& result, int64_t count, Generator* generator) {
  const Tensor race = empty_tensor(weights.sizes(), weights.dtype());
  exponential_(race, 1, generator);
  const Tensor speed = cpu::contiguous(cpu::to_dtype(div(weights, race), ScalarType::float64));
  const int64_t categories = weights.size(-1), rows = weights.numel() / std::max<int64_t>(categories, 1);
  std::vector<int64_t> order(static_cast<size_t>(categories));
  for (int64_t row = 0; row < rows; ++row) {
    const double* speeds = speed.data<double>() + row * categories;
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + count, order.end(),
                      [&](int64_t a, int64_t b) { return speeds[a] != speeds[b] ? speeds[a] > speeds[b] : a < b; });
    std::copy_n(order.begin(), count, result.data<int64_t>() + row * count);
  }
}
Tensor multinomial_cpu(const Tensor& self, int64_t num_samples, bool replacement, Generator* generator) {
  if (self.dim() < 1 || self.dim() > 2) throw RuntimeError("prob_dist must be 1 or 2 dim");
  if (!is_floating(self.dtype()))
    throw RuntimeError(
        cat("multinomial only supports floating-point dtypes for input, got: ", dtype_info(self.dtype()).ir_name));
  if (num_samples <= 0) throw RuntimeError("cannot sample n_sample <= 0 samples");
  const int64_t categories = self.size(-1);
  if (!replacement && num_samples > categories)
    throw RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  Shape shape(self.sizes());
  shape.back() = num_samples;
  Tensor result = empty_tensor(shape, ScalarType::int64);
  if (self.numel() == 0) return result;
  const Tensor weights = cpu::contiguous(self);
  if (replacement && num_samples > 1) {
    cpu::dispatch<kFloating>(self.dtype(), "multinomial", [&](auto tag) {
      using T = typename decltype(tag)::type;
      cpu::Draws draws(generator);
      for (int64_t row = 0; row < self.numel() / categories; ++row)
        choose_with_replacement(weights.data<T>() + row * categories, categories,
                                result.data<int64_t>() + row * num_samples, num_samples, *draws);
    });
    return result;
  }
  const bool valid = max(weights).item().to<double>() < INFINITY && min(weights).item().to<double>() >= 0;
  if (!valid) throw RuntimeError("probability tensor contains either `inf`, `nan` or element < 0");
  const Tensor totals = sum(weights, std::optional<IntArrayRef>(kLastDim), false);
  if (any(eq(totals, Scalar(0))).item().to<bool>())
    throw RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)");
  choose_without_replacement(weights, result, num_samples, generator);
  return result;
}

void multinomial_out(const Operator& op, const IValue* arguments, IValue* results) {
  const IValue& out = arguments[op.argument_count() - 1];
  if (out.tensor().dtype() != ScalarType::int64)
    throw RuntimeError(cat("multinomial expects Long tensor out, got: ", dtype_info(out.tensor().dtype()).ir_name));
  op.declaration().kernel.call(op, arguments, results);
  resize_out(out.tensor(), results[0].tensor().sizes());
  cpu::copy_into(out.tensor(), results[0].tensor());
  results[0] = out;
}
Kernel multinomial_kernel() {
  Kernel kernel = typed_kernel<&multinomial_cpu>();
  kernel.call_out = &multinomial_out;
  return kernel;
}

}  // namespace

void declare_distributions(OpSet& ops) {
  constexpr OpTraits kDraw = OpTraits::nondeterministic | OpTraits::no_method;
  constexpr OpTraits kWrite = OpTraits::nondeterministic | OpTraits::no_function;
  const auto forget = [](const Backward& b) { return zeros_like(b.grad()); };
  ops.add({.schema = "cauchy_(Tensor(a!) self, float median=0., float sigma=1., *, Generator? generator=None) -> "
                     "Tensor(a!)",
           .kernel = typed_kernel<&cauchy_inplace>(),
           .derivatives = {{"self", forget}},
           .traits = kWrite,
           .doc = "Cauchy numbers."});
  ops.add({.schema = "log_normal_(Tensor(a!) self, float mean=1., float std=2., *, Generator? generator=None) -> "
                     "Tensor(a!)",
           .kernel = typed_kernel<&log_normal_inplace>(),
           .derivatives = {{"self", forget}},
           .traits = kWrite,
           .doc = "Numbers whose logarithms are normal."});
  ops.add({.schema = "geometric_(Tensor(a!) self, float p, *, Generator? generator=None) -> Tensor(a!)",
           .kernel = typed_kernel<&geometric_inplace>(),
           .derivatives = {{"self", forget}},
           .traits = kWrite,
           .doc = "Trials until the first success."});
  ops.add({.schema = "normal.Tensor_float(Tensor mean, float std=1., *, Generator? generator=None) -> Tensor",
           .out = "Tensor_float_out",
           .kernel = typed_kernel<&normal_tensor_float>(),
           .derivatives = {{"mean", [](const Backward& b) { return zeros(b.sizes("mean"), b.grad().dtype()); }}},
           .grad_fn = "NormalBackward1",
           .traits = kDraw,
           .doc = "Normal numbers with a mean for each element."});
  ops.add({.schema = "normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None) -> Tensor",
           .out = "float_Tensor_out",
           .kernel = typed_kernel<&normal_float_tensor>(),
           .derivatives = {{"std", [](const Backward& b) { return zeros(b.sizes("std"), b.grad().dtype()); }}},
           .grad_fn = "NormalBackward2",
           .traits = kDraw,
           .doc = "Normal numbers with a deviation for each element."});
  ops.add({.schema = "normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor",
           .out = "Tensor_Tensor_out",
           .kernel = typed_kernel<&normal_tensor_tensor>(),
           .derivatives = {{"mean", [](const Backward& b) { return zeros(b.sizes("mean"), b.grad().dtype()); }},
                           {"std", [](const Backward& b) { return zeros(b.sizes("std"), b.grad().dtype()); }}},
           .grad_fn = "NormalBackward3",
           .traits = kDraw,
           .doc = "Normal numbers with a mean and deviation for each element."});
  ops.add({.schema = "normal.float_float(float mean, float std, SymInt[] size, *, Generator? generator=None, "
                     "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> "
                     "Tensor",
           .kernel = typed_kernel<&normal_float_float>(),
           .traits = kDraw | OpTraits::not_differentiable,
           .doc = "Normal numbers."});
  ops.add({.schema = "poisson(Tensor self, Generator? generator=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&poisson_cpu>(),
           .derivatives = {{"self", forget}},
           .traits = kDraw,
           .doc = "Poisson counts with a rate for each element."});
  ops.add({.schema = "binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&binomial_cpu>(),
           .derivatives = {{"prob", [](const Backward& b) { return zeros(b.sizes("prob"), b.grad().dtype()); }}},
           .traits = kDraw,
           .doc = "How many of count trials succeed, each with probability prob."});
  ops.add({.schema = "_standard_gamma(Tensor self, Generator? generator=None) -> Tensor",
           .kernel = typed_kernel<&standard_gamma_cpu>(),
           .traits = kDraw,
           .doc = "Gamma numbers of rate 1 with a shape for each element."});
  ops.add({.schema = "_sample_dirichlet(Tensor self, Generator? generator=None) -> Tensor",
           .kernel = typed_kernel<&sample_dirichlet_cpu>(),
           .traits = kDraw,
           .doc = "Shares that sum to 1 along the last dimension."});
  ops.add({.schema = "multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? "
                     "generator=None) -> Tensor",
           .out = "out",
           .kernel = multinomial_kernel(),
           .traits = OpTraits::nondeterministic | OpTraits::not_differentiable,
           .doc = "Numbers of categories, drawn by weight."});
}

}  // namespace rushlight::ops
