/// String formatting of programs: `"{} {}".format(a, b)`, f-strings, and `"%d %s" % (a, b)`.
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "ops/printing.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

/// Each `{}` takes the next value; other braces stand for themselves and surplus values are left out, as in PyTorch.
std::string format_braces(std::string_view text, const IValue& values) {
  const std::vector<IValue>& given = values.tuple().elements;
  std::string out;
  size_t next = 0, at = 0;
  for (size_t hole; (hole = text.find("{}", at)) != std::string_view::npos; at = hole + 2) {
    if (next == given.size()) throw RuntimeError(cat("Too few arguments for format string: ", text));
    out += text.substr(at, hole - at);
    out += printed(given[next++]);
  }
  return out += text.substr(at);
}

std::string printed_float(char specifier, double value) {
  const char pattern[] = {'%', specifier, '\0'};
  char digits[400];
  std::snprintf(digits, sizeof digits, pattern, value);
  return digits;
}

/// `%d` of a float is cut to 32 bits, as PyTorch cuts it.
int64_t whole_number(const Scalar& number) {
  if (!number.is_float()) return number.to<int64_t>();
  const double value = std::trunc(number.to<double>());
  return value >= INT32_MIN && value <= INT32_MAX ? int64_t(value) : INT32_MIN;
}

std::string format_percent(std::string_view text, const IValue& values) {
  // `text % (a, b)` has one argument, the tuple.
  const std::vector<IValue>* arguments = &values.tuple().elements;
  if (arguments->size() == 1 && arguments->front().is_tuple()) arguments = &arguments->front().tuple().elements;
  const std::vector<IValue>& given = *arguments;
  std::string out;
  size_t next = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) throw RuntimeError("Incomplete format specifier");
    const char specifier = text[i];
    if (specifier == '%') {
      out += '%';
      continue;
    }
    if (next == given.size()) throw RuntimeError("Too few arguments for format string");
    const IValue& value = given[next++];
    const auto need_number = [&] {
      if (!value.is_int() && !value.is_float() && !value.is_bool())
        throw RuntimeError(cat("%", specifier, " requires a number for formatting, but got ", value.tag_name()));
      return value.to_scalar();
    };
    switch (specifier) {
      case 'd':
      case 'i':
        out += cat(whole_number(need_number()));
        break;
      case 'e':
      case 'E':
      case 'f':
      case 'F':
        // PyTorch prints single precision here.
        out += printed_float(specifier, float(need_number().to<double>()));
        break;
      case 'c':
        if (value.is_int())
          out += char(value.to_int());
        else if (value.is_string() && value.to_string().size() == 1)
          out += value.to_string();
        else
          throw RuntimeError(cat("%c requires an int or char for formatting, but got ", value.tag_name()));
        break;
      case 's':
        out += printed(value);
        break;
      default:
        throw RuntimeError(cat("The specifier %", specifier, " is not supported in TorchScript format strings"));
    }
  }
  if (next < given.size()) throw RuntimeError("Too many arguments for format string");
  return out;
}

}  // namespace

void declare_builtins_format(OpSet& ops) {
  ops.add({.schema = "format(str self, ...) -> str",
           .kernel = typed_kernel<&format_braces>(),
           .traits = OpTraits::language});
  ops.add({.schema = "percentFormat(str self, ...) -> str",
           .kernel = typed_kernel<&format_percent>(),
           .traits = OpTraits::language});
}

}  // namespace rushlight::ops
