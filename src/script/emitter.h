/// Compiles one function: syntax tree to graph. The parts stand in files by construct: expressions.cpp, displays.cpp,
/// special_forms.cpp, statements.cpp, assignments.cpp, conditionals.cpp, isinstance.cpp, loops.cpp, contexts.cpp,
/// subscripts.cpp. The order in which nodes are made is part of what graphs print (the numbers of
/// values), so where PyTorch looks at an expression twice, so does this.
#pragma once
#include <set>
#include <unordered_map>

#include "lang/parser.h"
#include "script/environment.h"
#include "script/error_recovery.h"
#include "script/function_template.h"
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
  bool is_plain = false;        ///< the truth of a value: no `and`, `or`, `not`, `is`, isinstance or hasattr
  std::vector<Refinement> when_true;
  std::vector<Refinement> when_false;
};

TypePtr without_none(const TypePtr& type);
/// What `__iter__` of an object gives; null if its class has none.
SugaredValuePtr object_iterator(Emitter& emitter, const SourceRange& range, ir::Value* object);

/// Functions in functions, compiled for what they read from around them; the function around shares them with all in
/// it.
using NestedFunctions = std::map<std::pair<const lang::Def*, std::string>, ir::GraphFunction*>;

class Emitter {
 public:
  /// `self`: the class of which `def` is a method; null for a function.
  Emitter(ir::GraphFunction& function, const lang::Def& def, std::shared_ptr<Resolver> resolver, TypePtr self,
          std::shared_ptr<const GatheredTypes> gathered = nullptr);
  /// Fills the function's graph and sets its schema.
  void run();
  /// The schema that the declaration alone gives.
  Schema declared_schema();

  ir::Graph& graph() { return *graph_; }
  ir::GraphFunction& function() { return function_; }
  Resolver& resolver() { return *resolver_; }
  Environment& environment() { return environment_; }
  const TypePtr& self_type() const { return self_; }

  // Expressions
  SugaredValuePtr emit_sugared(const lang::Expr& expr, const TypePtr& hint = nullptr);
  ir::Value* emit(const lang::Expr& expr, const TypePtr& hint = nullptr);
  Condition emit_condition(const lang::Expr& expr);
  /// A number is made once a function, in front of all nodes; other constants each time, here.
  ir::Value* number_constant(const IValue& value, const SourceRange& range);
  ir::Value* constant(const IValue& value, const SourceRange& range, TypePtr type = nullptr);
  /// A constant attribute: a tuple is made of constants of its elements.
  ir::Value* unpacked_constant(const IValue& value, const SourceRange& range);
  ir::Node* insert_node(ir::Symbol kind, ArrayRef<ir::Value*> inputs, size_t outputs, const SourceRange& range);
  ir::Value* to_bool(ir::Value* value, const SourceRange& range);
  ir::Value* make_list(const std::vector<ir::Value*>& elements, TypePtr element_type, const SourceRange& range);
  ir::Value* make_tuple(const std::vector<ir::Value*>& elements);
  ir::Value* unchecked_cast(ir::Value* value, const TypePtr& type, const SourceRange& range);

  // Types
  TypePtr type_of_annotation(const lang::Expr& expr);

  /// The body of a lambda, emitted where it is called.
  SugaredValuePtr call_lambda(const LambdaValue& lambda, const SourceRange& range,
                              const std::vector<NamedValue>& arguments, const std::vector<NamedValue>& keywords);

  /// A call of a function in this function.
  SugaredValuePtr call_nested(const NestedFunctionValue& nested, const SourceRange& range,
                              std::vector<NamedValue> arguments, std::vector<NamedValue> keywords);

  /// How many results of the call that is being made are taken (emit_for_results).
  size_t results_wanted() const { return results_wanted_; }
  /// What a display made fits `wanted`, if need be after its own type was widened; null if it cannot. Nobody else has
  /// the value yet, so that is safe: `[1]` is a list of optional numbers where one is wanted.
  ir::Value* fit_display(const lang::Expr& expr, ir::Value* value, const TypePtr& wanted);

