/// Subscripts: reading, assigning, slices, tensor indexing.
#include <algorithm>

#include <limits>

#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

namespace {
/// The base and its indices, without the closing bracket.
SourceRange indices_range(const lang::Expr& subscript) {
  SourceRange range = subscript[0]->range;
  for (const lang::ExprPtr& part : subscript.operands)
    range = SourceRange(range.source(), range.begin(), std::max(range.end(), part->range.end()));
  return range;
}
}  // namespace

// ---- Slices

SliceValue Emitter::emit_slice_bounds(const lang::Expr& slice) {
  ir::Value* bounds[3] = {};
  Parts parts(*this);
  for (size_t i = 0; i < 3; ++i)
    if (slice[i]) parts.look([&] { bounds[i] = emit(*slice[i]); });
  parts.check();
  return SliceValue(bounds[0], bounds[1], bounds[2]);
}

ir::Value* Emitter::emit_slice(const SourceRange& range, ir::Value* value, ir::Value* dim, const SliceValue& bounds) {
  if (value->type()->is(TypeKind::tuple)) return emit_tuple_slice(range, value, bounds);
  std::vector<NamedValue> arguments{{"", value, range}}, keywords;
  if (dim) arguments.push_back({"", dim, range});
  // Missing bounds are defaults of the operator; a missing step is a 1 of the compiler's own.
  if (bounds.start) keywords.push_back({"start", bounds.start, range});
  if (bounds.stop) keywords.push_back({"end", bounds.stop, range});
  keywords.push_back({"step", bounds.step ? bounds.step : constant(IValue(int64_t(1)), range), range});
  return emit_operator_call(*this, range, ir::Symbol::intern("aten::slice"), arguments, keywords)
      ->as_value(*this, range);
}

ir::Value* Emitter::emit_tuple_slice(const SourceRange& range, ir::Value* tuple, const SliceValue& bounds) {
  const auto& elements = tuple->type()->expect<TupleType>().elements();
  const int64_t count = int64_t(elements.size());
  const auto number = [&](ir::Value* value, const char* message) -> std::optional<int64_t> {
    if (!value || value->type()->is(TypeKind::none)) return std::nullopt;
    const std::optional<IValue> known = ir::constant_value(value);
    if (!known || !known->is_int()) lang::fail_at(range, message);
    return known->to_int();
  };
  const int64_t step = number(bounds.step, "Step size should always be an integer").value_or(1);
  if (step == 0) lang::fail_at(range, "tuple slice step must not be zero");
  const auto adjusted = [&](ir::Value* value, int64_t missing) {
    const std::optional<int64_t> given = number(value, "tuple slice indices must be integer constants");
    if (!given) return missing;
    return std::clamp<int64_t>(*given < 0 ? *given + count : *given, step < 0 ? -1 : 0, step < 0 ? count - 1 : count);
  };
  const int64_t from = adjusted(bounds.start, step < 0 ? count - 1 : 0),
                to = adjusted(bounds.stop, step < 0 ? -1 : count);
  std::vector<ir::Value*> parts;
  for (int64_t i = from; step > 0 ? i < to : i > to; i += step) {
    ir::Value* inputs[] = {tuple, constant(IValue(i), {})};
    ir::Node* node = insert_node(kinds::tuple_index, ArrayRef<ir::Value*>(inputs, 2), 1, {});
    parts.push_back(node->output()->set_type(elements[size_t(i)]));
  }
  return make_tuple(parts);
}

