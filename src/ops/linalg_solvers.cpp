/// Linear systems: LU, Cholesky and L D L^T factorizations, solving with them, inverses.
#include "ops/functions/linalg_solvers.h"

#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/joining.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/view_scatters.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/linalg_common.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using Pair = std::tuple<Tensor, Tensor>;
using Triple = std::tuple<Tensor, Tensor, Tensor>;

Tensor adjoint_of(const Tensor& A) { return conjugate(transpose(A, -2, -1)); }
Tensor back(const Tensor& wide, const Tensor& model) { return cpu::to_dtype(wide, model.dtype()); }
Tensor info_for(const Tensor& A) {
  Tensor info = empty_tensor(A.sizes().slice(0, size_t(A.dim()) - 2), ScalarType::int32);
  cpu::fill(info, 0);
  return info;
}
/// The tensor with its last two dimensions swapped, contiguous; for systems from the right.
Tensor turned(const Tensor& tensor) {
  Shape sizes(tensor.sizes());
  Strides strides(tensor.strides());
  std::swap(sizes[sizes.size() - 1], sizes[sizes.size() - 2]);
  std::swap(strides[sizes.size() - 1], strides[sizes.size() - 2]);
  return cpu::contiguous(alias_tensor(tensor, sizes, strides, tensor.storage_offset()));
}
Tensor stretched_batch(const Tensor& tensor, IntArrayRef batch) {
  Shape shape(batch);
  shape.push_back(tensor.size(-2));
  shape.push_back(tensor.size(-1));
  return cpu::contiguous(
      alias_tensor(tensor, shape, broadcast_strides(tensor.sizes(), tensor.strides(), shape), tensor.storage_offset()));
}
Shape common_batch(const Tensor& a, const Tensor& b) {
  return broadcast_shapes(a.sizes().slice(0, size_t(a.dim()) - 2), b.sizes().slice(0, size_t(b.dim()) - 2));
}

// ---- LU

Triple lu_factor_ex_cpu(const Tensor& A, bool pivot, bool check_errors) {
  check_matrices(A, "torch.lu_factor");
  check_inexact(A, "torch.lu_factor");
  if (!pivot) throw RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU");
  Tensor wide = wide_copy(A), info = info_for(A);
  const int64_t steps = std::min(A.size(-2), A.size(-1));
  Tensor pivots = empty_tensor(batch_shape(A, {steps}), ScalarType::int32);
  with_wide_type(A.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(A); ++i)
      info.data<int32_t>()[i] = int32_t(cpu::dense::lu(matrix_at<T>(wide, i), pivots.data<int32_t>() + i * steps));
  });
  if (check_errors) check_info(info, "torch.linalg.lu_factor_ex");
  return {back(wide, A), pivots, info};
}
Pair lu_factor_cpu(const Tensor& A, bool pivot) {
  const auto [LU, pivots, info] = linalg_lu_factor_ex(A, pivot, false);
  check_info(info, "torch.linalg.lu_factor");
  return {LU, pivots};
}

