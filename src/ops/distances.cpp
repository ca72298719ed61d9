/// Distances and similarities of vectors, and the losses made of them.
#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/cpu/promotion.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/distances.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/losses.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

/// The p-norm along one dimension. Its gradient at 0 is 0.
Tensor norm_along(const Tensor& x, double p, int64_t dim, bool keepdim) {
  const std::optional<IntArrayRef> over(dim);
  const Tensor size = abs(x);
  if (p == 0) {
    // Counted by filling, which keeps the (zero) gradient.
    const Tensor counted = ne(size, Scalar(0));
    return sum(masked_fill(masked_fill(size, counted, Scalar(1)), logical_not(counted), Scalar(0)), over, keepdim);
  }
  if (p == 1) return sum(size, over, keepdim);
  if (std::isinf(p)) return p > 0 ? amax(size, dim, keepdim) : amin(size, dim, keepdim);
  const Tensor powers = p == 2 ? size * size : pow(size, Scalar(p));
  const Tensor total = sum(powers, over, keepdim), nothing = eq(total, Scalar(0));
  const Tensor safe = masked_fill(total, nothing, Scalar(1));
  return masked_fill(p == 2 ? sqrt(safe) : pow(safe, Scalar(1 / p)), nothing, Scalar(0));
}

Tensor pairwise_distance_composite(const Tensor& x1, const Tensor& x2, double p, double eps, bool keepdim) {
  // The vectors lie along the last dimension of the larger operand.
  const Tensor difference = x1 - x2 + Scalar(eps);
  return norm_along(difference, p, std::max(x1.dim(), x2.dim()) - 1, keepdim);
}

Tensor cdist_composite(const Tensor& x1, const Tensor& x2, double p, std::optional<int64_t>) {
  const auto check = [](const Tensor& x, std::string_view name) {
    if (!is_floating(x.dtype()))
      throw RuntimeError(
          cat("cdist only supports floating-point dtypes, ", name, " got: ", dtype_info(x.dtype()).ir_name));
    if (x.dim() < 2) throw RuntimeError(cat("cdist only supports at least 2D tensors, ", name, " got: ", x.dim(), "D"));
  };
  check(x1, "X1");
  check(x2, "X2");
  if (x1.size(-1) != x2.size(-1))
    throw RuntimeError(cat("X1 and X2 must have the same number of columns. X1: ", x1.size(-1), " X2: ", x2.size(-1)));
  if (!(p >= 0)) throw RuntimeError("cdist only supports non-negative p values");
  const Tensor difference = unsqueeze(x1, -2) - unsqueeze(x2, -3);
  return norm_along(difference, p, difference.dim() - 1, false);
}

Tensor cosine_similarity_composite(const Tensor& x1, const Tensor& x2, int64_t dim, double eps) {
  const ScalarType type = cpu::result_type(x1, x2);
  if (!is_floating(type))
    throw RuntimeError(
        cat("expected common dtype to be floating point, yet common dtype is ", dtype_info(type).ir_name));
  const Shape shape = broadcast_shapes(x1.sizes(), x2.sizes());
  const Tensor a = expand(to(x1, type), shape), b = expand(to(x2, type), shape);
  const int64_t at = wrap_dim(dim, int64_t(shape.size()));
  // A short vector counts as eps long, which its gradient does not know.
  const auto length = [&](const Tensor& x) {
    const Tensor norm = norm_along(x, 2, at, true);
    return norm + detach(clamp_min(norm, Scalar(eps)) - norm);
  };
  return sum((a / length(a)) * (b / length(b)), std::optional<IntArrayRef>(at), false);
}

Tensor triplet_margin_loss_composite(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                     double margin, double p, double eps, bool swap, int64_t reduction) {
  if (anchor.dim() != positive.dim() || anchor.dim() != negative.dim())
    throw RuntimeError(cat("The anchor, positive, and negative tensors are expected to have the same number of ",
                           "dimensions, but got: anchor ", anchor.dim(), "D, positive ", positive.dim(),
                           "D, and negative ", negative.dim(), "D inputs"));
  if (!(margin > 0)) throw RuntimeError(cat("margin must be greater than 0, got ", margin));
  const auto distance = [&](const Tensor& a, const Tensor& b) { return pairwise_distance(a, b, p, eps, false); };
  const Tensor near = distance(anchor, positive);
  Tensor far = distance(anchor, negative);
  if (swap) far = minimum(far, distance(positive, negative));
  return reduced(clamp_min(near - far + Scalar(margin), Scalar(0)), reduction);
}

