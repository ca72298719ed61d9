#include "convert.h"

#include "base/error.h"
#include "base/text.h"
#include "generator_object.h"
#include "tensor_object.h"
#include "value_objects.h"

namespace rushlight::python {

nb::object (*convert_script_value)(const IValue& value) = nullptr;

namespace {

PyObject* list_to_python(const ListObject& list) {
  nb::object result = owned(PyList_New(Py_ssize_t(list.size())));
  for (size_t i = 0; i < list.size(); ++i) PyList_SetItem(result.ptr(), Py_ssize_t(i), to_python(list.get(i)));
  return result.release().ptr();
}

PyObject* dict_to_python(const DictObject& dict) {
  nb::object result = owned(PyDict_New());
  dict.for_each([&](const IValue& key, const IValue& value) {
    checked(PyDict_SetItem(result.ptr(), nb::steal(to_python(key)).ptr(), nb::steal(to_python(value)).ptr()));
  });
  return result.release().ptr();
}

PyObject* set_to_python(const SetObject& set) {
  nb::object result = owned(set.is_frozen ? PyFrozenSet_New(nullptr) : PySet_New(nullptr));
  set.for_each([&](const IValue& element) { checked(PySet_Add(result.ptr(), nb::steal(to_python(element)).ptr())); });
  return result.release().ptr();
}

PyObject* tuple_to_python(const TupleObject& tuple) {
  nb::object result = owned(PyTuple_New(Py_ssize_t(tuple.elements.size())));
  for (size_t i = 0; i < tuple.elements.size(); ++i)
    PyTuple_SetItem(result.ptr(), Py_ssize_t(i), to_python(tuple.elements[i]));
  return result.release().ptr();
}

}  // namespace

PyObject* to_python(const IValue& value) {
  switch (value.tag()) {
    case Tag::none:
      return new_reference(Py_None);
    case Tag::boolean:
      return PyBool_FromLong(value.to_bool());
    case Tag::integer:
      return PyLong_FromLongLong(value.raw_int());
    case Tag::floating:
      return checked(PyFloat_FromDouble(value.raw_float()));
    case Tag::complex:
      return checked(PyComplex_FromDoubles(value.to_complex().real(), value.to_complex().imag()));
    case Tag::string: {
      // Programs cut texts between bytes; half a character is an error here, as in PyTorch.
      const std::string& text = value.to_string();
      return checked(PyUnicode_DecodeUTF8(text.data(), Py_ssize_t(text.size()), "strict"));
    }
    case Tag::device:
      return wrap(value.to_device());
    case Tag::tensor:
      return wrap(value.tensor());
    case Tag::list:
      return list_to_python(value.list());
    case Tag::dict:
      return dict_to_python(value.dict());
    case Tag::set:
      return set_to_python(value.set());
    case Tag::generator:
      return wrap(Ref<Generator>(&value.generator())).release().ptr();
    case Tag::tuple:
      // Field names alone, as operators give them, make no named tuple.
      if (!value.tuple().type || value.tuple().type->expect<TupleType>().name().empty())
        return tuple_to_python(value.tuple());
      break;
    default:
      break;
  }
  if (convert_script_value)
    if (nb::object object = convert_script_value(value); object.is_valid()) return object.release().ptr();
  throw NotImplementedError(cat("a value of type ", value.tag_name(), " cannot be given to Python"));
}

}  // namespace rushlight::python
