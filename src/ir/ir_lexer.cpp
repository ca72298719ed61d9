#include "ir/ir_lexer.h"

#include <cctype>

#include "base/text.h"

namespace rushlight::ir {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string kind_name(IrToken::Kind kind) {
  switch (kind) {
    case IrToken::Kind::ident:
      return "ident";
    case IrToken::Kind::number:
      return "number";
    case IrToken::Kind::string:
      return "string_literal";
    case IrToken::Kind::variable:
      return "%";
    case IrToken::Kind::newline:
      return "newline";
    case IrToken::Kind::indent:
      return "indent";
    case IrToken::Kind::dedent:
      return "dedent";
    default:
      return "eof";
  }
}

}  // namespace

IrLexer::IrLexer(std::string_view text)
    : source_(std::make_shared<Source>(std::string(text), "")), text_(source_->text()) {
  advance();
}

void IrLexer::fail(std::string_view message, SourceRange at) const {
  const std::string text = cat("\n", message, ":\n", at.highlight());
  throw RuntimeError({.message = text, .range = std::move(at)});
}

void IrLexer::fail_expected(std::string_view what) const {
  const std::string found = current_.kind == IrToken::Kind::mark || current_.kind == IrToken::Kind::ident
                                ? current_.text
                                : kind_name(current_.kind);
  const SourceRange at = current_.kind == IrToken::Kind::variable ? range(current_.begin, current_.begin + 1) : range();
  throw RuntimeError(
      {.message = cat("expected ", what, " but found '", found, "' here:\n", at.highlight()), .range = at});
}

IrToken IrLexer::next() {
  IrToken token = std::move(current_);
  advance();
  return token;
}

bool IrLexer::accept(std::string_view mark) {
  if (!current_.is(mark)) return false;
  advance();
  return true;
}

void IrLexer::expect(std::string_view mark) {
  if (!accept(mark)) fail_expected(mark);
}

IrToken IrLexer::expect(IrToken::Kind kind) {
  if (current_.kind != kind) fail_expected(kind_name(kind));
  return next();
}

void IrLexer::go_to(size_t at) {
  at_ = at;
  advance();
}

std::string IrLexer::rest_of_line() {
  const size_t begin = current_.begin;
  size_t end = text_.find('\n', begin);
  if (end == std::string_view::npos) end = text_.size();
  if (const size_t comment = text_.substr(begin, end - begin).find(" # "); comment != std::string_view::npos)
    end = begin + comment;
  go_to(end);
  return std::string(text_.substr(begin, end - begin));
}

std::string IrLexer::until_separator() {
  size_t depth = 0, end = current_.begin;
  const size_t begin = end;
  for (; end < text_.size(); ++end) {
    const char c = text_[end];
    if (c == '(' || c == '[' || c == '<') ++depth;
    if (depth == 0 && (c == ',' || c == ')' || c == ']' || c == '=' || c == '\n' || c == '#')) break;
    if ((c == ')' || c == ']' || c == '>') && depth > 0) --depth;
  }
  // The brackets stepped over were never seen by advance(), except the one that the current token may be.
  if (current_.kind == IrToken::Kind::mark && (current_.text == "(" || current_.text == "[")) --nesting_;
  std::string text(text_.substr(begin, end - begin));
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  go_to(end);
  return text;
}

