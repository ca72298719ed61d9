#include "script_values.h"

#include "argument_values.h"
#include "base/text.h"
#include "generator_object.h"
#include "resolver.h"
#include "script_objects.h"
#include "script_types.h"
#include "tensor_object.h"
#include "value/class_type.h"
#include "value/containers.h"
#include "value/type_text.h"
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

bool is_sequence(nb::handle object) { return PyList_Check(object.ptr()) || PyTuple_Check(object.ptr()); }

int64_t int_value(nb::handle object) {
  PyObject* value = object.ptr();
  if (PyLong_Check(value)) return to_int(value);
  if (is_dtype(value)) return int64_t(dtype_of_object(value));
  if (is_layout(value)) return int64_t(layout_of_object(value));
  if (is_memory_format(value)) return int64_t(memory_format_of_object(value));
  if (is_tensor(value) && tensor_of(value).dim() == 0 && is_integral_or_bool(tensor_of(value).dtype()))
    return to_int(value);
  if (PyIndex_Check(value) && !is_tensor(value)) return to_int(value);
  cannot_cast(object);
}

double float_value(nb::handle object) {
  PyObject* value = object.ptr();
  if (PyFloat_Check(value) || PyLong_Check(value) || is_numpy_scalar(value)) return to_float(value);
  if (is_tensor(value) && tensor_of(value).dim() == 0) return to_float(value);
  cannot_cast(object);
}

IValue list_value(nb::handle object, const Type& element) {
  if (!is_sequence(object)) cannot_cast(object);
  Ref<ListObject> list = ListObject::make(element.self());
  for (nb::handle item : object) list->append(to_value(item, element));
  return IValue(std::move(list));
}

IValue dict_value(nb::handle object, const DictType& type) {
  if (!PyDict_Check(object.ptr())) cannot_cast(object);
  auto dict = make_ref<DictObject>(type.key(), type.value());
  for (auto [key, value] : nb::borrow<nb::dict>(object))
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
  if (!is_sequence(object)) cannot_cast(object);
  if (nb::len(object) != type.elements().size())
    throw CastError(
        cat("Object ", repr_of(object), " had a different number of elements than type ", type.annotation()));
  std::vector<IValue> elements;
  size_t i = 0;
  for (nb::handle item : object) elements.push_back(to_value(item, *type.elements()[i++]));
  return make_tuple(std::move(elements), type.is_named() ? type.self() : nullptr);
}

IValue enum_value(nb::handle object, const EnumType& type) {
  if (!is_enum(object)) cannot_cast(object);
  const std::string name = nb::cast<std::string>(object.attr("name"));
  for (const auto& [member, value] : type.members())
    if (member == name) return IValue(make_ref<EnumObject>(Ref<const EnumType>(&type), name, value));
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
  if (!found) cannot_cast(object);
  std::string why;
  if (!found->type().is_subtype_of(type, &why))
    throw CastError(cat("Expected an object of type ", type.annotation(), " but found ", found->type().name(),
                        why.empty() ? "" : "\n", why));
  return IValue(std::move(found));
}

IValue union_value(nb::handle object, const UnionType& type) {
  for (const TypePtr& member : type.members()) {
    // A member that only fits by conversion comes after one that fits as it is: True is a bool before it is an int.
    const InferredType inferred = infer_type(object);
    if (inferred.type && inferred.type->is_subtype_of(*member)) return to_value(object, *member);
  }
  for (const TypePtr& member : type.members()) {
    try {
      return to_value(object, *member);
    } catch (const CastError&) {
    }
  }
  const InferredType found = infer_type(object);
  throw CastError(cat("Expected a member of ", type.annotation(), " but instead found type ",
                      found.type ? found.type->annotation() : class_of(object)));
}

InferredType infer_list(nb::handle object) {
  TypePtr element;
  for (nb::handle item : object) {
    InferredType inferred = infer_type(item);
    if (!inferred.type) return {nullptr, cat("Could not infer type of list element: ", inferred.reason)};
    if (!element) {
      element = inferred.type;
    } else if (!(*element == *inferred.type)) {
      if (inferred.type->is_subtype_of(*element)) continue;
      if (!element->is_subtype_of(*inferred.type))
        return {nullptr, cat("List inputs to traced functions must have consistent element type. Found ",
                             element->annotation(), " and ", inferred.type->annotation())};
      element = inferred.type;
    }
  }
  if (!element) return {nullptr, "List trace inputs must have elements"};
  return {types::list(element), {}};
}

InferredType infer_dict(nb::handle object) {
  TypePtr key, value;
  for (auto [k, v] : nb::borrow<nb::dict>(object)) {
    InferredType key_type = infer_type(k), value_type = infer_type(v);
    if (!key_type.type) return {nullptr, key_type.reason};
    if (!value_type.type) return {nullptr, value_type.reason};
    if ((key && !(*key == *key_type.type)) || (value && !(*value == *value_type.type)))
      return {nullptr, cat("Dictionary inputs to traced functions must have consistent type. Found ",
                           (value ? value : key)->annotation(), " and ", value_type.type->annotation())};
    key = key_type.type;
    value = value_type.type;
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
  if (nb::cast<bool>(nb::module_::import_("rushlight.jit._recursive").attr("_is_module")(object)))
    return {nullptr, "Cannot infer concrete type of torch.nn.Module"};
  if (TypePtr found = class_of_instance(object)) return {std::move(found), {}};
  return {nullptr, cat("Only tensors and (possibly nested) tuples of tensors, lists, or dicts are supported as inputs "
                       "or outputs of traced "
                       "functions, but instead got value of type ",
                       nb::cast<std::string>(nb::str(object.type().attr("__name__"))), ".")};
}

IValue to_value(nb::handle object) {
  InferredType inferred = infer_type(object);
  if (!inferred.type) throw TypeError(inferred.reason);
  return to_value(object, *inferred.type);
}

IValue to_value(nb::handle object, const Type& type) {
  PyObject* value = object.ptr();
  switch (type.kind()) {
    case TypeKind::tensor:
      if (is_tensor(value)) return IValue(tensor_of(value));
      if (object.is_none()) return IValue(Tensor());
      throw CastError(cat("Unable to cast ", repr_of(object), " to Tensor"));
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
      if (!PyComplex_Check(value) && !is_number(value)) cannot_cast(object);
      return IValue(to_scalar(value).to<std::complex<double>>());
    case TypeKind::bool_:
    case TypeKind::sym_bool:
      if (!PyBool_Check(value) && !PyLong_Check(value) && !object.is_none()) cannot_cast(object);
      return IValue(PyObject_IsTrue(value) == 1);
    case TypeKind::number:
      if (!is_number(value) && !is_tensor(value)) throw CastError(cat("Cannot cast ", repr_of(object), " to Number"));
      return IValue(to_scalar(value));
    case TypeKind::string:
      if (!PyUnicode_Check(value)) cannot_cast(object);
      return IValue(str_view(value));
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
    case TypeKind::class_:
    case TypeKind::interface:
      return object_value(object, type);
    case TypeKind::any:
    case TypeKind::any_list:
    case TypeKind::any_tuple:
    case TypeKind::any_class:
    case TypeKind::any_enum: {
      const InferredType inferred = infer_type(object);
      if (!inferred.type) throw CastError(inferred.reason);
      if (!inferred.type->is_subtype_of(type)) cannot_cast(object);
      return to_value(object, *inferred.type);
    }
    default:
      break;
  }
  throw CastError(cat("a Python object cannot be given as ", type.annotation()));
}

}  // namespace rushlight::python
