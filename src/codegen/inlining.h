/// Which nodes are printed inside the expression that uses them (code-printing.md section 3).
#pragma once
#include <unordered_set>

#include "ir/graph.h"

namespace rushlight::codegen {

/// Constants always; others when they are used once and printing them there keeps the order of evaluation.
class InlineNodes {
 public:
  void add(const ir::Block& body) { scan(body); }
  bool contains(const ir::Node* node) const { return nodes_.contains(node); }

 private:
  void scan(const ir::Block& block);
  const ir::Node* scan(const ir::Node* node);
  std::unordered_set<const ir::Node*> nodes_;
};

}  // namespace rushlight::codegen
