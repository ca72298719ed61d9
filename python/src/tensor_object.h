/// The Python object of a tensor: rushlight._C.TensorBase, the base of torch.Tensor and of everything derived from it.
///
/// A tensor has at most one Python object, and keeps it for life: attributes, hooks and subclass survive a stay in C++
/// only. Who owns whom changes: while Python holds the object, the object owns the tensor; when the last Python
/// reference goes and C++ still holds the tensor, the tensor takes the object over (see finalize) and gives it back on
/// the next `wrap`. All functions need the GIL.
#pragma once
#include <vector>

#include "python_api.h"
#include "tensor/tensor.h"

namespace rushlight::python {

struct TensorObject {
  PyObject_HEAD TensorImpl* impl;  ///< counted unless `owned_by_tensor`; null only while the object dies
  bool owned_by_tensor;
  PyObject* attributes;  ///< __dict__
  PyObject* weak_references;
  PyObject* backward_hooks;  ///< the OrderedDict of `_backward_hooks`, or null
};

/// rushlight._C.TensorBase.
extern PyTypeObject* tensor_base_type;
/// torch.Tensor, which results get; set when the package is imported.
extern PyTypeObject* tensor_class;

inline bool is_tensor(PyObject* object) {
  return Py_TYPE(object) == tensor_class || PyType_IsSubtype(Py_TYPE(object), tensor_base_type);
}
/// The tensor of a Python object that `is_tensor`. A Tensor consists of one pointer, so borrowing it costs nothing.
inline const Tensor& tensor_of(PyObject* object) {
  return reinterpret_cast<const Tensor&>(reinterpret_cast<TensorObject*>(object)->impl);
}

/// The Python object of `tensor` (a new reference), made if there was none; None for an undefined tensor.
PyObject* wrap(const Tensor& tensor);
/// A new object of the class `type` (a subclass of TensorBase) for a tensor that has none yet.
PyObject* wrap_as(PyTypeObject* type, const Tensor& tensor);

/// rushlight._C.TensorBase with the slots of ownership and those given (tensor_type.cpp puts them together).
PyTypeObject* make_tensor_base(nb::module_& m, const std::vector<PyType_Slot>& more);
void bind_tensor_object(nb::module_& m);

}  // namespace rushlight::python
