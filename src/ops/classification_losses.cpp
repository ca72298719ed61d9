/// Losses of a choice between classes: negative log likelihood, cross entropy, margins.
#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/activations.h"
#include "ops/functions/classification_losses.h"
#include "ops/functions/comparison.h"
#include "ops/functions/factories.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/losses.h"
#include "ops/result_traits.h"
#include "ops/typed_kernel.h"
#include "ops/zero_gradient.h"

namespace rushlight::ops {
namespace {

using Pair = std::tuple<Tensor, Tensor>;

std::string dtype_name(const Tensor& t) { return std::string(dtype_info(t.dtype()).ir_name); }

// ---- Negative log likelihood

/// Scores as [samples, classes, area] and one target for each sample and place.
struct Likelihood {
  Tensor scores, target, weight;
  int64_t samples = 1, classes = 1, area = 1;
  int64_t ignore_index = -100;
  Shape loss_shape;
  std::string_view kernel;

  int64_t offset(int64_t i) const { return i / area * classes * area + i % area; }
};

void check_target_dtype(const Tensor& target) {
  if (target.dtype() != ScalarType::int64 && target.dtype() != ScalarType::uint8)
    throw RuntimeError(cat("expected target dtype to be Long or Byte, but got ", dtype_name(target)));
}

void complete(Likelihood& l, const Tensor& self, const Tensor& target, const Tensor& weight) {
  cpu::dispatch<kFloating>(self.dtype(), l.kernel, [](auto) {});
  check_target_dtype(target);
  if (weight.defined() && weight.dtype() != self.dtype())
    throw RuntimeError(cat("expected scalar type ", dtype_name(self), " but found ", dtype_name(weight)));
  l.scores = cpu::contiguous(self);
  l.target = cpu::contiguous(cpu::to_dtype(target, ScalarType::int64));
  l.weight = weight.defined() ? cpu::contiguous(weight) : weight;
}
Likelihood plain_likelihood(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t ignore_index) {
  if (self.dim() == 0 || self.dim() > 2) throw RuntimeError("input tensor should be 1D or 2D");
  if (target.dim() > 1) throw RuntimeError("0D or 1D target tensor expected, multi-target not supported");
  if (self.dim() == 1 && target.dim() == 1 && target.sizes()[0] != 1)
    throw ValueError(cat("For 1D input, 1D target must have size 1, but got target size: ", target.sizes()[0]));
  const bool one_sample = self.dim() == 1;
  if (!one_sample && (target.dim() == 0 || self.sizes()[0] != target.sizes()[0]))
    throw RuntimeError(
        cat("size mismatch (got input: ", shape_text(self.sizes()), ", target: ", shape_text(target.sizes()), ")"));
  Likelihood l;
  l.kernel = "nll_loss_out_frame";
  l.samples = one_sample ? 1 : self.sizes()[0];
  l.classes = self.size(-1);
  l.ignore_index = ignore_index;
  if (!one_sample) l.loss_shape.push_back(l.samples);
  if (weight.defined() && (weight.dim() != 1 || weight.numel() != l.classes))
    throw RuntimeError(cat("weight tensor should be defined either for all ", l.classes,
                           " classes or no classes but got weight tensor of shape: ", shape_text(weight.sizes())));
  complete(l, self, target, weight);
  return l;
}
Likelihood planar_likelihood(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t ignore_index) {
  if (target.dim() != 3)
    throw RuntimeError(
        cat("only batches of spatial targets supported (3D tensors) but got targets of dimension: ", target.dim()));
  if (self.dim() != 4)
    throw RuntimeError(
        cat("only batches of spatial inputs supported (4D tensors), but got input of dimension: ", self.dim()));
  if (weight.defined() && weight.numel() != self.sizes()[1])
    throw RuntimeError("weight tensor should be defined either for all or no classes");
  const IntArrayRef s = self.sizes(), t = target.sizes();
  if (s[0] != t[0] || s[2] != t[1] || s[3] != t[2])
    throw RuntimeError(cat("size mismatch (got input: ", shape_text(s), " , target: ", shape_text(t)));
  Likelihood l;
  l.kernel = "nll_loss2d_forward_out_frame";
  l.samples = s[0];
  l.classes = s[1];
  l.area = s[2] * s[3];
  l.ignore_index = ignore_index;
  l.loss_shape = Shape(t);
  complete(l, self, target, weight);
  return l;
}

/// Calls fn(place, class, weight) for each target that is not ignored.
template <class T, class Fn>
void for_each_target(const Likelihood& l, Fn&& fn) {
  const int64_t* target = l.target.data<int64_t>();
  const T* weight = l.weight.defined() ? l.weight.data<T>() : nullptr;
  for (int64_t i = 0; i < l.samples * l.area; ++i) {
    if (target[i] == l.ignore_index) continue;
    if (target[i] < 0 || target[i] >= l.classes) throw IndexError(cat("Target ", target[i], " is out of bounds."));
    fn(i, target[i], weight ? double(cpu::Compute<T>(weight[target[i]])) : 1.0);
  }
}

Pair likelihood_forward(const Likelihood& l, int64_t reduction) {
  const ScalarType type = l.scores.dtype();
  const bool each = reduction == int64_t(Reduction::none);
  Tensor output = empty_tensor(each ? IntArrayRef(l.loss_shape) : IntArrayRef(), type);
  Tensor total_weight = empty_tensor({}, type);
  cpu::fill(output, 0);
  cpu::fill(total_weight, 0);
  cpu::dispatch<kFloating>(type, l.kernel, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* scores = l.scores.data<T>();
    const auto score = [&](int64_t i, int64_t c) { return double(cpu::Compute<T>(scores[l.offset(i) + c * l.area])); };
    if (each) {
      T* out = output.data<T>();
      for_each_target<T>(
          l, [&](int64_t i, int64_t c, double weight) { out[i] = T(cpu::Compute<T>(-weight * score(i, c))); });
      return;
    }
    double loss = 0, weights = 0;
    for_each_target<T>(l, [&](int64_t i, int64_t c, double weight) {
      loss -= weight * score(i, c);
      weights += weight;
    });
    if (reduction == int64_t(Reduction::mean)) loss /= weights;
    *output.data<T>() = T(cpu::Compute<T>(loss));
    *total_weight.data<T>() = T(cpu::Compute<T>(weights));
  });
  return {output, total_weight};
}
Tensor likelihood_backward(const Likelihood& l, const Tensor& grad_output, int64_t reduction,
                           const Tensor& total_weight) {
  const bool each = reduction == int64_t(Reduction::none);
  const IntArrayRef expected = each ? IntArrayRef(l.loss_shape) : IntArrayRef();
  if (!(grad_output.sizes() == expected) && grad_output.numel() != numel_of(expected))
    throw RuntimeError(
        cat("Expected a gradient of shape ", shape_text(expected), ", but got ", shape_text(grad_output.sizes())));
  Tensor result = empty_tensor(l.scores.sizes(), l.scores.dtype());
  cpu::fill(result, 0);
  const Tensor grads = cpu::contiguous(cpu::to_dtype(grad_output, result.dtype()));
  cpu::dispatch<kFloating>(result.dtype(), l.kernel, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    const T* grad = grads.data<T>();
    double scale = -1;
    if (reduction == int64_t(Reduction::mean)) scale = -1 / double(C(*total_weight.data<T>()));
    for_each_target<T>(l, [&](int64_t i, int64_t c, double weight) {
      result.data<T>()[l.offset(i) + c * l.area] = T(C(double(C(grad[each ? i : 0])) * weight * scale));
    });
  });
  return result;
}

