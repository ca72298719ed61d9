/// The Python type of tensors, put together from its parts.
#include "new_tensor.h"
#include "tensor_slots.h"

namespace rushlight::python {

namespace {

template <class T>
void append(std::vector<T>& all, const std::vector<T>& part) {
  all.insert(all.end(), part.begin(), part.end());
}

}  // namespace

void bind_tensor_object(nb::module_& m) {
  std::vector<PyType_Slot> slots = number_slots();
  append(slots, conversion_slots());
  append(slots, indexing_slots());
  slots.push_back({Py_tp_new, reinterpret_cast<void*>(&legacy_tensor_new)});

  // Python keeps pointers into these tables.
  static auto* methods = new std::vector<PyMethodDef>;
  append(*methods, conversion_methods());
  append(*methods, shape_methods());
  append(*methods, autograd_methods());
  methods->push_back({nullptr, nullptr, 0, nullptr});
  static auto* properties = new std::vector<PyGetSetDef>;
  append(*properties, shape_properties());
  append(*properties, autograd_properties());
  properties->push_back({"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr});
  properties->push_back({nullptr, nullptr, nullptr, nullptr, nullptr});
  slots.push_back({Py_tp_methods, methods->data()});
  slots.push_back({Py_tp_getset, properties->data()});

  tensor_base_type = tensor_class = make_tensor_base(m, slots);
  m.def(
      "_set_tensor_class",
      [](nb::type_object type) { tensor_class = reinterpret_cast<PyTypeObject*>(type.release().ptr()); },
      "The class that results of operators get: torch.Tensor.");
}

}  // namespace rushlight::python
