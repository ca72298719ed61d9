#include "value/schema.h"

#include <algorithm>

#include "base/text.h"
#include "value/constant_text.h"
#include "value/containers.h"

namespace rushlight {
namespace {

std::string alias_text(const AliasAnnotation& alias) {
  std::string text = cat("(", join(alias.before, "|"), alias.is_write ? "!" : "");
  if (alias.after != alias.before) text += cat(" -> ", join(alias.after, "|"));
  return text + ")";
}

/// The type with its alias annotation in the place where schemas write it: `Tensor(a!)?`, `Tensor(a)[]`.
std::string annotated_type(const Type& type, const std::optional<AliasAnnotation>& alias,
                           std::optional<int32_t> length) {
  if (type.is(TypeKind::optional)) return annotated_type(*type.expect<ElementType>().element(), alias, length) + "?";
  if (type.is(TypeKind::list)) {
    const Type& element = *type.expect<ElementType>().element();
    const std::string brackets = length ? cat("[", *length, "]") : "[]";
    if (!alias) return annotated_type(element, std::nullopt, {}) + brackets;
    if (alias->contained.empty()) return cat(annotated_type(element, std::nullopt, {}), brackets, alias_text(*alias));
    const std::string inner = annotated_type(element, alias->contained[0], {}) + brackets;
    const bool own = alias->before != alias->contained[0].before;
    return own ? inner + alias_text(*alias) : inner;
  }
  std::string text = type.schema_str();
  if (alias && !alias->before.empty()) text += alias_text(*alias);
  return text;
}

std::string default_text(const Argument& argument) {
  const IValue& value = *argument.default_value;
  const Type* type = argument.type.get();
  if (type->is(TypeKind::optional)) type = type->expect<ElementType>().element().get();
  if (value.is_string()) return type->is(TypeKind::string) ? quoted(value.to_string()) : value.to_string();
  if (value.is_list()) {
    const ListObject& list = value.list();
    std::vector<std::string> parts;
    for (size_t i = 0; i < list.size(); ++i) {
      const IValue element = list.get(i);
      parts.push_back(element.is_float() ? printed_float(element.to_float()) : constant_text(element));
    }
    // `int[2] padding=[0, 0]` is written `=0`; PyTorch does so for plain ints only.
    const bool plain =
        argument.list_length && type->is(TypeKind::list) && type->expect<ElementType>().element()->is(TypeKind::int_);
    if (plain && parts.size() > 1 && std::equal(parts.begin() + 1, parts.end(), parts.begin())) return parts[0];
    return cat("[", join(parts, ", "), "]");
  }
  return value.is_float() ? printed_float(value.to_float()) : value.str();
}

}  // namespace

std::string Schema::str() const {
  std::vector<std::string> parts;
  bool starred = false;
  for (const Argument& argument : arguments) {
    if (argument.keyword_only && !starred) {
      parts.push_back("*");
      starred = true;
    }
    std::string text = annotated_type(*argument.type, argument.alias, argument.list_length);
    if (!argument.name.empty()) text += cat(" ", argument.name);
    if (argument.default_value) text += cat("=", default_text(argument));
    parts.push_back(std::move(text));
  }
  if (is_vararg) parts.push_back("...");
  std::string text = cat(qualified_name(), "(", join(parts, ", "), ") -> ");
  std::vector<std::string> results;
  for (const Argument& result : returns)
    results.push_back(cat(annotated_type(*result.type, result.alias, result.list_length),
                          result.name.empty() ? "" : " ", result.name));
  if (is_varret) results.push_back("...");
  // One result that prints with a bracket of its own gets a second pair, as in PyTorch.
  if (results.size() == 1 && !results[0].starts_with("(")) return text + results[0];
  return cat(text, "(", join(results, ", "), ")");
}

std::optional<size_t> Schema::find_argument(std::string_view wanted) const {
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].name == wanted) return i;
  return std::nullopt;
}

bool Schema::is_mutable() const {
  for (const Argument& argument : arguments)
    if (argument.is_write()) return true;
  return false;
}

bool is_subtype_schema(const Schema& actual, const Schema& wanted, std::string* why) {
  if (actual.arguments.size() < wanted.arguments.size() || actual.returns.size() != wanted.returns.size()) return false;
  for (size_t i = 1; i < wanted.arguments.size(); ++i) {
    const Argument& mine = actual.arguments[i];
    const Argument& theirs = wanted.arguments[i];
    if (mine.name != theirs.name || mine.keyword_only != theirs.keyword_only) return false;
    if (!theirs.type->is_subtype_of(*mine.type, why)) return false;
  }
  for (size_t i = wanted.arguments.size(); i < actual.arguments.size(); ++i)
    if (!actual.arguments[i].default_value) return false;
  for (size_t i = 0; i < wanted.returns.size(); ++i)
    if (!actual.returns[i].type->is_subtype_of(*wanted.returns[i].type, why)) return false;
  return true;
}

}  // namespace rushlight
