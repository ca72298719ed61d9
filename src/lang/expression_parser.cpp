#include "lang/expression_parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace rushlight::lang {
namespace {

/// Binary operators of Python by precedence, loosest first; every level associates to the left.
constexpr std::string_view kPythonLevels[][5] = {{"|"},        {"^"},      {"&"},
                                                 {"<<", ">>"}, {"+", "-"}, {"*", "/", "//", "%", "@"}};
/// The string dialect: `and` and `or` bind alike.
struct Precedence {
  std::string_view op;
  int level;
};
constexpr Precedence kStringBinary[] = {
    {"if", 1},     {"for", 1}, {"and", 2}, {"or", 2}, {"in", 4}, {"not in", 4}, {"<", 4},  {">", 4},  {"is", 4},
    {"is not", 4}, {"==", 4},  {"<=", 4},  {">=", 4}, {"!=", 4}, {"|", 5},      {"^", 6},  {"&", 7},  {"<<", 8},
    {">>", 8},     {"+", 9},   {"-", 9},   {"*", 10}, {"/", 10}, {"//", 10},    {"%", 10}, {"@", 10}, {"**", 11}};
constexpr Precedence kStringUnary[] = {{"not", 3}, {"~", 3}, {"-", 10}, {"*", 10}};

/// As many columns as Python's repr of the number has.
size_t float_width(double value) {
  if (std::isinf(value) || std::isnan(value)) return 3;
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, size_t(end - buffer));
  const size_t mark = text.find('e');
  const int exponent = std::atoi(buffer + mark + 1);
  const size_t digits = mark > 1 ? mark - 1 : 1;
  if (exponent < -4 || exponent >= 16) return mark + 4 + (std::abs(exponent) >= 100);
  if (exponent < 0) return 2 + size_t(-exponent - 1) + digits;
  return std::max(digits, size_t(exponent) + 2) + 1;
}

size_t character_count(std::string_view utf8) {
  size_t count = 0;
  for (char c : utf8) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

}  // namespace

std::shared_ptr<Expr> ExpressionParser::make(ExprKind kind, SourceRange head, std::vector<ExprPtr> operands,
                                             std::string text) const {
  auto expr = std::make_shared<Expr>();
  expr->kind = kind;
  for (const ExprPtr& part : operands) {
    if (!part) continue;
    head = cover(head, part->range);
    expr->height = std::max(expr->height, part->height + 1);
  }
  // `a + b + c` nests to the left without recursion here.
  if (expr->height > kMaxDepth) fail_at(head, "the source is nested too deeply");
  expr->range = std::move(head);
  expr->operands = std::move(operands);
  expr->text = std::move(text);
  return expr;
}

ExprPtr ExpressionParser::expression_list() {
  const Token first_token = now();
  ExprPtr first = star_or_expression();
  if (!at(",")) return first;
  std::vector<ExprPtr> parts{first};
  while (accept(",")) {
    if (ends_list()) break;
    parts.push_back(star_or_expression());
  }
  const SourceRange head = is_python() ? range(first_token.begin, first_token.begin + 1) : token_range(first_token);
  return make(ExprKind::tuple, head, std::move(parts));
}
bool ExpressionParser::ends_list() const {
  return at(TokenKind::newline) || at(TokenKind::end) || at("=") || at(")") || at("]") || at("}") || at(":") ||
         at("in") || at(";") || (now().kind == TokenKind::op && now().text.size() > 1 && now().text.back() == '=');
}
ExprPtr ExpressionParser::star_or_expression() {
  if (!is_python() || !at("*")) return expression();
  const Token star = take();
  return make(ExprKind::starred, token_range(star), {binary(0)});
}

// ---- Python

