#include "value/type.h"

#include <algorithm>

#include "base/text.h"
#include "value/class_type.h"
#include "value/function.h"
#include "value/unify.h"

namespace rushlight {
namespace {

/// A type without parts: its text is all that there is.
class SimpleType final : public Type {
 public:
  SimpleType(TypeKind kind, std::string text, std::string annotation)
      : Type(kind), text_(std::move(text)), annotation_(std::move(annotation)) {}
  std::string str() const override { return text_; }
  std::string annotation() const override { return annotation_; }

 private:
  std::string text_;
  std::string annotation_;
};

template <class Range, class Text>
std::string texts(const Range& types, Text&& text) {
  std::vector<std::string> parts;
  for (const TypePtr& type : types) parts.push_back(text(*type));
  return join(parts, ", ");
}
std::string graph_text(const Type& type) { return type.str(); }
std::string annotation_text(const Type& type) { return type.annotation(); }
std::string schema_text(const Type& type) { return type.schema_str(); }

bool same_parts(ArrayRef<TypePtr> a, ArrayRef<TypePtr> b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const TypePtr& x, const TypePtr& y) { return *x == *y; });
}

bool is_number_kind(TypeKind kind) {
  return kind == TypeKind::number || kind == TypeKind::int_ || kind == TypeKind::float_ || kind == TypeKind::complex;
}

}  // namespace

bool is_int_like(const Type& type) {
  switch (type.kind()) {
    case TypeKind::int_:
    case TypeKind::sym_int:
    case TypeKind::scalar_type:
    case TypeKind::layout:
    case TypeKind::memory_format:
      return true;
    default:
      return false;
  }
}

TypePtr Type::with_contained(std::vector<TypePtr>) const { return self(); }

bool Type::has_free_variables() const {
  return std::any_of(contained().begin(), contained().end(),
                     [](const TypePtr& part) { return part->has_free_variables(); });
}

bool Type::is_subtype_of(const Type& other, std::string*) const {
  if (*this == other || (is_int_like(*this) && is_int_like(other))) return true;
  switch (other.kind()) {
    case TypeKind::any:
      return true;
    case TypeKind::optional: {
      const Type& element = *other.expect<ElementType>().element();
      return is(TypeKind::none) || is_subtype_of(element);
    }
    case TypeKind::union_: {
      const auto& members = other.expect<UnionType>().members();
      return std::any_of(members.begin(), members.end(), [&](const TypePtr& member) { return is_subtype_of(*member); });
    }
    case TypeKind::number:
      return is_number_kind(kind_) || is_int_like(*this);
    case TypeKind::any_list:
      return is(TypeKind::list);
    case TypeKind::any_tuple:
      return is(TypeKind::tuple);
    case TypeKind::any_enum:
      return is(TypeKind::enum_);
    case TypeKind::any_class:
      return is(TypeKind::class_);
    case TypeKind::float_:
      return is(TypeKind::sym_float);
    case TypeKind::sym_float:
      return is(TypeKind::float_);
    case TypeKind::bool_:
      return is(TypeKind::sym_bool);
    case TypeKind::sym_bool:
      return is(TypeKind::bool_);
    case TypeKind::qscheme:
      return is(TypeKind::int_);
    default:
      return false;
  }
}

bool Type::is_hashable() const {
  switch (kind_) {
    case TypeKind::int_:
    case TypeKind::float_:
    case TypeKind::complex:
    case TypeKind::bool_:
    case TypeKind::string:
    case TypeKind::none:
    case TypeKind::device:
    case TypeKind::enum_:
    case TypeKind::var:
      return true;
    case TypeKind::tuple:
    case TypeKind::frozenset:
    case TypeKind::optional:
      return std::all_of(contained().begin(), contained().end(),
                         [](const TypePtr& part) { return part->is_hashable(); });
    default:
      return false;
  }
}

bool Type::is_mutable() const {
  switch (kind_) {
    case TypeKind::tensor:
    case TypeKind::list:
    case TypeKind::dict:
    case TypeKind::set:
    case TypeKind::class_:
    case TypeKind::interface:
    case TypeKind::future:
    case TypeKind::any:
    case TypeKind::any_list:
    case TypeKind::any_tuple:
      return true;
    default:
      return std::any_of(contained().begin(), contained().end(),
                         [](const TypePtr& part) { return part->is_mutable(); });
  }
}

bool Type::is_module() const {
  if (const ClassType* type = as<ClassType>()) return type->is_module();
  if (const InterfaceType* type = as<InterfaceType>()) return type->is_module();
  return false;
}

