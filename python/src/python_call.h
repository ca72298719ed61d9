/// Calls of Python functions from compiled code: what `torch.jit.ignore` leaves to Python.
#pragma once
#include "python_api.h"
#include "script/sugared_value.h"

namespace rushlight::python {

/// A Python callable as the compiler sees it. A call becomes a prim::PythonOp, or raises when the callable is marked as
/// unused. `self`: of an ignored method, the module.
script::SugaredValuePtr python_callable(nb::object callable, ir::Value* self = nullptr);
/// Makes prim::PythonOp run.
void install_python_calls();

}  // namespace rushlight::python
