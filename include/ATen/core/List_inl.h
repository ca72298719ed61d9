/// Part of ATen/core/ivalue.h. c10::List<T>: a list of the language. Copies share the elements, as in Python; `copy()`
/// makes a list of its own.
#pragma once
#include <initializer_list>
#include <iterator>

namespace c10 {
inline namespace RUSHLIGHT_ABI {

namespace detail {
class RUSHLIGHT_API ListImpl : public ::rushlight::Opaque {
 public:
  static intrusive_ptr<ListImpl> create(const TypePtr& element_type);
  size_t size() const;
  IValue get(size_t i) const;
  void set(size_t i, IValue value);
  void append(IValue value);
  void insert(size_t at, IValue value);
  void erase(size_t from, size_t to);
  void clear();
  void reserve(size_t count);
  intrusive_ptr<ListImpl> copy() const;
  TypePtr element_type() const;
  /// Where the elements stand; null for lists that keep numbers unboxed.
  const IValue* boxed() const;
};
}  // namespace detail

template <class T>
class List {
 public:
  using value_type = T;

  /// `list[i]` before it is known whether it is read or written.
  class Reference {
   public:
    operator T() const { return list_->get(i_).template to<T>(); }
    T get() const { return *this; }
    Reference& operator=(T value) & {
      list_->set(i_, IValue(std::move(value)));
      return *this;
    }
    Reference& operator=(T value) && {
      list_->set(i_, IValue(std::move(value)));
      return *this;
    }
    Reference& operator=(const Reference& other) { return *this = T(other); }
    Reference(const Reference&) = default;
    friend bool operator==(const Reference& a, const T& b) { return T(a) == b; }
    friend bool operator==(const T& a, const Reference& b) { return a == T(b); }
    friend std::ostream& operator<<(std::ostream& out, const Reference& value) { return out << T(value); }

   private:
    friend class List;
    Reference(const detail::ListImpl* list, size_t i) : list_(const_cast<detail::ListImpl*>(list)), i_(i) {}
    detail::ListImpl* list_;
    size_t i_;
  };

  class iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = T;
    iterator(const detail::ListImpl* list, size_t i) : list_(list), i_(i) {}
    T operator*() const { return list_->get(i_).template to<T>(); }
    iterator& operator++() { return ++i_, *this; }
    iterator operator++(int) { return iterator(list_, i_++); }
    iterator& operator--() { return --i_, *this; }
    iterator operator+(difference_type n) const { return iterator(list_, size_t(difference_type(i_) + n)); }
    iterator operator-(difference_type n) const { return *this + -n; }
    iterator& operator+=(difference_type n) { return *this = *this + n; }
    difference_type operator-(const iterator& other) const { return difference_type(i_) - difference_type(other.i_); }
    bool operator==(const iterator& other) const { return i_ == other.i_; }
    bool operator!=(const iterator& other) const { return i_ != other.i_; }
    bool operator<(const iterator& other) const { return i_ < other.i_; }

   private:
    friend class List;
    const detail::ListImpl* list_;
    size_t i_;
  };
  using const_iterator = iterator;

  List() : List(getTypePtr<T>()) {}
  /// Of a given element type: for lists of IValue.
  explicit List(const TypePtr& element_type) : impl_(detail::ListImpl::create(element_type)) {}
  List(std::initializer_list<T> values) : List() { append_all(values.begin(), values.end()); }
  explicit List(ArrayRef<T> values) : List() { append_all(values.begin(), values.end()); }
  explicit List(intrusive_ptr<detail::ListImpl> impl) : impl_(std::move(impl)) {}

  size_t size() const { return impl_->size(); }
  bool empty() const { return size() == 0; }
  T get(size_t i) const { return check(i), impl_->get(i).template to<T>(); }
  T extract(size_t i) const { return get(i); }
  void set(size_t i, T value) const { check(i), impl_->set(i, IValue(std::move(value))); }
  Reference operator[](size_t i) const { return check(i), Reference(impl_.get(), i); }
  iterator begin() const { return {impl_.get(), 0}; }
  iterator end() const { return {impl_.get(), size()}; }
  void push_back(T value) const { impl_->append(IValue(std::move(value))); }
  template <class... Arguments>
  void emplace_back(Arguments&&... arguments) const {
    push_back(T(std::forward<Arguments>(arguments)...));
  }
  void append(const List& other) const {
    for (const auto& value : other.vec()) push_back(value);
  }
  void insert(iterator at, T value) const { impl_->insert(at.i_, IValue(std::move(value))); }
  void erase(iterator at) const { impl_->erase(at.i_, at.i_ + 1); }
  void erase(iterator from, iterator to) const { impl_->erase(from.i_, to.i_); }
  void pop_back() const { impl_->erase(size() - 1, size()); }
  void clear() const { impl_->clear(); }
  void reserve(size_t count) const { impl_->reserve(count); }
  void resize(size_t count) const { resize(count, T{}); }
  void resize(size_t count, const T& value) const {
    if (count < size()) impl_->erase(count, size());
    while (size() < count) push_back(value);
  }
  std::vector<T> vec() const {
    std::vector<T> values;
    values.reserve(size());
    for (size_t i = 0; i < size(); ++i) values.push_back(impl_->get(i).template to<T>());
    return values;
  }
  List copy() const { return List(impl_->copy()); }
  TypePtr elementType() const { return impl_->element_type(); }
  size_t use_count() const { return impl_.use_count(); }
  bool is(const List& other) const { return impl_ == other.impl_; }
  friend bool operator==(const List& a, const List& b) { return IValue(a) == IValue(b); }
  friend bool operator!=(const List& a, const List& b) { return !(a == b); }
  const intrusive_ptr<detail::ListImpl>& impl() const { return impl_; }

 private:
  void check(size_t i) const {
    if (i >= size()) throw std::out_of_range("List index " + std::to_string(i) + " is out of range");
  }
  template <class Iterator>
  void append_all(Iterator from, Iterator to) {
    reserve(size_t(to - from));
    for (; from != to; ++from) push_back(*from);
  }
  intrusive_ptr<detail::ListImpl> impl_;
};

namespace impl {
using GenericList = List<IValue>;
/// A list of one element type under another C++ type.
template <class T>
List<T> toTypedList(const GenericList& list) {
  return List<T>(list.impl());
}
template <class T>
GenericList toList(const List<T>& list) {
  return GenericList(list.impl());
}
}  // namespace impl

/// The elements of a list as an ArrayRef.
class ListView : public ArrayRef<IValue> {
 public:
  explicit ListView(intrusive_ptr<detail::ListImpl> list) : list_(std::move(list)) {
    if (!list_->boxed()) {
      owned_ = std::make_shared<std::vector<IValue>>();
      for (size_t i = 0; i < list_->size(); ++i) owned_->push_back(list_->get(i));
    }
    static_cast<ArrayRef<IValue>&>(*this) =
        owned_ ? ArrayRef<IValue>(*owned_) : ArrayRef<IValue>(list_->boxed(), list_->size());
  }

 private:
  intrusive_ptr<detail::ListImpl> list_;
  std::shared_ptr<std::vector<IValue>> owned_;
};

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
