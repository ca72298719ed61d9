/// Schemas: names, argument types, defaults and alias annotations of operators and functions.
///     aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
#pragma once
#include <functional>

#include "value/ivalue.h"

namespace rushlight {

/// `(a! -> b)`: sets before and after, and whether the value is written. `*` is the wildcard.
struct AliasAnnotation {
  std::vector<std::string> before;
  std::vector<std::string> after;
  bool is_write = false;
  std::vector<AliasAnnotation> contained;  ///< of the elements: `Tensor(a)[]`
  bool operator==(const AliasAnnotation&) const = default;
};

struct Argument {
  std::string name;
  TypePtr type;
  std::optional<int32_t> list_length;  ///< `int[2]`: one int is taken for all
  std::optional<IValue> default_value;
  bool keyword_only = false;
  /// `*args` (a list) and `**kwargs` (a dictionary): takes all arguments that no other parameter takes.
  bool gathers = false;
  std::optional<AliasAnnotation> alias;
  bool is_write() const { return alias && alias->is_write; }
};

struct Schema {
  std::string name;      ///< "aten::add", or "forward" for a method
  std::string overload;  ///< "Tensor", may be empty
  std::vector<Argument> arguments;
  std::vector<Argument> returns;
  bool is_vararg = false;
  bool is_varret = false;

  std::string qualified_name() const { return overload.empty() ? name : name + "." + overload; }
  /// As PyTorch prints it: `add.Tensor(Tensor self, ...) -> Tensor` with the namespace as in `name`.
  std::string str() const;
  std::optional<size_t> find_argument(std::string_view name) const;
  /// Any argument with `(a!)`.
  bool is_mutable() const;

  /// Reads one schema in the standard notation. Throws RuntimeError with the place and what was expected.
  static Schema parse(std::string_view text);
};

/// Whether a method with schema `actual` may stand where `wanted` is called: same names and count, arguments no
/// narrower, result no wider. The first argument (self) is not compared.
bool is_subtype_schema(const Schema& actual, const Schema& wanted, std::string* why = nullptr);

/// Reads one type as schemas and graphs write it ("Tensor?[]", "Dict(str, int)", "(int, Tensor)"). `resolve` finds
/// classes.
TypePtr parse_type(std::string_view text, const std::function<TypePtr(const std::string&)>& resolve = {});

}  // namespace rushlight
