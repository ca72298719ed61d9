/// Determinants, pseudoinverses, ranks, least squares and what else is made of factorizations.
#include "ops/functions/linalg_derived.h"

#include <cmath>
#include <numeric>

#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/joining.h"
#include "ops/functions/linalg_decompositions.h"
#include "ops/functions/linalg_solvers.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/norms.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/scans.h"
#include "ops/functions/selection.h"
#include "ops/functions/statistics.h"
#include "ops/functions/view_scatters.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/linalg_common.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using Pair = std::tuple<Tensor, Tensor>;
using OptDims = std::optional<IntArrayRef>;

Tensor adjoint_of(const Tensor& A) { return conjugate(transpose(A, -2, -1)); }
Tensor over_matrices(const Tensor& scalars) { return unsqueeze(unsqueeze(scalars, -1), -1); }

// ---- Determinants

/// The sign of the permutation and the diagonal of U.
Pair sign_and_diagonal(const Tensor& A) {
  const auto [LU, pivots, info] = linalg_lu_factor_ex(A, true, false);
  const int64_t n = A.size(-1), count = n == 0 ? 0 : pivots.numel() / n;
  Tensor sign = empty_tensor(A.sizes().slice(0, size_t(A.dim()) - 2), wide_dtype(A.dtype()));
  cpu::fill(sign, 1);
  const Tensor swaps = cpu::contiguous(pivots);
  std::vector<double> signs;
  Tensor real_signs = empty_tensor(sign.sizes(), ScalarType::float64);
  cpu::fill(real_signs, 1);
  for (int64_t i = 0; i < count; ++i)
    for (int64_t k = 0; k < n; ++k)
      if (swaps.data<int32_t>()[i * n + k] != k + 1) real_signs.data<double>()[i] *= -1;
  return {cpu::to_dtype(real_signs, A.dtype()), cpu::contiguous(diagonal(LU, 0, -2, -1))};
}
Tensor det_kernel(const Tensor& A) {
  check_square(A, "linalg.det");
  check_inexact(A, "linalg.det");
  const auto [sign, diagonal_of_U] = sign_and_diagonal(A);
  return sign * prod(diagonal_of_U, -1, false);
}
Tensor det_back(const Backward& b) {
  const Tensor A = b.saved("A"), det = b.result();
  const Tensor& grad = b.grad();
  if (A.numel() == 0) return zeros_like(A);
  // det(A)^* A^-H; for singular matrices the cofactors, from the singular values.
  if (amin(abs(det)).item().to<double>() != 0) {
    const Tensor scale = over_matrices(grad * conjugate(det));
    return matmul(scale * eye(A.size(-1), A.dtype()), adjoint_of(std::get<0>(linalg_inv_ex(A, false))));
  }
  const auto [U, S, Vh] = _linalg_svd(A, true, true);
  const int64_t n = S.size(-1);
  const Tensor ones = ones_like(narrow(S, -1, 0, 1));
  const Tensor before = cumprod(concat({ones, narrow(S, -1, 0, n - 1)}, -1), -1);
  const Tensor after = flip(cumprod(concat({ones, flip(narrow(S, -1, 1, n - 1), {-1})}, -1), -1), {-1});
  const Tensor orientation = linalg_det(U) * linalg_det(Vh);
  const Tensor cofactors = matmul(U * unsqueeze(before * after, -2), Vh);
  return over_matrices(grad * conjugate(orientation)) * cofactors;
}
Tensor det_old(const Tensor& self) { return linalg_det(self); }

Pair slogdet_kernel(const Tensor& A) {
  check_square(A, "linalg.slogdet");
  check_inexact(A, "linalg.slogdet");
  const auto [sign, diagonal_of_U] = sign_and_diagonal(A);
  return {sign * prod(sgn(diagonal_of_U), -1, false), sum(log(abs(diagonal_of_U)), OptDims(IntArrayRef(-1)), false)};
}
Tensor slogdet_back(const Backward& b) {
  const Tensor A = b.saved("A"), sign = b.result(0);
  const Tensor &sign_grad = b.grad(0), &log_grad = b.grad(1);
  if (A.numel() == 0) return A * Scalar(0);
  Tensor g;
  if (is_complex(A.dtype())) {
    if (log_grad.defined()) g = to(log_grad, A.dtype());
    if (sign_grad.defined()) {
      const Tensor turn = imag(conjugate(sign) * sign_grad);
      const Tensor part = turn * Scalar(std::complex<double>(0, 1));
      g = g.defined() ? g + part : part;
    }
  } else if (log_grad.defined()) {
    g = log_grad;
  }
  if (!g.defined()) return Tensor();
  return over_matrices(g) * adjoint_of(std::get<0>(linalg_inv_ex(A, false)));
}
Pair slogdet_old(const Tensor& self) { return linalg_slogdet(self); }
Tensor logdet_cpu(const Tensor& self) {
  check_square(self, "logdet");
  const auto [sign, logabsdet] = linalg_slogdet(self);
  if (is_complex(self.dtype())) return log(sign) + logabsdet;
  return where(eq(sign, Scalar(-1.0)), full_like(logabsdet, Scalar(std::numeric_limits<double>::quiet_NaN())),
               logabsdet);
}

