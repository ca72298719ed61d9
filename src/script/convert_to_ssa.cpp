/// Variables to values: control flow gets carried values, then loads and stores disappear (ir.md 6.1 step 5). The order
/// in which values are made is part of what graphs print.
#include <map>
#include <set>

#include "script/compile.h"
#include "script/environment.h"
#include "value/type_variables.h"

namespace rushlight::script {
namespace {

namespace kinds = ir::kinds;
using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Value;
const ir::Symbol kName = ir::Symbol::intern("name");

const std::string& name_of(const Node* node) { return node->attribute<std::string>(kName); }

Value* insert_load(Graph& graph, Block& block, const std::string& name, const TypePtr& type) {
  Graph::WithInsertPoint guard(graph, block);
  Node* load = graph.insert(graph.create(kinds::load, 1));
  load->set_attribute(kName, name);
  return load->output()->set_type(type);
}

/// Gives Ifs and Loops outputs for the variables that their blocks set.
class ControlFlow {
 public:
  explicit ControlFlow(Graph& graph) : graph_(graph) {}
  void run() { visit(graph_.block()); }

 private:
  using Variables = std::map<std::string, TypePtr>;

  /// What `block` sets, with the types that hold at its end.
  Variables visit(Block& block) {
    frames_.emplace_back();
    for (Node* node : block.nodes()) {
      if (node->kind() == kinds::if_)
        visit_if(node);
      else if (node->kind() == kinds::loop)
        visit_loop(node);
      else if (node->kind() == kinds::store)
        frames_.back()[name_of(node)] = node->input()->type();
      else if (node->kind() == kinds::comprehension_scope || node->kind() == kinds::closure)
        visit(*node->blocks()[0]);
    }
    Variables set = std::move(frames_.back());
    frames_.pop_back();
    return set;
  }

  TypePtr visible(const std::string& name) const {
    for (size_t i = frames_.size(); i-- > 0;)
      if (const auto found = frames_[i].find(name); found != frames_[i].end()) return found->second;
    return nullptr;
  }

  void store_after(Node* node, Value* value, const std::string& name) {
    Node* store = graph_.create(kinds::store, {&value, 1}, 0);
    store->set_attribute(kName, name);
    Node* at = node;
    while (at->next()->kind() == kinds::store && stores_.count(at->next())) at = at->next();
    store->insert_after(at);
    stores_.insert(store);
    frames_.back()[name] = value->type();
  }

  void visit_if(Node* node) {
    const Variables yes = visit(*node->blocks()[0]), no = visit(*node->blocks()[1]);
    std::set<std::string> names;
    for (const auto& [name, type] : yes) names.insert(name);
    for (const auto& [name, type] : no) names.insert(name);
    for (const std::string& name : names) {
      const auto type_in = [&](const Variables& set) {
        const auto found = set.find(name);
        return found != set.end() ? found->second : visible(name);
      };
      const TypePtr a = type_in(yes), b = type_in(no);
      if (!a || !b) continue;
      const TypePtr common = unify_types(a, b, /*default_to_union=*/true);
      if (!common) continue;
      node->blocks()[0]->register_output(insert_load(graph_, *node->blocks()[0], name, a));
      node->blocks()[1]->register_output(insert_load(graph_, *node->blocks()[1], name, b));
      Value* output = node->add_output()->set_type(common);
      if (is_meaningful_name(name)) output->set_debug_name(name);
      store_after(node, output, name);
    }
  }

  void visit_loop(Node* node) {
    Block& body = *node->blocks()[0];
    const Variables set = visit(body);
    Node* first_in_body = body.param_node();
    for (const auto& [name, inner] : set) {
      const TypePtr outside = visible(name);
      if (!outside) continue;
      // `x: Optional[int] = None` is a None in front of the loop and may be an int behind it.
      const TypePtr type = unify_types(outside, inner, /*default_to_union=*/true);
      Value* before;
      {
        Graph::WithInsertPoint guard(graph_, node);
        Node* load = graph_.insert(graph_.create(kinds::load, 1));
        load->set_attribute(kName, name);
        before = load->output()->set_type(outside);
      }
      node->add_input(before);
      Value* carried = body.add_input()->set_type(type);
      carried->set_debug_name(name);
      Node* store = graph_.create(kinds::store, {&carried, 1}, 0);
      store->set_attribute(kName, name);
      store->insert_after(first_in_body);
      first_in_body = store;
      body.register_output(insert_load(graph_, body, name, inner));
      Value* output = node->add_output()->set_type(type);
      if (is_meaningful_name(name)) output->set_debug_name(name);
      store_after(node, output, name);
    }
  }

