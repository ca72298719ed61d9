/// Rounding: floor, ceil, trunc, round, frac.
#include "ops/functions/rounding.h"

#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/functions/factories.h"
#include "ops/kernel_forms.h"

namespace rushlight::ops {
namespace {

/// Integers are whole already.
#define RUSHLIGHT_ROUNDING(Name, function) \
  template <class T>                       \
  struct Name {                            \
    T operator()(T x) const {              \
      if constexpr (std::is_integral_v<T>) \
        return x;                          \
      else                                 \
        return function(x);                \
    }                                      \
  };
RUSHLIGHT_ROUNDING(Floor, std::floor)
RUSHLIGHT_ROUNDING(Ceil, std::ceil)
RUSHLIGHT_ROUNDING(Trunc, std::trunc)
RUSHLIGHT_ROUNDING(Round, std::nearbyint)
#undef RUSHLIGHT_ROUNDING

template <class T>
struct Frac {
  T operator()(T x) const { return x - std::trunc(x); }
};
/// Half to even at a decimal place.
template <class T>
struct RoundDecimals {
  int64_t decimals;
  explicit RoundDecimals(const IValue* arguments) : decimals(arguments[1].to_int()) {}
  T operator()(T x) const {
    if constexpr (std::is_integral_v<T>) {
      if (decimals != 0)
        throw NotImplementedError(cat("\"round_cpu\" not implemented for '", dtype_info(dtype_of<T>).ir_name, "'"));
      return x;
    } else {
      if (decimals == 0) return std::nearbyint(x);
      const T power = T(std::pow(10.0, double(std::abs(decimals))));
      return decimals > 0 ? std::nearbyint(x * power) / power : std::nearbyint(x / power) * power;
    }
  }
};

Tensor no_slope(const Backward& b) { return zeros_like(b.grad()); }
Tensor special_round_cpu(const Tensor& self, int64_t decimals) {
  return decimals == 0 ? round(self) : round(self, decimals);
}
constexpr DtypeSet kNumbers = kIntegral | kFloating;

}  // namespace

void declare_rounding(OpSet& ops) {
  ops.add({.schema = "floor(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Floor, kNumbers>("floor"),
           .derivatives = {{"self", no_slope}},
           .doc = "The next whole number below."});
  ops.add({.schema = "ceil(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Ceil, kNumbers>("ceil"),
           .derivatives = {{"self", no_slope}},
           .doc = "The next whole number above."});
  ops.add({.schema = "trunc(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Trunc, kNumbers>("trunc"),
           .derivatives = {{"self", no_slope}},
           .doc = "Without the digits behind the point."});
  ops.add({.schema = "round(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Round, kNumbers>("round_vml_cpu"),
           .derivatives = {{"self", no_slope}},
           .doc = "The nearest whole number, halves to the even one."});
  ops.add({.schema = "round.decimals(Tensor self, *, int decimals) -> Tensor",
           .inplace = true,
           .out = "decimals_out",
           .kernel = unary_kernel<RoundDecimals, kNumbers>("round_cpu"),
           .derivatives = {{"self", no_slope}},
           .grad_fn = "RoundBackward1",
           .doc = "Rounded at a decimal place."});
  ops.add({.schema = "special_round(Tensor self, *, int decimals=0) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&special_round_cpu>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "round."});
  ops.add({.schema = "frac(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<Frac, kFloating>("frac"),
           .derivatives = {{"self", [](const Backward& b) { return b.grad(); }}},
           .doc = "What stands behind the point."});
}

}  // namespace rushlight::ops