// ---- Tolerances, ranks, pseudoinverses

double eps_of(ScalarType type) {
  return to_real(type) == ScalarType::float32 ? std::numeric_limits<float>::epsilon()
                                              : std::numeric_limits<double>::epsilon();
}
Tensor number_tensor(double value) { return rushlight::scalar_tensor(Scalar(value), ScalarType::float64); }
/// max(atol, rtol * largest), as a column of thresholds for each matrix.
Tensor rank_threshold(const Tensor& atol, const Tensor& rtol, const Tensor& largest) {
  return maximum(to(atol, largest.dtype()), to(rtol, largest.dtype()) * largest);
}
Pair tolerances(const Tensor& A, std::optional<double> atol, std::optional<double> rtol) {
  const double default_rtol = atol && *atol > 0 ? 0 : eps_of(A.dtype()) * double(std::max(A.size(-2), A.size(-1)));
  return {number_tensor(atol.value_or(0)), number_tensor(rtol.value_or(default_rtol))};
}
Pair tensor_tolerances(const Tensor& A, const Tensor& atol, const Tensor& rtol) {
  const Tensor a = atol.defined() ? atol : number_tensor(0);
  if (rtol.defined()) return {a, rtol};
  const Tensor usual = number_tensor(eps_of(A.dtype()) * double(std::max(A.size(-2), A.size(-1))));
  return {a, atol.defined() ? where(gt(a, Scalar(0)), zeros_like(usual), usual) : usual};
}

Tensor rank_with(const Tensor& A, const Tensor& atol, const Tensor& rtol, bool hermitian) {
  check_matrices(A, "linalg.matrix_rank", "A");
  if (is_complex(atol.dtype()))
    throw RuntimeError("torch.linalg.matrix_rank: atol tensor of complex type is not supported.");
  if (is_complex(rtol.dtype()))
    throw RuntimeError("torch.linalg.matrix_rank: rtol tensor of complex type is not supported.");
  if (A.numel() == 0) return zeros(A.sizes().slice(0, size_t(A.dim()) - 2), ScalarType::int64);
  const Tensor S = hermitian ? abs(linalg_eigvalsh(A)) : linalg_svdvals(A);
  const Tensor largest = amax(S, {-1}, false);
  return sum(gt(S, unsqueeze(rank_threshold(atol, rtol, largest), -1)), OptDims(IntArrayRef(-1)), false);
}
Tensor rank_floats(const Tensor& self, std::optional<double> atol, std::optional<double> rtol, bool hermitian) {
  const auto [a, r] = tolerances(self, atol, rtol);
  return rank_with(self, a, r, hermitian);
}
Tensor rank_tensors(const Tensor& input, const Tensor& atol, const Tensor& rtol, bool hermitian) {
  const auto [a, r] = tensor_tolerances(input, atol, rtol);
  return rank_with(input, a, r, hermitian);
}
Tensor rank_tol(const Tensor& self, double tol, bool hermitian) { return rank_floats(self, tol, 0.0, hermitian); }
Tensor rank_tol_tensor(const Tensor& input, const Tensor& tol, bool hermitian) {
  return rank_with(input, tol, number_tensor(0), hermitian);
}

