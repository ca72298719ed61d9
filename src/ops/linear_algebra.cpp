/// Products of matrices and vectors.
#include "ops/functions/linear_algebra.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/matmul.h"
#include "ops/functions/conversion.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

void check_same_dtype(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype())
    throw RuntimeError(cat("expected m1 and m2 to have the same dtype, but got: ", cpu::cpp_type_name(a.dtype()),
                           " != ", cpu::cpp_type_name(b.dtype())));
}
std::string dims_text(const Tensor& t) { return cat(t.sizes()[0], "x", t.sizes()[1]); }

Tensor mm_cpu(const Tensor& self, const Tensor& mat2) {
  if (self.dim() != 2) throw RuntimeError("self must be a matrix");
  if (mat2.dim() != 2) throw RuntimeError("mat2 must be a matrix");
  if (self.sizes()[1] != mat2.sizes()[0])
    throw RuntimeError(
        cat("mat1 and mat2 shapes cannot be multiplied (", dims_text(self), " and ", dims_text(mat2), ")"));
  check_same_dtype(self, mat2);
  Tensor result = empty_tensor({self.sizes()[0], mat2.sizes()[1]}, self.dtype());
  cpu::matmul_into(result, self, mat2, /*alpha=*/1, /*beta=*/0);
  return result;
}
Tensor addmm_cpu(const Tensor& self, const Tensor& mat1, const Tensor& mat2, const Scalar& beta, const Scalar& alpha) {
  if (mat1.dim() != 2) throw RuntimeError(cat("mat1 must be a matrix, got ", mat1.dim(), "-D tensor"));
  if (mat2.dim() != 2) throw RuntimeError(cat("mat2 must be a matrix, got ", mat2.dim(), "-D tensor"));
  if (mat1.sizes()[1] != mat2.sizes()[0])
    throw RuntimeError(
        cat("mat1 and mat2 shapes cannot be multiplied (", dims_text(mat1), " and ", dims_text(mat2), ")"));
  check_same_dtype(mat1, mat2);
  if (self.dtype() != mat2.dtype())
    throw RuntimeError(cat("self and mat2 must have the same dtype, but got ", dtype_info(self.dtype()).ir_name,
                           " and ", dtype_info(mat2.dtype()).ir_name));
  Tensor result = empty_tensor({mat1.sizes()[0], mat2.sizes()[1]}, mat1.dtype());
  if (beta.equals(0)) {
    cpu::matmul_into(result, mat1, mat2, alpha, 0);
  } else {
    // Checks that self can be stretched, with PyTorch's text.
    cpu::copy_into(result, expand(self, result.sizes()));
    cpu::matmul_into(result, mat1, mat2, alpha, beta);
  }
  return result;
}
Tensor bmm_cpu(const Tensor& self, const Tensor& mat2) {
  if (self.dim() != 3) throw RuntimeError("batch1 must be a 3D tensor");
  if (mat2.dim() != 3) throw RuntimeError("batch2 must be a 3D tensor");
  if (self.sizes()[0] != mat2.sizes()[0] || self.sizes()[2] != mat2.sizes()[1])
    throw RuntimeError(cat("Expected size for first two dimensions of batch2 tensor to be: [", self.sizes()[0], ", ",
                           self.sizes()[2], "] but got: [", mat2.sizes()[0], ", ", mat2.sizes()[1], "]."));
  check_same_dtype(self, mat2);
  Tensor result = empty_tensor({self.sizes()[0], self.sizes()[1], mat2.sizes()[2]}, self.dtype());
  cpu::batched_matmul_into(result, self, mat2, 1, 0);
  return result;
}
Tensor baddbmm_cpu(const Tensor& self, const Tensor& batch1, const Tensor& batch2, const Scalar& beta,
                   const Scalar& alpha) {
  const Tensor product = bmm(batch1, batch2) * alpha;
  return beta.equals(0) ? product : product + self * beta;
}
Tensor mv_cpu(const Tensor& self, const Tensor& vec) {
  if (self.dim() != 2 || vec.dim() != 1)
    throw RuntimeError(cat("vector + matrix @ vector expected, got 1, ", self.dim(), ", ", vec.dim()));
  if (self.sizes()[1] != vec.sizes()[0])
    throw RuntimeError(cat("size mismatch, got input (", self.sizes()[0], "), mat (", dims_text(self), "), vec (",
                           vec.sizes()[0], ")"));
  check_same_dtype(self, vec);
  Tensor result = empty_tensor({self.sizes()[0], 1}, self.dtype());
  cpu::matmul_into(result, self, alias_tensor(vec, {vec.sizes()[0], 1}, {vec.strides()[0], 1}, vec.storage_offset()), 1,
                   0);
  return alias_tensor(result, self.sizes()[0], 1, 0);
}
Tensor dot_cpu(const Tensor& self, const Tensor& tensor) {
  if (self.dim() != 1 || tensor.dim() != 1)
    throw RuntimeError(cat("1D tensors expected, but got ", self.dim(), "D and ", tensor.dim(), "D tensors"));
  if (self.dtype() != tensor.dtype())
    throw RuntimeError(cat("dot : expected both vectors to have same dtype, but found ",
                           dtype_info(self.dtype()).ir_name, " and ", dtype_info(tensor.dtype()).ir_name));
  if (self.numel() != tensor.numel())
    throw RuntimeError(cat("inconsistent tensor size, expected tensor [", self.numel(), "] and src [", tensor.numel(),
                           "] to have the same number of elements, but got ", self.numel(), " and ", tensor.numel(),
                           " elements respectively"));
  Tensor result = empty_tensor({1, 1}, self.dtype());
  const int64_t n = self.numel();
  cpu::matmul_into(result, alias_tensor(self, {1, n}, {1, self.strides()[0]}, self.storage_offset()),
                   alias_tensor(tensor, {n, 1}, {tensor.strides()[0], 1}, tensor.storage_offset()), 1, 0);
  return alias_tensor(result, {}, {}, 0);
}
Tensor outer_cpu(const Tensor& self, const Tensor& vec2) {
  if (self.dim() != 1) throw RuntimeError(cat("outer: Expected 1-D argument self, but got ", self.dim(), "-D"));
  if (vec2.dim() != 1) throw RuntimeError(cat("outer: Expected 1-D argument vec2, but got ", vec2.dim(), "-D"));
  return unsqueeze(self, 1) * vec2;
}

