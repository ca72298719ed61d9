/// Statements and definitions.
#include "lang/parser.h"

#include <charconv>
#include <utility>

#include "lang/expression_parser.h"

namespace rushlight::lang {
namespace {

class Parser : public ExpressionParser {
 public:
  Parser(const std::shared_ptr<const Source>& source, Dialect dialect)
      : ExpressionParser(source, dialect, tokenize(source, dialect)) {}

  std::vector<StmtPtr> module() {
    std::vector<StmtPtr> statements;
    while (!at(TokenKind::end)) {
      if (accept_kind(TokenKind::newline)) continue;
      statement(statements);
    }
    return statements;
  }
  std::vector<std::shared_ptr<const Def>> functions() {
    std::vector<std::shared_ptr<const Def>> defs;
    while (!at(TokenKind::end)) {
      if (accept_kind(TokenKind::newline)) continue;
      if (!at("def")) unexpected("def");
      defs.push_back(definition()->def);
    }
    return defs;
  }
  ExprPtr only_expression() {
    while (accept_kind(TokenKind::newline) || accept_kind(TokenKind::indent)) {
    }
    ExprPtr expr = expression_list();
    while (accept_kind(TokenKind::newline) || accept_kind(TokenKind::dedent)) {
    }
    if (!at(TokenKind::end)) unexpected("end of the expression");
    return expr;
  }

  /// `# type: (int, Tensor) -> Tensor`.
  struct SignatureComment {
    std::vector<ExprPtr> parameters;
    ExprPtr returns;
  };
  SignatureComment signature_comment() {
    SignatureComment made;
    if (!accept_kind(TokenKind::type_comment)) unexpected("type comment");
    expect("(");
    while (!at(")")) {
      made.parameters.push_back(expression());
      if (!accept(",")) break;
    }
    expect(")");
    if (accept("->")) made.returns = expression();
    return made;
  }
  /// `self` of a method has no type in the comment.
  static void apply(const SignatureComment& comment, Def& def) {
    const size_t given = comment.parameters.size(), count = def.parameters.size();
    const bool without_self = given + 1 == count && count > 0 && def.parameters[0].name == "self";
    if (given != count && !without_self)
      fail_at(def.declaration, cat("Number of type annotations (", given, ") did not match the number of ",
                                   "function parameters (", count, ")"));
    for (size_t i = 0; i < given; ++i) {
      Parameter& parameter = def.parameters[i + without_self];
      parameter.annotation = comment.parameters[i];
      def.range = cover(def.range, parameter.annotation->range);
    }
    if (!comment.returns) return;
    def.returns = comment.returns;
    def.range = cover(def.range, def.returns->range);
  }

 private:
  std::shared_ptr<Stmt> make_stmt(StmtKind kind, const Token& head) const {
    auto stmt = std::make_shared<Stmt>();
    stmt->kind = kind;
    stmt->range = range(head.begin, head.end);
    return stmt;
  }
  /// The range of a statement is its keyword and whatever stands in it.
  static std::shared_ptr<Stmt> widened(std::shared_ptr<Stmt> stmt) {
    const auto add = [&](const ExprPtr& expr) {
      if (expr) stmt->range = cover(stmt->range, expr->range);
    };
    for (const ExprPtr& target : stmt->targets) add(target);
    add(stmt->value);
    add(stmt->message);
    add(stmt->annotation);
    for (const WithItem& item : stmt->items) {
      add(item.value);
      add(item.target);
    }
    for (const auto* body : {&stmt->body, &stmt->orelse})
      for (const StmtPtr& inner : *body) stmt->range = cover(stmt->range, inner->range);
    return stmt;
  }

