#include "ops/cpu/reduction.h"

namespace rushlight::cpu {
namespace {

/// PyTorch's: it keeps the set of reduced dimensions in one word.
constexpr size_t kMaxReducedRank = 64;

/// Joins neighbouring dimensions that are walked as one; drops those of size 1.
void collapse(Shape& sizes, Strides& strides) {
  size_t kept = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 1) continue;
    if (kept > 0 && strides[kept - 1] == strides[i] * sizes[i]) {
      sizes[kept - 1] *= sizes[i];
      strides[kept - 1] = strides[i];
      continue;
    }
    sizes[kept] = sizes[i];
    strides[kept] = strides[i];
    ++kept;
  }
  sizes.resize(kept);
  strides.resize(kept);
}

int64_t offset_of(int64_t index, const Shape& sizes, const Strides& strides, size_t rank) {
  int64_t offset = 0;
  for (size_t d = rank; d-- > 0;) {
    offset += index % sizes[d] * strides[d];
    index /= sizes[d];
  }
  return offset;
}

/// Elements that are worth a task of their own.
constexpr int64_t kBlock = 32768;

/// One long row, in blocks of a fixed size, so that the result does not depend on the number of threads.
template <class T>
T fold_long_row(const T* input, int64_t count, const VectorFold<T>& fold) {
  if (count < 2 * kBlock) return fold.row(input, count);
  std::vector<T> parts(size_t((count + kBlock - 1) / kBlock));
  parallel_for(0, int64_t(parts.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      parts[size_t(i)] = fold.row(input + i * kBlock, std::min(kBlock, count - i * kBlock));
  });
  return fold.row(parts.data(), int64_t(parts.size()));
}

/// Each output element folds rows of elements that stand side by side.
template <class T>
void fold_rows(const ReductionPlan& plan, const T* input, T* output, const VectorFold<T>& fold) {
  const size_t rank = plan.inner_sizes.size();
  const int64_t row = plan.inner_sizes[rank - 1], rows = plan.inner_count / row;
  const int64_t count = numel_of(plan.outer_sizes);
  if (count == 1 && rows == 1) {
    *output = fold_long_row(input, row, fold);
    return;
  }
  parallel_for(0, count, std::max<int64_t>(1, kBlock / plan.inner_count), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T* base = input + offset_of(i, plan.outer_sizes, plan.outer_strides, plan.outer_sizes.size());
      T folded = fold.row(base, row);
      for (int64_t k = 1; k < rows; ++k)
        folded = fold.join(folded, fold.row(base + offset_of(k, plan.inner_sizes, plan.inner_strides, rank - 1), row));
      output[i] = folded;
    }
  });
}

/// Output elements that stand side by side fold columns.
template <class T>
void fold_columns(const ReductionPlan& plan, const T* input, T* output, const VectorFold<T>& fold) {
  const size_t outer_rank = plan.outer_sizes.size(), inner_rank = plan.inner_sizes.size();
  const int64_t columns = plan.outer_sizes[outer_rank - 1];
  const int64_t rows = plan.inner_sizes[inner_rank - 1], row_stride = plan.inner_strides[inner_rank - 1];
  const int64_t matrices = plan.inner_count / rows, groups = numel_of(plan.outer_sizes) / columns;
  constexpr int64_t kWidth = 256;
  const int64_t panels = (columns + kWidth - 1) / kWidth;
  const int64_t panel_cost = plan.inner_count * std::min(columns, kWidth);
  parallel_for(0, groups * panels, std::max<int64_t>(1, kBlock / panel_cost), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t group = i / panels, at = i % panels * kWidth, width = std::min(kWidth, columns - at);
      const T* base = input + offset_of(group, plan.outer_sizes, plan.outer_strides, outer_rank - 1) + at;
      T* out = output + group * columns + at;
      fold.columns(base, rows, row_stride, out, width);
      for (int64_t k = 1; k < matrices; ++k) {
        T more[kWidth];
        fold.columns(base + offset_of(k, plan.inner_sizes, plan.inner_strides, inner_rank - 1), rows, row_stride, more,
                     width);
        for (int64_t j = 0; j < width; ++j) out[j] = fold.join(out[j], more[j]);
      }
    }
  });
}

}  // namespace

template <class T>
bool run_vector_reduction(const ReductionPlan& plan, const T* input, T* output, const VectorFold<T>& fold) {
  if (plan.inner_count == 0 || plan.inner_sizes.empty()) return false;
  if (numel_of(plan.outer_sizes) == 0) return true;
  if (plan.inner_strides.back() == 1) {
    fold_rows(plan, input, output, fold);
    return true;
  }
  if (!plan.outer_sizes.empty() && plan.outer_strides.back() == 1) {
    fold_columns(plan, input, output, fold);
    return true;
  }
  return false;
}
template bool run_vector_reduction(const ReductionPlan&, const float*, float*, const VectorFold<float>&);
template bool run_vector_reduction(const ReductionPlan&, const double*, double*, const VectorFold<double>&);

ReductionPlan plan_reduction(const Tensor& input, IntArrayRef dims, bool keepdim) {
  const size_t rank = size_t(input.dim());
  if (rank > kMaxReducedRank && !dims.empty())
    throw RuntimeError(cat("only tensors with up to ", kMaxReducedRank, " dims are supported"));
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
  collapse(plan.inner_sizes, plan.inner_strides);
  collapse(plan.outer_sizes, plan.outer_strides);
  return plan;
}

}  // namespace rushlight::cpu
