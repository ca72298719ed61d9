#include "tensor/random.h"

#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/text.h"

namespace rushlight {
namespace {
constexpr uint32_t kWords = 624, kShift = 397;
/// Layout of torch.get_rng_state(), in bytes (random.md section 1).
constexpr size_t kStateBytes = 5056, kLeftAt = 8, kSeededAt = 12, kNextAt = 16, kWordsAt = 24;
constexpr size_t kCachedAt = kWordsAt + kWords * 8 + 8, kValidAt = kCachedAt + 16;
constexpr double kPi = 3.14159265358979323846;
}  // namespace

void Generator::set_seed(uint64_t seed) {
  seed_ = seed;
  words_[0] = uint32_t(seed);
  for (uint32_t i = 1; i < kWords; ++i) words_[i] = 1812433253u * (words_[i - 1] ^ (words_[i - 1] >> 30)) + i;
  left_ = 1;
  next_ = 0;
  cached_normal_.reset();
}

void Generator::refill() {
  const auto mix = [](uint32_t high, uint32_t low) {
    return ((high & 0x80000000u) | (low & 0x7fffffffu)) >> 1 ^ (low & 1 ? 0x9908b0dfu : 0);
  };
  for (uint32_t i = 0; i < kWords; ++i)
    words_[i] = words_[(i + kShift) % kWords] ^ mix(words_[i], words_[(i + 1) % kWords]);
  left_ = kWords;
  next_ = 0;
}

uint32_t Generator::u32() {
  if (--left_ == 0) refill();
  uint32_t y = words_[next_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

uint64_t Generator::u64() {
  const uint64_t high = u32();
  return high << 32 | u32();
}

double Generator::normal() {
  if (cached_normal_) {
    const double value = *cached_normal_;
    cached_normal_.reset();
    return value;
  }
  const double u1 = uniform_double(), u2 = uniform_double();
  const double radius = std::sqrt(-2.0 * std::log1p(-u2)), angle = 2.0 * kPi * u1;
  cached_normal_ = radius * std::sin(angle);
  return radius * std::cos(angle);
}

std::vector<uint8_t> Generator::state() const {
  std::vector<uint8_t> bytes(kStateBytes);
  const auto put = [&](size_t at, const auto& value) { std::memcpy(bytes.data() + at, &value, sizeof value); };
  put(0, seed_);
  put(kLeftAt, left_);
  put(kSeededAt, int32_t(1));
  put(kNextAt, uint64_t(next_));
  for (size_t i = 0; i < kWords; ++i) put(kWordsAt + i * 8, uint64_t(words_[i]));
  put(kCachedAt, cached_normal_.value_or(0));
  put(kValidAt, int32_t(cached_normal_.has_value()));
  return bytes;
}

void Generator::set_state(const uint8_t* bytes, size_t count) {
  if (count != kStateBytes)
    throw RuntimeError(cat("Expected a CPUGeneratorImplState of size ", kStateBytes,
                           " but found the input RNG state size to be ", count));
  const auto get = [&]<class T>(size_t at, T value) {
    std::memcpy(&value, bytes + at, sizeof value);
    return value;
  };
  const int32_t left = get(kLeftAt, int32_t());
  const uint64_t next = get(kNextAt, uint64_t());
  if (left < 1 || left > int32_t(kWords) || next > kWords || get(kSeededAt, int32_t()) != 1)
    throw RuntimeError("Invalid mt19937 state");
  seed_ = get(0, uint64_t());
  left_ = left;
  next_ = uint32_t(next);
  for (size_t i = 0; i < kWords; ++i) words_[i] = uint32_t(get(kWordsAt + i * 8, uint64_t()));
  cached_normal_ = get(kValidAt, int32_t()) ? std::optional(get(kCachedAt, double())) : std::nullopt;
}

Generator& default_generator() {
  static const Ref<Generator> generator = make_ref<Generator>();
  return *generator;
}

}  // namespace rushlight