  std::vector<StmtPtr> block(Def* def = nullptr) {
    expect(":");
    std::vector<StmtPtr> body;
    if (!at(TokenKind::newline)) {
      // Only a function may stand on one line in the string dialect.
      if (!is_python() && !def) unexpected("indent");
      if (def && at(TokenKind::type_comment)) return commented_block(*def);
      simple_line(body);
      return body;
    }
    if (!is_python() && ahead().kind != TokenKind::indent) unexpected(def ? "ident" : "indent");
    take();
    if (!accept_kind(TokenKind::indent)) unexpected("indent");
    if (def && at(TokenKind::type_comment)) {
      const SignatureComment comment = signature_comment();
      apply(comment, *def);
      if (!accept_kind(TokenKind::newline)) unexpected("newline");
    }
    finish_block(body);
    return body;
  }
  std::vector<StmtPtr> commented_block(Def& def) {
    std::vector<StmtPtr> body;
    apply(signature_comment(), def);
    if (accept_kind(TokenKind::newline) && accept_kind(TokenKind::indent))
      finish_block(body);
    else
      simple_line(body);
    return body;
  }
  void finish_block(std::vector<StmtPtr>& body) {
    Depth depth(*this);
    while (!accept_kind(TokenKind::dedent)) {
      if (accept_kind(TokenKind::newline)) continue;
      if (at(TokenKind::end)) break;
      if (at(TokenKind::indent)) unexpected("newline");
      statement(body);
    }
  }

  void statement(std::vector<StmtPtr>& out) {
    if (at("if")) return out.push_back(if_statement());
    if (at("while")) return out.push_back(while_statement());
    if (at("for")) return out.push_back(for_statement());
    if (at("with")) return out.push_back(with_statement());
    if (at("def") || at("class") || at("@")) return out.push_back(decorated());
    if (is_python() && at("try")) unsupported("try blocks", now(), 3);
    if (is_python() && at("async"))
      unsupported(ahead().is("def")   ? "async function definitions"
                  : ahead().is("for") ? "async for loops"
                                      : "async with statements",
                  now(), std::string_view("async def").size());
    if (is_python() && at(TokenKind::name) && now().text == "match" && is_match_statement())
      unsupported("Match", now());
    simple_line(out);
  }
  /// `match x:` ends its line with a colon; a name called match does not.
  bool is_match_statement() const {
    if (ahead().kind == TokenKind::op && !ahead().is("(") && !ahead().is("[") && !ahead().is("-")) return false;
    for (size_t i = 1; ahead(i).kind != TokenKind::end; ++i)
      if (ahead(i).kind == TokenKind::newline) return i > 1 && ahead(i - 1).is(":");
    return false;
  }
  StmtPtr if_statement() {
    Depth depth(*this);  // each `elif` is an If in the other branch
    const Token head = take();
    auto stmt = make_stmt(StmtKind::if_, head);
    // The mark of `elif` is as long as that of `if`.
    if (is_python()) stmt->range = range(head.begin, head.begin + 2);
    stmt->value = expression_list();
    stmt->body = block();
    if (at("elif"))
      stmt->orelse.push_back(if_statement());
    else if (accept("else"))
      stmt->orelse = block();
    return widened(std::move(stmt));
  }
  StmtPtr while_statement() {
    const Token head = take();
    auto stmt = make_stmt(StmtKind::while_, head);
    stmt->value = expression_list();
    stmt->body = block();
    if (is_python() && accept("else")) stmt->orelse = block();
    return widened(std::move(stmt));
  }
  StmtPtr for_statement() {
    const Token head = take();
    auto stmt = make_stmt(StmtKind::for_, head);
    stmt->targets.push_back(target_list());
    expect("in");
    stmt->value = expression_list();
    stmt->body = block();
    if (is_python() && accept("else")) stmt->orelse = block();
    return widened(std::move(stmt));
  }
  StmtPtr with_statement() {
    auto stmt = make_stmt(StmtKind::with, take());
    do {
      WithItem item;
      item.value = expression();
      if (accept("as")) item.target = target();
      stmt->items.push_back(std::move(item));
    } while (accept(","));
    stmt->body = block();
    return widened(std::move(stmt));
  }

  StmtPtr decorated() {
    // Decorators are Python's business, whatever stands in them: what they gave back is compiled.
    while (accept("@")) {
      while (!at(TokenKind::newline) && !at(TokenKind::end)) take();
      accept_kind(TokenKind::newline);
    }
    const Token head = now();
    if (at("class")) {
      if (in_function_ && is_python()) unsupported("class definitions", head, 5);
      auto stmt = make_stmt(StmtKind::class_, head);
      stmt->class_def = class_definition();
      stmt->range = stmt->class_def->range;
      return stmt;
    }
    if (!at("def")) unexpected("def");
    return definition();
  }
  StmtPtr definition() {
    auto stmt = make_stmt(StmtKind::def, now());
    const bool outer = std::exchange(in_function_, true);
    auto def = def_definition();
    in_function_ = outer;
    stmt->range = def->range;
    stmt->def = std::move(def);
    return stmt;
  }

