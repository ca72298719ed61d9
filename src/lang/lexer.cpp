#include "lang/lexer.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iterator>

#include "base/text.h"

namespace rushlight::lang {
namespace {

constexpr std::string_view kPythonKeywords[] = {
    "and",      "as",    "assert",  "async", "await", "break",  "class", "continue", "def",   "del",  "elif",   "else",
    "except",   "False", "finally", "for",   "from",  "global", "if",    "import",   "in",    "is",   "lambda", "None",
    "nonlocal", "not",   "or",      "pass",  "raise", "return", "True",  "try",      "while", "with", "yield"};
constexpr std::string_view kStringKeywords[] = {"and", "as",     "assert", "break",    "class", "continue", "def",
                                                "del", "elif",   "else",   "Ellipsis", "False", "for",      "global",
                                                "if",  "import", "in",     "is",       "None",  "NoneType", "not",
                                                "or",  "pass",   "raise",  "return",   "True",  "while",    "with"};
/// Longest first.
constexpr std::string_view kOperators[] = {"**=", "//=", ">>=", "<<=", "...", "!=", "->", "+=", "-=", "*=", "/=", "%=",
                                           "@=",  "&=",  "|=",  "^=",  ":=",  "==", "<=", ">=", "<<", ">>", "**", "//",
                                           "+",   "-",   "*",   "/",   "%",   "@",  "&",  "|",  "^",  "~",  "<",  ">",
                                           "(",   ")",   "[",   "]",   "{",   "}",  ",",  ":",  ".",  ";",  "="};

bool is_name_start(unsigned char c) { return std::isalpha(c) || c == '_' || c >= 0x80; }
bool is_name_part(unsigned char c) { return is_name_start(c) || std::isdigit(c); }

class Lexer {
 public:
  Lexer(std::shared_ptr<const Source> source, Dialect dialect, size_t begin, size_t end)
      : source_(std::move(source)), dialect_(dialect), text_(source_->text().substr(0, end)), at_(begin) {}

  Tokens run() {
    indents_.push_back(0);
    try {
      while (at_ < text_.size()) {
        if (line_start_) begin_line();
        if (at_ >= text_.size()) break;
        step();
      }
    } catch (const CompileError&) {
      // Whatever is wrong before this place is reported first.
      out_.error = std::current_exception();
      push(TokenKind::error, "", at_);
    }
    // An open bracket swallows the end of the line, so the text ends there.
    const bool closed = brackets_ == 0;
    if (closed && !out_.tokens.empty() && out_.tokens.back().kind != TokenKind::newline)
      push(TokenKind::newline, "", at_);
    while (closed && indents_.size() > 1) {
      indents_.pop_back();
      push(TokenKind::dedent, "", at_);
    }
    push(TokenKind::end, "", at_);
    return std::move(out_);
  }

 private:
  void push(TokenKind kind, std::string text, size_t begin) {
    out_.tokens.push_back({kind, std::move(text), begin, at_});
  }
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  SourceRange here(size_t begin, size_t end) const { return SourceRange(source_, begin, std::max(begin + 1, end)); }

  /// Indentation of a line with something on it; blank lines and comments have none.
  void begin_line() {
    line_start_ = false;
    size_t column = 0;
    const size_t begin = at_;
    while (peek() == ' ' || peek() == '\t' || peek() == '\f') {
      // In strings a tab is one column.
      column = peek() == '\t' && dialect_ == Dialect::python ? (column / 8 + 1) * 8 : column + 1;
      ++at_;
    }
    if (at_ >= text_.size() || peek() == '\n' || peek() == '\r') return;
    if (peek() == '#' && !(dialect_ == Dialect::string && text_.substr(at_).starts_with("# type:"))) return;
    // A text may stand indented as a whole, as strings inside of functions do.
    if (out_.tokens.empty()) indents_.back() = column;
    if (column > indents_.back()) {
      if (indents_.size() >= kMaxNesting)
        fail_at(here(begin, at_), cat("indentation deeper than ", kMaxNesting, " levels is not supported"));
      indents_.push_back(column);
      push(TokenKind::indent, "", begin);
    }
    while (column < indents_.back() && indents_.size() > 1) {  // never less than the text as a whole
      indents_.pop_back();
      push(TokenKind::dedent, "", at_);
    }
    if (column != indents_.back()) {
      const SourceRange place(source_, at_, at_);
      throw CompileError({.message = cat("invalid indent level ", at_ - begin, ":\n", located(place)), .range = place});
    }
  }

