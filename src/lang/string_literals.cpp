/// Escapes of string literals, by Python's rules and by those of the string dialect.
#include <algorithm>
#include <cctype>

#include "lang/lexer.h"

namespace rushlight::lang {
namespace {
void append_utf8(std::string& out, uint32_t code) {
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
}  // namespace

std::string unescape_python(std::string_view text) {
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
        code = code * 16 + uint32_t(std::isdigit(static_cast<unsigned char>(d)) ? d - '0' : std::tolower(d) - 'a' + 10);
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

std::string unescape_string(std::string_view text, const SourceRange& range) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    constexpr std::string_view kFrom = "\\'\"abfntv", kTo = "\\'\"\a\b\f\n\t\v";
    const char c = text[++i];
    if (c == '\n') continue;
    if (const size_t at = kFrom.find(c); at != std::string_view::npos) {
      out += kTo[at];
      continue;
    }
    if (c == 'x') fail_at(range, "unsupported hex specifier");
    if (c == 'u' || c == 'U') fail_at(range, "unsupported unicode specifier");
    // Exactly three octal digits, one byte.
    int code = 0;
    for (size_t k = 0; k < 3; ++k) {
      const char digit = i + k < text.size() ? text[i + k] : '\0';
      if (digit < '0' || digit > '7') fail_at(range, " ill formed octal specifier");
      code = code * 8 + (digit - '0');
    }
    if (code > 255) fail_at(range, " ill formed octal specifier");
    out += char(code);
    i += 2;
  }
  return out;
}

}  // namespace rushlight::lang
