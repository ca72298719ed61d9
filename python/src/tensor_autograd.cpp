/// What autograd adds to a tensor: grad, requires_grad, grad_fn, data.
#include "autograd/grad_mode.h"
#include "autograd/variable.h"
#include "base/text.h"
#include "grad_fn_object.h"
#include "op_call.h"
#include "tensor_slots.h"

namespace rushlight::python {
namespace {

PyObject* get_requires_grad(PyObject* self, void*) { return PyBool_FromLong(autograd::requires_grad(tensor_of(self))); }
int set_requires_grad(PyObject* self, PyObject* value, void*) {
  return guarded(
      [&] {
        if (!value || !PyBool_Check(value)) throw RuntimeError("requires_grad must be a bool");
        const Tensor& tensor = tensor_of(self);
        if (!autograd::is_leaf(tensor)) {
          const bool wanted = value == Py_True;
          if (wanted == autograd::requires_grad(tensor)) return 0;
          throw RuntimeError(cat("you can only change requires_grad flags of leaf variables.",
                                 wanted ? ""
                                        : " If you want to use a computed variable in a subgraph that doesn't require "
                                          "differentiation use var_no_grad = var.detach()."));
        }
        autograd::set_requires_grad(tensor, value == Py_True);
        return 0;
      },
      -1);
}

PyObject* get_grad(PyObject* self, void*) {
  return guarded([&] {
    const Tensor& tensor = tensor_of(self);
    if (!autograd::is_leaf(tensor) && !autograd::retains_grad(tensor) && !autograd::grad(tensor).defined())
      checked(PyErr_WarnEx(
          PyExc_UserWarning,
          "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
          "populated "
          "during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use "
          ".retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access "
          "the leaf "
          "Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information. (Triggered internally at "
          "/__w/pytorch/pytorch/build/aten/src/ATen/core/TensorBody.h:493.)",
          1));
    return wrap(autograd::grad(tensor));
  });
}
PyObject* get_grad_quietly(PyObject* self, void*) {
  return guarded([&] { return wrap(autograd::grad(tensor_of(self))); });
}
int set_grad(PyObject* self, PyObject* value, void*) {
  return guarded(
      [&] {
        if (!value || value == Py_None) {
          autograd::set_grad(tensor_of(self), Tensor());
          return 0;
        }
        if (!is_tensor(value))
          throw TypeError(
              cat("assigned grad expected to be a Tensor or None but got grad of type ", type_name_of(value)));
        if (value == self) throw RuntimeError("can't assign Variable as its own grad");
        autograd::set_grad(tensor_of(self), tensor_of(value));
        return 0;
      },
      -1);
}

PyObject* get_grad_fn(PyObject* self, void*) {
  return guarded([&] { return wrap(autograd::grad_fn(tensor_of(self))); });
}
PyObject* get_is_leaf(PyObject* self, void*) { return PyBool_FromLong(autograd::is_leaf(tensor_of(self))); }
PyObject* get_retains_grad(PyObject* self, void*) { return PyBool_FromLong(autograd::retains_grad(tensor_of(self))); }
PyObject* get_output_number(PyObject* self, void*) {
  return guarded([&] {
    return PyLong_FromLong(autograd::grad_fn(tensor_of(self)) ? long(autograd::gradient_edge(tensor_of(self)).index)
                                                              : 0);
  });
}
PyObject* get_version(PyObject* self, void*) {
  return guarded([&] {
    if (tensor_of(self).impl()->is_inference) throw RuntimeError("Inference tensors do not track version counter.");
    return PyLong_FromUnsignedLong(tensor_of(self).version().value());
  });
}
PyObject* get_base(PyObject* self, void*) {
  return guarded([&] { return wrap(autograd::view_base(tensor_of(self))); });
}
PyObject* is_view(PyObject* self, PyObject*) {
  return guarded([&] { return PyBool_FromLong(autograd::view_base(tensor_of(self)).defined()); });
}

/// The same data with a history and a version counter of its own.
PyObject* get_data(PyObject* self, void*) {
  return guarded([&] {
    const Tensor& tensor = tensor_of(self);
    return wrap(
        tensor_over(tensor.storage(), tensor.dtype(), tensor.sizes(), tensor.strides(), tensor.storage_offset()));
  });
}
int set_data(PyObject* self, PyObject* value, void*) {
  return guarded(
      [&] {
        if (!value) throw RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!");
        if (!is_tensor(value)) throw TypeError(cat("Variable data has to be a tensor, but got ", type_name_of(value)));
        TensorImpl& to = *tensor_of(self).impl();
        const TensorImpl& from = *tensor_of(value).impl();
        if (to.autograd && autograd::requires_grad(tensor_of(self)) && !is_floating(from.dtype) &&
            !is_complex(from.dtype))
          throw RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype");
        to.storage = from.storage;
        to.storage_offset = from.storage_offset;
        to.dtype = from.dtype;
        to.device = from.device;
        to.layout = from.layout;
        to.set_shape(from.sizes, from.strides);
        return 0;
      },
      -1);
}

PyObject* get_backward_hooks(PyObject* self, void*) {
  PyObject* hooks = reinterpret_cast<TensorObject*>(self)->backward_hooks;
  return new_reference(hooks ? hooks : Py_None);
}
int set_backward_hooks(PyObject* self, PyObject* value, void*) {
  PyObject*& hooks = reinterpret_cast<TensorObject*>(self)->backward_hooks;
  PyObject* old = hooks;
  hooks = value && value != Py_None ? new_reference(value) : nullptr;
  Py_XDECREF(old);
  return 0;
}

PyObject* requires_grad_(PyObject* self, PyObject* arguments, PyObject* keywords) {
  return guarded([&]() -> PyObject* {
    PyObject* value = Py_True;
    const char* names[] = {"requires_grad", nullptr};
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|O:requires_grad_", const_cast<char**>(names), &value))
      return nullptr;
    if (!PyBool_Check(value))
      throw TypeError(cat("requires_grad_(): argument 'requires_grad' must be bool, not ", type_name_of(value)));
    if (set_requires_grad(self, value, nullptr)) return nullptr;
    return new_reference(self);
  });
}
PyObject* retain_grad(PyObject* self, PyObject*) {
  return guarded([&] {
    autograd::retain_grad(tensor_of(self));
    return new_reference(Py_None);
  });
}

}  // namespace

std::vector<PyMethodDef>& autograd_methods() {
  static std::vector<PyMethodDef> methods = {
      {"requires_grad_", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&requires_grad_)),
       METH_VARARGS | METH_KEYWORDS, "Starts or stops the recording of operations on this tensor; returns it."},
      {"retain_grad", retain_grad, METH_NOARGS, "Keeps .grad of a tensor that is no leaf."},
      {"_is_view", is_view, METH_NOARGS, nullptr},
  };
  return methods;
}

std::vector<PyGetSetDef>& autograd_properties() {
  static std::vector<PyGetSetDef> properties = {
      {"requires_grad", get_requires_grad, set_requires_grad, nullptr, nullptr},
      {"grad", get_grad, set_grad, nullptr, nullptr},
      {"_grad", get_grad_quietly, set_grad, nullptr, nullptr},
      {"grad_fn", get_grad_fn, nullptr, nullptr, nullptr},
      {"_grad_fn", get_grad_fn, nullptr, nullptr, nullptr},
      {"is_leaf", get_is_leaf, nullptr, nullptr, nullptr},
      {"retains_grad", get_retains_grad, nullptr, nullptr, nullptr},
      {"output_nr", get_output_number, nullptr, nullptr, nullptr},
      {"_version", get_version, nullptr, nullptr, nullptr},
      {"_base", get_base, nullptr, nullptr, nullptr},
      {"data", get_data, set_data, nullptr, nullptr},
      {"_backward_hooks", get_backward_hooks, set_backward_hooks, nullptr, nullptr},
  };
  return properties;
}

}  // namespace rushlight::python
