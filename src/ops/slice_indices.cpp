#include "ops/slice_indices.h"

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace rushlight::ops {

SliceIndices slice_indices(size_t length, std::optional<int64_t> start, std::optional<int64_t> end,
                           std::optional<int64_t> given_step) {
  const int64_t size = int64_t(length), step = given_step.value_or(1);
  if (step == 0) throw ValueError("slice step cannot be zero");
  const int64_t lowest = step < 0 ? -1 : 0, highest = step < 0 ? size - 1 : size;
  const auto bound = [&](std::optional<int64_t> x, int64_t missing) {
    if (!x) return missing;
    return std::clamp(*x < 0 && *x >= -size ? *x + size : *x, lowest, highest);
  };
  const int64_t from = bound(start, step < 0 ? size - 1 : 0), to = bound(end, step < 0 ? -1 : size);
  const int64_t span = step < 0 ? from - to : to - from;
  const uint64_t stride = step < 0 ? 0 - uint64_t(step) : uint64_t(step);
  return {from, to, step, span <= 0 ? 0 : size_t((uint64_t(span) - 1) / stride + 1)};
}

SliceIndices subscript_indices(size_t length, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  if (step == 0) throw RuntimeError("List slice should have non-zero step");
  if (end == std::numeric_limits<int64_t>::max()) end = std::nullopt;
  return slice_indices(length, start, end, step);
}

}  // namespace rushlight::ops
