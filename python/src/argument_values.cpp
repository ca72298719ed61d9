#include "argument_values.h"

#include "autograd/variable.h"
#include "base/text.h"
#include "generator_object.h"
#include "tensor_object.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

bool is_plain_number(PyObject* value) { return PyFloat_Check(value) || PyLong_Check(value) || PyComplex_Check(value); }

/// A tensor that may stand for a number.
bool is_number_tensor(PyObject* value) {
  if (!is_tensor(value)) return false;
  const Tensor& tensor = tensor_of(value);
  return tensor.dim() == 0 && !autograd::requires_grad(tensor);
}

bool is_sequence(PyObject* value) { return PyTuple_Check(value) || PyList_Check(value); }

/// The elements of a tuple or list, borrowed.
size_t length_of(PyObject* sequence) {
  return size_t(PyTuple_Check(sequence) ? PyTuple_Size(sequence) : PyList_Size(sequence));
}
PyObject* element_of(PyObject* sequence, size_t i) {
  return PyTuple_Check(sequence) ? PyTuple_GetItem(sequence, Py_ssize_t(i)) : PyList_GetItem(sequence, Py_ssize_t(i));
}

bool accepts_float(PyObject* value) {
  if (PyFloat_Check(value) || (PyLong_Check(value) && !PyBool_Check(value))) return true;
  if (is_tensor(value)) return is_number_tensor(value) && !is_complex(tensor_of(value).dtype());
  return is_numpy_scalar(value);
}

bool accepts_list(const Parameter& parameter, PyObject* value, bool (*accepts_element)(PyObject*)) {
  if (is_sequence(value)) return length_of(value) == 0 || accepts_element(element_of(value, 0));
  return parameter.list_length > 0 && accepts_element(value);
}

bool is_bool(PyObject* value) {
  return PyBool_Check(value) || (is_numpy_scalar(value) && type_name_of(value).starts_with("numpy.bool"));
}

template <class T, class Convert>
std::vector<T> to_list(const std::string& function, const Parameter& parameter, PyObject* value, Convert convert,
                       bool (*accepts_element)(PyObject*)) {
  if (!is_sequence(value)) return std::vector<T>(size_t(parameter.list_length), T(convert(value)));
  std::vector<T> list;
  const size_t count = length_of(value);
  list.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    PyObject* element = element_of(value, i);
    if (!accepts_element(element))
      throw TypeError(cat(function, "(): argument '", parameter.name, "' failed to unpack the object at pos ", i + 1,
                          " with error \"type must be ", parameter.type_name(), ",but got ", type_name_of(element),
                          "\""));
    list.push_back(T(convert(element)));
  }
  return list;
}

nb::object numpy_item(PyObject* value) { return nb::handle(value).attr("item")(); }

}  // namespace

bool is_numpy_scalar(PyObject* value) {
  PyTypeObject* type = Py_TYPE(value);
  if (type == &PyFloat_Type || type == &PyLong_Type || type == &PyUnicode_Type || type == &PyTuple_Type ||
      type == &PyList_Type || is_tensor(value))
    return false;
  nb::object module = nb::getattr(nb::handle(reinterpret_cast<PyObject*>(type)), "__module__", nb::none());
  if (!PyUnicode_Check(module.ptr()) || !str_view(module.ptr()).starts_with("numpy")) return false;
  return nb::hasattr(nb::handle(value), "item") && type_name_of(value) != "numpy.ndarray";
}

bool is_number(PyObject* value) { return is_plain_number(value) || is_numpy_scalar(value); }

bool accepts_int(PyObject* value) {
  if (PyLong_Check(value)) return !PyBool_Check(value);
  if (is_tensor(value)) return is_number_tensor(value) && is_integral(tensor_of(value).dtype());
  return PyIndex_Check(value) && is_numpy_scalar(value) && !is_bool(value);
}

bool accepts_dtype(PyObject* value) {
  return is_dtype(value) || value == reinterpret_cast<PyObject*>(&PyFloat_Type) ||
         value == reinterpret_cast<PyObject*>(&PyLong_Type) || value == reinterpret_cast<PyObject*>(&PyBool_Type) ||
         value == reinterpret_cast<PyObject*>(&PyComplex_Type);
}

ScalarType to_dtype(PyObject* value) {
  if (value == reinterpret_cast<PyObject*>(&PyFloat_Type)) return ScalarType::float64;
  if (value == reinterpret_cast<PyObject*>(&PyLong_Type)) return ScalarType::int64;
  if (value == reinterpret_cast<PyObject*>(&PyBool_Type)) return ScalarType::bool_;
  if (value == reinterpret_cast<PyObject*>(&PyComplex_Type)) return ScalarType::complex128;
  return dtype_of_object(value);
}

int64_t to_int(PyObject* value) {
  if (is_tensor(value)) return tensor_of(value).item().to<int64_t>();
  nb::object index = PyLong_Check(value) ? nb::borrow(value) : owned(PyNumber_Index(value));
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(index.ptr(), &overflow);
  if (overflow) throw ValueError("Overflow when unpacking long long");
  if (number == -1 && PyErr_Occurred()) nb::raise_python_error();
  return number;
}

double to_float(PyObject* value) {
  if (is_tensor(value)) return tensor_of(value).item().to<double>();
  const double number = PyFloat_AsDouble(value);
  if (number == -1 && PyErr_Occurred()) nb::raise_python_error();
  return number;
}

