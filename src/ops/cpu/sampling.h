/// Drawing random elements: one lock for all draws of an operator, elements in the order of their memory.
#pragma once
#include <algorithm>
#include <numeric>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "tensor/random.h"

namespace rushlight::cpu {

/// The stream that an operator draws from, locked.
class Draws {
 public:
  explicit Draws(Generator* given) : generator_(given ? *given : default_generator()), lock_(generator_.mutex) {}
  Generator& operator*() const { return generator_; }
  Generator* operator->() const { return &generator_; }

 private:
  Generator& generator_;
  std::lock_guard<std::mutex> lock_;
};

/// The dimensions of `self` from the longest stride to the shortest, equal ones as they stand: row-major order of
/// memory.
inline std::vector<int64_t> memory_order(const Tensor& self) {
  std::vector<int64_t> order(size_t(self.dim()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return self.stride(a) > self.stride(b); });
  return order;
}
inline Tensor with_order(const Tensor& self, const std::vector<int64_t>& order) {
  Shape sizes;
  Strides strides;
  for (int64_t dim : order) {
    sizes.push_back(self.size(dim));
    strides.push_back(self.stride(dim));
  }
  return alias_tensor(self, sizes, strides, self.storage_offset());
}

/// Sets every element of `self` to draw(generator, TypeTag<T>).
template <DtypeSet Set, class Draw>
void fill_in_order(const Tensor& self, Generator* given, std::string_view name, Draw&& draw) {
  dispatch<Set>(self.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (self.is_meta()) return;
    const bool plain = self.is_contiguous();
    const Tensor ordered = plain ? self : with_order(self, memory_order(self));
    const Tensor target = ordered.is_contiguous() ? ordered : empty_tensor(ordered.sizes(), self.dtype());
    Draws draws(given);
    T* out = target.data<T>();
    for (int64_t i = 0; i < target.numel(); ++i) out[i] = draw(*draws, tag);
    if (!target.is_same(ordered)) copy_into(ordered, target);
  });
}

}  // namespace rushlight::cpu
