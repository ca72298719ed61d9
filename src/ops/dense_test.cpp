/// Factorizations give back the matrix that they were made of, also where it is singular, has equal eigenvalues or no
/// elements.
#include "ops/cpu/dense.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rushlight::cpu::dense {
namespace {

using Complex = std::complex<double>;

template <class T>
struct Owned {
  Owned(int64_t rows, int64_t columns) : rows(rows), columns(columns), values(size_t(rows * columns)) {}
  Matrix<T> view() { return {values.data(), rows, columns}; }
  T& operator()(int64_t i, int64_t j) { return values[size_t(i * columns + j)]; }
  int64_t rows, columns;
  std::vector<T> values;
};

/// Fixed numbers between -1 and 1 without structure.
double number(int64_t i) { return std::sin(double(i * i) * 0.7 + double(i) + 1); }
void set(double& x, int64_t i) { x = number(i); }
void set(Complex& x, int64_t i) { x = {number(2 * i), number(2 * i + 1)}; }
template <class T>
Owned<T> some_matrix(int64_t rows, int64_t columns) {
  Owned<T> m(rows, columns);
  for (size_t i = 0; i < m.values.size(); ++i) set(m.values[i], int64_t(i));
  return m;
}
double conj_of(double x) { return x; }
Complex conj_of(Complex x) { return std::conj(x); }
template <class T>
Owned<T> product(Owned<T>& a, Owned<T>& b) {
  Owned<T> c(a.rows, b.columns);
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t j = 0; j < b.columns; ++j)
      for (int64_t k = 0; k < a.columns; ++k) c(i, j) += a(i, k) * b(k, j);
  return c;
}
template <class T>
Owned<T> adjoint(Owned<T>& a) {
  Owned<T> b(a.columns, a.rows);
  for (int64_t i = 0; i < a.rows; ++i)
    for (int64_t j = 0; j < a.columns; ++j) b(j, i) = conj_of(a(i, j));
  return b;
}
template <class T>
double distance(Owned<T>& a, Owned<T>& b) {
  double largest = 0;
  for (size_t i = 0; i < a.values.size(); ++i) largest = std::max(largest, std::abs(a.values[i] - b.values[i]));
  return largest;
}
template <class T>
double distance_from_unit(Owned<T> q) {
  Owned<T> qh = adjoint(q), square = product(qh, q);
  for (int64_t i = 0; i < square.rows; ++i) square(i, i) -= T(1);
  double largest = 0;
  for (const T& x : square.values) largest = std::max(largest, std::abs(x));
  return largest;
}
template <class T>
Owned<T> hermitian(int64_t n) {
  Owned<T> a = some_matrix<T>(n, n), b = adjoint(a);
  for (size_t i = 0; i < a.values.size(); ++i) a.values[i] += b.values[i];
  return a;
}

template <class T>
class Dense : public testing::Test {};
using Types = testing::Types<double, Complex>;
TYPED_TEST_SUITE(Dense, Types);

