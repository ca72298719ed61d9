#include "grad_fn_object.h"

#include <structmember.h>

#include <unordered_map>

#include "autograd/accumulate_grad.h"
#include "base/text.h"
#include "gradient_hooks.h"
#include "python_function.h"
#include "tensor_object.h"

namespace rushlight::python {
namespace {

struct GradFnObject {
  PyObject_HEAD autograd::GradNode* node;  ///< counted
  PyObject* metadata;                      ///< a dict, made when first asked for
};

PyTypeObject* grad_fn_base = nullptr;

autograd::GradNode& node_of(PyObject* self) { return *reinterpret_cast<GradFnObject*>(self)->node; }

void dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  GradFnObject* object = reinterpret_cast<GradFnObject*>(self);
  object->node->python_object.store(nullptr);
  object->node->release();
  Py_XDECREF(object->metadata);
  PyObject_Free(self);
  Py_DECREF(type);
}

PyObject* name(PyObject* self, PyObject*) {
  return guarded([&] { return to_str(node_of(self).name()); });
}

/// "<SumBackward0 object at 0x7f..>": PyTorch's classes of nodes belong to no module.
PyObject* repr(PyObject* self) {
  return PyUnicode_FromFormat("<%s object at %p>", node_of(self).name().c_str(), static_cast<void*>(self));
}

PyObject* next_functions(PyObject* self, void*) {
  return guarded([&] { return next_functions_of(node_of(self)).release().ptr(); });
}

PyObject* metadata(PyObject* self, void*) {
  GradFnObject* object = reinterpret_cast<GradFnObject*>(self);
  if (!object->metadata) object->metadata = PyDict_New();
  Py_XINCREF(object->metadata);
  return object->metadata;
}

PyObject* sequence(PyObject* self, PyObject*) { return PyLong_FromUnsignedLongLong(node_of(self).sequence()); }

/// AccumulateGrad's leaf.
PyObject* variable(PyObject* self, void*) {
  return guarded([&]() -> PyObject* {
    const auto* accumulate = dynamic_cast<const autograd::AccumulateGrad*>(&node_of(self));
    if (!accumulate) throw AttributeError(cat("'", node_of(self).name(), "' object has no attribute 'variable'"));
    return wrap(accumulate->variable());
  });
}

/// hook(grad_inputs, grad_outputs), after the node ran; what it returns replaces the gradients of the inputs.
PyObject* register_hook(PyObject* self, PyObject* hook) {
  return guarded([&] { return add_post_hook(node_of(self), nb::borrow(hook)).release().ptr(); });
}
/// hook(grad_outputs), before the node runs; what it returns replaces them.
PyObject* register_prehook(PyObject* self, PyObject* hook) {
  return guarded([&] { return add_pre_hook(node_of(self), nb::borrow(hook)).release().ptr(); });
}

PyObject* call(PyObject* self, PyObject* arguments, PyObject*) {
  return guarded([&] {
    std::vector<Tensor> gradients = node_of(self).apply(tensors_from(nb::handle(arguments)));
    return gradients.size() == 1 ? wrap(gradients[0]) : tuple_from(gradients).release().ptr();
  });
}

PyMethodDef methods[] = {
    {"name", name, METH_NOARGS, "\"TanhBackward0\""},
    {"_sequence_nr", sequence, METH_NOARGS, "Order of creation."},
    {"register_hook", register_hook, METH_O,
     "Calls hook(grad_inputs, grad_outputs) after this node ran; returns a handle."},
    {"register_prehook", register_prehook, METH_O, "Calls hook(grad_outputs) before this node runs; returns a handle."},
    {nullptr, nullptr, 0, nullptr},
};
PyGetSetDef properties[] = {
    {"next_functions", next_functions, nullptr, "Where its gradients go: pairs of node and input number.", nullptr},
    {"metadata", metadata, nullptr, "A dict for whatever the user wants to hang on this node.", nullptr},
    {"variable", variable, nullptr, "The leaf of an AccumulateGrad node.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

/// A class per kind of node, so that `type(t.grad_fn).__name__` is the node's name.
PyTypeObject* class_named(const std::string& name) {
  static auto* classes = new std::unordered_map<std::string, PyTypeObject*>;
  PyTypeObject*& type = (*classes)[name];
  if (!type) {
    PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("A node of the tape.")}, {0, nullptr}};
    auto* full_name = new std::string("builtins." + name);  // shown without a module, as in PyTorch
    PyType_Spec spec = {full_name->c_str(), sizeof(GradFnObject), 0, Py_TPFLAGS_DEFAULT, slots};
    type = reinterpret_cast<PyTypeObject*>(
        checked(PyType_FromSpecWithBases(&spec, reinterpret_cast<PyObject*>(grad_fn_base))));
  }
  return type;
}

}  // namespace

nb::object next_functions_of(const autograd::GradNode& node) {
  const auto& edges = node.next_edges();
  nb::object tuple = owned(PyTuple_New(Py_ssize_t(edges.size())));
  for (size_t i = 0; i < edges.size(); ++i) {
    nb::object next = nb::steal(wrap(edges[i].node));
    PyTuple_SetItem(tuple.ptr(), Py_ssize_t(i), nb::make_tuple(next, edges[i].index).release().ptr());
  }
  return tuple;
}

PyObject* wrap(const Ref<autograd::GradNode>& node) {
  if (!node) return new_reference(Py_None);
  if (PyObject* context = context_of(*node)) return new_reference(context);
  if (void* known = node->python_object.load()) return new_reference(static_cast<PyObject*>(known));
  PyObject* object = checked(PyType_GenericAlloc(class_named(node->name()), 0));
  node->retain();
  reinterpret_cast<GradFnObject*>(object)->node = node.get();
  node->python_object.store(object);
  return object;
}

void bind_grad_fn(nb::module_& m) {
  PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(&dealloc)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties},
                         {Py_tp_call, reinterpret_cast<void*>(&call)},
                         {Py_tp_repr, reinterpret_cast<void*>(&repr)},
                         {0, nullptr}};
  PyType_Spec spec = {"torch.autograd.graph.Node", sizeof(GradFnObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                      slots};
  grad_fn_base = add_type(m, spec);
}

}  // namespace rushlight::python
