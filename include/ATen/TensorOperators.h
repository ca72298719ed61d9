/// + - * / % and comparisons of tensors and numbers, element by element.
#pragma once
#include "ATen/Functions.h"

namespace at {
inline namespace RUSHLIGHT_ABI {

#define RUSHLIGHT_OPERATOR(op, method, tensor_by_scalar)                              \
  inline Tensor operator op(const Tensor& a, const Tensor& b) { return a.method(b); } \
  inline Tensor operator op(const Tensor& a, const Scalar& b) { return a.method(b); } \
  inline Tensor operator op(const Scalar& a, const Tensor& b) { return tensor_by_scalar; }
RUSHLIGHT_OPERATOR(+, add, b.add(a))
RUSHLIGHT_OPERATOR(*, mul, b.mul(a))
RUSHLIGHT_OPERATOR(-, sub, b.rsub(a))
RUSHLIGHT_OPERATOR(/, div, b.reciprocal().mul_(a))
RUSHLIGHT_OPERATOR(%, remainder, full_like(b, a, b.options()).remainder_(b))
RUSHLIGHT_OPERATOR(<, lt, b.gt(a))
RUSHLIGHT_OPERATOR(<=, le, b.ge(a))
RUSHLIGHT_OPERATOR(>, gt, b.lt(a))
RUSHLIGHT_OPERATOR(>=, ge, b.le(a))
RUSHLIGHT_OPERATOR(==, eq, b.eq(a))
RUSHLIGHT_OPERATOR(!=, ne, b.ne(a))
RUSHLIGHT_OPERATOR(&, bitwise_and, b.bitwise_and(a))
RUSHLIGHT_OPERATOR(|, bitwise_or, b.bitwise_or(a))
RUSHLIGHT_OPERATOR(^, bitwise_xor, b.bitwise_xor(a))
#undef RUSHLIGHT_OPERATOR

}  // namespace RUSHLIGHT_ABI
}  // namespace at
