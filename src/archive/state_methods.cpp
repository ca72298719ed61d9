#include "archive/state_methods.h"

#include "base/text.h"
#include "value/function.h"

namespace rushlight::archive {

bool has_state_methods(const ClassType& type) {
  const Function* get = type.find_method("__getstate__");
  if (!get) return false;
  const Schema& getter = get->schema();
  if (getter.arguments.size() != 1)
    throw RuntimeError(
        cat("'__getstate__' must have 'self' as its only argument, but found ", getter.arguments.size(), " arguments"));
  if (getter.returns.size() != 1)
    throw RuntimeError(cat("'__getstate__' must return 1 value, but found ", getter.returns.size()));
  const Function* set = type.find_method("__setstate__");
  if (!set) return false;
  const Schema& setter = set->schema();
  if (setter.arguments.size() != 2)
    throw RuntimeError(cat("'__setstate__' must have 'self' and the state as its only arguments, but found ",
                           setter.arguments.size(), " arguments"));
  if (setter.returns.size() != 1 || !setter.returns[0].type->is(TypeKind::none))
    throw RuntimeError("'__setstate__' must return None");
  const TypePtr& given = getter.returns[0].type;
  const TypePtr& taken = setter.arguments[1].type;
  if (!given->is_subtype_of(*taken))
    throw RuntimeError(cat("'__getstate__'s return type (", given->annotation(),
                           ") does not match '__setstate__'s argument type (", taken->annotation(), ")"));
  return true;
}

}  // namespace rushlight::archive
