/// torch::jit::Graph and the functions that a program meets it through.
#include "bridge.h"
#include "ir/function.h"
#include "passes/pass.h"
#include "passes/passes.h"
#include "script/compile.h"
#include "torch/csrc/jit/api/compilation_unit.h"
#include "torch/csrc/jit/runtime/graph_executor.h"
#include "value/call_arguments.h"

namespace {
namespace ir = rushlight::ir;
using rushlight::bridge::guarded;
using rushlight::bridge::in;
using rushlight::bridge::out;
using rushlight::bridge::own;
using rushlight::bridge::share;

/// The same parts under their public type.
template <class Part, class Own>
std::vector<Part*> parts(const std::vector<Own*>& own) {
  std::vector<Part*> list;
  list.reserve(own.size());
  for (Own* part : own) list.push_back(reinterpret_cast<Part*>(part));
  return list;
}
}  // namespace

namespace c10 {
inline namespace RUSHLIGHT_ABI {

const std::string& Argument::name() const { return own<rushlight::Argument>(*this).name; }
TypePtr Argument::type() const { return share<const Type>(own<rushlight::Argument>(*this).type); }
std::optional<IValue> Argument::default_value() const {
  const auto& value = own<rushlight::Argument>(*this).default_value;
  if (!value) return std::nullopt;
  return out(*value);
}
bool Argument::kwarg_only() const { return own<rushlight::Argument>(*this).keyword_only; }
std::optional<int32_t> Argument::N() const { return own<rushlight::Argument>(*this).list_length; }
std::ostream& operator<<(std::ostream& out, const Argument& argument) {
  return out << argument.type()->str() << ' ' << argument.name();
}

size_t ArgumentList::size() const { return static_cast<const std::vector<rushlight::Argument>*>(arguments_)->size(); }
const Argument& ArgumentList::operator[](size_t i) const {
  return reinterpret_cast<const Argument&>((*static_cast<const std::vector<rushlight::Argument>*>(arguments_))[i]);
}

const std::string& FunctionSchema::name() const { return own<rushlight::Schema>(*this).name; }
const std::string& FunctionSchema::overload_name() const { return own<rushlight::Schema>(*this).overload; }
ArgumentList FunctionSchema::arguments() const { return ArgumentList(&own<rushlight::Schema>(*this).arguments); }
ArgumentList FunctionSchema::returns() const { return ArgumentList(&own<rushlight::Schema>(*this).returns); }
bool FunctionSchema::is_vararg() const { return own<rushlight::Schema>(*this).is_vararg; }
std::optional<int> FunctionSchema::argumentIndexWithName(std::string_view name) const {
  const auto found = own<rushlight::Schema>(*this).find_argument(name);
  if (!found) return std::nullopt;
  return int(*found);
}
std::ostream& operator<<(std::ostream& out, const FunctionSchema& schema) {
  return out << own<rushlight::Schema>(schema).str();
}

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace jit {

std::string Value::debugName() const { return own<ir::Value>(*this).debug_name(); }
c10::TypePtr Value::type() const { return share<const c10::Type>(own<ir::Value>(*this).type()); }
Node* Value::node() const { return reinterpret_cast<Node*>(own<ir::Value>(*this).node()); }

NodeKind Node::kind() const { return NodeKind(own<ir::Node>(*this).kind().str()); }
std::vector<Value*> Node::inputs() const { return parts<Value>(own<ir::Node>(*this).inputs()); }
std::vector<Value*> Node::outputs() const { return parts<Value>(own<ir::Node>(*this).outputs()); }
std::vector<Block*> Node::blocks() const { return parts<Block>(own<ir::Node>(*this).blocks()); }

std::vector<Node*> Block::nodes() const {
  std::vector<Node*> nodes;
  for (ir::Node* node : own<ir::Block>(*this).nodes()) nodes.push_back(reinterpret_cast<Node*>(node));
  return nodes;
}
std::vector<Value*> Block::inputs() const { return parts<Value>(own<ir::Block>(*this).inputs()); }
std::vector<Value*> Block::outputs() const { return parts<Value>(own<ir::Block>(*this).outputs()); }

Block* Graph::block() const { return reinterpret_cast<Block*>(&own<ir::Graph>(*this).block()); }
std::string Graph::toString(bool print_source_locations) const {
  return own<ir::Graph>(*this).str(print_source_locations);
}
std::shared_ptr<Graph> Graph::copy() const {
  auto copy = own<ir::Graph>(*this).copy();
  return {copy, reinterpret_cast<Graph*>(copy.get())};
}
std::ostream& operator<<(std::ostream& out, const Graph& graph) { return out << graph.toString(); }
void Inline(Graph& graph) {
  guarded([&] { rushlight::passes::run_pass(rushlight::passes::inline_calls, own<ir::Graph>(graph)); });
}
std::optional<IValue> toIValue(const Value* value) {
  auto constant = ir::constant_value(&own<ir::Value>(*value));
  if (!constant) return std::nullopt;
  return out(std::move(*constant));
}

IValue Function::operator()(Stack inputs, const Kwargs& kwargs) {
  return guarded([&] {
    auto& function = own<ir::GraphFunction>(*this);
    rushlight::KeywordArguments keywords;
    for (const auto& [name, value] : kwargs) keywords.emplace(name, in(value));
    return out(function.call(rushlight::complete_arguments(function.schema(), in(std::move(inputs)), keywords)));
  });
}
std::string Function::name() const { return own<ir::GraphFunction>(*this).name(); }
std::string Function::qualname() const { return own<ir::GraphFunction>(*this).qualified_name(); }
const c10::FunctionSchema& Function::getSchema() const {
  return guarded([&]() -> const c10::FunctionSchema& {
    return reinterpret_cast<const c10::FunctionSchema&>(own<ir::GraphFunction>(*this).schema());
  });
}
std::shared_ptr<Graph> Function::graph() const {
  return guarded([&] {
    auto graph = own<ir::GraphFunction>(*this).graph();
    return std::shared_ptr<Graph>(graph, reinterpret_cast<Graph*>(graph.get()));
  });
}

CompilationUnit::CompilationUnit() : unit_(ir::CompilationUnit::make()) {}
void CompilationUnit::define(const std::string& source) {
  guarded([&] {
    rushlight::script::define(*static_cast<ir::CompilationUnit*>(unit_.get()), source,
                              rushlight::script::native_resolver(), "");
  });
}
Function* CompilationUnit::find_function(const std::string& name) const {
  return reinterpret_cast<Function*>(static_cast<ir::CompilationUnit*>(unit_.get())->find_function(name));
}
Function& CompilationUnit::get_function(const std::string& name) const {
  Function* function = find_function(name);
  TORCH_CHECK(function, "attempted to get undefined function ", name);
  return *function;
}
std::vector<Function*> CompilationUnit::get_functions() const {
  std::vector<Function*> functions;
  for (const auto& function : static_cast<ir::CompilationUnit*>(unit_.get())->functions())
    functions.push_back(reinterpret_cast<Function*>(function.get()));
  return functions;
}
std::shared_ptr<CompilationUnit> compile(const std::string& source) {
  return std::make_shared<CompilationUnit>(source);
}

// ---- Switches that change nothing

std::atomic<bool>& getProfilingMode() {
  static std::atomic<bool> mode{true};
  return mode;
}
std::atomic<bool>& getExecutorMode() {
  static std::atomic<bool> mode{true};
  return mode;
}
std::atomic<size_t>& getNumProfiledRuns() {
  static std::atomic<size_t> count{1};
  return count;
}
namespace {
FusionStrategy fusion_strategy = {{FusionBehavior::STATIC, 2}, {FusionBehavior::DYNAMIC, 10}};
thread_local bool executor_optimize = true;
std::atomic<bool> tensor_expr_fuser{true};
}  // namespace
FusionStrategy getFusionStrategy() { return fusion_strategy; }
FusionStrategy setFusionStrategy(FusionStrategy& strategy) { return std::exchange(fusion_strategy, strategy); }
void setGraphExecutorOptimize(bool on) { executor_optimize = on; }
bool getGraphExecutorOptimize() { return executor_optimize; }
void setTensorExprFuserEnabled(bool on) { tensor_expr_fuser = on; }
bool tensorExprFuserEnabled() { return tensor_expr_fuser; }

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
