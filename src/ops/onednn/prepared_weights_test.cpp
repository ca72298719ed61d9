#include "ops/onednn/prepared_weights.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace rushlight::onednn {
namespace {

TEST(Fingerprint, EveryByteCounts) {
  for (size_t size : {1u, 7u, 8u, 63u, 64u, 65u, 200u}) {
    std::vector<unsigned char> bytes(size, 0);
    const uint64_t before = fingerprint(bytes.data(), size);
    EXPECT_EQ(fingerprint(bytes.data(), size), before);
    for (size_t i = 0; i < size; ++i) {
      bytes[i] ^= 0x80;
      EXPECT_NE(fingerprint(bytes.data(), size), before) << i << " of " << size;
      bytes[i] ^= 0x80;
    }
  }
}

TEST(Fingerprint, LengthAndPlaceCount) {
  const std::vector<unsigned char> zeros(300, 0);
  EXPECT_NE(fingerprint(zeros.data(), 128), fingerprint(zeros.data(), 192));
  std::vector<float> floats(64, 1.0f), moved(64, 1.0f);
  floats[3] = 2.0f;
  moved[19] = 2.0f;
  EXPECT_NE(fingerprint(floats.data(), 256), fingerprint(moved.data(), 256));
}

TEST(PreparedWeights, AreKeptFromTheSecondCallWithTheSameContents) {
  PreparedWeights weights(1000);
  const int weight = 0;
  int prepared = 0;
  const auto get = [&](uint64_t contents) {
    return weights.get(&weight, contents, 1, 100, [&](std::byte* to) { std::memset(to, ++prepared, 100); });
  };
  EXPECT_EQ(get(7), nullptr);
  const PreparedWeight first = get(7);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(get(7), first);
  EXPECT_EQ(prepared, 1);
  EXPECT_EQ(weights.kept_bytes(), 100u);
  // Written: the old form is never given out again.
  EXPECT_EQ(get(8), nullptr);
  EXPECT_EQ(weights.kept_bytes(), 0u);
  EXPECT_EQ(int(*get(8)), 2);
  EXPECT_EQ(int(*first), 1);
}

TEST(PreparedWeights, TheLeastRecentlyUsedGoFirst) {
  PreparedWeights weights(250);
  int all[4];
  const auto get = [&](int i) { return weights.get(&all[i], 1, 1, 100, [](std::byte*) {}); };
  for (int i : {0, 0, 1, 1, 0, 2, 2}) get(i);
  EXPECT_EQ(weights.kept_bytes(), 200u);
  EXPECT_NE(get(0), nullptr);
  EXPECT_NE(get(2), nullptr);
  EXPECT_EQ(get(1), nullptr);
  EXPECT_EQ(weights.get(&all[3], 1, 1, 251, [](std::byte*) {}), nullptr);
  EXPECT_EQ(weights.get(&all[3], 1, 1, 251, [](std::byte*) {}), nullptr) << "larger than the limit";
}

}  // namespace
}  // namespace rushlight::onednn
