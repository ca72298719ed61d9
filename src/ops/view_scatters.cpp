/// A copy of a tensor with new elements in the place that a view shows: slice_scatter and its relatives. Also the views
/// that views.cpp does not have (unfold, views of other dtypes), meshgrid and broadcasting by name.
#include "ops/functions/view_scatters.h"

#include "ops/cpu/copy.h"
#include "ops/cpu/places.h"
#include "ops/derived_forms.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/indexing.h"
#include "ops/functions/joining.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/scatter.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;

// ---- Scatters

Tensor with_view_replaced(const Tensor& whole, const Tensor& view, const Tensor& src, std::string_view name) {
  if (!(view.sizes() == src.sizes()))
    throw RuntimeError(cat("expected src to have a size equal to the ", name, " of self. src size = ",
                           shape_text(src.sizes()), ", ", name, " size = ", shape_text(view.sizes())));
  cpu::copy_into(view, src);
  return whole;
}
Tensor select_scatter_cpu(const Tensor& self, const Tensor& src, int64_t dim, int64_t index) {
  const Tensor whole = cpu::clone(self, MemoryFormat::preserve);
  return with_view_replaced(whole, select(whole, dim, index), src, "slice");
}
Tensor slice_scatter_cpu(const Tensor& self, const Tensor& src, int64_t dim, std::optional<int64_t> start,
                         std::optional<int64_t> end, int64_t step) {
  const Tensor whole = cpu::clone(self, MemoryFormat::preserve);
  return with_view_replaced(whole, slice(whole, dim, start, end, step), src, "slice");
}
Tensor diagonal_scatter_cpu(const Tensor& self, const Tensor& src, int64_t offset, int64_t dim1, int64_t dim2) {
  const Tensor whole = cpu::clone(self, MemoryFormat::preserve);
  return with_view_replaced(whole, diagonal(whole, offset, dim1, dim2), src, "slice");
}
/// A copy whose storage is laid out as that of `self`.
Tensor same_storage(const Tensor& self) {
  const int64_t extent = self.storage_offset() + storage_extent(self.sizes(), self.strides());
  const Tensor memory = alias_tensor(self, extent, 1, 0);
  const Tensor copy = cpu::clone(memory, MemoryFormat::contiguous);
  return alias_tensor(copy, self.sizes(), self.strides(), self.storage_offset());
}
Tensor as_strided_scatter_cpu(const Tensor& self, const Tensor& src, IntArrayRef size, IntArrayRef stride,
                              std::optional<int64_t> offset) {
  const Tensor whole = same_storage(self);
  return with_view_replaced(whole, as_strided(whole, size, stride, offset), src, "slice");
}
Tensor zeros_like_src(const Backward& b) { return zeros(b.sizes("src"), b.grad().dtype()); }
std::optional<int64_t> optional_int(const Backward& b, std::string_view name) {
  return b.argument(name).is_none() ? std::nullopt : std::optional(b.int_of(name));
}

// ---- Windows

Tensor unfold_cpu(const Tensor& self, int64_t dimension, int64_t size, int64_t step) {
  const int64_t dim = wrap_dim(dimension, self.dim());
  const int64_t length = self.dim() == 0 ? 1 : self.size(dim);
  if (size > length)
    throw RuntimeError(cat("maximum size for tensor at dimension ", dim, " is ", length, " but size is ", size));
  if (size < 0) throw RuntimeError(cat("size is ", size, " but must be >= 0"));
  if (step <= 0) throw RuntimeError(cat("step is ", step, " but must be > 0"));
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  sizes.push_back(size);
  strides.push_back(self.dim() == 0 ? 1 : strides[size_t(dim)]);
  if (self.dim() > 0) {
    sizes[size_t(dim)] = (length - size) / step + 1;
    strides[size_t(dim)] *= step;
  }
  return alias_tensor(self, sizes, strides, self.storage_offset());
}
/// Windows overlap: what arrives at an element is added up.
Tensor unfold_backward_cpu(const Tensor& grad, IntArrayRef sizes, int64_t dim, int64_t size, int64_t step) {
  Tensor whole = empty_tensor(sizes, grad.dtype());
  cpu::fill(whole, 0);
  const Tensor windows = unfold_cpu(whole, dim, size, step);
  cpu::Places places;
  places.tensor = whole;
  places.outer_sizes = Shape(windows.sizes());
  places.outer_strides = Strides(windows.strides());
  places.offsets = {0};
  cpu::write_places(places, cpu::contiguous(grad), cpu::Combine::add);
  return whole;
}

