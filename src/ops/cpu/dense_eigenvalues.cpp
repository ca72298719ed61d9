/// Eigenvalues and singular values: Jacobi's rotations for Hermitian matrices and for singular values, the shifted QR
/// algorithm for all others (Golub and Van Loan, "Matrix Computations").
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ops/cpu/dense.h"

namespace rushlight::cpu::dense {
namespace {

using Complex = std::complex<double>;
constexpr double kEps = std::numeric_limits<double>::epsilon();

double conj_of(double x) { return x; }
Complex conj_of(Complex x) { return std::conj(x); }
double real_of(double x) { return x; }
double real_of(Complex x) { return x.real(); }

/// The rotation that makes the off-diagonal element b of [[a, b], [conj b, d]] zero: tangent from the smaller angle.
struct Rotation {
  double cosine, sine;
};
Rotation rotation_for(double a, double d, double off) {
  const double theta = (d - a) / (2 * off);
  const double t = std::copysign(1, theta) / (std::fabs(theta) + std::sqrt(theta * theta + 1));
  const double c = 1 / std::sqrt(t * t + 1);
  return {c, c * t};
}

template <class T>
void permute_columns(Matrix<T> m, const std::vector<int64_t>& order) {
  std::vector<T> row(static_cast<size_t>(m.columns));
  for (int64_t i = 0; i < m.rows; ++i) {
    for (int64_t j = 0; j < m.columns; ++j) row[size_t(j)] = m(i, order[size_t(j)]);
    std::copy(row.begin(), row.end(), m.data + i * m.columns);
  }
}

}  // namespace

template <class T>
void eigh(Matrix<T> a, double* values, Matrix<T> vectors) {
  const int64_t n = a.rows;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) vectors(i, j) = T(i == j);
  double total = 0;
  for (int64_t i = 0; i < n * n; ++i) total += std::norm(a.data[i]);
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off = 0;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = i + 1; j < n; ++j) off += std::norm(a(i, j));
    if (!(off > kEps * kEps * total / 16)) break;
    for (int64_t p = 0; p < n; ++p)
      for (int64_t q = p + 1; q < n; ++q) {
        const double magnitude = std::abs(a(p, q));
        if (!(magnitude > kEps * kEps * std::sqrt(total))) continue;
        const T phase = a(p, q) / magnitude;
        const auto [c, s] = rotation_for(real_of(a(p, p)), real_of(a(q, q)), magnitude);
        // Columns p and q of A and V, then rows p and q of A.
        for (int64_t i = 0; i < n; ++i) {
          const T x = a(i, p), y = a(i, q) * conj_of(phase);
          a(i, p) = c * x - s * y;
          a(i, q) = s * x + c * y;
          const T u = vectors(i, p), w = vectors(i, q) * conj_of(phase);
          vectors(i, p) = c * u - s * w;
          vectors(i, q) = s * u + c * w;
        }
        for (int64_t j = 0; j < n; ++j) {
          const T x = a(p, j), y = a(q, j) * phase;
          a(p, j) = c * x - s * y;
          a(q, j) = s * x + c * y;
        }
        a(p, q) = a(q, p) = T(0);
      }
  }
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t i, int64_t j) { return real_of(a(i, i)) < real_of(a(j, j)); });
  for (int64_t i = 0; i < n; ++i) values[i] = real_of(a(order[size_t(i)], order[size_t(i)]));
  permute_columns(vectors, order);
}

