/// while, for, and comprehensions.
#include <limits>

#include "base/text.h"
#include "script/annotations.h"
#include "script/emitter.h"
#include "value/class_type.h"
#include "value/unify.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

void Emitter::emit_while(const lang::Stmt& stmt) {
  const LoopState outer = std::exchange(loop_, LoopState::loop);
  emit_loop(stmt.range, nullptr, nullptr, stmt.value.get(), [&] { emit_body(stmt.body); });
  loop_ = outer;
}

void Emitter::emit_for(const lang::Stmt& stmt) {
  if (stmt.value->is(ExprKind::tuple) && stmt.value->range.source()->text()[stmt.value->range.begin()] != '(' &&
      stmt.range.source()->filename() == "<string>")
    lang::fail_at(stmt.range, "List of iterables is not supported currently");
  emit_for_over(*stmt.targets[0], *stmt.value, stmt.range, [&] { emit_body(stmt.body); });
}

void Emitter::emit_for_over(const lang::Expr& target, const lang::Expr& iterable, const SourceRange& range,
                            const std::function<void()>& body) {
  const SugaredValuePtr over = emit_sugared(iterable)->iterable(*this, range);
  const std::optional<size_t> length = over->static_length();
  if (!length) {
    const LoopState outer = std::exchange(loop_, LoopState::loop);
    emit_loop(range, over, &target, nullptr, body);
    loop_ = outer;
    return;
  }
  const LoopState outer = std::exchange(loop_, LoopState::unrolled);
  for (size_t i = 0; i < *length; ++i) {
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
      goes_on = emit_condition(*condition).value;
      // The numbers of PyTorch's values show one more here, which nothing uses.
      const std::string& op = condition->text;
      const bool is_logical = condition->is(ExprKind::bool_op) || (condition->is(ExprKind::unary) && op == "not") ||
                              (condition->is(ExprKind::compare) && (op == "is" || op == "is not"));
      if (is_logical) graph_->create(kinds::constant, {}, 1)->destroy();
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

ir::Value* Emitter::emit_list_comprehension(const lang::Expr& expr, const TypePtr& hint) {
  const lang::Comprehension& part = expr.comprehensions[0];
  // The list stands before what it is filled from; without elements it is one of tensors.
  ir::Value* list = make_list({}, types::tensor(), expr.range);
  const DisplayHint wanted = narrow_hint(hint, TypeKind::list, expr.range);
  bool typed = false;
  if (wanted.type) {
    list->set_type(wanted.type);
    typed = true;
  }
  std::vector<TypePtr> seen;
  // The loop variable is the comprehension's own: what it hides outside is read again afterwards.
  ir::Node* scope = insert_node(kinds::comprehension_scope, {}, 0, expr.range);
  ir::Block* block = scope->add_block();
  {
    ir::Graph::WithInsertPoint guard(*graph_, *block);
    environment_.push(*block);
    emit_for_over(*part.target, *part.iterable, expr.range, [&] {
      ir::Value* element = emit(*expr[0]);
      if (!typed) {
        list->set_type(types::list(element->type()));
        typed = true;
      }
      seen.push_back(element->type());
      const TypePtr& expected = list->type()->expect<ElementType>().element();
      if (!element->type()->is_subtype_of(*expected)) {
        const TypePtr common = unify_type_list(seen, nullptr, true);
        lang::fail_at(expr.range, cat("List type annotation `", repr(*list->type()),
                                      "` did not match the types of the given list elements, which were unified to ",
                                      repr(*common)));
      }
      emit_operator_call(*this, expr.range, ir::Symbol::intern("aten::append"), {{"", element, expr.range}}, {},
                         NamedValue{"self", list, expr.range});
    });
    environment_.pop();
  }
  return wanted.whole ? unchecked_cast(list, wanted.whole, expr.range) : list;
}

ir::Value* Emitter::emit_dict_comprehension(const lang::Expr& expr, const TypePtr& hint) {
  const lang::Comprehension& part = expr.comprehensions[0];
  ir::Node* made = graph_->insert(graph_->create(kinds::dict_construct, 1));
  ir::Value* dict = made->output()->set_type(types::dict(types::string(), types::tensor()));
  const DisplayHint wanted = narrow_hint(hint, TypeKind::dict, expr.range);
  bool typed = false;
  if (wanted.type) {
    dict->set_type(wanted.type);
    typed = true;
  }
  ir::Node* scope = insert_node(kinds::comprehension_scope, {}, 0, expr.range);
  ir::Block* block = scope->add_block();
  {
    ir::Graph::WithInsertPoint guard(*graph_, *block);
    environment_.push(*block);
    emit_for_over(*part.target, *part.iterable, expr.range, [&] {
      ir::Value* key = emit(*expr[0]);
      ir::Value* value = emit(*expr[1]);
      if (!typed || key->type()->is(TypeKind::union_)) {
        if (key->type()->is(TypeKind::union_))
          lang::fail_at(expr.range,
                        cat("Dicts may only contain homogeneous keys, but the type of the first generated key was ",
                            repr(*key->type())));
        dict->set_type(dict_type(key->type(), value->type()));
        typed = true;
      }
      const DictType& type = dict->type()->expect<DictType>();
      std::string why;
      if (!key->type()->is_subtype_of(*type.key()))
        why = cat("Dict type annotation `", repr(type), "` did not match the type of an actual key type `",
                  repr(*key->type()), "`\n");
      else if (!value->type()->is_subtype_of(*type.value()))
        why = cat("Dict type annotation `", repr(type), "` did not match the type of an actual value type `",
                  repr(*value->type()), "`\n");
      if (!why.empty()) lang::fail_at(expr.range, why);
      emit_operator_call(*this, expr.range, ir::Symbol::intern("aten::_set_item"),
                         {{"self", dict, expr.range}, {"", key, expr.range}, {"", value, expr.range}});
    });
    environment_.pop();
  }
  return wanted.whole ? unchecked_cast(dict, wanted.whole, expr.range) : dict;
}

}  // namespace rushlight::script
