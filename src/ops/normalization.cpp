/// Normalisations: over batches, over the last dimensions, over groups of channels, over single planes.
#include "ops/cpu/normalization.h"

#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/normalization.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"
#include "ops/normalization_gradients.h"
#include "ops/operators.h"
#include "ops/result_traits.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Triple = std::tuple<Tensor, Tensor, Tensor>;
using Mask = std::array<bool, 3>;

bool is_half(ScalarType type) { return kReducedFloating.contains(type); }
Tensor widened(const Tensor& t) { return t.defined() && is_half(t.dtype()) ? to(t, ScalarType::float32) : t; }

/// The dtype of statistics: halves may come with float32 parameters, everything else has one dtype.
ScalarType statistics_dtype(std::string_view kernel, const Tensor& input,
                            std::initializer_list<const Tensor*> parameters) {
  cpu::dispatch<kFloating>(input.dtype(), kernel, [](auto) {});
  ScalarType type = input.dtype();
  for (const Tensor* parameter : parameters)
    if (parameter->defined()) {
      type = parameter->dtype();
      break;
    }
  bool good = type == input.dtype() || (is_half(input.dtype()) && type == ScalarType::float32);
  for (const Tensor* parameter : parameters) good &= !parameter->defined() || parameter->dtype() == type;
  if (!good) throw RuntimeError("mixed dtype (CPU): all inputs must share same datatype.");
  return type;
}

std::vector<double> inverse_deviation(const std::vector<double>& variance, double eps) {
  std::vector<double> result;
  for (double v : variance) result.push_back(1 / std::sqrt(v + eps));
  return result;
}

// ---- Over a batch

/// A tensor as [outer, channels, inner].
struct Channels {
  explicit Channels(IntArrayRef sizes) {
    if (sizes.size() < 2)
      throw IndexError(cat("Dimension out of range (expected to be in range of [", -int64_t(sizes.size()), ", ",
                           int64_t(sizes.size()) - 1, "], but got 1)"));
    outer = sizes[0];
    channels = sizes[1];
    inner = numel_of(sizes.slice(2, sizes.size() - 2));
  }
  int64_t outer, channels, inner;
};

void check_features(std::string_view name, int64_t features, const Tensor& parameter) {
  if (parameter.defined() && parameter.numel() != features)
    throw RuntimeError(cat(name, " should contain ", features, " elements not ", parameter.numel()));
}

/// running = momentum * new + (1 - momentum) * running
void update_running(const Tensor& running, const std::vector<double>& values, double momentum) {
  if (!running.defined()) return;
  std::vector<double> mixed = cpu::to_doubles(running);
  for (size_t i = 0; i < mixed.size(); ++i) mixed[i] = momentum * values[i] + (1 - momentum) * mixed[i];
  cpu::copy_into(running, cpu::from_doubles(mixed, running.sizes(), ScalarType::float64));
}

