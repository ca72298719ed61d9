#include "ops/cpu/vector_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "ops/cpu/vector_arithmetic.h"
#include "ops/cpu/vector_linear.h"
#include "ops/cpu/vector_reduce.h"

namespace rushlight::cpu {
namespace {

struct Case {
  VectorFunction function;
  long double (*exact)(long double);
};
const Case kCases[] = {
    {VectorFunction::exp, [](long double x) { return std::exp(x); }},
    {VectorFunction::expm1, [](long double x) { return std::expm1(x); }},
    {VectorFunction::log, [](long double x) { return std::log(x); }},
    {VectorFunction::log2, [](long double x) { return std::log2(x); }},
    {VectorFunction::log10, [](long double x) { return std::log10(x); }},
    {VectorFunction::log1p, [](long double x) { return std::log1p(x); }},
    {VectorFunction::sin, [](long double x) { return std::sin(x); }},
    {VectorFunction::cos, [](long double x) { return std::cos(x); }},
    {VectorFunction::tan, [](long double x) { return std::tan(x); }},
    {VectorFunction::asin, [](long double x) { return std::asin(x); }},
    {VectorFunction::acos, [](long double x) { return std::acos(x); }},
    {VectorFunction::atan, [](long double x) { return std::atan(x); }},
    {VectorFunction::sinh, [](long double x) { return std::sinh(x); }},
    {VectorFunction::cosh, [](long double x) { return std::cosh(x); }},
    {VectorFunction::tanh, [](long double x) { return std::tanh(x); }},
    {VectorFunction::asinh, [](long double x) { return std::asinh(x); }},
    {VectorFunction::acosh, [](long double x) { return std::acosh(x); }},
    {VectorFunction::atanh, [](long double x) { return std::atanh(x); }},
    {VectorFunction::sqrt, [](long double x) { return std::sqrt(x); }},
    {VectorFunction::rsqrt, [](long double x) { return 1 / std::sqrt(x); }},
    {VectorFunction::erf, [](long double x) { return std::erf(x); }},
};

/// Ordinary numbers of all sizes, and everything that is special about the type.
template <class T>
std::vector<T> arguments() {
  std::mt19937 generator(1);
  std::uniform_real_distribution<double> near(-2, 2), far(-60, 60), exponent(-30, 30);
  std::vector<T> all;
  for (int i = 0; i < 5000; ++i) {
    all.push_back(T(near(generator)));
    all.push_back(T(far(generator)));
    all.push_back(T(std::exp(exponent(generator))));
  }
  using Limits = std::numeric_limits<T>;
  for (T special : {T(0), -T(0), T(1), T(-1), Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(),
                    Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(), T(1e6)})
    all.push_back(special);
  return all;
}

template <class T>
void check_function(const Case& tested) {
  const std::vector<T> in = arguments<T>();
  std::vector<T> out(in.size());
  vector_row(tested.function, in.data(), out.data(), int64_t(in.size()));
  for (size_t i = 0; i < in.size(); ++i) {
    const T expected = T(tested.exact(in[i]));
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(out[i])) << int(tested.function) << " of " << in[i];
      continue;
    }
    if (std::isinf(expected) || expected == 0) {
      ASSERT_EQ(out[i], expected) << int(tested.function) << " of " << in[i];
      ASSERT_EQ(std::signbit(out[i]), std::signbit(expected)) << int(tested.function) << " of " << in[i];
      continue;
    }
    const T bound = 8 * std::numeric_limits<T>::epsilon() * std::fabs(expected) + std::numeric_limits<T>::min();
    ASSERT_NEAR(out[i], expected, bound) << int(tested.function) << " of " << in[i];
  }
}

TEST(VectorMath, AgreesWithTheExactFunctionsEverywhere) {
  for (const Case& tested : kCases) {
    check_function<float>(tested);
    check_function<double>(tested);
  }
}

TEST(VectorMath, AResultDoesNotDependOnItsNeighbours) {
  const std::vector<float> in = arguments<float>();
  std::vector<float> together(in.size());
  for (const Case& tested : kCases) {
    vector_row(tested.function, in.data(), together.data(), int64_t(in.size()));
    for (size_t i = 0; i < in.size(); i += 7) {
      float alone;
      vector_row(tested.function, &in[i], &alone, 1);
      if (std::isnan(alone)) continue;
      ASSERT_EQ(alone, together[i]) << int(tested.function) << " of " << in[i];
    }
  }
}

TEST(VectorReduce, SumsOfManyNumbersKeepTheirAccuracy) {
  std::vector<float> tenths(10'000'000, 0.1f);
  EXPECT_NEAR(vector_sum<float>().row(tenths.data(), int64_t(tenths.size())), 1e6f, 1);
}

