/// Views: other shapes and strides over the same memory.
#include "ops/functions/views.h"
#include "ops/cpu/copy.h"
#include "ops/derived_forms.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

size_t dim_of(const Tensor& self, int64_t dim) { return size_t(wrap_dim(dim, self.dim())); }

Tensor view_cpu(const Tensor& self, IntArrayRef size) {
  const Shape shape = infer_size(size, self.numel());
  const std::optional<Strides> strides = view_strides(self.sizes(), self.strides(), shape);
  if (!strides)
    throw RuntimeError(
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
        "contiguous subspaces). "
        "Use .reshape(...) instead.");
  return alias_tensor(self, shape, *strides, self.storage_offset());
}
Tensor unsafe_view_cpu(const Tensor& self, IntArrayRef size) { return view_cpu(self, size); }
Tensor reshape_cpu(const Tensor& self, IntArrayRef size) {
  const Shape shape = infer_size(size, self.numel());
  if (view_strides(self.sizes(), self.strides(), shape)) return view(self, shape);
  return _unsafe_view(clone(self, MemoryFormat::contiguous), shape);
}
Tensor view_as_cpu(const Tensor& self, const Tensor& other) { return view(self, other.sizes()); }
Tensor reshape_as_cpu(const Tensor& self, const Tensor& other) { return reshape(self, other.sizes()); }
Tensor flatten_cpu(const Tensor& self, int64_t start, int64_t end) {
  const size_t first = dim_of(self, start), last = dim_of(self, end);
  if (first > last) throw RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim");
  if (self.dim() == 0) return reshape(self, {1});
  if (first == last) return self;
  int64_t joined = 1;
  for (size_t i = first; i <= last; ++i) joined *= self.sizes()[i];
  Shape shape;
  for (size_t i = 0; i < size_t(self.dim()); ++i) {
    if (i == first)
      shape.push_back(joined);
    else if (i < first || i > last)
      shape.push_back(self.sizes()[i]);
  }
  return reshape(self, shape);
}
Tensor unflatten_cpu(const Tensor& self, int64_t dim, IntArrayRef sizes) {
  const size_t at = dim_of(self, dim);
  if (sizes.empty()) throw RuntimeError("unflatten: sizes must be non-empty");
  Shape inner;
  try {
    inner = infer_size(sizes, self.sizes()[at]);
  } catch (const RuntimeError&) {
    throw RuntimeError(cat("unflatten: Provided sizes ", shape_text(sizes), " don't multiply up to the size of dim ",
                           at, " (", self.sizes()[at], ") in the input tensor"));
  }
  Shape shape;
  for (size_t i = 0; i < size_t(self.dim()); ++i) {
    if (i == at)
      for (int64_t s : inner) shape.push_back(s);
    else
      shape.push_back(self.sizes()[i]);
  }
  return view(self, shape);
}

