/// Calls are replaced by the bodies of what they call, in blocks too, calls inside the bodies first.
///     %f = prim::Constant[name="g"]()        stays, for dead code elimination
///     %y = prim::CallFunction(%f, %x)        becomes the nodes of g; the last one's value takes the name %y
/// Leaves alone: calls through interfaces, Python functions, the graphs of forks. Each node remembers the calls that it
/// came through.
#include "passes/inline.h"

#include <algorithm>

#include "base/stack_guard.h"
#include "base/text.h"
#include "passes/passes.h"
#include "passes/pipelines.h"

namespace rushlight::passes {

using ir::Block;
using ir::GraphFunction;
using ir::InlinedCall;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

ir::GraphFunction* called_function(const Node& call) {
  if (call.kind() == kinds::call_function) {
    const auto* type = call.input(0)->type()->as<FunctionType>();
    return type ? dynamic_cast<GraphFunction*>(const_cast<Function*>(type->function())) : nullptr;
  }
  if (call.kind() == kinds::call_method) {
    const auto* type = call.input(0)->type()->as<ClassType>();
    return type ? dynamic_cast<GraphFunction*>(type->find_method(call.attribute<std::string>(ir::attributes::name)))
                : nullptr;
  }
  return nullptr;
}

namespace {

/// The functions whose bodies this thread is preparing: a call of one of them is recursion and stays a call.
thread_local std::vector<const GraphFunction*> in_preparation;

bool is_in_preparation(const GraphFunction& function) {
  return std::find(in_preparation.begin(), in_preparation.end(), &function) != in_preparation.end();
}

/// What callers see of a function: cleaned up once, the same for all of them.
std::shared_ptr<ir::Graph> make_inlinable(const GraphFunction& function) {
  check_stack();  // its own calls are prepared first
  struct Entry {
    explicit Entry(const GraphFunction& function) { in_preparation.push_back(&function); }
    ~Entry() { in_preparation.pop_back(); }
  } entry(function);
  std::shared_ptr<ir::Graph> graph = function.graph()->copy();
  prepare_for_inlining(*graph);
  return graph;
}

/// Adds `call` as the outermost call of everything between two nodes, keeping what is shared shared.
class CallTrail {
 public:
  explicit CallTrail(std::shared_ptr<const InlinedCall> call) : call_(std::move(call)) {}

  void extend(Node& node) {
    node.set_inlined_from(extended(node.inlined_from()));
    for (Block* block : node.blocks())
      for (Node* inner : block->nodes()) extend(*inner);
  }

 private:
  std::shared_ptr<const InlinedCall> extended(const std::shared_ptr<const InlinedCall>& inner) {
    if (!inner) return call_;
    auto& known = known_[inner.get()];
    if (!known)
      known = std::make_shared<InlinedCall>(InlinedCall{inner->function, inner->call_site, extended(inner->caller)});
    return known;
  }

  std::shared_ptr<const InlinedCall> call_;
  std::unordered_map<const InlinedCall*, std::shared_ptr<const InlinedCall>> known_;
};

size_t count_nodes(const Block& block) {
  size_t count = 0;
  for (const Node* node : block.nodes()) {
    ++count;
    for (const Block* inner : node->blocks()) count += count_nodes(*inner);
  }
  return count;
}

/// How many calls, one inside of the other, were replaced in a body at most.
class InlinedDepth {
 public:
  size_t of(const Block& block) {
    size_t deepest = 0;
    for (const Node* node : block.nodes()) {
      deepest = std::max(deepest, of(node->inlined_from().get()));
      for (const Block* inner : node->blocks()) deepest = std::max(deepest, of(*inner));
    }
    return deepest;
  }

