/// Tensors cut along a dimension into views or copies: tensor_split and its relatives, and the `unsafe` forms.
/// split, chunk and unbind are in views.cpp.
#include "ops/functions/splitting.h"

#include "ops/cpu/copy.h"
#include "ops/derived_forms.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;

// ---- tensor_split

Tensors split_at(const Tensor& self, IntArrayRef indices, int64_t dim) {
  if (self.dim() == 0)
    throw RuntimeError(
        cat("tensor_split expected at least a 1-dimensional tensor, but got a tensor with ", self.dim(), " dims"));
  const int64_t at = wrap_dim(dim, self.dim());
  Tensors parts;
  int64_t start = 0;
  for (int64_t end : indices) {
    parts.push_back(slice(self, at, start, end, 1));
    start = end;
  }
  parts.push_back(slice(self, at, start, self.size(at), 1));
  return parts;
}
Tensors split_into(const Tensor& self, int64_t sections, int64_t dim) {
  if (self.dim() == 0)
    throw RuntimeError(
        cat("tensor_split expected at least a 1-dimensional tensor, but got a tensor with ", self.dim(), " dims"));
  const int64_t at = wrap_dim(dim, self.dim());
  if (sections <= 0) throw RuntimeError(cat("number of sections must be larger than 0, got ", sections));
  const int64_t small = self.size(at) / sections, larger_ones = self.size(at) % sections;
  Tensors parts;
  for (int64_t i = 0, start = 0; i < sections; ++i) {
    const int64_t size = small + (i < larger_ones);
    parts.push_back(slice(self, at, start, start + size, 1));
    start += size;
  }
  return parts;
}
Tensors split_by_tensor(const Tensor& self, const Tensor& where, int64_t dim) {
  if (where.dtype() != ScalarType::int64)
    throw RuntimeError(cat("tensor_split expected tensor_indices_or_sections to have dtype of long, but got ",
                           dtype_info(where.dtype()).ir_name));
  if (where.dim() != 0 && where.dim() != 1)
    throw RuntimeError(
        cat("tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but "
            "got a tensor with ",
            where.dim(), " dims"));
  if (where.dim() == 0) return split_into(self, where.item().to<int64_t>(), dim);
  const Tensor indices = cpu::contiguous(where);
  return split_at(self, IntArrayRef(indices.data<int64_t>(), size_t(indices.numel())), dim);
}

// ---- Named after directions

void check_rank(const Tensor& self, int64_t least, std::string_view name) {
  if (self.dim() < least)
    throw RuntimeError(cat("torch.", name, " requires a tensor with at least ", least,
                           " dimension, but got a tensor with ", self.dim(), " dimensions!"));
}
void check_even(const Tensor& self, int64_t dim, int64_t sections, std::string_view name) {
  if (sections == 0 || self.size(dim) % sections != 0)
    throw RuntimeError(cat("torch.", name, " attempted to split along dimension ", dim,
                           ", but the size of the dimension ", self.size(dim), " is not divisible by the split_size ",
                           sections, "!"));
}
Tensors hsplit_int(const Tensor& self, int64_t sections) {
  check_rank(self, 1, "hsplit");
  const int64_t dim = self.dim() == 1 ? 0 : 1;
  check_even(self, dim, sections, "hsplit");
  return split_into(self, sections, dim);
}
Tensors hsplit_array(const Tensor& self, IntArrayRef indices) {
  check_rank(self, 1, "hsplit");
  return split_at(self, indices, self.dim() == 1 ? 0 : 1);
}
Tensors vsplit_int(const Tensor& self, int64_t sections) {
  check_rank(self, 2, "vsplit");
  check_even(self, 0, sections, "vsplit");
  return split_into(self, sections, 0);
}
Tensors vsplit_array(const Tensor& self, IntArrayRef indices) {
  check_rank(self, 2, "vsplit");
  return split_at(self, indices, 0);
}
Tensors dsplit_int(const Tensor& self, int64_t sections) {
  check_rank(self, 3, "dsplit");
  check_even(self, 2, sections, "dsplit");
  return split_into(self, sections, 2);
}
Tensors dsplit_array(const Tensor& self, IntArrayRef indices) {
  check_rank(self, 3, "dsplit");
  return split_at(self, indices, 2);
}

// ---- Without views: the pieces are not tied to the whole

/// Aliases that no view tracking sees: each piece may be written on its own.
Tensors detached_pieces(const Tensors& views) {
  Tensors pieces;
  for (const Tensor& view : views)
    pieces.push_back(alias_tensor(view, view.sizes(), view.strides(), view.storage_offset()));
  return pieces;
}
Tensors unsafe_split_cpu(const Tensor& self, int64_t split_size, int64_t dim) {
  return detached_pieces(split(self, split_size, dim));
}
Tensors unsafe_split_with_sizes_cpu(const Tensor& self, IntArrayRef split_sizes, int64_t dim) {
  return detached_pieces(split_with_sizes(self, split_sizes, dim));
}
Tensors unsafe_chunk_cpu(const Tensor& self, int64_t chunks, int64_t dim) {
  if (self.dim() == 0) throw RuntimeError("chunk expects at least a 1-dimensional tensor");
  if (chunks <= 0) throw RuntimeError(cat("chunk expects `chunks` to be greater than 0, got: ", chunks));
  const int64_t total = self.size(dim), size = (total + chunks - 1) / chunks;
  if (size == 0) return unsafe_split_with_sizes(self, std::vector<int64_t>(size_t(chunks), 0), dim);
  return unsafe_split(self, size, dim);
}

