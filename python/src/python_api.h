/// What every file of the binding starts from: Python, nanobind, and the frame around functions that Python calls
/// directly.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <string>
#include <string_view>

namespace rushlight::python {

namespace nb = nanobind;

/// Turns the C++ exception that is being handled into the Python exception of its class (errors.cpp).
void raise_current_exception() noexcept;

/// Runs `fn` for a slot of a Python type: an exception becomes Python's, and `failed` is returned.
template <class Fn, class Result = std::invoke_result_t<Fn>>
Result guarded(Fn&& fn, Result failed = Result{}) noexcept {
  try {
    return fn();
  } catch (...) {
    raise_current_exception();
    return failed;
  }
}

/// A failed call of the C API becomes a C++ exception, which carries Python's error.
inline PyObject* checked(PyObject* result) {
  if (!result) nb::raise_python_error();
  return result;
}
inline int checked(int result) {
  if (result < 0) nb::raise_python_error();
  return result;
}
inline nb::object owned(PyObject* result) { return nb::steal(checked(result)); }

inline PyObject* new_reference(PyObject* object) {
  Py_INCREF(object);
  return object;
}

/// A Python str. Invalid UTF-8, which can only come from files, is replaced.
inline PyObject* to_str(std::string_view text) {
  return checked(PyUnicode_DecodeUTF8(text.data(), Py_ssize_t(text.size()), "replace"));
}
inline std::string_view str_view(PyObject* text) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text, &size);
  if (!data) nb::raise_python_error();
  return {data, size_t(size)};
}

/// A type from its spec, added to the module under its short name.
PyTypeObject* add_type(nb::module_& m, PyType_Spec& spec, PyObject* bases = nullptr);
/// The name of an object's type as PyTorch's messages give it: `Tensor`, `int`, `numpy.float32` as "numpy.float32".
std::string type_name_of(PyObject* object);

}  // namespace rushlight::python
