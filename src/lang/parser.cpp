#include "lang/parser.h"

#include <charconv>

#include "base/text.h"

namespace rushlight::lang {

std::string unescape_string(std::string_view text);

namespace {

/// Binary operators by precedence, loosest first; every level associates to the left.
constexpr std::string_view kBinaryLevels[][5] = {{"|"},        {"^"},      {"&"},
                                                 {"<<", ">>"}, {"+", "-"}, {"*", "/", "//", "%", "@"}};
constexpr size_t kLevels = std::size(kBinaryLevels);

class Parser {
 public:
  Parser(std::shared_ptr<const Source> source, Dialect dialect)
      : source_(std::move(source)), dialect_(dialect), lexed_(tokenize(source_)) {}

  std::vector<StmtPtr> module() {
    std::vector<StmtPtr> statements;
    while (!at(TokenKind::end)) {
      if (accept_kind(TokenKind::newline)) continue;
      statement(statements);
    }
    return statements;
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

 private:
  // ---- Tokens

  const Token& now() const { return lexed_.tokens[at_]; }
  const Token& ahead(size_t n = 1) const { return lexed_.tokens[std::min(at_ + n, lexed_.tokens.size() - 1)]; }
  const Token& last() const { return lexed_.tokens[at_ ? at_ - 1 : 0]; }
  bool at(TokenKind kind) const { return now().kind == kind; }
  bool at(std::string_view op) const { return now().is(op); }
  Token take() { return lexed_.tokens[at_ + 1 < lexed_.tokens.size() ? at_++ : at_]; }
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
  SourceRange range(size_t begin, size_t end) const { return SourceRange(source_, begin, std::max(end, begin)); }
  SourceRange token_range(const Token& token) const { return range(token.begin, std::max(token.end, token.begin + 1)); }
  std::string shown(const Token& token) const {
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
      default:
        return token.text;
    }
  }
  [[noreturn]] void unexpected(std::string_view expected) const {
    // The end of a line and the indent behind it are one token for PyTorch.
    const Token& found = at(TokenKind::newline) && ahead().kind == TokenKind::indent ? ahead() : now();
    const SourceRange place =
        range(found.begin, found.kind == TokenKind::indent || found.kind == TokenKind::end ? found.begin : found.end);
    throw CompileError(
        {.message = cat("expected ", expected, " but found '", shown(found), "' here:\n", original_and_own(place)),
         .range = place});
  }
  /// What code of an archive was made from stands first.
  static std::string original_and_own(const SourceRange& place) {
    if (!place.source()->find_original()) return located(place);
    return cat(located(place.original()), "Serialized ", located(place));
  }
  void expect(std::string_view op) {
    if (!accept(op)) unexpected(op);
  }
  Token expect_name() {
    if (!at(TokenKind::name)) unexpected("ident");
    return take();
  }

  /// Counts the recursion: a deep tree would overflow the stack of whoever walks it.
  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > 4 * kMaxNesting)
        fail_at(parser_.token_range(parser_.now()), "the source is nested too deeply");
    }
    ~Depth() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  std::shared_ptr<Expr> make(ExprKind kind, size_t begin, std::vector<ExprPtr> operands = {},
                             std::string text = {}) const {
    auto expr = std::make_shared<Expr>();
    expr->kind = kind;
    expr->range = range(begin, last().end);
    expr->operands = std::move(operands);
    expr->text = std::move(text);
    return expr;
  }

  // ---- Expressions

  /// `a, b` without brackets is a tuple.
  ExprPtr expression_list() {
    const size_t begin = now().begin;
    ExprPtr first = star_or_expression();
    if (!at(",")) return first;
    std::vector<ExprPtr> parts{first};
    while (accept(",")) {
      if (ends_list()) break;
      parts.push_back(star_or_expression());
    }
    return make(ExprKind::tuple, begin, std::move(parts));
  }
  bool ends_list() const {
    return at(TokenKind::newline) || at(TokenKind::end) || at("=") || at(")") || at("]") || at("}") || at(":") ||
           at("in") || at(";") || (now().kind == TokenKind::op && now().text.size() > 1 && now().text.back() == '=');
  }
  ExprPtr star_or_expression() {
    const size_t begin = now().begin;
    if (!accept("*")) return expression();
    ExprPtr inner = binary(0);
    return make(ExprKind::starred, begin, {inner});
  }

