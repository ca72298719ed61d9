/// Source text to tokens, with Python's rules of lines and indentation.
#pragma once
#include "base/error.h"
#include "lang/tree.h"

namespace rushlight::lang {

enum class TokenKind : uint8_t {
  name,
  keyword,
  integer,
  floating,
  complex,
  string,
  fstring,
  op,
  newline,
  indent,
  dedent,
  end
};

struct Token {
  TokenKind kind;
  std::string text;   ///< as written; of strings the value
  size_t begin, end;  ///< bytes
  bool is(std::string_view op) const { return (kind == TokenKind::op || kind == TokenKind::keyword) && text == op; }
};

struct TypeComment {
  size_t at;         ///< of the "#"
  std::string text;  ///< what follows "type:", trimmed
};

struct Tokens {
  std::vector<Token> tokens;
  std::vector<TypeComment> type_comments;  ///< `# type: ignore` is left out
};

/// Nested brackets and indentation deeper than this are refused: the parser recurses.
inline constexpr size_t kMaxNesting = 200;

/// Throws CompileError with PyTorch's words for what no token can be.
Tokens tokenize(const std::shared_ptr<const Source>& source);

/// `  File "name", line 3` and the highlighted range: the second part of every compile error.
std::string located(const SourceRange& range);
/// Throws the error of a place in a source: the message, a colon and the highlighted range.
[[noreturn]] void fail_at(const SourceRange& range, const std::string& message, std::string hint = {});

}  // namespace rushlight::lang
