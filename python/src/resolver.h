/// The compiler's view of Python: what a name in the scope of a function means to TorchScript.
#pragma once
#include "python_api.h"
#include "script/resolver.h"

namespace rushlight::python {

/// `lookup(name)` gives the Python object that the name stands for, or None.
std::shared_ptr<script::Resolver> python_resolver(nb::object lookup);

/// The resolver's part of loops over objects (script/iteration.h).
bool declare_advance(const ClassType& type);

/// A Python object as the compiler sees it.
script::SugaredValuePtr sugared(nb::object object, const SourceRange& range);

/// Where the compiler stands while it asks Python: the place that the chain of compilations shows for a class.
const SourceRange& place_in_program();

/// The unit that owns everything that is compiled from Python.
const std::shared_ptr<ir::CompilationUnit>& python_unit();

}  // namespace rushlight::python