  std::shared_ptr<Def> def_definition() {
    const Token head = take();
    auto def = std::make_shared<Def>();
    const Token name = expect_name();
    def->name = name.text;
    def->name_range = token_range(name);
    def->is_python = is_python();
    def->range = is_python() ? range(head.begin, head.end) : def->name_range;
    def->declaration = is_python() ? def->range : token_range(now());
    parameters(*def);
    if (accept("->")) def->returns = expression();
    if (def->returns) def->declaration = cover(def->declaration, def->returns->range);
    def->range = cover(def->range, def->declaration);
    def->body = block(def.get());
    for (const StmtPtr& stmt : def->body) def->range = cover(def->range, stmt->range);
    return def;
  }
  void parameters(Def& def) {
    expect("(");
    bool keyword_only = false;
    const auto gathering = [&](bool keywords) {
      const Token name = expect_name();
      Parameter parameter{.name = name.text, .keyword_only = keywords, .gathers = true, .range = token_range(name)};
      if (accept(":")) parameter.annotation = expression();
      def.parameters.push_back(std::move(parameter));
    };
    while (!at(")")) {
      if (is_python() && accept("**")) {
        gathering(/*keywords=*/true);
      } else if (accept("*")) {
        keyword_only = true;
        if (is_python() && at(TokenKind::name)) gathering(/*keywords=*/false);
      } else if (is_python() && accept("/")) {
        // Parameters in front of it cannot be named in a call; naming them does no harm here.
      } else {
        const Token name = expect_name();
        Parameter parameter{.name = name.text, .keyword_only = keyword_only, .range = token_range(name)};
        if (accept(":")) parameter.annotation = expression();
        if (accept("=")) parameter.default_value = expression();
        def.parameters.push_back(std::move(parameter));
      }
      if (!accept(",")) break;
    }
    expect(")");
    for (const Parameter& parameter : def.parameters) {
      def.declaration = cover(def.declaration, parameter.range);
      if (parameter.annotation) def.declaration = cover(def.declaration, parameter.annotation->range);
    }
  }

  std::shared_ptr<ClassDef> class_definition() {
    const Token head = take();
    auto made = std::make_shared<ClassDef>();
    made->name = expect_name().text;
    if (accept("(")) {
      while (!at(")")) {
        if (at(TokenKind::name) && ahead().is("=")) {
          skip(2);
          expression();
        } else {
          made->bases.push_back(expression());
        }
        if (!accept(",")) break;
      }
      expect(")");
    }
    made->body = block();
    made->range = range(head.begin, last().end);
    return made;
  }

  void simple_line(std::vector<StmtPtr>& out) {
    do {
      if (at(TokenKind::newline) || at(TokenKind::end)) break;
      simple(out);
    } while (is_python() && accept(";"));
    if (at(TokenKind::newline) && ahead().kind == TokenKind::indent) unexpected("newline");
    if (!accept_kind(TokenKind::newline) && !at(TokenKind::end) && !at(TokenKind::dedent)) unexpected("newline");
  }
  void simple(std::vector<StmtPtr>& out) {
    const Token head = now();
    const auto ends = [&] { return at(TokenKind::newline) || at(TokenKind::end) || at(";"); };
    const auto finish = [&](std::shared_ptr<Stmt> stmt) { out.push_back(widened(std::move(stmt))); };
    if (accept("pass")) return finish(make_stmt(StmtKind::pass, head));
    if (accept("break")) return finish(make_stmt(StmtKind::break_, head));
    if (accept("continue")) return finish(make_stmt(StmtKind::continue_, head));
    if (accept("return")) {
      auto stmt = make_stmt(StmtKind::return_, head);
      if (!ends()) stmt->value = expression_list();
      return finish(stmt);
    }
    if (accept("raise")) {
      auto stmt = make_stmt(StmtKind::raise, head);
      if (!ends()) stmt->value = expression();
      if (is_python() && accept("from")) expression();
      return finish(stmt);
    }
    if (accept("assert")) {
      auto stmt = make_stmt(StmtKind::assert_, head);
      stmt->value = expression();
      if (accept(",")) stmt->message = expression();
      return finish(stmt);
    }
    if (accept("del")) {
      auto stmt = make_stmt(StmtKind::del, head);
      do stmt->targets.push_back(target());
      while (accept(",") && !ends());
      return finish(stmt);
    }
    if (at("global")) {
      if (is_python()) unsupported("global variables", head, 6);
      take();
      do expect_name();
      while (accept(","));
      return finish(make_stmt(StmtKind::global, head));
    }
    if (is_python() && at("nonlocal")) unsupported("nonlocal variables", head);
    if (at("import") || (is_python() && at("from"))) {
      // Archives of old PyTorch begin with imports of their own files.
      if (is_python()) unsupported("import statements", head, head.text.size());
      while (!ends()) take();
      return;
    }
    if (is_python() && at(TokenKind::name) && head.text == "type" && ahead().kind == TokenKind::name)
      unsupported("TypeAlias", head);
    expression_statement(out);
  }

