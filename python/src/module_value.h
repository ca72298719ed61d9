/// Modules as the compiler sees them: more than their type. Their Python class knows methods that are not compiled yet,
/// constants, functions kept as attributes, and whether the module is a container (rushlight/jit/_concrete_type.py).
#pragma once
#include "python_api.h"
#include "script/sugared_value.h"

namespace rushlight::python {

/// Remembers what Python knows about a compiled module type; for as long as the process lives, like the type itself.
void set_concrete_type(const TypePtr& type, nb::object concrete);
/// The Python object of a module type; none for types that only a file knows.
nb::object concrete_type_of(const Type& type);

/// A value whose type is a module.
script::SugaredValuePtr module_value(ir::Value* value);

}  // namespace rushlight::python