// ---- Views

Tensor view_dtype_cpu(const Tensor& self, ScalarType dtype) {
  if (self.dtype() == dtype) return alias_tensor(self, self.sizes(), self.strides(), self.storage_offset());
  const int64_t mine = int64_t(self.item_size()), theirs = int64_t(rushlight::item_size(dtype));
  Shape sizes(self.sizes());
  Strides strides(self.strides());
  int64_t offset = self.storage_offset();
  const std::string names = cat("self.dtype (", dtype_info(self.dtype()).ir_name, ") as ", dtype_info(dtype).ir_name);
  if (mine > theirs) {
    const int64_t ratio = mine / theirs;
    if (self.dim() == 0)
      throw RuntimeError(cat("self.dim() cannot be 0 to view ", dtype_info(self.dtype()).ir_name, " as ",
                             dtype_info(dtype).ir_name, " (different element sizes)"));
    if (strides.back() != 1)
      throw RuntimeError(cat("self.stride(-1) must be 1 to view ", dtype_info(self.dtype()).ir_name, " as ",
                             dtype_info(dtype).ir_name, " (different element sizes), but got ", strides.back()));
    for (size_t d = 0; d + 1 < strides.size(); ++d) strides[d] *= ratio;
    sizes.back() *= ratio;
    offset *= ratio;
  } else if (mine < theirs) {
    const int64_t ratio = theirs / mine;
    if (self.dim() == 0)
      throw RuntimeError(cat("self.dim() cannot be 0 to view ", dtype_info(self.dtype()).ir_name, " as ",
                             dtype_info(dtype).ir_name, " (different element sizes)"));
    if (sizes.back() % ratio != 0)
      throw RuntimeError(cat("self.size(-1) must be divisible by ", ratio, " to view ",
                             dtype_info(self.dtype()).ir_name, " as ", dtype_info(dtype).ir_name,
                             " (different element sizes), but got ", sizes.back()));
    if (offset % ratio != 0)
      throw RuntimeError(cat("self.storage_offset() must be divisible by ", ratio, " to view ",
                             dtype_info(self.dtype()).ir_name, " as ", dtype_info(dtype).ir_name,
                             " (different element sizes), but got ", offset));
    if (strides.back() != 1)
      throw RuntimeError(cat("self.stride(-1) must be 1 to view ", dtype_info(self.dtype()).ir_name, " as ",
                             dtype_info(dtype).ir_name, " (different element sizes), but got ", strides.back()));
    for (size_t d = 0; d + 1 < strides.size(); ++d) {
      if (strides[d] % ratio != 0)
        throw RuntimeError(cat("self.stride(", d, ") must be divisible by ", ratio, " to view ",
                               dtype_info(self.dtype()).ir_name, " as ", dtype_info(dtype).ir_name,
                               " (different element sizes), but got ", strides[d]));
      strides[d] /= ratio;
    }
    sizes.back() /= ratio;
    offset /= ratio;
  }
  Tensor viewed = tensor_over(self.storage(), dtype, sizes, strides, offset);
  self.version();
  viewed.impl()->version = self.impl()->version;
  return viewed;
}
Tensor swapped(const Tensor& self, int64_t a, int64_t b) { return transpose(self, a, b); }
Tensor swapped_inplace(const Tensor& self, int64_t a, int64_t b) { return transpose_(self, a, b); }
Tensor broadcast_to_cpu(const Tensor& self, IntArrayRef size) { return expand(self, size); }
Tensor ravel_cpu(const Tensor& self) { return view(contiguous(self), {-1}); }
Tensor mH_cpu(const Tensor& self) {
  if (self.dim() < 2)
    throw RuntimeError(
        cat("tensor.mH is only supported on matrices or batches of matrices. Got ", self.dim(), "-D tensor."));
  return conjugate(transpose(self, -2, -1));
}
Tensor matrix_H_cpu(const Tensor& self) {
  if (self.dim() != 0 && self.dim() != 2)
    throw RuntimeError(cat("tensor.H is only supported on matrices (2-D tensors). Got ", self.dim(), "-D tensor.",
                           self.dim() > 2 ? " For batches of matrices, consider using tensor.mH" : ""));
  return self.dim() == 0 ? conjugate(self) : conjugate(transpose(self, 0, 1));
}
Tensor narrow_tensor(const Tensor& self, int64_t dim, const Tensor& start, int64_t length) {
  if (start.dim() != 0 || !is_integral(start.dtype())) throw RuntimeError("start must be an 0-dim integral Tensor.");
  return narrow(self, dim, start.item().to<int64_t>(), length);
}
Tensor narrow_copy_cpu(const Tensor& self, int64_t dim, int64_t start, int64_t length) {
  if (self.dim() == 0) throw RuntimeError("narrow() cannot be applied to a 0-dim tensor.");
  return clone(narrow(self, dim, start, length), MemoryFormat::contiguous);
}
Tensor as_strided_inplace(const Tensor& self, IntArrayRef size, IntArrayRef stride, std::optional<int64_t> offset) {
  const Tensor shown = as_strided(self, size, stride, offset);
  self.impl()->storage_offset = shown.storage_offset();
  self.impl()->set_shape(shown.sizes(), shown.strides());
  return self;
}
Tensor squeeze_dims_inplace(const Tensor& self, IntArrayRef dims) {
  const Tensor shown = squeeze(self, dims);
  self.impl()->set_shape(shown.sizes(), shown.strides());
  return self;
}