  void step() {
    const char c = peek();
    if (c == '\n') {
      const size_t begin = at_++;
      if (brackets_ == 0) {
        // A line without tokens makes no newline.
        const bool any = !out_.tokens.empty() && out_.tokens.back().kind != TokenKind::newline &&
                         out_.tokens.back().kind != TokenKind::indent && out_.tokens.back().kind != TokenKind::dedent;
        if (any) out_.tokens.push_back({TokenKind::newline, "", begin, begin});
        line_start_ = true;
      }
      return;
    }
    if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
      ++at_;
      return;
    }
    if (c == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'))) {
      at_ += peek(1) == '\n' ? 2 : 3;
      return;
    }
    if (c == '#') return comment();
    if (std::isdigit(static_cast<unsigned char>(c)) || (c == '.' && std::isdigit(static_cast<unsigned char>(peek(1)))))
      return number();
    if (starts_string()) return string();
    const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
    if (is_name_start(static_cast<unsigned char>(c)) && (is_ascii || dialect_ == Dialect::python)) return name();
    op();
  }

  void comment() {
    if (dialect_ == Dialect::string && text_.substr(at_).starts_with("# type:")) {
      const size_t begin = at_;
      at_ += 7;
      return push(TokenKind::type_comment, "# type:", begin);
    }
    while (at_ < text_.size() && peek() != '\n') ++at_;
  }

