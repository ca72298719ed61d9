/// If, ternaries, `and`/`or`/`not`, comparisons, and what a condition tells about types.
#include "base/text.h"
#include "script/emitter.h"
#include "value/type_variables.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

namespace {

TypePtr without_none(const TypePtr& type) {
  if (type->is(TypeKind::optional)) return type->expect<ElementType>().element();
  if (const UnionType* members = type->as<UnionType>()) {
    std::vector<TypePtr> rest;
    for (const TypePtr& member : members->members())
      if (!member->is(TypeKind::none)) rest.push_back(member);
    return types::union_(std::move(rest));
  }
  return type;
}
bool may_be_none(const Type& type) {
  return type.is(TypeKind::none) || type.is(TypeKind::any) || type.is(TypeKind::optional) ||
         types::none()->is_subtype_of(type);
}

constexpr std::pair<std::string_view, std::string_view> kCompareOps[] = {{"<", "aten::lt"},  {"<=", "aten::le"},
                                                                         {">", "aten::gt"},  {">=", "aten::ge"},
                                                                         {"==", "aten::eq"}, {"!=", "aten::ne"}};

}  // namespace

Condition Emitter::emit_condition(const lang::Expr& expr) {
  if (expr.is(ExprKind::unary) && expr.text == "not") {
    Condition inner = emit_condition(*expr[0]);
    std::swap(inner.when_true, inner.when_false);
    if (inner.decided) inner.decided = !*inner.decided;
    inner.value = inner.value && !inner.decided ? emit_operator(*this, expr.range, "aten::__not__", {inner.value})
                                                : constant(IValue(inner.decided.value_or(false)), expr.range);
    return inner;
  }
  if (expr.is(ExprKind::bool_op)) return emit_bool_op(expr);
  if (expr.is(ExprKind::compare) && (expr.text == "is" || expr.text == "is not")) return emit_compare(expr);
  if (expr.is(ExprKind::true_) || expr.is(ExprKind::false_)) {
    Condition condition;
    condition.decided = expr.is(ExprKind::true_);
    condition.value = constant(IValue(*condition.decided), expr.range);
    return condition;
  }
  if (expr.is(ExprKind::call) && expr[0]->is(ExprKind::name) && expr[0]->text == "isinstance")
    return emit_isinstance(expr);
  Condition condition;
  condition.value = to_bool(emit(expr), expr.range);
  return condition;
}

Condition Emitter::emit_compare(const lang::Expr& expr) {
  const bool negated = expr.text == "is not";
  ir::Value* left = emit(*expr[0]);
  ir::Value* right = emit(*expr[1]);
  Condition condition;
  const bool left_none = left->type()->is(TypeKind::none), right_none = right->type()->is(TypeKind::none);
  if (left_none && right_none)
    condition.decided = !negated;
  else if ((left_none && !may_be_none(*right->type())) || (right_none && !may_be_none(*left->type())))
    condition.decided = negated;
  condition.value = condition.decided
                        ? constant(IValue(*condition.decided), expr.range)
                        : emit_operator(*this, expr.range, negated ? "aten::__isnot__" : "aten::__is__", {left, right});
  if (!condition.decided && right_none && expr[0]->is(ExprKind::name)) {
    auto& is_some = negated ? condition.when_true : condition.when_false;
    is_some.push_back({expr[0]->text, without_none(left->type())});
  }
  return condition;
}

Condition Emitter::emit_bool_op(const lang::Expr& expr) {
  const bool is_and = expr.text == "and";
  Condition left = emit_condition(*expr[0]);
  // The left side decides: the right one is not compiled.
  if (left.decided && *left.decided != is_and) return left;
  Condition result;
  if (left.decided) {
    refine(is_and ? left.when_true : left.when_false, expr.range);
    return emit_condition(*expr[1]);
  }
  Condition right;
  const auto emit_right = [&] {
    refine(is_and ? left.when_true : left.when_false, expr.range);
    right = emit_condition(*expr[1]);
    return right.value;
  };
  const auto emit_short = [&] { return constant(IValue(!is_and), expr.range); };
  result.value = is_and ? emit_value_if(left, emit_right, emit_short, expr.range)
                        : emit_value_if(left, emit_short, emit_right, expr.range);
  auto& holds = is_and ? result.when_true : result.when_false;
  holds = is_and ? left.when_true : left.when_false;
  const auto& more = is_and ? right.when_true : right.when_false;
  holds.insert(holds.end(), more.begin(), more.end());
  return result;
}

