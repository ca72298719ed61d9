#include "value/type_reader.h"

#include <cctype>
#include <charconv>

#include "base/text.h"
#include "value/class_type.h"

namespace rushlight {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }
bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

struct SimpleName {
  std::string_view text;
  const TypePtr& (*type)();
  bool in_schemas = true;
};
constexpr SimpleName kSimpleNames[] = {
    {"Tensor", types::tensor},
    {"int", types::int_},
    {"float", types::float_},
    {"bool", types::bool_},
    {"str", types::string},
    {"complex", types::complex},
    {"Scalar", types::number},
    {"number", types::number},
    {"NoneType", types::none},
    {"None", types::none},
    {"Any", types::any},
    {"Device", types::device},
    {"Generator", types::generator},
    {"Stream", types::stream},
    {"Storage", types::storage},
    {"Quantizer", types::quantizer},
    {"ConstQuantizerPtr", types::quantizer},
    {"QScheme", types::qscheme},
    {"Layout", types::layout},
    {"ScalarType", types::scalar_type},
    {"MemoryFormat", types::memory_format},
    {"SymInt", types::sym_int},
    {"SymFloat", types::sym_float},
    {"SymBool", types::sym_bool},
    {"AnyEnumType", types::any_enum},
    {"AnyClassType", types::any_class},
    {"list", types::any_list},
    {"tuple", types::any_tuple},
    {"Capsule", types::capsule},
    {"PyObject", types::py_object},
    {"Dimname", types::string},
    {"AnyListType", types::any_list, false},
    {"AnyTupleType", types::any_tuple, false},
};

}  // namespace

// ---- The cursor

void TypeReader::skip_space() {
  while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
}
char TypeReader::peek() {
  skip_space();
  return at_ < text_.size() ? text_[at_] : '\0';
}
bool TypeReader::accept(char c) {
  if (at_ >= text_.size() || peek() != c) return false;
  ++at_;
  return true;
}
bool TypeReader::accept_word(std::string_view word) {
  skip_space();
  if (text_.substr(at_, word.size()) != word) return false;
  // `None` is not the start of `NoneType`.
  const size_t end = at_ + word.size();
  if (is_name_char(word.back()) && end < text_.size() && is_name_char(text_[end])) return false;
  at_ = end;
  return true;
}
void TypeReader::expect(char c) {
  if (!accept(c)) fail_expected(std::string_view(&c, 1));
}
bool TypeReader::at_name() {
  const char c = peek();
  return is_name_char(c) && !is_digit(c);
}
std::string TypeReader::name(bool with_dots) {
  if (!at_name()) fail_expected("ident");
  const size_t begin = at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (is_name_char(c) || c == ':' || (with_dots && c == '.'))
      ++at_;
    else
      break;
  }
  return std::string(text_.substr(begin, at_ - begin));
}
int64_t TypeReader::integer() {
  skip_space();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
  if (error == std::errc::result_out_of_range) fail("an integer that needs more than 64 bits");
  if (error != std::errc()) fail_expected("number");
  at_ = size_t(end - text_.data());
  return value;
}
void TypeReader::expect_end() {
  if (peek() != '\0' || at_ < text_.size()) fail_expected("eof");
}

TypeReader::Token TypeReader::next_token() {
  const char c = peek();
  const std::string_view rest = text_.substr(at_);
  if (rest.empty()) return {"eof", 0};
  size_t length = 1;
  if (is_digit(c)) {
    while (length < rest.size() && (is_digit(rest[length]) || rest[length] == '.')) ++length;
    return {"number", length};
  }
  if (is_name_char(c)) {
    while (length < rest.size() && is_name_char(rest[length])) ++length;
    return {"ident", length};
  }
  if (c == '"' || c == '\'') {
    while (length < rest.size() && rest[length] != c) ++length;
    return {"string literal", std::min(length + 1, rest.size())};
  }
  if (rest.starts_with("->")) return {"arrow", 2};
  if (rest.starts_with("...")) return {"dots", 3};
  return {rest.substr(0, 1), 1};
}

