/// Shared ownership by a count inside the object: of the library's own objects, and of classes that programs derive
/// from intrusive_ptr_target.
#pragma once
#include <atomic>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

#include "rushlight/opaque.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

class intrusive_ptr_target {
 public:
  intrusive_ptr_target() = default;
  intrusive_ptr_target(const intrusive_ptr_target&) {}
  intrusive_ptr_target& operator=(const intrusive_ptr_target&) { return *this; }
  virtual ~intrusive_ptr_target() = default;

  void retain_() const { count_.fetch_add(1, std::memory_order_relaxed); }
  void release_() const {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  size_t use_count_() const { return count_.load(std::memory_order_acquire); }

 private:
  mutable std::atomic<size_t> count_{0};
};

template <class T>
class intrusive_ptr {
 public:
  using element_type = T;

  intrusive_ptr() = default;
  intrusive_ptr(std::nullptr_t) {}
  explicit intrusive_ptr(T* pointer) : pointer_(pointer) {
    if (pointer_) pointer_->retain_();
  }
  intrusive_ptr(const intrusive_ptr& other) : intrusive_ptr(other.pointer_) {}
  intrusive_ptr(intrusive_ptr&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
  template <class U, class = std::enable_if_t<std::is_convertible_v<U*, T*>>>
  intrusive_ptr(const intrusive_ptr<U>& other) : intrusive_ptr(static_cast<T*>(other.get())) {}
  template <class U, class = std::enable_if_t<std::is_convertible_v<U*, T*>>>
  intrusive_ptr(intrusive_ptr<U>&& other) noexcept : pointer_(other.release()) {}
  ~intrusive_ptr() { reset(); }
  intrusive_ptr& operator=(intrusive_ptr other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }

  template <class... Arguments>
  static intrusive_ptr make(Arguments&&... arguments) {
    return intrusive_ptr(new T(std::forward<Arguments>(arguments)...));
  }
  /// Takes over a count that `release` handed out.
  static intrusive_ptr reclaim(T* pointer) {
    intrusive_ptr taken;
    taken.pointer_ = pointer;
    return taken;
  }
  static intrusive_ptr unsafe_reclaim_from_nonowning(T* pointer) { return intrusive_ptr(pointer); }

  T* get() const noexcept { return pointer_; }
  T& operator*() const noexcept { return *pointer_; }
  T* operator->() const noexcept { return pointer_; }
  explicit operator bool() const noexcept { return pointer_ != nullptr; }
  bool defined() const noexcept { return pointer_ != nullptr; }
  size_t use_count() const noexcept { return pointer_ ? pointer_->use_count_() : 0; }
  bool unique() const noexcept { return use_count() == 1; }
  T* release() noexcept { return std::exchange(pointer_, nullptr); }
  void reset() noexcept {
    if (T* old = std::exchange(pointer_, nullptr)) old->release_();
  }
  void swap(intrusive_ptr& other) noexcept { std::swap(pointer_, other.pointer_); }

 private:
  T* pointer_ = nullptr;
};

template <class T, class... Arguments>
intrusive_ptr<T> make_intrusive(Arguments&&... arguments) {
  return intrusive_ptr<T>::make(std::forward<Arguments>(arguments)...);
}
template <class A, class B>
bool operator==(const intrusive_ptr<A>& a, const intrusive_ptr<B>& b) {
  return a.get() == b.get();
}
template <class A, class B>
bool operator!=(const intrusive_ptr<A>& a, const intrusive_ptr<B>& b) {
  return a.get() != b.get();
}
template <class T>
bool operator==(const intrusive_ptr<T>& a, std::nullptr_t) {
  return !a;
}
template <class T>
bool operator!=(const intrusive_ptr<T>& a, std::nullptr_t) {
  return bool(a);
}

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

template <class T>
struct std::hash<c10::intrusive_ptr<T>> {
  size_t operator()(const c10::intrusive_ptr<T>& pointer) const { return std::hash<T*>()(pointer.get()); }
};
