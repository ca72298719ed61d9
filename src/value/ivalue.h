/// IValue: any value of a TorchScript program in 16 bytes, a tag and a payload. Numbers and bools stand inside, all
/// else is one counted pointer. Moving leaves None behind.
#pragma once
#include <complex>
#include <cstring>
#include <string>
#include <string_view>
#include <variant>

#include "value/type.h"

namespace rushlight {

class IValue;
class ListObject;
class DictObject;
class SetObject;
class Object;
class Generator;
class Future;
class PythonObject;

/// Tags from `tensor` on hold a counted pointer.
enum class Tag : uint8_t {
  none,
  boolean,
  integer,
  floating,
  device,
  tensor,
  complex,
  string,
  tuple,
  list,
  dict,
  set,  ///< frozen or not
  object,
  enum_,
  future,
  function,
  generator,
  storage,
  capsule,
  python,
};

/// Text never changes once it is a value.
struct StringObject : RefCounted {
  explicit StringObject(std::string text) : text(std::move(text)) {}
  std::string text;
  /// Computed once.
  size_t hash() const {
    size_t hash = hash_.load(std::memory_order_relaxed);
    if (hash == 0) hash_.store(hash = std::hash<std::string>()(text), std::memory_order_relaxed);
    return hash;
  }

 private:
  mutable std::atomic<size_t> hash_{0};
};
struct ComplexObject : RefCounted {
  explicit ComplexObject(std::complex<double> value) : value(value) {}
  std::complex<double> value;
};
struct TupleObject;
struct EnumObject;
/// Something of the surface's own (a capsule, a Python object), opaque to everybody below.
struct OpaqueObject : RefCounted {};

class IValue {
 public:
  IValue() { payload_.i = 0; }
  IValue(std::nullptr_t) : IValue() {}
  IValue(bool value) : tag_(Tag::boolean) { payload_.i = value; }
  IValue(int value) : IValue(int64_t(value)) {}
  IValue(int64_t value) : tag_(Tag::integer) { payload_.i = value; }
  IValue(double value) : tag_(Tag::floating) { payload_.d = value; }
  IValue(std::complex<double> value) : IValue(Tag::complex, make_ref<ComplexObject>(value)) {}
  IValue(Device device) : tag_(Tag::device) { payload_.i = int64_t(device.type) << 8 | uint8_t(device.index); }
  /// An undefined tensor becomes a tensor value that holds none; use None for "no tensor".
  IValue(Tensor tensor) : tag_(Tag::tensor) { payload_.p = tensor.detach_impl(); }
  IValue(std::string text) : IValue(Tag::string, make_ref<StringObject>(std::move(text))) {}
  IValue(std::string_view text) : IValue(std::string(text)) {}
  IValue(const char* text) : IValue(std::string(text)) {}
  IValue(const Scalar& scalar);
  IValue(ScalarType dtype) : IValue(int64_t(dtype)) {}
  IValue(Layout layout) : IValue(int64_t(layout)) {}
  IValue(MemoryFormat format) : IValue(int64_t(format)) {}
  IValue(Ref<ListObject> list);
  IValue(Ref<DictObject> dict);
  IValue(Ref<SetObject> set);
  IValue(Ref<TupleObject> tuple);
  IValue(Ref<Object> object);
  IValue(Ref<EnumObject> value);
  IValue(Ref<Future> future);
  IValue(Ref<Generator> generator);
  IValue(Ref<Storage> storage);
  IValue(Tag tag, Ref<OpaqueObject> object) : IValue(tag, Ref<RefCounted>(std::move(object))) {}
  /// A function constant. Functions belong to their CompilationUnit, so this is not counted into their life.
  IValue(Function* function);
  IValue(IntArrayRef values);
  IValue(ArrayRef<double> values);
  IValue(ArrayRef<bool> values);
  IValue(ArrayRef<Tensor> values);
  IValue(const std::vector<int64_t>& values) : IValue(IntArrayRef(values)) {}
  IValue(const std::vector<double>& values) : IValue(ArrayRef<double>(values)) {}
  IValue(const std::vector<Tensor>& values) : IValue(ArrayRef<Tensor>(values)) {}
  template <class T>
  IValue(std::optional<T> value) {
    if (value) *this = IValue(std::move(*value));
  }

