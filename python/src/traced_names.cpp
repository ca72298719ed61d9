#include "traced_names.h"

#include "resolver.h"

namespace rushlight::python {

std::string claim_name(const std::string& name) {
  const std::string free = python_unit()->mangle(name);
  // Mangled names are not given twice anyway; for the plain one an empty class stands in.
  if (free == name) python_unit()->register_type(ClassType::make(name));
  return free;
}

std::shared_ptr<ir::CompilationUnit> unit_of(const Object& object) {
  return std::const_pointer_cast<ir::CompilationUnit>(
      std::static_pointer_cast<const ir::CompilationUnit>(object.keep_alive()));
}

}  // namespace rushlight::python