Condition Emitter::emit_isinstance(const lang::Expr& call) {
  if (call.operands.size() != 3) lang::fail_at(call.range, "isinstance expects a value and a type");
  ir::Value* value = emit(*call[1]);
  std::vector<TypePtr> wanted;
  if (call[2]->is(ExprKind::tuple) || call[2]->is(ExprKind::list))
    for (const lang::ExprPtr& type : call[2]->operands) wanted.push_back(type_of_annotation(*type));
  else
    wanted.push_back(type_of_annotation(*call[2]));
  const auto is_one = [&](const Type& type) {
    for (const TypePtr& w : wanted)
      if (type.is_subtype_of(*w)) return true;
    return false;
  };
  const Type& type = *value->type();
  Condition condition;
  if (type.is(TypeKind::any)) {
    ir::Node* node = insert_node(kinds::isinstance, {&value, 1}, 1, call.range);
    node->set_attribute(ir::Symbol::intern("types"), wanted);
    node->output()->set_type(types::bool_());
    condition.value = node->output();
    if (call[1]->is(ExprKind::name)) condition.when_true.push_back({call[1]->text, types::union_(wanted)});
    return condition;
  }
  std::vector<TypePtr> yes, no;
  const std::vector<TypePtr> members = type.is(TypeKind::union_) ? type.expect<UnionType>().members()
                                       : type.is(TypeKind::optional)
                                           ? std::vector<TypePtr>{type.expect<ElementType>().element(), types::none()}
                                           : std::vector<TypePtr>{value->type()};
  for (const TypePtr& member : members) (is_one(*member) ? yes : no).push_back(member);
  if (no.empty() || yes.empty()) {
    condition.decided = no.empty();
    condition.value = constant(IValue(*condition.decided), call.range);
    return condition;
  }
  ir::Node* node = insert_node(kinds::isinstance, {&value, 1}, 1, call.range);
  node->set_attribute(ir::Symbol::intern("types"), wanted);
  node->output()->set_type(types::bool_());
  condition.value = node->output();
  if (call[1]->is(ExprKind::name)) {
    condition.when_true.push_back({call[1]->text, types::union_(yes)});
    condition.when_false.push_back({call[1]->text, types::union_(no)});
  }
  return condition;
}

void Emitter::refine(const std::vector<Refinement>& refinements, const SourceRange& range) {
  for (const Refinement& refinement : refinements) {
    const SugaredValuePtr known = environment_.find(refinement.name, range);
    if (!known) continue;
    ir::Value* value = known->as_value(*this, range);
    if (*value->type() == *refinement.type) continue;
    ir::Node* cast = insert_node(kinds::unchecked_cast, {&value, 1}, 1, range);
    cast->output()->set_type(refinement.type);
    // Stored here under the narrower type; outside of this block the old one holds.
    if (is_meaningful_name(refinement.name)) cast->output()->set_debug_name(refinement.name);
    environment_.declare(refinement.name, refinement.type);
    ir::Value* output = cast->output();
    ir::Node* store = insert_node(kinds::store, {&output, 1}, 0, range);
    store->set_attribute(ir::Symbol::intern("name"), refinement.name);
  }
}

void Emitter::emit_if(const lang::Stmt& stmt) {
  const Condition condition = emit_condition(*stmt.value);
  if (condition.decided) {
    refine(*condition.decided ? condition.when_true : condition.when_false, stmt.range);
    return emit_body(*condition.decided ? stmt.body : stmt.orelse);
  }
  const auto exits = [&](const std::vector<lang::StmtPtr>& body) {
    for (const lang::StmtPtr& inner : body)
      if (certainly_exits(*inner)) return true;
    return false;
  };
  ir::Node* node = insert_node(kinds::if_, {&condition.value, 1}, 0, stmt.range);
  emit_branches(
      node, condition, [&] { emit_body(stmt.body); }, [&] { emit_body(stmt.orelse); }, exits(stmt.body),
      exits(stmt.orelse), stmt.range);
  // A branch that leaves tells the rest of the block that the other one was taken.
  if (exits(stmt.body))
    refine(condition.when_false, stmt.range);
  else if (exits(stmt.orelse))
    refine(condition.when_true, stmt.range);
}

