/// Subscripts: reading, assigning, slices, tensor indexing.
#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

ir::Value* Emitter::emit_slice(const SourceRange& range, ir::Value* value, ir::Value* dim, const lang::Expr& slice) {
  std::vector<NamedValue> arguments{{"", value, range}}, keywords;
  if (dim) arguments.push_back({"", dim, range});
  // Missing bounds are defaults of the operator; a missing step is a 1 of the compiler's own.
  if (slice[0]) keywords.push_back({"start", emit(*slice[0]), range});
  if (slice[1]) keywords.push_back({"end", emit(*slice[1]), range});
  keywords.push_back({"step", slice[2] ? emit(*slice[2]) : constant(IValue(int64_t(1)), range), range});
  return emit_operator_call(*this, range, ir::Symbol::intern("aten::slice"), arguments, keywords)
      ->as_value(*this, range);
}

ir::Value* Emitter::emit_tensor_index(const SourceRange& range, ir::Value* tensor,
                                      const std::vector<lang::ExprPtr>& indices, size_t,
                                      std::vector<ir::Value*>& tensor_indices) {
  // Indices behind an ellipsis count dimensions from the end.
  std::optional<size_t> ellipsis;
  size_t consuming_after = 0;
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i]->is(ExprKind::ellipsis))
      ellipsis = i;
    else if (ellipsis && !indices[i]->is(ExprKind::none))
      ++consuming_after;
  }
  int64_t dim = 0;
  std::vector<ir::Value*> at_dim;
  bool any_tensor = false;
  for (size_t i = 0; i < indices.size(); ++i) {
    const lang::Expr& index = *indices[i];
    // Each use has a constant of its own; pooling makes them one.
    const auto dim_constant = [&] { return constant(IValue(dim), range); };
    if (index.is(ExprKind::ellipsis)) {
      dim = -int64_t(consuming_after);
      continue;
    }
    if (index.is(ExprKind::slice)) {
      tensor = emit_slice(range, tensor, dim_constant(), index);
      ++dim;
      if (!ellipsis) at_dim.push_back(nullptr);
      continue;
    }
    if (index.is(ExprKind::none)) {
      tensor = emit_operator(*this, range, "aten::unsqueeze", {tensor, dim_constant()});
      ++dim;
      if (!ellipsis) at_dim.push_back(nullptr);
      continue;
    }
    ir::Value* value = emit(index);
    if (value->type()->is(TypeKind::int_)) {
      tensor = emit_operator(*this, range, "aten::select", {tensor, dim_constant(), value});
    } else if (value->type()->is(TypeKind::tensor) ||
               (value->type()->is(TypeKind::optional) &&
                value->type()->expect<ElementType>().element()->is(TypeKind::tensor))) {
      if (ellipsis) lang::fail_at(range, "tensors as indices behind an ellipsis are not compiled by Rushlight yet");
      at_dim.push_back(value);
      any_tensor = true;
      ++dim;
    } else {
      lang::fail_at(index.range,
                    cat("Unsupported operation: indexing tensor with unsupported index type '",
                        value->type()->annotation(), "'. Only ints, slices, lists and tensors are supported"));
    }
  }
  if (any_tensor) tensor_indices = at_dim;
  return tensor;
}

