/// The compiler's view of Python: what a name in the scope of a function means to TorchScript.
#pragma once
#include "python_api.h"
#include "script/resolver.h"

namespace rushlight::python {

/// `lookup(name)` gives the Python object that the name stands for, or None.
std::shared_ptr<script::Resolver> python_resolver(nb::object lookup);

/// A Python object as the compiler sees it. `is_attribute`: it was read from a Python module, whose numbers and texts
/// are constants.
script::SugaredValuePtr sugared(nb::object object, const SourceRange& range, bool is_attribute);
/// A value that is known while compiling.
script::SugaredValuePtr constant_sugared(IValue value);

/// The unit that owns everything that is compiled from Python.
const std::shared_ptr<ir::CompilationUnit>& python_unit();

}  // namespace rushlight::python