  ExprPtr expression() {
    Depth depth(*this);
    const size_t begin = now().begin;
    if (at("lambda")) return lambda();
    if (at("yield") || at("await")) unsupported(at("yield") ? "Yield" : "Await");
    ExprPtr value = or_test();
    if (at(":=")) unsupported("NamedExpr");
    if (!at("if")) return value;
    take();
    ExprPtr condition = or_test();
    expect("else");
    ExprPtr other = expression();
    return make(ExprKind::ternary, begin, {value, condition, other});
  }
  ExprPtr lambda() {
    const size_t begin = take().begin;
    while (!at(":") && !at(TokenKind::newline) && !at(TokenKind::end)) take();
    expect(":");
    ExprPtr body = expression();
    return make(ExprKind::lambda, begin, {body});
  }
  ExprPtr or_test() {
    const size_t begin = now().begin;
    ExprPtr left = and_test();
    while (accept("or")) {
      ExprPtr right = and_test();
      left = make(ExprKind::bool_op, begin, {left, right}, "or");
    }
    return left;
  }
  ExprPtr and_test() {
    const size_t begin = now().begin;
    ExprPtr left = not_test();
    while (accept("and")) {
      ExprPtr right = not_test();
      left = make(ExprKind::bool_op, begin, {left, right}, "and");
    }
    return left;
  }
  ExprPtr not_test() {
    Depth depth(*this);
    const size_t begin = now().begin;
    if (!accept("not")) return comparison();
    ExprPtr inner = not_test();
    return make(ExprKind::unary, begin, {inner}, "not");
  }
  std::string comparison_operator() {
    for (std::string_view op : {"<", "<=", ">", ">=", "==", "!=", "in"})
      if (accept(op)) return std::string(op);
    if (accept("is")) return accept("not") ? "is not" : "is";
    if (at("not") && ahead().is("in")) {
      at_ += 2;
      return "not in";
    }
    return {};
  }
  /// `a < b < c` is `(a < b) and (b < c)`.
  ExprPtr comparison() {
    const size_t begin = now().begin;
    ExprPtr left = binary(0);
    ExprPtr whole;
    for (std::string op = comparison_operator(); !op.empty(); op = comparison_operator()) {
      ExprPtr right = binary(0);
      ExprPtr pair = make(ExprKind::compare, whole ? left->range.begin() : begin, {left, right}, op);
      whole = whole ? make(ExprKind::bool_op, begin, {whole, pair}, "and") : pair;
      left = right;
    }
    return whole ? whole : left;
  }
  ExprPtr binary(size_t level) {
    if (level == kLevels) return unary();
    const size_t begin = now().begin;
    ExprPtr left = binary(level + 1);
    for (;;) {
      std::string_view found;
      for (std::string_view op : kBinaryLevels[level])
        if (!op.empty() && at(op)) found = op;
      if (found.empty()) return left;
      take();
      ExprPtr right = binary(level + 1);
      left = make(ExprKind::binary, begin, {left, right}, std::string(found));
    }
  }
  ExprPtr unary() {
    Depth depth(*this);
    const size_t begin = now().begin;
    for (std::string_view op : {"-", "+", "~"}) {
      if (!accept(op)) continue;
      ExprPtr inner = unary();
      return make(ExprKind::unary, begin, {inner}, std::string(op));
    }
    return power();
  }
  ExprPtr power() {
    const size_t begin = now().begin;
    ExprPtr base = trailers(atom());
    if (!accept("**")) return base;
    ExprPtr exponent = unary();
    return make(ExprKind::binary, begin, {base, exponent}, "**");
  }