TEST(VectorReduce, RowsAndColumnsOfAllSizesAreWhole) {
  for (int64_t rows : {1, 2, 31, 33, 100})
    for (int64_t columns : {1, 3, 8, 15, 33, 257, 600}) {
      std::vector<double> matrix(size_t(rows * columns));
      for (size_t i = 0; i < matrix.size(); ++i) matrix[i] = double((i * 7919) % 1009);
      std::vector<double> sums(static_cast<size_t>(columns)), largest(sums.size());
      vector_sum<double>().columns(matrix.data(), rows, columns, sums.data(), columns);
      vector_max<double>().columns(matrix.data(), rows, columns, largest.data(), columns);
      double total = 0;
      for (int64_t j = 0; j < columns; ++j) {
        double sum = 0, best = 0;
        for (int64_t i = 0; i < rows; ++i) {
          sum += matrix[size_t(i * columns + j)];
          best = std::max(best, matrix[size_t(i * columns + j)]);
        }
        ASSERT_EQ(sums[size_t(j)], sum);
        ASSERT_EQ(largest[size_t(j)], best);
        total += sum;
      }
      ASSERT_EQ(vector_sum<double>().row(matrix.data(), rows * columns), total);
    }
}

TEST(VectorReduce, ANanIsTheLargestAndTheSmallest) {
  for (size_t count : {1u, 5u, 40u, 3000u})
    for (size_t at : {size_t(0), count / 2, count - 1}) {
      std::vector<float> row(count, 1);
      row[at] = std::numeric_limits<float>::quiet_NaN();
      EXPECT_TRUE(std::isnan(vector_max<float>().row(row.data(), int64_t(count))));
      EXPECT_TRUE(std::isnan(vector_min<float>().row(row.data(), int64_t(count))));
    }
}

TEST(VectorArithmetic, EqualsThePlainLoops) {
  const std::vector<float> a = arguments<float>();
  std::vector<float> b(a.rbegin(), a.rend()), out(a.size());
  const auto check = [&](VectorArithmetic op, float alpha, auto formula) {
    for (int64_t a_step : {0, 1})
      for (int64_t b_step : {0, 1})
        for (int64_t count : {int64_t(1), int64_t(7), int64_t(a.size())}) {
          vector_arithmetic(op, a.data(), a_step, b.data(), b_step, alpha, out.data(), count);
          for (int64_t i = 0; i < count; ++i) {
            const float expected = formula(a[size_t(i * a_step)], b[size_t(i * b_step)]);
            if (std::isnan(expected)) {
              ASSERT_TRUE(std::isnan(out[size_t(i)]));
            } else {
              ASSERT_EQ(out[size_t(i)], expected) << int(op);
            }
          }
        }
  };
  check(VectorArithmetic::add, 1, [](float x, float y) { return x + y; });
  check(VectorArithmetic::add, 0.3f, [](float x, float y) { return x + 0.3f * y; });
  check(VectorArithmetic::sub, 3, [](float x, float y) { return x - 3 * y; });
  check(VectorArithmetic::mul, 1, [](float x, float y) { return x * y; });
  check(VectorArithmetic::div, 1, [](float x, float y) { return x / y; });
  check(VectorArithmetic::maximum, 1, [](float x, float y) { return x != x || x > y ? x : y; });
  check(VectorArithmetic::minimum, 1, [](float x, float y) { return x != x || x < y ? x : y; });
}

TEST(VectorLinear, ProductsOfAllSizesAreWhole) {
  for (int64_t in : {1, 4, 8, 13, 64})
    for (int64_t out : {1, 3, 4, 9}) {
      std::vector<float> rows(size_t(3 * in)), weight(size_t(out * in)), bias(static_cast<size_t>(out)),
          result(size_t(3 * out));
      for (size_t i = 0; i < rows.size(); ++i) rows[i] = float(i % 5);
      for (size_t i = 0; i < weight.size(); ++i) weight[i] = float(i % 7) - 3;
      for (size_t i = 0; i < bias.size(); ++i) bias[i] = float(i);
      vector_linear(rows.data(), 3, weight.data(), bias.data(), result.data(), in, out);
      for (int64_t i = 0; i < 3; ++i)
        for (int64_t j = 0; j < out; ++j) {
          float expected = bias[size_t(j)];
          for (int64_t k = 0; k < in; ++k) expected += rows[size_t(i * in + k)] * weight[size_t(j * in + k)];
          ASSERT_EQ(result[size_t(i * out + j)], expected);
        }
    }
}

}  // namespace
}  // namespace rushlight::cpu
