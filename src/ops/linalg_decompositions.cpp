/// Decompositions: QR and reflectors, eigenvalues, singular values.
#include "ops/functions/linalg_decompositions.h"

#include <cmath>

#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/joining.h"
#include "ops/functions/linalg_solvers.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/selection.h"
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
Tensor back(const Tensor& wide, ScalarType type) { return cpu::to_dtype(wide, type); }
/// X / s for s along the last dimension, and s X for s along the rows.
Tensor row(const Tensor& s) { return unsqueeze(s, -2); }
Tensor column(const Tensor& s) { return unsqueeze(s, -1); }
Tensor with_diagonal(const Tensor& matrix, const Tensor& values) { return diagonal_scatter(matrix, values, 0, -2, -1); }
Tensor diagonal_of(const Tensor& matrix) { return diagonal(matrix, 0, -2, -1); }

void check_finite(const Tensor& wide, std::string_view message) {
  const Tensor parts = is_complex(wide.dtype()) ? view_as_real(wide) : wide;
  const double* x = parts.data<double>();
  for (int64_t i = 0; i < parts.numel(); ++i)
    if (!std::isfinite(x[i])) throw LinAlgError(std::string(message));
}

// ---- QR

Pair qr_cpu(const Tensor& A, std::string_view mode) {
  if (mode != "reduced" && mode != "complete" && mode != "r")
    throw RuntimeError(
        cat("qr received unrecognized mode '", mode, "' but expected one of 'reduced' (default), 'r', or 'complete'"));
  check_matrices(A, "linalg.qr");
  check_inexact(A, "linalg.qr");
  const int64_t m = A.size(-2), n = A.size(-1), k = std::min(m, n);
  const int64_t columns = mode == "complete" ? m : k;
  Tensor packed = wide_copy(A);
  Tensor Q = wide_zeros(batch_shape(A, {m, columns}), A.dtype()),
         R = wide_zeros(batch_shape(A, {columns, n}), A.dtype());
  with_wide_type(A.dtype(), [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> tau(static_cast<size_t>(std::max<int64_t>(k, 1)));
    for (int64_t i = 0; i < matrix_count(A); ++i) {
      const auto a = matrix_at<T>(packed, i), q = matrix_at<T>(Q, i), r = matrix_at<T>(R, i);
      cpu::dense::qr(a, tau.data());
      for (int64_t x = 0; x < k; ++x)
        for (int64_t y = x; y < n; ++y) r(x, y) = a(x, y);
      for (int64_t x = 0; x < m; ++x)
        for (int64_t y = 0; y < std::min(k, columns); ++y) q(x, y) = a(x, y);
      cpu::dense::reflector_product(q, tau.data(), k);
    }
  });
  if (mode == "r") return {empty_tensor(0, A.dtype()), back(R, A.dtype())};
  return {back(Q, A.dtype()), back(R, A.dtype())};
}
/// X + X^H with the diagonal counted once, of the upper triangle.
Tensor hermitian_from_upper(const Tensor& X) {
  const Tensor upper = triu(X);
  const Tensor whole = upper + adjoint_of(upper);
  return with_diagonal(whole, diagonal_of(whole) * Scalar(0.5));
}
Tensor qr_back(const Backward& b) {
  const std::string mode = b.argument("mode").to_string();
  if (mode == "r")
    throw RuntimeError(
        "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
        "linalg.qr(A, mode='reduced') if you are going to require gradients through linalg.qr.");
  const Tensor Q = b.result(0), R = b.result(1);
  const Tensor &Q_grad = b.grad(0), &R_grad = b.grad(1);
  const int64_t m = Q.size(-2), n = R.size(-1);
  if (!Q_grad.defined() && !R_grad.defined()) return Tensor();
  if (mode == "complete" && m > n)
    throw RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.");
  // The part of A that decides Q; what stands right of it only decides columns of R.
  const int64_t k = std::min(m, n);
  Tensor towards_Q = Q_grad, rest;
  const Tensor R1 = narrow(R, -1, 0, k);
  Tensor inner;
  if (R_grad.defined()) {
    inner = matmul(narrow(R_grad, -1, 0, k), adjoint_of(R1));
    if (n > m) {
      const Tensor R2_grad = narrow(R_grad, -1, k, n - k), A2 = matmul(Q, narrow(R, -1, k, n - k));
      const Tensor through_R2 = matmul(A2, adjoint_of(R2_grad));
      towards_Q = towards_Q.defined() ? towards_Q + through_R2 : through_R2;
      rest = matmul(Q, R2_grad);
    }
  } else if (n > m) {
    rest = zeros(batch_shape(Q, {m, n - k}), Q.dtype());
  }
  if (towards_Q.defined()) {
    const Tensor turned = matmul(adjoint_of(Q), towards_Q);
    inner = inner.defined() ? inner - turned : -turned;
  }
  Tensor A_grad = matmul(Q, hermitian_from_upper(inner));
  if (towards_Q.defined()) A_grad = A_grad + towards_Q;
  A_grad = linalg_solve_triangular(adjoint_of(R1), A_grad, /*upper=*/false, /*left=*/false, false);
  return rest.defined() ? concat({A_grad, rest}, -1) : A_grad;
}
Pair qr_old(const Tensor& self, bool some) { return linalg_qr(self, some ? "reduced" : "complete"); }

