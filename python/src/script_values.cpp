#include "script_values.h"

#include "argument_values.h"
#include "base/stack_guard.h"
#include "base/text.h"
#include "generator_object.h"
#include "op_object.h"
#include "resolver.h"
#include "script_containers.h"
#include "script_objects.h"
#include "script_types.h"
#include "tensor_object.h"
#include "value/class_type.h"
#include "value/containers.h"
#include "value/type_text.h"
#include "value/unify.h"
#include "value_objects.h"

namespace rushlight::python {

bool is_enum(nb::handle object) {
  static PyObject* enum_class = nb::object(nb::module_::import_("enum").attr("Enum")).release().ptr();
  return PyObject_IsInstance(object.ptr(), enum_class) == 1;
}

namespace {

std::string repr_of(nb::handle object) { return nb::cast<std::string>(nb::repr(object)); }
std::string class_of(nb::handle object) { return nb::cast<std::string>(nb::str(object.type())); }

[[noreturn]] void cannot_cast(nb::handle object) {
  throw CastError(
      cat("Unable to cast Python instance of type ", class_of(object),
          " to C++ type '?' (#define PYBIND11_DETAILED_ERROR_MESSAGES or compile in debug mode for details)"));
}

/// A conversion that Python refused, as one that the type refuses.
[[noreturn]] void python_cannot_cast(nb::handle object) {
  PyErr_Clear();
  cannot_cast(object);
}

/// Runs what Python iterates over; an error of Python is the reason why the object does not fit.
template <class Work>
auto reading(Work&& work) {
  try {
    return work();
  } catch (const nb::python_error& error) {
    throw PythonCastError(cat(nb::cast<std::string>(nb::str(error.type().attr("__name__"))), ": ",
                              nb::cast<std::string>(nb::str(error.value()))));
  }
}

int64_t int_value(nb::handle object) {
  PyObject* value = object.ptr();
  if (is_dtype(value)) return int64_t(dtype_of_object(value));
  if (is_layout(value)) return int64_t(layout_of_object(value));
  if (is_memory_format(value)) return int64_t(memory_format_of_object(value));
  if (PyFloat_Check(value)) cannot_cast(object);
  nb::object number = nb::borrow(object);
  if (!PyLong_Check(value)) {
    PyObject* made = PyIndex_Check(value) ? PyNumber_Index(value) : nullptr;
    if (!made) {
      PyErr_Clear();
      if (PyNumber_Check(value)) made = PyNumber_Long(value);
    }
    if (!made) python_cannot_cast(object);
    number = nb::steal(made);
  }
  const long long found = PyLong_AsLongLong(number.ptr());
  if (found == -1 && PyErr_Occurred()) python_cannot_cast(object);
  return int64_t(found);
}

double float_value(nb::handle object) {
  const double found = PyFloat_AsDouble(object.ptr());
  if (found == -1 && PyErr_Occurred()) python_cannot_cast(object);
  return found;
}

std::complex<double> complex_value(nb::handle object) {
  if (is_tensor(object.ptr())) return to_scalar(object.ptr()).to<std::complex<double>>();
  const Py_complex found = PyComplex_AsCComplex(object.ptr());
  if (found.real == -1 && PyErr_Occurred()) python_cannot_cast(object);
  return {found.real, found.imag};
}

/// Only what says itself whether it is true; containers do so by their length.
bool bool_value(nb::handle object) {
  if (object.is_none()) return false;
  const auto answer = reinterpret_cast<inquiry>(PyType_GetSlot(Py_TYPE(object.ptr()), Py_nb_bool));
  const int found = answer ? answer(object.ptr()) : -1;
  if (found < 0) python_cannot_cast(object);
  return found != 0;
}

std::string string_value(nb::handle object) {
  PyObject* value = object.ptr();
  if (PyUnicode_Check(value)) return std::string(str_view(value));
  // Bytes are taken as they are: texts of programs are bytes.
  if (PyBytes_Check(value)) return {PyBytes_AsString(value), size_t(PyBytes_Size(value))};
  if (PyByteArray_Check(value)) return {PyByteArray_AsString(value), size_t(PyByteArray_Size(value))};
  cannot_cast(object);
}

/// Lists of numbers and tensors take sequences, sets, views of dictionaries, map, zip and generators; others whatever
/// can be iterated over.
bool is_like_vector(nb::handle object) {
  PyObject* value = object.ptr();
  if (PyUnicode_Check(value) || PyBytes_Check(value) || is_tensor(value)) return false;
  if (PyList_Check(value) || PyTuple_Check(value) || PySequence_Check(value) || PyAnySet_Check(value)) return true;
  static PyObject* const iterated = [] {
    nb::dict empty;
    nb::module_ builtins = nb::module_::import_("builtins");
    return nb::make_tuple(nb::module_::import_("types").attr("GeneratorType"), empty.attr("keys")().type(),
                          empty.attr("values")().type(), empty.attr("items")().type(), builtins.attr("map"),
                          builtins.attr("zip"))
        .release()
        .ptr();
  }();
  return PyObject_IsInstance(value, iterated) == 1;
}

IValue list_value(nb::handle object, const Type& element) {
  if (ScriptList* shared = script_list_of(object)) {
    if (!shared->list->element_type()->is_subtype_of(element)) cannot_cast(object);
    return IValue(shared->list);
  }
  const TypeKind kind = element.kind();
  const bool is_vector =
      kind == TypeKind::int_ || kind == TypeKind::float_ || kind == TypeKind::bool_ || kind == TypeKind::tensor;
  if (is_vector && !is_like_vector(object)) cannot_cast(object);
  Ref<ListObject> list = ListObject::make(element.self());
  const auto read_elements = [&] {
    for (nb::handle item : object) {
      // None stands for an undefined tensor, which is no element.
      if (kind == TypeKind::tensor && !is_tensor(item.ptr())) cannot_cast(object);
      list->append(to_value(item, element));
    }
  };
  try {
    reading(read_elements);
  } catch (const CastError&) {
    if (is_vector) cannot_cast(object);
    throw;
  }
  return IValue(std::move(list));
}

IValue dict_value(nb::handle object, const DictType& type) {
  if (ScriptDict* shared = script_dict_of(object)) {
    if (!shared->dict->key_type->is_subtype_of(*type.key()) || !shared->dict->value_type->is_subtype_of(*type.value()))
      cannot_cast(object);
    return IValue(shared->dict);
  }
  nb::object pairs = nb::borrow(object);
  if (!PyDict_Check(object.ptr()))
    pairs = reading([&] {
      return owned(PyObject_CallFunctionObjArgs(reinterpret_cast<PyObject*>(&PyDict_Type), object.ptr(), nullptr));
    });
  auto dict = make_ref<DictObject>(type.key(), type.value());
  for (auto [key, value] : nb::borrow<nb::dict>(pairs))
    dict->insert_or_assign(to_value(key, *type.key()), to_value(value, *type.value()));
  return IValue(Ref<DictObject>(std::move(dict)));
}

IValue set_value(nb::handle object, const Type& type) {
  const bool is_frozen = type.is(TypeKind::frozenset);
  if (!PyAnySet_Check(object.ptr())) cannot_cast(object);
  auto set = make_ref<SetObject>(type.contained()[0], is_frozen);
  for (nb::handle item : object) set->add(to_value(item, *type.contained()[0]));
  return IValue(std::move(set));
}

IValue tuple_value(nb::handle object, const TupleType& type) {
  const nb::object parts = reading([&] { return owned(PySequence_Tuple(object.ptr())); });
  if (nb::len(parts) != type.elements().size())
    throw CastError(
        cat("Object ", repr_of(object), " had a different number of elements than type ", type.annotation()));
  std::vector<IValue> elements;
  size_t i = 0;
  for (nb::handle item : parts) elements.push_back(to_value(item, *type.elements()[i++]));
  return make_tuple(std::move(elements), type.is_named() ? type.self() : nullptr);
}

IValue enum_value(nb::handle object, const EnumType& type) {
  const nb::object given = reading([&] { return nb::object(object.attr("name")); });
  const std::string name = string_value(given);
  const IValue given_value = to_value(reading([&] { return nb::object(object.attr("value")); }), *type.value_type());
  for (const auto& [member, value] : type.members())
    if (member == name && value.equals(given_value))
      return IValue(make_ref<EnumObject>(Ref<const EnumType>(&type), name, value));
  throw CastError(cat(repr_of(object), " is no member of ", type.name()));
}

/// A Python instance as an object of a compiled class: all attributes by name.
IValue compiled_instance(nb::handle object, const ClassType& type) {
  auto made = make_ref<Object>(Ref<const ClassType>(&type), python_unit());
  for (size_t i = 0; i < type.attributes().size(); ++i) {
    const ClassType::Attribute& attribute = type.attributes()[i];
    if (!nb::hasattr(object, attribute.name.c_str()))
      throw CastError(
          cat("Tried to cast object to type ", repr(type), " but object was missing attribute ", attribute.name));
    made->slot(i) = to_value(object.attr(attribute.name.c_str()), *attribute.type);
  }
  return IValue(std::move(made));
}
/// The compiled class of a Python instance, which is compiled now if it was not yet; null if it cannot be.
TypePtr class_of_instance(nb::handle object) {
  nb::object type = nb::module_::import_("rushlight._script_types").attr("class_type_of")(object);
  return type.is_none() ? nullptr : nb::cast<TypePtr>(type);
}
Ref<Object> instance_of_own_class(nb::handle object) {
  const TypePtr type = class_of_instance(object);
  return type ? compiled_instance(object, type->expect<ClassType>()).object_ref() : nullptr;
}

IValue object_value(nb::handle object, const Type& type) {
  Ref<Object> found = find_object(object);
  const ClassType* cls = type.as<ClassType>();
  if (!found && cls && !cls->is_module()) return compiled_instance(object, *cls);
  if (!found) found = instance_of_own_class(object);
  if (!found && type.is(TypeKind::interface))
    throw RuntimeError(cat("Assigning the object ", nb::cast<std::string>(nb::str(object)),
                           " to an interface fails because the value is not a TorchScript compatible type, did you "
                           "forget toturn it into a user defined TorchScript class?"));
  if (!found) cannot_cast(object);
  std::string why;
  if (!found->type().is_subtype_of(type, &why) && type.is(TypeKind::interface))
    throw CastError(
        cat("Object of type ", repr(found->type()), " is not compatible with interface ", repr(type), "\n", why));
  if (!found->type().is_subtype_of(type, &why))
    throw CastError(cat("Expected an object of type ", type.annotation(), " but found ", found->type().name()));
  return IValue(std::move(found));
}

/// Where only the object itself can say its type.
[[noreturn]] void cannot_infer(nb::handle object, const std::string& reason) {
  throw RuntimeError(cat("Tracer cannot infer type of ", nb::cast<std::string>(nb::str(object)), "\n:", reason));
}

/// Nothing is converted: the object has the type of a member, or does not fit.
IValue union_value(nb::handle object, const UnionType& type) {
  const InferredType inferred = infer_type(object);
  if (!inferred.type) cannot_infer(object, inferred.reason);
  if (!inferred.type->is_subtype_of(type))
    throw CastError(
        cat("Expected a member of ", type.annotation(), " but instead found type ", inferred.type->annotation()));
  return to_value(object, *inferred.type);
}

InferredType infer_list(nb::handle object) {
  TypePtr element;
  for (nb::handle item : object) {
    InferredType inferred = infer_type(item);
    if (!inferred.type) return {nullptr, cat("Could not infer type of list element: ", inferred.reason)};
    const TypePtr unified = element ? unify_types(element, inferred.type) : inferred.type;
    if (!unified)
      return {nullptr, cat("List inputs to traced functions must have consistent element type. Found ", repr(*element),
                           " and ", repr(*inferred.type))};
    element = unified;
  }
  if (!element) return {nullptr, "List trace inputs must have elements"};
  return {types::list(element), {}};
}

InferredType infer_dict(nb::handle object) {
  TypePtr key, value;
  for (auto [k, v] : nb::borrow<nb::dict>(object)) {
    for (auto& [unified, part] : {std::pair<TypePtr&, nb::handle>{key, k}, std::pair<TypePtr&, nb::handle>{value, v}}) {
      const InferredType found = infer_type(part);
      if (!found.type) return found;
      const TypePtr both = unified ? unify_types(unified, found.type) : found.type;
      if (!both)
        return {nullptr, cat("Dictionary inputs to traced functions must have consistent type. Found ", repr(*unified),
                             " and ", repr(*found.type))};
      unified = both;
    }
  }
  if (!key) return {nullptr, "Dictionary inputs must have entries"};
  return {types::dict(key, value), {}};
}

InferredType infer_set(nb::handle object) {
  TypePtr element;
  for (nb::handle item : object) {
    InferredType inferred = infer_type(item);
    if (!inferred.type) return {nullptr, cat("Could not infer type of set element: ", inferred.reason)};
    if (!inferred.type->is_hashable())
      return {nullptr, cat("Sets of ", inferred.type->annotation(), " are not supported")};
    if (element && !(*element == *inferred.type))
      return {nullptr, cat("The elements of a set must have one type. Found ", element->annotation(), " and ",
                           inferred.type->annotation())};
    element = inferred.type;
  }
  if (!element) return {nullptr, "The type of the elements of an empty set is not known"};
  return {PyFrozenSet_Check(object.ptr()) ? types::frozenset(element) : types::set(element), {}};
}

InferredType infer_tuple(nb::handle object) {
  std::vector<TypePtr> elements;
  for (nb::handle item : object) {
    InferredType inferred = infer_type(item);
    if (!inferred.type) return inferred;
    elements.push_back(inferred.type);
  }
  // The fields of a NamedTuple class belong to its type, which Python finds by the class's annotations.
  if (nb::hasattr(object, "_fields")) {
    nb::object made = nb::module_::import_("rushlight._script_types").attr("named_tuple_type")(object.type());
    if (!made.is_none()) return {nb::cast<TypePtr>(made), {}};
  }
  return {types::tuple(std::move(elements)), {}};
}

}  // namespace

InferredType infer_type(nb::handle object) {
  check_stack();  // containers may hold themselves
  PyObject* value = object.ptr();
  if (object.is_none()) return {types::none(), {}};
  if (is_tensor(value)) return {types::tensor(), {}};
  if (is_enum(object)) {
    nb::object made = nb::module_::import_("rushlight._script_types").attr("enum_type")(object.type());
    return {nb::cast<TypePtr>(made), {}};
  }
  if (PyBool_Check(value)) return {types::bool_(), {}};
  if (PyLong_Check(value)) return {types::int_(), {}};
  if (PyFloat_Check(value)) return {types::float_(), {}};
  if (PyComplex_Check(value)) return {types::complex(), {}};
  if (PyUnicode_Check(value)) return {types::string(), {}};
  if (is_dtype(value) || is_layout(value) || is_memory_format(value)) return {types::int_(), {}};
  if (is_device(value)) return {types::device(), {}};
  if (is_generator(value)) return {types::generator(), {}};
  if (PyTuple_Check(value)) return infer_tuple(object);
  if (PyList_Check(value)) return infer_list(object);
  if (PyDict_Check(value)) return infer_dict(object);
  if (PyAnySet_Check(value)) return infer_set(object);
  if (Ref<Object> found = find_object(object)) return {TypePtr(found->type_ref()), {}};
  if (FutureHandle* held = nullptr; nb::try_cast(object, held) && held)
    return {types::future(held->future->element_type()), {}};
  if (nb::cast<bool>(nb::module_::import_("rushlight.jit._recursive").attr("_is_module")(object)))
    return {nullptr, "Cannot infer concrete type of torch.nn.Module"};
  if (TypePtr found = class_of_instance(object)) return {std::move(found), {}};
  return {nullptr, cat("Only tensors and (possibly nested) tuples of tensors, lists, or dicts are supported as inputs "
                       "or outputs of traced "
                       "functions, but instead got value of type ",
                       // Operators are builtin functions to PyTorch's users.
                       overloads_of(value) ? "builtin_function_or_method"
                                           : nb::cast<std::string>(nb::str(object.type().attr("__name__"))),
                       ".")};
}

IValue to_value(nb::handle object) {
  InferredType inferred = infer_type(object);
  if (!inferred.type) throw TypeError(inferred.reason);
  return to_value(object, *inferred.type);
}

IValue to_value(nb::handle object, const Type& type) {
  check_stack();
  PyObject* value = object.ptr();
  switch (type.kind()) {
    case TypeKind::tensor:
      if (is_tensor(value)) return IValue(tensor_of(value));
      if (object.is_none()) return IValue(Tensor());
      throw CastError(cat("Unable to cast ", nb::cast<std::string>(nb::str(object)), " to Tensor"));
    case TypeKind::int_:
    case TypeKind::sym_int:
      return IValue(int_value(object));
    case TypeKind::layout:
    case TypeKind::scalar_type:
    case TypeKind::memory_format:
    case TypeKind::qscheme:
      return IValue(int_value(object));
    case TypeKind::float_:
    case TypeKind::sym_float:
      return IValue(float_value(object));
    case TypeKind::complex:
      return IValue(complex_value(object));
    case TypeKind::bool_:
    case TypeKind::sym_bool:
      return IValue(bool_value(object));
    case TypeKind::number:
      if (!is_number(value) && !is_tensor(value)) throw CastError(cat("Cannot cast ", repr_of(object), " to Number"));
      return IValue(to_scalar(value));
    case TypeKind::string:
      return IValue(string_value(object));
    case TypeKind::none:
      if (!object.is_none()) throw CastError(cat("Cannot cast ", repr_of(object), " to None"));
      return IValue();
    case TypeKind::device:
      if (!is_device(value) && !PyUnicode_Check(value)) cannot_cast(object);
      return IValue(device_from(value));
    case TypeKind::generator:
      if (!is_generator(value)) cannot_cast(object);
      return IValue(generator_of(value));
    case TypeKind::optional:
      return object.is_none() ? IValue() : to_value(object, *type.contained()[0]);
    case TypeKind::list:
      return list_value(object, *type.contained()[0]);
    case TypeKind::dict:
      return dict_value(object, type.expect<DictType>());
    case TypeKind::set:
    case TypeKind::frozenset:
      return set_value(object, type);
    case TypeKind::tuple:
      return tuple_value(object, type.expect<TupleType>());
    case TypeKind::union_:
      return union_value(object, type.expect<UnionType>());
    case TypeKind::enum_:
      return enum_value(object, type.expect<EnumType>());
    case TypeKind::future: {
      FutureHandle* held = nullptr;
      if (!nb::try_cast(object, held) || !held) cannot_cast(object);
      return IValue(held->future);
    }
    case TypeKind::class_:
    case TypeKind::interface:
      return object_value(object, type);
    case TypeKind::any:
    case TypeKind::any_list:
    case TypeKind::any_tuple:
    case TypeKind::any_class:
    case TypeKind::any_enum: {
      const InferredType inferred = infer_type(object);
      if (!inferred.type) cannot_infer(object, inferred.reason);
      if (!inferred.type->is_subtype_of(type)) cannot_cast(object);
      return to_value(object, *inferred.type);
    }
    default:
      break;
  }
  throw CastError(cat("a Python object cannot be given as ", type.annotation()));
}

}  // namespace rushlight::python