Triple batch_norm_cpu(const Tensor& input, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                      const Tensor& running_var, bool training, double momentum, double eps) {
  const ScalarType type = statistics_dtype("batch_norm", input, {&weight, &bias, &running_mean, &running_var});
  const Channels shape(input.sizes());
  check_features("weight", shape.channels, weight);
  check_features("bias", shape.channels, bias);
  check_features("running_mean", shape.channels, running_mean);
  check_features("running_var", shape.channels, running_var);
  Tensor output = empty_tensor(input.sizes(), input.dtype(), input.device());
  const Tensor plain = cpu::contiguous(input);
  std::vector<double> mean, inverse;
  Tensor save_mean = empty_tensor(0, type), save_inverse = empty_tensor(0, type);
  if (training) {
    cpu::Moments moments = cpu::channel_moments(plain, shape.outer, shape.channels, shape.inner);
    mean = std::move(moments.mean);
    inverse = inverse_deviation(moments.variance, eps);
    const double count = double(shape.outer * shape.inner);
    for (double& v : moments.variance) v *= count / (count - 1);
    update_running(running_mean, mean, momentum);
    update_running(running_var, moments.variance, momentum);
    save_mean = cpu::from_doubles(mean, shape.channels, type);
    save_inverse = cpu::from_doubles(inverse, shape.channels, type);
  } else {
    if (!running_mean.defined() || !running_var.defined())
      throw RuntimeError(
          cat(running_mean.defined() ? "running_var" : "running_mean", " must be defined in evaluation mode"));
    mean = cpu::to_doubles(running_mean);
    inverse = inverse_deviation(cpu::to_doubles(running_var), eps);
  }
  const std::vector<double> weights = cpu::to_doubles(weight), biases = cpu::to_doubles(bias);
  std::vector<double> shift(mean.size());
  for (size_t c = 0; c < mean.size(); ++c) {
    if (weight.defined()) inverse[c] *= weights[c];
    shift[c] = (bias.defined() ? biases[c] : 0) - mean[c] * inverse[c];
  }
  cpu::scale_planes(plain, output, shape.inner, inverse, shift);
  return {output, save_mean, save_inverse};
}
Triple batch_norm_without_stats(const Tensor& input, const Tensor& weight, const Tensor& bias, bool training,
                                double momentum, double eps) {
  return batch_norm_cpu(input, weight, bias, Tensor(), Tensor(), training, momentum, eps);
}
Triple batch_norm_no_training(const Tensor& input, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                              const Tensor& running_var, double momentum, double eps) {
  return _native_batch_norm_legit(input, weight, bias, running_mean, running_var, false, momentum, eps);
}
using Quadruple = std::tuple<Tensor, Tensor, Tensor, Tensor>;
Quadruple batch_norm_with_update(const Tensor& input, const Tensor& weight, const Tensor& bias,
                                 const Tensor& running_mean, const Tensor& running_var, double momentum, double eps) {
  auto [output, mean, inverse] = batch_norm_cpu(input, weight, bias, running_mean, running_var, true, momentum, eps);
  return {output, mean, inverse, empty_tensor(0, ScalarType::uint8)};
}
Quadruple batch_norm_no_update(const Tensor& input, const Tensor& weight, const Tensor& bias,
                               const Tensor& running_mean, const Tensor& running_var, double momentum, double eps) {
  auto [output, mean, inverse] =
      native_batch_norm(input, weight, bias, running_mean, running_var, false, momentum, eps);
  return {output, mean, inverse, empty_tensor(0, ScalarType::uint8)};
}

using ImplIndex = std::tuple<Tensor, Tensor, Tensor, Tensor, int64_t>;
ImplIndex batch_norm_impl_index(const Tensor& input, const Tensor& weight, const Tensor& bias,
                                const Tensor& running_mean, const Tensor& running_var, bool training, double momentum,
                                double eps, bool) {
  const Tensor reserve = empty_tensor(0, ScalarType::uint8);
  const int64_t features = input.numel() == 0 && input.dim() < 2 ? 0 : Channels(input.sizes()).channels;
  if (input.numel() == 0) {
    Tensor output = clone(input, std::nullopt);
    if (weight.defined()) output = output * select(weight, 0, 0);
    if (bias.defined()) output = output + select(bias, 0, 0);
    return {output, empty_tensor(features, input.dtype()), empty_tensor(features, input.dtype()), reserve, 0};
  }
  const auto statistic = [&](std::string_view name, const Tensor& running) {
    if (!running.defined() && !training) throw RuntimeError(cat(name, " must be defined in evaluation mode"));
    check_features(name, features, running);
  };
  statistic("running_mean", running_mean);
  statistic("running_var", running_var);
  check_features("weight", features, weight);
  check_features("bias", features, bias);
  auto [output, mean, inverse] =
      native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps);
  return {output, mean, inverse, reserve, 0};
}
Tensor batch_norm_composite(const Tensor& input, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                            const Tensor& running_var, bool training, double momentum, double eps, bool cudnn) {
  return std::get<0>(
      _batch_norm_impl_index(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn));
}

