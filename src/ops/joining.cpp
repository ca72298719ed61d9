/// Tensors joined along a dimension: cat, stack and the forms named after directions.
#include "ops/functions/joining.h"

#include "ops/cpu/copy.h"
#include "ops/cpu/elementwise.h"
#include "ops/cpu/promotion.h"
#include "ops/derived_forms.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/splitting.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;

// ---- cat

/// A tensor of shape [0] may stand between tensors of any rank: it adds nothing.
bool is_skipped(const Tensor& tensor) { return tensor.dim() == 1 && tensor.sizes()[0] == 0; }
bool is_skipped(IntArrayRef sizes) { return sizes.size() == 1 && sizes[0] == 0; }

ScalarType common_dtype(const Tensors& tensors) {
  cpu::PromotionState state;
  for (const Tensor& tensor : tensors) state.add(tensor);
  return state.result();
}

/// What all parts agree on, else the default.
MemoryFormat common_format(const Tensors& tensors) {
  for (MemoryFormat format : {MemoryFormat::channels_last, MemoryFormat::channels_last_3d}) {
    bool all = true;
    for (const Tensor& tensor : tensors)
      all &= tensor.dim() == (format == MemoryFormat::channels_last ? 4 : 5) && !tensor.is_contiguous() &&
             tensor.is_contiguous(format);
    if (all) return format;
  }
  return MemoryFormat::contiguous;
}

Shape joined_shape(const Tensors& tensors, int64_t& dim) {
  if (tensors.empty()) throw ValueError("torch.cat(): expected a non-empty list of Tensors");
  for (size_t i = 0; i < tensors.size(); ++i)
    if (tensors[i].dim() == 0)
      throw RuntimeError(cat("zero-dimensional tensor (at position ", i, ") cannot be concatenated"));
  const Tensor* model = nullptr;
  for (const Tensor& tensor : tensors)
    if (!model && !is_skipped(tensor)) model = &tensor;
  dim = wrap_dim(dim, model ? model->dim() : 1);
  if (!model) return Shape(tensors[0].sizes());
  Shape shape(model->sizes());
  const size_t at = size_t(dim);
  shape[at] = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (is_skipped(tensors[i])) continue;
    const IntArrayRef sizes = tensors[i].sizes();
    if (sizes.size() != shape.size())
      throw RuntimeError(cat("Tensors must have same number of dimensions: got ", shape.size(), " and ", sizes.size()));
    for (size_t d = 0; d < shape.size(); ++d)
      if (d != at && sizes[d] != shape[d])
        throw RuntimeError(cat("Sizes of tensors must match except in dimension ", dim, ". Expected size ", shape[d],
                               " but got size ", sizes[d], " for tensor number ", i, " in the list."));
    shape[at] += sizes[at];
  }
  return shape;
}

/// The part of `whole` from `start` on along `dim`, without the tape.
Tensor part_of(const Tensor& whole, int64_t dim, int64_t start, int64_t length) {
  Shape sizes(whole.sizes());
  sizes[size_t(dim)] = length;
  return alias_tensor(whole, sizes, whole.strides(), whole.storage_offset() + start * whole.stride(dim));
}

void fill_parts(const Tensor& result, const Tensors& tensors, int64_t dim) {
  int64_t start = 0;
  for (const Tensor& tensor : tensors) {
    if (is_skipped(tensor)) continue;
    const int64_t length = tensor.size(dim);
    if (tensor.numel() > 0) cpu::copy_into(part_of(result, dim, start, length), tensor);
    start += length;
  }
}

Tensor cat_cpu(const Tensors& tensors, int64_t dim) {
  const Shape shape = joined_shape(tensors, dim);
  Tensor result = empty_tensor(shape, common_dtype(tensors), tensors[0].device(), common_format(tensors));
  fill_parts(result, tensors, dim);
  return result;
}
Tensor cat_into(const Tensors& tensors, int64_t dim, const Tensor& out) {
  const Shape shape = joined_shape(tensors, dim);
  const ScalarType type = common_dtype(tensors);
  if (!can_cast(type, out.dtype()))
    throw RuntimeError(
        cat("torch.cat(): input types can't be cast to the desired output type ", dtype_info(out.dtype()).ir_name));
  cpu::check_no_internal_overlap(out);
  for (const Tensor& tensor : tensors) cpu::check_no_partial_overlap(out, tensor);
  resize_out(out, shape);
  fill_parts(out, tensors, dim);
  return out;
}