ir::Value* Emitter::emit_tuple_index(const SourceRange& range, ir::Value* tuple, ir::Value* index) {
  const TupleType& type = tuple->type()->expect<TupleType>();
  const auto& elements = type.elements();
  if (!index->type()->is(TypeKind::int_)) lang::fail_at(range, "tuple index must be an integer");
  TypePtr result;
  if (const std::optional<IValue> known = ir::constant_value(index)) {
    const int64_t count = int64_t(elements.size()), given = known->to_int(), at = given < 0 ? given + count : given;
    if (at < 0 || at >= count)
      lang::fail_at(range, cat("Tuple index out of range. Tuple is length ", count, " and index is ", given));
    result = elements[size_t(at)];
  } else {
    if (elements.empty() || !is_convertible_to_list(type, *types::list(elements[0])))
      lang::fail_at(range, cat("Cannot index into a ", repr(type),
                               " with a non-integer literal because we cannot resolve the output type"));
    result = elements[0];
  }
  ir::Value* inputs[] = {tuple, index};
  ir::Node* node = insert_node(kinds::tuple_index, ArrayRef<ir::Value*>(inputs, 2), 1, {});
  return node->output()->set_type(result);
}

// ---- Tensors

ir::Value* Emitter::emit_views(const SourceRange& range, ir::Value* tensor, const std::vector<lang::ExprPtr>& indices,
                               std::vector<ir::Value*>& tensor_indices) {
  // First all indices are evaluated and get their dimension: from the left up to an ellipsis, then from the right.
  struct Index {
    int64_t dim = 0;
    ir::Value* value = nullptr;  ///< null: a slice or an ellipsis
  };
  std::vector<Index> found(indices.size());
  const auto handle = [&](size_t i, int64_t dim, bool from_right) -> int64_t {
    const lang::Expr& expr = *indices[i];
    found[i].dim = dim;
    const int64_t next = from_right ? dim - 1 : dim + 1;
    if (expr.is(ExprKind::slice)) return next;
    const SugaredValuePtr sugared = emit_sugared(expr);
    if (dynamic_cast<SliceValue*>(sugared.get())) return next;
    // Looked at above, evaluated here.
    ir::Value* value = emit(expr);
    if (value->type()->is(TypeKind::list)) {
      const NamedValue dtype{"dtype", constant(IValue(ScalarType::int64), {}), {}};
      value = emit_operator_call(*this, {}, ir::Symbol::intern("aten::tensor"), {{"", value, range}}, {dtype})
                  ->as_value(*this, range);
    }
    found[i].value = value;
    const Type& type = *value->type();
    if (type.is(TypeKind::none)) return from_right ? dim : next;
    if (type.is(TypeKind::int_)) return from_right ? next : dim;
    if (type.is_subtype_of(*types::optional(types::tensor()))) {
      if (from_right) lang::fail_at(range, "Ellipses followed by tensor indexing is currently not supported");
      return next;
    }
    lang::fail_at(range, cat("Unsupported operation: indexing tensor with unsupported index type '", repr(type),
                             "'. Only ints, slices, lists and tensors are supported"));
  };
  size_t at = 0;
  Parts parts(*this);
  for (int64_t dim = 0; at < indices.size() && !indices[at]->is(ExprKind::ellipsis); ++at)
    parts.look([&] { dim = handle(at, dim, false); });
  int64_t dim = -1;
  for (size_t i = indices.size(); i-- > at + 1;) {
    if (indices[i]->is(ExprKind::ellipsis)) lang::fail_at(range, "An index can only have a single ellipsis ('...')");
    parts.look([&] { dim = handle(i, dim, true); });
  }
  parts.check();
  // Then the views, in order.
  for (size_t i = 0; i < indices.size(); ++i) {
    const lang::Expr& expr = *indices[i];
    const auto dim_constant = [&] { return constant(IValue(found[i].dim), range); };
    if (!found[i].value) {
      if (expr.is(ExprKind::ellipsis)) continue;
      if (expr.is(ExprKind::slice)) {
        ir::Value* slice_dim = dim_constant();
        tensor = emit_slice(range, tensor, slice_dim, emit_slice_bounds(expr));
      } else if (const SugaredValuePtr sugared = emit_sugared(expr);
                 auto* bounds = dynamic_cast<SliceValue*>(sugared.get())) {
        tensor = emit_slice(range, tensor, dim_constant(), *bounds);
      }
      continue;
    }
    const Type& type = *found[i].value->type();
    if (type.is(TypeKind::none)) {
      tensor = emit_operator(*this, range, "aten::unsqueeze", {tensor, dim_constant()});
    } else if (type.is(TypeKind::int_)) {
      tensor = emit_operator(*this, range, "aten::select", {tensor, dim_constant(), found[i].value});
    } else {
      tensor_indices.resize(size_t(found[i].dim) + 1);
      tensor_indices[size_t(found[i].dim)] = found[i].value;
    }
  }
  for (ir::Value*& index : tensor_indices)
    if (!index) index = constant(IValue(), {});
  return tensor;
}

