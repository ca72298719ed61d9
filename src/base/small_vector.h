/// A vector that keeps up to N trivially copyable elements inside itself (shapes, strides, index lists).
#pragma once
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <new>
#include <type_traits>

#include "base/array_ref.h"

namespace rushlight {

template <class T, size_t N>
class SmallVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  SmallVector() = default;
  explicit SmallVector(size_t count, T value = T()) { resize(count, value); }
  SmallVector(std::initializer_list<T> values) { assign(values.begin(), values.end()); }
  SmallVector(ArrayRef<T> values) { assign(values.begin(), values.end()); }
  template <class Iterator>
  SmallVector(Iterator begin, Iterator end) {
    assign(begin, end);
  }
  SmallVector(const SmallVector& other) { assign(other.begin(), other.end()); }
  SmallVector(SmallVector&& other) noexcept { take(other); }
  SmallVector& operator=(const SmallVector& other) {
    if (this != &other) assign(other.begin(), other.end());
    return *this;
  }
  SmallVector& operator=(SmallVector&& other) noexcept {
    if (this != &other) {
      free_heap();
      take(other);
    }
    return *this;
  }
  ~SmallVector() { free_heap(); }

  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& front() { return data_[0]; }
  T& back() { return data_[size_ - 1]; }
  const T& front() const { return data_[0]; }
  const T& back() const { return data_[size_ - 1]; }
  operator ArrayRef<T>() const { return {data_, size_}; }
  std::vector<T> vec() const { return {begin(), end()}; }

  void reserve(size_t capacity) {
    if (capacity <= capacity_) return;
    capacity = std::max(capacity, capacity_ * 2);
    T* fresh = static_cast<T*>(::operator new(capacity * sizeof(T)));
    if (size_) std::memcpy(static_cast<void*>(fresh), data_, size_ * sizeof(T));
    free_heap();
    data_ = fresh;
    capacity_ = capacity;
  }
  void resize(size_t count, T value = T()) {
    reserve(count);
    for (size_t i = size_; i < count; ++i) data_[i] = value;
    size_ = count;
  }
  void push_back(T value) {
    reserve(size_ + 1);
    data_[size_++] = value;
  }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }
  void insert(size_t at, T value) {
    push_back(value);
    std::rotate(data_ + at, data_ + size_ - 1, data_ + size_);
  }
  void erase(size_t at) {
    std::move(data_ + at + 1, data_ + size_, data_ + at);
    --size_;
  }
  template <class Iterator>
  void assign(Iterator begin, Iterator end) {
    clear();
    reserve(size_t(std::distance(begin, end)));
    for (; begin != end; ++begin) data_[size_++] = *begin;
  }
  bool operator==(const SmallVector& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }
  bool operator==(ArrayRef<T> other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

 private:
  bool on_heap() const { return data_ != reinterpret_cast<const T*>(inside_); }
  void free_heap() {
    if (on_heap()) ::operator delete(data_);
  }
  void take(SmallVector& other) {
    if (other.on_heap()) {
      data_ = other.data_;
      capacity_ = other.capacity_;
    } else {
      data_ = reinterpret_cast<T*>(inside_);
      capacity_ = N;
      std::memcpy(inside_, other.inside_, other.size_ * sizeof(T));
    }
    size_ = other.size_;
    other.data_ = reinterpret_cast<T*>(other.inside_);
    other.capacity_ = N;
    other.size_ = 0;
  }

  alignas(T) unsigned char inside_[N * sizeof(T)];
  T* data_ = reinterpret_cast<T*>(inside_);
  size_t size_ = 0;
  size_t capacity_ = N;
};

}  // namespace rushlight
