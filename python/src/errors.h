/// The exception classes of our own, and the translation of all others (see errors.cpp).
#pragma once
#include "python_api.h"

namespace rushlight::python {

extern PyObject* jit_error_class;
extern PyObject* file_refused_class;
extern PyObject* limit_exceeded_class;

void bind_errors(nb::module_& m);

}  // namespace rushlight::python
