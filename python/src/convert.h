/// Any value of a TorchScript program as a Python object.
#pragma once
#include "python_api.h"
#include "value/ivalue.h"

namespace rushlight::python {

/// A new reference. Lists, dictionaries and tuples are copied, tensors are not.
PyObject* to_python(const IValue& value);

/// How values that only torch.jit knows (objects, enums, futures, named tuples) become Python objects; set by its
/// binding.
extern nb::object (*convert_script_value)(const IValue& value);

}  // namespace rushlight::python
