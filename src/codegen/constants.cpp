// Constants in code (code-printing.md section 6).
#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "codegen/printer.h"
#include "value/constant_text.h"

namespace rushlight::codegen {
namespace {

/// Text of other alphabets anywhere inside goes to the table of constants: source files are ASCII.
bool holds_non_ascii(const IValue& value) {
  switch (value.tag()) {
    case Tag::string:
      return std::any_of(value.to_string().begin(), value.to_string().end(),
                         [](char c) { return static_cast<unsigned char>(c) > 127; });
    case Tag::tuple:
      return std::any_of(value.tuple().elements.begin(), value.tuple().elements.end(), holds_non_ascii);
    case Tag::list:
      for (size_t i = 0; i < value.list().size() && value.list().kind() == ListKind::generic; ++i)
        if (holds_non_ascii(value.list().get(i))) return true;
      return false;
    case Tag::dict: {
      bool any = false;
      value.dict().for_each(
          [&](const IValue& key, const IValue& item) { any = any || holds_non_ascii(key) || holds_non_ascii(item); });
      return any;
    }
    default:
      return false;
  }
}

bool same_tensor(const Tensor& a, const Tensor& b) {
  if (a.is_same(b)) return true;
  if (!a.defined() || !b.defined() || a.dtype() != b.dtype() || a.device() != b.device() || a.layout() != b.layout() ||
      a.sizes() != b.sizes())
    return false;
  if (a.is_meta() || !a.is_contiguous() || !b.is_contiguous()) return false;
  return a.numel() == 0 || std::memcmp(a.data(), b.data(), size_t(a.numel()) * a.item_size()) == 0;
}

}  // namespace

size_t SourcePrinter::Printer::constant_index(const IValue& value) {
  for (size_t i = 0; i < constants_.size(); ++i) {
    const IValue& known = constants_[i];
    if (known.tag() != value.tag()) continue;
    if (value.is_tensor() ? same_tensor(known.tensor(), value.tensor()) : value.is_object() && known.is_same(value))
      return i;
  }
  constants_.push_back(value);
  return constants_.size() - 1;
}

std::string SourcePrinter::Printer::constant(const IValue& value) {
  if (value.is_tensor() && !value.tensor().defined()) return "None";
  if (value.is_tensor() || value.is_object() || holds_non_ascii(value))
    return cat("CONSTANTS.c", constant_index(value));
  std::vector<std::string> parts;
  switch (value.tag()) {
    case Tag::tuple: {
      for (const IValue& element : value.tuple().elements) parts.push_back(constant(element));
      const TypePtr& type = value.tuple().type;
      const bool named = type && !type->expect<TupleType>().name().empty();
      if (named) mention(type);
      return cat(named ? type_text(type) : "", "(", join(parts, ", "), parts.size() == 1 ? ",)" : ")");
    }
    case Tag::list: {
      const ListObject& list = value.list();
      for (size_t i = 0; i < list.size(); ++i) parts.push_back(constant(list.get(i)));
      const std::string text = cat("[", join(parts, ", "), "]");
      if (!parts.empty() && shows_in_members(*list.element_type())) return text;
      return cat("annotate(", type_text(value.type()), ", ", text, ")");
    }
    case Tag::dict: {
      const DictObject& dict = value.dict();
      dict.for_each(
          [&](const IValue& key, const IValue& item) { parts.push_back(cat(constant(key), ": ", constant(item))); });
      const std::string text = cat("{", join(parts, ", "), "}");
      if (!parts.empty() && shows_in_members(*dict.key_type) && shows_in_members(*dict.value_type)) return text;
      return cat("annotate(", type_text(value.type()), ",", text, ")");
    }
    default:
      return constant_text(value);
  }
}

std::string SourcePrinter::Printer::default_value(const Argument& argument) {
  const IValue& value = *argument.default_value;
  // `int[2] stride=1` of an operator: the list is written out.
  if (argument.list_length && !value.is_list() && !value.is_none()) {
    const std::vector<std::string> copies(size_t(*argument.list_length), constant(value));
    return cat("[", join(copies, ", "), "]");
  }
  return constant(value);
}

}  // namespace rushlight::codegen
