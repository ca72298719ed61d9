#include "tensor_object.h"

#include <structmember.h>

#include <vector>

namespace rushlight::python {

PyTypeObject* tensor_base_type = nullptr;
PyTypeObject* tensor_class = nullptr;

namespace {

TensorObject* self_of(PyObject* object) { return reinterpret_cast<TensorObject*>(object); }

/// The collector calls a finalizer only once in an object's life, but a tensor's object may go over to C++ many times.
void allow_another_finalization(PyObject* object) {
#ifdef Py_GIL_DISABLED
  object->ob_gc_bits &= uint8_t(~2u);
#else
  // Bit 0 of the second word of the collector's header, which stands right before the object (all versions from 3.8
  // on).
  reinterpret_cast<uintptr_t*>(object)[-1] &= ~uintptr_t(1);
#endif
}

/// Runs when the last Python reference went. If C++ holds the tensor too, the tensor now owns the object.
void finalize(PyObject* object) {
  TensorObject* self = self_of(object);
  if (!self->impl || self->owned_by_tensor || self->impl->use_count() <= 1) return;
  Py_INCREF(object);  // the tensor's reference: the object stays alive
  self->owned_by_tensor = true;
  self->impl->release();
}

int traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self_of(object)->attributes);
  // Hooks and gradients belong to the tensor, which others may hold: they are only looked through by their owner.
  if (self_of(object)->impl && !self_of(object)->owned_by_tensor && self_of(object)->impl->use_count() == 1)
    Py_VISIT(self_of(object)->backward_hooks);
  return 0;
}

int clear(PyObject* object) {
  Py_CLEAR(self_of(object)->attributes);
  Py_CLEAR(self_of(object)->backward_hooks);
  return 0;
}

void dealloc(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  if (PyObject_CallFinalizerFromDealloc(object) < 0) return;
  PyObject_GC_UnTrack(object);
  TensorObject* self = self_of(object);
  if (self->weak_references) PyObject_ClearWeakRefs(object);
  if (TensorImpl* impl = std::exchange(self->impl, nullptr)) {
    impl->python_object.store(nullptr, std::memory_order_release);
    if (!self->owned_by_tensor) {
      if (impl->use_count() == 1 && impl->numel >= 1 << 20) {
        nb::gil_scoped_release unlocked;  // giving back much memory takes its time
        impl->release();
      } else {
        impl->release();
      }
    }
  }
  clear(object);
  PyObject_GC_Del(object);
  Py_DECREF(type);
}

/// The destructor of a tensor that owns its object.
void release_object(void* object) {
  if (!Py_IsInitialized()) return;
  const PyGILState_STATE state = PyGILState_Ensure();
  TensorObject* self = static_cast<TensorObject*>(object);
  self->impl = nullptr;
  Py_DECREF(reinterpret_cast<PyObject*>(object));
  PyGILState_Release(state);
}

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(TensorObject, attributes), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(TensorObject, weak_references), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

}  // namespace

PyObject* wrap_as(PyTypeObject* type, const Tensor& tensor) {
  PyObject* object = checked(PyType_GenericAlloc(type, 0));
  TensorObject* self = self_of(object);
  self->impl = tensor.impl();
  self->impl->retain();
  self->impl->python_object.store(object, std::memory_order_release);
  return object;
}

PyObject* wrap(const Tensor& tensor) {
  if (!tensor.defined()) return new_reference(Py_None);
  if (void* known = tensor.impl()->python_object.load(std::memory_order_acquire)) {
    PyObject* object = static_cast<PyObject*>(known);
    TensorObject* self = self_of(object);
    if (!self->owned_by_tensor) return new_reference(object);
    self->owned_by_tensor = false;  // the tensor's reference becomes the caller's
    self->impl->retain();
    allow_another_finalization(object);
    return object;
  }
  return wrap_as(tensor_class, tensor);
}

PyTypeObject* make_tensor_base(nb::module_& m, const std::vector<PyType_Slot>& more) {
  std::vector<PyType_Slot> slots = {
      {Py_tp_finalize, reinterpret_cast<void*>(&finalize)},
      {Py_tp_traverse, reinterpret_cast<void*>(&traverse)},
      {Py_tp_clear, reinterpret_cast<void*>(&clear)},
      {Py_tp_dealloc, reinterpret_cast<void*>(&dealloc)},
      {Py_tp_members, members},
  };
  slots.insert(slots.end(), more.begin(), more.end());
  slots.push_back({0, nullptr});
  PyType_Spec spec = {"torch._C.TensorBase", sizeof(TensorObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots.data()};
  TensorImpl::release_python_object = &release_object;
  return add_type(m, spec);
}

}  // namespace rushlight::python
