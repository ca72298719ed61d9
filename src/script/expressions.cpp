/// Expressions: names, literals, calls, operators, displays.
#include <cmath>

#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"
#include "value/type_variables.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

std::string_view compare_op(const std::string& text);

namespace {
constexpr std::pair<std::string_view, std::string_view> kBinaryOps[] = {
    {"+", "aten::add"},        {"-", "aten::sub"},       {"*", "aten::mul"},     {"/", "aten::div"},
    {"//", "aten::floordiv"},  {"%", "aten::remainder"}, {"**", "aten::pow"},    {"@", "aten::matmul"},
    {"&", "aten::__and__"},    {"|", "aten::__or__"},    {"^", "aten::__xor__"}, {"<<", "aten::__lshift__"},
    {">>", "aten::__rshift__"}};
/// The method of a class that stands for an operator.
constexpr std::pair<std::string_view, std::string_view> kMagicMethods[] = {
    {"+", "__add__"}, {"-", "__sub__"},     {"*", "__mul__"},     {"/", "__truediv__"}, {"//", "__floordiv__"},
    {"%", "__mod__"}, {"**", "__pow__"},    {"@", "__matmul__"},  {"&", "__and__"},     {"|", "__or__"},
    {"^", "__xor__"}, {"<<", "__lshift__"}, {">>", "__rshift__"}, {"<", "__lt__"},      {"<=", "__le__"},
    {">", "__gt__"},  {">=", "__ge__"},     {"==", "__eq__"},     {"!=", "__ne__"}};

std::string_view find_in(std::span<const std::pair<std::string_view, std::string_view>> table,
                         const std::string& text) {
  for (const auto& [op, name] : table)
    if (op == text) return name;
  return {};
}
}  // namespace

ir::Value* Emitter::emit(const lang::Expr& expr, const TypePtr& hint) {
  return emit_sugared(expr, hint)->as_value(*this, expr.range);
}

SugaredValuePtr Emitter::emit_sugared(const lang::Expr& expr, const TypePtr& hint) {
  switch (expr.kind) {
    case ExprKind::name:
      return emit_name(expr);
    case ExprKind::attribute: {
      // Types by dotted name, such as torch.float32, are answered by the namespace.
      return emit_sugared(*expr[0])->attribute(*this, expr.range, expr.text);
    }
    case ExprKind::call:
      return emit_call(expr, hint);
    case ExprKind::subscript:
      return emit_subscript(expr, hint);
    case ExprKind::binary:
      return simple(emit_binary(expr));
    case ExprKind::unary:
      if (expr.text == "not") return simple(emit_condition(expr).value);
      return simple(emit_unary(expr));
    case ExprKind::compare: {
      if (expr.text == "is" || expr.text == "is not") return simple(emit_condition(expr).value);
      if (expr.text == "in" || expr.text == "not in") {
        ir::Value* element = emit(*expr[0]);
        ir::Value* container = emit(*expr[1]);
        ir::Value* found = emit_operator(*this, expr.range, "aten::__contains__", {container, element});
        return simple(expr.text == "in" ? found : emit_operator(*this, expr.range, "aten::__not__", {found}));
      }
      ir::Value* left = emit(*expr[0]);
      ir::Value* right = emit(*expr[1]);
      if (left->type()->is(TypeKind::class_))
        return MethodValue(left, std::string(find_in(kMagicMethods, expr.text)))
            .call(*this, expr.range, {{"", right, expr.range}}, {});
      return simple(emit_operator(*this, expr.range, compare_op(expr.text), {left, right}));
    }
    case ExprKind::bool_op:
      return simple(emit_condition(expr).value);
    case ExprKind::ternary:
      return simple(emit_ternary(expr, hint));
    case ExprKind::list:
    case ExprKind::tuple:
      return simple(emit_display(expr, hint));
    case ExprKind::dict:
      return simple(emit_dict(expr, hint));
    case ExprKind::list_comp:
    case ExprKind::generator:
      return simple(emit_list_comprehension(expr, hint));
    case ExprKind::integer: {
      const std::optional<int64_t> value = lang::integer_value(expr.text);
      if (!value) lang::fail_at(expr.range, "Integer literal does not fit 64 bits");
      return simple(number_constant(IValue(*value), expr.range));
    }
    case ExprKind::floating:
      return simple(number_constant(IValue(std::strtod(expr.text.c_str(), nullptr)), expr.range));
    case ExprKind::complex:
      return simple(
          number_constant(IValue(std::complex<double>(0, std::strtod(expr.text.c_str(), nullptr))), expr.range));
    case ExprKind::string:
      return simple(constant(IValue(expr.text), expr.range));
    case ExprKind::true_:
    case ExprKind::false_:
      return simple(constant(IValue(expr.is(ExprKind::true_)), expr.range));
    case ExprKind::none:
      return simple(constant(IValue(), expr.range));
    case ExprKind::fstring:
      return simple(emit_fstring(expr));
    case ExprKind::ellipsis:
      lang::fail_at(expr.range, "... is only supported in subscripts");
    case ExprKind::starred:
      lang::fail_at(expr.range, "Unexpected starred expansion. File a bug report");
    case ExprKind::slice:
      lang::fail_at(expr.range, "slices are only supported in subscripts");
    case ExprKind::set:
      lang::fail_at(expr.range, "Set aren't supported");
    case ExprKind::set_comp:
      lang::fail_at(expr.range, "SetComp aren't supported");
    case ExprKind::lambda:
      lang::fail_at(expr.range, "Lambda aren't supported");
    case ExprKind::dict_comp:
      lang::fail_at(expr.range, "dictionary comprehensions are not compiled by Rushlight yet");
    case ExprKind::format_value:
      break;
  }
  lang::fail_at(expr.range, "unexpected expression");
}

