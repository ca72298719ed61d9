#include "passes/evaluate.h"

#include <algorithm>
#include <limits>

#include "autograd/grad_mode.h"
#include "base/checked.h"
#include "tensor/allocation_limit.h"

namespace rushlight::passes {

using ir::Node;
namespace kinds = ir::kinds;

namespace {

std::optional<IValue> construct(const Node& node, std::vector<IValue>& inputs) {
  if (node.outputs().size() != 1) return std::nullopt;
  const TypePtr& type = node.output()->type();
  if (node.kind() == kinds::tuple_construct)
    return make_tuple(std::move(inputs), type->expect<TupleType>().is_named() ? type : nullptr);
  if (node.kind() == kinds::list_construct) {
    Ref<ListObject> list = ListObject::make(type->expect<ElementType>().element());
    for (IValue& input : inputs) list->append(std::move(input));
    return IValue(std::move(list));
  }
  if (node.kind() == kinds::dict_construct) {
    const auto& dict_type = type->expect<DictType>();
    auto dict = make_ref<DictObject>(dict_type.key(), dict_type.value());
    for (size_t i = 0; i + 1 < inputs.size(); i += 2)
      dict->insert_or_assign(std::move(inputs[i]), std::move(inputs[i + 1]));
    return IValue(std::move(dict));
  }
  return std::nullopt;
}

std::optional<IValue> take_element(const Node& node, const std::vector<IValue>& inputs) {
  if (!inputs[0].is_tuple() || !inputs[1].is_int()) return std::nullopt;
  const auto& elements = inputs[0].tuple().elements;
  int64_t at = inputs[1].to_int();
  if (at < 0) at += int64_t(elements.size());
  if (at < 0 || at >= int64_t(elements.size()) || node.outputs().size() != 1) return std::nullopt;
  return elements[size_t(at)];
}

/// Operators whose result is as large as their integers say.
constexpr std::string_view kGrowWithIntegers[] = {"aten::mul",   "aten::ljust",      "aten::rjust",   "aten::center",
                                                  "aten::zfill", "aten::expandtabs", "rushlight::mul"};

/// Whether texts or lists may become larger than a constant should be: a few lines that double a text, or one that pads
/// it to a billion characters, must not fill the memory of whoever compiles them. They stay for the run.
bool may_be_large(const Node& node, const std::vector<IValue>& inputs) {
  constexpr uint64_t kMaxElements = uint64_t(1) << 24;
  const bool grows = std::ranges::find(kGrowWithIntegers, node.kind().str()) != std::end(kGrowWithIntegers);
  bool any = false;
  uint64_t elements = 1;
  for (const IValue& input : inputs) {
    uint64_t factor = 1;
    if (input.is_string())
      factor = input.to_string().size();
    else if (input.is_list())
      factor = input.list().size();
    else if (input.is_int() && grows)
      factor = input.to_int() < 0 ? 1 : uint64_t(input.to_int());
    any |= input.is_string() || input.is_list();
    const std::optional<uint64_t> product = checked_mul(elements, std::max<uint64_t>(factor, 1));
    elements = product.value_or(std::numeric_limits<uint64_t>::max());
  }
  return any && elements > kMaxElements;
}

/// The largest tensor that a constant may become: a program that says zeros([100000, 100000]) must not fill the memory
/// of whoever loads it. What is made from large tensors may be as large as they are.
size_t largest_tensor(const std::vector<IValue>& inputs) {
  size_t bytes = 0;
  for (const IValue& input : inputs)
    if (input.is_tensor() && input.tensor().defined())
      bytes += size_t(input.tensor().numel()) * input.tensor().item_size();
  return std::max<size_t>(4 * bytes, size_t(1) << 20);
}

}  // namespace

std::optional<std::vector<IValue>> evaluate(const Node& node, std::vector<IValue> inputs) {
  const ir::Symbol kind = node.kind();
  if (kind == kinds::tuple_unpack || kind == kinds::list_unpack) {
    std::vector<IValue> parts;
    if (kind == kinds::tuple_unpack)
      parts = inputs[0].tuple().elements;
    else
      for (size_t i = 0; i < inputs[0].list().size(); ++i) parts.push_back(inputs[0].list().get(i));
    if (parts.size() != node.outputs().size()) return std::nullopt;
    return parts;
  }
  std::optional<IValue> single;
  if (kind == kinds::tuple_index)
    single = take_element(node, inputs);
  else if (kind == kinds::unchecked_cast)
    single = inputs[0];
  else if (kind == kinds::isinstance) {
    bool matches = false;
    for (const TypePtr& type : node.attribute<std::vector<TypePtr>>(ir::attributes::types))
      matches = matches || inputs[0].is_instance_of(*type);
    single = IValue(matches);
  } else {
    single = construct(node, inputs);
  }
  if (single) return std::vector<IValue>{std::move(*single)};

  const Operator* op = node.find_op();
  if (!op || op->schema().is_vararg || op->schema().is_varret || !op->kernel()) return std::nullopt;
  if (may_be_large(node, inputs)) return std::nullopt;
  std::vector<IValue> results(op->result_count());
  if (results.size() != node.outputs().size()) return std::nullopt;
  try {
    // What is computed here becomes part of the program and has no history.
    const autograd::NoGradGuard no_grad;
    const bool tracing = std::exchange(dispatch_state.tracing, false);
    struct Restore {
      bool tracing;
      ~Restore() { dispatch_state.tracing = tracing; }
    } restore{tracing};
    const AllocationLimit limit(largest_tensor(inputs));
    call_operator(*op, inputs.data(), results.data());
  } catch (const Error&) {
    return std::nullopt;
  }
  return results;
}

std::optional<std::vector<IValue>> constant_inputs(const Node& node) {
  std::vector<IValue> values;
  for (const ir::Value* input : node.inputs()) {
    std::optional<IValue> value = ir::constant_value(input);
    if (!value) return std::nullopt;
    values.push_back(std::move(*value));
  }
  return values;
}

bool can_be_constant(const IValue& value) {
  switch (value.tag()) {
    case Tag::none:
    case Tag::boolean:
    case Tag::integer:
    case Tag::floating:
    case Tag::device:
    case Tag::complex:
    case Tag::string:
    case Tag::enum_:
      return true;
    case Tag::tensor:
      return value.tensor().defined() && value.tensor().layout() == Layout::strided;
    case Tag::tuple:
      for (const IValue& element : value.tuple().elements)
        if (!can_be_constant(element)) return false;
      return true;
    case Tag::list:
      for (size_t i = 0; i < value.list().size(); ++i)
        if (!can_be_constant(value.list().get(i))) return false;
      return true;
    case Tag::dict: {
      bool all = true;
      value.dict().for_each(
          [&](const IValue& key, const IValue& item) { all = all && can_be_constant(key) && can_be_constant(item); });
      return all;
    }
    default:
      return false;
  }
}

}  // namespace rushlight::passes
