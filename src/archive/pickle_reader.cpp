#include "archive/pickle_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <unordered_map>

#include "archive/byte_cursor.h"
#include "archive/pickle_format.h"
#include "archive/tensor_rebuild.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

/// A GLOBAL on the stack. Programs never see it: values that hold one are refused.
struct GlobalObject : OpaqueObject {
  std::optional<Callable> callable;
  TypePtr type;  ///< when it is a class or enum of the archive
};

class PickleReader {
 public:
  PickleReader(std::string_view bytes, const PickleHost& host, const Limits& limits)
      : host_(host), limits_(limits), in_(bytes, {}) {
    if (bytes.size() > limits.pickle_bytes)
      throw LimitError(cat("a pickle of ", bytes.size(), " bytes; at most ", limits.pickle_bytes, " are allowed"));
  }

  IValue run() {
    const auto first = in_.number<uint8_t>();
    // Op::proto is checked by its number: PyTorch says what stood there instead, unless it is no opcode at all.
    if (first != uint8_t(Op::proto)) {
      if (!is_opcode(first)) unknown_opcode(first);
      throw ArchiveError(cat("Expected PROTO opcode at the start of pickle archive, found ", int(first)));
    }
    protocol();
    for (;;) {
      const auto op = in_.number<uint8_t>();
      if (op == uint8_t(Op::stop)) break;
      step(op);
    }
    if (stack_.size() != 1)
      throw ArchiveError(cat("Unpickler expected 1 element on the stack, but found ", stack_.size()));
    return take_value();
  }

 private:
  // ---- The stack

