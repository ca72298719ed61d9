#include "ops/onednn/prepared_weights.h"

#include <cstdlib>
#include <cstring>

namespace rushlight::onednn {
namespace {

uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return uint64_t(product) ^ uint64_t(product >> 64);
}
uint64_t word(const std::byte* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

uint64_t fingerprint(const void* data, size_t bytes) {
  // Odd constants without a pattern: fractions of square roots.
  constexpr uint64_t kKeys[] = {0x6A09E667F3BCC909, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
                                0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};
  const std::byte* at = static_cast<const std::byte*>(data);
  const std::byte* const end = at + bytes;
  // Four chains, so that multiplications overlap; the sum keeps a word in sight when its partner meets a zero.
  uint64_t chains[4] = {bytes, kKeys[1], kKeys[2], kKeys[3]};
  for (; end - at >= 64; at += 64)
    for (size_t i = 0; i < 4; ++i) {
      const uint64_t a = word(at + 16 * i), b = word(at + 16 * i + 8);
      chains[i] = mix(a ^ kKeys[2 * i], b ^ kKeys[2 * i + 1] ^ chains[i]) + a;
    }
  std::byte rest[64] = {};
  if (at != end) std::memcpy(rest, at, size_t(end - at));
  for (size_t i = 0; i < 4; ++i)
    chains[i] = mix(word(rest + 16 * i) ^ kKeys[2 * i], word(rest + 16 * i + 8) ^ kKeys[2 * i + 1] ^ chains[i]);
  return mix(mix(chains[0] ^ kKeys[4], chains[1] ^ kKeys[5]) ^ kKeys[6], mix(chains[2], chains[3] ^ kKeys[7]) + bytes);
}

void FreeMemory::operator()(std::byte* data) const { std::free(data); }

PreparedWeight PreparedWeights::get(const void* weight, uint64_t contents, uint64_t layout, size_t bytes,
                                    const std::function<void(std::byte* to)>& prepare) {
  constexpr size_t kAlignment = 64, kMaxEntries = 4096;
  const Key key{weight, layout, bytes};
  {
    std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) {
      order_.push_front({key, contents, nullptr});
      index_.emplace(key, order_.begin());
      if (order_.size() > kMaxEntries) drop(std::prev(order_.end()));
      return nullptr;
    }
    order_.splice(order_.begin(), order_, found->second);
    Entry& entry = *found->second;
    if (entry.contents != contents) {
      if (entry.prepared) kept_ -= bytes;
      entry.contents = contents;
      entry.prepared = nullptr;
      return nullptr;
    }
    if (entry.prepared || bytes > limit_) return entry.prepared;
  }
  const size_t padded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  PreparedWeight made(static_cast<std::byte*>(std::aligned_alloc(kAlignment, padded)), FreeMemory());
  if (!made) return nullptr;  // the caller's own memory will do
  prepare(made.get());
  std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  if (found == index_.end() || found->second->contents != contents || found->second->prepared) return made;
  found->second->prepared = made;
  kept_ += bytes;
  while (kept_ > limit_ && order_.size() > 1) drop(std::prev(order_.end()));
  return made;
}

size_t PreparedWeights::kept_bytes() const {
  std::lock_guard lock(mutex_);
  return kept_;
}

void PreparedWeights::drop(Order::iterator entry) {
  if (entry->prepared) kept_ -= entry->key.bytes;
  index_.erase(entry->key);
  order_.erase(entry);
}

PreparedWeights& prepared_weights() {
  // A large vision model has some hundred megabytes of weights. Lives as long as the process: threads may still run
  // while statics are destroyed.
  static PreparedWeights* const weights = new PreparedWeights(size_t(512) << 20);
  return *weights;
}

}  // namespace rushlight::onednn
