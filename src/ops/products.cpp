/// Products beyond linear_algebra.cpp: sums with products, inner and Kronecker products, contractions, chains, powers.
#include "ops/functions/products.h"

#include <numeric>

#include "ops/cpu/copy.h"
#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/linalg_solvers.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/view_scatters.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;
using OptDims = std::optional<IntArrayRef>;

// ---- beta * self + alpha * product

/// beta 0 means that self is not read, so that its nan does not matter.
Tensor scaled_sum(const Tensor& self, const Scalar& beta, const Tensor& product, const Scalar& alpha) {
  if (product.dtype() == ScalarType::bool_) {
    const Tensor scaled = logical_and(product, full_like(product, Scalar(alpha.to<bool>())));
    return beta.to<bool>() ? logical_or(self, scaled) : scaled;
  }
  // Numbers are taken in the dtype of the product.
  const Scalar a = is_integral(product.dtype()) ? Scalar(alpha.to<int64_t>()) : alpha;
  const Scalar b = is_integral(product.dtype()) ? Scalar(beta.to<int64_t>()) : beta;
  const Tensor scaled = a.equals(1) ? product : product * a;
  if (b.equals(0)) return scaled;
  return (b.equals(1) ? self : self * b) + scaled;
}
void check_scale(const Scalar& number, ScalarType type, std::string_view name) {
  if (is_integral_or_bool(type) && number.is_float())
    throw RuntimeError(cat("For integral input tensors, argument ", name, " must not be a floating point number."));
}
/// In place self takes the shape of the result.
Tensor become(const Tensor& self, const Tensor& result) {
  if (!(self.sizes() == result.sizes())) {
    const size_t bytes = size_t(result.numel() + self.storage_offset()) * self.item_size();
    if (self.storage()->bytes() < bytes) self.storage()->resize(bytes);
    self.impl()->set_shape(result.sizes(), contiguous_strides(result.sizes()));
  }
  return copy_(self, result);
}

Tensor addbmm_cpu(const Tensor& self, const Tensor& batch1, const Tensor& batch2, const Scalar& beta,
                  const Scalar& alpha) {
  if (batch1.dim() != 3) throw RuntimeError("batch1 must be a 3D tensor");
  if (batch2.dim() != 3) throw RuntimeError("batch2 must be a 3D tensor");
  if (batch1.size(0) != batch2.size(0))
    throw RuntimeError(
        cat("batch1 and batch2 must have same number of batches, got ", batch1.size(0), " and ", batch2.size(0)));
  if (batch1.size(2) != batch2.size(1))
    throw RuntimeError(cat("Incompatible matrix sizes for bmm (", batch1.size(1), "x", batch1.size(2), " and ",
                           batch2.size(1), "x", batch2.size(2), ")"));
  const Tensor product = sum(bmm(batch1, batch2), OptDims(IntArrayRef(0)), false, batch1.dtype());
  return scaled_sum(expand(self, product.sizes()), beta, product, alpha);
}
Tensor addbmm_inplace(const Tensor& self, const Tensor& batch1, const Tensor& batch2, const Scalar& beta,
                      const Scalar& alpha) {
  return become(self, addbmm_cpu(self, batch1, batch2, beta, alpha));
}
Tensor addmv_cpu(const Tensor& self, const Tensor& mat, const Tensor& vec, const Scalar& beta, const Scalar& alpha) {
  if (mat.dim() != 2 || vec.dim() != 1 || self.dim() > 1)
    throw RuntimeError(cat("vector + matrix @ vector expected, got ", self.dim(), ", ", mat.dim(), ", ", vec.dim()));
  if (mat.size(1) != vec.size(0) || (self.numel() != 1 && self.numel() != mat.size(0)))
    throw RuntimeError(cat("size mismatch, got input (", self.numel(), "), mat (", mat.size(0), "x", mat.size(1),
                           "), vec (", vec.size(0), ")"));
  return scaled_sum(expand(self, {mat.size(0)}), beta, mv(mat, vec), alpha);
}
Tensor addr_cpu(const Tensor& self, const Tensor& vec1, const Tensor& vec2, const Scalar& beta, const Scalar& alpha) {
  if (vec1.dim() != 1) throw RuntimeError(cat("addr: Expected 1-D argument vec1, but got ", vec1.dim(), "-D"));
  if (vec2.dim() != 1) throw RuntimeError(cat("addr: Expected 1-D argument vec2, but got ", vec2.dim(), "-D"));
  check_scale(beta, self.dtype(), "beta");
  check_scale(alpha, self.dtype(), "alpha");
  const Tensor product = outer(vec1, vec2);
  return scaled_sum(expand(self, product.sizes()), beta, product, alpha);
}

