/// The place in a list of tokens, and what both halves of the parser do with it: taking, expecting, making ranges.
#pragma once
#include "base/stack_guard.h"
#include "base/text.h"
#include "lang/parser.h"

namespace rushlight::lang {

/// Both ranges together. Offsets alone count, as in PyTorch: a range from another text (a type comment) is read as if
/// it stood in this one.
inline SourceRange cover(const SourceRange& range, const SourceRange& other) {
  if (!other) return range;
  if (!range) return other;
  return SourceRange(range.source(), std::min(range.begin(), other.begin()), std::max(range.end(), other.end()));
}

class TokenReader {
 public:
  TokenReader(std::shared_ptr<const Source> source, Dialect dialect, Tokens tokens)
      : source_(std::move(source)), dialect_(dialect), lexed_(std::move(tokens)) {}

  bool is_python() const { return dialect_ == Dialect::python; }
  const std::shared_ptr<const Source>& source() const { return source_; }
  const Token& now() const {
    const Token& token = lexed_.tokens[at_];
    if (token.kind == TokenKind::error) std::rethrow_exception(lexed_.error);
    return token;
  }
  const Token& ahead(size_t n = 1) const { return lexed_.tokens[std::min(at_ + n, lexed_.tokens.size() - 1)]; }
  const Token& last() const { return lexed_.tokens[at_ ? at_ - 1 : 0]; }
  bool at(TokenKind kind) const { return now().kind == kind; }
  bool at(std::string_view op) const { return now().is(op); }
  Token take() {
    now();
    return lexed_.tokens[at_ + 1 < lexed_.tokens.size() ? at_++ : at_];
  }
  void skip(size_t count) { at_ += count; }
  bool accept(std::string_view op) {
    if (!at(op)) return false;
    ++at_;
    return true;
  }
  bool accept_kind(TokenKind kind) {
    if (now().kind != kind || kind == TokenKind::end) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view op) {
    if (!accept(op)) unexpected(op);
  }
  Token expect_name() {
    if (!at(TokenKind::name)) unexpected("ident");
    return take();
  }
  [[noreturn]] void unexpected(std::string_view expected) const;

  SourceRange range(size_t begin, size_t end) const { return SourceRange(source_, begin, std::max(end, begin)); }
  SourceRange token_range(const Token& token) const { return range(token.begin, std::max(token.end, token.begin + 1)); }
  /// `aren't supported`, as the Python front end says it of a node that it does not know; `length`: of the mark.
  [[noreturn]] void unsupported(std::string_view what, const Token& at, size_t length = 1) const {
    refuse<UnsupportedNodeError>(range(at.begin, at.begin + length), cat(what, " aren't supported"));
  }

  /// Levels of expressions and statements.
  static constexpr size_t kMaxDepth = 4 * kMaxNesting;

  /// Counts the recursion: a deep tree would overflow the stack of whoever walks it.
  class Depth {
   public:
    explicit Depth(TokenReader& reader) : reader_(reader) {
      check_stack();
      if (++reader_.depth_ > kMaxDepth) fail_at(reader_.token_range(reader_.now()), "the source is nested too deeply");
    }
    ~Depth() { --reader_.depth_; }

   private:
    TokenReader& reader_;
  };

 private:
  std::shared_ptr<const Source> source_;
  Dialect dialect_;
  Tokens lexed_;
  size_t at_ = 0;
  size_t depth_ = 0;
};

}  // namespace rushlight::lang
