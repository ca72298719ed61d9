/// Which elements a slice of a list or a text means.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rushlight::ops {

/// What Python's `slice.indices` gives: the first index, the step, and how many elements are meant.
struct SliceIndices {
  int64_t start, stop, step;
  size_t count;
};
SliceIndices slice_indices(size_t length, std::optional<int64_t> start, std::optional<int64_t> end,
                           std::optional<int64_t> given_step);
/// The same for `x[a:b:c]` as PyTorch reads it: the largest integer is no end at all, also going backwards.
SliceIndices subscript_indices(size_t length, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step);

}  // namespace rushlight::ops
