/// Attention: softmax of scaled products of queries and keys, applied to values.
#include <cmath>

#include "ops/cpu/matmul.h"
#include "ops/functions/activations.h"
#include "ops/functions/attention.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/dropout.h"
#include "ops/functions/factories.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/normalization.h"
#include "ops/functions/reductions.h"
#include "ops/functions/selection.h"
#include "ops/functions/smooth_activations.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Pair = std::tuple<Tensor, Tensor>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void check_attention(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask, bool is_causal) {
  const auto name = [](const Tensor& t) { return cpu::cpp_type_name(t.dtype()); };
  if (query.dtype() != key.dtype() || query.dtype() != value.dtype())
    throw RuntimeError(cat("Expected query, key, and value to have the same dtype, but got query.dtype: ", name(query),
                           " key.dtype: ", name(key), " and value.dtype: ", name(value), " instead."));
  if (query.dim() < 2 || key.dim() < 2 || value.dim() < 2)
    throw RuntimeError(cat("Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: ",
                           query.dim(), ", key.dim: ", key.dim(), " and value.dim: ", value.dim(), " instead."));
  if (!mask.defined()) return;
  if (mask.dtype() != ScalarType::bool_ && mask.dtype() != ScalarType::float32 && mask.dtype() != query.dtype())
    throw RuntimeError(cat("Expected attn_mask dtype to be bool or float or to match query dtype, but got ",
                           "attn_mask.dtype: ", name(mask), " and  query.dtype: ", name(query), " instead."));
  if (is_causal)
    throw RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
}
/// 0 where a query may look at a key, -inf where not.
Tensor causal_mask(int64_t queries, int64_t keys, ScalarType type) {
  const Tensor rows = unsqueeze(arange(Scalar(queries)), 1), columns = arange(Scalar(keys));
  return masked_fill(zeros({queries, keys}, type), gt(columns, rows), Scalar(-kInfinity));
}
/// Each head of `t` several times, so that there is one for each head of the query.
Tensor repeat_heads(const Tensor& t, int64_t heads) {
  const int64_t own = t.size(-3);
  if (own == heads) return t;
  if (own == 0 || heads % own != 0)
    throw RuntimeError("Number of heads in key and value must divide the number of heads in query ");
  Shape spread(t.sizes()), joined(t.sizes());
  const size_t at = spread.size() - 3;
  spread.resize(at + 1);
  for (int64_t size : {heads / own, t.size(-2), t.size(-1)}) spread.push_back(size);
  joined[at] = heads;
  return reshape(expand(unsqueeze(t, -3), spread), joined);
}
Tensor widened(const Tensor& t) { return kReducedFloating.contains(t.dtype()) ? to(t, ScalarType::float32) : t; }

Pair attention_math(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask, double dropout_p,
                    bool is_causal, const Tensor& dropout_mask, std::optional<double> scale, bool enable_gqa) {
  // Both sides are scaled by the root, which keeps the products small.
  const double whole = scale ? *scale : 1 / std::sqrt(double(query.size(-1)));
  const double root = std::sqrt(std::abs(whole));
  const Tensor q = widened(query) * Scalar(whole < 0 ? -root : root);
  Tensor k = widened(key), v = widened(value);
  if (enable_gqa) {
    k = repeat_heads(k, query.size(-3));
    v = repeat_heads(v, query.size(-3));
  }
  Tensor scores = matmul(q, transpose(k, -2, -1) * Scalar(root));
  if (is_causal) {
    if (mask.defined())
      throw RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True");
    scores = scores + causal_mask(query.size(-2), key.size(-2), scores.dtype());
  } else if (mask.defined()) {
    scores =
        mask.dtype() == ScalarType::bool_ ? masked_fill(scores, logical_not(mask), Scalar(-kInfinity)) : scores + mask;
  }
  const Tensor weights = mask.defined() ? _safe_softmax(scores, -1, std::nullopt) : softmax(scores, -1, std::nullopt);
  Tensor kept = weights;
  if (dropout_p > 0) {
    if (dropout_mask.defined())
      kept = masked_fill(weights, logical_not(dropout_mask), Scalar(0)) * Scalar(1 / (1 - dropout_p));
    else
      kept = dropout(weights, dropout_p, true);
  }
  return {to(matmul(kept, v), query.dtype()), to(weights, query.dtype())};
}
Tensor attention_composite(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask,
                           double dropout_p, bool is_causal, std::optional<double> scale, bool enable_gqa) {
  check_attention(query, key, value, mask, is_causal);
  return std::get<0>(attention_math(query, key, value, mask, dropout_p, is_causal, Tensor(), scale, enable_gqa));
}

// ---- Whole layers, for evaluation

/// What the numbers of mask_type mean.
enum class MaskType : int64_t { between_tokens = 0, of_keys = 1, full = 2 };

