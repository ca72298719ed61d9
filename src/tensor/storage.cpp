#include "tensor/storage.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "base/text.h"

namespace rushlight {
namespace {
constexpr size_t kAlignment = 64;
std::atomic<size_t> live{0};
std::atomic<size_t> peak{0};

std::byte* allocate_bytes(size_t bytes) {
  if (bytes == 0) return nullptr;
  // aligned_alloc wants a multiple of the alignment; the sum must not wrap.
  if (bytes > SIZE_MAX - kAlignment) bytes = SIZE_MAX;
  void* data =
      bytes == SIZE_MAX ? nullptr : std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
  if (!data)
    throw RuntimeError(
        cat("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to "
            "allocate ",
            bytes, " bytes. Error code 12 (Cannot allocate memory)"));
  const size_t now = live.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  size_t seen = peak.load(std::memory_order_relaxed);
  while (now > seen && !peak.compare_exchange_weak(seen, now, std::memory_order_relaxed)) {
  }
  return static_cast<std::byte*>(data);
}
void free_bytes(std::byte* data, size_t bytes) {
  if (!data) return;
  std::free(data);
  live.fetch_sub(bytes, std::memory_order_relaxed);
}
}  // namespace

Ref<Storage> Storage::allocate(size_t bytes, Device device) {
  Ref<Storage> storage(new Storage);
  storage->device_ = device;
  if (device.type == DeviceType::cuda) throw RuntimeError("Rushlight computes on the CPU: there is no CUDA device");
  if (device.type != DeviceType::meta) storage->data_ = allocate_bytes(bytes);
  storage->bytes_ = bytes;
  return storage;
}

Ref<Storage> Storage::borrow(void* data, size_t bytes, std::function<void()> release) {
  Ref<Storage> storage(new Storage);
  storage->data_ = static_cast<std::byte*>(data);
  storage->bytes_ = bytes;
  // A borrowed storage always has a release function: that is how it is told from an owned one.
  storage->release_ = release ? std::move(release) : [] {};
  return storage;
}

Storage::~Storage() {
  if (release_)
    release_();
  else
    free_bytes(data_, bytes_);
}

void Storage::resize(size_t bytes) {
  if (bytes == bytes_) return;
  if (release_) throw RuntimeError("Trying to resize storage that is not resizable");
  if (device_.type != DeviceType::meta) {
    std::byte* fresh = allocate_bytes(bytes);
    if (fresh && data_) std::memcpy(fresh, data_, std::min(bytes, bytes_));
    free_bytes(data_, bytes_);
    data_ = fresh;
  }
  bytes_ = bytes;
}

size_t Storage::live_bytes() { return live.load(std::memory_order_relaxed); }
size_t Storage::peak_bytes() { return peak.load(std::memory_order_relaxed); }

}  // namespace rushlight
