/// Embeddings: rows of a table looked up by number, one by one or added up in bags.
#include <cmath>

#include "base/thread_pool.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/embedding.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

void check_index_dtype(const Tensor& indices, std::string_view argument, std::string_view op) {
  if (indices.dtype() == ScalarType::int64 || indices.dtype() == ScalarType::int32) return;
  throw RuntimeError(
      cat("Expected tensor for ", argument, " to have one of the following scalar types: Long, Int; but ", "got torch.",
          dtype_info(indices.dtype()).ir_name, "Tensor instead (while checking arguments for ", op, ")"));
}
/// Contiguous int64.
Tensor as_numbers(const Tensor& indices) { return cpu::contiguous(cpu::to_dtype(indices, ScalarType::int64)); }

// ---- Single rows

Tensor embedding_cpu(const Tensor& weight, const Tensor& indices, int64_t, bool, bool) {
  if (weight.dim() != 2) throw RuntimeError("'weight' must be 2-D");
  check_index_dtype(indices, "argument #1 'indices'", "embedding");
  const Tensor numbers = as_numbers(indices), table = cpu::contiguous(weight);
  const int64_t rows = weight.sizes()[0], width = weight.sizes()[1];
  Shape shape(indices.sizes());
  shape.push_back(width);
  Tensor output = empty_tensor(shape, weight.dtype(), weight.device());
  const int64_t* number = numbers.data<int64_t>();
  for (int64_t i = 0; i < numbers.numel(); ++i)
    if (number[i] < 0 || number[i] >= rows) throw IndexError("index out of range in self");
  const size_t bytes = size_t(width) * weight.item_size();
  const auto* from = static_cast<const std::byte*>(table.data());
  auto* to = static_cast<std::byte*>(output.data());
  if (output.numel() == 0) return output;
  parallel_for(0, numbers.numel(), std::max<int64_t>(1, 32768 / width), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) std::copy_n(from + size_t(number[i]) * bytes, bytes, to + size_t(i) * bytes);
  });
  return output;
}

/// How often each row is looked up.
std::vector<int64_t> count_rows(const Tensor& numbers, int64_t rows) {
  std::vector<int64_t> counts(size_t(rows), 0);
  for (int64_t i = 0; i < numbers.numel(); ++i) {
    const int64_t n = numbers.data<int64_t>()[i];
    if (n < 0 || n >= rows) throw IndexError("index out of range in self");
    ++counts[size_t(n)];
  }
  return counts;
}

Tensor embedding_dense_backward_cpu(const Tensor& grad_output, const Tensor& indices, int64_t num_weights,
                                    int64_t padding_idx, bool scale_grad_by_freq) {
  check_index_dtype(indices, "argument #2 'indices'", "embedding_backward");
  const Tensor numbers = as_numbers(indices);
  const std::vector<int64_t> counts = count_rows(numbers, num_weights);
  const int64_t width = grad_output.size(-1);
  Tensor result = empty_tensor({num_weights, width}, grad_output.dtype());
  cpu::fill(result, 0);
  const Tensor grads = cpu::contiguous(grad_output);
  cpu::dispatch<kFloating>(result.dtype(), "embedding_backward", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    for (int64_t i = 0; i < numbers.numel(); ++i) {
      const int64_t n = numbers.data<int64_t>()[i];
      if (n == padding_idx) continue;
      const C scale(scale_grad_by_freq ? (1.0 / double(counts[size_t(n)])) : 1.0);
      T* row = result.data<T>() + n * width;
      const T* grad = grads.data<T>() + i * width;
      for (int64_t k = 0; k < width; ++k) row[k] = T(C(row[k]) + C(grad[k]) * scale);
    }
  });
  return result;
}
Tensor embedding_backward_composite(const Tensor& grad, const Tensor& indices, int64_t num_weights, int64_t padding_idx,
                                    bool scale_grad_by_freq, bool sparse) {
  if (sparse) throw NotImplementedError("gradients of embeddings as sparse tensors are not done yet; use sparse=False");
  return embedding_dense_backward(grad, indices, num_weights, padding_idx, scale_grad_by_freq);
}
/// What embedding_dense_backward sums up, looked up again. Rows of the padding count as zeros.
Tensor embedding_double_backward(const Backward& b) {
  const Tensor indices = b.saved("indices");
  const Tensor rows = embedding(b.grad(), indices, b.int_of("padding_idx"), false, false);
  const Tensor kept = unsqueeze(ne(indices, Scalar(b.int_of("padding_idx"))), -1);
  return rows * kept;
}

