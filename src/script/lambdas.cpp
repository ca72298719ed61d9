/// lambda: the body is emitted at each call, and reads the variables around it as they are then.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "script/emitter.h"

namespace rushlight::script {

using lang::ExprKind;

ir::Value* LambdaValue::as_value(Emitter&, const SourceRange&) {
  lang::refuse<lang::UnsupportedNodeError>(expr_.range, "Lambda aren't supported",
                                           "a lambda can be called, and be the `key` of sorted, sort, min and max");
}

SugaredValuePtr LambdaValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                  std::vector<NamedValue> keywords) {
  return emitter.call_lambda(*this, range, arguments, keywords);
}

SugaredValuePtr Emitter::emit_lambda(const lang::Expr& expr) {
  std::vector<ir::Value*> defaults;
  for (const lang::Keyword& parameter : expr.keywords)
    defaults.push_back(parameter.value ? emit(*parameter.value) : nullptr);
  return std::make_shared<LambdaValue>(expr, std::move(defaults), open_comprehensions_.size());
}

namespace {
void collect_names(const lang::Expr& expr, std::set<std::string>& names) {
  if (expr.is(ExprKind::name)) names.insert(expr.text);
  for (const lang::ExprPtr& part : expr.operands)
    if (part) collect_names(*part, names);
  for (const lang::Keyword& keyword : expr.keywords)
    if (keyword.value) collect_names(*keyword.value, names);
  for (const lang::Comprehension& part : expr.comprehensions) {
    collect_names(*part.iterable, names);
    for (const lang::ExprPtr& condition : part.conditions) collect_names(*condition, names);
  }
}
}  // namespace

/// A comprehension around the call has variables of its own, which are not those that the lambda means.
void Emitter::check_captures(const LambdaValue& lambda, const SourceRange& range) {
  if (open_comprehensions_.size() <= lambda.comprehensions()) return;
  std::set<std::string> names;
  collect_names(*lambda.expr()[0], names);
  for (const lang::Keyword& parameter : lambda.expr().keywords) names.erase(parameter.name);
  for (const std::string& name : names)
    if (environment_.is_defined_from(open_comprehensions_[lambda.comprehensions()], name))
      lang::fail_at(range, cat("the lambda reads '", name,
                               "', and a comprehension around its call has a variable of that ", "name"));
}

SugaredValuePtr Emitter::call_lambda(const LambdaValue& lambda, const SourceRange& range,
                                     const std::vector<NamedValue>& arguments,
                                     const std::vector<NamedValue>& keywords) {
  // A lambda that calls itself would never end here.
  constexpr size_t kMaxCalls = 100;
  if (lambda_calls_ >= kMaxCalls) lang::fail_at(range, cat("more than ", kMaxCalls, " calls of lambdas in each other"));
  check_captures(lambda, range);
  const std::vector<lang::Keyword>& parameters = lambda.expr().keywords;
  if (arguments.size() > parameters.size())
    lang::fail_at(range, cat("Expected at most ", parameters.size(), " arguments but found ", arguments.size(),
                             " positional arguments."));
  std::vector<ir::Value*> values(parameters.size());
  for (size_t i = 0; i < arguments.size(); ++i) values[i] = arguments[i].value;
  for (const NamedValue& keyword : keywords) {
    const auto found = std::ranges::find(parameters, keyword.name, &lang::Keyword::name);
    if (found == parameters.end()) lang::fail_at(range, cat("Keyword argument ", keyword.name, " unknown."));
    ir::Value*& value = values[size_t(found - parameters.begin())];
    if (value) lang::fail_at(range, cat("Argument ", keyword.name, " specified twice."));
    value = keyword.value;
  }
  environment_.push(*environment_.innermost().block);
  for (size_t i = 0; i < parameters.size(); ++i) {
    ir::Value* value = values[i] ? values[i] : lambda.defaults()[i];
    if (!value) lang::fail_at(range, cat("Argument ", parameters[i].name, " not provided."));
    environment_.bind(parameters[i].name, simple(value));
  }
  ++lambda_calls_;
  ir::Value* result = emit(*lambda.expr()[0]);
  --lambda_calls_;
  environment_.pop();
  return simple(result);
}

}  // namespace rushlight::script