Tensor pieces_back(const Backward& b, const std::vector<int64_t>& sizes) {
  const int64_t dim = wrap_dim(b.int_of("dim"), int64_t(b.sizes("self").size()));
  Tensor total;
  int64_t start = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (b.grad(i).defined()) {
      const Tensor part = slice_backward(b.grad(i), b.sizes("self"), dim, start, start + sizes[i], 1);
      total = total.defined() ? total + part : part;
    }
    start += sizes[i];
  }
  return total;
}

void copy_pieces(const Tensors& pieces, const Tensors& out) {
  if (pieces.size() != out.size())
    throw RuntimeError(cat("split_with_sizes_copy_out() expected an out= argument of size ", pieces.size(),
                           ", got size ", out.size()));
  for (size_t i = 0; i < out.size(); ++i) {
    resize_out(out[i], pieces[i].sizes());
    cpu::copy_into(out[i], pieces[i]);
  }
}
void split_with_sizes_copy_into(const Tensor& self, IntArrayRef sizes, int64_t dim, const Tensors& out) {
  copy_pieces(split_with_sizes(self, sizes, dim), out);
}
void split_copy_into(const Tensor& self, int64_t size, int64_t dim, const Tensors& out) {
  copy_pieces(split(self, size, dim), out);
}
void unbind_copy_into(const Tensor& self, int64_t dim, const Tensors& out) { copy_pieces(unbind(self, dim), out); }

}  // namespace

void declare_splitting(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add({.schema = "tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]",
           .kernel = typed_kernel<&split_into>(),
           .traits = kComposite,
           .doc = "`sections` pieces, the first ones larger by one where the size is not divisible."});
  ops.add({.schema = "tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]",
           .kernel = typed_kernel<&split_at>(),
           .traits = kComposite,
           .doc = "Pieces that end before each of the indices, and the rest."});
  ops.add({.schema = "tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, "
                     "int dim=0) -> Tensor(a)[]",
           .kernel = typed_kernel<&split_by_tensor>(),
           .traits = kComposite,
           .doc = "As tensor_split by a number (0-dimensional tensor) or by indices."});
  ops.add({.schema = "hsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]",
           .kernel = typed_kernel<&hsplit_int>(),
           .traits = kComposite,
           .doc = "Equal pieces side by side."});
  ops.add({.schema = "hsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
           .kernel = typed_kernel<&hsplit_array>(),
           .traits = kComposite,
           .doc = "Pieces side by side, cut at the indices."});
  ops.add({.schema = "vsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]",
           .kernel = typed_kernel<&vsplit_int>(),
           .traits = kComposite,
           .doc = "Equal pieces one below the other."});
  ops.add({.schema = "vsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
           .kernel = typed_kernel<&vsplit_array>(),
           .traits = kComposite,
           .doc = "Pieces one below the other, cut at the indices."});
  ops.add({.schema = "dsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]",
           .kernel = typed_kernel<&dsplit_int>(),
           .traits = kComposite,
           .doc = "Equal pieces of the third dimension."});
  ops.add({.schema = "dsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]",
           .kernel = typed_kernel<&dsplit_array>(),
           .traits = kComposite,
           .doc = "Pieces of the third dimension, cut at the indices."});
  ops.add({.schema = "unsafe_split.Tensor(Tensor self, SymInt split_size, int dim=0) -> Tensor[]",
           .kernel = typed_kernel<&unsafe_split_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              const int64_t rank = int64_t(b.sizes("self").size());
                              const int64_t total = b.sizes("self")[size_t(wrap_dim(b.int_of("dim"), rank))];
                              const int64_t size = std::max<int64_t>(b.int_of("split_size"), 1);
                              std::vector<int64_t> sizes;
                              for (int64_t at = 0; at < std::max<int64_t>(total, 1); at += size)
                                sizes.push_back(std::min(size, total - at));
                              return pieces_back(b, sizes);
                            }}},
           .doc = "split whose pieces may be written in place one by one."});
  ops.add({.schema = "unsafe_split_with_sizes(Tensor self, SymInt[] split_sizes, int dim=0) -> Tensor[]",
           .kernel = typed_kernel<&unsafe_split_with_sizes_cpu>(),
           .derivatives = {{"self", [](const Backward& b) { return pieces_back(b, b.ints_of("split_sizes")); }}},
           .doc = "split_with_sizes whose pieces may be written in place one by one."});
  ops.add({.schema = "unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]",
           .kernel = typed_kernel<&unsafe_chunk_cpu>(),
           .traits = kComposite,
           .doc = "chunk whose pieces may be written in place one by one."});
  ops.add({.schema = "split_copy.Tensor_out(Tensor self, SymInt split_size, int dim=0, *, Tensor(a!)[] out) -> ()",
           .kernel = typed_kernel<&split_copy_into>(),
           .traits = OpTraits::no_method,
           .doc = "split_copy into given tensors."});
  ops.add(
      {.schema = "split_with_sizes_copy.out(Tensor self, SymInt[] split_sizes, int dim=0, *, Tensor(a!)[] out) -> ()",
       .kernel = typed_kernel<&split_with_sizes_copy_into>(),
       .traits = OpTraits::no_method,
       .doc = "split_with_sizes_copy into given tensors."});
  ops.add({.schema = "unbind_copy.int_out(Tensor self, int dim=0, *, Tensor(a!)[] out) -> ()",
           .kernel = typed_kernel<&unbind_copy_into>(),
           .traits = OpTraits::no_method,
           .doc = "unbind_copy into given tensors."});
}

}  // namespace rushlight::ops
