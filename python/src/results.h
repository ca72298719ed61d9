/// Results of operators as Python objects: tensors, tuples of them, named results (torch.return_types.max).
#pragma once
#include "ops/op.h"
#include "python_api.h"

namespace rushlight::python {

/// A new reference. `function`: the name after which a named result is called.
PyObject* wrap_results(const std::string& function, const Operator& op, IValue* results);

void bind_results(nb::module_& m);

}  // namespace rushlight::python
