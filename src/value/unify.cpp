#include "value/unify.h"

#include "base/text.h"

namespace rushlight {
namespace {

/// What two tensor types have in common.
TypePtr merge_tensors(const TensorType& a, const TensorType& b) {
  TensorType::Facts facts;
  const TensorType::Facts &x = a.facts(), &y = b.facts();
  if (x.dtype == y.dtype) facts.dtype = x.dtype;
  if (x.device == y.device) facts.device = x.device;
  if (x.requires_grad == y.requires_grad) facts.requires_grad = x.requires_grad;
  if (x.undefined == y.undefined) facts.undefined = x.undefined;
  const auto merge = [](const auto& left, const auto& right) {
    std::decay_t<decltype(left)> merged;
    if (!left || !right || left->size() != right->size()) return merged;
    merged.emplace(left->size());
    for (size_t i = 0; i < left->size(); ++i)
      if ((*left)[i] == (*right)[i]) (*merged)[i] = (*left)[i];
    return merged;
  };
  facts.sizes = merge(x.sizes, y.sizes);
  facts.strides = merge(x.strides, y.strides);
  return TensorType::make(std::move(facts));
}

/// An Optional around whatever it is: unifying None with a Union keeps the Union inside, as PyTorch does.
TypePtr optional_of(const TypePtr& element) {
  return element->is(TypeKind::union_) ? make_ref<ElementType>(TypeKind::optional, element) : types::optional(element);
}
const TypePtr& element_of(const TypePtr& type) { return type->expect<ElementType>().element(); }

TypePtr unify_tuples(const TupleType& a, const TupleType& b, bool default_to_union) {
  if (a.elements().size() != b.elements().size()) return nullptr;
  std::vector<TypePtr> elements;
  for (size_t i = 0; i < a.elements().size(); ++i) {
    TypePtr element = unify_types(a.elements()[i], b.elements()[i], default_to_union);
    if (!element) return nullptr;
    elements.push_back(std::move(element));
  }
  return types::tuple(std::move(elements));
}

/// Without the last resorts, the hint and the Union.
TypePtr common_type(const TypePtr& a, const TypePtr& b, bool default_to_union) {
  if (a->is(TypeKind::tensor) && b->is(TypeKind::tensor)) {
    if (*a == *b) return b;  // the type object shows in placeholders
    return merge_tensors(a->expect<TensorType>(), b->expect<TensorType>());
  }
  if (is_int_like(*a) && is_int_like(*b)) return types::int_();
  if (a->is_subtype_of(*b)) return b;
  if (b->is_subtype_of(*a)) return a;
  if (a->is(TypeKind::none)) return optional_of(b);
  if (b->is(TypeKind::none)) return optional_of(a);
  if (a->is(TypeKind::optional))
    if (TypePtr element = unify_types(element_of(a), b->is(TypeKind::optional) ? element_of(b) : b))
      return optional_of(element);
  if (b->is(TypeKind::optional))
    if (TypePtr element = unify_types(a, element_of(b))) return optional_of(element);
  if (a->is(TypeKind::tuple) && b->is(TypeKind::tuple))
    if (TypePtr tuple = unify_tuples(a->expect<TupleType>(), b->expect<TupleType>(), default_to_union)) return tuple;
  if (a->is(TypeKind::future) && b->is(TypeKind::future))
    if (TypePtr element = unify_types(element_of(a), element_of(b), default_to_union)) return types::future(element);
  // Containers are invariant, except for what is known about the tensors in them.
  const TypePtr plain_a = unshaped(a), plain_b = unshaped(b);
  if (plain_a->is_subtype_of(*plain_b)) return plain_b;
  if (plain_b->is_subtype_of(*plain_a)) return plain_a;
  return nullptr;
}

}  // namespace

TypePtr unshaped(const TypePtr& type) {
  if (type->is(TypeKind::tensor)) return types::tensor();
  if (type->contained().empty()) return type;
  std::vector<TypePtr> parts;
  for (const TypePtr& part : type->contained()) parts.push_back(unshaped(part));
  return type->with_contained(std::move(parts));
}

TypePtr unify_types(const TypePtr& a, const TypePtr& b, bool default_to_union, const TypePtr& hint) {
  if (TypePtr common = common_type(a, b, default_to_union)) return common;
  if (hint && a->is_subtype_of(*hint) && b->is_subtype_of(*hint)) return hint;
  return default_to_union ? types::union_({a, b}) : nullptr;
}

TypePtr unify_type_list(ArrayRef<TypePtr> types, std::string* why, bool default_to_union, const TypePtr& hint) {
  RUSHLIGHT_ASSERT(!types.empty());
  TypePtr common = types[0];
  for (size_t i = 1; i < types.size(); ++i) {
    TypePtr wider = unify_types(common, types[i], default_to_union, hint);
    if (!wider) {
      if (why)
        *why += cat("Could not unify type list since element ", i, " of type ", types[i]->annotation(),
                    " did not match the types before it (", common->annotation(), ")");
      return nullptr;
    }
    common = std::move(wider);
  }
  return common;
}

}  // namespace rushlight
