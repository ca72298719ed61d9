/// Tokens to trees: Python's grammar, as far as TorchScript has it. One parser for user source, archives and strings.
#pragma once
#include "lang/lexer.h"

namespace rushlight::lang {

/// Whose words errors use, and what is accepted: Python's own syntax, or the smaller grammar of strings and archives.
enum class Dialect : uint8_t { python, string };

/// All statements of a source: defs, classes, assignments (archives have imports too, which are skipped).
std::vector<StmtPtr> parse_module(const std::shared_ptr<const Source>& source, Dialect dialect);
/// The one function of a source that was cut out of a file.
std::shared_ptr<const Def> parse_def(const std::shared_ptr<const Source>& source, Dialect dialect);
/// One expression: annotations given as text.
ExprPtr parse_expression(const std::shared_ptr<const Source>& source);

/// The integer that a literal writes (decimal, 0x, 0o, 0b). Nothing if it needs more than 64 bits.
std::optional<int64_t> integer_value(std::string_view text);

}  // namespace rushlight::lang
