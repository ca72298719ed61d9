/// The type system of TorchScript. Types are immutable and shared; only classes and interfaces grow while they are
/// defined. Three texts: `str()` as graphs print it, `annotation()` as code and messages print it, `schema_str()` as
/// schemas print it: there futures have round brackets and tensors no details. Graphs use it too, inside Dict, Union
/// and Await.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ref.h"
#include "tensor/tensor.h"

namespace rushlight {

class IValue;
class Type;
class Function;
struct Schema;
using TypePtr = Ref<const Type>;

/// In the order in which members of a Union are sorted (ir.md section 2).
enum class TypeKind : uint8_t {
  any,
  enum_,
  any_enum,
  tensor,
  storage,
  tuple,
  list,
  dict,
  set,  ///< Rushlight's own, as frozenset
  frozenset,
  number,
  float_,
  complex,
  future,
  await,
  rref,
  int_,
  none,
  string,
  generator,
  quantizer,
  bool_,
  optional,
  var,
  device,
  stream,
  function,
  class_,
  py_object,
  capsule,
  interface,
  qscheme,
  layout,
  scalar_type,
  memory_format,
  any_list,
  any_tuple,
  any_class,
  sym_int,
  sym_float,
  sym_bool,
  union_,
};

class Type : public RefCounted {
 public:
  explicit Type(TypeKind kind) : kind_(kind) {}
  TypeKind kind() const { return kind_; }
  bool is(TypeKind kind) const { return kind_ == kind; }

  virtual std::string str() const = 0;
  virtual std::string annotation() const { return str(); }
  virtual std::string schema_str() const { return str(); }
  /// Elements of lists, tuples, unions, ...; empty for simple types.
  virtual ArrayRef<TypePtr> contained() const { return {}; }
  /// The same type around other contained types.
  virtual TypePtr with_contained(std::vector<TypePtr> contained) const;
  virtual bool equals(const Type& other) const { return kind_ == other.kind_; }
  /// When it is not and `why` is given, appends a reason that a person can read (class and interface types).
  virtual bool is_subtype_of(const Type& other, std::string* why = nullptr) const;
  /// Contains a type variable (only in schemas).
  virtual bool has_free_variables() const;
  /// Values that can be changed in place or hold such values.
  bool is_mutable() const;
  /// Values that sets may hold.
  bool is_hashable() const;
  bool is_module() const;

  template <class T>
  const T* as() const {
    return T::matches(kind_) ? static_cast<const T*>(this) : nullptr;
  }
  template <class T>
  const T& expect() const {
    const T* cast = as<T>();
    RUSHLIGHT_ASSERT(cast);
    return *cast;
  }
  TypePtr self() const { return TypePtr(this); }

