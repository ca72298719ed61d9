/// What autograd knows about one tensor: whether it requires grad, its gradient, and the tape node that made it.
/// PyTorch page: "Autograd mechanics".
#pragma once
#include "autograd/grad_node.h"
#include "tensor/tensor.h"

namespace rushlight::autograd {

bool requires_grad(const Tensor& tensor);
/// Leaves only; RuntimeError "only Tensors of floating point dtype can require gradients" and the like.
void set_requires_grad(const Tensor& tensor, bool value);
/// Made by the user or detached, not by a recorded operator.
bool is_leaf(const Tensor& tensor);
/// The accumulated gradient, or an undefined tensor.
Tensor grad(const Tensor& tensor);
/// Checked: same shape, dtype and device, else RuntimeError with PyTorch's text.
void set_grad(const Tensor& tensor, Tensor grad);
/// The node that made it; null for leaves. For a view whose base was written since, the node is made anew.
Ref<GradNode> grad_fn(const Tensor& tensor);
/// Where gradients for `tensor` have to arrive: its grad_fn and output number, or its AccumulateGrad node.
Edge gradient_edge(const Tensor& tensor);
/// Keeps `.grad` of a tensor that is no leaf.
void retain_grad(const Tensor& tensor);
bool retains_grad(const Tensor& tensor);
/// The same data without history; a view that shares the version counter.
Tensor detach(const Tensor& tensor);
/// The tensor of which this is a view that autograd tracks; undefined if it is none.
Tensor view_base(const Tensor& tensor);

/// Called with the gradient before it is used; may return another one (or an undefined tensor: unchanged).
using Hook = std::function<Tensor(const Tensor& gradient)>;
/// Returns a key for remove_hook.
uint64_t register_hook(const Tensor& tensor, Hook hook);
void remove_hook(const Tensor& tensor, uint64_t key);
/// After the gradient was accumulated into a leaf.
uint64_t register_post_accumulate_grad_hook(const Tensor& tensor, std::function<void(const Tensor& tensor)> hook);

/// Installs the autograd hook of operator calls. Called once at start-up by whoever links this layer (idempotent).
void install();

}  // namespace rushlight::autograd
