#include <gtest/gtest.h>

#include "ops/functions.h"
#include "ops/operators.h"

namespace rushlight {
namespace {

/// Small integers: sums are exact in float32, whatever the order.
Tensor matrix(int64_t rows, int64_t columns) {
  return ops::to(
      ops::sub(ops::remainder(ops::view(ops::arange(Scalar(rows * columns)), {rows, columns}), Scalar(7)), Scalar(3)),
      ScalarType::float32);
}

TEST(LargeProducts, AgreeInEveryLayout) {
  const Tensor a = matrix(65, 70), b = matrix(70, 90);
  const Tensor expected =
      ops::to(ops::mm(ops::to(a, ScalarType::float64), ops::to(b, ScalarType::float64)), ScalarType::float32);
  const auto column_major = [](const Tensor& t) { return ops::t(ops::contiguous(ops::t(t))); };
  EXPECT_TRUE(ops::equal(ops::mm(a, b), expected));
  EXPECT_TRUE(ops::equal(ops::mm(column_major(a), b), expected));
  EXPECT_TRUE(ops::equal(ops::mm(a, column_major(b)), expected));
  EXPECT_TRUE(ops::equal(ops::mm(column_major(a), column_major(b)), expected));
}

TEST(LargeProducts, AddAndScale) {
  const Tensor a = matrix(40, 64), b = matrix(64, 40), c = matrix(40, 40);
  EXPECT_TRUE(ops::equal(ops::addmm(c, a, b, 2, 3), c * Scalar(2) + ops::mm(a, b) * Scalar(3)));
}

}  // namespace
}  // namespace rushlight