Tensor embedding_renorm_cpu(const Tensor& self, const Tensor& indices, double max_norm, double norm_type) {
  if (self.dim() != 2)
    throw RuntimeError(cat("Expected 2-dimensional tensor, but got ", self.dim(),
                           "-dimensional tensor for argument #1 'self' (while checking arguments ",
                           "for embedding_renorm_)"));
  check_index_dtype(indices, "argument #2 'indices'", "embedding_renorm_");
  const Tensor numbers = as_numbers(indices);
  const std::vector<int64_t> counts = count_rows(numbers, self.sizes()[0]);
  for (size_t row = 0; row < counts.size(); ++row) {
    if (counts[row] == 0) continue;
    const Tensor line = alias_tensor(self, self.sizes()[1], self.strides()[1],
                                     self.storage_offset() + int64_t(row) * self.strides()[0]);
    const Tensor wide = cpu::contiguous(cpu::to_dtype(line, ScalarType::float64));
    double norm = 0;
    for (int64_t k = 0; k < wide.numel(); ++k) {
      const double size = std::abs(wide.data<double>()[k]);
      norm = std::isinf(norm_type) ? std::max(norm, size) : norm + std::pow(size, norm_type);
    }
    if (!std::isinf(norm_type)) norm = std::pow(norm, 1 / norm_type);
    if (norm > max_norm) cpu::copy_into(line, mul(line, Scalar(max_norm / (norm + 1e-7))));
  }
  return self;
}

Tensor one_hot_cpu(const Tensor& self, int64_t num_classes) {
  if (self.dtype() != ScalarType::int64)
    throw RuntimeError("one_hot is only applicable to index tensor of type LongTensor.");
  if (self.numel() == 0 && num_classes <= 0)
    throw RuntimeError("Can not infer total number of classes from empty tensor.");
  if (self.numel() != 0) {
    const int64_t largest = max(self).item().to<int64_t>();
    if (min(self).item().to<int64_t>() < 0) throw RuntimeError("Class values must be non-negative.");
    if (num_classes == -1)
      num_classes = largest + 1;
    else if (num_classes <= 0)
      throw RuntimeError("num_classes should be positive");
    else if (largest >= num_classes)
      throw RuntimeError("Class values must be smaller than num_classes.");
  }
  return to(eq(unsqueeze(self, -1), arange(Scalar(num_classes))), ScalarType::int64);
}

// ---- Bags

enum class BagMode : int64_t { sum = 0, mean = 1, max = 2 };
using Quadruple = std::tuple<Tensor, Tensor, Tensor, Tensor>;

/// The numbers of all bags in one list, and where each bag begins.
struct Bags {
  Tensor numbers;
  std::vector<int64_t> begins;  ///< one more than there are bags
  int64_t count() const { return int64_t(begins.size()) - 1; }
};
Bags read_bags(const Tensor& weight, const Tensor& indices, const Tensor& offsets, const Tensor& per_sample_weights,
               BagMode mode, bool include_last_offset) {
  if (indices.dim() != 1 && indices.dim() != 2)
    throw RuntimeError(cat("input has to be a 1D or 2D Tensor, but got Tensor of dimension ", indices.dim()));
  check_index_dtype(indices, "argument #1 'indices'", "embedding_bag");
  check_index_dtype(offsets, "argument #1 'offsets'", "embedding_bag");
  cpu::dispatch<kFloating>(weight.dtype(), "embedding_bag", [](auto) {});
  if (per_sample_weights.defined()) {
    if (mode != BagMode::sum)
      throw RuntimeError(
          "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode "
          "= 'sum' (got mode='max' or 'mean').");
    if (per_sample_weights.dtype() != weight.dtype())
      throw RuntimeError(cat("expected scalar type ", dtype_info(weight.dtype()).ir_name, " but found ",
                             dtype_info(per_sample_weights.dtype()).ir_name));
    if (per_sample_weights.dim() != 1 || per_sample_weights.numel() != indices.numel())
      throw RuntimeError(cat("Expected as many per_sample_weights as indices, but got ", per_sample_weights.numel(),
                             " for ", indices.numel()));
  }
  Bags bags{as_numbers(indices), {}};
  const Tensor starts = as_numbers(offsets);
  const int64_t total = bags.numbers.numel(), count = starts.numel() - int64_t(include_last_offset);
  if (include_last_offset && starts.numel() < 1)
    throw RuntimeError("include_last_offset: number of offsets should be at least 1");
  for (int64_t i = 0; i < count; ++i) bags.begins.push_back(starts.data<int64_t>()[i]);
  if (count > 0 && bags.begins[0] != 0)
    throw RuntimeError(cat("offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from ",
                           "position 0. However, got ", bags.begins[0]));
  bags.begins.push_back(include_last_offset && starts.numel() > 0 ? starts.data<int64_t>()[count] : total);
  for (size_t i = 0; i + 1 < bags.begins.size(); ++i)
    if (bags.begins[i] > bags.begins[i + 1] || bags.begins[i + 1] > total)
      throw RuntimeError(cat("offsets[-1] can not be greater than input's length(", total,
                             ") and offsets must not decrease, but got ", bags.begins[i], " before ",
                             bags.begins[i + 1]));
  count_rows(bags.numbers, weight.sizes()[0]);
  return bags;
}