Pair geqrf_cpu(const Tensor& self) {
  if (self.dim() < 2) throw RuntimeError("torch.geqrf: input must have at least 2 dimensions.");
  Tensor packed = wide_copy(self);
  const int64_t k = std::min(self.size(-2), self.size(-1));
  Tensor tau = wide_zeros(batch_shape(self, {k}), self.dtype());
  with_wide_type(self.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(self); ++i) cpu::dense::qr(matrix_at<T>(packed, i), tau.data<T>() + i * k);
  });
  return {back(packed, self.dtype()), back(tau, self.dtype())};
}
Tensor householder_product_kernel(const Tensor& input, const Tensor& tau) {
  if (input.dim() < 2) throw RuntimeError("torch.linalg.householder_product: input must have at least 2 dimensions.");
  if (input.size(-2) < input.size(-1))
    throw RuntimeError(
        "torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]");
  if (input.size(-1) < tau.size(-1))
    throw RuntimeError(
        "torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]");
  if (input.dtype() != tau.dtype())
    throw RuntimeError(cat("torch.linalg.householder_product: tau dtype ", dtype_info(tau.dtype()).ir_name,
                           " does not match input dtype ", dtype_info(input.dtype()).ir_name));
  Tensor Q = wide_copy(input);
  const Tensor factors = wide_copy(tau);
  const int64_t k = tau.size(-1);
  with_wide_type(input.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(input); ++i)
      cpu::dense::reflector_product(matrix_at<T>(Q, i), factors.data<T>() + i * k, k);
  });
  return back(Q, input.dtype());
}
/// Column i of the reflectors as vectors v with 1 at i.
Tensor reflector(const Tensor& input, int64_t i) {
  const int64_t m = input.size(-2);
  Shape shape(input.sizes());
  shape.back() = 1;
  const Tensor below = tril(narrow(input, -1, i, 1), -i - 1);
  const Tensor unit = zeros({m, 1}, input.dtype());
  cpu::fill(narrow(unit, 0, i, 1), 1);
  return below + expand(unit, shape);
}
/// The product of the reflectors written in operators: what the gradient is taken of.
Tensor householder_product_in_operators(const Tensor& input, const Tensor& tau) {
  const int64_t m = input.size(-2), n = input.size(-1), k = tau.size(-1);
  Tensor Q = expand(eye(m, n, input.dtype()), batch_shape(input, {m, n}));
  if (k == 0) return Q + input * Scalar(0);  // keeps the history of the input
  for (int64_t i = k; i-- > 0;) {
    const Tensor v = reflector(input, i);
    const Tensor factor = unsqueeze(narrow(tau, -1, i, 1), -1);
    Q = Q - factor * matmul(v, matmul(adjoint_of(v), Q));
  }
  return Q;
}
Tensor householder_product_cpu(const Tensor& input, const Tensor& tau) {
  if (!dispatch_state.below_autograd && dispatch_state.grad_enabled &&
      (input.impl()->autograd || tau.impl()->autograd)) {
    householder_product_kernel(input, tau);  // checks
    return householder_product_in_operators(input, tau);
  }
  return householder_product_kernel(input, tau);
}

