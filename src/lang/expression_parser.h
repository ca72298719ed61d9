/// Expressions of both dialects. They differ in precedence, in chains of comparisons, and in the ranges of nodes: those
/// of Python are the ones that PyTorch computes from CPython's `ast`, which gives no ends (language.md 10.5).
#pragma once
#include "lang/token_reader.h"

namespace rushlight::lang {

class ExpressionParser : public TokenReader {
 public:
  using TokenReader::TokenReader;

  ExprPtr expression() { return is_python() ? python_expression() : string_expression(0); }
  /// `a, b` without brackets is a tuple.
  ExprPtr expression_list();
  ExprPtr star_or_expression();
  /// Targets of `for`: names, attributes, subscripts, tuples.
  ExprPtr target_list();
  /// A target of `with` and `del`.
  ExprPtr target() { return trailers(atom()); }

 protected:
  /// A node whose range is `head`, widened over its operands.
  std::shared_ptr<Expr> make(ExprKind kind, SourceRange head, std::vector<ExprPtr> operands = {},
                             std::string text = {}) const;

 private:
  // Python's grammar
  ExprPtr python_expression();
  ExprPtr lambda();
  ExprPtr or_test();
  ExprPtr and_test();
  ExprPtr not_test();
  ExprPtr comparison();
  ExprPtr binary(size_t level);
  ExprPtr unary();
  ExprPtr power();
  // The string dialect: one climb over the table of precedences
  ExprPtr string_expression(int precedence);

  ExprPtr trailers(ExprPtr value);
  ExprPtr attribute(const ExprPtr& base);
  ExprPtr call(const ExprPtr& callee);
  ExprPtr subscript(const ExprPtr& base);
  ExprPtr subscript_part(const ExprPtr& base);
  ExprPtr atom();
  ExprPtr number(ExprKind kind);
  ExprPtr parenthesised();
  ExprPtr list();
  ExprPtr braces();
  ExprPtr set_display(const Token& bracket, std::vector<ExprPtr> parts);
  ExprPtr comprehension(ExprKind kind, size_t begin, std::vector<ExprPtr> operands);
  ExprPtr strings();
  void format_pieces(const Token& token, std::vector<ExprPtr>& pieces, int levels);
  bool ends_list() const;
};

}  // namespace rushlight::lang
