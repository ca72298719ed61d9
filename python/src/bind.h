/// The parts of the native module, one function each; module.cpp calls them in order.
#pragma once
#include "python_api.h"

namespace rushlight::python {

void bind_archive(nb::module_& m);
void bind_autograd(nb::module_& m);
void bind_compiler(nb::module_& m);
void bind_dlpack(nb::module_& m);
void bind_passes(nb::module_& m);
void bind_schema(nb::module_& m);
void bind_settings(nb::module_& m);
void bind_trace(nb::module_& m);

}  // namespace rushlight::python
