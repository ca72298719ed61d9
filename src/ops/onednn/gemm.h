/// Single-precision matrix products from oneDNN: the one place that knows the library.
#pragma once
#include <cstdint>

namespace rushlight::onednn {

/// c = beta * c + alpha * a @ b, with a (m, k), b (k, n) and c (m, n). Strides in elements; each of a and b has a unit
/// stride in one dimension, c in its columns. Work is split over Rushlight's own threads.
void gemm(int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t a_row_stride, int64_t a_column_stride,
          const float* b, int64_t b_row_stride, int64_t b_column_stride, float beta, float* c, int64_t c_row_stride);

}  // namespace rushlight::onednn