Tensor matmul_cpu(const Tensor& a, const Tensor& b) {
  const int64_t da = a.dim(), db = b.dim();
  if (da == 0 || db == 0)
    throw RuntimeError(cat("both arguments to matmul need to be at least 1D, but they are ", da, "D and ", db, "D"));
  if (da == 1 && db == 1) return dot(a, b);
  if (da == 2 && db == 1) return mv(a, b);
  if (da == 1 && db == 2) return squeeze(mm(unsqueeze(a, 0), b), 0);
  if (da == 2 && db == 2) return mm(a, b);
  // A batch of rows against one matrix is one product.
  if (da >= 3 && db <= 2) {
    const Tensor matrix = db == 1 ? unsqueeze(b, 1) : b;
    Shape shape(a.sizes());
    if (shape.back() != matrix.sizes()[0])
      throw RuntimeError(cat("mat1 and mat2 shapes cannot be multiplied (",
                             numel_of(shape) / std::max<int64_t>(shape.back(), 1), "x", shape.back(), " and ",
                             dims_text(matrix), ")"));
    const Tensor rows = mm(reshape(a, {numel_of(IntArrayRef(shape).slice(0, shape.size() - 1)), shape.back()}), matrix);
    shape.pop_back();
    if (db == 2) shape.push_back(matrix.sizes()[1]);
    return _unsafe_view(rows, shape);
  }
  const Tensor left = da == 1 ? unsqueeze(a, 0) : a, right = db == 1 ? unsqueeze(b, 1) : b;
  const size_t la = size_t(left.dim()), lb = size_t(right.dim());
  Shape batch = broadcast_shapes(left.sizes().slice(0, la - 2), right.sizes().slice(0, lb - 2));
  const int64_t count = numel_of(batch), n = left.size(-2), k = left.size(-1), m = right.size(-1);
  Shape left_shape = batch, right_shape = batch;
  left_shape.push_back(n);
  left_shape.push_back(k);
  right_shape.push_back(right.size(-2));
  right_shape.push_back(m);
  const Tensor product = bmm(reshape(expand(left, left_shape), {count, n, k}),
                             reshape(expand(right, right_shape), {count, right.size(-2), m}));
  Shape shape = batch;
  if (da > 1) shape.push_back(n);
  if (db > 1) shape.push_back(m);
  return _unsafe_view(product, shape);
}

