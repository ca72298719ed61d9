/// Gradients: the autograd methods of at::Tensor, modes, and torch::autograd.
#include "torch/csrc/autograd/autograd.h"
#include "autograd/engine.h"
#include "autograd/grad_mode.h"
#include "autograd/meta.h"
#include "bridge.h"
#include "c10/core/GradMode.h"

namespace {
namespace autograd = rushlight::autograd;
using rushlight::bridge::guarded;
using rushlight::bridge::in;
using rushlight::bridge::out;

const at::Tensor& checked(const at::Tensor& tensor) {
  TORCH_CHECK(tensor.defined(), "an undefined tensor has no gradient");
  return tensor;
}
}  // namespace

namespace at {
inline namespace RUSHLIGHT_ABI {

bool Tensor::requires_grad() const { return defined() && autograd::requires_grad(in(*this)); }
const Tensor& Tensor::set_requires_grad(bool value) const {
  TORCH_CHECK(!value || is_floating_point() || is_complex(),
              "Only Tensors of floating point and complex dtype can require gradients");
  guarded([&] { autograd::set_requires_grad(in(checked(*this)), value); });
  return *this;
}
bool Tensor::is_leaf() const { return autograd::is_leaf(in(checked(*this))); }
void Tensor::retain_grad() const {
  guarded([&] { autograd::retain_grad(in(checked(*this))); });
}
bool Tensor::retains_grad() const { return autograd::retains_grad(in(checked(*this))); }
const Tensor& Tensor::grad() const {
  static const Tensor none;
  const autograd::AutogradMeta* meta = autograd::AutogradMeta::find(in(checked(*this)));
  return meta ? out(meta->grad) : none;
}
Tensor& Tensor::mutable_grad() const {
  return const_cast<Tensor&>(out(autograd::AutogradMeta::of(in(checked(*this))).grad));
}
void Tensor::backward(const Tensor& gradient, std::optional<bool> retain_graph, bool create_graph,
                      std::optional<TensorList> inputs) const {
  torch::autograd::backward({*this}, {gradient}, retain_graph, create_graph,
                            inputs ? inputs->vec() : std::vector<Tensor>());
}
c10::intrusive_ptr<torch::autograd::Node> Tensor::grad_fn() const {
  return rushlight::bridge::share<torch::autograd::Node>(
      guarded([&] { return autograd::grad_fn(in(checked(*this))); }));
}
unsigned Tensor::add_hook(std::function<Tensor(const Tensor&)> hook) const {
  return guarded([&] {
    return unsigned(autograd::register_hook(
        in(checked(*this)), [hook](const rushlight::Tensor& gradient) { return in(hook(out(gradient))); }));
  });
}
void Tensor::remove_hook(unsigned key) const { autograd::remove_hook(in(checked(*this)), key); }
int64_t Tensor::_version() const { return int64_t(in(checked(*this)).version().value()); }
Tensor Tensor::variable_data() const {
  return guarded([&] { return out(autograd::detach(in(checked(*this)))); });
}
void Tensor::set_data(const Tensor& data) const {
  guarded([&] {
    rushlight::TensorImpl& mine = *in(checked(*this)).impl();
    const rushlight::TensorImpl& other = *in(checked(data)).impl();
    mine.storage = other.storage;
    mine.storage_offset = other.storage_offset;
    mine.dtype = other.dtype;
    mine.device = other.device;
    mine.set_shape(other.sizes, other.strides);
  });
}

}  // namespace RUSHLIGHT_ABI
}  // namespace at

namespace c10 {
inline namespace RUSHLIGHT_ABI {

bool GradMode::is_enabled() { return rushlight::dispatch_state.grad_enabled; }
void GradMode::set_enabled(bool enabled) { rushlight::dispatch_state.grad_enabled = enabled; }
InferenceMode::InferenceMode(bool enabled)
    : old_inference_(rushlight::dispatch_state.inference_mode), old_grad_(rushlight::dispatch_state.grad_enabled) {
  rushlight::dispatch_state.inference_mode = enabled;
  rushlight::dispatch_state.grad_enabled = !enabled;
}
InferenceMode::~InferenceMode() {
  rushlight::dispatch_state.inference_mode = old_inference_;
  rushlight::dispatch_state.grad_enabled = old_grad_;
}
bool InferenceMode::is_enabled() { return rushlight::dispatch_state.inference_mode; }

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace autograd {

std::string Node::name() const {
  return guarded([&] { return rushlight::bridge::own<rushlight::autograd::GradNode>(*this).name(); });
}

void backward(const variable_list& tensors, const variable_list& gradients, std::optional<bool> retain_graph,
              bool create_graph, const variable_list& inputs) {
  guarded([&] {
    rushlight::autograd::BackwardOptions options;
    options.retain_graph = retain_graph.value_or(create_graph);
    options.create_graph = create_graph;
    options.inputs = in(inputs);
    std::vector<rushlight::Tensor> given = in(gradients);
    given.resize(tensors.size());
    rushlight::autograd::run_backward(in(tensors), std::move(given), options);
  });
}

variable_list grad(const variable_list& outputs, const variable_list& inputs, const variable_list& gradients,
                   std::optional<bool> retain_graph, bool create_graph, bool allow_unused) {
  return guarded([&] {
    rushlight::autograd::BackwardOptions options;
    options.retain_graph = retain_graph.value_or(create_graph);
    options.create_graph = create_graph;
    options.inputs = in(inputs);
    options.accumulate = false;
    options.allow_unused = true;
    std::vector<rushlight::Tensor> given = in(gradients);
    given.resize(outputs.size());
    variable_list result = out(rushlight::autograd::run_backward(in(outputs), std::move(given), options));
    // libtorch's own words, which are not those of Python; the missing blank is theirs.
    for (size_t i = 0; i < result.size(); ++i)
      TORCH_CHECK(allow_unused || result[i].defined(), "element ", i,
                  "of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if "
                  "this is the desired behavior.");
    return result;
  });
}

}  // namespace autograd
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
