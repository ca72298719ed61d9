/// `key` and `reverse` of sorted, sort, min and max: the keys are a list of their own, by which operators order.
#include "base/text.h"
#include "script/emitter.h"

namespace rushlight::script {

using lang::ExprKind;

/// [key(element) for element in list].
ir::Value* Emitter::keys_of(ir::Value* list, const SugaredValuePtr& key, const SourceRange& range) {
  if (!key) return list;
  const auto node = [&](ExprKind kind, std::string text) {
    auto expr = std::make_shared<lang::Expr>();
    expr->kind = kind;
    expr->text = std::move(text);
    expr->range = range;
    return expr;
  };
  const std::string key_name = temporary("$_key"), list_name = temporary("$_iter"), element = temporary("$_elem");
  environment_.bind(key_name, key);
  environment_.set(list_name, simple(list), range);
  const auto call = node(ExprKind::call, "");
  call->operands = {node(ExprKind::name, key_name), node(ExprKind::name, element)};
  lang::Expr comprehension;
  comprehension.kind = ExprKind::list_comp;
  comprehension.range = range;
  comprehension.operands = {call};
  comprehension.comprehensions = {{node(ExprKind::name, element), node(ExprKind::name, list_name), {}}};
  return emit_list_comprehension(comprehension, nullptr);
}

/// Null for other builtins, and for calls without these keywords.
SugaredValuePtr Emitter::emit_ordering(const BuiltinFunction& builtin, const lang::Expr& call) {
  if (call.keywords.empty()) return nullptr;
  const std::string_view name = builtin.name().str();
  const bool is_sorted = name == "aten::sorted", is_extreme = name == "prim::min" || name == "prim::max";
  const bool is_sort = name == "aten::sort" && builtin.self() && builtin.self()->value->type()->is(TypeKind::list);
  if (!is_sorted && !is_extreme && !is_sort) return nullptr;
  const lang::Keyword *key = nullptr, *reverse = nullptr;
  for (const lang::Keyword& keyword : call.keywords) {
    if (keyword.name == "key")
      key = &keyword;
    else if (keyword.name == "reverse" && !is_extreme)
      reverse = &keyword;
    else
      return nullptr;  // the operator says what is wrong
  }
  // `l.sort(reverse=True)` is an operator of PyTorch.
  if (!key && !is_sorted) return nullptr;
  const size_t given = call.operands.size() - 1;
  if (is_sort ? given != 0 : given == 0 || (is_sorted && given > 1))
    lang::fail_at(call.range, cat(call[0]->text, " with keywords takes ", is_sort ? "no" : "one",
                                  " positional argument", is_sort ? "s" : "", " but found ", given));
  ir::Value* list;
  if (is_sort) {
    list = builtin.self()->value;
  } else if (given > 1) {
    lang::Expr display;
    display.kind = ExprKind::list;
    display.range = call.range;
    display.operands.assign(call.operands.begin() + 1, call.operands.end());
    list = emit_list(display, nullptr);
  } else {
    const SugaredValuePtr over = emit_sugared(*call[1]);
    list = as_simple(over);
    if (!list || !list->type()->is(TypeKind::list)) list = list_of(over, call.range, nullptr);
  }
  const SugaredValuePtr function = key && !key->value->is(ExprKind::none) ? emit_sugared(*key->value) : nullptr;
  ir::Value* keys = keys_of(list, function, call.range);
  if (is_extreme) {
    ir::Value* place = emit_operator(
        *this, call.range, name == "prim::min" ? "rushlight::place_of_min" : "rushlight::place_of_max", {keys});
    return simple(emit_operator(*this, call.range, "aten::__getitem__", {list, place}));
  }
  ir::Value* descending =
      reverse ? to_bool(emit(*reverse->value), reverse->value->range) : constant(IValue(false), call.range);
  return simple(emit_operator(*this, call.range, is_sort ? "rushlight::sort_by" : "rushlight::sorted_by",
                              {list, keys, descending}));
}

}  // namespace rushlight::script