ExprPtr ExpressionParser::python_expression() {
  Depth depth(*this);
  if (at("lambda")) return lambda();
  if (at("yield")) unsupported(ahead().is("from") ? "YieldFrom" : "Yield", now());
  ExprPtr value = or_test();
  if (at(":=") && value->is(ExprKind::name)) {
    take();
    return make(ExprKind::named, {}, {value, python_expression()});
  }
  if (!accept("if")) return value;
  ExprPtr condition = or_test();
  expect("else");
  ExprPtr other = python_expression();
  return make(ExprKind::ternary, {}, {value, condition, other});
}
ExprPtr ExpressionParser::lambda() {
  const Token head = take();
  std::vector<Keyword> parameters;
  while (!at(":")) {
    if (!at(TokenKind::name)) unsupported("Lambda", head);
    const Token name = take();
    parameters.push_back({name.text, accept("=") ? python_expression() : nullptr, token_range(name)});
    if (!accept(",")) break;
  }
  expect(":");
  auto made = make(ExprKind::lambda, token_range(head), {python_expression()});
  made->keywords = std::move(parameters);
  return made;
}
ExprPtr ExpressionParser::or_test() {
  ExprPtr left = and_test();
  while (accept("or")) left = make(ExprKind::bool_op, {}, {left, and_test()}, "or");
  return left;
}
ExprPtr ExpressionParser::and_test() {
  ExprPtr left = not_test();
  while (accept("and")) left = make(ExprKind::bool_op, {}, {left, not_test()}, "and");
  return left;
}
ExprPtr ExpressionParser::not_test() {
  Depth depth(*this);
  const Token token = now();
  if (!accept("not")) return comparison();
  return make(ExprKind::unary, token_range(token), {not_test()}, "not");
}
/// `a < b < c` is `(a < b) and (b < c)`.
ExprPtr ExpressionParser::comparison() {
  const auto operation = [&]() -> std::string {
    for (std::string_view op : {"<", "<=", ">", ">=", "==", "!=", "in"})
      if (accept(op)) return std::string(op);
    if (accept("is")) return accept("not") ? "is not" : "is";
    if (at("not") && ahead().is("in")) {
      skip(2);
      return "not in";
    }
    return {};
  };
  ExprPtr left = binary(0);
  ExprPtr whole;
  for (std::string op = operation(); !op.empty(); op = operation()) {
    ExprPtr right = binary(0);
    ExprPtr pair = make(ExprKind::compare, {}, {left, right}, op);
    whole = whole ? make(ExprKind::bool_op, {}, {whole, pair}, "and") : pair;
    left = right;
  }
  return whole ? whole : left;
}
ExprPtr ExpressionParser::binary(size_t level) {
  if (level == std::size(kPythonLevels)) return unary();
  ExprPtr left = binary(level + 1);
  for (;;) {
    std::string_view found;
    for (std::string_view op : kPythonLevels[level])
      if (!op.empty() && at(op)) found = op;
    if (found.empty()) return left;
    take();
    left = make(ExprKind::binary, {}, {left, binary(level + 1)}, std::string(found));
  }
}
ExprPtr ExpressionParser::unary() {
  Depth depth(*this);
  const Token token = now();
  for (std::string_view op : {"-", "+", "~"}) {
    if (!accept(op)) continue;
    return make(ExprKind::unary, token_range(token), {unary()}, std::string(op));
  }
  return power();
}
ExprPtr ExpressionParser::power() {
  if (at("await")) unsupported("Await", now());
  ExprPtr base = trailers(atom());
  if (!accept("**")) return base;
  return make(ExprKind::binary, {}, {base, unary()}, "**");
}

// ---- The string dialect

