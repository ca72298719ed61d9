/// Comparisons, logic and bit operations. Comparisons and logic give bools.
#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/functions/comparison.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {
using cpu::is_complex_v;

#define RUSHLIGHT_BINARY_FORMULA(Name, Result, expression)           \
  template <class T>                                                 \
  struct Name {                                                      \
    Result operator()(T x, T y) const { return Result(expression); } \
  };
RUSHLIGHT_BINARY_FORMULA(Eq, bool, x == y)
RUSHLIGHT_BINARY_FORMULA(Ne, bool, x != y)
RUSHLIGHT_BINARY_FORMULA(Lt, bool, x < y)
RUSHLIGHT_BINARY_FORMULA(Le, bool, x <= y)
RUSHLIGHT_BINARY_FORMULA(Gt, bool, x > y)
RUSHLIGHT_BINARY_FORMULA(Ge, bool, x >= y)
RUSHLIGHT_BINARY_FORMULA(LogicalAnd, bool, x != T(0) && y != T(0))
RUSHLIGHT_BINARY_FORMULA(LogicalOr, bool, x != T(0) || y != T(0))
RUSHLIGHT_BINARY_FORMULA(LogicalXor, bool, (x != T(0)) != (y != T(0)))
RUSHLIGHT_BINARY_FORMULA(BitAnd, T, x& y)
RUSHLIGHT_BINARY_FORMULA(BitOr, T, x | y)
RUSHLIGHT_BINARY_FORMULA(BitXor, T, x ^ y)
#undef RUSHLIGHT_BINARY_FORMULA

template <class T>
struct ShiftLeft {
  T operator()(T x, T y) const {
    using U = std::make_unsigned_t<T>;
    const bool outside = y < 0 || std::make_unsigned_t<T>(y) >= sizeof(T) * 8;
    return outside ? T(0) : T(U(x) << y);
  }
};
template <class T>
struct ShiftRight {
  T operator()(T x, T y) const {
    // Beyond the width only the sign is left.
    constexpr T kWidth = T(sizeof(T) * 8 - std::is_signed_v<T>);
    const bool outside = y < 0 || std::make_unsigned_t<T>(y) >= std::make_unsigned_t<T>(kWidth);
    return T(x >> (outside ? kWidth - (std::is_signed_v<T> ? 0 : 1) : y)) * T(std::is_signed_v<T> || !outside);
  }
};
template <class T>
struct LogicalNot {
  bool operator()(T x) const { return x == T(0); }
};
template <class T>
struct BitNot {
  T operator()(T x) const {
    if constexpr (std::is_same_v<T, bool>)
      return !x;
    else
      return T(~x);
  }
};
template <class T>
struct IsNan {
  bool operator()(T x) const {
    if constexpr (is_complex_v<T>)
      return std::isnan(x.real()) || std::isnan(x.imag());
    else if constexpr (std::is_floating_point_v<T>)
      return std::isnan(x);
    else
      return false;
  }
};
template <class T>
struct IsInf {
  bool operator()(T x) const {
    if constexpr (is_complex_v<T>)
      return std::isinf(x.real()) || std::isinf(x.imag());
    else if constexpr (std::is_floating_point_v<T>)
      return std::isinf(x);
    else
      return false;
  }
};
template <class T>
struct IsFinite {
  bool operator()(T x) const {
    if constexpr (is_complex_v<T>)
      return std::isfinite(x.real()) && std::isfinite(x.imag());
    else if constexpr (std::is_floating_point_v<T>)
      return std::isfinite(x);
    else
      return true;
  }
};

constexpr OpTraits kTraits = OpTraits::not_differentiable;
constexpr DtypeSet kBits = kBool | kIntegral;

bool equal_cpu(const Tensor& self, const Tensor& other) {
  if (self.dtype() != other.dtype())
    throw RuntimeError(cat("Expected object of data type ", int(self.dtype()), " but got data type ",
                           int(other.dtype()), " for argument 'other' in call to equal"));
  if (!(self.sizes() == other.sizes())) return false;
  const Tensor same = eq(self, other);
  bool all = true;
  const Tensor flat = cpu::contiguous(same);
  const bool* values = flat.data<bool>();
  for (int64_t i = 0; i < flat.numel() && all; ++i) all = values[i];
  return all;
}

}  // namespace

