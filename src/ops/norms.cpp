/// Norms of vectors and matrices, distances, and renorm.
#include "ops/functions/norms.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "ops/cpu/copy.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/index_vector.h"
#include "ops/functions/linalg_decompositions.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/selection.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using OptDims = std::optional<IntArrayRef>;
using OptType = std::optional<ScalarType>;

/// 2, 0.5: as C++ streams print a double.
std::string fmt_number(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

// ---- Vector norms

Tensor root_of_squares(const Tensor& magnitudes, OptDims dims, bool keepdim) {
  return sqrt(sum(square(magnitudes), dims, keepdim));
}

void check_vector_norm(const Tensor& self, const Scalar& ord, OptDims dims, OptType dtype) {
  if (!is_floating(self.dtype()) && !is_complex(self.dtype()))
    throw RuntimeError(cat("linalg.vector_norm: Expected a floating point or complex tensor as input. Got ",
                           dtype_info(self.dtype()).ir_name));
  if (ord.is_complex()) throw RuntimeError("linalg.vector_norm: Expected a non-complex scalar as the order of norm.");
  if (dtype && is_complex(*dtype) != is_complex(self.dtype()))
    throw RuntimeError(cat("linalg.vector_norm: dtype should be ", is_complex(self.dtype()) ? "complex" : "real",
                           " for ", is_complex(self.dtype()) ? "complex" : "real", " inputs, but got ",
                           dtype_info(*dtype).ir_name));
  const double p = ord.to<double>();
  if (self.numel() > 0 || (p >= 0 && !std::isinf(p))) return;
  if (!dims || dims->empty())
    throw RuntimeError(cat("linalg.vector_norm cannot compute the ",
                           std::isinf(p) ? (p > 0 ? "inf" : "-inf") : fmt_number(p),
                           " norm on an empty tensor because the operation does not have an identity"));
  for (int64_t dim : *dims)
    if (self.dim() == 0 || self.size(dim) == 0)
      throw RuntimeError(cat("linalg.vector_norm cannot compute the ",
                             std::isinf(p) ? (p > 0 ? "inf" : "-inf") : fmt_number(p), " norm on the dimension ", dim,
                             " because this dimension is empty and the operation does not have an identity"));
}

Tensor vector_norm_cpu(const Tensor& self, const Scalar& ord, OptDims dims, bool keepdim, OptType dtype) {
  check_vector_norm(self, ord, dims, dtype);
  const double p = ord.to<double>();
  const ScalarType result_type = to_real(dtype.value_or(self.dtype()));
  Tensor input = dtype ? to(self, *dtype) : self;
  if (kReducedFloating.contains(input.dtype())) input = to(input, ScalarType::float32);
  const Tensor magnitudes = abs(input);
  const IntArrayRef folded = dims.value_or(IntArrayRef());
  Tensor norm;
  if (p == 0)
    norm = sum(to(ne(magnitudes, Scalar(0)), magnitudes.dtype()), dims, keepdim);
  else if (p == 1)
    norm = sum(magnitudes, dims, keepdim);
  else if (p == 2)
    norm = root_of_squares(magnitudes, dims, keepdim);
  else if (std::isinf(p))
    norm = p > 0 ? amax(magnitudes, folded, keepdim) : amin(magnitudes, folded, keepdim);
  else
    norm = pow(sum(pow(magnitudes, Scalar(p)), dims, keepdim), Scalar(1 / p));
  return to(norm, result_type);
}

/// In a shape that broadcasts with what was folded.
Tensor kept(const Tensor& reduced, size_t rank, const IValue& dims_argument, bool keepdim) {
  if (keepdim || rank == 0 || dims_argument.is_none()) return reduced;
  std::vector<int64_t> dims = dims_argument.to_int_vector();
  for (int64_t& dim : dims) dim = wrap_dim(dim, int64_t(rank));
  std::sort(dims.begin(), dims.end());
  Tensor result = reduced;
  for (int64_t dim : dims) result = unsqueeze(result, dim);
  return result;
}
Tensor vector_norm_back(const Backward& b) {
  const Tensor self = b.saved("self");
  const double p = b.float_of("ord");
  const size_t rank = b.sizes("self").size();
  const bool keepdim = b.bool_of("keepdim");
  const Tensor grad = kept(b.grad(), rank, b.argument("dim"), keepdim);
  const Tensor norm = kept(b.result(), rank, b.argument("dim"), keepdim);
  if (p == 0) return zeros_like(self);
  if (p == 1) return grad * sgn(self);
  if (p == 2) return grad * masked_fill(self / norm, eq(norm, Scalar(0)), Scalar(0));
  const Tensor magnitudes = abs(self);
  if (std::isinf(p)) {
    const Tensor best = logical_or(eq(magnitudes, norm), logical_and(isnan(norm), isnan(magnitudes)));
    const IValue& dims = b.argument("dim");
    const std::vector<int64_t> folded = dims.is_none() ? std::vector<int64_t>() : dims.to_int_vector();
    const Tensor count = rank == 0 ? sum(best) : sum(best, OptDims(folded), true);
    return sgn(self) * (grad / count) * to(best, magnitudes.dtype());
  }
  if (p < 1) {
    const Tensor powered = masked_fill(pow(magnitudes, Scalar(p - 1)), eq(self, Scalar(0)), Scalar(0));
    return sgn(self) * powered * grad * pow(norm, Scalar(1 - p));
  }
  const Tensor scale = masked_fill(grad / pow(norm, Scalar(p - 1)), eq(norm, Scalar(0)), Scalar(0));
  if (p < 2) {
    const Tensor powered = masked_fill(pow(magnitudes, Scalar(p - 1)), eq(self, Scalar(0)), Scalar(0));
    return sgn(self) * powered * scale;
  }
  return self * pow(magnitudes, Scalar(p - 2)) * scale;
}

// ---- Matrix norms

void check_matrix(const Tensor& self, IntArrayRef dims, std::string_view name) {
  if (!is_floating(self.dtype()) && !is_complex(self.dtype()))
    throw RuntimeError(
        cat(name, ": Expected a floating point or complex tensor as input. Got ", dtype_info(self.dtype()).ir_name));
  if (self.dim() < 2) throw RuntimeError(cat(name, ": The input tensor A must have at least 2 dimensions."));
  if (dims.size() != 2) throw RuntimeError(cat(name, ": dim must be a 2-tuple. Got ", join(dims, " ")));
  if (wrap_dim(dims[0], self.dim()) == wrap_dim(dims[1], self.dim()))
    throw RuntimeError(cat(name, ": dims must be different. Got (", dims[0], ", ", dims[1], ")"));
}
Tensor singular_values_of(const Tensor& self, IntArrayRef dims) {
  return linalg_svdvals(movedim(self, dims, {-2, -1}));
}
/// The norm of a matrix from its singular values, with the dimensions kept or not.
Tensor as_reduced(const Tensor& values, IntArrayRef dims, int64_t rank, bool keepdim) {
  if (!keepdim) return values;
  std::vector<int64_t> at = {wrap_dim(dims[0], rank), wrap_dim(dims[1], rank)};
  std::sort(at.begin(), at.end());
  return unsqueeze(unsqueeze(values, at[0]), at[1]);
}
Tensor matrix_norm_cpu(const Tensor& self, const Scalar& ord, IntArrayRef dims, bool keepdim, OptType dtype) {
  const double p = ord.to<double>(), magnitude = std::fabs(p);
  if (magnitude != 1 && magnitude != 2 && !std::isinf(magnitude))
    throw RuntimeError(cat("linalg.matrix_norm: Order ", fmt_number(p), " not supported."));
  check_matrix(self, dims, "linalg.matrix_norm");
  const Tensor A = dtype ? to(self, *dtype) : self;
  if (magnitude == 2) {
    const Tensor values = singular_values_of(A, dims);
    return as_reduced(p > 0 ? amax(values, {-1}, false) : amin(values, {-1}, false), dims, self.dim(), keepdim);
  }
  int64_t summed = wrap_dim(dims[0], self.dim()), compared = wrap_dim(dims[1], self.dim());
  if (std::isinf(p)) std::swap(summed, compared);
  if (!keepdim && summed < compared) --compared;
  const Tensor sums = linalg_vector_norm(A, Scalar(1.), OptDims(IntArrayRef(summed)), keepdim);
  return p > 0 ? amax(sums, {compared}, keepdim) : amin(sums, {compared}, keepdim);
}
Tensor matrix_norm_named(const Tensor& self, std::string_view ord, IntArrayRef dims, bool keepdim, OptType dtype) {
  if (ord != "fro" && ord != "nuc") throw RuntimeError(cat("linalg.matrix_norm: Order ", ord, " not supported."));
  check_matrix(self, dims, "linalg.matrix_norm");
  if (ord == "fro") return linalg_vector_norm(self, Scalar(2), OptDims(dims), keepdim, dtype);
  const Tensor values = singular_values_of(dtype ? to(self, *dtype) : self, dims);
  return as_reduced(sum(values, OptDims(IntArrayRef(-1)), false), dims, self.dim(), keepdim);
}

// ---- linalg.norm, torch.norm

Tensor linalg_norm_cpu(const Tensor& self, const std::optional<Scalar>& ord, OptDims dims, bool keepdim,
                       OptType dtype) {
  if (!is_floating(self.dtype()) && !is_complex(self.dtype()))
    throw RuntimeError(cat("linalg.norm: Expected a floating point or complex tensor as input. Got ",
                           dtype_info(self.dtype()).ir_name));
  if (dims && dims->size() != 1 && dims->size() != 2)
    throw RuntimeError(cat("linalg.norm: If dim is specified, it must be of length 1 or 2. Got ", shape_text(*dims)));
  if (!dims && ord && self.dim() != 1 && self.dim() != 2)
    throw RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got " +
                       std::to_string(self.dim()) + "D.");
  if (ord && ((dims && dims->size() == 2) || (!dims && self.dim() == 2)))
    return linalg_matrix_norm(self, *ord, dims.value_or(IntArrayRef({0, 1})), keepdim, dtype);
  return linalg_vector_norm(self, ord.value_or(Scalar(2.)), dims, keepdim, dtype);
}
Tensor linalg_norm_named(const Tensor& self, std::string_view ord, OptDims dims, bool keepdim, OptType dtype) {
  if (dims && dims->size() != 1 && dims->size() != 2)
    throw RuntimeError(cat("linalg.norm: If dim is specified, it must be of length 1 or 2. Got ", shape_text(*dims)));
  if (!dims && self.dim() != 2)
    throw RuntimeError(
        cat("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ", self.dim(), "D."));
  return linalg_matrix_norm(self, ord, dims.value_or(IntArrayRef({0, 1})), keepdim, dtype);
}
Tensor norm_all(const Tensor& self, const Scalar& p) { return linalg_vector_norm(self, p); }
Tensor norm_dims(const Tensor& self, const std::optional<Scalar>& p, IntArrayRef dims, bool keepdim) {
  return linalg_vector_norm(self, p.value_or(Scalar(2)), OptDims(dims), keepdim);
}
Tensor norm_dims_dtype(const Tensor& self, const std::optional<Scalar>& p, IntArrayRef dims, bool keepdim,
                       ScalarType dtype) {
  return linalg_vector_norm(self, p.value_or(Scalar(2)), OptDims(dims), keepdim, dtype);
}
Tensor norm_dtype(const Tensor& self, const std::optional<Scalar>& p, ScalarType dtype) {
  return linalg_vector_norm(self, p.value_or(Scalar(2)), std::nullopt, false, dtype);
}
Tensor frobenius_norm_cpu(const Tensor& self, IntArrayRef dims, bool keepdim) {
  return linalg_vector_norm(self, Scalar(2.), OptDims(dims), keepdim);
}
Tensor nuclear_norm_cpu(const Tensor& self, bool keepdim) {
  return linalg_matrix_norm(self, std::string_view("nuc"), {-2, -1}, keepdim);
}
Tensor nuclear_norm_dims(const Tensor& self, IntArrayRef dims, bool keepdim) {
  return linalg_matrix_norm(self, std::string_view("nuc"), dims, keepdim);
}

