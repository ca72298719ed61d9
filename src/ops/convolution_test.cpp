#include <gtest/gtest.h>

#include <random>

#include "ops/cpu/convolution.h"
#include "ops/functions/convolution.h"
#include "ops/op.h"

namespace rushlight {
namespace {

Tensor random_tensor(IntArrayRef shape, ScalarType type, unsigned seed) {
  Tensor t = empty_tensor(shape, type);
  std::mt19937 engine(seed);
  for (int64_t i = 0; i < t.numel(); ++i) {
    const float value = float(int(engine() % 17) - 8);
    if (type == ScalarType::float32)
      t.data<float>()[i] = value;
    else
      t.data<double>()[i] = value;
  }
  return t;
}
double element(const Tensor& t, int64_t i) {
  return t.dtype() == ScalarType::float32 ? double(t.data<float>()[i]) : t.data<double>()[i];
}

/// The definition, one output element at a time.
double by_definition(const Tensor& input, const Tensor& weight, int64_t n, int64_t o, int64_t y, int64_t x,
                     int64_t stride, int64_t padding, int64_t dilation, int64_t groups) {
  const int64_t channels = weight.sizes()[1], group = o / (weight.sizes()[0] / groups);
  double sum = 0;
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t i = 0; i < weight.sizes()[2]; ++i)
      for (int64_t j = 0; j < weight.sizes()[3]; ++j) {
        const int64_t row = y * stride + i * dilation - padding, column = x * stride + j * dilation - padding;
        if (row < 0 || column < 0 || row >= input.sizes()[2] || column >= input.sizes()[3]) continue;
        const int64_t at =
            ((n * input.sizes()[1] + group * channels + c) * input.sizes()[2] + row) * input.sizes()[3] + column;
        sum +=
            element(input, at) * element(weight, ((o * channels + c) * weight.sizes()[2] + i) * weight.sizes()[3] + j);
      }
  return sum;
}

struct Case {
  int64_t batch, in, out, groups, size, kernel, stride, padding, dilation;
};

TEST(Convolution, FollowsItsDefinition) {
  const Case cases[] = {{1, 3, 5, 1, 7, 3, 1, 1, 1},   {2, 4, 6, 2, 9, 3, 2, 1, 2},   {3, 8, 8, 8, 6, 3, 1, 0, 1},
                        {1, 33, 40, 1, 5, 1, 1, 0, 1}, {2, 16, 32, 1, 8, 2, 3, 2, 1}, {4, 2, 2, 1, 5, 5, 4, 2, 1}};
  for (const Case& c : cases)
    for (ScalarType type : {ScalarType::float32, ScalarType::float64}) {
      const Tensor input = random_tensor({c.batch, c.in, c.size, c.size}, type, 1);
      const Tensor weight = random_tensor({c.out, c.in / c.groups, c.kernel, c.kernel}, type, 2);
      const Tensor output = ops::convolution(input, weight, Tensor(), {c.stride, c.stride}, {c.padding, c.padding},
                                             {c.dilation, c.dilation}, false, {0, 0}, c.groups);
      int64_t at = 0;
      for (int64_t n = 0; n < c.batch; ++n)
        for (int64_t o = 0; o < c.out; ++o)
          for (int64_t y = 0; y < output.sizes()[2]; ++y)
            for (int64_t x = 0; x < output.sizes()[3]; ++x, ++at)
              ASSERT_EQ(element(output, at),
                        by_definition(input, weight, n, o, y, x, c.stride, c.padding, c.dilation, c.groups));
    }
}

TEST(Convolution, GradientsAreThoseOfTheLinearMap) {
  // <convolve(x, w), g> = <x, gradient of x> = <w, gradient of w>, exactly in whole numbers.
  const auto dot = [](const Tensor& a, const Tensor& b) {
    double sum = 0;
    for (int64_t i = 0; i < a.numel(); ++i) sum += element(a, i) * element(b, i);
    return sum;
  };
  for (ScalarType type : {ScalarType::float32, ScalarType::float64})
    for (bool transposed : {false, true})
      for (int64_t groups : {1, 2}) {
        const Tensor x = random_tensor({2, 4, 6, 5}, type, 3);
        const Tensor w = random_tensor({4, transposed ? 3 : 4 / groups, 3, 2}, type, 4);
        const std::vector<int64_t> s = {2, 1}, p = {1, 0}, d = {1, 2}, e = {0, 0};
        const Tensor y = ops::convolution(x, w, Tensor(), s, p, d, transposed, e, groups);
        const Tensor g = random_tensor(y.sizes(), type, 5);
        const auto [to_x, to_w, to_bias] =
            ops::convolution_backward(g, x, w, std::nullopt, s, p, d, transposed, e, groups, {true, true, false});
        EXPECT_EQ(dot(y, g), dot(x, to_x));
        EXPECT_EQ(dot(y, g), dot(w, to_w));
        EXPECT_FALSE(to_bias.defined());
      }
}

TEST(Convolution, ErrorsSayWhatIsWrong) {
  const auto message = [](IntArrayRef input, IntArrayRef weight, IntArrayRef stride, int64_t groups) {
    try {
      ops::convolution(random_tensor(input, ScalarType::float32, 1), random_tensor(weight, ScalarType::float32, 2),
                       Tensor(), stride, {0, 0}, {1, 1}, false, {0, 0}, groups);
    } catch (const RuntimeError& error) {
      return error.message();
    }
    return std::string();
  };
  EXPECT_EQ(message({1, 3, 5, 5}, {4, 2, 3, 3}, {1, 1}, 1),
            "Given groups=1, weight of size [4, 2, 3, 3], expected input[1, 3, 5, 5] to have 2 channels, but got 3 "
            "channels instead");
  EXPECT_EQ(message({1, 3, 5, 5}, {4, 3, 7, 7}, {1, 1}, 1),
            "Calculated padded input size per channel: (5 x 5). Kernel size: (7 x 7). Kernel size can't be greater "
            "than actual input size");
  EXPECT_EQ(message({1, 3, 5, 5}, {4, 3, 3, 3}, {0, 1}, 1), "non-positive stride is not supported");
  EXPECT_EQ(message({1, 3, 5, 5}, {4, 3, 3, 3}, {1, 1}, 3),
            "Given groups=3, expected weight to be divisible by 3 at dimension 0, but got weight of size [[4, 3, 3, "
            "3]] instead");
}

}  // namespace
}  // namespace rushlight