ir::Value* Emitter::emit_indexing(const SourceRange& range, ir::Value* value,
                                  const std::vector<lang::ExprPtr>& indices) {
  if (!value->type()->is(TypeKind::tensor))
    lang::fail_at(range, "Unsupported operation: attempted to use multidimensional indexing on a non-tensor type");
  std::vector<ir::Value*> tensor_indices;
  ir::Value* part = emit_views(range, value, indices, tensor_indices);
  if (tensor_indices.empty()) return part;
  ir::Value* list = make_list(tensor_indices, types::optional(types::tensor()), range);
  return emit_operator(*this, range, "aten::index", {part, list});
}

// ---- Reading and writing

SugaredValuePtr Emitter::emit_subscript(const lang::Expr& expr, const TypePtr& hint) {
  SugaredValuePtr base;
  const SourceRange& base_range = expr[0]->range;
  const std::vector<lang::ExprPtr> indices(expr.operands.begin() + 1, expr.operands.end());
  if (!attempt([&] { base = emit_sugared(*expr[0]); })) {
    // The indices are looked at all the same.
    for (const lang::ExprPtr& index : indices)
      attempt([&] { index->is(ExprKind::slice) ? void(emit_slice_bounds(*index)) : void(emit_sugared(*index)); });
    throw UnknownValue();
  }
  if (indices.size() != 1) return simple(emit_indexing(expr.range, base->as_value(*this, base_range), indices));
  const auto sliced = [&](const std::function<SliceValue()>& bounds) -> SugaredValuePtr {
    if (base->kind() == "module") {
      // A slice of a list of modules is a tuple of them.
      ir::Value* tuple = SugaredTuple(base->as_tuple(*this, base_range, std::nullopt)).as_value(*this, base_range);
      return simple(emit_tuple_slice(expr.range, tuple, bounds()));
    }
    ir::Value* value = base->as_value(*this, base_range);
    ir::Value* dim = value->type()->is(TypeKind::tensor) ? constant(IValue(int64_t(0)), expr.range) : nullptr;
    return simple(emit_slice(expr.range, value, dim, bounds()));
  };
  if (indices[0]->is(ExprKind::slice)) return sliced([&] { return emit_slice_bounds(*indices[0]); });
  if (indices[0]->is(ExprKind::ellipsis)) lang::fail_at(indices[0]->range, "Cannot emit expr for: (dots)\n");
  // Several values as one are made into a tuple once to see what they are and once to be indexed.
  ir::Value* value = base->kind() == "module" ? nullptr : base->as_value(*this, base_range);
  if (dynamic_cast<KeywordsValue*>(base.get())) return base->element(*this, expr.range, emit(*indices[0]), hint);
  const SugaredValuePtr index = emit_sugared(*indices[0]);
  if (auto* bounds = dynamic_cast<SliceValue*>(index.get())) return sliced([&] { return *bounds; });
  ir::Value* at = index->as_value(*this, indices[0]->range);
  if (!value) return base->element(*this, expr.range, at, hint);
  if (value->type()->is(TypeKind::tuple)) {
    ir::Value* part = emit_tuple_index(expr.range, base->as_value(*this, base_range), at);
    // A module among them stays one that can be called.
    return part->type()->is_module() && dynamic_cast<SugaredTuple*>(base.get())
               ? base->element(*this, expr.range, at, hint)
               : simple(part);
  }
  if (value->type()->is(TypeKind::tensor)) return simple(emit_indexing(expr.range, value, indices));
  return base->element(*this, expr.range, at, hint);
}

