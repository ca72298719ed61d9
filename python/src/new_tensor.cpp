#include "new_tensor.h"

#include <cstring>

#include "argument_values.h"
#include "autograd/variable.h"
#include "base/text.h"
#include "buffers.h"
#include "casters.h"
#include "elements.h"
#include "op_call.h"
#include "traced_values.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

constexpr size_t kMaxDepth = 128;  // deeper nesting is a list that contains itself

bool is_array(PyObject* data) {
  return PyObject_CheckBuffer(data) && !PyBytes_Check(data) && nb::hasattr(nb::handle(data), "__array_interface__");
}

/// Text and bytes are sequences, yet no data.
bool is_nested(PyObject* data) {
  return PySequence_Check(data) && !PyUnicode_Check(data) && !PyBytes_Check(data) && !is_number(data);
}

nb::object fast_sequence(PyObject* data) { return owned(PySequence_Tuple(data)); }

ScalarType infer_dtype(PyObject* data, size_t depth = 0) {
  if (PyFloat_CheckExact(data)) return default_dtype();
  if (PyBool_Check(data)) return ScalarType::bool_;
  if (PyLong_Check(data)) return ScalarType::int64;
  if (is_tensor(data)) return tensor_of(data).dtype();
  if (is_array(data) || is_numpy_scalar(data)) {
    nb::object name = nb::handle(data).attr("dtype").attr("name");
    if (std::optional<ScalarType> dtype = dtype_from_name(str_view(name.ptr()))) return *dtype;
  }
  if (PyFloat_Check(data)) return default_dtype();
  if (PyComplex_Check(data)) return to_complex(default_dtype());
  if (!is_nested(data)) throw TypeError(cat("new(): invalid data type '", type_name_of(data), "'"));
  if (depth > kMaxDepth) throw TypeError("new(): self-referential lists are incompatible");
  nb::object elements = fast_sequence(data);
  std::optional<ScalarType> dtype;
  for (Py_ssize_t i = 0; i < PyTuple_Size(elements.ptr()); ++i) {
    const ScalarType next = infer_dtype(PyTuple_GetItem(elements.ptr(), i), depth + 1);
    dtype = dtype ? promote_types(*dtype, next) : next;
    if (*dtype == ScalarType::complex128) break;
  }
  return dtype.value_or(default_dtype());
}

/// The shape that the first elements tell; `fill` checks that the others agree.
Shape infer_shape(PyObject* data) {
  Shape shape;
  nb::object at = nb::borrow(data);
  while (true) {
    if (is_tensor(at.ptr())) {
      for (int64_t size : tensor_of(at.ptr()).sizes()) shape.push_back(size);
      return shape;
    }
    if (!is_nested(at.ptr())) return shape;
    const Py_ssize_t length = checked(int(PySequence_Size(at.ptr())));
    shape.push_back(length);
    if (shape.size() > kMaxDepth) throw ValueError("too many dimensions 'list'");
    if (length == 0) return shape;
    at = owned(PySequence_GetItem(at.ptr(), 0));
  }
}

void fill(std::byte*& at, const Shape& shape, size_t dim, ScalarType dtype, PyObject* data) {
  if (is_tensor(data) && tensor_of(data).numel() == 1 && dim == shape.size()) {
    nb::object number = owned(PyObject_CallMethod(data, "item", nullptr));
    element_from_python(at, dtype, number.ptr());
    at += item_size(dtype);
    return;
  }
  if (dim == shape.size()) {
    if (is_nested(data)) throw ValueError(cat("too many dimensions '", type_name_of(data), "'"));
    element_from_python(at, dtype, data);
    at += item_size(dtype);
    return;
  }
  if (!PySequence_Check(data)) throw TypeError(cat("not a sequence"));
  nb::object elements = fast_sequence(data);
  const Py_ssize_t length = PyTuple_Size(elements.ptr());
  if (length != shape[dim])
    throw ValueError(cat("expected sequence of length ", shape[dim], " at dim ", dim, " (got ", length, ")"));
  for (Py_ssize_t i = 0; i < length; ++i) fill(at, shape, dim + 1, dtype, PyTuple_GetItem(elements.ptr(), i));
}

