#include "value/type_variables.h"

#include "base/text.h"

namespace rushlight {
namespace {

bool fail(std::string* why, std::string reason) {
  if (why) *why += reason;
  return false;
}

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

}  // namespace

bool match_type_variables(const TypePtr& formal, const TypePtr& actual, TypeVariables& variables, std::string* why) {
  if (!formal->has_free_variables()) {
    // A member that an Optional or Union does not have is found later, by the subtype test.
    return true;
  }
  if (const auto* variable = formal->as<VarType>()) {
    TypePtr& bound = variables[variable->name()];
    if (!bound) {
      bound = actual;
      return true;
    }
    if (TypePtr common = unify_types(bound, actual)) {
      bound = common;
      return true;
    }
    return fail(why, cat("Type variable '", variable->name(), "' previously matched to type ", bound->annotation(),
                         " is matched to type ", actual->annotation()));
  }
  const auto element_of = [](const TypePtr& type) { return type->expect<ElementType>().element(); };
  switch (formal->kind()) {
    case TypeKind::list:
      if (actual->is(TypeKind::list)) return match_type_variables(element_of(formal), element_of(actual), variables, why);
      // A tuple whose elements have a common type can be made a list of it.
      if (const auto* tuple = actual->as<TupleType>()) {
        TypePtr common;
        for (const TypePtr& element : tuple->elements()) {
          common = common ? unify_types(common, element) : element;
          if (!common) return fail(why, "Cannot match " + formal->annotation() + " to " + actual->annotation());
        }
        if (common) return match_type_variables(element_of(formal), common, variables, why);
      }
      return fail(why, cat("Cannot match ", formal->annotation(), " to ", actual->annotation()));
    case TypeKind::tuple: {
      const auto* tuple = actual->as<TupleType>();
      if (!tuple) return fail(why, cat("Cannot match a tuple to ", actual->annotation()));
      const auto& elements = formal->expect<TupleType>().elements();
      if (elements.size() != tuple->elements().size()) return fail(why, "Cannot match tuples of mismatched size");
      for (size_t i = 0; i < elements.size(); ++i)
        if (!match_type_variables(elements[i], tuple->elements()[i], variables, why)) return false;
      return true;
    }
    case TypeKind::future:
    case TypeKind::await:
    case TypeKind::rref:
      if (actual->kind() == formal->kind()) return match_type_variables(element_of(formal), element_of(actual), variables, why);
      return fail(why, cat("Cannot match ", formal->is(TypeKind::future) ? "a future" : formal->is(TypeKind::await) ? "an await" : "an rref",
                           " to ", actual->annotation()));
    case TypeKind::optional:
      if (actual->is(TypeKind::optional)) return match_type_variables(element_of(formal), element_of(actual), variables, why);
      // None leaves the variable open; the substitution fails later if nothing else binds it.
      if (actual->is(TypeKind::none)) return true;
      return match_type_variables(element_of(formal), actual, variables, why);
    case TypeKind::dict: {
      const auto* dict = actual->as<DictType>();
      if (!dict) return fail(why, cat("Cannot match a dict to ", actual->annotation()));
      const auto& wanted = formal->expect<DictType>();
      return match_type_variables(wanted.key(), dict->key(), variables, why) &&
             match_type_variables(wanted.value(), dict->value(), variables, why);
    }
    default: return fail(why, cat("Unhandled free variable container: ", formal->annotation()));
  }
}

TypePtr substitute_variables(const TypePtr& formal, const TypeVariables& variables) {
  if (!formal->has_free_variables()) return formal;
  if (const auto* variable = formal->as<VarType>()) {
    const auto found = variables.find(variable->name());
    return found == variables.end() ? nullptr : found->second;
  }
  std::vector<TypePtr> contained;
  for (const TypePtr& part : formal->contained()) {
    TypePtr replaced = substitute_variables(part, variables);
    if (!replaced) return nullptr;
    contained.push_back(std::move(replaced));
  }
  return formal->with_contained(std::move(contained));
}

TypePtr unify_types(const TypePtr& a, const TypePtr& b, bool any_union, const TypePtr& hint) {
  if (*a == *b) return a;
  if (a->is(TypeKind::tensor) && b->is(TypeKind::tensor))
    return merge_tensors(a->expect<TensorType>(), b->expect<TensorType>());
  if (a->is_subtype_of(*b)) return b;
  if (b->is_subtype_of(*a)) return a;

  const auto element_of = [](const TypePtr& type) { return type->expect<ElementType>().element(); };
  if (a->is(TypeKind::none) && !b->is(TypeKind::none) && !b->is(TypeKind::union_)) return types::optional(b);
  if (b->is(TypeKind::none) && !a->is(TypeKind::union_)) return types::optional(a);
  if (a->is(TypeKind::optional) != b->is(TypeKind::optional)) {
    const TypePtr& optional = a->is(TypeKind::optional) ? a : b;
    const TypePtr& other = a->is(TypeKind::optional) ? b : a;
    if (TypePtr element = unify_types(element_of(optional), other)) return types::optional(element);
  }
  if (a->kind() == b->kind()) {
    switch (a->kind()) {
      case TypeKind::list:
      case TypeKind::optional:
      case TypeKind::future:
        if (TypePtr element = unify_types(element_of(a), element_of(b), a->is(TypeKind::list) ? false : any_union)) {
          // Lists of different elements are different lists, except where only details of tensors differ.
          if (a->is(TypeKind::list) && !element->is(TypeKind::tensor)) break;
          return a->with_contained({element});
        }
        break;
      case TypeKind::tuple: {
        const auto &x = a->expect<TupleType>().elements(), &y = b->expect<TupleType>().elements();
        if (x.size() != y.size()) break;
        std::vector<TypePtr> elements;
        for (size_t i = 0; i < x.size(); ++i) {
          TypePtr element = unify_types(x[i], y[i], any_union);
          if (!element) break;
          elements.push_back(element);
        }
        if (elements.size() == x.size()) return types::tuple(std::move(elements));
        break;
      }
      case TypeKind::dict: {
        const auto &x = a->expect<DictType>(), &y = b->expect<DictType>();
        TypePtr value = *x.key() == *y.key() ? unify_types(x.value(), y.value()) : nullptr;
        if (value && value->is(TypeKind::tensor)) return types::dict(x.key(), value);
        break;
      }
      default: break;
    }
  }
  if (hint && a->is_subtype_of(*hint) && b->is_subtype_of(*hint)) return hint;
  return any_union ? types::union_({a, b}) : nullptr;
}

}  // namespace rushlight
