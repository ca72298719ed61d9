#include "archive/pickle_writer.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "archive/state_methods.h"
#include "autograd/variable.h"
#include "base/text.h"
#include "value/function.h"
#include "value/qualified_name.h"

namespace rushlight::archive {
namespace {

constexpr size_t kMaxDepth = 1'000;
constexpr const char* kPickleModule = "torch.jit._pickle";

}  // namespace

template <class T>
void PickleWriter::put_number(T number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out_.append(bytes, sizeof number);
}

std::string PickleWriter::write(const IValue& value) {
  put(Op::proto);
  put_number(kProtocol);
  this->value(value);
  put(Op::stop);
  return std::move(out_);
}

size_t PickleWriter::memoize() {
  const size_t index = memo_count_++;
  if (index <= 0xFF) {
    put(Op::binput);
    put_number(uint8_t(index));
  } else {
    put(Op::long_binput);
    put_number(uint32_t(index));
  }
  return index;
}
void PickleWriter::recall(size_t index) {
  if (index <= 0xFF) {
    put(Op::binget);
    put_number(uint8_t(index));
  } else {
    put(Op::long_binget);
    put_number(uint32_t(index));
  }
}

/// What others share is written once. Numbers, strings and devices have rules of their own.
void PickleWriter::value(const IValue& value) {
  const bool shared =
      value.is_pointer() && !value.is_string() && value.raw_pointer() && value.raw_pointer()->use_count() > 1;
  if (shared)
    if (const auto found = values_.find(value.raw_pointer()); found != values_.end()) return recall(found->second);
  const bool may_contain = value.is_list() || value.is_dict() || value.is_tuple() || value.is_object();
  if (may_contain) {
    if (!open_.insert(value.raw_pointer()).second) throw RuntimeError("a value that contains itself cannot be saved");
    if (open_.size() > kMaxDepth) throw RuntimeError(cat("values nested deeper than ", kMaxDepth, " cannot be saved"));
  }
  value_itself(value);
  if (may_contain) open_.erase(value.raw_pointer());
  if (shared) {
    kept_.push_back(value);
    values_[value.raw_pointer()] = memoize();
  }
}

void PickleWriter::value_itself(const IValue& value) {
  switch (value.tag()) {
    case Tag::none:
      return put(Op::none);
    case Tag::boolean:
      return put(value.to_bool() ? Op::newtrue : Op::newfalse);
    case Tag::integer:
      return integer(value.to_int());
    case Tag::floating:
      return floating(value.to_float());
    case Tag::complex:
      global("builtins", "complex");
      floating(value.to_complex().real());
      floating(value.to_complex().imag());
      put(Op::tuple2);
      return put(Op::reduce);
    case Tag::string:
      return string(value.to_string());
    case Tag::device: {
      const std::string text = value.to_device().str();
      if (const auto found = devices_.find(text); found != devices_.end()) return recall(found->second);
      global("torch", "device");
      string(text);
      put(Op::tuple1);
      put(Op::reduce);
      devices_[text] = memoize();
      return;
    }
    case Tag::tensor:
      return tensor(value.tensor());
    case Tag::tuple: {
      const std::vector<IValue>& elements = value.tuple().elements;
      static constexpr Op kShort[] = {Op::empty_tuple, Op::tuple1, Op::tuple2, Op::tuple3};
      const bool is_short = elements.size() < std::size(kShort);
      if (!is_short) put(Op::mark);
      for (const IValue& element : elements) this->value(element);
      return put(is_short ? kShort[elements.size()] : Op::tuple);
    }
    case Tag::list:
      return list(value.list());
    case Tag::dict:
      return dict(value.dict());
    case Tag::set: {
      Ref<ListObject> elements = ListObject::make(types::any());
      value.set().for_each([&](const IValue& element) { elements->append(element); });
      global("builtins", value.set().is_frozen ? "frozenset" : "set");
      list(*elements);
      put(Op::tuple1);
      return put(Op::reduce);
    }
    case Tag::object:
      return object(value.object());
    case Tag::enum_:
      type_global(value.enumerator().type);
      this->value(value.enumerator().value);
      return put(Op::reduce);
    case Tag::capsule:
      throw RuntimeError(
          "Cannot serialize custom bound C++ class. Please define serialization methods via def_pickle() "
          "for this class.");
    case Tag::python:
      throw RuntimeError("Cannot pickle python object");
    default:
      throw RuntimeError(cat("Unknown IValue type for pickling: ", value.tag_name()));
  }
}

void PickleWriter::integer(int64_t number) {
  if (number >= 0 && number <= 0xFF) {
    put(Op::binint1);
    put_number(uint8_t(number));
  } else if (number >= 0 && number <= 0xFFFF) {
    put(Op::binint2);
    put_number(uint16_t(number));
  } else if (number >= std::numeric_limits<int32_t>::min() && number <= std::numeric_limits<int32_t>::max()) {
    put(Op::binint);
    put_number(int32_t(number));
  } else {
    put(Op::long1);
    put_number(uint8_t(sizeof number));
    put_number(number);
  }
}

void PickleWriter::floating(double number) {
  put(Op::binfloat);
  put_number(__builtin_bswap64(std::bit_cast<uint64_t>(number)));
}

void PickleWriter::string(const std::string& text) {
  if (const auto found = strings_.find(text); found != strings_.end()) return recall(found->second);
  if (text.size() > std::numeric_limits<uint32_t>::max()) throw RuntimeError("a string above 4 GiB cannot be saved");
  put(Op::binunicode);
  put_number(uint32_t(text.size()));
  out_ += text;
  strings_[text] = memoize();
}

void PickleWriter::global(const std::string& module, const std::string& name) {
  const std::string lines = cat(module, "\n", name, "\n");
  if (const auto found = globals_.find(lines); found != globals_.end()) return recall(found->second);
  put(Op::global);
  out_ += lines;
  globals_[lines] = memoize();
}

void PickleWriter::type_global(const TypePtr& type) {
  const QualifiedName name = split_qualified_name(rename_(type));
  global(name.prefix, name.base);
}

void PickleWriter::shape_part(IntArrayRef numbers) {
  put(Op::mark);
  for (const int64_t number : numbers) integer(number);
  put(Op::tuple);
}

void PickleWriter::tensor(const Tensor& tensor) {
  if (!tensor.defined()) return put(Op::none);
  if (tensor.layout() != Layout::strided)
    throw RuntimeError(cat("tensors of layout ", layout_name(tensor.layout()), " cannot be saved"));
  global("torch._utils", "_rebuild_tensor_v2");
  put(Op::mark);
  storage_of(tensor);
  integer(tensor.storage_offset());
  shape_part(tensor.sizes());
  shape_part(tensor.strides());
  put(autograd::requires_grad(tensor) ? Op::newtrue : Op::newfalse);
  // The place of backward hooks.
  global("collections", "OrderedDict");
  put(Op::empty_tuple);
  put(Op::reduce);
  put(Op::tuple);
  put(Op::reduce);
}

void PickleWriter::storage_of(const Tensor& tensor) {
  const Ref<Storage>& storage = tensor.storage();
  if (const auto found = storage_entries_.find(storage.get()); found != storage_entries_.end()) {
    if (found->second.dtype != tensor.dtype())
      throw RuntimeError("Cannot save multiple tensors or storages that view the same data as different types");
    return recall(found->second.memo);
  }
  put(Op::mark);
  string("storage");
  global("torch", cat(dtype_info(tensor.dtype()).ir_name, kStorageSuffix));
  string(cat(storages_.size()));
  string(tensor.device().str());
  integer(int64_t(storage->bytes() / tensor.item_size()));
  put(Op::tuple);
  put(Op::binpersid);
  storage_entries_[storage.get()] = {memoize(), tensor.dtype()};
  storages_.push_back(storage);
}

void PickleWriter::list(const ListObject& list) {
  const TypePtr& element = list.element_type();
  const char* builder = list.kind() == ListKind::ints     ? "build_intlist"
                        : list.kind() == ListKind::floats ? "build_doublelist"
                        : list.kind() == ListKind::bools  ? "build_boollist"
                        : element->is(TypeKind::tensor)   ? "build_tensorlist"
                                                          : nullptr;
  global(kPickleModule, builder ? builder : "restore_type_tag");
  if (builder) put(Op::mark);
  put(Op::empty_list);
  put(Op::mark);
  for (size_t i = 0; i < list.size(); ++i) value(list.get(i));
  put(Op::appends);
  if (builder) {
    put(Op::tuple);
  } else {
    string(type_text(types::list(element)));
    put(Op::tuple2);
  }
  put(Op::reduce);
}

void PickleWriter::dict(const DictObject& dict) {
  global(kPickleModule, "restore_type_tag");
  put(Op::empty_dict);
  put(Op::mark);
  dict.for_each([&](const IValue& key, const IValue& item) {
    value(key);
    value(item);
  });
  put(Op::setitems);
  string(type_text(types::dict(dict.key_type, dict.value_type)));
  put(Op::tuple2);
  put(Op::reduce);
}

void PickleWriter::object(const Object& object) {
  const Ref<const ClassType> type = object.type_ref();
  if (seen_classes_.insert(type.get()).second) classes_.push_back(type);
  type_global(type);
  put(Op::empty_tuple);
  put(Op::newobj);
  if (has_state_methods(*type)) {
    value(type->find_method("__getstate__")->call({IValue(Ref<Object>(const_cast<Object*>(&object)))}));
  } else {
    put(Op::empty_dict);
    put(Op::mark);
    for (size_t i = 0; i < type->attributes().size(); ++i) {
      string(type->attributes()[i].name);
      value(object.slot(i));
    }
    put(Op::setitems);
  }
  put(Op::build);
}

/// The type's annotation with the archive's names.
std::string PickleWriter::type_text(const TypePtr& type) const {
  const auto parts = [&] {
    std::vector<std::string> texts;
    for (const TypePtr& part : type->contained()) texts.push_back(type_text(part));
    return join(texts, ", ");
  };
  switch (type->kind()) {
    case TypeKind::class_:
    case TypeKind::enum_:
    case TypeKind::interface:
      return rename_(type);
    case TypeKind::list:
      return cat("List[", parts(), "]");
    case TypeKind::optional:
      return cat("Optional[", parts(), "]");
    case TypeKind::set:
      return cat("Set[", parts(), "]");
    case TypeKind::frozenset:
      return cat("FrozenSet[", parts(), "]");
    case TypeKind::dict:
      return cat("Dict[", parts(), "]");
    case TypeKind::union_:
      return cat("Union[", parts(), "]");
    case TypeKind::tuple:
      if (!type->expect<TupleType>().name().empty()) return rename_(type);
      return type->contained().empty() ? "Tuple[()]" : cat("Tuple[", parts(), "]");
    default:
      return type->annotation();
  }
}

}  // namespace rushlight::archive
