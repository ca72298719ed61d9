/// Where each value of a graph is used for the last time, seen from the block that defines it.
#pragma once
#include <unordered_map>

#include "ir/graph.h"

namespace rushlight::exec {

/// A use inside a nested block counts as a use by the node of the defining block that holds it, so a value that a loop
/// body reads lives as long as the loop. The return node of a block counts as its last node.
class Liveness {
 public:
  explicit Liveness(const ir::Graph& graph);
  /// Null: never used.
  const ir::Node* last_use(const ir::Value* value) const {
    const auto found = last_use_.find(value);
    return found == last_use_.end() ? nullptr : found->second;
  }
  /// `value` must live until `node`, which stands in the block that defines it, or later.
  void extend(const ir::Value* value, const ir::Node* node);

 private:
  std::unordered_map<const ir::Value*, const ir::Node*> last_use_;
};

/// The node of `block` that is `node` or holds it. Null if `node` stands outside of `block`.
const ir::Node* enclosing_node_in(const ir::Node* node, const ir::Block* block);

}  // namespace rushlight::exec
