/// The reduction engine: folds the elements along some dimensions into one. Each output element is reduced by one
/// thread, in an order that does not depend on the number of threads.
#pragma once
#include <cmath>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/cpu/vector_reduce.h"

namespace rushlight::cpu {

/// What is reduced: `input` seen as [outer..., inner...] where the inner dimensions are folded.
struct ReductionPlan {
  Shape outer_sizes, inner_sizes;
  Strides outer_strides, inner_strides;  ///< in elements
  Shape result_shape;                    ///< with or without the folded dimensions
  int64_t inner_count = 1;
};

/// `dims` empty: all. Throws for repeated or wrong dimensions. Neighbouring dimensions that are walked as one are one
/// in the plan.
ReductionPlan plan_reduction(const Tensor& input, IntArrayRef dims, bool keepdim);

/// Calls fold(first element, plan) for each output element and stores its result. T: element type, R: result type.
/// fold(const T* base) walks the inner elements through `for_each_inner`.
template <class T, class R, class Fold>
void run_reduction(const ReductionPlan& plan, const T* input, R* output, Fold&& fold) {
  const int64_t count = numel_of(plan.outer_sizes);
  const int64_t grain = std::max<int64_t>(1, 32768 / std::max<int64_t>(plan.inner_count, 1));
  parallel_for(0, count, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      int64_t rest = i, offset = 0;
      for (size_t d = plan.outer_sizes.size(); d-- > 0;) {
        offset += rest % plan.outer_sizes[d] * plan.outer_strides[d];
        rest /= plan.outer_sizes[d];
      }
      output[i] = fold(input + offset);
    }
  });
}

/// Calls fn(pointer, stride, count) for the rows of the inner elements, in row-major order.
template <class T, class Fn>
void for_each_inner_row(const ReductionPlan& plan, const T* base, Fn&& fn) {
  const size_t rank = plan.inner_sizes.size();
  if (rank == 0) return fn(base, int64_t(1), int64_t(1));
  const int64_t row = plan.inner_sizes[rank - 1], stride = plan.inner_strides[rank - 1];
  if (plan.inner_count == 0) return;
  if (rank == 1) return fn(base, stride, row);
  const int64_t rows = plan.inner_count / row;
  for (int64_t i = 0; i < rows; ++i) {
    int64_t rest = i, offset = 0;
    for (size_t d = rank - 1; d-- > 0;) {
      offset += rest % plan.inner_sizes[d] * plan.inner_strides[d];
      rest /= plan.inner_sizes[d];
    }
    fn(base + offset, stride, row);
  }
}

/// The same with vector code, for float and double where elements that stand side by side are folded, or end up side by
/// side. False: neither is so.
template <class T>
bool run_vector_reduction(const ReductionPlan& plan, const T* input, T* output, const VectorFold<T>& fold);

/// Sum by halves: the error grows with the logarithm of the count. Blocks of 128 are added straight, in 8 lanes.
template <class A, class T>
A pairwise_sum(const T* data, int64_t stride, int64_t count) {
  if (count <= 128) {
    A lanes[8] = {};
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
      for (int64_t k = 0; k < 8; ++k) lanes[k] += A(data[(i + k) * stride]);
    for (int64_t k = 0; i < count; ++i, ++k) lanes[k] += A(data[i * stride]);
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
  }
  const int64_t half = count / 2 / 8 * 8;
  return pairwise_sum<A>(data, stride, half) + pairwise_sum<A>(data + half * stride, stride, count - half);
}

}  // namespace rushlight::cpu