Tensor convert(const Tensor& tensor, std::optional<ScalarType> dtype, Device device, bool copy) {
  const ScalarType wanted = dtype.value_or(tensor.dtype());
  if (!copy && wanted == tensor.dtype() && device.type == tensor.device().type) return tensor;
  return op_call<"aten::_to_copy", "">(tensor, wanted, IValue(), device, IValue(), false, IValue()).tensor();
}

/// In a trace the data is a constant, and what follows is recorded.
Tensor recorded_conversion(const Tensor& data, std::optional<ScalarType> dtype, Device device, bool copy) {
  return op_call<"aten::to", "device">(data, device, dtype.value_or(data.dtype()), false, copy, IValue()).tensor();
}

std::optional<ScalarType> dtype_argument(const char* function, nb::handle value) {
  if (value.is_none()) return std::nullopt;
  if (!accepts_dtype(value.ptr()))
    throw TypeError(cat(function, "(): argument 'dtype' must be torch.dtype, not ", type_name_of(value.ptr())));
  return to_dtype(value.ptr());
}
Device device_argument(nb::handle value) { return value.is_none() ? Device{} : device_from(value.ptr()); }

constexpr const char* kCopyConstruct =
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).";

Tensor new_tensor(nb::handle data, nb::handle dtype, nb::handle device, bool requires_grad) {
  if (is_tensor(data.ptr())) checked(PyErr_WarnEx(PyExc_UserWarning, kCopyConstruct, 1));
  warn_of_constant("torch.tensor");
  Tensor tensor = tensor_from_data(data.ptr(), dtype_argument("tensor", dtype), device_argument(device));
  if (is_tracing()) tensor = op_call<"aten::detach", "">(tensor).tensor();
  if (requires_grad) autograd::set_requires_grad(tensor, true);
  return tensor;
}

Tensor as_tensor(nb::handle data, nb::handle dtype, nb::handle device) {
  const std::optional<ScalarType> wanted = dtype_argument("as_tensor", dtype);
  warn_of_constant("torch.as_tensor");
  if (is_tensor(data.ptr())) {
    const Tensor& tensor = tensor_of(data.ptr());
    return convert(tensor, wanted, device.is_none() ? tensor.device() : device_argument(device), false);
  }
  if (is_array(data.ptr())) return convert(tensor_from_array(data.ptr()), wanted, device_argument(device), false);
  return tensor_from_data(data.ptr(), wanted, device_argument(device));
}

}  // namespace

Tensor tensor_from_data(PyObject* data, std::optional<ScalarType> dtype, Device device) {
  if (is_tensor(data) && is_tracing())
    return recorded_conversion(op_call<"aten::detach", "">(tensor_of(data)).tensor(), dtype, device, true);
  if (is_tensor(data)) return convert(autograd::detach(tensor_of(data)), dtype, device, true);
  if (is_array(data)) {
    const Tensor tensor = tensor_from_array(data, /*is_shared=*/false);
    return is_tracing() ? recorded_conversion(tensor, dtype, device, false) : convert(tensor, dtype, device, true);
  }
  const ScalarType type = dtype ? *dtype : infer_dtype(data);
  const Shape shape = infer_shape(data);
  Tensor tensor = empty_tensor(shape, type);
  std::byte* at = static_cast<std::byte*>(tensor.data());
  if (tensor.numel() || shape.empty()) fill(at, shape, 0, type, data);
  if (is_tracing()) return recorded_conversion(tensor, type, device, false);
  return device.type == DeviceType::cpu ? tensor : convert(tensor, type, device, true);
}