ExprPtr ExpressionParser::string_expression(int precedence) {
  Depth depth(*this);
  ExprPtr left;
  const auto unary = std::ranges::find_if(kStringUnary, [&](const Precedence& entry) { return at(entry.op); });
  if (unary != std::end(kStringUnary)) {
    const Token op = take();
    ExprPtr inner = string_expression(unary->level);
    const bool number = inner->is(ExprKind::integer) || inner->is(ExprKind::floating) || inner->is(ExprKind::complex);
    if (op.text == "-" && number)
      left =
          make(inner->kind, inner->range, {}, inner->text.starts_with("-") ? inner->text.substr(1) : "-" + inner->text);
    else
      left = make(op.text == "*" ? ExprKind::starred : ExprKind::unary, token_range(op), {inner}, op.text);
  } else {
    left = trailers(atom());
  }
  for (;;) {
    const bool two_words = (at("is") && ahead().is("not")) || (at("not") && ahead().is("in"));
    const std::string op = two_words ? cat(now().text, " ", ahead().text) : now().text;
    if (now().kind != TokenKind::op && now().kind != TokenKind::keyword) return left;
    const auto entry = std::ranges::find(kStringBinary, op, &Precedence::op);
    if (entry == std::end(kStringBinary) || entry->level <= precedence) return left;
    SourceRange head = token_range(now());
    if (two_words) head = cover(head, token_range(ahead()));
    skip(two_words ? 2 : 1);
    const int level = op == "**" || op == "if" ? entry->level - 1 : entry->level;
    if (op == "if") {
      ExprPtr condition = string_expression(0);
      expect("else");
      left = make(ExprKind::ternary, head, {left, condition, string_expression(level)});
    } else if (op == "for") {
      Comprehension part;
      part.target = target_list();
      expect("in");
      part.iterable = string_expression(0);
      head = cover(cover(cover(head, left->range), part.target->range), part.iterable->range);
      auto made = make(ExprKind::list_comp, head, {left});
      made->comprehensions.push_back(std::move(part));
      left = made;
    } else {
      const ExprKind kind = entry->level == 2   ? ExprKind::bool_op
                            : entry->level == 4 ? ExprKind::compare
                                                : ExprKind::binary;
      left = make(kind, head, {left, string_expression(level)}, op);
    }
  }
}

// ---- Calls, attributes, subscripts

ExprPtr ExpressionParser::trailers(ExprPtr value) {
  for (;;) {
    if (accept("."))
      value = attribute(value);
    else if (at("("))
      value = call(value);
    else if (at("["))
      value = subscript(value);
    else
      return value;
  }
}
ExprPtr ExpressionParser::attribute(const ExprPtr& base) {
  // Archives write attributes that are keywords of Python: `self.in`.
  if (!at(TokenKind::name) && !at(TokenKind::keyword)) unexpected("ident");
  const Token name = take();
  if (!is_python()) return make(ExprKind::attribute, token_range(name), {base}, name.text);
  // PyTorch looks for the name behind the end of the base that it computed, one byte for the dot.
  size_t begin = base->range.end() + 1;
  const std::string_view text = source()->text();
  while (begin < text.size() && std::isspace(static_cast<unsigned char>(text[begin]))) ++begin;
  return make(ExprKind::attribute, range(begin, begin + name.text.size()), {base}, name.text);
}
ExprPtr ExpressionParser::call(const ExprPtr& callee) {
  expect("(");
  std::vector<ExprPtr> operands{callee};
  std::vector<Keyword> keywords;
  SourceRange whole = callee->range;
  while (!at(")")) {
    const Token first = now();
    if (is_python() && accept("**")) {
      keywords.push_back({"", expression(), token_range(first)});
    } else if (at(TokenKind::name) && ahead().is("=")) {
      skip(2);
      ExprPtr value = expression();
      keywords.push_back({first.text, value, is_python() ? value->range : token_range(first)});
    } else {
      ExprPtr argument = star_or_expression();
      if (is_python() && at("for"))
        argument = comprehension(ExprKind::generator, first.begin > 0 ? first.begin - 1 : 0, {argument});
      operands.push_back(std::move(argument));
    }
    if (!accept(",")) break;
  }
  expect(")");
  // Python hands the keywords over after the positional arguments.
  for (const Keyword& keyword : keywords) whole = cover(cover(whole, keyword.range), keyword.value->range);
  auto made = make(ExprKind::call, whole, std::move(operands));
  made->keywords = std::move(keywords);
  return made;
}
ExprPtr ExpressionParser::subscript(const ExprPtr& base) {
  const Token bracket = take();
  std::vector<ExprPtr> operands{base};
  const Token first = now();
  if (at("]")) {
    operands.push_back(make(ExprKind::tuple, range(bracket.end, bracket.end + 2)));
  } else {
    do {
      if (at("]")) break;
      operands.push_back(subscript_part(base));
    } while (accept(","));
  }
  const bool trailing_comma = last().is(",");
  expect("]");
  // `x[(i, j)]` is `x[i, j]`.
  if (is_python() && operands.size() == 2 && operands[1]->is(ExprKind::tuple) && first.is("(")) {
    const ExprPtr tuple = operands[1];
    if (!tuple->operands.empty()) {
      operands.pop_back();
      operands.insert(operands.end(), tuple->operands.begin(), tuple->operands.end());
    }
  }
  auto made = make(ExprKind::subscript, {}, std::move(operands));
  made->range = is_python() ? range(made->range.begin(), made->range.end() + 1)
                            : cover(made->range, range(bracket.begin, last().end));
  // `x[i,]` is an index by a tuple.
  if (trailing_comma && made->operands.size() == 2) made->text = "tuple";
  return made;
}
ExprPtr ExpressionParser::subscript_part(const ExprPtr& base) {
  const Token first = now();
  ExprPtr start, stop, step;
  if (!at(":")) start = star_or_expression();
  if (!at(":")) return start;
  take();
  if (!at(":") && !at("]") && !at(",")) stop = expression();
  if (accept(":") && !at("]") && !at(",")) step = expression();
  return make(ExprKind::slice, is_python() ? base->range : token_range(first), {start, stop, step});
}