Tensors cat_back(const Backward& b) {
  Tensors grads;
  size_t rank = 1;
  const size_t count = b.list_size("tensors");
  for (size_t i = 0; i < count; ++i)
    if (!is_skipped(b.sizes("tensors", i))) rank = b.sizes("tensors", i).size();
  const int64_t dim = wrap_dim(b.int_of("dim"), int64_t(rank));
  int64_t start = 0;
  for (size_t i = 0; i < count; ++i) {
    const IntArrayRef sizes = b.sizes("tensors", i);
    if (is_skipped(sizes)) {
      grads.push_back(zeros(sizes, b.dtype("tensors", i)));
      continue;
    }
    const int64_t length = sizes[size_t(dim)];
    grads.push_back(narrow(b.grad(), dim, start, length));
    start += length;
  }
  return grads;
}

// ---- stack and forms named after directions

Tensor stack_cpu(const Tensors& tensors, int64_t dim) {
  if (tensors.empty()) throw RuntimeError("stack expects a non-empty TensorList");
  const size_t at = size_t(wrap_dim(dim, tensors[0].dim() + 1));
  for (size_t i = 1; i < tensors.size(); ++i)
    if (!(tensors[i].sizes() == tensors[0].sizes()))
      throw RuntimeError(cat("stack expects each tensor to be equal size, but got ", shape_text(tensors[0].sizes()),
                             " at entry 0 and ", shape_text(tensors[i].sizes()), " at entry ", i));
  Shape shape(tensors[0].sizes());
  shape.insert(at, int64_t(tensors.size()));
  Tensor result = empty_tensor(shape, common_dtype(tensors), tensors[0].device());
  for (size_t i = 0; i < tensors.size(); ++i) {
    Shape sizes(shape);
    Strides strides(result.strides());
    const int64_t offset = int64_t(i) * strides[at];
    sizes.erase(at);
    strides.erase(at);
    if (tensors[i].numel() > 0) cpu::copy_into(alias_tensor(result, sizes, strides, offset), tensors[i]);
  }
  return result;
}
Tensors stack_back(const Backward& b) { return unbind(b.grad(), b.int_of("dim")); }

void check_not_empty(const Tensors& tensors, std::string_view name) {
  if (tensors.empty()) throw RuntimeError(cat(name, " expects a non-empty TensorList"));
}
Tensor hstack_cpu(const Tensors& tensors) {
  check_not_empty(tensors, "hstack");
  const Tensors parts = atleast_1d(tensors);
  return concat(parts, parts[0].dim() == 1 ? 0 : 1);
}
Tensor vstack_cpu(const Tensors& tensors) {
  check_not_empty(tensors, "vstack");
  return concat(atleast_2d(tensors), 0);
}
Tensor dstack_cpu(const Tensors& tensors) {
  check_not_empty(tensors, "dstack");
  return concat(atleast_3d(tensors), 2);
}
Tensor column_stack_cpu(const Tensors& tensors) {
  check_not_empty(tensors, "column_stack");
  Tensors columns;
  for (const Tensor& tensor : tensors)
    columns.push_back(tensor.dim() <= 1 ? reshape(tensor, {tensor.numel(), 1}) : tensor);
  return hstack(columns);
}

