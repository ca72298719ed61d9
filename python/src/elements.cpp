#include "elements.h"

#include <cstring>

#include "argument_values.h"
#include "base/error.h"
#include "base/text.h"

namespace rushlight::python {
namespace {

template <class T>
PyObject* load(const void* data) {
  T value;
  std::memcpy(&value, data, sizeof(T));
  if constexpr (std::is_same_v<T, bool>)
    return PyBool_FromLong(value);
  else if constexpr (std::is_integral_v<T>)
    return PyLong_FromLongLong(int64_t(value));
  else if constexpr (requires { value.real(); })
    return PyComplex_FromDoubles(double(value.real()), double(value.imag()));
  else
    return PyFloat_FromDouble(double(value));
}

template <class T>
void store(void* data, PyObject* python_value, std::string_view name) {
  T value;
  if constexpr (std::is_same_v<T, bool>) {
    const int truth = PyObject_IsTrue(python_value);
    value = checked(truth) != 0;
  } else if constexpr (std::is_integral_v<T>) {
    if (PyFloat_Check(python_value) || PyLong_Check(python_value)) {
      // Floats are cut, as a C++ conversion does.
      nb::object number = owned(PyNumber_Long(python_value));
      const int64_t wide = to_int(number.ptr());
      if (wide < int64_t(std::numeric_limits<T>::min()) || wide > int64_t(std::numeric_limits<T>::max()))
        throw RuntimeError(cat("value cannot be converted to type ", name, " without overflow"));
      value = T(wide);
    } else {
      value = to_scalar(python_value).to<T>();
    }
  } else if constexpr (requires { value.real(); }) {
    const auto wide = to_scalar(python_value).to<std::complex<double>>();
    using Part = typename T::value_type;
    value = T(Part(float(wide.real())), Part(float(wide.imag())));
    if constexpr (std::is_same_v<Part, double>) value = wide;
  } else {
    if (!is_number(python_value)) throw TypeError(cat("must be real number, not ", type_name_of(python_value)));
    value = T(to_float(python_value));
  }
  std::memcpy(data, &value, sizeof(T));
}

}  // namespace

PyObject* element_to_python(const void* data, ScalarType dtype) {
  switch (dtype) {
#define RUSHLIGHT_DTYPE(name, number, cpp, ...) \
  case ScalarType::name:                        \
    return load<cpp>(data);
    RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
  }
  throw TypeError("unknown dtype");
}

void element_from_python(void* data, ScalarType dtype, PyObject* value) {
  switch (dtype) {
#define RUSHLIGHT_DTYPE(name, number, cpp, ...) \
  case ScalarType::name:                        \
    return store<cpp>(data, value, #cpp);
    RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
  }
  throw TypeError("unknown dtype");
}

}  // namespace rushlight::python