Pair multi_head_attention(const Tensor& query, const Tensor& key, const Tensor& value, int64_t embed_dim,
                          int64_t num_head, const Tensor& qkv_weight, const Tensor& qkv_bias, const Tensor& proj_weight,
                          const Tensor& proj_bias, const Tensor& mask, bool need_weights, bool average_attn_weights,
                          std::optional<int64_t> mask_type) {
  if (query.dim() != 3) throw RuntimeError(cat("expected 3-D `query`, got ", query.dim(), "-D tensor"));
  if (query.sizes()[2] != embed_dim)
    throw RuntimeError(cat("passed-in embed_dim ", embed_dim, " didn't match last dim of query ", query.sizes()[2]));
  if (key.dim() != 3) throw RuntimeError(cat("expected 3-D `key`, got ", key.dim(), "-D tensor"));
  if (value.dim() != 3) throw RuntimeError(cat("expected 3-D `value`, got ", value.dim(), "-D tensor"));
  if (num_head <= 0 || embed_dim % num_head != 0) throw RuntimeError("D must divide evenly by num_heads");
  if (qkv_weight.dim() != 2 || qkv_weight.sizes()[0] != 3 * embed_dim || qkv_weight.sizes()[1] != embed_dim)
    throw RuntimeError(cat("expected `qkv_weight` of shape [", 3 * embed_dim, ", ", embed_dim, "], got ",
                           shape_text(qkv_weight.sizes())));
  const int64_t batch = query.sizes()[0], width = embed_dim / num_head;
  const auto heads = [&](const Tensor& t, int64_t part) {
    const Tensor projected =
        linear(t, narrow(qkv_weight, 0, part * embed_dim, embed_dim), narrow(qkv_bias, 0, part * embed_dim, embed_dim));
    return transpose(reshape(projected, {batch, t.sizes()[1], num_head, width}), 1, 2);
  };
  const Tensor q = heads(query, 0) * Scalar(1 / std::sqrt(double(width)));
  Tensor scores = matmul(q, transpose(heads(key, 1), -2, -1));
  if (mask.defined()) {
    Tensor hidden = mask;
    if (mask_type && MaskType{*mask_type} == MaskType::of_keys) hidden = unsqueeze(unsqueeze(mask, 1), 1);
    scores = hidden.dtype() == ScalarType::bool_ ? masked_fill(scores, hidden, Scalar(-kInfinity)) : scores + hidden;
  }
  const Tensor weights = softmax(scores, -1, std::nullopt);
  const Tensor mixed = reshape(transpose(matmul(weights, heads(value, 2)), 1, 2), {batch, query.sizes()[1], embed_dim});
  Tensor shown;
  constexpr int64_t kHeads = 1;
  if (need_weights) shown = average_attn_weights ? mean(weights, std::optional<IntArrayRef>(kHeads), false) : weights;
  return {linear(mixed, proj_weight, proj_bias), shown};
}

Tensor encoder_layer(const Tensor& src, int64_t embed_dim, int64_t num_heads, const Tensor& qkv_weight,
                     const Tensor& qkv_bias, const Tensor& proj_weight, const Tensor& proj_bias, bool use_gelu,
                     bool norm_first, double eps, const Tensor& norm_weight_1, const Tensor& norm_bias_1,
                     const Tensor& norm_weight_2, const Tensor& norm_bias_2, const Tensor& ffn_weight_1,
                     const Tensor& ffn_bias_1, const Tensor& ffn_weight_2, const Tensor& ffn_bias_2, const Tensor& mask,
                     std::optional<int64_t> mask_type) {
  const auto attend = [&](const Tensor& x) {
    return std::get<0>(multi_head_attention(x, x, x, embed_dim, num_heads, qkv_weight, qkv_bias, proj_weight, proj_bias,
                                            mask, false, true, mask_type));
  };
  const auto feed = [&](const Tensor& x) {
    const Tensor inner = linear(x, ffn_weight_1, ffn_bias_1);
    return linear(use_gelu ? gelu(inner, "none") : relu(inner), ffn_weight_2, ffn_bias_2);
  };
  const auto norm_1 = [&](const Tensor& x) { return layer_norm(x, embed_dim, norm_weight_1, norm_bias_1, eps, true); };
  const auto norm_2 = [&](const Tensor& x) { return layer_norm(x, embed_dim, norm_weight_2, norm_bias_2, eps, true); };
  if (norm_first) {
    const Tensor x = src + attend(norm_1(src));
    return x + feed(norm_2(x));
  }
  const Tensor x = norm_1(src + attend(src));
  return norm_2(x + feed(x));
}

}  // namespace

void declare_attention(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite | OpTraits::no_method;
  ops.add({.schema =
               "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float "
               "dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
           .kernel = typed_kernel<&attention_composite>(),
           .traits = kComposite | OpTraits::nn_functional | OpTraits::nondeterministic,
           .doc = "softmax(query @ key.T * scale + mask) @ value."});
  ops.add({.schema =
               "_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, "
               "float dropout_p=0., bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool "
               "enable_gqa=False) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&attention_math>(),
           .traits = kComposite | OpTraits::nondeterministic,
           .doc = "scaled_dot_product_attention, and the weights."});
  ops.add({.schema =
               "_native_multi_head_attention(Tensor query, Tensor key, Tensor value, int embed_dim, int num_head, "
               "Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, Tensor? mask=None, bool "
               "need_weights=True, bool average_attn_weights=True, int? mask_type=None) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&multi_head_attention>(),
           .traits = kComposite,
           .doc = "Multi-head attention with its projections, and the weights."});
  ops.add({.schema =
               "_transformer_encoder_layer_fwd(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight, Tensor "
               "qkv_bias, Tensor proj_weight, Tensor proj_bias, bool use_gelu, bool norm_first, float eps, Tensor "
               "norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor norm_bias_2, Tensor ffn_weight_1, "
               "Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None, int? mask_type=None) "
               "-> Tensor",
           .kernel = typed_kernel<&encoder_layer>(),
           .traits = kComposite,
           .doc = "A layer of a transformer's encoder."});
}

}  // namespace rushlight::ops