 private:
  size_t of(const InlinedCall* call) {
    if (!call) return 0;
    const auto [known, added] = depths_.try_emplace(call, 0);
    if (!added) return known->second;
    const size_t depth = 1 + of(call->caller.get());
    return depths_[call] = depth;
  }
  std::unordered_map<const InlinedCall*, size_t> depths_;
};

class Inliner {
 public:
  /// `keeps_deep_calls`: a chain of calls is cut into pieces, for each function of a chain holds all that are behind
  /// it, which grows with the square of its length.
  Inliner(ir::Graph& graph, bool keeps_deep_calls)
      : keeps_deep_calls_(keeps_deep_calls), size_(count_nodes(graph.block())) {}

  bool run(Block& block) { return run(block.param_node(), block.return_node()); }

 private:
  /// Everything between two nodes of a block.
  bool run(Node* before, const Node* end) {
    bool changed = false;
    for (Node* node = before->next(); node != end;) {
      Node* const next = node->next();
      for (Block* inner : node->blocks()) changed |= run(*inner);
      GraphFunction* callee = called_function(*node);
      if (callee && !is_in_preparation(*callee) && std::ranges::find(open_, callee) == open_.end())
        changed |= replace(*node, *callee);
      node = next;
    }
    return changed;
  }

  bool replace(Node& call, GraphFunction& callee) {
    constexpr size_t kMaxNodes = 300'000, kMaxDepth = 50;
    const std::shared_ptr<ir::Graph> body = callee.inlinable_graph(make_inlinable);
    if (keeps_deep_calls_ && InlinedDepth().of(body->block()) >= kMaxDepth) return false;
    // Functions that call others twice double with each level.
    size_ += count_nodes(body->block());
    if (size_ > kMaxNodes)
      throw LimitError(cat("the calls of a program inline to more than ", kMaxNodes, " operations, at the call of '",
                           callee.name(), "'"));
    Node* const before = call.prev();
    Node* const end = call.next();
    inline_call(call, callee, *body);
    if (keeps_deep_calls_) return true;
    // What the body has kept is replaced now, but for recursion.
    open_.push_back(&callee);
    run(before, end);
    open_.pop_back();
    return true;
  }

  bool keeps_deep_calls_;
  size_t size_;  ///< nodes of the graph so far
  std::vector<const GraphFunction*> open_;
};

}  // namespace

void inline_call(Node& call, const GraphFunction& callee, const ir::Graph& body) {
  ir::Graph& graph = call.graph();
  std::vector<Value*> arguments = call.inputs();
  if (call.kind() == kinds::call_function) arguments.erase(arguments.begin());
  const ir::Graph::WithInsertPoint at(graph, &call);
  Node* const before = call.prev();
  const std::vector<Value*> results = graph.insert_graph(body, arguments);
  CallTrail trail(std::make_shared<InlinedCall>(InlinedCall{&callee, call.range(), call.inlined_from()}));
  for (Node* node = before->next(); node != &call; node = node->next()) trail.extend(*node);
  for (size_t i = 0; i < results.size(); ++i) {
    Value* old = call.output(i);
    if (old->has_name()) {
      const std::string name = old->name();
      results[i]->set_debug_name(name);
    }
    old->replace_all_uses_with(results[i]);
  }
  call.destroy();
}

std::shared_ptr<ir::Graph> inlined_graph(const GraphFunction& function) {
  std::shared_ptr<ir::Graph> graph = function.graph()->copy();
  run_pass(inline_calls, *graph);
  return graph;
}

extern constinit const Pass inline_calls = {
    .name = "inline",
    .summary = "replaces calls of compiled functions and methods by their bodies",
    .run = [](ir::Graph& graph, Analyses&) { return Inliner(graph, /*keeps_deep_calls=*/false).run(graph.block()); },
};

extern constinit const Pass inline_calls_for_execution = {
    .name = "inline_for_execution",
    .summary = "replaces calls by the bodies of what they call, but for those that hold long chains of calls",
    .run = [](ir::Graph& graph, Analyses&) { return Inliner(graph, /*keeps_deep_calls=*/true).run(graph.block()); },
};

}  // namespace rushlight::passes
