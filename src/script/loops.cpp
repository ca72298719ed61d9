/// while, for, and comprehensions.
#include <algorithm>
#include <limits>
#include <set>

#include "base/text.h"
#include "script/annotations.h"
#include "script/emitter.h"
#include "value/class_type.h"
#include "value/unify.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

namespace {
/// The `:=` in a condition, inner ones first.
void collect_named(const lang::Expr& expr, std::vector<const lang::Expr*>& out) {
  if (expr.is(ExprKind::lambda)) return;
  for (const lang::ExprPtr& part : expr.operands)
    if (part) collect_named(*part, out);
  for (const lang::Keyword& keyword : expr.keywords) collect_named(*keyword.value, out);
  if (expr.is(ExprKind::named)) out.push_back(&expr);
}
/// The names of all `:=` in it.
void collect_assigned(const lang::Expr& expr, std::set<std::string>& names) {
  if (expr.is(ExprKind::lambda)) return;
  if (expr.is(ExprKind::named)) names.insert(expr[0]->text);
  for (const lang::ExprPtr& part : expr.operands)
    if (part) collect_assigned(*part, names);
  for (const lang::Keyword& keyword : expr.keywords) collect_assigned(*keyword.value, names);
  for (const lang::Comprehension& part : expr.comprehensions) {
    collect_assigned(*part.iterable, names);
    for (const lang::ExprPtr& condition : part.conditions) collect_assigned(*condition, names);
  }
}
/// Whether a loop with this body has a `break` of its own.
bool breaks(const std::vector<lang::StmtPtr>& body) {
  return std::ranges::any_of(body, [](const lang::StmtPtr& stmt) {
    if (stmt->kind == lang::StmtKind::break_) return true;
    const bool is_loop = stmt->kind == lang::StmtKind::while_ || stmt->kind == lang::StmtKind::for_;
    return (!is_loop && breaks(stmt->body)) || breaks(stmt->orelse);
  });
}
/// `while c: body` as `while True: if not c: break; body`, so that what `c` assigns is seen in the body and behind it.
std::shared_ptr<lang::Stmt> with_condition_in_body(const lang::Stmt& stmt) {
  const auto expr = [&](ExprKind kind) {
    auto made = std::make_shared<lang::Expr>();
    made->kind = kind;
    made->range = stmt.value->range;
    return made;
  };
  const auto end = std::make_shared<lang::Stmt>();
  end->kind = lang::StmtKind::break_;
  end->text = "end";  // the loop ends as its condition says: no `break` of the program
  end->range = stmt.value->range;
  const auto check = std::make_shared<lang::Stmt>();
  check->kind = lang::StmtKind::if_;
  check->range = stmt.value->range;
  const auto condition = expr(ExprKind::unary);
  condition->text = "not";
  condition->operands = {stmt.value};
  check->value = condition;
  check->body = {end};
  auto made = std::make_shared<lang::Stmt>(stmt);
  made->value = expr(ExprKind::true_);
  made->body.insert(made->body.begin(), check);
  return made;
}
}  // namespace

/// A loop whose `else` runs unless `break` ended it: a flag remembers which it was.
void Emitter::emit_with_else(const lang::Stmt& stmt, const std::function<void()>& loop) {
  const bool needs_flag = !stmt.orelse.empty() && breaks(stmt.body);
  const std::string flag = needs_flag ? temporary("$broke_") : "";
  if (needs_flag) environment_.set_value(flag, constant(IValue(false), stmt.range), stmt.range);
  loop_else_flags_.push_back(flag);
  loop();
  loop_else_flags_.pop_back();
  if (!needs_flag) return emit_body(stmt.orelse);
  Condition ended;
  ended.value = emit_operator(*this, stmt.range, "aten::__not__",
                              {environment_.find(flag, stmt.range)->as_value(*this, stmt.range)});
  emit_branches(
      ended, [&] { emit_body(stmt.orelse); }, [] {}, stmt.range);
}

