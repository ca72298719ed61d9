/// c10::Type and its makers.
#include "bridge.h"
#include "value/class_type.h"

namespace {
using rushlight::bridge::guarded;
using rushlight::bridge::own;
using rushlight::bridge::share;

const rushlight::Type& real(const c10::Type& type) { return own<rushlight::Type>(type); }
rushlight::TypePtr real(const c10::TypePtr& type) {
  TORCH_CHECK(type, "a type is missing");
  return rushlight::TypePtr(&real(*type));
}
c10::TypePtr out(const rushlight::TypePtr& type) { return share<const c10::Type>(type); }
}  // namespace

namespace c10 {
inline namespace RUSHLIGHT_ABI {

const char* typeKindToString(TypeKind kind) {
  constexpr const char* kNames[] = {
      "AnyType",       "EnumType",       "AnyEnumType",      "TensorType",  "StorageType",   "TupleType",
      "ListType",      "DictType",       "NumberType",       "FloatType",   "ComplexType",   "FutureType",
      "AwaitType",     "RRefType",       "IntType",          "NoneType",    "StringType",    "GeneratorType",
      "QuantizerType", "BoolType",       "OptionalType",     "VarType",     "DeviceObjType", "StreamObjType",
      "FunctionType",  "ClassType",      "PyObjectType",     "CapsuleType", "InterfaceType", "QSchemeType",
      "LayoutType",    "ScalarTypeType", "MemoryFormatType", "AnyListType", "AnyTupleType",  "AnyClassType",
      "SymIntType",    "SymFloatType",   "SymBoolType",      "UnionType"};
  return kNames[size_t(kind)];
}

TypeKind Type::kind() const { return TypeKind(real(*this).kind()); }
std::string Type::str() const { return real(*this).str(); }
std::string Type::annotation_str() const { return real(*this).annotation(); }
std::vector<TypePtr> Type::containedTypes() const {
  std::vector<TypePtr> types;
  for (const rushlight::TypePtr& type : real(*this).contained()) types.push_back(out(type));
  return types;
}
bool Type::isSubtypeOf(const Type& other) const { return real(*this).is_subtype_of(real(other)); }
bool Type::is_module() const { return real(*this).is_module(); }
bool Type::equals(const Type& other) const { return real(*this) == real(other); }
TypePtr Type::simple(TypeKind kind) {
  namespace types = rushlight::types;
  switch (kind) {
    case TypeKind::AnyType:
      return out(types::any());
    case TypeKind::TensorType:
      return out(types::tensor());
    case TypeKind::NumberType:
      return out(types::number());
    case TypeKind::FloatType:
      return out(types::float_());
    case TypeKind::ComplexType:
      return out(types::complex());
    case TypeKind::IntType:
      return out(types::int_());
    case TypeKind::BoolType:
      return out(types::bool_());
    case TypeKind::NoneType:
      return out(types::none());
    case TypeKind::StringType:
      return out(types::string());
    case TypeKind::DeviceObjType:
      return out(types::device());
    case TypeKind::GeneratorType:
      return out(types::generator());
    case TypeKind::CapsuleType:
      return out(types::capsule());
    default:
      TORCH_CHECK(false, typeKindToString(kind), " is not a type without parts");
  }
}
TypePtr ListType::create(const TypePtr& element) { return out(rushlight::types::list(real(element))); }
TypePtr OptionalType::create(const TypePtr& element) { return out(rushlight::types::optional(real(element))); }
TypePtr DictType::create(const TypePtr& key, const TypePtr& value) {
  return out(rushlight::types::dict(real(key), real(value)));
}
TypePtr TupleType::create(const std::vector<TypePtr>& elements) {
  std::vector<rushlight::TypePtr> types;
  for (const TypePtr& element : elements) types.push_back(real(element));
  return out(rushlight::types::tuple(std::move(types)));
}

size_t ClassType::numAttributes() const { return own<rushlight::ClassType>(*this).attributes().size(); }
std::string ClassType::getAttributeName(size_t slot) const {
  return own<rushlight::ClassType>(*this).attributes().at(slot).name;
}
TypePtr ClassType::getAttribute(size_t slot) const {
  return out(own<rushlight::ClassType>(*this).attributes().at(slot).type);
}
std::optional<size_t> ClassType::findAttributeSlot(const std::string& name) const {
  return own<rushlight::ClassType>(*this).find_attribute(name);
}

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
