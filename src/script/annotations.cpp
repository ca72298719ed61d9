#include "script/annotations.h"

#include "base/stack_guard.h"
#include "base/text.h"
#include "lang/parser.h"
#include "script/compile.h"

namespace rushlight::script {
namespace {

using lang::Expr;
using lang::ExprKind;

constexpr std::pair<std::string_view, const TypePtr& (*)()> kNames[] = {{"Tensor", types::tensor},
                                                                        {"int", types::int_},
                                                                        {"float", types::float_},
                                                                        {"bool", types::bool_},
                                                                        {"complex", types::complex},
                                                                        {"str", types::string},
                                                                        {"Device", types::device},
                                                                        {"Stream", types::stream},
                                                                        {"number", types::number},
                                                                        {"None", types::none},
                                                                        {"NoneType", types::none},
                                                                        {"Any", types::any},
                                                                        {"Capsule", types::capsule},
                                                                        {"list", types::any_list},
                                                                        {"tuple", types::any_tuple},
                                                                        {"Generator", types::generator},
                                                                        {"Storage", types::storage},
                                                                        {"torch.Tensor", types::tensor},
                                                                        {"torch.device", types::device},
                                                                        {"torch.dtype", types::int_},
                                                                        {"torch.Generator", types::generator},
                                                                        {"torch.layout", types::int_},
                                                                        {"typing.Any", types::any},
                                                                        {"device", types::device},
                                                                        {"torch.memory_format", types::int_}};

/// What messages call an expression that is no type.
std::string kind_text(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::integer:
    case ExprKind::floating:
    case ExprKind::complex:
      return "const";
    case ExprKind::ellipsis:
      return "dots";
    case ExprKind::call:
      return "apply";
    case ExprKind::list:
      return "list-literal";
    case ExprKind::tuple:
      return "tuple_literal";
    case ExprKind::dict:
      return "dict_literal";
    case ExprKind::string:
      return "string_literal";
    case ExprKind::true_:
      return "True";
    case ExprKind::false_:
      return "False";
    default:
      return expr.text;
  }
}

/// What a literal says, as a value of the type. Nothing if the expression is no literal.
std::optional<IValue> literal_value(const lang::Expr& expr, const Type& type) {
  const Type& wanted = type.is(TypeKind::optional) ? *type.contained()[0] : type;
  switch (expr.kind) {
    case ExprKind::integer: {
      const std::optional<int64_t> value = lang::integer_value(expr.text);
      if (!value) lang::fail_at(expr.range, "Integer literal does not fit 64 bits");
      return wanted.is(TypeKind::float_) ? IValue(double(*value)) : IValue(*value);
    }
    case ExprKind::floating:
      return IValue(std::strtod(expr.text.c_str(), nullptr));
    case ExprKind::string:
      if (!wanted.is(TypeKind::string)) return std::nullopt;
      return IValue(expr.text);
    case ExprKind::true_:
      return IValue(true);
    case ExprKind::false_:
      return IValue(false);
    case ExprKind::none:
      return IValue();
    default:
      return std::nullopt;
  }
}

TypePtr type_of_subscript(const Expr& expr, Resolver& resolver);

}  // namespace

TypePtr dict_type(const TypePtr& key, const TypePtr& value) {
  switch (key->kind()) {
    case TypeKind::any:
    case TypeKind::int_:
    case TypeKind::bool_:
    case TypeKind::float_:
    case TypeKind::complex:
    case TypeKind::string:
    case TypeKind::tensor:
    case TypeKind::device:
      return types::dict(key, value);
    default:
      throw RuntimeError(cat("Cannot create dict for key type '", key->str(),
                             "', only int, float, complex, Tensor, device and string keys are supported"));
  }
}

TypePtr set_type(const TypePtr& element, bool is_frozen, const SourceRange& range) {
  if (!element->is_hashable()) lang::fail_at(range, cat("unhashable type: '", element->annotation(), "'"));
  return is_frozen ? types::frozenset(element) : types::set(element);
}

