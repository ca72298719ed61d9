/// Type variables of schemas: `t` of `aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)`.
#pragma once
#include <string>
#include <unordered_map>

#include "value/unify.h"

namespace rushlight {

/// What each variable stands for so far.
using TypeVariables = std::unordered_map<std::string, TypePtr>;

/// Fits `actual` to `formal` and binds the variables met on the way; a variable met twice takes the common type of
/// both. False, with a reason that messages print, when the shapes of the two types differ. Types without variables
/// always fit: whether `actual` may really stand there is asked afterwards, of the type that `substitute_variables`
/// gives.
bool match_type_variables(const TypePtr& formal, const TypePtr& actual, TypeVariables& variables,
                          std::string* why = nullptr);

/// `formal` with its variables replaced; null when one is not bound.
TypePtr substitute_variables(const TypePtr& formal, const TypeVariables& variables);

}  // namespace rushlight
