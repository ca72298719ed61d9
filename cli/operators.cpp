#include "operators.h"

#include <map>

namespace rushlight::cli {
namespace {

class Collector {
 public:
  void visit(ir::Block& block) {
    for (ir::Node* node : block.nodes()) {
      const std::string_view space = node->kind().namespace_part();
      const Operator* op = node->find_op();
      if (op || (space != "prim" && !space.empty())) {
        Use& use = uses_[op ? op->schema().qualified_name() : node->kind().str()];
        ++use.count;
        use.missing = !op;
      }
      for (ir::Block* inner : node->blocks()) visit(*inner);
    }
  }
  std::vector<UsedOperator> sorted() const {
    std::vector<UsedOperator> list;
    for (const auto& [name, use] : uses_) list.push_back({name, use.count, use.missing});
    return list;
  }

 private:
  struct Use {
    size_t count = 0;
    bool missing = false;
  };
  std::map<std::string, Use> uses_;
};

}  // namespace

std::vector<UsedOperator> used_operators(const Module& module) {
  Collector collector;
  for (const auto& function : module.unit()->functions()) collector.visit(function->graph()->block());
  return collector.sorted();
}

}  // namespace rushlight::cli