Tensor transpose_cpu(const Tensor& self, int64_t dim0, int64_t dim1) {
  const size_t a = dim_of(self, dim0), b = dim_of(self, dim1);
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  if (self.dim() > 0) {
    std::swap(sizes[a], sizes[b]);
    std::swap(strides[a], strides[b]);
  }
  return alias_tensor(self, sizes, strides, self.storage_offset());
}
Tensor t_cpu(const Tensor& self) {
  if (self.dim() > 2)
    throw RuntimeError(cat("t() expects a tensor with <= 2 dimensions, but self is ", self.dim(), "D"));
  return transpose_cpu(self, 0, self.dim() < 2 ? 0 : 1);
}
void become(const Tensor& self, const Tensor& view) { self.impl()->set_shape(view.sizes(), view.strides()); }
Tensor transpose_inplace(const Tensor& self, int64_t dim0, int64_t dim1) {
  return become(self, transpose_cpu(self, dim0, dim1)), self;
}
Tensor t_inplace(const Tensor& self) { return become(self, t_cpu(self)), self; }
Tensor permute_cpu(const Tensor& self, IntArrayRef dims) {
  if (dims.size() != size_t(self.dim()))
    throw RuntimeError(
        cat("permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            "ordering of "
            "dimensions i.e. input.dim() = ",
            self.dim(), " is not equal to len(dims) = ", dims.size()));
  Shape sizes;
  Strides strides;
  std::vector<bool> seen(dims.size());
  for (int64_t dim : dims) {
    const size_t at = dim_of(self, dim);
    if (seen[at]) throw RuntimeError("permute(): duplicate dims are not allowed.");
    seen[at] = true;
    sizes.push_back(self.sizes()[at]);
    strides.push_back(self.strides()[at]);
  }
  return alias_tensor(self, sizes, strides, self.storage_offset());
}
Tensor numpy_T_cpu(const Tensor& self) {
  if (self.dim() != 2 && self.dim() != 0)
    warn_once_at(
        "aten/src/ATen/native/TensorShape.cpp:4314",
        "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will "
        "throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
        "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.");
  if (self.dim() == 0)
    warn_once_at("aten/src/ATen/native/TensorShape.cpp:4321",
                 "Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases.");
  std::vector<int64_t> dims;
  for (int64_t i = self.dim() - 1; i >= 0; --i) dims.push_back(i);
  return permute(self, dims);
}
Tensor mT_cpu(const Tensor& self) {
  if (self.dim() < 2)
    throw RuntimeError(
        cat("tensor.mT is only supported on matrices or batches of matrices. Got ", self.dim(), "-D tensor."));
  return transpose(self, -2, -1);
}

Tensor select_cpu(const Tensor& self, int64_t dim, int64_t index) {
  if (self.dim() == 0) throw IndexError("select() cannot be applied to a 0-dim tensor.");
  const size_t at = dim_of(self, dim);
  const int64_t size = self.sizes()[at];
  if (index < -size || index >= size)
    throw IndexError(cat("select(): index ", index, " out of range for tensor of size ", shape_text(self.sizes()),
                         " at dimension ", at));
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  const int64_t offset = self.storage_offset() + (index < 0 ? index + size : index) * strides[at];
  sizes.erase(at);
  strides.erase(at);
  return alias_tensor(self, sizes, strides, offset);
}
Tensor slice_cpu(const Tensor& self, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end,
                 int64_t step) {
  if (self.dim() == 0) throw RuntimeError("slice() cannot be applied to a 0-dim tensor.");
  const size_t at = dim_of(self, dim);
  if (step <= 0) throw RuntimeError("slice step must be positive");
  const int64_t size = self.sizes()[at];
  const auto bound = [&](int64_t x) { return std::clamp<int64_t>(x < 0 ? x + size : x, 0, size); };
  const int64_t from = bound(start.value_or(0));
  const int64_t to = std::max(from, bound(end.value_or(size)));
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  // Rounded up without overflow: steps may be as large as 2^63 - 1.
  sizes[at] = (to - from) / step + ((to - from) % step != 0);
  const int64_t offset = self.storage_offset() + from * strides[at];
  if (__builtin_mul_overflow(strides[at], step, &strides[at])) strides[at] = 1;
  return alias_tensor(self, sizes, strides, offset);
}
Tensor narrow_cpu(const Tensor& self, int64_t dim, int64_t start, int64_t length) {
  if (self.dim() == 0) throw RuntimeError("narrow() cannot be applied to a 0-dim tensor.");
  if (length < 0) throw RuntimeError("narrow(): length must be non-negative.");
  const int64_t size = self.size(dim);
  if (start < -size || start > size)
    throw IndexError(
        cat("start out of range (expected to be in range of [", -size, ", ", size, "], but got ", start, ")"));
  if (start < 0) start += size;
  if (start > size - length)
    throw RuntimeError(cat("start (", start, ") + length (", length, ") exceeds dimension size (", size, ")."));
  return slice(self, dim, start, start + length, 1);
}
Tensor squeeze_dims(const Tensor& self, IntArrayRef dims) {
  std::vector<bool> drop(size_t(self.dim()));
  for (int64_t dim : dims) {
    const size_t at = dim_of(self, dim);
    if (self.dim() > 0 && self.sizes()[at] == 1) drop[at] = true;
  }
  Shape sizes;
  Strides strides;
  for (size_t i = 0; i < drop.size(); ++i) {
    if (drop[i]) continue;
    sizes.push_back(self.sizes()[i]);
    strides.push_back(self.strides()[i]);
  }
  return alias_tensor(self, sizes, strides, self.storage_offset());
}
Tensor squeeze_all(const Tensor& self) {
  std::vector<int64_t> dims;
  for (int64_t i = 0; i < self.dim(); ++i) dims.push_back(i);
  return squeeze_dims(self, dims);
}
Tensor squeeze_one(const Tensor& self, int64_t dim) { return squeeze_dims(self, dim); }
Tensor unsqueeze_cpu(const Tensor& self, int64_t dim) {
  const size_t at = size_t(wrap_dim(dim, self.dim() + 1));
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  const int64_t stride = at < sizes.size() ? sizes[at] * strides[at] : 1;
  sizes.insert(at, 1);
  strides.insert(at, stride);
  return alias_tensor(self, sizes, strides, self.storage_offset());
}
Tensor unsqueeze_inplace(const Tensor& self, int64_t dim) { return become(self, unsqueeze_cpu(self, dim)), self; }
Tensor squeeze_inplace(const Tensor& self) { return become(self, squeeze_all(self)), self; }
Tensor squeeze_one_inplace(const Tensor& self, int64_t dim) { return become(self, squeeze_one(self, dim)), self; }

