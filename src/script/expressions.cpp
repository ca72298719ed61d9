/// Expressions: names, literals, calls, operators.
#include <algorithm>
#include <cmath>

#include "base/stack_guard.h"
#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

namespace {
/// The builtin of an operator, and the method that stands for it in classes; empty: none.
struct OperatorName {
  std::string_view text, builtin, method;
  std::string_view reflected = {};  ///< of the right side's class, where the left side has no method
};
constexpr OperatorName kOperators[] = {{"+", "aten::add", "__add__", "__radd__"},
                                       {"-", "aten::sub", "__sub__", "__rsub__"},
                                       {"*", "aten::mul", "__mul__", "__rmul__"},
                                       {"/", "aten::div", "__truediv__", "__rtruediv__"},
                                       {"//", "aten::floordiv", "__floordiv__", "__rfloordiv__"},
                                       {"%", "aten::remainder", "__mod__", "__rmod__"},
                                       {"**", "aten::pow", "__pow__", "__rpow__"},
                                       {"@", "aten::matmul", "__matmul__", "__rmatmul__"},
                                       {"&", "aten::__and__", "__and__", "__rand__"},
                                       {"|", "aten::__or__", "__or__", "__ror__"},
                                       {"^", "aten::__xor__", "__xor__", "__rxor__"},
                                       {"<<", "aten::__lshift__", "__lshift__", "__rlshift__"},
                                       {">>", "aten::__rshift__", "__rshift__", "__rrshift__"},
                                       {"<", "aten::lt", "__lt__", "__gt__"},
                                       {"<=", "aten::le", "__le__", "__ge__"},
                                       {">", "aten::gt", "__gt__", "__lt__"},
                                       {">=", "aten::ge", "__ge__", "__le__"},
                                       {"==", "aten::eq", "__eq__", "__eq__"},
                                       {"!=", "aten::ne", "__ne__", "__ne__"},
                                       {"in", "aten::__contains__", "__contains__"}};
bool has_method(const ir::Value* value, std::string_view name) {
  const ClassType* cls = value->type()->as<ClassType>();
  return cls && !name.empty() && cls->find_method(std::string(name));
}
/// Whether values of this type can be compared as Python compares them; tensors and objects answer `==` themselves.
bool has_equality(const Type& type) {
  switch (type.kind()) {
    case TypeKind::none:
    case TypeKind::int_:
    case TypeKind::float_:
    case TypeKind::bool_:
    case TypeKind::complex:
    case TypeKind::number:
    case TypeKind::string:
    case TypeKind::device:
    case TypeKind::enum_:
      return true;
    case TypeKind::optional:
    case TypeKind::union_:
    case TypeKind::list:
    case TypeKind::tuple:
    case TypeKind::dict:
    case TypeKind::set:
    case TypeKind::frozenset:
      return std::ranges::all_of(type.contained(), [](const TypePtr& part) { return has_equality(*part); });
    default:
      return false;
  }
}
bool is_plain(const Type& type) {
  return type.is(TypeKind::int_) || type.is(TypeKind::float_) || type.is(TypeKind::bool_) ||
         type.is(TypeKind::string) || type.is(TypeKind::tensor);
}
/// Where PyTorch has no `==`: dictionaries, optionals, unions, None, and lists and tuples that are not of one plain
/// type.
bool lacks_equality(const Type& type) {
  switch (type.kind()) {
    case TypeKind::dict:
    case TypeKind::optional:
    case TypeKind::none:
      return true;
    case TypeKind::union_:
      return !type.is_subtype_of(*types::number());
    case TypeKind::list:
      return !is_plain(*type.contained()[0]);
    case TypeKind::tuple:
      return std::ranges::any_of(type.contained(), [&](const TypePtr& part) {
        return !is_plain(*part) || part->kind() != type.contained()[0]->kind();
      });
    default:
      return false;
  }
}
const OperatorName& find_operator_name(std::string_view text) {
  for (const OperatorName& op : kOperators)
    if (op.text == text) return op;
  throw RuntimeError(cat("unknown operator ", text));
}
SugaredValuePtr magic(std::string_view method, std::string_view builtin) {
  return std::make_shared<MagicMethod>(std::string(method),
                                       std::make_shared<BuiltinFunction>(ir::Symbol::intern(builtin)));
}
}  // namespace

