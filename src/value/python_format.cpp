#include "value/python_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/text.h"
#include "tensor/tensor.h"
#include "value/containers.h"

namespace rushlight {
namespace {

// ---- Characters

size_t sequence_length(unsigned char lead) {
  return lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}
/// The first character of a text in UTF-8.
std::string_view first_character(std::string_view text) {
  return text.substr(0, text.empty() ? 0 : sequence_length(static_cast<unsigned char>(text[0])));
}
size_t character_count(std::string_view text) {
  return size_t(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}
std::string utf8(uint32_t code) {
  if (code < 0x80) return std::string(1, char(code));
  std::string out;
  const int continuation = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  const uint32_t lead = continuation == 1 ? 0xc0 : continuation == 2 ? 0xe0 : 0xf0;
  out += char(lead | code >> (6 * continuation));
  for (int i = continuation - 1; i >= 0; --i) out += char(0x80 | (code >> (6 * i) & 0x3f));
  return out;
}

// ---- The specification

/// [[fill]align][sign][#][0][width][grouping][.precision][type]
struct FormatSpec {
  std::string_view fill = " ";
  char align = 0;  ///< < > ^ =; 0: the type's own
  char sign = '-';
  bool alternate = false;
  int64_t width = 0;
  char grouping = 0;
  int64_t precision = -1;
  char type = 0;
};

/// More than this is no text that anybody reads.
constexpr int64_t kMaxFormatWidth = 1'000'000;

bool is_align(char c) { return c == '<' || c == '>' || c == '^' || c == '='; }

FormatSpec read_spec(std::string_view text, const char* type_name) {
  const std::string_view whole = text;
  FormatSpec spec;
  const auto accept = [&](std::string_view choices) -> char {
    if (text.empty() || choices.find(text[0]) == std::string_view::npos) return 0;
    const char found = text[0];
    text.remove_prefix(1);
    return found;
  };
  const auto number = [&](int64_t missing) {
    int64_t value = missing;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range || value > kMaxFormatWidth)
      throw ValueError("Too many decimal digits in format string");
    text.remove_prefix(size_t(end - text.data()));
    return value;
  };
  const std::string_view fill = first_character(text);
  if (text.size() > fill.size() && is_align(text[fill.size()])) {
    spec.fill = fill;
    spec.align = text[fill.size()];
    text.remove_prefix(fill.size() + 1);
  } else if (const char align = accept("<>^=")) {
    spec.align = align;
  }
  if (const char sign = accept("+- ")) spec.sign = sign;
  spec.alternate = accept("#") != 0;
  if (accept("0") && !spec.align) {
    spec.fill = "0";
    spec.align = '=';
  }
  if (!text.empty() && std::isdigit(static_cast<unsigned char>(text[0]))) spec.width = number(0);
  spec.grouping = accept(",_");
  if (accept(".")) {
    if (text.empty() || !std::isdigit(static_cast<unsigned char>(text[0])))
      throw ValueError("Format specifier missing precision");
    spec.precision = number(-1);
  }
  if (text.size() > 1)
    throw ValueError(cat("Invalid format specifier '", whole, "' for object of type '", type_name, "'"));
  if (!text.empty()) spec.type = text[0];
  return spec;
}

[[noreturn]] void unknown_code(char code, const char* type_name) {
  throw ValueError(cat("Unknown format code '", code, "' for object of type '", type_name, "'"));
}

std::string repeated(std::string_view fill, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += fill;
  return out;
}
/// `prefix` (sign, "0x") stays in front where the fill stands behind it.
std::string padded(const FormatSpec& spec, char own_align, const std::string& prefix, const std::string& body) {
  const size_t used = character_count(prefix) + character_count(body);
  const size_t room = size_t(spec.width) > used ? size_t(spec.width) - used : 0;
  switch (spec.align ? spec.align : own_align) {
    case '<':
      return prefix + body + repeated(spec.fill, room);
    case '^':
      return repeated(spec.fill, room / 2) + prefix + body + repeated(spec.fill, room - room / 2);
    case '=':
      return prefix + repeated(spec.fill, room) + body;
    default:
      return repeated(spec.fill, room) + prefix + body;
  }
}

// ---- Numbers

std::string grouped(std::string_view digits, char separator, size_t every) {
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i && (digits.size() - i) % every == 0) out += separator;
    out += digits[i];
  }
  return out;
}
/// Sign, digits before the point with their separators, the rest; zeros that fill a width are grouped too.
std::string assembled(const FormatSpec& spec, const std::string& prefix, std::string digits, const std::string& rest,
                      size_t every) {
  if (!spec.grouping) return padded(spec, '>', prefix, digits + rest);
  if (spec.align == '=' && spec.fill == "0")
    while (prefix.size() + grouped(digits, spec.grouping, every).size() + rest.size() < size_t(spec.width))
      digits.insert(digits.begin(), '0');
  std::string body = grouped(digits, spec.grouping, every);
  // A separator never stands first: one digit more than the width, as Python does it.
  return padded(spec, '>', prefix, body + rest);
}
std::string sign_text(const FormatSpec& spec, bool negative) {
  return negative ? "-" : spec.sign == '-' ? "" : std::string(1, spec.sign);
}