// ---- Vectors

Tensor vdot_cpu(const Tensor& self, const Tensor& other) {
  if (self.dim() == 1 && other.dim() == 1 && self.numel() != other.numel()) return dot(self, other);
  return dot(conjugate(self), other);
}
Tensor inner_cpu(const Tensor& self, const Tensor& other) {
  if (self.dim() == 0 || other.dim() == 0) return self * other;
  if (self.size(-1) != other.size(-1))
    throw RuntimeError(cat("inner() the last dimension must match on both input tensors but got shapes ",
                           shape_text(self.sizes()), " and ", shape_text(other.sizes())));
  return tensordot(self, other, {-1}, {-1});
}
Tensor vecdot_cpu(const Tensor& x, const Tensor& y, int64_t dim) {
  if (!is_floating(x.dtype()) && !is_complex(x.dtype()))
    throw RuntimeError(cat("linalg.vecdot: Expected a floating point or complex tensor as input. Got ",
                           dtype_info(x.dtype()).ir_name));
  return sum(conjugate(x) * y, OptDims(IntArrayRef(dim)), false);
}

Tensor linalg_cross_cpu(const Tensor& self, const Tensor& other, int64_t dim) {
  if (self.dim() != other.dim()) throw RuntimeError("linalg.cross: inputs must have the same number of dimensions.");
  if (self.size(dim) != 3 || other.size(dim) != 3)
    throw RuntimeError(cat("linalg.cross: inputs dimension ", dim, " must have length 3. Got ", self.size(dim), " and ",
                           other.size(dim)));
  const Shape shape = broadcast_shapes(self.sizes(), other.sizes());
  const Tensor a = expand(self, shape), b = expand(other, shape);
  return roll(a, {-1}, {dim}) * roll(b, {-2}, {dim}) - roll(a, {-2}, {dim}) * roll(b, {-1}, {dim});
}
Tensor cross_cpu(const Tensor& self, const Tensor& other, std::optional<int64_t> dim) {
  if (dim) return linalg_cross(self, other, *dim);
  warn_once_at(
      "aten/src/ATen/native/Cross.cpp:63",
      "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or "
      "simply use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a "
      "future release.");
  for (int64_t d = 0; d < self.dim(); ++d)
    if (self.size(d) == 3) return linalg_cross(self, other, d);
  throw RuntimeError("no dimension of size 3 in input");
}

Tensor kron_cpu(const Tensor& self, const Tensor& other) {
  const int64_t rank = std::max(self.dim(), other.dim());
  // (a1, 1, a2, 1, ...) * (1, b1, 1, b2, ...), neighbouring pairs joined.
  std::vector<int64_t> a, b, result;
  for (int64_t d = 0; d < rank; ++d) {
    const int64_t left = d < rank - self.dim() ? 1 : self.size(d - (rank - self.dim()));
    const int64_t right = d < rank - other.dim() ? 1 : other.size(d - (rank - other.dim()));
    a.insert(a.end(), {left, 1});
    b.insert(b.end(), {1, right});
    result.push_back(left * right);
  }
  return reshape(reshape(self, a) * reshape(other, b), result);
}

