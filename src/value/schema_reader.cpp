/// Schema::parse: arguments, results and default values.
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "value/containers.h"
#include "value/type_reader.h"

namespace rushlight {

// ---- Default values

IValue TypeReader::default_value(const Type& type, std::optional<int32_t> length) {
  switch (type.kind()) {
    case TypeKind::tensor:
    case TypeKind::generator:
    case TypeKind::quantizer:
      if (!accept_word("None")) fail_expected("None");
      return IValue();
    case TypeKind::list: {
      const Type& element = *type.expect<ElementType>().element();
      // `int[2] stride=1` means [1, 1].
      if (peek() != '[') return list_default(element, length.value_or(1));
      return list_default(element, 0);
    }
    // One constant; a list cannot be the default of an Optional.
    default:
      return single_default(type);
  }
}

/// The list in brackets, or with `repeat` one value that many times.
IValue TypeReader::list_default(const Type& element, int32_t repeat) {
  static constexpr int32_t kMostRepeats = 1024;  // the text gives the count, so it is bounded; real ones stay below 4
  if (repeat > kMostRepeats) fail(cat("a default for more than ", kMostRepeats, " elements"));
  // A default `SymInt[2] padding=0` is a list of plain ints.
  Ref<ListObject> list = ListObject::make(element.is(TypeKind::sym_int) ? types::int_() : element.self());
  const bool has_kind = list->kind() != ListKind::generic || element.is(TypeKind::complex);
  if (!has_kind) fail("lists are only supported for float, int and complex types");
  const auto read = [&] {
    IValue value = single_default(element);
    const bool fits = element.is(TypeKind::complex)      ? value.is_complex()
                      : list->kind() == ListKind::ints   ? value.is_int()
                      : list->kind() == ListKind::floats ? value.is_float()
                                                         : value.is_bool();
    if (!fits) fail(cat("an element of type ", element.str(), " cannot be ", value.str()));
    return value;
  };
  if (repeat > 0) {
    const IValue value = read();
    for (int32_t i = 0; i < repeat; ++i) list->append(value);
    return IValue(std::move(list));
  }
  expect('[');
  if (peek() != ']') {
    do list->append(read());
    while (accept(','));
  }
  expect(']');
  return IValue(std::move(list));
}

IValue TypeReader::single_default(const Type& type) {
  if (type.is(TypeKind::any) || type.is(TypeKind::union_) || type.is(TypeKind::sym_bool) ||
      type.is(TypeKind::sym_float)) {
    if (accept_word("None")) return IValue();
    fail("unexpected type, file a bug report");
  }
  const char c = peek();
  if (c == '"' || c == '\'') return IValue(string_literal());
  if (at_name()) return constant_default();
  return number_default(type);
}

IValue TypeReader::constant_default() {
  static constexpr std::pair<std::string_view, int64_t> kNames[] = {
      {"contiguous_format", int64_t(MemoryFormat::contiguous)},
      {"preserve_format", int64_t(MemoryFormat::preserve)},
      {"strided", int64_t(Layout::strided)},
      {"long", int64_t(ScalarType::int64)},
      {"float", int64_t(ScalarType::float32)},
      {"Mean", 1},  // the reduction of losses
  };
  const std::string word = name(/*with_dots=*/false);
  if (word == "None") return IValue();
  if (word == "True" || word == "False") return IValue(word == "True");
  if (word == "inf") return IValue(double(INFINITY));
  if (word == "nan") return IValue(double(NAN));
  for (const auto& [text, value] : kNames)
    if (text == word) return IValue(value);
  fail("invalid numeric default value");
}

IValue TypeReader::number_default(const Type& type) {
  std::string digits;
  if (accept('-')) {
    digits += '-';
    if (accept_word("inf")) return IValue(double(-INFINITY));
  }
  peek();
  bool is_float = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    const bool is_exponent_sign =
        (c == '-' || c == '+') && !digits.empty() && (digits.back() == 'e' || digits.back() == 'E');
    if (c == '.' || ((c == 'e' || c == 'E') && !digits.empty() && digits != "-"))
      is_float = true;
    else if ((c < '0' || c > '9') && !is_exponent_sign)
      break;
    digits += c;
  }
  if (digits.empty() || digits == "-") fail_expected("number");
  const char* end = digits.data() + digits.size();
  const bool wants_float = is_float || type.is(TypeKind::float_) || type.is(TypeKind::complex);
  double real = 0;
  int64_t integral = 0;
  const bool is_imaginary = at_ < text_.size() && text_[at_] == 'j';
  const auto [read, error] = wants_float || is_imaginary ? std::from_chars(digits.data(), end, real)
                                                         : std::from_chars(digits.data(), end, integral);
  if (error != std::errc() || read != end) fail("invalid numeric default value");
  if (is_imaginary) {
    ++at_;
    return IValue(std::complex<double>(0, real));
  }
  if (type.is(TypeKind::complex)) return IValue(std::complex<double>(real, 0));
  return wants_float ? IValue(real) : IValue(integral);
}