SugaredValuePtr Emitter::emit_name(const lang::Expr& expr) {
  if (SugaredValuePtr found = environment_.find(expr.text, expr.range)) return found;
  if (const std::string* why = environment_.why_forgotten(expr.text))
    lang::fail_at(expr.range, cat(expr.text, " is not defined here: ", *why));
  if (SugaredValuePtr found = resolver_->resolve_value(expr.text, function_, expr.range)) return found;
  if (SugaredValuePtr found = native_resolver()->resolve_value(expr.text, function_, expr.range)) return found;
  lang::fail_at(expr.range, cat("undefined value ", expr.text));
}

std::vector<NamedValue> Emitter::emit_arguments(const lang::Expr& call) {
  std::vector<NamedValue> arguments;
  for (size_t i = 1; i < call.operands.size(); ++i) {
    const lang::Expr& argument = *call[i];
    if (argument.is(ExprKind::starred)) {
      for (const SugaredValuePtr& part : emit_sugared(*argument[0])->as_tuple(*this, argument.range, std::nullopt))
        arguments.push_back({"", part->as_value(*this, argument.range), argument.range});
    } else {
      arguments.push_back({"", emit(argument), argument.range});
    }
  }
  return arguments;
}
std::vector<NamedValue> Emitter::emit_keywords(const lang::Expr& call) {
  std::vector<NamedValue> keywords;
  for (const lang::Keyword& keyword : call.keywords) {
    if (keyword.name.empty()) lang::fail_at(keyword.range, "keyword-arg expansion is not supported");
    keywords.push_back({keyword.name, emit(*keyword.value), keyword.value->range});
  }
  return keywords;
}

SugaredValuePtr Emitter::emit_call(const lang::Expr& expr, const TypePtr& hint) {
  const SugaredValuePtr callee = emit_sugared(*expr[0]);
  if (const auto* form = dynamic_cast<SpecialFormValue*>(callee.get()))
    return emit_special_form(form->form(), expr, hint);
  std::vector<NamedValue> arguments = emit_arguments(expr);
  std::vector<NamedValue> keywords = emit_keywords(expr);
  return callee->call(*this, expr.range, std::move(arguments), std::move(keywords));
}

