#include "lang/token_reader.h"

namespace rushlight::lang {
namespace {
std::string shown(const Token& token) {
  switch (token.kind) {
    case TokenKind::newline:
      return "newline";
    case TokenKind::indent:
      return "indent";
    case TokenKind::dedent:
      return "dedent";
    case TokenKind::end:
      return "eof";
    case TokenKind::name:
      return "ident";
    case TokenKind::integer:
    case TokenKind::floating:
    case TokenKind::complex:
      return "number";
    case TokenKind::string:
      return "string_literal";
    case TokenKind::type_comment:
      return "type comment";
    default:
      return token.text == "->"    ? "arrow"
             : token.text == "..." ? "dots"
             : token.text == "**"  ? "pow operator"
                                   : token.text;
  }
}
/// What code of an archive was made from stands first.
std::string original_and_own(const SourceRange& place) {
  if (!place.source()->find_original()) return located(place);
  return cat(located(place.original()), "Serialized ", located(place));
}
}  // namespace

void TokenReader::unexpected(std::string_view expected) const {
  // The end of a line and the indent behind it are one token for PyTorch.
  const Token& found = at(TokenKind::newline) && ahead().kind == TokenKind::indent ? ahead() : now();
  const bool is_mark =
      found.kind == TokenKind::indent || found.kind == TokenKind::end || found.kind == TokenKind::newline;
  // A newline is the place behind it.
  const size_t begin = found.begin + (found.kind == TokenKind::newline);
  const SourceRange place = range(begin, is_mark ? begin : found.end);
  throw CompileError(
      {.message = cat("expected ", expected, " but found '", shown(found), "' here:\n", original_and_own(place)),
       .range = place});
}

}  // namespace rushlight::lang
