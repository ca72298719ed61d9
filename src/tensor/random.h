/// Random numbers: PyTorch's CPU stream, draw by draw. Source: Matsumoto and Nishimura 1998 (MT19937); Box and Muller
/// 1958.
#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "base/ref.h"

namespace rushlight {

/// One stream. Draws are not locked: hold `mutex` for the whole of one operator's draws.
class Generator : public RefCounted {
 public:
  explicit Generator(uint64_t seed = 67280421310721) { set_seed(seed); }

  void set_seed(uint64_t seed);
  uint64_t initial_seed() const { return seed_; }
  uint32_t u32();
  uint64_t u64();                                                                    ///< high half drawn first
  float uniform_float() { return float(u32() & 0xffffffu) * 0x1p-24f; }              ///< [0, 1)
  double uniform_double() { return double(u64() & 0x1fffffffffffffull) * 0x1p-53; }  ///< [0, 1)
  /// Box and Muller in double, two at a time; the second is kept for the next call.
  double normal();

  /// torch.get_rng_state(): 5,056 bytes.
  std::vector<uint8_t> state() const;
  /// RuntimeError for any other size.
  void set_state(const uint8_t* bytes, size_t count);

  std::mutex mutex;

 private:
  void refill();
  std::array<uint32_t, 624> words_;
  uint32_t next_ = 0;
  int32_t left_ = 1;
  uint64_t seed_ = 0;
  std::optional<double> cached_normal_;
};

/// The stream that operators use when none is given.
Generator& default_generator();

}  // namespace rushlight