Tensor pinv_with(const Tensor& A, const Tensor& atol, const Tensor& rtol, bool hermitian) {
  if (A.dim() < 2 || (to_real(A.dtype()) != ScalarType::float32 && to_real(A.dtype()) != ScalarType::float64))
    throw RuntimeError(
        cat("linalg.pinv(", dtype_info(A.dtype()).ir_name, "{", shape_text(A.sizes()),
            "}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types"));
  if (A.numel() == 0) return empty_tensor(batch_shape(A, {A.size(-1), A.size(-2)}), A.dtype());
  if (hermitian) {
    const auto [L, V] = linalg_eigh(A);
    const Tensor magnitudes = abs(L);
    const Tensor keep = gt(magnitudes, unsqueeze(rank_threshold(atol, rtol, amax(magnitudes, {-1}, false)), -1));
    const Tensor inverse = where(keep, reciprocal(L), zeros_like(L));
    return matmul(V * unsqueeze(inverse, -2), adjoint_of(V));
  }
  const auto [U, S, Vh] = linalg_svd(A, false);
  const Tensor keep = gt(S, unsqueeze(rank_threshold(atol, rtol, select(S, -1, 0)), -1));
  const Tensor inverse = where(keep, reciprocal(S), zeros_like(S));
  return matmul(adjoint_of(Vh) * unsqueeze(inverse, -2), adjoint_of(U));
}
/// The gradient in closed form: that of the factors is not finite where singular values coincide.
Tensor pinv_gradient(const Tensor& grad, const Tensor& P, const Tensor& A) {
  const Tensor PH = adjoint_of(P), gradH = adjoint_of(grad);
  if (A.size(-2) <= A.size(-1)) {
    const Tensor K = matmul(gradH, P), K_PH = matmul(K, PH);
    return -adjoint_of(matmul(P, K)) + K_PH - matmul(matmul(A, P), K_PH) + matmul(matmul(PH, P), gradH - matmul(K, A));
  }
  const Tensor K = matmul(P, gradH), PH_K = matmul(PH, K);
  return -adjoint_of(matmul(K, P)) + matmul(matmul(gradH - matmul(A, K), P), PH) + PH_K - matmul(matmul(PH_K, P), A);
}
Tensor pinv_tensors(const Tensor& self, const Tensor& atol, const Tensor& rtol, bool hermitian) {
  const auto [a, r] = tensor_tolerances(self, atol, rtol);
  return pinv_with(self, a, r, hermitian);
}
Tensor pinv_floats(const Tensor& self, std::optional<double> atol, std::optional<double> rtol, bool hermitian) {
  if (self.dim() < 2) return pinv_with(self, Tensor(), Tensor(), hermitian);
  const auto [a, r] = tolerances(self, atol, rtol);
  return linalg_pinv(self, a, r, hermitian);
}
Tensor pinv_rcond(const Tensor& self, double rcond, bool hermitian) { return pinv_floats(self, 0.0, rcond, hermitian); }
Tensor pinv_rcond_tensor(const Tensor& self, const Tensor& rcond, bool hermitian) {
  return linalg_pinv(self, number_tensor(0), rcond, hermitian);
}
Tensor pinverse_cpu(const Tensor& self, double rcond) { return pinv_rcond(self, rcond, false); }

Tensor cond_cpu(const Tensor& self, const std::optional<Scalar>& p) {
  check_matrices(self, "linalg.cond");
  const double order = p ? p->to<double>() : 2;
  if (std::fabs(order) == 2) {
    const Tensor S = linalg_svdvals(self);
    const Tensor first = select(S, -1, 0), last = select(S, -1, -1);
    return order > 0 ? first / last : last / first;
  }
  check_square(self, "linalg.cond");
  const Tensor inverse = std::get<0>(linalg_inv_ex(self, false)), singular = std::get<1>(linalg_inv_ex(self, false));
  const Tensor result = linalg_matrix_norm(self, *p) * linalg_matrix_norm(inverse, *p);
  return masked_fill(result, ne(singular, Scalar(0)), Scalar(std::numeric_limits<double>::infinity()));
}
Tensor cond_named(const Tensor& self, std::string_view p) {
  check_square(self, "linalg.cond");
  if (p != "fro" && p != "nuc") throw RuntimeError(cat("linalg.cond got an invalid norm type: ", p));
  if (p == "nuc") {
    const Tensor S = linalg_svdvals(self);
    return sum(S, OptDims(IntArrayRef(-1)), false) * sum(reciprocal(S), OptDims(IntArrayRef(-1)), false);
  }
  const Tensor inverse = std::get<0>(linalg_inv_ex(self, false)), singular = std::get<1>(linalg_inv_ex(self, false));
  const Tensor result = linalg_matrix_norm(self, p) * linalg_matrix_norm(inverse, p);
  return masked_fill(result, ne(singular, Scalar(0)), Scalar(std::numeric_limits<double>::infinity()));
}

