/// c10::IValue: conversions that need the library's objects.
#include "autograd/variable.h"
#include "bridge.h"
#include "tensor/random.h"
#include "value/class_type.h"
#include "value/future.h"

namespace {
using rushlight::bridge::guarded;
using rushlight::bridge::in;
using rushlight::bridge::out;
using rushlight::bridge::own;
using rushlight::bridge::share;

/// The object of a counted payload, which the new value takes over.
template <class T>
const rushlight::Opaque* taken(c10::intrusive_ptr<T> pointer) {
  return pointer.release();
}
}  // namespace

namespace c10 {
inline namespace RUSHLIGHT_ABI {

IValue::IValue(c10::complex<double> value) : IValue(out(rushlight::IValue(value))) {}
IValue::IValue(std::string text) : IValue(out(rushlight::IValue(std::move(text)))) {}
IValue::IValue(const Scalar& scalar) {
  if (scalar.isBoolean())
    *this = IValue(scalar.toBool());
  else if (scalar.isComplex())
    *this = IValue(scalar.toComplexDouble());
  else if (scalar.isFloatingPoint())
    *this = IValue(scalar.toDouble());
  else
    *this = IValue(scalar.toLong());
}
IValue::IValue(const at::Generator& generator) {
  if (!generator.defined()) return;
  generator.unsafeGetGeneratorImpl()->retain_();
  *this = IValue(Tag::Generator, generator.unsafeGetGeneratorImpl());
}
IValue::IValue(const Storage& storage) {
  if (!storage) return;
  storage.unsafeGetStorageImpl()->retain_();
  *this = IValue(Tag::Storage, storage.unsafeGetStorageImpl());
}
IValue::IValue(intrusive_ptr<ivalue::Tuple> tuple) : IValue(Tag::Tuple, taken(std::move(tuple))) {}
IValue::IValue(intrusive_ptr<ivalue::Object> object) : IValue(Tag::Object, taken(std::move(object))) {}
IValue::IValue(intrusive_ptr<ivalue::Future> future) : IValue(Tag::Future, taken(std::move(future))) {}
IValue::IValue(intrusive_ptr<ivalue::ConstantString> text) : IValue(Tag::String, taken(std::move(text))) {}
IValue::IValue(intrusive_ptr<ivalue::EnumHolder> value) : IValue(Tag::Enum, taken(std::move(value))) {}
IValue::IValue(intrusive_ptr<detail::ListImpl> list) : IValue(Tag::GenericList, taken(std::move(list))) {}
IValue::IValue(intrusive_ptr<detail::DictImpl> dict) : IValue(Tag::GenericDict, taken(std::move(dict))) {}
IValue::IValue(IntArrayRef values)
    : IValue(out(rushlight::IValue(rushlight::IntArrayRef(values.data(), values.size())))) {}
IValue::IValue(ArrayRef<double> values)
    : IValue(out(rushlight::IValue(rushlight::ArrayRef<double>(values.data(), values.size())))) {}
IValue::IValue(ArrayRef<bool> values)
    : IValue(out(rushlight::IValue(rushlight::ArrayRef<bool>(values.data(), values.size())))) {}
IValue::IValue(ArrayRef<at::Tensor> values)
    : IValue(out(rushlight::IValue(rushlight::ArrayRef<rushlight::Tensor>(
          reinterpret_cast<const rushlight::Tensor*>(values.data()), values.size())))) {}

void IValue::wrong_tag(Tag expected) const {
  const SourceLocation here{"to", __FILE__, __LINE__};
  const auto fail = [&](const char* condition, const std::string& message) {
    detail::fail_internal(here, condition, message);
  };
  switch (expected) {
    case Tag::Tensor:
      throw Error("Expected Tensor but got " + tagKind());
    case Tag::Int:
      fail("0", "expected int");
      break;
    case Tag::Double:
      fail("0", "expected double");
      break;
    case Tag::Bool:
      fail("0", "expected bool");
      break;
    case Tag::Device:
    case Tag::Capsule:
      fail(expected == Tag::Device ? "isDevice()" : "isCapsule()", "");
      break;
    default: {
      const std::string name =
          rushlight::IValue(rushlight::Tag(expected), rushlight::Ref<rushlight::OpaqueObject>()).tag_name();
      const std::string test = expected == Tag::GenericList ? "isList()" : "is" + name + "()";
      fail(test.c_str(), "Expected " + name + " but got " + tagKind());
    }
  }
  TORCH_CHECK(false, "unreachable");
}

at::Tensor IValue::toTensor() && {
  expect(Tag::Tensor);
  at::Tensor tensor(
      intrusive_ptr<TensorImpl>::reclaim(static_cast<TensorImpl*>(const_cast<rushlight::Opaque*>(payload_.p))));
  forget();
  return tensor;
}
at::Tensor& IValue::toTensor() & {
  expect(Tag::Tensor);
  return reinterpret_cast<at::Tensor&>(payload_.p);
}
const at::Tensor& IValue::toTensor() const& {
  expect(Tag::Tensor);
  return reinterpret_cast<const at::Tensor&>(payload_.p);
}
double IValue::toDouble() const { return expect(Tag::Double), payload_.d; }
int64_t IValue::toInt() const { return expect(Tag::Int), payload_.i; }
bool IValue::toBool() const { return expect(Tag::Bool), payload_.i != 0; }
c10::complex<double> IValue::toComplexDouble() const { return expect(Tag::ComplexDouble), in(*this).to_complex(); }
Scalar IValue::toScalar() const {
  if (isDouble()) return toDouble();
  if (isInt()) return toInt();
  if (isComplexDouble()) return toComplexDouble();
  if (isBool()) return toBool();
  throw Error("IValue is not a Scalar");
}
Device IValue::toDevice() const { return expect(Tag::Device), out(in(*this).to_device()); }
template <class T>
intrusive_ptr<T> IValue::shared(Tag tag) const {
  expect(tag);
  return intrusive_ptr<T>(static_cast<T*>(const_cast<rushlight::Opaque*>(payload_.p)));
}
intrusive_ptr<ivalue::ConstantString> IValue::toString() const { return shared<ivalue::ConstantString>(Tag::String); }
const std::string& IValue::toStringRef() const { return expect(Tag::String), in(*this).to_string(); }
ivalue::Tuple& IValue::toTupleRef() const { return *shared<ivalue::Tuple>(Tag::Tuple); }
ivalue::Object& IValue::toObjectRef() const { return *shared<ivalue::Object>(Tag::Object); }
intrusive_ptr<ivalue::Future> IValue::toFuture() const { return shared<ivalue::Future>(Tag::Future); }
intrusive_ptr<ivalue::EnumHolder> IValue::toEnumHolder() const { return shared<ivalue::EnumHolder>(Tag::Enum); }
at::Generator IValue::toGenerator() const { return at::Generator(shared<GeneratorImpl>(Tag::Generator)); }
Storage IValue::toStorage() const { return Storage(shared<StorageImpl>(Tag::Storage)); }
List<IValue> IValue::toList() const { return List<IValue>(shared<detail::ListImpl>(Tag::GenericList)); }
Dict<IValue, IValue> IValue::toGenericDict() const {
  return Dict<IValue, IValue>(shared<detail::DictImpl>(Tag::GenericDict));
}

namespace {
template <class T>
List<T> typed_list(const IValue& value, bool fits, const char* name) {
  if (!fits)
    detail::fail_internal({"to", __FILE__, __LINE__}, str("is", name, "()").c_str(),
                          str("Expected ", name, " but got ", value.tagKind()));
  return impl::toTypedList<T>(value.toList());
}
}  // namespace
List<int64_t> IValue::toIntList() const { return typed_list<int64_t>(*this, isIntList(), "IntList"); }
List<double> IValue::toDoubleList() const { return typed_list<double>(*this, isDoubleList(), "DoubleList"); }
List<bool> IValue::toBoolList() const { return typed_list<bool>(*this, isBoolList(), "BoolList"); }
List<at::Tensor> IValue::toTensorList() const { return typed_list<at::Tensor>(*this, isTensorList(), "TensorList"); }
std::vector<int64_t> IValue::toIntVector() const { return toIntList().vec(); }
std::vector<double> IValue::toDoubleVector() const { return toDoubleList().vec(); }
std::vector<at::Tensor> IValue::toTensorVector() const { return toTensorList().vec(); }

bool IValue::is_list_of(TypeKind element) const {
  return isList() && TypeKind(in(*this).list().element_type()->kind()) == element;
}
bool IValue::isModule() const { return isObject() && in(*this).object().type().is_module(); }
std::string IValue::tagKind() const { return in(*this).tag_name(); }
namespace {
/// Unlike the types that the compiler works with, this one has all facts about tensors.
rushlight::TypePtr exact_type(const rushlight::IValue& value) {
  if (value.is_tensor() && value.tensor().defined())
    return rushlight::TensorType::of(value.tensor(), rushlight::autograd::requires_grad(value.tensor()));
  if (!value.is_tuple() || value.tuple().type) return value.type();
  std::vector<rushlight::TypePtr> elements;
  for (const rushlight::IValue& element : value.tuple().elements) elements.push_back(exact_type(element));
  return rushlight::types::tuple(std::move(elements));
}
}  // namespace
TypePtr IValue::type() const {
  return guarded([&] { return share<const Type>(exact_type(in(*this))); });
}
IValue IValue::deepcopy() const {
  return guarded([&] { return out(in(*this).deepcopy()); });
}
bool IValue::is(const IValue& other) const { return in(*this).is_same(in(other)); }
size_t IValue::hash(const IValue& value) {
  return guarded([&] { return in(value).hash(); });
}
bool operator==(const IValue& a, const IValue& b) { return in(a).equals(in(b)); }
std::ostream& operator<<(std::ostream& stream, const IValue& value) {
  return stream << guarded([&] { return in(value).str(); });
}

namespace ivalue {

size_t Tuple::size() const { return own<rushlight::TupleObject>(*this).elements.size(); }
const IValue* Tuple::data() const {
  return reinterpret_cast<const IValue*>(own<rushlight::TupleObject>(*this).elements.data());
}
TypePtr Tuple::type() const { return IValue(intrusive_ptr<Tuple>(const_cast<Tuple*>(this))).type(); }
intrusive_ptr<Tuple> Tuple::create(std::vector<IValue> elements) {
  return share<Tuple>(rushlight::make_ref<rushlight::TupleObject>(in(std::move(elements))));
}
ClassTypePtr Object::type() const { return share<const ClassType>(own<rushlight::Object>(*this).type_ref()); }
size_t Object::slot_count() const { return own<rushlight::Object>(*this).slot_count(); }
const IValue& Object::getSlot(size_t slot) const {
  TORCH_CHECK_INDEX(slot < slot_count(), "slot ", slot, " is out of range");
  return out(own<rushlight::Object>(*this).slot(slot));
}
void Object::setSlot(size_t slot, IValue value) {
  TORCH_CHECK_INDEX(slot < slot_count(), "slot ", slot, " is out of range");
  own<rushlight::Object>(*this).slot(slot) = in(std::move(value));
}
IValue Object::getAttr(const std::string& name) const {
  return guarded([&] { return out(rushlight::IValue(own<rushlight::Object>(*this).attribute(name))); });
}
void Object::setAttr(const std::string& name, IValue value) {
  guarded([&] { own<rushlight::Object>(*this).set_attribute(name, in(std::move(value))); });
}
bool Object::hasAttr(const std::string& name) const { return own<rushlight::Object>(*this).has_attribute(name); }

bool Future::completed() const { return own<rushlight::Future>(*this).is_done(); }
void Future::wait() {
  guarded([&] { own<rushlight::Future>(*this).wait(); });
}
IValue Future::value() {
  return guarded([&] { return out(own<rushlight::Future>(*this).wait()); });
}

intrusive_ptr<ConstantString> ConstantString::create(std::string text) {
  return share<ConstantString>(rushlight::make_ref<rushlight::StringObject>(std::move(text)));
}
const std::string& ConstantString::string() const { return own<rushlight::StringObject>(*this).text; }

std::string EnumHolder::name() const { return own<rushlight::EnumObject>(*this).name; }
IValue EnumHolder::value() const { return out(own<rushlight::EnumObject>(*this).value); }
TypePtr EnumHolder::type() const { return share<const Type>(own<rushlight::EnumObject>(*this).type); }

}  // namespace ivalue

namespace detail {

intrusive_ptr<ListImpl> ListImpl::create(const TypePtr& element_type) {
  return share<ListImpl>(rushlight::ListObject::make(rushlight::TypePtr(&own<rushlight::Type>(*element_type))));
}
size_t ListImpl::size() const { return own<rushlight::ListObject>(*this).size(); }
IValue ListImpl::get(size_t i) const { return out(own<rushlight::ListObject>(*this).get(i)); }
void ListImpl::set(size_t i, IValue value) {
  guarded([&] { own<rushlight::ListObject>(*this).set(i, in(std::move(value))); });
}
void ListImpl::append(IValue value) {
  guarded([&] { own<rushlight::ListObject>(*this).append(in(std::move(value))); });
}
void ListImpl::insert(size_t at, IValue value) {
  guarded([&] { own<rushlight::ListObject>(*this).insert(at, in(std::move(value))); });
}
void ListImpl::erase(size_t from, size_t to) { own<rushlight::ListObject>(*this).erase(from, to); }
void ListImpl::clear() { own<rushlight::ListObject>(*this).clear(); }
void ListImpl::reserve(size_t count) { own<rushlight::ListObject>(*this).reserve(count); }
intrusive_ptr<ListImpl> ListImpl::copy() const { return share<ListImpl>(own<rushlight::ListObject>(*this).copy()); }
TypePtr ListImpl::element_type() const { return share<const Type>(own<rushlight::ListObject>(*this).element_type()); }
const IValue* ListImpl::boxed() const {
  const auto& list = own<rushlight::ListObject>(*this);
  if (list.kind() != rushlight::ListKind::generic) return nullptr;
  static const rushlight::IValue none;  // an empty list has boxed elements too
  const auto& values = static_cast<const rushlight::GenericList&>(list).values;
  return reinterpret_cast<const IValue*>(values.empty() ? &none : values.data());
}

intrusive_ptr<DictImpl> DictImpl::create(const TypePtr& key_type, const TypePtr& value_type) {
  return share<DictImpl>(rushlight::make_ref<rushlight::DictObject>(
      rushlight::TypePtr(&own<rushlight::Type>(*key_type)), rushlight::TypePtr(&own<rushlight::Type>(*value_type))));
}
size_t DictImpl::size() const { return own<rushlight::DictObject>(*this).size(); }
bool DictImpl::find(const IValue& key, IValue* value) const {
  return guarded([&] {
    const auto* found = std::as_const(own<rushlight::DictObject>(*this)).find(in(key));
    if (found && value) *value = out(*found);
    return found != nullptr;
  });
}
void DictImpl::insert_or_assign(IValue key, IValue value) {
  guarded([&] { own<rushlight::DictObject>(*this).insert_or_assign(in(std::move(key)), in(std::move(value))); });
}
bool DictImpl::erase(const IValue& key) {
  return guarded([&] { return own<rushlight::DictObject>(*this).erase(in(key)); });
}
void DictImpl::clear() { own<rushlight::DictObject>(*this).clear(); }
intrusive_ptr<DictImpl> DictImpl::copy() const { return share<DictImpl>(own<rushlight::DictObject>(*this).copy()); }
std::vector<std::pair<IValue, IValue>> DictImpl::entries() const {
  std::vector<std::pair<IValue, IValue>> entries;
  own<rushlight::DictObject>(*this).for_each([&](const rushlight::IValue& key, const rushlight::IValue& value) {
    entries.emplace_back(out(key), out(value));
  });
  return entries;
}
TypePtr DictImpl::key_type() const { return share<const Type>(own<rushlight::DictObject>(*this).key_type); }
TypePtr DictImpl::value_type() const { return share<const Type>(own<rushlight::DictObject>(*this).value_type); }

}  // namespace detail

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
