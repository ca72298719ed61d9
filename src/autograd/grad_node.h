/// The tape: nodes that turn gradients of an operator's results into gradients of its arguments.
#pragma once
#include <functional>
#include <mutex>
#include <string>

#include "ops/op.h"

namespace rushlight::autograd {

class GradNode;

/// "Gradient number `index` that `node` takes." A null node: nobody wants it.
struct Edge {
  Ref<GradNode> node;
  uint32_t index = 0;
};

class GradNode : public RefCounted {
 public:
  GradNode();
  ~GradNode() override;
  /// "TanhBackward0"
  virtual std::string name() const = 0;
  /// Gradients of the results in, gradients of the arguments out, one for each of `next_edges`. Undefined tensors are
  /// "none".
  virtual std::vector<Tensor> apply(std::vector<Tensor> gradients) = 0;
  /// Frees what was saved for the backward pass; a second one then fails with PyTorch's text.
  virtual void release_saved() {}

  const std::vector<Edge>& next_edges() const { return next_edges_; }
  void set_next_edges(std::vector<Edge> edges) { next_edges_ = std::move(edges); }
  /// Gradients that it takes: one for each result.
  size_t input_count() const { return inputs_.size(); }

  /// What is known of each result, so that arriving gradients can be checked and missing ones made.
  struct InputInfo {
    Shape sizes;
    ScalarType dtype;
    Device device;
  };
  uint32_t add_input(const Tensor& result);
  const InputInfo& input_info(size_t i) const { return inputs_[i]; }

  /// Order of creation in this thread: later nodes run first.
  uint64_t sequence() const { return sequence_; }

  std::vector<std::function<Tensor(size_t input, const Tensor&)>> tensor_pre_hooks;  ///< of the results' tensors
  std::vector<std::function<std::vector<Tensor>(const std::vector<Tensor>&)>> pre_hooks;
  std::vector<std::function<std::vector<Tensor>(const std::vector<Tensor>& out, const std::vector<Tensor>& in)>>
      post_hooks;
  /// Metadata that Python hangs on the node.
  std::atomic<void*> python_object{nullptr};

 protected:
  std::vector<Edge> next_edges_;

 private:
  std::vector<InputInfo> inputs_;
  uint64_t sequence_;
};

}  // namespace rushlight::autograd
