#include "value/call_arguments.h"

#include <algorithm>

#include "base/text.h"
#include "value/containers.h"
#include "value/type_text.h"

namespace rushlight {

void throw_wrong_argument(const Schema& schema, const Argument& argument, std::string_view found,
                          std::optional<size_t> position, std::string_view value_text, std::string_view details) {
  const TensorType* tensor = argument.type->as<TensorType>();
  const bool inferred = tensor && tensor->is_inferred();
  std::string text = cat(schema.name, "() Expected a value of type '", repr(*argument.type), "' for argument '",
                         argument.name, "' but instead found type '", found, "'.\n");
  if (inferred)
    text += cat("Inferred '", argument.name,
                "' to be of type 'Tensor' because it was not annotated with an explicit type.\n");
  if (position) text += cat("Position: ", *position, "\n");
  if (!value_text.empty()) text += cat("Value: ", value_text, "\n");
  text += cat("Declaration: ", schema.str());
  if (!details.empty()) text += cat("\n", details);
  throw RuntimeError(text);
}

void throw_missing_argument(const Schema& schema, const Argument& argument) {
  throw RuntimeError(
      cat(schema.name, "() is missing value for argument '", argument.name, "'. Declaration: ", schema.str()));
}

void throw_unused_keyword(const Schema& schema, const std::vector<std::string>& keywords, size_t by_position) {
  for (const std::string& keyword : keywords)
    if (!schema.find_argument(keyword))
      throw RuntimeError(
          cat("Unknown keyword argument '", keyword, "' for operator '", schema.name, "'. Schema: ", schema.str()));
  for (const std::string& keyword : keywords)
    if (*schema.find_argument(keyword) < by_position)
      throw RuntimeError(
          cat("Argument '", keyword, "' specified both as positional and keyword argument. Schema: ", schema.str()));
  internal_error(__FILE__, __LINE__, "every keyword has a place");
}

namespace {
/// Puts what `*args` and `**kwargs` take into one value each, as the schema has them.
void gather(const Schema& schema, std::vector<IValue>& arguments, KeywordArguments& keywords) {
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& argument = schema.arguments[i];
    if (!argument.gathers) continue;
    if (!argument.keyword_only) {
      if (arguments.size() < i) continue;
      const TypePtr& element = argument.type->contained()[0];
      Ref<ListObject> rest = ListObject::make(element);
      for (size_t k = i; k < arguments.size(); ++k) {
        if (!arguments[k].is_instance_of(*element))
          throw_wrong_argument(schema, Argument{.name = argument.name, .type = element},
                               arguments[k].type()->annotation(), k);
        rest->append(arguments[k]);
      }
      arguments.resize(i);
      arguments.push_back(IValue(std::move(rest)));
      continue;
    }
    const auto& type = argument.type->expect<DictType>();
    auto rest = make_ref<DictObject>(type.key(), type.value());
    for (auto at = keywords.begin(); at != keywords.end();) {
      if (schema.find_argument(at->first)) {
        ++at;
        continue;
      }
      if (!at->second.is_instance_of(*type.value()))
        throw_wrong_argument(schema, Argument{.name = at->first, .type = type.value()}, at->second.type()->annotation(),
                             std::nullopt);
      rest->insert_or_assign(IValue(at->first), at->second);
      at = keywords.erase(at);
    }
    keywords.emplace(argument.name, IValue(Ref<DictObject>(std::move(rest))));
  }
}
}  // namespace

std::vector<IValue> complete_arguments(const Schema& schema, std::vector<IValue> arguments,
                                       const KeywordArguments& given_keywords) {
  KeywordArguments gathered_keywords;
  const bool gathers =
      std::any_of(schema.arguments.begin(), schema.arguments.end(), [](const Argument& a) { return a.gathers; });
  if (gathers) {
    gathered_keywords = given_keywords;
    gather(schema, arguments, gathered_keywords);
  }
  const KeywordArguments& keywords = gathers ? gathered_keywords : given_keywords;
  if (arguments.size() > schema.arguments.size() && !schema.is_vararg)
    throw RuntimeError(cat("Expected at most ", schema.arguments.size(), " argument(s) for operator '", schema.name,
                           "', but received ", arguments.size(), " argument(s). Declaration: ", schema.str()));
  const auto check = [&](const IValue& value, const Argument& argument, std::optional<size_t> position) {
    if (!value.is_instance_of(*argument.type))
      throw_wrong_argument(schema, argument, value.type()->annotation(), position);
  };
  const size_t by_position = arguments.size();
  std::vector<std::string> unused;
  for (const auto& [name, value] : keywords) {
    const std::optional<size_t> at = schema.find_argument(name);
    if (!at || *at < by_position) unused.push_back(name);
  }
  arguments.reserve(schema.arguments.size());
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& argument = schema.arguments[i];
    if (i < by_position) {
      check(arguments[i], argument, i);
    } else if (const auto keyword = keywords.find(argument.name); keyword != keywords.end()) {
      check(keyword->second, argument, std::nullopt);
      arguments.push_back(keyword->second);
    } else if (argument.gathers) {
      arguments.push_back(IValue(ListObject::make(argument.type->contained()[0])));
    } else if (argument.default_value) {
      arguments.push_back(*argument.default_value);
    } else {
      throw_missing_argument(schema, argument);
    }
  }
  if (!unused.empty()) throw_unused_keyword(schema, unused, by_position);
  return arguments;
}

}  // namespace rushlight
