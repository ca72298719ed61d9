#include "value/schema.h"

#include <cctype>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "value/constant_text.h"

namespace rushlight {
namespace {

/// Reader of the schema notation: one character of look-ahead, depth bounded by kMaxDepth.
class SchemaReader {
 public:
  using Resolve = std::function<TypePtr(const std::string&)>;
  SchemaReader(std::string_view text, Resolve resolve = {}) : text_(text), resolve_(std::move(resolve)) {}

  Schema schema() {
    Schema schema;
    schema.name = std::string(name(/*with_dots=*/false));
    if (accept('.')) schema.overload = std::string(name(false));
    expect('(');
    bool keyword_only = false;
    if (!accept(')')) {
      do {
        if (accept_word("...")) {
          schema.is_vararg = true;
        } else if (accept('*')) {
          keyword_only = true;
        } else {
          schema.arguments.push_back(argument(schema.arguments.size(), keyword_only, /*is_return=*/false));
        }
      } while (accept(','));
      expect(')');
    }
    expect_word("->");
    skip_space();
    if (accept_word("...")) {
      schema.is_varret = true;
    } else if (peek() == '(' ) {
      const size_t start = at_;
      expect('(');
      if (!accept(')')) {
        do {
          if (accept_word("...")) schema.is_varret = true;
          else schema.returns.push_back(argument(schema.returns.size(), false, /*is_return=*/true));
        } while (accept(','));
        expect(')');
      }
      // `-> (Tensor, int)?` is one optional tuple.
      if (peek() == '?' || peek() == '[') {
        at_ = start;
        schema.returns = {argument(0, false, true)};
      }
    } else {
      schema.returns.push_back(argument(0, false, /*is_return=*/true));
    }
    end();
    return schema;
  }

  TypePtr type_only() {
    in_graph_ = true;
    auto [type, alias, length] = type_with_alias();
    end();
    return type;
  }

 private:
  struct Parsed {
    TypePtr type;
    std::optional<AliasAnnotation> alias;
    std::optional<int32_t> length;
  };

