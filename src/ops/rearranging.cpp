/// Elements in other places: repeat, tile, flip, roll, rot90, repeat_interleave, triangles and diagonals.
#include "ops/functions/rearranging.h"

#include <numeric>

#include "ops/cpu/copy.h"
#include "ops/cpu/index_plan.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/index_vector.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

// ---- Repetition

Tensor repeat_cpu(const Tensor& self, IntArrayRef repeats) {
  if (repeats.size() < size_t(self.dim()))
    throw RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
  const size_t rank = repeats.size(), shift = rank - size_t(self.dim());
  Shape shape, pairs;
  Strides from;
  for (size_t d = 0; d < rank; ++d) {
    if (repeats[d] < 0)
      throw RuntimeError(cat("Trying to create tensor with negative dimension ",
                             repeats[d] * (d < shift ? 1 : self.sizes()[d - shift]), ": ", shape_text(repeats)));
    const int64_t size = d < shift ? 1 : self.sizes()[d - shift];
    shape.push_back(repeats[d] * size);
    pairs.push_back(repeats[d]);
    pairs.push_back(size);
    from.push_back(0);
    from.push_back(d < shift ? 0 : self.strides()[d - shift]);
  }
  Tensor result = empty_tensor(shape, self.dtype());
  if (result.numel() == 0) return result;
  // Both sides seen with (repetition, element) in place of each dimension.
  cpu::copy_into(alias_tensor(result, pairs, contiguous_strides(pairs), 0),
                 alias_tensor(self, pairs, from, self.storage_offset()));
  return result;
}
Tensor repeat_back(const Backward& b) {
  const std::vector<int64_t> repeats = b.ints_of("repeats");
  const IntArrayRef sizes = b.sizes("self");
  const size_t shift = repeats.size() - sizes.size();
  if (b.grad().numel() == 0) return zeros(sizes, b.grad().dtype());
  std::vector<int64_t> pairs, folded;
  for (size_t d = 0; d < repeats.size(); ++d) {
    folded.push_back(int64_t(pairs.size()));
    pairs.push_back(repeats[d]);
    if (d >= shift) pairs.push_back(sizes[d - shift]);
  }
  if (folded.empty()) return b.grad();
  return sum(reshape(b.grad(), pairs), std::optional<IntArrayRef>(folded), false);
}
Tensor tile_cpu(const Tensor& self, IntArrayRef dims) {
  std::vector<int64_t> repeats(dims.size() < size_t(self.dim()) ? size_t(self.dim()) - dims.size() : 0, 1);
  repeats.insert(repeats.end(), dims.begin(), dims.end());
  return repeat(self, repeats);
}