 private:
  TypeKind kind_;
};
/// int, SymInt, and element types, layouts and memory formats, which are ints at run time: each may stand for the
/// other.
bool is_int_like(const Type& type);
inline bool operator==(const Type& a, const Type& b) { return &a == &b || a.equals(b); }

/// Types without parts. One shared object each: types::int_() and so on.
namespace types {
const TypePtr& any();
const TypePtr& any_enum();
const TypePtr& tensor();  ///< nothing known about it
const TypePtr& storage();
const TypePtr& number();
const TypePtr& float_();
const TypePtr& complex();
const TypePtr& int_();
const TypePtr& none();
const TypePtr& string();
const TypePtr& generator();
const TypePtr& quantizer();
const TypePtr& bool_();
const TypePtr& device();
const TypePtr& stream();
const TypePtr& py_object();
const TypePtr& capsule();
const TypePtr& qscheme();
const TypePtr& layout();
const TypePtr& scalar_type();
const TypePtr& memory_format();
const TypePtr& any_list();
const TypePtr& any_tuple();
const TypePtr& any_class();
const TypePtr& sym_int();
const TypePtr& sym_float();
const TypePtr& sym_bool();

TypePtr list(TypePtr element);
TypePtr dict(TypePtr key, TypePtr value);
/// Of hashable elements (is_hashable).
TypePtr set(TypePtr element);
TypePtr frozenset(TypePtr element);
TypePtr tuple(std::vector<TypePtr> elements);
TypePtr optional(TypePtr element);  ///< of an Optional or of None: itself
/// Flattened, duplicates and subtypes removed, sorted; becomes Optional, number or the one member where the rules say
/// so.
TypePtr union_(std::vector<TypePtr> members);
TypePtr future(TypePtr element);
TypePtr await(TypePtr element);
TypePtr rref(TypePtr element);
TypePtr var(std::string name);
TypePtr function(const Function* function);
}  // namespace types

#define RUSHLIGHT_TYPE_KIND(k)               \
  static constexpr TypeKind static_kind = k; \
  static bool matches(TypeKind kind) { return kind == k; }

/// `Float(2, 3, strides=[3, 1], requires_grad=0, device=cpu)`: what is known about a tensor. Everything is optional.
class TensorType : public Type {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::tensor)
  struct Facts {
    std::optional<ScalarType> dtype;
    std::optional<Device> device;
    /// Known rank; an unknown size is nullopt.
    std::optional<std::vector<std::optional<int64_t>>> sizes;
    std::optional<std::vector<std::optional<int64_t>>> strides;
    std::optional<bool> requires_grad;
    std::optional<bool> undefined;
    bool operator==(const Facts&) const = default;
  };
  explicit TensorType(Facts facts, bool inferred = false)
      : Type(TypeKind::tensor), facts_(std::move(facts)), inferred_(inferred) {}
  static TypePtr make(Facts facts);
  /// Everything that this tensor tells: dtype, sizes, strides, device, requires_grad (given, since this layer cannot
  /// ask).
  static TypePtr of(const Tensor& tensor, bool requires_grad);
  /// The type of a parameter without annotation: `Tensor (inferred)` in messages.
  static const TypePtr& inferred();

  const Facts& facts() const { return facts_; }
  bool is_inferred() const { return inferred_; }
  std::string str() const override;
  std::string annotation() const override { return "Tensor"; }
  std::string schema_str() const override { return "Tensor"; }
  bool equals(const Type& other) const override;
  bool is_subtype_of(const Type& other, std::string* why) const override;

 private:
  Facts facts_;
  bool inferred_;
};

/// List, Optional, Future, Await, RRef, Set, FrozenSet: one contained type.
class ElementType : public Type {
 public:
  static bool matches(TypeKind kind) {
    return kind == TypeKind::list || kind == TypeKind::optional || kind == TypeKind::future ||
           kind == TypeKind::await || kind == TypeKind::rref || kind == TypeKind::set || kind == TypeKind::frozenset;
  }
  ElementType(TypeKind kind, TypePtr element) : Type(kind), element_(std::move(element)) {}
  const TypePtr& element() const { return element_; }
  std::string str() const override;
  std::string annotation() const override;
  std::string schema_str() const override;
  ArrayRef<TypePtr> contained() const override { return {&element_, 1}; }
  TypePtr with_contained(std::vector<TypePtr> contained) const override;
  bool equals(const Type& other) const override;
  bool is_subtype_of(const Type& other, std::string* why) const override;

 private:
  TypePtr element_;
};

class DictType : public Type {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::dict)
  DictType(TypePtr key, TypePtr value) : Type(TypeKind::dict), parts_{std::move(key), std::move(value)} {}
  const TypePtr& key() const { return parts_[0]; }
  const TypePtr& value() const { return parts_[1]; }
  std::string str() const override;
  std::string annotation() const override;
  std::string schema_str() const override { return str(); }
  ArrayRef<TypePtr> contained() const override { return parts_; }
  TypePtr with_contained(std::vector<TypePtr> contained) const override;
  bool equals(const Type& other) const override;

 private:
  std::vector<TypePtr> parts_;
};

