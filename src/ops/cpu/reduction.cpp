#include "ops/cpu/reduction.h"

namespace rushlight::cpu {

ReductionPlan plan_reduction(const Tensor& input, IntArrayRef dims, bool keepdim) {
  const size_t rank = size_t(input.dim());
  std::vector<bool> folded(rank, dims.empty());
  std::vector<bool> seen(std::max<size_t>(rank, 1));
  for (int64_t dim : dims) {
    const size_t at = size_t(wrap_dim(dim, int64_t(rank)));
    if (seen[at]) throw RuntimeError(cat("dim ", at, " appears multiple times in the list of dims"));
    seen[at] = true;
    if (at < rank) folded[at] = true;
  }
  ReductionPlan plan;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t size = input.sizes()[i], stride = input.strides()[i];
    if (folded[i]) {
      plan.inner_sizes.push_back(size);
      plan.inner_strides.push_back(stride);
      plan.inner_count *= size;
      if (keepdim) plan.result_shape.push_back(1);
    } else {
      plan.outer_sizes.push_back(size);
      plan.outer_strides.push_back(stride);
      plan.result_shape.push_back(size);
    }
  }
  return plan;
}

}  // namespace rushlight::cpu