std::string TypeReader::string_literal() {
  const char quote = peek();
  ++at_;
  std::string out;
  while (at_ < text_.size() && text_[at_] != quote) {
    char c = text_[at_++];
    if (c == '\\' && at_ < text_.size()) {
      static constexpr std::string_view kEscapes = "n\nt\tr\rf\fv\vb\ba\a";
      c = text_[at_++];
      if (c == 'x') fail("unsupported hex specifier");
      for (size_t i = 0; i < kEscapes.size(); i += 2)
        if (kEscapes[i] == c) {
          c = kEscapes[i + 1];
          break;
        }
    }
    out += c;
  }
  expect(quote);
  return out;
}

// ---- Schemas

namespace {

class SchemaReader : public TypeReader {
 public:
  explicit SchemaReader(std::string_view text) : TypeReader(text, Place::schema) {}

  Schema schema() {
    Schema schema;
    schema.name = name(/*with_dots=*/false);
    if (accept('.')) schema.overload = name(false);
    if (peek() == '\0') throw RuntimeError("Tried to parse a function schema but only the operator name was given");
    if (peek() != '(') fail_expected("eof");
    read_arguments(schema);
    if (!accept_word("->")) fail_expected("->");
    read_returns(schema);
    expect_end();
    check_defaults(schema);
    return schema;
  }

 private:
  void read_arguments(Schema& schema) {
    expect('(');
    if (accept(')')) return;
    bool keyword_only = false;
    do {
      if (schema.is_vararg) fail("... must be the last element of the argument list");
      if (accept_word("...")) {
        schema.is_vararg = true;
      } else if (accept('*')) {
        keyword_only = true;
      } else {
        Argument argument = typed();
        argument.keyword_only = keyword_only;
        argument.name = name(/*with_dots=*/false);
        if (accept('=')) argument.default_value = default_value(*argument.type, argument.list_length);
        schema.arguments.push_back(std::move(argument));
      }
    } while (accept(','));
    expect(')');
  }

  void read_returns(Schema& schema) {
    if (accept_word("...")) {
      schema.is_varret = true;
    } else if (accept('(')) {
      if (accept(')')) return;
      do {
        if (schema.is_varret) fail("... must be the last element of the return list");
        if (accept_word("..."))
          schema.is_varret = true;
        else
          schema.returns.push_back(result());
      } while (accept(','));
      expect(')');
    } else {
      schema.returns.push_back(result());
    }
  }

  Argument typed() {
    Parsed parsed = type_with_alias();
    Argument argument;
    argument.type = std::move(parsed.type);
    argument.alias = std::move(parsed.alias);
    argument.list_length = parsed.length;
    return argument;
  }
  Argument result() {
    Argument argument = typed();
    if (at_name()) argument.name = name(/*with_dots=*/false);
    return argument;
  }

  static void check_defaults(const Schema& schema) {
    bool seen = false;
    for (const Argument& argument : schema.arguments) {
      if (argument.default_value)
        seen = true;
      else if (seen && !argument.keyword_only)
        throw RuntimeError(cat("Non-default positional argument follows default argument. Parameter ", argument.name,
                               " in ", schema.str()));
    }
  }
};

}  // namespace

Schema Schema::parse(std::string_view text) { return SchemaReader(text).schema(); }

}  // namespace rushlight
