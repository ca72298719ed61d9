#include "python_api.h"

namespace rushlight::python {

PyTypeObject* add_type(nb::module_& m, PyType_Spec& spec, PyObject* bases) {
  PyObject* type = checked(PyType_FromModuleAndSpec(m.ptr(), &spec, bases));
  const std::string_view name(spec.name);
  m.attr(std::string(name.substr(name.rfind('.') + 1)).c_str()) = nb::borrow(type);
  return reinterpret_cast<PyTypeObject*>(type);
}

std::string type_name_of(PyObject* object) {
  // tp_name: heap types have their bare name there, static ones from C modules carry the module.
  nb::object type = nb::borrow(reinterpret_cast<PyObject*>(Py_TYPE(object)));
  const std::string name = nb::cast<std::string>(nb::str(type.attr("__name__")));
#ifdef Py_LIMITED_API
  const bool is_heap = PyType_GetFlags(Py_TYPE(object)) & Py_TPFLAGS_HEAPTYPE;
  const std::string module = nb::cast<std::string>(nb::str(type.attr("__module__")));
  if (!is_heap && module != "builtins") return module + "." + name;
#else
  if (!(Py_TYPE(object)->tp_flags & Py_TPFLAGS_HEAPTYPE)) return Py_TYPE(object)->tp_name;
#endif
  return name;
}

}  // namespace rushlight::python