/// The significant digits of a number and the place of the point: 0.digits * 10^point.
struct Decimal {
  std::string digits;
  int point;
};
Decimal decimal(std::string_view scientific) {
  const size_t mark = scientific.find('e');
  Decimal made;
  for (char c : scientific.substr(0, mark))
    if (c != '.') made.digits += c;
  std::string_view exponent = scientific.substr(mark + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  int value = 0;
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
  made.point = value + 1;
  return made;
}
struct FloatText {
  std::string whole, rest;
};
FloatText fixed(const Decimal& value, bool keep_point) {
  const std::string& digits = value.digits;
  if (value.point <= 0) return {"0", cat(".", std::string(size_t(-value.point), '0'), digits)};
  const size_t point = size_t(value.point);
  if (point < digits.size()) return {digits.substr(0, point), "." + digits.substr(point)};
  return {digits + std::string(point - digits.size(), '0'), keep_point ? "." : ""};
}
FloatText scientific(const Decimal& value, bool keep_point, char mark) {
  const int exponent = value.point - 1;
  char tail[16];
  std::snprintf(tail, sizeof tail, "%c%c%02d", mark, exponent < 0 ? '-' : '+', std::abs(exponent));
  std::string rest = value.digits.size() > 1 ? "." + value.digits.substr(1) : keep_point ? "." : "";
  return {value.digits.substr(0, 1), rest + tail};
}

std::string printed(const char* pattern, int64_t precision, double value) {
  const int size = std::snprintf(nullptr, 0, pattern, int(precision), value);
  std::string out(size_t(size), '\0');
  std::snprintf(out.data(), out.size() + 1, pattern, int(precision), value);
  return out;
}
std::string shortest(double value) {
  char buffer[64];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr);
}

/// `g`, and a float without a type: shortest digits, or `precision` of them; at least one digit behind the point then.
FloatText general(double value, int64_t precision, bool alternate, bool is_float_text, char mark) {
  Decimal digits =
      decimal(precision < 0 ? shortest(value) : printed("%.*e", std::max<int64_t>(precision, 1) - 1, value));
  if (!alternate)
    while (digits.digits.size() > 1 && digits.digits.back() == '0') digits.digits.pop_back();
  const int64_t limit = precision < 0 ? 16 : std::max<int64_t>(precision, 1) - (is_float_text ? 1 : 0);
  if (digits.point <= -4 || digits.point > limit) return scientific(digits, alternate, mark);
  FloatText text = fixed(digits, alternate);
  if (is_float_text && text.rest.empty()) text.rest = ".0";
  return text;
}