Tensor expand_cpu(const Tensor& self, IntArrayRef size, bool) {
  if (size.size() < size_t(self.dim()))
    throw RuntimeError(cat("expand(", "torch.", dtype_info(self.dtype()).ir_name, "Tensor{", shape_text(self.sizes()),
                           "}, size=", shape_text(size), "): the number of sizes provided (", size.size(),
                           ") must be greater or equal to the number of dimensions in the tensor (", self.dim(), ")"));
  const size_t shift = size.size() - size_t(self.dim());
  Shape sizes(size);
  Strides strides(size.size());
  for (size_t i = size.size(); i-- > 0;) {
    const bool own = i >= shift;
    const int64_t mine = own ? self.sizes()[i - shift] : 1;
    int64_t stride = own ? self.strides()[i - shift] : (i + 1 < size.size() ? sizes[i + 1] * strides[i + 1] : 1);
    if (sizes[i] == -1) {
      if (!own)
        throw RuntimeError(cat("The expanded size of the tensor (", sizes[i],
                               ") isn't allowed in a leading, non-existing dimension ", i));
      sizes[i] = mine;
    }
    if (mine != sizes[i]) {
      if (mine != 1)
        throw RuntimeError(cat("The expanded size of the tensor (", sizes[i], ") must match the existing size (", mine,
                               ") at non-singleton dimension ", i, ".  Target sizes: ", shape_text(size),
                               ".  Tensor sizes: ", shape_text(self.sizes())));
      stride = 0;
    }
    strides[i] = stride;
  }
  return alias_tensor(self, sizes, strides, self.storage_offset());
}
Tensor expand_as_cpu(const Tensor& self, const Tensor& other) { return expand(self, other.sizes()); }
Tensor as_strided_cpu(const Tensor& self, IntArrayRef size, IntArrayRef stride, std::optional<int64_t> offset) {
  if (size.size() != stride.size()) throw RuntimeError(cat("mismatch in length of strides and shape"));
  return alias_tensor(self, size, stride, offset.value_or(self.storage_offset()));
}
Tensor detach_cpu(const Tensor& self) {
  return alias_tensor(self, self.sizes(), self.strides(), self.storage_offset());
}
Tensor alias_cpu(const Tensor& self) { return alias_tensor(self, self.sizes(), self.strides(), self.storage_offset()); }
Tensor diagonal_cpu(const Tensor& self, int64_t offset, int64_t dim1, int64_t dim2) {
  if (self.dim() < 2) throw RuntimeError(cat("diagonal dimensions cannot be identical ", dim1, ", ", dim2));
  const size_t a = dim_of(self, dim1), b = dim_of(self, dim2);
  if (a == b) throw RuntimeError(cat("diagonal dimensions cannot be identical ", dim1, ", ", dim2));
  const int64_t length = offset >= 0 ? std::max<int64_t>(std::min(self.sizes()[a], self.sizes()[b] - offset), 0)
                                     : std::max<int64_t>(std::min(self.sizes()[a] + offset, self.sizes()[b]), 0);
  int64_t start = self.storage_offset();
  if (length > 0) start += offset >= 0 ? offset * self.strides()[b] : -offset * self.strides()[a];
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  const int64_t stride = strides[a] + strides[b];
  sizes.erase(std::max(a, b));
  strides.erase(std::max(a, b));
  sizes.erase(std::min(a, b));
  strides.erase(std::min(a, b));
  sizes.push_back(length);
  strides.push_back(stride);
  return alias_tensor(self, sizes, strides, start);
}
std::vector<Tensor> split_sizes(const Tensor& self, IntArrayRef sizes, int64_t dim) {
  if (self.dim() == 0) throw RuntimeError("split expects at least a 1-dimensional tensor");
  const size_t at = dim_of(self, dim);
  int64_t total = 0;
  for (int64_t size : sizes) {
    if (size < 0)
      throw RuntimeError(
          cat("split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=",
              shape_text(sizes)));
    total += size;
  }
  if (total != self.sizes()[at])
    throw RuntimeError(cat("split_with_sizes expects split_sizes to sum exactly to ", self.sizes()[at],
                           " (input tensor's size at dimension ", dim, "), but got split_sizes=", shape_text(sizes)));
  std::vector<Tensor> parts;
  int64_t from = 0;
  for (int64_t size : sizes) {
    parts.push_back(slice_cpu(self, int64_t(at), from, from + size, 1));
    from += size;
  }
  return parts;
}
std::vector<Tensor> split_sizes_composite(const Tensor& self, IntArrayRef sizes, int64_t dim) {
  return split_with_sizes(self, sizes, dim);
}
std::vector<int64_t> even_sizes(int64_t total, int64_t size) {
  std::vector<int64_t> sizes;
  do {
    sizes.push_back(std::min(size, total));
    total -= size;
  } while (total > 0);
  return sizes;
}
std::vector<Tensor> split_cpu(const Tensor& self, int64_t size, int64_t dim) {
  if (self.dim() == 0) throw RuntimeError("split expects at least a 1-dimensional tensor");
  if (size < 0) throw RuntimeError(cat("split expects split_size be non-negative, but got split_size=", size));
  const int64_t total = self.sizes()[dim_of(self, dim)];
  if (size == 0 && total != 0)
    throw RuntimeError(cat("split_size can only be 0 if dimension size is 0, but got dimension size of ", total));
  return split_sizes(self, even_sizes(total, std::max<int64_t>(size, 1)), dim);
}
std::vector<Tensor> chunk_cpu(const Tensor& self, int64_t chunks, int64_t dim) {
  if (self.dim() == 0) throw RuntimeError("chunk expects at least a 1-dimensional tensor");
  if (chunks <= 0) throw RuntimeError(cat("chunk expects `chunks` to be greater than 0, got: ", chunks));
  const int64_t total = self.sizes()[dim_of(self, dim)];
  const int64_t size = (total + chunks - 1) / chunks;
  if (size == 0) return split_with_sizes(self, std::vector<int64_t>(size_t(chunks), 0), dim);
  return split(self, size, dim);
}
std::vector<Tensor> unbind_cpu(const Tensor& self, int64_t dim) {
  if (self.dim() == 0) throw RuntimeError("Dimension specified as 0 but tensor has no dimensions");
  std::vector<Tensor> parts;
  for (int64_t i = 0; i < self.size(dim); ++i) parts.push_back(select_cpu(self, dim, i));
  return parts;
}
Tensor movedim_list(const Tensor& self, IntArrayRef source, IntArrayRef destination) {
  if (source.size() != destination.size())
    throw RuntimeError(cat("movedim: Invalid source or destination dims: source (", shape_text(source),
                           " dims) should contain the same number of dims as destination (", shape_text(destination),
                           " dims)"));
  std::vector<int64_t> order(size_t(self.dim()), -1);
  std::vector<bool> used(size_t(self.dim()));
  for (size_t i = 0; i < source.size(); ++i) {
    const size_t from = dim_of(self, source[i]), to = dim_of(self, destination[i]);
    if (used[from]) throw RuntimeError(cat("movedim: repeated dim in `source` (", shape_text(source), ")"));
    if (order[to] != -1)
      throw RuntimeError(cat("movedim: repeated dim in `destination` (", shape_text(destination), ")"));
    order[to] = int64_t(from);
    used[from] = true;
  }
  size_t next = 0;
  for (int64_t& dim : order) {
    if (dim != -1) continue;
    while (used[next]) ++next;
    dim = int64_t(next++);
  }
  return permute(self, order);
}
Tensor movedim_one(const Tensor& self, int64_t source, int64_t destination) {
  return movedim_list(self, source, destination);
}

