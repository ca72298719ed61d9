/// The arguments of a call, checked and completed against a schema: what a function called from C++ does before it
/// runs.
#pragma once
#include <map>

#include "value/schema.h"

namespace rushlight {

using KeywordArguments = std::map<std::string, IValue>;

/// `arguments`, then each keyword argument or default in its place: as many values as the schema has arguments.
/// Nothing is converted: an int does not become a float. Throws RuntimeError in PyTorch's words when one is missing, of
/// a wrong type, unknown, or too many.
std::vector<IValue> complete_arguments(const Schema& schema, std::vector<IValue> arguments,
                                       const KeywordArguments& keywords = {});

/// The errors alone, for surfaces that convert objects of their own.
/// `found` is the name of the type that was met; `position` nullopt for a keyword argument; `details` more lines after
/// the rest.
[[noreturn]] void throw_wrong_argument(const Schema& schema, const Argument& argument, std::string_view found,
                                       std::optional<size_t> position, std::string_view value_text = {},
                                       std::string_view details = {});
[[noreturn]] void throw_missing_argument(const Schema& schema, const Argument& argument);
/// One of the keywords has no place: no argument has that name, or it is among the first `by_position`, which were
/// given so.
[[noreturn]] void throw_unused_keyword(const Schema& schema, const std::vector<std::string>& keywords,
                                       size_t by_position);

}  // namespace rushlight