Pair nll_loss_forward_cpu(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction,
                          int64_t ignore_index) {
  return likelihood_forward(plain_likelihood(self, target, weight, ignore_index), reduction);
}
Tensor nll_loss_backward_cpu(const Tensor& grad_output, const Tensor& self, const Tensor& target, const Tensor& weight,
                             int64_t reduction, int64_t ignore_index, const Tensor& total_weight) {
  return likelihood_backward(plain_likelihood(self, target, weight, ignore_index), grad_output, reduction,
                             total_weight);
}
Pair nll_loss2d_forward_cpu(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction,
                            int64_t ignore_index) {
  return likelihood_forward(planar_likelihood(self, target, weight, ignore_index), reduction);
}
Tensor nll_loss2d_backward_cpu(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                               const Tensor& weight, int64_t reduction, int64_t ignore_index,
                               const Tensor& total_weight) {
  return likelihood_backward(planar_likelihood(self, target, weight, ignore_index), grad_output, reduction,
                             total_weight);
}
Tensor nll_loss_composite(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction,
                          int64_t ignore_index) {
  return std::get<0>(nll_loss_forward(self, target, weight, reduction, ignore_index));
}
Tensor nll_loss2d_composite(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction,
                            int64_t ignore_index) {
  return std::get<0>(nll_loss2d_forward(self, target, weight, reduction, ignore_index));
}
Tensor nll_loss_nd_composite(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction,
                             int64_t ignore_index) {
  if (self.dim() < 1) throw ValueError(cat("Expected 1 or more dimensions (got ", self.dim(), ")"));
  if (self.dim() != 1 && (target.dim() == 0 || self.sizes()[0] != target.sizes()[0]))
    throw ValueError(cat("Expected input batch_size (", self.sizes()[0], ") to match target batch_size (",
                         target.dim() == 0 ? int64_t(0) : target.sizes()[0], ")."));
  if (self.dim() <= 2) return nll_loss(self, target, weight, reduction, ignore_index);
  if (self.dim() == 4) return nll_loss2d(self, target, weight, reduction, ignore_index);
  const int64_t n = self.sizes()[0], c = self.sizes()[1];
  Shape places({n});
  for (size_t d = 2; d < size_t(self.dim()); ++d) places.push_back(self.sizes()[d]);
  if (!(target.sizes() == IntArrayRef(places)))
    throw RuntimeError(cat("Expected target size ", shape_text(places), ", got ", shape_text(target.sizes())));
  const int64_t area = numel_of(places) == 0 ? 0 : numel_of(places) / n;
  const int64_t height = self.numel() == 0 ? 0 : 1;
  const Tensor losses = nll_loss2d(reshape(self, {n, c, height, area}), reshape(target, {n, height, area}), weight,
                                   reduction, ignore_index);
  return reduction == int64_t(Reduction::none) ? view(losses, places) : losses;
}