  ExprPtr trailers(ExprPtr value) {
    const size_t begin = paren_begin_.value_or(value->range.begin());
    paren_begin_.reset();
    for (;;) {
      if (accept(".")) {
        // Archives write attributes that are keywords of Python: `self.in`.
        if (!at(TokenKind::name) && !at(TokenKind::keyword)) unexpected("ident");
        std::string name = take().text;
        value = make(ExprKind::attribute, begin, {value}, std::move(name));
      } else if (at("(")) {
        value = call(value, begin);
      } else if (accept("[")) {
        std::vector<ExprPtr> operands{value};
        if (at("]")) {
          operands.push_back(make(ExprKind::tuple, now().begin));
        } else {
          do {
            if (at("]")) break;
            operands.push_back(subscript());
          } while (accept(","));
        }
        expect("]");
        auto made = make(ExprKind::subscript, begin, std::move(operands));
        // `x[i,]` is an index by a tuple.
        if (lexed_.tokens[at_ - 2].is(",") && made->operands.size() == 2) made->text = "tuple";
        value = made;
      } else {
        return value;
      }
    }
  }
  ExprPtr subscript() {
    const size_t begin = now().begin;
    ExprPtr start, stop, step;
    if (!at(":")) start = star_or_expression();
    if (!at(":")) return start;
    take();
    if (!at(":") && !at("]") && !at(",")) stop = expression();
    if (accept(":") && !at("]") && !at(",")) step = expression();
    return make(ExprKind::slice, begin, {start, stop, step});
  }
  ExprPtr call(const ExprPtr& callee, size_t begin) {
    expect("(");
    auto made = std::make_shared<Expr>();
    made->kind = ExprKind::call;
    made->operands.push_back(callee);
    while (!at(")")) {
      const Token first = now();
      if (accept("**")) {
        made->keywords.push_back({"", expression(), token_range(first)});
      } else if (at(TokenKind::name) && ahead().is("=")) {
        take();
        take();
        made->keywords.push_back({first.text, expression(), token_range(first)});
      } else {
        ExprPtr argument = star_or_expression();
        if (at("for")) argument = comprehension(ExprKind::generator, first.begin, {argument});
        made->operands.push_back(std::move(argument));
      }
      if (!accept(",")) break;
    }
    // The range of a call is that of what is called.
    made->range = range(begin, callee->range.end());
    expect(")");
    return made;
  }

  ExprPtr comprehension(ExprKind kind, size_t begin, std::vector<ExprPtr> operands) {
    auto made = std::make_shared<Expr>();
    made->kind = kind;
    made->operands = std::move(operands);
    while (accept("for")) {
      Comprehension part;
      part.target = target_list();
      expect("in");
      part.iterable = or_test();
      while (accept("if")) part.conditions.push_back(or_test());
      made->comprehensions.push_back(std::move(part));
    }
    made->range = range(begin, last().end);
    return made;
  }
  ExprPtr target_list() {
    const size_t begin = now().begin;
    const auto one = [&]() -> ExprPtr {
      const size_t star = now().begin;
      if (accept("*")) {
        ExprPtr inner = trailers(atom());
        return make(ExprKind::starred, star, {inner});
      }
      return trailers(atom());
    };
    ExprPtr first = one();
    if (!at(",")) return first;
    std::vector<ExprPtr> parts{first};
    while (accept(",") && !at("in")) parts.push_back(one());
    return make(ExprKind::tuple, begin, std::move(parts));
  }

  ExprPtr atom() {
    Depth depth(*this);
    paren_begin_.reset();
    const Token token = now();
    switch (token.kind) {
      case TokenKind::name:
        take();
        return make(ExprKind::name, token.begin, {}, token.text);
      case TokenKind::integer:
        take();
        return make(ExprKind::integer, token.begin, {}, token.text);
      case TokenKind::floating:
        take();
        return make(ExprKind::floating, token.begin, {}, token.text);
      case TokenKind::complex:
        take();
        return make(ExprKind::complex, token.begin, {}, token.text);
      case TokenKind::string:
      case TokenKind::fstring:
        return strings();
      default:
        break;
    }
    if (accept("True")) return make(ExprKind::true_, token.begin);
    if (accept("False")) return make(ExprKind::false_, token.begin);
    if (accept("None")) return make(ExprKind::none, token.begin);
    if (accept("...")) return make(ExprKind::ellipsis, token.begin);
    if (at("(")) return parenthesised();
    if (at("[")) return list();
    if (at("{")) return braces();
    unexpected("ident");
  }