Tensor interleaved_indices(const Tensor& repeats, std::optional<int64_t> output_size) {
  if (repeats.dim() != 1) throw RuntimeError("repeat_interleave only accept 1D vector as repeat");
  if (repeats.dtype() != ScalarType::int64 && repeats.dtype() != ScalarType::int32)
    throw RuntimeError("repeats has to be Long or Int tensor");
  const Tensor counts = cpu::contiguous(cpu::to_dtype(repeats, ScalarType::int64));
  const int64_t* count = counts.data<int64_t>();
  int64_t total = 0;
  for (int64_t i = 0; i < counts.numel(); ++i) {
    if (count[i] < 0) throw RuntimeError("repeats can not be negative");
    total += count[i];
  }
  if (output_size && *output_size != total) throw RuntimeError("allocated size does not match required size");
  Tensor indices = empty_tensor(total, ScalarType::int64);
  int64_t* out = indices.data<int64_t>();
  for (int64_t i = 0; i < counts.numel(); ++i) out = std::fill_n(out, count[i], i);
  return cpu::to_dtype(indices, repeats.dtype());
}
Tensor repeat_interleave_tensor(const Tensor& self, const Tensor& repeats, std::optional<int64_t> dim,
                                std::optional<int64_t> output_size) {
  Tensor input = self;
  if (!dim) {
    input = flatten(self, 0, -1);
    dim = 0;
  }
  Tensor counts = repeats;
  if (repeats.dim() == 0 || (repeats.dim() == 1 && repeats.numel() == 1))
    counts = expand(reshape(repeats, {1}), {input.size(*dim)});
  else if (repeats.dim() == 1) {
    if (repeats.sizes()[0] != input.size(*dim))
      throw RuntimeError(cat("repeats must have the same size as input along dim, but got repeats.size(0) = ",
                             repeats.sizes()[0], " and input.size(", *dim, ") = ", input.size(*dim)));
  } else {
    throw RuntimeError("repeats must be 0-dim or 1-dim tensor");
  }
  const Tensor result = index_select(input, *dim, repeat_interleave(counts, output_size));
  return result;
}
Tensor repeat_interleave_int(const Tensor& self, int64_t repeats, std::optional<int64_t> dim,
                             std::optional<int64_t> output_size) {
  if (repeats < 0) throw RuntimeError("Repeats must be non-negative");
  const Tensor input = dim ? self : flatten(self, 0, -1);
  const int64_t at = wrap_dim(dim.value_or(0), input.dim());
  if (input.dim() == 0)
    return repeat_interleave_tensor(self, rushlight::scalar_tensor(Scalar(repeats), ScalarType::int64), dim,
                                    output_size);
  if (output_size && *output_size != repeats * input.size(at))
    throw RuntimeError(
        cat("repeat_interleave: Invalid output_size, expected ", repeats * input.size(at), " but got ", *output_size));
  Shape shape;
  for (int64_t size : input.sizes()) shape.push_back(size);
  shape.insert(size_t(at) + 1, repeats);
  const Tensor stretched = expand(unsqueeze(input, at + 1), shape);
  return flatten(clone(stretched, MemoryFormat::contiguous), at, at + 1);
}

// ---- Reversal and rotation

Tensor flip_cpu(const Tensor& self, IntArrayRef dims) {
  std::vector<bool> seen(size_t(std::max<int64_t>(self.dim(), 1)));
  for (int64_t dim : dims) {
    const size_t at = size_t(wrap_dim(dim, self.dim()));
    if (seen[at]) throw RuntimeError(cat("dim ", at, " appears multiple times in the list of dims"));
    seen[at] = true;
  }
  Tensor result = cpu::clone(self, MemoryFormat::preserve);
  for (size_t d = 0; d < size_t(self.dim()); ++d) {
    if (!seen[d]) continue;
    std::vector<int64_t> order(size_t(self.sizes()[d]));
    for (size_t i = 0; i < order.size(); ++i) order[i] = int64_t(order.size() - 1 - i);
    Tensor turned = empty_tensor(self.sizes(), self.dtype());
    cpu::read_places(cpu::places_along(result, int64_t(d), order), turned);
    result = turned;
  }
  return result;
}
Tensor fliplr_cpu(const Tensor& self) {
  if (self.dim() < 2) throw RuntimeError("Input must be >= 2-d.");
  return flip(self, {1});
}
Tensor flipud_cpu(const Tensor& self) {
  if (self.dim() < 1) throw RuntimeError("Input must be >= 1-d.");
  return flip(self, {0});
}

Tensor rolled(const Tensor& self, int64_t shift, int64_t dim) {
  const int64_t size = self.size(dim);
  if (self.numel() == 0) return self;
  std::vector<int64_t> order(static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) order[size_t(i)] = ((i - shift) % size + size) % size;
  Tensor result = empty_tensor(self.sizes(), self.dtype());
  cpu::read_places(cpu::places_along(self, wrap_dim(dim, self.dim()), order), result);
  return result;
}
Tensor roll_cpu(const Tensor& self, IntArrayRef shifts, IntArrayRef dims) {
  if (shifts.empty()) throw RuntimeError("`shifts` required");
  if (dims.empty() && shifts.size() == 1) {
    const Tensor flat = cpu::contiguous(self);
    const Tensor turned = rolled(alias_tensor(flat, flat.numel(), 1, flat.storage_offset()), shifts[0], 0);
    return cpu::contiguous(
        alias_tensor(turned, self.sizes(), contiguous_strides(self.sizes()), turned.storage_offset()));
  }
  if (shifts.size() != dims.size())
    throw RuntimeError(cat("shifts and dimensions must align. shifts: ", shifts.size(), ", dims:", dims.size()));
  Tensor result = cpu::clone(self, MemoryFormat::contiguous);
  for (size_t i = 0; i < dims.size(); ++i) result = rolled(result, shifts[i], dims[i]);
  return result;
}