  IValue(const IValue& other) : payload_(other.payload_), tag_(other.tag_) { retain(); }
  IValue(IValue&& other) noexcept : payload_(other.payload_), tag_(other.tag_) { other.forget(); }
  IValue& operator=(const IValue& other) {
    IValue copy(other);
    swap(copy);
    return *this;
  }
  IValue& operator=(IValue&& other) noexcept {
    IValue moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~IValue() { release(); }
  void swap(IValue& other) noexcept {
    std::swap(payload_, other.payload_);
    std::swap(tag_, other.tag_);
  }

  Tag tag() const { return tag_; }
  const char* tag_name() const;  ///< "Int", "GenericList", ... as PyTorch's messages say
  bool is_none() const { return tag_ == Tag::none; }
  bool is_bool() const { return tag_ == Tag::boolean; }
  bool is_int() const { return tag_ == Tag::integer; }
  bool is_float() const { return tag_ == Tag::floating; }
  bool is_complex() const { return tag_ == Tag::complex; }
  bool is_number() const { return is_int() || is_float() || is_complex() || is_bool(); }
  bool is_tensor() const { return tag_ == Tag::tensor; }
  bool is_string() const { return tag_ == Tag::string; }
  bool is_tuple() const { return tag_ == Tag::tuple; }
  bool is_list() const { return tag_ == Tag::list; }
  bool is_dict() const { return tag_ == Tag::dict; }
  bool is_set() const { return tag_ == Tag::set; }
  bool is_object() const { return tag_ == Tag::object; }
  bool is_enum() const { return tag_ == Tag::enum_; }
  bool is_device() const { return tag_ == Tag::device; }
  bool is_pointer() const { return tag_ >= Tag::tensor && tag_ != Tag::function; }

  /// Checked: RuntimeError "Expected Tensor but got Int" and the like.
  bool to_bool() const { return expect(Tag::boolean), payload_.i != 0; }
  int64_t to_int() const { return expect(Tag::integer), payload_.i; }
  double to_float() const { return expect(Tag::floating), payload_.d; }
  std::complex<double> to_complex() const {
    return expect(Tag::complex), static_cast<ComplexObject*>(payload_.p)->value;
  }
  Device to_device() const {
    expect(Tag::device);
    return {DeviceType(int8_t(payload_.i >> 8)), int8_t(payload_.i & 0xff)};
  }
  const std::string& to_string() const { return expect(Tag::string), static_cast<StringObject*>(payload_.p)->text; }
  Scalar to_scalar() const;
  /// The payload of a tensor value is what a Tensor consists of, so borrowing one costs nothing.
  const Tensor& tensor() const& { return expect(Tag::tensor), reinterpret_cast<const Tensor&>(payload_.p); }
  Tensor tensor() && {
    expect(Tag::tensor);
    Tensor taken(Ref<TensorImpl>::adopt(static_cast<TensorImpl*>(payload_.p)));
    forget();
    return taken;
  }
  /// None gives an undefined tensor.
  const Tensor& optional_tensor() const;
  ListObject& list() const;
  DictObject& dict() const;
  SetObject& set() const;
  TupleObject& tuple() const;
  Object& object() const;
  EnumObject& enumerator() const;
  Future& future() const;
  Generator& generator() const;
  Storage& storage() const;
  Function& function() const;
  Ref<ListObject> list_ref() const;
  Ref<DictObject> dict_ref() const;
  Ref<Object> object_ref() const;
  OpaqueObject& opaque() const { return *static_cast<OpaqueObject*>(payload_.p); }
  std::vector<int64_t> to_int_vector() const;
  std::vector<Tensor> to_tensor_vector() const;

  /// Unchecked access for the interpreter, whose registers have static types: the payload alone changes.
  int64_t& raw_int() { return payload_.i; }
  double& raw_float() { return payload_.d; }
  int64_t raw_int() const { return payload_.i; }
  double raw_float() const { return payload_.d; }
  RefCounted* raw_pointer() const { return payload_.p; }

  /// The same value or the same object (`is`).
  bool is_same(const IValue& other) const;
  /// `==` of the language for values that have it; tensors compare by identity here. Used for dictionary keys and
  /// constants.
  bool equals(const IValue& other) const;
  size_t hash() const;
  /// The type that describes the value best: element types of empty lists come from the list itself.
  TypePtr type() const;
  /// Whether it may stand where `type` is expected.
  bool is_instance_of(const Type& type) const;
  /// Copies lists, dictionaries, objects and tensors; shared parts stay shared.
  IValue deepcopy() const;
  /// As C++ prints it (`<<`).
  std::string str() const;

 private:
  IValue(Tag tag, Ref<RefCounted> object) : tag_(tag) { payload_.p = object.detach(); }
  void retain() {
    if (is_pointer() && payload_.p) payload_.p->retain();
  }
  void release() {
    if (is_pointer() && payload_.p) payload_.p->release();
  }
  void forget() {
    payload_.i = 0;
    tag_ = Tag::none;
  }
  void expect(Tag tag) const {
    if (tag_ != tag) wrong_tag(tag);
  }
  [[noreturn]] void wrong_tag(Tag expected) const;

  union Payload {
    int64_t i;
    double d;
    RefCounted* p;
    Function* f;
  } payload_;
  Tag tag_ = Tag::none;
};
static_assert(sizeof(IValue) == 16);

struct TupleObject : RefCounted {
  explicit TupleObject(std::vector<IValue> elements, TypePtr type = nullptr)
      : elements(std::move(elements)), type(std::move(type)) {}
  std::vector<IValue> elements;
  TypePtr type;  ///< set for NamedTuples, else null
};
struct EnumObject : RefCounted {
  EnumObject(Ref<const EnumType> type, std::string name, IValue value)
      : type(std::move(type)), name(std::move(name)), value(std::move(value)) {}
  Ref<const EnumType> type;
  std::string name;
  IValue value;
};
inline IValue make_tuple(std::vector<IValue> elements, TypePtr type = nullptr) {
  return IValue(make_ref<TupleObject>(std::move(elements), std::move(type)));
}

}  // namespace rushlight

#include "value/containers.h"