namespace types {
#define SIMPLE(name, kind, text, annotation)                                            \
  const TypePtr& name() {                                                               \
    static const TypePtr type = make_ref<SimpleType>(TypeKind::kind, text, annotation); \
    return type;                                                                        \
  }
SIMPLE(any, any, "Any", "Any")
SIMPLE(any_enum, any_enum, "AnyEnumType", "AnyEnumType")
SIMPLE(storage, storage, "Storage", "Storage")
SIMPLE(number, number, "Scalar", "number")
SIMPLE(float_, float_, "float", "float")
SIMPLE(complex, complex, "complex", "complex")
SIMPLE(int_, int_, "int", "int")
SIMPLE(none, none, "NoneType", "NoneType")
SIMPLE(string, string, "str", "str")
SIMPLE(generator, generator, "Generator", "Generator")
SIMPLE(quantizer, quantizer, "Quantizer", "Quantizer")
SIMPLE(bool_, bool_, "bool", "bool")
SIMPLE(device, device, "Device", "Device")
SIMPLE(stream, stream, "Stream", "Stream")
SIMPLE(py_object, py_object, "PyObject", "PyObject")
SIMPLE(capsule, capsule, "Capsule", "Capsule")
SIMPLE(qscheme, qscheme, "QScheme", "QScheme")
SIMPLE(layout, layout, "Layout", "Layout")
SIMPLE(scalar_type, scalar_type, "ScalarType", "ScalarType")
SIMPLE(memory_format, memory_format, "MemoryFormat", "MemoryFormat")
SIMPLE(any_list, any_list, "list", "list")
SIMPLE(any_tuple, any_tuple, "tuple", "tuple")
SIMPLE(any_class, any_class, "AnyClassType", "AnyClassType")
SIMPLE(sym_int, sym_int, "SymInt", "int")
SIMPLE(sym_float, sym_float, "SymFloat", "float")
SIMPLE(sym_bool, sym_bool, "SymBool", "bool")
#undef SIMPLE

const TypePtr& tensor() {
  static const TypePtr type = TensorType::make({});
  return type;
}
TypePtr list(TypePtr element) { return make_ref<ElementType>(TypeKind::list, std::move(element)); }
TypePtr dict(TypePtr key, TypePtr value) { return make_ref<DictType>(std::move(key), std::move(value)); }
TypePtr set(TypePtr element) { return make_ref<ElementType>(TypeKind::set, std::move(element)); }
TypePtr frozenset(TypePtr element) { return make_ref<ElementType>(TypeKind::frozenset, std::move(element)); }
TypePtr tuple(std::vector<TypePtr> elements) { return make_ref<TupleType>(std::move(elements)); }
TypePtr optional(TypePtr element) {
  if (element->is(TypeKind::optional) || element->is(TypeKind::none)) return element;
  if (element->is(TypeKind::union_)) {
    std::vector<TypePtr> members = element->expect<UnionType>().members();
    members.push_back(none());
    return union_(std::move(members));
  }
  return make_ref<ElementType>(TypeKind::optional, std::move(element));
}
TypePtr future(TypePtr element) { return make_ref<ElementType>(TypeKind::future, std::move(element)); }
TypePtr await(TypePtr element) { return make_ref<ElementType>(TypeKind::await, std::move(element)); }
TypePtr rref(TypePtr element) { return make_ref<ElementType>(TypeKind::rref, std::move(element)); }
TypePtr var(std::string name) { return make_ref<VarType>(std::move(name)); }
TypePtr function(const Function* function) { return make_ref<FunctionType>(function); }

TypePtr union_(std::vector<TypePtr> members) {
  std::vector<TypePtr> flat;
  const auto flatten = [&](const auto& self, const TypePtr& type) -> void {
    if (const UnionType* inner = type->as<UnionType>()) {
      for (const TypePtr& member : inner->members()) self(self, member);
    } else if (type->is(TypeKind::optional) && !type->expect<ElementType>().element()->is(TypeKind::any)) {
      self(self, type->expect<ElementType>().element());
      self(self, none());
    } else {
      flat.push_back(type);
    }
  };
  for (const TypePtr& member : members) flatten(flatten, member);
  // Any takes in everything, except that None keeps its Optional.
  const auto is_any = [](const TypePtr& type) { return type->is(TypeKind::any); };
  const auto has_none = [](const TypePtr& type) { return type->is(TypeKind::none) || type->is(TypeKind::optional); };
  if (std::any_of(flat.begin(), flat.end(),
                  [&](const TypePtr& type) { return is_any(type) || type->is(TypeKind::optional); }))
    return std::any_of(flat.begin(), flat.end(), has_none) ? optional(any()) : any();
  std::vector<TypePtr> kept;
  for (TypePtr type : flat) {
    // Members that have a common type of their own kind become one, a pair at a time; None stays a member.
    for (size_t i = 0; i < kept.size();) {
      const TypePtr common =
          type->is(TypeKind::none) != kept[i]->is(TypeKind::none) ? nullptr : unify_types(kept[i], type);
      if (common) {
        type = common;
        kept.erase(kept.begin() + ptrdiff_t(i));
        i = 0;
      } else {
        ++i;
      }
    }
    kept.push_back(type);
  }
  const auto has = [&](TypeKind kind) {
    return std::any_of(kept.begin(), kept.end(), [&](const TypePtr& t) { return t->is(kind); });
  };
  if (has(TypeKind::int_) && has(TypeKind::float_) && has(TypeKind::complex)) {
    std::erase_if(kept, [](const TypePtr& t) { return is_number_kind(t->kind()); });
    kept.push_back(number());
  }
  std::stable_sort(kept.begin(), kept.end(), [](const TypePtr& a, const TypePtr& b) {
    return a->kind() != b->kind() ? a->kind() < b->kind() : a->str() < b->str();
  });
  if (kept.size() == 1) return kept[0];
  if (kept.size() == 2 && has(TypeKind::none))
    return make_ref<ElementType>(TypeKind::optional, kept[0]->is(TypeKind::none) ? kept[1] : kept[0]);
  return make_ref<UnionType>(std::move(kept));
}
}  // namespace types