/// Makes the variable of a `:=` known in front of the loop whose condition assigns it, with the type that it will get.
void Emitter::declare_before_loop(const lang::Expr& named) {
  const std::string& name = named[0]->text;
  if (environment_.is_defined(name)) return;
  // Compiled once for its type alone, in a block that is thrown away.
  ir::Node* scratch = insert_node(kinds::comprehension_scope, {}, 0, named.range);
  ir::Block* block = scratch->add_block();
  TypePtr type;
  {
    ir::Graph::WithInsertPoint guard(*graph_, *block);
    environment_.push(*block);
    type = emit(*named[1])->type();
    environment_.pop();
  }
  scratch->destroy();
  ir::Node* placeholder = insert_node(kinds::uninitialized, {}, 1, named.range);
  environment_.set_value(name, placeholder->output()->set_type(type), named.range);
}

void Emitter::emit_while(const lang::Stmt& stmt) {
  std::vector<const lang::Expr*> named;
  collect_named(*stmt.value, named);
  if (!named.empty()) {
    for (const lang::Expr* expr : named) declare_before_loop(*expr);
    return emit_while(*with_condition_in_body(stmt));
  }
  const LoopState outer = std::exchange(loop_, LoopState::loop);
  const auto loop = [&] { emit_loop(stmt.range, nullptr, nullptr, stmt.value.get(), [&] { emit_body(stmt.body); }); };
  emit_with_else(stmt, [&] {
    loop();
    loop_ = outer;
  });
}

void Emitter::emit_for(const lang::Stmt& stmt) {
  if (stmt.value->is(ExprKind::tuple) && stmt.value->range.source()->text()[stmt.value->range.begin()] != '(' &&
      stmt.range.source()->filename() == "<string>")
    lang::fail_at(stmt.range, "List of iterables is not supported currently");
  emit_with_else(stmt, [&] {
    const auto body = [&] { emit_body(stmt.body); };
    SugaredValuePtr over;
    if (attempt([&] { over = emit_sugared(*stmt.value)->iterable(*this, stmt.range); }))
      return emit_for_over(*stmt.targets[0], over, stmt.range, body);
    // The body is looked at all the same, with nothing known of the elements.
    const LoopState outer = std::exchange(loop_, LoopState::loop);
    poison_target(*stmt.targets[0]);
    emit_loop(stmt.range, nullptr, nullptr, nullptr, body);
    loop_ = outer;
  });
}

void Emitter::emit_for_over(const lang::Expr& target, const SugaredValuePtr& over, const SourceRange& range,
                            const std::function<void()>& body) {
  if (const auto* iterator = dynamic_cast<IteratorValue*>(over.get()))
    return emit_iterator_loop(target, *iterator, range, body);
  const std::optional<size_t> length = over->static_length();
  if (!length) {
    const LoopState outer = std::exchange(loop_, LoopState::loop);
    emit_loop(range, over, &target, nullptr, body);
    loop_ = outer;
    return;
  }
  const LoopState outer = std::exchange(loop_, LoopState::unrolled);
  for (size_t i = 0; i < *length; ++i) {
    // Loops in loops multiply.
    constexpr size_t kMaxUnrolledTurns = 20'000;
    if (++unrolled_turns_ > kMaxUnrolledTurns)
      lang::fail_at(range, cat("loops over tuples and modules that unroll to more than ", kMaxUnrolledTurns,
                               " turns are not supported"));
    ir::Value* index = number_constant(IValue(int64_t(i)), range);
    const SugaredValuePtr element = over->element(*this, range, index);
    check_targets({std::shared_ptr<const lang::Expr>(std::shared_ptr<void>(), &target)}, target.range);
    assign_to(target, element, target.range);
    body();
  }
  loop_ = outer;
}

