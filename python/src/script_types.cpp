#include "script_types.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include "base/error.h"
#include "base/text.h"
#include "casters.h"
#include "script_values.h"
#include "value/class_type.h"
#include "value/schema.h"
#include "value/unify.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

std::string_view kind_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::any:
      return "AnyType";
    case TypeKind::enum_:
      return "EnumType";
    case TypeKind::any_enum:
      return "AnyEnumType";
    case TypeKind::tensor:
      return "TensorType";
    case TypeKind::storage:
      return "StorageType";
    case TypeKind::tuple:
      return "TupleType";
    case TypeKind::list:
      return "ListType";
    case TypeKind::dict:
      return "DictType";
    case TypeKind::set:
      return "SetType";
    case TypeKind::frozenset:
      return "FrozenSetType";
    case TypeKind::number:
      return "NumberType";
    case TypeKind::float_:
      return "FloatType";
    case TypeKind::complex:
      return "ComplexType";
    case TypeKind::future:
      return "FutureType";
    case TypeKind::await:
      return "AwaitType";
    case TypeKind::rref:
      return "RRefType";
    case TypeKind::int_:
      return "IntType";
    case TypeKind::none:
      return "NoneType";
    case TypeKind::string:
      return "StringType";
    case TypeKind::generator:
      return "GeneratorType";
    case TypeKind::quantizer:
      return "QuantizerType";
    case TypeKind::bool_:
      return "BoolType";
    case TypeKind::optional:
      return "OptionalType";
    case TypeKind::var:
      return "VarType";
    case TypeKind::device:
      return "DeviceObjType";
    case TypeKind::stream:
      return "StreamObjType";
    case TypeKind::function:
      return "FunctionType";
    case TypeKind::class_:
      return "ClassType";
    case TypeKind::py_object:
      return "PyObjectType";
    case TypeKind::capsule:
      return "CapsuleType";
    case TypeKind::interface:
      return "InterfaceType";
    case TypeKind::qscheme:
      return "QSchemeType";
    case TypeKind::layout:
      return "LayoutType";
    case TypeKind::scalar_type:
      return "ScalarTypeType";
    case TypeKind::memory_format:
      return "MemoryFormatType";
    case TypeKind::any_list:
      return "AnyListType";
    case TypeKind::any_tuple:
      return "AnyTupleType";
    case TypeKind::any_class:
      return "AnyClassType";
    case TypeKind::sym_int:
      return "SymIntType";
    case TypeKind::sym_float:
      return "SymFloatType";
    case TypeKind::sym_bool:
      return "SymBoolType";
    case TypeKind::union_:
      return "UnionType";
  }
  return "Type";
}

const TypePtr& simple_type(const std::string& kind) {
  static const auto* known = new std::vector<const TypePtr*>{
      &types::any(),           &types::any_enum(),  &types::tensor(),    &types::storage(),   &types::number(),
      &types::float_(),        &types::complex(),   &types::int_(),      &types::none(),      &types::string(),
      &types::generator(),     &types::quantizer(), &types::bool_(),     &types::device(),    &types::stream(),
      &types::py_object(),     &types::capsule(),   &types::qscheme(),   &types::layout(),    &types::scalar_type(),
      &types::memory_format(), &types::any_list(),  &types::any_tuple(), &types::any_class(), &types::sym_int(),
      &types::sym_float(),     &types::sym_bool()};
  for (const TypePtr* type : *known)
    if (kind_name((*type)->kind()) == kind) return *type;
  throw ValueError(cat("there is no simple type ", kind));
}

const TensorType::Facts& facts_of(const TypeHandle& self) { return self.type->expect<TensorType>().facts(); }

/// None unless all are known.
nb::object known_sizes(const std::optional<std::vector<std::optional<int64_t>>>& sizes) {
  if (!sizes) return nb::none();
  nb::list list;
  for (const std::optional<int64_t>& size : *sizes) {
    if (!size) return nb::none();
    list.append(*size);
  }
  return list;
}

TypePtr with_facts(const TypeHandle& self, void (*change)(TensorType::Facts&, nb::handle), nb::handle value) {
  TensorType::Facts facts = facts_of(self);
  change(facts, value);
  return TensorType::make(std::move(facts));
}

void bind_tensor_facts(nb::class_<TypeHandle>& type) {
  type.def("dtype", [](const TypeHandle& self) -> nb::object {
    return facts_of(self).dtype ? nb::steal(wrap(*facts_of(self).dtype)) : nb::none();
  });
  type.def("scalarType", [](const TypeHandle& self) -> std::optional<std::string> {
    if (!facts_of(self).dtype) return std::nullopt;
    return std::string(dtype_info(*facts_of(self).dtype).ir_name);
  });
  type.def("device", [](const TypeHandle& self) -> nb::object {
    return facts_of(self).device ? nb::steal(wrap(*facts_of(self).device)) : nb::none();
  });
  type.def("dim", [](const TypeHandle& self) -> std::optional<size_t> {
    if (!facts_of(self).sizes) return std::nullopt;
    return facts_of(self).sizes->size();
  });
  type.def("sizes", [](const TypeHandle& self) { return known_sizes(facts_of(self).sizes); });
  type.def("strides", [](const TypeHandle& self) { return known_sizes(facts_of(self).strides); });
  type.def("varyingSizes", [](const TypeHandle& self) { return facts_of(self).sizes; });
  type.def("requires_grad", [](const TypeHandle& self) {
    return self.type->is(TypeKind::tensor) && facts_of(self).requires_grad.value_or(true);
  });
  type.def("with_dtype", [](const TypeHandle& self, nb::handle dtype) {
    return with_facts(
        self, [](TensorType::Facts& facts, nb::handle value) { facts.dtype = dtype_of_object(value.ptr()); }, dtype);
  });
  type.def("with_device", [](const TypeHandle& self, nb::handle device) {
    return with_facts(
        self, [](TensorType::Facts& facts, nb::handle value) { facts.device = device_from(value.ptr()); }, device);
  });
  type.def("with_sizes", [](const TypeHandle& self, nb::handle sizes) {
    return with_facts(
        self,
        [](TensorType::Facts& facts, nb::handle value) {
          facts.sizes.emplace();
          for (nb::handle size : value)
            facts.sizes->push_back(size.is_none() ? std::optional<int64_t>() : nb::cast<int64_t>(size));
          facts.strides.reset();
        },
        sizes);
  });
}

}  // namespace

