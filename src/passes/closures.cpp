/// Closures. The front end leaves the body of a nested function as the block of a prim::Closure; `lift_closures` makes
/// each block a graph of its own, whose inputs are the values that it captures, in the order in which they are met, and
/// packs these into a tuple (the context). `inline_forked_closures` turns a call of fork or awaitable on such a closure
/// into one node with that graph.
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Symbol;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

/// The block of `closure` becomes its attribute Subgraph; a context tuple of what it captures becomes its second half.
void lift(Node& closure) {
  ir::Graph& outer = closure.graph();
  auto inner = std::make_shared<ir::Graph>();
  Block* body = closure.blocks()[0];
  Node* pack = outer.create(kinds::tuple_construct, {}, 1)->insert_after(&closure);
  Value* context = inner->add_input("context");
  Node* unpack = nullptr;  // stands before the first node that needs it, which gives the values their numbers
  std::unordered_map<Value*, Value*> captured;
  const auto map = [&](Value* value) -> Value* {
    const auto [found, added] = captured.try_emplace(value, nullptr);
    if (added) {
      if (!unpack) unpack = inner->block().append(inner->create(kinds::tuple_unpack, {context}, 0));
      pack->add_input(value);
      found->second = unpack->add_output()->copy_metadata(value);
    }
    return found->second;
  };
  inner->block().clone_from(*body, map);
  std::vector<TypePtr> captured_types;
  for (const Value* value : pack->inputs()) captured_types.push_back(value->type());
  pack->output()->set_type(types::tuple(captured_types));
  context->set_type(types::tuple(std::move(captured_types)));
  closure.set_attribute(ir::attributes::subgraph, std::move(inner));
  closure.erase_block(0);
  // A closure value is the pair of code and context.
  Node* pair = outer.create(kinds::tuple_construct, {}, 1)->insert_after(pack);
  closure.output()->replace_all_uses_with(pair->output());
  pair->add_input(closure.output());
  pair->add_input(pack->output());
  pair->output()->set_type(types::tuple({closure.output()->type(), pack->output()->type()}));
}

bool lift_all(Block& block) {
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= lift_all(*inner);
    if (node->kind() == kinds::closure && !node->blocks().empty()) {
      lift(*node);
      changed = true;
    }
  }
  return changed;
}

/// `kind` of fork_closure: its input is the pair made above.
void inline_forked(Node& node, Symbol kind) {
  ir::Graph& outer = node.graph();
  Node* pair = node.input(0)->node();
  if (pair->kind() != kinds::tuple_construct || pair->inputs().size() != 2 ||
      pair->input(0)->node()->kind() != kinds::closure)
    throw RuntimeError({.message = "Cannot fork this value", .range = node.range()});
  Node* closure = pair->input(0)->node();
  Node* pack = pair->input(1)->node();
  std::shared_ptr<ir::Graph> body = closure->attribute<std::shared_ptr<ir::Graph>>(ir::attributes::subgraph)->copy();
  Node* fork = outer.create(kind, {}, 1)->insert_before(&node);
  fork->set_range(node.range());
  fork->output()->copy_metadata(node.output());
  node.output()->replace_all_uses_with(fork->output());
  // The context is taken apart: each captured value becomes an input.
  if (body->inputs()[0]->has_uses()) {
    Node* unpack = body->inputs()[0]->uses()[0].user;
    for (size_t i = 0; i < pack->inputs().size(); ++i) {
      fork->add_input(pack->input(i));
      Value* input = body->add_input()->copy_metadata(unpack->output(i));
      unpack->output(i)->replace_all_uses_with(input);
    }
    unpack->destroy();
  }
  body->block().erase_input(0);
  fork->set_attribute(ir::attributes::subgraph, std::move(body));
  node.destroy();
  if (!pair->has_uses()) {
    pair->destroy();
    if (!pack->has_uses()) pack->destroy();
    if (!closure->has_uses()) closure->destroy();
  }
}

bool inline_all(Block& block) {
  static const Symbol fork_closure = Symbol::intern("prim::forkClosure"),
                      awaitable_closure = Symbol::intern("prim::awaitableClosure");
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= inline_all(*inner);
    if (node->kind() == fork_closure)
      inline_forked(*node, kinds::fork);
    else if (node->kind() == awaitable_closure)
      inline_forked(*node, kinds::awaitable);
    else
      continue;
    changed = true;
  }
  return changed;
}

}  // namespace

extern constinit const Pass lift_closures = {
    .name = "lift_closures",
    .summary = "makes the blocks of closures graphs of their own",
    .run = [](ir::Graph& graph, Analyses&) { return lift_all(graph.block()); },
};

extern constinit const Pass inline_forked_closures = {
    .name = "inline_forked_closures",
    .summary = "joins fork and the closure that it starts into one node",
    .run = [](ir::Graph& graph, Analyses&) { return inline_all(graph.block()); },
};

}  // namespace rushlight::passes
