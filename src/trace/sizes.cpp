#include "trace/sizes.h"

namespace rushlight::trace {

using ir::Node;
using ir::Value;

namespace {

/// A 0-d tensor that stands for the int that `node`, made but not placed yet, computes.
Tensor number_as_tensor(State& state, Node* node, int64_t number) {
  state.graph->insert(node)->set_range(state.here());
  node->output()->set_type(types::int_());
  Node* converted = state.graph->insert(state.graph->create(ir::kinds::num_to_tensor, {node->output()}));
  TensorType::Facts facts;
  facts.dtype = ScalarType::int64;
  facts.device = Device{};
  facts.sizes.emplace();
  facts.strides.emplace();
  converted->output()->set_type(TensorType::make(std::move(facts)));
  Tensor tensor = scalar_tensor(Scalar(number), ScalarType::int64);
  state.set_value(tensor, converted->output());
  return tensor;
}

}  // namespace

Tensor size_of(State& state, const Tensor& tensor, int64_t dim) {
  static const ir::Symbol size = ir::Symbol::intern("aten::size");
  const int64_t number = tensor.size(dim);
  Value* value = state.value_of(tensor);
  Value* dim_value = state.insert_constant(IValue(dim));
  return number_as_tensor(state, state.graph->create(size, {value, dim_value}), number);
}

Tensor numel_of(State& state, const Tensor& tensor) {
  static const ir::Symbol numel = ir::Symbol::intern("aten::numel");
  return number_as_tensor(state, state.graph->create(numel, {state.value_of(tensor)}), tensor.numel());
}

}  // namespace rushlight::trace
