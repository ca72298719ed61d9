/// A borrowed, read-only view of contiguous elements; converts from vectors, initializer lists and arrays. It owns
/// nothing: what it views must live longer.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <ostream>
#include <vector>

#include "c10/util/Exception.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

template <class T>
class ArrayRef {
 public:
  using value_type = T;
  using iterator = const T*;
  using const_iterator = const T*;
  using size_type = size_t;
  using reverse_iterator = std::reverse_iterator<iterator>;

  constexpr ArrayRef() = default;
  constexpr ArrayRef(const T& one) : data_(&one), size_(1) {}
  constexpr ArrayRef(const T* data, size_t size) : data_(data), size_(size) {}
  constexpr ArrayRef(const T* begin, const T* end) : data_(begin), size_(size_t(end - begin)) {}
  template <class Container, class U = decltype(std::declval<Container>().data()),
            class = std::enable_if_t<(std::is_same_v<U, T*> ||
                                      std::is_same_v<U, const T*>)&&!std::is_same_v<std::decay_t<Container>, ArrayRef>>>
  ArrayRef(const Container& container) : data_(container.data()), size_(container.size()) {}
  ArrayRef(const std::vector<T>& values) : data_(values.data()), size_(values.size()) {
    static_assert(!std::is_same_v<T, bool>, "a vector<bool> has no elements that could be viewed");
  }
  template <size_t N>
  constexpr ArrayRef(const std::array<T, N>& values) : data_(values.data()), size_(N) {}
  template <size_t N>
  constexpr ArrayRef(const T (&values)[N]) : data_(values), size_(N) {}
  // The list lives until the end of the full expression, which is as long as a call that takes it.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winit-list-lifetime"
#endif
  constexpr ArrayRef(const std::initializer_list<T>& values)
      : data_(values.size() ? values.begin() : nullptr), size_(values.size()) {}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

  constexpr const T* begin() const { return data_; }
  constexpr const T* end() const { return data_ + size_; }
  constexpr const T* cbegin() const { return begin(); }
  constexpr const T* cend() const { return end(); }
  reverse_iterator rbegin() const { return reverse_iterator(end()); }
  reverse_iterator rend() const { return reverse_iterator(begin()); }
  constexpr const T* data() const { return data_; }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const T& operator[](size_t i) const { return data_[i]; }
  const T& at(size_t i) const {
    TORCH_CHECK(i < size_, "ArrayRef: invalid index Index = ", i, "; Length = ", size_);
    return data_[i];
  }
  const T& front() const {
    TORCH_CHECK(size_ != 0, "ArrayRef: attempted to access front() of empty list");
    return data_[0];
  }
  const T& back() const {
    TORCH_CHECK(size_ != 0, "ArrayRef: attempted to access back() of empty list");
    return data_[size_ - 1];
  }
  ArrayRef slice(size_t from, size_t count) const {
    TORCH_CHECK(from + count <= size_, "ArrayRef: invalid slice, N = ", from, "; M = ", count, "; size = ", size_);
    return {data_ + from, count};
  }
  ArrayRef slice(size_t from) const { return slice(from, size_ - from); }
  std::vector<T> vec() const { return {begin(), end()}; }
  bool equals(ArrayRef other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

 private:
  const T* data_ = nullptr;
  size_t size_ = 0;
};

template <class T>
bool operator==(ArrayRef<T> a, ArrayRef<T> b) {
  return a.equals(b);
}
template <class T>
bool operator!=(ArrayRef<T> a, ArrayRef<T> b) {
  return !a.equals(b);
}
template <class T>
bool operator==(const std::vector<T>& a, ArrayRef<T> b) {
  return ArrayRef<T>(a).equals(b);
}
template <class T>
bool operator!=(const std::vector<T>& a, ArrayRef<T> b) {
  return !ArrayRef<T>(a).equals(b);
}
template <class T>
bool operator==(ArrayRef<T> a, const std::vector<T>& b) {
  return a.equals(ArrayRef<T>(b));
}
template <class T>
bool operator!=(ArrayRef<T> a, const std::vector<T>& b) {
  return !a.equals(ArrayRef<T>(b));
}
template <class T>
std::ostream& operator<<(std::ostream& out, ArrayRef<T> list) {
  out << '[';
  for (size_t i = 0; i < list.size(); ++i) out << (i ? ", " : "") << list[i];
  return out << ']';
}
template <class T>
ArrayRef<T> makeArrayRef(const std::vector<T>& values) {
  return values;
}

using IntArrayRef = ArrayRef<int64_t>;

/// An ArrayRef or nothing. Unlike optional<ArrayRef>, one number or a list in braces converts to it.
template <class T>
class OptionalArrayRef {
 public:
  constexpr OptionalArrayRef() = default;
  constexpr OptionalArrayRef(std::nullopt_t) {}
  constexpr OptionalArrayRef(ArrayRef<T> values) : values_(values) {}
  constexpr OptionalArrayRef(const std::optional<ArrayRef<T>>& values) : values_(values) {}
  constexpr OptionalArrayRef(const T& one) : values_(ArrayRef<T>(one)) {}
  OptionalArrayRef(const std::vector<T>& values) : values_(ArrayRef<T>(values)) {}
  template <size_t N>
  constexpr OptionalArrayRef(const std::array<T, N>& values) : values_(ArrayRef<T>(values)) {}
  constexpr OptionalArrayRef(const std::initializer_list<T>& values) : values_(ArrayRef<T>(values)) {}

  constexpr bool has_value() const { return values_.has_value(); }
  constexpr explicit operator bool() const { return has_value(); }
  constexpr const ArrayRef<T>& value() const { return values_.value(); }
  constexpr const ArrayRef<T>& operator*() const { return *values_; }
  constexpr const ArrayRef<T>* operator->() const { return &*values_; }

 private:
  std::optional<ArrayRef<T>> values_;
};
using OptionalIntArrayRef = OptionalArrayRef<int64_t>;

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
