/// Functions of real numbers on rows of memory, in vector code that is chosen for the CPU at run time.
///
/// An element's result depends on the element alone: not on its neighbours, on where the row begins or on how many
/// threads share the work. Elements that a vector form does not cover (nan, infinities, arguments out of range) are
/// computed by the C library.
#pragma once
#include <cstdint>

namespace rushlight::cpu {

#define RUSHLIGHT_VECTOR_FUNCTIONS(X) \
  X(exp)                              \
  X(expm1)                            \
  X(log)                              \
  X(log2)                             \
  X(log10)                            \
  X(log1p)                            \
  X(sin)                              \
  X(cos)                              \
  X(tan)                              \
  X(asin)                             \
  X(acos)                             \
  X(atan)                             \
  X(sinh)                             \
  X(cosh)                             \
  X(tanh)                             \
  X(asinh)                            \
  X(acosh)                            \
  X(atanh)                            \
  X(sqrt)                             \
  X(rsqrt)                            \
  X(relu)                             \
  X(sigmoid)                          \
  X(silu)                             \
  X(erf)                              \
  X(gelu_erf)                         \
  X(gelu_tanh)

enum class VectorFunction : uint8_t {
#define RUSHLIGHT_VECTOR_FUNCTION(name) name,
  RUSHLIGHT_VECTOR_FUNCTIONS(RUSHLIGHT_VECTOR_FUNCTION)
#undef RUSHLIGHT_VECTOR_FUNCTION
};

/// out[i] = function(in[i]); the rows may be the same, and otherwise do not overlap.
void vector_row(VectorFunction function, const float* in, float* out, int64_t count);
void vector_row(VectorFunction function, const double* in, double* out, int64_t count);

/// out[i] = exp(in[i] - shift); returns the sum of the results. The rows may be the same.
float vector_exp_shifted(const float* in, float shift, float* out, int64_t count);
double vector_exp_shifted(const double* in, double shift, double* out, int64_t count);

/// Name of the instruction set in use: "AVX2".
const char* vector_target();

}  // namespace rushlight::cpu