/// The permutation that the swaps of rows make: row i of P^T A is row order[i] of A.
Tensor permutation_matrix(const Tensor& pivots, int64_t rows, ScalarType type) {
  const Tensor swaps = cpu::contiguous(pivots);
  const int64_t steps = pivots.size(-1), count = steps == 0 ? 0 : pivots.numel() / steps;
  Shape shape(pivots.sizes());
  shape.back() = rows;
  shape.push_back(rows);
  Tensor P = wide_zeros(shape, ScalarType::float64);
  const int64_t batches = rows == 0 ? 0 : numel_of(shape) / (rows * rows);
  for (int64_t b = 0; b < batches; ++b) {
    std::vector<int64_t> order(static_cast<size_t>(rows));
    for (int64_t i = 0; i < rows; ++i) order[size_t(i)] = i;
    for (int64_t k = 0; k < steps && b < count; ++k) {
      const int64_t other = swaps.data<int32_t>()[b * steps + k] - 1;
      if (other < 0 || other >= rows)
        throw RuntimeError(
            "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.Did you properly "
            "pass the result of lu_factor?");
      std::swap(order[size_t(k)], order[size_t(other)]);
    }
    for (int64_t i = 0; i < rows; ++i) P.data<double>()[(b * rows + order[size_t(i)]) * rows + i] = 1;
  }
  return cpu::to_dtype(P, type);
}
Tensor lower_part(const Tensor& LU) {
  const int64_t rows = LU.size(-2), steps = std::min(rows, LU.size(-1));
  const Tensor strict = tril(narrow(LU, -1, 0, steps), -1);
  return strict + eye(rows, steps, LU.dtype());
}
Tensor upper_part(const Tensor& LU) { return triu(narrow(LU, -2, 0, std::min(LU.size(-2), LU.size(-1)))); }

Triple lu_unpack_cpu(const Tensor& LU, const Tensor& pivots, bool unpack_data, bool unpack_pivots) {
  if (unpack_pivots && pivots.dtype() != ScalarType::int32)
    throw RuntimeError(
        "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\nNote: this function "
        "is "
        "intended to be used with the output produced by torch.linalg.lu_factor");
  const Tensor none = empty_tensor(0, LU.dtype());
  return {unpack_pivots ? permutation_matrix(pivots, LU.size(-2), LU.dtype()) : none,
          unpack_data ? lower_part(LU) : none, unpack_data ? upper_part(LU) : none};
}
Triple linalg_lu_cpu(const Tensor& A, bool pivot) {
  const auto [LU, pivots, info] = linalg_lu_factor_ex(A, pivot, false);
  return {permutation_matrix(pivots, A.size(-2), A.dtype()), lower_part(LU), upper_part(LU)};
}

/// Gradient of A through its factors L and U (either gradient may be missing).
Tensor lu_back(const Tensor& L_grad, const Tensor& U_grad, const Tensor& P, const Tensor& L, const Tensor& U) {
  const int64_t m = L.size(-2), n = U.size(-1), k = std::min(m, n);
  const Tensor L1 = narrow(L, -2, 0, k), U1 = narrow(U, -1, 0, k);
  const Tensor L1H = adjoint_of(L1), U1H = adjoint_of(U1);
  // The square leading part.
  Tensor inner;
  const auto add = [](const Tensor& a, const Tensor& b) { return a.defined() ? a + b : b; };
  if (L_grad.defined()) {
    Tensor product = matmul(L1H, narrow(L_grad, -2, 0, k));
    if (m > n) {
      // L2 = A2 U1^-1 depends on U1.
      const Tensor L2 = narrow(L, -2, k, m - k), L2_grad = narrow(L_grad, -2, k, m - k);
      const Tensor towards_U = matmul(adjoint_of(L2), L2_grad);
      inner = add(inner, tril(product, -1));
      inner = add(inner, -triu(towards_U));
    } else {
      inner = add(inner, tril(product, -1));
    }
  }
  if (U_grad.defined()) {
    inner = add(inner, triu(matmul(narrow(U_grad, -1, 0, k), U1H)));
    if (n > m) {
      const Tensor U2 = narrow(U, -1, k, n - k), U2_grad = narrow(U_grad, -1, k, n - k);
      inner = add(inner, -tril(matmul(U2_grad, adjoint_of(U2)), -1));
    }
  }
  if (!inner.defined()) return Tensor();
  Tensor A1 = linalg_solve_triangular(U1H, inner, /*upper=*/false, /*left=*/false, false);
  A1 = linalg_solve_triangular(L1H, A1, /*upper=*/true, /*left=*/true, /*unitriangular=*/true);
  Tensor whole = A1;
  if (m > n) {
    const Tensor A2 = L_grad.defined() ? linalg_solve_triangular(U1H, narrow(L_grad, -2, k, m - k), false, false, false)
                                       : zeros_like(narrow(L, -2, k, m - k));
    whole = concat({A1, A2}, -2);
  } else if (n > m) {
    const Tensor A2 = U_grad.defined() ? linalg_solve_triangular(L1H, narrow(U_grad, -1, k, n - k), true, true, true)
                                       : zeros_like(narrow(U, -1, k, n - k));
    whole = concat({A1, A2}, -1);
  }
  return matmul(P, whole);
}
Tensor lu_factor_back(const Backward& b) {
  if (!b.grad(0).defined()) return Tensor();
  const Tensor LU = b.result(0), pivots = b.result(1), grad = b.grad(0);
  const int64_t k = std::min(LU.size(-2), LU.size(-1));
  // The strictly lower part of the gradient belongs to L, the rest to U.
  const Tensor L_grad = tril(narrow(grad, -1, 0, k), -1), U_grad = triu(narrow(grad, -2, 0, k));
  return lu_back(L_grad, U_grad, permutation_matrix(pivots, LU.size(-2), LU.dtype()), lower_part(LU), upper_part(LU));
}

