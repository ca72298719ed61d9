/// Loops that have both a trip count and a condition of their own (a `for` with `break`) become loops with a condition
/// only, so that they print as `while`: a carried counter, last, is compared with the count.
#include <limits>

#include "ir/constants.h"
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Symbol;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

constexpr int64_t kNoTripCount = std::numeric_limits<int64_t>::max();

bool has_count_and_condition(const Node& loop) {
  const Block& body = *loop.blocks()[0];
  if (ir::is_true(loop.input(1)) && ir::is_true(body.outputs()[0])) return false;
  const std::optional<IValue> count = ir::constant_value(loop.input(0));
  return !count || count->to_int() != kNoTripCount || body.inputs()[0]->has_uses();
}

Value* insert_operator(ir::Graph& graph, const char* kind, ArrayRef<Value*> inputs, const TypePtr& type) {
  Node* node = graph.insert(graph.create(Symbol::intern(kind), inputs));
  node->output()->set_type(type);
  return node->output();
}

/// The order of creation gives the numbers that users see.
void rewrite(Node& loop) {
  ir::Graph& graph = loop.graph();
  Block& body = *loop.blocks()[0];
  const ir::Graph::WithInsertPoint before_loop(graph, &loop);
  Value* zero = graph.insert_constant(IValue(0));
  Value* one = graph.insert_constant(IValue(1));
  Value* count = loop.input(0);
  Value* condition = insert_operator(graph, "aten::gt", {count, zero}, types::bool_());
  loop.replace_input(0, graph.insert_constant(IValue(kNoTripCount)));
  if (!ir::is_true(loop.input(1)))
    condition = insert_operator(graph, "aten::__and__", {condition, loop.input(1)}, types::bool_());
  loop.replace_input(1, condition);

  loop.add_output()->set_type(types::int_());
  loop.add_input(zero);
  const ir::Graph::WithInsertPoint in_body(graph, body);
  Value* counter = body.add_input()->set_type(types::int_());
  body.inputs()[0]->set_debug_name("");
  body.inputs()[0]->replace_all_uses_with(counter);
  Value* next = insert_operator(graph, "aten::add", {counter, one}, types::int_());
  body.register_output(next);
  Value* again = insert_operator(graph, "aten::lt", {next, count}, types::bool_());
  body.replace_output(0, insert_operator(graph, "aten::__and__", {again, body.outputs()[0]}, types::bool_()));
}

bool canonicalize(Block& block) {
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= canonicalize(*inner);
    if (node->kind() != kinds::loop || !has_count_and_condition(*node)) continue;
    rewrite(*node);
    changed = true;
  }
  return changed;
}

}  // namespace

extern constinit const Pass canonicalize_loops = {
    .name = "canonicalize_loops",
    .summary = "turns loops with a count and a condition into loops with a condition",
    .run = [](ir::Graph& graph, Analyses&) { return canonicalize(graph.block()); },
};

}  // namespace rushlight::passes