// ---- Least squares

std::tuple<Tensor, Tensor, Tensor, Tensor> lstsq_kernel(const Tensor& self, const Tensor& b,
                                                        std::optional<double> rcond,
                                                        std::optional<std::string_view> driver) {
  if (self.dim() < 2) throw RuntimeError("torch.linalg.lstsq: input must have at least 2 dimensions.");
  if (b.dim() < 1) throw RuntimeError("torch.linalg.lstsq: other must have at least 1 dimension.");
  if (self.dtype() != b.dtype())
    throw RuntimeError("torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype " +
                       std::string(dtype_info(self.dtype()).ir_name) + " and other's dtype " +
                       std::string(dtype_info(b.dtype()).ir_name));
  const bool vector = self.dim() - 1 == b.dim() && b.sizes() == self.sizes().slice(0, size_t(self.dim()) - 1);
  const Tensor sides = vector ? unsqueeze(b, -1) : b;
  if (self.size(-2) != (sides.dim() > 1 ? sides.size(-2) : sides.size(-1))) {
    if (vector || b.dim() == 1) throw RuntimeError("torch.linalg.lstsq: input.size(-2) should match other.size(-1)");
    throw RuntimeError("torch.linalg.lstsq: input.size(-2) should match other.size(-2)");
  }
  const std::string_view method = driver.value_or("gelsy");
  if (method != "gels" && method != "gelsy" && method != "gelsd" && method != "gelss")
    throw RuntimeError(cat("torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)"));
  const double tolerance = rcond.value_or(eps_of(self.dtype()) * double(std::max(self.size(-2), self.size(-1))));
  const int64_t m = self.size(-2), n = self.size(-1);
  // The minimum norm solution by singular values serves all drivers.
  const Tensor wide = cpu::to_dtype(self, wide_dtype(self.dtype())), wide_b = cpu::to_dtype(sides, wide.dtype());
  const Tensor P = pinv_with(wide, number_tensor(0), number_tensor(method == "gels" ? 0 : tolerance), false);
  const Tensor X = matmul(P, wide_b);
  const Tensor S = linalg_svdvals(wide);
  const Tensor largest = S.size(-1) > 0 ? narrow(S, -1, 0, 1) : S;
  const Tensor rank = sum(gt(S, largest * Scalar(tolerance)), OptDims(IntArrayRef(-1)), false);
  Tensor residuals = empty_tensor(0, to_real(self.dtype()));
  const bool full_rank = rank.numel() == 0 || amin(rank).item().to<int64_t>() == n;
  if (m > n && method != "gelsy" && (method == "gels" || full_rank))
    residuals = cpu::to_dtype(sum(square(abs(wide_b - matmul(wide, X))), OptDims(IntArrayRef(-2)), false),
                              to_real(self.dtype()));
  const Tensor solution = cpu::to_dtype(X, self.dtype());
  const Tensor no_rank = empty_tensor(0, ScalarType::int64), no_values = empty_tensor(0, to_real(self.dtype()));
  return {vector ? squeeze(solution, -1) : solution, residuals, method == "gels" ? no_rank : rank,
          method == "gelsd" || method == "gelss" ? cpu::to_dtype(S, to_real(self.dtype())) : no_values};
}
std::tuple<Tensor, Tensor, Tensor, Tensor> lstsq_cpu(const Tensor& self, const Tensor& b, std::optional<double> rcond,
                                                     std::optional<std::string_view> driver) {
  const auto [solution, residuals, rank, values] = _lstsq(self, b, rcond, driver);
  // Singular values are for inspection: no gradient goes through them.
  return {solution, residuals, rank, detach(values)};
}
void lstsq_back(const Backward& b, std::span<Tensor> gradients) {
  const Tensor A = b.saved("self"), B = b.saved("b");
  const bool vector = A.dim() - 1 == B.dim() && B.sizes() == A.sizes().slice(0, size_t(A.dim()) - 1);
  const Tensor P = linalg_pinv(A, std::nullopt, std::nullopt, false);
  if (b.grad(0).defined()) {
    const Tensor grad = vector ? unsqueeze(b.grad(0), -1) : b.grad(0), sides = vector ? unsqueeze(B, -1) : B;
    gradients[0] = pinv_gradient(matmul(grad, adjoint_of(sides)), P, A);
    const Tensor B_grad = matmul(adjoint_of(P), grad);
    gradients[1] = vector ? squeeze(B_grad, -1) : B_grad;
  }
  if (b.grad(1).defined() && b.grad(1).numel() > 0) {
    const Tensor sides = vector ? unsqueeze(B, -1) : B;
    const Tensor residual = sides - matmul(A, matmul(P, sides)), weights = unsqueeze(b.grad(1), -2) * Scalar(2);
    const Tensor towards_B = residual * weights;
    const Tensor towards_A = -matmul(towards_B, adjoint_of(matmul(P, sides)));
    gradients[0] = gradients[0].defined() ? gradients[0] + towards_A : towards_A;
    const Tensor part = vector ? squeeze(towards_B, -1) : towards_B;
    gradients[1] = gradients[1].defined() ? gradients[1] + part : part;
  }
}

