#include "ops/cpu/order.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"

namespace rushlight::cpu {
namespace {

constexpr uint64_t kSign = uint64_t(1) << 63;

uint64_t key_of(double value) {
  if (value != value) return kNanKey;
  if (value == 0) value = 0;  // -0.0
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits & kSign ? ~bits : bits | kSign;
}
uint64_t key_of(int64_t value) { return uint64_t(value) ^ kSign; }

}  // namespace

std::vector<uint64_t> order_keys(const Tensor& tensor, std::string_view name) {
  if (is_complex(tensor.dtype()))
    throw NotImplementedError(cat("\"", name, "\" not implemented for '", dtype_info(tensor.dtype()).ir_name, "'"));
  std::vector<uint64_t> keys(size_t(tensor.numel()));
  if (is_floating(tensor.dtype())) {
    const Tensor wide = contiguous(to_dtype(tensor, ScalarType::float64));
    const double* from = wide.data<double>();
    for (size_t i = 0; i < keys.size(); ++i) keys[i] = key_of(from[i]);
  } else {
    const Tensor wide = contiguous(to_dtype(tensor, ScalarType::int64));
    const int64_t* from = wide.data<int64_t>();
    for (size_t i = 0; i < keys.size(); ++i) keys[i] = key_of(from[i]);
  }
  return keys;
}

KeyRows key_rows(const Tensor& tensor, int64_t dim, std::string_view name) {
  KeyRows rows;
  Shape sizes = tensor.dim() == 0 ? Shape{1} : Shape(tensor.sizes());
  Strides strides = tensor.dim() == 0 ? Strides{1} : Strides(tensor.strides());
  const int64_t length = sizes[size_t(dim)], stride = strides[size_t(dim)];
  sizes.erase(size_t(dim));
  strides.erase(size_t(dim));
  rows.moved = sizes;
  rows.length = length;
  rows.rows = numel_of(sizes);
  sizes.push_back(length);
  strides.push_back(stride);
  rows.keys = order_keys(alias_tensor(tensor, sizes, strides, tensor.storage_offset()), name);
  return rows;
}

std::vector<int64_t> sorted_positions(const uint64_t* keys, int64_t count, bool descending) {
  std::vector<int64_t> positions(static_cast<size_t>(count));
  std::iota(positions.begin(), positions.end(), int64_t(0));
  if (descending)
    std::stable_sort(positions.begin(), positions.end(), [&](int64_t a, int64_t b) { return keys[a] > keys[b]; });
  else
    std::stable_sort(positions.begin(), positions.end(), [&](int64_t a, int64_t b) { return keys[a] < keys[b]; });
  return positions;
}

namespace {
std::vector<int64_t> all_positions(int64_t count) {
  std::vector<int64_t> positions(static_cast<size_t>(count));
  std::iota(positions.begin(), positions.end(), int64_t(0));
  return positions;
}
}  // namespace

std::vector<int64_t> unstably_sorted_positions(const uint64_t* keys, int64_t count) {
  std::vector<int64_t> positions = all_positions(count);
  std::sort(positions.begin(), positions.end(), [&](int64_t a, int64_t b) { return keys[a] < keys[b]; });
  return positions;
}

void append_best(std::vector<int64_t>& positions, const uint64_t* keys, int64_t count, int64_t k, bool largest) {
  if (k == 0) return;
  std::vector<int64_t> queue = all_positions(count);
  const auto better = [&](int64_t a, int64_t b) { return largest ? keys[a] > keys[b] : keys[a] < keys[b]; };
  if (k * 64 <= count) {
    std::partial_sort(queue.begin(), queue.begin() + k, queue.end(), better);
  } else {
    std::nth_element(queue.begin(), queue.begin() + k - 1, queue.end(), better);
    std::sort(queue.begin(), queue.begin() + k - 1, better);
  }
  positions.insert(positions.end(), queue.begin(), queue.begin() + k);
}

int64_t nth_position(const uint64_t* keys, int64_t count, int64_t n) {
  std::vector<int64_t> positions = all_positions(count);
  std::nth_element(positions.begin(), positions.begin() + n, positions.end(),
                   [&](int64_t a, int64_t b) { return keys[a] < keys[b]; });
  return positions[size_t(n)];
}

int64_t selected_position(const uint64_t* keys, int64_t count, int64_t n) {
  std::vector<int64_t> at = all_positions(count);
  const auto greater = [&](int64_t i, int64_t j) { return keys[at[size_t(i)]] > keys[at[size_t(j)]]; };
  const auto swap = [&](int64_t i, int64_t j) { std::swap(at[size_t(i)], at[size_t(j)]); };
  int64_t left = 0, right = count - 1;
  while (right > left + 1) {
    swap(left + (right - left) / 2, left + 1);
    if (greater(left + 1, right)) swap(left + 1, right);
    if (greater(left, right)) swap(left, right);
    if (greater(left + 1, left)) swap(left + 1, left);
    const uint64_t pivot = keys[at[size_t(left)]];
    int64_t i = left + 1, j = right;
    for (;;) {
      do ++i;
      while (keys[at[size_t(i)]] < pivot);
      do --j;
      while (keys[at[size_t(j)]] > pivot);
      if (j < i) break;
      swap(i, j);
    }
    swap(left, j);
    if (j <= n) left = i;
    if (j >= n) right = j - 1;
  }
  if (right == left + 1 && greater(left, right)) swap(left, right);
  return at[size_t(n)];
}

Tensor result_of_rows(const std::vector<int64_t>& numbers, const KeyRows& rows, int64_t length, int64_t dim,
                      bool keep) {
  Shape sizes = rows.moved;
  sizes.push_back(length);
  Tensor moved = empty_tensor(sizes, ScalarType::int64);
  std::copy(numbers.begin(), numbers.end(), moved.data<int64_t>());
  Strides strides(moved.strides());
  const int64_t stride = strides.back();
  sizes.pop_back();
  strides.pop_back();
  if (keep) {
    sizes.insert(size_t(dim), length);
    strides.insert(size_t(dim), stride);
  }
  return contiguous(alias_tensor(moved, sizes, strides, 0));
}

}  // namespace rushlight::cpu
