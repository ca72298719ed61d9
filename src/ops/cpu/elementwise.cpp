#include "ops/cpu/elementwise.h"

#include <numeric>

#include "base/text.h"
#include "base/thread_pool.h"

namespace rushlight::cpu {
namespace {
/// Fewer elements than this are not worth another thread.
constexpr int64_t kGrain = 32768;

bool shares_memory(const Tensor& a, const Tensor& b) {
  return a.storage() == b.storage() && a.numel() > 0 && b.numel() > 0;
}
}  // namespace

void check_no_internal_overlap(const Tensor& output) {
  for (size_t i = 0; i < output.sizes().size(); ++i)
    if (output.sizes()[i] > 1 && output.strides()[i] == 0)
      throw RuntimeError(
          "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
          "Please clone() the "
          "tensor before performing the operation.");
}

void check_no_partial_overlap(const Tensor& output, const Tensor& input) {
  if (!shares_memory(output, input) || output.is_same(input)) return;
  const bool same = output.storage_offset() == input.storage_offset() && output.sizes() == input.sizes() &&
                    output.strides() == input.strides();
  if (same) return;
  const int64_t a = output.storage_offset(), a_end = a + storage_extent(output.sizes(), output.strides());
  const int64_t b = input.storage_offset(), b_end = b + storage_extent(input.sizes(), input.strides());
  if (!is_non_overlapping_and_dense(output.sizes(), output.strides()) ||
      !is_non_overlapping_and_dense(input.sizes(), input.strides()))
    return;
  if (a < b_end && b < a_end)
    throw RuntimeError(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
        "location. Please "
        "clone() the tensor before performing the operation.");
}

Elementwise::Elementwise(Tensor output, ScalarType dtype, std::initializer_list<const Tensor*> inputs)
    : output_(std::move(output)) {
  operands_ = inputs.size() + 1;
  if (output_.defined()) {
    check_no_internal_overlap(output_);
    for (const Tensor* input : inputs) check_no_partial_overlap(output_, *input);
  }
  if (!set_up_flat(inputs, dtype)) set_up(inputs, dtype);
}

/// Contiguous operands of one shape, numbers among them: the whole tensor is one row.
bool Elementwise::set_up_flat(std::initializer_list<const Tensor*> inputs, ScalarType dtype) {
  const Tensor* model = output_.defined() ? &output_ : nullptr;
  for (const Tensor* input : inputs)
    if (!model || (input->dim() > model->dim() && model != &output_)) model = input;
  if (!model || !model->is_contiguous() || model->is_meta()) return false;
  for (const Tensor* input : inputs) {
    if (input->is_meta()) return false;
    if (input->dim() == 0) continue;
    if (!input->is_contiguous() || !(input->sizes() == model->sizes())) return false;
  }
  if (!output_.defined()) output_ = empty_tensor(model->sizes(), dtype);
  sizes_ = {output_.numel()};
  data_[0] = static_cast<std::byte*>(output_.data());
  strides_[0] = {int64_t(output_.item_size())};
  size_t i = 1;
  for (const Tensor* input : inputs) {
    data_[i] = static_cast<std::byte*>(input->data());
    strides_[i] = {input->dim() == 0 && model->dim() != 0 ? 0 : int64_t(input->item_size())};
    ++i;
  }
  return true;
}

void Elementwise::set_up(std::initializer_list<const Tensor*> inputs, ScalarType dtype) {
  Shape shape;
  bool first = true;
  Device device;
  for (const Tensor* input : inputs) {
    shape = first ? Shape(input->sizes()) : broadcast_shapes(shape, input->sizes());
    first = false;
    if (input->is_meta()) device = input->device();
  }
  if (output_.defined()) {
    if (first) shape = Shape(output_.sizes());
    // An output may be larger only by stretching its inputs, never be stretched itself.
    if (!(output_.sizes() == IntArrayRef(shape))) {
      if (!(broadcast_shapes(output_.sizes(), shape) == output_.sizes()))
        throw RuntimeError(cat("output with shape ", shape_text(output_.sizes()), " doesn't match the broadcast shape ",
                               shape_text(shape)));
      shape = Shape(output_.sizes());
    }
  }
  const size_t rank = shape.size();
  std::array<Strides, kMaxOperands> strides;
  size_t i = 1;
  for (const Tensor* input : inputs) {
    strides[i] = broadcast_strides(input->sizes(), input->strides(), shape);
    for (int64_t& stride : strides[i]) stride *= int64_t(input->item_size());
    data_[i] = static_cast<std::byte*>(input->data());
    ++i;
  }
  if (output_.defined()) {
    strides[0] = Strides(output_.strides());
    for (int64_t& stride : strides[0]) stride *= int64_t(output_.item_size());
  }
  // Dimensions from the fastest to the slowest, as the first operand with an opinion has them; ties keep row-major
  // order.
  SmallVector<size_t, 6> order(rank);
  for (size_t d = 0; d < rank; ++d) order[d] = rank - 1 - d;
  const auto slower = [&](size_t a, size_t b) {  // a stands before b; true: they must be swapped
    for (size_t k = output_.defined() ? 0 : 1; k < operands_; ++k) {
      const int64_t sa = strides[k][a], sb = strides[k][b];
      if (sa == 0 || sb == 0) continue;
      if (sa != sb) return sa > sb;
      if (shape[a] > shape[b]) return true;
    }
    return false;
  };
  for (size_t x = 1; x < rank; ++x)
    for (size_t y = x; y > 0 && slower(order[y - 1], order[y]); --y) std::swap(order[y - 1], order[y]);
  if (!output_.defined()) {
    Strides made(rank);
    int64_t stride = 1;
    for (size_t d : order) {
      made[d] = stride;
      stride *= std::max<int64_t>(shape[d], 1);
    }
    output_ = empty_strided_tensor(shape, made, dtype, device);
    strides[0] = made;
    for (int64_t& s : strides[0]) s *= int64_t(output_.item_size());
  }
  data_[0] = static_cast<std::byte*>(output_.data());
  for (size_t d : order) {
    sizes_.push_back(shape[d]);
    for (size_t k = 0; k < operands_; ++k) strides_[k].push_back(strides[k][d]);
  }
  if (rank == 0) {
    sizes_.push_back(1);
    for (size_t k = 0; k < operands_; ++k) strides_[k].push_back(0);
  }
  collapse();
}

/// Neighbouring dimensions that every operand walks as one become one.
void Elementwise::collapse() {
  size_t last = 0;
  for (size_t d = 1; d < sizes_.size(); ++d) {
    bool joins = sizes_[last] == 1 || sizes_[d] == 1;
    if (!joins) {
      joins = true;
      for (size_t k = 0; k < operands_; ++k) joins &= strides_[k][d] == strides_[k][last] * sizes_[last];
    }
    if (joins) {
      if (sizes_[last] == 1)
        for (size_t k = 0; k < operands_; ++k) strides_[k][last] = strides_[k][d];
      sizes_[last] *= sizes_[d];
    } else {
      ++last;
      sizes_[last] = sizes_[d];
      for (size_t k = 0; k < operands_; ++k) strides_[k][last] = strides_[k][d];
    }
  }
  sizes_.resize(last + 1);
}

void Elementwise::run_erased(ErasedBody call, const void* body) {
  if (output_.is_meta()) return;
  const int64_t total = output_.numel();
  if (total == 0) return;
  if (total < 2 * kGrain) return run_range(call, body, 0, total);
  parallel_for(0, total, kGrain, [&](int64_t begin, int64_t end) { run_range(call, body, begin, end); });
}

void Elementwise::run_range(ErasedBody call, const void* body, int64_t begin, int64_t end) const {
  std::array<int64_t, kMaxOperands> inner{};
  for (size_t k = 0; k < operands_; ++k) inner[k] = strides_[k][0];
  std::array<std::byte*, kMaxOperands> data = data_;
  if (sizes_.size() == 1) {
    for (size_t k = 0; k < operands_; ++k) data[k] += begin * inner[k];
    call(body, data.data(), inner.data(), end - begin);
    return;
  }
  SmallVector<int64_t, 6> at(sizes_.size());
  int64_t rest = begin;
  for (size_t d = 0; d < sizes_.size(); ++d) {
    at[d] = rest % sizes_[d];
    rest /= sizes_[d];
    for (size_t k = 0; k < operands_; ++k) data[k] += at[d] * strides_[k][d];
  }
  for (int64_t left = end - begin; left > 0;) {
    const int64_t count = std::min(left, sizes_[0] - at[0]);
    call(body, data.data(), inner.data(), count);
    left -= count;
    for (size_t k = 0; k < operands_; ++k) data[k] -= at[0] * inner[k];
    at[0] = 0;
    for (size_t d = 1; d < sizes_.size(); ++d) {
      for (size_t k = 0; k < operands_; ++k) data[k] += strides_[k][d];
      if (++at[d] < sizes_[d]) break;
      for (size_t k = 0; k < operands_; ++k) data[k] -= strides_[k][d] * sizes_[d];
      at[d] = 0;
    }
  }
}

}  // namespace rushlight::cpu
