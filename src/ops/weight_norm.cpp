/// Weight normalization: a weight as a length times a direction (T. Salimans and D. P. Kingma, Weight Normalization,
/// 2016).
#include "ops/functions/arithmetic.h"
#include "ops/functions/norms.h"
#include "ops/functions/views.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

/// The norm of each part of v along `dim`; -1: one norm of all.
Tensor norm_except_dim_composite(const Tensor& v, int64_t pow, int64_t dim) {
  if (dim == -1) return norm(v, pow);
  const int64_t at = wrap_dim(dim, v.dim());
  Shape others;
  for (int64_t i = 0; i < v.dim(); ++i)
    if (i != at) others.push_back(i);
  // Without dimensions to sum over, `norm` would take all.
  return others.empty() ? abs(v) : norm(v, Scalar(pow), others, /*keepdim=*/true);
}

Tensor weight_norm_composite(const Tensor& v, const Tensor& g, int64_t dim) {
  return mul(v, div(g, norm_except_dim_composite(v, 2, dim)));
}

}  // namespace

void declare_weight_norm(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::no_method | OpTraits::composite;
  ops.add({.schema = "norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor",
           .kernel = typed_kernel<&norm_except_dim_composite>(),
           .traits = kComposite,
           .doc = "The norm over all dimensions but one, which stay with size 1; of everything for dim = -1."});
  ops.add({.schema = "_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor",
           .kernel = typed_kernel<&weight_norm_composite>(),
           .traits = kComposite,
           .doc = "v scaled so that its norm over all dimensions but one is g."});
}

}  // namespace rushlight::ops