Tensor bilinear_composite(const Tensor& input1, const Tensor& input2, const Tensor& weight, const Tensor& bias) {
  if (input1.dim() != input2.dim())
    throw RuntimeError(cat("bilinear(): input dimensions do not match: got ", input1.dim(), " and ", input2.dim()));
  for (int64_t d = 0; d + 1 < input1.dim(); ++d)
    if (input1.sizes()[size_t(d)] != input2.sizes()[size_t(d)])
      throw RuntimeError(cat("bilinear(): input batch dimensions do not match at dim ", d, ": got ",
                             input1.sizes()[size_t(d)], " and ", input2.sizes()[size_t(d)]));
  if (weight.dim() != 3) throw RuntimeError(cat("bilinear(): weight must be 3D, got ", weight.dim(), "D"));
  const int64_t out = weight.sizes()[0], left = weight.sizes()[1], right = weight.sizes()[2];
  if (input1.size(-1) != left)
    throw RuntimeError(
        cat("bilinear(): input1 size does not match weight size: got ", input1.size(-1), " but expected ", left));
  if (input2.size(-1) != right)
    throw RuntimeError(
        cat("bilinear(): input2 size does not match weight size: got ", input2.size(-1), " but expected ", right));
  if (bias.defined() && bias.numel() != out)
    throw RuntimeError(
        cat("bilinear(): bias size does not match weight size: got ", bias.numel(), " but expected ", out));
  Shape shape(input1.sizes());
  shape.back() = out;
  const int64_t rows = numel_of(shape.empty() ? IntArrayRef() : IntArrayRef(shape).slice(0, shape.size() - 1));
  const Tensor a = reshape(input1, {rows, left}), b = reshape(input2, {rows, 1, right});
  const Tensor products =
      reshape(matmul(a, reshape(permute(weight, {1, 0, 2}), {left, out * right})), {rows, out, right});
  constexpr int64_t kLast = -1;
  Tensor result = sum(products * b, std::optional<IntArrayRef>(kLast), false, input1.dtype());
  if (bias.defined()) result = result + bias;
  return reshape(result, shape);
}

// ---- Between all rows of one matrix

/// Calls fn(pair, row i, row j) for i < j.
template <class Fn>
void for_each_pair(int64_t rows, Fn&& fn) {
  int64_t pair = 0;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = i + 1; j < rows; ++j) fn(pair++, i, j);
}
constexpr DtypeSet kDistances = DtypeSet(ScalarType::float32) | ScalarType::float64;

