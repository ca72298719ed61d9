#include "autograd/views.h"

#include "autograd/op_node.h"
#include "base/text.h"
#include "ops/functions.h"

namespace rushlight::autograd {
namespace {

struct Geometry {
  Shape sizes;
  Strides strides;
  int64_t offset;
  explicit Geometry(const Tensor& tensor)
      : sizes(tensor.sizes()), strides(tensor.strides()), offset(tensor.storage_offset()) {}
};

/// The history of a base after a write through one of its views: the gradient of the written part goes through the
/// operator that wrote, the rest goes straight on.
class CopySlices final : public GradNode {
 public:
  CopySlices(const Tensor& base, const Tensor& view, Ref<GradNode> write)
      : base_(base), view_(view), write_(std::move(write)) {
    std::vector<Edge> edges = write_->next_edges();
    if (edges.empty()) edges.emplace_back();
    edges[0] = gradient_edge(base);
    set_next_edges(std::move(edges));
    add_input(base);
  }
  std::string name() const override { return "CopySlices"; }

  std::vector<Tensor> apply(std::vector<Tensor> gradients) override {
    std::vector<Tensor> results(next_edges().size());
    const Tensor& gradient = gradients[0];
    if (!gradient.defined()) return results;
    Tensor whole = empty_strided_tensor(base_.sizes, base_.strides, gradient.dtype(), gradient.device());
    whole = ops::copy_(whole, gradient);
    const Tensor part = ops::as_strided(whole, view_.sizes, view_.strides, view_.offset - base_.offset);
    std::vector<Tensor> inner = write_->apply({ops::clone(part)});
    for (size_t i = 0; i < results.size(); ++i) {
      if (i == 0) {
        if (!inner.empty() && inner[0].defined())
          ops::copy_(part, inner[0]);
        else
          ops::zero_(part);
        results[0] = whole;
      } else if (i < inner.size()) {
        results[i] = inner[i];
      }
    }
    return results;
  }
  void release_saved() override { write_->release_saved(); }

 private:
  Geometry base_;
  Geometry view_;
  Ref<GradNode> write_;
};

}  // namespace

void track_view(const Tensor& view, const Tensor& source, ViewOrigin origin) {
  AutogradMeta& meta = AutogradMeta::of(view);
  if (meta.view) return;
  const AutogradMeta* source_meta = AutogradMeta::find(source);
  const bool source_is_view = source_meta && source_meta->view;
  if (source_is_view && origin == ViewOrigin::normal) origin = source_meta->view->origin;
  Tensor base = source_is_view ? source_meta->view->base : source;
  meta.view = std::make_unique<ViewInfo>(ViewInfo{std::move(base), origin, view.version().value()});
}

void check_inplace(const Tensor& tensor, bool is_recorded) {
  if (tensor.impl()->is_inference && !dispatch_state.inference_mode)
    throw RuntimeError(
        "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal "
        "tensor before "
        "doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.");
  const AutogradMeta* meta = AutogradMeta::find(tensor);
  if (!meta || !dispatch_state.grad_enabled) return;
  if (!is_recorded && !requires_grad(tensor) && !(meta->view && requires_grad(meta->view->base))) return;
  if (meta->view) {
    const ViewInfo& view = *meta->view;
    if (view.origin == ViewOrigin::multiple_outputs) {
      const Ref<GradNode> maker = grad_fn(tensor);
      std::string what = "A view was created in no_grad mode and is being modified inplace with grad mode enabled.";
      if (maker) {
        const std::string name = maker->name();
        what = cat("Output ", meta->output_index, " of ", name.substr(0, name.find("Backward")),
                   " is a view and is being modified inplace.");
      }
      throw RuntimeError(cat(
          what,
          " This view is the output of a function that returns multiple views. Such functions do not allow the output "
          "views to be modified inplace. You should replace the inplace operation by an out-of-place one."));
    }
    if (view.origin == ViewOrigin::no_grad_mode)
      throw RuntimeError(
          "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this "
          "use case is "
          "ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the "
          "inplace either both "
          "inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the "
          "inplace to be "
          "tracked).");
    if (is_leaf(view.base) && requires_grad(view.base))
      throw RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation.");
    return;
  }
  if (is_leaf(tensor) && requires_grad(tensor))
    throw RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.");
}

void rebase_history(const Tensor& tensor, const Ref<GradNode>& node) {
  node->add_input(tensor);
  AutogradMeta& meta = AutogradMeta::of(tensor);
  if (!meta.view) {
    meta.grad_fn = node;
    meta.output_index = 0;
    return;
  }
  const Tensor& base = meta.view->base;
  AutogradMeta& base_meta = AutogradMeta::of(base);
  base_meta.grad_fn = make_ref<CopySlices>(base, tensor, node);
  base_meta.output_index = 0;
  refresh_view_grad_fn(tensor, meta);
}

Ref<GradNode> refresh_view_grad_fn(const Tensor& view, AutogradMeta& meta) {
  const uint32_t version = view.version().value();
  ViewInfo& info = *meta.view;
  if (!requires_grad(info.base)) return meta.grad_fn;
  if (meta.grad_fn && info.grad_fn_version == version) return meta.grad_fn;
  if (info.grad_fn_version == version && !meta.grad_fn) return nullptr;
  // The write may have come through the base or another view: the history of this one is now "a part of the base".
  static const Operator& as_strided = get_operator("aten::as_strided", "");
  const IValue arguments[] = {IValue(info.base), IValue(view.sizes()), IValue(view.strides()),
                              IValue(view.storage_offset())};
  Ref<GradNode> node = make_ref<OpNode>(as_strided, arguments, /*copy_first=*/false);
  node->add_input(view);
  meta.grad_fn = node;
  meta.output_index = 0;
  info.grad_fn_version = version;
  return node;
}

}  // namespace rushlight::autograd