// ---- Cross entropy

int64_t class_dim(const Tensor& self) { return self.dim() == 1 ? 0 : 1; }
void check_smoothing(double smoothing) {
  if (smoothing < 0 || smoothing > 1)
    throw RuntimeError(cat("label_smoothing must be between 0.0 and 1.0. Got: ", smoothing));
}
void check_class_weight(const Tensor& weight, int64_t classes) {
  if (weight.defined() && (weight.dim() != 1 || weight.numel() != classes))
    throw RuntimeError(cat("cross_entropy: weight tensor should be defined either for all ", classes,
                           " classes or no classes but got weight tensor of shape: ", shape_text(weight.sizes())));
}
Tensor by_class(const Tensor& weight, const Tensor& self) {
  Shape shape(size_t(self.dim()), 1);
  shape[size_t(class_dim(self))] = weight.numel();
  return view(weight, shape);
}
Tensor cross_entropy_of_probabilities(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction,
                                      double smoothing) {
  const int64_t dim = class_dim(self), classes = self.sizes()[size_t(dim)];
  check_class_weight(weight, classes);
  check_smoothing(smoothing);
  const Tensor scores = log_softmax(self, dim, self.dtype());
  const Tensor smooth = smoothing > 0 ? target * Scalar(1 - smoothing) + Scalar(smoothing / double(classes)) : target;
  Tensor product = scores * smooth;
  if (weight.defined()) product = product * by_class(weight, self);
  if (reduction == int64_t(Reduction::mean)) return -(sum(product) / Scalar(scores.numel() / classes));
  if (reduction == int64_t(Reduction::sum)) return -sum(product);
  return -sum(product, std::optional<IntArrayRef>(dim), false);
}
Tensor cross_entropy_with_smoothing(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction,
                                    int64_t ignore_index, double smoothing) {
  const int64_t dim = class_dim(self), classes = self.sizes()[size_t(dim)];
  const Tensor scores = log_softmax(self, dim, self.dtype());
  const Tensor likelihood = nll_loss_nd(scores, target, weight, reduction, ignore_index);
  check_class_weight(weight, classes);
  const Tensor weighted = weight.defined() ? scores * by_class(weight, self) : scores;
  const Tensor ignored = eq(target, Scalar(ignore_index));
  Tensor smooth = masked_fill(-sum(weighted, std::optional<IntArrayRef>(dim), false), ignored, Scalar(0));
  if (reduction == int64_t(Reduction::mean)) {
    Tensor total = sum(logical_not(ignored));
    if (weight.defined()) {
      // The loss of scores of -1 is the weight of the target.
      const Tensor ones = full(scores.sizes(), Scalar(-1.0), scores.dtype());
      total = nll_loss_nd(ones, target, weight, int64_t(Reduction::sum), ignore_index);
    }
    smooth = sum(smooth) / total;
  } else if (reduction == int64_t(Reduction::sum)) {
    smooth = sum(smooth);
  }
  return likelihood * Scalar(1 - smoothing) + smooth * Scalar(smoothing / double(classes));
}
Tensor cross_entropy_composite(const Tensor& self, const Tensor& target, const Tensor& weight, int64_t reduction,
                               int64_t ignore_index, double label_smoothing) {
  if (self.sizes() == target.sizes()) {
    if (!is_floating(target.dtype()))
      throw RuntimeError(
          cat("Expected floating point type for target with class probabilities, got ", dtype_name(target)));
    if (ignore_index >= 0) throw RuntimeError("ignore_index is not supported for floating point target");
    return cross_entropy_of_probabilities(self, target, weight, reduction, label_smoothing);
  }
  if (label_smoothing > 0) {
    check_smoothing(label_smoothing);
    return cross_entropy_with_smoothing(self, target, weight, reduction, ignore_index, label_smoothing);
  }
  return nll_loss_nd(log_softmax(self, class_dim(self), self.dtype()), target, weight, reduction, ignore_index);
}

