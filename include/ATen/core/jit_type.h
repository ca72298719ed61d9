/// Types of the language: `c10::TypePtr` and the classes behind it. The objects are the library's own.
#pragma once
#include <array>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "ATen/core/TensorBody.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

enum class TypeKind {
  AnyType,
  EnumType,
  AnyEnumType,
  TensorType,
  StorageType,
  TupleType,
  ListType,
  DictType,
  SetType,  ///< Rushlight's own, as FrozenSetType
  FrozenSetType,
  NumberType,
  FloatType,
  ComplexType,
  FutureType,
  AwaitType,
  RRefType,
  IntType,
  NoneType,
  StringType,
  GeneratorType,
  QuantizerType,
  BoolType,
  OptionalType,
  VarType,
  DeviceObjType,
  StreamObjType,
  FunctionType,
  ClassType,
  PyObjectType,
  CapsuleType,
  InterfaceType,
  QSchemeType,
  LayoutType,
  ScalarTypeType,
  MemoryFormatType,
  AnyListType,
  AnyTupleType,
  AnyClassType,
  SymIntType,
  SymFloatType,
  SymBoolType,
  UnionType,
};
RUSHLIGHT_API const char* typeKindToString(TypeKind kind);

class Type;
using TypePtr = intrusive_ptr<const Type>;
using ConstTypePtr = TypePtr;

class RUSHLIGHT_API Type : public ::rushlight::Opaque {
 public:
  TypeKind kind() const;
  /// As graphs print it.
  std::string str() const;
  /// As sources write it.
  std::string annotation_str() const;
  std::string repr_str() const { return annotation_str(); }
  std::vector<TypePtr> containedTypes() const;
  TypePtr containedType(size_t i) const { return containedTypes().at(i); }
  bool isSubtypeOf(const Type& other) const;
  bool isSubtypeOf(const TypePtr& other) const { return isSubtypeOf(*other); }
  bool is_module() const;
  bool equals(const Type& other) const;
  /// The same type as a T, or null.
  template <class T>
  intrusive_ptr<const T> cast() const {
    return kind() == T::Kind ? intrusive_ptr<const T>(static_cast<const T*>(this)) : nullptr;
  }
  template <class T>
  const T* castRaw() const {
    return kind() == T::Kind ? static_cast<const T*>(this) : nullptr;
  }
  template <class T>
  intrusive_ptr<const T> expect() const {
    TORCH_INTERNAL_ASSERT(kind() == T::Kind, "Expected ", typeKindToString(T::Kind), " but got ", str());
    return cast<T>();
  }
  template <class T>
  const T& expectRef() const {
    return *expect<T>();
  }

  /// Of a type without parts.
  static TypePtr simple(TypeKind kind);
};
inline bool operator==(const Type& a, const Type& b) { return a.equals(b); }
inline bool operator!=(const Type& a, const Type& b) { return !a.equals(b); }
inline std::ostream& operator<<(std::ostream& out, const Type& type) { return out << type.str(); }

#define RUSHLIGHT_SIMPLE_TYPE(Name)                     \
  class Name : public Type {                            \
   public:                                              \
    static constexpr TypeKind Kind = TypeKind::Name;    \
    static TypePtr get() { return Type::simple(Kind); } \
  };
RUSHLIGHT_SIMPLE_TYPE(AnyType)
RUSHLIGHT_SIMPLE_TYPE(TensorType)
RUSHLIGHT_SIMPLE_TYPE(NumberType)
RUSHLIGHT_SIMPLE_TYPE(FloatType)
RUSHLIGHT_SIMPLE_TYPE(ComplexType)
RUSHLIGHT_SIMPLE_TYPE(IntType)
RUSHLIGHT_SIMPLE_TYPE(BoolType)
RUSHLIGHT_SIMPLE_TYPE(NoneType)
RUSHLIGHT_SIMPLE_TYPE(StringType)
RUSHLIGHT_SIMPLE_TYPE(DeviceObjType)
RUSHLIGHT_SIMPLE_TYPE(GeneratorType)
RUSHLIGHT_SIMPLE_TYPE(CapsuleType)
#undef RUSHLIGHT_SIMPLE_TYPE

