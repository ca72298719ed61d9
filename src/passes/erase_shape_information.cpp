/// Forgets what graphs know about tensors: every tensor type, also inside of containers, becomes plain `Tensor`.
/// Constants keep theirs only as values.
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;

namespace {

TypePtr without_shapes(const TypePtr& type) {
  if (type->is(TypeKind::tensor)) return types::tensor();
  if (type->contained().empty() || type->is(TypeKind::class_) || type->is(TypeKind::interface)) return type;
  std::vector<TypePtr> parts;
  bool changed = false;
  for (const TypePtr& part : type->contained()) {
    parts.push_back(without_shapes(part));
    changed |= parts.back() != part;
  }
  return changed ? type->with_contained(std::move(parts)) : type;
}

bool erase(ArrayRef<Value*> values) {
  bool changed = false;
  for (Value* value : values) {
    TypePtr plain = without_shapes(value->type());
    if (*plain == *value->type()) continue;
    value->set_type(std::move(plain));
    changed = true;
  }
  return changed;
}

bool erase(const Block& block) {
  bool changed = erase(block.inputs());
  for (Node* node : block.nodes()) {
    changed |= erase(node->outputs());
    for (const Block* inner : node->blocks()) changed |= erase(*inner);
    if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph))
      changed |= erase(std::get<std::shared_ptr<ir::Graph>>(*subgraph)->block());
  }
  return changed;
}

}  // namespace

extern constinit const Pass erase_shape_information = {
    .name = "erase_shape_information",
    .summary = "makes all tensor types plain",
    .run = [](ir::Graph& graph, Analyses&) { return erase(graph.block()); },
};

}  // namespace rushlight::passes