/// The Loop node as emitted has a second block with the condition; convert_to_ssa puts it before the loop and at the
/// body's end.
void Emitter::emit_loop(const SourceRange& range, const SugaredValuePtr& iterable, const lang::Expr* target,
                        const lang::Expr* condition, const std::function<void()>& body) {
  ir::Node* node = insert_node(kinds::loop, {}, 0, range);
  ir::Value* goes_on = nullptr;
  {
    ir::Graph::WithInsertPoint guard(*graph_, node);
    node->add_input(iterable ? iterable->length(*this, range)
                             : number_constant(IValue(std::numeric_limits<int64_t>::max()), range));
    // A loop over something goes on until its length is reached.
    if (!condition) goes_on = constant(IValue(true), range);
  }
  ir::Block* body_block = node->add_block();
  ir::Block* condition_block = node->add_block();
  {
    ir::Graph::WithInsertPoint guard(*graph_, *condition_block);
    environment_.push(*condition_block);
    if (condition) {
      Condition told;
      if (!attempt([&] { told = emit_condition(*condition); }))
        told = {.value = emit_unknown_condition(condition->range), .is_plain = true};
      goes_on = told.value;
      // PyTorch leaves a constant here that nothing uses: the numbers of later values show it.
      if (!told.is_plain) constant(IValue(), range);
    }
    condition_block->register_output(goes_on);
    environment_.pop();
  }
  {
    ir::Graph::WithInsertPoint guard(*graph_, *body_block);
    environment_.push(*body_block);
    ir::Value* counter = body_block->add_input()->set_type(types::int_());
    if (iterable) {
      ir::Value* element = iterable->element(*this, range, counter)->as_value(*this, range);
      check_targets({std::shared_ptr<const lang::Expr>(std::shared_ptr<void>(), target)}, range);
      assign_to(*target, simple(element), range);
    }
    body();
    environment_.pop();
  }
}

/// The loops and conditions of a comprehension from its part `at` on, around what is made of the element.
void Emitter::emit_comprehension_part(const lang::Expr& expr, size_t at, const std::function<void()>& element) {
  const lang::Comprehension& part = expr.comprehensions[at];
  const std::function<void(size_t)> from_condition = [&](size_t i) {
    if (i < part.conditions.size()) {
      const lang::Expr& condition = *part.conditions[i];
      return emit_branches(
          emit_condition(condition), [&] { from_condition(i + 1); }, [] {}, condition.range);
    }
    at + 1 < expr.comprehensions.size() ? emit_comprehension_part(expr, at + 1, element) : element();
  };
  const SugaredValuePtr over = emit_sugared(*part.iterable)->iterable(*this, expr.range);
  emit_for_over(*part.target, over, expr.range, [&] { from_condition(0); });
}
/// The same in a scope of its own: what the targets hide outside is read again afterwards.
void Emitter::emit_comprehension_loops(const lang::Expr& expr, const std::function<void()>& element,
                                       const std::function<void()>& behind) {
  ir::Node* scope = insert_node(kinds::comprehension_scope, {}, 0, expr.range);
  ir::Block* block = scope->add_block();
  ir::Graph::WithInsertPoint guard(*graph_, *block);
  environment_.push(*block);
  const size_t outer = environment_.depth() - 1;
  open_comprehensions_.push_back(outer);
  emit_comprehension_part(expr, 0, element);
  open_comprehensions_.pop_back();
  if (behind) behind();
  // What `:=` assigns is a variable around the comprehension, if there is one of that name.
  std::set<std::string> names;
  collect_assigned(expr, names);
  std::vector<std::pair<std::string, ir::Value*>> assigned;
  for (const std::string& name : names)
    if (environment_.is_defined_below(outer, name))
      assigned.emplace_back(name, environment_.find(name, expr.range)->as_value(*this, expr.range));
  environment_.pop();
  const ir::Graph::WithInsertPoint after(*graph_, scope->next());
  for (const auto& [name, value] : assigned) environment_.set_value(name, value, expr.range);
}

namespace {
/// What a comprehension yields becomes a value of the type that was asked for, as PyTorch's graphs say. Numbers and
/// texts keep theirs: the function has one constant of them for all places.
void give_type(ir::Value* made, const TypePtr& type) {
  if (made->node()->kind() != kinds::constant || made->type()->is(TypeKind::none)) made->set_type(type);
}
}  // namespace