Tensor atleast_1d_cpu(const Tensor& self) { return self.dim() == 0 ? reshape(self, {1}) : self; }
Tensor atleast_2d_cpu(const Tensor& self) {
  if (self.dim() == 0) return reshape(self, {1, 1});
  return self.dim() == 1 ? unsqueeze(self, 0) : self;
}
Tensor atleast_3d_cpu(const Tensor& self) {
  if (self.dim() == 0) return reshape(self, {1, 1, 1});
  if (self.dim() == 1) return unsqueeze(unsqueeze(self, 0), -1);
  return self.dim() == 2 ? unsqueeze(self, -1) : self;
}
template <Tensor (*one)(const Tensor&)>
Tensors for_each_tensor(const Tensors& tensors) {
  Tensors results;
  for (const Tensor& tensor : tensors) results.push_back(one(tensor));
  return results;
}

// ---- Blocks

Tensor block_diag_cpu(const Tensors& tensors) {
  Tensors rows;
  int64_t height = 0, width = 0;
  cpu::PromotionState state;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].dim() > 2)
      throw RuntimeError(cat("torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ", i, " has ",
                             tensors[i].dim(), " dimensions"));
    state.add(tensors[i]);
    rows.push_back(atleast_2d(tensors[i]));
    height += rows.back().sizes()[0];
    width += rows.back().sizes()[1];
  }
  if (tensors.empty()) return zeros({1, 0}, default_dtype());
  // Each block is widened by zeros to both sides; the rows then stand below each other.
  const ScalarType type = state.result();
  int64_t left = 0;
  for (Tensor& block : rows) {
    const int64_t h = block.sizes()[0], w = block.sizes()[1];
    block = concat({zeros({h, left}, type), block, zeros({h, width - left - w}, type)}, 1);
    left += w;
  }
  return concat(rows, 0);
}

Tensor chunk_cat_cpu(const Tensors& tensors, int64_t dim, int64_t num_chunks) {
  if (num_chunks < 1) throw RuntimeError("_chunk_cat expects positive num_chunks");
  if (tensors.empty()) throw RuntimeError("_chunk_cat expects a non-empty input tensor list");
  const size_t at = size_t(wrap_dim(dim, tensors[0].dim()));
  for (const Tensor& tensor : tensors) {
    if (int64_t(at) >= tensor.dim()) throw RuntimeError("_chunk_cat expects dim < ndim for all input tensors");
    if (tensor.dtype() != tensors[0].dtype())
      throw RuntimeError("_chunk_cat expects all input tensors with the same dtype");
    if (!(tensor.sizes().slice(0, at) == tensors[0].sizes().slice(0, at)))
      throw RuntimeError("_chunk_cat expects same sizes of 0,...,dim-1 dimensions for all tensors");
  }
  Tensors parts;
  for (const Tensor& tensor : tensors) {
    // Padded with zeros to a multiple of the number of chunks; each chunk becomes one row.
    Shape shape(tensor.sizes());
    const int64_t size = shape[at], chunk = (size + num_chunks - 1) / num_chunks;
    shape[at] = chunk * num_chunks - size;
    const Tensor padded = shape[at] == 0 ? tensor : concat({tensor, zeros(shape, tensor.dtype())}, int64_t(at));
    Shape rows(tensor.sizes().slice(0, at));
    rows.push_back(num_chunks);
    rows.push_back(-1);
    parts.push_back(view(contiguous(padded), rows));
  }
  return concat(parts, int64_t(at) + 1);
}

/// Sequences of different lengths side by side, filled up to the longest one.
Tensor pad_sequence_of(const std::vector<Tensor>& sequences, bool batch_first, double padding_value,
                       std::string_view padding_side) {
  if (sequences.empty()) throw RuntimeError("received an empty list of sequences");
  if (padding_side != "left" && padding_side != "right")
    throw RuntimeError(cat("Expected padding_side to be one of left or right, but got ", padding_side, "."));
  for (const Tensor& sequence : sequences)
    if (sequence.dim() == 0) throw RuntimeError("pad_sequence: a sequence must have a dimension");
  int64_t longest = 0;
  for (const Tensor& sequence : sequences) longest = std::max(longest, sequence.size(0));
  const Tensor& first = sequences.front();
  Shape shape(first.sizes());
  shape[0] = longest;
  shape.insert(batch_first ? 0 : 1, int64_t(sequences.size()));
  const Tensor result = full(shape, Scalar(padding_value), first.dtype(), std::nullopt, first.device());
  for (size_t i = 0; i < sequences.size(); ++i) {
    const int64_t length = sequences[i].size(0);
    const Tensor row = select(result, batch_first ? 0 : 1, int64_t(i));
    copy_(narrow(row, 0, padding_side == "right" ? 0 : longest - length, length), sequences[i]);
  }
  return result;
}

}  // namespace