ir::Value* Emitter::emit(const lang::Expr& expr, const TypePtr& hint) {
  // Where a function that is compiled on the way is called from.
  lang::CompilationFrame::now_at(expr.range);
  return emit_sugared(expr, hint)->as_value(*this, expr.range);
}

SugaredValuePtr Emitter::emit_sugared(const lang::Expr& expr, const TypePtr& hint) {
  check_stack();
  switch (expr.kind) {
    case ExprKind::name:
      return emit_name(expr);
    case ExprKind::attribute:
      return emit_sugared(*expr[0])->attribute(*this, expr.range, expr.text);
    case ExprKind::call:
      return emit_call(expr, hint);
    case ExprKind::subscript:
      return emit_subscript(expr, hint);
    case ExprKind::binary:
      return simple(emit_binary(expr));
    case ExprKind::unary:
      return simple(expr.text == "not" ? emit_condition(expr).value : emit_unary(expr));
    case ExprKind::compare:
      if (expr.text == "is" || expr.text == "is not" || expr.text == "not in")
        return simple(emit_condition(expr).value);
      return simple(emit_operator_of(expr, /*swapped=*/expr.text == "in"));
    case ExprKind::bool_op:
      return simple(emit_condition(expr).value);
    case ExprKind::ternary:
      return simple(emit_ternary(expr, hint));
    case ExprKind::list:
      return simple(emit_list(expr, hint));
    case ExprKind::tuple:
      return simple(make_tuple(emit_all(expr.operands)));
    case ExprKind::dict:
      return simple(emit_dict(expr, hint));
    case ExprKind::set:
    case ExprKind::set_comp:
      return simple(emit_set(expr, hint));
    case ExprKind::list_comp:
    case ExprKind::generator:
      return simple(emit_list_comprehension(expr, hint));
    case ExprKind::dict_comp:
      return simple(emit_dict_comprehension(expr, hint));
    case ExprKind::integer: {
      const std::optional<int64_t> value = lang::integer_value(expr.text);
      if (!value) lang::fail_at(expr.range, "Integral constant out of range (must fit in a signed 64 bit integer)");
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
    case ExprKind::named:
      return emit_named(expr);
    case ExprKind::lambda:
      return emit_lambda(expr);
    case ExprKind::ellipsis:
      lang::fail_at(expr.range, "Cannot emit expr for: (dots)\n");
    case ExprKind::starred:
      lang::fail_at(expr.range, "Unexpected starred expansion. File a bug report");
    default:
      lang::fail_at(expr.range, "Cannot emit expr for: this construct");
  }
}

SugaredValuePtr Emitter::emit_name(const lang::Expr& expr) {
  if (SugaredValuePtr found = environment_.find(expr.text, expr.range)) return found;
  if (SugaredValuePtr found = builtin_name(expr.text)) return found;
  if (SugaredValuePtr found = resolver_->resolve_value(expr.text, function_, expr.range)) return found;
  if (SugaredValuePtr found = native_resolver()->resolve_value(expr.text, function_, expr.range)) return found;
  if (const std::string* why = environment_.why_forgotten(expr.text))
    throw CompileError(
        {.message = cat("\n", *why, "and was used here:\n", lang::located(expr.range), lang::CompilationFrame::chain()),
         .range = expr.range});
  lang::fail_at(expr.range, cat("undefined value ", expr.text));
}

/// `x := e`.
SugaredValuePtr Emitter::emit_named(const lang::Expr& expr) {
  if (lambda_calls_) lang::fail_at(expr.range, "`:=` inside of a lambda is not supported");
  environment_.set(expr[0]->text, emit_sugared(*expr[1]), expr[0]->range);
  return environment_.find(expr[0]->text, expr.range);
}

std::vector<ir::Value*> Emitter::emit_all(const std::vector<lang::ExprPtr>& exprs, size_t first) {
  std::vector<ir::Value*> values;
  Parts parts(*this);
  for (size_t i = first; i < exprs.size(); ++i)
    parts.look([&] {
      const lang::Expr& expr = *exprs[i];
      if (expr.is(ExprKind::starred)) {
        for (const SugaredValuePtr& part : emit_sugared(*expr[0])->as_tuple(*this, expr.range, std::nullopt))
          values.push_back(part->as_value(*this, expr.range));
      } else {
        values.push_back(emit(expr));
      }
    });
  parts.check();
  return values;
}

/// The `**kwargs` of a compiled form, if `expr` is its name.
std::shared_ptr<KeywordsValue> Emitter::known_keywords(const lang::Expr& expr) const {
  if (!expr.is(ExprKind::name)) return nullptr;
  return std::dynamic_pointer_cast<KeywordsValue>(environment_.find_sugared(expr.text));
}

void Emitter::emit_argument(const lang::Expr& argument, std::vector<NamedValue>& arguments, SugaredValue* callee) {
  const SourceRange& range = argument.range;
  if (!argument.is(ExprKind::starred)) {
    arguments.push_back({.name = "", .value = emit(argument), .range = range, .source = &argument});
    return;
  }
  const SugaredValuePtr given = emit_sugared(*argument[0]);
  ir::Value* value = as_simple(given);
  // A list of any length goes to a parameter `*args`.
  if (value && value->type()->is(TypeKind::list) && callee && callee->gathers(false)) {
    arguments.push_back({.name = "", .value = value, .range = range, .is_expanded = true});
    return;
  }
  for (const SugaredValuePtr& part : given->as_tuple(*this, range, std::nullopt))
    arguments.push_back({"", part->as_value(*this, range), range});
}
std::vector<NamedValue> Emitter::emit_arguments(const lang::Expr& call, size_t first, SugaredValue* callee) {
  std::vector<NamedValue> arguments;
  Parts parts(*this);
  for (size_t i = first; i < call.operands.size(); ++i) parts.look([&] { emit_argument(*call[i], arguments, callee); });
  parts.check();
  return arguments;
}
std::vector<NamedValue> Emitter::emit_keywords(const lang::Expr& call, SugaredValue* callee) {
  std::vector<NamedValue> keywords;
  Parts parts(*this);
  for (const lang::Keyword& keyword : call.keywords)
    parts.look([&] {
      if (keyword.name.empty())
        emit_keyword_expansion(*keyword.value, keywords, callee);
      else
        keywords.push_back({.name = keyword.name,
                            .value = emit(*keyword.value),
                            .range = keyword.value->range,
                            .source = keyword.value.get()});
    });
  parts.check();
  return keywords;
}
/// `**{"a": x}` and `**dict(a=x)`: the keys are known while compiling.
void Emitter::emit_keyword_expansion(const lang::Expr& mapping, std::vector<NamedValue>& keywords,
                                     SugaredValue* callee) {
  if (mapping.is(ExprKind::call) && mapping[0]->is(ExprKind::name) && mapping[0]->text == "dict" &&
      mapping.operands.size() == 1) {
    for (NamedValue& keyword : emit_keywords(mapping)) keywords.push_back(std::move(keyword));
    return;
  }
  const auto refuse = [](const SourceRange& range) {
    lang::refuse<lang::NotSupportedError>(
        range, "keyword-arg expansion is not supported",
        "write the keywords, or a dictionary whose keys are literals: `f(**{\"a\": x})`, `f(**dict(a=x))`");
  };
  if (const std::shared_ptr<KeywordsValue> known = known_keywords(mapping)) {
    for (NamedValue& keyword : known->keywords(*this, mapping.range)) keywords.push_back(std::move(keyword));
    return;
  }
  if (!mapping.is(ExprKind::dict)) {
    // A dictionary of any length goes to a parameter `**kwargs`.
    if (!callee || !callee->gathers(true)) refuse(mapping.range);
    keywords.push_back({.name = "", .value = emit(mapping), .range = mapping.range, .is_expanded = true});
    return;
  }
  for (size_t i = 0; i + 1 < mapping.operands.size(); i += 2) {
    if (!mapping[i]) {
      emit_keyword_expansion(*mapping[i + 1], keywords, callee);
      continue;
    }
    if (!mapping[i]->is(ExprKind::string)) refuse(mapping[i]->range);
    keywords.push_back({mapping[i]->text, emit(*mapping[i + 1]), mapping[i + 1]->range});
  }
}

SugaredValuePtr Emitter::emit_call(const lang::Expr& expr, const TypePtr& hint) {
  const size_t results = std::exchange(results_wanted_, 1);
  const SugaredValuePtr callee = emit_sugared(*expr[0]);
  if (const auto* form = dynamic_cast<SpecialFormValue*>(callee.get())) return emit_special_form(*form, expr, hint);
  if (const auto* builtin = dynamic_cast<BuiltinFunction*>(callee.get()))
    if (SugaredValuePtr ordered = emit_ordering(*builtin, expr)) return ordered;
  std::vector<NamedValue> arguments, keywords;
  Parts parts(*this);
  parts.look([&] { arguments = emit_arguments(expr, 1, callee.get()); });
  parts.look([&] { keywords = emit_keywords(expr, callee.get()); });
  parts.check();
  results_wanted_ = results;
  SugaredValuePtr result = callee->call(*this, expr[0]->range, std::move(arguments), std::move(keywords));
  results_wanted_ = 1;
  return result;
}

/// The value of `expr` where `count` results are taken: none by a statement, several by a tuple of targets.
SugaredValuePtr Emitter::emit_for_results(const lang::Expr& expr, size_t count) {
  if (expr.is(ExprKind::call)) results_wanted_ = count;
  return emit_sugared(expr);
}

/// The method of the left side's class, or the builtin. `swapped`: `x in y` asks y.
ir::Value* Emitter::emit_operator_of(const lang::Expr& expr, bool swapped) {
  const OperatorName& op = find_operator_name(expr.text == "not in" ? "in" : expr.text);
  if (swapped && expr[0]->is(ExprKind::string))
    if (const std::shared_ptr<KeywordsValue> known = known_keywords(*expr[1]))
      return constant(IValue(known->has(expr[0]->text)), expr.range);
  std::vector<NamedValue> arguments;
  Parts parts(*this);
  for (size_t i = 0; i < 2; ++i) parts.look([&] { arguments.push_back({"", emit(*expr[i]), expr[i]->range}); });
  parts.check();
  if (swapped) std::swap(arguments[0], arguments[1]);
  if (expr.text == "+" && arguments[0].value->type()->is(TypeKind::tuple) &&
      arguments[1].value->type()->is(TypeKind::tuple)) {
    std::vector<ir::Value*> parts = unpack_tuple(*this, arguments[0].value, expr.range);
    const std::vector<ir::Value*> more = unpack_tuple(*this, arguments[1].value, expr.range);
    parts.insert(parts.end(), more.begin(), more.end());
    return make_tuple(parts);
  }
  if (ir::Value* result = emit_beyond_builtin(expr, op.method, op.reflected, arguments)) return result;
  return magic(op.method, op.builtin)->call(*this, expr.range, std::move(arguments), {})->as_value(*this, expr.range);
}

ir::Value* Emitter::call_method(ir::Value* object, std::string_view name, const NamedValue& argument,
                                const SourceRange& range) {
  return MethodValue(object, std::string(name)).call(*this, range, {argument}, {})->as_value(*this, range);
}

/// What Python finds where the left side's class has no method: the right side's, `==` for `!=`, equality of
/// containers. Null: nothing of it.
ir::Value* Emitter::emit_beyond_builtin(const lang::Expr& expr, std::string_view method, std::string_view reflected,
                                        const std::vector<NamedValue>& arguments) {
  ir::Value *const left = arguments[0].value, *const right = arguments[1].value;
  if (has_method(left, method) || reflected.empty()) return nullptr;
  const auto call = [&](ir::Value* object, std::string_view name, const NamedValue& other) {
    return call_method(object, name, {"", other.value, other.range}, expr.range);
  };
  const bool is_unequal = expr.text == "!=";
  const auto negated = [&](ir::Value* value) {
    return is_unequal ? emit_operator(*this, expr.range, "aten::__not__", {to_bool(value, expr.range)}) : value;
  };
  if (is_unequal && has_method(left, "__eq__")) return negated(call(left, "__eq__", arguments[1]));
  if (has_method(right, reflected)) return call(right, reflected, arguments[0]);
  if (is_unequal && has_method(right, "__eq__")) return negated(call(right, "__eq__", arguments[0]));
  const Type &a = *left->type(), &b = *right->type();
  if ((expr.text == "==" || is_unequal) && (lacks_equality(a) || lacks_equality(b)) && has_equality(a) &&
      has_equality(b))
    return negated(emit_operator(*this, expr.range, "rushlight::equal", {left, right}));
  return nullptr;
}

ir::Value* Emitter::emit_binary(const lang::Expr& expr) {
  if (expr.text == "%") {
    // The left side is looked at first, to see whether it is a format; both are evaluated again afterwards.
    bool is_format = false;
    Parts parts(*this);
    parts.look([&] { is_format = emit(*expr[0])->type()->is(TypeKind::string); });
    if (is_format) {
      const std::vector<ir::Value*> inputs = emit_all(expr.operands);
      ir::Node* node = insert_node(ir::Symbol::intern("aten::percentFormat"), inputs, 1, expr.range);
      return node->output()->set_type(types::string());
    }
  }
  return emit_operator_of(expr);
}

ir::Value* Emitter::emit_unary(const lang::Expr& expr) {
  if (expr.text == "+") {
    ir::Value* value = emit(*expr[0]);
    if (value->type()->is(TypeKind::bool_)) return emit_operator(*this, expr.range, "aten::Int", {value});
    if (!value->type()->is_subtype_of(*types::number()) && !value->type()->is(TypeKind::tensor))
      lang::fail_at(expr.range, cat("bad operand type for unary +: ", repr(*value->type())));
    return value;
  }
  const bool negates = expr.text == "-";
  const std::string_view builtin = negates ? "aten::neg" : "aten::bitwise_not";
  ir::Value* result = magic(negates ? "__neg__" : "__invert__", builtin)
                          ->call(*this, expr.range, {{"", emit(*expr[0]), expr[0]->range}}, {})
                          ->as_value(*this, expr.range);
  // Folded at once if the operand is a constant; the operator's number stays used.
  ir::Node* node = result->node();
  if (node->kind().str() != builtin || node->inputs().size() != 1 || !node->find_op()) return result;
  const std::optional<IValue> operand = ir::constant_value(node->input(0));
  if (!operand || operand->is_tensor()) return result;
  return constant(call_operator(*node->find_op(), {*operand}), expr.range);
}

/// What `{value!conversion:format}` of an f-string shows.
ir::Value* Emitter::emit_format_value(const lang::Expr& expr) {
  // Braces of the text that would be taken for a place are a value themselves.
  if (expr.is(ExprKind::string)) return emit(expr);
  ir::Value* value = emit(*expr[0]);
  const lang::ExprPtr& format = expr[1];
  if (!format && (expr.text.empty() || expr.text == "s")) return value;
  return emit_operator(
      *this, expr.range, "rushlight::format_value",
      {value, constant(IValue(expr.text), expr.range), format ? emit(*format) : constant(IValue(""), expr.range)});
}

/// `f'{a} b'` is `'{} b'.format(a)`.
ir::Value* Emitter::emit_fstring(const lang::Expr& expr) {
  std::string text;
  std::vector<lang::ExprPtr> values;
  for (const lang::ExprPtr& part : expr.operands) {
    if (part->is(ExprKind::string) && part->text.find("{}") == std::string::npos) {
      text += part->text;
    } else {
      text += "{}";
      values.push_back(part);
    }
  }
  const NamedValue format{"self", constant(IValue(text), expr.range), expr.range};
  std::vector<NamedValue> arguments;
  Parts parts(*this);
  for (const lang::ExprPtr& value : values)
    parts.look([&] {
      arguments.push_back(
          {"", emit_format_value(*value), value->is(ExprKind::string) ? value->range : (*value)[0]->range});
    });
  parts.check();
  return emit_operator_call(*this, expr.range, ir::Symbol::intern("aten::format"), arguments, {}, format)
      ->as_value(*this, expr.range);
}

}  // namespace rushlight::script
