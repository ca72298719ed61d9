#include "script/annotations.h"

#include "base/stack_guard.h"
#include "base/text.h"
#include "lang/parser.h"
#include "script/compile.h"

namespace rushlight::script {
namespace {

using lang::ExprKind;

/// The types that annotations know by name.
constexpr std::pair<std::string_view, const TypePtr& (*)()> kNames[] = {{"Tensor", types::tensor},
                                                                        {"torch.Tensor", types::tensor},
                                                                        {"int", types::int_},
                                                                        {"float", types::float_},
                                                                        {"bool", types::bool_},
                                                                        {"str", types::string},
                                                                        {"complex", types::complex},
                                                                        {"None", types::none},
                                                                        {"NoneType", types::none},
                                                                        {"Any", types::any},
                                                                        {"number", types::number},
                                                                        {"Device", types::device},
                                                                        {"device", types::device},
                                                                        {"torch.device", types::device},
                                                                        {"Generator", types::generator},
                                                                        {"torch.Generator", types::generator},
                                                                        {"list", types::any_list},
                                                                        {"tuple", types::any_tuple},
                                                                        {"torch.dtype", types::int_},
                                                                        {"torch.layout", types::int_},
                                                                        {"torch.memory_format", types::int_},
                                                                        {"Storage", types::storage},
                                                                        {"Stream", types::stream},
                                                                        {"Capsule", types::capsule},
                                                                        {"typing.Any", types::any}};

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

}  // namespace

TypePtr type_of_annotation(const lang::Expr& expr, Resolver& resolver) {
  check_stack();
  switch (expr.kind) {
    case ExprKind::none:
      return types::none();
    case ExprKind::string:
      return type_of_annotation(*lang::parse_expression(std::make_shared<Source>(expr.text, "")), resolver);
    case ExprKind::tuple: {
      std::vector<TypePtr> elements;
      for (const lang::ExprPtr& part : expr.operands) elements.push_back(type_of_annotation(*part, resolver));
      return types::tuple(std::move(elements));
    }
    case ExprKind::binary:
      if (expr.text == "|")
        return types::union_({type_of_annotation(*expr[0], resolver), type_of_annotation(*expr[1], resolver)});
      break;
    case ExprKind::subscript: {
      std::string base = lang::dotted_name(*expr[0]);
      base = base.substr(base.rfind('.') + 1);
      const auto part = [&](size_t i) { return type_of_annotation(*expr[i], resolver); };
      const size_t count = expr.operands.size() - 1;
      std::vector<TypePtr> all;
      if (base == "Tuple" || base == "tuple") {
        if (count == 1 && expr[1]->is(ExprKind::tuple) && expr[1]->operands.empty()) return types::tuple({});
        for (size_t i = 1; i <= count; ++i) all.push_back(part(i));
        return types::tuple(std::move(all));
      }
      if (base == "Union") {
        for (size_t i = 1; i <= count; ++i) all.push_back(part(i));
        return types::union_(std::move(all));
      }
      if (count == 1 && (base == "List" || base == "list")) return types::list(part(1));
      if (count == 1 && base == "Optional") return types::optional(part(1));
      if (count == 1 && base == "Final") return part(1);
      if (count == 1 && base == "Future") return types::future(part(1));
      if (count == 1 && base == "RRef") return types::rref(part(1));
      if (count == 1 && base == "Await") return types::await(part(1));
      if (count == 2 && (base == "Dict" || base == "dict")) return types::dict(part(1), part(2));
      lang::fail_at(expr.range, cat("Unknown type constructor ", base));
    }
    default:
      break;
  }
  const std::string name = lang::dotted_name(expr);
  for (const auto& [text, type] : kNames)
    if (text == name) return type();
  if (!name.empty())
    if (TypePtr type = resolver.resolve_type(name, expr.range)) return type;
  lang::fail_at(expr.range, cat("Unknown type name '", name.empty() ? std::string(expr.range.text()) : name, "'"));
}

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