void declare_comparison(OpSet& ops) {
  ops.add({.schema = "eq.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<Eq, kAllDtypes>("compare_cpu"),
           .traits = kTraits,
           .doc = "self == other, element by element."});
  ops.add({.schema = "eq.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Eq, kAllDtypes>("compare_cpu"),
           .traits = kTraits,
           .doc = "self == other, element by element."});
  ops.add({.schema = "ne.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<Ne, kAllDtypes>("compare_cpu"),
           .traits = kTraits,
           .doc = "self != other, element by element."});
  ops.add({.schema = "ne.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Ne, kAllDtypes>("compare_cpu"),
           .traits = kTraits,
           .doc = "self != other, element by element."});
  ops.add({.schema = "lt.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<Lt, kReal>("compare_cpu"),
           .traits = kTraits,
           .doc = "self < other, element by element."});
  ops.add({.schema = "lt.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Lt, kReal>("compare_cpu"),
           .traits = kTraits,
           .doc = "self < other, element by element."});
  ops.add({.schema = "le.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<Le, kReal>("compare_cpu"),
           .traits = kTraits,
           .doc = "self <= other, element by element."});
  ops.add({.schema = "le.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Le, kReal>("compare_cpu"),
           .traits = kTraits,
           .doc = "self <= other, element by element."});
  ops.add({.schema = "gt.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<Gt, kReal>("compare_cpu"),
           .traits = kTraits,
           .doc = "self > other, element by element."});
  ops.add({.schema = "gt.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Gt, kReal>("compare_cpu"),
           .traits = kTraits,
           .doc = "self > other, element by element."});
  ops.add({.schema = "ge.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<Ge, kReal>("compare_cpu"),
           .traits = kTraits,
           .doc = "self >= other, element by element."});
  ops.add({.schema = "ge.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<Ge, kReal>("compare_cpu"),
           .traits = kTraits,
           .doc = "self >= other, element by element."});
  ops.add({.schema = "logical_and(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<LogicalAnd, kAllDtypes>("logical_and_cpu"),
           .traits = kTraits,
           .doc = "Both are not zero."});
  ops.add({.schema = "logical_or(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<LogicalOr, kAllDtypes>("logical_or_cpu"),
           .traits = kTraits,
           .doc = "One of them is not zero."});
  ops.add({.schema = "logical_xor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = binary_kernel<LogicalXor, kAllDtypes>("logical_xor_cpu"),
           .traits = kTraits,
           .doc = "Exactly one of them is not zero."});
  ops.add({.schema = "logical_not(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<LogicalNot, kAllDtypes>("logical_not_cpu"),
           .traits = kTraits,
           .doc = "Is zero."});
  ops.add({.schema = "bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<BitAnd, kBits>("bitwise_and_cpu"),
           .traits = kTraits,
           .doc = "self & other."});
  ops.add({.schema = "bitwise_and.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<BitAnd, kBits>("bitwise_and_cpu"),
           .traits = kTraits,
           .doc = "self & other."});
  ops.add({.schema = "bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<BitOr, kBits>("bitwise_or_cpu"),
           .traits = kTraits,
           .doc = "self | other."});
  ops.add({.schema = "bitwise_or.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<BitOr, kBits>("bitwise_or_cpu"),
           .traits = kTraits,
           .doc = "self | other."});
  ops.add({.schema = "bitwise_xor.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<BitXor, kBits>("bitwise_xor_cpu"),
           .traits = kTraits,
           .doc = "self ^ other."});
  ops.add({.schema = "bitwise_xor.Scalar(Tensor self, Scalar other) -> Tensor",
           .inplace = true,
           .out = "Scalar_out",
           .kernel = binary_kernel<BitXor, kBits>("bitwise_xor_cpu"),
           .traits = kTraits,
           .doc = "self ^ other."});
  ops.add({.schema = "bitwise_not(Tensor self) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = unary_kernel<BitNot, kBits>("bitwise_not_cpu"),
           .traits = kTraits,
           .doc = "~self; of bools their negation."});
  ops.add({.schema = "bitwise_left_shift.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<ShiftLeft, kIntegral>("lshift_cpu"),
           .traits = kTraits,
           .doc = "self << other; 0 beyond the width."});
  ops.add({.schema = "bitwise_right_shift.Tensor(Tensor self, Tensor other) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = binary_kernel<ShiftRight, kIntegral>("rshift_cpu"),
           .traits = kTraits,
           .doc = "self >> other; the sign beyond the width."});
  ops.add({.schema = "isnan(Tensor self) -> Tensor",
           .kernel = unary_kernel<IsNan, kAllDtypes>("isnan"),
           .traits = kTraits,
           .doc = "Is not a number."});
  ops.add({.schema = "isinf(Tensor self) -> Tensor",
           .kernel = unary_kernel<IsInf, kAllDtypes>("isinf"),
           .traits = kTraits,
           .doc = "Is infinite."});
  ops.add({.schema = "isfinite(Tensor self) -> Tensor",
           .kernel = unary_kernel<IsFinite, kAllDtypes>("isfinite"),
           .traits = kTraits,
           .doc = "Is neither infinite nor nan."});
  ops.add({.schema = "equal(Tensor self, Tensor other) -> bool",
           .kernel = typed_kernel<&equal_cpu>(),
           .traits = kTraits,
           .doc = "Whether both have the same shape and elements."});
}

}  // namespace rushlight::ops
