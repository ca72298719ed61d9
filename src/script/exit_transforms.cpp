/// return, break and continue to data flow (ir.md 7.3). First what leaves loops, with the loop bodies as targets, then
/// return, with the function as target. In each block: a bool says whether it was left, and values say with what.
#include "base/text.h"
#include "script/compile.h"
#include "value/type_variables.h"

namespace rushlight::script {
namespace {

namespace kinds = ir::kinds;
using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Use;
using ir::Value;

enum class Leaves : uint8_t { never, maybe, always, throws };
struct Exit {
  Leaves leaves = Leaves::never;
  Value* has_left = nullptr;
  std::vector<Value*> values;
};

class ExitTransform {
 public:
  ExitTransform(Graph& graph, bool for_loops) : graph_(graph), for_loops_(for_loops) {
    Graph::WithInsertPoint guard(graph, graph.param_node()->next());
    true_ = graph.insert_constant(IValue(true));
    false_ = graph.insert_constant(IValue(false));
    bool_placeholder_ = placeholder(types::bool_());
  }

  void run() {
    Exit exit = visit(graph_.block());
    if (!for_loops_) finish_target(graph_.block(), exit);
  }

 private:
  /// One value for each type object, behind the parameters: never read.
  Value* placeholder(const TypePtr& type) {
    const auto found = placeholders_.find(type.get());
    if (found != placeholders_.end()) return found->second;
    Node* node = graph_.create(kinds::uninitialized, 1);
    node->insert_after(graph_.param_node());
    node->output()->set_type(type);
    return placeholders_[type.get()] = node->output();
  }
  std::vector<Value*> placeholders_for(ArrayRef<Value*> values) {
    std::vector<Value*> made;
    for (Value* value : values) made.push_back(placeholder(value->type()));
    return made;
  }

  bool is_exit(const Node* node) const {
    return node->kind() == (for_loops_ ? kinds::loop_continuation : kinds::return_stmt);
  }

  Exit visit(Block& block) {
    for (Node* node = block.param_node()->next(); node != block.return_node();) {
      Node* next = node->next();
      Exit exit;
      if (node->kind() == kinds::raise_exception) {
        exit.leaves = Leaves::throws;
      } else if (is_exit(node)) {
        exit = {Leaves::always, true_, node->inputs()};
        node->destroy();
      } else if (node->kind() == kinds::if_) {
        exit = visit_if(node);
      } else if (node->kind() == kinds::loop) {
        exit = visit_loop(node);
      } else if (node->kind() == kinds::with) {
        // What the body leaves with is left with behind the prim::Exit, which always runs.
        exit = visit_with(*node->blocks()[0]);
        next = next->next();
      } else if (node->kind() == kinds::closure) {
        // Returns of a closure stay inside.
        for (Block* inner : node->blocks()) {
          const Exit inner_exit = visit(*inner);
          if (!for_loops_) finish_target(*inner, inner_exit);
        }
      } else {
        for (Block* inner : node->blocks()) visit(*inner);
      }
      if (exit.leaves == Leaves::always || exit.leaves == Leaves::throws) {
        drop_from(next, block);
        return exit;
      }
      if (exit.leaves == Leaves::maybe) {
        if (next == block.return_node()) return exit;
        return guard_rest(block, exit, next);
      }
      node = next;
    }
    return {};
  }

  /// What stands behind a certain exit is removed, last node first; what is left of its values are placeholders.
  void drop_from(Node* first, Block& block) {
    for (Node* node = block.return_node()->prev(); node != block.param_node();) {
      Node* before = node->prev();
      const bool last = node == first;
      if (first == block.return_node() || node->is_before(first)) break;
      for (Value* output : node->outputs())
        if (output->has_uses()) output->replace_all_uses_with(placeholder(output->type()));
      node->destroy();
      if (last) break;
      node = before;
    }
  }

  Exit visit_if(Node* node) {
    const Exit then = visit(*node->blocks()[0]);
    const Exit otherwise = visit(*node->blocks()[1]);
    return combine(node, then, otherwise);
  }