Tensor rot90_cpu(const Tensor& self, int64_t k, IntArrayRef dims) {
  const int64_t rank = self.dim();
  if (dims.size() != 2) throw RuntimeError(cat("expected total rotation dims == 2, but got dims = ", dims.size()));
  if (rank < 2) throw RuntimeError(cat("expected total dims >= 2, but got total dims = ", rank));
  if (dims[0] == dims[1] || std::abs(dims[0] - dims[1]) == rank)
    throw RuntimeError(
        cat("expected rotation dims to be different, but got dim0 = ", dims[0], " and dim1 = ", dims[1]));
  if (dims[0] >= rank || dims[0] < -rank) throw RuntimeError(cat("Rotation dim0 out of range, dim0 = ", dims[0]));
  if (dims[1] >= rank || dims[1] < -rank) throw RuntimeError(cat("Rotation dim1 out of range, dim1 = ", dims[1]));
  switch ((k % 4 + 4) % 4) {
    case 1:
      return transpose(flip(self, {dims[1]}), dims[0], dims[1]);
    case 2:
      return flip(self, dims);
    case 3:
      return transpose(flip(self, {dims[0]}), dims[0], dims[1]);
    default:
      return clone(self, MemoryFormat::contiguous);
  }
}

// ---- Triangles

/// Zeros above (lower) or below (upper) the k-th diagonal of each matrix.
template <bool kLower>
void clear_triangle(const Tensor& self, int64_t k) {
  if (self.dim() < 2)
    throw RuntimeError(cat(kLower ? "tril" : "triu", ": input tensor must have at least 2 dimensions"));
  const int64_t rows = self.size(-2), columns = self.size(-1);
  const size_t item = self.item_size();
  Tensor target = self.is_contiguous() ? self : cpu::clone(self, MemoryFormat::contiguous);
  std::byte* data = static_cast<std::byte*>(target.data());
  const int64_t matrices = rows * columns == 0 ? 0 : self.numel() / (rows * columns);
  for (int64_t m = 0; m < matrices; ++m)
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t edge = std::clamp<int64_t>(kLower ? i + k + 1 : i + k, 0, columns);
      std::byte* row = data + size_t((m * rows + i) * columns) * item;
      if (kLower)
        std::fill(row + size_t(edge) * item, row + size_t(columns) * item, std::byte(0));
      else
        std::fill(row, row + size_t(edge) * item, std::byte(0));
    }
  if (!target.is_same(self)) cpu::copy_into(self, target);
}
Tensor tril_cpu(const Tensor& self, int64_t k) {
  Tensor result = cpu::clone(self, MemoryFormat::contiguous);
  clear_triangle<true>(result, k);
  return result;
}
Tensor triu_cpu(const Tensor& self, int64_t k) {
  Tensor result = cpu::clone(self, MemoryFormat::contiguous);
  clear_triangle<false>(result, k);
  return result;
}
Tensor tril_inplace(const Tensor& self, int64_t k) { return clear_triangle<true>(self, k), self; }
Tensor triu_inplace(const Tensor& self, int64_t k) { return clear_triangle<false>(self, k), self; }

/// Row and column numbers of the elements of a triangle.
template <bool kLower>
Tensor triangle_indices(int64_t rows, int64_t columns, int64_t offset, std::optional<ScalarType> dtype,
                        std::optional<Layout>, std::optional<Device>, std::optional<bool>) {
  if (rows < 0) throw RuntimeError(cat("row must be non-negative, got", rows));
  if (columns < 0) throw RuntimeError(cat("col must be non-negative, got", columns));
  if (const ScalarType wanted = dtype.value_or(ScalarType::int64); !is_integral(wanted))
    throw NotImplementedError(cat("\"", kLower ? "tril_indices" : "triu_indices", "\" not implemented for '",
                                  dtype_info(wanted).ir_name, "'"));
  std::vector<int64_t> row_numbers, column_numbers;
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t from = kLower ? 0 : std::clamp<int64_t>(i + offset, 0, columns);
    const int64_t to = kLower ? std::clamp<int64_t>(i + offset + 1, 0, columns) : columns;
    for (int64_t j = from; j < to; ++j) {
      row_numbers.push_back(i);
      column_numbers.push_back(j);
    }
  }
  Tensor result = empty_tensor({2, int64_t(row_numbers.size())}, ScalarType::int64);
  int64_t* out = result.data<int64_t>();
  out = std::copy(row_numbers.begin(), row_numbers.end(), out);
  std::copy(column_numbers.begin(), column_numbers.end(), out);
  return cpu::to_dtype(result, dtype.value_or(ScalarType::int64));
}

