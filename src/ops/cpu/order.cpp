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
