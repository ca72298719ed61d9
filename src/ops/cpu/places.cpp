#include "ops/cpu/places.h"

#include <cstring>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"

namespace rushlight::cpu {
namespace {

/// Offsets of all positions of a strided block, row-major.
std::vector<int64_t> block_offsets(const Shape& sizes, const Strides& strides) {
  std::vector<int64_t> offsets = {0};
  for (size_t d = 0; d < sizes.size(); ++d) {
    std::vector<int64_t> next;
    next.reserve(offsets.size() * size_t(sizes[d]));
    for (int64_t base : offsets)
      for (int64_t i = 0; i < sizes[d]; ++i) next.push_back(base + i * strides[d]);
    offsets = std::move(next);
  }
  return offsets;
}

/// Calls fn(offset of the first element, number of elements that lie side by side) for all elements in order.
template <class Fn>
void for_each_run(const Places& places, Fn&& fn) {
  if (places.count() == 0) return;
  const std::vector<int64_t> outer = block_offsets(places.outer_sizes, places.outer_strides);
  Shape inner_sizes = places.inner_sizes;
  Strides inner_strides = places.inner_strides;
  int64_t run = 1;
  while (!inner_sizes.empty() && (inner_strides.back() == run || inner_sizes.back() == 1)) {
    run *= inner_sizes.back();
    inner_sizes.pop_back();
    inner_strides.pop_back();
  }
  const std::vector<int64_t> inner = block_offsets(inner_sizes, inner_strides);
  for (int64_t o : outer)
    for (int64_t c : places.offsets)
      for (int64_t i : inner) fn(o + c + i, run);
}

/// Moves runs of `kSize` bytes an element; the size at compile time makes single elements cheap.
template <class Move>
void with_size(size_t item_size, Move&& move) {
  switch (item_size) {
    case 1:
      return move(std::integral_constant<size_t, 1>());
    case 2:
      return move(std::integral_constant<size_t, 2>());
    case 4:
      return move(std::integral_constant<size_t, 4>());
    case 8:
      return move(std::integral_constant<size_t, 8>());
    default:
      return move(std::integral_constant<size_t, 16>());
  }
}

template <Combine kCombine, class T>
T combined(T old, T value) {
  if constexpr (kCombine == Combine::add) {
    if constexpr (std::is_same_v<T, bool>)
      return old || value;
    else
      return T(Compute<T>(old) + Compute<T>(value));
  } else if constexpr (kCombine == Combine::multiply) {
    if constexpr (std::is_same_v<T, bool>)
      return old && value;
    else
      return T(Compute<T>(old) * Compute<T>(value));
  } else {
    const Compute<T> a(old), b(value);
    if (a != a || b != b) return a != a ? old : value;
    return (kCombine == Combine::maximum ? b > a : b < a) ? value : old;
  }
}

template <Combine kCombine, DtypeSet Set>
void write_combined(const Places& places, const Tensor& values, std::string_view name) {
  dispatch<Set>(values.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* to = places.tensor.data<T>();
    const T* from = values.data<T>();
    const int64_t step = values.numel() == 1 ? 0 : 1;
    for_each_run(places, [&](int64_t offset, int64_t run) {
      for (int64_t i = 0; i < run; ++i, from += step) to[offset + i] = combined<kCombine, T>(to[offset + i], *from);
    });
  });
}

}  // namespace

int64_t Places::count() const { return numel_of(outer_sizes) * int64_t(offsets.size()) * numel_of(inner_sizes); }

void read_places(const Places& places, const Tensor& result) {
  if (result.is_meta()) return;
  with_size(result.item_size(), [&](auto size) {
    const std::byte* from = static_cast<const std::byte*>(places.tensor.data());
    std::byte* to = static_cast<std::byte*>(result.data());
    for_each_run(places, [&](int64_t offset, int64_t run) {
      if (run == 1) {
        std::memcpy(to, from + offset * int64_t(size), size);
      } else {
        std::memcpy(to, from + offset * int64_t(size), size_t(run) * size);
      }
      to += run * int64_t(size);
    });
  });
}

void write_places(const Places& places, const Tensor& values, Combine combine) {
  if (places.tensor.is_meta()) return;
  switch (combine) {
    case Combine::assign:
      return with_size(values.item_size(), [&](auto size) {
        std::byte* to = static_cast<std::byte*>(places.tensor.data());
        const std::byte* from = static_cast<const std::byte*>(values.data());
        const int64_t step = values.numel() == 1 ? 0 : int64_t(size);
        for_each_run(places, [&](int64_t offset, int64_t run) {
          if (step && run > 1) {
            std::memcpy(to + offset * int64_t(size), from, size_t(run) * size);
            from += run * step;
            return;
          }
          for (int64_t i = 0; i < run; ++i, from += step) std::memcpy(to + (offset + i) * int64_t(size), from, size);
        });
      });
    case Combine::add:
      return write_combined<Combine::add, kAllDtypes>(places, values, "index_put");
    case Combine::multiply:
      return write_combined<Combine::multiply, kAllDtypes>(places, values, "scatter_reduce_prod");
    case Combine::maximum:
      return write_combined<Combine::maximum, kReal>(places, values, "scatter_reduce_amax");
    case Combine::minimum:
      return write_combined<Combine::minimum, kReal>(places, values, "scatter_reduce_amin");
  }
}

std::vector<int64_t> checked_indices(const Tensor& index, int64_t size, int64_t dim, bool wrap) {
  const Tensor wide = contiguous(to_dtype(index, ScalarType::int64));
  const int64_t* from = wide.data<int64_t>();
  std::vector<int64_t> indices(from, from + wide.numel());
  for (int64_t& value : indices) {
    if (value >= size || value < (wrap ? -size : 0)) {
      const std::string text = cat("index ", value, " is out of bounds for dimension ", dim, " with size ", size);
      if (wrap) throw IndexError(text);
      throw RuntimeError(text);
    }
    if (value < 0) value += size;
  }
  return indices;
}

Tensor nonzero(const Tensor& tensor) {
  const Tensor mask = contiguous(to_dtype(tensor, ScalarType::bool_));
  const bool* flags = mask.data<bool>();
  const int64_t rank = mask.dim(), count = std::count(flags, flags + mask.numel(), true);
  // Column by column in memory, as PyTorch lays the result out.
  Tensor result = empty_strided_tensor({count, rank}, {1, std::max<int64_t>(count, 1)}, ScalarType::int64);
  int64_t* out = result.data<int64_t>();
  Shape at(size_t(rank), 0);
  for (int64_t i = 0, found = 0; i < mask.numel(); ++i) {
    if (flags[i]) {
      for (int64_t d = 0; d < rank; ++d) out[d * count + found] = at[size_t(d)];
      ++found;
    }
    for (size_t d = size_t(rank); d-- > 0;) {
      if (++at[d] < mask.sizes()[d]) break;
      at[d] = 0;
    }
  }
  return result;
}

}  // namespace rushlight::cpu
