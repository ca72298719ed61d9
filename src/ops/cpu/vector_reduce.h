/// Folds of real numbers in vector code: rows into one number, and the columns of a matrix into one row.
#pragma once
#include <cstdint>

namespace rushlight::cpu {

/// How to fold numbers of type T (float or double).
template <class T>
struct VectorFold {
  /// Elements side by side; count > 0.
  T (*row)(const T* in, int64_t count);
  /// out[j] = fold of in[i * row_stride + j] over i; rows > 0.
  void (*columns)(const T* in, int64_t rows, int64_t row_stride, T* out, int64_t columns);
  /// Two partial results.
  T (*join)(T a, T b);
};

/// Sums in levels, so that the error grows slowly, and with PyTorch's order of additions on CPUs with AVX2.
template <class T>
VectorFold<T> vector_sum();
/// The largest or smallest element; nan if there is one.
template <class T>
VectorFold<T> vector_max();
template <class T>
VectorFold<T> vector_min();

template <>
VectorFold<float> vector_sum();
template <>
VectorFold<double> vector_sum();
template <>
VectorFold<float> vector_max();
template <>
VectorFold<double> vector_max();
template <>
VectorFold<float> vector_min();
template <>
VectorFold<double> vector_min();

}  // namespace rushlight::cpu
