#include "lang/lexer.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "base/text.h"

namespace rushlight::lang {
namespace {

constexpr std::string_view kKeywords[] = {
    "and",      "as",    "assert",  "async", "await", "break",  "class", "continue", "def",   "del",  "elif",   "else",
    "except",   "False", "finally", "for",   "from",  "global", "if",    "import",   "in",    "is",   "lambda", "None",
    "nonlocal", "not",   "or",      "pass",  "raise", "return", "True",  "try",      "while", "with", "yield"};
/// Longest first.
constexpr std::string_view kOperators[] = {"**=", "//=", ">>=", "<<=", "...", "!=", "->", "+=", "-=", "*=", "/=", "%=",
                                           "@=",  "&=",  "|=",  "^=",  ":=",  "==", "<=", ">=", "<<", ">>", "**", "//",
                                           "+",   "-",   "*",   "/",   "%",   "@",  "&",  "|",  "^",  "~",  "<",  ">",
                                           "(",   ")",   "[",   "]",   "{",   "}",  ",",  ":",  ".",  ";",  "="};

bool is_name_start(unsigned char c) { return std::isalpha(c) || c == '_' || c >= 0x80; }
bool is_name_part(unsigned char c) { return is_name_start(c) || std::isdigit(c); }

class Lexer {
 public:
  explicit Lexer(std::shared_ptr<const Source> source) : source_(std::move(source)), text_(source_->text()) {}

  Tokens run() {
    indents_.push_back(0);
    while (at_ < text_.size()) {
      if (line_start_) begin_line();
      if (at_ >= text_.size()) break;
      step();
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
      column = peek() == '\t' ? (column / 8 + 1) * 8 : column + 1;
      ++at_;
    }
    if (at_ >= text_.size() || peek() == '\n' || peek() == '#' || peek() == '\r') return;
    // A text may stand indented as a whole, as strings inside of functions do.
    if (out_.tokens.empty()) indents_.back() = column;
    if (column > indents_.back()) {
      if (indents_.size() >= kMaxNesting)
        fail_at(here(begin, at_), cat("indentation deeper than ", kMaxNesting, " levels is not supported"));
      indents_.push_back(column);
      push(TokenKind::indent, "", begin);
    }
    while (column < indents_.back()) {
      indents_.pop_back();
      push(TokenKind::dedent, "", at_);
    }
    if (column != indents_.back()) fail_at(here(begin, at_), "inconsistent indentation");
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
    if (is_name_start(static_cast<unsigned char>(c))) return name();
    op();
  }

  void comment() {
    const size_t begin = at_;
    while (at_ < text_.size() && peek() != '\n') ++at_;
    std::string_view body = text_.substr(begin + 1, at_ - begin - 1);
    const auto trim = [](std::string_view s) {
      while (!s.empty() && std::isspace(static_cast<unsigned char>(s.front()))) s.remove_prefix(1);
      while (!s.empty() && std::isspace(static_cast<unsigned char>(s.back()))) s.remove_suffix(1);
      return s;
    };
    body = trim(body);
    if (!body.starts_with("type:")) return;
    body = trim(body.substr(5));
    if (!body.starts_with("ignore")) out_.type_comments.push_back({begin, std::string(body)});
  }

  void name() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_name_part(static_cast<unsigned char>(peek()))) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const bool keyword = std::find(std::begin(kKeywords), std::end(kKeywords), word) != std::end(kKeywords);
    push(keyword ? TokenKind::keyword : TokenKind::name, std::string(word), begin);
  }

  void number() {
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

  /// A quote, perhaps after a prefix of at most two letters.
  bool starts_string() const {
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
      if (prefix == 'b') fail_at(here(begin, begin + 1), "bytes literals are not supported");
    }
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    at_ += triple ? 3 : 1;
    const size_t body = at_;
    for (;; ++at_) {
      if (at_ >= text_.size() || (!triple && peek() == '\n'))
        fail_at(here(begin, begin + 1), "unterminated string literal");
      if (peek() == '\\') {
        ++at_;
        continue;
      }
      if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) break;
    }
    const std::string_view inside = text_.substr(body, at_ - body);
    at_ += triple ? 3 : 1;
    if (format) return push(TokenKind::fstring, std::string(inside), begin);
    push(TokenKind::string, raw ? std::string(inside) : unescape(inside), begin);
  }

 public:
  static void append_utf8(std::string& out, uint32_t code) {
    if (code < 0x80) {
      out += char(code);
    } else if (code < 0x800) {
      out += char(0xc0 | code >> 6);
      out += char(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      out += char(0xe0 | code >> 12);
      out += char(0x80 | (code >> 6 & 0x3f));
      out += char(0x80 | (code & 0x3f));
    } else {
      out += char(0xf0 | code >> 18);
      out += char(0x80 | (code >> 12 & 0x3f));
      out += char(0x80 | (code >> 6 & 0x3f));
      out += char(0x80 | (code & 0x3f));
    }
  }
  static std::string unescape(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\' || i + 1 == text.size()) {
        out += text[i];
        continue;
      }
      const char c = text[++i];
      const auto hex = [&](size_t digits) {
        uint32_t code = 0;
        size_t k = 0;
        for (; k < digits && i + 1 < text.size() && std::isxdigit(static_cast<unsigned char>(text[i + 1])); ++k) {
          const char d = text[++i];
          code =
              code * 16 + uint32_t(std::isdigit(static_cast<unsigned char>(d)) ? d - '0' : std::tolower(d) - 'a' + 10);
        }
        return std::min<uint32_t>(code, 0x10ffff);
      };
      switch (c) {
        case '\n':
          break;
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case 'r':
          out += '\r';
          break;
        case 'a':
          out += '\a';
          break;
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'v':
          out += '\v';
          break;
        case '\\':
        case '\'':
        case '"':
          out += c;
          break;
        case 'x':
          append_utf8(out, hex(2));
          break;
        case 'u':
          append_utf8(out, hex(4));
          break;
        case 'U':
          append_utf8(out, hex(8));
          break;
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7': {
          uint32_t code = uint32_t(c - '0');
          for (int k = 0; k < 2 && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '7'; ++k)
            code = code * 8 + uint32_t(text[++i] - '0');
          append_utf8(out, code);
          break;
        }
        default:
          out += '\\';
          out += c;
      }
    }
    return out;
  }

 private:
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
    fail_at(here(at_, at_ + 1), cat("unexpected character '", text_.substr(at_, 1), "'"));
  }

  std::shared_ptr<const Source> source_;
  std::string_view text_;
  size_t at_ = 0;
  size_t brackets_ = 0;
  bool line_start_ = true;
  std::vector<size_t> indents_;
  Tokens out_;
};

}  // namespace

Tokens tokenize(const std::shared_ptr<const Source>& source) { return Lexer(source).run(); }
std::string unescape_string(std::string_view text) { return Lexer::unescape(text); }

void fail_at(const SourceRange& range, const std::string& message, std::string hint) {
  throw CompileError({.message = cat("\n", message, ":\n", located(range)), .range = range, .hint = std::move(hint)});
}

std::string located(const SourceRange& range) {
  if (!range) return {};
  const SourceRange::Position at = range.position();
  return cat(at.filename.empty() ? "" : cat("  File \"", at.filename, "\", line ", at.line, "\n"), range.highlight());
}

std::string dotted_name(const Expr& expr) {
  if (expr.is(ExprKind::name)) return expr.text;
  if (!expr.is(ExprKind::attribute)) return {};
  const std::string prefix = dotted_name(*expr[0]);
  return prefix.empty() ? prefix : cat(prefix, ".", expr.text);
}

}  // namespace rushlight::lang
