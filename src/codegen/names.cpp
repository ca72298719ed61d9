#include "codegen/names.h"

#include <algorithm>

#include "base/text.h"

namespace rushlight::codegen {
namespace {

/// Keywords of Python, and what code of an archive may refer to by name.
const std::unordered_set<std::string_view>& reserved_names() {
  static const std::unordered_set<std::string_view> names = {"_",
                                                             "as",
                                                             "aten",
                                                             "attribute",
                                                             "CONSTANTS",
                                                             "fork",
                                                             "getattr",
                                                             "inf",
                                                             "nan",
                                                             "infj",
                                                             "nanj",
                                                             "ops",
                                                             "__torch__",
                                                             "and",
                                                             "assert",
                                                             "async",
                                                             "await",
                                                             "break",
                                                             "class",
                                                             "continue",
                                                             "def",
                                                             "del",
                                                             "elif",
                                                             "else",
                                                             "except",
                                                             "False",
                                                             "finally",
                                                             "for",
                                                             "from",
                                                             "global",
                                                             "if",
                                                             "import",
                                                             "in",
                                                             "is",
                                                             "lambda",
                                                             "None",
                                                             "nonlocal",
                                                             "not",
                                                             "or",
                                                             "pass",
                                                             "raise",
                                                             "return",
                                                             "True",
                                                             "try",
                                                             "with",
                                                             "while",
                                                             "yield",
                                                             "uninitialized",
                                                             "unchecked_cast"};
  return names;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_identifier(std::string_view name) {
  return !name.empty() && !is_digit(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

std::string make_identifier(std::string_view name) {
  std::string out;
  if (name.empty() || is_digit(name[0])) out += '_';
  for (char c : name) out += is_letter(c) || is_digit(c) ? c : '_';
  return out;
}

bool shows_in_members(const Type& element_type) {
  switch (element_type.kind()) {
    case TypeKind::optional:
    case TypeKind::union_:
    case TypeKind::number:
    case TypeKind::any:
    case TypeKind::interface:
      return false;
    default:
      return true;
  }
}

std::string NameTable::make(const std::string& candidate) {
  std::string name = candidate;
  while (used_.contains(name) || reserved_names().contains(name)) name = cat(candidate, counters_[name]++);
  used_.insert(name);
  return name;
}

}  // namespace rushlight::codegen
