/// lambda: the body is emitted at each call, and reads the variables around it as they are then.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "lang/names.h"
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

/// A comprehension around the call has variables of its own, which are not those that the function means.
void Emitter::check_captures(const std::set<std::string>& names, size_t comprehensions, const SourceRange& range,
                             std::string_view what) {
  if (open_comprehensions_.size() <= comprehensions) return;
  for (const std::string& name : names)
    if (environment_.is_defined_from(open_comprehensions_[comprehensions], name))
      lang::fail_at(range, cat("the ", what, " reads '", name,
                               "', and a comprehension around its call has a variable of that name"));
}

SugaredValuePtr Emitter::call_lambda(const LambdaValue& lambda, const SourceRange& range,
                                     const std::vector<NamedValue>& arguments,
                                     const std::vector<NamedValue>& keywords) {
  // A lambda that calls itself would never end here.
  constexpr size_t kMaxCalls = 100;
  if (lambda_calls_ >= kMaxCalls) lang::fail_at(range, cat("more than ", kMaxCalls, " calls of lambdas in each other"));
  std::set<std::string> names;
  lang::add_names_read(lambda.expr(), names);
  check_captures(names, lambda.comprehensions(), range, "lambda");
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