  ExprPtr parenthesised() {
    const size_t begin = take().begin;
    if (accept(")")) return make(ExprKind::tuple, begin);
    if (at("yield")) unsupported("Yield");
    ExprPtr inner = star_or_expression();
    if (at("for")) {
      ExprPtr made = comprehension(ExprKind::generator, begin, {inner});
      expect(")");
      return made;
    }
    if (!at(",")) {
      expect(")");
      // The range of `(a)` is that of `a`; what is built around it starts at the bracket.
      paren_begin_ = begin;
      return inner;
    }
    std::vector<ExprPtr> parts{inner};
    while (accept(",") && !at(")")) parts.push_back(star_or_expression());
    expect(")");
    return make(ExprKind::tuple, begin, std::move(parts));
  }
  ExprPtr list() {
    const size_t begin = take().begin;
    std::vector<ExprPtr> parts;
    if (!at("]")) {
      parts.push_back(star_or_expression());
      if (at("for")) {
        auto made = std::make_shared<Expr>(*comprehension(ExprKind::list_comp, begin, std::move(parts)));
        expect("]");
        made->range = range(begin, last().end);
        return made;
      }
      while (accept(",") && !at("]")) parts.push_back(star_or_expression());
    }
    expect("]");
    return make(ExprKind::list, begin, std::move(parts));
  }
  ExprPtr braces() {
    const size_t begin = take().begin;
    std::vector<ExprPtr> parts;
    bool is_set = false;
    while (!at("}")) {
      if (accept("**")) {
        parts.push_back(nullptr);
        parts.push_back(binary(0));
      } else {
        parts.push_back(star_or_expression());
        if (accept(":"))
          parts.push_back(expression());
        else
          is_set = true;
      }
      if (at("for")) {
        auto made = std::make_shared<Expr>(
            *comprehension(is_set ? ExprKind::set_comp : ExprKind::dict_comp, begin, std::move(parts)));
        expect("}");
        made->range = range(begin, last().end);
        return made;
      }
      if (!accept(",")) break;
    }
    expect("}");
    return make(is_set ? ExprKind::set : ExprKind::dict, begin, std::move(parts));
  }

  /// Neighbouring literals are one string.
  ExprPtr strings() {
    const size_t begin = now().begin;
    std::string value;
    std::vector<ExprPtr> pieces;
    bool format = false;
    const auto flush = [&] {
      if (value.empty()) return;
      pieces.push_back(make(ExprKind::string, begin, {}, value));
      value.clear();
    };
    while (at(TokenKind::string) || at(TokenKind::fstring)) {
      const Token token = take();
      if (token.kind == TokenKind::string) {
        value += token.text;
        continue;
      }
      format = true;
      format_pieces(token, value, pieces, flush);
    }
    if (!format) return make(ExprKind::string, begin, {}, std::move(value));
    flush();
    return make(ExprKind::fstring, begin, std::move(pieces));
  }
  template <class Flush>
  void format_pieces(const Token& token, std::string& value, std::vector<ExprPtr>& pieces, Flush&& flush) {
    const std::string& body = token.text;
    std::string plain;
    for (size_t i = 0; i < body.size(); ++i) {
      if ((body[i] == '{' || body[i] == '}') && i + 1 < body.size() && body[i + 1] == body[i]) {
        plain += body[i++];
      } else if (body[i] == '{') {
        value += unescape_string(plain);
        plain.clear();
        flush();
        size_t depth = 1, end = i + 1, colon = std::string::npos, mark = std::string::npos;
        for (; end < body.size() && depth; ++end) {
          const char c = body[end];
          if (c == '{' || c == '(' || c == '[') ++depth;
          if (c == '}' || c == ')' || c == ']') --depth;
          if (depth == 1 && c == ':' && colon == std::string::npos) colon = end;
          if (depth == 1 && c == '!' && colon == std::string::npos && end + 1 < body.size() && body[end + 1] != '=')
            mark = end;
        }
        if (depth) fail_at(token_range(token), "f-string: expecting '}'");
        const size_t close = end - 1;
        const size_t expression_end = std::min({mark, colon, close});
        auto piece = std::make_shared<Expr>();
        piece->kind = ExprKind::format_value;
        piece->range = token_range(token);
        piece->operands.push_back(
            parse_expression(std::make_shared<Source>(body.substr(i + 1, expression_end - i - 1), source_->filename(),
                                                      source_->first_line() + source_->line_of(token.begin))));
        piece->operands.push_back(colon == std::string::npos ? nullptr
                                                             : make(ExprKind::string, token.begin, {},
                                                                    body.substr(colon + 1, close - colon - 1)));
        if (mark != std::string::npos) piece->text = body.substr(mark + 1, std::min(colon, close) - mark - 1);
        pieces.push_back(std::move(piece));
        i = close;
      } else {
        plain += body[i];
      }
    }
    value += unescape_string(plain);
  }

