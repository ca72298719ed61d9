/// Part of ATen/core/ivalue.h. c10::Dict<Key, Value>: a dictionary of the language, in order of insertion. Copies share
/// the entries.
#pragma once
#include <stdexcept>

namespace c10 {
inline namespace RUSHLIGHT_ABI {

namespace detail {
class RUSHLIGHT_API DictImpl : public ::rushlight::Opaque {
 public:
  static intrusive_ptr<DictImpl> create(const TypePtr& key_type, const TypePtr& value_type);
  size_t size() const;
  bool find(const IValue& key, IValue* value) const;
  void insert_or_assign(IValue key, IValue value);
  bool erase(const IValue& key);
  void clear();
  intrusive_ptr<DictImpl> copy() const;
  std::vector<std::pair<IValue, IValue>> entries() const;
  TypePtr key_type() const;
  TypePtr value_type() const;
};
}  // namespace detail

template <class Key, class Value>
class Dict {
 public:
  class Entry {
   public:
    Entry(detail::DictImpl* dict, const std::pair<IValue, IValue>& pair) : dict_(dict), pair_(&pair) {}
    Key key() const { return pair_->first.template to<Key>(); }
    Value value() const { return pair_->second.template to<Value>(); }
    void setValue(Value value) const { dict_->insert_or_assign(pair_->first, IValue(std::move(value))); }

   private:
    detail::DictImpl* dict_;
    const std::pair<IValue, IValue>* pair_;
  };

  /// Walks over the entries as they were when the walk began.
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = const Entry*;
    using reference = Entry;
    Entry operator*() const { return Entry(dict_, (*entries_)[i_]); }
    struct Arrow {
      Entry entry;
      const Entry* operator->() const { return &entry; }
    };
    Arrow operator->() const { return {**this}; }
    iterator& operator++() { return ++i_, *this; }
    iterator operator++(int) {
      iterator old = *this;
      ++i_;
      return old;
    }
    bool operator==(const iterator& other) const { return left() == other.left(); }
    bool operator!=(const iterator& other) const { return !(*this == other); }

   private:
    friend class Dict;
    iterator() = default;
    iterator(detail::DictImpl* dict, std::vector<std::pair<IValue, IValue>> entries)
        : dict_(dict), entries_(std::make_shared<std::vector<std::pair<IValue, IValue>>>(std::move(entries))) {}
    size_t left() const { return entries_ ? entries_->size() - i_ : 0; }
    detail::DictImpl* dict_ = nullptr;
    std::shared_ptr<std::vector<std::pair<IValue, IValue>>> entries_;
    size_t i_ = 0;
  };
  using const_iterator = iterator;

  Dict() : Dict(getTypePtr<Key>(), getTypePtr<Value>()) {}
  /// Of given types: for dictionaries of IValue.
  Dict(const TypePtr& key_type, const TypePtr& value_type) : impl_(detail::DictImpl::create(key_type, value_type)) {}
  explicit Dict(intrusive_ptr<detail::DictImpl> impl) : impl_(std::move(impl)) {}

  size_t size() const { return impl_->size(); }
  bool empty() const { return size() == 0; }
  iterator begin() const { return {impl_.get(), impl_->entries()}; }
  iterator end() const { return {}; }
  bool contains(const Key& key) const { return impl_->find(IValue(key), nullptr); }
  size_t count(const Key& key) const { return contains(key) ? 1 : 0; }
  Value at(const Key& key) const {
    IValue value;
    if (!impl_->find(IValue(key), &value)) throw std::out_of_range("Argument passed to at() was not in the map.");
    return value.template to<Value>();
  }
  iterator find(const Key& key) const {
    iterator at = begin();
    const IValue wanted(key);
    while (at.left() && !((*at.entries_)[at.i_].first == wanted)) ++at;
    return at;
  }
  /// False, and nothing changed, if the key is there.
  template <class K, class V>
  std::pair<iterator, bool> insert(K&& key, V&& value) const {
    Key wanted(std::forward<K>(key));
    const bool fresh = !contains(wanted);
    if (fresh) impl_->insert_or_assign(IValue(wanted), IValue(Value(std::forward<V>(value))));
    return {find(wanted), fresh};
  }
  template <class K, class V>
  void insert_or_assign(K&& key, V&& value) const {
    impl_->insert_or_assign(IValue(Key(std::forward<K>(key))), IValue(Value(std::forward<V>(value))));
  }
  size_t erase(const Key& key) const { return impl_->erase(IValue(key)) ? 1 : 0; }
  void clear() const { impl_->clear(); }
  void reserve(size_t) const {}
  Dict copy() const { return Dict(impl_->copy()); }
  TypePtr keyType() const { return impl_->key_type(); }
  TypePtr valueType() const { return impl_->value_type(); }
  bool is(const Dict& other) const { return impl_ == other.impl_; }
  friend bool operator==(const Dict& a, const Dict& b) { return IValue(a) == IValue(b); }
  const intrusive_ptr<detail::DictImpl>& impl() const { return impl_; }

 private:
  intrusive_ptr<detail::DictImpl> impl_;
};

namespace impl {
using GenericDict = Dict<IValue, IValue>;
template <class Key, class Value>
Dict<Key, Value> toTypedDict(const GenericDict& dict) {
  return Dict<Key, Value>(dict.impl());
}
}  // namespace impl

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