void bind_script_types(nb::module_& m) {
  auto type = nb::class_<TypeHandle>(m, "Type", "A type of TorchScript.");
  type.def("__str__", [](const TypeHandle& self) { return self.type->annotation(); })
      .def("__repr__", [](const TypeHandle& self) { return self.type->annotation(); })
      .def("str", [](const TypeHandle& self) { return self.type->str(); })
      .def_prop_ro("annotation_str", [](const TypeHandle& self) { return self.type->annotation(); })
      .def("kind", [](const TypeHandle& self) { return std::string(kind_name(self.type->kind())); })
      .def(
          "__eq__",
          [](const TypeHandle& self, nb::handle other) {
            TypeHandle* held = nullptr;
            return nb::try_cast(other, held) && held && *self.type == *held->type;
          },
          nb::arg("other").none())
      .def("__hash__", [](const TypeHandle& self) { return std::hash<std::string>()(self.type->str()); })
      .def("isSubtypeOf",
           [](const TypeHandle& self, const TypeHandle& other) { return self.type->is_subtype_of(*other.type); })
      .def("is_interface_type", [](const TypeHandle& self) { return self.type->is(TypeKind::interface); })
      .def("is_module", [](const TypeHandle& self) { return self.type->is_module(); })
      .def("containedTypes", [](const TypeHandle& self) { return self.type->contained().vec(); })
      .def("getElementType", [](const TypeHandle& self) { return self.type->contained()[0]; })
      .def("getKeyType", [](const TypeHandle& self) { return self.type->expect<DictType>().key(); })
      .def("getValueType", [](const TypeHandle& self) { return self.type->expect<DictType>().value(); })
      .def("elements", [](const TypeHandle& self) { return self.type->contained().vec(); })
      .def("name", [](const TypeHandle& self) { return self.type->expect<NamedType>().base_name(); })
      .def("qualified_name", [](const TypeHandle& self) { return self.type->expect<NamedType>().name(); });
  bind_tensor_facts(type);

  m.def(
      "_simple_type", [](const std::string& kind) { return simple_type(kind); },
      "The type without parts of that kind.");
  m.def("_inferred_tensor_type", [] { return TensorType::inferred(); });
  m.def("_list_type", &types::list);
  m.def("_set_type", [](TypePtr element, bool is_frozen) {
    if (!element->is_hashable()) throw RuntimeError(cat("unhashable type: '", element->annotation(), "'"));
    return is_frozen ? types::frozenset(std::move(element)) : types::set(std::move(element));
  });
  m.def("_optional_type", &types::optional);
  m.def("_dict_type", &types::dict);
  m.def("_tuple_type", &types::tuple);
  m.def("_union_type", &types::union_);
  m.def("_future_type", &types::future);
  m.def("_await_type", &types::await);
  m.def("_rref_type", &types::rref);
  m.def("_tensor_type_of", [](const Tensor& tensor) { return TensorType::of(tensor, false); });
  m.def(
      "unify_type_list",
      [](const std::vector<TypePtr>& elements) {
        std::string why;
        TypePtr unified = unify_type_list(elements, &why);
        if (!unified) throw RuntimeError(why);
        return unified;
      },
      nb::arg("types"), "The type that all of them have in common.");
  m.def("_enum_type", [](const std::string& name, nb::list members) {
    std::vector<std::pair<std::string, IValue>> values;
    TypePtr value_type;
    for (nb::handle member : members) {
      values.emplace_back(nb::cast<std::string>(member[0]), to_value(member[1]));
      value_type = values.back().second.type();
    }
    return TypePtr(make_ref<EnumType>(name, value_type, std::move(values)));
  });
  m.def("_named_tuple_type", [](const std::string& name, const std::vector<std::string>& fields,
                                const std::vector<TypePtr>& elements, nb::list defaults) {
    std::vector<IValue> values;
    const size_t first = elements.size() - nb::len(defaults);
    for (size_t i = 0; i < nb::len(defaults); ++i) {
      // A field of which nothing is said counts as a tensor and keeps its default as it is; a call that needs it is
      // refused.
      const TensorType* tensor = elements[first + i]->as<TensorType>();
      const bool is_unknown = tensor && tensor->is_inferred();
      values.push_back(is_unknown ? to_value(defaults[i]) : to_value(defaults[i], *elements[first + i]));
    }
    return TupleType::named(name, fields, elements, std::move(values));
  });
  m.def("_parse_type", [](const std::string& text) { return parse_type(text); });
}

}  // namespace rushlight::python