// ---- Grids

Tensors broadcast_tensors_cpu(const Tensors& tensors) {
  Shape shape;
  for (const Tensor& tensor : tensors) shape = broadcast_shapes(shape, tensor.sizes());
  Tensors results;
  // One that has the shape already is given back itself, which traces and names see.
  for (const Tensor& tensor : tensors) results.push_back(tensor.sizes() == shape ? tensor : expand(tensor, shape));
  return results;
}
Tensors meshgrid_indexed(const Tensors& tensors, std::string_view indexing) {
  if (tensors.empty()) throw RuntimeError("meshgrid expects a non-empty TensorList");
  if (indexing != "ij" && indexing != "xy")
    throw RuntimeError(cat("torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but received: ", indexing));
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].dim() > 1)
      throw RuntimeError(cat("torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ",
                             "tensor of shape ", shape_text(tensors[i].sizes())));
    if (tensors[i].dtype() != tensors[0].dtype())
      throw RuntimeError("torch.meshgrid expects all tensors to have the same dtype");
  }
  const bool swap = indexing == "xy" && tensors.size() >= 2;
  Tensors inputs = tensors;
  if (swap) std::swap(inputs[0], inputs[1]);
  Shape shape;
  for (const Tensor& tensor : inputs) shape.push_back(tensor.numel());
  Tensors grids;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::vector<int64_t> own(inputs.size(), 1);
    own[i] = inputs[i].numel();
    grids.push_back(expand(view(contiguous(inputs[i]), own), shape));
  }
  if (swap) std::swap(grids[0], grids[1]);
  return grids;
}
Tensors meshgrid_cpu(const Tensors& tensors) {
  warn_once_at("aten/src/ATen/native/TensorShape.cpp:4215",
               "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.");
  return meshgrid_indexed(tensors, "ij");
}
Tensor cartesian_prod_cpu(const Tensors& tensors) {
  for (const Tensor& tensor : tensors)
    if (tensor.dim() != 1) throw RuntimeError(cat("Expect a 1D vector, but got shape ", shape_text(tensor.sizes())));
  if (tensors.size() == 1) return tensors[0];
  Tensors columns = meshgrid(tensors, "ij");
  for (Tensor& column : columns) column = flatten(column, 0, -1);
  return stack(columns, 1);
}
Tensor combinations_cpu(const Tensor& self, int64_t r, bool with_replacement) {
  if (self.dim() != 1) throw RuntimeError(cat("Expect a 1D vector, but got shape ", shape_text(self.sizes())));
  if (r < 0) throw RuntimeError(cat("Expect a non-negative number, but got ", r));
  if (r == 0) return empty_tensor(0, self.dtype());
  // All increasing sequences of r positions, in lexicographic order.
  const int64_t count = self.numel();
  std::vector<int64_t> chosen(static_cast<size_t>(r)), all;
  const auto extend = [&](auto& again, size_t depth, int64_t from) -> void {
    if (depth == chosen.size()) {
      all.insert(all.end(), chosen.begin(), chosen.end());
      return;
    }
    for (int64_t i = from; i < count; ++i) {
      chosen[depth] = i;
      again(again, depth + 1, with_replacement ? i : i + 1);
    }
  };
  extend(extend, 0, 0);
  Tensor positions = empty_tensor({int64_t(all.size()) / r, r}, ScalarType::int64);
  std::copy(all.begin(), all.end(), positions.data<int64_t>());
  return take(self, positions);
}

