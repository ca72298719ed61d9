/// Questions about a tensor's shape and memory, which need no operator: size, stride, dim, numel, is_contiguous ...

#include "autograd/variable.h"
#include "base/text.h"
#include "tensor_slots.h"
#include "traced_values.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

PyObject* ints_tuple(IntArrayRef values) {
  PyObject* tuple = checked(PyTuple_New(Py_ssize_t(values.size())));
  for (size_t i = 0; i < values.size(); ++i) PyTuple_SetItem(tuple, Py_ssize_t(i), PyLong_FromLongLong(values[i]));
  return tuple;
}

/// The optional argument `name`, given by position or keyword; null if it was left out or None.
PyObject* optional_argument(const char* function, const char* name, PyObject* arguments, PyObject* keywords) {
  PyObject* value = nullptr;
  const char* names[] = {name, nullptr};
  if (!PyArg_ParseTupleAndKeywords(arguments, keywords, cat("|O:", function).c_str(), const_cast<char**>(names),
                                   &value))
    nb::raise_python_error();
  return value == Py_None ? nullptr : value;
}

PyObject* size(PyObject* self, PyObject* arguments, PyObject* keywords) {
  return guarded([&] {
    PyObject* dim = optional_argument("size", "dim", arguments, keywords);
    if (!dim) return is_tracing() ? traced_sizes(tensor_of(self)) : wrap_size(tensor_of(self).sizes());
    if (!accepts_int(dim)) throw TypeError(cat("size(): argument 'dim' must be int, not ", type_name_of(dim)));
    if (is_tracing()) return traced_size(tensor_of(self), to_int(dim));
    return PyLong_FromLongLong(tensor_of(self).size(to_int(dim)));
  });
}
PyObject* stride(PyObject* self, PyObject* arguments, PyObject* keywords) {
  return guarded([&] {
    PyObject* dim = optional_argument("stride", "dim", arguments, keywords);
    if (!dim) return ints_tuple(tensor_of(self).strides());
    if (!accepts_int(dim)) throw TypeError(cat("stride(): argument 'dim' must be int, not ", type_name_of(dim)));
    return PyLong_FromLongLong(tensor_of(self).stride(to_int(dim)));
  });
}
PyObject* is_contiguous(PyObject* self, PyObject* arguments, PyObject* keywords) {
  return guarded([&] {
    PyObject* format = optional_argument("is_contiguous", "memory_format", arguments, keywords);
    if (!format) return PyBool_FromLong(tensor_of(self).is_contiguous());
    if (!is_memory_format(format))
      throw TypeError(
          cat("is_contiguous(): argument 'memory_format' must be torch.memory_format, not ", type_name_of(format)));
    return PyBool_FromLong(tensor_of(self).is_contiguous(memory_format_of_object(format)));
  });
}

PyObject* dim(PyObject* self, PyObject*) { return PyLong_FromLongLong(tensor_of(self).dim()); }
PyObject* numel(PyObject* self, PyObject*) {
  return guarded(
      [&] { return is_tracing() ? traced_numel(tensor_of(self)) : PyLong_FromLongLong(tensor_of(self).numel()); });
}
PyObject* storage_offset(PyObject* self, PyObject*) { return PyLong_FromLongLong(tensor_of(self).storage_offset()); }
PyObject* element_size(PyObject* self, PyObject*) { return PyLong_FromSize_t(tensor_of(self).item_size()); }
PyObject* data_ptr(PyObject* self, PyObject*) { return PyLong_FromVoidPtr(tensor_of(self).data()); }
PyObject* get_device(PyObject* self, PyObject*) { return PyLong_FromLong(tensor_of(self).device().index); }
PyObject* is_floating_point(PyObject* self, PyObject*) { return PyBool_FromLong(is_floating(tensor_of(self).dtype())); }
PyObject* is_complex_method(PyObject* self, PyObject*) { return PyBool_FromLong(is_complex(tensor_of(self).dtype())); }
PyObject* is_signed(PyObject* self, PyObject*) {
  const ScalarType dtype = tensor_of(self).dtype();
  return PyBool_FromLong(dtype != ScalarType::uint8 && dtype != ScalarType::bool_);
}
PyObject* is_inference(PyObject* self, PyObject*) { return PyBool_FromLong(tensor_of(self).impl()->is_inference); }
PyObject* never(PyObject*, PyObject*) { Py_RETURN_FALSE; }

/// Same memory, offset, sizes and strides.
PyObject* is_set_to(PyObject* self, PyObject* other) {
  return guarded([&] {
    if (!is_tensor(other))
      throw TypeError(cat("is_set_to(): argument 'tensor' (position 1) must be Tensor, not ", type_name_of(other)));
    const Tensor &a = tensor_of(self), &b = tensor_of(other);
    return PyBool_FromLong(a.storage() == b.storage() && a.storage_offset() == b.storage_offset() &&
                           a.sizes() == b.sizes() && a.strides() == b.strides());
  });
}

PyCFunction with_keywords(PyObject* (*function)(PyObject*, PyObject*, PyObject*)) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

}  // namespace

std::vector<PyMethodDef>& shape_methods() {
  static std::vector<PyMethodDef> methods = {
      {"size", with_keywords(&size), METH_VARARGS | METH_KEYWORDS, "The sizes, or the size of one dimension."},
      {"stride", with_keywords(&stride), METH_VARARGS | METH_KEYWORDS,
       "The strides in elements, or the stride of one dimension."},
      {"is_contiguous", with_keywords(&is_contiguous), METH_VARARGS | METH_KEYWORDS, nullptr},
      {"dim", dim, METH_NOARGS, nullptr},
      {"ndimension", dim, METH_NOARGS, nullptr},
      {"numel", numel, METH_NOARGS, nullptr},
      {"nelement", numel, METH_NOARGS, nullptr},
      {"storage_offset", storage_offset, METH_NOARGS, "Where the first element stands in the storage, in elements."},
      {"element_size", element_size, METH_NOARGS, "Bytes of one element."},
      {"data_ptr", data_ptr, METH_NOARGS, "Address of the first element."},
      {"get_device", get_device, METH_NOARGS, nullptr},
      {"is_floating_point", is_floating_point, METH_NOARGS, nullptr},
      {"is_complex", is_complex_method, METH_NOARGS, nullptr},
      {"is_signed", is_signed, METH_NOARGS, nullptr},
      {"is_inference", is_inference, METH_NOARGS, nullptr},
      {"is_conj", never, METH_NOARGS, "Conjugation is always carried out at once here."},
      {"is_neg", never, METH_NOARGS, nullptr},
      {"is_pinned", never, METH_NOARGS, nullptr},
      {"is_coalesced", never, METH_NOARGS, nullptr},
      {"has_names", never, METH_NOARGS, nullptr},
      {"is_set_to", is_set_to, METH_O, "Whether both show the same memory in the same way."},
  };
  return methods;
}

}  // namespace rushlight::python
