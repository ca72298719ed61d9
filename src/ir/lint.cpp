// The rules of graphs (ir.md section 11), checked on the whole graph.
#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "ir/graph.h"

namespace rushlight::ir {
namespace {

class Linter {
 public:
  explicit Linter(const Graph& graph, size_t next_unique) : graph_(graph), next_unique_(next_unique) {}

  void run(size_t node_count) {
    check_block(graph_.block());
    if (seen_.size() != node_count) throw RuntimeError("lint: some nodes of the graph stand in no block");
  }

 private:
  void require(bool holds, const Node& node, std::string_view rule) const {
    if (!holds) throw RuntimeError({.message = cat("lint: ", rule, " in ", node_text(node)), .range = node.range()});
  }

  void check_block(const Block& block) {
    std::vector<const Value*> added;
    const auto add_outputs = [&](const Node& node) {
      for (const Value* output : node.outputs()) {
        scope_.insert(output);
        added.push_back(output);
      }
    };
    check_node(*block.param_node(), block);
    require(block.param_node()->inputs().empty(), *block.param_node(), "a param node has no inputs");
    add_outputs(*block.param_node());
    const Node* previous = block.param_node();
    for (const Node* node : block.nodes()) {
      require(node->prev() == previous && previous->next() == node, *node, "neighbours agree");
      require(node->position() > previous->position(), *node, "positions increase");
      require(node->kind() != kinds::param && node->kind() != kinds::return_, *node,
              "param and return nodes are only at the ends");
      require(node->kind() != kinds::constant || node->inputs().empty(), *node, "a constant has no inputs");
      check_node(*node, block);
      for (const Block* inner : node->blocks()) {
        require(inner->owning_node() == node, *node, "blocks know their node");
        check_block(*inner);
      }
      add_outputs(*node);
      previous = node;
    }
    check_node(*block.return_node(), block);
    require(block.return_node()->outputs().empty(), *block.return_node(), "a return node has no outputs");
    for (const Value* value : added) scope_.erase(value);
  }

  void check_node(const Node& node, const Block& block) {
    require(seen_.insert(&node).second, node, "a node stands in one place");
    require(node.owning_block() == &block && &node.graph() == &graph_, node, "a node knows its block and graph");
    for (size_t i = 0; i < node.inputs().size(); ++i) {
      const Value* input = node.input(i);
      require(scope_.contains(input), node,
              cat("input %", input->debug_name(), " is defined before and in an enclosing block"));
      const auto& uses = input->uses();
      require(std::count(uses.begin(), uses.end(), Use{const_cast<Node*>(&node), i}) == 1, node,
              "inputs and uses agree");
    }
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      const Value* output = node.output(i);
      require(output->node() == &node && output->offset() == i, node, "outputs know their place");
      require(output->unique() < next_unique_ && numbers_.insert(output->unique()).second, node, "numbers are unique");
      for (const Use& use : output->uses())
        require(use.offset < use.user->inputs().size() && use.user->input(use.offset) == output, node,
                "uses and inputs agree");
    }
    for (const Attribute& attribute : node.attributes())
      if (const auto* subgraph = std::get_if<std::shared_ptr<Graph>>(&attribute.value)) lint(**subgraph);
  }

  const Graph& graph_;
  size_t next_unique_;
  std::unordered_set<const Value*> scope_;
  std::unordered_set<const Node*> seen_;
  std::unordered_set<size_t> numbers_;
};

}  // namespace

void lint(const Graph& graph) { Linter(graph, graph.next_unique_).run(graph.nodes_.all().size()); }

}  // namespace rushlight::ir
