/// Calls of Python functions from compiled code: what `torch.jit.ignore` leaves to Python.
#pragma once
#include "python_api.h"
#include "script/sugared_value.h"

namespace rushlight::python {

/// The Python callable of a prim::PythonOp, as the value of its attribute. Graphs may be freed on any thread.
struct CallableObject : OpaqueObject {
  explicit CallableObject(nb::object callable) : callable(std::move(callable)) {}
  ~CallableObject() override {
    if (!Py_IsInitialized()) {
      callable.release();
      return;
    }
    const nb::gil_scoped_acquire locked;
    callable.reset();
  }
  nb::object callable;
};
inline IValue callable_value(nb::object callable) {
  return IValue(Tag::python, Ref<OpaqueObject>(make_ref<CallableObject>(std::move(callable))));
}

/// A Python callable as the compiler sees it. A call becomes a prim::PythonOp, or raises when the callable is marked as
/// unused. `self`: of an ignored method, the module.
script::SugaredValuePtr python_callable(nb::object callable, ir::Value* self = nullptr);
/// Makes prim::PythonOp run.
void install_python_calls();

}  // namespace rushlight::python
