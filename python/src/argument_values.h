/// Single arguments: does a Python object fit a parameter, and what value does it give.
#pragma once
#include "signature.h"

namespace rushlight::python {

/// Whether `value` may stand for the parameter. Of lists only the first element is looked at, as in PyTorch.
bool accepts(const Parameter& parameter, PyObject* value);
/// An int that is no bool, a NumPy integer, or an integral 0-dimensional tensor without gradient.
bool accepts_int(PyObject* value);

/// The value for the operator. `value` was accepted and is not None. `index`: the parameter's place, for messages.
IValue to_argument(const std::string& function, const Parameter& parameter, size_t index, PyObject* value);
IValue to_tensor_list(PyObject* value, size_t index, bool allow_none);

/// A Python or NumPy number, or a 0-dimensional tensor.
Scalar to_scalar(PyObject* value);
bool is_number(PyObject* value);
bool is_numpy_scalar(PyObject* value);
/// ValueError "Overflow when unpacking long long" for what does not fit.
int64_t to_int(PyObject* value);
double to_float(PyObject* value);
/// A dtype, or one of Python's classes float, int, bool, complex.
bool accepts_dtype(PyObject* value);
ScalarType to_dtype(PyObject* value);

}  // namespace rushlight::python