std::string TypeReader::marked_text() {
  const size_t length = next_token().length;
  if (length == 0) return std::string(text_);  // nothing to mark at the end
  return SourceRange(std::make_shared<Source>(std::string(text_), ""), at_, at_ + length).highlight();
}
void TypeReader::fail_expected(std::string_view expected) {
  throw RuntimeError(cat("expected ", expected, " but found '", next_token().kind, "' here:\n", marked_text()));
}
void TypeReader::fail(std::string_view message) { throw RuntimeError(cat("\n", message, ":\n", marked_text())); }

// ---- Types

TypeReader::Parsed TypeReader::type_with_alias() {
  if (++depth_ > kMaxDepth) fail(cat("more than ", kMaxDepth, " nested types"));
  Parsed parsed;
  parsed.type = plain_type();
  const bool in_schema = place_ == Place::schema;
  if (in_schema && peek() == '(') parsed.alias = alias();
  for (;;) {
    if (accept('?')) {
      parsed.type = types::optional(parsed.type);
    } else if (accept('[')) {
      if (peek() != ']') {
        const int64_t length = integer();
        if (length < 0 || length > INT32_MAX) fail("the length of a list must be a small positive number");
        parsed.length = int32_t(length);
      }
      expect(']');
      parsed.type = types::list(parsed.type);
      // An annotation before the brackets belongs to the elements, one behind them to the list.
      std::optional<AliasAnnotation> of_list;
      if (in_schema && peek() == '(') of_list = alias();
      if (of_list || parsed.alias) {
        AliasAnnotation whole = of_list ? *of_list : *parsed.alias;
        whole.contained.clear();
        if (parsed.alias) whole.contained.push_back(*parsed.alias);
        parsed.alias = std::move(whole);
      }
    } else {
      break;
    }
  }
  --depth_;
  return parsed;
}

TypePtr TypeReader::plain_type() {
  if (!accept('(')) return named_type();
  std::vector<TypePtr> elements;
  if (!accept(')')) {
    do elements.push_back(type_with_alias().type);
    while (accept(','));
    expect(')');
  }
  return types::tuple(std::move(elements));
}

TypePtr TypeReader::named_type() {
  skip_space();
  const size_t begin = at_;
  const std::string word = name(/*with_dots=*/true);
  const bool in_schema = place_ == Place::schema;
  if (!in_schema)
    if (TypePtr type = tensor_with_facts(word)) return type;
  for (const SimpleName& simple : kSimpleNames)
    if (simple.text == word && (simple.in_schemas || !in_schema)) return simple.type();
  if (TypePtr type = container(word)) return type;
  if (!in_schema && word == "NamedTuple" && peek() == '(') return named_tuple();
  if ((word == "Enum" || word == "InterfaceType") && accept('<')) {
    const std::string of = name(/*with_dots=*/true);
    expect('>');
    if (TypePtr type = resolved(of)) return type;
  } else if (TypePtr type = resolved(word)) {
    return type;
  }
  if (word.find('.') == std::string::npos && std::islower(static_cast<unsigned char>(word[0]))) return types::var(word);
  at_ = begin;
  fail(
      "unknown type specifier. Common valid schema types include Tensor, SymInt, int, float, bool, Scalar; for a full "
      "list, please see https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/README.md#func ");
}

TypePtr TypeReader::resolved(const std::string& name) {
  if (resolve_)
    if (TypePtr type = resolve_(name)) return type;
  if (name.starts_with("__torch__.torch.classes.")) return custom_class_type(name);
  // A graph that is read without its classes knows no more than that there is one.
  return place_ == Place::graph && name.starts_with("__torch__.") ? types::any_class() : nullptr;
}