Triple batch_norm_backward_cpu(const Tensor& grad_out, const Tensor& input, const Tensor& weight,
                               const Tensor& running_mean, const Tensor& running_var, const Tensor& save_mean,
                               const Tensor& save_invstd, bool train, double eps, const Mask& mask) {
  statistics_dtype("batch_norm_backward_cpu", input, {&weight});
  const Channels shape(input.sizes());
  const Tensor grad = cpu::contiguous(cpu::to_dtype(grad_out, input.dtype())), plain = cpu::contiguous(input);
  const std::vector<double> mean = cpu::to_doubles(train ? save_mean : running_mean);
  const std::vector<double> inverse =
      train ? cpu::to_doubles(save_invstd) : inverse_deviation(cpu::to_doubles(running_var), eps);
  const cpu::ChannelSums sums = cpu::channel_sums(grad, plain, shape.outer, shape.channels, shape.inner, mean);
  Triple gradients;
  if (mask[0]) {
    const std::vector<double> weights = cpu::to_doubles(weight);
    const double count = double(shape.outer * shape.inner);
    std::vector<double> a(mean.size()), b(mean.size()), d(mean.size());
    for (size_t c = 0; c < mean.size(); ++c) {
      a[c] = (weight.defined() ? weights[c] : 1) * inverse[c];
      if (!train) continue;
      // The mean and the deviation follow from the input too.
      b[c] = -a[c] * inverse[c] * inverse[c] * sums.grad_times_centred[c] / count;
      d[c] = -a[c] * sums.grad[c] / count - b[c] * mean[c];
    }
    std::get<0>(gradients) = empty_tensor(input.sizes(), input.dtype(), input.device());
    cpu::combine_planes(grad, plain, std::get<0>(gradients), shape.inner, a, b, d);
  }
  const ScalarType type = weight.defined() ? weight.dtype() : input.dtype();
  if (mask[1]) {
    std::vector<double> values = sums.grad_times_centred;
    for (size_t c = 0; c < values.size(); ++c) values[c] *= inverse[c];
    std::get<1>(gradients) = cpu::from_doubles(values, shape.channels, type);
  }
  if (mask[2]) std::get<2>(gradients) = cpu::from_doubles(sums.grad, shape.channels, type);
  return gradients;
}

/// What the formulas of all batch normalisations read.
void batch_norm_gradients(const Backward& b, bool train, bool has_running, std::span<Tensor> gradients) {
  if (!b.grad().defined()) return;
  const Tensor running_mean = has_running ? b.saved("running_mean") : Tensor();
  const Tensor running_var = has_running ? b.saved("running_var") : Tensor();
  std::tie(gradients[0], gradients[1], gradients[2]) = native_batch_norm_backward(
      b.grad(), b.saved("input"), b.saved("weight"), running_mean, running_var, b.result(1), b.result(2), train,
      b.float_of("eps"), {b.needs("input"), b.needs("weight"), b.needs("bias")});
}
void native_batch_norm_gradients(const Backward& b, std::span<Tensor> gradients) {
  batch_norm_gradients(b, b.bool_of("training"), true, gradients);
}
void batch_norm_without_stats_gradients(const Backward& b, std::span<Tensor> gradients) {
  batch_norm_gradients(b, b.bool_of("training"), false, gradients);
}
void batch_norm_with_update_gradients(const Backward& b, std::span<Tensor> gradients) {
  batch_norm_gradients(b, true, true, gradients);
}
void batch_norm_double_backward(const Backward& b, std::span<Tensor> gradients) {
  const Tensor input = widened(b.saved("input")), weight = b.saved("weight"), grad = widened(b.saved("grad_out"));
  const bool train = b.bool_of("train");
  Normalization n{.input = input, .over = {0}, .eps = b.float_of("eps")};
  Shape by_channel({1, input.sizes()[1]});
  for (int64_t d = 2; d < input.dim(); ++d) {
    n.over.push_back(d);
    by_channel.push_back(1);
  }
  const auto column = [&](const Tensor& t) { return t.defined() ? reshape(widened(t), by_channel) : t; };
  n.weight = column(weight);
  if (!train) {
    n.fixed_mean = column(b.saved("running_mean"));
    n.fixed_variance = column(b.saved("running_var"));
  }
  const NormalizationGradients found =
      normalization_double_backward(n, grad, widened(b.grad(0)), column(b.grad(1)), column(b.grad(2)));
  gradients[0] = found.grad;
  gradients[1] = found.input;
  if (found.weight.defined()) gradients[2] = sum(found.weight, std::optional<IntArrayRef>(n.over), false);
}

// ---- Over the last dimensions

/// How many elements a row has; throws unless the shapes agree.
int64_t check_layer_shapes(const Tensor& input, IntArrayRef shape, const Tensor& weight, const Tensor& bias,
                           std::string_view after_star) {
  if (shape.empty())
    throw RuntimeError(
        "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
        "normalized_shape = []");
  const auto same = [&](std::string_view name, const Tensor& parameter) {
    if (parameter.defined() && !(parameter.sizes() == shape))
      throw RuntimeError(cat("Expected ", name, " to be of same shape as normalized_shape, but got ", name,
                             " of shape ", shape_text(parameter.sizes()),
                             " and normalized_shape = ", shape_text(shape)));
  };
  same("weight", weight);
  same("bias", bias);
  const size_t dims = size_t(input.dim());
  if (dims < shape.size() || !(input.sizes().slice(dims - shape.size(), shape.size()) == shape)) {
    std::string list;
    for (int64_t size : shape) list += cat(list.empty() ? after_star : ", ", size);
    throw RuntimeError(cat("Given normalized_shape=", shape_text(shape), ", expected input with shape [*", list,
                           "], but got input of size", shape_text(input.sizes())));
  }
  return numel_of(shape);
}

