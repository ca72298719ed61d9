/// What annotations and default values of a source stand for.
#pragma once
#include "lang/tree.h"
#include "script/resolver.h"

namespace rushlight::script {

/// "List[Tensor]", "Optional[__torch__.Net]": names that are no types of the language are the resolver's.
TypePtr type_of_annotation(const lang::Expr& expr, Resolver& resolver);

/// A set of such elements. RuntimeError, at `range`, if they cannot be hashed.
TypePtr set_type(const TypePtr& element, bool is_frozen, const SourceRange& range);
/// RuntimeError for a type that cannot be a key.
TypePtr dict_type(const TypePtr& key, const TypePtr& value);

/// A value that a source writes where nothing runs: defaults of parameters, constants of classes. Literals are read;
/// anything else is compiled as a function of its own and run. No annotation: a Tensor.
IValue evaluate_constant(const lang::Expr& expr, const lang::ExprPtr& annotation,
                         const std::shared_ptr<Resolver>& resolver);

/// The signature that a `def` without a body that matters declares: methods of interfaces, self first.
Schema schema_of(const lang::Def& def, Resolver& resolver);

}  // namespace rushlight::script
