#include <gtest/gtest.h>

#include "ops/derived_forms.h"
#include "ops/functions.h"
#include "ops/operators.h"

namespace rushlight {
namespace {

Tensor floats(std::vector<float> values, Shape shape) {
  Tensor tensor = empty_tensor(shape, ScalarType::float32);
  std::copy(values.begin(), values.end(), tensor.data<float>());
  return tensor;
}
std::vector<float> values_of(const Tensor& tensor) {
  const Tensor flat = ops::contiguous(tensor);
  return {flat.data<float>(), flat.data<float>() + flat.numel()};
}

TEST(Pointwise, BroadcastsBothOperands) {
  const Tensor sum = ops::add(floats({1, 2, 3}, {3, 1}), floats({10, 20}, {2}));
  EXPECT_EQ(sum.sizes().vec(), (std::vector<int64_t>{3, 2}));
  EXPECT_EQ(values_of(sum), (std::vector<float>{11, 21, 12, 22, 13, 23}));
}

TEST(Pointwise, RefusesShapesThatDoNotMeet) {
  try {
    ops::add(floats({1, 2, 3}, {3}), floats({1, 2}, {2}));
    FAIL() << "no error";
  } catch (const RuntimeError& error) {
    EXPECT_EQ(error.message(),
              "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0");
  }
  try {
    ops::add(ops::ones(Shape{4, 3}), ops::ones(Shape{3, 4}));
    FAIL() << "no error";
  } catch (const RuntimeError& error) {
    EXPECT_EQ(error.message(),
              "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1");
  }
}

TEST(Pointwise, PromotesIntegersOfDivisionsToFloats) {
  const Tensor quotient = ops::div(ops::arange(Scalar(4)), Scalar(2));
  EXPECT_EQ(quotient.dtype(), ScalarType::float32);
  EXPECT_EQ(values_of(quotient), (std::vector<float>{0, 0.5, 1, 1.5}));
}

TEST(Pointwise, RefusesToStoreAFloatInAnInteger) {
  const Tensor integers = ops::arange(Scalar(3));
  EXPECT_THROW(ops::add_(integers, Scalar(0.5)), RuntimeError);
  EXPECT_EQ(ops::item(ops::sum(integers)).to<int64_t>(), 3) << "the operand was changed";
}

TEST(Pointwise, KeepsTheOrderOfDimensions) {
  const Tensor transposed = ops::t(floats({1, 2, 3, 4, 5, 6}, {2, 3}));
  const Tensor doubled = transposed * Scalar(2);
  EXPECT_EQ(doubled.strides().vec(), (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(values_of(doubled), (std::vector<float>{2, 8, 4, 10, 6, 12}));
}

TEST(Pointwise, RefusesToWriteThroughAnExpandedTensor) {
  EXPECT_THROW(ops::add_(ops::expand(floats({1}, {1}), {3}), Scalar(1)), RuntimeError);
}

TEST(Integers, DivideAndTakeRemaindersAsPython) {
  const Tensor a = ops::sub(ops::arange(Scalar(7)), Scalar(3));  // -3 .. 3
  const Tensor quotient = ops::div(a, Scalar(2), "floor");
  const Tensor rest = ops::remainder(a, Scalar(2));
  for (int64_t i = 0; i < 7; ++i) {
    const int64_t x = i - 3;
    EXPECT_EQ(quotient.data<int64_t>()[i], x >= 0 ? x / 2 : -((-x + 1) / 2));
    EXPECT_EQ(rest.data<int64_t>()[i], ((x % 2) + 2) % 2);
  }
}

TEST(Integers, RefuseToDivideByZero) {
  EXPECT_THROW(ops::div(ops::arange(Scalar(3)), ops::zeros({}, ScalarType::int64), "floor"), RuntimeError);
}

TEST(Reductions, SumOverOneDimension) {
  const Tensor t = floats({1, 2, 3, 4, 5, 6}, {2, 3});
  EXPECT_EQ(values_of(ops::sum(t, std::optional<IntArrayRef>(IntArrayRef({1})))), (std::vector<float>{6, 15}));
  EXPECT_EQ(ops::sum(t, std::optional<IntArrayRef>(IntArrayRef({0})), true).sizes().vec(),
            (std::vector<int64_t>{1, 3}));
}

TEST(Reductions, RefuseARepeatedDimension) {
  EXPECT_THROW(ops::sum(floats({1}, {1, 1}), std::optional<IntArrayRef>(IntArrayRef({0, -2}))), RuntimeError);
}

TEST(Reductions, LargeSumsStayExact) {
  const Tensor ones = ops::ones({1 << 22});
  EXPECT_EQ(ops::item(ops::sum(ones)).to<double>(), double(1 << 22));
}

TEST(Products, OfMatricesAgreeWithTheDefinition) {
  for (const int64_t n : {1, 3, 65, 130}) {
    const Tensor a =
        ops::to(ops::remainder(ops::view(ops::arange(Scalar(n * 7)), {n, 7}), Scalar(5)), ScalarType::float32);
    const Tensor b =
        ops::to(ops::remainder(ops::view(ops::arange(Scalar(7 * n)), {7, n}), Scalar(3)), ScalarType::float32);
    const Tensor c = ops::mm(a, b), d = ops::sum(ops::unsqueeze(a, 2) * ops::unsqueeze(b, 0),
                                                 std::optional<IntArrayRef>(IntArrayRef({1})));
    EXPECT_TRUE(ops::equal(c, d)) << n;
  }
}

TEST(Products, OfTransposedMatrices) {
  const Tensor a = floats({1, 2, 3, 4}, {2, 2});
  EXPECT_EQ(values_of(ops::mm(ops::t(a), a)), (std::vector<float>{10, 14, 14, 20}));
}

TEST(Views, SliceClampsItsBounds) {
  const Tensor t = ops::arange(Scalar(5));
  EXPECT_EQ(ops::slice(t, 0, -100, 100, 2).numel(), 3);
  EXPECT_EQ(ops::slice(t, 0, 4, 2, 1).numel(), 0);
}

TEST(Views, AsStridedStaysInsideItsStorage) { EXPECT_THROW(ops::as_strided(ops::ones({2}), {3}, {1}), RuntimeError); }

TEST(OutForms, ResizeAnEmptyOutput) {
  const Tensor out = ops::empty({0});
  ops::add_out(floats({1, 2}, {2}), floats({3, 4}, {2}), 1, out);
  EXPECT_EQ(values_of(out), (std::vector<float>{4, 6}));
}

TEST(Registry, FindsOverloadsInTheOrderOfPyTorch) {
  const auto overloads = find_overloads("aten::add");
  ASSERT_GE(overloads.size(), 3u);
  EXPECT_EQ(overloads[0]->schema().overload, "Tensor");
  EXPECT_EQ(overloads[1]->schema().overload, "Scalar");
  EXPECT_EQ(find_operator("aten::no_such_operator", ""), nullptr);
}

TEST(Registry, DerivesInplaceAndOutSchemas) {
  EXPECT_EQ(get_operator("aten::tanh_", "").schema().str(), "aten::tanh_(Tensor(a!) self) -> Tensor(a!)");
  EXPECT_EQ(get_operator("aten::tanh", "out").schema().str(),
            "aten::tanh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)");
}

}  // namespace
}  // namespace rushlight