template <class T>
void svd(Matrix<T> a, double* s, Matrix<T> v) {
  const int64_t m = a.rows, n = a.columns;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) v(i, j) = T(i == j);
  for (int sweep = 0; sweep < 60; ++sweep) {
    bool rotated = false;
    for (int64_t p = 0; p < n; ++p)
      for (int64_t q = p + 1; q < n; ++q) {
        double pp = 0, qq = 0;
        T pq(0);
        for (int64_t i = 0; i < m; ++i) {
          pp += std::norm(a(i, p));
          qq += std::norm(a(i, q));
          pq += conj_of(a(i, p)) * a(i, q);
        }
        const double magnitude = std::abs(pq);
        if (!(magnitude > kEps * std::sqrt(pp * qq)) || magnitude < std::numeric_limits<double>::min()) continue;
        rotated = true;
        const T phase = pq / magnitude;
        const auto [c, sine] = rotation_for(pp, qq, magnitude);
        // clang takes no bindings into a lambda before its version 16.
        const auto rotate = [&, c = c, sine = sine](Matrix<T> matrix) {
          for (int64_t i = 0; i < matrix.rows; ++i) {
            const T x = matrix(i, p), y = matrix(i, q) * conj_of(phase);
            matrix(i, p) = c * x - sine * y;
            matrix(i, q) = sine * x + c * y;
          }
        };
        rotate(a);
        rotate(v);
      }
    if (!rotated) break;
  }
  std::vector<double> lengths(static_cast<size_t>(n));
  for (int64_t j = 0; j < n; ++j) {
    double sum = 0;
    for (int64_t i = 0; i < m; ++i) sum += std::norm(a(i, j));
    lengths[size_t(j)] = std::sqrt(sum);
  }
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t i, int64_t j) { return lengths[size_t(i)] > lengths[size_t(j)]; });
  permute_columns(a, order);
  permute_columns(v, order);
  int64_t rank = 0;
  for (int64_t j = 0; j < n; ++j) {
    s[j] = lengths[size_t(order[size_t(j)])];
    if (!(s[j] > s[0] * kEps * double(m)) || s[j] == 0) continue;
    rank = j + 1;
    for (int64_t i = 0; i < m; ++i) a(i, j) /= s[j];
  }
  // Directions of vanishing singular values are any that complete the basis.
  complete_basis(a, rank);
}

template <class T>
void complete_basis(Matrix<T> q, int64_t known) {
  for (int64_t j = known, next = 0; j < q.columns && next < q.rows; ++next) {
    std::vector<T> candidate(static_cast<size_t>(q.rows), T(0));
    candidate[size_t(next)] = T(1);
    for (int pass = 0; pass < 2; ++pass)
      for (int64_t k = 0; k < j; ++k) {
        T product(0);
        for (int64_t i = 0; i < q.rows; ++i) product += conj_of(q(i, k)) * candidate[size_t(i)];
        for (int64_t i = 0; i < q.rows; ++i) candidate[size_t(i)] -= product * q(i, k);
      }
    double length = 0;
    for (const T& x : candidate) length += std::norm(x);
    length = std::sqrt(length);
    if (length < 0.5 / std::sqrt(double(q.rows))) continue;
    for (int64_t i = 0; i < q.rows; ++i) q(i, j) = candidate[size_t(i)] / length;
    ++j;
  }
}