  [[noreturn]] void unsupported(std::string_view what) {
    throw CompileError(
        {.message = cat(what, " aren't supported:\n", located(token_range(now()))), .range = token_range(now())});
  }

  // ---- Statements

  std::shared_ptr<Stmt> make_stmt(StmtKind kind, size_t begin) const {
    auto stmt = std::make_shared<Stmt>();
    stmt->kind = kind;
    stmt->range = range(begin, last().end);
    return stmt;
  }
  void end_range(Stmt& stmt, size_t begin) const { stmt.range = range(begin, last().end); }

  std::vector<StmtPtr> block() {
    expect(":");
    std::vector<StmtPtr> body;
    if (!at(TokenKind::newline)) {
      simple_line(body);
      return body;
    }
    take();
    if (!accept_kind(TokenKind::indent)) unexpected("indent");
    Depth depth(*this);
    while (!accept_kind(TokenKind::dedent)) {
      if (accept_kind(TokenKind::newline)) continue;
      if (at(TokenKind::end)) break;
      statement(body);
    }
    return body;
  }

  void statement(std::vector<StmtPtr>& out) {
    if (at("if")) return out.push_back(if_statement());
    if (at("while")) return out.push_back(while_statement());
    if (at("for")) return out.push_back(for_statement());
    if (at("with")) return out.push_back(with_statement());
    if (at("def") || at("class") || at("@")) return out.push_back(definition());
    if (at("try")) unsupported("try blocks");
    if (at("async"))
      unsupported(ahead().is("def")   ? "async function definitions"
                  : ahead().is("for") ? "async for loops"
                                      : "async with statements");
    simple_line(out);
  }
  StmtPtr if_statement() {
    const size_t begin = take().begin;
    auto stmt = make_stmt(StmtKind::if_, begin);
    stmt->value = expression_list();
    stmt->body = block();
    if (at("elif"))
      stmt->orelse.push_back(if_statement());
    else if (accept("else"))
      stmt->orelse = block();
    end_range(*stmt, begin);
    return stmt;
  }
  StmtPtr while_statement() {
    const size_t begin = take().begin;
    auto stmt = make_stmt(StmtKind::while_, begin);
    stmt->value = expression_list();
    stmt->body = block();
    if (accept("else")) stmt->orelse = block();
    end_range(*stmt, begin);
    return stmt;
  }
  StmtPtr for_statement() {
    const size_t begin = take().begin;
    auto stmt = make_stmt(StmtKind::for_, begin);
    stmt->targets.push_back(target_list());
    expect("in");
    stmt->value = expression_list();
    stmt->body = block();
    if (accept("else")) stmt->orelse = block();
    end_range(*stmt, begin);
    return stmt;
  }
  StmtPtr with_statement() {
    const size_t begin = take().begin;
    auto stmt = make_stmt(StmtKind::with, begin);
    do {
      WithItem item;
      item.value = expression();
      if (accept("as")) item.target = trailers(atom());
      stmt->items.push_back(std::move(item));
    } while (accept(","));
    stmt->body = block();
    end_range(*stmt, begin);
    return stmt;
  }

  StmtPtr definition() {
    std::vector<ExprPtr> decorators;
    while (accept("@")) {
      decorators.push_back(expression());
      accept_kind(TokenKind::newline);
    }
    const size_t begin = now().begin;
    if (at("class")) {
      auto stmt = make_stmt(StmtKind::class_, begin);
      stmt->class_def = class_definition();
      end_range(*stmt, begin);
      return stmt;
    }
    if (!at("def")) unexpected("def");
    auto stmt = make_stmt(StmtKind::def, begin);
    auto def = def_definition();
    def->decorators = std::move(decorators);
    stmt->def = def;
    end_range(*stmt, begin);
    return stmt;
  }

