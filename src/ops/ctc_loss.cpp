/// Connectionist temporal classification (Graves et al. 2006): the likelihood of a labelling summed over all
/// alignments.
#include <cmath>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/comparison.h"
#include "ops/functions/ctc_loss.h"
#include "ops/functions/factories.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/losses.h"
#include "ops/result_traits.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Pair = std::tuple<Tensor, Tensor>;
constexpr double kNever = -std::numeric_limits<double>::infinity();
constexpr DtypeSet kSet = DtypeSet(ScalarType::float32) | ScalarType::float64;

/// log(exp(a) + exp(b) + exp(c))
double log_sum(double a, double b, double c = kNever) {
  const double largest = std::max({a, b, c});
  if (largest == kNever) return kNever;
  return largest + std::log(std::exp(a - largest) + std::exp(b - largest) + std::exp(c - largest));
}

/// The arguments, checked: scores [time, batch, labels] and the labels of each sample.
struct Alignment {
  Tensor scores, labels;
  IntArrayRef times, lengths;
  int64_t steps = 0, batch = 0, classes = 0, blank = 0, longest = 0;
  std::vector<int64_t> first;  ///< where each sample's labels begin
  int64_t label_stride = 1;

  /// Labels with blanks between and around them.
  int64_t places(int64_t b) const { return 2 * lengths[size_t(b)] + 1; }
  int64_t label_at(int64_t b, int64_t place) const {
    return place % 2 == 0 ? blank : labels.data<int64_t>()[first[size_t(b)] + place / 2 * label_stride];
  }
  /// Whether a path may skip the blank before `place`.
  bool may_skip(int64_t b, int64_t place) const {
    return place % 2 == 1 && place >= 2 && label_at(b, place) != label_at(b, place - 2);
  }
};
Alignment read_alignment(const Tensor& log_probs, const Tensor& targets, IntArrayRef input_lengths,
                         IntArrayRef target_lengths, int64_t blank) {
  if (log_probs.numel() == 0) throw RuntimeError("log_probs tensor must not be empty");
  if (log_probs.dim() != 3)
    throw RuntimeError(
        cat("Expected 3-dimensional tensor, but got ", log_probs.dim(),
            "-dimensional tensor for argument #1 'log_probs' (while checking arguments for ctc_loss_cpu)"));
  if (targets.dtype() != ScalarType::int64 && targets.dtype() != ScalarType::int32)
    throw RuntimeError("targets must be integral");
  cpu::dispatch<kSet>(log_probs.dtype(), "ctc_loss_cpu", [](auto) {});
  Alignment a;
  a.steps = log_probs.sizes()[0];
  a.batch = log_probs.sizes()[1];
  a.classes = log_probs.sizes()[2];
  a.blank = blank;
  a.times = input_lengths;
  a.lengths = target_lengths;
  if (blank < 0 || blank >= a.classes) throw RuntimeError("blank must be in label range");
  if (int64_t(input_lengths.size()) != a.batch) throw RuntimeError("input_lengths must be of size batch_size");
  if (int64_t(target_lengths.size()) != a.batch) throw RuntimeError("target_lengths must be of size batch_size");
  if (targets.dim() != 1 && targets.dim() != 2) throw RuntimeError("targets must be 1D or 2D");
  int64_t total = 0;
  for (int64_t b = 0; b < a.batch; ++b) {
    const int64_t length = target_lengths[size_t(b)], time = input_lengths[size_t(b)];
    if (length < 0)
      throw RuntimeError(cat("Expected target_lengths to have value at least 0, but got value ", length,
                             " (while checking arguments for ctc_loss_cpu)"));
    if (time < 0 || time > a.steps)
      throw RuntimeError(cat("Expected input_lengths to have value at most ", a.steps, ", but got value ", time,
                             " (while checking arguments for ctc_loss_cpu)"));
    a.first.push_back(targets.dim() == 1 ? total : b * targets.sizes()[1]);
    total += length;
    a.longest = std::max(a.longest, length);
    if (targets.dim() == 2 && length > targets.sizes()[1])
      throw RuntimeError(cat("Expected tensor to have size at least ", length, " at dimension 1, but got size ",
                             targets.sizes()[1],
                             " for argument #2 'targets' (while checking arguments for ctc_loss_cpu)"));
  }
  if (targets.dim() == 1 && targets.numel() < total)
    throw RuntimeError(cat("Expected targets of at least ", total, " elements, but got ", targets.numel()));
  if (targets.dim() == 2 && targets.sizes()[0] != a.batch)
    throw RuntimeError(cat("Expected targets of ", a.batch, " rows, but got ", targets.sizes()[0]));
  a.scores = cpu::contiguous(log_probs);
  a.labels = cpu::contiguous(cpu::to_dtype(targets, ScalarType::int64));
  for (int64_t b = 0; b < a.batch; ++b)
    for (int64_t k = 0; k < target_lengths[size_t(b)]; ++k) {
      const int64_t label = a.labels.data<int64_t>()[a.first[size_t(b)] + k];
      if (label < 0 || label >= a.classes) throw RuntimeError(cat("target ", label, " is out of range"));
    }
  return a;
}

