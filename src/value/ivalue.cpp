#include "value/ivalue.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.h"
#include "tensor/print.h"
#include "tensor/random.h"
#include "value/class_type.h"
#include "value/constant_text.h"
#include "value/function.h"
#include "value/future.h"
#include "value/type_text.h"

namespace rushlight {
namespace {

constexpr const char* kTagNames[] = {"None",        "Bool",          "Int",     "Double",  "Device",
                                     "Tensor",      "ComplexDouble", "String",  "Tuple",   "GenericList",
                                     "GenericDict", "Set",           "Object",  "Enum",    "Future",
                                     "Function",    "Generator",     "Storage", "Capsule", "PyObject"};

size_t combine(size_t seed, size_t hash) { return seed ^ (hash + 0x9e3779b97f4a7c15ull + (seed << 6) + (seed >> 2)); }

}  // namespace

IValue::IValue(const Scalar& scalar) {
  if (scalar.is_bool())
    *this = IValue(scalar.to<bool>());
  else if (scalar.is_int())
    *this = IValue(scalar.to<int64_t>());
  else if (scalar.is_float())
    *this = IValue(scalar.to<double>());
  else
    *this = IValue(scalar.to<std::complex<double>>());
}
IValue::IValue(Ref<ListObject> list) : IValue(Tag::list, Ref<RefCounted>(std::move(list))) {}
IValue::IValue(Ref<SetObject> set) : IValue(Tag::set, Ref<RefCounted>(std::move(set))) {}
IValue::IValue(Ref<DictObject> dict) : IValue(Tag::dict, Ref<RefCounted>(std::move(dict))) {}
IValue::IValue(Ref<TupleObject> tuple) : IValue(Tag::tuple, Ref<RefCounted>(std::move(tuple))) {}
IValue::IValue(Ref<Object> object) : IValue(Tag::object, Ref<RefCounted>(std::move(object))) {}
IValue::IValue(Ref<EnumObject> value) : IValue(Tag::enum_, Ref<RefCounted>(std::move(value))) {}
IValue::IValue(Ref<Future> future) : IValue(Tag::future, Ref<RefCounted>(std::move(future))) {}
IValue::IValue(Ref<Generator> generator) : IValue(Tag::generator, Ref<RefCounted>(std::move(generator))) {}
IValue::IValue(Ref<Storage> storage) : IValue(Tag::storage, Ref<RefCounted>(std::move(storage))) {}
IValue::IValue(Function* function) : tag_(Tag::function) { payload_.f = function; }
IValue::IValue(IntArrayRef values) : IValue(Ref<ListObject>(make_ref<IntList>(types::int_(), values.vec()))) {}
IValue::IValue(ArrayRef<double> values) : IValue(Ref<ListObject>(make_ref<FloatList>(types::float_(), values.vec()))) {}
IValue::IValue(ArrayRef<bool> values)
    : IValue(Ref<ListObject>(make_ref<BoolList>(types::bool_(), std::vector<uint8_t>(values.begin(), values.end())))) {}
IValue::IValue(ArrayRef<Tensor> values)
    : IValue(
          Ref<ListObject>(make_ref<GenericList>(types::tensor(), std::vector<IValue>(values.begin(), values.end())))) {}

const char* IValue::tag_name() const { return kTagNames[size_t(tag_)]; }
void IValue::wrong_tag(Tag expected) const {
  throw RuntimeError(cat("Expected ", kTagNames[size_t(expected)], " but got ", tag_name()));
}

Scalar IValue::to_scalar() const {
  switch (tag_) {
    case Tag::boolean:
      return Scalar(payload_.i != 0);
    case Tag::integer:
      return Scalar(payload_.i);
    case Tag::floating:
      return Scalar(payload_.d);
    case Tag::complex:
      return Scalar(to_complex());
    case Tag::tensor:
      return tensor().item();
    default:
      throw RuntimeError("IValue is not a Scalar");
  }
}
const Tensor& IValue::optional_tensor() const {
  static const Tensor undefined;
  return is_none() ? undefined : tensor();
}
ListObject& IValue::list() const { return expect(Tag::list), *static_cast<ListObject*>(payload_.p); }
DictObject& IValue::dict() const { return expect(Tag::dict), *static_cast<DictObject*>(payload_.p); }
SetObject& IValue::set() const { return expect(Tag::set), *static_cast<SetObject*>(payload_.p); }
TupleObject& IValue::tuple() const { return expect(Tag::tuple), *static_cast<TupleObject*>(payload_.p); }
Object& IValue::object() const { return expect(Tag::object), *static_cast<Object*>(payload_.p); }
EnumObject& IValue::enumerator() const { return expect(Tag::enum_), *static_cast<EnumObject*>(payload_.p); }
Future& IValue::future() const { return expect(Tag::future), *static_cast<Future*>(payload_.p); }
Generator& IValue::generator() const { return expect(Tag::generator), *static_cast<Generator*>(payload_.p); }
Storage& IValue::storage() const { return expect(Tag::storage), *static_cast<Storage*>(payload_.p); }
Function& IValue::function() const { return expect(Tag::function), *payload_.f; }
Ref<ListObject> IValue::list_ref() const { return Ref<ListObject>(&list()); }
Ref<DictObject> IValue::dict_ref() const { return Ref<DictObject>(&dict()); }
Ref<Object> IValue::object_ref() const { return Ref<Object>(&object()); }

std::vector<int64_t> IValue::to_int_vector() const {
  const ListObject& values = list();
  if (values.kind() == ListKind::ints) return static_cast<const IntList&>(values).values;
  std::vector<int64_t> result;
  for (size_t i = 0; i < values.size(); ++i) result.push_back(values.get(i).to_int());
  return result;
}
std::vector<Tensor> IValue::to_tensor_vector() const {
  const ListObject& values = list();
  std::vector<Tensor> result;
  result.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i) result.push_back(values.get(i).optional_tensor());
  return result;
}

