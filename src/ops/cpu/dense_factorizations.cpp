/// LU, Cholesky, QR and L D L^T factorizations, and solving with triangles.
#include <cmath>
#include <utility>

#include "ops/cpu/dense.h"

namespace rushlight::cpu::dense {
namespace {

double conj_of(double x) { return x; }
std::complex<double> conj_of(std::complex<double> x) { return std::conj(x); }
double real_of(double x) { return x; }
double real_of(std::complex<double> x) { return x.real(); }
double imag_of(double) { return 0; }
double imag_of(std::complex<double> x) { return x.imag(); }
/// How LAPACK compares magnitudes when it looks for a pivot.
double size_of(double x) { return std::fabs(x); }
double size_of(std::complex<double> x) { return std::fabs(x.real()) + std::fabs(x.imag()); }

template <class T>
void swap_rows(Matrix<T> a, int64_t i, int64_t k) {
  if (i == k) return;
  for (int64_t j = 0; j < a.columns; ++j) std::swap(a(i, j), a(k, j));
}

}  // namespace

template <class T>
int64_t lu(Matrix<T> a, int32_t* pivots) {
  int64_t info = 0;
  const int64_t steps = std::min(a.rows, a.columns);
  for (int64_t k = 0; k < steps; ++k) {
    int64_t best = k;
    for (int64_t i = k + 1; i < a.rows; ++i)
      if (size_of(a(i, k)) > size_of(a(best, k))) best = i;
    pivots[k] = int32_t(best + 1);
    if (a(best, k) == T(0)) {
      if (info == 0) info = k + 1;
      continue;
    }
    swap_rows(a, k, best);
    for (int64_t i = k + 1; i < a.rows; ++i) {
      const T factor = a(i, k) /= a(k, k);
      if (factor == T(0)) continue;
      for (int64_t j = k + 1; j < a.columns; ++j) a(i, j) -= factor * a(k, j);
    }
  }
  return info;
}

template <class T>
int64_t cholesky(Matrix<T> a) {
  for (int64_t j = 0; j < a.rows; ++j) {
    double diagonal = real_of(a(j, j));
    for (int64_t k = 0; k < j; ++k) diagonal -= std::norm(a(j, k));
    if (!(diagonal > 0)) return j + 1;
    const double root = std::sqrt(diagonal);
    a(j, j) = root;
    for (int64_t i = j + 1; i < a.rows; ++i) {
      T sum = a(i, j);
      for (int64_t k = 0; k < j; ++k) sum -= a(i, k) * conj_of(a(j, k));
      a(i, j) = sum / root;
    }
    for (int64_t i = 0; i < j; ++i) a(i, j) = T(0);
  }
  return 0;
}

template <class T>
void solve_triangular(Matrix<const T> t, Matrix<T> b, bool upper, bool unit) {
  const int64_t n = t.rows;
  for (int64_t step = 0; step < n; ++step) {
    const int64_t i = upper ? n - 1 - step : step;
    for (int64_t k = upper ? i + 1 : 0; k < (upper ? n : i); ++k) {
      const T factor = t(i, k);
      if (factor == T(0)) continue;
      for (int64_t j = 0; j < b.columns; ++j) b(i, j) -= factor * b(k, j);
    }
    if (!unit)
      for (int64_t j = 0; j < b.columns; ++j) b(i, j) /= t(i, i);
  }
}

template <class T>
void qr(Matrix<T> a, T* tau) {
  for (int64_t k = 0; k < std::min(a.rows, a.columns); ++k) {
    const T alpha = a(k, k);
    double tail = 0;
    for (int64_t i = k + 1; i < a.rows; ++i) tail += std::norm(a(i, k));
    tau[k] = T(0);
    if (tail == 0 && imag_of(alpha) == 0) continue;
    const double beta = -std::copysign(std::sqrt(std::norm(alpha) + tail), real_of(alpha));
    tau[k] = (T(beta) - alpha) / beta;
    const T scale = T(1) / (alpha - T(beta));
    for (int64_t i = k + 1; i < a.rows; ++i) a(i, k) *= scale;
    a(k, k) = beta;
    for (int64_t j = k + 1; j < a.columns; ++j) {
      T sum = a(k, j);
      for (int64_t i = k + 1; i < a.rows; ++i) sum += conj_of(a(i, k)) * a(i, j);
      sum *= conj_of(tau[k]);
      a(k, j) -= sum;
      for (int64_t i = k + 1; i < a.rows; ++i) a(i, j) -= a(i, k) * sum;
    }
  }
}

namespace {

/// c = (1 - factor v v^H) c (left) or c (1 - factor v v^H), v = (0, 1, reflector of column k).
template <class T>
void apply_reflector(Matrix<const T> a, int64_t k, T factor, Matrix<T> c, bool left) {
  if (factor == T(0)) return;
  const auto v = [&](int64_t i) { return i == k ? T(1) : a(i, k); };
  if (left) {
    for (int64_t j = 0; j < c.columns; ++j) {
      T sum(0);
      for (int64_t i = k; i < a.rows; ++i) sum += conj_of(v(i)) * c(i, j);
      sum *= factor;
      for (int64_t i = k; i < a.rows; ++i) c(i, j) -= v(i) * sum;
    }
    return;
  }
  for (int64_t i = 0; i < c.rows; ++i) {
    T sum(0);
    for (int64_t j = k; j < a.rows; ++j) sum += c(i, j) * v(j);
    sum *= factor;
    for (int64_t j = k; j < a.rows; ++j) c(i, j) -= sum * conj_of(v(j));
  }
}

}  // namespace

template <class T>
void reflector_product(Matrix<T> q, const T* tau, int64_t count) {
  std::vector<T> copy(q.data, q.data + q.rows * q.columns);
  const Matrix<const T> a{copy.data(), q.rows, q.columns};
  for (int64_t i = 0; i < q.rows; ++i)
    for (int64_t j = 0; j < q.columns; ++j) q(i, j) = T(i == j);
  for (int64_t k = count; k-- > 0;) apply_reflector(a, k, tau[k], q, true);
}

template <class T>
void apply_reflectors(Matrix<const T> a, const T* tau, int64_t count, Matrix<T> c, bool left, bool adjoint) {
  for (int64_t step = 0; step < count; ++step) {
    // Q c and c Q^H start with the last reflector.
    const int64_t k = left != adjoint ? count - 1 - step : step;
    apply_reflector(a, k, adjoint ? conj_of(tau[k]) : tau[k], c, left);
  }
}

template <class T>
int64_t ldl(Matrix<T> a, int32_t* pivots, bool hermitian) {
  const int64_t n = a.rows;
  const double alpha = (1 + std::sqrt(17.0)) / 8;
  const auto twin = [&](T x) { return hermitian ? conj_of(x) : x; };
  int64_t info = 0;
  for (int64_t k = 0; k < n;) {
    int64_t step = 1, chosen = k;
    const double diagonal = hermitian ? std::fabs(real_of(a(k, k))) : size_of(a(k, k));
    int64_t largest = k;
    double column_max = 0;
    for (int64_t i = k + 1; i < n; ++i)
      if (size_of(a(i, k)) > column_max) {
        column_max = size_of(a(i, k));
        largest = i;
      }
    if (std::max(diagonal, column_max) == 0) {
      if (info == 0) info = k + 1;
      if (hermitian) a(k, k) = real_of(a(k, k));
    } else {
      if (diagonal < alpha * column_max) {
        double row_max = 0;
        for (int64_t j = k; j < largest; ++j) row_max = std::max(row_max, size_of(a(largest, j)));
        for (int64_t i = largest + 1; i < n; ++i) row_max = std::max(row_max, size_of(a(i, largest)));
        const double other = hermitian ? std::fabs(real_of(a(largest, largest))) : size_of(a(largest, largest));
        if (diagonal < alpha * column_max * (column_max / row_max)) {
          chosen = largest;
          if (other < alpha * row_max) step = 2;
        }
      }
      const int64_t at = k + step - 1;
      if (chosen != at) {
        for (int64_t i = chosen + 1; i < n; ++i) std::swap(a(i, at), a(i, chosen));
        for (int64_t j = at + 1; j < chosen; ++j) {
          const T moved = twin(a(j, at));
          a(j, at) = twin(a(chosen, j));
          a(chosen, j) = moved;
        }
        if (hermitian) a(chosen, at) = conj_of(a(chosen, at));
        std::swap(a(at, at), a(chosen, chosen));
        if (step == 2) std::swap(a(k + 1, k), a(chosen, k));
      }
      if (step == 1) {
        const T d = hermitian ? T(real_of(a(k, k))) : a(k, k);
        a(k, k) = d;
        for (int64_t j = k + 1; j < n; ++j) {
          const T factor = twin(a(j, k)) / d;
          for (int64_t i = j; i < n; ++i) a(i, j) -= a(i, k) * factor;
        }
        for (int64_t i = k + 1; i < n; ++i) a(i, k) /= d;
      } else {
        const T d11 = a(k, k), d21 = a(k + 1, k), d22 = a(k + 1, k + 1), d12 = twin(d21);
        const T determinant = d11 * d22 - d21 * d12;
        std::vector<T> w1(static_cast<size_t>(n)), w2(static_cast<size_t>(n));
        for (int64_t i = k + 2; i < n; ++i) {
          w1[size_t(i)] = (a(i, k) * d22 - a(i, k + 1) * d21) / determinant;
          w2[size_t(i)] = (a(i, k + 1) * d11 - a(i, k) * d12) / determinant;
        }
        for (int64_t j = k + 2; j < n; ++j)
          for (int64_t i = j; i < n; ++i) a(i, j) -= w1[size_t(i)] * twin(a(j, k)) + w2[size_t(i)] * twin(a(j, k + 1));
        for (int64_t i = k + 2; i < n; ++i) {
          a(i, k) = w1[size_t(i)];
          a(i, k + 1) = w2[size_t(i)];
        }
      }
    }
    if (step == 1) {
      pivots[k] = int32_t(chosen + 1);
    } else {
      pivots[k] = pivots[k + 1] = -int32_t(chosen + 1);
    }
    k += step;
  }
  return info;
}

template <class T>
void ldl_solve(Matrix<const T> ld, const int32_t* pivots, Matrix<T> b, bool hermitian) {
  const int64_t n = ld.rows;
  const auto twin = [&](T x) { return hermitian ? conj_of(x) : x; };
  for (int64_t k = 0; k < n;) {
    const int64_t step = pivots[k] > 0 ? 1 : 2;
    swap_rows(b, k + step - 1, std::abs(pivots[k]) - 1);
    for (int64_t j = 0; j < b.columns; ++j) {
      for (int64_t i = k + step; i < n; ++i)
        for (int64_t s = 0; s < step; ++s) b(i, j) -= ld(i, k + s) * b(k + s, j);
      if (step == 1) {
        b(k, j) /= ld(k, k);
      } else {
        const T d11 = ld(k, k), d21 = ld(k + 1, k), d22 = ld(k + 1, k + 1), d12 = twin(d21);
        const T determinant = d11 * d22 - d21 * d12, x = b(k, j), y = b(k + 1, j);
        b(k, j) = (x * d22 - y * d12) / determinant;
        b(k + 1, j) = (y * d11 - x * d21) / determinant;
      }
    }
    k += step;
  }
  for (int64_t k = n; k > 0;) {
    const int64_t step = pivots[k - 1] > 0 ? 1 : 2, first = k - step;
    for (int64_t j = 0; j < b.columns; ++j)
      for (int64_t i = k; i < n; ++i)
        for (int64_t s = 0; s < step; ++s) b(first + s, j) -= twin(ld(i, first + s)) * b(i, j);
    swap_rows(b, k - 1, std::abs(pivots[k - 1]) - 1);
    k = first;
  }
}

#define RUSHLIGHT_INSTANTIATE(T)                                                                \
  template int64_t lu<T>(Matrix<T>, int32_t*);                                                  \
  template int64_t cholesky<T>(Matrix<T>);                                                      \
  template void solve_triangular<T>(Matrix<const T>, Matrix<T>, bool, bool);                    \
  template void qr<T>(Matrix<T>, T*);                                                           \
  template void reflector_product<T>(Matrix<T>, const T*, int64_t);                             \
  template void apply_reflectors<T>(Matrix<const T>, const T*, int64_t, Matrix<T>, bool, bool); \
  template int64_t ldl<T>(Matrix<T>, int32_t*, bool);                                           \
  template void ldl_solve<T>(Matrix<const T>, const int32_t*, Matrix<T>, bool);
RUSHLIGHT_INSTANTIATE(double)
RUSHLIGHT_INSTANTIATE(std::complex<double>)
#undef RUSHLIGHT_INSTANTIATE

}  // namespace rushlight::cpu::dense