Scalar to_scalar(PyObject* value) {
  if (PyFloat_Check(value)) return Scalar(PyFloat_AsDouble(value));
  if (PyBool_Check(value)) return Scalar(value == Py_True);
  if (PyLong_Check(value)) {
    const long long number = PyLong_AsLongLong(value);
    if (number == -1 && PyErr_Occurred()) nb::raise_python_error();
    return Scalar(int64_t(number));
  }
  if (PyComplex_Check(value))
    return Scalar(std::complex<double>(PyComplex_RealAsDouble(value), PyComplex_ImagAsDouble(value)));
  if (is_tensor(value)) return tensor_of(value).item();
  nb::object item = numpy_item(value);
  if (!is_plain_number(item.ptr())) throw TypeError(cat("must be a number, not ", type_name_of(value)));
  return to_scalar(item.ptr());
}

bool accepts(const Parameter& parameter, PyObject* value) {
  switch (parameter.kind) {
    case ParameterKind::tensor:
      return is_tensor(value) || (parameter.allows_numbers && is_number(value));
    case ParameterKind::scalar:
      return is_plain_number(value) || is_number_tensor(value) || is_numpy_scalar(value);
    case ParameterKind::int_:
      return accepts_int(value);
    case ParameterKind::float_:
      return accepts_float(value);
    case ParameterKind::complex:
      return PyComplex_Check(value) || accepts_float(value);
    case ParameterKind::bool_:
      return is_bool(value);
    case ParameterKind::string:
      return PyUnicode_Check(value);
    case ParameterKind::dtype:
      return accepts_dtype(value);
    case ParameterKind::layout:
      return is_layout(value);
    case ParameterKind::memory_format:
      return is_memory_format(value);
    case ParameterKind::device:
      return is_device(value) || PyUnicode_Check(value) || (PyLong_Check(value) && !PyBool_Check(value));
    case ParameterKind::generator:
      return is_generator(value);
    case ParameterKind::storage:
      return false;
    case ParameterKind::tensor_list:
    case ParameterKind::optional_tensor_list:
      return is_sequence(value);
    case ParameterKind::int_list:
      return accepts_list(parameter, value, &accepts_int);
    case ParameterKind::float_list:
      return accepts_list(parameter, value, &accepts_float);
    case ParameterKind::bool_list:
      return accepts_list(parameter, value, &is_bool);
    case ParameterKind::scalar_list:
      return accepts_list(parameter, value, &is_number);
  }
  return false;
}

IValue to_tensor_list(PyObject* value, size_t index, bool allow_none) {
  std::vector<Tensor> tensors;
  const size_t count = length_of(value);
  tensors.reserve(count);
  bool has_none = false;
  for (size_t i = 0; i < count; ++i) {
    PyObject* element = element_of(value, i);
    if (is_tensor(element)) {
      tensors.push_back(tensor_of(element));
    } else if (allow_none && element == Py_None) {
      tensors.emplace_back();
      has_none = true;
    } else {
      throw TypeError(
          cat("expected Tensor as element ", i, " in argument ", index, ", but got ", type_name_of(element)));
    }
  }
  if (!allow_none) return IValue(tensors);
  Ref<ListObject> list = ListObject::make(types::optional(types::tensor()));
  for (Tensor& tensor : tensors) list->append(has_none && !tensor.defined() ? IValue() : IValue(std::move(tensor)));
  return IValue(std::move(list));
}

IValue to_argument(const std::string& function, const Parameter& parameter, size_t index, PyObject* value) {
  switch (parameter.kind) {
    case ParameterKind::tensor:
      return is_tensor(value) ? IValue(tensor_of(value)) : IValue(wrapped_number(to_scalar(value)));
    case ParameterKind::scalar:
      return IValue(to_scalar(value));
    case ParameterKind::int_:
      return IValue(to_int(value));
    case ParameterKind::float_:
      return IValue(to_float(value));
    case ParameterKind::complex:
      return IValue(to_scalar(value).to<std::complex<double>>());
    case ParameterKind::bool_:
      return IValue(PyObject_IsTrue(value) == 1);
    case ParameterKind::string:
      return IValue(str_view(value));
    case ParameterKind::dtype:
      return IValue(to_dtype(value));
    case ParameterKind::layout:
      return IValue(layout_of_object(value));
    case ParameterKind::memory_format:
      return IValue(memory_format_of_object(value));
    case ParameterKind::device:
      return IValue(device_from(value));
    case ParameterKind::generator:
      return IValue(generator_of(value));
    case ParameterKind::storage:
      break;
    case ParameterKind::tensor_list:
      return to_tensor_list(value, index, false);
    case ParameterKind::optional_tensor_list:
      return to_tensor_list(value, index, true);
    case ParameterKind::int_list:
      return IValue(to_list<int64_t>(function, parameter, value, &to_int, &accepts_int));
    case ParameterKind::float_list:
      return IValue(to_list<double>(function, parameter, value, &to_float, &accepts_float));
    case ParameterKind::bool_list: {
      Ref<ListObject> list = ListObject::make(types::bool_());
      for (uint8_t element : to_list<uint8_t>(function, parameter, value, &PyObject_IsTrue, &is_bool))
        list->append(IValue(element != 0));
      return IValue(std::move(list));
    }
    case ParameterKind::scalar_list: {
      Ref<ListObject> list = ListObject::make(types::number());
      for (const Scalar& element : to_list<Scalar>(function, parameter, value, &to_scalar, &is_number))
        list->append(IValue(element));
      return IValue(std::move(list));
    }
  }
  throw NotImplementedError(cat(function, "(): argument '", parameter.name, "' cannot be given from Python"));
}

}  // namespace rushlight::python
