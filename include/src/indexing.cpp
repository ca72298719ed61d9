/// `t.index({...})` and `t.index_put_({...}, v)`: integers, slices, None and the ellipsis become views, tensors and
/// bools one call of `aten::index` or `aten::index_put_` on what is left.
#include <ostream>

#include "ATen/Functions.h"
#include "op_call.h"

namespace at {
inline namespace RUSHLIGHT_ABI {
namespace indexing {

std::ostream& operator<<(std::ostream& out, const Slice& slice) {
  return out << slice.start().value_or(0) << ":" << slice.stop().value_or(INT64_MAX) << ":" << slice.step();
}
std::ostream& operator<<(std::ostream& out, const TensorIndex& index) {
  if (index.is_none()) return out << "None";
  if (index.is_ellipsis()) return out << "...";
  if (index.is_integer()) return out << index.integer();
  if (index.is_boolean()) return out << std::boolalpha << index.boolean();
  if (index.is_slice()) return out << index.slice();
  return out << index.tensor();
}

namespace {

/// A view of the tensor, and for each of its dimensions the tensor that indexes it, if any.
struct Applied {
  Tensor view;
  std::vector<std::optional<Tensor>> tensors;
  bool has_tensors() const { return !tensors.empty(); }
};

/// How many dimensions of the tensor an index takes up.
int64_t consumed(const TensorIndex& index) {
  if (index.is_none() || index.is_ellipsis() || index.is_boolean()) return 0;
  const bool mask = index.is_tensor() && (index.tensor().scalar_type() == ScalarType::Bool ||
                                          index.tensor().scalar_type() == ScalarType::Byte);
  return mask ? index.tensor().dim() : 1;
}

void use_tensor(Applied& applied, int64_t dim, const Tensor& tensor) {
  applied.tensors.resize(size_t(std::max<int64_t>(dim, int64_t(applied.tensors.size()))));
  applied.tensors.push_back(tensor);
}

Applied apply(const Tensor& self, ArrayRef<TensorIndex> indices) {
  int64_t taken = 0;
  for (const TensorIndex& index : indices) taken += consumed(index);
  TORCH_CHECK_INDEX(taken <= self.dim(), "too many indices for tensor of dimension ", self.dim());
  Applied applied{self, {}};
  int64_t dim = 0;
  bool seen_ellipsis = false;
  for (const TensorIndex& index : indices) {
    if (index.is_none()) {
      applied.view = applied.view.unsqueeze(dim++);
    } else if (index.is_ellipsis()) {
      if (!seen_ellipsis) dim += self.dim() - taken;
      seen_ellipsis = true;
    } else if (index.is_integer()) {
      TORCH_CHECK_INDEX(
          self.dim() > 0, "invalid index of a 0-dim tensor. ",
          "Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number");
      const int64_t size = applied.view.size(dim);
      TORCH_CHECK_INDEX(index.integer() >= -size && index.integer() < size, "index ", index.integer(),
                        " is out of bounds for dimension ", dim, " with size ", size);
      applied.view = applied.view.select(dim, index.integer());
    } else if (index.is_slice()) {
      const Slice& slice = index.slice();
      TORCH_CHECK_VALUE(slice.step() > 0, "step must be greater than zero");
      if (slice.start() || slice.stop() || slice.step() != 1)
        applied.view = applied.view.slice(dim, slice.start(), slice.stop(), slice.step());
      ++dim;
    } else if (index.is_boolean()) {
      applied.view = applied.view.unsqueeze(dim);
      use_tensor(applied, dim++, full({1}, index.boolean(), TensorOptions(ScalarType::Bool)));
    } else {
      const Tensor& tensor = index.tensor();
      TORCH_CHECK_INDEX(tensor.defined(), "cannot index with an undefined tensor");
      if (tensor.dim() == 0 && c10::isIntegralType(tensor.scalar_type(), /*includeBool=*/true)) {
        if (tensor.scalar_type() != ScalarType::Bool && tensor.scalar_type() != ScalarType::Byte) {
          applied.view = applied.view.select(dim, tensor.item<int64_t>());
        } else {
          applied.view = applied.view.unsqueeze(dim);
          use_tensor(applied, dim++, tensor.to(ScalarType::Bool).reshape({1}));
        }
        continue;
      }
      use_tensor(applied, dim, tensor);
      dim += std::max<int64_t>(1, consumed(index));
    }
  }
  return applied;
}

c10::List<std::optional<Tensor>> as_list(const std::vector<std::optional<Tensor>>& tensors) {
  c10::List<std::optional<Tensor>> list;
  for (const auto& tensor : tensors) list.push_back(tensor);
  return list;
}

}  // namespace
}  // namespace indexing

Tensor Tensor::index(ArrayRef<indexing::TensorIndex> indices) const {
  TORCH_CHECK_INDEX(!indices.empty(), "Passing an empty index list to Tensor::index() is not valid syntax");
  const indexing::Applied applied = indexing::apply(*this, indices);
  if (applied.has_tensors()) {
    static const rushlight::Operator& op = detail::find("aten::index", "Tensor");
    const c10::IValue arguments[] = {applied.view, indexing::as_list(applied.tensors)};
    return detail::call<Tensor>(op, arguments);
  }
  return applied.view;
}
Tensor Tensor::index(std::initializer_list<indexing::TensorIndex> indices) const {
  return index(ArrayRef<indexing::TensorIndex>(indices));
}
Tensor& Tensor::index_put_(ArrayRef<indexing::TensorIndex> indices, const Tensor& values) {
  TORCH_CHECK_INDEX(!indices.empty(), "Passing an empty index list to Tensor::index_put_() is not valid syntax");
  const indexing::Applied applied = indexing::apply(*this, indices);
  if (applied.has_tensors()) {
    static const rushlight::Operator& op = detail::find("aten::index_put_", "");
    const c10::IValue arguments[] = {applied.view, indexing::as_list(applied.tensors), values, false};
    detail::call<void>(op, arguments);
    return *this;
  }
  Tensor source = values;  // leading dimensions of size 1 may be more than the target has
  while (source.dim() > applied.view.dim() && source.size(0) == 1) source = source.squeeze(0);
  applied.view.copy_(source);
  return *this;
}
Tensor& Tensor::index_put_(ArrayRef<indexing::TensorIndex> indices, const Scalar& value) {
  return index_put_(indices, full({}, value, options()));
}
Tensor& Tensor::index_put_(std::initializer_list<indexing::TensorIndex> indices, const Tensor& values) {
  return index_put_(ArrayRef<indexing::TensorIndex>(indices), values);
}
Tensor& Tensor::index_put_(std::initializer_list<indexing::TensorIndex> indices, const Scalar& value) {
  return index_put_(ArrayRef<indexing::TensorIndex>(indices), value);
}

}  // namespace RUSHLIGHT_ABI
}  // namespace at
