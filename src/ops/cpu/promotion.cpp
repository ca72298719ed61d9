#include "ops/cpu/promotion.h"

namespace rushlight::cpu {
namespace {

void meet(std::optional<ScalarType>& into, ScalarType type) { into = into ? promote_types(*into, type) : type; }

/// `weaker` counts only if it is of a higher category. A complex one makes a floating one complex in its own width.
std::optional<ScalarType> combine(std::optional<ScalarType> stronger, std::optional<ScalarType> weaker) {
  if (!stronger || !weaker) return stronger ? stronger : weaker;
  if (is_floating(*stronger) && is_complex(*weaker)) return to_complex(*stronger);
  return dtype_info(*weaker).kind > dtype_info(*stronger).kind ? promote_types(*stronger, *weaker) : *stronger;
}

}  // namespace

void PromotionState::add(const Tensor& tensor) {
  ScalarType type = tensor.dtype();
  if (tensor.impl()->is_wrapped_number) {
    if (is_complex(type))
      type = to_complex(default_dtype());
    else if (is_floating(type))
      type = default_dtype();
    meet(number_, type);
  } else {
    meet(tensor.dim() == 0 ? zero_dim_ : with_dims_, type);
  }
}

ScalarType PromotionState::result() const {
  return combine(with_dims_, combine(zero_dim_, number_)).value_or(default_dtype());
}

ScalarType result_type(const Tensor& a, const Tensor& b) {
  // The two common cases need no table: equal dtypes, and a number of no higher category next to a tensor.
  if (a.dtype() == b.dtype() && !a.impl()->is_wrapped_number && !b.impl()->is_wrapped_number) return a.dtype();
  PromotionState state;
  state.add(a);
  state.add(b);
  return state.result();
}

}  // namespace rushlight::cpu