Tensor ormqr_cpu(const Tensor& self, const Tensor& input2, const Tensor& input3, bool left, bool transpose_Q) {
  if (self.dim() < 2) throw RuntimeError("torch.ormqr: input must have at least 2 dimensions.");
  if (input3.dim() < 2) throw RuntimeError("torch.ormqr: other must have at least 2 dimensions.");
  const int64_t at = left ? -2 : -1;
  if (input3.size(at) < input2.size(-1))
    throw RuntimeError(cat("torch.ormqr: other.shape[", at, "] must be greater than or equal to tau.shape[-1]"));
  if (input3.size(at) != self.size(-2))
    throw RuntimeError(cat("torch.ormqr: other.shape[", at, "] must be equal to input.shape[-2]"));
  if (input2.size(-1) > self.size(-1) || input2.size(-1) != std::min(self.size(-2), self.size(-1)))
    throw RuntimeError("torch.ormqr: tau.shape[-1] must be equal to min(other.shape[-2], input.shape[-1])");
  // The whole Q, as the product of all reflectors; for gradients in operators.
  const int64_t m = self.size(-2), k = input2.size(-1);
  Tensor result = input3;
  for (int64_t step = 0; step < k; ++step) {
    const int64_t i = left != transpose_Q ? k - 1 - step : step;
    const Tensor v = reflector(self, i);
    Tensor factor = unsqueeze(narrow(input2, -1, i, 1), -1);
    if (transpose_Q) factor = conjugate(factor);
    result = left ? result - factor * matmul(v, matmul(adjoint_of(v), result))
                  : result - matmul(matmul(result, v), adjoint_of(v)) * factor;
  }
  (void)m;
  return result;
}

// ---- Eigenvalues

Pair eigh_internal(const Tensor& A, std::string_view uplo, bool) {
  check_square(A, "linalg.eigh");
  check_inexact(A, "linalg.eigh");
  if (uplo != "L" && uplo != "U" && uplo != "l" && uplo != "u")
    throw RuntimeError(cat("Expected UPLO argument to be 'L' or 'U', but got ", uplo));
  Tensor wide = wide_copy(A);
  const int64_t n = A.size(-1);
  Tensor values = wide_zeros(batch_shape(A, {n}), ScalarType::float64), vectors = wide_zeros(A.sizes(), A.dtype());
  const bool lower = uplo == "L" || uplo == "l";
  with_wide_type(A.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(A); ++i) {
      const auto a = matrix_at<T>(wide, i);
      // Only one triangle counts, and only the real part of the diagonal.
      for (int64_t x = 0; x < n; ++x) {
        a(x, x) = T(std::real(a(x, x)));
        for (int64_t y = 0; y < x; ++y) {
          T& source = lower ? a(x, y) : a(y, x);
          T& twin = lower ? a(y, x) : a(x, y);
          if constexpr (std::is_same_v<T, double>)
            twin = source;
          else
            twin = std::conj(source);
        }
      }
      cpu::dense::eigh(a, values.data<double>() + i * n, matrix_at<T>(vectors, i));
    }
  });
  return {back(values, to_real(A.dtype())), back(vectors, A.dtype())};
}
Pair eigh_cpu(const Tensor& self, std::string_view uplo) { return _linalg_eigh(self, uplo, true); }
Tensor eigvalsh_cpu(const Tensor& self, std::string_view uplo) { return std::get<0>(_linalg_eigh(self, uplo, true)); }
Tensor eigh_back(const Backward& b) {
  const Tensor L = b.result(0), V = b.result(1);
  const Tensor &L_grad = b.grad(0), &V_grad = b.grad(1);
  if (!L_grad.defined() && !V_grad.defined()) return Tensor();
  const Tensor VH = adjoint_of(V);
  if (!V_grad.defined()) return matmul(V * row(L_grad), VH);
  // Off the diagonal divided by the gaps between eigenvalues.
  Tensor gaps = row(L) - column(L);
  gaps = with_diagonal(gaps, ones_like(L));
  Tensor inner = matmul(VH, V_grad) / gaps;
  inner = with_diagonal(inner, L_grad.defined() ? to(L_grad, inner.dtype()) : zeros(L.sizes(), inner.dtype()));
  // Only a Hermitian change of the matrix counts.
  const Tensor grad = matmul(V, matmul(inner, VH));
  return (grad + adjoint_of(grad)) * Scalar(0.5);
}

