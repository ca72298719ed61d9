/// Python functions that are called during the backward pass.
#pragma once
#include <vector>

#include "autograd/grad_node.h"
#include "python_api.h"

namespace rushlight::python {

/// A sequence of tensors and Nones; an undefined tensor for None.
std::vector<Tensor> tensors_from(nb::handle sequence);
nb::object tuple_from(const std::vector<Tensor>& tensors);

/// hook(grad_inputs, grad_outputs) after, hook(grad_outputs) before the node runs. Return a handle whose remove() takes
/// them away.
nb::object add_post_hook(autograd::GradNode& node, nb::object hook);
nb::object add_pre_hook(autograd::GradNode& node, nb::object hook);

void bind_gradient_hooks(nb::module_& m);

}  // namespace rushlight::python
