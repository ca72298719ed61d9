#include "autograd/saved_tensor.h"

#include "autograd/meta.h"
#include "base/text.h"

namespace rushlight::autograd {

SavedTensor::SavedTensor(const Tensor& tensor, bool is_result) : is_result_(is_result) {
  if (!tensor.defined()) return;
  if (tensor.impl()->is_inference)
    throw RuntimeError(
        "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
        "computation "
        "tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, "
        "or use "
        "`torch.no_grad()` instead of `torch.inference_mode()`.");
  data_ = is_result ? detach(tensor) : tensor;
  version_ = tensor.version().value();
  if (is_result) output_index_ = AutogradMeta::of(tensor).output_index;
}

namespace {
std::string node_title(const GradNode& node) {
  // PyTorch leaves "Backward0" out of the name in this message.
  std::string name = node.name();
  if (const size_t at = name.find("Backward"); at != std::string::npos) name.resize(at);
  return name;
}
}  // namespace

Tensor SavedTensor::unpack(const Ref<GradNode>& node) const {
  if (!data_.defined()) return {};
  const uint32_t now = data_.version().value();
  if (now != version_) {
    const Ref<GradNode> maker = is_result_ ? node : grad_fn(data_);
    std::string message =
        cat("one of the variables needed for gradient computation has been modified by an inplace operation: [torch.",
            dtype_info(data_.dtype()).ir_name, "Tensor ", shape_text(data_.sizes()), "]");
    if (maker)
      message += cat(", which is output ", is_result_ ? output_index_ : AutogradMeta::of(data_).output_index, " of ",
                     node_title(*maker), ",");
    throw RuntimeError(
        cat(message, " is at version ", now, "; expected version ", version_,
            " instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, "
            "with torch.autograd.set_detect_anomaly(True, check_nan=False)."));
  }
  if (!is_result_ || is_integral_or_bool(data_.dtype())) return data_;
  Tensor result = detach(data_);
  AutogradMeta& meta = AutogradMeta::of(result);
  meta.grad_fn = node;
  meta.output_index = output_index_;
  return result;
}

}  // namespace rushlight::autograd