PyObject* legacy_tensor_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords) {
  return guarded([&]() -> PyObject* {
    if (type == tensor_base_type) throw TypeError("Cannot create a TensorBase directly; use torch.Tensor");
    const Py_ssize_t count = PyTuple_Size(arguments);
    if (keywords && PyDict_Size(keywords)) {
      PyObject* device = PyDict_GetItemString(keywords, "device");
      PyObject* requires_grad = PyDict_GetItemString(keywords, "requires_grad");
      if (PyDict_Size(keywords) != (device ? 1 : 0) + (requires_grad ? 1 : 0))
        throw TypeError("new() received an invalid combination of arguments");
    }
    PyObject* first = count ? PyTuple_GetItem(arguments, 0) : nullptr;
    if (count == 1 && is_tensor(first)) {
      const Tensor& source = tensor_of(first);
      return wrap_as(type, alias_tensor(source, source.sizes(), source.strides(), source.storage_offset()));
    }
    if (count == 1 && !accepts_int(first) && Py_TYPE(first) != size_type) {
      if (!PySequence_Check(first) || PyUnicode_Check(first))
        throw TypeError(cat("new(): data must be a sequence (got ", type_name_of(first), ")"));
      return wrap_as(type, tensor_from_data(first, default_dtype(), {}));
    }
    PyObject* sizes = count == 1 && !accepts_int(first) ? first : arguments;
    Shape shape;
    for (Py_ssize_t i = 0; i < PyTuple_Size(sizes); ++i) {
      if (!accepts_int(PyTuple_GetItem(sizes, i)))
        throw TypeError("new() received an invalid combination of arguments");
      shape.push_back(to_int(PyTuple_GetItem(sizes, i)));
    }
    if (count == 0) shape.push_back(0);
    return wrap_as(type, empty_tensor(shape, default_dtype()));
  });
}

void bind_new_tensor(nb::module_& m) {
  m.def(
      "tensor",
      [](nb::object data, nb::object dtype, nb::object device, bool requires_grad, bool) {
        return new_tensor(data, dtype, device, requires_grad);
      },
      nb::arg("data"), nb::kw_only(), nb::arg("dtype") = nb::none(), nb::arg("device") = nb::none(),
      nb::arg("requires_grad") = false, nb::arg("pin_memory") = false);
  m.def(
      "as_tensor", [](nb::object data, nb::object dtype, nb::object device) { return as_tensor(data, dtype, device); },
      nb::arg("data"), nb::arg("dtype") = nb::none(), nb::arg("device") = nb::none());
  m.def("from_numpy", [](nb::object array) {
    if (type_name_of(array.ptr()) != "ndarray" && !is_array(array.ptr()))
      throw TypeError(cat("expected np.ndarray (got ", type_name_of(array.ptr()), ")"));
    warn_of_constant("torch.from_numpy");
    const Tensor tensor = tensor_from_array(array.ptr());
    return is_tracing() ? op_call<"aten::lift_fresh", "">(tensor).tensor() : tensor;
  });
  m.def(
      "frombuffer",
      [](nb::object buffer, nb::object dtype, int64_t count, int64_t offset, bool requires_grad) {
        const std::optional<ScalarType> type = dtype_argument("frombuffer", dtype);
        if (!type) throw TypeError("frombuffer(): argument 'dtype' must be torch.dtype, not NoneType");
        Tensor tensor = tensor_from_bytes(buffer.ptr(), *type, count, offset);
        if (requires_grad) autograd::set_requires_grad(tensor, true);
        return tensor;
      },
      nb::arg("buffer"), nb::kw_only(), nb::arg("dtype"), nb::arg("count") = -1, nb::arg("offset") = 0,
      nb::arg("requires_grad") = false);
  m.def(
      "_make_subclass",
      [](nb::type_object type, const Tensor& data, bool requires_grad) {
        Tensor tensor = tensor_over(data.storage(), data.dtype(), data.sizes(), data.strides(), data.storage_offset());
        nb::object object = nb::steal(wrap_as(reinterpret_cast<PyTypeObject*>(type.ptr()), tensor));
        if (requires_grad) autograd::set_requires_grad(tensor, true);
        return object;
      },
      nb::arg("cls"), nb::arg("data"), nb::arg("require_grad") = false);
}

}  // namespace rushlight::python
