/// If, ternaries, `and`/`or`/`not`, `is`, and what a condition tells about types.
#include <algorithm>

#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"
#include "value/unify.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

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

namespace {

enum class Noneness : uint8_t { never, maybe, always };
Noneness noneness(const ir::Value* value) {
  const Type& type = *value->type();
  const ir::Node* node = value->node();
  // A None that was written for an Optional keeps the wider type.
  const bool is_none_constant = node->kind() == kinds::constant && !node->has_attribute(ir::attributes::value) &&
                                !node->has_attribute(ir::attributes::name) && type.is(TypeKind::optional);
  if (type.is(TypeKind::none) || is_none_constant) return Noneness::always;
  if (type.is(TypeKind::optional)) return Noneness::maybe;
  if (const UnionType* members = type.as<UnionType>())
    for (const TypePtr& member : members->members())
      if (member->is(TypeKind::none)) return Noneness::maybe;
  return Noneness::never;
}

using Refinements = std::vector<Refinement>;
/// Both hold: all of them, except names with two different types.
Refinements both_hold(const Refinements& a, const Refinements& b) {
  Refinements result;
  for (const Refinement& one : a) {
    const auto other = std::ranges::find(b, one.name, &Refinement::name);
    if (other == b.end() || *other->type == *one.type) result.push_back(one);
  }
  for (const Refinement& one : b)
    if (std::ranges::find(a, one.name, &Refinement::name) == a.end()) result.push_back(one);
  return result;
}
/// One of them holds: what both say, with the type that covers both.
Refinements one_holds(const Refinements& a, const Refinements& b) {
  Refinements result;
  for (const Refinement& one : a) {
    const auto other = std::ranges::find(b, one.name, &Refinement::name);
    if (other == b.end()) continue;
    if (TypePtr common = unify_types(one.type, other->type)) result.push_back({one.name, common});
  }
  return result;
}

}  // namespace

Condition Emitter::emit_condition(const lang::Expr& expr) {
  if (expr.is(ExprKind::unary) && expr.text == "not") {
    Condition inner = emit_condition(*expr[0]);
    Condition result;
    result.value = emit_operator(*this, expr.range, "aten::__not__", {inner.value});
    result.when_true = std::move(inner.when_false);
    result.when_false = std::move(inner.when_true);
    if (inner.decided) result.decided = !*inner.decided;
    return result;
  }
  if (expr.is(ExprKind::bool_op)) return emit_bool_op(expr);
  if (expr.is(ExprKind::compare) && (expr.text == "is" || expr.text == "is not")) return emit_identity(expr);
  if (expr.is(ExprKind::compare) && expr.text == "not in") {
    ir::Value* found = to_bool(emit_operator_of(expr, /*swapped=*/true), expr.range);
    Condition result;
    result.value = emit_operator(*this, expr.range, "aten::__not__", {found});
    if (const std::optional<IValue> known = ir::constant_value(found)) result.decided = !known->to_bool();
    return result;
  }
  if (expr.is(ExprKind::call)) {
    const auto inputs = [&](std::string_view name) {
      if (expr.operands.size() != 3)
        lang::fail_at(expr.range, cat(name, " expected exactly 2 arguments but found ", expr.operands.size() - 1));
      if (!expr.keywords.empty()) lang::fail_at(expr.range, cat(name, " takes no keyword arguments"));
    };
    if (expr[0]->is(ExprKind::name) && (expr[0]->text == "isinstance" || expr[0]->text == "hasattr")) {
      inputs(expr[0]->text);
      return expr[0]->text == "hasattr" ? emit_hasattr(*expr[1], *expr[2]) : emit_isinstance(*expr[1], *expr[2]);
    }
    // The callee is looked at here, and again when the call is made.
    const SugaredValuePtr callee = emit_sugared(*expr[0]);
    if (const auto* form = dynamic_cast<SpecialFormValue*>(callee.get());
        form && form->form() == SpecialForm::isinstance) {
      inputs("isinstance");
      return emit_isinstance(*expr[1], *expr[2]);
    }
  }
  Condition condition;
  condition.is_plain = true;
  condition.value = to_bool(emit(expr), expr.range);
  const ir::Node* node = condition.value->node();
  if (node->kind().str() == "aten::is_scripting")
    condition.decided = true;
  else if (node->kind().str() == "aten::has_torch_function")
    condition.decided = false;
  else if (node->kind() == kinds::constant)
    condition.decided = ir::constant_value(condition.value)->to_bool();
  return condition;
}