Triple layer_norm_cpu(const Tensor& input, IntArrayRef normalized_shape, const Tensor& weight, const Tensor& bias,
                      double eps) {
  const int64_t size = check_layer_shapes(input, normalized_shape, weight, bias, ", ");
  const ScalarType type = statistics_dtype("LayerNormKernelImpl", input, {&weight, &bias});
  Shape statistics(input.sizes());
  for (size_t d = statistics.size() - normalized_shape.size(); d < statistics.size(); ++d) statistics[d] = 1;
  Tensor output = empty_tensor(input.sizes(), input.dtype(), input.device());
  const Tensor plain = cpu::contiguous(input);
  const cpu::Moments moments = cpu::row_moments(plain, numel_of(statistics), size);
  const std::vector<double> inverse = inverse_deviation(moments.variance, eps);
  cpu::scale_rows(plain, output, size, moments.mean, inverse, weight, bias);
  return {output, cpu::from_doubles(moments.mean, statistics, type), cpu::from_doubles(inverse, statistics, type)};
}
Tensor layer_norm_composite(const Tensor& input, IntArrayRef normalized_shape, const Tensor& weight, const Tensor& bias,
                            double eps, bool) {
  return std::get<0>(native_layer_norm(input, normalized_shape, weight, bias, eps));
}

std::vector<int64_t> last_dims(size_t count) {
  std::vector<int64_t> dims;
  for (size_t d = 1; d <= count; ++d) dims.push_back(-int64_t(d));
  return dims;
}
std::vector<int64_t> first_dims(int64_t count) {
  std::vector<int64_t> dims;
  for (int64_t d = 0; d < count; ++d) dims.push_back(d);
  return dims;
}
/// The sum over the first `count` dimensions; none of them: the tensor itself.
Tensor sum_first(const Tensor& t, int64_t count) {
  return count == 0 ? t : sum(t, std::optional<IntArrayRef>(first_dims(count)), false);
}

Triple layer_norm_backward_cpu(const Tensor& grad_out, const Tensor& input, IntArrayRef normalized_shape,
                               const Tensor& mean, const Tensor& rstd, const Tensor& weight, const Tensor& bias,
                               const Mask& mask) {
  const int64_t size = check_layer_shapes(input, normalized_shape, weight, bias, ", ");
  const int64_t outer = input.dim() - int64_t(normalized_shape.size());
  Triple gradients;
  if (mask[0]) {
    const Tensor grad = cpu::contiguous(cpu::to_dtype(grad_out, input.dtype()));
    std::get<0>(gradients) = empty_tensor(input.sizes(), input.dtype(), input.device());
    cpu::scale_rows_backward(grad, cpu::contiguous(input), std::get<0>(gradients), size, cpu::to_doubles(mean),
                             cpu::to_doubles(rstd), weight);
  }
  const Tensor wide = widened(grad_out);
  if (mask[1] && weight.defined())
    std::get<1>(gradients) =
        cpu::to_dtype(sum_first(wide * ((widened(input) - widened(mean)) * widened(rstd)), outer), weight.dtype());
  if (mask[2] && bias.defined()) std::get<2>(gradients) = cpu::to_dtype(sum_first(wide, outer), bias.dtype());
  return gradients;
}

