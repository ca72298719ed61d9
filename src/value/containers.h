/// Lists, dictionaries and objects behind an IValue. Lists of int, float and bool keep their elements unboxed.
#pragma once
#include "value/ivalue.h"

namespace rushlight {

enum class ListKind : uint8_t { generic, ints, floats, bools };

class ListObject : public RefCounted {
 public:
  /// An empty list of the kind that the element type asks for.
  static Ref<ListObject> make(TypePtr element_type);
  static ListKind kind_for(const Type& element_type);
  ListKind kind() const { return kind_; }
  const TypePtr& element_type() const { return element_type_; }
  void set_element_type(TypePtr type) { element_type_ = std::move(type); }

  virtual size_t size() const = 0;
  virtual IValue get(size_t i) const = 0;
  virtual void set(size_t i, IValue value) = 0;
  virtual void append(IValue value) = 0;
  virtual void insert(size_t at, IValue value) = 0;
  virtual void erase(size_t from, size_t to) = 0;
  virtual void clear() = 0;
  virtual void reserve(size_t count) = 0;
  virtual Ref<ListObject> copy() const = 0;

 protected:
  ListObject(ListKind kind, TypePtr element_type) : kind_(kind), element_type_(std::move(element_type)) {}

 private:
  ListKind kind_;
  TypePtr element_type_;
};

/// T is IValue, int64_t, double or uint8_t (bool).
template <class T>
class TypedList final : public ListObject {
 public:
  explicit TypedList(TypePtr element_type, std::vector<T> values = {})
      : ListObject(static_kind, std::move(element_type)), values(std::move(values)) {}
  static constexpr ListKind static_kind = std::is_same_v<T, IValue>    ? ListKind::generic
                                          : std::is_same_v<T, int64_t> ? ListKind::ints
                                          : std::is_same_v<T, double>  ? ListKind::floats
                                                                       : ListKind::bools;
  std::vector<T> values;

  size_t size() const override { return values.size(); }
  IValue get(size_t i) const override {
    if constexpr (static_kind == ListKind::bools)
      return IValue(bool(values[i]));
    else
      return IValue(values[i]);
  }
  void set(size_t i, IValue value) override { values[i] = unbox(std::move(value)); }
  void append(IValue value) override { values.push_back(unbox(std::move(value))); }
  void insert(size_t at, IValue value) override {
    values.insert(values.begin() + ptrdiff_t(at), unbox(std::move(value)));
  }
  void erase(size_t from, size_t to) override {
    values.erase(values.begin() + ptrdiff_t(from), values.begin() + ptrdiff_t(to));
  }
  void clear() override { values.clear(); }
  void reserve(size_t count) override { values.reserve(count); }
  Ref<ListObject> copy() const override { return make_ref<TypedList>(element_type(), values); }

 private:
  static T unbox(IValue value) {
    if constexpr (static_kind == ListKind::generic)
      return value;
    else if constexpr (static_kind == ListKind::ints)
      return value.to_int();
    else if constexpr (static_kind == ListKind::floats)
      return value.to_float();
    else
      return value.to_bool();
  }
};
using GenericList = TypedList<IValue>;
using IntList = TypedList<int64_t>;
using FloatList = TypedList<double>;
using BoolList = TypedList<uint8_t>;

/// A dictionary that remembers the order of insertion. Keys: int, float, bool, complex, str, Tensor (by identity),
/// Device, enum.
class DictObject : public RefCounted {
 public:
  DictObject(TypePtr key_type, TypePtr value_type) : key_type(std::move(key_type)), value_type(std::move(value_type)) {}
  TypePtr key_type;
  TypePtr value_type;

  size_t size() const { return live_; }
  const IValue* find(const IValue& key) const;
  IValue* find(const IValue& key) { return const_cast<IValue*>(std::as_const(*this).find(key)); }
  void insert_or_assign(const IValue& key, IValue value);
  bool erase(const IValue& key);
  void clear();
  Ref<DictObject> copy() const;
  /// Calls fn(key, value) in order of insertion.
  template <class Fn>
  void for_each(Fn&& fn) const {
    for (const Entry& entry : entries_)
      if (entry.alive) fn(entry.key, entry.value);
  }

 private:
  struct Entry {
    IValue key;
    IValue value;
    size_t hash;
    bool alive;
  };
  /// What a slot without an entry holds.
  static constexpr uint32_t kFree = UINT32_MAX, kErased = UINT32_MAX - 1;
  size_t first_slot(size_t hash) const { return hash * 0x9E3779B97F4A7C15u >> shift_; }
  /// The slot that holds the entry of `key`, or kNowhere.
  size_t find_slot(const IValue& key, size_t hash) const;
  /// Drops erased entries and makes room for as many again as there are.
  void rebuild();
  static constexpr size_t kNowhere = SIZE_MAX;

  /// In order of insertion. At most two thirds as many as slots.
  std::vector<Entry> entries_;
  /// A power of two of them. The index of an entry stands in the first slot that its hash names, or behind it.
  std::vector<uint32_t> slots_;
  int shift_ = 0;
  size_t live_ = 0;
};

/// A set or frozenset that remembers the order of insertion, as the keys of a dictionary.
class SetObject : public RefCounted {
 public:
  SetObject(TypePtr element_type, bool is_frozen)
      : element_type(element_type), is_frozen(is_frozen), entries_(make_ref<DictObject>(element_type, types::none())) {}
  TypePtr element_type;
  bool is_frozen;

  size_t size() const { return entries_->size(); }
  bool contains(const IValue& element) const { return std::as_const(*entries_).find(element) != nullptr; }
  /// Changes nothing if an equal element is there.
  void add(const IValue& element) {
    if (!contains(element)) entries_->insert_or_assign(element, IValue());
  }
  bool erase(const IValue& element) { return entries_->erase(element); }
  void clear() { entries_->clear(); }
  Ref<SetObject> copy(bool frozen) const;
  /// Whether all elements of this are in `other`.
  bool is_subset_of(const SetObject& other) const;
  template <class Fn>
  void for_each(Fn&& fn) const {
    entries_->for_each([&](const IValue& key, const IValue&) { fn(key); });
  }

 private:
  Ref<DictObject> entries_;
};

class ClassType;

/// An instance of a script class or module: one slot for each attribute of its type.
class Object : public RefCounted {
 public:
  /// `keep_alive` is the CompilationUnit that owns the class and its methods.
  Object(Ref<const ClassType> type, std::shared_ptr<const void> keep_alive);
  ~Object() override;
  const ClassType& type() const { return *type_; }
  Ref<const ClassType> type_ref() const;
  const std::shared_ptr<const void>& keep_alive() const { return keep_alive_; }
  IValue& slot(size_t i);
  const IValue& slot(size_t i) const { return const_cast<Object*>(this)->slot(i); }
  size_t slot_count() const { return slots_.size(); }
  /// By name. Throws RuntimeError if there is no such attribute.
  const IValue& attribute(std::string_view name) const;
  void set_attribute(std::string_view name, IValue value);
  bool has_attribute(std::string_view name) const;
  void remove_slot(size_t i) { slots_.erase(slots_.begin() + ptrdiff_t(i)); }

 private:
  Ref<const ClassType> type_;
  std::shared_ptr<const void> keep_alive_;
  std::vector<IValue> slots_;
};

}  // namespace rushlight