Pair ctc_loss_forward_cpu(const Tensor& log_probs, const Tensor& targets, IntArrayRef input_lengths,
                          IntArrayRef target_lengths, int64_t blank, bool) {
  const Alignment a = read_alignment(log_probs, targets, input_lengths, target_lengths, blank);
  const int64_t width = 2 * a.longest + 1;
  Tensor losses = empty_tensor(a.batch, log_probs.dtype());
  Tensor log_alpha = empty_tensor({a.batch, a.steps, width}, log_probs.dtype());
  cpu::fill(log_alpha, Scalar(kNever));
  cpu::dispatch<kSet>(log_probs.dtype(), "ctc_loss_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* scores = a.scores.data<T>();
    parallel_for(0, a.batch, 1, [&](int64_t from, int64_t to) {
      for (int64_t b = from; b < to; ++b) {
        const int64_t places = a.places(b), time = a.times[size_t(b)];
        const auto score = [&](int64_t t, int64_t place) {
          return double(scores[(t * a.batch + b) * a.classes + a.label_at(b, place)]);
        };
        if (time == 0) {
          losses.data<T>()[b] = T(places == 1 ? 0 : -kNever);
          continue;
        }
        std::vector<double> before(size_t(places), kNever), now(before);
        before[0] = score(0, 0);
        if (places > 1) before[1] = score(0, 1);
        const auto keep = [&](int64_t t, const std::vector<double>& row) {
          for (int64_t p = 0; p < places; ++p) log_alpha.data<T>()[(b * a.steps + t) * width + p] = T(row[size_t(p)]);
        };
        keep(0, before);
        for (int64_t t = 1; t < time; ++t) {
          for (int64_t p = 0; p < places; ++p)
            now[size_t(p)] = score(t, p) + log_sum(before[size_t(p)], p > 0 ? before[size_t(p) - 1] : kNever,
                                                   a.may_skip(b, p) ? before[size_t(p) - 2] : kNever);
          std::swap(before, now);
          keep(t, before);
        }
        losses.data<T>()[b] = T(-log_sum(before[size_t(places) - 1], places > 1 ? before[size_t(places) - 2] : kNever));
      }
    });
  });
  return {losses, log_alpha};
}

Tensor ctc_loss_backward_cpu(const Tensor& grad, const Tensor& log_probs, const Tensor& targets,
                             IntArrayRef input_lengths, IntArrayRef target_lengths, const Tensor& neg_log_likelihood,
                             const Tensor& log_alpha, int64_t blank, bool zero_infinity) {
  const Alignment a = read_alignment(log_probs, targets, input_lengths, target_lengths, blank);
  const int64_t width = 2 * a.longest + 1;
  Tensor result = empty_tensor(log_probs.sizes(), log_probs.dtype());
  cpu::fill(result, 0);
  const Tensor grads = cpu::contiguous(expand(grad, a.batch)), alphas = cpu::contiguous(log_alpha);
  const Tensor losses = cpu::contiguous(neg_log_likelihood);
  cpu::dispatch<kSet>(log_probs.dtype(), "ctc_loss_backward_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* scores = a.scores.data<T>();
    parallel_for(0, a.batch, 1, [&](int64_t from, int64_t to) {
      for (int64_t b = from; b < to; ++b) {
        const double loss = double(losses.data<T>()[b]), g = double(grads.data<T>()[b]);
        if (zero_infinity && loss == -kNever) continue;
        const int64_t places = a.places(b), time = a.times[size_t(b)];
        const auto score = [&](int64_t t, int64_t k) { return double(scores[(t * a.batch + b) * a.classes + k]); };
        std::vector<double> after(size_t(places), kNever), now(after), by_class(static_cast<size_t>(a.classes));
        for (int64_t t = time - 1; t >= 0; --t) {
          for (int64_t p = 0; p < places; ++p) {
            const double here = score(t, a.label_at(b, p));
            if (t == time - 1) {
              now[size_t(p)] = p >= places - 2 ? here : kNever;
              continue;
            }
            now[size_t(p)] = here + log_sum(after[size_t(p)], p + 1 < places ? after[size_t(p) + 1] : kNever,
                                            p + 2 < places && a.may_skip(b, p + 2) ? after[size_t(p) + 2] : kNever);
          }
          std::fill(by_class.begin(), by_class.end(), kNever);
          for (int64_t p = 0; p < places; ++p) {
            double& total = by_class[size_t(a.label_at(b, p))];
            total = log_sum(total, double(alphas.data<T>()[(b * a.steps + t) * width + p]) + now[size_t(p)]);
          }
          for (int64_t k = 0; k < a.classes; ++k) {
            const double own = score(t, k);
            result.data<T>()[(t * a.batch + b) * a.classes + k] =
                T((std::exp(own) - std::exp(by_class[size_t(k)] + loss - own)) * g);
          }
          std::swap(after, now);
        }
      }
    });
  });
  return result;
}

