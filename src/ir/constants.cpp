// Constant nodes: which attribute holds a value of which kind (ir.md section 1), and back.
#include "ir/constants.h"

#include "base/text.h"
#include "value/function.h"

namespace rushlight::ir {

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

bool is_true(const Value* value) {
  const std::optional<IValue> constant = constant_value(value);
  return constant && constant->is_bool() && constant->to_bool();
}

}  // namespace rushlight::ir
