/// at::Generator: a stream of random numbers.
#pragma once
#include <cstdint>

#include "c10/util/intrusive_ptr.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {
class GeneratorImpl : public ::rushlight::Opaque {};
}  // namespace RUSHLIGHT_ABI
}  // namespace c10

namespace at {
inline namespace RUSHLIGHT_ABI {

class RUSHLIGHT_API Generator {
 public:
  Generator() = default;
  explicit Generator(c10::intrusive_ptr<c10::GeneratorImpl> impl) : impl_(std::move(impl)) {}
  bool defined() const { return impl_.defined(); }
  void set_current_seed(uint64_t seed);
  uint64_t current_seed() const;
  /// Seeds from the machine's entropy.
  uint64_t seed();
  c10::GeneratorImpl* unsafeGetGeneratorImpl() const { return impl_.get(); }

 private:
  c10::intrusive_ptr<c10::GeneratorImpl> impl_;
};

namespace detail {
/// The stream that operators use when none is given.
RUSHLIGHT_API const Generator& getDefaultCPUGenerator();
/// A new stream of its own.
RUSHLIGHT_API Generator createCPUGenerator(uint64_t seed = 67280421310721);
}  // namespace detail

/// Seeds the default stream.
RUSHLIGHT_API void manual_seed(uint64_t seed);

}  // namespace RUSHLIGHT_ABI
}  // namespace at
