/// The type that two values have in common: what an If yields, what a list display holds, what a type variable stands
/// for.
#pragma once
#include "value/type.h"

namespace rushlight {

/// Equal types, the wider of two, Optional of one when the other is None, tensors that lose what they do not share,
/// tuples and futures part by part. Numbers are not promoted: int and float have nothing in common. Null when there is
/// none; with `default_to_union` a Union then. A `hint` that both are subtypes of is taken before that.
///     unify_types(int, None)                 is int?
///     unify_types((int, None), (None, int))  is (int?, int?)
TypePtr unify_types(const TypePtr& a, const TypePtr& b, bool default_to_union = false, const TypePtr& hint = nullptr);

/// The same for all of them, from the left; at least one. When it is null, `why` says which element did not fit.
TypePtr unify_type_list(ArrayRef<TypePtr> types, std::string* why = nullptr, bool default_to_union = false,
                        const TypePtr& hint = nullptr);

/// Tensors without what is known about them, in containers too.
TypePtr unshaped(const TypePtr& type);

}  // namespace rushlight