  Exit combine(Node* node, Exit then, Exit otherwise) {
    if (then.leaves == Leaves::never && otherwise.leaves == Leaves::never) return {};
    if (then.leaves == Leaves::throws && otherwise.leaves == Leaves::throws) return {Leaves::throws, nullptr, {}};
    // A branch that raises never gets to the end: it counts as the other one does.
    const auto adopt = [&](Exit& thrower, const Exit& other) {
      thrower = {other.leaves, other.has_left ? (other.leaves == Leaves::always ? true_ : bool_placeholder_) : nullptr,
                 placeholders_for(other.values)};
      if (other.leaves == Leaves::never) thrower = {};
    };
    if (then.leaves == Leaves::throws)
      adopt(then, otherwise);
    else if (otherwise.leaves == Leaves::throws)
      adopt(otherwise, then);
    if (then.leaves == Leaves::never && otherwise.leaves == Leaves::never) return {};
    const auto complete = [&](Exit& stays, const Exit& other) {
      stays = {Leaves::never, false_, placeholders_for(other.values)};
    };
    if (then.leaves == Leaves::never) complete(then, otherwise);
    if (otherwise.leaves == Leaves::never) complete(otherwise, then);
    Exit result;
    result.leaves =
        then.leaves == Leaves::always && otherwise.leaves == Leaves::always ? Leaves::always : Leaves::maybe;
    result.has_left = result.leaves == Leaves::always ? true_ : add_output(node, then.has_left, otherwise.has_left);
    for (size_t i = 0; i < then.values.size(); ++i)
      result.values.push_back(add_output(node, then.values[i], otherwise.values[i]));
    return result;
  }
  Value* add_output(Node* node, Value* a, Value* b) {
    node->blocks()[0]->register_output(a);
    node->blocks()[1]->register_output(b);
    const TypePtr type = unify_types(a->type(), b->type());
    return node->add_output()->set_type(type ? type : a->type());
  }

  /// The rest of the block runs only if it was not left.
  Exit guard_rest(Block& block, const Exit& exit, Node* first) {
    // The rest goes one block deeper, and is copied once a level when neighbouring ifs are merged.
    constexpr size_t kMaxGuards = 500;
    if (guards_ >= kMaxGuards)
      lang::fail_at(first->range(), cat("more than ", kMaxGuards,
                                        " statements one after the other that may return, "
                                        "break or continue are not supported"));
    Node* guard = graph_.create(kinds::if_, {&exit.has_left, 1}, 0);
    guard->insert_before(first);
    Block* left = guard->add_block();
    Block* rest = guard->add_block();
    for (Node* node = first; node != block.return_node();) {
      Node* next = node->next();
      node->move_before(rest->return_node());
      node = next;
    }
    for (Value* value : placeholders_for(block.outputs())) left->register_output(value);
    const std::vector<Value*> outputs = block.outputs();
    for (Value* output : outputs) {
      rest->register_output(output);
      guard->add_output()->set_type(output->type());
    }
    for (size_t i = 0; i < outputs.size(); ++i) block.replace_output(i, guard->output(i));
    ++guards_;
    const Exit of_rest = visit(*rest);
    --guards_;
    return combine(guard, {Leaves::always, true_, exit.values}, of_rest);
  }

  /// What the body of a with assigns is used behind it: while the body is looked at, these values are its outputs, so
  /// that they get through the guards.
  Exit visit_with(Block& body) {
    std::vector<Use> outside;
    std::vector<size_t> output_of;
    collect_uses_behind(body, body, outside, output_of);
    const Exit exit = visit(body);
    for (size_t i = 0; i < outside.size(); ++i)
      outside[i].user->replace_input(outside[i].offset, body.outputs()[output_of[i]]);
    while (!body.outputs().empty()) body.erase_output(body.outputs().size() - 1);
    return exit;
  }
  static void collect_uses_behind(Block& body, const Block& part, std::vector<Use>& outside,
                                  std::vector<size_t>& output_of) {
    for (const Node* node : part.nodes()) {
      for (Value* value : node->outputs()) {
        const size_t before = outside.size();
        for (const Use& use : value->uses())
          if (!is_within(*use.user, body)) outside.push_back(use);
        if (outside.size() == before) continue;
        output_of.resize(outside.size(), body.outputs().size());
        body.register_output(value);
      }
      if (node->kind() == kinds::with) collect_uses_behind(body, *node->blocks()[0], outside, output_of);
    }
  }
  static bool is_within(const Node& node, const Block& block) {
    for (const Block* at = node.owning_block(); at;
         at = at->owning_node() ? at->owning_node()->owning_block() : nullptr)
      if (at == &block) return true;
    return false;
  }

  Exit visit_loop(Node* node) {
    Block& body = *node->blocks()[0];
    const Exit exit = visit(body);
    if (for_loops_) {
      finish_target(body, exit);
      return {};
    }
    if (exit.leaves == Leaves::never || exit.leaves == Leaves::throws) return {};
    // The loop ends when it was left, and hands on with what.
    Node* stop = graph_.create(kinds::if_, {&exit.has_left, 1}, 1);
    stop->insert_before(body.return_node());
    stop->output()->set_type(types::bool_());
    stop->add_block()->register_output(false_);
    stop->add_block()->register_output(body.outputs()[0]);
    body.replace_output(0, stop->output());
    Exit result;
    result.leaves = Leaves::maybe;
    // The order in which values are made is part of what graphs print.
    node->add_input(false_);
    body.add_input()->set_type(types::bool_());
    body.register_output(exit.has_left);
    result.has_left = node->add_output()->set_type(types::bool_());
    for (Value* value : exit.values) {
      node->add_input(placeholder(value->type()));
      result.values.push_back(node->add_output()->set_type(value->type()));
      body.add_input()->set_type(value->type());
      body.register_output(value);
    }
    return result;
  }

