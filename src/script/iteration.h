/// Objects in `for`: `__iter__` gives a container, or an object with `__next__`. Compiled code cannot catch
/// StopIteration, so loops call another form of `__next__`, which returns a tuple of the element, or None where it
/// would raise that.
#pragma once
#include <memory>

#include "lang/tree.h"

namespace rushlight::script {

/// The name of that method.
inline constexpr const char* kAdvance = "__next_item__";
/// Its definition, made from that of `__next__`.
std::shared_ptr<const lang::Def> advance_form(const lang::Def& next);

}  // namespace rushlight::script