class RUSHLIGHT_API ListType : public Type {
 public:
  static constexpr TypeKind Kind = TypeKind::ListType;
  static TypePtr create(const TypePtr& element);
  static TypePtr ofTensors() { return create(TensorType::get()); }
  static TypePtr ofInts() { return create(IntType::get()); }
  static TypePtr ofFloats() { return create(FloatType::get()); }
  static TypePtr ofBools() { return create(BoolType::get()); }
  static TypePtr ofStrings() { return create(StringType::get()); }
  TypePtr getElementType() const { return containedType(0); }
};
class RUSHLIGHT_API OptionalType : public Type {
 public:
  static constexpr TypeKind Kind = TypeKind::OptionalType;
  static TypePtr create(const TypePtr& element);
  static TypePtr ofTensor() { return create(TensorType::get()); }
  TypePtr getElementType() const { return containedType(0); }
};
class RUSHLIGHT_API DictType : public Type {
 public:
  static constexpr TypeKind Kind = TypeKind::DictType;
  static TypePtr create(const TypePtr& key, const TypePtr& value);
  TypePtr getKeyType() const { return containedType(0); }
  TypePtr getValueType() const { return containedType(1); }
};
class RUSHLIGHT_API TupleType : public Type {
 public:
  static constexpr TypeKind Kind = TypeKind::TupleType;
  static TypePtr create(const std::vector<TypePtr>& elements);
  std::vector<TypePtr> elements() const { return containedTypes(); }
};
class RUSHLIGHT_API ClassType : public Type {
 public:
  static constexpr TypeKind Kind = TypeKind::ClassType;
  /// "__torch__.Net"
  std::string qualified_name() const { return annotation_str(); }
  size_t numAttributes() const;
  std::string getAttributeName(size_t slot) const;
  TypePtr getAttribute(size_t slot) const;
  std::optional<size_t> findAttributeSlot(const std::string& name) const;
};
using ClassTypePtr = intrusive_ptr<const ClassType>;

class IValue;
template <class Key, class Value>
class Dict;

/// The type that a C++ type has in the language.
template <class T>
struct TypeOf;
#define RUSHLIGHT_TYPE_OF(cpp, Name)             \
  template <>                                    \
  struct TypeOf<cpp> {                           \
    static TypePtr get() { return Name::get(); } \
  };
RUSHLIGHT_TYPE_OF(IValue, AnyType)
RUSHLIGHT_TYPE_OF(at::Tensor, TensorType)
RUSHLIGHT_TYPE_OF(double, FloatType)
RUSHLIGHT_TYPE_OF(complex<double>, ComplexType)
RUSHLIGHT_TYPE_OF(int64_t, IntType)
RUSHLIGHT_TYPE_OF(bool, BoolType)
RUSHLIGHT_TYPE_OF(std::string, StringType)
RUSHLIGHT_TYPE_OF(std::string_view, StringType)
RUSHLIGHT_TYPE_OF(Scalar, NumberType)
RUSHLIGHT_TYPE_OF(Device, DeviceObjType)
RUSHLIGHT_TYPE_OF(ScalarType, IntType)
#undef RUSHLIGHT_TYPE_OF
template <class T>
TypePtr getTypePtr() {
  return TypeOf<std::decay_t<T>>::get();
}
template <class T>
struct TypeOf<std::optional<T>> {
  static TypePtr get() { return OptionalType::create(getTypePtr<T>()); }
};
template <class T>
struct TypeOf<std::vector<T>> {
  static TypePtr get() { return ListType::create(getTypePtr<T>()); }
};
template <class T>
struct TypeOf<ArrayRef<T>> : TypeOf<std::vector<T>> {};
template <class T>
struct TypeOf<List<T>> : TypeOf<std::vector<T>> {};
template <class T, size_t N>
struct TypeOf<std::array<T, N>> : TypeOf<std::vector<T>> {};
template <class K, class V>
struct TypeOf<Dict<K, V>> {
  static TypePtr get() { return DictType::create(getTypePtr<K>(), getTypePtr<V>()); }
};
template <class K, class V>
struct TypeOf<std::unordered_map<K, V>> : TypeOf<Dict<K, V>> {};
template <class... Parts>
struct TypeOf<std::tuple<Parts...>> {
  static TypePtr get() { return TupleType::create({getTypePtr<Parts>()...}); }
};

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