// ---- Distances

Tensor dist_cpu(const Tensor& self, const Tensor& other, const Scalar& p) { return norm(self - other, p); }

Tensor renorm_cpu(const Tensor& self, const Scalar& p, int64_t dim, const Scalar& maxnorm) {
  if (self.dim() < 2)
    throw RuntimeError(cat("renorm: input needs at least 2 dimensions, got ", self.dim(), " dimensions"));
  if (p.is_complex() || p.to<double>() <= 0) throw RuntimeError("renorm: non-positive-norm not supported");
  if (maxnorm.is_complex() || maxnorm.to<double>() < 0)
    throw RuntimeError(cat("renorm: expected maxnorm to be >= 0 but got ", maxnorm.to<double>()));
  const int64_t at = wrap_dim(dim, self.dim());
  std::vector<int64_t> others;
  for (int64_t d = 0; d < self.dim(); ++d)
    if (d != at) others.push_back(d);
  const Tensor norms = linalg_vector_norm(self, p, OptDims(others), true);
  const Tensor factors = where(gt(norms, maxnorm), maxnorm * reciprocal(norms + Scalar(1e-7)), ones_like(norms));
  return self * factors;
}

}  // namespace

void declare_norms(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  constexpr OpTraits kLinalg = OpTraits::composite | OpTraits::no_method;
  ops.add({.schema = "linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, "
                     "ScalarType? dtype=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&vector_norm_cpu>(),
           .saves = "self, result",
           .derivatives = {{"self", vector_norm_back}},
           .traits = OpTraits::no_method,
           .doc = "The norm of vectors: all elements, or those along dimensions."});
  ops.add({.schema = "linalg_matrix_norm(Tensor self, Scalar ord, int[] dim=[-2, -1], bool keepdim=False, *, "
                     "ScalarType? dtype=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&matrix_norm_cpu>(),
           .traits = kLinalg,
           .doc = "The norm of matrices of order 1, 2 or infinity."});
  ops.add({.schema = "linalg_matrix_norm.str_ord(Tensor self, str ord=\"fro\", int[] dim=[-2, -1], bool keepdim=False, "
                     "*, ScalarType? dtype=None) -> Tensor",
           .out = "str_ord_out",
           .kernel = typed_kernel<&matrix_norm_named>(),
           .traits = kLinalg,
           .doc = "The Frobenius or nuclear norm of matrices."});
  ops.add({.schema = "linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? "
                     "dtype=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&linalg_norm_cpu>(),
           .traits = kLinalg,
           .doc = "The norm of a vector or a matrix."});
  ops.add({.schema = "linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? "
                     "dtype=None) -> Tensor",
           .out = "ord_str_out",
           .kernel = typed_kernel<&linalg_norm_named>(),
           .traits = kLinalg,
           .doc = "The Frobenius or nuclear norm of a matrix."});
  ops.add({.schema = "norm.Scalar(Tensor self, Scalar p=2) -> Tensor",
           .out = "Scalar_out",
           .kernel = typed_kernel<&norm_all>(),
           .traits = kComposite,
           .doc = "The p-norm of all elements."});
  ops.add({.schema = "norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&norm_dims>(),
           .traits = kComposite,
           .doc = "The p-norm over dimensions."});
  ops.add({.schema = "norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, *, ScalarType dtype) "
                     "-> Tensor",
           .out = "dtype_out",
           .kernel = typed_kernel<&norm_dims_dtype>(),
           .traits = kComposite,
           .doc = "The p-norm over dimensions, computed in a dtype."});
  ops.add({.schema = "norm.ScalarOpt_dtype(Tensor self, Scalar? p, *, ScalarType dtype) -> Tensor",
           .out = "ScalarOpt_dtype_out",
           .kernel = typed_kernel<&norm_dtype>(),
           .traits = kComposite,
           .doc = "The p-norm of all elements, computed in a dtype."});
  ops.add({.schema = "frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&frobenius_norm_cpu>(),
           .traits = kLinalg,
           .doc = "The square root of the sum of squares."});
  ops.add({.schema = "nuclear_norm(Tensor self, bool keepdim=False) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&nuclear_norm_cpu>(),
           .traits = kLinalg,
           .doc = "The sum of the singular values."});
  ops.add({.schema = "nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor",
           .out = "dim_out",
           .kernel = typed_kernel<&nuclear_norm_dims>(),
           .traits = kLinalg,
           .doc = "The sum of the singular values."});
  ops.add({.schema = "dist(Tensor self, Tensor other, Scalar p=2) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&dist_cpu>(),
           .traits = kComposite,
           .doc = "The p-norm of self - other."});
  ops.add({.schema = "renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&renorm_cpu>(),
           .traits = kComposite,
           .doc = "Slices of a dimension scaled down to a p-norm of maxnorm."});
}

}  // namespace rushlight::ops