// ---- The exponential

/// By scaling, Pade's approximation of order 13 and squaring (Higham 2005).
Tensor matrix_exp_kernel(const Tensor& A) {
  check_square(A, "linalg.matrix_exp");
  if (!is_floating(A.dtype()) && !is_complex(A.dtype()))
    throw RuntimeError(cat("linalg.matrix_exp: Expected a floating point or complex tensor as input. Got ",
                           dtype_info(A.dtype()).ir_name));
  if (A.numel() == 0) return cpu::clone(A);
  const Tensor wide = cpu::to_dtype(A, wide_dtype(A.dtype()));
  const double norm = amax(sum(abs(wide), OptDims(IntArrayRef(-2)), false)).item().to<double>();
  if (!std::isfinite(norm)) return full_like(A, Scalar(std::numeric_limits<double>::quiet_NaN()));
  int squarings = norm > 5.37 ? int(std::ceil(std::log2(norm / 5.37))) : 0;
  const Tensor X = wide * Scalar(std::ldexp(1.0, -squarings));
  static const double b[] = {64764752532480000.,
                             32382376266240000.,
                             7771770303897600.,
                             1187353796428800.,
                             129060195264000.,
                             10559470521600.,
                             670442572800.,
                             33522128640.,
                             1323241920.,
                             40840800.,
                             960960.,
                             16380.,
                             182.,
                             1.};
  const Tensor I = expand(eye(A.size(-1), X.dtype()), X.sizes());
  const Tensor X2 = matmul(X, X), X4 = matmul(X2, X2), X6 = matmul(X4, X2);
  const auto mix = [&](int i6, int i4, int i2, int i0) {
    Tensor result = X6 * Scalar(b[i6]) + X4 * Scalar(b[i4]) + X2 * Scalar(b[i2]);
    return i0 >= 0 ? result + I * Scalar(b[i0]) : result;
  };
  const Tensor U = matmul(X, matmul(X6, mix(13, 11, 9, -1)) + mix(7, 5, 3, 1));
  const Tensor V = matmul(X6, mix(12, 10, 8, -1)) + mix(6, 4, 2, 0);
  Tensor result = std::get<0>(linalg_solve_ex(V - U, V + U, true, false));
  for (; squarings > 0; --squarings) result = matmul(result, result);
  return cpu::to_dtype(result, A.dtype());
}
Tensor matrix_exp_back(const Backward& b) {
  // exp of [[A^H, G], [0, A^H]] has the gradient in its upper right block.
  const Tensor AH = adjoint_of(b.saved("self"));
  const int64_t n = AH.size(-1);
  if (AH.numel() == 0) return zeros_like(AH);
  const Tensor upper = concat({AH, b.grad()}, -1), lower = concat({zeros_like(AH), AH}, -1);
  const Tensor whole = matrix_exp(concat({upper, lower}, -2));
  return narrow(narrow(whole, -2, 0, n), -1, n, n);
}
Tensor linalg_matrix_exp_cpu(const Tensor& self) { return matrix_exp(self); }

// ---- Tensors as matrices