std::string format_float(double value, const FormatSpec& spec, const char* type_name) {
  const bool negative = std::signbit(value) && !std::isnan(value);
  const double magnitude = std::abs(value);
  const char type = spec.type;
  const bool upper = type == 'E' || type == 'F' || type == 'G';
  FloatText text;
  const int64_t six = spec.precision < 0 ? 6 : spec.precision;
  const auto from_fixed = [&](const std::string& digits) {
    const size_t point = std::min(digits.find('.'), digits.size());
    return FloatText{digits.substr(0, point), point == digits.size() && spec.alternate ? "." : digits.substr(point)};
  };
  if (std::isnan(value) || std::isinf(value)) {
    text.whole = std::isnan(value) ? (upper ? "NAN" : "nan") : upper ? "INF" : "inf";
    if (type == '%') text.rest = "%";
  } else {
    switch (type) {
      case 'e':
      case 'E':
        text = scientific(decimal(printed("%.*e", six, magnitude)), spec.alternate, type);
        break;
      case 'f':
      case 'F':
        text = from_fixed(printed("%.*f", six, magnitude));
        break;
      case '%':
        text = from_fixed(printed("%.*f", six, magnitude * 100));
        text.rest += '%';
        break;
      case 'g':
      case 'G':
      case 'n':
        text = general(magnitude, spec.precision < 0 ? 6 : spec.precision, spec.alternate, false, upper ? 'E' : 'e');
        break;
      case 0:
        text = general(magnitude, spec.precision, spec.alternate, true, 'e');
        break;
      default:
        unknown_code(type, type_name);
    }
  }
  return assembled(spec, sign_text(spec, negative), text.whole, text.rest, 3);
}

std::string format_int(int64_t value, const FormatSpec& spec, const char* type_name) {
  switch (spec.type) {
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case '%':
      return format_float(double(value), spec, type_name);
    default:
      break;
  }
  if (spec.precision >= 0) throw ValueError("Precision not allowed in integer format specifier");
  if (spec.type == 'c') {
    if (value < 0 || value > 0x10ffff) throw ValueError("%c arg not in range(0x110000)");
    return padded(spec, '<', "", utf8(uint32_t(value)));
  }
  const uint64_t magnitude = value < 0 ? 0 - uint64_t(value) : uint64_t(value);
  int base = 10;
  switch (spec.type) {
    case 0:
    case 'd':
    case 'n':
      break;
    case 'b':
      base = 2;
      break;
    case 'o':
      base = 8;
      break;
    case 'x':
    case 'X':
      base = 16;
      break;
    default:
      unknown_code(spec.type, type_name);
  }
  if (spec.grouping == ',' && base != 10) throw ValueError(cat("Cannot specify ',' with '", spec.type, "'."));
  char buffer[72];
  std::string digits(buffer, std::to_chars(buffer, buffer + sizeof buffer, magnitude, base).ptr);
  std::string prefix = sign_text(spec, value < 0);
  if (spec.alternate && base != 10) prefix += cat("0", spec.type);
  if (spec.type == 'X') std::ranges::transform(digits, digits.begin(), [](char c) { return char(std::toupper(c)); });
  return assembled(spec, prefix, std::move(digits), "", base == 10 ? 3 : 4);
}

std::string format_string(std::string_view value, const FormatSpec& spec) {
  if (spec.type && spec.type != 's') unknown_code(spec.type, "str");
  if (spec.sign != '-') throw ValueError("Sign not allowed in string format specifier");
  if (spec.align == '=') throw ValueError("'=' alignment not allowed in string format specifier");
  if (spec.alternate) throw ValueError("Alternate form (#) not allowed in string format specifier");
  if (spec.grouping) throw ValueError(cat("Cannot specify '", spec.grouping, "' with 's'."));
  std::string shown(value);
  if (spec.precision >= 0) {
    size_t end = 0;
    for (int64_t i = 0; i < spec.precision && end < value.size(); ++i)
      end += sequence_length(static_cast<unsigned char>(value[end]));
    shown = value.substr(0, end);
  }
  return padded(spec, '<', "", shown);
}