void layer_norm_gradients(const Backward& b, std::span<Tensor> gradients) {
  if (!b.grad().defined()) return;
  std::tie(gradients[0], gradients[2], gradients[3]) = native_layer_norm_backward(
      b.grad(), b.saved("input"), b.ints_of("normalized_shape"), b.result(1), b.result(2), b.saved("weight"),
      b.saved("bias"), {b.needs("input"), b.needs("weight"), b.needs("bias")});
}
/// eps is not an argument of the backward operators; it follows from the saved deviation.
double eps_from(const Tensor& input, const std::vector<int64_t>& over, const Tensor& rstd) {
  if (input.numel() == 0) return 0;
  const Tensor variance = var(input, std::optional<IntArrayRef>(over), std::optional(Scalar(0)), true);
  const double r = cpu::to_doubles(rstd)[0];
  return 1 / (r * r) - cpu::to_doubles(variance)[0];
}
void layer_norm_double_backward(const Backward& b, std::span<Tensor> gradients) {
  const std::vector<int64_t> shape = b.ints_of("normalized_shape");
  const Tensor input = widened(b.saved("input")), grad = widened(b.saved("grad_out"));
  Normalization n{.input = input, .weight = widened(b.saved("weight")), .over = last_dims(shape.size())};
  n.eps = eps_from(detach(input), n.over, detach(b.saved("rstd")));
  const NormalizationGradients found =
      normalization_double_backward(n, grad, widened(b.grad(0)), widened(b.grad(1)), widened(b.grad(2)));
  gradients[0] = found.grad;
  gradients[1] = found.input;
  if (found.weight.defined()) gradients[5] = sum_first(found.weight, input.dim() - int64_t(shape.size()));
}

Tensor rms_norm_composite(const Tensor& input, IntArrayRef normalized_shape, const Tensor& weight,
                          std::optional<double> eps) {
  check_layer_shapes(input, normalized_shape, weight, Tensor(), "");
  cpu::dispatch<kFloating | kComplex>(input.dtype(), "rms_norm", [](auto) {});
  const std::vector<int64_t> dims = last_dims(normalized_shape.size());
  const bool is_double = to_real(input.dtype()) == ScalarType::float64;
  const double floor =
      eps.value_or(is_double ? std::numeric_limits<double>::epsilon() : double(std::numeric_limits<float>::epsilon()));
  const Tensor x = widened(input);
  const Tensor inverse = rsqrt(mean(pow(x, Scalar(2)), std::optional<IntArrayRef>(dims), true) + Scalar(floor));
  const Tensor scaled = x * inverse;
  return type_as(weight.defined() ? scaled * weight : scaled, input);
}

// ---- Over groups of channels

