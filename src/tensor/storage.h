/// Memory behind tensors: bytes, shared by all views of them.
#pragma once
#include <cstddef>
#include <functional>

#include "base/ref.h"
#include "tensor/device.h"

namespace rushlight {

class Storage : public RefCounted {
 public:
  /// 64-byte aligned, not initialised. Throws RuntimeError when there is not that much memory. No memory on `meta`.
  static Ref<Storage> allocate(size_t bytes, Device device = {});
  /// Memory of somebody else; `release` runs when the last view goes.
  static Ref<Storage> borrow(void* data, size_t bytes, std::function<void()> release);
  ~Storage() override;

  std::byte* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  Device device() const { return device_; }
  /// Grows or shrinks in place, keeping what fits. Views see the new memory.
  void resize(size_t bytes);

  /// Frees and allocations are counted so that memory budgets can be enforced and peaks reported.
  static size_t live_bytes();
  static size_t peak_bytes();

 private:
  Storage() = default;
  std::byte* data_ = nullptr;
  size_t bytes_ = 0;
  Device device_;
  std::function<void()> release_;
};

}  // namespace rushlight