Condition Emitter::emit_identity(const lang::Expr& expr) {
  const bool is = expr.text == "is";
  const std::vector<ir::Value*> sides = emit_all(expr.operands);
  ir::Value* const left = sides[0];
  ir::Value* const right = sides[1];
  const Noneness a = noneness(left), b = noneness(right);
  Condition condition;
  if (a == Noneness::always && b == Noneness::always)
    condition.decided = is;
  else if ((a == Noneness::always && b == Noneness::never) || (a == Noneness::never && b == Noneness::always))
    condition.decided = !is;
  if (condition.decided) {
    condition.value = constant(IValue(*condition.decided), expr.range);
    return condition;
  }
  condition.value = emit_operator(*this, expr.range, is ? "aten::__is__" : "aten::__isnot__", {left, right});
  const auto note = [&](const lang::Expr& variable, const ir::Value* value, const Noneness& other) {
    const lang::Expr& name = variable.is(ExprKind::named) ? *variable[0] : variable;
    if (other != Noneness::always || !name.is(ExprKind::name)) return;
    (is ? condition.when_false : condition.when_true).push_back({name.text, without_none(value->type())});
  };
  note(*expr[0], left, b);
  note(*expr[1], right, a);
  return condition;
}

Condition Emitter::emit_bool_op(const lang::Expr& expr) {
  const bool is_and = expr.text == "and";
  const Condition left = emit_condition(*expr[0]);
  Condition right;
  const auto emit_right = [&] {
    right = emit_condition(*expr[1]);
    return right.value;
  };
  const auto emit_short = [&] { return constant(IValue(!is_and), expr.range); };
  Condition result;
  result.value = is_and ? emit_value_if(left, emit_right, emit_short, expr.range)
                        : emit_value_if(left, emit_short, emit_right, expr.range);
  const bool short_value = !is_and;
  if ((left.decided && *left.decided == short_value) || (right.decided && *right.decided == short_value))
    result.decided = short_value;
  else if (left.decided && right.decided)
    result.decided = is_and;
  if (is_and) {
    result.when_true = both_hold(left.when_true, right.when_true);
    result.when_false = one_holds(left.when_false, right.when_false);
  } else {
    result.when_true = one_holds(left.when_true, right.when_true);
    result.when_false = both_hold(left.when_false, right.when_false);
  }
  return result;
}

/// Stands for a condition that has an error.
ir::Value* Emitter::emit_unknown_condition(const SourceRange& range) {
  return insert_node(kinds::uninitialized, {}, 1, range)->output()->set_type(types::bool_());
}

void Emitter::refine(const std::vector<Refinement>& refinements, const SourceRange& range) {
  for (const Refinement& refinement : refinements) {
    const SugaredValuePtr known = environment_.find(refinement.name, range);
    if (!known) continue;
    ir::Value* value = known->as_value(*this, range);
    environment_.set_value(refinement.name, unchecked_cast(value, refinement.type, range), range);
  }
}

void Emitter::emit_if(const lang::Stmt& stmt) {
  Condition condition;
  // After an error in the condition both branches are looked at all the same.
  if (!attempt([&] { condition = emit_condition(*stmt.value); })) {
    condition = {};
    condition.value = emit_unknown_condition(stmt.value->range);
  }
  emit_branches(
      condition, [&] { emit_body(stmt.body); }, [&] { emit_body(stmt.orelse); }, stmt.range);
}

