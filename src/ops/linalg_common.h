/// What the families of linear algebra share: checks of arguments, and matrices in the precision in which they are
/// computed.
#pragma once
#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dense.h"
#include "ops/linear_algebra_error.h"

namespace rushlight::ops {

/// Factorizations work in double precision whatever the dtype; results are rounded once.
inline ScalarType wide_dtype(ScalarType type) {
  return is_complex(type) ? ScalarType::complex128 : ScalarType::float64;
}
/// A contiguous copy in double precision.
inline Tensor wide_copy(const Tensor& tensor) {
  return cpu::clone(cpu::to_dtype(tensor, wide_dtype(tensor.dtype())), MemoryFormat::contiguous);
}
inline Tensor wide_zeros(IntArrayRef sizes, ScalarType type) {
  Tensor result = empty_tensor(sizes, wide_dtype(type));
  cpu::fill(result, 0);
  return result;
}

/// How many matrices a batch has.
inline int64_t matrix_count(const Tensor& tensor) {
  return numel_of(tensor.sizes().slice(0, size_t(tensor.dim()) - 2));
}
/// Matrix i of a contiguous batch.
template <class T>
cpu::dense::Matrix<T> matrix_at(const Tensor& tensor, int64_t i) {
  const int64_t rows = tensor.size(-2), columns = tensor.size(-1);
  return {tensor.data<std::remove_const_t<T>>() + i * rows * columns, rows, columns};
}
template <class T>
cpu::dense::Matrix<const T> const_matrix(cpu::dense::Matrix<T> m) {
  return {m.data, m.rows, m.columns};
}
/// Calls fn(T()) for double or complex<double>.
template <class Fn>
void with_wide_type(ScalarType type, Fn&& fn) {
  if (is_complex(type))
    fn(std::complex<double>());
  else
    fn(double());
}

/// The sizes of the batch, followed by `ends`.
inline Shape batch_shape(const Tensor& tensor, std::initializer_list<int64_t> ends) {
  Shape shape(tensor.sizes().slice(0, size_t(tensor.dim()) - 2));
  for (int64_t end : ends) shape.push_back(end);
  return shape;
}

void check_inexact(const Tensor& A, std::string_view name, bool low_precision = false);
void check_matrices(const Tensor& A, std::string_view name, std::string_view argument = "A");
void check_square(const Tensor& A, std::string_view name, std::string_view argument = "A");
/// Throws LinAlgError for the first matrix whose info is not 0.
void check_info(const Tensor& info, std::string_view name);

}  // namespace rushlight::ops
