#include "tensor/shape.h"

#include <numeric>

#include "base/error.h"
#include "base/text.h"

namespace rushlight {

int64_t numel_of(IntArrayRef sizes) {
  int64_t count = 1;
  bool empty = false;
  for (int64_t size : sizes) empty |= size == 0;
  if (empty) return 0;
  for (int64_t size : sizes)
    if (__builtin_mul_overflow(count, size, &count)) throw RuntimeError("numel: integer multiplication overflow");
  return count;
}

Strides contiguous_strides(IntArrayRef sizes) {
  Strides strides(sizes.size());
  int64_t stride = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(sizes[i], 1);
  }
  return strides;
}

Strides strides_for(IntArrayRef sizes, MemoryFormat format) {
  const bool last = (format == MemoryFormat::channels_last && sizes.size() == 4) ||
                    (format == MemoryFormat::channels_last_3d && sizes.size() == 5);
  if (format == MemoryFormat::channels_last && !last)
    throw RuntimeError("required rank 4 tensor to use channels_last format");
  if (format == MemoryFormat::channels_last_3d && !last)
    throw RuntimeError("required rank 5 tensor to use channels_last_3d format");
  if (!last) return contiguous_strides(sizes);
  Strides strides(sizes.size());
  strides[1] = 1;
  int64_t stride = std::max<int64_t>(sizes[1], 1);
  for (size_t i = sizes.size(); i-- > 2;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(sizes[i], 1);
  }
  strides[0] = stride;
  return strides;
}

bool is_contiguous(IntArrayRef sizes, IntArrayRef strides, MemoryFormat format) {
  if (format == MemoryFormat::contiguous) {
    int64_t expected = 1;
    for (size_t i = sizes.size(); i-- > 0;) {
      if (sizes[i] == 0) return true;
      if (sizes[i] != 1 && strides[i] != expected) return numel_of(sizes) == 0;
      expected *= sizes[i];
    }
    return true;
  }
  const size_t rank = format == MemoryFormat::channels_last ? 4 : 5;
  if (sizes.size() != rank) return false;
  int64_t expected = 1;
  const auto fits = [&](size_t i) {
    if (sizes[i] != 1 && strides[i] != expected) return false;
    expected *= sizes[i];
    return true;
  };
  if (!fits(1)) return false;
  for (size_t i = rank; i-- > 2;)
    if (!fits(i)) return false;
  return fits(0);
}

bool is_non_overlapping_and_dense(IntArrayRef sizes, IntArrayRef strides) {
  SmallVector<size_t, 5> order(sizes.size());
  std::iota(order.begin(), order.end(), size_t(0));
  // Dimensions of size 0 and 1 say nothing about memory: they go last.
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (sizes[a] < 2) return false;
    if (sizes[b] < 2) return true;
    return strides[a] < strides[b];
  });
  int64_t expected = 1;
  for (size_t i : order) {
    if (sizes[i] < 2) return true;
    if (strides[i] != expected) return false;
    expected *= sizes[i];
  }
  return true;
}

int64_t storage_extent(IntArrayRef sizes, IntArrayRef strides) {
  int64_t extent = 1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 0) return 0;
    int64_t span;
    if (__builtin_mul_overflow(sizes[i] - 1, strides[i], &span) || __builtin_add_overflow(extent, span, &extent))
      throw RuntimeError("storage size: integer overflow");
  }
  return extent;
}

Shape broadcast_shapes(IntArrayRef a, IntArrayRef b) {
  const size_t rank = std::max(a.size(), b.size());
  Shape result(rank);
  // From the last dimension on: the first mismatch is the one that the error names.
  for (size_t i = rank; i-- > 0;) {
    const size_t from_end = rank - i;
    const int64_t sa = from_end <= a.size() ? a[a.size() - from_end] : 1;
    const int64_t sb = from_end <= b.size() ? b[b.size() - from_end] : 1;
    if (sa != sb && sa != 1 && sb != 1)
      throw RuntimeError(cat("The size of tensor a (", sa, ") must match the size of tensor b (", sb,
                             ") at non-singleton dimension ", i));
    result[i] = sa == 1 ? sb : sa;
  }
  return result;
}

Strides broadcast_strides(IntArrayRef sizes, IntArrayRef strides, IntArrayRef target) {
  Strides result(target.size());
  const size_t shift = target.size() - sizes.size();
  for (size_t i = 0; i < sizes.size(); ++i)
    result[shift + i] = sizes[i] == 1 && target[shift + i] != 1 ? 0 : strides[i];
  return result;
}

std::optional<Strides> view_strides(IntArrayRef sizes, IntArrayRef strides, IntArrayRef target) {
  const int64_t count = numel_of(sizes);
  if (count == 0) {
    if (sizes == target) return Strides(strides);
    return contiguous_strides(target);
  }
  Strides result(target.size());
  // Runs of dimensions that lie in memory as one are matched with runs of target dimensions, from the last one on.
  int64_t at = int64_t(target.size()) - 1;
  int64_t chunk_base = sizes.empty() ? 1 : strides.back();
  int64_t chunk = 1, target_chunk = 1;
  for (int64_t i = int64_t(sizes.size()) - 1; i >= 0; --i) {
    chunk *= sizes[size_t(i)];
    if (i != 0 && (sizes[size_t(i) - 1] == 1 || strides[size_t(i) - 1] == chunk * chunk_base)) continue;
    while (at >= 0 && (target_chunk < chunk || target[size_t(at)] == 1)) {
      result[size_t(at)] = target_chunk * chunk_base;
      target_chunk *= target[size_t(at)];
      --at;
    }
    if (target_chunk != chunk) return std::nullopt;
    if (i > 0) {
      chunk_base = strides[size_t(i) - 1];
      chunk = 1;
      target_chunk = 1;
    }
  }
  if (sizes.empty())
    for (; at >= 0; --at) result[size_t(at)] = 1;
  if (at != -1) return std::nullopt;
  return result;
}

Shape infer_size(IntArrayRef sizes, int64_t numel) {
  Shape result(sizes);
  std::optional<size_t> open;
  int64_t known = 1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      if (open) throw RuntimeError("only one dimension can be inferred");
      open = i;
    } else if (sizes[i] < 0) {
      throw RuntimeError(cat("invalid shape dimension ", sizes[i]));
    } else if (__builtin_mul_overflow(known, sizes[i], &known)) {
      known = -1;
      break;
    }
  }
  const bool fits = known >= 0 && (numel == known || (open && known > 0 && numel % known == 0));
  if (!fits) throw RuntimeError(cat("shape '", shape_text(sizes), "' is invalid for input of size ", numel));
  if (open) {
    if (known == 0)
      throw RuntimeError(cat("cannot reshape tensor of 0 elements into shape ", shape_text(sizes),
                             " because the unspecified dimension size -1 can be any value and is ambiguous"));
    result[*open] = numel / known;
  }
  return result;
}

int64_t wrap_dim(int64_t dim, int64_t rank, bool wrap_scalar) {
  if (rank == 0) {
    if (!wrap_scalar) throw IndexError(cat("Dimension specified as ", dim, " but tensor has no dimensions"));
    rank = 1;
  }
  if (dim < -rank || dim >= rank)
    throw IndexError(
        cat("Dimension out of range (expected to be in range of [", -rank, ", ", rank - 1, "], but got ", dim, ")"));
  return dim < 0 ? dim + rank : dim;
}

std::string shape_text(IntArrayRef sizes) { return cat("[", join(sizes, ", "), "]"); }

}  // namespace rushlight
