/// while, for, and comprehensions.
#include <limits>

#include "base/text.h"
#include "script/emitter.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

void Emitter::emit_while(const lang::Stmt& stmt) {
  if (!stmt.orelse.empty()) lang::fail_at(stmt.range, "else branches of while loops aren't supported");
  emit_loop(stmt.range, nullptr, nullptr, stmt.value.get(), [&] { emit_body(stmt.body); });
}

void Emitter::emit_for(const lang::Stmt& stmt) {
  if (!stmt.orelse.empty()) lang::fail_at(stmt.range, "else branches of for loops aren't supported");
  const SugaredValuePtr iterable = emit_sugared(*stmt.value);
  const lang::Expr& target = *stmt.targets[0];
  if (iterable->is_unrolled()) {
    const std::vector<SugaredValuePtr> elements = iterable->as_tuple(*this, stmt.value->range, std::nullopt);
    for (size_t i = 0; i < elements.size(); ++i) {
      number_constant(IValue(int64_t(i)), stmt.value->range);
      assign_to(target, elements[i], target.range, nullptr);
      emit_body(stmt.body);
    }
    return;
  }
  emit_loop(stmt.range, iterable, &target, nullptr, [&] { emit_body(stmt.body); });
}

/// The Loop node as emitted has a second block with the condition; convert_to_ssa puts it before the loop and at the
/// body's end.
void Emitter::emit_loop(const SourceRange& range, const SugaredValuePtr& iterable, const lang::Expr* target,
                        const lang::Expr* condition, const std::function<void()>& body) {
  ir::Node* node = insert_node(kinds::loop, {}, 0, range);
  Condition loop_condition;
  {
    ir::Graph::WithInsertPoint guard(*graph_, node);
    if (iterable && !iterable->is_iterable())
      lang::fail_at(range, cat("'", iterable->kind(), "' object is not iterable"));
    node->add_input(iterable ? iterable->length(*this, range)
                             : number_constant(IValue(std::numeric_limits<int64_t>::max()), range));
    // A loop over something goes on until its length is reached.
    if (!condition) loop_condition.value = constant(IValue(true), range);
  }
  ir::Block* body_block = node->add_block();
  ir::Block* condition_block = node->add_block();
  {
    ir::Graph::WithInsertPoint guard(*graph_, *condition_block);
    environment_.push(*condition_block);
    if (condition) loop_condition = emit_condition(*condition);
    condition_block->register_output(loop_condition.value);
    environment_.pop();
  }
  {
    ir::Graph::WithInsertPoint guard(*graph_, *body_block);
    environment_.push(*body_block);
    ir::Value* counter = body_block->add_input()->set_type(types::int_());
    refine(loop_condition.when_true, range);
    if (iterable) assign_to(*target, iterable->element(*this, range, counter), target->range, nullptr);
    body();
    environment_.pop();
  }
}

ir::Value* Emitter::emit_list_comprehension(const lang::Expr& expr, const TypePtr& hint) {
  if (expr.comprehensions.size() != 1) lang::fail_at(expr.range, "Only a single generator is currently supported");
  const lang::Comprehension& part = expr.comprehensions[0];
  if (!part.conditions.empty()) lang::fail_at(expr.range, "Comprehension ifs are not supported yet");
  const TypePtr element_hint = hint && hint->is(TypeKind::list) ? hint->expect<ElementType>().element() : nullptr;
  // The list stands before what it is filled from.
  ir::Value* list = make_list({}, element_hint ? element_hint : types::tensor(), expr.range);
  const SugaredValuePtr iterable = emit_sugared(*part.iterable);
  if (iterable->is_unrolled()) {
    std::vector<ir::Value*> elements;
    environment_.push(*graph_->insert_point()->owning_block());
    for (const SugaredValuePtr& element : iterable->as_tuple(*this, expr.range, std::nullopt)) {
      assign_to(*part.target, element, part.target->range, nullptr);
      elements.push_back(emit(*expr[0], element_hint));
    }
    environment_.pop();
    if (elements.empty()) return make_list({}, element_hint ? element_hint : types::tensor(), expr.range);
    return make_list(elements, elements[0]->type(), expr.range);
  }
  bool typed = element_hint != nullptr;
  // The loop variable is the comprehension's own: what it hides outside is read again afterwards.
  ir::Node* scope = insert_node(kinds::comprehension_scope, {}, 0, expr.range);
  ir::Block* block = scope->add_block();
  ir::Graph::WithInsertPoint guard(*graph_, *block);
  environment_.push(*block);
  emit_loop(expr.range, iterable, part.target.get(), nullptr, [&] {
    ir::Value* element = emit(*expr[0], element_hint);
    if (!typed) {
      list->set_type(types::list(element->type()));
      typed = true;
    }
    emit_operator_call(*this, expr.range, ir::Symbol::intern("aten::append"),
                       {{"", list, expr.range}, {"", element, expr.range}});
  });
  environment_.pop();
  return list;
}

}  // namespace rushlight::script