  void expression_statement(std::vector<StmtPtr>& out) {
    ExprPtr first = expression_list();
    const auto make_at = [&](StmtKind kind) {
      auto stmt = std::make_shared<Stmt>();
      stmt->kind = kind;
      stmt->range = first->range;
      return stmt;
    };
    static constexpr std::string_view kAugmented[] = {
        "+=", "-=", "*=", "/=", "//=", "%=", "**=", "@=", "&=", "|=", "^=", "<<=", ">>="};
    for (std::string_view op : kAugmented) {
      if (!at(op)) continue;
      take();
      auto stmt = make_at(StmtKind::aug_assign);
      stmt->text = std::string(op.substr(0, op.size() - 1));
      stmt->targets.push_back(first);
      stmt->value = expression_list();
      if (!is_python() && first->is(ExprKind::tuple))
        fail_at(first->range, " augmented assignment can only have one LHS expression");
      return out.push_back(widened(std::move(stmt)));
    }
    if (accept(":")) {
      auto stmt = make_at(StmtKind::assign);
      stmt->targets.push_back(first);
      stmt->annotation = expression();
      if (accept("=")) stmt->value = expression_list();
      return out.push_back(widened(std::move(stmt)));
    }
    if (!at("=")) {
      auto stmt = make_at(StmtKind::expr);
      stmt->value = first;
      return out.push_back(std::move(stmt));
    }
    auto stmt = make_at(StmtKind::assign);
    ExprPtr next = first;
    while (accept("=")) {
      stmt->targets.push_back(next);
      next = expression_list();
    }
    stmt->value = next;
    out.push_back(widened(std::move(stmt)));
  }

  bool in_function_ = false;
};

}  // namespace

std::vector<StmtPtr> parse_module(const std::shared_ptr<const Source>& source, Dialect dialect) {
  return Parser(source, dialect).module();
}
std::vector<std::shared_ptr<const Def>> parse_functions(const std::shared_ptr<const Source>& source) {
  return Parser(source, Dialect::string).functions();
}

std::shared_ptr<const Def> parse_def(const std::shared_ptr<const Source>& source, const std::string& type_comment) {
  for (const StmtPtr& stmt : parse_module(source, Dialect::python)) {
    if (stmt->kind != StmtKind::def) continue;
    if (type_comment.empty()) return stmt->def;
    auto def = std::make_shared<Def>(*stmt->def);
    Parser comment(std::make_shared<const Source>(type_comment, ""), Dialect::string);
    Parser::apply(comment.signature_comment(), *def);
    return def;
  }
  throw RuntimeError(cat("Expected a single top-level function: ", source->filename(), ":", source->first_line()));
}

ExprPtr parse_expression(const std::shared_ptr<const Source>& source) {
  return Parser(source, Dialect::python).only_expression();
}

std::optional<int64_t> integer_value(std::string_view text) {
  std::string digits(text.starts_with("-") ? text.substr(0, 1) : "");
  text.remove_prefix(digits.size());
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = char(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  digits += text;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace rushlight::lang