Triple group_norm_cpu(const Tensor& input, const Tensor& weight, const Tensor& bias, int64_t n, int64_t c, int64_t area,
                      int64_t groups, double eps) {
  if (input.numel() != n * c * area || groups <= 0 || c % groups != 0)
    throw RuntimeError(cat("Expected an input of ", n, " x ", c, " x ", area, " elements in ", groups,
                           " groups, but got input of shape ", shape_text(input.sizes())));
  const ScalarType type = statistics_dtype("GroupNormKernelImpl", input, {&weight, &bias});
  check_features("weight", c, weight);
  check_features("bias", c, bias);
  Tensor output = empty_tensor(input.sizes(), input.dtype(), input.device());
  const Tensor plain = cpu::contiguous(input);
  const cpu::Moments moments = cpu::row_moments(plain, n * groups, c / groups * area);
  const std::vector<double> inverse = inverse_deviation(moments.variance, eps);
  const std::vector<double> weights = cpu::to_doubles(weight), biases = cpu::to_doubles(bias);
  std::vector<double> scale(size_t(n * c)), shift(size_t(n * c));
  for (int64_t plane = 0; plane < n * c; ++plane) {
    const size_t p = size_t(plane), channel = size_t(plane % c), group = size_t(plane / (c / groups));
    scale[p] = inverse[group] * (weight.defined() ? weights[channel] : 1);
    shift[p] = (bias.defined() ? biases[channel] : 0) - moments.mean[group] * scale[p];
  }
  cpu::scale_planes(plain, output, area, scale, shift);
  return {output, cpu::from_doubles(moments.mean, {n, groups}, type), cpu::from_doubles(inverse, {n, groups}, type)};
}
Tensor group_norm_composite(const Tensor& input, int64_t groups, const Tensor& weight, const Tensor& bias, double eps,
                            bool) {
  if (input.dim() < 2) Channels{input.sizes()};
  const int64_t n = input.sizes()[0], c = input.sizes()[1];
  if (groups <= 0) throw RuntimeError(cat("Expected num groups to be greater than 0, got ", groups));
  if (c % groups != 0)
    throw RuntimeError(
        cat("Expected number of channels in input to be divisible by num_groups, but got input of shape ",
            shape_text(input.sizes()), " and num_groups=", groups));
  const auto vector = [&](std::string_view name, const Tensor& parameter) {
    if (parameter.defined() && (parameter.dim() != 1 || parameter.numel() != c))
      throw RuntimeError(cat("Expected ", name, " to be a vector of size equal to the number of channels in input, ",
                             "but got ", name, " of shape ", shape_text(parameter.sizes()), " and input of shape ",
                             shape_text(input.sizes())));
  };
  vector("weight", weight);
  vector("bias", bias);
  const int64_t area = numel_of(input.sizes().slice(2, size_t(input.dim()) - 2));
  return std::get<0>(native_group_norm(input, weight, bias, n, c, area, groups, eps));
}
/// The input as [sample, group, channel of the group, place].
struct Groups {
  explicit Groups(const Backward& b)
      : n(b.int_of("N")), c(b.int_of("C")), area(b.int_of("HxW")), groups(b.int_of("group")) {}
  Groups(int64_t n, int64_t c, int64_t area, int64_t groups) : n(n), c(c), area(area), groups(groups) {}
  Tensor split(const Tensor& t) const { return t.defined() ? reshape(widened(t), {n, groups, c / groups, area}) : t; }
  Tensor by_channel(const Tensor& t) const { return t.defined() ? reshape(widened(t), {1, groups, c / groups, 1}) : t; }
  Tensor sum_by_channel(const Tensor& t) const {
    const std::vector<int64_t> outside = {0, 3};
    return reshape(sum(t, std::optional<IntArrayRef>(outside), false), c);
  }
  int64_t n, c, area, groups;
};
Triple group_norm_backward_cpu(const Tensor& grad_out, const Tensor& input, const Tensor& mean_of, const Tensor& rstd,
                               const Tensor& weight, int64_t n, int64_t c, int64_t area, int64_t group,
                               const Mask& mask) {
  const Groups groups(n, c, area, group);
  const std::vector<int64_t> over = {2, 3};
  const auto average = [&](const Tensor& t) { return mean(t, std::optional<IntArrayRef>(over), true); };
  const auto by_group = [&](const Tensor& t) { return reshape(widened(t), {n, group, 1, 1}); };
  const Tensor grad = groups.split(grad_out), r = by_group(rstd);
  const Tensor x = (groups.split(input) - by_group(mean_of)) * r;
  Triple gradients;
  if (mask[0]) {
    const Tensor h = weight.defined() ? grad * groups.by_channel(weight) : grad;
    std::get<0>(gradients) =
        cpu::to_dtype(reshape(r * (h - average(h) - x * average(h * x)), input.sizes()), input.dtype());
  }
  const ScalarType type = weight.defined() ? weight.dtype() : input.dtype();
  if (mask[1]) std::get<1>(gradients) = cpu::to_dtype(groups.sum_by_channel(grad * x), type);
  if (mask[2]) std::get<2>(gradients) = cpu::to_dtype(groups.sum_by_channel(grad), type);
  return gradients;
}
void group_norm_gradients_of_output(const Backward& b, std::span<Tensor> gradients) {
  std::tie(gradients[0], gradients[1], gradients[2]) = native_group_norm_backward(
      b.grad(), b.saved("input"), b.result(1), b.result(2), b.saved("weight"), b.int_of("N"), b.int_of("C"),
      b.int_of("HxW"), b.int_of("group"), {b.needs("input"), b.needs("weight"), b.needs("bias")});
}
void group_norm_gradients(const Backward& b, std::span<Tensor> gradients) {
  if (b.grad(0).defined()) group_norm_gradients_of_output(b, gradients);
  if (!b.needs("input") || (!b.grad(1).defined() && !b.grad(2).defined())) return;
  // The mean and the inverse deviation are results as well.
  const Groups groups(b);
  const Tensor input = b.saved("input");
  const auto by_group = [&](const Tensor& t) { return reshape(widened(t), {groups.n, groups.groups, 1, 1}); };
  const Tensor centred = groups.split(input) - by_group(b.result(1)), r = by_group(b.result(2));
  Tensor slope;
  if (b.grad(1).defined()) slope = expand(by_group(b.grad(1)), centred.sizes());
  if (b.grad(2).defined()) {
    const Tensor by_deviation = -(by_group(b.grad(2)) * r * r * r * centred);
    slope = slope.defined() ? slope + by_deviation : by_deviation;
  }
  const Tensor part = reshape(slope * Scalar(double(groups.groups) / double(groups.c * groups.area)), input.sizes());
  gradients[0] = gradients[0].defined() ? gradients[0] + part : part;
}
void group_norm_double_backward(const Backward& b, std::span<Tensor> gradients) {
  const Groups groups(b);
  const Tensor input = b.saved("input");
  Normalization n{.input = groups.split(input), .weight = groups.by_channel(b.saved("weight")), .over = {2, 3}};
  n.eps = eps_from(detach(n.input), n.over, detach(b.saved("rstd")));
  const NormalizationGradients found =
      normalization_double_backward(n, groups.split(b.saved("grad_out")), groups.split(b.grad(0)),
                                    groups.by_channel(b.grad(1)), groups.by_channel(b.grad(2)));
  if (found.grad.defined()) gradients[0] = reshape(found.grad, input.sizes());
  if (found.input.defined()) gradients[1] = reshape(found.input, input.sizes());
  if (found.weight.defined()) gradients[4] = groups.sum_by_channel(found.weight);
}