bool IValue::is_same(const IValue& other) const {
  if (tag_ != other.tag_) return false;
  if (tag_ == Tag::none) return true;
  if (is_number() || is_string()) return equals(other);
  return payload_.i == other.payload_.i;
}

bool IValue::equals(const IValue& other) const {
  if (tag_ != other.tag_) return is_number() && other.is_number() && to_scalar() == other.to_scalar();
  switch (tag_) {
    case Tag::none:
      return true;
    case Tag::boolean:
    case Tag::integer:
    case Tag::device:
      return payload_.i == other.payload_.i;
    case Tag::floating:
      return payload_.d == other.payload_.d;
    case Tag::complex:
      return to_complex() == other.to_complex();
    case Tag::string:
      return payload_.p == other.payload_.p || to_string() == other.to_string();
    case Tag::enum_:
      return enumerator().name == other.enumerator().name && *enumerator().type == *other.enumerator().type;
    case Tag::tuple: {
      const auto& a = tuple().elements;
      const auto& b = other.tuple().elements;
      return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                        [](const IValue& x, const IValue& y) { return x.equals(y); });
    }
    case Tag::list: {
      const ListObject& a = list();
      const ListObject& b = other.list();
      if (a.size() != b.size()) return false;
      for (size_t i = 0; i < a.size(); ++i)
        if (!a.get(i).equals(b.get(i))) return false;
      return true;
    }
    case Tag::dict: {
      const DictObject& a = dict();
      const DictObject& b = other.dict();
      bool equal = a.size() == b.size();
      a.for_each([&](const IValue& key, const IValue& value) {
        const IValue* theirs = equal ? b.find(key) : nullptr;
        equal = equal && theirs && theirs->equals(value);
      });
      return equal;
    }
    case Tag::set:
      return set().size() == other.set().size() && set().is_subset_of(other.set());
    default:
      return payload_.p == other.payload_.p;
  }
}

