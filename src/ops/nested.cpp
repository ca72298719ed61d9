/// Batches of sequences of several lengths, which PyTorch keeps as nested tensors. Rushlight has none: a program that
/// asks whether it could make one is answered, one that makes one is refused.
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

/// Whether each row of the mask is true up to some place and false from there on. mask: rows x places, true where there
/// is no padding; t: rows x places x width.
bool is_left_aligned(const Tensor& t, const Tensor& mask) {
  if (mask.dtype() != ScalarType::bool_)
    throw RuntimeError(
        cat("Expected mask to be of ScalarType Bool, but got ", dtype_info(mask.dtype()).ir_name, " instead."));
  if (mask.dim() != 2) throw RuntimeError("Padding mask should be 2D");
  if (t.dim() != 3) throw RuntimeError("Input should be a 3D tensor, N * L * D");
  const int64_t length = mask.size(1);
  if (t.size(0) != mask.size(0) || t.size(1) != length) throw RuntimeError("Mask size should match input size");
  if (length < 2) return true;
  return !any(gt(narrow(mask, 1, 1, length - 1), narrow(mask, 1, 0, length - 1))).item().to<bool>();
}

[[noreturn]] Tensor refuse() {
  throw NotImplementedError("nested tensors are not implemented in Rushlight; pass padded tensors and a mask instead");
}
Tensor from_mask(const Tensor&, const Tensor&, bool) { refuse(); }
Tensor to_padded(const Tensor&, double, std::optional<IntArrayRef>) { refuse(); }

}  // namespace

void declare_nested(OpSet& ops) {
  ops.add({.schema = "_nested_tensor_from_mask_left_aligned(Tensor t, Tensor mask) -> bool",
           .kernel = typed_kernel<&is_left_aligned>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "Whether the sequences of a padded batch begin at its left side."});
  ops.add({.schema = "_nested_tensor_from_mask(Tensor t, Tensor mask, bool mask_check=True) -> Tensor",
           .kernel = typed_kernel<&from_mask>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "Raises NotImplementedError."});
  ops.add({.schema = "to_padded_tensor(Tensor self, float padding, SymInt[]? output_size=None) -> Tensor",
           .kernel = typed_kernel<&to_padded>(),
           .traits = OpTraits::composite,
           .doc = "Raises NotImplementedError: it takes a nested tensor."});
}

}  // namespace rushlight::ops