// ---- Margins

constexpr DtypeSet kMargins = DtypeSet(ScalarType::float32) | ScalarType::float64;

/// Scores as [samples, classes].
struct Margins {
  Tensor scores, target, weight;
  int64_t samples = 1, classes = 1;
  bool one_sample = false;
};
Margins multi_margins(const Tensor& self, const Tensor& target, const Scalar& p, const Tensor& weight) {
  if (p.to<double>() != 1 && p.to<double>() != 2) throw RuntimeError("only p == 1 and p == 2 supported");
  Margins m;
  m.one_sample = self.dim() <= 1;
  m.samples = m.one_sample ? 1 : self.sizes()[0];
  m.classes = m.one_sample ? (self.dim() == 0 ? 1 : self.sizes()[0]) : self.sizes()[1];
  if (self.dim() > 2 || m.classes == 0)
    throw RuntimeError(
        cat("Expected non-empty vector or matrix with optional 0-dim batch size, but got: ", shape_text(self.sizes())));
  if (target.dim() > 1 || target.numel() != m.samples)
    throw RuntimeError(cat("multi_margin_loss: target tensor should be 1-D with size equal to the number of input ",
                           "samples (batch size). Expected target size [", m.samples, "], but got ",
                           shape_text(target.sizes()), ". Input has shape ", shape_text(self.sizes()), "."));
  if (weight.defined() && (weight.dim() != 1 || weight.numel() != m.classes))
    throw RuntimeError(cat("inconsistent weight size, expected ", m.classes, " but got ", shape_text(weight.sizes())));
  if (target.dtype() != ScalarType::int64)
    throw RuntimeError(cat("expected scalar type Long but found ", dtype_name(target)));
  cpu::dispatch<kMargins>(self.dtype(), "multi_margin_loss", [](auto) {});
  m.scores = cpu::contiguous(self);
  m.target = cpu::contiguous(target);
  m.weight = weight.defined() ? cpu::contiguous(cpu::to_dtype(weight, self.dtype())) : weight;
  for (int64_t i = 0; i < m.samples; ++i)
    if (m.target.data<int64_t>()[i] < 0 || m.target.data<int64_t>()[i] >= m.classes)
      throw RuntimeError("target out of range");
  return m;
}
/// Calls fn(sample, class, target, distance, weight) where a class comes nearer than the margin.
template <class T, class Fn>
void for_each_breach(const Margins& m, double margin, Fn&& fn) {
  const T* scores = m.scores.data<T>();
  for (int64_t i = 0; i < m.samples; ++i) {
    const int64_t t = m.target.data<int64_t>()[i];
    const double weight = m.weight.defined() ? double(m.weight.data<T>()[t]) : 1;
    for (int64_t c = 0; c < m.classes; ++c) {
      const double z = margin - double(scores[i * m.classes + t]) + double(scores[i * m.classes + c]);
      if (c != t && z > 0) fn(i, c, t, z, weight);
    }
  }
}
/// Losses of samples into the result of the reduction.
Tensor reduce_samples(const std::vector<double>& losses, bool one_sample, int64_t reduction, ScalarType type) {
  const bool each = reduction == int64_t(Reduction::none) && !one_sample;
  Tensor output = empty_tensor(each ? Shape({int64_t(losses.size())}) : Shape(), type);
  double total = 0;
  for (double loss : losses) total += loss;
  if (reduction == int64_t(Reduction::mean)) total /= double(losses.size());
  cpu::dispatch<kMargins>(type, "margins", [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (each)
      std::copy(losses.begin(), losses.end(), output.data<T>());
    else
      *output.data<T>() = T(total);
  });
  return output;
}
/// The gradient of each sample's loss.
std::vector<double> sample_gradients(const Tensor& grad, int64_t samples, int64_t reduction) {
  const Tensor wide = cpu::contiguous(cpu::to_dtype(grad, ScalarType::float64));
  if (wide.numel() != 1 && wide.numel() != samples)
    throw RuntimeError(cat("Expected a gradient for ", samples, " losses, but got ", shape_text(grad.sizes())));
  std::vector<double> result;
  for (int64_t i = 0; i < samples; ++i)
    result.push_back(wide.data<double>()[wide.numel() == 1 ? 0 : i] /
                     (reduction == int64_t(Reduction::mean) ? double(samples) : 1.0));
  return result;
}
Tensor multi_margin_loss_cpu(const Tensor& self, const Tensor& target, const Scalar& p, const Scalar& margin,
                             const Tensor& weight, int64_t reduction) {
  const Margins m = multi_margins(self, target, p, weight);
  const bool squared = p.to<double>() == 2;
  std::vector<double> losses(size_t(m.samples));
  cpu::dispatch<kMargins>(self.dtype(), "multi_margin_loss", [&](auto tag) {
    for_each_breach<typename decltype(tag)::type>(m, margin.to<double>(),
                                                  [&](int64_t i, int64_t, int64_t, double z, double w) {
                                                    losses[size_t(i)] += (squared ? z * z : z) * w / double(m.classes);
                                                  });
  });
  return reduce_samples(losses, m.one_sample, reduction, self.dtype());
}
Tensor multi_margin_loss_backward_cpu(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                                      const Scalar& p, const Scalar& margin, const Tensor& weight, int64_t reduction) {
  const Margins m = multi_margins(self, target, p, weight);
  const bool squared = p.to<double>() == 2;
  const std::vector<double> grads = sample_gradients(grad_output, m.samples, reduction);
  Tensor result = empty_tensor(self.sizes(), self.dtype());
  cpu::fill(result, 0);
  cpu::dispatch<kMargins>(self.dtype(), "multi_margin_loss_backward", [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* out = result.data<T>();
    for_each_breach<T>(m, margin.to<double>(), [&](int64_t i, int64_t c, int64_t t, double z, double w) {
      const double slope = (squared ? 2 * z : 1) * w / double(m.classes) * grads[size_t(i)];
      out[i * m.classes + c] += T(slope);
      out[i * m.classes + t] -= T(slope);
    });
  });
  return result;
}