Tensor pdist_forward_cpu(const Tensor& self, double p) {
  if (self.dim() != 2) throw RuntimeError(cat("pdist only supports 2D tensors, got: ", self.dim(), "D"));
  const int64_t rows = self.sizes()[0], width = self.sizes()[1];
  Tensor output = empty_tensor(rows * (rows - 1) / 2, self.dtype());
  const Tensor table = cpu::contiguous(self);
  cpu::dispatch<kDistances>(self.dtype(), "pdist", [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_pair(rows, [&](int64_t pair, int64_t i, int64_t j) {
      const T *a = table.data<T>() + i * width, *b = table.data<T>() + j * width;
      double total = 0;
      for (int64_t k = 0; k < width; ++k) {
        const double d = std::abs(double(a[k]) - double(b[k]));
        if (p == 0)
          total += d != 0;
        else if (std::isinf(p))
          total = std::max(total, d);
        else
          total += p == 1 ? d : p == 2 ? d * d : std::pow(d, p);
      }
      if (p == 2) total = std::sqrt(total);
      if (p != 0 && p != 1 && p != 2 && !std::isinf(p)) total = std::pow(total, 1 / p);
      output.data<T>()[pair] = T(total);
    });
  });
  return output;
}
Tensor pdist_backward_cpu(const Tensor& grad, const Tensor& self, double p, const Tensor& pdist) {
  const int64_t rows = self.sizes()[0], width = self.sizes()[1];
  Tensor result = empty_tensor(self.sizes(), self.dtype());
  cpu::fill(result, 0);
  const Tensor table = cpu::contiguous(self), grads = cpu::contiguous(grad), distances = cpu::contiguous(pdist);
  cpu::dispatch<kDistances>(self.dtype(), "pdist_backward", [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_pair(rows, [&](int64_t pair, int64_t i, int64_t j) {
      const T *a = table.data<T>() + i * width, *b = table.data<T>() + j * width;
      T *to_a = result.data<T>() + i * width, *to_b = result.data<T>() + j * width;
      const double distance = double(distances.data<T>()[pair]), g = double(grads.data<T>()[pair]);
      for (int64_t k = 0; k < width; ++k) {
        const double d = double(a[k]) - double(b[k]), size = std::abs(d), sign = d > 0 ? 1 : d < 0 ? -1 : 0;
        double slope = 0;
        if (p == 1)
          slope = sign;
        else if (p == 0 || distance == 0)
          slope = 0;
        else if (std::isinf(p))
          slope = size == distance ? sign : 0;
        else if (p == 2)
          slope = d / distance;
        else if (d != 0)
          slope = sign * std::pow(size / distance, p - 1);
        to_a[k] += T(g * slope);
        to_b[k] -= T(g * slope);
      }
    });
  });
  return result;
}
Tensor pdist_composite(const Tensor& self, double p) {
  if (self.dim() != 2) throw RuntimeError(cat("pdist only supports 2D tensors, got: ", self.dim(), "D"));
  if (!is_floating(self.dtype())) throw RuntimeError("pdist only supports floating-point dtypes");
  if (!(p >= 0)) throw RuntimeError("pdist only supports non-negative p values");
  return _pdist_forward(contiguous(self), p);
}

}  // namespace

void declare_distances(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::no_method | OpTraits::composite;
  ops.add({.schema = "pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=9.9999999999999995e-07, bool "
                     "keepdim=False) -> Tensor",
           .kernel = typed_kernel<&pairwise_distance_composite>(),
           .traits = kComposite,
           .doc = "The p-norm of x1 - x2 + eps along the last dimension."});
  ops.add({.schema = "cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor",
           .kernel = typed_kernel<&cdist_composite>(),
           .traits = kComposite,
           .doc = "The p-norms of the differences of all rows of x1 and all rows of x2."});
  ops.add({.schema = "cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor",
           .kernel = typed_kernel<&cosine_similarity_composite>(),
           .traits = kComposite,
           .doc = "The cosine of the angle between vectors along a dimension."});
  ops.add({.schema =
               "triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1., float p=2., "
               "float eps=9.9999999999999995e-07, bool swap=False, int reduction=1) -> Tensor",
           .kernel = typed_kernel<&triplet_margin_loss_composite>(),
           .traits = kComposite,
           .doc = "By how much the negative is not farther from the anchor than the positive plus a margin."});
  ops.add({.schema = "bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor",
           .kernel = typed_kernel<&bilinear_composite>(),
           .traits = kComposite,
           .doc = "input1 @ weight[k] @ input2 for each k, plus bias."});
  ops.add({.schema = "pdist(Tensor self, float p=2.) -> Tensor",
           .kernel = typed_kernel<&pdist_composite>(),
           .traits = kComposite,
           .doc = "The distances between all pairs of rows."});
  ops.add({.schema = "_pdist_forward(Tensor self, float p=2.) -> Tensor",
           .kernel = typed_kernel<&pdist_forward_cpu>(),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _pdist_backward(b.grad(), b.saved("self"), b.float_of("p"), b.result());
                            }}},
           .grad_fn = "PdistBackward0",
           .traits = OpTraits::no_method,
           .doc = "The distances between all pairs of rows."});
  ops.add({.schema = "_pdist_backward(Tensor grad, Tensor self, float p, Tensor pdist) -> Tensor",
           .kernel = typed_kernel<&pdist_backward_cpu>(),
           .traits = OpTraits::no_method,
           .doc = "The gradient of pdist."});
}

}  // namespace rushlight::ops