/// A list and three bounds, None where they are missing: what operators on slices of lists begin with.
std::vector<ir::Value*> Emitter::slice_operands(ir::Value* list, const SliceValue& bounds, const SourceRange& range) {
  std::vector<ir::Value*> operands{list};
  for (ir::Value* bound : {bounds.start, bounds.stop, bounds.step})
    operands.push_back(bound ? bound : constant(IValue(), range));
  return operands;
}
/// `l[a:b:c] = values`.
void Emitter::emit_slice_assignment(const SourceRange& range, ir::Value* list, const SliceValue& bounds,
                                    ir::Value* values) {
  if (values->node()->kind() == kinds::empty_list_literal) values->set_type(list->type());
  std::vector<ir::Value*> operands = slice_operands(list, bounds, range);
  operands.push_back(values);
  emit_operator(*this, range, "rushlight::set_slice", std::move(operands));
}

void Emitter::emit_subscript_assignment(const lang::Expr& target, const NamedValue& value, const SourceRange& range) {
  ir::Value* container = emit(*target[0]);
  const std::vector<lang::ExprPtr> indices(target.operands.begin() + 1, target.operands.end());
  const auto call = [&](std::string_view op, const std::vector<NamedValue>& arguments) {
    return emit_operator_call(*this, range, ir::Symbol::intern(op), arguments);
  };
  if (container->type()->is(TypeKind::list) && indices.size() == 1 && indices[0]->is(ExprKind::slice))
    return emit_slice_assignment(range, container, emit_slice_bounds(*indices[0]), value.value);
  if (!container->type()->is(TypeKind::tensor)) {
    if (indices.size() != 1 || indices[0]->is(ExprKind::slice))
      lang::fail_at(indices_range(target),
                    "Sliced expression not yet supported for subscripted assignment. File a bug if you want this");
    if (container->type()->is(TypeKind::tuple))
      lang::fail_at(target.range, cat(repr(*container->type()), " does not support subscripted assignment"));
    const std::vector<NamedValue> arguments{
        {"", container, target[0]->range}, {"", emit(*indices[0]), indices[0]->range}, value};
    MagicMethod("__setitem__", std::make_shared<BuiltinFunction>(ir::Symbol::intern("aten::_set_item")))
        .call(*this, range, arguments, {});
    return;
  }
  std::vector<ir::Value*> tensor_indices;
  const NamedValue part{"", emit_views(target.range, container, indices, tensor_indices), target.range};
  NamedValue converted = value;
  switch (value.value->type()->kind()) {
    case TypeKind::number:
    case TypeKind::int_:
    case TypeKind::bool_:
    case TypeKind::float_:
    case TypeKind::complex: {
      // A number becomes a tensor like the place that it is written to.
      const NamedValue dtype{"dtype", emit_operator(*this, {}, "prim::dtype", {part.value}), {}};
      const NamedValue device{"device", emit_operator(*this, {}, "prim::device", {part.value}), {}};
      converted.value = emit_operator_call(*this, {}, ir::Symbol::intern("aten::tensor"), {value}, {dtype, device})
                            ->as_value(*this, range);
      break;
    }
    default:
      break;
  }
  converted.name.clear();
  if (tensor_indices.empty()) {
    call("aten::copy_", {part, converted});
    return;
  }
  const NamedValue list{"", make_list(tensor_indices, types::optional(types::tensor()), range), range};
  call("aten::index_put_", {part, list, converted});
}

}  // namespace rushlight::script
