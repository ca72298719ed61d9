/// Operators as Python callables: torch.add, Tensor.add. Made by name when first asked for; all calls go to one reader.
#pragma once
#include "arguments.h"

namespace rushlight::python {

/// The names ("add") under which Python finds functions or methods, sorted.
std::vector<std::string> callable_names(bool as_method);
nb::object make_function(const OverloadSet& set);
/// The overloads behind a callable made here, or null.
const OverloadSet* overloads_of(PyObject* object);

void bind_op_objects(nb::module_& m);

}  // namespace rushlight::python
