// Values of a pickle against the types that the program declares for them.
#include <map>

#include "archive/pickle_reader.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

class Conformer {
 public:
  explicit Conformer(std::string_view what) : what_(what) {}

  IValue conform(IValue value, const TypePtr& type) {
    if (!value.is_pointer()) return conform_once(std::move(value), type);
    // A value that many others share is looked at once for each type, and stays shared.
    const auto key = std::make_pair(value.raw_pointer(), type.get());
    if (const auto found = done_.find(key); found != done_.end()) return found->second.result;
    IValue result = conform_once(value, type);
    done_.emplace(key, Done{std::move(value), result});
    return result;
  }

 private:
  struct Done {
    IValue original;  ///< kept, so that its address is not used again
    IValue result;
  };

  IValue conform_once(IValue value, const TypePtr& type) {
    switch (type->kind()) {
      case TypeKind::any:
        return value;
      case TypeKind::optional:
        return value.is_none() ? value : conform(std::move(value), type->contained()[0]);
      case TypeKind::union_:
        return conform_union(std::move(value), *type);
      case TypeKind::list:
        return conform_list(std::move(value), type);
      case TypeKind::dict:
        return conform_dict(std::move(value), type);
      case TypeKind::set:
      case TypeKind::frozenset:
        return conform_set(std::move(value), type);
      case TypeKind::tuple:
        return conform_tuple(std::move(value), type);
      default:
        if (!value.is_instance_of(*type)) fail(value, *type);
        return value;
    }
  }

  [[noreturn]] void fail(const IValue& value, const Type& type) const {
    throw ArchiveError(
        cat(what_, ": expected a value of type '", type.annotation(), "' but found '", value.tag_name(), "'"));
  }
  static bool is_untyped_list(const IValue& value) {
    return value.is_list() && value.list().element_type()->is(TypeKind::any);
  }

  IValue conform_union(IValue value, const Type& type) {
    for (const TypePtr& member : type.contained())
      if (value.is_instance_of(*member)) return conform(std::move(value), member);
    fail(value, type);
  }

  IValue conform_list(IValue value, const TypePtr& type) {
    if (!value.is_list()) fail(value, *type);
    const TypePtr& element = type->contained()[0];
    ListObject& list = value.list();
    if (*list.element_type() == *element ||
        (list.element_type()->is(TypeKind::tensor) && element->is(TypeKind::tensor)))
      return value;
    if (!is_untyped_list(value)) fail(value, *type);
    std::vector<IValue>& elements = static_cast<GenericList&>(list).values;
    for (IValue& item : elements) item = conform(item, element);
    if (ListObject::kind_for(*element) == ListKind::generic) {
      list.set_element_type(element);
      return value;
    }
    Ref<ListObject> typed = ListObject::make(element);
    for (IValue& item : elements) typed->append(item);
    return IValue(std::move(typed));
  }

  IValue conform_dict(IValue value, const TypePtr& type) {
    if (!value.is_dict()) fail(value, *type);
    const auto& wanted = type->expect<DictType>();
    DictObject& dict = value.dict();
    if (*dict.key_type == *wanted.key() && *dict.value_type == *wanted.value()) return value;
    if (!dict.key_type->is(TypeKind::any) || !dict.value_type->is(TypeKind::any)) fail(value, *type);
    auto typed = make_ref<DictObject>(wanted.key(), wanted.value());
    dict.for_each([&](const IValue& key, const IValue& item) {
      typed->insert_or_assign(conform(key, wanted.key()), conform(item, wanted.value()));
    });
    return IValue(std::move(typed));
  }

  IValue conform_set(IValue value, const TypePtr& type) {
    if (!value.is_set() || value.set().is_frozen != type->is(TypeKind::frozenset)) fail(value, *type);
    const TypePtr& element = type->contained()[0];
    auto typed = make_ref<SetObject>(element, value.set().is_frozen);
    value.set().for_each([&](const IValue& item) { typed->add(conform(item, element)); });
    return IValue(std::move(typed));
  }

  IValue conform_tuple(IValue value, const TypePtr& type) {
    if (!value.is_tuple()) fail(value, *type);
    const auto& wanted = type->expect<TupleType>();
    TupleObject& tuple = value.tuple();
    if (tuple.elements.size() != wanted.elements().size()) fail(value, *type);
    for (size_t i = 0; i < tuple.elements.size(); ++i)
      tuple.elements[i] = conform(tuple.elements[i], wanted.elements()[i]);
    if (wanted.is_named()) tuple.type = type;
    return value;
  }

  std::string_view what_;
  std::map<std::pair<const RefCounted*, const Type*>, Done> done_;
};

}  // namespace

IValue conform(IValue value, const TypePtr& type, std::string_view what) {
  return Conformer(what).conform(std::move(value), type);
}

}  // namespace rushlight::archive
