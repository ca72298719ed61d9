/// What loops go over: values of the graph by index, tuples part by part, ranges, zip and enumerate.
#include <algorithm>

#include "base/text.h"
#include "script/emitter.h"

namespace rushlight::script {

namespace kinds = ir::kinds;

SugaredValuePtr SugaredValue::iterable(Emitter&, const SourceRange& range) {
  lang::fail_at(range, cat(kind(), " cannot be used as an iterable"));
}
ir::Value* SugaredValue::length(Emitter&, const SourceRange& range) {
  lang::fail_at(range, cat("'", kind(), "' object is not iterable"));
}
SugaredValuePtr SugaredValue::element(Emitter&, const SourceRange& range, ir::Value*, const TypePtr&) {
  lang::fail_at(range, cat("'", kind(), "' object is not subscriptable"));
}

// ---- Values of the graph

SugaredValuePtr SimpleValue::iterable(Emitter& emitter, const SourceRange& range) {
  switch (value_->type()->kind()) {
    case TypeKind::list:
    case TypeKind::string:
    case TypeKind::tensor:
      return shared_from_this();
    case TypeKind::dict:
      return simple(emit_operator(emitter, range, "aten::keys", {value_}));
    case TypeKind::set:
    case TypeKind::frozenset:
      return simple(emit_operator(emitter, range, "rushlight::elements", {value_}));
    case TypeKind::tuple: {
      std::vector<SugaredValuePtr> parts;
      for (ir::Value* part : unpack_tuple(emitter, value_, range)) parts.push_back(simple(part));
      return std::make_shared<SugaredTuple>(std::move(parts));
    }
    case TypeKind::class_:
      if (const SugaredValuePtr iterator = object_iterator(emitter, range, value_)) return iterator;
      [[fallthrough]];
    default:
      lang::fail_at(range, cat("'", repr(*value_->type()), "' object is not iterable"));
  }
}
ir::Value* SimpleValue::length(Emitter& emitter, const SourceRange& range) {
  const TypeKind kind = value_->type()->kind();
  if (kind != TypeKind::list && kind != TypeKind::string && kind != TypeKind::tensor && kind != TypeKind::dict)
    lang::fail_at(range, cat("'", repr(*value_->type()), "' object is not iterable"));
  return emit_operator(emitter, range, "aten::len", {value_});
}
SugaredValuePtr SimpleValue::element(Emitter& emitter, const SourceRange& range, ir::Value* index,
                                     const TypePtr& hint) {
  switch (value_->type()->kind()) {
    case TypeKind::list:
    case TypeKind::string:
    case TypeKind::dict:
      return simple(emit_operator(emitter, range, "aten::__getitem__", {value_, index}));
    case TypeKind::tensor:
      return simple(
          emit_operator(emitter, range, "aten::select", {value_, emitter.constant(IValue(int64_t(0)), {}), index}));
    case TypeKind::class_:
      // A container of modules in code of an archive, whose parts were checked when it was compiled.
      if (value_->type()->is_module() && hint && hint->is(TypeKind::interface))
        return container_element(emitter, value_, index, hint);
      return attribute(emitter, range, "__getitem__")->call(emitter, range, {{"", index, range}}, {});
    default:
      lang::fail_at(range, cat("'", repr(*value_->type()), "' object is not subscriptable"));
  }
}

SugaredValuePtr container_element(Emitter& emitter, ir::Value* container, ir::Value* index, const TypePtr& interface) {
  ir::Value* inputs[] = {container, index};
  ir::Node* node = emitter.insert_node(kinds::module_container_index, ArrayRef<ir::Value*>(inputs, 2), 1, {});
  return simple(node->output()->set_type(interface));
}

// ---- Ranges

RangeValue::RangeValue(Emitter& emitter, const SourceRange& range, std::vector<ir::Value*> arguments,
                       std::optional<size_t> static_length)
    : static_length_(static_length) {
  for (size_t i = 0; i < arguments.size(); ++i)
    if (!arguments[i]->type()->is(TypeKind::int_))
      lang::fail_at(range,
                    cat("all inputs of range must be ints, found ", repr(*arguments[i]->type()), " in argument ", i));
  if (arguments.empty()) lang::fail_at(range, "range expected at least 1 arguments, got 0");
  if (arguments.size() > 3) lang::fail_at(range, cat("range expected at most 3 arguments, got ", arguments.size()));
  only_stop_ = arguments.size() == 1;
  if (only_stop_) {
    start_ = emitter.constant(IValue(int64_t(0)), range);
    stop_ = arguments[0];
    step_ = emitter.constant(IValue(int64_t(1)), range);
  } else {
    start_ = arguments[0];
    stop_ = arguments[1];
    step_ = arguments.size() == 3 ? arguments[2] : emitter.constant(IValue(int64_t(1)), range);
  }
}
ir::Value* RangeValue::length(Emitter& emitter, const SourceRange& range) {
  return only_stop_ ? stop_ : emit_operator(emitter, range, "aten::__range_length", {start_, stop_, step_});
}
SugaredValuePtr RangeValue::element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr&) {
  return simple(only_stop_ ? index : emit_operator(emitter, range, "aten::__derive_index", {index, start_, step_}));
}

