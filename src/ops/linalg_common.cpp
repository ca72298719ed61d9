#include "ops/linalg_common.h"

namespace rushlight::ops {

void check_inexact(const Tensor& A, std::string_view name, bool low_precision) {
  if (!is_floating(A.dtype()) && !is_complex(A.dtype()))
    throw RuntimeError(
        cat(name, ": Expected a floating point or complex tensor as input. Got ", dtype_info(A.dtype()).ir_name));
  if (!low_precision && kReducedFloating.contains(A.dtype()))
    throw RuntimeError(cat(name, ": Low precision dtypes not supported. Got ", dtype_info(A.dtype()).ir_name));
}
void check_matrices(const Tensor& A, std::string_view name, std::string_view argument) {
  if (A.dim() < 2) throw RuntimeError(cat(name, ": The input tensor ", argument, " must have at least 2 dimensions."));
}
void check_square(const Tensor& A, std::string_view name, std::string_view argument) {
  check_matrices(A, name, argument);
  if (A.size(-1) != A.size(-2))
    throw RuntimeError(cat(name, ": ", argument, " must be batches of square matrices, but they are ", A.size(-2),
                           " by ", A.size(-1), " matrices"));
}

void check_info(const Tensor& info, std::string_view name) {
  const Tensor flat = cpu::contiguous(info);
  for (int64_t i = 0; i < flat.numel(); ++i) {
    const int32_t code = flat.data<int32_t>()[i];
    if (code == 0) continue;
    const std::string batch = info.dim() == 0 ? std::string(": ") : cat(": (Batch element ", i, "): ");
    if (name == "linalg.inv" || name == "inverse" || name == "torch.linalg.inv" || name == "linalg.inv_ex")
      throw LinAlgError(cat(name, batch, "The diagonal element ", code,
                            " is zero, the inversion could not be completed because the input matrix is singular."));
    if (name.find("solve") != std::string_view::npos)
      throw LinAlgError(cat(name, batch, "The solver failed because the input matrix is singular."));
    if (name.find("cholesky") != std::string_view::npos)
      throw LinAlgError(cat(name, batch,
                            "The factorization could not be completed because the input is not positive-definite (the "
                            "leading minor of order ",
                            code, " is not positive-definite)."));
    if (name.find("eig") != std::string_view::npos)
      throw LinAlgError(cat(name, batch,
                            "The algorithm failed to converge because the input matrix is ill-conditioned or has too "
                            "many repeated eigenvalues (error code: ",
                            code, ")."));
    if (name.find("lu_factor") != std::string_view::npos)
      throw RuntimeError(cat(name, batch, "U[", code, ",", code,
                             "] is zero and using it on lu_solve would result in a division by zero. If you still want "
                             "to perform the factorization, consider calling linalg.lu(A, pivot) or "
                             "linalg.lu_factor_ex(A, pivot)"));
    throw LinAlgError(cat(name, batch, "The factorization could not be completed (error code: ", code, ")."));
  }
}

}  // namespace rushlight::ops
