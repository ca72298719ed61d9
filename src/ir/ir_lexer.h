/// Words of a graph's text. Blanks, comments, newlines and indentation follow Python's rules, as in PyTorch, whose
/// reader of graphs uses the lexer of the language: messages name the same words.
#pragma once
#include "base/error.h"

namespace rushlight::ir {

struct IrToken {
  enum class Kind { ident, number, string, variable, mark, newline, indent, dedent, eof };
  Kind kind = Kind::eof;
  std::string text;  ///< of a variable without its %, of a string without quotes and escapes
  size_t begin = 0;
  size_t end = 0;
  bool is(std::string_view mark) const { return (kind == Kind::mark || kind == Kind::ident) && text == mark; }
};

class IrLexer {
 public:
  explicit IrLexer(std::string_view text);

  const IrToken& peek() const { return current_; }
  IrToken next();
  bool accept(std::string_view mark);
  void expect(std::string_view mark);
  IrToken expect(IrToken::Kind kind);
  bool at(IrToken::Kind kind) const { return current_.kind == kind; }
  /// The text from the current token up to the end of the line or its comment; the newline is the next token.
  std::string rest_of_line();
  /// The text from the current token up to a `,` `)` `]` `=` or newline that stands outside of brackets.
  std::string until_separator();

  SourceRange range(size_t begin, size_t end) const { return {source_, begin, end}; }
  SourceRange range() const { return range(current_.begin, current_.end); }
  /// "\nMESSAGE:\n" and the place.
  [[noreturn]] void fail(std::string_view message, SourceRange at) const;
  /// "expected X but found 'Y' here:\n" and the place.
  [[noreturn]] void fail_expected(std::string_view what) const;

 private:
  void advance();
  void read_line_start(size_t newline);
  void read_string(char quote);
  void read_number();
  void go_to(size_t at);

  std::shared_ptr<const Source> source_;
  std::string_view text_;
  size_t at_ = 0;
  IrToken current_;
  std::vector<size_t> indents_;
  size_t pending_dedents_ = 0;
  size_t nesting_ = 0;  ///< open brackets: newlines inside do not count
  bool started_ = false;
};

}  // namespace rushlight::ir