  void finish_target(Block& block, const Exit& exit) {
    if (exit.leaves == Leaves::never || exit.leaves == Leaves::throws) return;
    RUSHLIGHT_ASSERT(exit.values.size() == block.outputs().size());
    if (exit.leaves == Leaves::always) {
      for (size_t i = 0; i < exit.values.size(); ++i) block.replace_output(i, exit.values[i]);
      return;
    }
    Node* choice = graph_.create(kinds::if_, {&exit.has_left, 1}, 0);
    choice->insert_before(block.return_node());
    choice->add_block();
    choice->add_block();
    for (size_t i = 0; i < exit.values.size(); ++i) {
      add_output(choice, exit.values[i], block.outputs()[i]);
      block.replace_output(i, choice->output(i));
    }
  }

  Graph& graph_;
  bool for_loops_;
  size_t guards_ = 0;  ///< open ones
  Value* true_;
  Value* false_;
  Value* bool_placeholder_;
  std::unordered_map<const Type*, Value*> placeholders_;
};

std::optional<bool> constant_bool(const Value* value) {
  if (!value->type()->is(TypeKind::bool_)) return std::nullopt;
  const std::optional<IValue> constant = ir::constant_value(value);
  return constant ? std::optional(constant->to_bool()) : std::nullopt;
}

/// An If whose condition the If before it has just decided is put into its branches. Returns whether it was.
bool merge_with_next(Graph& graph, Node* first) {
  Node* second = first->next();
  if (first->kind() != kinds::if_ || second->kind() != kinds::if_) return false;
  const Value* condition = second->input(0);
  if (condition->node() != first) return false;
  const size_t at = condition->offset();
  const auto then = constant_bool(first->blocks()[0]->outputs()[at]),
             otherwise = constant_bool(first->blocks()[1]->outputs()[at]);
  if (!then || !otherwise || *then == *otherwise) return false;
  for (size_t side = 0; side < 2; ++side) {
    Block& into = *first->blocks()[side];
    const bool value = side == 0 ? *then : *otherwise;
    const Block& from = *second->blocks()[value ? 0 : 1];
    std::unordered_map<Value*, Value*> copies;
    const auto map = [&](Value* v) {
      const auto found = copies.find(v);
      if (found != copies.end()) return found->second;
      // Inside the branch the first If's results are what the branch yields.
      return v->node() == first ? into.outputs()[v->offset()] : v;
    };
    Graph::WithInsertPoint guard(graph, into);
    for (Node* inner : from.nodes()) {
      Node* copy = graph.insert(graph.create_clone(inner, map));
      for (size_t i = 0; i < inner->outputs().size(); ++i) {
        copies[inner->output(i)] = copy->output(i);
        if (inner->output(i)->has_name()) copy->output(i)->set_debug_name(inner->output(i)->debug_name());
      }
    }
    for (Value* output : from.outputs()) into.register_output(map(output));
  }
  for (Value* output : second->outputs()) {
    Value* moved = first->add_output()->copy_metadata(output);
    output->replace_all_uses_with(moved);
  }
  second->destroy();
  return true;
}

/// Inner blocks first, and once more after each merge: what came in may hold neighbours too. The order shows in names.
void merge_neighbouring_ifs(Graph& graph, Block& block) {
  for (Node* node = block.param_node()->next(); node != block.return_node();) {
    for (Block* inner : node->blocks()) merge_neighbouring_ifs(graph, *inner);
    if (!merge_with_next(graph, node)) node = node->next();
  }
}

/// The nodes between Enter and Exit become the block of a prim::With between them.
void gather_with_bodies(Graph& graph, Block& block) {
  std::vector<Node*> open;
  for (Node* node = block.param_node()->next(); node != block.return_node();) {
    Node* next = node->next();
    for (Block* inner : node->blocks()) gather_with_bodies(graph, *inner);
    if (node->kind() == kinds::enter) open.push_back(node);
    if (node->kind() == kinds::exit) {
      RUSHLIGHT_ASSERT(!open.empty());
      Node* with = graph.create(kinds::with, {}, 0);
      with->insert_before(node);
      Block* body = with->add_block();
      for (Node* inner = open.back()->next(); inner != with;) {
        Node* after = inner->next();
        inner->move_before(body->return_node());
        inner = after;
      }
      open.pop_back();
    }
    node = next;
  }
}
void dissolve_with_bodies(Block& block) {
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) dissolve_with_bodies(*inner);
    if (node->kind() != kinds::with) continue;
    for (Node* inner : node->blocks()[0]->nodes()) inner->move_before(node);
    node->destroy();
  }
}

}  // namespace

void transform_exits(Graph& graph) {
  gather_with_bodies(graph, graph.block());
  ExitTransform(graph, /*for_loops=*/true).run();
  ExitTransform(graph, /*for_loops=*/false).run();
  merge_neighbouring_ifs(graph, graph.block());
  dissolve_with_bodies(graph.block());
}

}  // namespace rushlight::script
