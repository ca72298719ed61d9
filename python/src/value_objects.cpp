#include "value_objects.h"

#include <structmember.h>

#include <array>

#include "base/error.h"
#include "base/text.h"
#include "ops/op.h"
#include "tensor/shape.h"
#include "tensor_object.h"

namespace rushlight::python {

PyTypeObject* dtype_type = nullptr;
PyTypeObject* layout_type = nullptr;
PyTypeObject* memory_format_type = nullptr;
PyTypeObject* device_type = nullptr;
PyTypeObject* size_type = nullptr;

namespace {

constexpr size_t kDtypeNumbers = 64;
std::array<PyObject*, kDtypeNumbers> dtype_objects{};
std::array<PyObject*, 4> layout_objects{};
std::array<PyObject*, 4> memory_format_objects{};

template <class Object>
auto value_of(PyObject* self) {
  return reinterpret_cast<Object*>(self)->value;
}

PyObject* refuse_new(PyTypeObject* type, PyObject*, PyObject*) {
  const std::string name =
      nb::cast<std::string>(nb::str(nb::handle(reinterpret_cast<PyObject*>(type)).attr("__name__")));
  PyErr_Format(PyExc_TypeError, "cannot create 'torch.%s' instances", name.c_str());
  return nullptr;
}

std::string dtype_text(ScalarType dtype) { return cat("torch.", dtype_info(dtype).name); }

// ---- dtype

PyObject* dtype_repr(PyObject* self) {
  return guarded([&] { return to_str(dtype_text(value_of<DtypeObject>(self))); });
}
PyObject* dtype_reduce(PyObject* self, PyObject*) {
  return guarded([&] { return to_str(dtype_info(value_of<DtypeObject>(self)).name); });
}
PyObject* dtype_to_complex(PyObject* self, PyObject*) {
  return guarded([&] { return wrap(to_complex(value_of<DtypeObject>(self))); });
}
PyObject* dtype_to_real(PyObject* self, PyObject*) {
  return guarded([&] { return wrap(to_real(value_of<DtypeObject>(self))); });
}
PyObject* dtype_is_floating_point(PyObject* self, void*) {
  return PyBool_FromLong(is_floating(value_of<DtypeObject>(self)));
}
PyObject* dtype_is_complex(PyObject* self, void*) { return PyBool_FromLong(is_complex(value_of<DtypeObject>(self))); }
PyObject* dtype_is_signed(PyObject* self, void*) {
  const ScalarType dtype = value_of<DtypeObject>(self);
  return PyBool_FromLong(dtype != ScalarType::uint8 && dtype != ScalarType::bool_);
}
PyObject* dtype_itemsize(PyObject* self, void*) { return PyLong_FromSize_t(item_size(value_of<DtypeObject>(self))); }

PyMethodDef dtype_methods[] = {
    {"__reduce__", dtype_reduce, METH_NOARGS, nullptr},
    {"to_complex", dtype_to_complex, METH_NOARGS, "The complex dtype of the same precision."},
    {"to_real", dtype_to_real, METH_NOARGS, "The dtype of the real part."},
    {nullptr, nullptr, 0, nullptr},
};
PyGetSetDef dtype_properties[] = {
    {"is_floating_point", dtype_is_floating_point, nullptr, nullptr, nullptr},
    {"is_complex", dtype_is_complex, nullptr, nullptr, nullptr},
    {"is_signed", dtype_is_signed, nullptr, nullptr, nullptr},
    {"itemsize", dtype_itemsize, nullptr, "Bytes of one element.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

void bind_dtype(nb::module_& m) {
  PyType_Slot slots[] = {{Py_tp_repr, reinterpret_cast<void*>(&dtype_repr)},
                         {Py_tp_methods, dtype_methods},
                         {Py_tp_getset, dtype_properties},
                         {Py_tp_new, reinterpret_cast<void*>(&refuse_new)},
                         {0, nullptr}};
  PyType_Spec spec = {"torch.dtype", sizeof(DtypeObject), 0, Py_TPFLAGS_DEFAULT, slots};
  dtype_type = add_type(m, spec);
  for (int64_t number = 0; number < int64_t(kDtypeNumbers); ++number) {
    const DtypeInfo* info = find_dtype(number);
    if (!info) continue;
    PyObject* object = checked(PyType_GenericAlloc(dtype_type, 0));
    reinterpret_cast<DtypeObject*>(object)->value = info->type;
    dtype_objects[size_t(number)] = object;
    m.attr(std::string(info->name).c_str()) = nb::borrow(object);
  }
}

// ---- layout, memory_format

PyObject* layout_repr(PyObject* self) {
  return guarded([&] { return to_str(layout_name(value_of<LayoutObject>(self))); });
}
PyObject* memory_format_repr(PyObject* self) {
  return guarded([&] { return to_str(memory_format_name(value_of<MemoryFormatObject>(self))); });
}
/// The object is a global of the torch module, which copying and pickling find by its name.
PyObject* reduce_to_global_name(PyObject* self, PyObject*) {
  return guarded([&] {
    const std::string text = nb::cast<std::string>(nb::str(nb::handle(self)));
    return to_str(text.substr(text.rfind('.') + 1));
  });
}
PyMethodDef global_methods[] = {{"__reduce__", reduce_to_global_name, METH_NOARGS, nullptr},
                                {nullptr, nullptr, 0, nullptr}};

/// One object for each value, under its name in the module ("torch.strided" is `strided`).
template <class Object, class Value, class Name, size_t N>
PyTypeObject* bind_global_values(nb::module_& m, const char* type_name, reprfunc repr,
                                 std::array<PyObject*, N>& objects, std::initializer_list<Value> values, Name name_of) {
  PyType_Slot slots[] = {{Py_tp_repr, reinterpret_cast<void*>(repr)},
                         {Py_tp_methods, global_methods},
                         {Py_tp_new, reinterpret_cast<void*>(&refuse_new)},
                         {0, nullptr}};
  PyType_Spec spec = {type_name, sizeof(Object), 0, Py_TPFLAGS_DEFAULT, slots};
  PyTypeObject* type = add_type(m, spec);
  for (Value value : values) {
    PyObject* object = checked(PyType_GenericAlloc(type, 0));
    reinterpret_cast<Object*>(object)->value = value;
    objects[size_t(value)] = object;
    const std::string name(name_of(value));
    m.attr(name.substr(name.rfind('.') + 1).c_str()) = nb::borrow(object);
  }
  return type;
}

// ---- device

PyObject* device_repr(PyObject* self) {
  return guarded([&] {
    const Device device = value_of<DeviceObject>(self);
    const std::string type = Device{device.type}.str();
    return to_str(device.index < 0 ? cat("device(type='", type, "')")
                                   : cat("device(type='", type, "', index=", int(device.index), ")"));
  });
}
PyObject* device_str(PyObject* self) {
  return guarded([&] { return to_str(value_of<DeviceObject>(self).str()); });
}
Py_hash_t device_hash(PyObject* self) {
  const Device device = value_of<DeviceObject>(self);
  return (Py_hash_t(device.type) + 1) * 257 + device.index + 1;
}
PyObject* device_compare(PyObject* self, PyObject* other, int operation) {
  if (!is_device(other) || (operation != Py_EQ && operation != Py_NE)) return new_reference(Py_NotImplemented);
  const bool equal = value_of<DeviceObject>(self) == value_of<DeviceObject>(other);
  return PyBool_FromLong(equal == (operation == Py_EQ));
}
PyObject* device_type_name(PyObject* self, void*) {
  return guarded([&] { return to_str(Device{value_of<DeviceObject>(self).type}.str()); });
}
PyObject* device_index(PyObject* self, void*) {
  const int8_t index = value_of<DeviceObject>(self).index;
  return index < 0 ? new_reference(Py_None) : PyLong_FromLong(index);
}
PyObject* device_reduce(PyObject* self, PyObject*) {
  return guarded([&] {
    const Device device = value_of<DeviceObject>(self);
    nb::object arguments = device.index < 0 ? nb::object(nb::make_tuple(Device{device.type}.str()))
                                            : nb::object(nb::make_tuple(Device{device.type}.str(), int(device.index)));
    return nb::make_tuple(nb::handle(reinterpret_cast<PyObject*>(device_type)), arguments).release().ptr();
  });
}
PyObject* device_enter(PyObject* self, PyObject*) { return new_reference(self); }
PyObject* device_exit(PyObject*, PyObject*) { Py_RETURN_NONE; }

[[noreturn]] void wrong_device_arguments(PyObject* arguments) {
  std::vector<std::string> names;
  for (nb::handle argument : nb::borrow<nb::tuple>(arguments)) names.push_back(type_name_of(argument.ptr()));
  const std::string mismatch =
      names.size() == 1
          ? cat("      didn't match because some of the arguments have invalid types: (!", names[0], "!)\n")
          : "";
  throw TypeError(cat("device() received an invalid combination of arguments - got (", join(names, ", "),
                      "), but expected one of:\n * (torch.device device)\n", mismatch,
                      " * (str type, int index = -1)\n"));
}

PyObject* device_new(PyTypeObject*, PyObject* arguments, PyObject* keywords) {
  return guarded([&]() -> PyObject* {
    static const char* names[] = {"type", "index", nullptr};
    static const char* one_name[] = {"device", nullptr};
    PyObject* type = nullptr;
    PyObject* index = nullptr;
    const bool by_device = keywords && PyDict_GetItemString(keywords, "device");
    const int ok =
        by_device ? PyArg_ParseTupleAndKeywords(arguments, keywords, "O", const_cast<char**>(one_name), &type)
                  : PyArg_ParseTupleAndKeywords(arguments, keywords, "O|O", const_cast<char**>(names), &type, &index);
    if (!ok) {
      PyErr_Clear();
      wrong_device_arguments(arguments);
    }
    const bool is_int = PyLong_Check(type) && !PyBool_Check(type);
    if (!is_device(type) && !PyUnicode_Check(type) && !is_int) wrong_device_arguments(arguments);
    Device device = device_from(type);
    if (index && index != Py_None) {
      if (!PyUnicode_Check(type) || !PyLong_Check(index)) wrong_device_arguments(arguments);
      if (device.index >= 0)
        throw RuntimeError(
            cat("type (string) must not include an index because index was passed explicitly: ", str_view(type)));
      const long number = PyLong_AsLong(index);
      if (PyErr_Occurred()) nb::raise_python_error();
      if (number < -1 || number > 127) throw RuntimeError("Device index must not be negative");
      device.index = int8_t(number);
    }
    return wrap(device);
  });
}

PyMethodDef device_methods[] = {
    {"__reduce__", device_reduce, METH_NOARGS, nullptr},
    {"__enter__", device_enter, METH_NOARGS, nullptr},
    {"__exit__", device_exit, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};
PyGetSetDef device_properties[] = {
    {"type", device_type_name, nullptr, nullptr, nullptr},
    {"index", device_index, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

void bind_device(nb::module_& m) {
  PyType_Slot slots[] = {{Py_tp_repr, reinterpret_cast<void*>(&device_repr)},
                         {Py_tp_str, reinterpret_cast<void*>(&device_str)},
                         {Py_tp_hash, reinterpret_cast<void*>(&device_hash)},
                         {Py_tp_richcompare, reinterpret_cast<void*>(&device_compare)},
                         {Py_tp_methods, device_methods},
                         {Py_tp_getset, device_properties},
                         {Py_tp_new, reinterpret_cast<void*>(&device_new)},
                         {0, nullptr}};
  PyType_Spec spec = {"torch.device", sizeof(DeviceObject), 0, Py_TPFLAGS_DEFAULT, slots};
  device_type = add_type(m, spec);
}

// ---- Size: a tuple of ints

PyObject* to_size(PyObject* tuple) {
  return checked(PyObject_CallFunctionObjArgs(reinterpret_cast<PyObject*>(size_type), tuple, nullptr));
}

PyObject* size_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords) {
  return guarded([&]() -> PyObject* {
    const auto tuple_new = reinterpret_cast<newfunc>(PyType_GetSlot(&PyTuple_Type, Py_tp_new));
    nb::object self = owned(tuple_new(type, arguments, keywords));
    for (Py_ssize_t i = 0; i < PyTuple_Size(self.ptr()); ++i) {
      PyObject* item = PyTuple_GetItem(self.ptr(), i);
      if (PyLong_Check(item)) continue;
      // Sizes of a recorded program are tensors, and stay that.
      if (dispatch_state.tracing && is_tensor(item) && tensor_of(item).dim() == 0) continue;
      PyObject* number = PyFloat_Check(item) ? nullptr : PyNumber_Index(item);
      if (!number) {
        PyErr_Clear();
        PyErr_Format(PyExc_TypeError, "torch.Size() takes an iterable of 'int' (item %zd is '%s')", i,
                     type_name_of(item).c_str());
        return nullptr;
      }
      if (PyTuple_SetItem(self.ptr(), i, number)) return nullptr;
    }
    return self.release().ptr();
  });
}
PyObject* size_repr(PyObject* self) {
  return guarded([&] {
    std::string text = "torch.Size([";
    for (Py_ssize_t i = 0; i < PyTuple_Size(self); ++i) {
      if (i) text += ", ";
      text += nb::cast<std::string>(nb::str(nb::handle(PyTuple_GetItem(self, i))));
    }
    return to_str(text + "])");
  });
}
template <int slot>
PyObject* size_as_tuple(PyObject* self, PyObject* other) {
  return guarded([&]() -> PyObject* {
    nb::object result = owned(reinterpret_cast<binaryfunc>(PyType_GetSlot(&PyTuple_Type, slot))(self, other));
    return PyTuple_CheckExact(result.ptr()) ? to_size(result.ptr()) : result.release().ptr();
  });
}
PyObject* size_add(PyObject* left, PyObject* right) {
  if (!PyTuple_Check(left) || !PyTuple_Check(right)) return new_reference(Py_NotImplemented);
  return guarded([&] {
    return to_size(
        owned(PySequence_Concat(owned(PySequence_Tuple(left)).ptr(), owned(PySequence_Tuple(right)).ptr())).ptr());
  });
}
PyObject* size_repeat(PyObject* self, Py_ssize_t count) {
  return guarded([&] {
    const auto repeat = reinterpret_cast<ssizeargfunc>(PyType_GetSlot(&PyTuple_Type, Py_sq_repeat));
    return to_size(owned(repeat(self, count)).ptr());
  });
}
PyObject* size_numel(PyObject* self, PyObject*) {
  return guarded([&] {
    int64_t numel = 1;
    for (Py_ssize_t i = 0; i < PyTuple_Size(self); ++i)
      numel *= nb::cast<int64_t>(owned(PyNumber_Index(PyTuple_GetItem(self, i))));
    return PyLong_FromLongLong(numel);
  });
}
PyObject* size_reduce(PyObject* self, PyObject*) {
  return guarded([&] {
    nb::object plain = owned(PySequence_Tuple(nb::steal(checked(PySequence_List(self))).ptr()));
    return nb::make_tuple(nb::handle(reinterpret_cast<PyObject*>(size_type)), nb::make_tuple(plain)).release().ptr();
  });
}
PyMethodDef size_methods[] = {
    {"numel", size_numel, METH_NOARGS, "The product of the sizes."},
    {"__reduce__", size_reduce, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

void bind_size(nb::module_& m) {
  PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(&size_new)},
                         {Py_tp_repr, reinterpret_cast<void*>(&size_repr)},
                         {Py_nb_add, reinterpret_cast<void*>(&size_add)},
                         {Py_sq_repeat, reinterpret_cast<void*>(&size_repeat)},
                         {Py_mp_subscript, reinterpret_cast<void*>(&size_as_tuple<Py_mp_subscript>)},
                         {Py_tp_methods, size_methods},
                         {0, nullptr}};
  PyType_Spec spec = {"torch.Size", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
  size_type = add_type(m, spec, reinterpret_cast<PyObject*>(&PyTuple_Type));
}

}  // namespace

PyObject* wrap(ScalarType dtype) { return new_reference(dtype_objects[size_t(dtype)]); }
PyObject* wrap(Layout layout) { return new_reference(layout_objects[size_t(layout)]); }
PyObject* wrap(MemoryFormat format) { return new_reference(memory_format_objects[size_t(format)]); }
PyObject* wrap(Device device) {
  PyObject* object = checked(PyType_GenericAlloc(device_type, 0));
  reinterpret_cast<DeviceObject*>(object)->value = device;
  return object;
}
PyObject* wrap_size(IntArrayRef sizes) {
  PyObject* tuple = checked(PyType_GenericAlloc(size_type, Py_ssize_t(sizes.size())));
  for (size_t i = 0; i < sizes.size(); ++i) PyTuple_SetItem(tuple, Py_ssize_t(i), PyLong_FromLongLong(sizes[i]));
  return tuple;
}

Device device_from(PyObject* object) {
  if (is_device(object)) return value_of<DeviceObject>(object);
  if (PyUnicode_Check(object)) return Device::parse(str_view(object));
  if (PyLong_Check(object)) throw RuntimeError("Cannot access accelerator device when none is available.");
  throw TypeError(cat("device must be torch.device, str or int, not ", type_name_of(object)));
}

void bind_value_objects(nb::module_& m) {
  bind_dtype(m);
  layout_type =
      bind_global_values<LayoutObject>(m, "torch.layout", &layout_repr, layout_objects,
                                       {Layout::strided, Layout::sparse_coo, Layout::sparse_csr}, &layout_name);
  memory_format_type = bind_global_values<MemoryFormatObject>(
      m, "torch.memory_format", &memory_format_repr, memory_format_objects,
      {MemoryFormat::contiguous, MemoryFormat::preserve, MemoryFormat::channels_last, MemoryFormat::channels_last_3d},
      &memory_format_name);
  bind_device(m);
  bind_size(m);
}

}  // namespace rushlight::python