std::vector<int64_t> as_list(const Tensor& lengths) {
  if (is_floating(lengths.dtype()) || is_complex(lengths.dtype()))
    throw RuntimeError("input_lengths and target_lengths must be integral");
  const Tensor plain = cpu::contiguous(cpu::to_dtype(lengths, ScalarType::int64));
  const int64_t* data = plain.data<int64_t>();
  return std::vector<int64_t>(data, data + plain.numel());
}
Pair ctc_loss_forward_of_tensors(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                                 const Tensor& target_lengths, int64_t blank, bool zero_infinity) {
  return _ctc_loss(log_probs, targets, as_list(input_lengths), as_list(target_lengths), blank, zero_infinity);
}
Tensor ctc_loss_composite(const Tensor& log_probs, const Tensor& targets, IntArrayRef input_lengths,
                          IntArrayRef target_lengths, int64_t blank, int64_t reduction, bool zero_infinity) {
  const bool batched = log_probs.dim() == 3;
  const Tensor scores = batched ? log_probs : unsqueeze(log_probs, 1);
  Tensor losses = std::get<0>(_ctc_loss(scores, targets, input_lengths, target_lengths, blank, zero_infinity));
  if (zero_infinity) losses = where(eq(losses, Scalar(-kNever)), Scalar(0), losses);
  if (reduction == int64_t(Reduction::mean)) {
    Tensor lengths = empty_tensor(int64_t(target_lengths.size()), losses.dtype());
    for (size_t i = 0; i < target_lengths.size(); ++i)
      cpu::fill(select(lengths, 0, int64_t(i)), Scalar(std::max<int64_t>(target_lengths[i], 1)));
    return mean(losses / lengths);
  }
  if (reduction == int64_t(Reduction::sum)) return sum(losses);
  return batched ? losses : squeeze(losses, 0);
}
Tensor ctc_loss_of_tensors(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                           const Tensor& target_lengths, int64_t blank, int64_t reduction, bool zero_infinity) {
  return ctc_loss_composite(log_probs, targets, as_list(input_lengths), as_list(target_lengths), blank, reduction,
                            zero_infinity);
}

}  // namespace

void declare_ctc_loss(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::no_method | OpTraits::composite;
  ops.add({.schema =
               "_ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, "
               "bool zero_infinity=False) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&ctc_loss_forward_cpu>(),
           .saves = "log_probs, targets, result0, result1",
           .derivatives = {{"log_probs",
                            [](const Backward& b) {
                              return _ctc_loss_backward(b.grad(), b.saved("log_probs"), b.saved("targets"),
                                                        b.ints_of("input_lengths"), b.ints_of("target_lengths"),
                                                        b.result(0), b.result(1), b.int_of("blank"),
                                                        b.bool_of("zero_infinity"));
                            }}},
           .grad_fn = "CtcLossBackward0",
           .traits = kPlain | kFirstResultOnly,
           .doc = "The negative log likelihood of each sample, and of the ways to each step and label."});
  ops.add({.schema =
               "_ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int "
               "blank=0, bool zero_infinity=False) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&ctc_loss_forward_of_tensors>(),
           .traits = kComposite,
           .doc = "_ctc_loss with lengths in tensors."});
  ops.add({.schema =
               "_ctc_loss_backward(Tensor grad, Tensor log_probs, Tensor targets, int[] input_lengths, int[] "
               "target_lengths, Tensor neg_log_likelihood, Tensor log_alpha, int blank, bool zero_infinity=False) "
               "-> Tensor",
           .kernel = typed_kernel<&ctc_loss_backward_cpu>(),
           .traits = kPlain,
           .doc = "The gradient of _ctc_loss."});
  ops.add({.schema =
               "ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int "
               "blank=0, int reduction=1, bool zero_infinity=False) -> Tensor",
           .kernel = typed_kernel<&ctc_loss_composite>(),
           .traits = kComposite,
           .doc = "The loss of connectionist temporal classification."});
  ops.add({.schema =
               "ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int "
               "blank=0, int reduction=1, bool zero_infinity=False) -> Tensor",
           .kernel = typed_kernel<&ctc_loss_of_tensors>(),
           .traits = kComposite,
           .doc = "ctc_loss with lengths in tensors."});
}

}  // namespace rushlight::ops