Quadruple embedding_bag_cpu(const Tensor& weight, const Tensor& indices, const Tensor& offsets, bool, int64_t mode_,
                            bool, const Tensor& per_sample_weights, bool include_last_offset, int64_t padding_idx) {
  const BagMode mode{mode_};
  const Bags bags = read_bags(weight, indices, offsets, per_sample_weights, mode, include_last_offset);
  const int64_t width = weight.sizes()[1], count = bags.count();
  Tensor output = empty_tensor({count, width}, weight.dtype());
  Tensor offset2bag = empty_tensor(bags.numbers.numel(), ScalarType::int64),
         bag_size = empty_tensor(count, ScalarType::int64);
  Tensor max_indices = empty_tensor(mode == BagMode::max ? Shape({count, width}) : Shape({count}), ScalarType::int64);
  cpu::fill(offset2bag, 0);
  cpu::fill(max_indices, 0);
  const Tensor table = cpu::contiguous(weight);
  const Tensor scales = per_sample_weights.defined() ? cpu::contiguous(per_sample_weights) : per_sample_weights;
  cpu::dispatch<kFloating>(weight.dtype(), "embedding_bag", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    std::vector<C> total(static_cast<size_t>(width));
    for (int64_t bag = 0; bag < count; ++bag) {
      std::fill(total.begin(), total.end(), C(0));
      int64_t taken = 0;
      for (int64_t i = bags.begins[size_t(bag)]; i < bags.begins[size_t(bag) + 1]; ++i) {
        offset2bag.data<int64_t>()[i] = bag;
        const int64_t n = bags.numbers.data<int64_t>()[i];
        if (n == padding_idx) continue;
        const T* row = table.data<T>() + n * width;
        const C scale = scales.defined() ? C(scales.data<T>()[i]) : C(1);
        for (int64_t k = 0; k < width; ++k) {
          if (mode != BagMode::max) {
            total[size_t(k)] += C(row[k]) * scale;
          } else if (taken == 0 || C(row[k]) > total[size_t(k)]) {
            total[size_t(k)] = C(row[k]);
            max_indices.data<int64_t>()[bag * width + k] = n;
          }
        }
        ++taken;
      }
      bag_size.data<int64_t>()[bag] = taken;
      for (int64_t k = 0; k < width; ++k)
        output.data<T>()[bag * width + k] =
            T(mode == BagMode::mean && taken > 0 ? total[size_t(k)] / C(taken) : total[size_t(k)]);
    }
  });
  return {output, offset2bag, bag_size, max_indices};
}
Quadruple embedding_bag_composite(const Tensor& weight, const Tensor& indices, const Tensor& offsets,
                                  bool scale_grad_by_freq, int64_t mode, bool sparse, const Tensor& per_sample_weights,
                                  bool include_last_offset, std::optional<int64_t> padding_idx) {
  int64_t padding = -1;
  if (padding_idx) {
    const int64_t rows = weight.sizes()[0];
    if (*padding_idx < -rows || *padding_idx >= rows)
      throw RuntimeError(cat("padding_idx must be within the number of embeddings, -", rows, " through ", rows - 1,
                             ", but got ", *padding_idx));
    padding = *padding_idx < 0 ? *padding_idx + rows : *padding_idx;
  }
  return _embedding_bag(weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights,
                        include_last_offset, padding);
}
Quadruple embedding_bag_plain(const Tensor& weight, const Tensor& indices, const Tensor& offsets,
                              bool scale_grad_by_freq, int64_t mode, bool sparse, const Tensor& per_sample_weights,
                              bool include_last_offset) {
  return embedding_bag_composite(weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights,
                                 include_last_offset, std::nullopt);
}

