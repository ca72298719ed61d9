/// Nodes of the tape as Python objects: `t.grad_fn`, its name, what comes next, its hooks and metadata.
#pragma once
#include "autograd/grad_node.h"
#include "python_api.h"

namespace rushlight::python {

/// A new reference to the one Python object of this node; None for no node.
PyObject* wrap(const Ref<autograd::GradNode>& node);

/// ((node, input number), ...)
nb::object next_functions_of(const autograd::GradNode& node);

void bind_grad_fn(nb::module_& m);

}  // namespace rushlight::python