ir::Value* Emitter::emit_list_comprehension(const lang::Expr& expr, const TypePtr& hint) {
  // The list stands before what it is filled from; without elements it is one of tensors.
  ir::Value* list = make_list({}, types::tensor(), expr.range);
  const DisplayHint wanted = narrow_hint(hint, TypeKind::list, expr.range);
  TypePtr type = wanted.type;
  if (type) list->set_type(type);
  std::vector<TypePtr> seen;
  emit_comprehension_loops(expr, [&] {
    ir::Value* element = emit(*expr[0]);
    if (!type) {
      // The first of several candidates that fits, else what the element says.
      for (const TypePtr& candidate : wanted.candidates)
        if (!type && element->type()->is_subtype_of(*candidate->expect<ElementType>().element())) type = candidate;
      if (!type) type = types::list(element->type());
      list->set_type(type);
    }
    seen.push_back(element->type());
    const TypePtr& expected = type->expect<ElementType>().element();
    if (!element->type()->is_subtype_of(*expected)) {
      const TypePtr common = unify_type_list(seen, nullptr, true);
      lang::fail_at(expr.range,
                    cat("List type annotation `", repr(*type),
                        "` did not match the types of the given list elements, which were unified to ", repr(*common)));
    }
    if (hint) give_type(element, expected);
    emit_operator_call(*this, expr.range, ir::Symbol::intern("aten::append"), {{"", element, expr.range}}, {},
                       NamedValue{"self", list, expr.range});
  });
  return list;
}

ir::Value* Emitter::emit_dict_comprehension(const lang::Expr& expr, const TypePtr& hint) {
  ir::Node* made = graph_->insert(graph_->create(kinds::dict_construct, 1));
  ir::Value* dict = made->output()->set_type(types::dict(types::string(), types::tensor()));
  const DisplayHint wanted = narrow_hint(hint, TypeKind::dict, expr.range);
  TypePtr type = wanted.type;
  if (type) dict->set_type(type);
  emit_comprehension_loops(
      expr,
      [&] {
        ir::Value* key = emit(*expr[0]);
        ir::Value* value = emit(*expr[1]);
        if (key->type()->is(TypeKind::union_))
          lang::fail_at(expr.range,
                        cat("Dicts may only contain homogeneous keys, but the type of the first generated key was ",
                            repr(*key->type())));
        if (!type) {
          for (const TypePtr& candidate : wanted.candidates) {
            const DictType& one = candidate->expect<DictType>();
            if (!type && key->type()->is_subtype_of(*one.key()) && value->type()->is_subtype_of(*one.value()))
              type = candidate;
          }
          if (!type) type = dict_type(key->type(), value->type());
          dict->set_type(type);
        }
        const DictType& expected = type->expect<DictType>();
        std::string why;
        if (!key->type()->is_subtype_of(*expected.key()))
          why = cat("Dict type annotation `", repr(expected), "` did not match the type of an actual key type `",
                    repr(*key->type()), "`\n");
        else if (!value->type()->is_subtype_of(*expected.value()))
          why = cat("Dict type annotation `", repr(expected), "` did not match the type of an actual value type `",
                    repr(*value->type()), "`\n");
        if (!why.empty()) lang::fail_at(expr.range, why);
        if (hint) give_type(value, expected.value());
        emit_operator_call(*this, expr.range, ir::Symbol::intern("aten::_set_item"),
                           {{"self", dict, expr.range}, {"", key, expr.range}, {"", value, expr.range}});
      },
      // In the scope of the comprehension still: the variable that is assigned does not name it.
      [&] {
        if (hint && !hint->is(TypeKind::dict) && !hint->is(TypeKind::any))
          dict = unchecked_cast(dict, hint, expr.range);
      });
  return dict;
}

}  // namespace rushlight::script
