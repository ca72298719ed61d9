/// Loops whose trip count is a small constant become copies of their body.
///     %y : Tensor = prim::Loop(%two, %true, %x)       %a : Tensor = aten::mul(%x, %zero)
///       block0(%i : int, %z : Tensor):           =>   %y : Tensor = aten::mul(%a, %one)
///         %m : Tensor = aten::mul(%z, %i)
///         -> (%true, %m)
/// Leaves alone: loops with a condition of their own, 64 rounds or more, bodies of more than 32 nodes. Inner loops come
/// first. Linear in the nodes that it makes.
#include "ir/constants.h"
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

constexpr int64_t kMostRounds = 63;
constexpr size_t kLargestBody = 32;

size_t count_nodes(const Block& block) {
  size_t count = 0;
  for (const Node* node : block.nodes()) {
    ++count;
    for (const Block* inner : node->blocks()) count += count_nodes(*inner);
  }
  return count;
}

std::optional<int64_t> rounds_of(const Node& loop) {
  const Block& body = *loop.blocks()[0];
  if (!ir::is_true(loop.input(1)) || !ir::is_true(body.outputs()[0])) return std::nullopt;
  const std::optional<IValue> count = ir::constant_value(loop.input(0));
  if (!count || count->to_int() > kMostRounds || count_nodes(body) > kLargestBody) return std::nullopt;
  return std::max<int64_t>(count->to_int(), 0);
}

void unroll(Node& loop, int64_t rounds) {
  ir::Graph& graph = loop.graph();
  const Block& body = *loop.blocks()[0];
  const ir::Graph::WithInsertPoint at(graph, &loop);
  std::vector<Value*> carried(loop.inputs().begin() + 2, loop.inputs().end());
  for (int64_t round = 0; round < rounds; ++round) {
    std::unordered_map<Value*, Value*> copies;
    const auto map = [&](Value* value) {
      const auto found = copies.find(value);
      return found == copies.end() ? value : found->second;
    };
    copies[body.inputs()[0]] = graph.insert_constant(IValue(round));
    for (size_t i = 0; i < carried.size(); ++i) copies[body.inputs()[i + 1]] = carried[i];
    for (const Node* node : body.nodes()) {
      const Node* copy = graph.insert(graph.create_clone(node, map));
      for (size_t i = 0; i < node->outputs().size(); ++i) copies[node->outputs()[i]] = copy->outputs()[i];
    }
    for (size_t i = 0; i < carried.size(); ++i) carried[i] = map(body.outputs()[i + 1]);
  }
  for (size_t i = 0; i < carried.size(); ++i) loop.output(i)->replace_all_uses_with(carried[i]);
  loop.destroy();
}

bool unroll_all(Block& block) {
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= unroll_all(*inner);
    if (node->kind() != kinds::loop) continue;
    if (const std::optional<int64_t> rounds = rounds_of(*node)) {
      unroll(*node, *rounds);
      changed = true;
    }
  }
  return changed;
}

}  // namespace

extern constinit const Pass unroll_constant_loops = {
    .name = "unroll_constant_loops",
    .summary = "replaces loops of few rounds, known beforehand, by copies of their bodies",
    .run = [](ir::Graph& graph, Analyses&) { return unroll_all(graph.block()); },
};

}  // namespace rushlight::passes