Tensor tensorinv_cpu(const Tensor& self, int64_t ind) {
  if (ind <= 0) throw RuntimeError("Expected a strictly positive integer for 'ind'");
  int64_t rows = 1, columns = 1;
  std::vector<int64_t> shape;
  for (int64_t d = ind; d < self.dim(); ++d) {
    columns *= self.size(d);
    shape.push_back(self.size(d));
  }
  for (int64_t d = 0; d < std::min(ind, self.dim()); ++d) {
    rows *= self.size(d);
    shape.push_back(self.size(d));
  }
  if (rows != columns)
    throw RuntimeError(
        cat("Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got ",
            columns, " != ", rows));
  return reshape(linalg_inv(reshape(self, {rows, columns})), shape);
}
Tensor tensorsolve_cpu(const Tensor& self, const Tensor& other, OptDims dims) {
  Tensor A = self;
  if (dims) {
    std::vector<int64_t> destination(dims->size());
    std::iota(destination.begin(), destination.end(), self.dim() - int64_t(dims->size()));
    A = movedim(self, *dims, destination);
  }
  std::vector<int64_t> shape;
  int64_t count = 1;
  for (int64_t d = other.dim(); d < A.dim(); ++d) {
    shape.push_back(A.size(d));
    count *= A.size(d);
  }
  if (count != other.numel())
    throw RuntimeError(
        cat("Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), "
            "but got ",
            count, " != ", other.numel()));
  return reshape(linalg_solve(reshape(A, {count, count}), reshape(other, {count})), shape);
}
Tensor vander_cpu(const Tensor& x, std::optional<int64_t> N) {
  if (x.dtype() == ScalarType::bool_)
    throw RuntimeError("linalg.vander: Expected a floating point, complex, or integral tensor. Got Bool");
  const Tensor rows = x.dim() == 0 ? unsqueeze(x, 0) : x;
  const int64_t n = N.value_or(rows.size(-1));
  if (n <= 1) throw RuntimeError("N must be greater than 1.");
  Shape shape(rows.sizes());
  shape.push_back(n - 1);
  const Tensor powers = cumprod(expand(unsqueeze(rows, -1), shape), -1);
  shape.back() = 1;
  return concat({ones(shape, powers.dtype()), powers}, -1);
}
/// The older form: highest power first unless `increasing`.
Tensor vander_of_vector(const Tensor& x, std::optional<int64_t> N, bool increasing) {
  if (x.dim() != 1) throw RuntimeError("x must be a one-dimensional tensor.");
  const int64_t n = N.value_or(x.size(0));
  if (n < 0) throw RuntimeError("N must be non-negative.");
  const ScalarType type = is_integral_or_bool(x.dtype()) ? ScalarType::int64 : x.dtype();
  Tensor powers = empty(Shape{x.size(0), 0}, type);
  if (n > 0) powers = ones(Shape{x.size(0), 1}, type);
  if (n > 1) powers = concat({powers, cumprod(expand(unsqueeze(to(x, type), -1), Shape{x.size(0), n - 1}), -1)}, -1);
  const int64_t last = 1;
  return increasing ? powers : flip(powers, IntArrayRef(&last, 1));
}

}  // namespace

