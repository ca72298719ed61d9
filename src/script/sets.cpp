/// Sets: displays, comprehensions, `set(x)` and `frozenset(x)`. All are made from a list of the elements.
#include "base/text.h"
#include "script/annotations.h"
#include "script/emitter.h"

namespace rushlight::script {

using lang::ExprKind;

namespace {
/// What the hint says of the elements; null: nothing.
TypePtr hinted_element(const TypePtr& hint, TypeKind kind) {
  if (!hint) return nullptr;
  const TypePtr& type = hint->is(TypeKind::optional) ? hint->contained()[0] : hint;
  return type->is(kind) ? type->contained()[0] : nullptr;
}
}  // namespace

ir::Value* Emitter::make_set(ir::Value* list, bool is_frozen, const SourceRange& range) {
  const TypePtr& element = list->type()->expect<ElementType>().element();
  set_type(element, is_frozen, range);  // refuses elements that cannot be hashed
  return emit_operator(*this, range, is_frozen ? "rushlight::frozenset" : "rushlight::set", {list});
}

/// `{a, b}` and `{e for x in y}`.
ir::Value* Emitter::emit_set(const lang::Expr& expr, const TypePtr& hint) {
  const TypePtr element = hinted_element(hint, TypeKind::set);
  const TypePtr list_hint = element ? types::list(element) : nullptr;
  ir::Value* list = expr.is(ExprKind::set_comp) ? emit_list_comprehension(expr, list_hint) : emit_list(expr, list_hint);
  return make_set(list, /*is_frozen=*/false, expr.range);
}

ir::Value* Emitter::emit_set_form(const lang::Expr& call, bool is_frozen, const TypePtr& hint) {
  const char* const name = is_frozen ? "frozenset" : "set";
  if (!call.keywords.empty()) lang::fail_at(call.range, cat(name, "() takes no keyword arguments"));
  if (call.operands.size() > 2)
    lang::fail_at(call.range, cat(name, " expected at most 1 argument, got ", call.operands.size() - 1));
  const TypePtr element = hinted_element(hint, is_frozen ? TypeKind::frozenset : TypeKind::set);
  if (call.operands.size() == 1) {
    if (!element)
      lang::fail_at(call.range, cat("The type of the elements of an empty ", name, " is not known"),
                    cat("annotate the variable: `x: ", is_frozen ? "FrozenSet" : "Set", "[int] = ", name, "()`"));
    return make_set(make_list({}, element, call.range), is_frozen, call.range);
  }
  const TypePtr list_hint = element ? types::list(element) : nullptr;
  const SugaredValuePtr given = emit_sugared(*call[1], call[1]->is(ExprKind::list) ? list_hint : nullptr);
  ir::Value* value = as_simple(given);
  if (!value || !value->type()->is(TypeKind::list)) value = list_of(given, call.range, list_hint);
  return make_set(value, is_frozen, call.range);
}

}  // namespace rushlight::script
