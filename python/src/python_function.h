/// torch.autograd.Function: a node of the tape whose backward is written in Python.
#pragma once
#include "autograd/grad_node.h"
#include "python_api.h"

namespace rushlight::python {

/// The `ctx` of a node made by a Function, which stands for the node in Python; null for other nodes. Borrowed.
PyObject* context_of(const autograd::GradNode& node);

void bind_python_function(nb::module_& m);

}  // namespace rushlight::python
