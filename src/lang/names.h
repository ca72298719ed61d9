/// Which variables a piece of source mentions.
#pragma once
#include <set>

#include "lang/tree.h"

namespace rushlight::lang {

/// Adds the variables that an expression reads from around it: not those of its own comprehensions and lambdas.
void add_names_read(const Expr& expr, std::set<std::string>& names);

/// The variables that the body of a function reads from around it: not its parameters, and not what it assigns, which
/// Python takes for its own everywhere in the body.
std::set<std::string> free_names(const Def& def);

}  // namespace rushlight::lang