 private:
  enum class LoopState : uint8_t { none, loop, unrolled };
  /// What an error may leave open.
  struct OpenScopes {
    size_t environment, loop_else_flags, comprehensions, returns, lambda_calls;
    LoopState loop;
  };
  OpenScopes open_scopes() const;
  void return_to(const OpenScopes& scopes);
  /// The parts of one expression: each is looked at, those behind one with an error too.
  class Parts {
   public:
    explicit Parts(Emitter& emitter) : emitter_(emitter) {}
    template <class Part>
    void look(Part&& part) {
      failed_ |= !emitter_.attempt(part);
    }
    /// The expression has no value if a part has none.
    void check() const {
      if (failed_) throw UnknownValue();
    }

   private:
    Emitter& emitter_;
    bool failed_ = false;
  };

  // statements.cpp
  void emit_body(const std::vector<lang::StmtPtr>& body);
  void emit_statement(const lang::Stmt& stmt);
  /// Runs a part; false if an error ended it. The compilation then goes on as if it had not begun.
  template <class Part>
  bool attempt(Part&& part) {
    const OpenScopes before = open_scopes();
    try {
      part();
      return true;
    } catch (...) {
      errors_.note_current();
      return_to(before);
      return false;
    }
  }
  /// What is known after a failed statement: nothing of the variables that it assigns.
  void poison_targets(const lang::Stmt& stmt);
  void poison_target(const lang::Expr& target);
  void emit_return(const lang::Stmt& stmt);
  void emit_return_value(const lang::Expr* expr, const SourceRange& range);
  void emit_raise(const lang::Expr& raised, const SourceRange& range);
  void emit_assert(const lang::Stmt& stmt);
  void emit_delete(const lang::Stmt& stmt);
  void leave_block() { left_blocks_.insert(environment_.innermost().block); }

  // assignments.cpp
  void emit_assign(const lang::Stmt& stmt);
  void emit_declaration(const lang::Stmt& stmt);
  void emit_single_assign(const lang::Expr& target, const lang::Stmt& stmt, const SugaredValuePtr& ready);
  void emit_tuple_assign(const lang::Expr& target, const SugaredValuePtr& value, const SourceRange& range);
  void assign_to(const lang::Expr& target, const SugaredValuePtr& value, const SourceRange& range);
  void emit_augmented(const lang::Stmt& stmt);
  ir::Value* augmented_value(const lang::Stmt& stmt, ir::Value* left);
  void emit_subscript_augmented(const lang::Stmt& stmt);
  static bool check_targets(const std::vector<lang::ExprPtr>& targets, const SourceRange& range);

  // conditionals.cpp
  void emit_if(const lang::Stmt& stmt);
  ir::Value* emit_unknown_condition(const SourceRange& range);
  void emit_branches(const Condition& condition, const std::function<void()>& then,
                     const std::function<void()>& otherwise, const SourceRange& range);
  void refine(const std::vector<Refinement>& refinements, const SourceRange& range);
  ir::Value* emit_ternary(const lang::Expr& expr, const TypePtr& hint);
  Condition emit_bool_op(const lang::Expr& expr);
  Condition emit_identity(const lang::Expr& expr);
  ir::Value* emit_value_if(const Condition& condition, const std::function<ir::Value*()>& then,
                           const std::function<ir::Value*()>& otherwise, const SourceRange& range,
                           const TypePtr& hint = nullptr);
  // isinstance.cpp
  Condition emit_isinstance(const lang::Expr& object, const lang::Expr& classes);
  Condition emit_hasattr(const lang::Expr& object, const lang::Expr& name);

  // loops.cpp
  void emit_while(const lang::Stmt& stmt);
  void declare_before_loop(const lang::Expr& named);
  void emit_for(const lang::Stmt& stmt);
  // iteration.cpp
  void emit_iterator_loop(const lang::Expr& target, const IteratorValue& iterator, const SourceRange& range,
                          const std::function<void()>& body);
  void emit_for_over(const lang::Expr& target, const SugaredValuePtr& over, const SourceRange& range,
                     const std::function<void()>& body);
  void emit_loop(const SourceRange& range, const SugaredValuePtr& iterable, const lang::Expr* target,
                 const lang::Expr* condition, const std::function<void()>& body);
  void emit_with_else(const lang::Stmt& stmt, const std::function<void()>& loop);
  void emit_comprehension_part(const lang::Expr& expr, size_t at, const std::function<void()>& element);
  /// `behind`: at the end of the scope, when the loops are over.
  void emit_comprehension_loops(const lang::Expr& expr, const std::function<void()>& element,
                                const std::function<void()>& behind = nullptr);
  ir::Value* emit_list_comprehension(const lang::Expr& expr, const TypePtr& hint);
  ir::Value* emit_dict_comprehension(const lang::Expr& expr, const TypePtr& hint);

