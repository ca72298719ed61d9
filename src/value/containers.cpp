#include "value/containers.h"

#include "base/text.h"
#include "value/class_type.h"

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

const IValue* DictObject::find(const IValue& key) const {
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : &entries_[found->second].value;
}

void DictObject::insert_or_assign(IValue key, IValue value) {
  if (IValue* existing = find(key)) {
    *existing = std::move(value);
    return;
  }
  index_.emplace(key, entries_.size());
  entries_.push_back({std::move(key), std::move(value)});
  ++live_;
}

bool DictObject::erase(const IValue& key) {
  const auto found = index_.find(key);
  if (found == index_.end()) return false;
  Entry& entry = entries_[found->second];
  index_.erase(found);
  entry = {IValue(), IValue(), /*alive=*/false};
  --live_;
  if (entries_.size() > 32 && live_ * 2 < entries_.size()) compact();
  return true;
}

void DictObject::clear() {
  entries_.clear();
  index_.clear();
  live_ = 0;
}

Ref<DictObject> DictObject::copy() const {
  Ref<DictObject> result = make_ref<DictObject>(key_type, value_type);
  for_each([&](const IValue& key, const IValue& value) { result->insert_or_assign(key, value); });
  return result;
}

void DictObject::compact() {
  std::erase_if(entries_, [](const Entry& entry) { return !entry.alive; });
  for (size_t i = 0; i < entries_.size(); ++i) index_[entries_[i].key] = i;
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
    throw RuntimeError(cat(type_->annotation(), " does not have a field with name '", name, "'"));
  return slots_[*slot];
}
void Object::set_attribute(std::string_view name, IValue value) {
  const std::optional<size_t> at = type_->find_attribute(name);
  if (!at) throw RuntimeError(cat(type_->annotation(), " does not have a field with name '", name, "'"));
  slot(*at) = std::move(value);
}
bool Object::has_attribute(std::string_view name) const { return type_->find_attribute(name).has_value(); }

}  // namespace rushlight
