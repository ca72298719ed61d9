#include "autograd/engine.h"

#include <algorithm>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "autograd/grad_mode.h"
#include "autograd/meta.h"
#include "base/text.h"
#include "ops/functions.h"

namespace rushlight::autograd {
namespace {

std::string size_text(IntArrayRef sizes) { return cat("torch.Size(", shape_text(sizes), ")"); }

/// One backward pass. All of its state is here, so passes in several threads, and passes inside hooks, do not meet.
class Pass {
 public:
  Pass(const std::vector<Tensor>& roots, std::vector<Tensor> gradients, const BackwardOptions& options)
      : options_(options) {
    std::vector<Edge> edges;
    for (size_t i = 0; i < roots.size(); ++i) {
      Edge edge = gradient_edge(roots[i]);
      if (!edge.node)
        throw RuntimeError(cat("element ", i, " of tensors does not require grad and does not have a grad_fn"));
      gradients[i] = first_gradient(roots[i], std::move(gradients[i]), i);
      edges.push_back(std::move(edge));
    }
    count_dependencies(edges);
    choose_targets();
    for (size_t i = 0; i < edges.size(); ++i) deliver(edges[i], std::move(gradients[i]));
    for (const Edge& edge : edges)
      if (dependencies_[edge.node.get()] == 0) make_ready(edge.node.get());
  }

  std::vector<Tensor> run() {
    GradModeGuard guard(options_.create_graph);
    while (!ready_.empty()) {
      GradNode* node = ready_.top();
      ready_.pop();
      step(*node);
    }
    return collect();
  }

 private:
  static Tensor first_gradient(const Tensor& root, Tensor gradient, size_t i) {
    if (!gradient.defined()) {
      if (root.numel() != 1) throw RuntimeError("grad can be implicitly created only for scalar outputs");
      if (!is_floating(root.dtype()))
        throw RuntimeError(cat("grad can be implicitly created only for real scalar outputs but got torch.",
                               dtype_info(root.dtype()).name));
      NoGradGuard no_grad;
      return ops::ones_like(root);
    }
    if (!(gradient.sizes() == root.sizes()))
      throw RuntimeError(cat("Mismatch in shape: grad_output[", i, "] has a shape of ", size_text(gradient.sizes()),
                             " and output[", i, "] has a shape of ", size_text(root.sizes()), "."));
    if (is_complex(gradient.dtype()) != is_complex(root.dtype()))
      throw RuntimeError(cat(
          "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
          "grad_output[",
          i, "] has a dtype of torch.", dtype_info(gradient.dtype()).name, " and output[", i, "] has a dtype of torch.",
          dtype_info(root.dtype()).name, "."));
    return gradient;
  }

  void count_dependencies(const std::vector<Edge>& roots) {
    std::vector<GradNode*> stack;
    for (const Edge& root : roots)
      if (keep_alive_.insert({root.node.get(), root.node}).second) stack.push_back(root.node.get());
    while (!stack.empty()) {
      GradNode* node = stack.back();
      stack.pop_back();
      for (const Edge& edge : node->next_edges()) {
        if (!edge.node) continue;
        ++dependencies_[edge.node.get()];
        if (keep_alive_.insert({edge.node.get(), edge.node}).second) stack.push_back(edge.node.get());
      }
    }
  }

  /// With `inputs`, only nodes on a way to one of them run.
  void choose_targets() {
    if (options_.inputs.empty()) return;
    captured_.resize(options_.inputs.size());
    for (size_t i = 0; i < options_.inputs.size(); ++i) {
      const Tensor& input = options_.inputs[i];
      if (!requires_grad(input)) throw RuntimeError("One of the differentiated Tensors does not require grad");
      const Edge edge = gradient_edge(input);
      targets_[edge.node.get()].push_back({i, edge.index});
    }
    // Needed: a target, or a node with a needed successor. Successors come later in the order of a depth-first walk.
    std::vector<std::pair<GradNode*, size_t>> stack;
    std::unordered_set<GradNode*> seen;
    for (const auto& [root, ref] : keep_alive_) {
      if (!seen.insert(root).second) continue;
      stack.push_back({root, 0});
      while (!stack.empty()) {
        auto& [node, next] = stack.back();
        if (next == 0 && targets_.count(node)) needed_.insert(node);
        if (next < node->next_edges().size()) {
          GradNode* successor = node->next_edges()[next++].node.get();
          if (successor && seen.insert(successor).second) stack.push_back({successor, 0});
        } else {
          for (const Edge& edge : node->next_edges())
            if (edge.node && needed_.count(edge.node.get())) needed_.insert(node);
          stack.pop_back();
        }
      }
    }
  }

  bool runs(GradNode* node) const { return options_.inputs.empty() || needed_.count(node); }

  void deliver(const Edge& edge, Tensor gradient) {
    std::vector<Tensor>& buffer = buffers_[edge.node.get()];
    buffer.resize(std::max<size_t>(edge.node->input_count(), edge.index + 1));
    if (!gradient.defined()) return;
    gradient = fit(*edge.node, edge.index, std::move(gradient));
    Tensor& sum = buffer[edge.index];
    if (!sum.defined()) {
      sum = std::move(gradient);
    } else if (!dispatch_state.grad_enabled && sum.ref()->use_count() == 1 && sum.storage()->use_count() == 1 &&
               sum.is_contiguous()) {
      ops::add_(sum, gradient);
    } else {
      sum = ops::add(sum, gradient);
    }
  }

