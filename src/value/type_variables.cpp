#include "value/type_variables.h"

#include "base/text.h"

namespace rushlight {
namespace {

bool fail(std::string* why, std::string reason) {
  if (why) *why += reason;
  return false;
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
    // The first binding stays: what does not fit it is converted, or refused by the subtype test.
    if (unify_types(bound, actual)) return true;
    return fail(why, cat("Type variable '", variable->name(), "' previously matched to type ", bound->annotation(),
                         " is matched to type ", actual->annotation()));
  }
  const auto element_of = [](const TypePtr& type) { return type->expect<ElementType>().element(); };
  switch (formal->kind()) {
    case TypeKind::list:
      if (actual->is(TypeKind::list))
        return match_type_variables(element_of(formal), element_of(actual), variables, why);
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
      if (actual->kind() == formal->kind())
        return match_type_variables(element_of(formal), element_of(actual), variables, why);
      return fail(why, cat("Cannot match ",
                           formal->is(TypeKind::future)  ? "a future"
                           : formal->is(TypeKind::await) ? "an await"
                                                         : "an rref",
                           " to ", actual->annotation()));
    case TypeKind::set:
    case TypeKind::frozenset:
      if (actual->kind() == formal->kind())
        return match_type_variables(element_of(formal), element_of(actual), variables, why);
      return fail(why, cat("Cannot match ", formal->annotation(), " to ", actual->annotation()));
    case TypeKind::optional:
      if (actual->is(TypeKind::optional))
        return match_type_variables(element_of(formal), element_of(actual), variables, why);
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
    default:
      return fail(why, cat("Unhandled free variable container: ", formal->annotation()));
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

}  // namespace rushlight