// ---- Over single planes

Tensor instance_norm_composite(const Tensor& input, const Tensor& weight, const Tensor& bias,
                               const Tensor& running_mean, const Tensor& running_var, bool use_input_stats,
                               double momentum, double eps, bool cudnn) {
  if (!use_input_stats && !(running_mean.defined() && running_var.defined()))
    throw RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false");
  const Channels shape(input.sizes());
  const int64_t n = shape.outer, c = shape.channels;
  // Copies, also of a single sample: the statistics change after their copies were saved for the gradient.
  const auto repeated = [&](const Tensor& t) { return t.defined() ? repeat(t, n) : t; };
  Shape as_one_sample(input.sizes());
  as_one_sample[0] = 1;
  as_one_sample[1] = n * c;
  const Tensor mean_of_samples = repeated(running_mean), var_of_samples = repeated(running_var);
  const Tensor output = batch_norm(view(contiguous(input), as_one_sample), repeated(weight), repeated(bias),
                                   mean_of_samples, var_of_samples, use_input_stats, momentum, eps, cudnn);
  constexpr int64_t first = 0;
  const auto collect = [&](const Tensor& running, const Tensor& samples) {
    if (running.defined()) copy_(running, mean(view(samples, {n, c}), std::optional<IntArrayRef>(first), false));
  };
  collect(running_mean, mean_of_samples);
  collect(running_var, var_of_samples);
  return view(output, input.sizes());
}

}  // namespace