Tensor lu_solve_cpu(const Tensor& LU, const Tensor& pivots, const Tensor& B, bool left, bool adjoint) {
  check_square(LU, "torch.linalg.lu_solve", "LU");
  check_inexact(LU, "torch.linalg.lu_solve");
  if (LU.dtype() != B.dtype())
    throw RuntimeError(cat("linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type ",
                           dtype_info(LU.dtype()).ir_name, " and B of type ", dtype_info(B.dtype()).ir_name,
                           " instead"));
  if (pivots.dtype() != ScalarType::int32)
    throw RuntimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32");
  const Tensor P = permutation_matrix(pivots, LU.size(-1), LU.dtype());
  const Tensor L = lower_part(LU), U = triu(LU);
  // A = P L U.
  const auto solve = [&](const Tensor& right_side, bool adjoint_system) {
    if (!adjoint_system) {
      const Tensor y = linalg_solve_triangular(L, matmul(transpose(P, -2, -1), right_side), false, true, true);
      return linalg_solve_triangular(U, y, true, true, false);
    }
    const Tensor y = linalg_solve_triangular(adjoint_of(U), right_side, false, true, false);
    return matmul(P, linalg_solve_triangular(adjoint_of(L), y, true, true, true));
  };
  if (left) return solve(B, adjoint);
  return adjoint_of(solve(adjoint_of(B), !adjoint));
}
Tensor lu_solve_old(const Tensor& self, const Tensor& LU, const Tensor& pivots) {
  return linalg_lu_solve(LU, pivots, self, true, false);
}

// ---- solve and inv