// ---- repr

std::string string_repr(std::string_view text, bool ascii) {
  const char quote = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  char escape[16];
  for (size_t i = 0; i < text.size();) {
    const std::string_view character = first_character(text.substr(i));
    const unsigned char lead = static_cast<unsigned char>(character[0]);
    i += character.size();
    if (lead == '\\' || lead == static_cast<unsigned char>(quote)) {
      out += cat('\\', char(lead));
    } else if (lead == '\n' || lead == '\r' || lead == '\t') {
      out += lead == '\n' ? "\\n" : lead == '\r' ? "\\r" : "\\t";
    } else if (lead < 0x20 || lead == 0x7f || (character.size() == 1 && lead >= 0x80)) {
      std::snprintf(escape, sizeof escape, "\\x%02x", lead);
      out += escape;
    } else if (lead >= 0x80 && ascii) {
      uint32_t code = lead & (0xff >> (character.size() + 1));
      for (char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
      std::snprintf(escape, sizeof escape, code < 0x100 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x", code);
      out += escape;
    } else {
      out += character;
    }
  }
  return out += quote;
}
std::string float_repr(double value) { return format_float(value, {}, "float"); }
std::string complex_part(double value) {
  std::string text = float_repr(value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

}  // namespace

std::string python_repr(const IValue& value, bool ascii) {
  if (value.is_string()) return string_repr(value.to_string(), ascii);
  if (value.is_float()) return float_repr(value.to_float());
  if (value.is_complex()) {
    const std::complex<double> z = value.to_scalar().to<std::complex<double>>();
    const std::string imaginary = complex_part(z.imag()) + "j";
    if (z.real() == 0 && !std::signbit(z.real())) return imaginary;
    return cat("(", complex_part(z.real()), imaginary[0] == '-' ? "" : "+", imaginary, ")");
  }
  std::vector<std::string> parts;
  if (value.is_list()) {
    for (size_t i = 0; i < value.list().size(); ++i) parts.push_back(python_repr(value.list().get(i), ascii));
    return cat("[", join(parts, ", "), "]");
  }
  if (value.is_tuple()) {
    for (const IValue& element : value.tuple().elements) parts.push_back(python_repr(element, ascii));
    return cat("(", join(parts, ", "), parts.size() == 1 ? ",)" : ")");
  }
  if (value.is_dict()) {
    value.dict().for_each([&](const IValue& key, const IValue& element) {
      parts.push_back(cat(python_repr(key, ascii), ": ", python_repr(element, ascii)));
    });
    return cat("{", join(parts, ", "), "}");
  }
  if (value.is_set()) {
    value.set().for_each([&](const IValue& element) { parts.push_back(python_repr(element, ascii)); });
    const std::string elements = cat("{", join(parts, ", "), "}");
    if (parts.empty()) return value.str();
    return value.set().is_frozen ? cat("frozenset(", elements, ")") : elements;
  }
  return value.str();
}

std::string python_format(const IValue& value, std::string_view spec) {
  if (value.is_tensor() && value.tensor().numel() == 1 && value.tensor().dim() == 0)
    return python_format(IValue(value.tensor().item()), spec);
  if (spec.empty()) return value.is_string() ? value.to_string() : value.str();
  if (value.is_bool()) return format_int(value.to_bool(), read_spec(spec, "bool"), "bool");
  if (value.is_int()) return format_int(value.to_int(), read_spec(spec, "int"), "int");
  if (value.is_float()) return format_float(value.to_float(), read_spec(spec, "float"), "float");
  if (value.is_string()) return format_string(value.to_string(), read_spec(spec, "str"));
  throw TypeError(
      cat("unsupported format string passed to a value of type ", value.type()->annotation(), ": '", spec, "'"));
}

}  // namespace rushlight
