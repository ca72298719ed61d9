/// c10::IValue: any value of a TorchScript program in 16 bytes, a tag and a payload. Numbers and bools stand inside,
/// all else is one counted pointer. Moving leaves None behind.
#pragma once
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "ATen/core/jit_type.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
class CustomClassHolder : public c10::intrusive_ptr_target {};
namespace jit {
class Module;
}
}  // namespace RUSHLIGHT_ABI
}  // namespace torch

namespace c10 {
using torch::CustomClassHolder;
inline namespace RUSHLIGHT_ABI {

class IValue;
namespace ivalue {
class Tuple;
class Object;
class Future;
class ConstantString;
class EnumHolder;
class TupleElements;
}  // namespace ivalue
namespace detail {
class ListImpl;
class DictImpl;
}  // namespace detail
template <class T>
class List;
class ListView;

class RUSHLIGHT_API IValue {
 public:
  /// The library's own numbering. Tags from `tensor` on hold a counted pointer, except `function`.
  enum class Tag : uint8_t {
    None,
    Bool,
    Int,
    Double,
    Device,
    Tensor,
    ComplexDouble,
    String,
    Tuple,
    GenericList,
    GenericDict,
    Set,  ///< Rushlight's own
    Object,
    Enum,
    Future,
    Function,
    Generator,
    Storage,
    Capsule,
    PyObject,
  };

  IValue() { payload_.i = 0; }
  IValue(std::nullopt_t) : IValue() {}
  IValue(std::nullptr_t) : IValue() {}
  IValue(at::Tensor tensor) : tag_(Tag::Tensor) { payload_.p = tensor.unsafeReleaseTensorImpl(); }
  IValue(double value) : tag_(Tag::Double) { payload_.d = value; }
  IValue(int64_t value) : tag_(Tag::Int) { payload_.i = value; }
  IValue(int32_t value) : IValue(int64_t(value)) {}
  /// Only bool itself: a pointer is not one.
  template <class T, std::enable_if_t<std::is_same_v<T, bool>, int> = 0>
  IValue(T value) : tag_(Tag::Bool) {
    payload_.i = value;
  }
  IValue(c10::complex<double> value);
  IValue(std::string text);
  IValue(std::string_view text) : IValue(std::string(text)) {}
  IValue(const char* text) : IValue(std::string(text)) {}
  IValue(Device device) : tag_(Tag::Device) {
    payload_.i = int64_t(device.type()) * 256 + int64_t(uint8_t(device.index()));
  }
  IValue(const Scalar& scalar);
  IValue(ScalarType type) : IValue(int64_t(type)) {}
  IValue(Layout layout) : IValue(int64_t(layout)) {}
  IValue(MemoryFormat format) : IValue(int64_t(format)) {}
  IValue(const at::Generator& generator);
  IValue(const Storage& storage);
  IValue(intrusive_ptr<ivalue::Tuple> tuple);
  IValue(intrusive_ptr<ivalue::Object> object);
  IValue(intrusive_ptr<ivalue::Future> future);
  IValue(intrusive_ptr<ivalue::ConstantString> text);
  IValue(intrusive_ptr<ivalue::EnumHolder> value);
  IValue(intrusive_ptr<detail::ListImpl> list);
  IValue(intrusive_ptr<detail::DictImpl> dict);
  IValue(IntArrayRef values);
  IValue(ArrayRef<double> values);
  IValue(ArrayRef<bool> values);
  IValue(ArrayRef<at::Tensor> values);
  IValue(const std::vector<int64_t>& values) : IValue(IntArrayRef(values)) {}
  IValue(const std::vector<double>& values) : IValue(ArrayRef<double>(values)) {}
  IValue(const std::vector<at::Tensor>& values) : IValue(ArrayRef<at::Tensor>(values)) {}
  template <class T>
  IValue(const std::vector<T>& values);
  template <class T, size_t N>
  IValue(const std::array<T, N>& values);
  template <class T>
  IValue(List<T> list);
  template <class Key, class Value>
  IValue(Dict<Key, Value> dict);
  template <class Key, class Value>
  IValue(std::unordered_map<Key, Value> map);
  template <class... Parts, std::enable_if_t<(std::is_constructible_v<IValue, Parts> && ...), int> = 0>
  IValue(std::tuple<Parts...> parts);
  template <class T, std::enable_if_t<std::is_constructible_v<IValue, T>, int> = 0>
  IValue(std::optional<T> value) {
    if (value) *this = IValue(std::move(*value));
  }
  template <class T>
  IValue(OptionalArrayRef<T> values) {
    if (values) *this = IValue(*values);
  }

  IValue(const IValue& other) : payload_(other.payload_), tag_(other.tag_) {
    if (is_counted()) payload_.p->retain_();
  }
  IValue(IValue&& other) noexcept : payload_(other.payload_), tag_(other.tag_) { other.forget(); }
  IValue& operator=(const IValue& other) & noexcept {
    IValue copy(other);
    swap(copy);
    return *this;
  }
  IValue& operator=(IValue&& other) & noexcept {
    IValue moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~IValue() {
    if (is_counted()) payload_.p->release_();
  }
  void swap(IValue& other) noexcept {
    std::swap(payload_, other.payload_);
    std::swap(tag_, other.tag_);
  }

  bool isNone() const { return tag_ == Tag::None; }
  bool isTensor() const { return tag_ == Tag::Tensor; }
  bool isDouble() const { return tag_ == Tag::Double; }
  bool isComplexDouble() const { return tag_ == Tag::ComplexDouble; }
  bool isInt() const { return tag_ == Tag::Int; }
  bool isBool() const { return tag_ == Tag::Bool; }
  bool isScalar() const { return isInt() || isDouble() || isComplexDouble() || isBool(); }
  bool isString() const { return tag_ == Tag::String; }
  bool isTuple() const { return tag_ == Tag::Tuple; }
  bool isList() const { return tag_ == Tag::GenericList; }
  bool isIntList() const { return is_list_of(TypeKind::IntType); }
  bool isDoubleList() const { return is_list_of(TypeKind::FloatType); }
  bool isBoolList() const { return is_list_of(TypeKind::BoolType); }
  bool isTensorList() const { return is_list_of(TypeKind::TensorType); }
  bool isGenericDict() const { return tag_ == Tag::GenericDict; }
  bool isObject() const { return tag_ == Tag::Object; }
  bool isModule() const;
  bool isDevice() const { return tag_ == Tag::Device; }
  bool isEnum() const { return tag_ == Tag::Enum; }
  bool isFuture() const { return tag_ == Tag::Future; }
  bool isGenerator() const { return tag_ == Tag::Generator; }
  bool isStorage() const { return tag_ == Tag::Storage; }
  bool isCapsule() const { return tag_ == Tag::Capsule; }
  bool isPyObject() const { return tag_ == Tag::PyObject; }
  bool isStream() const { return false; }

  /// "Expected Tensor but got Int" for any other kind.
  at::Tensor toTensor() &&;
  at::Tensor& toTensor() &;
  const at::Tensor& toTensor() const&;
  double toDouble() const;
  c10::complex<double> toComplexDouble() const;
  int64_t toInt() const;
  bool toBool() const;
  Scalar toScalar() const;
  Device toDevice() const;
  ScalarType toScalarType() const { return ScalarType(toInt()); }
  Layout toLayout() const { return Layout(toInt()); }
  MemoryFormat toMemoryFormat() const { return MemoryFormat(toInt()); }
  intrusive_ptr<ivalue::ConstantString> toString() const;
  const std::string& toStringRef() const;
  std::string_view toStringView() const { return toStringRef(); }
  intrusive_ptr<ivalue::Tuple> toTuple() const;
  ivalue::Tuple& toTupleRef() const;
  intrusive_ptr<ivalue::Object> toObject() const;
  ivalue::Object& toObjectRef() const;
  torch::jit::Module toModule() const;
  intrusive_ptr<ivalue::Future> toFuture() const;
  intrusive_ptr<ivalue::EnumHolder> toEnumHolder() const;
  at::Generator toGenerator() const;
  Storage toStorage() const;
  List<IValue> toList() const;
  /// The elements. Lists of numbers keep theirs unboxed, so the view of one owns a copy.
  ListView toListRef() const;
  List<int64_t> toIntList() const;
  List<double> toDoubleList() const;
  List<bool> toBoolList() const;
  List<at::Tensor> toTensorList() const;
  std::vector<int64_t> toIntVector() const;
  std::vector<double> toDoubleVector() const;
  std::vector<at::Tensor> toTensorVector() const;
  Dict<IValue, IValue> toGenericDict() const;
  /// As any type that has a form in the language: `to<std::vector<int64_t>>()`.
  template <class T>
  T to() const;
  template <class T>
  std::optional<T> toOptional() const {
    if (isNone()) return std::nullopt;
    return to<T>();
  }

  /// "Int", "GenericList", ...
  std::string tagKind() const;
  TypePtr type() const;
  IValue deepcopy() const;
  /// The same value or the same object.
  bool is(const IValue& other) const;
  bool isSameIdentity(const IValue& other) const { return is(other); }
  size_t use_count() const noexcept { return is_counted() ? payload_.p->use_count_() : 1; }
  static size_t hash(const IValue& value);
  Tag tag() const { return tag_; }

 private:
  bool is_counted() const { return tag_ >= Tag::Tensor && tag_ != Tag::Function && payload_.p; }
  bool is_list_of(TypeKind element) const;
  void forget() {
    payload_.i = 0;
    tag_ = Tag::None;
  }
  [[noreturn]] void wrong_tag(Tag expected) const;
  void expect(Tag tag) const {
    if (tag_ != tag) wrong_tag(tag);
  }
  IValue(Tag tag, const ::rushlight::Opaque* object) : tag_(tag) { payload_.p = object; }
  template <class T>
  intrusive_ptr<T> shared(Tag tag) const;

  union Payload {
    int64_t i;
    double d;
    const ::rushlight::Opaque* p;
  } payload_;
  Tag tag_ = Tag::None;
};
static_assert(sizeof(IValue) == 16, "programs and the library agree on the layout");

RUSHLIGHT_API bool operator==(const IValue& a, const IValue& b);
inline bool operator!=(const IValue& a, const IValue& b) { return !(a == b); }
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const IValue& value);

namespace ivalue {

class RUSHLIGHT_API Tuple : public ::rushlight::Opaque {
 public:
  static intrusive_ptr<Tuple> create(std::vector<IValue> elements);
  template <class... Values,
            std::enable_if_t<!(std::is_same_v<std::decay_t<Values>, std::vector<IValue>> && ...), int> = 0>
  static intrusive_ptr<Tuple> create(Values&&... values) {
    std::vector<IValue> elements;
    elements.reserve(sizeof...(values));
    (elements.emplace_back(std::forward<Values>(values)), ...);
    return create(std::move(elements));
  }
  TupleElements elements() const;
  size_t size() const;
  TypePtr type() const;

 private:
  friend class TupleElements;
  const IValue* data() const;
};

/// The elements of a tuple, which it keeps alive.
class TupleElements {
 public:
  using value_type = IValue;
  using iterator = const IValue*;
  explicit TupleElements(intrusive_ptr<const Tuple> tuple)
      : tuple_(std::move(tuple)), begin_(tuple_->data()), size_(tuple_->size()) {}
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const IValue* begin() const { return begin_; }
  const IValue* end() const { return begin_ + size_; }
  const IValue& operator[](size_t i) const { return begin_[i]; }
  const IValue& at(size_t i) const {
    TORCH_CHECK_INDEX(i < size_, "tuple index ", i, " is out of range");
    return begin_[i];
  }
  const IValue& front() const { return begin_[0]; }
  const IValue& back() const { return begin_[size_ - 1]; }
  std::vector<IValue> vec() const { return std::vector<IValue>(begin(), end()); }
  operator std::vector<IValue>() const { return vec(); }

 private:
  intrusive_ptr<const Tuple> tuple_;
  const IValue* begin_;
  size_t size_;
};
inline TupleElements Tuple::elements() const { return TupleElements(intrusive_ptr<const Tuple>(this)); }

/// An instance of a script class or module.
class RUSHLIGHT_API Object : public ::rushlight::Opaque {
 public:
  ClassTypePtr type() const;
  std::string name() const { return type()->qualified_name(); }
  const IValue& getSlot(size_t slot) const;
  void setSlot(size_t slot, IValue value);
  size_t slot_count() const;
  IValue getAttr(const std::string& name) const;
  void setAttr(const std::string& name, IValue value);
  bool hasAttr(const std::string& name) const;
};

class RUSHLIGHT_API Future : public ::rushlight::Opaque {
 public:
  bool completed() const;
  bool hasError() const;
  void wait();
  void waitAndThrow() { wait(); }
  IValue value();
};

class RUSHLIGHT_API ConstantString : public ::rushlight::Opaque {
 public:
  static intrusive_ptr<ConstantString> create(std::string text);
  const std::string& string() const;
  std::string_view string_view() const { return string(); }
  operator const std::string&() const { return string(); }
};
inline std::ostream& operator<<(std::ostream& out, const ConstantString& text) { return out << text.string(); }

class RUSHLIGHT_API EnumHolder : public ::rushlight::Opaque {
 public:
  std::string name() const;
  IValue value() const;
  TypePtr type() const;
  std::string qualifiedClassName() const { return type()->annotation_str(); }
};

}  // namespace ivalue

inline intrusive_ptr<ivalue::Tuple> IValue::toTuple() const { return intrusive_ptr<ivalue::Tuple>(&toTupleRef()); }
inline intrusive_ptr<ivalue::Object> IValue::toObject() const { return intrusive_ptr<ivalue::Object>(&toObjectRef()); }

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

template <>
struct std::hash<c10::IValue> {
  size_t operator()(const c10::IValue& value) const { return c10::IValue::hash(value); }
};

#include "ATen/core/Dict_inl.h"
#include "ATen/core/List_inl.h"
#include "ATen/core/ivalue_inl.h"