Tensor tensordot_cpu(const Tensor& self, const Tensor& other, IntArrayRef dims_self, IntArrayRef dims_other) {
  if (dims_self.size() != dims_other.size()) throw RuntimeError("both dimension lists should have same length");
  if (self.dtype() != other.dtype()) throw RuntimeError("both inputs should have same dtype");
  Tensor a = self, b = other;
  std::vector<bool> folded_a(size_t(std::max<int64_t>(self.dim(), 1))),
      folded_b(size_t(std::max<int64_t>(other.dim(), 1)));
  std::vector<int64_t> at_a, at_b;
  int64_t folded = 1;
  for (size_t i = 0; i < dims_self.size(); ++i) {
    const int64_t da = wrap_dim(dims_self[i], self.dim()), db = wrap_dim(dims_other[i], other.dim());
    const int64_t sa = self.size(da), sb = other.size(db);
    if (folded_a[size_t(da)]) throw RuntimeError(cat("dim ", da, " appears multiple times in the list of dims"));
    if (folded_b[size_t(db)]) throw RuntimeError(cat("dim ", db, " appears multiple times in the list of dims"));
    folded_a[size_t(da)] = folded_b[size_t(db)] = true;
    if (sb == 1) {
      a = sum(a, OptDims(IntArrayRef(da)), true, self.dtype());
    } else if (sa == 1) {
      b = sum(b, OptDims(IntArrayRef(db)), true, other.dtype());
    } else {
      if (sa != sb)
        throw RuntimeError(cat("contracted dimensions need to match, but first has size ", sa, " in dim ", da,
                               " and second has size ", sb, " in dim ", db));
      folded *= sa;
    }
    at_a.push_back(da);
    at_b.push_back(db);
  }
  std::vector<int64_t> order_a, order_b = at_b, shape;
  int64_t rows = 1, columns = 1;
  for (int64_t d = 0; d < a.dim(); ++d)
    if (!folded_a[size_t(d)]) {
      order_a.push_back(d);
      rows *= a.size(d);
      shape.push_back(a.size(d));
    }
  order_a.insert(order_a.end(), at_a.begin(), at_a.end());
  for (int64_t d = 0; d < b.dim(); ++d)
    if (!folded_b[size_t(d)]) {
      order_b.push_back(d);
      columns *= b.size(d);
      shape.push_back(b.size(d));
    }
  const Tensor left = reshape(permute(a, order_a), {rows, folded}),
               right = reshape(permute(b, order_b), {folded, columns});
  return reshape(mm(left, right), shape);
}

// ---- Chains and powers

/// The order of multiplications that costs least (Cormen and others, "Introduction to Algorithms", matrix chains).
Tensor chain(const Tensors& matrices) {
  const size_t n = matrices.size();
  if (n == 1) return matrices[0];
  std::vector<int64_t> size;
  for (const Tensor& matrix : matrices) size.push_back(matrix.size(0));
  size.push_back(matrices.back().size(1));
  std::vector<std::vector<double>> cost(n, std::vector<double>(n, 0));
  std::vector<std::vector<size_t>> cut(n, std::vector<size_t>(n, 0));
  for (size_t length = 2; length <= n; ++length)
    for (size_t i = 0; i + length <= n; ++i) {
      const size_t j = i + length - 1;
      cost[i][j] = -1;
      for (size_t k = i; k < j; ++k) {
        const double total = cost[i][k] + cost[k + 1][j] + double(size[i]) * double(size[k + 1]) * double(size[j + 1]);
        if (cost[i][j] >= 0 && total >= cost[i][j]) continue;
        cost[i][j] = total;
        cut[i][j] = k;
      }
    }
  const auto multiply = [&](auto& again, size_t i, size_t j) -> Tensor {
    if (i == j) return matrices[i];
    return mm(again(again, i, cut[i][j]), again(again, cut[i][j] + 1, j));
  };
  return multiply(multiply, 0, n - 1);
}
Tensor multi_dot_cpu(const Tensors& tensors) {
  const size_t n = tensors.size();
  if (n < 2) throw RuntimeError(cat("multi_dot(): expected at least 2 tensors but got ", n));
  Tensors matrices = tensors;
  std::vector<int64_t> shape;
  if (tensors[0].dim() == 1) {
    matrices[0] = unsqueeze(tensors[0], 0);
  } else if (tensors[0].dim() == 2) {
    shape.push_back(tensors[0].size(0));
  } else {
    throw RuntimeError(cat("multi_dot(): the first tensor must be 1D or 2D but got ", tensors[0].dim(), "D"));
  }
  if (tensors[n - 1].dim() == 1) {
    matrices[n - 1] = unsqueeze(tensors[n - 1], -1);
  } else if (tensors[n - 1].dim() == 2) {
    shape.push_back(tensors[n - 1].size(1));
  } else {
    throw RuntimeError(cat("multi_dot(): the last tensor must be 1D or 2D but got ", tensors[n - 1].dim(), "D"));
  }
  for (size_t i = 1; i + 1 < n; ++i)
    if (tensors[i].dim() != 2)
      throw RuntimeError(cat("multi_dot(): tensor ", i, " must be 2D but got ", tensors[i].dim(), "D"));
  for (size_t i = 1; i < n; ++i) {
    if (tensors[i].dtype() != tensors[0].dtype())
      throw RuntimeError(cat("multi_dot(): all tensors must have be the same dtype but tensor 0 is ",
                             dtype_info(tensors[0].dtype()).ir_name, " and tensor ", i, " ",
                             dtype_info(tensors[i].dtype()).ir_name));
    if (matrices[i - 1].size(-1) != matrices[i].size(0))
      throw RuntimeError(cat("multi_dot(): tensors ", i - 1, " and ", i, " with shapes ",
                             shape_text(matrices[i - 1].sizes()), " and ", shape_text(matrices[i].sizes()),
                             " cannot be multiplied"));
  }
  return reshape(chain(matrices), shape);
}
Tensor chain_matmul_cpu(const Tensors& matrices) {
  warn_once_at(
      "aten/src/ATen/native/LinearAlgebra.cpp:1102",
      "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
      "instead, which accepts a list of two or more tensors rather than multiple parameters.");
  for (const Tensor& matrix : matrices)
    if (matrix.dim() != 2) throw RuntimeError(cat("Tensor dimension is ", matrix.dim(), ", expected 2 instead."));
  if (matrices.empty()) throw RuntimeError("chain_matmul(): Expected one or more matrices");
  return matrices.size() == 1 ? clone(matrices[0]) : linalg_multi_dot(matrices);
}