  void push(IValue value) { stack_.push_back(std::move(value)); }
  IValue pop() {
    const size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) throw ArchiveError("the pickle takes a value from an empty stack");
    IValue value = std::move(stack_.back());
    stack_.pop_back();
    return value;
  }
  /// A value that may become part of the result.
  IValue take_value() {
    IValue value = pop();
    refuse_unfinished(value);
    return value;
  }
  std::vector<IValue> pop_to_mark() {
    if (marks_.empty()) throw ArchiveError("the pickle has a value without its mark");
    const auto begin = stack_.begin() + ptrdiff_t(marks_.back());
    marks_.pop_back();
    std::vector<IValue> values(std::make_move_iterator(begin), std::make_move_iterator(stack_.end()));
    stack_.erase(begin, stack_.end());
    return values;
  }
  IValue& top() {
    const size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) throw ArchiveError("the pickle takes a value from an empty stack");
    return stack_.back();
  }

  // ---- Containers: how deep they are, and whether they are part of another

  struct Container {
    size_t depth = 0;
    bool inside_another = false;
    bool unfinished = false;  ///< holds globals or storages: only good as arguments
  };
  /// A container may grow as long as it is part of no other; so there are no cycles, and depths are exact.
  void add_part(const IValue& container, const IValue& part) {
    Container& outer = containers_[container.raw_pointer()];
    if (outer.inside_another || part.is_same(container))
      throw ArchiveError("the pickle changes a container that is part of another already");
    outer.unfinished = outer.unfinished || is_opaque(part);
    if (!is_container(part)) return;
    Container& inner = containers_[part.raw_pointer()];
    inner.inside_another = true;
    outer.unfinished = outer.unfinished || inner.unfinished;
    outer.depth = std::max(outer.depth, inner.depth + 1);
    if (outer.depth > limits_.value_depth)
      throw LimitError(cat("values are nested more than ", limits_.value_depth, " levels deep"));
  }
  IValue made(IValue container) {
    containers_[container.raw_pointer()] = {};
    return container;
  }
  static bool is_container(const IValue& value) {
    return value.is_tuple() || value.is_list() || value.is_dict() || value.is_object();
  }
  static bool is_opaque(const IValue& value) { return value.tag() == Tag::capsule || value.tag() == Tag::storage; }
  void refuse_unfinished(const IValue& value) const {
    const auto found = is_container(value) ? containers_.find(value.raw_pointer()) : containers_.end();
    if (is_opaque(value) || (found != containers_.end() && found->second.unfinished))
      throw ArchiveError("the pickle uses a name or a storage as a value");
  }

  IValue make_tuple_of(std::vector<IValue> elements) {
    IValue tuple = made(make_tuple(std::move(elements)));
    for (const IValue& element : tuple.tuple().elements) add_part(tuple, element);
    return tuple;
  }
  static IValue untyped_list() { return IValue(ListObject::make(types::any())); }
  static IValue untyped_dict() { return IValue(Ref<DictObject>(make_ref<DictObject>(types::any(), types::any()))); }

  void append(IValue& list, IValue element) {
    if (!list.is_list() || list.list().element_type() != types::any())
      throw ArchiveError(cat("Unknown IValue list kind: ", list.is_list() ? "typed list" : list.tag_name()));
    refuse_unfinished(element);
    add_part(list, element);
    list.list().append(std::move(element));
  }
  void set_item(IValue& dict, IValue key, IValue value) {
    if (!dict.is_dict() || dict.dict().key_type != types::any())
      throw ArchiveError(cat("the pickle sets an item of a ", dict.tag_name()));
    if (containers_[dict.raw_pointer()].inside_another)
      throw ArchiveError("the pickle changes a container that is part of another already");
    const bool can_be_key = key.is_number() || key.is_string() || key.is_tensor() || key.is_device() || key.is_enum();
    if (!can_be_key) throw ArchiveError(cat("a ", key.tag_name(), " cannot be a key of a dictionary"));
    refuse_unfinished(value);
    add_part(dict, value);
    dict.dict().insert_or_assign(std::move(key), std::move(value));
  }
  void set_items(IValue& dict, std::vector<IValue> items) {
    if (items.size() % 2) throw ArchiveError("the pickle has a key without a value");
    for (size_t i = 0; i < items.size(); i += 2) set_item(dict, std::move(items[i]), std::move(items[i + 1]));
  }

  // ---- Opcodes

  static bool is_opcode(uint8_t op) {
    static constexpr std::string_view kKnown =
        "\x80(.N\x88\x89JKM\x8aGX\x8d)\x85\x86\x87t]lae}dsuc\x81"
        "bRqrhjQ";
    return kKnown.find(char(op)) != std::string_view::npos;
  }
  [[noreturn]] static void unknown_opcode(uint8_t op) {
    // PyTorch shows the opcode as an address, with its sign.
    throw ArchiveError(fmt::format("Unknown opcode for unpickling at {:#x}: {}", uint64_t(int64_t(int8_t(op))), op));
  }
  void protocol() {
    const auto version = in_.number<uint8_t>();
    if (version != kProtocol)
      throw ArchiveError(cat("Only Pickle protocol 2 is supported, found protocol = ", char(version)));
  }

  void step(uint8_t code) {
    switch (Op(code)) {
      case Op::proto:
        return protocol();
      case Op::mark:
        return marks_.push_back(stack_.size());
      case Op::none:
        return push(IValue());
      case Op::newtrue:
        return push(IValue(true));
      case Op::newfalse:
        return push(IValue(false));
      case Op::binint1:
        return push(IValue(int64_t(in_.number<uint8_t>())));
      case Op::binint2:
        return push(IValue(int64_t(in_.number<uint16_t>())));
      case Op::binint:
        return push(IValue(int64_t(in_.number<int32_t>())));
      case Op::long1: {
        const auto length = in_.number<uint8_t>();
        if (length != 8) throw ArchiveError(cat("Expected length to be 8, got ", int(length)));
        return push(IValue(in_.number<int64_t>()));
      }
      case Op::binfloat:
        return push(IValue(std::bit_cast<double>(__builtin_bswap64(in_.number<uint64_t>()))));
      case Op::binunicode:
        return push(IValue(in_.take(in_.number<uint32_t>())));
      case Op::binunicode8: {
        const auto length = in_.number<uint64_t>();
        return push(IValue(in_.take(size_t(length))));
      }
      case Op::empty_tuple:
        return push(make_tuple_of({}));
      case Op::tuple1:
      case Op::tuple2:
      case Op::tuple3: {
        std::vector<IValue> elements(size_t(code - uint8_t(Op::tuple1)) + 1);
        for (auto it = elements.rbegin(); it != elements.rend(); ++it) *it = pop();
        return push(make_tuple_of(std::move(elements)));
      }
      case Op::tuple:
        return push(make_tuple_of(pop_to_mark()));
      case Op::empty_list:
        return push(made(untyped_list()));
      case Op::list: {
        std::vector<IValue> elements = pop_to_mark();
        push(made(untyped_list()));
        for (IValue& element : elements) append(top(), std::move(element));
        return;
      }
      case Op::append: {
        IValue element = pop();
        return append(top(), std::move(element));
      }
      case Op::appends: {
        std::vector<IValue> elements = pop_to_mark();
        if (!top().is_list()) throw ArchiveError(cat("Unknown IValue list kind: ", top().tag_name()));
        for (IValue& element : elements) append(top(), std::move(element));
        return;
      }
      case Op::empty_dict:
        return push(made(untyped_dict()));
      case Op::dict: {
        std::vector<IValue> items = pop_to_mark();
        push(made(untyped_dict()));
        return set_items(top(), std::move(items));
      }
      case Op::setitem: {
        IValue value = pop();
        IValue key = pop();
        return set_item(top(), std::move(key), std::move(value));
      }
      case Op::setitems: {
        std::vector<IValue> items = pop_to_mark();
        return set_items(top(), std::move(items));
      }
      case Op::global: {
        const std::string module(in_.line());
        const std::string name(in_.line());
        return push(global(module, name));
      }
      case Op::newobj:
        // The class stays on the stack; BUILD makes the object when its state is known.
        if (!pop().is_tuple()) throw ArchiveError("the pickle makes an object without a tuple of arguments");
        if (!as_global(top()).type) throw ArchiveError("the pickle makes an object of something that is no class");
        return;
      case Op::build:
      case Op::reduce: {
        IValue argument = pop();
        const IValue callable = pop();
        return push(apply(as_global(callable), std::move(argument)));
      }
      case Op::binput:
        return memoize(in_.number<uint8_t>());
      case Op::long_binput:
        return memoize(in_.number<uint32_t>());
      case Op::binget:
        return push(recall(in_.number<uint8_t>()));
      case Op::long_binget:
        return push(recall(in_.number<uint32_t>()));
      case Op::binpersid:
        return push(storage(pop()));
      case Op::stop:
        break;
    }
    unknown_opcode(code);
  }

  void memoize(size_t index) {
    if (index > memo_.size())
      throw ArchiveError(cat("the pickle numbers a value ", index, " after ", memo_.size(), " others"));
    if (index == memo_.size())
      memo_.push_back(top());
    else
      memo_[index] = top();
  }
  IValue recall(size_t index) const {
    if (index >= memo_.size()) throw ArchiveError(cat("the pickle refers to value ", index, ", which is not there"));
    return memo_[index];
  }

  // ---- Names

  IValue global(const std::string& module, const std::string& name) {
    for (const CallableName& known : kCallables)
      if (known.module == module && known.name == name) return callable(known.callable, nullptr);
    if (module == "torch") {
      if (name.ends_with(kStorageSuffix)) {
        const auto dtype = dtype_from_name(name.substr(0, name.size() - kStorageSuffix.size()));
        if (!dtype) throw ArchiveError(cat("tensors of type torch.", name, " are not supported"));
        return IValue(*dtype);
      }
      if (name.starts_with("per_")) throw ArchiveError("quantized tensors are not supported");
      throw ArchiveError(cat("Unpickler found unknown torch global, 'torch.", name, "'"));
    }
    const std::string qualified = cat(module, ".", name);
    TypePtr type = host_.find_type ? host_.find_type(qualified) : nullptr;
    if (!type) throw ArchiveError(cat("\nUnknown type name '", qualified, "':\n", qualified));
    return callable(std::nullopt, std::move(type));
  }
  static IValue callable(std::optional<Callable> callable, TypePtr type) {
    auto object = make_ref<GlobalObject>();
    object->callable = callable;
    object->type = std::move(type);
    return IValue(Tag::capsule, Ref<OpaqueObject>(object));
  }
  static const GlobalObject& as_global(const IValue& value) {
    const auto* global = value.tag() == Tag::capsule ? dynamic_cast<const GlobalObject*>(&value.opaque()) : nullptr;
    if (!global) throw ArchiveError(cat("the pickle calls a ", value.tag_name()));
    return *global;
  }

  // ---- Calls

  IValue apply(const GlobalObject& global, IValue argument) {
    if (!global.callable) return make_of_type(global.type, std::move(argument));
    if (*global.callable == Callable::ordered_dict) return IValue();
    if (!argument.is_tuple()) throw ArchiveError("the pickle calls a function without a tuple of arguments");
    const std::vector<IValue>& arguments = argument.tuple().elements;
    const auto need = [&](size_t count) {
      if (arguments.size() != count)
        throw ArchiveError(cat("the pickle calls a function with ", arguments.size(), " arguments, not ", count));
    };
    switch (*global.callable) {
      case Callable::rebuild_tensor:
        return IValue(rebuild_tensor(arguments));
      case Callable::rebuild_qtensor:
        throw ArchiveError("quantized tensors are not supported");
      case Callable::rebuild_sparse_tensor:
        throw ArchiveError("sparse tensors are not supported");
      case Callable::rebuild_from_type:
        // (function, type, arguments, state): the tensor alone is kept.
        need(4);
        return apply(as_global(arguments[0]), arguments[2]);
      case Callable::device:
        need(1);
        return IValue(Device::parse(arguments[0].to_string()));
      case Callable::complex:
        need(2);
        return IValue(std::complex<double>(arguments[0].to_float(), arguments[1].to_float()));
      case Callable::set:
      case Callable::frozenset: {
        need(1);
        auto made = make_ref<SetObject>(types::any(), *global.callable == Callable::frozenset);
        const ListObject& elements = arguments[0].list();
        for (size_t i = 0; i < elements.size(); ++i) made->add(elements.get(i));
        return IValue(std::move(made));
      }
      case Callable::int_list:
        need(1);
        return typed_list(arguments[0], types::int_());
      case Callable::float_list:
        need(1);
        return typed_list(arguments[0], types::float_());
      case Callable::bool_list:
        need(1);
        return typed_list(arguments[0], types::bool_());
      case Callable::tensor_list:
        need(1);
        return typed_list(arguments[0], types::tensor());
      case Callable::type_tag:
        need(2);
        return tagged(arguments[0], arguments[1].to_string());
      case Callable::ordered_dict:
        break;
    }
    throw ArchiveError("the pickle calls an unknown function");
  }

  IValue typed_list(const IValue& list, const TypePtr& element) {
    return keep_depth(list, conform(list, types::list(element), "list"));
  }
  IValue tagged(const IValue& container, const std::string& annotation) {
    refuse_unfinished(container);
    if (!host_.read_type) throw ArchiveError("the pickle has types where none are expected");
    return keep_depth(container, conform(container, host_.read_type(annotation), cat("value tagged ", annotation)));
  }
  /// A container with its type may be another one than before.
  IValue keep_depth(const IValue& before, IValue after) {
    if (!is_container(after) || after.is_same(before)) return after;
    const size_t depth = containers_[before.raw_pointer()].depth;
    made(after);
    containers_[after.raw_pointer()].depth = depth;
    return after;
  }

  IValue make_of_type(const TypePtr& type, IValue argument) {
    refuse_unfinished(argument);
    if (const auto* enumeration = type->as<EnumType>()) {
      for (const auto& [name, value] : enumeration->members())
        if (value.tag() == argument.tag() && value.equals(argument))
          return IValue(make_ref<EnumObject>(Ref<const EnumType>(enumeration), name, value));
      throw ArchiveError(cat("enum '", enumeration->name(), "' has no member of this value"));
    }
    const auto* cls = type->as<ClassType>();
    if (!cls || !host_.make_object) throw ArchiveError(cat("objects of '", type->annotation(), "' cannot be made"));
    const IValue state = argument;
    IValue object = made(host_.make_object(Ref<const ClassType>(cls), std::move(argument)));
    add_part(object, state);
    return object;
  }

  // ---- Tensors

  IValue storage(const IValue& id) {
    if (!id.is_tuple() || id.tuple().elements.size() < 5) throw ArchiveError("the pickle refers to no known storage");
    const std::vector<IValue>& parts = id.tuple().elements;
    if (!parts[0].is_string() || parts[0].to_string() != "storage")
      throw ArchiveError("the pickle refers to something that is no storage");
    if (!parts[1].is_int() || !find_dtype(parts[1].to_int()) || !parts[2].is_string() || !parts[3].is_string() ||
        !parts[4].is_int())
      throw ArchiveError("the pickle describes a storage wrongly");
    if (!host_.find_storage) throw ArchiveError("the pickle has tensors where none are expected");
    const auto dtype = ScalarType(parts[1].to_int());
    auto object = make_ref<StorageObject>();
    object->dtype = dtype;
    object->storage =
        host_.find_storage(parts[2].to_string(), parts[3].to_string(), dtype, storage_bytes(parts[4].to_int(), dtype));
    return IValue(Tag::capsule, Ref<OpaqueObject>(object));
  }

  const PickleHost& host_;
  const Limits& limits_;
  struct ThrowAtEnd {
    void operator()() const { throw ArchiveError("Unexpected end of pickler archive."); }
  };
  ByteCursor<ThrowAtEnd> in_;
  std::vector<IValue> stack_;
  std::vector<size_t> marks_;
  std::vector<IValue> memo_;
  /// Of the containers that live; an entry of one that is gone is replaced when its address is used again.
  std::unordered_map<const RefCounted*, Container> containers_;
};

}  // namespace

IValue read_pickle(std::string_view bytes, const PickleHost& host, const Limits& limits) {
  return PickleReader(bytes, host, limits).run();
}

}  // namespace rushlight::archive
