/// Views and writes in place: keeps the tape right when several tensors share memory.
/// PyTorch page: "Autograd mechanics", in-place operations.
#pragma once
#include "autograd/meta.h"

namespace rushlight::autograd {

/// Remembers that `view` shows memory of `source`, so that a later write through one reaches the other's history.
void track_view(const Tensor& view, const Tensor& source, ViewOrigin origin);
/// Throws if autograd forbids writing `tensor` in place now (leaves that require grad, views made under no_grad, ...).
/// `is_recorded`: the write is part of a gradient; all else may be written.
void check_inplace(const Tensor& tensor, bool is_recorded);
/// After `tensor` was written by the operator of `node`, whose first edge belongs to the old `tensor`.
/// A view hands the change on to its base through a CopySlices node.
void rebase_history(const Tensor& tensor, const Ref<GradNode>& node);
/// grad_fn of a view, made anew if its base was written since.
Ref<GradNode> refresh_view_grad_fn(const Tensor& view, AutogradMeta& meta);

}  // namespace rushlight::autograd
