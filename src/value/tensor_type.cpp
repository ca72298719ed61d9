#include "base/text.h"
#include "value/type.h"

namespace rushlight {

TypePtr TensorType::make(Facts facts) { return make_ref<TensorType>(std::move(facts)); }

TypePtr TensorType::of(const Tensor& tensor, bool requires_grad) {
  Facts facts;
  facts.dtype = tensor.dtype();
  facts.device = tensor.device();
  facts.requires_grad = requires_grad;
  facts.sizes.emplace();
  facts.strides.emplace();
  for (int64_t size : tensor.sizes()) facts.sizes->push_back(size);
  for (int64_t stride : tensor.strides()) facts.strides->push_back(stride);
  return make(std::move(facts));
}

const TypePtr& TensorType::inferred() {
  static const TypePtr type = make_ref<TensorType>(Facts{}, /*inferred=*/true);
  return type;
}

std::string TensorType::str() const {
  std::string text(facts_.dtype ? dtype_info(*facts_.dtype).ir_name : "Tensor");
  std::vector<std::string> parts;
  if (facts_.sizes) {
    const auto& sizes = *facts_.sizes;
    for (const auto& size : sizes) parts.push_back(size ? cat(*size) : "*");
    if (facts_.strides && !sizes.empty()) {
      bool known = true;
      std::vector<int64_t> strides;
      for (const auto& stride : *facts_.strides) {
        known &= stride.has_value();
        strides.push_back(stride.value_or(0));
      }
      if (known) parts.push_back(cat("strides=[", join(strides, ", "), "]"));
    }
  } else if (facts_.dtype) {
    text += "Tensor";
  }
  if (facts_.requires_grad) parts.push_back(cat("requires_grad=", int(*facts_.requires_grad)));
  if (facts_.device) parts.push_back(cat("device=", facts_.device->str()));
  if (facts_.sizes || !parts.empty()) text += cat("(", join(parts, ", "), ")");
  if (facts_.undefined.value_or(false)) text += "[Undefined]";
  return text;
}

bool TensorType::equals(const Type& other) const {
  const TensorType* tensor = other.as<TensorType>();
  return tensor && tensor->facts_ == facts_;
}

bool TensorType::is_subtype_of(const Type& other, std::string* why) const {
  const TensorType* tensor = other.as<TensorType>();
  if (!tensor) return Type::is_subtype_of(other, why);
  const Facts& more = facts_;
  const Facts& less = tensor->facts_;
  // Whatever the other one knows, this one must know alike.
  const auto agrees = [](const auto& mine, const auto& theirs) { return !theirs || mine == theirs; };
  const auto shapes_agree = [](const auto& mine, const auto& theirs) {
    if (!theirs) return true;
    if (!mine || mine->size() != theirs->size()) return false;
    for (size_t i = 0; i < mine->size(); ++i)
      if ((*theirs)[i] && (*mine)[i] != (*theirs)[i]) return false;
    return true;
  };
  return agrees(more.dtype, less.dtype) && agrees(more.device, less.device) &&
         agrees(more.requires_grad, less.requires_grad) && agrees(more.undefined, less.undefined) &&
         shapes_agree(more.sizes, less.sizes) && shapes_agree(more.strides, less.strides);
}

}  // namespace rushlight