void Emitter::emit_branches(ir::Node* node, const Condition& condition, const std::function<void()>& then,
                            const std::function<void()>& otherwise, bool then_exits, bool else_exits,
                            const SourceRange& range) {
  const auto emit_one = [&](const std::vector<Refinement>& refinements, const std::function<void()>& body) {
    ir::Block* block = node->add_block();
    ir::Graph::WithInsertPoint guard(*graph_, *block);
    environment_.push(*block);
    refine(refinements, range);
    body();
    return environment_.take();
  };
  Environment::Frame yes = emit_one(condition.when_true, then);
  Environment::Frame no = emit_one(condition.when_false, otherwise);
  if (then_exits && else_exits) return;

  // Variables that both branches can see, and at least one of them set.
  std::set<std::string> mutated;
  const auto visible = [&](Environment::Frame& frame, const std::string& name) {
    ir::Graph::WithInsertPoint guard(*graph_, *frame.block);
    environment_.put_back(std::move(frame));
    const bool stored = environment_.is_stored(name);
    if (stored) environment_.find(name, range);
    frame = environment_.take();
    return stored;
  };
  std::vector<std::string> set_in_yes, set_in_no;
  for (const auto& [name, type] : yes.types) set_in_yes.push_back(name);
  for (const auto& [name, type] : no.types) set_in_no.push_back(name);
  for (const std::string& name : set_in_yes)
    if (else_exits || visible(no, name)) mutated.insert(name);
  for (const std::string& name : set_in_no)
    if (then_exits || visible(yes, name)) mutated.insert(name);
  std::set<std::string> lost;
  for (const std::string& name : set_in_yes)
    if (!mutated.count(name)) lost.insert(name);
  for (const std::string& name : set_in_no)
    if (!mutated.count(name)) lost.insert(name);

  for (const std::string& name : mutated) {
    const auto read = [&](Environment::Frame& frame) {
      ir::Graph::WithInsertPoint guard(*graph_, *frame.block);
      environment_.put_back(std::move(frame));
      ir::Value* value = environment_.find(name, range)->as_value(*this, range);
      frame = environment_.take();
      return value->type();
    };
    const auto placeholder = [&](Environment::Frame& frame, const TypePtr& type) {
      ir::Graph::WithInsertPoint guard(*graph_, *frame.block);
      ir::Node* uninitialized = insert_node(kinds::uninitialized, {}, 1, {});
      uninitialized->output()->set_type(type);
      ir::Value* value = uninitialized->output();
      insert_node(kinds::store, {&value, 1}, 0, range)->set_attribute(ir::Symbol::intern("name"), name);
    };
    TypePtr common;
    if (then_exits) {
      common = read(no);
      placeholder(yes, common);
    } else if (else_exits) {
      common = read(yes);
      placeholder(no, common);
    } else {
      const TypePtr a = read(yes), b = read(no);
      common = unify_types(a, b);
      if (!common) {
        environment_.forget(name, cat("Type mismatch: ", name, " is set to type ", a->annotation(),
                                      " in the true branch and type ", b->annotation(), " in the false branch"));
        continue;
      }
    }
    const bool was_visible = environment_.is_stored(name);
    if (was_visible) environment_.find(name, range);
    environment_.declare(name, common);
  }
  for (const std::string& name : lost)
    if (!environment_.is_stored(name))
      environment_.forget(name,
                          cat(name, " is not defined in the ", yes.types.count(name) ? "false" : "true", " branch"));
}

ir::Value* Emitter::emit_value_if(const Condition& condition, const std::function<ir::Value*()>& then,
                                  const std::function<ir::Value*()>& otherwise, const SourceRange& range) {
  ir::Node* node = insert_node(kinds::if_, {&condition.value, 1}, 0, range);
  const auto branch = [&](const std::vector<Refinement>& refinements, const std::function<ir::Value*()>& body) {
    ir::Block* block = node->add_block();
    ir::Graph::WithInsertPoint guard(*graph_, *block);
    environment_.push(*block);
    refine(refinements, range);
    ir::Value* value = body();
    environment_.pop();
    block->register_output(value);
    return value->type();
  };
  const TypePtr a = branch(condition.when_true, then), b = branch(condition.when_false, otherwise);
  const TypePtr common = unify_types(a, b);
  if (!common)
    lang::fail_at(range, cat("if-expression's true branch has type ", a->annotation(), " but false branch has type ",
                             b->annotation()));
  return node->add_output()->set_type(common);
}

ir::Value* Emitter::emit_ternary(const lang::Expr& expr, const TypePtr& hint) {
  const Condition condition = emit_condition(*expr[1]);
  if (condition.decided) {
    const lang::Expr& chosen = *condition.decided ? *expr[0] : *expr[2];
    return emit(chosen, hint);
  }
  return emit_value_if(
      condition, [&] { return emit(*expr[0], hint); }, [&] { return emit(*expr[2], hint); }, expr.range);
}

std::string_view compare_op(const std::string& text) {
  for (const auto& [op, name] : kCompareOps)
    if (op == text) return name;
  return {};
}

}  // namespace rushlight::script
