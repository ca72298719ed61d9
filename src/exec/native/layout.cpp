#include "exec/native/layout.h"

#include "value/class_type.h"

namespace rushlight::exec::native {
namespace {

template <class T>
T read(const void* object, int offset) {
  T value;
  std::memcpy(&value, static_cast<const std::byte*>(object) + offset, sizeof value);
  return value;
}

template <class T>
bool list_matches(TypePtr element_type) {
  const Ref<TypedList<T>> list = make_ref<TypedList<T>>(std::move(element_type));
  list->values.reserve(4);
  list->values.resize(3);
  const RefCounted* object = list.get();
  const auto begin = read<const T*>(object, kListBegin);
  return begin == list->values.data() && read<const T*>(object, kListEnd) == begin + 3 &&
         read<const T*>(object, kListCapacity) == begin + list->values.capacity() &&
         read<ListKind>(object, kListKind) == list->kind() && read<uint32_t>(object, kUseCount) == object->use_count();
}

bool object_matches() {
  const Ref<ClassType> type = ClassType::make("__torch__.layout");
  type->add_attribute("a", types::int_());
  const Ref<Object> object = make_ref<Object>(type, nullptr);
  const auto begin = read<const IValue*>(object.get(), kSlotsBegin);
  return begin == &object->slot(0) && read<const IValue*>(object.get(), kSlotsEnd) == begin + 1;
}

bool look() {
  const IValue number(int64_t(0x123456789abcdef));
  if (read<int64_t>(&number, 0) != number.to_int() || read<Tag>(&number, kTag) != Tag::integer) return false;
  const IValue tuple = make_tuple({number, number});
  return read<const IValue*>(tuple.raw_pointer(), kTupleBegin) == tuple.tuple().elements.data() && object_matches() &&
         list_matches<int64_t>(types::int_()) && list_matches<double>(types::float_()) &&
         list_matches<uint8_t>(types::bool_()) && list_matches<IValue>(types::string());
}

}  // namespace

bool layout_matches() {
  static const bool matches = look();
  return matches;
}

}  // namespace rushlight::exec::native