Tensor embedding_bag_dense_backward_cpu(const Tensor& grad, const Tensor& indices, const Tensor& offset2bag,
                                        const Tensor& bag_size, const Tensor& maximum_indices, int64_t num_weights,
                                        bool scale_grad_by_freq, int64_t mode_, const Tensor& per_sample_weights,
                                        int64_t padding_idx) {
  const BagMode mode{mode_};
  const int64_t width = grad.size(-1), count = grad.sizes()[0];
  Tensor result = empty_tensor({num_weights, width}, grad.dtype());
  cpu::fill(result, 0);
  const Tensor numbers = as_numbers(indices), grads = cpu::contiguous(grad);
  const std::vector<int64_t> counts = count_rows(numbers, num_weights);
  const Tensor scales = per_sample_weights.defined() ? cpu::contiguous(per_sample_weights) : per_sample_weights;
  cpu::dispatch<kFloating>(grad.dtype(), "embedding_bag_backward", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    T* out = result.data<T>();
    if (mode == BagMode::max) {
      for (int64_t bag = 0; bag < count; ++bag) {
        if (bag_size.data<int64_t>()[bag] == 0) continue;
        for (int64_t k = 0; k < width; ++k) {
          T& element = out[maximum_indices.data<int64_t>()[bag * width + k] * width + k];
          element = T(C(element) + C(grads.data<T>()[bag * width + k]));
        }
      }
      return;
    }
    for (int64_t i = 0; i < numbers.numel(); ++i) {
      const int64_t n = numbers.data<int64_t>()[i], bag = offset2bag.data<int64_t>()[i];
      if (n == padding_idx) continue;
      C scale = scales.defined() ? C(scales.data<T>()[i]) : C(1);
      if (scale_grad_by_freq) scale /= C(counts[size_t(n)]);
      if (mode == BagMode::mean) scale /= C(bag_size.data<int64_t>()[bag]);
      for (int64_t k = 0; k < width; ++k) {
        T& element = out[n * width + k];
        element = T(C(element) + C(grads.data<T>()[bag * width + k]) * scale);
      }
    }
  });
  return result;
}
Tensor embedding_bag_backward_composite(const Tensor& grad, const Tensor& indices, const Tensor&,
                                        const Tensor& offset2bag, const Tensor& bag_size, const Tensor& maximum_indices,
                                        int64_t num_weights, bool scale_grad_by_freq, int64_t mode, bool sparse,
                                        const Tensor& per_sample_weights, int64_t padding_idx) {
  if (sparse) throw NotImplementedError("gradients of embeddings as sparse tensors are not done yet; use sparse=False");
  return _embedding_bag_dense_backward(grad, indices, offset2bag, bag_size, maximum_indices, num_weights,
                                       scale_grad_by_freq, mode, per_sample_weights, padding_idx);
}
Tensor per_sample_weights_backward(const Tensor& grad, const Tensor& weight, const Tensor& indices, const Tensor&,
                                   const Tensor& offset2bag, int64_t mode, int64_t padding_idx) {
  if (BagMode{mode} != BagMode::sum)
    throw RuntimeError("embedding_bag_backward: per_sample_weights only supported for mode='sum'");
  const Tensor numbers = as_numbers(indices), grads = cpu::contiguous(grad), table = cpu::contiguous(weight);
  const int64_t width = weight.sizes()[1];
  Tensor result = empty_tensor(numbers.numel(), grad.dtype());
  cpu::fill(result, 0);
  cpu::dispatch<kFloating>(grad.dtype(), "_embedding_bag_per_sample_weights_backward_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    for (int64_t i = 0; i < numbers.numel(); ++i) {
      const int64_t n = numbers.data<int64_t>()[i], bag = offset2bag.data<int64_t>()[i];
      if (n == padding_idx) continue;
      C total = 0;
      for (int64_t k = 0; k < width; ++k)
        total += C(grads.data<T>()[bag * width + k]) * C(table.data<T>()[n * width + k]);
      result.data<T>()[i] = T(total);
    }
  });
  return result;
}

}  // namespace

