#include "autograd/variable.h"

#include "autograd/meta.h"
#include "autograd/views.h"
#include "base/text.h"

namespace rushlight::autograd {
namespace {

std::mutex& meta_mutex() {
  static std::mutex mutex;
  return mutex;
}
std::atomic<uint64_t> next_hook_key{1};

/// As C++ spells element types in some of PyTorch's messages.
std::string_view cpp_name(ScalarType type) {
  switch (type) {
    case ScalarType::uint8:
      return "unsigned char";
    case ScalarType::int8:
      return "signed char";
    case ScalarType::int16:
      return "short int";
    case ScalarType::int32:
      return "int";
    case ScalarType::int64:
      return "long int";
    case ScalarType::float16:
      return "c10::Half";
    case ScalarType::float32:
      return "float";
    case ScalarType::float64:
      return "double";
    case ScalarType::complex32:
      return "c10::complex<c10::Half>";
    case ScalarType::complex64:
      return "c10::complex<float>";
    case ScalarType::complex128:
      return "c10::complex<double>";
    case ScalarType::bool_:
      return "bool";
    case ScalarType::bfloat16:
      return "c10::BFloat16";
  }
  return "unknown";
}

}  // namespace

AutogradMeta::~AutogradMeta() {
  if (accumulator) accumulator->forget_variable();
}

bool requires_grad(const Tensor& tensor) {
  const AutogradMeta* meta = AutogradMeta::find(tensor);
  if (!meta) return false;
  return meta->requires_grad || meta->grad_fn || (meta->view && requires_grad(meta->view->base) && grad_fn(tensor));
}

void set_requires_grad(const Tensor& tensor, bool value) {
  if (value && !is_floating(tensor.dtype()) && !is_complex(tensor.dtype()))
    throw RuntimeError("only Tensors of floating point dtype can require gradients");
  if (value && tensor.impl()->is_inference && !dispatch_state.inference_mode)
    throw RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
  if (!is_leaf(tensor)) {
    if (!value)
      throw RuntimeError(
          "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a "
          "subgraph that "
          "doesn't require differentiation use var_no_grad = var.detach().");
    return;
  }
  if (!value && !AutogradMeta::find(tensor)) return;
  AutogradMeta::of(tensor).requires_grad = value;
}

bool is_leaf(const Tensor& tensor) {
  const AutogradMeta* meta = AutogradMeta::find(tensor);
  return !meta || !grad_fn(tensor);
}

Tensor grad(const Tensor& tensor) {
  const AutogradMeta* meta = AutogradMeta::find(tensor);
  return meta ? meta->grad : Tensor();
}

void set_grad(const Tensor& tensor, Tensor grad) {
  if (grad.defined()) {
    if (!(grad.sizes() == tensor.sizes()))
      throw RuntimeError(cat("attempting to assign a gradient of size '", shape_text(grad.sizes()),
                             "' to a tensor of size '", shape_text(tensor.sizes()),
                             "'. Please ensure that the gradient and the tensor are the same size"));
    if (grad.dtype() != tensor.dtype())
      throw RuntimeError(cat(
          "attempting to assign a gradient with dtype '", cpp_name(grad.dtype()), "' to a tensor with grad_dtype '",
          dtype_info(tensor.dtype()).ir_name,
          "'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the "
          "tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with "
          "caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they "
          "match."));
    if (!(grad.device() == tensor.device()))
      throw RuntimeError(cat("attempting to assign a gradient with device type '", grad.device().str(),
                             "' to a tensor with device type '", tensor.device().str(),
                             "'. Please ensure that the gradient and the tensor are on the same device"));
  } else if (!AutogradMeta::find(tensor)) {
    return;
  }
  AutogradMeta::of(tensor).grad = std::move(grad);
}

Ref<GradNode> grad_fn(const Tensor& tensor) {
  AutogradMeta* meta = AutogradMeta::find(tensor);
  if (!meta) return nullptr;
  return meta->view ? refresh_view_grad_fn(tensor, *meta) : meta->grad_fn;
}

Edge gradient_edge(const Tensor& tensor) {
  AutogradMeta* meta = AutogradMeta::find(tensor);
  if (!meta) return {};
  if (Ref<GradNode> node = grad_fn(tensor)) return {std::move(node), meta->output_index};
  if (!meta->requires_grad) return {};
  std::lock_guard lock(meta_mutex());
  if (!meta->accumulator) meta->accumulator = make_ref<AccumulateGrad>(tensor);
  return {meta->accumulator, 0};
}

void set_history(const Tensor& tensor, const Ref<GradNode>& node) {
  AutogradMeta& meta = AutogradMeta::of(tensor);
  meta.output_index = node->add_input(tensor);
  meta.grad_fn = node;
  if (meta.view) meta.view->grad_fn_version = tensor.version().value();
}

void retain_grad(const Tensor& tensor) {
  if (!requires_grad(tensor)) throw RuntimeError("can't retain_grad on Tensor that has requires_grad=False");
  const Ref<GradNode> node = grad_fn(tensor);
  AutogradMeta& meta = AutogradMeta::of(tensor);
  if (!node || meta.retains_grad) return;
  meta.retains_grad = true;
  TensorImpl* impl = tensor.impl();
  node->tensor_pre_hooks.push_back([impl, index = meta.output_index](size_t input, const Tensor& gradient) -> Tensor {
    if (input != index || !gradient.defined() || !impl->try_retain()) return {};
    const Tensor kept(Ref<TensorImpl>::adopt(impl));
    AutogradMeta& kept_meta = AutogradMeta::of(kept);
    kept_meta.grad = kept_meta.grad.defined() ? kept_meta.grad : gradient;
    return {};
  });
}

bool retains_grad(const Tensor& tensor) {
  const AutogradMeta* meta = AutogradMeta::find(tensor);
  return meta && meta->retains_grad;
}

Tensor detach(const Tensor& tensor) {
  Tensor result = alias_tensor(tensor, tensor.sizes(), tensor.strides(), tensor.storage_offset());
  result.impl()->version = Ref<VersionCounter>(&tensor.version());
  return result;
}

Tensor view_base(const Tensor& tensor) {
  const AutogradMeta* meta = AutogradMeta::find(tensor);
  return meta && meta->view ? meta->view->base : Tensor();
}

uint64_t register_hook(const Tensor& tensor, Hook hook) {
  if (!requires_grad(tensor)) throw RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
  const uint64_t key = next_hook_key++;
  AutogradMeta& meta = AutogradMeta::of(tensor);
  if (const Ref<GradNode> node = grad_fn(tensor)) {
    if (meta.hooks.empty()) {
      TensorImpl* impl = tensor.impl();
      node->tensor_pre_hooks.push_back(
          [impl, index = meta.output_index](size_t input, const Tensor& gradient) -> Tensor {
            if (input != index || !impl->try_retain()) return {};
            const Tensor owner(Ref<TensorImpl>::adopt(impl));
            return run_hooks(AutogradMeta::of(owner), gradient);
          });
    }
  } else {
    gradient_edge(tensor);  // the accumulator runs the hooks
  }
  meta.hooks.emplace_back(key, std::move(hook));
  return key;
}

void remove_hook(const Tensor& tensor, uint64_t key) {
  AutogradMeta* meta = AutogradMeta::find(tensor);
  if (!meta) return;
  std::erase_if(meta->hooks, [key](const auto& entry) { return entry.first == key; });
  if (meta->accumulator)
    std::erase_if(meta->accumulator->post_hooks_after_accumulation,
                  [key](const auto& entry) { return entry.first == key; });
}

uint64_t register_post_accumulate_grad_hook(const Tensor& tensor, std::function<void(const Tensor&)> hook) {
  if (!requires_grad(tensor)) throw RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
  if (!is_leaf(tensor)) throw RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors");
  gradient_edge(tensor);
  const uint64_t key = next_hook_key++;
  AutogradMeta::of(tensor).accumulator->post_hooks_after_accumulation.emplace_back(key, std::move(hook));
  return key;
}

Tensor run_hooks(const AutogradMeta& meta, Tensor gradient) {
  const auto hooks = meta.hooks;  // a hook may remove itself
  for (const auto& [key, hook] : hooks)
    if (Tensor changed = hook(gradient); changed.defined()) gradient = std::move(changed);
  return gradient;
}

}  // namespace rushlight::autograd