  /// Undoes broadcasting and promotion: the gradient gets the shape and dtype of the tensor that it belongs to.
  static Tensor fit(const GradNode& node, uint32_t index, Tensor gradient) {
    if (index >= node.input_count()) return gradient;
    const GradNode::InputInfo& info = node.input_info(index);
    if (!(gradient.sizes() == IntArrayRef(info.sizes))) gradient = ops::sum_to_size(gradient, info.sizes);
    if (gradient.dtype() != info.dtype) {
      if (is_complex(gradient.dtype()) && !is_complex(info.dtype)) gradient = ops::real(gradient);
      if (gradient.dtype() != info.dtype) gradient = ops::to(gradient, info.dtype);
    }
    return gradient;
  }

  void make_ready(GradNode* node) {
    if (scheduled_.insert(node).second) ready_.push(node);
  }

  void step(GradNode& node) {
    std::vector<Tensor> gradients = std::move(buffers_[&node]);
    buffers_.erase(&node);
    gradients.resize(std::max<size_t>(node.input_count(), gradients.size()));
    for (const auto& hook : node.tensor_pre_hooks)
      for (size_t i = 0; i < gradients.size(); ++i)
        if (gradients[i].defined())
          if (Tensor changed = hook(i, gradients[i]); changed.defined()) gradients[i] = std::move(changed);
    if (const auto found = targets_.find(&node); found != targets_.end())
      for (const auto& [input, index] : found->second)
        captured_[input] = index < gradients.size() ? leaf_hooks(options_.inputs[input], gradients[index]) : Tensor();
    const bool is_end = dynamic_cast<AccumulateGrad*>(&node) != nullptr;
    if (is_end && !options_.accumulate) return;
    if (!is_end && !options_.inputs.empty() && !leads_on(node)) return;
    for (const auto& hook : node.pre_hooks)
      if (auto changed = hook(gradients); !changed.empty()) gradients = std::move(changed);
    const bool any = std::any_of(gradients.begin(), gradients.end(), [](const Tensor& g) { return g.defined(); });
    std::vector<Tensor> results;
    if (any) {
      const std::vector<Tensor> arrived = node.post_hooks.empty() ? std::vector<Tensor>() : gradients;
      results = node.apply(std::move(gradients));
      for (const auto& hook : node.post_hooks)
        if (auto changed = hook(results, arrived); !changed.empty()) results = std::move(changed);
    }
    if (!options_.retain_graph) node.release_saved();
    results.resize(node.next_edges().size());
    for (size_t i = 0; i < results.size(); ++i) {
      const Edge& edge = node.next_edges()[i];
      if (!edge.node) continue;
      if (runs(edge.node.get())) deliver(edge, std::move(results[i]));
      if (--dependencies_[edge.node.get()] == 0 && runs(edge.node.get())) make_ready(edge.node.get());
    }
  }

  /// Hooks of a leaf run in its accumulator, which does not run when gradients are returned.
  Tensor leaf_hooks(const Tensor& input, const Tensor& gradient) const {
    if (options_.accumulate || !is_leaf(input) || !gradient.defined()) return gradient;
    return run_hooks(AutogradMeta::of(input), gradient);
  }

  bool leads_on(const GradNode& node) const {
    return std::any_of(node.next_edges().begin(), node.next_edges().end(),
                       [&](const Edge& edge) { return edge.node && needed_.count(edge.node.get()); });
  }

  std::vector<Tensor> collect() {
    if (options_.accumulate) {
      // Leaves were served by their accumulators; inputs in the middle of the graph get their gradient here.
      for (size_t i = 0; i < captured_.size(); ++i) {
        const Tensor& input = options_.inputs[i];
        if (!captured_[i].defined() || is_leaf(input)) continue;
        Tensor& grad = AutogradMeta::of(input).grad;
        grad = grad.defined() ? ops::add(grad, captured_[i]) : captured_[i];
      }
      return {};
    }
    for (size_t i = 0; i < captured_.size(); ++i) {
      if (captured_[i].defined()) continue;
      if (options_.materialize_grads) {
        captured_[i] = ops::zeros_like(options_.inputs[i]);
      } else if (!options_.allow_unused) {
        throw RuntimeError(
            cat("The differentiated Tensor at index ", i,
                " appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."));
      }
    }
    return std::move(captured_);
  }

  struct Later {
    bool operator()(const GradNode* a, const GradNode* b) const {
      // Accumulators first: they free gradients and nothing waits behind them.
      const bool a_end = a->next_edges().empty(), b_end = b->next_edges().empty();
      if (a_end != b_end) return b_end;
      return a->sequence() < b->sequence();
    }
  };

  const BackwardOptions& options_;
  std::unordered_map<GradNode*, Ref<GradNode>> keep_alive_;
  std::unordered_map<GradNode*, size_t> dependencies_;
  std::unordered_map<GradNode*, std::vector<Tensor>> buffers_;
  std::unordered_map<GradNode*, std::vector<std::pair<size_t, uint32_t>>> targets_;
  std::unordered_set<GradNode*> needed_;
  std::unordered_set<GradNode*> scheduled_;
  std::vector<Tensor> captured_;
  std::priority_queue<GradNode*, std::vector<GradNode*>, Later> ready_;
};

}  // namespace

std::vector<Tensor> run_backward(const std::vector<Tensor>& roots, std::vector<Tensor> gradients,
                                 const BackwardOptions& options) {
  gradients.resize(roots.size());
  return Pass(roots, std::move(gradients), options).run();
}

}  // namespace rushlight::autograd