/// Targets of a sample are listed from the front and end with -1.
Margins multilabel_margins(const Tensor& self, const Tensor& target) {
  Margins m;
  m.one_sample = self.dim() <= 1;
  m.samples = m.one_sample ? 1 : self.sizes()[0];
  m.classes = m.one_sample ? (self.dim() == 0 ? 1 : self.sizes()[0]) : self.sizes()[1];
  if (self.dim() > 2 || m.classes == 0)
    throw RuntimeError(
        cat("Expected non-empty vector or matrix with optional 0-dim batch size, but got: ", shape_text(self.sizes())));
  const bool same = m.one_sample ? target.dim() <= 1 && target.numel() == m.classes : target.sizes() == self.sizes();
  if (!same)
    throw RuntimeError(cat("inconsistent target size: ", shape_text(target.sizes()),
                           " for input of size: ", shape_text(self.sizes())));
  if (target.dtype() != ScalarType::int64)
    throw RuntimeError(cat("expected scalar type Long but found ", dtype_name(target)));
  cpu::dispatch<kMargins>(self.dtype(), "multilabel_margin_loss_forward_out_frame", [](auto) {});
  m.scores = cpu::contiguous(self);
  m.target = cpu::contiguous(target);
  for (int64_t i = 0; i < target.numel(); ++i)
    if (m.target.data<int64_t>()[i] < -1 || m.target.data<int64_t>()[i] >= m.classes)
      throw RuntimeError(cat("target ", m.target.data<int64_t>()[i], " is out of range"));
  return m;
}
/// Calls fn(sample, target, class, distance) for each target and class that is none, nearer than 1.
template <class T, class Fn>
void for_each_label_breach(const Margins& m, Fn&& fn) {
  std::vector<bool> chosen(size_t(m.classes));
  for (int64_t i = 0; i < m.samples; ++i) {
    const int64_t* target = m.target.data<int64_t>() + i * m.classes;
    const T* scores = m.scores.data<T>() + i * m.classes;
    chosen.assign(size_t(m.classes), false);
    for (int64_t k = 0; k < m.classes && target[k] >= 0; ++k) chosen[size_t(target[k])] = true;
    for (int64_t k = 0; k < m.classes && target[k] >= 0; ++k)
      for (int64_t c = 0; c < m.classes; ++c) {
        const double z = 1 - double(scores[target[k]]) + double(scores[c]);
        if (!chosen[size_t(c)] && z > 0) fn(i, target[k], c, z);
      }
  }
}
Pair multilabel_margin_loss_forward_cpu(const Tensor& self, const Tensor& target, int64_t reduction) {
  const Margins m = multilabel_margins(self, target);
  std::vector<double> losses(size_t(m.samples));
  Tensor is_target = empty_tensor(target.sizes(), self.dtype());
  cpu::fill(is_target, 0);
  cpu::dispatch<kMargins>(self.dtype(), "multilabel_margin_loss_forward_out_frame", [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_label_breach<T>(
        m, [&](int64_t i, int64_t, int64_t, double z) { losses[size_t(i)] += z / double(m.classes); });
    for (int64_t i = 0; i < m.samples; ++i) {
      const int64_t* labels = m.target.data<int64_t>() + i * m.classes;
      for (int64_t k = 0; k < m.classes && labels[k] >= 0; ++k) is_target.data<T>()[i * m.classes + labels[k]] = T(1);
    }
  });
  return {reduce_samples(losses, m.one_sample, reduction, self.dtype()), is_target};
}
Tensor multilabel_margin_loss_backward_cpu(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                                           int64_t reduction, const Tensor&) {
  const Margins m = multilabel_margins(self, target);
  const std::vector<double> grads = sample_gradients(grad_output, m.samples, reduction);
  Tensor result = empty_tensor(self.sizes(), self.dtype());
  cpu::fill(result, 0);
  cpu::dispatch<kMargins>(self.dtype(), "multilabel_margin_loss_backward_out_frame", [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* out = result.data<T>();
    for_each_label_breach<T>(m, [&](int64_t i, int64_t label, int64_t c, double) {
      const T share = T(grads[size_t(i)] / double(m.classes));
      out[i * m.classes + label] -= share;
      out[i * m.classes + c] += share;
    });
  });
  return result;
}
Tensor multilabel_margin_loss_composite(const Tensor& self, const Tensor& target, int64_t reduction) {
  return std::get<0>(multilabel_margin_loss_forward(self, target, reduction));
}

}  // namespace