TypePtr type_of_annotation(const Expr& expr, Resolver& resolver) {
  check_stack();
  if (resolver.reads_annotations() && expr.is(ExprKind::subscript)) {
    // Of attributes alone, which classes read.
    const std::string base = lang::dotted_name(*expr[0]);
    if (base == "Final" || base == "typing.Final") lang::fail_at(expr.range, "Unknown type constructor Final");
  }
  // What the scope says about the text as a whole, then name by name.
  if (resolver.reads_annotations() && expr.range && expr.range.end() <= expr.range.source()->text().size() &&
      !expr.is(ExprKind::none))
    if (TypePtr type = resolver.resolve_type(std::string(expr.range.text()), expr.range)) return type;
  if (expr.is(ExprKind::binary) && expr.text == "|")
    return types::union_({type_of_annotation(*expr[0], resolver), type_of_annotation(*expr[1], resolver)});
  if (expr.is(ExprKind::subscript)) return type_of_subscript(expr, resolver);
  if (expr.is(ExprKind::none)) return types::none();
  if (expr.is(ExprKind::tuple) && !resolver.reads_annotations()) {
    std::vector<TypePtr> elements;
    for (const lang::ExprPtr& part : expr.operands) elements.push_back(type_of_annotation(*part, resolver));
    return types::tuple(std::move(elements));
  }
  if (expr.is(ExprKind::string)) {
    for (const auto& [text, type] : kNames)
      if (text == expr.text) return type();
    if (TypePtr type = resolver.resolve_type(expr.text, expr.range)) return type;
    const auto quoted = std::make_shared<Source>(expr.text, "");
    if (expr.text.find('[') != std::string::npos) return type_of_annotation(*lang::parse_expression(quoted), resolver);
    lang::fail_at(expr.range, cat("Unknown type name '", expr.text, "'"));
  }
  const std::string name = lang::dotted_name(expr);
  if (name.empty()) {
    if (expr.is(ExprKind::attribute)) lang::fail_at(expr.range, cat("Unknown type name '", expr.range.text(), "'"));
    lang::fail_at(expr.range, cat("Expression of type ", kind_text(expr), " cannot be used in a type expression"));
  }
  for (const auto& [text, type] : kNames)
    if (text == name) return type();
  if (TypePtr type = resolver.resolve_type(name, expr.range)) return type;
  lang::fail_at(expr.range, cat("Unknown type name '", name, "'"));
}

namespace {
TypePtr type_of_subscript(const Expr& expr, Resolver& resolver) {
  std::string base = lang::dotted_name(*expr[0]);
  if (base.empty()) lang::fail_at(expr[0]->range, "Subscripted type must be a type identifier");
  if (base.starts_with("torch.jit.") || base.starts_with("torch.futures.") || base.starts_with("typing."))
    base = base.substr(base.rfind('.') + 1);
  const size_t count = expr.operands.size() - 1;
  const auto part = [&](size_t i) { return type_of_annotation(*expr[i], resolver); };
  const auto parts = [&] {
    std::vector<TypePtr> all;
    for (size_t i = 1; i <= count; ++i) all.push_back(part(i));
    return all;
  };
  const auto only = [&] {
    if (count != 1) lang::fail_at(expr.range, cat(" expected exactly one element type but found ", count));
    return part(1);
  };
  if (base == "Tuple" || base == "tuple") {
    if (count == 1 && expr[1]->is(ExprKind::tuple)) {
      if (!expr[1]->operands.empty())
        lang::fail_at(expr.range, "Tuple literal in Tuple type annotation must not have any elements!");
      return types::tuple({});
    }
    return types::tuple(parts());
  }
  if (base == "Union") return types::union_(parts());
  if (base == "List" || base == "list") return types::list(only());
  if (base == "Set" || base == "set" || base == "FrozenSet" || base == "frozenset")
    return set_type(only(), base == "FrozenSet" || base == "frozenset", expr.range);
  if (base == "Optional") return types::optional(only());
  if (base == "Future") return types::future(only());
  if (base == "Await" || base == "_Await") return types::await(only());
  if (base == "RRef") return types::rref(only());
  if (base == "Final" && !resolver.reads_annotations()) return only();
  if (base == "Dict" || base == "dict") {
    if (count != 2) lang::fail_at(expr.range, cat(" expected exactly 2 element types but found ", count));
    const TypePtr key = part(1);
    return dict_type(key, part(2));
  }
  lang::fail_at(expr.range, cat("Unknown type constructor ", base));
}

}  // namespace

IValue evaluate_constant(const lang::Expr& expr, const lang::ExprPtr& annotation,
                         const std::shared_ptr<Resolver>& resolver) {
  const TypePtr type = annotation ? type_of_annotation(*annotation, *resolver) : types::tensor();
  if (std::optional<IValue> value = literal_value(expr, *type)) return *std::move(value);
  auto result = std::make_shared<lang::Stmt>();
  result->kind = lang::StmtKind::return_;
  result->range = expr.range;
  result->value = std::make_shared<const lang::Expr>(expr);
  auto def = std::make_shared<lang::Def>();
  def->name = "constant";
  def->range = def->name_range = expr.range;
  def->returns = annotation;
  def->body = {std::move(result)};
  ir::CompilationUnit unit;
  return declare(unit, def->name, def, resolver)->call({});
}

Schema schema_of(const lang::Def& def, Resolver& resolver) {
  Schema schema;
  schema.name = def.name;
  for (const lang::Parameter& parameter : def.parameters) {
    Argument argument{.name = parameter.name, .keyword_only = parameter.keyword_only};
    argument.type = parameter.annotation       ? type_of_annotation(*parameter.annotation, resolver)
                    : schema.arguments.empty() ? types::any()
                                               : types::tensor();
    schema.arguments.push_back(std::move(argument));
  }
  schema.returns = {
      Argument{.name = "", .type = def.returns ? type_of_annotation(*def.returns, resolver) : types::none()}};
  return schema;
}

}  // namespace rushlight::script
