/// Functions with a graph, and the CompilationUnit that owns functions and classes.
#pragma once
#include <mutex>

#include "ir/graph.h"
#include "value/class_type.h"
#include "value/function.h"
#include "value/qualified_name.h"

namespace rushlight::ir {

class CompilationUnit;

/// What the executor makes of a graph; kept with the function and made once.
class ExecutablePlan {
 public:
  virtual ~ExecutablePlan() = default;
};

class GraphFunction : public Function {
 public:
  /// `define` compiles the body into the graph when it is first needed (functions may call each other in any order);
  /// null when the graph is given whole.
  GraphFunction(std::string qualified_name, std::shared_ptr<Graph> graph,
                std::function<void(GraphFunction&)> define = nullptr);

  /// Compiles first if needed. Throws what the compilation throws (a later call tries again), and RuntimeError when the
  /// function is being compiled already: a call of itself.
  std::shared_ptr<Graph> graph() const;
  void ensure_defined() const;
  bool is_defined() const { return !define_ && !being_defined_; }
  bool is_being_defined() const { return being_defined_; }
  /// The graph as it stands, compiled or not.
  const std::shared_ptr<Graph>& raw_graph() const { return graph_; }
  void set_graph(std::shared_ptr<Graph> graph);

  const Schema& schema() const override;
  void set_schema(Schema schema);
  bool has_schema() const { return schema_ != nullptr; }
  /// The unit that owns it; null for a function of none.
  CompilationUnit* unit() const { return unit_; }
  IValue call(std::vector<IValue> arguments) override;

  /// The plan is made by the executor's factory on first use; thread-safe.
  ExecutablePlan& plan();
  /// Makes the plan now rather than at the first call, which says what is wrong if it cannot be made.
  void prepare();
  void drop_plan();
  /// What callers inline: a copy of the graph, cleaned up by `make` on first use. Dropped by set_graph.
  std::shared_ptr<Graph> inlinable_graph(std::shared_ptr<Graph> (*make)(const GraphFunction&)) const;

  /// Whether the first call ran with grad mode on and something that required grad (passes.md section 5).
  std::atomic<int8_t> first_call_state{0};
  /// Kept by passes/differentiable_groups; set once.
  mutable std::shared_ptr<const std::vector<bool>> differentiable_outputs;

 private:
  friend class CompilationUnit;
  CompilationUnit* unit_ = nullptr;
  std::shared_ptr<Graph> graph_;
  mutable std::shared_ptr<Graph> inlinable_graph_;
  mutable std::unique_ptr<Schema> schema_;
  bool being_defined_ = false;
  std::function<void(GraphFunction&)> define_;
  mutable std::mutex plan_mutex_;
  std::atomic<ExecutablePlan*> plan_{nullptr};
  std::unique_ptr<ExecutablePlan> owned_plan_;
};

/// The executor installs itself here once at start-up.
struct ExecutorHooks {
  std::unique_ptr<ExecutablePlan> (*make_plan)(GraphFunction& function) = nullptr;
  IValue (*run)(GraphFunction& function, std::vector<IValue> arguments) = nullptr;
};
extern ExecutorHooks executor_hooks;

/// Owns functions, classes, interfaces and enums, by qualified name.
class CompilationUnit : public std::enable_shared_from_this<CompilationUnit> {
 public:
  static std::shared_ptr<CompilationUnit> make() { return std::make_shared<CompilationUnit>(); }
  CompilationUnit() = default;
  /// Classes whose attributes lead back to themselves would keep each other alive: those attributes become Any.
  ~CompilationUnit();
  GraphFunction* add_function(std::unique_ptr<GraphFunction> function);
  GraphFunction* find_function(std::string_view qualified_name) const;
  const std::vector<std::unique_ptr<GraphFunction>>& functions() const { return functions_; }
  void drop_functions();
  /// Removes one, also from its class: after a compilation that failed half-way.
  void remove_function(GraphFunction* function);

  void register_type(Ref<const NamedType> type);
  Ref<const NamedType> find_type(std::string_view qualified_name) const;
  Ref<ClassType> find_class(std::string_view qualified_name) const;
  const std::vector<Ref<const NamedType>>& types() const { return types_; }
  void remove_type(std::string_view qualified_name);

  /// `__torch__.Net` if it is free, else `__torch__.___torch_mangle_N.Net` with the next free N of this unit.
  std::string mangle(const std::string& qualified_name);
  /// From now on the names of this unit are free in `other` as well, and are taken there for good. For units that come
  /// and go while no name shall be used twice.
  void take_names_from(std::shared_ptr<CompilationUnit> other) { names_from_ = std::move(other); }
  bool is_taken(std::string_view qualified_name) const;

 private:
  std::vector<std::unique_ptr<GraphFunction>> functions_;
  std::unordered_map<std::string, GraphFunction*> function_index_;
  std::vector<Ref<const NamedType>> types_;
  std::unordered_map<std::string, Ref<const NamedType>> type_index_;
  NameMangler mangler_;
  std::shared_ptr<CompilationUnit> names_from_;
};

/// The unit that owns the class of an object and its methods; null if none does.
std::shared_ptr<CompilationUnit> unit_of(const Object& object);

}  // namespace rushlight::ir
