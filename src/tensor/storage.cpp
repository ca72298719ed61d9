#include "tensor/storage.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "tensor/allocation_limit.h"

namespace rushlight {
namespace {
constexpr size_t kAlignment = 64;
std::atomic<size_t> live{0};
std::atomic<size_t> peak{0};
thread_local constinit size_t largest_request = SIZE_MAX - kAlignment;

/// Small blocks that this thread gave back, by size: most tensors of a small program are born and die in one call, and
/// the C library takes long over aligned memory. Sanitizer builds do without, so that they see every use after free.
class BlockCache {
 public:
  static constexpr size_t kClasses = 32;  ///< blocks of up to 2 KiB, in steps of kAlignment
  ~BlockCache() {
    alive = false;
    for (Block*& list : lists_)
      while (Block* block = list) {
        list = block->next;
        std::free(block);
      }
  }
  void* take(size_t size_class) {
    Block* block = lists_[size_class];
    if (!block) return nullptr;
    lists_[size_class] = block->next;
    --counts_[size_class];
    return block;
  }
  bool give(void* data, size_t size_class) {
    constexpr uint16_t kKept = 32;
    if (counts_[size_class] == kKept) return false;
    ++counts_[size_class];
    lists_[size_class] = new (data) Block{lists_[size_class]};
    return true;
  }
  /// Null while the thread ends, and for large blocks.
  static BlockCache* for_class(size_t size_class) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return nullptr;
#endif
    if (size_class >= kClasses || !alive) return nullptr;
    thread_local BlockCache cache;
    return &cache;
  }

 private:
  struct Block {
    Block* next;
  };
  static inline thread_local bool alive = true;
  Block* lists_[kClasses] = {};
  uint16_t counts_[kClasses] = {};
};
size_t class_of(size_t bytes) { return (bytes - 1) / kAlignment; }

void* allocate_block(size_t bytes) {
  if (BlockCache* cache = BlockCache::for_class(class_of(bytes)))
    if (void* data = cache->take(class_of(bytes))) return data;
  return std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment);
}

std::byte* allocate_bytes(size_t bytes) {
  if (bytes == 0) return nullptr;
  // aligned_alloc wants a multiple of the alignment; the sum must not wrap.
  void* data = bytes > largest_request ? nullptr : allocate_block(bytes);
  if (!data)
    throw RuntimeError(
        cat("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to "
            "allocate ",
            bytes, " bytes. Error code 12 (Cannot allocate memory)"));
  const size_t now = add_shared(live, bytes, std::memory_order_relaxed) + bytes;
  size_t seen = peak.load(std::memory_order_relaxed);
  while (now > seen && !peak.compare_exchange_weak(seen, now, std::memory_order_relaxed)) {
  }
  return static_cast<std::byte*>(data);
}
void free_bytes(std::byte* data, size_t bytes) {
  if (!data) return;
  BlockCache* cache = BlockCache::for_class(class_of(bytes));
  if (!cache || !cache->give(data, class_of(bytes))) std::free(data);
  add_shared(live, size_t(0) - bytes, std::memory_order_relaxed);
}
}  // namespace

AllocationLimit::AllocationLimit(size_t bytes)
    : outer_(std::exchange(largest_request, std::min(bytes, largest_request))) {}
AllocationLimit::~AllocationLimit() { largest_request = outer_; }

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