/// Whether the parts of a composite operator have to be called as operators: somebody may want to see them.
bool parts_are_seen(std::initializer_list<const Tensor*> operands) {
  if (dispatch_state.tracing) return true;
  if (dispatch_state.below_autograd || !dispatch_state.grad_enabled) return false;
  for (const Tensor* operand : operands)
    if (operand->defined() && operand->impl()->autograd) return true;
  return false;
}
bool is_plain_float(const Tensor& t) { return t.dtype() == ScalarType::float32 && t.is_contiguous() && !t.is_meta(); }

Tensor linear_cpu(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  if (weight.dim() == 2 && input.dim() >= 1 && is_plain_float(input) && is_plain_float(weight) &&
      input.size(-1) == weight.sizes()[1] &&
      (!bias.defined() || (bias.dim() == 1 && bias.sizes()[0] == weight.sizes()[0] && is_plain_float(bias))) &&
      !parts_are_seen({&input, &weight, &bias})) {
    Shape shape(input.sizes());
    const int64_t in_features = weight.sizes()[1], out_features = shape.back() = weight.sizes()[0];
    Tensor result = empty_tensor(shape, ScalarType::float32);
    shape.pop_back();
    cpu::linear_rows(input.data<float>(), numel_of(shape), weight.data<float>(),
                     bias.defined() ? bias.data<float>() : nullptr, result.data<float>(), in_features, out_features);
    return result;
  }
  const Tensor matrix = weight.dim() == 1 ? weight : t(weight);
  if (input.dim() == 2 && bias.defined() && weight.dim() == 2) return addmm(bias, input, matrix);
  if (input.dim() == 3 && bias.defined() && weight.dim() == 2 && input.is_contiguous()) {
    // The rows of all matrices as one.
    const Tensor rows = addmm(bias, reshape(input, {input.sizes()[0] * input.sizes()[1], input.sizes()[2]}), matrix);
    return view(rows, {input.sizes()[0], input.sizes()[1], rows.sizes()[1]});
  }
  const Tensor product = matmul(input, matrix);
  return bias.defined() ? product + bias : product;
}

Tensor mm_wrt_left(const Tensor& grad, const Tensor& right) { return mm(grad, conjugate(t(right))); }
Tensor mm_wrt_right(const Tensor& grad, const Tensor& left) { return mm(conjugate(t(left)), grad); }
/// The products in another dtype than that of the operands.
Tensor mm_as(const Tensor& self, const Tensor& mat2, ScalarType type) { return mm(to(self, type), to(mat2, type)); }
Tensor bmm_as(const Tensor& self, const Tensor& mat2, ScalarType type) { return bmm(to(self, type), to(mat2, type)); }
Tensor addmm_as(const Tensor& self, const Tensor& mat1, const Tensor& mat2, ScalarType type, const Scalar& beta,
                const Scalar& alpha) {
  return addmm(to(self, type), to(mat1, type), to(mat2, type), beta, alpha);
}
Tensor baddbmm_as(const Tensor& self, const Tensor& batch1, const Tensor& batch2, ScalarType type, const Scalar& beta,
                  const Scalar& alpha) {
  return baddbmm(to(self, type), to(batch1, type), to(batch2, type), beta, alpha);
}
Tensor bmm_wrt_left(const Tensor& grad, const Tensor& right) { return bmm(grad, conjugate(transpose(right, 1, 2))); }
Tensor bmm_wrt_right(const Tensor& grad, const Tensor& left) { return bmm(conjugate(transpose(left, 1, 2)), grad); }

}  // namespace

