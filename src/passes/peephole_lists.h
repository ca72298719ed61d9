/// The part of the peephole pass that looks into lists.
#pragma once
#include "ir/graph.h"

namespace rushlight::passes {

/// What is asked of a list that was made from its elements, and that nothing writes, is answered:
///     %l = prim::ListConstruct(%a, %b)
///     aten::len(%l)                        2
///     aten::__getitem__(%l, %one)          %b
///     %x, %y = prim::ListUnpack(%l)        %a and %b
///     aten::slice(%l, 0, 1, 1)             prim::ListConstruct(%a); all of the bounds constants
///     aten::add(%l, %m)                    prim::ListConstruct(%a, %b, elements of %m)
/// Returns whether anything changed.
bool simplify_constructed_lists(ir::Graph& graph);

}  // namespace rushlight::passes