Tensor zero_cpu(const Tensor& self) { return zeros_like(self); }

}  // namespace

void declare_view_scatters(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add(
      {.schema = "select_scatter(Tensor self, Tensor src, int dim, SymInt index) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&select_scatter_cpu>(),
       .derivatives = {{"self",
                        [](const Backward& b) {
                          return select_scatter(b.grad(), zeros_like_src(b), b.int_of("dim"), b.int_of("index"));
                        }},
                       {"src", [](const Backward& b) { return select(b.grad(), b.int_of("dim"), b.int_of("index")); }}},
       .doc = "self with src at one index of a dimension."});
  ops.add({.schema = "slice_scatter(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt "
                     "step=1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&slice_scatter_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return slice_scatter(b.grad(), zeros_like_src(b), b.int_of("dim"),
                                                   optional_int(b, "start"), optional_int(b, "end"), b.int_of("step"));
                            }},
                           {"src",
                            [](const Backward& b) {
                              return slice(b.grad(), b.int_of("dim"), optional_int(b, "start"), optional_int(b, "end"),
                                           b.int_of("step"));
                            }}},
           .doc = "self with src in a slice of a dimension."});
  ops.add({.schema = "diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&diagonal_scatter_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return diagonal_scatter(b.grad(), zeros_like_src(b), b.int_of("offset"), b.int_of("dim1"),
                                                      b.int_of("dim2"));
                            }},
                           {"src",
                            [](const Backward& b) {
                              return diagonal(b.grad(), b.int_of("offset"), b.int_of("dim1"), b.int_of("dim2"));
                            }}},
           .doc = "self with src on a diagonal."});
  ops.add({.schema = "as_strided_scatter(Tensor self, Tensor src, SymInt[] size, SymInt[] stride, SymInt? "
                     "storage_offset=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&as_strided_scatter_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              // As in PyTorch: of self only what the view shows.
                              const Tensor grad = contiguous(b.grad());
                              return as_strided_scatter(zeros(b.sizes("self"), grad.dtype()),
                                                        as_strided(grad, b.ints_of("size"), b.ints_of("stride"),
                                                                   optional_int(b, "storage_offset")),
                                                        b.ints_of("size"), b.ints_of("stride"),
                                                        optional_int(b, "storage_offset"));
                            }},
                           {"src",
                            [](const Backward& b) {
                              return as_strided(contiguous(b.grad()), b.ints_of("size"), b.ints_of("stride"),
                                                optional_int(b, "storage_offset"));
                            }}},
           .doc = "self with src in a strided view of it."});
  ops.add({.schema = "as_strided_(Tensor(a!) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> "
                     "Tensor(a!)",
           .kernel = typed_kernel<&as_strided_inplace>(),
           .doc = "as_strided in place."});
  ops.add({.schema = "unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)",
           .kernel = typed_kernel<&unfold_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return unfold_backward(b.grad(), b.sizes("self"), b.int_of("dimension"), b.int_of("size"),
                                                     b.int_of("step"));
                            }}},
           .traits = OpTraits::no_function,
           .doc = "Windows of a dimension, as a new last dimension."});
  ops.add({.schema = "unfold_backward(Tensor grad_in, SymInt[] input_sizes, int dim, int size, int step) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&unfold_backward_cpu>(),
           .derivatives = {{"grad_in",
                            [](const Backward& b) {
                              return unfold(b.grad(), b.int_of("dim"), b.int_of("size"), b.int_of("step"));
                            }}},
           .traits = OpTraits::no_method | OpTraits::no_function,
           .doc = "The gradient of unfold."});
  ops.add({.schema = "view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)",
           .kernel = typed_kernel<&view_dtype_cpu>(),
           .traits = OpTraits::no_function | OpTraits::not_differentiable,
           .doc = "The same bytes read as another dtype."});
  ops.add({.schema = "swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)",
           .kernel = typed_kernel<&swapped>(),
           .traits = kComposite,
           .doc = "Two dimensions swapped."});
  ops.add({.schema = "swapaxes_(Tensor(a!) self, int axis0, int axis1) -> Tensor(a!)",
           .kernel = typed_kernel<&swapped_inplace>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "Two dimensions swapped in place."});
  ops.add({.schema = "swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)",
           .kernel = typed_kernel<&swapped>(),
           .traits = kComposite,
           .doc = "Two dimensions swapped."});
  ops.add({.schema = "swapdims_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)",
           .kernel = typed_kernel<&swapped_inplace>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "Two dimensions swapped in place."});
  ops.add({.schema = "broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)",
           .kernel = typed_kernel<&broadcast_to_cpu>(),
           .traits = kComposite,
           .doc = "expand."});
  ops.add({.schema = "ravel(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&ravel_cpu>(),
           .traits = kComposite,
           .doc = "All elements in a row, copied only where needed."});
  ops.add({.schema = "mH(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&mH_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "Matrices transposed and conjugated."});
  ops.add({.schema = "adjoint(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&mH_cpu>(),
           .traits = kComposite,
           .doc = "Matrices transposed and conjugated."});
  ops.add({.schema = "matrix_H(Tensor(a) self) -> Tensor(a)",
           .kernel = typed_kernel<&matrix_H_cpu>(),
           .traits = kComposite | OpTraits::no_function,
           .doc = "A matrix transposed and conjugated."});
  ops.add({.schema = "narrow.Tensor(Tensor(a) self, int dim, Tensor start, SymInt length) -> Tensor(a)",
           .kernel = typed_kernel<&narrow_tensor>(),
           .traits = kComposite,
           .doc = "narrow whose start is an integer tensor."});
  ops.add({.schema = "narrow_copy(Tensor self, int dim, SymInt start, SymInt length) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&narrow_copy_cpu>(),
           .traits = kComposite,
           .doc = "narrow, copied."});
  ops.add({.schema = "squeeze_.dims(Tensor(a!) self, int[] dim) -> Tensor(a!)",
           .kernel = typed_kernel<&squeeze_dims_inplace>(),
           .derivatives = {{"self", [](const Backward& b) { return reshape(b.grad(), b.sizes("self")); }}},
           .grad_fn = "SqueezeBackward5",
           .traits = OpTraits::no_function,
           .doc = "squeeze in place."});
  ops.add({.schema = "broadcast_tensors(Tensor[] tensors) -> Tensor[]",
           .kernel = typed_kernel<&broadcast_tensors_cpu>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "All tensors in the shape that they have in common."});
  ops.add({.schema = "meshgrid(Tensor[] tensors) -> Tensor[]",
           .kernel = typed_kernel<&meshgrid_cpu>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "Vectors stretched to the grid that they span."});
  ops.add({.schema = "meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]",
           .kernel = typed_kernel<&meshgrid_indexed>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "Vectors stretched to the grid that they span; \"xy\" swaps the first two dimensions."});
  ops.add({.schema = "cartesian_prod(Tensor[] tensors) -> Tensor",
           .kernel = typed_kernel<&cartesian_prod_cpu>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "Every way to take one element of each vector, one row each."});
  ops.add({.schema = "combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor",
           .kernel = typed_kernel<&combinations_cpu>(),
           .traits = kComposite,
           .doc = "Every way to choose r elements of a vector, one row each."});
  ops.add({.schema = "zero(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&zero_cpu>(),
           .traits = kComposite | OpTraits::no_method | OpTraits::no_function,
           .doc = "Zeros like self."});
}

}  // namespace rushlight::ops