TYPED_TEST(Dense, LuTimesPermutationGivesTheMatrixBack) {
  using T = TypeParam;
  for (auto [rows, columns] : {std::pair{4, 4}, {5, 3}, {3, 5}, {1, 1}}) {
    Owned<T> a = some_matrix<T>(rows, columns), lu_of_a = a;
    std::vector<int32_t> pivots(size_t(std::min(rows, columns)));
    EXPECT_EQ(lu(lu_of_a.view(), pivots.data()), 0);
    const int64_t k = std::min(rows, columns);
    Owned<T> l(rows, k), u(k, columns);
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < k; ++j) l(i, j) = i == j ? T(1) : i > j ? lu_of_a(i, j) : T(0);
    for (int64_t i = 0; i < k; ++i)
      for (int64_t j = i; j < columns; ++j) u(i, j) = lu_of_a(i, j);
    Owned<T> back = product(l, u);
    for (int64_t i = k; i-- > 0;)
      for (int64_t j = 0; j < columns; ++j) std::swap(back(i, j), back(pivots[size_t(i)] - 1, j));
    EXPECT_LT(distance(a, back), 1e-14);
  }
}
TYPED_TEST(Dense, LuTellsOfTheFirstZeroPivot) {
  Owned<TypeParam> a(2, 2);
  std::vector<int32_t> pivots(2);
  EXPECT_EQ(lu(a.view(), pivots.data()), 1);
}
TYPED_TEST(Dense, CholeskyRefusesWhatIsNotPositive) {
  using T = TypeParam;
  Owned<T> a(2, 2);
  a(0, 0) = T(1);
  a(1, 1) = T(-1);
  EXPECT_EQ(cholesky(a.view()), 2);
}
TYPED_TEST(Dense, QrIsOrthogonalTimesTriangle) {
  using T = TypeParam;
  for (auto [rows, columns] : {std::pair{4, 4}, {6, 3}, {3, 6}}) {
    Owned<T> a = some_matrix<T>(rows, columns), packed = a;
    const int64_t k = std::min(rows, columns);
    std::vector<T> tau(static_cast<size_t>(k));
    qr(packed.view(), tau.data());
    Owned<T> q(rows, k), r(k, columns);
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < k; ++j) q(i, j) = packed(i, j);
    for (int64_t i = 0; i < k; ++i)
      for (int64_t j = i; j < columns; ++j) r(i, j) = packed(i, j);
    reflector_product(q.view(), tau.data(), k);
    EXPECT_LT(distance_from_unit(q), 1e-14);
    Owned<T> back = product(q, r);
    EXPECT_LT(distance(a, back), 1e-14);
  }
}
TYPED_TEST(Dense, EigenvectorsOfHermitianMatricesAreOrthogonalAlsoForEqualEigenvalues) {
  using T = TypeParam;
  for (bool unit : {false, true}) {
    Owned<T> a = hermitian<T>(6);
    if (unit)
      for (int64_t i = 0; i < 36; ++i) a.values[size_t(i)] = T(i % 7 == 0);
    Owned<T> work = a, v(6, 6), scaled(6, 6);
    std::vector<double> values(6);
    eigh(work.view(), values.data(), v.view());
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
    EXPECT_LT(distance_from_unit(v), 1e-13);
    for (int64_t i = 0; i < 6; ++i)
      for (int64_t j = 0; j < 6; ++j) scaled(i, j) = v(i, j) * values[size_t(j)];
    Owned<T> vh = adjoint(v), back = product(scaled, vh);
    EXPECT_LT(distance(a, back), 1e-13);
  }
}
TYPED_TEST(Dense, SingularValuesOfDeficientMatricesHaveCompleteVectors) {
  using T = TypeParam;
  Owned<T> a = some_matrix<T>(5, 3);
  for (int64_t i = 0; i < 5; ++i) a(i, 2) = a(i, 0) + a(i, 1);
  Owned<T> u = a, v(3, 3), scaled(5, 3);
  std::vector<double> s(3);
  svd(u.view(), s.data(), v.view());
  EXPECT_LT(s[2], 1e-14);
  EXPECT_LT(distance_from_unit(u), 1e-13);
  for (int64_t i = 0; i < 5; ++i)
    for (int64_t j = 0; j < 3; ++j) scaled(i, j) = u(i, j) * s[size_t(j)];
  Owned<T> vh = adjoint(v), back = product(scaled, vh);
  EXPECT_LT(distance(a, back), 1e-13);
}
TYPED_TEST(Dense, LdlSolvesIndefiniteSystems) {
  using T = TypeParam;
  Owned<T> a = hermitian<T>(5), x = some_matrix<T>(5, 2);
  a(0, 0) = T(0);  // a pivot of two rows is needed
  Owned<T> b = product(a, x), factors = a;
  std::vector<int32_t> pivots(5);
  EXPECT_EQ(ldl(factors.view(), pivots.data(), true), 0);
  ldl_solve<T>({factors.values.data(), 5, 5}, pivots.data(), b.view(), true);
  EXPECT_LT(distance(x, b), 1e-12);
}
TEST(DenseEig, VectorsSatisfyTheirEquation) {
  Owned<Complex> a = some_matrix<Complex>(7, 7), work = a, v(7, 7);
  std::vector<Complex> values(7);
  Matrix<Complex> columns = v.view();
  ASSERT_EQ(eig(work.view(), values.data(), &columns), 0);
  Owned<Complex> left = product(a, v), right(7, 7);
  for (int64_t i = 0; i < 7; ++i)
    for (int64_t j = 0; j < 7; ++j) right(i, j) = v(i, j) * values[size_t(j)];
  EXPECT_LT(distance(left, right), 1e-12);
}

}  // namespace
}  // namespace rushlight::cpu::dense