bool is_vector_side(const Tensor& A, const Tensor& B) {
  return B.dim() == 1 || (A.dim() - 1 == B.dim() && B.sizes() == A.sizes().slice(0, size_t(A.dim()) - 1));
}
/// (result, info) without the tape.
Pair solved(const Tensor& A, const Tensor& B, bool left) {
  check_square(A, "linalg.solve");
  check_inexact(A, "linalg.solve");
  if (A.dtype() != B.dtype())
    throw RuntimeError(cat("linalg.solve: Expected A and B to have the same dtype, but found A of type ",
                           dtype_info(A.dtype()).ir_name, " and B of type ", dtype_info(B.dtype()).ir_name,
                           " instead"));
  if (B.dim() == 0) throw RuntimeError("linalg.solve: B must have at least 1 dimension");
  const bool vector = is_vector_side(A, B);
  if (vector && !left)
    throw RuntimeError(
        "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case "
        "linalg.solve "
        "is equivalent to B / A.squeeze(-1)");
  Shape sizes(B.sizes());
  Strides strides(B.strides());
  if (vector) {
    sizes.push_back(1);
    strides.push_back(1);
  }
  const Tensor B2 = alias_tensor(B, sizes, strides, B.storage_offset());
  const Tensor sides = left ? B2 : turned(B2);
  if (sides.size(-2) != A.size(-1)) {
    if (left)
      throw RuntimeError(cat("linalg.solve: Incompatible shapes of A and B for the equation AX = B (", A.size(-2), "x",
                             A.size(-1), " and ", B2.size(-2), "x", B2.size(-1), ")"));
    throw RuntimeError(cat("linalg.solve: Incompatible shapes of A and B for the equation XA = B (", A.size(-2), "x",
                           A.size(-1), " and ", B2.size(-2), "x", B2.size(-1), ")"));
  }
  const Shape batch = common_batch(A, sides);
  Tensor matrices = wide_copy(stretched_batch(left ? A : turned(A), batch));
  Tensor result = wide_copy(stretched_batch(sides, batch));
  Tensor info = info_for(matrices);
  std::vector<int32_t> pivots(size_t(A.size(-1)));
  with_wide_type(A.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(matrices); ++i) {
      const auto a = matrix_at<T>(matrices, i), b = matrix_at<T>(result, i);
      info.data<int32_t>()[i] = int32_t(cpu::dense::lu(a, pivots.data()));
      for (int64_t k = 0; k < a.rows; ++k)
        if (pivots[size_t(k)] != k + 1)
          for (int64_t j = 0; j < b.columns; ++j) std::swap(b(k, j), b(pivots[size_t(k)] - 1, j));
      cpu::dense::solve_triangular<T>(const_matrix(a), b, false, true);
      cpu::dense::solve_triangular<T>(const_matrix(a), b, true, false);
    }
  });
  if (!left) result = turned(result);
  if (vector)
    result = alias_tensor(result, result.sizes().slice(0, size_t(result.dim()) - 1),
                          contiguous_strides(result.sizes().slice(0, size_t(result.dim()) - 1)), 0);
  return {back(result, A), info};
}
Pair solve_ex_cpu(const Tensor& A, const Tensor& B, bool left, bool check_errors) {
  const Pair result = solved(A, B, left);
  if (check_errors) check_info(std::get<1>(result), "torch.linalg.solve_ex");
  return result;
}
Tensor solve_cpu(const Tensor& A, const Tensor& B, bool left) {
  const auto [result, info] = linalg_solve_ex(A, B, left, false);
  check_info(info, "torch.linalg.solve");
  return result;
}
void solve_back(const Backward& b, std::span<Tensor> gradients) {
  if (!b.grad(0).defined()) return;
  const Tensor A = b.saved("A"), X = b.result(0);
  const bool left = b.bool_of("left");
  const Shape B_sizes(b.sizes("B"));
  const bool vector = int64_t(B_sizes.size()) == 1 || (A.dim() - 1 == int64_t(B_sizes.size()) &&
                                                       IntArrayRef(B_sizes) == A.sizes().slice(0, size_t(A.dim()) - 1));
  Tensor B_grad = std::get<0>(linalg_solve_ex(adjoint_of(A), b.grad(0), left, false));
  gradients[1] = B_grad;
  if (!b.needs("A")) return;
  if (vector)
    gradients[0] = -matmul(unsqueeze(B_grad, -1), adjoint_of(unsqueeze(X, -1)));
  else
    gradients[0] = left ? -matmul(B_grad, adjoint_of(X)) : -matmul(adjoint_of(X), B_grad);
}

Pair inv_ex_cpu(const Tensor& A, bool check_errors) {
  check_square(A, "linalg.inv");
  check_inexact(A, "linalg.inv");
  const Pair result = solved(A, expand(eye(A.size(-1), A.dtype()), A.sizes()), true);
  if (check_errors) check_info(std::get<1>(result), "linalg.inv_ex");
  return result;
}
Tensor inv_cpu(const Tensor& A) {
  const auto [result, info] = linalg_inv_ex(A, false);
  check_info(info, "linalg.inv");
  return result;
}
Tensor inv_back(const Backward& b) {
  if (!b.grad(0).defined()) return Tensor();
  const Tensor inverse = adjoint_of(b.result(0));
  return -matmul(inverse, matmul(b.grad(0), inverse));
}