// ---- Atoms

ExprPtr ExpressionParser::target_list() {
  const Token first_token = now();
  const auto one = [&]() -> ExprPtr {
    const Token star = now();
    if (!accept("*")) return target();
    return make(ExprKind::starred, token_range(star), {target()});
  };
  ExprPtr first = one();
  if (!at(",")) return first;
  std::vector<ExprPtr> parts{first};
  while (accept(",") && !at("in")) parts.push_back(one());
  return make(ExprKind::tuple, range(first_token.begin, first_token.begin + 1), std::move(parts));
}

ExprPtr ExpressionParser::atom() {
  Depth depth(*this);
  const Token token = now();
  const auto word = [&](ExprKind kind) { return make(kind, token_range(token)); };
  switch (token.kind) {
    case TokenKind::name:
      take();
      if (is_python() && token.text.starts_with("__jit"))
        refuse<NotSupportedError>(token_range(token),
                                  "names of variables used in JIT-ed functions can't start with __jit");
      return make(ExprKind::name, token_range(token), {}, token.text);
    case TokenKind::integer:
      return number(ExprKind::integer);
    case TokenKind::floating:
      return number(ExprKind::floating);
    case TokenKind::complex:
      return number(ExprKind::complex);
    case TokenKind::string:
    case TokenKind::fstring:
      return strings();
    default:
      break;
  }
  if (accept("True")) return word(ExprKind::true_);
  if (accept("False")) return word(ExprKind::false_);
  if (accept("None") || accept("NoneType")) return word(ExprKind::none);
  if (accept("...") || accept("Ellipsis")) return word(ExprKind::ellipsis);
  if (at("(")) return parenthesised();
  if (at("[")) return list();
  if (at("{")) return braces();
  unexpected("ident");
}

ExprPtr ExpressionParser::number(ExprKind kind) {
  const Token token = take();
  if (!is_python()) return make(kind, token_range(token), {}, token.text);
  std::string text = token.text;
  size_t width = text.size();
  if (kind == ExprKind::integer) {
    if (const std::optional<int64_t> value = integer_value(text)) text = std::to_string(*value);
    width = text.size();
  } else {
    width = float_width(std::strtod(text.c_str(), nullptr));
    if (kind == ExprKind::complex) {
      const double value = std::strtod(text.c_str(), nullptr);
      // str(2j) has no point.
      width = std::floor(value) == value && std::abs(value) < 1e16 ? width - 1 : width + 1;
    }
  }
  return make(kind, range(token.begin, token.begin + width), {}, std::move(text));
}

