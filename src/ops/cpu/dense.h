/// Dense linear algebra on one matrix at a time, in double or complex double: factorizations, eigenvalues, singular
/// values. Written for small matrices, where the cost is in the calls; no library is needed.
///
/// All matrices are row-major. Names of steps and conventions (pivots from 1, reflectors below the diagonal, `info`)
/// are LAPACK's, so that results have its signs.
#pragma once
#include <complex>
#include <cstdint>
#include <vector>

namespace rushlight::cpu::dense {

template <class T>
struct Matrix {
  T* data;
  int64_t rows, columns;
  T& operator()(int64_t i, int64_t j) const { return data[i * columns + j]; }
};

/// P A = L U in place; `pivots` has min(rows, columns) numbers from 1. Returns 0, or the number of the first zero
/// pivot.
template <class T>
int64_t lu(Matrix<T> a, int32_t* pivots);
/// L L^H in place of a Hermitian matrix of which the lower triangle is read; zeros above. Returns 0, or the order of
/// the leading minor that is not positive.
template <class T>
int64_t cholesky(Matrix<T> a);
/// Solves T X = B in place of B for triangular T. `unit`: ones on the diagonal, which is not read.
template <class T>
void solve_triangular(Matrix<const T> t, Matrix<T> b, bool upper, bool unit);
/// A = Q R in place: R on and above the diagonal, Householder reflectors below it, their factors in `tau`.
template <class T>
void qr(Matrix<T> a, T* tau);
/// The first q.columns columns of the product of `count` reflectors, which stand in the first columns of q.
template <class T>
void reflector_product(Matrix<T> q, const T* tau, int64_t count);
/// c = Q c, Q^H c, c Q or c Q^H for the reflectors in the columns of a.
template <class T>
void apply_reflectors(Matrix<const T> a, const T* tau, int64_t count, Matrix<T> c, bool left, bool adjoint);
/// Eigenvalues in ascending order and vectors in the columns of `vectors` of a Hermitian matrix, which is destroyed.
template <class T>
void eigh(Matrix<T> a, double* values, Matrix<T> vectors);
/// A = U diag(s) V^H for rows >= columns, s in descending order: u in place of a, V in the columns of v.
template <class T>
void svd(Matrix<T> a, double* s, Matrix<T> v);
/// Orthonormal columns from `known` on, orthogonal to those before.
template <class T>
void complete_basis(Matrix<T> q, int64_t known);
/// Eigenvalues and, if wanted, unit eigenvectors in the columns of `vectors`; the matrix is destroyed. Returns 0, or
/// how many eigenvalues were not found.
int64_t eig(Matrix<std::complex<double>> a, std::complex<double>* values, Matrix<std::complex<double>>* vectors);
/// L D L^T (L D L^H if `hermitian`) with the pivoting of Bunch and Kaufman, lower triangle. Returns 0, or the number of
/// the first zero block.
template <class T>
int64_t ldl(Matrix<T> a, int32_t* pivots, bool hermitian);
/// Solves with the factors of `ldl` in place of b.
template <class T>
void ldl_solve(Matrix<const T> ld, const int32_t* pivots, Matrix<T> b, bool hermitian);

}  // namespace rushlight::cpu::dense