// ---- Triangular systems

Tensor solve_triangular_cpu(const Tensor& self, const Tensor& B, bool upper, bool left, bool unitriangular) {
  check_inexact(self, "linalg.solve_triangular", true);
  check_square(self, "linalg.solve_triangular");
  check_matrices(B, "linalg.solve_triangular", "B");
  if (self.dtype() != B.dtype())
    throw RuntimeError(cat("linalg.solve_triangular: Expected A and B to have the same dtype, but found A of type ",
                           dtype_info(self.dtype()).ir_name, " and B of type ", dtype_info(B.dtype()).ir_name,
                           " instead"));
  const Tensor sides = left ? B : turned(B);
  if (sides.size(-2) != self.size(-1))
    throw RuntimeError(cat("linalg.solve_triangular: Incompatible shapes of A and B for the equation ",
                           left ? "AX = B" : "XA = B", " (", self.size(-2), "x", self.size(-1), " and ", B.size(-2),
                           "x", B.size(-1), ")"));
  const Shape batch = common_batch(self, sides);
  const Tensor triangles = wide_copy(stretched_batch(left ? self : turned(self), batch));
  Tensor result = wide_copy(stretched_batch(sides, batch));
  with_wide_type(self.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(triangles); ++i)
      cpu::dense::solve_triangular<T>(const_matrix(matrix_at<T>(triangles, i)), matrix_at<T>(result, i), upper == left,
                                      unitriangular);
  });
  return back(left ? result : turned(result), self);
}
void solve_triangular_back(const Backward& b, std::span<Tensor> gradients) {
  const Tensor A = b.saved("self"), X = b.result();
  const bool upper = b.bool_of("upper"), left = b.bool_of("left"), unit = b.bool_of("unitriangular");
  const Tensor B_grad = linalg_solve_triangular(adjoint_of(A), b.grad(), !upper, left, unit);
  gradients[1] = B_grad;
  if (!b.needs("self")) return;
  const Tensor product = left ? -matmul(B_grad, adjoint_of(X)) : -matmul(adjoint_of(X), B_grad);
  const int64_t edge = unit ? 1 : 0;
  gradients[0] = upper ? triu(product, edge) : tril(product, -edge);
}
Pair triangular_solve_cpu(const Tensor& self, const Tensor& A, bool upper, bool transpose_A, bool unitriangular) {
  if (self.dim() < 2)
    throw RuntimeError(cat("torch.triangular_solve: Expected b to have at least 2 dimensions, but it has ", self.dim(),
                           " dimensions instead"));
  if (A.dim() < 2)
    throw RuntimeError(cat("torch.triangular_solve: Expected A to have at least 2 dimensions, but it has ", A.dim(),
                           " dimensions instead"));
  const Tensor solution = transpose_A ? linalg_solve_triangular(transpose(A, -2, -1), self, !upper, true, unitriangular)
                                      : linalg_solve_triangular(A, self, upper, true, unitriangular);
  const Shape batch = common_batch(self, A);
  Shape shape(batch);
  shape.push_back(A.size(-2));
  shape.push_back(A.size(-1));
  return {solution, clone(expand(A, shape), MemoryFormat::contiguous)};
}

std::tuple<Tensor, Tensor> triangular_solve_into(const Tensor& self, const Tensor& A, bool upper, bool transpose_A,
                                                 bool unitriangular, const Tensor& X, const Tensor& M) {
  const auto [solution, copy] = triangular_solve_cpu(self, A, upper, transpose_A, unitriangular);
  check_out_dtype(solution.dtype(), X.dtype());
  check_out_dtype(copy.dtype(), M.dtype());
  resize_out(X, solution.sizes());
  resize_out(M, copy.sizes());
  cpu::copy_into(X, solution);
  cpu::copy_into(M, copy);
  return {X, M};
}

