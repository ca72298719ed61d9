/// Names of what traces make. Their classes and functions belong to the module or function that Python gets and go with
/// it; their names stay taken.
#pragma once
#include "ir/function.h"

namespace rushlight::python {

/// The name itself if it was never used in this process, else the next mangled one.
std::string claim_name(const std::string& name);
/// The unit that owns the class of an object and its methods.
std::shared_ptr<ir::CompilationUnit> unit_of(const Object& object);

}  // namespace rushlight::python