int64_t eig(Matrix<Complex> a, Complex* values, Matrix<Complex>* vectors) {
  const int64_t n = a.rows;
  std::vector<Complex> basis(size_t(n * n));
  const Matrix<Complex> z{basis.data(), n, n};
  for (int64_t i = 0; i < n; ++i) z(i, i) = 1;
  // To Hessenberg form by reflections.
  for (int64_t k = 0; k + 2 < n; ++k) {
    double tail = 0;
    for (int64_t i = k + 2; i < n; ++i) tail += std::norm(a(i, k));
    if (tail == 0) continue;
    const double length = std::sqrt(std::norm(a(k + 1, k)) + tail), first = std::abs(a(k + 1, k));
    const Complex phase = first == 0 ? Complex(1) : a(k + 1, k) / first;
    std::vector<Complex> v(static_cast<size_t>(n), 0);
    for (int64_t i = k + 1; i < n; ++i) v[size_t(i)] = a(i, k);
    v[size_t(k + 1)] += phase * length;
    double norm = 0;
    for (const Complex& x : v) norm += std::norm(x);
    for (int64_t j = 0; j < n; ++j) {
      Complex sum = 0;
      for (int64_t i = k + 1; i < n; ++i) sum += std::conj(v[size_t(i)]) * a(i, j);
      for (int64_t i = k + 1; i < n; ++i) a(i, j) -= v[size_t(i)] * (2.0 * sum / norm);
    }
    for (const Matrix<Complex>& m : {a, z})
      for (int64_t i = 0; i < n; ++i) {
        Complex sum = 0;
        for (int64_t j = k + 1; j < n; ++j) sum += m(i, j) * v[size_t(j)];
        for (int64_t j = k + 1; j < n; ++j) m(i, j) -= (2.0 * sum / norm) * std::conj(v[size_t(j)]);
      }
  }
  // Shifted QR steps by rotations until the subdiagonal is gone.
  int64_t end = n - 1;
  int tries = 0;
  while (end > 0) {
    int64_t start = end;
    while (start > 0) {
      const double scale = std::abs(a(start, start)) + std::abs(a(start - 1, start - 1));
      if (std::abs(a(start, start - 1)) <= kEps * (scale == 0 ? 1 : scale)) {
        a(start, start - 1) = 0;
        break;
      }
      --start;
    }
    if (start == end) {
      --end;
      tries = 0;
      continue;
    }
    if (++tries > 100) return end + 1;
    // Wilkinson's shift: the eigenvalue of the last 2 x 2 block that is nearer to its last element.
    const Complex p = a(end - 1, end - 1), q = a(end, end), bc = a(end - 1, end) * a(end, end - 1);
    const Complex half = (p - q) / 2.0, root = std::sqrt(half * half + bc);
    const Complex one = half + root, two = half - root;
    Complex shift = q - bc / (std::abs(one) > std::abs(two) ? one : two);
    if (std::abs(one) == 0 && std::abs(two) == 0) shift = q;
    if (tries % 11 == 10) shift = a(end, end) + std::abs(a(end, end - 1));
    std::vector<std::pair<Complex, Complex>> rotations;
    for (int64_t i = start; i <= end; ++i) a(i, i) -= shift;
    for (int64_t k = start; k < end; ++k) {
      const Complex x = a(k, k), y = a(k + 1, k);
      const double r = std::sqrt(std::norm(x) + std::norm(y));
      const Complex c = r == 0 ? Complex(1) : x / r, s = r == 0 ? Complex(0) : y / r;
      rotations.emplace_back(c, s);
      for (int64_t j = k; j < n; ++j) {
        const Complex u = a(k, j), w = a(k + 1, j);
        a(k, j) = std::conj(c) * u + std::conj(s) * w;
        a(k + 1, j) = -s * u + c * w;
      }
    }
    for (int64_t k = start; k < end; ++k) {
      const auto [c, s] = rotations[size_t(k - start)];
      for (const Matrix<Complex>& m : {a, z}) {
        const int64_t last = m.data == a.data ? std::min(k + 2, end + 1) : n;
        for (int64_t i = 0; i < last; ++i) {
          const Complex u = m(i, k), w = m(i, k + 1);
          m(i, k) = u * c + w * s;
          m(i, k + 1) = -u * std::conj(s) + w * std::conj(c);
        }
      }
    }
    for (int64_t i = start; i <= end; ++i) a(i, i) += shift;
  }
  for (int64_t i = 0; i < n; ++i) values[i] = a(i, i);
  if (!vectors) return 0;
  // Vectors of the triangle by substitution, turned back by the basis.
  double norm = 0;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = i; j < n; ++j) norm = std::max(norm, std::abs(a(i, j)));
  for (int64_t k = 0; k < n; ++k) {
    std::vector<Complex> x(static_cast<size_t>(n), 0);
    x[size_t(k)] = 1;
    for (int64_t i = k - 1; i >= 0; --i) {
      Complex sum = a(i, k);
      for (int64_t j = i + 1; j < k; ++j) sum += a(i, j) * x[size_t(j)];
      Complex gap = a(i, i) - a(k, k);
      if (std::abs(gap) < kEps * norm) gap = kEps * (norm == 0 ? 1 : norm);
      x[size_t(i)] = -sum / gap;
    }
    double length = 0;
    for (int64_t i = 0; i < n; ++i) {
      Complex sum = 0;
      for (int64_t j = 0; j <= k; ++j) sum += z(i, j) * x[size_t(j)];
      (*vectors)(i, k) = sum;
      length += std::norm(sum);
    }
    length = std::sqrt(length);
    // As LAPACK: unit length, the largest component real.
    int64_t largest = 0;
    for (int64_t i = 1; i < n; ++i)
      if (std::norm((*vectors)(i, k)) > std::norm((*vectors)(largest, k))) largest = i;
    const Complex top = (*vectors)(largest, k), factor = std::conj(top) / (std::abs(top) * length);
    for (int64_t i = 0; i < n; ++i) (*vectors)(i, k) *= factor;
  }
  return 0;
}

#define RUSHLIGHT_INSTANTIATE(T)                        \
  template void eigh<T>(Matrix<T>, double*, Matrix<T>); \
  template void svd<T>(Matrix<T>, double*, Matrix<T>);  \
  template void complete_basis<T>(Matrix<T>, int64_t);
RUSHLIGHT_INSTANTIATE(double)
RUSHLIGHT_INSTANTIATE(std::complex<double>)
#undef RUSHLIGHT_INSTANTIATE

}  // namespace rushlight::cpu::dense
