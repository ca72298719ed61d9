/// Tensors as Python numbers and lists.
#include "base/text.h"
#include "elements.h"
#include "tensor_slots.h"
#include "traced_values.h"

namespace rushlight::python {
namespace {

void check_one_element(const Tensor& tensor) {
  if (tensor.numel() != 1) throw ValueError("only one element tensors can be converted to Python scalars");
}

PyObject* scalar_to_python(const Scalar& scalar) {
  if (scalar.is_bool()) return PyBool_FromLong(scalar.to<bool>());
  if (scalar.is_int()) return PyLong_FromLongLong(scalar.to<int64_t>());
  if (scalar.is_float()) return PyFloat_FromDouble(scalar.to<double>());
  const auto value = scalar.to<std::complex<double>>();
  return PyComplex_FromDoubles(value.real(), value.imag());
}

PyObject* item(PyObject* self, PyObject*) {
  return guarded([&] {
    warn_of_conversion("Python number");
    return scalar_to_python(tensor_of(self).item());
  });
}

int to_bool(PyObject* self) {
  return guarded(
      [&] {
        warn_of_conversion("Python boolean");
        const Tensor& tensor = tensor_of(self);
        if (tensor.numel() == 0) throw RuntimeError("Boolean value of Tensor with no values is ambiguous");
        if (tensor.numel() > 1) throw RuntimeError("Boolean value of Tensor with more than one value is ambiguous");
        return int(tensor.item().to<bool>());
      },
      -1);
}

PyObject* to_python_float(PyObject* self) {
  return guarded([&] {
    warn_of_conversion("Python float");
    check_one_element(tensor_of(self));
    const Scalar value = tensor_of(self).item();
    if (value.is_complex() && value.to<std::complex<double>>().imag() != 0)
      throw RuntimeError("value cannot be converted to type double without overflow");
    return PyFloat_FromDouble(value.to<double>());
  });
}

PyObject* to_python_int(PyObject* self) {
  return guarded([&] {
    warn_of_conversion("Python integer");
    check_one_element(tensor_of(self));
    const Scalar value = tensor_of(self).item();
    return value.is_float() ? PyLong_FromDouble(value.to<double>()) : PyLong_FromLongLong(value.to<int64_t>());
  });
}

PyObject* to_python_complex(PyObject* self, PyObject*) {
  return guarded([&] {
    warn_of_conversion("Python complex");
    check_one_element(tensor_of(self));
    const auto value = tensor_of(self).item().to<std::complex<double>>();
    return PyComplex_FromDoubles(value.real(), value.imag());
  });
}

PyObject* to_index(PyObject* self) {
  return guarded([&] {
    const Tensor& tensor = tensor_of(self);
    if (tensor.numel() != 1 || !is_integral_or_bool(tensor.dtype()))
      throw TypeError("only integer tensors of a single element can be converted to an index");
    return PyLong_FromLongLong(tensor.item().to<int64_t>());
  });
}

PyObject* nested_list(const std::byte* data, const Tensor& tensor, int64_t dim) {
  if (dim == tensor.dim()) return checked(element_to_python(data, tensor.dtype()));
  const int64_t count = tensor.sizes()[size_t(dim)];
  const int64_t step = tensor.strides()[size_t(dim)] * int64_t(tensor.item_size());
  nb::object list = owned(PyList_New(count));
  for (int64_t i = 0; i < count; ++i) PyList_SetItem(list.ptr(), i, nested_list(data + i * step, tensor, dim + 1));
  return list.release().ptr();
}

PyObject* tolist(PyObject* self, PyObject*) {
  return guarded([&] {
    warn_of_conversion("Python list");
    const Tensor& tensor = tensor_of(self);
    if (tensor.is_meta()) throw NotImplementedError("Cannot copy out of meta tensor; no data!");
    return nested_list(static_cast<const std::byte*>(tensor.data()), tensor, 0);
  });
}

}  // namespace

std::vector<PyType_Slot> conversion_slots() {
  return {
      {Py_nb_bool, reinterpret_cast<void*>(&to_bool)},
      {Py_nb_float, reinterpret_cast<void*>(&to_python_float)},
      {Py_nb_int, reinterpret_cast<void*>(&to_python_int)},
      {Py_nb_index, reinterpret_cast<void*>(&to_index)},
  };
}

std::vector<PyMethodDef>& conversion_methods() {
  static std::vector<PyMethodDef> methods = {
      {"item", item, METH_NOARGS, "The one element as a Python number."},
      {"tolist", tolist, METH_NOARGS, "The elements as nested lists, or as a number for 0 dimensions."},
      {"__complex__", to_python_complex, METH_NOARGS, nullptr},
  };
  return methods;
}

}  // namespace rushlight::python