  std::shared_ptr<Def> def_definition() {
    const size_t begin = take().begin;
    auto def = std::make_shared<Def>();
    const Token name = expect_name();
    def->name = name.text;
    def->name_range = token_range(name);
    expect("(");
    bool keyword_only = false;
    while (!at(")")) {
      if (accept("**")) {
        def->has_keyword_varargs = true;
        expect_name();
        if (accept(":")) expression();
      } else if (accept("*")) {
        keyword_only = true;
        if (at(TokenKind::name)) {
          def->has_varargs = true;
          take();
          if (accept(":")) expression();
        }
      } else if (accept("/")) {
        // Everything before is positional only, which compiled functions do not tell apart.
      } else {
        Parameter parameter;
        const Token parameter_name = expect_name();
        parameter.name = parameter_name.text;
        parameter.keyword_only = keyword_only;
        if (accept(":")) parameter.annotation = expression();
        if (accept("=")) parameter.default_value = expression();
        parameter.range = range(parameter_name.begin, parameter_name.end);
        def->parameters.push_back(std::move(parameter));
      }
      if (!accept(",")) break;
    }
    expect(")");
    if (accept("->")) def->returns = expression();
    const size_t signature_end = now().begin;
    const size_t parameters_begin = name.end;
    def->body = block();
    apply_type_comments(*def, parameters_begin, signature_end);
    def->range = range(begin, last().end);
    return def;
  }

  ExprPtr comment_type(const std::string& text) const {
    return parse_expression(std::make_shared<Source>(text, source_->filename()));
  }

  /// `# type: (int, Tensor) -> Tensor` after the signature, or `# type: int` behind each parameter and `# type: (...)
  /// -> T` at the end.
  void apply_type_comments(Def& def, size_t begin, size_t signature_end) {
    const size_t body_begin = def.body.empty() ? source_->text().size() : def.body[0]->range.begin();
    for (const TypeComment& comment : lexed_.type_comments) {
      if (comment.at < begin || comment.at >= body_begin) continue;
      const size_t arrow = comment.text.find("->");
      if (arrow != std::string::npos) {
        const ExprPtr arguments = comment_type(comment.text.substr(0, arrow));
        def.returns = comment_type(comment.text.substr(arrow + 2));
        std::vector<ExprPtr> types =
            arguments->is(ExprKind::tuple) ? arguments->operands : std::vector<ExprPtr>{arguments};
        if (types.size() == 1 && types[0]->is(ExprKind::ellipsis)) continue;
        // self has no type of its own in the comment.
        const size_t skipped = def.parameters.size() == types.size() + 1 ? 1 : 0;
        if (def.parameters.size() != types.size() + skipped)
          fail_at(def.name_range, cat("Number of type annotations for function parameters (", types.size(),
                                      ") does not match the number of parameters on the function (",
                                      def.parameters.size() - skipped, ")"));
        for (size_t i = 0; i < types.size(); ++i) def.parameters[i + skipped].annotation = types[i];
      } else if (comment.at < signature_end) {
        Parameter* before = nullptr;
        for (Parameter& parameter : def.parameters)
          if (parameter.range.begin() < comment.at) before = &parameter;
        if (before && !before->annotation) before->annotation = comment_type(comment.text);
      }
    }
  }

  std::shared_ptr<ClassDef> class_definition() {
    const size_t begin = take().begin;
    auto made = std::make_shared<ClassDef>();
    made->name = expect_name().text;
    if (accept("(")) {
      while (!at(")")) {
        if (at(TokenKind::name) && ahead().is("=")) {
          take();
          take();
          expression();
        } else {
          made->bases.push_back(expression());
        }
        if (!accept(",")) break;
      }
      expect(")");
    }
    made->body = block();
    made->range = range(begin, last().end);
    return made;
  }