SugaredValuePtr Emitter::emit_special_form(SpecialForm form, const lang::Expr& call, const TypePtr& hint) {
  const auto need = [&](size_t count, std::string_view name) {
    if (call.operands.size() != count + 1)
      lang::fail_at(call.range, cat(name, " expects ", count, " arguments, got ", call.operands.size() - 1));
  };
  switch (form) {
    case SpecialForm::print: {
      std::vector<ir::Value*> values;
      for (const NamedValue& argument : emit_arguments(call)) values.push_back(argument.value);
      insert_node(kinds::print, values, 0, call.range);
      return std::make_shared<NoneValue>();
    }
    case SpecialForm::range: {
      std::vector<ir::Value*> values;
      for (const NamedValue& argument : emit_arguments(call)) values.push_back(argument.value);
      return std::make_shared<RangeValue>(*this, call.range, std::move(values));
    }
    case SpecialForm::zip:
    case SpecialForm::enumerate: {
      std::vector<SugaredValuePtr> parts;
      if (form == SpecialForm::enumerate) {
        need(1, "enumerate");
        // Counts without end: the length of the other side decides.
        parts.push_back(std::make_shared<RangeValue>(
            *this, call.range,
            std::vector<ir::Value*>{number_constant(IValue(std::numeric_limits<int64_t>::max()), call.range)}));
      }
      for (size_t i = 1; i < call.operands.size(); ++i) parts.push_back(emit_sugared(*call[i]));
      return std::make_shared<ZippedValue>(std::move(parts));
    }
    case SpecialForm::annotate: {
      need(2, "annotate");
      const TypePtr type = type_of_annotation(*call[1]);
      ir::Value* value = emit(*call[2], type);
      if (value->type()->is(TypeKind::none) && !type->is(TypeKind::none))
        return simple(constant(IValue(), call.range, type));
      value = convert_implicitly(*this, call.range, value, type, true);
      if (!value->type()->is_subtype_of(*type))
        lang::fail_at(call.range, cat("expected an expression of type ", type->annotation(), " but found ",
                                      value->type()->annotation()));
      return simple(value);
    }
    case SpecialForm::unchecked_cast: {
      need(2, "unchecked_cast");
      const TypePtr type = type_of_annotation(*call[1]);
      ir::Value* value = emit(*call[2]);
      ir::Node* cast = insert_node(kinds::unchecked_cast, {&value, 1}, 1, call.range);
      cast->output()->set_type(type);
      return simple(cast->output());
    }
    case SpecialForm::uninitialized: {
      need(1, "uninitialized");
      ir::Node* node = insert_node(kinds::uninitialized, {}, 1, call.range);
      node->output()->set_type(type_of_annotation(*call[1]));
      return simple(node->output());
    }
    case SpecialForm::isinstance:
      return simple(emit_isinstance(call).value);
    case SpecialForm::getattr: {
      if (call.operands.size() < 3 || call.operands.size() > 4 || !call[2]->is(ExprKind::string))
        lang::fail_at(call.range, "getattr's second argument must be a string literal");
      const SugaredValuePtr object = emit_sugared(*call[1]);
      if (call.operands.size() == 4 && !object->has_attribute(*this, call.range, call[2]->text))
        return emit_sugared(*call[3]);
      return object->attribute(*this, call.range, call[2]->text);
    }
    case SpecialForm::hasattr: {
      need(2, "hasattr");
      if (!call[2]->is(ExprKind::string))
        lang::fail_at(call.range, "hasattr's second argument must be a string literal");
      const bool found = emit_sugared(*call[1])->has_attribute(*this, call.range, call[2]->text);
      return simple(constant(IValue(found), call.range));
    }
    case SpecialForm::list: {
      if (call.operands.size() == 1)
        return simple(
            make_list({}, hint && hint->is(TypeKind::list) ? hint->expect<ElementType>().element() : types::tensor(),
                      call.range));
      need(1, "list");
      const SugaredValuePtr iterable = emit_sugared(*call[1]);
      if (const auto* value = dynamic_cast<SimpleValue*>(iterable.get());
          value && (value->value()->type()->is(TypeKind::list) || value->value()->type()->is(TypeKind::string)))
        return simple(emit_operator(*this, call.range, "aten::list", {value->value()}));
      lang::Expr as_comprehension;
      as_comprehension.kind = ExprKind::list_comp;
      as_comprehension.range = call.range;
      auto element = std::make_shared<lang::Expr>();
      element->kind = ExprKind::name;
      element->text = "$element";
      element->range = call.range;
      as_comprehension.operands = {element};
      as_comprehension.comprehensions = {{element, call[1], {}}};
      return simple(emit_list_comprehension(as_comprehension, hint));
    }
    case SpecialForm::tuple: {
      need(1, "tuple");
      std::vector<ir::Value*> parts;
      std::vector<TypePtr> part_types;
      for (const SugaredValuePtr& part : emit_sugared(*call[1])->as_tuple(*this, call.range, std::nullopt)) {
        parts.push_back(part->as_value(*this, call.range));
        part_types.push_back(parts.back()->type());
      }
      ir::Node* node = insert_node(kinds::tuple_construct, parts, 1, {});
      node->output()->set_type(types::tuple(part_types));
      return simple(node->output());
    }
    case SpecialForm::tensor: {
      const std::vector<NamedValue> arguments = emit_arguments(call);
      return emit_operator_call(*this, call.range, ir::Symbol::intern("aten::tensor"), arguments, emit_keywords(call));
    }
    case SpecialForm::dict:
    case SpecialForm::fork:
      break;
  }
  lang::fail_at(call.range, "this builtin is not compiled by Rushlight yet");
}