void declare_linalg_derived(OpSet& ops) {
  constexpr OpTraits kLinalg = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add({.schema = "linalg_det(Tensor A) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&det_kernel>(),
           .saves = "A, result",
           .derivatives = {{"A", det_back}},
           .traits = kLinalg,
           .doc = "The determinant."});
  ops.add({.schema = "det(Tensor self) -> Tensor",
           .kernel = typed_kernel<&det_old>(),
           .traits = kComposite,
           .doc = "linalg_det."});
  ops.add({.schema = "linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)",
           .out = "out",
           .kernel = typed_kernel<&slogdet_kernel>(),
           .saves = "A, result0",
           .derivatives = {{"A", slogdet_back}},
           .traits = kLinalg,
           .doc = "Sign and logarithm of the magnitude of the determinant."});
  ops.add({.schema = "slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)",
           .out = "out",
           .kernel = typed_kernel<&slogdet_old>(),
           .traits = kComposite,
           .doc = "linalg_slogdet."});
  ops.add({.schema = "logdet(Tensor self) -> Tensor",
           .kernel = typed_kernel<&logdet_cpu>(),
           .traits = kComposite,
           .doc = "The logarithm of the determinant."});
  ops.add({.schema = "linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&rank_tol>(),
           .traits = kLinalg | kComposite,
           .doc = "How many singular values are above the tolerance."});
  ops.add({.schema = "linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor",
           .out = "out_tol_tensor",
           .kernel = typed_kernel<&rank_tol_tensor>(),
           .traits = kLinalg | kComposite,
           .doc = "How many singular values are above the tolerance."});
  ops.add({.schema = "linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool "
                     "hermitian=False) -> Tensor",
           .out = "atol_rtol_float_out",
           .kernel = typed_kernel<&rank_floats>(),
           .traits = kLinalg | kComposite,
           .doc = "How many singular values are above the tolerances."});
  ops.add({.schema = "linalg_matrix_rank.atol_rtol_tensor(Tensor input, *, Tensor? atol=None, Tensor? rtol=None, bool "
                     "hermitian=False) -> Tensor",
           .out = "atol_rtol_tensor_out",
           .kernel = typed_kernel<&rank_tensors>(),
           .traits = kLinalg | kComposite,
           .doc = "How many singular values are above the tolerances."});
  ops.add({.schema = "linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&pinv_rcond>(),
           .traits = kLinalg | kComposite,
           .doc = "The pseudoinverse."});
  ops.add({.schema = "linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor",
           .out = "out_rcond_tensor",
           .kernel = typed_kernel<&pinv_rcond_tensor>(),
           .traits = kLinalg | kComposite,
           .doc = "The pseudoinverse."});
  ops.add({.schema = "linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool "
                     "hermitian=False) -> Tensor",
           .out = "atol_rtol_float_out",
           .kernel = typed_kernel<&pinv_floats>(),
           .traits = kLinalg | kComposite,
           .doc = "The pseudoinverse."});
  ops.add({.schema = "linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool "
                     "hermitian=False) -> Tensor",
           .out = "atol_rtol_tensor_out",
           .kernel = typed_kernel<&pinv_tensors>(),
           .saves = "self, result",
           .derivatives = {{"self",
                            [](const Backward& b) { return pinv_gradient(b.grad(), b.result(), b.saved("self")); }}},
           .traits = kLinalg,
           .doc = "The pseudoinverse."});
  ops.add({.schema = "pinverse(Tensor self, float rcond=1.0000000000000001e-15) -> Tensor",
           .kernel = typed_kernel<&pinverse_cpu>(),
           .traits = kComposite,
           .doc = "linalg_pinv."});
  ops.add({.schema = "linalg_cond(Tensor self, Scalar? p=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&cond_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "The condition number."});
  ops.add({.schema = "linalg_cond.p_str(Tensor self, str p) -> Tensor",
           .out = "p_str_out",
           .kernel = typed_kernel<&cond_named>(),
           .traits = kLinalg | kComposite,
           .doc = "The condition number in the Frobenius or nuclear norm."});
  ops.add({.schema =
               "rushlight::_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, "
               "Tensor residuals, Tensor rank, Tensor singular_values)",
           .kernel = typed_kernel<&lstsq_kernel>(),
           .saves = "self, b",
           .joint_derivative = lstsq_back,
           .grad_fn = "LinalgLstsqBackward0",
           .traits = kLinalg | OpTraits::no_function,
           .doc = "The least squares solution of minimum norm."});
  ops.add({.schema = "linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, "
                     "Tensor residuals, Tensor rank, Tensor singular_values)",
           .out = "out",
           .kernel = typed_kernel<&lstsq_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "The least squares solution of minimum norm."});
  ops.add({.schema = "matrix_exp(Tensor self) -> Tensor",
           .kernel = typed_kernel<&matrix_exp_kernel>(),
           .saves = "self",
           .derivatives = {{"self", matrix_exp_back}},
           .doc = "The exponential of square matrices."});
  ops.add({.schema = "linalg_matrix_exp(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&linalg_matrix_exp_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "The exponential of square matrices."});
  ops.add({.schema = "linalg_tensorinv(Tensor self, int ind=2) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&tensorinv_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "The inverse of a tensor seen as a matrix."});
  ops.add({.schema = "linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&tensorsolve_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "Solves a system whose matrix is a tensor."});
  ops.add({.schema = "linalg_vander(Tensor x, *, SymInt? N=None) -> Tensor",
           .kernel = typed_kernel<&vander_cpu>(),
           .traits = kLinalg | kComposite,
           .doc = "The powers of the elements, one column each."});
  ops.add({.schema = "vander(Tensor x, int? N=None, bool increasing=False) -> Tensor",
           .kernel = typed_kernel<&vander_of_vector>(),
           .traits = kLinalg | kComposite,
           .doc = "The powers of the elements of a vector, one column each, the highest first unless increasing."});
}

}  // namespace rushlight::ops