void declare_linear_algebra(OpSet& ops) {
  ops.add({.schema = "mm(Tensor self, Tensor mat2) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&mm_cpu>(),
           .saves = "self, mat2",
           .derivatives = {{"self", [](const Backward& b) { return mm_wrt_left(b.grad(), b.saved("mat2")); }},
                           {"mat2", [](const Backward& b) { return mm_wrt_right(b.grad(), b.saved("self")); }}},
           .doc = "The product of two matrices."});
  ops.add({.schema = "addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&addmm_cpu>(),
           .saves = "mat1, mat2",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conj_scalar(b.scalar_of("beta")); }},
                           {"mat1",
                            [](const Backward& b) {
                              return mm_wrt_left(b.grad(), b.saved("mat2")) * conj_scalar(b.scalar_of("alpha"));
                            }},
                           {"mat2",
                            [](const Backward& b) {
                              return mm_wrt_right(b.grad(), b.saved("mat1")) * conj_scalar(b.scalar_of("alpha"));
                            }}},
           .doc = "beta * self + alpha * (mat1 @ mat2)."});
  ops.add({.schema = "bmm(Tensor self, Tensor mat2) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&bmm_cpu>(),
           .saves = "self, mat2",
           .derivatives = {{"self", [](const Backward& b) { return bmm_wrt_left(b.grad(), b.saved("mat2")); }},
                           {"mat2", [](const Backward& b) { return bmm_wrt_right(b.grad(), b.saved("self")); }}},
           .doc = "Products of matrices, one for each of a batch."});
  ops.add({.schema = "baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&baddbmm_cpu>(),
           .saves = "batch1, batch2",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conj_scalar(b.scalar_of("beta")); }},
                           {"batch1",
                            [](const Backward& b) {
                              return bmm_wrt_left(b.grad(), b.saved("batch2")) * conj_scalar(b.scalar_of("alpha"));
                            }},
                           {"batch2",
                            [](const Backward& b) {
                              return bmm_wrt_right(b.grad(), b.saved("batch1")) * conj_scalar(b.scalar_of("alpha"));
                            }}},
           .doc = "beta * self + alpha * (batch1 @ batch2)."});
  const auto add_with_dtype = [&](const char* schema, const Kernel& kernel, const char* doc) {
    ops.add({.schema = schema, .out = "dtype_out", .kernel = kernel, .traits = OpTraits::composite, .doc = doc});
  };
  add_with_dtype("mm.dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor", typed_kernel<&mm_as>(),
                 "The product of two matrices in a given dtype.");
  add_with_dtype("bmm.dtype(Tensor self, Tensor mat2, ScalarType out_dtype) -> Tensor", typed_kernel<&bmm_as>(),
                 "Products of matrices in a given dtype, one for each of a batch.");
  add_with_dtype(
      "addmm.dtype(Tensor self, Tensor mat1, Tensor mat2, ScalarType out_dtype, *, Scalar beta=1, Scalar "
      "alpha=1) -> Tensor",
      typed_kernel<&addmm_as>(), "beta * self + alpha * (mat1 @ mat2) in a given dtype.");
  add_with_dtype(
      "baddbmm.dtype(Tensor self, Tensor batch1, Tensor batch2, ScalarType out_dtype, *, Scalar beta=1, "
      "Scalar alpha=1) -> Tensor",
      typed_kernel<&baddbmm_as>(), "beta * self + alpha * (batch1 @ batch2) in a given dtype.");
  ops.add(
      {.schema = "mv(Tensor self, Tensor vec) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&mv_cpu>(),
       .saves = "self, vec",
       .derivatives = {{"self", [](const Backward& b) { return unsqueeze(b.grad(), 1) * conjugate(b.saved("vec")); }},
                       {"vec", [](const Backward& b) { return mv(conjugate(t(b.saved("self"))), b.grad()); }}},
       .doc = "A matrix times a vector."});
  ops.add({.schema = "dot(Tensor self, Tensor tensor) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&dot_cpu>(),
           .saves = "self, tensor",
           .derivatives = {{"self", [](const Backward& b) { return b.grad() * conjugate(b.saved("tensor")); }},
                           {"tensor", [](const Backward& b) { return b.grad() * conjugate(b.saved("self")); }}},
           .doc = "The sum of products of two vectors."});
  ops.add({.schema = "outer(Tensor self, Tensor vec2) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&outer_cpu>(),
           .traits = OpTraits::composite,
           .doc = "Every product of an element of self and one of vec2."});
  ops.add({.schema = "matmul(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&matmul_cpu>(),
           .traits = OpTraits::composite,
           .doc = "The product of vectors, matrices or broadcast batches of matrices."});
  ops.add({.schema = "linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&linear_cpu>(),
           .traits = OpTraits::composite | OpTraits::no_method | OpTraits::nn_functional,
           .doc = "input @ weight.T + bias."});
}

}  // namespace rushlight::ops
