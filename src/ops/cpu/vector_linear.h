/// Small products of rows with the rows of a weight matrix, in vector code that is chosen for the CPU at run time.
#pragma once
#include <cstdint>

namespace rushlight::cpu {

/// result[i][j] = input[i] . weight[j] + bias[j], all matrices row by row without gaps. Null bias: none.
void vector_linear(const float* input, int64_t rows, const float* weight, const float* bias, float* result,
                   int64_t in_features, int64_t out_features);

}  // namespace rushlight::cpu