size_t IValue::hash() const {
  switch (tag_) {
    case Tag::none:
      return 0;
    case Tag::boolean:
    case Tag::integer:
      return std::hash<int64_t>()(payload_.i);
    case Tag::floating:
      // Equal numbers hash alike, whatever their type.
      if (payload_.d == std::floor(payload_.d) && std::abs(payload_.d) < 9e18)
        return std::hash<int64_t>()(int64_t(payload_.d));
      return std::hash<double>()(payload_.d);
    case Tag::complex:
      return combine(IValue(to_complex().real()).hash(), std::hash<double>()(to_complex().imag()));
    case Tag::string:
      return static_cast<StringObject*>(payload_.p)->hash();
    case Tag::enum_:
      return combine(std::hash<std::string>()(enumerator().name), std::hash<std::string>()(enumerator().type->name()));
    case Tag::tuple: {
      size_t seed = 0;
      for (const IValue& element : tuple().elements) seed = combine(seed, element.hash());
      return seed;
    }
    case Tag::set:
      if (set().is_frozen) {
        // The order of the elements does not count.
        size_t seed = set().size();
        set().for_each([&](const IValue& element) { seed ^= combine(0, element.hash()); });
        return seed;
      }
      [[fallthrough]];
    case Tag::list:
    case Tag::dict:
      throw RuntimeError(cat("unhashable type: '", repr(*type()), "'"));
    default:
      return std::hash<int64_t>()(payload_.i);
  }
}

TypePtr IValue::type() const {
  switch (tag_) {
    case Tag::none:
      return types::none();
    case Tag::boolean:
      return types::bool_();
    case Tag::integer:
      return types::int_();
    case Tag::floating:
      return types::float_();
    case Tag::device:
      return types::device();
    case Tag::tensor:
      return types::tensor();
    case Tag::complex:
      return types::complex();
    case Tag::string:
      return types::string();
    case Tag::tuple: {
      if (tuple().type) return tuple().type;
      std::vector<TypePtr> elements;
      for (const IValue& element : tuple().elements) elements.push_back(element.type());
      return types::tuple(std::move(elements));
    }
    case Tag::list:
      return types::list(list().element_type());
    case Tag::dict:
      return types::dict(dict().key_type, dict().value_type);
    case Tag::set:
      return set().is_frozen ? types::frozenset(set().element_type) : types::set(set().element_type);
    case Tag::object:
      return object().type_ref();
    case Tag::enum_:
      return enumerator().type;
    case Tag::future:
      return types::future(future().element_type());
    case Tag::function:
      return types::function(payload_.f);
    case Tag::generator:
      return types::generator();
    case Tag::storage:
      return types::storage();
    case Tag::capsule:
      return types::capsule();
    case Tag::python:
      return types::py_object();
  }
  return types::any();
}

bool IValue::is_instance_of(const Type& type) const {
  switch (type.kind()) {
    case TypeKind::any:
      return true;
    case TypeKind::optional:
      return is_none() || is_instance_of(*type.expect<ElementType>().element());
    case TypeKind::union_: {
      const auto& members = type.expect<UnionType>().members();
      return std::any_of(members.begin(), members.end(),
                         [&](const TypePtr& member) { return is_instance_of(*member); });
    }
    case TypeKind::tensor:
      return is_tensor();
    case TypeKind::list: {
      if (!is_list()) return false;
      // Lists are invariant; what is known about the tensors in them does not matter.
      const bool tensors = type.contained()[0]->is(TypeKind::tensor) && list().element_type()->is(TypeKind::tensor);
      return tensors || this->type()->is_subtype_of(type);
    }
    case TypeKind::tuple: {
      if (!is_tuple()) return false;
      const auto& wanted = type.expect<TupleType>();
      const auto& elements = tuple().elements;
      if (wanted.elements().size() != elements.size()) return false;
      if (wanted.is_named() && !(tuple().type && *tuple().type == type)) return false;
      for (size_t i = 0; i < elements.size(); ++i)
        if (!elements[i].is_instance_of(*wanted.elements()[i])) return false;
      return true;
    }
    default:
      return this->type()->is_subtype_of(type);
  }
}

