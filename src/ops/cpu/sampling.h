/// Drawing random elements: one lock for all draws of an operator, elements in row-major order whatever the strides.
#pragma once
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

/// Sets every element of `self` to draw(generator, TypeTag<T>).
template <DtypeSet Set, class Draw>
void fill_in_order(const Tensor& self, Generator* given, std::string_view name, Draw&& draw) {
  dispatch<Set>(self.dtype(), name, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (self.is_meta()) return;
    const Tensor target = self.is_contiguous() ? self : empty_tensor(self.sizes(), self.dtype());
    Draws draws(given);
    T* out = target.data<T>();
    for (int64_t i = 0; i < target.numel(); ++i) out[i] = draw(*draws, tag);
    if (!target.is_same(self)) copy_into(self, target);
  });
}

}  // namespace rushlight::cpu
