#include <gtest/gtest.h>

#include "base/error.h"
#include "tensor/random.h"

namespace rushlight {
namespace {

TEST(Generator, GivesTheStreamOfTheReferenceImplementation) {
  // First outputs of init_genrand(5489), Matsumoto and Nishimura's mt19937ar.
  Generator generator(5489);
  EXPECT_EQ(generator.u32(), 3499211612u);
  EXPECT_EQ(generator.u32(), 581869302u);
  for (int i = 2; i < 9999; ++i) generator.u32();
  EXPECT_EQ(generator.u32(), 4123659995u);
}

TEST(Generator, RestoresItsState) {
  Generator generator(7);
  generator.normal();
  for (int i = 0; i < 700; ++i) generator.u32();
  const std::vector<uint8_t> state = generator.state();
  ASSERT_EQ(state.size(), 5056u);
  const double next = generator.normal(), after = generator.uniform_double();
  Generator other;
  other.set_state(state.data(), state.size());
  EXPECT_EQ(other.normal(), next);
  EXPECT_EQ(other.uniform_double(), after);
  EXPECT_EQ(other.initial_seed(), 7u);
}

TEST(Generator, RefusesAStateOfAnotherSize) {
  Generator generator;
  const std::vector<uint8_t> state(5048);
  EXPECT_THROW(generator.set_state(state.data(), state.size()), RuntimeError);
}

}  // namespace
}  // namespace rushlight