void Emitter::emit_branches(const Condition& condition, const std::function<void()>& then,
                            const std::function<void()>& otherwise, const SourceRange& range) {
  if (condition.decided) {
    refine(*condition.decided ? condition.when_true : condition.when_false, range);
    return *condition.decided ? then() : otherwise();
  }
  ir::Node* node = insert_node(kinds::if_, {condition.value}, 0, range);
  ir::Block* blocks[] = {node->add_block(), node->add_block()};
  Environment::Frame frames[2];
  const std::set<std::string> poisoned_before = environment_.poisoned();
  std::set<std::string> poisoned;
  for (size_t side = 0; side < 2; ++side) {
    environment_.set_poisoned(poisoned_before);
    ir::Graph::WithInsertPoint guard(*graph_, *blocks[side]);
    environment_.push(*blocks[side]);
    refine(side == 0 ? condition.when_true : condition.when_false, range);
    side == 0 ? then() : otherwise();
    frames[side] = environment_.take();
    poisoned.insert(environment_.poisoned().begin(), environment_.poisoned().end());
  }
  // What one side left without a value has none behind the If.
  for (const std::string& name : poisoned)
    for (Environment::Frame& frame : frames) frame.types.erase(name);
  environment_.set_poisoned(std::move(poisoned));
  const bool leaves[] = {left_blocks_.count(blocks[0]) > 0, left_blocks_.count(blocks[1]) > 0};
  if (leaves[0] && leaves[1]) leave_block();

  // What is known of a variable at the end of one side; null if it is not defined there.
  const auto look = [&](size_t side, const std::string& name) -> SugaredValuePtr {
    ir::Graph::WithInsertPoint guard(*graph_, *blocks[side]);
    environment_.put_back(std::move(frames[side]));
    SugaredValuePtr found = environment_.find(name, range);
    frames[side] = environment_.take();
    return found;
  };
  std::set<std::string> mutated;
  const char* const kSides[] = {"true", "false"};
  for (size_t side = 0; side < 2; ++side) {
    std::vector<std::string> names;
    for (const auto& [name, type] : frames[side].types) names.push_back(name);
    for (const std::string& name : names) {
      if (look(1 - side, name) || leaves[1 - side])
        mutated.insert(name);
      else
        environment_.forget(
            name,
            cat("\n", lang::report_text(range, cat(name, " is not defined in the ", kSides[1 - side], " branch"))));
    }
  }
  for (const std::string& name : mutated) {
    ir::Value* values[2] = {nullptr, nullptr};
    for (size_t side = 0; side < 2; ++side) {
      if (leaves[side]) continue;
      ir::Graph::WithInsertPoint guard(*graph_, *blocks[side]);
      values[side] = look(side, name)->as_value(*this, range);
    }
    if (leaves[0] && leaves[1]) continue;
    for (size_t side = 0; side < 2; ++side) {
      // A side that leaves has something of the right type, never read.
      if (!leaves[side]) continue;
      ir::Graph::WithInsertPoint guard(*graph_, *blocks[side]);
      ir::Node* placeholder = insert_node(kinds::uninitialized, {}, 1, {});
      values[side] = placeholder->output()->set_type(values[1 - side]->type());
      insert_node(kinds::store, {values[side]}, 0, {})->set_attribute(ir::Symbol::intern("name"), name);
    }
    TypePtr outer;
    if (const SugaredValuePtr known = environment_.find(name, range))
      if (ir::Value* value = as_simple(known)) outer = value->type();
    const bool may_be_union =
        outer && (outer->is(TypeKind::union_) || outer->is(TypeKind::optional) || outer->is(TypeKind::number));
    const TypePtr common = unify_types(values[0]->type(), values[1]->type(), may_be_union);
    if (!common) {
      const std::string text = cat("Type mismatch: ", name, " is set to type ", repr(*values[0]->type()),
                                   " in the true branch and type ", repr(*values[1]->type()), " in the false branch");
      if (outer) lang::fail_at(range, text);
      environment_.forget(name, cat("\n", lang::report_text(range, text)));
      continue;
    }
    environment_.declare(name, common);
  }
}

ir::Value* Emitter::emit_value_if(const Condition& condition, const std::function<ir::Value*()>& then,
                                  const std::function<ir::Value*()>& otherwise, const SourceRange& range,
                                  const TypePtr& hint) {
  ir::Node* node = insert_node(kinds::if_, {condition.value}, 0, range);
  ir::Block* blocks[] = {node->add_block(), node->add_block()};
  const auto branch = [&](ir::Block* block, const std::vector<Refinement>& refinements,
                          const std::function<ir::Value*()>& body) {
    ir::Graph::WithInsertPoint guard(*graph_, *block);
    environment_.push(*block);
    refine(refinements, range);
    ir::Value* value = body();
    // Where Any is wanted, each branch gives it.
    if (hint && hint->is(TypeKind::any) && !value->type()->is(TypeKind::any))
      value = unchecked_cast(value, hint, range);
    environment_.pop();
    block->register_output(value);
    return value->type();
  };
  const TypePtr a = branch(blocks[0], condition.when_true, then),
                b = branch(blocks[1], condition.when_false, otherwise);
  const TypePtr common = unify_types(a, b, /*default_to_union=*/false, hint);
  if (!common)
    lang::fail_at(range,
                  cat("if-expression's true branch has type ", repr(*a), " but false branch has type ", repr(*b)));
  return node->add_output()->set_type(common);
}

ir::Value* Emitter::emit_ternary(const lang::Expr& expr, const TypePtr& hint) {
  const Condition condition = emit_condition(*expr[1]);
  // Unlike an `if`, one that is decided narrows nothing.
  if (condition.decided) return emit(*condition.decided ? *expr[0] : *expr[2], hint);
  return emit_value_if(
      condition, [&] { return emit(*expr[0], hint); }, [&] { return emit(*expr[2], hint); }, expr.range, hint);
}

}  // namespace rushlight::script