void check_square(const Tensor& self, std::string_view name) {
  if (self.dim() < 2) throw RuntimeError(cat(name, ": The input tensor A must have at least 2 dimensions."));
  if (self.size(-1) != self.size(-2))
    throw RuntimeError(cat(name, ": A must be batches of square matrices, but they are ", self.size(-2), " by ",
                           self.size(-1), " matrices"));
}
Tensor identity_like(const Tensor& self) { return expand(eye(self.size(-1), self.dtype()), self.sizes()); }
Tensor matrix_power_cpu(const Tensor& self, int64_t n) {
  check_square(self, "linalg.matrix_power");
  if (n == 0) return self * Scalar(0) + identity_like(self);
  if (n == 1) return clone(self);
  if (n == -1) return linalg_inv(self);
  if (n < 0) return linalg_matrix_power(linalg_inv(self), -n);
  if (n == 2) return matmul(self, self);
  if (n == 3) return matmul(matmul(self, self), self);
  Tensor square = self, result;
  for (;; n /= 2, square = matmul(square, square)) {
    if (n % 2) result = result.defined() ? matmul(result, square) : square;
    if (n < 2) return result;
  }
}

}  // namespace

void declare_products(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  constexpr OpTraits kLinalg = OpTraits::composite | OpTraits::no_method;
  ops.add({.schema = "addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&addbmm_cpu, &addbmm_inplace>(),
           .traits = kComposite,
           .doc = "beta * self + alpha * the sum of batch1 @ batch2."});
  ops.add({.schema = "addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&addmv_cpu>(),
           .traits = kComposite,
           .doc = "beta * self + alpha * (mat @ vec)."});
  ops.add({.schema = "addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&addr_cpu>(),
           .traits = kComposite,
           .doc = "beta * self + alpha * outer(vec1, vec2)."});
  ops.add({.schema = "vdot(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&vdot_cpu>(),
           .traits = kComposite,
           .doc = "dot of the conjugate of self."});
  ops.add({.schema = "inner(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&inner_cpu>(),
           .traits = kComposite,
           .doc = "Sums of products over the last dimensions."});
  ops.add({.schema = "linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&vecdot_cpu>(),
           .traits = kLinalg,
           .doc = "Dot products along a dimension; x is conjugated."});
  ops.add({.schema = "linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&linalg_cross_cpu>(),
           .traits = kLinalg,
           .doc = "Cross products along a dimension of size 3."});
  ops.add({.schema = "cross(Tensor self, Tensor other, int? dim=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&cross_cpu>(),
           .traits = kComposite,
           .doc = "Cross products; without dim along the first dimension of size 3."});
  ops.add({.schema = "kron(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&kron_cpu>(),
           .traits = kComposite,
           .doc = "The Kronecker product."});
  ops.add({.schema = "tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&tensordot_cpu>(),
           .traits = kLinalg,
           .doc = "Sums of products over pairs of dimensions."});
  ops.add({.schema = "linalg_multi_dot(Tensor[] tensors) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&multi_dot_cpu>(),
           .traits = kLinalg,
           .doc = "The product of a chain of matrices, in the cheapest order."});
  ops.add({.schema = "chain_matmul(Tensor[] matrices) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&chain_matmul_cpu>(),
           .traits = kLinalg,
           .doc = "linalg_multi_dot."});
  ops.add({.schema = "linalg_matrix_power(Tensor self, int n) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&matrix_power_cpu>(),
           .traits = kLinalg,
           .doc = "The n-th power of square matrices."});
}

}  // namespace rushlight::ops
