#include "value/constant_text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "tensor/print.h"
#include "value/containers.h"

namespace rushlight {
namespace {

std::string short_float(double value) {
  char digits[40];
  std::snprintf(digits, sizeof digits, "%g", value);
  return digits;
}

}  // namespace

std::string float_text(double value) {
  if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char digits[40];
  std::snprintf(digits, sizeof digits, "%.17g", value);
  std::string text(digits);
  // PyTorch marks only smaller numbers as floats: 1e10 prints, and reads back, as an int.
  if (std::fabs(value) < 1e10 && text.find_first_of(".e") == std::string::npos) text += '.';
  return text;
}

std::string printed_float(double value) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (value == std::trunc(value) && std::fabs(value) < kTwoTo63) return cat(int64_t(value), ".");
  return float_text(value);
}

std::string complex_text(std::complex<double> value) {
  const std::string imaginary = printed_float(value.imag());
  return cat(printed_float(value.real()), imaginary[0] == '-' ? "" : "+", imaginary, "j");
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\'':
        out += "\\'";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\a':
        out += "\\a";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\v':
        out += "\\v";
        break;
      default:
        if (c >= 0x20 && c < 0x7f) {
          out += c;
        } else {
          // Octal digits of the signed byte, each '0' + a quotient that may be negative: what PyTorch's printer does.
          const int byte = static_cast<signed char>(c);
          out += '\\';
          out += char('0' + byte / 64);
          out += char('0' + byte / 8 % 8);
          out += char('0' + byte % 8);
        }
    }
  return out + "\"";
}

std::string tensor_text(const Tensor& tensor) {
  constexpr int64_t kMaxElements = 10;
  if (!tensor.defined()) return "<Tensor>";
  if (tensor.numel() == 1) {
    const Scalar item = tensor.item();
    if (item.is_bool()) return item.to<bool>() ? "{1}" : "{0}";
    if (item.is_complex()) {
      const auto value = item.to<std::complex<double>>();
      return cat("{(", short_float(value.real()), ",", short_float(value.imag()), ")}");
    }
    return item.is_float() ? cat("{", short_float(item.to<double>()), "}") : cat("{", item.to<int64_t>(), "}");
  }
  if (tensor.numel() > kMaxElements) return "<Tensor>";
  std::string text = tensor_cpp_text(tensor);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string constant_text(const IValue& value) {
  std::vector<std::string> parts;
  switch (value.tag()) {
    case Tag::none:
      return "None";
    case Tag::boolean:
      return value.to_bool() ? "True" : "False";
    case Tag::integer:
      return cat(value.to_int());
    case Tag::floating:
      return float_text(value.to_float());
    case Tag::complex:
      return complex_text(value.to_complex());
    case Tag::string:
      return quoted(value.to_string());
    case Tag::device:
      return cat("torch.device(", quoted(value.to_device().str()), ")");
    case Tag::tensor:
      return tensor_text(value.tensor());
    case Tag::list:
      if (value.list().element_type()->is(TypeKind::tensor)) return "[<Tensors>]";
      for (size_t i = 0; i < value.list().size(); ++i) parts.push_back(constant_text(value.list().get(i)));
      if (parts.empty()) return cat("annotate(", value.type()->annotation(), ", [])");
      return cat("[", join(parts, ", "), "]");
    case Tag::tuple:
      for (const IValue& part : value.tuple().elements) parts.push_back(constant_text(part));
      return cat("(", join(parts, ", "), parts.size() == 1 ? ",)" : ")");
    case Tag::dict:
      value.dict().for_each([&](const IValue& key, const IValue& item) {
        parts.push_back(cat(constant_text(key), ": ", constant_text(item)));
      });
      if (parts.empty()) return cat("annotate(", value.type()->annotation(), ",{})");
      return cat("{", join(parts, ", "), "}");
    case Tag::enum_:
      return cat(value.enumerator().type->name(), ".", value.enumerator().name);
    default:
      return cat("object(", static_cast<const void*>(value.raw_pointer()), ")");
  }
}

}  // namespace rushlight