void declare_classification_losses(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::nn_functional;
  constexpr OpTraits kComposite = kPlain | OpTraits::composite;
  ops.add({.schema = "nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) "
                     "-> (Tensor output, Tensor total_weight)",
           .out = "output",
           .kernel = typed_kernel<&nll_loss_forward_cpu>(),
           .saves = "self, target, weight, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return nll_loss_backward(b.grad(), b.saved("self"), b.saved("target"), b.saved("weight"),
                                                       b.int_of("reduction"), b.int_of("ignore_index"), b.result(1));
                            }}},
           .grad_fn = "NllLossBackward0",
           .traits = kPlain | kFirstResultOnly,
           .doc = "Minus the score of each target class, and the sum of the weights."});
  ops.add({.schema = "nll_loss_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int reduction, "
                     "SymInt ignore_index, Tensor total_weight) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&nll_loss_backward_cpu>(),
           .saves = "target, weight",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return nll_loss(b.grad(), b.saved("target"), b.saved("weight"), b.int_of("reduction"),
                                              b.int_of("ignore_index"));
                            }},
                           {"self", &zero_wrt_self}},
           .traits = kPlain,
           .doc = "The gradient of nll_loss."});
  ops.add({.schema = "nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt "
                     "ignore_index=-100) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&nll_loss_composite>(),
           .traits = kComposite,
           .doc = "Minus the score of each target class."});
  ops.add({.schema = "nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt "
                     "ignore_index) -> (Tensor output, Tensor total_weight)",
           .out = "output",
           .kernel = typed_kernel<&nll_loss2d_forward_cpu>(),
           .saves = "self, target, weight, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return nll_loss2d_backward(b.grad(), b.saved("self"), b.saved("target"),
                                                         b.saved("weight"), b.int_of("reduction"),
                                                         b.int_of("ignore_index"), b.result(1));
                            }}},
           .grad_fn = "NllLoss2DBackward0",
           .traits = kPlain | kFirstResultOnly,
           .doc = "nll_loss_forward with a class for each place of a plane."});
  ops.add({.schema = "nll_loss2d_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int "
                     "reduction, SymInt ignore_index, Tensor total_weight) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&nll_loss2d_backward_cpu>(),
           .saves = "target, weight",
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return nll_loss2d(b.grad(), b.saved("target"), b.saved("weight"), b.int_of("reduction"),
                                                b.int_of("ignore_index"));
                            }},
                           {"self", &zero_wrt_self}},
           .traits = kPlain,
           .doc = "The gradient of nll_loss2d."});
  ops.add({.schema = "nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt "
                     "ignore_index=-100) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&nll_loss2d_composite>(),
           .traits = kComposite,
           .doc = "nll_loss with a class for each place of a plane."});
  ops.add({.schema = "nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt "
                     "ignore_index=-100) -> Tensor",
           .kernel = typed_kernel<&nll_loss_nd_composite>(),
           .traits = kComposite,
           .doc = "nll_loss in any number of dimensions."});
  ops.add({.schema = "cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt "
                     "ignore_index=-100, float label_smoothing=0.) -> Tensor",
           .kernel = typed_kernel<&cross_entropy_composite>(),
           .traits = kComposite,
           .doc = "nll_loss of log_softmax; targets are classes or probabilities."});
  ops.add({.schema = "multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, "
                     "int reduction=1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&multi_margin_loss_cpu>(),
           .saves = "self, target, weight",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return multi_margin_loss_backward(b.grad(), b.saved("self"), b.saved("target"),
                                                                b.scalar_of("p"), b.scalar_of("margin"),
                                                                b.saved("weight"), b.int_of("reduction"));
                            }}},
           .traits = kPlain,
           .doc = "How far classes come nearer to the target class than the margin."});
  ops.add({.schema = "multi_margin_loss_backward(Tensor grad_output, Tensor self, Tensor target, Scalar p, Scalar "
                     "margin, Tensor? weight=None, int reduction=1) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&multi_margin_loss_backward_cpu>(),
           .traits = kPlain,
           .doc = "The gradient of multi_margin_loss."});
  ops.add({.schema = "multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor output, "
                     "Tensor is_target)",
           .out = "output",
           .kernel = typed_kernel<&multilabel_margin_loss_forward_cpu>(),
           .saves = "self, target, result1",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return multilabel_margin_loss_backward(b.grad(), b.saved("self"), b.saved("target"),
                                                                     b.int_of("reduction"), b.result(1));
                            }}},
           .grad_fn = "MultilabelMarginLossBackward0",
           .traits = kPlain | kFirstResultOnly,
           .doc = "multilabel_margin_loss, and which classes are targets."});
  ops.add({.schema = "multilabel_margin_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction, "
                     "Tensor is_target) -> Tensor",
           .out = "grad_input",
           .kernel = typed_kernel<&multilabel_margin_loss_backward_cpu>(),
           .traits = kPlain,
           .doc = "The gradient of multilabel_margin_loss."});
  ops.add({.schema = "multilabel_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&multilabel_margin_loss_composite>(),
           .traits = kComposite,
           .doc = "How far classes that are no targets come nearer to targets than 1."});
}

}  // namespace rushlight::ops
