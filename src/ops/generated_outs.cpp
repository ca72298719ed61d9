/// The forms with `out` of generated_outs.def: the functional form is called, its results are copied into the outputs.
#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/derived_forms.h"
#include "ops/op.h"

namespace rushlight::ops {
namespace {

constexpr std::string_view kSchemas[] = {
#define GENERATED_OUT(schema) schema,
#include "ops/generated_outs.def"
#undef GENERATED_OUT
};

size_t output_count(const Schema& schema) {
  size_t count = 0;
  while (count < schema.arguments.size() && schema.arguments[schema.arguments.size() - 1 - count].is_write()) ++count;
  return count;
}

/// The functional overload that takes all of the arguments, and nothing that must be given besides.
const Operator* functional_form(const Operator& op) {
  const Schema& schema = op.schema();
  const size_t inputs = schema.arguments.size() - output_count(schema);
  for (const Operator* other : find_overloads(schema.name)) {
    if (other->form() != Operator::Form::functional || other == &op) continue;
    size_t shared = 0;
    bool fits = true;
    for (const Argument& argument : other->schema().arguments) {
      const std::optional<size_t> at = schema.find_argument(argument.name);
      if (at && *at < inputs && *schema.arguments[*at].type == *argument.type)
        ++shared;
      else
        fits &= argument.default_value.has_value() || argument.type->is(TypeKind::optional);
    }
    if (fits && shared == inputs) return other;
  }
  return nullptr;
}

void call_with_outputs(const Operator& op, const IValue* arguments, IValue* results) {
  const Operator* functional = functional_form(op);
  const Schema& schema = op.schema();
  if (!functional) throw NotImplementedError(cat(schema.qualified_name(), " is not done: nothing computes it"));
  const size_t outputs = output_count(schema), first = schema.arguments.size() - outputs;
  std::vector<IValue> given;
  for (const Argument& argument : functional->schema().arguments) {
    const std::optional<size_t> at = schema.find_argument(argument.name);
    if (at && *at < first)
      given.push_back(arguments[*at]);
    else if (argument.name == "dtype" && arguments[first].is_tensor())
      given.push_back(IValue(arguments[first].tensor().dtype()));
    else
      given.push_back(argument.default_value.value_or(IValue()));
  }
  std::vector<IValue> computed(std::max<size_t>(functional->result_count(), 1));
  call_operator(*functional, given.data(), computed.data());
  for (size_t i = 0; i < outputs; ++i) {
    const IValue& out = arguments[first + i];
    const auto put = [](const Tensor& to, const Tensor& value) {
      check_out_dtype(value.dtype(), to.dtype());
      resize_out(to, value.sizes());
      cpu::copy_into(to, value);
    };
    if (out.is_list()) {
      const std::vector<Tensor> targets = out.to_tensor_vector(), values = computed[i].to_tensor_vector();
      if (targets.size() != values.size())
        throw RuntimeError(
            cat(schema.qualified_name(), " got ", targets.size(), " outputs for ", values.size(), " results"));
      for (size_t j = 0; j < targets.size(); ++j) put(targets[j], values[j]);
    } else {
      put(out.tensor(), computed[i].tensor());
    }
    if (i < op.result_count()) results[i] = out;
  }
}

}  // namespace

void declare_generated_outs(OpSet& ops) {
  for (const std::string_view schema : kSchemas)
    ops.add({.schema = schema, .kernel = {.call = &call_with_outputs}, .traits = OpTraits::language});
}

}  // namespace rushlight::ops