// ---- Cholesky

Pair cholesky_ex_cpu(const Tensor& self, bool upper, bool check_errors) {
  check_square(self, "linalg.cholesky");
  check_inexact(self, "linalg.cholesky");
  Tensor wide = wide_copy(self), info = info_for(self);
  if (upper) wide = cpu::contiguous(cpu::clone(adjoint_of(wide), MemoryFormat::contiguous));
  with_wide_type(self.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(self); ++i)
      info.data<int32_t>()[i] = int32_t(cpu::dense::cholesky(matrix_at<T>(wide, i)));
  });
  wide = tril(wide);
  if (check_errors) check_info(info, "torch.linalg.cholesky_ex");
  return {back(upper ? cpu::clone(adjoint_of(wide), MemoryFormat::contiguous) : wide, self), info};
}
Tensor linalg_cholesky_cpu(const Tensor& self, bool upper) {
  const auto [L, info] = linalg_cholesky_ex(self, upper, false);
  check_info(info, "linalg.cholesky");
  return L;
}
Tensor cholesky_cpu(const Tensor& self, bool upper) {
  if (self.numel() == 0) return clone(self);
  check_square(self, "cholesky");
  const auto [L, info] = linalg_cholesky_ex(self, upper, false);
  check_info(info, "cholesky");
  return L;
}
Tensor cholesky_back(const Backward& b) {
  if (!b.grad(0).defined()) return Tensor();
  const bool upper = b.bool_of("upper");
  const Tensor L = upper ? adjoint_of(b.result(0)) : b.result(0);
  const Tensor grad = upper ? adjoint_of(b.grad(0)) : b.grad(0);
  // The lower triangle of L^H dL with half of its diagonal, made Hermitian.
  Tensor phi = tril(matmul(adjoint_of(L), grad));
  phi = (phi + adjoint_of(tril(phi, -1)));
  phi = phi * Scalar(0.5);
  const Tensor LH = adjoint_of(L);
  const Tensor right = linalg_solve_triangular(L, phi, /*upper=*/false, /*left=*/false, false);
  return linalg_solve_triangular(LH, right, /*upper=*/true, /*left=*/true, false);
}
Tensor cholesky_solve_cpu(const Tensor& self, const Tensor& factor, bool upper) {
  if (self.dim() < 2)
    throw RuntimeError(cat("b should have at least 2 dimensions, but has ", self.dim(), " dimensions instead"));
  if (factor.dim() < 2)
    throw RuntimeError(cat("u should have at least 2 dimensions, but has ", factor.dim(), " dimensions instead"));
  const Tensor triangle = upper ? triu(factor) : tril(factor), other = adjoint_of(triangle);
  const Tensor first = upper ? linalg_solve_triangular(other, self, false, true, false)
                             : linalg_solve_triangular(triangle, self, false, true, false);
  return upper ? linalg_solve_triangular(triangle, first, true, true, false)
               : linalg_solve_triangular(other, first, true, true, false);
}
void cholesky_solve_back(const Backward& b, std::span<Tensor> gradients) {
  const Tensor L = b.saved("input2"), X = b.result();
  const bool upper = b.bool_of("upper");
  gradients[0] = cholesky_solve(b.grad(), L, upper);
  if (!b.needs("input2")) return;
  Tensor common = matmul(gradients[0], adjoint_of(X));
  common = common + adjoint_of(common);
  gradients[1] = upper ? -matmul(L, common) : -matmul(common, L);
}
Tensor cholesky_inverse_back(const Backward& b) {
  const Tensor L = b.saved("self"), inverse = b.result();
  const Tensor common = matmul(inverse, matmul(b.grad() + adjoint_of(b.grad()), inverse));
  return b.bool_of("upper") ? -matmul(L, common) : -matmul(common, L);
}
Tensor cholesky_inverse_cpu(const Tensor& self, bool upper) {
  check_square(self, "cholesky_inverse");
  return cholesky_solve(expand(eye(self.size(-1), self.dtype()), self.sizes()), self, upper);
}