  Graph& graph_;
  std::vector<Variables> frames_;
  std::set<const Node*> stores_;  ///< those behind an If or a Loop
};

/// The nodes of `from` copied before the insertion point; returns the copies of its outputs.
std::vector<Value*> clone_block(Graph& graph, const Block& from) {
  std::unordered_map<Value*, Value*> copies;
  const auto map = [&](Value* value) {
    const auto found = copies.find(value);
    return found == copies.end() ? value : found->second;
  };
  for (Node* node : from.nodes()) {
    Node* copy = graph.insert(graph.create_clone(node, map));
    for (size_t i = 0; i < node->outputs().size(); ++i) {
      copies[node->output(i)] = copy->output(i);
      // Both sides are named once more: the copy takes the name that the original had just been given.
      if (node->output(i)->has_name()) copy->output(i)->set_debug_name(node->output(i)->debug_name());
    }
  }
  std::vector<Value*> outputs;
  for (Value* output : from.outputs()) outputs.push_back(map(output));
  return outputs;
}

/// break and continue become LoopContinuation(condition, carried values...).
class LoopContinuations {
 public:
  explicit LoopContinuations(Graph& graph) : graph_(graph) {}
  /// Closures have a false of their own, in front of their bodies.
  void run(Block& block) {
    Value* outer = false_;
    {
      Graph::WithInsertPoint guard(graph_, block.param_node()->next());
      false_ = graph_.insert_constant(IValue(false));
    }
    visit(block, nullptr);
    false_ = outer;
  }

 private:
  void visit(Block& block, Node* loop, bool in_comprehension = false) {
    for (Node* node : block.nodes()) {
      if (node->kind() == kinds::loop) {
        visit(*node->blocks()[0], node, in_comprehension);
        visit(*node->blocks()[1], nullptr, in_comprehension);
      } else if (node->kind() == kinds::break_stmt || node->kind() == kinds::continue_stmt) {
        replace(node, loop);
      } else if (node->kind() == kinds::closure) {
        // A closure in a comprehension has no false.
        if (!in_comprehension) run(*node->blocks()[0]);
      } else {
        const bool inside = in_comprehension || node->kind() == kinds::comprehension_scope;
        for (Block* inner : node->blocks()) visit(*inner, loop, inside);
      }
    }
  }
  void replace(Node* node, Node* loop) {
    Graph::WithInsertPoint guard(graph_, node);
    std::vector<Value*> inputs;
    if (node->kind() == kinds::break_stmt)
      inputs.push_back(false_);
    else
      inputs.push_back(clone_block(graph_, *loop->blocks()[1])[0]);
    for (Value* output : loop->blocks()[0]->outputs()) {
      Node* load = graph_.insert(graph_.create(kinds::load, 1));
      load->set_attribute(kName, name_of(output->node()));
      inputs.push_back(load->output()->set_type(output->type()));
    }
    graph_.insert(graph_.create(kinds::loop_continuation, inputs, 0));
    node->destroy();
  }
  Graph& graph_;
  Value* false_ = nullptr;
};

/// The condition is computed before the loop, and again at the end of each turn.
void place_loop_conditions(Graph& graph, Block& block) {
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) place_loop_conditions(graph, *inner);
    if (node->kind() != kinds::loop) continue;
    Block& body = *node->blocks()[0];
    Block& condition = *node->blocks()[1];
    {
      Graph::WithInsertPoint guard(graph, node);
      node->insert_input(1, clone_block(graph, condition)[0]);
    }
    Value* again = condition.outputs()[0];
    for (Node* moved : condition.nodes()) moved->move_before(body.return_node());
    body.insert_output(0, again);
    condition.erase_output(0);
    node->erase_block(1);
  }
}

/// Each load becomes the value that was stored last.
class EraseLoadsAndStores {
 public:
  void run(Block& block) {
    frames_.emplace_back();
    for (Node* node : block.nodes()) {
      if (node->kind() == kinds::store) {
        frames_.back()[name_of(node)] = node->input();
        node->destroy();
      } else if (node->kind() == kinds::load) {
        Value* value = find(name_of(node));
        RUSHLIGHT_ASSERT(value);
        // The name that the load took goes with it; the stored value keeps its own.
        node->output()->replace_all_uses_with(value);
        node->destroy();
      } else if (node->kind() == kinds::comprehension_scope) {
        Block& scope = *node->blocks()[0];
        run(scope);
        for (Node* moved : scope.nodes()) moved->move_before(node);
        node->destroy();
      } else {
        for (Block* inner : node->blocks()) run(*inner);
      }
    }
    frames_.pop_back();
  }

 private:
  Value* find(const std::string& name) const {
    for (size_t i = frames_.size(); i-- > 0;)
      if (const auto found = frames_[i].find(name); found != frames_[i].end()) return found->second;
    return nullptr;
  }
  std::vector<std::map<std::string, Value*>> frames_;
};

}  // namespace

void convert_to_ssa(Graph& graph) {
  ControlFlow(graph).run();
  LoopContinuations(graph).run(graph.block());
  place_loop_conditions(graph, graph.block());
  EraseLoadsAndStores().run(graph.block());
}

}  // namespace rushlight::script
