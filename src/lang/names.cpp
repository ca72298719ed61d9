#include "lang/names.h"

namespace rushlight::lang {
namespace {

using Names = std::set<std::string>;

/// What an assignment to `target` binds, and what finding its place reads (`x[i] = 1` reads both).
void add_target(const Expr& target, Names& bound, Names& read) {
  switch (target.kind) {
    case ExprKind::name:
      bound.insert(target.text);
      return;
    case ExprKind::tuple:
    case ExprKind::list:
    case ExprKind::starred:
      for (const ExprPtr& part : target.operands) add_target(*part, bound, read);
      return;
    default:
      add_names_read(target, read);
  }
}

/// `x := 1` binds in the function around it, wherever it stands.
void add_named(const Expr& expr, Names& bound) {
  if (expr.is(ExprKind::named)) bound.insert(expr[0]->text);
  for (const ExprPtr& part : expr.operands)
    if (part) add_named(*part, bound);
  for (const Keyword& keyword : expr.keywords)
    if (keyword.value) add_named(*keyword.value, bound);
}

void add_body(const std::vector<StmtPtr>& body, Names& bound, Names& read) {
  const auto add = [&](const ExprPtr& expr) {
    if (!expr) return;
    add_names_read(*expr, read);
    add_named(*expr, bound);
  };
  for (const StmtPtr& stmt : body) {
    for (const ExprPtr& target : stmt->targets) add_target(*target, bound, read);
    // `x += 1` reads the x that it binds.
    add(stmt->value);
    add(stmt->message);
    for (const WithItem& item : stmt->items) {
      add(item.value);
      if (item.target) add_target(*item.target, bound, read);
    }
    add_body(stmt->body, bound, read);
    add_body(stmt->orelse, bound, read);
    if (stmt->def) {
      bound.insert(stmt->def->name);
      for (const Parameter& parameter : stmt->def->parameters) add(parameter.default_value);
      read.merge(names_of(*stmt->def).free);
    }
  }
}

}  // namespace

void add_names_read(const Expr& expr, Names& names) {
  if (expr.is(ExprKind::name)) names.insert(expr.text);
  Names inside, own, unused;
  for (const ExprPtr& part : expr.operands)
    if (part) add_names_read(*part, inside);
  for (const Keyword& keyword : expr.keywords) {
    if (keyword.value) add_names_read(*keyword.value, expr.is(ExprKind::lambda) ? names : inside);
    if (expr.is(ExprKind::lambda)) own.insert(keyword.name);
  }
  for (const Comprehension& part : expr.comprehensions) {
    add_names_read(*part.iterable, inside);
    for (const ExprPtr& condition : part.conditions) add_names_read(*condition, inside);
    add_target(*part.target, own, unused);
  }
  for (const std::string& name : own) inside.erase(name);
  names.merge(inside);
}

FunctionNames names_of(const Def& def) {
  FunctionNames names;
  add_body(def.body, names.bound, names.free);
  for (const Parameter& parameter : def.parameters) names.bound.insert(parameter.name);
  for (const std::string& name : names.bound) names.free.erase(name);
  return names;
}

}  // namespace rushlight::lang
