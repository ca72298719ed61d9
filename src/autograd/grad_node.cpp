#include "autograd/grad_node.h"

namespace rushlight::autograd {

namespace {
thread_local uint64_t next_sequence = 0;
}

GradNode::GradNode() : sequence_(next_sequence++) {}

GradNode::~GradNode() {
  // A long chain of nodes would otherwise be destroyed by recursion, one stack frame a node.
  thread_local std::vector<Ref<GradNode>>* pending = nullptr;
  std::vector<Ref<GradNode>> mine;
  const bool outermost = pending == nullptr;
  if (outermost) pending = &mine;
  for (Edge& edge : next_edges_)
    if (edge.node && edge.node->use_count() == 1) pending->push_back(std::move(edge.node));
  if (outermost) {
    while (!mine.empty()) {
      Ref<GradNode> last = std::move(mine.back());
      mine.pop_back();
    }
    pending = nullptr;
  }
}

uint32_t GradNode::add_input(const Tensor& result) {
  inputs_.push_back({Shape(result.sizes()), result.dtype(), result.device()});
  return uint32_t(inputs_.size() - 1);
}

}  // namespace rushlight::autograd
