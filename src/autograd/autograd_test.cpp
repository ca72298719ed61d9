#include <gtest/gtest.h>

#include "autograd/engine.h"
#include "autograd/grad_mode.h"
#include "ops/functions.h"
#include "ops/operators.h"

namespace rushlight::autograd {
namespace {

class Autograd : public testing::Test {
 protected:
  void SetUp() override { install(); }
  static Tensor leaf(std::vector<double> values) {
    Tensor tensor = empty_tensor(int64_t(values.size()), ScalarType::float64);
    std::copy(values.begin(), values.end(), tensor.data<double>());
    set_requires_grad(tensor, true);
    return tensor;
  }
  static std::vector<double> values_of(const Tensor& tensor) {
    const Tensor flat = ops::contiguous(tensor);
    return {flat.data<double>(), flat.data<double>() + flat.numel()};
  }
  static void backward(const Tensor& root, BackwardOptions options = {}) { run_backward({root}, {}, options); }
};

TEST_F(Autograd, NamesNodesAsPyTorch) {
  const Tensor x = leaf({1, 2});
  EXPECT_EQ(grad_fn(ops::tanh(x))->name(), "TanhBackward0");
  EXPECT_EQ(grad_fn(x + x)->name(), "AddBackward0");
  EXPECT_EQ(grad_fn(x + Scalar(1))->name(), "AddBackward1");
  EXPECT_EQ(grad_fn(x), nullptr);
}

TEST_F(Autograd, MultipliesChains) {
  const Tensor x = leaf({1, 2, 3});
  backward(ops::sum(ops::pow(x, Scalar(3)) * Scalar(2)));
  EXPECT_EQ(values_of(grad(x)), (std::vector<double>{6, 24, 54}));
}

TEST_F(Autograd, AddsWhatMeets) {
  const Tensor x = leaf({2});
  backward(ops::sum(x * x + x));
  EXPECT_EQ(values_of(grad(x)), (std::vector<double>{5}));
  backward(ops::sum(x));
  EXPECT_EQ(values_of(grad(x)), (std::vector<double>{6})) << "a second pass adds to .grad";
}

TEST_F(Autograd, UndoesBroadcasting) {
  const Tensor row = leaf({1, 2, 3}), column = leaf({1, 2});
  backward(ops::sum(ops::unsqueeze(column, 1) * row));
  EXPECT_EQ(values_of(grad(row)), (std::vector<double>{3, 3, 3}));
  EXPECT_EQ(values_of(grad(column)), (std::vector<double>{6, 6}));
}

TEST_F(Autograd, DifferentiatesGradients) {
  const Tensor x = leaf({2});
  const Tensor first = run_backward({ops::sum(ops::pow(x, Scalar(3)))}, {},
                                    {.create_graph = true, .inputs = {x}, .accumulate = false})[0];
  EXPECT_EQ(values_of(first), (std::vector<double>{12}));
  const Tensor second = run_backward({ops::sum(first)}, {}, {.inputs = {x}, .accumulate = false})[0];
  EXPECT_EQ(values_of(second), (std::vector<double>{12}));
}

TEST_F(Autograd, RefusesASecondPassOverFreedTensors) {
  const Tensor x = leaf({2});
  const Tensor y = ops::sum(x * x);
  backward(y);
  EXPECT_THROW(backward(y), RuntimeError);
}

TEST_F(Autograd, NoticesThatASavedTensorWasWritten) {
  const Tensor x = leaf({1, 2});
  const Tensor y = ops::tanh(x);
  ops::add_(y, Scalar(1));
  EXPECT_THROW(backward(ops::sum(y)), RuntimeError);
}

TEST_F(Autograd, RefusesToWriteALeaf) {
  const Tensor x = leaf({1});
  EXPECT_THROW(ops::add_(x, Scalar(1)), RuntimeError);
  NoGradGuard no_grad;
  ops::add_(x, Scalar(1));
  EXPECT_EQ(values_of(x), (std::vector<double>{2}));
}

TEST_F(Autograd, FollowsWritesThroughViews) {
  const Tensor x = leaf({1, 2, 3});
  const Tensor y = x * Scalar(1);
  ops::mul_(ops::slice(y, 0, 0, 2), Scalar(10));
  EXPECT_EQ(grad_fn(y)->name(), "CopySlices");
  backward(ops::sum(y));
  EXPECT_EQ(values_of(grad(x)), (std::vector<double>{10, 10, 1}));
}

TEST_F(Autograd, WritesOfDifferentiableValuesIntoPlainTensorsAreRecorded) {
  const Tensor x = leaf({3});
  const Tensor buffer = ops::zeros({2}, ScalarType::float64);
  ops::copy_(ops::slice(buffer, 0, 0, 1), x);
  EXPECT_TRUE(requires_grad(buffer));
  backward(ops::sum(buffer));
  EXPECT_EQ(values_of(grad(x)), (std::vector<double>{1}));
}

TEST_F(Autograd, ReportsUnusedInputs) {
  const Tensor x = leaf({1}), unused = leaf({1});
  EXPECT_THROW(run_backward({ops::sum(x)}, {}, {.inputs = {unused}, .accumulate = false}), RuntimeError);
  EXPECT_FALSE(run_backward({ops::sum(x * x)}, {}, {.inputs = {unused}, .accumulate = false, .allow_unused = true})[0]
                   .defined());
}

TEST_F(Autograd, RunsHooks) {
  const Tensor x = leaf({1});
  register_hook(x, [](const Tensor& gradient) { return gradient * Scalar(3); });
  backward(ops::sum(x));
  EXPECT_EQ(values_of(grad(x)), (std::vector<double>{3}));
}

TEST_F(Autograd, DestroysLongChainsWithoutRecursion) {
  Tensor x = leaf({1});
  for (int i = 0; i < 200000; ++i) x = x + Scalar(1);
  x = Tensor();
}

}  // namespace
}  // namespace rushlight::autograd
