/// The order of values of compiled code: what `sort`, `sorted`, `min` and `max` of lists go by.
#pragma once
#include "value/ivalue.h"

namespace rushlight::ops {

/// Numbers, texts, objects whose class defines `__lt__`, and tuples of these. RuntimeError for others.
bool is_less(const IValue& a, const IValue& b);

/// Sorts in place; equal elements keep their order. RuntimeError, and the list unchanged, if its elements have no
/// order.
void list_sort(ListObject& list, bool reverse);
IValue list_sorted(ListObject& list);

/// The places of the values in their order; equal ones keep theirs. The errors of list_sort.
std::vector<size_t> sorted_places(const ListObject& keys, bool reverse);
/// The place of the first value that none is less than (`greatest`: that is less than none). ValueError if there are
/// none.
size_t extreme_place(const ListObject& keys, bool greatest);

}  // namespace rushlight::ops