SugaredValuePtr Emitter::emit_subscript(const lang::Expr& expr, const TypePtr& hint) {
  SugaredValuePtr container = emit_sugared(*expr[0]);
  if (container->has_known_items() && expr.operands.size() == 2) {
    if (expr[1]->is(ExprKind::slice)) {
      container =
          simple(SugaredTuple(container->as_tuple(*this, expr.range, std::nullopt)).as_value(*this, expr.range));
    } else {
      return container->known_item(*this, expr.range, emit(*expr[1]), hint);
    }
  }
  ir::Value* value = container->as_value(*this, expr[0]->range);
  const Type& type = *value->type();
  if (type.is(TypeKind::tensor)) {
    std::vector<ir::Value*> tensor_indices;
    const std::vector<lang::ExprPtr> indices(expr.operands.begin() + 1, expr.operands.end());
    ir::Value* part = emit_tensor_index(expr.range, value, indices, 0, tensor_indices);
    if (tensor_indices.empty()) return simple(part);
    for (ir::Value*& index : tensor_indices)
      if (!index) index = constant(IValue(), expr.range, types::optional(types::tensor()));
    ir::Value* list = make_list(tensor_indices, types::optional(types::tensor()), expr.range);
    return simple(emit_operator(*this, expr.range, "aten::index", {part, list}));
  }
  if (expr.operands.size() != 2)
    lang::fail_at(expr.range, cat("Only tensors can be indexed by several values, not ", type.annotation()));
  const lang::Expr& index = *expr[1];
  if (index.is(ExprKind::slice)) {
    if (const TupleType* tuple = type.as<TupleType>()) {
      const auto bound = [&](size_t i, int64_t missing) {
        if (!index[i]) return missing;
        const std::optional<IValue> constant = ir::constant_value(emit(*index[i]));
        if (!constant || !constant->is_int())
          lang::fail_at(index.range, "tuple slice indices must be integer constants");
        const int64_t given = constant->to_int(), size = int64_t(tuple->elements().size());
        return std::clamp<int64_t>(given < 0 ? given + size : given, 0, size);
      };
      if (index[2]) lang::fail_at(index.range, "slices of tuples with a step are not compiled by Rushlight yet");
      const int64_t from = bound(0, 0), to = bound(1, int64_t(tuple->elements().size()));
      std::vector<ir::Value*> parts;
      std::vector<TypePtr> part_types;
      for (int64_t i = from; i < to; ++i) {
        ir::Value* inputs[] = {value, constant(IValue(i), expr.range)};
        ir::Node* node = insert_node(kinds::tuple_index, ArrayRef<ir::Value*>(inputs, 2), 1, expr.range);
        node->output()->set_type(tuple->elements()[size_t(i)]);
        parts.push_back(node->output());
        part_types.push_back(node->output()->type());
      }
      ir::Node* node = insert_node(kinds::tuple_construct, parts, 1, {});
      node->output()->set_type(types::tuple(part_types));
      return simple(node->output());
    }
    return simple(emit_slice(expr.range, value, nullptr, index));
  }
  if (const TupleType* tuple = type.as<TupleType>()) {
    ir::Value* at = emit(index);
    const std::optional<IValue> constant = ir::constant_value(at);
    if (!constant || !constant->is_int()) lang::fail_at(index.range, "tuple index must be a compile time constant");
    const int64_t count = int64_t(tuple->elements().size()), given = constant->to_int(),
                  slot = given < 0 ? given + count : given;
    if (slot < 0 || slot >= count)
      lang::fail_at(index.range, cat("Tuple index ", given, " is out of range for a tuple of ", count, " elements"));
    ir::Value* inputs[] = {value, at};
    ir::Node* node = insert_node(kinds::tuple_index, ArrayRef<ir::Value*>(inputs, 2), 1, expr.range);
    node->output()->set_type(tuple->elements()[size_t(slot)]);
    return simple(node->output());
  }
  if (type.is(TypeKind::class_))
    return MethodValue(value, "__getitem__").call(*this, expr.range, {{"", emit(index), index.range}}, {});
  ir::Value* at = emit(index);
  return simple(emit_operator(*this, expr.range, "aten::__getitem__", {value, at}));
}

void Emitter::emit_subscript_assignment(const lang::Expr& target, ir::Value* value, const SourceRange& range) {
  ir::Value* container = emit(*target[0]);
  if (!container->type()->is(TypeKind::tensor)) {
    if (target.operands.size() != 2 || target[1]->is(ExprKind::slice))
      lang::fail_at(target.range, "only single elements of lists and dictionaries can be assigned");
    ir::Value* index = emit(*target[1]);
    if (container->type()->is(TypeKind::class_)) {
      MethodValue(container, "__setitem__").call(*this, range, {{"", index, range}, {"", value, range}}, {});
      return;
    }
    emit_operator_call(*this, range, ir::Symbol::intern("aten::_set_item"),
                       {{"", container, range}, {"", index, range}, {"", value, range}});
    return;
  }
  std::vector<ir::Value*> tensor_indices;
  const std::vector<lang::ExprPtr> indices(target.operands.begin() + 1, target.operands.end());
  ir::Value* part = emit_tensor_index(target.range, container, indices, 0, tensor_indices);
  const auto as_tensor = [&](ir::Value* given) {
    if (given->type()->is(TypeKind::tensor)) return given;
    ir::Value* dtype = emit_operator(*this, range, "prim::dtype", {part});
    ir::Value* device = emit_operator(*this, range, "prim::device", {part});
    return emit_operator_call(*this, range, ir::Symbol::intern("aten::tensor"), {{"", given, range}},
                              {{"dtype", dtype, range}, {"device", device, range}})
        ->as_value(*this, range);
  };
  ir::Value* tensor = as_tensor(value);
  if (tensor_indices.empty()) {
    emit_operator_call(*this, range, ir::Symbol::intern("aten::copy_"), {{"", part, range}, {"", tensor, range}});
    return;
  }
  for (ir::Value*& index : tensor_indices)
    if (!index) index = constant(IValue(), range, types::optional(types::tensor()));
  ir::Value* list = make_list(tensor_indices, types::optional(types::tensor()), range);
  emit_operator_call(*this, range, ir::Symbol::intern("aten::index_put_"),
                     {{"", part, range}, {"", list, range}, {"", tensor, range}});
}

}  // namespace rushlight::script
