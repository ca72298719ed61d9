#include "value/containers.h"

#include "base/text.h"
#include "value/class_type.h"
#include "value/type_text.h"

namespace rushlight {

ListKind ListObject::kind_for(const Type& element_type) {
  switch (element_type.kind()) {
    case TypeKind::int_:
    case TypeKind::sym_int:
    case TypeKind::scalar_type:
    case TypeKind::layout:
    case TypeKind::memory_format:
      return ListKind::ints;
    case TypeKind::float_:
    case TypeKind::sym_float:
      return ListKind::floats;
    case TypeKind::bool_:
    case TypeKind::sym_bool:
      return ListKind::bools;
    default:
      return ListKind::generic;
  }
}

Ref<ListObject> ListObject::make(TypePtr element_type) {
  switch (kind_for(*element_type)) {
    case ListKind::ints:
      return make_ref<IntList>(std::move(element_type));
    case ListKind::floats:
      return make_ref<FloatList>(std::move(element_type));
    case ListKind::bools:
      return make_ref<BoolList>(std::move(element_type));
    case ListKind::generic:
      break;
  }
  return make_ref<GenericList>(std::move(element_type));
}

namespace {

// The usual keys are texts and numbers, and often the very object that is in the dictionary: no call for those.
inline size_t hash_of_key(const IValue& key) {
  return key.is_string() ? static_cast<const StringObject*>(key.raw_pointer())->hash() : key.hash();
}
inline bool is_same_object(const IValue& a, const IValue& b) {
  return a.tag() == b.tag() && (a.is_string() || a.is_int()) && a.raw_int() == b.raw_int();
}
[[gnu::noinline]] bool is_equal_key(const IValue& a, const IValue& b) { return a.equals(b); }

}  // namespace

size_t DictObject::find_slot(const IValue& key, size_t hash) const {
  if (slots_.empty()) return kNowhere;
  const size_t mask = slots_.size() - 1;
  for (size_t slot = first_slot(hash);; slot = (slot + 1) & mask) {
    const uint32_t index = slots_[slot];
    if (index == kFree) return kNowhere;
    if (index == kErased || entries_[index].hash != hash) continue;
    if (is_same_object(entries_[index].key, key) || is_equal_key(entries_[index].key, key)) return slot;
  }
}

const IValue* DictObject::find(const IValue& key) const {
  const size_t slot = find_slot(key, hash_of_key(key));
  return slot == kNowhere ? nullptr : &entries_[slots_[slot]].value;
}

void DictObject::insert_or_assign(const IValue& key, IValue value) {
  const size_t hash = hash_of_key(key);
  if (const size_t slot = find_slot(key, hash); slot != kNowhere) {
    entries_[slots_[slot]].value = std::move(value);
    return;
  }
  if ((entries_.size() + 1) * 3 > slots_.size() * 2) rebuild();
  const size_t mask = slots_.size() - 1;
  size_t slot = first_slot(hash);
  while (slots_[slot] != kFree) slot = (slot + 1) & mask;
  entries_.push_back({key, std::move(value), hash, /*alive=*/true});
  slots_[slot] = uint32_t(entries_.size() - 1);
  ++live_;
}

bool DictObject::erase(const IValue& key) {
  const size_t slot = find_slot(key, hash_of_key(key));
  if (slot == kNowhere) return false;
  // The entry goes last: what it holds may be the key.
  const Entry erased = std::exchange(entries_[slots_[slot]], {IValue(), IValue(), 0, /*alive=*/false});
  slots_[slot] = kErased;
  --live_;
  if (entries_.size() > 32 && live_ * 2 < entries_.size()) rebuild();
  return true;
}

void DictObject::clear() {
  entries_.clear();
  slots_.clear();
  live_ = 0;
}

Ref<DictObject> DictObject::copy() const {
  Ref<DictObject> result = make_ref<DictObject>(key_type, value_type);
  for_each([&](const IValue& key, const IValue& value) { result->insert_or_assign(key, value); });
  return result;
}

void DictObject::rebuild() {
  std::erase_if(entries_, [](const Entry& entry) { return !entry.alive; });
  size_t bits = 3;
  while ((size_t(1) << bits) * 2 < (live_ * 2 + 1) * 3) ++bits;
  if (bits > 31) throw RuntimeError("a dictionary holds too many entries");
  slots_.assign(size_t(1) << bits, kFree);
  shift_ = int(64 - bits);
  const size_t mask = slots_.size() - 1;
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    size_t slot = first_slot(entries_[i].hash);
    while (slots_[slot] != kFree) slot = (slot + 1) & mask;
    slots_[slot] = i;
  }
}

Object::Object(Ref<const ClassType> type, std::shared_ptr<const void> keep_alive)
    : type_(std::move(type)), keep_alive_(std::move(keep_alive)), slots_(type_->attributes().size()) {}
Object::~Object() = default;
Ref<const ClassType> Object::type_ref() const { return type_; }

IValue& Object::slot(size_t i) {
  // Attributes may be added to the class of a living module.
  if (i >= slots_.size()) slots_.resize(type_->attributes().size());
  return slots_[i];
}

const IValue& Object::attribute(std::string_view name) const {
  const std::optional<size_t> slot = type_->find_attribute(name);
  if (!slot || *slot >= slots_.size())
    throw RuntimeError(cat(repr(*type_), " does not have a field with name '", name, "'"));
  return slots_[*slot];
}
void Object::set_attribute(std::string_view name, IValue value) {
  const std::optional<size_t> at = type_->find_attribute(name);
  if (!at) throw RuntimeError(cat(repr(*type_), " does not have a field with name '", name, "'"));
  slot(*at) = std::move(value);
}

Ref<SetObject> SetObject::copy(bool frozen) const {
  auto made = make_ref<SetObject>(element_type, frozen);
  made->entries_ = entries_->copy();
  return made;
}
bool SetObject::is_subset_of(const SetObject& other) const {
  if (size() > other.size()) return false;
  bool all = true;
  for_each([&](const IValue& element) { all = all && other.contains(element); });
  return all;
}

bool Object::has_attribute(std::string_view name) const { return type_->find_attribute(name).has_value(); }

}  // namespace rushlight