ExprPtr ExpressionParser::parenthesised() {
  const Token bracket = take();
  if (at(")")) {
    const SourceRange head = is_python() ? token_range(bracket) : token_range(ahead());
    take();
    return make(ExprKind::tuple, head);
  }
  if (at("yield")) unsupported(ahead().is("from") ? "YieldFrom" : "Yield", now());
  if (!is_python()) {
    ExprPtr inner = expression_list();
    expect(")");
    return inner;
  }
  ExprPtr inner = star_or_expression();
  if (at("for")) {
    ExprPtr made = comprehension(ExprKind::generator, bracket.begin, {inner});
    expect(")");
    return made;
  }
  if (accept(")")) return inner;
  if (!at(",")) unexpected(")");
  std::vector<ExprPtr> parts{inner};
  while (accept(",") && !at(")")) parts.push_back(star_or_expression());
  expect(")");
  return make(ExprKind::tuple, token_range(bracket), std::move(parts));
}
ExprPtr ExpressionParser::list() {
  const Token bracket = take();
  std::vector<ExprPtr> parts;
  if (!at("]")) {
    parts.push_back(star_or_expression());
    if (is_python() && at("for")) {
      ExprPtr made = comprehension(ExprKind::list_comp, bracket.begin, std::move(parts));
      expect("]");
      return made;
    }
    if (!is_python() && parts[0]->is(ExprKind::list_comp)) {
      if (!accept("]")) fail_at(parts[0]->range, " expected a single list comprehension within '[' , ']'");
      return parts[0];
    }
    while (accept(",") && !at("]")) parts.push_back(star_or_expression());
  }
  expect("]");
  return make(ExprKind::list, token_range(bracket), std::move(parts));
}
ExprPtr ExpressionParser::braces() {
  const Token bracket = take();
  const SourceRange head = token_range(bracket);
  std::vector<ExprPtr> parts;
  while (!at("}")) {
    if (is_python() && accept("**")) {
      parts.insert(parts.end(), {nullptr, binary(0)});
      if (!accept(",")) break;
      continue;
    }
    parts.push_back(star_or_expression());
    if (is_python() && parts.size() == 1 && !at(":")) return set_display(bracket, std::move(parts));
    expect(":");
    parts.push_back(expression());
    if (is_python() && at("for")) {
      ExprPtr made = comprehension(ExprKind::dict_comp, bracket.begin, std::move(parts));
      expect("}");
      return made;
    }
    if (!accept(",")) break;
  }
  expect("}");
  // In the string dialect the comprehension was read as the value of the first key.
  if (parts.size() == 2 && parts[1]->is(ExprKind::list_comp) && !is_python()) {
    const Expr& values = *parts[1];
    auto made = make(ExprKind::dict_comp, cover(head, values.range), {parts[0], values.operands[0]});
    made->comprehensions = values.comprehensions;
    return made;
  }
  return make(ExprKind::dict, head, std::move(parts));
}
/// The rest of `{a, b}` and `{e for x in y}`; `parts` has the first element.
ExprPtr ExpressionParser::set_display(const Token& bracket, std::vector<ExprPtr> parts) {
  if (at("for")) {
    ExprPtr made = comprehension(ExprKind::set_comp, bracket.begin, std::move(parts));
    expect("}");
    return made;
  }
  while (accept(",") && !at("}")) parts.push_back(star_or_expression());
  expect("}");
  return make(ExprKind::set, token_range(bracket), std::move(parts));
}

/// `for x in y if c for ...`, behind the element.
ExprPtr ExpressionParser::comprehension(ExprKind kind, size_t begin, std::vector<ExprPtr> operands) {
  std::vector<Comprehension> parts;
  SourceRange whole = range(begin, begin);
  while (accept("for")) {
    Comprehension part;
    part.target = target_list();
    expect("in");
    part.iterable = or_test();
    whole = cover(cover(whole, part.target->range), part.iterable->range);
    while (accept("if")) {
      part.conditions.push_back(or_test());
      whole = cover(whole, part.conditions.back()->range);
    }
    parts.push_back(std::move(part));
  }
  auto made = make(kind, whole, std::move(operands));
  made->comprehensions = std::move(parts);
  return made;
}

// ---- Strings