  // lambdas.cpp
  SugaredValuePtr emit_lambda(const lang::Expr& expr);
  void check_captures(const std::set<std::string>& names, size_t comprehensions, const SourceRange& range,
                      std::string_view what);
  // nested_functions.cpp
  void emit_nested_function(const std::shared_ptr<const lang::Def>& def);
  // ordering.cpp
  SugaredValuePtr emit_ordering(const BuiltinFunction& builtin, const lang::Expr& call);
  ir::Value* keys_of(ir::Value* list, const SugaredValuePtr& key, const SourceRange& range);

  // contexts.cpp
  void emit_with(const lang::Stmt& stmt);
  SugaredValuePtr emit_closure(const std::function<void(ir::Block&)>& body);
  void emit_closure_def(const lang::Def& def);
  SugaredValuePtr emit_fork(const lang::Expr& call, std::string_view kind);

  // expressions.cpp
  SugaredValuePtr emit_name(const lang::Expr& expr);
  SugaredValuePtr emit_named(const lang::Expr& expr);
  SugaredValuePtr emit_call(const lang::Expr& expr, const TypePtr& hint);
  SugaredValuePtr emit_for_results(const lang::Expr& expr, size_t count);
  ir::Value* emit_binary(const lang::Expr& expr);
  ir::Value* emit_operator_of(const lang::Expr& expr, bool swapped = false);
  ir::Value* call_method(ir::Value* object, std::string_view name, const NamedValue& argument,
                         const SourceRange& range);
  std::shared_ptr<KeywordsValue> known_keywords(const lang::Expr& expr) const;
  ir::Value* emit_beyond_builtin(const lang::Expr& expr, std::string_view method, std::string_view reflected,
                                 const std::vector<NamedValue>& arguments);
  ir::Value* emit_unary(const lang::Expr& expr);
  ir::Value* emit_fstring(const lang::Expr& expr);
  ir::Value* emit_format_value(const lang::Expr& expr);
  std::vector<NamedValue> emit_arguments(const lang::Expr& call, size_t first = 1, SugaredValue* callee = nullptr);
  void emit_argument(const lang::Expr& argument, std::vector<NamedValue>& arguments, SugaredValue* callee);
  std::vector<NamedValue> emit_keywords(const lang::Expr& call, SugaredValue* callee = nullptr);
  void emit_keyword_expansion(const lang::Expr& mapping, std::vector<NamedValue>& keywords, SugaredValue* callee);
  std::vector<ir::Value*> emit_all(const std::vector<lang::ExprPtr>& exprs, size_t first = 0);

  // displays.cpp
  ir::Value* emit_list(const lang::Expr& expr, const TypePtr& hint);
  ir::Value* emit_dict(const lang::Expr& expr, const TypePtr& hint);
  ir::Value* emit_dict_with_expansions(const lang::Expr& expr, const TypePtr& hint);
  // sets.cpp
  ir::Value* emit_set(const lang::Expr& expr, const TypePtr& hint);
  ir::Value* emit_set_form(const lang::Expr& call, bool is_frozen, const TypePtr& hint);
  ir::Value* make_set(ir::Value* list, bool is_frozen, const SourceRange& range);
  ir::Value* make_dict(const std::vector<ir::Value*>& keys, const std::vector<ir::Value*>& values, const TypePtr& hint,
                       const SourceRange& range, const std::vector<SourceRange>& key_ranges);
  /// A hint narrowed to what a display of this kind can be.
  struct DisplayHint {
    TypePtr type;                     ///< the one list or dictionary type; null: none, or several
    std::vector<TypePtr> candidates;  ///< several
    TypePtr whole;                    ///< the Optional or Union that the result is cast to
  };
  DisplayHint narrow_hint(const TypePtr& hint, TypeKind kind, const SourceRange& range);

