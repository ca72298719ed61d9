// Constant nodes: which attribute holds a value of which kind (ir.md section 1), and back.
#include "ir/constants.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "value/function.h"

namespace rushlight::ir {

namespace {

bool same_tensor(const Tensor& a, const Tensor& b) {
  if (a.is_same(b)) return true;
  if (!a.defined() || !b.defined() || a.dtype() != b.dtype() || a.device() != b.device() || a.layout() != b.layout() ||
      a.is_meta())
    return false;
  if (a.sizes() != b.sizes() || a.strides() != b.strides() || !a.is_contiguous()) return false;
  return a.numel() == 0 || std::memcmp(a.data(), b.data(), size_t(a.numel()) * a.item_size()) == 0;
}

}  // namespace

Value* Graph::insert_constant(const IValue& value, SourceRange range, TypePtr type) {
  Node* node = create(kinds::constant);
  node->set_range(std::move(range));
  TypePtr found;
  switch (value.tag()) {
    case Tag::none:
      break;
    case Tag::boolean:
      node->set_attribute(attributes::value, int64_t(value.to_bool()));
      break;
    case Tag::integer:
      node->set_attribute(attributes::value, value.to_int());
      break;
    case Tag::floating:
      node->set_attribute(attributes::value, value.to_float());
      break;
    case Tag::complex:
      node->set_attribute(attributes::value, value.to_complex());
      break;
    case Tag::string:
      node->set_attribute(attributes::value, value.to_string());
      break;
    case Tag::device:
      node->set_attribute(attributes::value, value.to_device().str());
      break;
    case Tag::tensor:
      if (!value.tensor().defined()) {
        found = types::none();
        break;
      }
      node->set_attribute(attributes::value, value.tensor());
      found = TensorType::of(value.tensor(), /*requires_grad=*/false);
      break;
    case Tag::function:
      node->set_attribute(attributes::name, value.function().name());
      found = types::function(&value.function());
      break;
    default:
      node->set_attribute(attributes::value, value);
      break;
  }
  if (!type) type = found ? found : value.type();
  insert(node)->output()->set_type(std::move(type));
  return node->output();
}

std::optional<IValue> constant_value(const Value* value) {
  const Node* node = value->node();
  if (node->kind() != kinds::constant) return std::nullopt;
  const Type& type = *value->type();
  if (const auto* function = type.as<FunctionType>()) return IValue(const_cast<Function*>(function->function()));
  const AttributeValue* attribute = node->find_attribute(attributes::value);
  if (!attribute) return IValue();
  return std::visit(
      [&](const auto& held) -> std::optional<IValue> {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, int64_t>) {
          return type.is(TypeKind::bool_) ? IValue(held != 0) : IValue(held);
        } else if constexpr (std::is_same_v<T, std::string>) {
          return type.is(TypeKind::device) ? IValue(Device::parse(held)) : IValue(held);
        } else if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::complex<double>> ||
                             std::is_same_v<T, Tensor> || std::is_same_v<T, IValue>) {
          return IValue(held);
        } else if constexpr (std::is_same_v<T, std::vector<int64_t>> || std::is_same_v<T, std::vector<double>> ||
                             std::is_same_v<T, std::vector<Tensor>>) {
          return IValue(held);
        } else {
          throw RuntimeError(
              {.message = cat("constant %", value->debug_name(), " has a value of a kind that constants do not have"),
               .range = node->range()});
        }
      },
      *attribute);
}

bool is_same_constant(const IValue& a, const IValue& b) {
  if (a.tag() != b.tag()) return false;
  if (a.is_tensor()) return same_tensor(a.tensor(), b.tensor());
  if (a.is_list() && a.list().kind() == ListKind::generic) {
    if (a.list().size() != b.list().size()) return false;
    for (size_t i = 0; i < a.list().size(); ++i)
      if (!is_same_constant(a.list().get(i), b.list().get(i))) return false;
    return true;
  }
  if (a.is_tuple()) {
    const auto &x = a.tuple().elements, &y = b.tuple().elements;
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), is_same_constant);
  }
  if (a.is_object()) return a.is_same(b);
  if (a.tag() == Tag::enum_) return false;  // PyTorch keeps one constant for each place that names a member
  return a.equals(b);
}

size_t hash_of_constant(const IValue& value) {
  const auto with = [](size_t hash, size_t next) { return hash * 31 + next; };
  if (value.is_int()) return std::hash<int64_t>()(value.to_int());
  if (value.is_float()) return std::hash<double>()(value.to_float());
  if (value.is_string()) return std::hash<std::string_view>()(value.to_string());
  size_t hash = size_t(value.tag());
  if (value.is_tensor() && value.tensor().defined()) {
    hash = with(hash, size_t(value.tensor().dtype()));
    for (int64_t size : value.tensor().sizes()) hash = with(hash, size_t(size));
  } else if (value.is_list()) {
    for (size_t i = 0; i < value.list().size(); ++i) hash = with(hash, hash_of_constant(value.list().get(i)));
  } else if (value.is_tuple()) {
    for (const IValue& element : value.tuple().elements) hash = with(hash, hash_of_constant(element));
  }
  return hash;
}

bool is_true(const Value* value) {
  const std::optional<IValue> constant = constant_value(value);
  return constant && constant->is_bool() && constant->to_bool();
}

}  // namespace rushlight::ir
