/// Loops whose trip count is a small constant become copies of their body. The counter is carried along, as a sum.
///     %y : Tensor = prim::Loop(%two, %true, %x)       %zero : int = prim::Constant[value=0]()
///       block0(%i : int, %z : Tensor):                %a : Tensor = aten::mul(%x, %zero)
///         %m : Tensor = aten::mul(%z, %i)        =>   %one : int = prim::Constant[value=1]()
///         -> (%true, %m)                              %next : int = aten::add(%zero, %one)
///                                                     %y : Tensor = aten::mul(%a, %next)
/// Leaves alone: loops with a condition of their own, 64 rounds or more, bodies of more than 32 nodes that run. Inner
/// loops come first. Linear in the nodes that it makes. Names and numbers of the copies are PyTorch's, which copies
/// twice: once for each round into a block, and that block to where the loop was.
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
    if (node->kind() != kinds::constant) ++count;
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

/// The counter of the body becomes a carried value that each round adds one to.
void carry_counter(Node& loop) {
  static const ir::Symbol add = ir::Symbol::intern("aten::add");
  ir::Graph& graph = loop.graph();
  Block& body = *loop.blocks()[0];
  {
    const ir::Graph::WithInsertPoint before(graph, &loop);
    loop.insert_input(2, graph.insert_constant(IValue(0)));
  }
  Value* counter = body.insert_input(1);
  counter->set_type(types::int_());
  loop.insert_output(0)->set_type(types::int_());
  body.inputs()[0]->replace_all_uses_with(counter);
  const ir::Graph::WithInsertPoint at_end(graph, body.return_node());
  Value* one = graph.insert_constant(IValue(1));
  Node* next = graph.insert(graph.create(add, {counter, one}));
  next->output()->set_type(types::int_());
  body.insert_output(1, next->output());
}

using Copies = std::unordered_map<const Value*, Value*>;

Value* copy_of(const Copies& copies, Value* value) {
  const auto found = copies.find(value);
  return found == copies.end() ? value : found->second;
}

/// The nodes of `body` at the insertion point; `copies` knows what its inputs are there, and then all its values.
void copy_nodes(ir::Graph& graph, const Block& body, Copies& copies) {
  for (const Node* node : body.nodes()) {
    const Node* copy = graph.insert(graph.create_clone(node, [&](Value* value) { return copy_of(copies, value); }));
    for (size_t i = 0; i < node->outputs().size(); ++i) copies[node->outputs()[i]] = copy->outputs()[i];
  }
}

/// A second block of the loop that does all rounds at once.
Block& repeat_body(Node& loop, int64_t rounds) {
  ir::Graph& graph = loop.graph();
  const Block& body = *loop.blocks()[0];
  Block& repeated = *loop.add_block();
  std::vector<Value*> carried;
  for (Value* input : body.inputs()) carried.push_back(repeated.add_input()->copy_metadata(input));
  const ir::Graph::WithInsertPoint inside(graph, repeated.return_node());
  for (int64_t round = 0; round < rounds; ++round) {
    Copies copies;
    for (size_t i = 1; i < carried.size(); ++i) copies[body.inputs()[i]] = carried[i];
    copy_nodes(graph, body, copies);
    for (size_t i = 1; i < carried.size(); ++i) carried[i] = copy_of(copies, body.outputs()[i]);
  }
  for (Value* output : carried) repeated.register_output(output);
  return repeated;
}

void unroll(Node& loop, int64_t rounds) {
  ir::Graph& graph = loop.graph();
  carry_counter(loop);
  const Block& repeated = repeat_body(loop, rounds);
  loop.erase_block(0);
  const ir::Graph::WithInsertPoint at(graph, &loop);
  Copies copies;
  for (size_t i = 2; i < loop.inputs().size(); ++i) copies[repeated.inputs()[i - 1]] = loop.input(i);
  copy_nodes(graph, repeated, copies);
  for (size_t i = 0; i < loop.outputs().size(); ++i)
    loop.output(i)->replace_all_uses_with(copy_of(copies, repeated.outputs()[i + 1]));
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
    .name = "constant_loop_unrolling",
    .summary = "replaces loops of few rounds, known beforehand, by copies of their bodies",
    .run = [](ir::Graph& graph, Analyses&) { return unroll_all(graph.block()); },
    .leaves_dead_code = true,
};

}  // namespace rushlight::passes