void IrLexer::advance() {
  if (pending_dedents_ > 0) {
    --pending_dedents_;
    current_ = {IrToken::Kind::dedent, "", at_, at_};
    return;
  }
  size_t newline = std::string_view::npos;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
      if (at_ == text_.size()) break;
      newline = at_;
    } else if (c == '\n') {
      newline = at_;
    } else if (!std::isspace(static_cast<unsigned char>(c))) {
      break;
    }
  }
  if (at_ >= text_.size()) {
    if (!indents_.empty() || current_.kind != IrToken::Kind::newline) {
      const bool newline_first =
          started_ && current_.kind != IrToken::Kind::newline && current_.kind != IrToken::Kind::dedent;
      if (newline_first) {
        pending_dedents_ = indents_.size();
        indents_.clear();
        current_ = {IrToken::Kind::newline, "\n", text_.size(), text_.size()};
        return;
      }
    }
    current_ = {IrToken::Kind::eof, "", text_.size(), text_.size()};
    return;
  }
  if (newline != std::string_view::npos && nesting_ == 0 && started_) {
    read_line_start(newline);
    if (current_.kind != IrToken::Kind::eof) return;
  }
  started_ = true;

  const size_t begin = at_;
  const char c = text_[at_];
  current_ = {IrToken::Kind::mark, "", begin, begin};
  if (is_letter(c)) {
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    current_.kind = IrToken::Kind::ident;
    current_.text = text_.substr(begin, at_ - begin);
  } else if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
    read_number();
  } else if (c == '"' || c == '\'') {
    read_string(c);
  } else if (c == '%') {
    ++at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    current_.kind = IrToken::Kind::variable;
    current_.text = text_.substr(begin + 1, at_ - begin - 1);
  } else {
    const size_t length = text_.substr(at_, 2) == "->" || text_.substr(at_, 2) == "::" ? 2 : 1;
    current_.text = text_.substr(at_, length);
    at_ += length;
    if (c == '(' || c == '[' || c == '{') ++nesting_;
    if ((c == ')' || c == ']' || c == '}') && nesting_ > 0) --nesting_;
  }
  current_.end = at_;
}

/// Compares the indentation of the new line with those that are open.
void IrLexer::read_line_start(size_t newline) {
  // A node without outputs is printed with the blank that would follow them: `   = prim::Print(%x)`.
  const size_t depth = at_ - newline - 1 - (text_[at_] == '=' ? 1 : 0);
  if (indents_.empty()) indents_.push_back(0);
  current_ = {IrToken::Kind::newline, "\n", newline, newline + 1};
  if (depth > indents_.back()) {
    indents_.push_back(depth);
    current_.kind = IrToken::Kind::indent;
    current_.begin = current_.end = text_.size();  // messages about an indentation show the text and mark nothing
  } else if (depth < indents_.back()) {
    while (!indents_.empty() && indents_.back() > depth) {
      indents_.pop_back();
      ++pending_dedents_;
    }
    if (indents_.empty() || indents_.back() != depth)
      throw RuntimeError({.message = cat("invalid indent level ", depth, ":\n", range(at_, at_ + 1).highlight()),
                          .range = range(at_, at_ + 1)});
  }
}

void IrLexer::read_number() {
  const size_t begin = at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool sign_of_exponent = (c == '-' || c == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E');
    if (!is_digit(c) && c != '.' && c != 'e' && c != 'E' && !(sign_of_exponent && at_ > begin)) break;
    ++at_;
  }
  if (at_ < text_.size() && text_[at_] == 'j') ++at_;
  current_.kind = IrToken::Kind::number;
  current_.text = text_.substr(begin, at_ - begin);
}

/// Escapes are those of the printer; a backslash with three digits is one byte.
void IrLexer::read_string(char quote) {
  const size_t begin = at_++;
  std::string value;
  while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
    char c = text_[at_++];
    if (c == '\\' && at_ < text_.size()) {
      const char escape = text_[at_++];
      switch (escape) {
        case 'a':
          c = '\a';
          break;
        case 'b':
          c = '\b';
          break;
        case 'f':
          c = '\f';
          break;
        case 'n':
          c = '\n';
          break;
        case 'r':
          c = '\r';
          break;
        case 't':
          c = '\t';
          break;
        case 'v':
          c = '\v';
          break;
        default:
          c = escape;
          // The printer's digits of bytes above 127 are not octal ones; sum them up as they were made.
          if (escape <= '9' && escape != '\'' && escape != '"' && escape != '\\' && at_ + 2 <= text_.size()) {
            c = char((escape - '0') * 64 + (text_[at_] - '0') * 8 + (text_[at_ + 1] - '0'));
            at_ += 2;
          }
      }
    }
    value += c;
  }
  if (at_ >= text_.size() || text_[at_] != quote) fail("Unterminated string literal", range(begin, at_));
  ++at_;
  current_.kind = IrToken::Kind::string;
  current_.text = std::move(value);
}

}  // namespace rushlight::ir