  void name() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_name_part(static_cast<unsigned char>(peek()))) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const bool keyword = dialect_ == Dialect::python
                             ? std::ranges::find(kPythonKeywords, word) != std::end(kPythonKeywords)
                             : std::ranges::find(kStringKeywords, word) != std::end(kStringKeywords);
    push(keyword ? TokenKind::keyword : TokenKind::name, std::string(word), begin);
  }

  void number() {
    if (dialect_ == Dialect::string) return c_number();
    const size_t begin = at_;
    bool floating = false;
    if (peek() == '0' && std::string_view("xXoObB").find(peek(1)) != std::string_view::npos && peek(1) != '\0') {
      at_ += 2;
      while (std::isxdigit(static_cast<unsigned char>(peek())) || peek() == '_') ++at_;
    } else {
      const auto digits = [&] {
        while (std::isdigit(static_cast<unsigned char>(peek())) || peek() == '_') ++at_;
      };
      digits();
      if (peek() == '.') {
        floating = true;
        ++at_;
        digits();
      }
      if ((peek() == 'e' || peek() == 'E') &&
          (std::isdigit(static_cast<unsigned char>(peek(1))) ||
           ((peek(1) == '+' || peek(1) == '-') && std::isdigit(static_cast<unsigned char>(peek(2)))))) {
        floating = true;
        at_ += 2;
        digits();
      }
    }
    std::string text(text_.substr(begin, at_ - begin));
    std::erase(text, '_');
    if (peek() == 'j' || peek() == 'J') {
      ++at_;
      return push(TokenKind::complex, std::move(text), begin);
    }
    push(floating ? TokenKind::floating : TokenKind::integer, std::move(text), begin);
  }

  /// The string dialect takes what C's strtod takes: hexadecimal, but no binary and no underscores.
  void c_number() {
    const size_t begin = at_;
    const std::string rest(text_.substr(at_, 400));
    char* stop = nullptr;
    std::strtod(rest.c_str(), &stop);
    at_ += size_t(stop - rest.c_str());
    std::string text(text_.substr(begin, at_ - begin));
    if (peek() == 'j') {
      ++at_;
      return push(TokenKind::complex, std::move(text), begin);
    }
    const bool hexadecimal = text.size() > 1 && (text[1] == 'x' || text[1] == 'X');
    const bool floating =
        text.find('.') != std::string::npos || (!hexadecimal && text.find_first_of("eE") != std::string::npos);
    push(floating ? TokenKind::floating : TokenKind::integer, std::move(text), begin);
  }

  /// A quote, in Python perhaps after a prefix of at most two letters.
  bool starts_string() const {
    if (dialect_ == Dialect::string) return peek() == '"' || peek() == '\'';
    size_t i = 0;
    while (i < 2 && std::string_view("rRbBfFuU").find(peek(i)) != std::string_view::npos && peek(i) != '\0') ++i;
    return peek(i) == '"' || peek(i) == '\'';
  }
  void string() {
    const size_t begin = at_;
    bool raw = false, format = false;
    for (; peek() != '"' && peek() != '\''; ++at_) {
      const char prefix = char(std::tolower(static_cast<unsigned char>(peek())));
      raw |= prefix == 'r';
      format |= prefix == 'f';
      if (prefix == 'b') refuse<FrontendError>(here(begin, begin + 1), "Unknown Constant expression type");
    }
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    at_ += triple ? 3 : 1;
    const size_t body = at_;
    for (;; ++at_) {
      if (at_ >= text_.size() || (!triple && peek() == '\n')) no_token(begin);
      if (peek() == '\\') {
        ++at_;
        continue;
      }
      if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) break;
    }
    const std::string_view inside = text_.substr(body, at_ - body);
    at_ += triple ? 3 : 1;
    if (format) return push(TokenKind::fstring, std::string(inside), begin);
    push(TokenKind::string,
         raw                           ? std::string(inside)
         : dialect_ == Dialect::string ? unescape_string(inside, here(begin, at_))
                                       : unescape_python(inside),
         begin);
  }

  void op() {
    for (std::string_view candidate : kOperators) {
      if (text_.substr(at_, candidate.size()) != candidate) continue;
      const size_t begin = at_;
      at_ += candidate.size();
      if (candidate == "(" || candidate == "[" || candidate == "{") {
        if (++brackets_ > kMaxNesting)
          fail_at(here(begin, at_), cat("brackets nested deeper than ", kMaxNesting, " are not supported"));
      } else if ((candidate == ")" || candidate == "]" || candidate == "}") && brackets_ > 0) {
        --brackets_;
      }
      return push(TokenKind::op, std::string(candidate), begin);
    }
    no_token(at_);
  }
  /// PyTorch names the character behind the last token, which is a blank as a rule.
  [[noreturn]] void no_token(size_t at) const {
    const size_t shown = out_.tokens.empty() ? at : std::min(out_.tokens.back().end, at);
    const bool newline = !out_.tokens.empty() && out_.tokens.back().kind == TokenKind::newline;
    const SourceRange place = here(at, at + 1);
    throw CompileError({.message = cat("expected a valid token but found '", newline ? " " : text_.substr(shown, 1),
                                       "' here:\n", located(place)),
                        .range = place});
  }

  std::shared_ptr<const Source> source_;
  Dialect dialect_;
  std::string_view text_;
  size_t at_;
  size_t brackets_ = 0;
  bool line_start_ = true;
  std::vector<size_t> indents_;
  Tokens out_;
};

}  // namespace

Tokens tokenize(const std::shared_ptr<const Source>& source, Dialect dialect, size_t begin, size_t end) {
  return Lexer(source, dialect, begin, std::min(end, source->text().size())).run();
}

std::string dotted_name(const Expr& expr) {
  if (expr.is(ExprKind::name)) return expr.text;
  if (!expr.is(ExprKind::attribute)) return {};
  const std::string prefix = dotted_name(*expr[0]);
  return prefix.empty() ? prefix : cat(prefix, ".", expr.text);
}

}  // namespace rushlight::lang
