/// The order of elements: every real dtype as unsigned 64-bit keys that compare as the elements do, so that sorting,
/// searching and counting are written once for all dtypes.
#pragma once
#include <vector>

#include "tensor/tensor.h"

namespace rushlight::cpu {

/// Keys of the elements in row-major order; nan is the largest, and -0.0 equals 0.0. NotImplementedError
/// `"name" not implemented for 'ComplexFloat'`.
std::vector<uint64_t> order_keys(const Tensor& tensor, std::string_view name);
/// The key of nan. No other floating value has it; integers have no nan.
inline constexpr uint64_t kNanKey = ~uint64_t(0);

/// Rows along a dimension: the keys of each lie side by side.
struct KeyRows {
  std::vector<uint64_t> keys;
  int64_t rows = 0, length = 0;
  Shape moved;  ///< the shape with the dimension moved to the end, without it
  const uint64_t* row(int64_t i) const { return keys.data() + i * length; }
};
KeyRows key_rows(const Tensor& tensor, int64_t dim, std::string_view name);

/// Positions 0..count-1 in the order of their keys; equal ones keep their order.
std::vector<int64_t> sorted_positions(const uint64_t* keys, int64_t count, bool descending);
/// The same by std::sort: where equal elements land is the library's choice, which PyTorch shares.
std::vector<int64_t> unstably_sorted_positions(const uint64_t* keys, int64_t count);
/// Appends the positions of the k largest or smallest keys, sorted. Among equal ones those that std::nth_element and
/// std::partial_sort choose.
void append_best(std::vector<int64_t>& positions, const uint64_t* keys, int64_t count, int64_t k, bool largest);
/// The position of the key of rank n, as std::nth_element finds it.
int64_t nth_position(const uint64_t* keys, int64_t count, int64_t n);
/// The same by quickselect with the median of three as pivot ("Numerical Recipes", select).
int64_t selected_position(const uint64_t* keys, int64_t count, int64_t n);

/// An int64 result with `length` numbers for each row, the dimension moved back to its place (`length` 1 without
/// `keep`: the dimension goes).
Tensor result_of_rows(const std::vector<int64_t>& numbers, const KeyRows& rows, int64_t length, int64_t dim, bool keep);

}  // namespace rushlight::cpu