// ---- ElementType

std::string ElementType::str() const {
  const std::string inner = element_->str();
  switch (kind()) {
    case TypeKind::list:
      return inner + "[]";
    case TypeKind::optional:
      return inner + "?";
    case TypeKind::future:
      return cat("Future[", inner, "]");
    case TypeKind::rref:
      return cat("RRef[", inner, "]");
    default:
      return schema_str();
  }
}
std::string ElementType::schema_str() const {
  const std::string inner = element_->schema_str();
  switch (kind()) {
    case TypeKind::list:
      return inner + "[]";
    case TypeKind::optional:
      return inner + "?";
    case TypeKind::future:
      return cat("Future(", inner, ")");
    case TypeKind::rref:
      return cat("RRef(", inner, ")");
    case TypeKind::set:
      return cat("Set(", inner, ")");
    case TypeKind::frozenset:
      return cat("FrozenSet(", inner, ")");
    default:
      return cat("Await(", inner, ")");
  }
}
std::string ElementType::annotation() const {
  static constexpr std::pair<TypeKind, std::string_view> kNames[] = {
      {TypeKind::list, "List"},          {TypeKind::optional, "Optional"}, {TypeKind::future, "Future"},
      {TypeKind::rref, "RRef"},          {TypeKind::await, "Await"},       {TypeKind::set, "Set"},
      {TypeKind::frozenset, "FrozenSet"}};
  for (const auto& [kind, name] : kNames)
    if (is(kind)) return cat(name, "[", element_->annotation(), "]");
  return str();
}
TypePtr ElementType::with_contained(std::vector<TypePtr> contained) const {
  if (is(TypeKind::optional)) return types::optional(std::move(contained[0]));
  return make_ref<ElementType>(kind(), std::move(contained[0]));
}
bool ElementType::equals(const Type& other) const {
  return kind() == other.kind() && *element_ == *static_cast<const ElementType&>(other).element_;
}
bool ElementType::is_subtype_of(const Type& other, std::string* why) const {
  if (is(TypeKind::list) && other.is(TypeKind::list) && is_int_like(*element_) && is_int_like(*other.contained()[0]))
    return true;
  if (is(TypeKind::optional)) {
    if (other.is(TypeKind::optional)) return element_->is_subtype_of(*other.expect<ElementType>().element(), why);
    if (other.is(TypeKind::union_)) return types::none()->is_subtype_of(other) && element_->is_subtype_of(other, why);
  }
  if ((is(TypeKind::future) || is(TypeKind::await) || is(TypeKind::rref)) && kind() == other.kind())
    return element_->is_subtype_of(*other.expect<ElementType>().element(), why);
  return Type::is_subtype_of(other, why);
}

// ---- DictType

std::string DictType::str() const { return cat("Dict(", key()->schema_str(), ", ", value()->schema_str(), ")"); }
std::string DictType::annotation() const { return cat("Dict[", key()->annotation(), ", ", value()->annotation(), "]"); }
TypePtr DictType::with_contained(std::vector<TypePtr> contained) const {
  return types::dict(contained[0], contained[1]);
}
bool DictType::equals(const Type& other) const {
  return other.is(TypeKind::dict) && same_parts(contained(), other.contained());
}

// ---- TupleType