void declare_embedding(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::no_method | OpTraits::composite;
  ops.add({.schema = "embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, "
                     "bool sparse=False) -> Tensor",
           .kernel = typed_kernel<&embedding_cpu>(),
           .saves = "indices",
           .derivatives = {{"weight",
                            [](const Backward& b) {
                              return embedding_backward(b.grad(), b.saved("indices"), b.sizes("weight")[0],
                                                        b.int_of("padding_idx"), b.bool_of("scale_grad_by_freq"),
                                                        b.bool_of("sparse"));
                            }}},
           .traits = kPlain,
           .doc = "The rows of weight with the numbers in indices."});
  ops.add({.schema = "embedding_backward(Tensor grad, Tensor indices, SymInt num_weights, SymInt padding_idx, bool "
                     "scale_grad_by_freq, bool sparse) -> Tensor",
           .kernel = typed_kernel<&embedding_backward_composite>(),
           .traits = kComposite,
           .doc = "The gradient of embedding."});
  ops.add({.schema = "embedding_dense_backward(Tensor grad_output, Tensor indices, SymInt num_weights, SymInt "
                     "padding_idx, bool scale_grad_by_freq) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&embedding_dense_backward_cpu>(),
           .saves = "indices",
           .derivatives = {{"grad_output", &embedding_double_backward}},
           .traits = kPlain,
           .doc = "The gradient of embedding: each row's gradients added up."});
  ops.add(
      {.schema = "embedding_renorm_(Tensor(a!) self, Tensor indices, float max_norm, float norm_type) -> Tensor(a!)",
       .kernel = typed_kernel<&embedding_renorm_cpu>(),
       .traits = kPlain | OpTraits::not_differentiable,
       .doc = "Rows that are looked up and longer than max_norm are shortened to it."});
  ops.add({.schema = "one_hot(Tensor self, int num_classes=-1) -> Tensor",
           .kernel = typed_kernel<&one_hot_cpu>(),
           .traits = kComposite | OpTraits::nn_functional,
           .doc = "A vector for each number: 1 at the number's place, 0 elsewhere."});
  ops.add({.schema = "_embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int "
                     "mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int "
                     "padding_idx=-1) -> (Tensor, Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&embedding_bag_cpu>(),
           .saves = "weight, indices, offsets, per_sample_weights, result1, result2, result3",
           .derivatives = {{"weight",
                            [](const Backward& b) {
                              return _embedding_bag_backward(
                                  b.grad(), b.saved("indices"), b.saved("offsets"), b.result(1), b.result(2),
                                  b.result(3), b.sizes("weight")[0], b.bool_of("scale_grad_by_freq"), b.int_of("mode"),
                                  b.bool_of("sparse"), b.saved("per_sample_weights"), b.int_of("padding_idx"));
                            }},
                           {"per_sample_weights",
                            [](const Backward& b) {
                              return _embedding_bag_per_sample_weights_backward(
                                  b.grad(), b.saved("weight"), b.saved("indices"), b.saved("offsets"), b.result(1),
                                  b.int_of("mode"), b.int_of("padding_idx"));
                            }}},
           .traits = kPlain,
           .doc = "Rows added up, averaged or compared in bags; with the bag of each index, the sizes of the bags and "
                  "where maxima came from."});
  ops.add({.schema = "_embedding_bag_backward(Tensor grad, Tensor indices, Tensor offsets, Tensor offset2bag, Tensor "
                     "bag_size, Tensor maximum_indices, SymInt num_weights, bool scale_grad_by_freq, int mode, bool "
                     "sparse, Tensor? per_sample_weights, int padding_idx=-1) -> Tensor",
           .kernel = typed_kernel<&embedding_bag_backward_composite>(),
           .traits = kComposite,
           .doc = "The gradient of _embedding_bag by weight."});
  ops.add({.schema = "_embedding_bag_dense_backward(Tensor grad, Tensor indices, Tensor offset2bag, Tensor bag_size, "
                     "Tensor maximum_indices, SymInt num_weights, bool scale_grad_by_freq, int mode, Tensor? "
                     "per_sample_weights, int padding_idx=-1) -> Tensor",
           .kernel = typed_kernel<&embedding_bag_dense_backward_cpu>(),
           .traits = kPlain,
           .doc = "The gradient of _embedding_bag by weight."});
  ops.add({.schema = "_embedding_bag_per_sample_weights_backward(Tensor grad, Tensor weight, Tensor indices, Tensor "
                     "offsets, Tensor offset2bag, int mode, int padding_idx=-1) -> Tensor",
           .kernel = typed_kernel<&per_sample_weights_backward>(),
           .traits = kPlain,
           .doc = "The gradient of _embedding_bag by per_sample_weights."});
  ops.add({.schema = "embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int "
                     "mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False) -> "
                     "(Tensor, Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&embedding_bag_plain>(),
           .traits = kComposite,
           .doc = "Rows of weight added up, averaged or compared in bags."});
  ops.add({.schema = "embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool "
                     "scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, "
                     "int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&embedding_bag_composite>(),
           .traits = kComposite,
           .doc = "embedding_bag that leaves one row out."});
}

}  // namespace rushlight::ops