void declare_joining(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite | OpTraits::no_method;
  ops.add({.schema = "pad_sequence(Tensor[] sequences, bool batch_first=False, float padding_value=0., str "
                     "padding_side=\"right\") -> Tensor",
           .kernel = typed_kernel<&pad_sequence_of>(),
           .traits = kComposite | OpTraits::nn_functional,
           .doc = "Sequences of different lengths side by side, filled up to the longest one."});
  ops.add({.schema = "cat(Tensor[] tensors, int dim=0) -> Tensor",
           .out = "out",
           .kernel = typed_kernel_with_out<&cat_cpu, &cat_into>(),
           .derivatives = {{.wrt = "tensors", .list_formula = cat_back}},
           .traits = OpTraits::no_method,
           .doc = "Tensors joined along a dimension that they have."});
  ops.add({.schema = "stack(Tensor[] tensors, int dim=0) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&stack_cpu>(),
           .derivatives = {{.wrt = "tensors", .list_formula = stack_back}},
           .traits = OpTraits::no_method,
           .doc = "Tensors of one shape joined along a new dimension."});
  ops.add({.schema = "hstack(Tensor[] tensors) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&hstack_cpu>(),
           .traits = kComposite,
           .doc = "Tensors joined side by side."});
  ops.add({.schema = "vstack(Tensor[] tensors) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&vstack_cpu>(),
           .traits = kComposite,
           .doc = "Tensors joined one below the other."});
  ops.add({.schema = "dstack(Tensor[] tensors) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&dstack_cpu>(),
           .traits = kComposite,
           .doc = "Tensors joined along the third dimension."});
  ops.add({.schema = "column_stack(Tensor[] tensors) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&column_stack_cpu>(),
           .traits = kComposite,
           .doc = "Vectors as columns, joined side by side."});
  ops.add({.schema = "atleast_1d(Tensor self) -> Tensor",
           .kernel = typed_kernel<&atleast_1d_cpu>(),
           .traits = kComposite,
           .doc = "With one dimension at least."});
  ops.add({.schema = "atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]",
           .kernel = typed_kernel<&for_each_tensor<&atleast_1d_cpu>>(),
           .traits = kComposite,
           .doc = "Each with one dimension at least."});
  ops.add({.schema = "atleast_2d(Tensor self) -> Tensor",
           .kernel = typed_kernel<&atleast_2d_cpu>(),
           .traits = kComposite,
           .doc = "With two dimensions at least."});
  ops.add({.schema = "atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]",
           .kernel = typed_kernel<&for_each_tensor<&atleast_2d_cpu>>(),
           .traits = kComposite,
           .doc = "Each with two dimensions at least."});
  ops.add({.schema = "atleast_3d(Tensor self) -> Tensor",
           .kernel = typed_kernel<&atleast_3d_cpu>(),
           .traits = kComposite,
           .doc = "With three dimensions at least."});
  ops.add({.schema = "atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]",
           .kernel = typed_kernel<&for_each_tensor<&atleast_3d_cpu>>(),
           .traits = kComposite,
           .doc = "Each with three dimensions at least."});
  ops.add({.schema = "block_diag(Tensor[] tensors) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&block_diag_cpu>(),
           .traits = kComposite,
           .doc = "Matrices along the diagonal of a matrix of zeros."});
  ops.add({.schema = "_chunk_cat(Tensor[] tensors, int dim, int num_chunks) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&chunk_cat_cpu>(),
           .traits = kComposite,
           .doc = "Each tensor as num_chunks rows, padded with zeros; the rows joined."});
}

}  // namespace rushlight::ops