namespace {

/// Copies so that what was shared stays shared. Tensors are cloned as data.
class Copier {
 public:
  IValue copy(const IValue& value) {
    if (!value.is_pointer()) return value;
    const auto seen = done_.find(value.raw_pointer());
    if (seen != done_.end()) return seen->second;
    switch (value.tag()) {
      case Tag::tensor:
        return value.tensor().defined() ? keep(value, IValue(copy_tensor(value.tensor()))) : value;
      case Tag::list: {
        Ref<ListObject> fresh = ListObject::make(value.list().element_type());
        keep(value, IValue(fresh));
        for (size_t i = 0; i < value.list().size(); ++i) fresh->append(copy(value.list().get(i)));
        return IValue(fresh);
      }
      case Tag::dict: {
        Ref<DictObject> fresh = make_ref<DictObject>(value.dict().key_type, value.dict().value_type);
        keep(value, IValue(fresh));
        value.dict().for_each(
            [&](const IValue& key, const IValue& item) { fresh->insert_or_assign(copy(key), copy(item)); });
        return IValue(fresh);
      }
      case Tag::set:
        return value.set().is_frozen ? value : keep(value, IValue(value.set().copy(false)));
      case Tag::tuple: {
        std::vector<IValue> parts;
        for (const IValue& part : value.tuple().elements) parts.push_back(copy(part));
        return keep(value, make_tuple(std::move(parts), value.tuple().type));
      }
      case Tag::object: {
        Object& old = value.object();
        Ref<Object> fresh = make_ref<Object>(old.type_ref(), old.keep_alive());
        keep(value, IValue(fresh));
        for (size_t i = 0; i < old.slot_count(); ++i) fresh->slot(i) = copy(old.slot(i));
        return IValue(fresh);
      }
      default:
        return value;
    }
  }

 private:
  const IValue& keep(const IValue& old, IValue fresh) { return done_[old.raw_pointer()] = std::move(fresh); }

  static Tensor copy_tensor(const Tensor& tensor) {
    // Whole storages are copied, so that views of one storage could be told apart only by their sharing.
    Ref<Storage> storage = Storage::allocate(tensor.storage()->bytes(), tensor.device());
    if (storage->data()) std::memcpy(storage->data(), tensor.storage()->data(), storage->bytes());
    return tensor_over(std::move(storage), tensor.dtype(), tensor.sizes(), tensor.strides(), tensor.storage_offset());
  }
  std::unordered_map<const RefCounted*, IValue> done_;
};

}  // namespace

IValue IValue::deepcopy() const { return Copier().copy(*this); }

std::string IValue::str() const {
  const auto sequence = [](const std::vector<std::string>& parts, std::string_view open, std::string_view close) {
    return cat(open, join(parts, ", "), close);
  };
  switch (tag_) {
    case Tag::none:
      return "None";
    case Tag::boolean:
      return payload_.i ? "True" : "False";
    case Tag::integer:
      return cat(payload_.i);
    case Tag::floating:
      return printed_float(payload_.d);
    case Tag::complex:
      return complex_text(to_complex());
    case Tag::device:
      return to_device().str();
    case Tag::tensor:
      return tensor().defined() ? tensor_cpp_text(tensor()) : "[ Tensor (undefined) ]";
    case Tag::string:
      return to_string();
    case Tag::tuple: {
      std::vector<std::string> parts;
      for (const IValue& part : tuple().elements) parts.push_back(part.str());
      return sequence(parts, "(", parts.size() == 1 ? ",)" : ")");
    }
    case Tag::list: {
      std::vector<std::string> parts;
      for (size_t i = 0; i < list().size(); ++i) parts.push_back(list().get(i).str());
      return sequence(parts, "[", "]");
    }
    case Tag::dict: {
      std::vector<std::string> parts;
      dict().for_each(
          [&](const IValue& key, const IValue& value) { parts.push_back(cat(key.str(), ": ", value.str())); });
      return sequence(parts, "{", "}");
    }
    case Tag::set: {
      std::vector<std::string> parts;
      set().for_each([&](const IValue& element) { parts.push_back(element.str()); });
      if (!set().is_frozen) return parts.empty() ? "set()" : sequence(parts, "{", "}");
      return parts.empty() ? "frozenset()" : sequence(parts, "frozenset({", "})");
    }
    case Tag::enum_:
      return cat("Enum<", enumerator().type->base_name(), ".", enumerator().name, ">");
    case Tag::object:
      return fmt::format("<{} object at {}>", object().type().name(), fmt::ptr(payload_.p));
    case Tag::future:
      return "Future";
    case Tag::function:
      return payload_.f->qualified_name();
    case Tag::generator:
      return "Generator";
    case Tag::storage:
      return "Storage";
    case Tag::capsule:
      return "Capsule";
    case Tag::python:
      return "<PyObject>";
  }
  return {};
}

}  // namespace rushlight