ir::Value* Emitter::emit_binary(const lang::Expr& expr) {
  ir::Value* left = emit(*expr[0]);
  // PyTorch evaluates the left side of % twice, to see whether it formats a string.
  if (expr.text == "%") left = emit(*expr[0]);
  ir::Value* right = emit(*expr[1]);
  if (expr.text == "%" && left->type()->is(TypeKind::string)) {
    std::vector<ir::Value*> inputs{left};
    if (right->node()->kind() == kinds::tuple_construct)
      inputs.insert(inputs.end(), right->node()->inputs().begin(), right->node()->inputs().end());
    else
      inputs.push_back(right);
    return emit_operator(*this, expr.range, "aten::percentFormat", inputs);
  }
  if (left->type()->is(TypeKind::class_))
    return MethodValue(left, std::string(find_in(kMagicMethods, expr.text)))
        .call(*this, expr.range, {{"", right, expr.range}}, {})
        ->as_value(*this, expr.range);
  const TupleType* a = left->type()->as<TupleType>();
  const TupleType* b = right->type()->as<TupleType>();
  if (expr.text == "+" && a && b) {
    std::vector<ir::Value*> parts;
    std::vector<TypePtr> part_types;
    for (ir::Value* tuple : {left, right})
      for (const SugaredValuePtr& part : simple(tuple)->as_tuple(*this, expr.range, std::nullopt)) {
        parts.push_back(part->as_value(*this, expr.range));
        part_types.push_back(parts.back()->type());
      }
    ir::Node* node = insert_node(kinds::tuple_construct, parts, 1, {});
    node->output()->set_type(types::tuple(part_types));
    return node->output();
  }
  return emit_operator(*this, expr.range, find_in(kBinaryOps, expr.text), {left, right});
}

ir::Value* Emitter::emit_unary(const lang::Expr& expr) {
  const bool literal =
      expr[0]->is(ExprKind::integer) || expr[0]->is(ExprKind::floating) || expr[0]->is(ExprKind::complex);
  ir::Value* value = emit(*expr[0]);
  if (expr.text == "+") {
    if (!value->type()->is_subtype_of(*types::number()) && !value->type()->is(TypeKind::tensor))
      lang::fail_at(expr.range, cat("bad operand type for unary +: ", value->type()->annotation()));
    return value;
  }
  ir::Value* result = emit_operator(*this, expr.range, expr.text == "-" ? "aten::neg" : "aten::bitwise_not", {value});
  // The negative of a literal is folded at once; the operator's number stays used.
  if (literal && expr.text == "-" && ir::constant_value(value)) {
    const IValue number = *ir::constant_value(value);
    return constant(IValue(-number.to_scalar()), expr.range);
  }
  return result;
}