Tensor filled_zeros(IntArrayRef sizes, ScalarType dtype) {
  Tensor tensor = empty_tensor(sizes, dtype);
  cpu::fill(tensor, 0);
  return tensor;
}
Tensor select_backward_cpu(const Tensor& grad, IntArrayRef sizes, int64_t dim, int64_t index) {
  Tensor whole = filled_zeros(sizes, grad.dtype());
  cpu::copy_into(select_cpu(whole, dim, index), grad);
  return whole;
}
Tensor slice_backward_cpu(const Tensor& grad, IntArrayRef sizes, int64_t dim, int64_t start, int64_t end,
                          int64_t step) {
  Tensor whole = filled_zeros(sizes, grad.dtype());
  cpu::copy_into(slice_cpu(whole, dim, start, end, step), grad);
  return whole;
}
Tensor diagonal_backward_cpu(const Tensor& grad, IntArrayRef sizes, int64_t offset, int64_t dim1, int64_t dim2) {
  Tensor whole = filled_zeros(sizes, grad.dtype());
  cpu::copy_into(diagonal_cpu(whole, offset, dim1, dim2), grad);
  return whole;
}
/// Adds the gradient of an as_strided view into memory laid out like the base. Overlapping elements add up.
Tensor as_strided_backward_cpu(const Tensor& grad, IntArrayRef sizes, IntArrayRef size, IntArrayRef stride,
                               int64_t offset) {
  const int64_t extent = std::max(numel_of(sizes), storage_extent(size, stride) + offset);
  Tensor memory = filled_zeros(extent, ScalarType::float64);
  if (is_complex(grad.dtype())) memory = filled_zeros(extent, ScalarType::complex128);
  const Tensor from = cpu::contiguous(cpu::to_dtype(grad, memory.dtype()));
  Shape at(size.size());
  const auto add_all = [&](auto* to, const auto* source) {
    for (int64_t i = 0; i < from.numel(); ++i) {
      int64_t place = offset;
      for (size_t d = 0; d < at.size(); ++d) place += at[d] * stride[d];
      to[place] += source[i];
      for (size_t d = at.size(); d-- > 0;) {
        if (++at[d] < size[d]) break;
        at[d] = 0;
      }
    }
  };
  if (is_complex(grad.dtype()))
    add_all(memory.data<std::complex<double>>(), from.data<std::complex<double>>());
  else
    add_all(memory.data<double>(), from.data<double>());
  return cpu::to_dtype(alias_tensor(memory, sizes, contiguous_strides(sizes), 0), grad.dtype());
}