TypePtr TupleType::named(std::string qualified_name, std::vector<std::string> fields, std::vector<TypePtr> elements) {
  return named(std::move(qualified_name), std::move(fields), std::move(elements), {});
}
TypePtr TupleType::named(std::string qualified_name, std::vector<std::string> fields, std::vector<TypePtr> elements,
                         std::vector<IValue> defaults) {
  Ref<TupleType> type = make_ref<TupleType>(std::move(elements));
  type->fields_ = std::move(fields);
  type->name_ = std::move(qualified_name);
  type->defaults_ = std::make_shared<const std::vector<IValue>>(std::move(defaults));
  return type;
}
const std::vector<IValue>& TupleType::defaults() const {
  static const std::vector<IValue> none;
  return defaults_ ? *defaults_ : none;
}
template <class Text>
std::string TupleType::text(Text&& element_text) const {
  if (!is_named()) return cat("(", texts(elements_, element_text), ")");
  std::vector<std::string> parts;
  const size_t first_default = elements_.size() - defaults().size();
  for (size_t i = 0; i < elements_.size(); ++i) {
    std::string part = cat(fields_[i], " : ", element_text(*elements_[i]));
    if (i >= first_default) part += cat(" = ", defaults()[i - first_default].str());
    parts.push_back(std::move(part));
  }
  return cat("NamedTuple(", join(parts, ", "), ")");
}
std::string TupleType::str() const { return text(graph_text); }
/// Schemas show the name of a named tuple, and no names of its fields.
std::string TupleType::schema_str() const {
  return name_.empty() ? cat("(", texts(elements_, schema_text), ")") : name_;
}
std::string TupleType::annotation() const {
  if (!name_.empty()) return name_;
  return elements_.empty() ? "Tuple[()]" : cat("Tuple[", texts(elements_, annotation_text), "]");
}
TypePtr TupleType::with_contained(std::vector<TypePtr> contained) const {
  return is_named() ? named(name_, fields_, std::move(contained), defaults()) : types::tuple(std::move(contained));
}
bool TupleType::equals(const Type& other) const {
  const TupleType* tuple = other.as<TupleType>();
  return tuple && name_ == tuple->name_ && fields_ == tuple->fields_ && same_parts(elements_, tuple->elements_);
}
bool TupleType::is_subtype_of(const Type& other, std::string* why) const {
  const TupleType* tuple = other.as<TupleType>();
  if (!tuple) return Type::is_subtype_of(other, why);
  if (tuple->elements_.size() != elements_.size()) return false;
  // A NamedTuple is a tuple of its elements; the other way needs the names.
  if (tuple->is_named() && (!is_named() || tuple->fields_ != fields_)) return false;
  for (size_t i = 0; i < elements_.size(); ++i)
    if (!elements_[i]->is_subtype_of(*tuple->elements_[i], why)) return false;
  return true;
}

// ---- UnionType

namespace {
/// Numbers come last, as one. The commas are PyTorch's: one before each member that is not the first, written or not,
/// and one before the number if any was written so far: `Union(, str, Scalar)`, `Union(TensorScalar)`.
template <class Text>
std::string union_text(const std::vector<TypePtr>& members, std::string_view open, std::string_view close,
                       Text&& text) {
  std::string body;
  std::string number;
  bool has_comma = false;
  for (size_t i = 0; i < members.size(); ++i) {
    if (members[i]->is(TypeKind::number)) {
      number = text(*members[i]);
      continue;
    }
    if (i > 0) {
      body += ", ";
      has_comma = true;
    }
    body += text(*members[i]);
  }
  return cat("Union", open, body, has_comma && !number.empty() ? ", " : "", number, close);
}
}  // namespace
std::string UnionType::str() const { return union_text(members_, "(", ")", schema_text); }
std::string UnionType::annotation() const { return union_text(members_, "[", "]", annotation_text); }
TypePtr UnionType::with_contained(std::vector<TypePtr> contained) const { return types::union_(std::move(contained)); }
bool UnionType::equals(const Type& other) const {
  return other.is(TypeKind::union_) && same_parts(members_, other.contained());
}
bool UnionType::is_subtype_of(const Type& other, std::string* why) const {
  if (other.is(TypeKind::any)) return true;
  return std::all_of(members_.begin(), members_.end(),
                     [&](const TypePtr& member) { return member->is_subtype_of(other, why); });
}

// ---- The rest

bool VarType::equals(const Type& other) const {
  return other.is(TypeKind::var) && static_cast<const VarType&>(other).name_ == name_;
}
std::string FunctionType::annotation() const { return function_->qualified_name(); }
bool FunctionType::equals(const Type& other) const {
  return other.is(TypeKind::function) && static_cast<const FunctionType&>(other).function_ == function_;
}
EnumType::EnumType(std::string name, TypePtr value_type, std::vector<std::pair<std::string, IValue>> members)
    : NamedType(TypeKind::enum_, std::move(name)), value_type_(std::move(value_type)), members_(std::move(members)) {}
std::string EnumType::str() const { return cat("Enum<", name(), ">"); }

}  // namespace rushlight
