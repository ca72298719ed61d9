#pragma once
#include <cstddef>

namespace rushlight {

/// While it lives, this thread's requests for more than so many bytes of tensor memory at once fail, as if there were
/// not that much. Limits nest: the smaller one counts.
class AllocationLimit {
 public:
  explicit AllocationLimit(size_t bytes);
  ~AllocationLimit();
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;

 private:
  size_t outer_;
};

}  // namespace rushlight