/// A tuple; a NamedTuple if it has field names. Operators' named results have fields and no name.
class TupleType : public Type {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::tuple)
  explicit TupleType(std::vector<TypePtr> elements) : Type(TypeKind::tuple), elements_(std::move(elements)) {}
  /// `defaults`: of the last fields, one each; may be empty.
  static TypePtr named(std::string qualified_name, std::vector<std::string> fields, std::vector<TypePtr> elements);
  static TypePtr named(std::string qualified_name, std::vector<std::string> fields, std::vector<TypePtr> elements,
                       std::vector<IValue> defaults);
  const std::vector<TypePtr>& elements() const { return elements_; }
  bool is_named() const { return !fields_.empty() || !name_.empty(); }
  const std::string& name() const { return name_; }  ///< "__torch__.Point", or empty
  const std::vector<std::string>& fields() const { return fields_; }
  const std::vector<IValue>& defaults() const;
  std::string str() const override;
  std::string annotation() const override;
  std::string schema_str() const override;
  ArrayRef<TypePtr> contained() const override { return elements_; }
  TypePtr with_contained(std::vector<TypePtr> contained) const override;
  bool equals(const Type& other) const override;
  bool is_subtype_of(const Type& other, std::string* why) const override;

 private:
  template <class Text>
  std::string text(Text&& element_text) const;
  std::vector<TypePtr> elements_;
  std::vector<std::string> fields_;
  std::string name_;
  std::shared_ptr<const std::vector<IValue>> defaults_;
};

class UnionType : public Type {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::union_)
  explicit UnionType(std::vector<TypePtr> members) : Type(TypeKind::union_), members_(std::move(members)) {}
  const std::vector<TypePtr>& members() const { return members_; }
  std::string str() const override;
  std::string annotation() const override;
  ArrayRef<TypePtr> contained() const override { return members_; }
  TypePtr with_contained(std::vector<TypePtr> contained) const override;
  bool equals(const Type& other) const override;
  bool is_subtype_of(const Type& other, std::string* why) const override;

 private:
  std::vector<TypePtr> members_;
};

class VarType : public Type {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::var)
  explicit VarType(std::string name) : Type(TypeKind::var), name_(std::move(name)) {}
  const std::string& name() const { return name_; }
  std::string str() const override { return name_; }
  bool equals(const Type& other) const override;
  bool has_free_variables() const override { return true; }

 private:
  std::string name_;
};

/// The type of one function, as a value in a graph. Does not own the function.
class FunctionType : public Type {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::function)
  explicit FunctionType(const Function* function) : Type(TypeKind::function), function_(function) {}
  const Function* function() const { return function_; }
  std::string str() const override { return "Function"; }
  std::string annotation() const override;
  bool equals(const Type& other) const override;

 private:
  const Function* function_;
};

/// A class with a name of its own: classes, enums, interfaces.
class NamedType : public Type {
 public:
  static bool matches(TypeKind kind) {
    return kind == TypeKind::class_ || kind == TypeKind::enum_ || kind == TypeKind::interface;
  }
  NamedType(TypeKind kind, std::string name) : Type(kind), name_(std::move(name)) {}
  const std::string& name() const { return name_; }  ///< "__torch__.a.___torch_mangle_3.C"
  std::string base_name() const { return name_.substr(name_.rfind('.') + 1); }
  std::string annotation() const override { return name_; }
  std::string str() const override { return name_; }
  bool equals(const Type& other) const override { return this == &other; }

 private:
  std::string name_;
};

class EnumType : public NamedType {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::enum_)
  EnumType(std::string name, TypePtr value_type, std::vector<std::pair<std::string, IValue>> members);
  const TypePtr& value_type() const { return value_type_; }
  const std::vector<std::pair<std::string, IValue>>& members() const { return members_; }
  std::string str() const override;

 private:
  TypePtr value_type_;
  std::vector<std::pair<std::string, IValue>> members_;
};

}  // namespace rushlight