// ---- Diagonals

Tensor diag_embed_cpu(const Tensor& self, int64_t offset, int64_t dim1, int64_t dim2) {
  const int64_t rank = self.dim() + 1;
  const int64_t first = wrap_dim(dim1, rank), second = wrap_dim(dim2, rank);
  if (first == second) throw RuntimeError(cat("diagonal dimensions cannot be identical ", dim1, ", ", dim2));
  const int64_t size = self.size(-1) + std::abs(offset);
  Shape shape(self.sizes());
  shape.pop_back();
  shape.insert(size_t(std::min(first, second)), size);
  shape.insert(size_t(std::max(first, second)), size);
  Tensor result = empty_tensor(shape, self.dtype());
  cpu::fill(result, 0);
  cpu::copy_into(diagonal(result, offset, first, second), self);
  return result;
}
Tensor diag_cpu(const Tensor& self, int64_t k) {
  if (self.dim() != 1 && self.dim() != 2)
    throw RuntimeError(cat("diag(): Supports 1D or 2D tensors. Got ", self.dim(), "D"));
  return self.dim() == 1 ? diag_embed(self, k, -2, -1) : clone(diagonal(self, k, 0, 1), MemoryFormat::contiguous);
}
Tensor diagflat_cpu(const Tensor& self, int64_t offset) { return diag(view(contiguous(self), {-1}), offset); }
Tensor linalg_diagonal_cpu(const Tensor& A, int64_t offset, int64_t dim1, int64_t dim2) {
  return diagonal(A, offset, dim1, dim2);
}
Tensor trace_cpu(const Tensor& self) {
  if (self.dim() != 2) throw RuntimeError(cat("trace: expected a matrix, but got tensor with dim ", self.dim()));
  return sum(diagonal(self, 0, 0, 1));
}
Tensor trace_backward_cpu(const Tensor& grad, IntArrayRef sizes) {
  if (sizes.size() != 2) throw RuntimeError("expected matrix input");
  const int64_t length = std::min(sizes[0], sizes[1]);
  return diagonal_backward(expand(grad, {length}), sizes, 0, 0, 1);
}

}  // namespace