void declare_normalization(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::no_method | OpTraits::composite;
  ops.add({.schema = "native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? "
                     "running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&batch_norm_cpu>(),
           .saves = "input, weight, running_mean, running_var, result1, result2",
           .derivatives = {{"input"}, {"weight"}, {"bias"}},
           .joint_derivative = &native_batch_norm_gradients,
           .traits = kPlain | kFirstResultOnly,
           .doc = "input scaled to mean 0 and variance 1 in each channel, then by weight and bias."});
  ops.add({.schema = "native_batch_norm_backward(Tensor grad_out, Tensor input, Tensor? weight, Tensor? running_mean, "
                     "Tensor? running_var, Tensor? save_mean, Tensor? save_invstd, bool train, float eps, bool[3] "
                     "output_mask) -> (Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&batch_norm_backward_cpu>(),
           .saves = "grad_out, input, weight, running_mean, running_var",
           .derivatives = {{"grad_out"}, {"input"}, {"weight"}},
           .joint_derivative = &batch_norm_double_backward,
           .traits = kPlain,
           .doc = "The gradients of native_batch_norm by input, weight and bias."});
  ops.add({.schema = "_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, "
                     "Tensor(b!) running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&batch_norm_cpu>(),
           .saves = "input, weight, running_mean, running_var, result1, result2",
           .derivatives = {{"input"}, {"weight"}, {"bias"}},
           .joint_derivative = &native_batch_norm_gradients,
           .traits = kPlain | kFirstResultOnly,
           .doc = "native_batch_norm that says that it writes the running statistics."});
  ops.add({.schema = "_native_batch_norm_legit.no_stats(Tensor input, Tensor? weight, Tensor? bias, bool training, "
                     "float momentum, float eps) -> (Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&batch_norm_without_stats>(),
           .saves = "input, weight, result1, result2",
           .derivatives = {{"input"}, {"weight"}, {"bias"}},
           .joint_derivative = &batch_norm_without_stats_gradients,
           .grad_fn = "NativeBatchNormLegitBackward1",
           .traits = kPlain | kFirstResultOnly,
           .doc = "native_batch_norm without running statistics."});
  ops.add({.schema = "_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor "
                     "running_mean, Tensor running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&batch_norm_no_training>(),
           .traits = kComposite,
           .doc = "native_batch_norm by the running statistics."});
  ops.add({.schema = "_batch_norm_with_update(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, "
                     "Tensor(b!) running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&batch_norm_with_update>(),
           .saves = "input, weight, running_mean, running_var, result1, result2",
           .derivatives = {{"input"}, {"weight"}, {"bias"}},
           .joint_derivative = &batch_norm_with_update_gradients,
           .traits = kPlain | kFirstResultOnly,
           .doc = "Batch normalisation in training."});
  ops.add({.schema = "_batch_norm_no_update(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? "
                     "running_var, float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&batch_norm_no_update>(),
           .traits = kComposite,
           .doc = "Batch normalisation in evaluation."});
  ops.add({.schema = "_batch_norm_impl_index(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? "
                     "running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> (Tensor, Tensor, "
                     "Tensor, Tensor, int)",
           .kernel = typed_kernel<&batch_norm_impl_index>(),
           .traits = kComposite,
           .doc = "batch_norm with what its backward pass needs, and the number of the implementation: 0, the only "
                  "one."});
  ops.add({.schema = "batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? "
                     "running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor",
           .kernel = typed_kernel<&batch_norm_composite>(),
           .traits = kComposite,
           .doc = "input scaled to mean 0 and variance 1 in each channel, then by weight and bias."});
  ops.add({.schema = "native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float "
                     "eps) -> (Tensor, Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&layer_norm_cpu>(),
           .saves = "input, weight, bias, result1, result2",
           .derivatives = {{"input"}, {"weight"}, {"bias"}},
           .joint_derivative = &layer_norm_gradients,
           .traits = kPlain | kFirstResultOnly,
           .doc = "input scaled to mean 0 and variance 1 over the last dimensions, with mean and inverse deviation."});
  ops.add({.schema =
               "native_layer_norm_backward(Tensor grad_out, Tensor input, SymInt[] normalized_shape, Tensor mean, "
               "Tensor rstd, Tensor? weight, Tensor? bias, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&layer_norm_backward_cpu>(),
           .saves = "grad_out, input, weight, rstd",
           .derivatives = {{"grad_out"}, {"input"}, {"weight"}},
           .joint_derivative = &layer_norm_double_backward,
           .traits = kPlain,
           .doc = "The gradients of native_layer_norm by input, weight and bias."});
  ops.add({.schema =
               "layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float "
               "eps=1e-05, bool cudnn_enable=True) -> Tensor",
           .kernel = typed_kernel<&layer_norm_composite>(),
           .traits = kComposite,
           .doc = "input scaled to mean 0 and variance 1 over the last dimensions, then by weight and bias."});
  ops.add(
      {.schema = "rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
       .kernel = typed_kernel<&rms_norm_composite>(),
       .traits = kComposite,
       .doc = "input divided by its root mean square over the last dimensions, then scaled by weight."});
  ops.add({.schema =
               "native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int "
               "group, float eps) -> (Tensor, Tensor, Tensor)",
           .out = "out",
           .kernel = typed_kernel<&group_norm_cpu>(),
           .saves = "input, weight, result1, result2",
           .derivatives = {{"input"}, {"weight"}, {"bias"}},
           .joint_derivative = &group_norm_gradients,
           .traits = kPlain,
           .doc = "input scaled to mean 0 and variance 1 over groups of channels, with mean and inverse deviation."});
  ops.add({.schema =
               "native_group_norm_backward(Tensor grad_out, Tensor input, Tensor mean, Tensor rstd, Tensor? weight, "
               "SymInt N, SymInt C, SymInt HxW, int group, bool[3] output_mask) -> (Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&group_norm_backward_cpu>(),
           .saves = "grad_out, input, weight, rstd",
           .derivatives = {{"grad_out"}, {"input"}, {"weight"}},
           .joint_derivative = &group_norm_double_backward,
           .traits = kPlain,
           .doc = "The gradients of native_group_norm by input, weight and bias."});
  ops.add({.schema =
               "group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, "
               "bool cudnn_enabled=True) -> Tensor",
           .kernel = typed_kernel<&group_norm_composite>(),
           .traits = kComposite,
           .doc = "input scaled to mean 0 and variance 1 over groups of channels, then by weight and bias."});
  ops.add({.schema = "instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? "
                     "running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor",
           .kernel = typed_kernel<&instance_norm_composite>(),
           .traits = kComposite,
           .doc = "input scaled to mean 0 and variance 1 in each plane, then by weight and bias."});
}

}  // namespace rushlight::ops