/// Eigenvalues of a real matrix are real or come in pairs: the one with the positive imaginary part first, as LAPACK
/// has them.
void pair_conjugates(std::complex<double>* values, cpu::dense::Matrix<std::complex<double>> vectors) {
  const int64_t n = vectors.rows;
  const auto swap = [&](int64_t i, int64_t j) {
    std::swap(values[i], values[j]);
    for (int64_t k = 0; k < n; ++k) std::swap(vectors(k, i), vectors(k, j));
  };
  double largest = 0;
  for (int64_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(values[i]));
  for (int64_t i = 0; i < n; ++i) {
    if (std::fabs(values[i].imag()) <= 1e-13 * largest) {
      values[i] = values[i].real();
      continue;
    }
    if (i + 1 == n) break;
    int64_t partner = i + 1;
    for (int64_t j = i + 2; j < n; ++j)
      if (std::abs(values[j] - std::conj(values[i])) < std::abs(values[partner] - std::conj(values[i]))) partner = j;
    for (int64_t j = partner; j > i + 1; --j) swap(j, j - 1);
    if (values[i].imag() < 0) swap(i, i + 1);
    values[i + 1] = std::conj(values[i]);
    for (int64_t k = 0; k < n; ++k) vectors(k, i + 1) = std::conj(vectors(k, i));
    ++i;
  }
}
Pair eig_internal(const Tensor& self, bool want_vectors) {
  check_square(self, want_vectors ? "linalg.eig" : "linalg.eigvals");
  check_inexact(self, want_vectors ? "linalg.eig" : "linalg.eigvals");
  const Tensor wide = cpu::clone(cpu::to_dtype(self, ScalarType::complex128), MemoryFormat::contiguous);
  const Tensor parts = view_as_real(wide);
  for (int64_t i = 0; i < parts.numel(); ++i)
    if (!std::isfinite(parts.data<double>()[i]))
      throw RuntimeError("torch.linalg.eig: input tensor should not contain infs or NaNs.");
  const int64_t n = self.size(-1);
  Tensor values = wide_zeros(batch_shape(self, {n}), ScalarType::complex128);
  Tensor vectors = wide_zeros(self.sizes(), ScalarType::complex128);
  using Complex = std::complex<double>;
  for (int64_t i = 0; i < matrix_count(self); ++i) {
    cpu::dense::Matrix<Complex> columns = matrix_at<Complex>(vectors, i);
    if (cpu::dense::eig(matrix_at<Complex>(wide, i), values.data<Complex>() + i * n, want_vectors ? &columns : nullptr))
      throw LinAlgError(
          "linalg.eig: The algorithm failed to converge because the input matrix is ill-conditioned or has "
          "too many repeated eigenvalues.");
    if (!is_complex(self.dtype())) pair_conjugates(values.data<Complex>() + i * n, columns);
  }
  const ScalarType type = to_complex(self.dtype());
  return {back(values, type), back(vectors, type)};
}
Pair eig_cpu(const Tensor& self) { return eig_internal(self, true); }
Tensor eigvals_cpu(const Tensor& self) { return std::get<0>(linalg_eig(self)); }
Tensor eig_back(const Backward& b) {
  const Tensor L = b.result(0), V = b.result(1);
  const Tensor &L_grad = b.grad(0), &V_grad = b.grad(1);
  if (!L_grad.defined() && !V_grad.defined()) return Tensor();
  const Tensor VH = adjoint_of(V);
  Tensor inner;
  if (!V_grad.defined()) {
    inner = matmul(diag_embed(L_grad, 0, -2, -1), VH);
  } else {
    const Tensor projected = matmul(VH, V_grad);
    // Vectors have unit length: the part along themselves does not count.
    const Tensor along = to(real(diagonal_of(projected)), projected.dtype());
    Tensor middle = projected - matmul(VH, V * row(along));
    Tensor gaps = conjugate(row(L) - column(L));
    gaps = with_diagonal(gaps, ones_like(L));
    middle = with_diagonal(middle / gaps, L_grad.defined() ? L_grad : zeros_like(L));
    inner = matmul(middle, VH);
  }
  const Tensor grad = std::get<0>(linalg_solve_ex(VH, inner, true, false));
  return is_complex(b.dtype("self")) ? grad : real(grad);
}

// ---- Singular values

