/// Single elements of tensors to and from Python numbers.
#pragma once
#include "python_api.h"
#include "tensor/dtype.h"

namespace rushlight::python {

/// A new reference to the number at `data`, which need not be aligned. Null with Python's error set.
PyObject* element_to_python(const void* data, ScalarType dtype);
/// Writes a Python (or NumPy) number. RuntimeError for an integer that does not fit.
void element_from_python(void* data, ScalarType dtype, PyObject* value);

}  // namespace rushlight::python
