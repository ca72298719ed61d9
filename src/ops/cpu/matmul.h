/// Dense matrix products on strided operands: oneDNN for float32 beyond small sizes, own loops for the rest.
#pragma once
#include "tensor/tensor.h"

namespace rushlight::cpu {

/// result = beta * result + alpha * a @ b; result must not overlap a or b. Shapes were checked: (n, k) @ (k, m) -> (n,
/// m).
void matmul_into(const Tensor& result, const Tensor& a, const Tensor& b, const Scalar& alpha, const Scalar& beta);
/// The same for each matrix of (batch, n, k) @ (batch, k, m).
void batched_matmul_into(const Tensor& result, const Tensor& a, const Tensor& b, const Scalar& alpha,
                         const Scalar& beta);
/// rows @ weight^T + bias, for float32: `input` holds the rows one after the other, `weight` one row a feature. Null
/// bias: none.
void linear_rows(const float* input, int64_t rows, const float* weight, const float* bias, float* result,
                 int64_t in_features, int64_t out_features);
/// "float", "long int": as C++ spells element types in some of PyTorch's messages.
std::string_view cpp_type_name(ScalarType type);

}  // namespace rushlight::cpu
