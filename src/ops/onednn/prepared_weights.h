/// Weights in the memory layout that a kernel wants, kept from call to call.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace rushlight::onednn {

/// 64 bits that tell the contents of memory apart. Reading a weight costs far less than laying it out anew, and unlike
/// a version counter it notices every write: through NumPy, `.data` or a raw pointer.
uint64_t fingerprint(const void* data, size_t bytes);

/// Aligned for vectors.
struct FreeMemory {
  void operator()(std::byte* data) const;
};
using PreparedWeight = std::shared_ptr<std::byte>;

/// A weight is kept from the second call with the same contents on: what changes at each step of a training is not.
/// The least recently used ones go when all together are larger than the limit. For any number of threads.
class PreparedWeights {
 public:
  explicit PreparedWeights(size_t limit_bytes) : limit_(limit_bytes) {}

  /// `layout` tells layouts of one size apart. `prepare` writes `bytes` bytes. Null where nothing is kept (yet): the
  /// caller lays the weight out for itself.
  PreparedWeight get(const void* weight, uint64_t contents, uint64_t layout, size_t bytes,
                     const std::function<void(std::byte* to)>& prepare);
  size_t kept_bytes() const;

 private:
  struct Key {
    const void* weight;
    uint64_t layout;
    size_t bytes;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const {
      return (size_t(key.weight) ^ key.layout * 0x9E3779B97F4A7C15u) + key.bytes * 0xD1B54A32D192ED03u;
    }
  };
  struct Entry {
    Key key;
    uint64_t contents;
    PreparedWeight prepared;  ///< null: seen once
  };
  using Order = std::list<Entry>;
  void drop(Order::iterator entry);

  const size_t limit_;
  mutable std::mutex mutex_;
  size_t kept_ = 0;
  Order order_;  ///< used last comes first
  std::unordered_map<Key, Order::iterator, KeyHash> index_;
};

/// The one of this process.
PreparedWeights& prepared_weights();

}  // namespace rushlight::onednn
