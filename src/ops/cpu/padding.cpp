#include "ops/cpu/padding.h"

#include <algorithm>
#include <vector>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"

namespace rushlight::cpu {
namespace {

/// Which input element each output position shows, for the three inner dimensions.
struct IndexMap {
  int64_t outer = 1;
  std::array<int64_t, 3> sizes = {1, 1, 1};  ///< of the input
  std::array<std::vector<int64_t>, 3> from;

  int64_t input_area() const { return sizes[0] * sizes[1] * sizes[2]; }
  int64_t output_area() const { return int64_t(from[0].size() * from[1].size() * from[2].size()); }
  /// Calls fn(input offset, output offset) within one outer element.
  template <class Fn>
  void for_each(Fn&& fn) const {
    int64_t at = 0;
    for (int64_t d : from[0])
      for (int64_t h : from[1]) {
        const int64_t line = (d * sizes[1] + h) * sizes[2];
        for (int64_t w : from[2]) fn(line + w, at++);
      }
  }
};

int64_t source_index(int64_t position, int64_t size, PadMode mode) {
  if (mode == PadMode::replicate) return std::clamp<int64_t>(position, 0, size - 1);
  if (position < 0) return -position;
  return position >= size ? 2 * (size - 1) - position : position;
}

IndexMap index_map(IntArrayRef input, IntArrayRef padding, PadMode mode) {
  const size_t rank = padding.size() / 2, outer = input.size() - rank;
  IndexMap map;
  for (size_t d = 0; d < outer; ++d) map.outer *= input[d];
  for (size_t d = 0; d < 3; ++d) {
    if (d < 3 - rank) {
      map.from[d] = {0};
      continue;
    }
    const size_t pair = 2 * (2 - d);
    const int64_t size = map.sizes[d] = input[outer + d - (3 - rank)];
    for (int64_t i = -padding[pair]; i < size + padding[pair + 1]; ++i)
      map.from[d].push_back(source_index(i, size, mode));
  }
  return map;
}

}  // namespace

Shape padded_shape(IntArrayRef input, IntArrayRef padding) {
  Shape shape(input);
  for (size_t i = 0; i < padding.size() / 2; ++i) shape[shape.size() - 1 - i] += padding[2 * i] + padding[2 * i + 1];
  return shape;
}

Tensor pad_by_index(const Tensor& input, IntArrayRef padding, PadMode mode, std::string_view name) {
  Tensor output = empty_tensor(padded_shape(input.sizes(), padding), input.dtype(), input.device());
  dispatch<kIntegral | kFloating | kComplex>(input.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (output.numel() == 0 || output.is_meta()) return;
    const IndexMap map = index_map(input.sizes(), padding, mode);
    const Tensor plain = contiguous(input);
    const T* in = plain.data<T>();
    T* out = output.data<T>();
    const int64_t in_area = map.input_area(), out_area = map.output_area();
    parallel_for(0, map.outer, std::max<int64_t>(1, 16384 / out_area), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        map.for_each([&](int64_t from, int64_t to) { out[i * out_area + to] = in[i * in_area + from]; });
    });
  });
  return output;
}

Tensor pad_by_index_backward(const Tensor& grad, IntArrayRef input, IntArrayRef padding, PadMode mode,
                             std::string_view name) {
  Tensor result = empty_tensor(input, grad.dtype(), grad.device());
  fill(result, 0);
  dispatch<kFloating | kComplex>(grad.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (grad.numel() == 0 || grad.is_meta()) return;
    const IndexMap map = index_map(input, padding, mode);
    const Tensor plain = contiguous(grad);
    const T* in = plain.data<T>();
    T* out = result.data<T>();
    const int64_t in_area = map.input_area(), out_area = map.output_area();
    parallel_for(0, map.outer, std::max<int64_t>(1, 16384 / out_area), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        map.for_each([&](int64_t from, int64_t to) {
          T& element = out[i * in_area + from];
          element = T(element + in[i * out_area + to]);
        });
    });
  });
  return result;
}

}  // namespace rushlight::cpu