void declare_rearranging(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  constexpr OpTraits kNoGrad = OpTraits::not_differentiable;
  ops.add({.schema = "repeat(Tensor self, SymInt[] repeats) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&repeat_cpu>(),
           .derivatives = {{"self", repeat_back}},
           .traits = OpTraits::no_function,
           .doc = "The tensor repeated along each dimension."});
  ops.add({.schema = "tile(Tensor self, SymInt[] dims) -> Tensor",
           .kernel = typed_kernel<&tile_cpu>(),
           .traits = kComposite,
           .doc = "repeat where missing leading numbers count as 1."});
  ops.add({.schema = "repeat_interleave.Tensor(Tensor repeats, *, SymInt? output_size=None) -> Tensor",
           .out = "Tensor_out",
           .kernel = typed_kernel<&interleaved_indices>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "Each position as often as the element there says."});
  ops.add({.schema = "repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, SymInt? "
                     "output_size=None) -> Tensor",
           .kernel = typed_kernel<&repeat_interleave_tensor>(),
           .traits = kComposite,
           .doc = "Each slice of a dimension repeated as often as `repeats` says."});
  ops.add({.schema = "repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? "
                     "output_size=None) -> Tensor",
           .kernel = typed_kernel<&repeat_interleave_int>(),
           .traits = kComposite,
           .doc = "Each slice of a dimension repeated."});
  ops.add({.schema = "flip(Tensor self, int[] dims) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&flip_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return flip(b.grad(), b.ints_of("dims")); }}},
           .doc = "Dimensions in reverse."});
  ops.add({.schema = "fliplr(Tensor self) -> Tensor",
           .kernel = typed_kernel<&fliplr_cpu>(),
           .traits = kComposite,
           .doc = "Columns in reverse."});
  ops.add({.schema = "flipud(Tensor self) -> Tensor",
           .kernel = typed_kernel<&flipud_cpu>(),
           .traits = kComposite,
           .doc = "Rows in reverse."});
  ops.add({.schema = "roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&roll_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              std::vector<int64_t> back = b.ints_of("shifts");
                              for (int64_t& shift : back) shift = -shift;
                              const std::vector<int64_t> dims = b.ints_of("dims");
                              return roll(b.grad(), back, dims);
                            }}},
           .doc = "Elements moved along dimensions; those that leave come in at the other end."});
  ops.add(
      {.schema = "rot90(Tensor self, int k=1, int[] dims=[0, 1]) -> Tensor",
       .out = "out",
       .kernel = typed_kernel<&rot90_cpu>(),
       .derivatives = {{"self", [](const Backward& b) { return rot90(b.grad(), -b.int_of("k"), b.ints_of("dims")); }}},
       .doc = "Turned by k quarters in the plane of two dimensions."});
  ops.add({.schema = "tril(Tensor self, SymInt diagonal=0) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&tril_cpu, &tril_inplace>(),
           .derivatives = {{"self", [](const Backward& b) { return tril(b.grad(), b.int_of("diagonal")); }}},
           .doc = "The lower triangle, zeros elsewhere."});
  ops.add({.schema = "triu(Tensor self, SymInt diagonal=0) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&triu_cpu, &triu_inplace>(),
           .derivatives = {{"self", [](const Backward& b) { return triu(b.grad(), b.int_of("diagonal")); }}},
           .doc = "The upper triangle, zeros elsewhere."});
  ops.add({.schema =
               "tril_indices(int row, int col, int offset=0, *, ScalarType? dtype=4, Layout? layout=None, Device? "
               "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&triangle_indices<true>>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "Rows and columns of the elements of a lower triangle."});
  ops.add({.schema =
               "triu_indices(int row, int col, int offset=0, *, ScalarType? dtype=4, Layout? layout=None, Device? "
               "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&triangle_indices<false>>(),
           .traits = kNoGrad | OpTraits::no_method,
           .doc = "Rows and columns of the elements of an upper triangle."});
  ops.add({.schema = "diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&diag_embed_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const int64_t rank = int64_t(b.sizes("self").size()) + 1;
                              return diagonal(b.grad(), b.int_of("offset"), wrap_dim(b.int_of("dim1"), rank),
                                              wrap_dim(b.int_of("dim2"), rank));
                            }}},
           .doc = "The last dimension as a diagonal of two new ones."});
  ops.add({.schema = "diag(Tensor self, int diagonal=0) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&diag_cpu>(),
           .traits = kComposite,
           .doc = "A vector as the diagonal of a matrix, or the diagonal of a matrix."});
  ops.add({.schema = "diagflat(Tensor self, int offset=0) -> Tensor",
           .kernel = typed_kernel<&diagflat_cpu>(),
           .traits = kComposite,
           .doc = "All elements as the diagonal of a matrix."});
  ops.add({.schema = "linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)",
           .kernel = typed_kernel<&linalg_diagonal_cpu>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "A diagonal of the last two dimensions."});
  ops.add({.schema = "trace(Tensor self) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&trace_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return trace_backward(b.grad(), b.sizes("self")); }}},
           .doc = "The sum of the diagonal of a matrix."});
  ops.add({.schema = "trace_backward(Tensor grad, SymInt[] sizes) -> Tensor",
           .kernel = typed_kernel<&trace_backward_cpu>(),
           .traits = kComposite | OpTraits::no_method | OpTraits::no_function,
           .doc = "The gradient of trace."});
}

}  // namespace rushlight::ops
