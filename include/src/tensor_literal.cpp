/// Nested lists of numbers to tensors.
#include "rushlight/tensor_literal.h"

#include "c10/core/GradMode.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace detail {

namespace {
std::string spaced(const std::vector<int64_t>& sizes) {
  std::string text;
  for (const int64_t size : sizes) text += (text.empty() ? "" : " ") + std::to_string(size);
  return text;
}
}  // namespace

TensorDataContainer::TensorDataContainer() : type_(c10::get_default_dtype_as_scalartype()), sizes_{0} {}

TensorDataContainer::TensorDataContainer(std::initializer_list<TensorDataContainer> list) : TensorDataContainer() {
  if (list.size() == 0) return;
  const TensorDataContainer& first = *list.begin();
  type_ = first.type_;
  for (const TensorDataContainer& part : list) {
    TORCH_CHECK(part.sizes_ == first.sizes_, "Expected all sub-lists to have sizes: ", spaced(first.sizes_), " (e.g. ",
                first.text(), "), but got sub-list ", part.text(), " with sizes: ", spaced(part.sizes_));
    TORCH_CHECK(part.type_ == type_, "Expected all elements of the tensor to have the same scalar type: ", type_,
                ", but got element of scalar type: ", part.type_);
    values_.insert(values_.end(), part.values_.begin(), part.values_.end());
  }
  sizes_ = first.sizes_;
  sizes_.insert(sizes_.begin(), int64_t(list.size()));
}

TensorDataContainer::TensorDataContainer(const std::vector<bool>& values)
    : type_(c10::ScalarType::Bool), sizes_{int64_t(values.size())}, values_(values.begin(), values.end()) {}

std::string TensorDataContainer::text() const {
  std::ostringstream out;
  if (sizes_.empty()) {
    out << values_.front();
    return out.str();
  }
  // One level of braces for each dimension, opened and closed where its rows begin and end.
  const auto row_ends = [&](size_t i, size_t dim) {
    size_t row = 1;
    for (size_t d = dim; d < sizes_.size(); ++d) row *= size_t(sizes_[d]);
    return row != 0 && i % row == 0;
  };
  if (values_.empty()) return "{}";
  for (size_t i = 0; i < values_.size(); ++i) {
    if (i) {
      for (size_t d = sizes_.size(); d-- > 0;)
        if (row_ends(i, d)) out << '}';
      out << ", ";
    }
    for (size_t d = 0; d < sizes_.size(); ++d)
      if (row_ends(i, d)) out << '{';
    out << values_[i];
  }
  out << std::string(sizes_.size(), '}');
  return out.str();
}

at::Tensor TensorDataContainer::to_tensor(const c10::TensorOptions& options) const {
  c10::ScalarType dtype = type_;
  if (options.has_dtype())
    dtype = options.dtype().toScalarType();
  else if (c10::isIntegralType(type_, /*includeBool=*/false) &&
           (type_ == c10::ScalarType::Int || type_ == c10::ScalarType::Long))
    dtype = c10::ScalarType::Long;
  else if (type_ == c10::ScalarType::Float || type_ == c10::ScalarType::Double)
    dtype = c10::get_default_dtype_as_scalartype();
  const c10::TensorOptions plain = c10::TensorOptions(dtype).device(c10::kCPU);
  at::Tensor tensor;
  c10::AutoGradMode no_grad(false);
  if (memory_.defined()) {
    tensor = memory_.to(dtype).clone();
  } else {
    tensor = at::empty(sizes_, plain);
    at::Tensor flat = tensor.view({-1});
    for (size_t i = 0; i < values_.size(); ++i) flat.select(0, int64_t(i)).fill_(values_[i]);
  }
  if (options.has_device()) tensor = tensor.to(options.device());
  if (options.requires_grad()) tensor.set_requires_grad(true);
  return tensor;
}

}  // namespace detail
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