  // special_forms.cpp
  SugaredValuePtr emit_special_form(const SpecialFormValue& form, const lang::Expr& call, const TypePtr& hint);
  ir::Value* list_of(const SugaredValuePtr& over, const SourceRange& range, const TypePtr& hint);
  SugaredValuePtr emit_list_form(const lang::Expr& call, const TypePtr& hint);
  SugaredValuePtr emit_dict_form(const lang::Expr& call, const TypePtr& hint);
  SugaredValuePtr emit_legacy_constructor(ScalarType dtype, const lang::Expr& call);
  SugaredValuePtr emit_slice_form(const lang::Expr& call);
  SugaredValuePtr emit_getitem(const lang::Expr& call, const TypePtr& hint);
  SugaredValuePtr emit_enumerate(const lang::Expr& call);
  ir::Value* emit_tolist(const lang::Expr& call, const TypePtr& hint);

  // subscripts.cpp
  SugaredValuePtr emit_subscript(const lang::Expr& expr, const TypePtr& hint);
  void emit_subscript_assignment(const lang::Expr& target, const NamedValue& value, const SourceRange& range);
  std::vector<ir::Value*> slice_operands(ir::Value* list, const SliceValue& bounds, const SourceRange& range);
  void emit_slice_assignment(const SourceRange& range, ir::Value* list, const SliceValue& bounds, ir::Value* values);
  SliceValue emit_slice_bounds(const lang::Expr& slice);
  ir::Value* emit_slice(const SourceRange& range, ir::Value* value, ir::Value* dim, const SliceValue& bounds);
  ir::Value* emit_tuple_slice(const SourceRange& range, ir::Value* tuple, const SliceValue& bounds);
  ir::Value* emit_tuple_index(const SourceRange& range, ir::Value* tuple, ir::Value* index);
  ir::Value* emit_indexing(const SourceRange& range, ir::Value* value, const std::vector<lang::ExprPtr>& indices);
  ir::Value* emit_views(const SourceRange& range, ir::Value* tensor, const std::vector<lang::ExprPtr>& indices,
                        std::vector<ir::Value*>& tensor_indices);

  // emitter.cpp
  struct BroadcastingList {
    TypePtr type;
    int32_t length;
  };
  std::optional<BroadcastingList> broadcasting_list(const lang::Expr& expr);
  void take_type_of_state(const lang::Def& def, Schema& schema) const;
  Schema read_signature(const lang::Def& def, bool is_method);
  std::vector<Argument> emit_parameters(const lang::Def& def, const Schema& signature, ir::Block& block,
                                        bool is_method);
  void emit_def(const lang::Def& def, const Schema& signature, ir::Block& block, bool is_method,
                std::vector<Argument>& arguments);
  std::string temporary(std::string base) { return std::move(base) + std::to_string(temporaries_++); }

  /// What a definition collects: the function, and each closure in it.
  struct Returns {
    TypePtr declared;
    TypePtr merged;
  };
  ir::GraphFunction& function_;
  const lang::Def& def_;
  std::shared_ptr<Resolver> resolver_;
  TypePtr self_;
  std::shared_ptr<const GatheredTypes> gathered_;  ///< null: lists and dictionaries of one type
  std::shared_ptr<ir::Graph> graph_;
  Environment environment_;
  /// The constants of numbers, each made once a function.
  std::unordered_map<int64_t, ir::Value*> integers_;
  std::unordered_map<double, ir::Value*> floats_;
  std::vector<std::pair<IValue, ir::Value*>> numbers_;  ///< bools and complex
  std::vector<Returns> returns_;
  std::set<const ir::Block*> left_blocks_;  ///< that end in return or raise
  LoopState loop_ = LoopState::none;
  /// For each open loop the variable that remembers `break`; empty: nobody asks.
  std::vector<std::string> loop_else_flags_;
  std::map<std::string, TypePtr> declared_;            ///< `x: T` without a value
  std::vector<size_t> open_comprehensions_;            ///< how many frames were open when each began
  size_t lambda_calls_ = 0;                            ///< open ones
  std::shared_ptr<NestedFunctions> nested_functions_;  ///< null: none was called yet
  ErrorCollector errors_;
  size_t unrolled_turns_ = 0;
  size_t temporaries_ = 0;
  size_t results_wanted_ = 1;
};

}  // namespace rushlight::script