// ---- zip and enumerate

void ZippedValue::add(const SourceRange& range, SugaredValuePtr part) {
  const std::optional<size_t> length = part->static_length();
  if (parts_.empty())
    static_length_ = length;
  else if (static_length_.has_value() != length.has_value())
    lang::fail_at(range,
                  "Can not iterate over a module list or tuple with a value that does not have a statically "
                  "determinable length\n");
  else if (length)
    static_length_ = std::min(*static_length_, *length);
  parts_.push_back(std::move(part));
}
void ZippedValue::collect_lengths(Emitter& emitter, const SourceRange& range, std::vector<ir::Value*>& lengths) {
  for (const SugaredValuePtr& part : parts_) {
    if (auto* zipped = dynamic_cast<ZippedValue*>(part.get()))
      zipped->collect_lengths(emitter, range, lengths);
    else
      lengths.push_back(part->length(emitter, range));
  }
}
ir::Value* ZippedValue::length(Emitter& emitter, const SourceRange& range) {
  std::vector<ir::Value*> lengths;
  collect_lengths(emitter, range, lengths);
  return emit_operator(emitter, range, "prim::min", {emitter.make_list(lengths, types::int_(), range)});
}
SugaredValuePtr ZippedValue::element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr&) {
  std::vector<SugaredValuePtr> elements;
  for (const SugaredValuePtr& part : parts_) elements.push_back(part->element(emitter, range, index));
  return std::make_shared<SugaredTuple>(std::move(elements));
}

// ---- Tuples

SugaredValuePtr SugaredTuple::element(Emitter&, const SourceRange& range, ir::Value* index, const TypePtr&) {
  const std::optional<IValue> known = ir::constant_value(index);
  if (!known || !known->is_int())
    lang::fail_at(range,
                  "Expected integer literal for index but got a variable or non-integer. ModuleList/Sequential "
                  "indexing is only supported with integer literals. For example, 'i = 4; self.layers[i](x)' will "
                  "fail because i is not a literal. Enumeration is supported, e.g. 'for index, v in "
                  "enumerate(self): out = v(inp)'");
  const int64_t count = int64_t(parts_.size()), given = known->to_int();
  const int64_t at = given < 0 ? given + count : given;
  if (at < 0 || at >= count) lang::fail_at(range, cat("Index ", given, " out of range of length ", count));
  return parts_[size_t(at)];
}
ir::Value* SugaredTuple::as_value(Emitter& emitter, const SourceRange& range) {
  std::vector<ir::Value*> values;
  for (const SugaredValuePtr& part : parts_) values.push_back(part->as_value(emitter, range));
  return emitter.make_tuple(values);
}

}  // namespace rushlight::script