/// Neighbouring literals are one string.
ExprPtr ExpressionParser::strings() {
  const Token first = now();
  std::vector<ExprPtr> pieces;
  bool format = false;
  const auto add_text = [&](const std::string& text) {
    if (!pieces.empty() && pieces.back()->is(ExprKind::string)) {
      auto longer = std::make_shared<Expr>(*pieces.back());
      longer->text += text;
      pieces.back() = longer;
    } else {
      pieces.push_back(make(ExprKind::string, token_range(first), {}, text));
    }
  };
  while (at(TokenKind::string) || at(TokenKind::fstring)) {
    const Token token = take();
    if (token.kind == TokenKind::string) {
      add_text(token.text);
      continue;
    }
    format = true;
    format_pieces(token, pieces, 2);
  }
  if (!format) {
    const std::string text = pieces[0]->text;
    const SourceRange head =
        is_python() ? range(first.begin, first.begin + character_count(text) + 1) : token_range(first);
    return make(ExprKind::string, head, {}, text);
  }
  return make(ExprKind::fstring, range(first.begin, first.begin + 1), std::move(pieces));
}

/// `levels`: how deep formats may stand in formats (Python allows two).
void ExpressionParser::format_pieces(const Token& token, std::vector<ExprPtr>& pieces, int levels) {
  if (levels == 0) fail_at(token_range(token), "f-string: expressions nested too deeply");
  const std::string& body = token.text;
  // Where the body stands in the source: behind the prefix and the opening quotes.
  const size_t body_begin = source()->text().find(body, token.begin);
  const SourceRange start = range(token.begin, token.begin + 1);
  std::string plain;
  const auto flush = [&] {
    if (plain.empty()) return;
    const std::string text = unescape_python(plain);
    plain.clear();
    if (!pieces.empty() && pieces.back()->is(ExprKind::string)) {
      auto longer = std::make_shared<Expr>(*pieces.back());
      longer->text += text;
      pieces.back() = longer;
    } else {
      pieces.push_back(make(ExprKind::string, start, {}, text));
    }
  };
  for (size_t i = 0; i < body.size(); ++i) {
    if ((body[i] == '{' || body[i] == '}') && i + 1 < body.size() && body[i + 1] == body[i]) {
      plain += body[i++];
      continue;
    }
    if (body[i] != '{') {
      plain += body[i];
      continue;
    }
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
    const size_t close = end - 1, expression_end = std::min({mark, colon, close});
    const auto inner_tokens = [&](size_t from, size_t to) {
      return ExpressionParser(source(), Dialect::python,
                              tokenize(source(), Dialect::python, body_begin + from, body_begin + to));
    };
    std::string conversion;
    if (mark != std::string::npos) {
      conversion = body.substr(mark + 1, std::min(colon, close) - mark - 1);
      if (conversion != "r" && conversion != "s" && conversion != "a")
        fail_at(token_range(token),
                cat("f-string: invalid conversion character '", conversion, "': expected 's', 'r', or 'a'"));
    }
    size_t text_end = expression_end;
    // `{x=}` is `{x!r}` with the text in front.
    const size_t last_character = body.find_last_not_of(' ', expression_end - 1);
    if (body[last_character] == '=' && last_character > i + 1 &&
        std::string_view("=!<>").find(body[last_character - 1]) == std::string_view::npos) {
      plain = body.substr(i + 1, expression_end - i - 1);
      flush();
      text_end = last_character;
      if (conversion.empty() && colon == std::string::npos) conversion = "r";
    }
    ExpressionParser inner = inner_tokens(i + 1, text_end);
    while (inner.accept_kind(TokenKind::newline) || inner.accept_kind(TokenKind::indent)) {
    }
    ExprPtr value = inner.expression_list();
    ExprPtr spec;
    if (colon != std::string::npos) {
      // The format may hold values itself: `{x:{width}}`.
      Token nested = token;
      nested.text = body.substr(colon + 1, close - colon - 1);
      nested.begin = body_begin + colon + 1;
      std::vector<ExprPtr> spec_pieces;
      format_pieces(nested, spec_pieces, levels - 1);
      spec = make(ExprKind::fstring, start, std::move(spec_pieces));
    }
    pieces.push_back(make(ExprKind::format_value, start, {value, spec}, conversion));
    i = close;
  }
  flush();
}

}  // namespace rushlight::lang
