#include "ops/onednn/gemm.h"

#include <oneapi/dnnl/dnnl.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/thread_pool.h"

// From the OpenMP run-time that oneDNN is built on. A region with one thread never starts the run-time's own pool,
// which would hang in a forked child.
extern "C" void omp_set_num_threads(int count);

namespace rushlight::onednn {
namespace {

/// Leading dimension and transposition as BLAS wants them.
struct Operand {
  char transposed;
  int64_t leading;
};
Operand operand(int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride) {
  // A single row or column fits either way; its stride may then be anything.
  if (column_stride == 1 && (row_stride >= columns || rows == 1)) return {'N', std::max(row_stride, columns)};
  return {'T', std::max(column_stride, rows)};
}

}  // namespace

void gemm(int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t a_row_stride, int64_t a_column_stride,
          const float* b, int64_t b_row_stride, int64_t b_column_stride, float beta, float* c, int64_t c_row_stride) {
  const Operand of_a = operand(m, k, a_row_stride, a_column_stride),
                of_b = operand(k, n, b_row_stride, b_column_stride);
  // Rows of the result are independent; a piece should be worth about a million multiplications.
  const int64_t grain = std::max<int64_t>(16, (int64_t(1) << 20) / std::max<int64_t>(n * k, 1));
  parallel_for(0, m, grain, [&](int64_t begin, int64_t end) {
    omp_set_num_threads(1);
    const dnnl_status_t status =
        dnnl_sgemm(of_a.transposed, of_b.transposed, end - begin, n, k, alpha, a + begin * a_row_stride, of_a.leading,
                   b, of_b.leading, beta, c + begin * c_row_stride, std::max(c_row_stride, n));
    if (status != dnnl_success)
      throw RuntimeError(
          cat("oneDNN refused a matrix product of ", m, "x", k, " and ", k, "x", n, ": status ", int(status)));
  });
}

}  // namespace rushlight::onednn
