/// Shared ownership by a count inside the object. `Ref<T>` is one pointer wide; copying it is one increment.
///     Ref<Graph> graph = make_ref<Graph>();
#pragma once
#include <atomic>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "base/shared_counts.h"

namespace rushlight {

/// Base of everything that is shared. The virtual destructor makes deletion through the base possible.
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) {}
  RefCounted& operator=(const RefCounted&) { return *this; }
  virtual ~RefCounted() = default;

  void retain() const { add_shared(count_, uint32_t(1), std::memory_order_relaxed); }
  void release() const {
    if (add_shared(count_, ~uint32_t(0), std::memory_order_acq_rel) == 1) delete this;
  }
  /// Takes a share unless the object is already being destroyed: for owners of plain back pointers.
  bool try_retain() const {
    uint32_t count = count_.load(std::memory_order_relaxed);
    while (count != 0)
      if (count_.compare_exchange_weak(count, count + 1, std::memory_order_acq_rel)) return true;
    return false;
  }
  uint32_t use_count() const { return count_.load(std::memory_order_acquire); }

 private:
  mutable std::atomic<uint32_t> count_{0};
};

template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  explicit Ref(T* pointer) : pointer_(pointer) {
    if (pointer_) pointer_->retain();
  }
  Ref(const Ref& other) : Ref(other.pointer_) {}
  Ref(Ref&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
  template <class U>
  requires std::is_convertible_v<U*, T*> Ref(const Ref<U>& other) : Ref(static_cast<T*>(other.get())) {}
  template <class U>
  requires std::is_convertible_v<U*, T*> Ref(Ref<U>&& other)
  noexcept : pointer_(other.detach()) {}
  ~Ref() {
    if (pointer_) pointer_->release();
  }
  Ref& operator=(Ref other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }

  T* get() const { return pointer_; }
  T& operator*() const { return *pointer_; }
  T* operator->() const { return pointer_; }
  explicit operator bool() const { return pointer_ != nullptr; }
  bool operator==(const Ref& other) const { return pointer_ == other.pointer_; }
  bool operator==(std::nullptr_t) const { return pointer_ == nullptr; }

  /// Hands the count over to the caller, who must `adopt` it again.
  T* detach() { return std::exchange(pointer_, nullptr); }
  static Ref adopt(T* pointer) {
    Ref ref;
    ref.pointer_ = pointer;
    return ref;
  }

 private:
  T* pointer_ = nullptr;
};

template <class T, class... Arguments>
Ref<T> make_ref(Arguments&&... arguments) {
  return Ref<T>(new T(std::forward<Arguments>(arguments)...));
}

}  // namespace rushlight