// ---- L D L^T

Triple ldl_factor_ex_cpu(const Tensor& self, bool hermitian, bool check_errors) {
  check_square(self, "torch.linalg.ldl_factor_ex");
  check_inexact(self, "torch.linalg.ldl_factor_ex");
  Tensor wide = tril(wide_copy(self)), info = info_for(self);
  const int64_t n = self.size(-1);
  Tensor pivots = empty_tensor(batch_shape(self, {n}), ScalarType::int32);
  with_wide_type(self.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(self); ++i)
      info.data<int32_t>()[i] =
          int32_t(cpu::dense::ldl(matrix_at<T>(wide, i), pivots.data<int32_t>() + i * n, hermitian));
  });
  if (check_errors) check_info(info, "torch.linalg.ldl_factor_ex");
  return {back(wide, self), pivots, info};
}
Pair ldl_factor_cpu(const Tensor& self, bool hermitian) {
  const auto [LD, pivots, info] = linalg_ldl_factor_ex(self, hermitian, false);
  check_info(info, "torch.linalg.ldl_factor");
  return {LD, pivots};
}
Tensor ldl_solve_cpu(const Tensor& LD, const Tensor& pivots, const Tensor& B, bool hermitian) {
  check_square(LD, "torch.linalg.ldl_solve", "LD");
  check_inexact(LD, "torch.linalg.ldl_solve");
  check_matrices(B, "torch.linalg.ldl_solve", "B");
  if (LD.dtype() != B.dtype())
    throw RuntimeError(cat("torch.linalg.ldl_solve: Expected LD and B to have the same dtype, but found LD of type ",
                           dtype_info(LD.dtype()).ir_name, " and B of type ", dtype_info(B.dtype()).ir_name,
                           " instead"));
  const Shape batch = common_batch(LD, B);
  const Tensor factors = wide_copy(stretched_batch(LD, batch));
  Shape pivot_shape(batch);
  pivot_shape.push_back(pivots.size(-1));
  const Tensor swaps = cpu::contiguous(alias_tensor(
      pivots, pivot_shape, broadcast_strides(pivots.sizes(), pivots.strides(), pivot_shape), pivots.storage_offset()));
  Tensor result = wide_copy(stretched_batch(B, batch));
  with_wide_type(LD.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(factors); ++i)
      cpu::dense::ldl_solve<T>(const_matrix(matrix_at<T>(factors, i)), swaps.data<int32_t>() + i * pivots.size(-1),
                               matrix_at<T>(result, i), hermitian && is_complex(LD.dtype()));
  });
  return back(result, LD);
}

}  // namespace

