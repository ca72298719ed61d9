/// Arithmetic on numbers from outside: nothing where the result does not fit its type.
#pragma once
#include <concepts>
#include <cstdint>
#include <optional>

namespace rushlight {

template <std::integral T>
std::optional<T> checked_add(T a, T b) {
  T sum;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

template <std::integral T>
std::optional<T> checked_mul(T a, T b) {
  T product;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

/// Whether [offset, offset + count) lies within [0, size).
inline bool fits_within(uint64_t offset, uint64_t count, uint64_t size) {
  return offset <= size && count <= size - offset;
}

}  // namespace rushlight
