#include "ops/cpu/matmul.h"

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/cpu/vector_linear.h"
#ifdef RUSHLIGHT_ONEDNN
#include "ops/onednn/gemm.h"
#endif

namespace rushlight::cpu {
namespace {

/// A matrix in memory, strides in elements.
template <class T>
struct Matrix {
  T* data;
  int64_t rows, columns, row_stride, column_stride;
};

/// Below this many multiplications a library costs more than the product.
constexpr int64_t kSmallProduct = 32 * 1024;

/// Row of the result at a time: columns of b are walked in order, which vectorises when b is row-major.
template <class T>
void small_product(Matrix<T> c, Matrix<const T> a, Matrix<const T> b, Compute<T> alpha, Compute<T> beta) {
  using C = std::conditional_t<std::is_integral_v<T>, T, Compute<T>>;
  constexpr int64_t kPanel = 64;
  C sums[kPanel];
  for (int64_t i = 0; i < c.rows; ++i) {
    for (int64_t j0 = 0; j0 < c.columns; j0 += kPanel) {
      const int64_t width = std::min(kPanel, c.columns - j0);
      for (int64_t j = 0; j < width; ++j) sums[j] = C(0);
      const T* a_row = a.data + i * a.row_stride;
      if (b.column_stride == 1) {
        for (int64_t k = 0; k < a.columns; ++k) {
          const C factor = C(a_row[k * a.column_stride]);
          const T* b_row = b.data + k * b.row_stride + j0;
          for (int64_t j = 0; j < width; ++j) sums[j] += C(factor * C(b_row[j]));
        }
      } else {
        for (int64_t j = 0; j < width; ++j) {
          const T* b_column = b.data + (j0 + j) * b.column_stride;
          C sum(0);
          for (int64_t k = 0; k < a.columns; ++k)
            sum += C(C(a_row[k * a.column_stride]) * C(b_column[k * b.row_stride]));
          sums[j] = sum;
        }
      }
      T* out = c.data + i * c.row_stride + j0 * c.column_stride;
      for (int64_t j = 0; j < width; ++j) {
        T& element = out[j * c.column_stride];
        const C scaled = C(alpha * sums[j]);
        element = beta == Compute<T>(0) ? T(scaled) : T(C(beta * C(element)) + scaled);
      }
    }
  }
}

template <class T>
Matrix<T> matrix_of(const Tensor& t, int64_t offset = 0) {
  const size_t rank = size_t(t.dim());
  return {t.data<std::remove_const_t<T>>() + offset, t.sizes()[rank - 2], t.sizes()[rank - 1], t.strides()[rank - 2],
          t.strides()[rank - 1]};
}

template <class T>
void product(Matrix<T> c, Matrix<const T> a, Matrix<const T> b, Compute<T> alpha, Compute<T> beta) {
#ifdef RUSHLIGHT_ONEDNN
  if constexpr (std::is_same_v<T, float>) {
    const bool plain = (a.row_stride == 1 || a.column_stride == 1) && (b.row_stride == 1 || b.column_stride == 1) &&
                       c.column_stride == 1;
    if (plain && c.rows * c.columns * a.columns > kSmallProduct) {
      onednn::gemm(c.rows, c.columns, a.columns, alpha, a.data, a.row_stride, a.column_stride, b.data, b.row_stride,
                   b.column_stride, beta, c.data, c.row_stride);
      return;
    }
  }
#endif
  const int64_t work = std::max<int64_t>(c.columns * a.columns, 1);
  parallel_for(0, c.rows, std::max<int64_t>(1, 65536 / work), [&](int64_t begin, int64_t end) {
    Matrix<T> part = c;
    Matrix<const T> a_part = a;
    part.data += begin * c.row_stride;
    part.rows = end - begin;
    a_part.data += begin * a.row_stride;
    a_part.rows = end - begin;
    small_product(part, a_part, b, alpha, beta);
  });
}

constexpr DtypeSet kProducts = kIntegral | kFloating | kComplex;

}  // namespace

void matmul_into(const Tensor& result, const Tensor& a, const Tensor& b, const Scalar& alpha, const Scalar& beta) {
  if (result.is_meta() || result.numel() == 0) return;
  dispatch<kProducts>(result.dtype(), "addmm_impl_cpu_", [&](auto tag) {
    using T = typename decltype(tag)::type;
    product(matrix_of<T>(result), matrix_of<const T>(a), matrix_of<const T>(b), alpha.to<Compute<T>>(),
            beta.to<Compute<T>>());
  });
}

void batched_matmul_into(const Tensor& result, const Tensor& a, const Tensor& b, const Scalar& alpha,
                         const Scalar& beta) {
  if (result.is_meta() || result.numel() == 0) return;
  dispatch<kProducts>(result.dtype(), "baddbmm_with_gemm", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t work = std::max<int64_t>(result.sizes()[1] * result.sizes()[2] * a.sizes()[2], 1);
    parallel_for(0, result.sizes()[0], std::max<int64_t>(1, 65536 / work), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        product(matrix_of<T>(result, i * result.strides()[0]), matrix_of<const T>(a, i * a.strides()[0]),
                matrix_of<const T>(b, i * b.strides()[0]), alpha.to<Compute<T>>(), beta.to<Compute<T>>());
    });
  });
}

void linear_rows(const float* input, int64_t rows, const float* weight, const float* bias, float* result,
                 int64_t in_features, int64_t out_features) {
  const int64_t row_cost = in_features * out_features;
#ifdef RUSHLIGHT_ONEDNN
  // A single row reads the weights once whoever does it: the library has nothing to gain there.
  if (rows > 1 && rows * row_cost > kSmallProduct) {
    if (bias)
      for (int64_t i = 0; i < rows; ++i) std::copy_n(bias, out_features, result + i * out_features);
    onednn::gemm(rows, out_features, in_features, 1, input, in_features, 1, weight, 1, in_features, bias ? 1 : 0,
                 result, out_features);
    return;
  }
#endif
  if (rows > 1) {
    parallel_for(0, rows, std::max<int64_t>(1, 65536 / std::max<int64_t>(row_cost, 1)),
                 [&](int64_t begin, int64_t end) {
                   vector_linear(input + begin * in_features, end - begin, weight, bias, result + begin * out_features,
                                 in_features, out_features);
                 });
    return;
  }
  parallel_for(0, out_features, std::max<int64_t>(4, 65536 / std::max<int64_t>(in_features, 1)),
               [&](int64_t begin, int64_t end) {
                 vector_linear(input, rows, weight + begin * in_features, bias ? bias + begin : nullptr, result + begin,
                               in_features, end - begin);
               });
}

std::string_view cpp_type_name(ScalarType type) {
  switch (type) {
    case ScalarType::uint8:
      return "unsigned char";
    case ScalarType::int8:
      return "signed char";
    case ScalarType::int16:
      return "short";
    case ScalarType::int32:
      return "int";
    case ScalarType::int64:
      return "long";
    case ScalarType::float16:
      return "c10::Half";
    case ScalarType::float32:
      return "float";
    case ScalarType::float64:
      return "double";
    case ScalarType::complex32:
      return "c10::complex<c10::Half>";
    case ScalarType::complex64:
      return "c10::complex<float>";
    case ScalarType::complex128:
      return "c10::complex<double>";
    case ScalarType::bool_:
      return "bool";
    case ScalarType::bfloat16:
      return "c10::BFloat16";
  }
  return "unknown";
}

}  // namespace rushlight::cpu