std::vector<int64_t> inverse_order(const Backward& b) {
  const std::vector<int64_t> dims = b.ints_of("dims");
  std::vector<int64_t> inverse(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) inverse[size_t(wrap_dim(dims[i], int64_t(dims.size())))] = int64_t(i);
  return inverse;
}
Tensor view_back(const Backward& b) { return reshape(b.grad(), b.sizes("self")); }

/// Gradients of the pieces of a split, those that did not arrive as zeros.
Tensor joined(const Backward& b, const std::vector<int64_t>& sizes, int64_t dim) {
  const size_t at = size_t(wrap_dim(dim, int64_t(b.sizes("self").size())));
  int64_t from = 0;
  Tensor total;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const Tensor& grad = b.grad(i);
    if (grad.defined()) {
      const Tensor part = slice_backward(grad, b.sizes("self"), int64_t(at), from, from + sizes[i], 1);
      total = total.defined() ? total + part : part;
    }
    from += sizes[i];
  }
  return total;
}

}  // namespace

void declare_views(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add({.schema = "view(Tensor(a) self, SymInt[] size) -> Tensor(a)",
           .kernel = typed_kernel<&view_cpu>(),
           .derivatives = {{"self", view_back}},
           .traits = OpTraits::no_function,
           .doc = "Another shape of the same elements, without a copy; -1 is inferred."});
  ops.add({.schema = "_unsafe_view(Tensor self, SymInt[] size) -> Tensor",
           .kernel = typed_kernel<&unsafe_view_cpu>(),
           .derivatives = {{"self", view_back}},
           .grad_fn = "UnsafeViewBackward0",
           .traits = OpTraits::no_method,
           .doc = "view of a tensor that nobody else holds."});
  ops.add({.schema = "reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)",
           .kernel = typed_kernel<&reshape_cpu>(),
           .traits = kComposite,
           .doc = "Another shape: a view where possible, else a copy."});
  ops.add({.schema = "view_as(Tensor(a) self, Tensor other) -> Tensor(a)",
           .kernel = typed_kernel<&view_as_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "view in the shape of other."});
  ops.add({.schema = "reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)",
           .kernel = typed_kernel<&reshape_as_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "reshape in the shape of other."});
  ops.add({.schema = "flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)",
           .kernel = typed_kernel<&flatten_cpu>(),
           .traits = kComposite,
           .doc = "Dimensions start_dim to end_dim as one."});
  ops.add({.schema = "unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)",
           .kernel = typed_kernel<&unflatten_cpu>(),
           .traits = kComposite,
           .doc = "One dimension as several."});
  ops.add({.schema = "transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)",
           .kernel = typed_kernel<&transpose_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) { return transpose(b.grad(), b.int_of("dim0"), b.int_of("dim1")); }}},
           .doc = "Two dimensions swapped."});
  ops.add({.schema = "transpose_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)",
           .kernel = typed_kernel<&transpose_inplace>(),
           .derivatives = {{"self",
                            [](const Backward& b) { return transpose(b.grad(), b.int_of("dim0"), b.int_of("dim1")); }}},
           .grad_fn = "TransposeBackward1",
           .traits = OpTraits::no_function,
           .doc = "Two dimensions swapped in place."});
  ops.add({.schema = "t(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&t_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return t(b.grad()); }}},
           .doc = "The transposed matrix."});
  ops.add({.schema = "t_(Tensor(a!) self) -> Tensor(a!)",
           .kernel = typed_kernel<&t_inplace>(),
           .derivatives = {{"self", [](const Backward& b) { return t(b.grad()); }}},
           .grad_fn = "TBackward1",
           .traits = OpTraits::no_function,
           .doc = "Transposed in place."});
  ops.add({.schema = "permute(Tensor(a) self, int[] dims) -> Tensor(a)",
           .kernel = typed_kernel<&permute_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return permute(b.grad(), inverse_order(b)); }}},
           .doc = "Dimensions in another order."});
  ops.add({.schema = "numpy_T(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&numpy_T_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "Dimensions in reverse order."});
  ops.add({.schema = "mT(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&mT_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "The last two dimensions swapped."});
  ops.add({.schema = "movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)",
           .kernel = typed_kernel<&movedim_list>(),
           .traits = kComposite,
           .doc = "Dimensions moved to other places."});
  ops.add({.schema = "movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)",
           .kernel = typed_kernel<&movedim_one>(),
           .traits = kComposite,
           .doc = "A dimension moved to another place."});
  ops.add({.schema = "select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)",
           .kernel = typed_kernel<&select_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return select_backward(b.grad(), b.sizes("self"), b.int_of("dim"), b.int_of("index"));
                            }}},
           .doc = "One index of a dimension, which goes."});
  ops.add(
      {.schema =
           "slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)",
       .kernel = typed_kernel<&slice_cpu>(),
       .derivatives = {{"self",
                        [](const Backward& b) {
                          const IValue& start = b.argument("start");
                          const IValue& end = b.argument("end");
                          return slice_backward(
                              b.grad(), b.sizes("self"), b.int_of("dim"), start.is_none() ? 0 : start.to_int(),
                              end.is_none() ? std::numeric_limits<int64_t>::max() : end.to_int(), b.int_of("step"));
                        }}},
       .traits = OpTraits::no_method | OpTraits::no_function,
       .doc = "Every step-th index of a dimension from start to end."});
  ops.add({.schema = "narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)",
           .kernel = typed_kernel<&narrow_cpu>(),
           .traits = kComposite,
           .doc = "length indices of a dimension from start on."});
  ops.add({.schema = "select_backward(Tensor grad_output, SymInt[] input_sizes, int dim, SymInt index) -> Tensor",
           .kernel = typed_kernel<&select_backward_cpu>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) { return select(b.grad(), b.int_of("dim"), b.int_of("index")); }}},
           .traits = OpTraits::no_method,
           .doc = "The gradient of select."});
  ops.add({.schema = "slice_backward(Tensor grad_output, SymInt[] input_sizes, int dim, SymInt start, SymInt end, "
                     "SymInt step) -> Tensor",
           .kernel = typed_kernel<&slice_backward_cpu>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return slice(b.grad(), b.int_of("dim"), b.int_of("start"), b.int_of("end"),
                                           b.int_of("step"));
                            }}},
           .traits = OpTraits::no_method,
           .doc = "The gradient of slice."});
  ops.add({.schema = "diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)",
           .kernel = typed_kernel<&diagonal_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return diagonal_backward(b.grad(), b.sizes("self"), b.int_of("offset"), b.int_of("dim1"),
                                                       b.int_of("dim2"));
                            }}},
           .doc = "A diagonal of two dimensions, as a new last dimension."});
  ops.add({.schema =
               "diagonal_backward(Tensor grad_output, SymInt[] input_sizes, int offset, int dim1, int dim2) -> Tensor",
           .kernel = typed_kernel<&diagonal_backward_cpu>(),
           .derivatives = {{"grad_output",
                            [](const Backward& b) {
                              return diagonal(b.grad(), b.int_of("offset"), b.int_of("dim1"), b.int_of("dim2"));
                            }}},
           .traits = OpTraits::no_method,
           .doc = "The gradient of diagonal."});
  ops.add({.schema = "squeeze(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&squeeze_all>(),
           .derivatives = {{"self", view_back}},
           .doc = "Without dimensions of size 1."});
  ops.add({.schema = "squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)",
           .kernel = typed_kernel<&squeeze_one>(),
           .derivatives = {{"self", view_back}},
           .grad_fn = "SqueezeBackward1",
           .doc = "Without this dimension if its size is 1."});
  ops.add({.schema = "squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)",
           .kernel = typed_kernel<&squeeze_dims>(),
           .derivatives = {{"self", view_back}},
           .grad_fn = "SqueezeBackward2",
           .doc = "Without those of these dimensions whose size is 1."});
  ops.add({.schema = "squeeze_(Tensor(a!) self) -> Tensor(a!)",
           .kernel = typed_kernel<&squeeze_inplace>(),
           .derivatives = {{"self", view_back}},
           .grad_fn = "SqueezeBackward3",
           .traits = OpTraits::no_function,
           .doc = "squeeze in place."});
  ops.add({.schema = "squeeze_.dim(Tensor(a!) self, int dim) -> Tensor(a!)",
           .kernel = typed_kernel<&squeeze_one_inplace>(),
           .derivatives = {{"self", view_back}},
           .grad_fn = "SqueezeBackward4",
           .traits = OpTraits::no_function,
           .doc = "squeeze in place."});
  ops.add({.schema = "unsqueeze(Tensor(a) self, int dim) -> Tensor(a)",
           .kernel = typed_kernel<&unsqueeze_cpu>(),
           .derivatives = {{"self", view_back}},
           .doc = "With a new dimension of size 1."});
  ops.add({.schema = "unsqueeze_(Tensor(a!) self, int dim) -> Tensor(a!)",
           .kernel = typed_kernel<&unsqueeze_inplace>(),
           .derivatives = {{"self", view_back}},
           .grad_fn = "UnsqueezeBackward1",
           .traits = OpTraits::no_function,
           .doc = "unsqueeze in place."});
  ops.add({.schema = "expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)",
           .kernel = typed_kernel<&expand_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return b.grad(); }}},
           .traits = OpTraits::no_function,
           .doc = "Dimensions of size 1 stretched, without a copy; -1 keeps the size."});
  ops.add({.schema = "expand_as(Tensor(a) self, Tensor other) -> Tensor(a)",
           .kernel = typed_kernel<&expand_as_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "expand to the shape of other."});
  ops.add(
      {.schema = "as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)",
       .kernel = typed_kernel<&as_strided_cpu>(),
       .derivatives = {{"self",
                        [](const Backward& b) {
                          const IValue& offset = b.argument("storage_offset");
                          return as_strided_backward(b.grad(), b.sizes("self"), b.ints_of("size"), b.ints_of("stride"),
                                                     offset.is_none() ? 0 : offset.to_int());
                        }}},
       .doc = "A view with any strides, counted in elements; checked against the storage."});
  ops.add({.schema = "rushlight::as_strided_backward(Tensor grad, SymInt[] input_sizes, SymInt[] size, SymInt[] "
                     "stride, SymInt storage_offset) -> Tensor",
           .kernel = typed_kernel<&as_strided_backward_cpu>(),
           .derivatives = {{"grad",
                            [](const Backward& b) {
                              return as_strided(b.grad(), b.ints_of("size"), b.ints_of("stride"),
                                                b.int_of("storage_offset"));
                            }}},
           .traits = OpTraits::no_method | OpTraits::no_function,
           .doc = "The gradient of as_strided of a contiguous base."});
  ops.add({.schema = "detach(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&detach_cpu>(),
           .traits = OpTraits::not_differentiable,
           .doc = "The same data without history."});
  ops.add({.schema = "alias(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&alias_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return b.grad(); }}},
           .traits = OpTraits::no_function | OpTraits::no_method,
           .doc = "A view of everything."});
  ops.add({.schema = "split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]",
           .kernel = typed_kernel<&split_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const int64_t dim = b.int_of("dim");
                              const int64_t total =
                                  b.sizes("self")[size_t(wrap_dim(dim, int64_t(b.sizes("self").size())))];
                              return joined(b, even_sizes(total, std::max<int64_t>(b.int_of("split_size"), 1)), dim);
                            }}},
           .doc = "Pieces of split_size along a dimension; the last may be smaller."});
  ops.add({.schema = "split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]",
           .kernel = typed_kernel<&split_sizes>(),
           .derivatives = {{"self",
                            [](const Backward& b) { return joined(b, b.ints_of("split_sizes"), b.int_of("dim")); }}},
           .doc = "Pieces of given sizes along a dimension."});
  ops.add({.schema = "split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]",
           .kernel = typed_kernel<&split_sizes_composite>(),
           .traits = kComposite,
           .doc = "Pieces of given sizes along a dimension."});
  ops.add({.schema = "chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]",
           .kernel = typed_kernel<&chunk_cpu>(),
           .traits = kComposite,
           .doc = "At most `chunks` pieces of equal size."});
  ops.add({.schema = "unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]",
           .kernel = typed_kernel<&unbind_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const int64_t dim = wrap_dim(b.int_of("dim"), int64_t(b.sizes("self").size()));
                              Tensor total;
                              for (int64_t i = 0; i < b.sizes("self")[size_t(dim)]; ++i) {
                                if (!b.grad(size_t(i)).defined()) continue;
                                const Tensor part = select_backward(b.grad(size_t(i)), b.sizes("self"), dim, i);
                                total = total.defined() ? total + part : part;
                              }
                              return total;
                            }}},
           .doc = "All indices of a dimension, one tensor each."});
}

}  // namespace rushlight::ops