Triple svd_internal(const Tensor& A, bool full_matrices, bool compute_uv, std::optional<std::string_view> driver) {
  check_matrices(A, "linalg.svd");
  check_inexact(A, "linalg.svd");
  if (driver)
    throw RuntimeError(
        "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.");
  const int64_t m = A.size(-2), n = A.size(-1), k = std::min(m, n);
  const bool wide_matrix = m < n;
  // The algorithm wants at least as many rows as columns: else of the adjoint.
  Tensor work = wide_copy(wide_matrix ? cpu::clone(adjoint_of(A), MemoryFormat::contiguous) : A);
  check_finite(work,
               "linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values.");
  Tensor S = wide_zeros(batch_shape(A, {k}), ScalarType::float64);
  const int64_t tall = std::max(m, n), columns = full_matrices ? tall : k;
  Tensor left = wide_zeros(batch_shape(A, {tall, columns}), A.dtype()),
         right = wide_zeros(batch_shape(A, {k, k}), A.dtype());
  with_wide_type(A.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t i = 0; i < matrix_count(A); ++i) {
      const auto a = matrix_at<T>(work, i), u = matrix_at<T>(left, i);
      cpu::dense::svd(a, S.data<double>() + i * k, matrix_at<T>(right, i));
      for (int64_t x = 0; x < tall; ++x)
        for (int64_t y = 0; y < k; ++y) u(x, y) = a(x, y);
      cpu::dense::complete_basis(u, k);
    }
  });
  const Tensor values = back(S, to_real(A.dtype()));
  if (!compute_uv) return {empty_tensor(0, A.dtype()), values, empty_tensor(0, A.dtype())};
  const auto adjoint_copy = [](const Tensor& t) { return cpu::clone(adjoint_of(t), MemoryFormat::contiguous); };
  const Tensor U = wide_matrix ? right : left, Vh = adjoint_copy(wide_matrix ? left : right);
  return {back(U, A.dtype()), values, back(Vh, A.dtype())};
}
Triple svd_cpu(const Tensor& A, bool full_matrices, std::optional<std::string_view> driver) {
  return _linalg_svd(A, full_matrices, true, driver);
}
Tensor svdvals_cpu(const Tensor& A, std::optional<std::string_view> driver) {
  const bool wants_gradient = dispatch_state.grad_enabled && A.impl()->autograd;
  return std::get<1>(_linalg_svd(A, false, wants_gradient, driver));
}
Triple svd_old(const Tensor& self, bool some, bool compute_uv) {
  if (self.dim() < 2)
    throw RuntimeError("linalg.svd: input should have at least 2 dimensions, but has " + std::to_string(self.dim()) +
                       " dimensions instead");
  const int64_t m = self.size(-2), n = self.size(-1);
  if (compute_uv) {
    const auto [U, S, Vh] = _linalg_svd(self, !some, true);
    return {U, S, adjoint_of(Vh)};
  }
  return {zeros(batch_shape(self, {m, m}), self.dtype()), linalg_svdvals(self),
          zeros(batch_shape(self, {n, n}), self.dtype())};
}
Tensor skew(const Tensor& X) { return X - adjoint_of(X); }
Tensor svd_back(const Backward& b) {
  const Tensor& S_grad = b.grad(1);
  if (!b.bool_of("compute_uv"))
    throw RuntimeError(
        "svd_backward: Setting compute_uv to false in torch.svd doesn't compute singular matrices, and hence we cannot "
        "compute backward. Please use torch.svd(compute_uv=True)");
  Tensor U_grad = b.grad(0), Vh_grad = b.grad(2);
  if (!S_grad.defined() && !U_grad.defined() && !Vh_grad.defined()) return Tensor();
  const Tensor S = b.result(1);
  const int64_t k = S.size(-1);
  const Tensor U = narrow(b.result(0), -1, 0, k), Vh = narrow(b.result(2), -2, 0, k);
  const int64_t m = U.size(-2), n = Vh.size(-1);
  if (U_grad.defined()) U_grad = narrow(U_grad, -1, 0, k);
  if (Vh_grad.defined()) Vh_grad = narrow(Vh_grad, -2, 0, k);
  if (!U_grad.defined() && !Vh_grad.defined())
    return m >= n ? matmul(U, column(S_grad) * Vh) : matmul(U * row(S_grad), Vh);
  const bool complex_input = is_complex(U.dtype());
  const Tensor VhV = Vh_grad.defined() ? skew(matmul(Vh, adjoint_of(Vh_grad))) : Tensor();
  const Tensor UhU = U_grad.defined() ? skew(matmul(adjoint_of(U), U_grad)) : Tensor();
  const Tensor squares = S * S;
  Tensor gaps = row(squares) - column(squares);
  gaps = with_diagonal(gaps, ones_like(S));
  Tensor grad;
  if (U_grad.defined())
    grad = Vh_grad.defined() ? (UhU * row(S) + column(S) * VhV) / gaps : (UhU / gaps) * row(S);
  else
    grad = column(S) * (VhV / gaps);
  if (complex_input && U_grad.defined() && Vh_grad.defined())
    grad = grad + diag_embed(diagonal_of(UhU) / (Scalar(2) * S), 0, -2, -1);
  if (S_grad.defined()) grad = grad + diag_embed(S_grad, 0, -2, -1);
  if (m > k && U_grad.defined()) {
    // The part of U outside of its own columns.
    grad = matmul(U, grad);
    const Tensor scaled = U_grad / row(S);
    grad = grad + scaled - matmul(U, matmul(adjoint_of(U), scaled));
    return matmul(grad, Vh);
  }
  if (n > k && Vh_grad.defined()) {
    grad = matmul(grad, Vh);
    const Tensor scaled = Vh_grad / column(S);
    grad = grad + scaled - matmul(matmul(scaled, adjoint_of(Vh)), Vh);
    return matmul(U, grad);
  }
  return m >= n ? matmul(U, matmul(grad, Vh)) : matmul(matmul(U, grad), Vh);
}

}  // namespace

