/// Compiles one function: syntax tree to graph. The parts stand in files by construct: expressions.cpp, statements.cpp,
/// conditionals.cpp, loops.cpp, subscripts.cpp.
#pragma once
#include <set>

#include "lang/parser.h"
#include "script/environment.h"
#include "script/resolver.h"
#include "script/schema_matching.h"

namespace rushlight::script {

/// What holds for variables when a condition is true, or false: `x is not None`, isinstance.
struct Refinement {
  std::string name;
  TypePtr type;
};
struct Condition {
  ir::Value* value = nullptr;
  std::optional<bool> decided;  ///< known while compiling: only one branch is compiled
  std::vector<Refinement> when_true;
  std::vector<Refinement> when_false;
};

class Emitter {
 public:
  /// `self`: the class of which `def` is a method; null for a function.
  Emitter(ir::GraphFunction& function, const lang::Def& def, std::shared_ptr<Resolver> resolver, TypePtr self);
  /// Fills the function's graph and sets its schema.
  void run();

  ir::Graph& graph() { return *graph_; }
  ir::GraphFunction& function() { return function_; }
  Resolver& resolver() { return *resolver_; }
  Environment& environment() { return environment_; }

  // Expressions
  SugaredValuePtr emit_sugared(const lang::Expr& expr, const TypePtr& hint = nullptr);
  ir::Value* emit(const lang::Expr& expr, const TypePtr& hint = nullptr);
  Condition emit_condition(const lang::Expr& expr);
  /// A number is made once a function, in front of all nodes; other constants each time, here.
  ir::Value* number_constant(const IValue& value, const SourceRange& range);
  ir::Value* constant(const IValue& value, const SourceRange& range, TypePtr type = nullptr);
  ir::Node* insert_node(ir::Symbol kind, ArrayRef<ir::Value*> inputs, size_t outputs, const SourceRange& range);
  ir::Value* to_bool(ir::Value* value, const SourceRange& range);
  /// A list of these elements. RuntimeError if they have no common type.
  ir::Value* make_list(const std::vector<ir::Value*>& elements, TypePtr element_type, const SourceRange& range);

  // Types
  TypePtr type_of_annotation(const lang::Expr& expr);

 private:
  // statements.cpp
  void emit_body(const std::vector<lang::StmtPtr>& body);
  void emit_statement(const lang::Stmt& stmt);
  void emit_assign(const lang::Stmt& stmt);
  void emit_augmented(const lang::Stmt& stmt);
  void emit_return(const lang::Stmt& stmt);
  void emit_raise(const lang::Stmt& stmt);
  void emit_assert(const lang::Stmt& stmt);
  void assign_to(const lang::Expr& target, const SugaredValuePtr& value, const SourceRange& range,
                 const TypePtr& annotated);
  bool certainly_exits(const lang::Stmt& stmt) const;

  // conditionals.cpp
  void emit_if(const lang::Stmt& stmt);
  void emit_branches(ir::Node* node, const Condition& condition, const std::function<void()>& then,
                     const std::function<void()>& otherwise, bool then_exits, bool else_exits,
                     const SourceRange& range);
  void refine(const std::vector<Refinement>& refinements, const SourceRange& range);
  ir::Value* emit_ternary(const lang::Expr& expr, const TypePtr& hint);
  Condition emit_bool_op(const lang::Expr& expr);
  Condition emit_compare(const lang::Expr& expr);
  ir::Value* emit_value_if(const Condition& condition, const std::function<ir::Value*()>& then,
                           const std::function<ir::Value*()>& otherwise, const SourceRange& range);
  Condition emit_isinstance(const lang::Expr& call);

  // loops.cpp
  void emit_while(const lang::Stmt& stmt);
  void emit_for(const lang::Stmt& stmt);
  void emit_loop(const SourceRange& range, const SugaredValuePtr& iterable, const lang::Expr* target,
                 const lang::Expr* condition, const std::function<void()>& body);
  ir::Value* emit_list_comprehension(const lang::Expr& expr, const TypePtr& hint);

  // expressions.cpp
  SugaredValuePtr emit_name(const lang::Expr& expr);
  SugaredValuePtr emit_call(const lang::Expr& expr, const TypePtr& hint);
  SugaredValuePtr emit_special_form(SpecialForm form, const lang::Expr& call, const TypePtr& hint);
  ir::Value* emit_binary(const lang::Expr& expr);
  ir::Value* emit_unary(const lang::Expr& expr);
  ir::Value* emit_display(const lang::Expr& expr, const TypePtr& hint);
  ir::Value* emit_dict(const lang::Expr& expr, const TypePtr& hint);
  ir::Value* emit_fstring(const lang::Expr& expr);
  std::vector<NamedValue> emit_arguments(const lang::Expr& call);
  std::vector<NamedValue> emit_keywords(const lang::Expr& call);

  // subscripts.cpp
  SugaredValuePtr emit_subscript(const lang::Expr& expr, const TypePtr& hint);
  void emit_subscript_assignment(const lang::Expr& target, ir::Value* value, const SourceRange& range);
  void emit_subscript_augmented(const lang::Stmt& stmt);
  ir::Value* emit_slice(const SourceRange& range, ir::Value* value, ir::Value* dim, const lang::Expr& slice);
  ir::Value* emit_tensor_index(const SourceRange& range, ir::Value* tensor, const std::vector<lang::ExprPtr>& indices,
                               size_t first, std::vector<ir::Value*>& tensor_indices);

  void declare_parameters();
  Schema make_schema() const;

  ir::GraphFunction& function_;
  const lang::Def& def_;
  std::shared_ptr<Resolver> resolver_;
  TypePtr self_;
  std::shared_ptr<ir::Graph> graph_;
  Environment environment_;
  std::vector<std::pair<IValue, ir::Value*>> numbers_;
  std::vector<Argument> arguments_;
  TypePtr declared_return_;
  TypePtr merged_return_;
  SourceRange return_range_;
};

}  // namespace rushlight::script