ir::Value* Emitter::emit_display(const lang::Expr& expr, const TypePtr& hint) {
  const bool is_list = expr.is(ExprKind::list);
  const TypePtr element_hint =
      is_list && hint && hint->is(TypeKind::list) ? hint->expect<ElementType>().element() : nullptr;
  const TupleType* tuple_hint = !is_list && hint ? hint->as<TupleType>() : nullptr;
  std::vector<ir::Value*> values;
  std::vector<TypePtr> value_types;
  for (size_t i = 0; i < expr.operands.size(); ++i) {
    const lang::Expr& part = *expr[i];
    if (part.is(ExprKind::starred)) {
      for (const SugaredValuePtr& element : emit_sugared(*part[0])->as_tuple(*this, part.range, std::nullopt))
        values.push_back(element->as_value(*this, part.range));
    } else {
      values.push_back(emit(part, is_list                                           ? element_hint
                                  : tuple_hint && i < tuple_hint->elements().size() ? tuple_hint->elements()[i]
                                                                                    : nullptr));
    }
  }
  for (ir::Value* value : values) value_types.push_back(value->type());
  if (!is_list) {
    ir::Node* node = insert_node(kinds::tuple_construct, values, 1, expr.range);
    node->set_range({});
    node->output()->set_type(types::tuple(value_types));
    return node->output();
  }
  TypePtr element = element_hint;
  if (!element && values.empty()) element = types::tensor();
  if (!element) {
    element = value_types[0];
    for (size_t i = 1; i < value_types.size(); ++i) {
      const TypePtr common = unify_types(element, value_types[i]);
      if (!common)
        lang::fail_at(expr.range,
                      cat("Expected all elements of the list to have the same type, found ", element->annotation(),
                          " and ", value_types[i]->annotation()),
                      "annotate the list: xs: List[Union[int, str]] = [...]");
      element = common;
    }
  } else {
    for (ir::Value*& value : values) {
      value = convert_implicitly(*this, expr.range, value, element, true);
      if (!value->type()->is_subtype_of(*element))
        lang::fail_at(expr.range, cat("List type annotation `", hint->annotation(),
                                      "` did not match the types of the given list elements, which were ",
                                      value->type()->annotation()));
    }
  }
  return make_list(values, element, expr.range);
}

ir::Value* Emitter::emit_dict(const lang::Expr& expr, const TypePtr& hint) {
  const DictType* dict_hint = hint ? hint->as<DictType>() : nullptr;
  std::vector<ir::Value*> parts;
  TypePtr key = dict_hint ? dict_hint->key() : nullptr, value = dict_hint ? dict_hint->value() : nullptr;
  for (size_t i = 0; i + 1 < expr.operands.size(); i += 2) {
    if (!expr[i]) lang::fail_at(expr.range, "Dict expansion (e.g. `{**dict}`) is not supported");
    parts.push_back(emit(*expr[i], key));
    parts.push_back(emit(*expr[i + 1], value));
    if (!key) key = parts[0]->type();
    if (!value) value = parts[1]->type();
    if (!dict_hint) {
      const TypePtr common = unify_types(value, parts.back()->type());
      if (!common)
        lang::fail_at(expr.range, cat("Dict values must contain only a single type, expected: ", value->annotation(),
                                      " but found ", parts.back()->type()->annotation(), " instead"));
      value = common;
    }
  }
  ir::Node* node = insert_node(kinds::dict_construct, parts, 1, expr.range);
  node->output()->set_type(types::dict(key ? key : types::string(), value ? value : types::tensor()));
  return node->output();
}

ir::Value* Emitter::emit_fstring(const lang::Expr& expr) {
  std::string text;
  std::vector<ir::Value*> values;
  for (const lang::ExprPtr& part : expr.operands) {
    if (part->is(ExprKind::string)) {
      text += part->text;
      continue;
    }
    if (part->operands[1] || !part->text.empty())
      lang::fail_at(part->range, "Don't support conversion or format specs in f-strings");
    values.push_back(emit(*(*part)[0]));
    text += "{}";
  }
  std::vector<ir::Value*> inputs{constant(IValue(text), expr.range)};
  inputs.insert(inputs.end(), values.begin(), values.end());
  return emit_operator(*this, expr.range, "aten::format", inputs);
}

}  // namespace rushlight::script