  void simple_line(std::vector<StmtPtr>& out) {
    do {
      if (at(TokenKind::newline) || at(TokenKind::end)) break;
      simple(out);
    } while (accept(";"));
    if (!accept_kind(TokenKind::newline) && !at(TokenKind::end) && !at(TokenKind::dedent)) unexpected("newline");
    if (at(TokenKind::end) && dialect_ == Dialect::string && last().kind != TokenKind::newline &&
        last().kind != TokenKind::dedent)
      unexpected("newline");
  }
  void simple(std::vector<StmtPtr>& out) {
    const size_t begin = now().begin;
    const auto finish = [&](std::shared_ptr<Stmt> stmt) {
      end_range(*stmt, begin);
      out.push_back(std::move(stmt));
    };
    const auto ends = [&] { return at(TokenKind::newline) || at(TokenKind::end) || at(";"); };
    if (accept("pass")) return finish(make_stmt(StmtKind::pass, begin));
    if (accept("break")) return finish(make_stmt(StmtKind::break_, begin));
    if (accept("continue")) return finish(make_stmt(StmtKind::continue_, begin));
    if (accept("return")) {
      auto stmt = make_stmt(StmtKind::return_, begin);
      if (!ends()) stmt->value = expression_list();
      return finish(stmt);
    }
    if (accept("raise")) {
      auto stmt = make_stmt(StmtKind::raise, begin);
      if (!ends()) stmt->value = expression();
      if (accept("from")) expression();
      return finish(stmt);
    }
    if (accept("assert")) {
      auto stmt = make_stmt(StmtKind::assert_, begin);
      stmt->value = expression();
      if (accept(",")) stmt->message = expression();
      return finish(stmt);
    }
    if (accept("del")) {
      auto stmt = make_stmt(StmtKind::del, begin);
      do stmt->targets.push_back(trailers(atom()));
      while (accept(",") && !ends());
      return finish(stmt);
    }
    if (at("global")) unsupported("global variables");
    if (at("nonlocal")) unsupported("nonlocal variables");
    if (at("import") || at("from")) {
      // Archives of old PyTorch begin with imports of their own files.
      if (dialect_ == Dialect::python) unsupported("import statements");
      while (!ends()) take();
      return;
    }
    expression_statement(out, begin);
  }

  void expression_statement(std::vector<StmtPtr>& out, size_t begin) {
    ExprPtr first = expression_list();
    static constexpr std::string_view kAugmented[] = {
        "+=", "-=", "*=", "/=", "//=", "%=", "**=", "@=", "&=", "|=", "^=", "<<=", ">>="};
    for (std::string_view op : kAugmented) {
      if (!accept(op)) continue;
      auto stmt = make_stmt(StmtKind::aug_assign, begin);
      stmt->text = std::string(op.substr(0, op.size() - 1));
      stmt->targets.push_back(first);
      stmt->value = expression_list();
      end_range(*stmt, begin);
      return out.push_back(std::move(stmt));
    }
    if (accept(":")) {
      auto stmt = make_stmt(StmtKind::assign, begin);
      stmt->targets.push_back(first);
      stmt->annotation = expression();
      if (accept("=")) stmt->value = expression_list();
      end_range(*stmt, begin);
      return out.push_back(std::move(stmt));
    }
    if (!at("=")) {
      auto stmt = make_stmt(StmtKind::expr, begin);
      stmt->value = first;
      end_range(*stmt, begin);
      return out.push_back(std::move(stmt));
    }
    auto stmt = make_stmt(StmtKind::assign, begin);
    while (accept("=")) {
      stmt->targets.push_back(first);
      first = expression_list();
    }
    stmt->value = first;
    end_range(*stmt, begin);
    // `x = []  # type: List[int]`
    const size_t line_end = source_->line_of(last().begin) + 1 < source_->line_count()
                                ? source_->line_begin(source_->line_of(last().begin) + 1)
                                : source_->text().size();
    for (const TypeComment& comment : lexed_.type_comments)
      if (comment.at > last().begin && comment.at < line_end && comment.text.find("->") == std::string::npos)
        stmt->annotation = comment_type(comment.text);
    out.push_back(std::move(stmt));
  }

  std::shared_ptr<const Source> source_;
  Dialect dialect_;
  Tokens lexed_;
  size_t at_ = 0;
  size_t depth_ = 0;
  /// Set by a parenthesised atom: where the bracket stood.
  std::optional<size_t> paren_begin_;
};

}  // namespace

std::vector<StmtPtr> parse_module(const std::shared_ptr<const Source>& source, Dialect dialect) {
  return Parser(source, dialect).module();
}

std::shared_ptr<const Def> parse_def(const std::shared_ptr<const Source>& source, Dialect dialect) {
  for (const StmtPtr& stmt : parse_module(source, dialect))
    if (stmt->kind == StmtKind::def) return stmt->def;
  throw RuntimeError(cat("Expected a single top-level function: ", source->filename(), ":", source->first_line() + 1));
}

ExprPtr parse_expression(const std::shared_ptr<const Source>& source) {
  return Parser(source, Dialect::python).only_expression();
}

std::optional<int64_t> integer_value(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0') {
    const char mark = char(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    if (base != 10) text.remove_prefix(2);
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace rushlight::lang
