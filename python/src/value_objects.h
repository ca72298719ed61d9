/// The small immutable values of the torch namespace: dtype, device, layout, memory_format, Size.
/// One object each per dtype, layout and format, so programs may compare them with `is`.
#pragma once
#include "base/array_ref.h"
#include "python_api.h"
#include "tensor/device.h"
#include "tensor/dtype.h"

namespace rushlight::python {

struct DtypeObject {
  PyObject_HEAD ScalarType value;
};
struct LayoutObject {
  PyObject_HEAD Layout value;
};
struct MemoryFormatObject {
  PyObject_HEAD MemoryFormat value;
};
struct DeviceObject {
  PyObject_HEAD Device value;
};
extern PyTypeObject* dtype_type;
extern PyTypeObject* layout_type;
extern PyTypeObject* memory_format_type;
extern PyTypeObject* device_type;
extern PyTypeObject* size_type;

inline bool is_dtype(PyObject* object) { return Py_TYPE(object) == dtype_type; }
inline bool is_layout(PyObject* object) { return Py_TYPE(object) == layout_type; }
inline bool is_memory_format(PyObject* object) { return Py_TYPE(object) == memory_format_type; }
inline bool is_device(PyObject* object) { return Py_TYPE(object) == device_type; }
inline ScalarType dtype_of_object(PyObject* object) { return reinterpret_cast<DtypeObject*>(object)->value; }
inline Layout layout_of_object(PyObject* object) { return reinterpret_cast<LayoutObject*>(object)->value; }
inline MemoryFormat memory_format_of_object(PyObject* object) {
  return reinterpret_cast<MemoryFormatObject*>(object)->value;
}

/// New references.
PyObject* wrap(ScalarType dtype);
PyObject* wrap(Layout layout);
PyObject* wrap(MemoryFormat format);
PyObject* wrap(Device device);
PyObject* wrap_size(IntArrayRef sizes);
/// A device, "cpu", or an index. TypeError, RuntimeError with PyTorch's texts.
Device device_from(PyObject* object);

void bind_value_objects(nb::module_& m);

}  // namespace rushlight::python
