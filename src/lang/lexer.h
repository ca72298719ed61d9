/// Source text to tokens, with Python's rules of lines and indentation.
#pragma once
#include <exception>

#include "lang/diagnostics.h"
#include "lang/tree.h"

namespace rushlight::lang {

/// Which grammar is read, and whose ranges and words errors use: Python's own syntax as CPython's `ast` would hand it
/// over, or the smaller grammar of strings and archives.
enum class Dialect : uint8_t { python, string };

enum class TokenKind : uint8_t {
  name,
  keyword,
  integer,
  floating,
  complex,
  string,
  fstring,
  type_comment,  ///< `# type:`; what follows are tokens of the string dialect, the Python front end reads comments
                 ///< itself
  op,
  newline,
  indent,
  dedent,
  error,  ///< what no token can be; thrown when the parser gets there
  end
};

struct Token {
  TokenKind kind;
  std::string text;   ///< as written; of strings the value
  size_t begin, end;  ///< bytes
  bool is(std::string_view op) const { return (kind == TokenKind::op || kind == TokenKind::keyword) && text == op; }
};

struct Tokens {
  std::vector<Token> tokens;
  std::exception_ptr error;  ///< of the error token
};

/// Nested brackets and indentation deeper than this are refused: the parser recurses.
inline constexpr size_t kMaxNesting = 200;

/// The tokens of the bytes [begin, end) of a source.
Tokens tokenize(const std::shared_ptr<const Source>& source, Dialect dialect, size_t begin = 0,
                size_t end = std::string::npos);

/// The value of what stands between the quotes of a literal: Python's escapes.
std::string unescape_python(std::string_view text);
/// The same by the rules of the string dialect, which knows fewer; `range` is for errors.
std::string unescape_string(std::string_view text, const SourceRange& range);

}  // namespace rushlight::lang
