/// Tokens to trees: Python's grammar, as far as TorchScript has it. One parser for user source, archives and strings.
#pragma once
#include "lang/lexer.h"

namespace rushlight::lang {

/// All statements of a source: defs, classes, assignments (archives have imports too, which are skipped).
std::vector<StmtPtr> parse_module(const std::shared_ptr<const Source>& source, Dialect dialect);
/// The functions of a string program; anything else is an error.
std::vector<std::shared_ptr<const Def>> parse_functions(const std::shared_ptr<const Source>& source);
/// The one function of a source that was cut out of a file. `type_comment`: its `# type: (...) -> T` line, or empty.
std::shared_ptr<const Def> parse_def(const std::shared_ptr<const Source>& source, const std::string& type_comment = {});
/// One expression: annotations given as text.
ExprPtr parse_expression(const std::shared_ptr<const Source>& source);

/// The integer that a literal writes (decimal, octal, 0x, 0o, 0b; perhaps with a minus). Nothing if it needs more than
/// 64 bits.
std::optional<int64_t> integer_value(std::string_view text);

}  // namespace rushlight::lang
