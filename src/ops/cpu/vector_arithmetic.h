/// Arithmetic of two rows of real numbers, in vector code that is chosen for the CPU at run time. The results are those
/// of the plain loops, bit for bit.
#pragma once
#include <cstdint>

namespace rushlight::cpu {

enum class VectorArithmetic : uint8_t {
  add,      ///< a + alpha * b
  sub,      ///< a - alpha * b
  mul,      ///< a * b
  div,      ///< a / b
  maximum,  ///< the larger one; nan if one of them is
  minimum,
};

/// out[i] = a[i] op b[i]; a row with step 0 is one number. `out` may be one of the rows.
void vector_arithmetic(VectorArithmetic op, const float* a, int64_t a_step, const float* b, int64_t b_step, float alpha,
                       float* out, int64_t count);
void vector_arithmetic(VectorArithmetic op, const double* a, int64_t a_step, const double* b, int64_t b_step,
                       double alpha, double* out, int64_t count);

}  // namespace rushlight::cpu