void declare_linalg_decompositions(OpSet& ops) {
  constexpr OpTraits kLinalg = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add({.schema = "linalg_qr(Tensor A, str mode=\"reduced\") -> (Tensor Q, Tensor R)",
           .out = "out",
           .kernel = typed_kernel<&qr_cpu>(),
           .saves = "result0, result1",
           .derivatives = {{"A", qr_back}},
           .traits = kLinalg,
           .doc = "Q and R with A = Q R."});
  ops.add({.schema = "qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)",
           .out = "Q",
           .kernel = typed_kernel<&qr_old>(),
           .traits = kComposite,
           .doc = "linalg_qr."});
  ops.add({.schema = "geqrf(Tensor self) -> (Tensor a, Tensor tau)",
           .out = "a",
           .kernel = typed_kernel<&geqrf_cpu>(),
           .doc = "R and the reflectors that make up Q, packed."});
  ops.add({.schema = "linalg_householder_product(Tensor input, Tensor tau) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&householder_product_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "The first columns of a product of Householder reflectors."});
  ops.add({.schema = "orgqr(Tensor self, Tensor input2) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&householder_product_cpu>(),
           .traits = kComposite,
           .doc = "linalg_householder_product."});
  ops.add({.schema = "ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ormqr_cpu>(),
           .traits = kComposite,
           .doc = "A matrix multiplied by a product of Householder reflectors."});
  ops.add({.schema = "_linalg_eigh(Tensor A, str UPLO=\"L\", bool compute_v=True) -> (Tensor eigenvalues, Tensor "
                     "eigenvectors)",
           .out = "eigenvalues",
           .kernel = typed_kernel<&eigh_internal>(),
           .saves = "result0, result1",
           .derivatives = {{"A", eigh_back}},
           .grad_fn = "LinalgEighBackward0",
           .traits = kLinalg,
           .doc = "Eigenvalues and vectors of Hermitian matrices."});
  ops.add({.schema = "linalg_eigh(Tensor self, str UPLO=\"L\") -> (Tensor eigenvalues, Tensor eigenvectors)",
           .out = "eigvals",
           .kernel = typed_kernel<&eigh_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "Eigenvalues, ascending, and vectors of Hermitian matrices."});
  ops.add({.schema = "linalg_eigvalsh(Tensor self, str UPLO=\"L\") -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&eigvalsh_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "Eigenvalues of Hermitian matrices, ascending."});
  ops.add({.schema = "linalg_eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)",
           .out = "out",
           .kernel = typed_kernel<&eig_cpu>(),
           .saves = "result0, result1",
           .derivatives = {{"self", eig_back}},
           .traits = kLinalg,
           .doc = "Eigenvalues and vectors of square matrices."});
  ops.add({.schema = "linalg_eigvals(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&eigvals_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "Eigenvalues of square matrices."});
  ops.add({.schema = "_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> "
                     "(Tensor U, Tensor S, Tensor Vh)",
           .out = "U",
           .kernel = typed_kernel<&svd_internal>(),
           .saves = "result0, result1, result2",
           .derivatives = {{"A", svd_back}},
           .grad_fn = "LinalgSvdBackward0",
           .traits = kLinalg,
           .doc = "The singular value decomposition."});
  ops.add({.schema =
               "linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor "
               "Vh)",
           .out = "U",
           .kernel = typed_kernel<&svd_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "U, S and V^H with A = U diag(S) V^H."});
  ops.add({.schema = "linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&svdvals_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "Singular values, descending."});
  ops.add({.schema = "svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)",
           .out = "U",
           .kernel = typed_kernel<&svd_old>(),
           .traits = kComposite,
           .doc = "U, S and V with A = U diag(S) V^H."});
}

}  // namespace rushlight::ops