TypePtr TypeReader::container(const std::string& word) {
  static constexpr std::string_view kInSchemas[] = {"Dict", "Set", "FrozenSet", "Future", "RRef", "Await", "Union"};
  static constexpr std::string_view kInGraphs[] = {"Optional", "List", "Tuple"};
  const bool known =
      std::find(std::begin(kInSchemas), std::end(kInSchemas), word) != std::end(kInSchemas) ||
      (place_ == Place::graph && std::find(std::begin(kInGraphs), std::end(kInGraphs), word) != std::end(kInGraphs));
  if (!known) return nullptr;
  const char close = peek() == '[' ? ']' : ')';
  if (!accept('[')) expect('(');
  // `Tuple[()]` is how annotations write the tuple without elements.
  const bool empty_tuple = word == "Tuple" && close == ']' && peek() == '(';
  std::vector<TypePtr> parts;
  const size_t count = word == "Union" || word == "Tuple" ? SIZE_MAX : word == "Dict" ? 2 : 1;
  if (count != SIZE_MAX || peek() != close) {
    do parts.push_back(type_with_alias().type);
    while (parts.size() < count && accept(','));
  }
  if (count != SIZE_MAX && parts.size() != count) fail_expected(",");
  expect(close);
  if (empty_tuple && parts.size() == 1 && parts[0]->contained().empty()) return parts[0];
  if (word == "Tuple") return types::tuple(std::move(parts));
  if (word == "Dict") return types::dict(parts[0], parts[1]);
  if (word == "Set") return types::set(parts[0]);
  if (word == "FrozenSet") return types::frozenset(parts[0]);
  if (word == "List") return types::list(parts[0]);
  if (word == "Optional") return types::optional(parts[0]);
  if (word == "Future") return types::future(parts[0]);
  if (word == "RRef") return types::rref(parts[0]);
  if (word == "Await") return types::await(parts[0]);
  if (parts.empty()) fail("a Union needs members");
  return types::union_(std::move(parts));
}

AliasAnnotation TypeReader::alias() {
  AliasAnnotation annotation;
  expect('(');
  const auto read_set = [&](std::vector<std::string>& names) {
    do names.push_back(accept('*') ? "*" : name(false));
    while (accept('|'));
  };
  read_set(annotation.before);
  annotation.is_write = accept('!');
  if (accept_word("->"))
    read_set(annotation.after);
  else
    annotation.after = annotation.before;
  expect(')');
  return annotation;
}

// ---- What only graphs write

/// `Float(2, *, strides=[3, 1], requires_grad=0, device=cpu)`, `LongTensor`, `Tensor[Undefined]`; null if `word` begins
/// none.
TypePtr TypeReader::tensor_with_facts(const std::string& word) {
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
    if (!has_sizes) {
      do {
        if (accept('*')) {
          sizes.emplace_back(std::nullopt);
        } else if (is_digit(peek())) {
          sizes.emplace_back(integer());
        } else {
          tensor_fact(facts);
          continue;
        }
        has_sizes = true;
      } while (accept(','));
    }
    expect(')');
    // With a dtype and no sizes the name says whether the rank is 0 or unknown.
    if (has_sizes || rank_known) facts.sizes = std::move(sizes);
    if (facts.sizes && facts.sizes->empty()) facts.strides.emplace();
    if (facts.strides && (!facts.sizes || facts.strides->size() != facts.sizes->size()))
      fail("a tensor type needs as many strides as sizes");
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

void TypeReader::tensor_fact(TensorType::Facts& facts) {
  const std::string key = name(false);
  expect('=');
  if (key == "strides") {
    facts.strides.emplace();
    expect('[');
    if (peek() != ']') {
      do facts.strides->emplace_back(integer());
      while (accept(','));
    }
    expect(']');
  } else if (key == "requires_grad") {
    facts.requires_grad = integer() != 0;
  } else if (key == "device") {
    // The index follows behind a colon, which a name takes in.
    facts.device = Device::parse(name(false));
  } else {
    fail(cat("a tensor type has strides, requires_grad and device, found '", key, "'"));
  }
}

/// `NamedTuple(x : Tensor, y : int = 3)`, as graphs print a tuple with field names; its own name is not in the text.
TypePtr TypeReader::named_tuple() {
  std::vector<std::string> fields;
  std::vector<TypePtr> elements;
  std::vector<IValue> defaults;
  expect('(');
  do {
    fields.push_back(name(false));
    if (fields.back().ends_with(':'))
      fields.back().pop_back();
    else
      expect(':');
    elements.push_back(type_with_alias().type);
    if (accept('=')) defaults.push_back(default_value(*elements.back(), {}));
  } while (accept(','));
  expect(')');
  return TupleType::named("", std::move(fields), std::move(elements), std::move(defaults));
}

TypePtr parse_type(std::string_view text, const std::function<TypePtr(const std::string&)>& resolve) {
  TypeReader reader(text, TypeReader::Place::graph, resolve);
  TypePtr type = reader.type_with_alias().type;
  reader.expect_end();
  return type;
}

}  // namespace rushlight
