/// List and dictionary displays, and the types that they get: the hint's where there is one, else what the elements
/// have in common.
#include "base/text.h"
#include "ops/derived_forms.h"
#include "script/annotations.h"
#include "script/emitter.h"
#include "value/class_type.h"
#include "value/unify.h"

namespace rushlight::script {

using lang::ExprKind;

namespace kinds = ir::kinds;

Emitter::DisplayHint Emitter::narrow_hint(const TypePtr& hint, TypeKind kind, const SourceRange& range) {
  DisplayHint narrowed;
  if (!hint) return narrowed;
  const char* const name = kind == TypeKind::list ? "List" : "Dict";
  if (hint->is(kind)) {
    narrowed.type = hint;
    return narrowed;
  }
  if (hint->is(TypeKind::any)) return narrowed;
  if (hint->is(TypeKind::optional)) {
    const TypePtr& inner = hint->expect<ElementType>().element();
    if (inner->is(kind)) {
      narrowed.type = inner;
      narrowed.whole = hint;
      return narrowed;
    }
  }
  if (!hint->is(TypeKind::union_) && !hint->is(TypeKind::optional))
    lang::fail_at(range, cat("Expected an annotation of type ", name, " but got ", repr(*hint)));
  for (const TypePtr& member : hint->contained())
    if (member->is(kind)) narrowed.candidates.push_back(member);
  if (narrowed.candidates.empty()) {
    if (hint->is(TypeKind::union_))
      for (const TypePtr& member : hint->contained())
        if (member->is(TypeKind::any)) return narrowed;
    lang::fail_at(range, cat("Expected an Union type annotation with an inner ", name, " type, but got ", repr(*hint)));
  }
  narrowed.whole = hint;
  if (narrowed.candidates.size() == 1) {
    narrowed.type = narrowed.candidates[0];
    narrowed.candidates.clear();
  }
  return narrowed;
}

ir::Value* Emitter::fit_display(const lang::Expr& expr, ir::Value* value, const TypePtr& wanted) {
  if (value->type()->is_subtype_of(*wanted)) return value;
  const TypePtr type = wanted->is(TypeKind::optional) ? wanted->expect<ElementType>().element() : wanted;
  ir::Node* node = value->node();
  const auto* dict = type->as<DictType>();
  const auto* tuple = type->as<TupleType>();
  if (expr.is(ExprKind::list) && type->is(TypeKind::list) && node->kind() == kinds::empty_list_literal) {
    const ir::Graph::WithInsertPoint here(*graph_, node);
    return make_list({}, type->expect<ElementType>().element(), expr.range);
  }
  const bool is_made_here =
      (expr.is(ExprKind::list) && type->is(TypeKind::list) && node->kind() == kinds::list_construct) ||
      (expr.is(ExprKind::dict) && dict && node->kind() == kinds::dict_construct) ||
      (expr.is(ExprKind::tuple) && tuple && node->kind() == kinds::tuple_construct);
  if (!is_made_here || node->inputs().size() != expr.operands.size()) return nullptr;
  if (tuple && (!tuple->name().empty() || tuple->elements().size() != expr.operands.size())) return nullptr;
  for (size_t i = 0; i < expr.operands.size(); ++i) {
    const TypePtr part = tuple  ? tuple->elements()[i]
                         : dict ? (i % 2 == 0 ? dict->key() : dict->value())
                                : type->expect<ElementType>().element();
    ir::Value* fitted = expr[i] ? fit_display(*expr[i], node->input(i), part) : nullptr;
    if (!fitted) return nullptr;
    node->replace_input(i, fitted);
  }
  return value->set_type(type);
}

ir::Value* Emitter::emit_list(const lang::Expr& expr, const TypePtr& hint) {
  std::vector<ir::Value*> values = emit_all(expr.operands);
  if (values.empty() && !hint) {
    // Fits any list where it is used directly; a list of tensors elsewhere.
    ir::Node* node = graph_->insert(graph_->create(kinds::empty_list_literal, 1));
    return node->output()->set_type(types::list(types::tensor()));
  }
  DisplayHint wanted = narrow_hint(hint, TypeKind::list, expr.range);
  if (!wanted.candidates.empty() && values.empty())
    lang::fail_at(expr.range, cat("Cannot assign an empty list to a variable annotated to be type ", repr(*hint),
                                  " because there are multiple possible List type candidates in the Union annotation"));
  TypePtr element = wanted.type ? wanted.type->expect<ElementType>().element() : types::tensor();
  if (!values.empty()) {
    if (wanted.type)
      for (size_t i = 0; i < values.size() && values.size() == expr.operands.size(); ++i)
        if (ir::Value* fitted = fit_display(*expr[i], values[i], element)) values[i] = fitted;
    std::vector<TypePtr> value_types;
    for (ir::Value* value : values) value_types.push_back(value->type());
    const TypePtr common =
        unify_type_list(value_types, nullptr, /*default_to_union=*/true, wanted.type ? element : nullptr);
    if (!hint && common->is(TypeKind::union_))
      warn(cat("List consists of heterogeneous types, which means that it has been typed as containing ", repr(*common),
               ". To use any of the values in this List, it will be necessary to add an `assert isinstance` statement "
               "before first use to trigger type refinement.\n",
               lang::located(expr.range)));
    if (wanted.type) {
      if (!common->is_subtype_of(*element))
        lang::fail_at(expr.range, cat("List type annotation `", repr(*wanted.type),
                                      "` did not match the types of the given list elements, which were unified to ",
                                      repr(*common)));
    } else if (!wanted.candidates.empty()) {
      for (const TypePtr& candidate : wanted.candidates)
        if (!wanted.type && common->is_subtype_of(*candidate->expect<ElementType>().element())) wanted.type = candidate;
      if (!wanted.type) {
        std::string names;
        for (size_t i = 0; i < wanted.candidates.size(); ++i)
          names += cat(i == 0 ? "" : i + 1 == wanted.candidates.size() ? " or " : ", ", repr(*wanted.candidates[i]));
        lang::fail_at(expr.range,
                      cat("Union type annotation `", repr(*hint), "` can hold ", names,
                          ", but none of those types match the types of the given list elements, which were "
                          "unified to ",
                          repr(*common)));
      }
      element = wanted.type->expect<ElementType>().element();
    } else {
      element = common;
    }
  }
  ir::Value* list = make_list(values, element, expr.range);
  return wanted.whole ? unchecked_cast(list, wanted.whole, expr.range) : list;
}

/// `{**a, "k": v}`: a dictionary of the common type, filled part by part.
ir::Value* Emitter::emit_dict_with_expansions(const lang::Expr& expr, const TypePtr& hint) {
  struct Part {
    ir::Value* key;  ///< null: an expansion
    ir::Value* value;
    SourceRange range;
  };
  std::vector<Part> parts;
  std::vector<TypePtr> keys, values;
  for (size_t i = 0; i + 1 < expr.operands.size(); i += 2) {
    ir::Value* key = expr[i] ? emit(*expr[i]) : nullptr;
    ir::Value* value = emit(*expr[i + 1]);
    const DictType* mapping = value->type()->as<DictType>();
    if (!key && !mapping)
      lang::fail_at(expr[i + 1]->range, cat("`**` needs a dictionary, found ", repr(*value->type())));
    keys.push_back(key ? key->type() : mapping->key());
    values.push_back(key ? value->type() : mapping->value());
    parts.push_back({key, value, expr[i + 1]->range});
  }
  const DisplayHint wanted = narrow_hint(hint, TypeKind::dict, expr.range);
  TypePtr type = wanted.type;
  if (!type) {
    const TypePtr key = unify_type_list(keys, nullptr, false), value = unify_type_list(values, nullptr, false);
    if (!key || !value)
      lang::fail_at(expr.range, "The parts of a dictionary display have different types of keys or values",
                    "annotate the variable: `x: Dict[K, V] = {**a, ...}`");
    type = dict_type(key, value);
  }
  ir::Node* node = graph_->insert(graph_->create(kinds::dict_construct, 1));
  ir::Value* dict = node->output()->set_type(type);
  for (const Part& part : parts) {
    if (part.key)
      emit_operator_call(*this, expr.range, ir::Symbol::intern("aten::_set_item"),
                         {{"", dict, expr.range}, {"", part.key, part.range}, {"", part.value, part.range}});
    else
      emit_operator_call(*this, expr.range, ir::Symbol::intern("aten::update"),
                         {{"", dict, expr.range}, {"", part.value, part.range}});
  }
  return wanted.whole ? unchecked_cast(dict, wanted.whole, expr.range) : dict;
}

ir::Value* Emitter::emit_dict(const lang::Expr& expr, const TypePtr& hint) {
  for (size_t i = 0; i < expr.operands.size(); i += 2)
    if (!expr[i]) return emit_dict_with_expansions(expr, hint);
  std::vector<ir::Value*> keys, values;
  std::vector<SourceRange> ranges;
  Parts parts(*this);
  for (size_t i = 0; i + 1 < expr.operands.size(); i += 2) {
    parts.look([&] { keys.push_back(emit(*expr[i])); });
    parts.look([&] { values.push_back(emit(*expr[i + 1])); });
    ranges.push_back(expr[i]->range);
  }
  parts.check();
  if (const TypePtr wanted = hint && !values.empty() ? narrow_hint(hint, TypeKind::dict, expr.range).type : nullptr)
    for (size_t i = 0; i < values.size(); ++i)
      if (ir::Value* fitted = fit_display(*expr[2 * i + 1], values[i], wanted->expect<DictType>().value()))
        values[i] = fitted;
  return make_dict(keys, values, hint, expr.range, ranges);
}

ir::Value* Emitter::make_dict(const std::vector<ir::Value*>& keys, const std::vector<ir::Value*>& values,
                              const TypePtr& hint, const SourceRange& range,
                              const std::vector<SourceRange>& key_ranges) {
  DisplayHint wanted = narrow_hint(hint, TypeKind::dict, range);
  if (!wanted.candidates.empty() && keys.empty())
    lang::fail_at(range, cat("Cannot assign an empty dict to a variable annotated to be type ", repr(*hint),
                             " because there are multiple possible Dict type candidates in the Union annotation"));
  TypePtr type = wanted.type ? wanted.type : types::dict(types::string(), types::tensor());
  if (!keys.empty()) {
    for (size_t i = 1; i < keys.size(); ++i)
      if (!(*keys[i]->type() == *keys[0]->type()))
        lang::fail_at(key_ranges[i], cat("Dict keys must contain only a single type. Expected: ",
                                         repr(*keys[0]->type()), " but found ", repr(*keys[i]->type()), " instead"));
    const TypePtr& key = keys[0]->type();
    std::vector<TypePtr> value_types;
    for (ir::Value* value : values) value_types.push_back(value->type());
    const TypePtr value_hint = wanted.type ? wanted.type->expect<DictType>().value() : nullptr;
    const TypePtr value = unify_type_list(value_types, nullptr, /*default_to_union=*/true, value_hint);
    if (!hint && value->is(TypeKind::union_))
      warn(cat("Dict values consist of heterogeneous types, which means that the dict has been typed as containing ",
               repr(*types::dict(key, value)),
               ". To use any of the values in this Dict, it will be necessary to add an `assert isinstance` statement "
               "before first use to trigger type refinement.\n",
               lang::located(range)));
    const auto fits = [&](const TypePtr& candidate) {
      const DictType& dict = candidate->expect<DictType>();
      return key->is_subtype_of(*dict.key()) && value->is_subtype_of(*dict.value());
    };
    if (wanted.type) {
      const DictType& dict = wanted.type->expect<DictType>();
      if (!key->is_subtype_of(*dict.key()))
        lang::fail_at(range, cat("Type annotation was inferred to be ", repr(dict),
                                 "but the type of keys given by the dict literal is ", repr(*key)));
      if (!value->is_subtype_of(*dict.value()))
        lang::fail_at(range, cat("Type annotation was inferred to be `", repr(dict),
                                 "`, but the type of values given by the dict literal is ", repr(*value)));
    } else if (!wanted.candidates.empty()) {
      for (const TypePtr& candidate : wanted.candidates)
        if (!wanted.type && fits(candidate)) wanted.type = candidate;
      if (!wanted.type) {
        std::string names;
        for (size_t i = 0; i < wanted.candidates.size(); ++i)
          names += cat(i == 0 ? "" : i + 1 == wanted.candidates.size() ? " or " : ", ", repr(*wanted.candidates[i]));
        lang::fail_at(range,
                      cat("Union type annotation `", repr(*hint), "` can hold ", names,
                          ", but none of those dict types can hold the types of the given keys and values, which "
                          "were unified to Dict[",
                          repr(*key), ", ", repr(*value)));
      }
    }
    // A type object of its own, for each has a placeholder of its own where a function returns early.
    type = wanted.type ? types::dict(wanted.type->expect<DictType>().key(), wanted.type->expect<DictType>().value())
                       : dict_type(key, value);
  }
  std::vector<ir::Value*> parts;
  for (size_t i = 0; i < keys.size(); ++i) {
    parts.push_back(keys[i]);
    parts.push_back(values[i]);
  }
  ir::Node* node = graph_->insert(graph_->create(kinds::dict_construct, parts, 1));
  ir::Value* dict = node->output()->set_type(type);
  return wanted.whole ? unchecked_cast(dict, wanted.whole, range) : dict;
}

}  // namespace rushlight::script
