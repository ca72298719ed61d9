/// Which variables a piece of source mentions.
#pragma once
#include <set>

#include "lang/tree.h"

namespace rushlight::lang {

/// Adds the variables that an expression reads from around it: not those of its own comprehensions and lambdas.
void add_names_read(const Expr& expr, std::set<std::string>& names);

struct FunctionNames {
  std::set<std::string>
      bound;  ///< parameters and what the body assigns, which Python takes for its own everywhere in it
  std::set<std::string> free;  ///< what it reads from around it: the other names
};
FunctionNames names_of(const Def& def);

}  // namespace rushlight::lang