void declare_linalg_solvers(OpSet& ops) {
  constexpr OpTraits kLinalg = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add({.schema = "linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor "
                     "pivots, Tensor info)",
           .out = "out",
           .kernel = typed_kernel<&lu_factor_ex_cpu>(),
           .saves = "result0, result1",
           .derivatives = {{"A", lu_factor_back}},
           .traits = kLinalg,
           .doc = "P, L and U with A = P L U, packed; info tells of zero pivots."});
  ops.add({.schema = "linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)",
           .out = "out",
           .kernel = typed_kernel<&lu_factor_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "P, L and U with A = P L U, packed."});
  ops.add({.schema = "linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)",
           .out = "out",
           .kernel = typed_kernel<&linalg_lu_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "P, L and U with A = P L U."});
  ops.add({.schema = "lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> "
                     "(Tensor P, Tensor L, Tensor U)",
           .out = "out",
           .kernel = typed_kernel<&lu_unpack_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "The parts of a packed factorization."});
  ops.add({.schema = "linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> "
                     "Tensor",
           .out = "out",
           .kernel = typed_kernel<&lu_solve_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "Solves A X = B for a factorized A."});
  ops.add({.schema = "lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&lu_solve_old>(),
           .traits = kComposite,
           .doc = "linalg_lu_solve."});
  ops.add({.schema = "linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor "
                     "result, Tensor info)",
           .out = "out",
           .kernel = typed_kernel<&solve_ex_cpu>(),
           .saves = "A, result0",
           .joint_derivative = solve_back,
           .traits = kLinalg,
           .doc = "Solves A X = B; info tells of singular matrices."});
  ops.add({.schema = "linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&solve_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "Solves A X = B."});
  ops.add({.schema = "linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)",
           .out = "inverse",
           .kernel = typed_kernel<&inv_ex_cpu>(),
           .saves = "result0",
           .derivatives = {{"A", inv_back}},
           .traits = kLinalg,
           .doc = "The inverse; info tells of singular matrices."});
  ops.add({.schema = "linalg_inv(Tensor A) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&inv_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "The inverse of square matrices."});
  ops.add({.schema = "inverse(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&inv_cpu>(),
           .traits = kComposite,
           .doc = "linalg_inv."});
  ops.add({.schema = "linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool "
                     "unitriangular=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&solve_triangular_cpu>(),
           .saves = "self, result",
           .joint_derivative = solve_triangular_back,
           .traits = kLinalg,
           .doc = "Solves A X = B for triangular A."});
  ops.add({.schema = "triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool "
                     "unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)",
           .kernel = typed_kernel<&triangular_solve_cpu>(),
           .traits = kComposite,
           .doc = "linalg_solve_triangular with its arguments in the old order."});
  ops.add({.schema = "triangular_solve.X(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool "
                     "unitriangular=False, *, Tensor(a!) X, Tensor(b!) M) -> (Tensor(a!) solution, Tensor(b!) "
                     "cloned_coefficient)",
           .kernel = typed_kernel<&triangular_solve_into>(),
           .doc = "triangular_solve into given tensors."});
  ops.add({.schema = "linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, "
                     "Tensor info)",
           .out = "L",
           .kernel = typed_kernel<&cholesky_ex_cpu>(),
           .saves = "result0",
           .derivatives = {{"self", cholesky_back}},
           .traits = kLinalg,
           .doc = "L with A = L L^H; info tells of matrices that are not positive-definite."});
  ops.add({.schema = "linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&linalg_cholesky_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "L with A = L L^H."});
  ops.add({.schema = "cholesky(Tensor self, bool upper=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&cholesky_cpu>(),
           .traits = kComposite,
           .doc = "linalg_cholesky."});
  ops.add({.schema = "cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&cholesky_solve_cpu>(),
           .saves = "input2, result",
           .joint_derivative = cholesky_solve_back,
           .doc = "Solves A X = self for A = L L^H."});
  ops.add({.schema = "cholesky_inverse(Tensor self, bool upper=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&cholesky_inverse_cpu>(),
           .saves = "self, result",
           .derivatives = {{"self", cholesky_inverse_back}},
           .doc = "The inverse of L L^H."});
  ops.add({.schema = "linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor "
                     "LD, Tensor pivots, Tensor info)",
           .out = "out",
           .kernel = typed_kernel<&ldl_factor_ex_cpu>(),
           .traits = kLinalg,
           .doc = "L and D with A = L D L^T, packed; info tells of zero blocks."});
  ops.add({.schema = "linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)",
           .out = "out",
           .kernel = typed_kernel<&ldl_factor_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "L and D with A = L D L^T, packed."});
  ops.add({.schema = "linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ldl_solve_cpu>(),
           .traits = kLinalg,
           .doc = "Solves A X = B for a factorized A."});
}

}  // namespace rushlight::ops
