/// Compiled functions, objects and modules as Python objects.
#pragma once
#include <memory>

#include "ir/function.h"
#include "python_api.h"
#include "value/future.h"

namespace rushlight::python {

/// torch._C.ScriptFunction. The compilation unit owns the function.
struct FunctionHandle {
  std::shared_ptr<ir::CompilationUnit> unit;
  ir::GraphFunction* function;
};
/// torch._C.ScriptObject, and torch._C.ScriptModule when the class is a module.
struct ObjectHandle {
  Ref<Object> object;
};
struct ModuleHandle : ObjectHandle {};
/// torch._C.ScriptMethod: a method bound to its object.
struct MethodHandle {
  Ref<Object> owner;
  ir::GraphFunction* method;
};

/// torch._C.Future.
struct FutureHandle {
  Ref<Future> future;
};

/// The object behind a ScriptObject, a ScriptModule, or a Python wrapper that holds one in `_c`; null for anything
/// else.
Ref<Object> find_object(nb::handle python);
nb::object wrap_object(Ref<Object> object);

/// Calls with Python's arguments, matched against the schema as PyTorch does; the GIL is released while it runs.
nb::object call_function(ir::GraphFunction& function, const Ref<Object>& self, const nb::args& arguments,
                         const nb::kwargs& keywords);

void bind_script_objects(nb::module_& m);

}  // namespace rushlight::python
