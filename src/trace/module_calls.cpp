/// Scope nodes of a recording become methods of the submodules and calls of them:
///      = prim::TracedModuleForward[scope="__module.fc"]()       %y : Tensor = prim::CallMethod[name="forward"](%fc,
///      %x)
///       block0(): ...                                       and fc gets a method `forward`
/// The order of the steps and of what is made in each fixes the numbers and suffixes of values (tracing.md section 9).
#include "trace/module_calls.h"

#include "base/text.h"
#include "passes/passes.h"
#include "trace/attributes.h"

namespace rushlight::trace {

using ir::Block;
using ir::Graph;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

bool is_scope(const Node& node) { return node.kind() == kinds::traced_module_forward; }
/// Nodes whose block becomes a graph of its own.
bool is_lifted(const Node& node) {
  return is_scope(node) || node.kind() == kinds::traced_fork || node.kind() == kinds::python_op;
}
/// An autograd function has a graph beside it, but is called as it is.
bool is_python(const Node& node) { return node.kind() == kinds::python_op; }

// ---- no module: scopes mean nothing

void put_scopes_in_place(Block& block) {
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) put_scopes_in_place(*inner);
    if (!is_scope(*node)) continue;
    while (!node->blocks()[0]->empty()) (*node->blocks()[0]->nodes().begin())->move_before(node);
    node->destroy();
  }
}

// ---- values that leave their block

class Lifter {
 public:
  /// A use of a value that was made in a block which does not enclose the use: the value becomes an output of each
  /// block on the way out.
  void run(Block& block) {
    for (Node* node : block.nodes()) {
      for (size_t i = 0; i < node->inputs().size(); ++i) lift(*node, i, block);
      if (is_lifted(*node))
        for (Block* inner : node->blocks()) run(*inner);
    }
    for (size_t i = 0; i < block.outputs().size(); ++i) lift(*block.return_node(), i, block);
  }

 private:
  std::unordered_map<Value*, Value*> outside_;  ///< a value and the one that stands for it outside of its block

  static bool encloses(const Block* outer, const Block* inner) {
    for (; inner; inner = inner->owning_node() ? inner->owning_node()->owning_block() : nullptr)
      if (inner == outer) return true;
    return false;
  }

  void lift(Node& user, size_t i, const Block& place) {
    Value* value = user.input(i);
    while (!encloses(value->node()->owning_block(), &place)) {
      Value*& outer = outside_[value];
      if (!outer) {
        Block* home = value->node()->owning_block();
        home->register_output(value);
        outer = home->owning_node()->add_output()->set_type(value->type());
      }
      value = outer;
    }
    if (value != user.input(i)) user.replace_input(i, value);
  }
};

// ---- one result for each block

void return_tuples(Block& block) {
  Graph& graph = block.graph();
  for (Node* node : block.nodes()) {
    if (!is_lifted(*node)) continue;
    Block& body = *node->blocks()[0];
    return_tuples(body);
    const size_t count = body.outputs().size();
    if (count == 1 || is_python(*node)) continue;
    if (count == 0) {
      const Graph::WithInsertPoint at(graph, body);
      body.register_output(graph.insert_constant(IValue()));
      node->add_output()->set_type(types::none());
      continue;
    }
    Node* tuple = graph.create(kinds::tuple_construct, body.outputs());
    std::vector<TypePtr> parts;
    for (Value* output : body.outputs()) parts.push_back(output->type());
    const TypePtr type = types::tuple(parts);
    tuple->output()->set_type(type);
    tuple->insert_before(body.return_node());
    for (size_t i = count; i-- > 0;) body.erase_output(i);
    body.register_output(tuple->output());
    Value* whole = node->add_output()->set_type(type);
    Node* unpack = graph.create(kinds::tuple_unpack, {whole}, count)->insert_after(node);
    for (size_t i = 0; i < count; ++i) {
      unpack->output(i)->set_type(parts[i]);
      node->output(i)->replace_all_uses_with(unpack->output(i));
    }
    for (size_t i = count; i-- > 0;) node->erase_output(i);
  }
}

// ---- blocks become graphs

void make_graphs(Block& block) {
  for (Node* node : block.nodes()) {
    if (!is_lifted(*node)) continue;
    Block& body = *node->blocks()[0];
    make_graphs(body);
    auto graph = std::make_shared<Graph>();
    std::unordered_map<Value*, Value*> brought_in;
    if (is_python(*node))
      for (Value* input : node->inputs()) brought_in[input] = graph->add_input()->copy_metadata(input);
    graph->block().clone_from(body, [&](Value* outside) {
      Value*& mine = brought_in[outside];
      if (!mine) {
        mine = graph->add_input()->copy_metadata(outside);
        node->add_input(outside);
      }
      return mine;
    });
    node->set_attribute(ir::attributes::subgraph, graph);
    node->erase_block(0);
  }
}

// ---- graphs become methods

const ClassType& class_of(const Value& module) { return module.type()->expect<ClassType>(); }

/// `forward`, or the first of forward1, forward2 ... that the class does not have yet.
std::string free_method_name(const ClassType& type) {
  std::string name = "forward";
  for (size_t i = 1; type.find_method(name); ++i) name = cat("forward", i);
  return name;
}

void make_methods(Graph& graph, ir::CompilationUnit& unit) {
  for (Node* node : graph.nodes()) {
    if (!is_lifted(*node)) continue;
    const std::shared_ptr<Graph> body = node->attribute<std::shared_ptr<Graph>>(ir::attributes::subgraph);
    make_methods(*body, unit);
    if (!is_scope(*node)) continue;
    const ClassType& type = class_of(*node->input(0));
    const std::string name = free_method_name(type);
    ir::GraphFunction* method =
        unit.add_function(std::make_unique<ir::GraphFunction>(cat(type.name(), ".", name), body));
    const_cast<ClassType&>(type).add_method(method);
    Node* call = graph.create(kinds::call_method, node->inputs())->insert_before(node);
    call->set_scope("");
    call->set_attribute(ir::attributes::name, name);
    call->output()->set_type(method->schema().returns[0].type);
    node->output()->replace_all_uses_with(call->output());
    node->destroy();
  }
}

// ---- clean-up

void make_forks(Block& block) {
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) make_forks(*inner);
    if (node->kind() != kinds::traced_fork) continue;
    Node* fork = block.graph().create(kinds::fork, node->inputs())->insert_before(node);
    fork->set_scope(node->scope());
    fork->copy_attributes(*node);
    fork->output()->copy_metadata(node->output());
    make_forks(fork->attribute<std::shared_ptr<Graph>>(ir::attributes::subgraph)->block());
    node->replace_all_uses_with(fork);
    node->destroy();
  }
}

void clean_up(Graph& graph) {
  static constexpr const passes::Pass* kPasses[] = {&passes::lower_simple_tuples, &passes::dead_code_elimination};
  make_forks(graph.block());
  passes::run_pipeline(kPasses, graph);
  ir::lint(graph);
}

}  // namespace

void finish(const std::shared_ptr<Graph>& graph, ir::CompilationUnit& unit, bool has_self) {
  if (has_self) {
    read_attributes_from_self(*graph);
  } else {
    put_scopes_in_place(graph->block());
  }
  Lifter().run(graph->block());
  return_tuples(graph->block());
  make_graphs(graph->block());
  const size_t first = unit.functions().size();
  make_methods(*graph, unit);
  for (size_t i = first; i < unit.functions().size(); ++i) clean_up(*unit.functions()[i]->raw_graph());
  clean_up(*graph);
  run_pass(passes::normalize_operators, *graph);
}

}  // namespace rushlight::trace
