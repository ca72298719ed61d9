#include "repr.h"

#include <fmt/format.h>

#include <cmath>

#include "autograd/variable.h"
#include "base/text.h"
#include "tensor/print.h"
#include "value/class_type.h"

namespace rushlight::cli {
namespace {

using nlohmann::ordered_json;

std::string float_repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

/// In single quotes, unless there is one and no double one; bytes of UTF-8 stay.
std::string string_repr(const std::string& text) {
  const bool single = text.find('\'') == std::string::npos || text.find('"') != std::string::npos;
  const char quote = single ? '\'' : '"';
  std::string out(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\')
      out += std::string("\\") + c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out + quote;
}

std::string tensor_text(const Tensor& tensor) {
  if (!tensor.defined()) return "None";
  std::vector<std::string> suffixes;
  if (const auto grad_fn = autograd::grad_fn(tensor))
    suffixes.push_back(cat("grad_fn=<", grad_fn->name(), ">"));
  else if (autograd::requires_grad(tensor))
    suffixes.push_back("requires_grad=True");
  return tensor_repr(tensor, suffixes);
}

std::string tuple_repr(const TupleObject& tuple) {
  std::vector<std::string> parts;
  const auto* type = tuple.type ? tuple.type->as<TupleType>() : nullptr;
  const bool named = type && !type->fields().empty();
  for (size_t i = 0; i < tuple.elements.size(); ++i)
    parts.push_back((named ? type->fields()[i] + "=" : "") + python_repr(tuple.elements[i]));
  const std::string name = named ? type->name().substr(type->name().rfind('.') + 1) : "";
  return cat(name, "(", join(parts, ", "), parts.size() == 1 && !named ? ",)" : ")");
}

ordered_json number_json(const Scalar& number) {
  if (number.is_bool()) return number.to<bool>();
  if (number.is_int()) return number.to<int64_t>();
  if (number.is_complex()) {
    const auto value = number.to<std::complex<double>>();
    return {{"real", value.real()}, {"imag", value.imag()}};
  }
  const double value = number.to<double>();
  if (!std::isfinite(value)) return float_repr(value);  // JSON has no such numbers
  return value;
}

ordered_json elements(const Tensor& tensor, size_t dim, int64_t offset) {
  if (dim == tensor.sizes().size())
    return number_json(tensor_over(tensor.storage(), tensor.dtype(), {}, {}, offset).item());
  ordered_json list = ordered_json::array();
  for (int64_t i = 0; i < tensor.sizes()[dim]; ++i)
    list.push_back(elements(tensor, dim + 1, offset + i * tensor.strides()[dim]));
  return list;
}

ordered_json tensor_json(const Tensor& tensor) {
  if (!tensor.defined()) return nullptr;
  ordered_json json = {{"dtype", dtype_info(tensor.dtype()).name}, {"shape", tensor.sizes().vec()}};
  if (tensor.is_meta())
    json["data"] = nullptr;
  else
    json["data"] = tensor.numel() ? elements(tensor, 0, tensor.storage_offset()) : ordered_json::array();
  return json;
}

}  // namespace

std::string python_repr(const IValue& value) {
  switch (value.tag()) {
    case Tag::none:
      return "None";
    case Tag::boolean:
      return value.to_bool() ? "True" : "False";
    case Tag::integer:
      return std::to_string(value.to_int());
    case Tag::floating:
      return float_repr(value.to_float());
    case Tag::complex: {
      const auto number = value.to_complex();
      const std::string imaginary = cat(number.imag() < 0 || std::signbit(number.imag()) ? "" : "+");
      const auto part = [](double x) {
        const std::string text = float_repr(x);
        return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
      };
      if (number.real() == 0 && !std::signbit(number.real())) return part(number.imag()) + "j";
      return cat("(", part(number.real()), imaginary, part(number.imag()), "j)");
    }
    case Tag::string:
      return string_repr(value.to_string());
    case Tag::device:
      return cat("device(type='", value.to_device().str().substr(0, value.to_device().str().find(':')), "'",
                 value.to_device().index >= 0 ? cat(", index=", int(value.to_device().index)) : std::string(), ")");
    case Tag::tensor:
      return tensor_text(value.tensor());
    case Tag::tuple:
      return tuple_repr(value.tuple());
    case Tag::list: {
      std::vector<std::string> parts;
      for (size_t i = 0; i < value.list().size(); ++i) parts.push_back(python_repr(value.list().get(i)));
      return cat("[", join(parts, ", "), "]");
    }
    case Tag::dict: {
      std::vector<std::string> parts;
      value.dict().for_each([&](const IValue& key, const IValue& item) {
        parts.push_back(cat(python_repr(key), ": ", python_repr(item)));
      });
      return cat("{", join(parts, ", "), "}");
    }
    case Tag::enum_:
      return cat("<", value.enumerator().type->base_name(), ".", value.enumerator().name, ": ",
                 python_repr(value.enumerator().value), ">");
    case Tag::object:
      return cat("<", value.object().type().name(), " object>");
    default:
      return cat("<", value.tag_name(), ">");
  }
}

ordered_json to_json(const IValue& value) {
  switch (value.tag()) {
    case Tag::none:
      return nullptr;
    case Tag::string:
      return value.to_string();
    case Tag::tensor:
      return tensor_json(value.tensor());
    case Tag::tuple: {
      ordered_json list = ordered_json::array();
      for (const IValue& element : value.tuple().elements) list.push_back(to_json(element));
      return list;
    }
    case Tag::list: {
      ordered_json list = ordered_json::array();
      for (size_t i = 0; i < value.list().size(); ++i) list.push_back(to_json(value.list().get(i)));
      return list;
    }
    case Tag::dict: {
      ordered_json object = ordered_json::object();
      value.dict().for_each([&](const IValue& key, const IValue& item) {
        object[key.tag() == Tag::string ? key.to_string() : python_repr(key)] = to_json(item);
      });
      return object;
    }
    default:
      return value.is_number() ? number_json(value.to_scalar()) : ordered_json(python_repr(value));
  }
}

}  // namespace rushlight::cli