  [[noreturn]] void fail(std::string_view expected) const {
    throw RuntimeError(cat("expected ", expected, " at character ", at_, " of the schema: ", text_));
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  char peek() {
    skip_space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool accept_word(std::string_view word) {
    skip_space();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(cat("'", c, "'"));
  }
  void expect_word(std::string_view word) {
    if (!accept_word(word)) fail(cat("'", word, "'"));
  }
  void end() {
    if (peek() != '\0') fail("the end");
  }
  static bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
  std::string_view name(bool with_dots) {
    skip_space();
    const size_t begin = at_;
    while (at_ < text_.size() && (is_name(text_[at_]) || text_[at_] == ':' || (with_dots && text_[at_] == '.'))) ++at_;
    if (at_ == begin) fail("a name");
    return text_.substr(begin, at_ - begin);
  }

  Argument argument(size_t index, bool keyword_only, bool is_return) {
    Parsed parsed = type_with_alias();
    Argument argument;
    argument.type = std::move(parsed.type);
    argument.alias = std::move(parsed.alias);
    argument.list_length = parsed.length;
    argument.keyword_only = keyword_only;
    if (is_return) {
      if (is_name(peek())) argument.name = std::string(name(false));
      return argument;
    }
    argument.name = is_name(peek()) ? std::string(name(false)) : cat("_", index);
    if (accept('=')) argument.default_value = default_value(*argument.type, argument.list_length);
    return argument;
  }

  Parsed type_with_alias() {
    if (++depth_ > kMaxDepth) fail(cat("at most ", kMaxDepth, " nested types"));
    Parsed parsed;
    if (accept('(')) {
      std::vector<TypePtr> elements;
      if (!accept(')')) {
        do elements.push_back(type_with_alias().type);
        while (accept(','));
        expect(')');
      }
      parsed.type = types::tuple(std::move(elements));
    } else {
      parsed.type = named_type();
    }
    if (!in_graph_ && peek() == '(' && at_ + 1 < text_.size()) parsed.alias = alias();
    for (;;) {
      if (accept('?')) {
        parsed.type = make_optional(parsed.type);
      } else if (accept('[')) {
        if (peek() != ']') parsed.length = int32_t(integer());
        expect(']');
        parsed.type = types::list(parsed.type);
        // An annotation before the brackets belongs to the elements, one behind them to the list.
        std::optional<AliasAnnotation> of_list;
        if (!in_graph_ && peek() == '(') of_list = alias();
        if (of_list || parsed.alias) {
          AliasAnnotation whole = of_list.value_or(AliasAnnotation{});
          if (parsed.alias) whole.contained.push_back(*parsed.alias);
          if (!of_list && parsed.alias) {
            whole.before = parsed.alias->before;
            whole.after = parsed.alias->after;
            whole.is_write = parsed.alias->is_write;
          }
          parsed.alias = whole;
        }
      } else {
        break;
      }
    }
    --depth_;
    return parsed;
  }
  /// Inside schemas `Any?` and the like stay what they are written.
  static TypePtr make_optional(const TypePtr& element) { return types::optional(element); }

  TypePtr named_type() {
    const std::string word(name(/*with_dots=*/true));
    if (in_graph_)
      if (TypePtr type = tensor_with_facts(word)) return type;
    static const std::pair<std::string_view, const TypePtr& (*)()> kSimple[] = {
        {"Tensor", types::tensor},       {"int", types::int_},         {"float", types::float_},
        {"bool", types::bool_},          {"str", types::string},       {"complex", types::complex},
        {"Scalar", types::number},       {"number", types::number},    {"NoneType", types::none},
        {"None", types::none},           {"Any", types::any},          {"Device", types::device},
        {"Generator", types::generator}, {"Stream", types::stream},    {"Storage", types::storage},
        {"Quantizer", types::quantizer}, {"QScheme", types::qscheme},  {"Layout", types::layout},
        {"ScalarType", types::scalar_type}, {"MemoryFormat", types::memory_format}, {"Capsule", types::capsule},
        {"PyObject", types::py_object},  {"SymInt", types::sym_int},   {"SymFloat", types::sym_float},
        {"SymBool", types::sym_bool},    {"AnyEnumType", types::any_enum}, {"AnyListType", types::any_list},
        {"AnyTupleType", types::any_tuple}, {"AnyClassType", types::any_class}, {"list", types::any_list}, {"tuple", types::any_tuple},
        {"DeviceObjType", types::device}, {"Dimname", types::string},  {"ConstQuantizerPtr", types::quantizer},
    };
    for (const auto& [text, make] : kSimple)
      if (text == word) return make();
    if (word == "Dict" || word == "Future" || word == "RRef" || word == "Await" || word == "Union" || word == "Optional" || word == "List" || word == "Tuple") {
      const char close = peek() == '[' ? ']' : ')';
      if (!accept('(')) expect('[');
      std::vector<TypePtr> parts;
      if (peek() != close) do parts.push_back(type_with_alias().type);
        while (accept(','));
      expect(close);
      if (word == "Union") return types::union_(std::move(parts));
      if (word == "Tuple") return types::tuple(std::move(parts));
      if (parts.size() != (word == "Dict" ? 2u : 1u)) fail(cat("the parameters of ", word));
      if (word == "Dict") return types::dict(parts[0], parts[1]);
      if (word == "List") return types::list(parts[0]);
      if (word == "Optional") return types::optional(parts[0]);
      return word == "Future" ? types::future(parts[0]) : word == "RRef" ? types::rref(parts[0]) : types::await(parts[0]);
    }
    if (word == "NamedTuple" && peek() == '(') return named_tuple();
    if ((word == "Enum" || word == "InterfaceType") && accept('<')) {
      const std::string of(name(/*with_dots=*/true));
      expect('>');
      if (resolve_)
        if (TypePtr type = resolve_(of)) return type;
      fail(cat("a type, found '", word, "<", of, ">'"));
    }
    if (resolve_)
      if (TypePtr type = resolve_(word)) return type;
    if (word.find('.') == std::string::npos && std::islower(static_cast<unsigned char>(word[0]))) return types::var(word);
    if (word.starts_with("__torch__.")) return types::any_class();
    fail(cat("a type, found '", word, "'"));
  }

  /// `Float(2, *, strides=[3, 1], requires_grad=0, device=cpu)`, `LongTensor`, `Tensor[Undefined]`; null if `word` begins none of them.
  TypePtr tensor_with_facts(const std::string& word) {
    TensorType::Facts facts;
    bool rank_known = word != "Tensor";
    if (rank_known) {
      std::string_view dtype = word;
      if (dtype.ends_with("Tensor")) {
        dtype.remove_suffix(6);
        rank_known = false;
      }
      const std::optional<ScalarType> found = dtype_from_name(dtype);
      if (!found || dtype_info(*found).ir_name != dtype) return nullptr;
      facts.dtype = found;
    }
    if (accept('(')) {
      std::vector<std::optional<int64_t>> sizes;
      bool has_sizes = peek() == ')';
      if (!has_sizes) do {
          if (accept('*')) {
            sizes.emplace_back(std::nullopt);
            has_sizes = true;
          } else if (std::isdigit(static_cast<unsigned char>(peek()))) {
            sizes.emplace_back(integer());
            has_sizes = true;
          } else {
            const std::string key(name(false));
            expect('=');
            if (key == "strides") {
              facts.strides.emplace();
              expect('[');
              if (peek() != ']') do facts.strides->emplace_back(integer());
                while (accept(','));
              expect(']');
            } else if (key == "requires_grad") {
              facts.requires_grad = integer() != 0;
            } else if (key == "device") {
              std::string device(name(false));
              if (accept(':')) device += cat(":", integer());
              facts.device = Device::parse(device);
            } else {
              fail(cat("strides, requires_grad or device, found '", key, "'"));
            }
          }
        } while (accept(','));
      expect(')');
      // With a dtype and no sizes the name says whether the rank is 0 or unknown.
      if (has_sizes || rank_known) facts.sizes = std::move(sizes);
      if (facts.sizes && facts.sizes->empty()) facts.strides.emplace();
    } else if (rank_known) {
      return nullptr;
    }
    const size_t begin = at_;
    if (accept('[')) {
      if (accept_word("Undefined")) {
        expect(']');
        facts.undefined = true;
      } else {
        at_ = begin;
      }
    }
    return facts == TensorType::Facts{} ? types::tensor() : TensorType::make(std::move(facts));
  }

  /// `NamedTuple(x : Tensor, y : int = 3)`, as graphs print a tuple with field names; its own name is not in the text.
  TypePtr named_tuple() {
    std::vector<std::string> fields;
    std::vector<TypePtr> elements;
    std::vector<IValue> defaults;
    expect('(');
    do {
      fields.emplace_back(name(false));
      expect(':');
      elements.push_back(type_with_alias().type);
      if (accept('=')) defaults.push_back(default_value(*elements.back(), {}));
    } while (accept(','));
    expect(')');
    return TupleType::named("", std::move(fields), std::move(elements), std::move(defaults));
  }

  AliasAnnotation alias() {
    AliasAnnotation annotation;
    expect('(');
    if (peek() == ')') {
      expect(')');
      return annotation;
    }
    const auto set = [&](std::vector<std::string>& names) {
      do {
        if (accept('*')) names.push_back("*");
        else names.emplace_back(name(false));
      } while (accept('|'));
    };
    set(annotation.before);
    if (accept('!')) annotation.is_write = true;
    if (accept_word("->")) set(annotation.after);
    else annotation.after = annotation.before;
    expect(')');
    return annotation;
  }

  int64_t integer() {
    skip_space();
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("an integer");
    at_ = size_t(end - text_.data());
    return value;
  }

  IValue default_value(const Type& type, std::optional<int32_t> length) {
    if (accept_word("None")) return IValue();
    if (type.is(TypeKind::optional)) return default_value(*type.expect<ElementType>().element(), length);
    if (type.is(TypeKind::list) && peek() != '[') {
      // `int[2] stride=1` means [1, 1].
      Ref<ListObject> list = ListObject::make(type.expect<ElementType>().element());
      const IValue element = default_value(*type.expect<ElementType>().element(), {});
      for (int32_t i = 0; i < length.value_or(1); ++i) list->append(element);
      return IValue(std::move(list));
    }
    const char c = peek();
    if (c == '[') {
      expect('[');
      const TypePtr element_type = type.is(TypeKind::list) ? type.expect<ElementType>().element() : types::any();
      Ref<ListObject> list = ListObject::make(element_type);
      if (peek() != ']') do list->append(default_value(*element_type, {}));
        while (accept(','));
      expect(']');
      return IValue(std::move(list));
    }
    if (c == '"' || c == '\'') return IValue(string_literal(c));
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '+' || c == '.') return number(type);
    const size_t begin = at_;
    const std::string word(name(/*with_dots=*/true));
    if (word == "True" || word == "False") return IValue(word == "True");
    if (word == "inf" || word == "nan") return IValue(word == "inf" ? double(INFINITY) : double(NAN));
    static const std::pair<std::string_view, int64_t> kConstants[] = {
        {"contiguous_format", int64_t(MemoryFormat::contiguous)}, {"preserve_format", int64_t(MemoryFormat::preserve)},
        {"strided", int64_t(Layout::strided)}, {"long", int64_t(ScalarType::int64)}, {"float", int64_t(ScalarType::float32)},
        {"Mean", 1}, {"Sum", 2}, {"None_", 0}};
    for (const auto& [text, value] : kConstants)
      if (text == word) return IValue(value);
    if (type.is(TypeKind::device) || word == "cpu") return IValue(Device::parse(word));
    at_ = begin;
    fail(cat("a default value, found '", word, "'"));
  }

  std::string string_literal(char quote) {
    expect(quote);
    std::string out;
    while (at_ < text_.size() && text_[at_] != quote) {
      char c = text_[at_++];
      if (c == '\\' && at_ < text_.size()) {
        const char e = text_[at_++];
        c = e == 'n' ? '\n' : e == 't' ? '\t' : e == 'r' ? '\r' : e == 'f' ? '\f' : e == 'v' ? '\v' : e;
      }
      out += c;
    }
    expect(quote);
    return out;
  }

  IValue number(const Type& type) {
    skip_space();
    const size_t begin = at_;
    if (accept('-')) {
      if (accept_word("inf")) return IValue(double(-INFINITY));
    } else {
      accept('+');
    }
    bool is_float = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '.' || c == 'e' || c == 'E') is_float = true;
      else if (!(std::isdigit(static_cast<unsigned char>(c)) || ((c == '-' || c == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E')))) break;
      ++at_;
    }
    const std::string digits(text_.substr(begin, at_ - begin));
    if (accept('j')) return IValue(std::complex<double>(0, std::strtod(digits.c_str(), nullptr)));
    if (is_float || type.is(TypeKind::float_)) return IValue(std::strtod(digits.c_str(), nullptr));
    if (type.is(TypeKind::complex)) return IValue(std::complex<double>(std::strtod(digits.c_str(), nullptr), 0));
    int64_t value = 0;
    const char* first = digits.c_str() + (digits[0] == '+');
    if (std::from_chars(first, digits.c_str() + digits.size(), value).ec != std::errc()) fail("an integer of 64 bits");
    return type.is(TypeKind::bool_) ? IValue(value != 0) : IValue(value);
  }

  static constexpr size_t kMaxDepth = 64;
  std::string_view text_;
  Resolve resolve_;
  size_t at_ = 0;
  size_t depth_ = 0;
  bool in_graph_ = false;  ///< a type alone: brackets hold facts about a tensor, in a schema they hold alias sets
};

std::string alias_text(const AliasAnnotation& alias) {
  std::string text = cat("(", join(alias.before, "|"), alias.is_write ? "!" : "");
  if (alias.after != alias.before) text += cat(" -> ", join(alias.after, "|"));
  return text + ")";
}

/// The type with its alias annotation in the place where schemas write it: `Tensor(a!)?`, `Tensor(a)[]`.
std::string annotated_type(const Type& type, const std::optional<AliasAnnotation>& alias, std::optional<int32_t> length) {
  if (type.is(TypeKind::optional)) return annotated_type(*type.expect<ElementType>().element(), alias, length) + "?";
  if (type.is(TypeKind::list)) {
    const Type& element = *type.expect<ElementType>().element();
    const std::string brackets = length ? cat("[", *length, "]") : "[]";
    if (!alias) return annotated_type(element, std::nullopt, {}) + brackets;
    if (alias->contained.empty()) return cat(annotated_type(element, std::nullopt, {}), brackets, alias_text(*alias));
    const std::string inner = annotated_type(element, alias->contained[0], {}) + brackets;
    const bool own = alias->before != alias->contained[0].before;
    return own ? inner + alias_text(*alias) : inner;
  }
  std::string text = type.schema_str();
  if (alias && !alias->before.empty()) text += alias_text(*alias);
  return text;
}

std::string default_text(const Argument& argument) {
  const IValue& value = *argument.default_value;
  const Type* type = argument.type.get();
  if (type->is(TypeKind::optional)) type = type->expect<ElementType>().element().get();
  if (value.is_none()) return "None";
  if (value.is_string()) return quoted(value.to_string());
  if (value.is_list()) {
    std::vector<std::string> parts;
    for (size_t i = 0; i < value.list().size(); ++i) parts.push_back(value.list().get(i).is_float() ? float_text(value.list().get(i).to_float()) : value.list().get(i).str());
    // `int[2] padding=[0, 0]` is written `=0`; PyTorch does so for plain ints only.
    const bool plain = argument.list_length && type->is(TypeKind::list) && type->expect<ElementType>().element()->is(TypeKind::int_);
    if (plain && parts.size() > 1 && std::equal(parts.begin() + 1, parts.end(), parts.begin())) return parts[0];
    return cat("[", join(parts, ", "), "]");
  }
  if (value.is_float()) return float_text(value.to_float());
  return value.str();
}

}  // namespace

std::string Schema::str() const {
  std::vector<std::string> parts;
  bool starred = false;
  for (const Argument& argument : arguments) {
    if (argument.keyword_only && !starred) {
      parts.push_back("*");
      starred = true;
    }
    std::string text = annotated_type(*argument.type, argument.alias, argument.list_length);
    if (!argument.name.empty()) text += cat(" ", argument.name);
    if (argument.default_value) text += cat("=", default_text(argument));
    parts.push_back(std::move(text));
  }
  if (is_vararg) parts.push_back("...");
  std::string text = cat(qualified_name(), "(", join(parts, ", "), ") -> ");
  std::vector<std::string> results;
  for (const Argument& result : returns)
    results.push_back(cat(annotated_type(*result.type, result.alias, result.list_length), result.name.empty() ? "" : " ", result.name));
  if (is_varret) results.push_back("...");
  // One result that prints with a bracket of its own gets a second pair, as in PyTorch.
  if (results.size() == 1 && !results[0].starts_with("(")) return text + results[0];
  return cat(text, "(", join(results, ", "), ")");
}

std::optional<size_t> Schema::find_argument(std::string_view wanted) const {
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].name == wanted) return i;
  return std::nullopt;
}

bool Schema::is_mutable() const {
  for (const Argument& argument : arguments)
    if (argument.is_write()) return true;
  return false;
}

Schema Schema::parse(std::string_view text) { return SchemaReader(text).schema(); }

TypePtr parse_type(std::string_view text, const std::function<TypePtr(const std::string&)>& resolve) {
  return SchemaReader(text, resolve).type_only();
}

bool is_subtype_schema(const Schema& actual, const Schema& wanted, std::string* why) {
  if (actual.arguments.size() < wanted.arguments.size() || actual.returns.size() != wanted.returns.size()) return false;
  for (size_t i = 1; i < wanted.arguments.size(); ++i) {
    const Argument& mine = actual.arguments[i];
    const Argument& theirs = wanted.arguments[i];
    if (mine.name != theirs.name || mine.keyword_only != theirs.keyword_only) return false;
    if (!theirs.type->is_subtype_of(*mine.type, why)) return false;
  }
  for (size_t i = wanted.arguments.size(); i < actual.arguments.size(); ++i)
    if (!actual.arguments[i].default_value) return false;
  for (size_t i = 0; i < wanted.returns.size(); ++i)
    if (!actual.returns[i].type->is_subtype_of(*wanted.returns[i].type, why)) return false;
  return true;
}

}  // namespace rushlight
