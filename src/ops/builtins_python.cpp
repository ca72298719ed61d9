/// Builtins for what Python has and TorchScript lacks. Their namespace says that PyTorch cannot run them: programs that
/// use them are Rushlight's own.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/order.h"
#include "ops/slice_indices.h"
#include "ops/typed_kernel.h"
#include "value/python_format.h"

namespace rushlight::ops {
namespace {

void set_slice(ListObject& list, std::optional<int64_t> start, std::optional<int64_t> end, std::optional<int64_t> step,
               ListObject& values) {
  const SliceIndices at = slice_indices(list.size(), start, end, step);
  const Ref<ListObject> source = values.copy();  // `l[1:] = l` must see the old elements
  if (at.step == 1) {
    const size_t from = size_t(at.start);
    list.erase(from, from + at.count);
    for (size_t i = 0; i < source->size(); ++i) list.insert(from + i, source->get(i));
    return;
  }
  if (source->size() != at.count)
    throw ValueError(
        cat("attempt to assign sequence of size ", source->size(), " to extended slice of size ", at.count));
  for (size_t i = 0; i < at.count; ++i) list.set(size_t(at.start + int64_t(i) * at.step), source->get(i));
}
void delete_slice(ListObject& list, std::optional<int64_t> start, std::optional<int64_t> end,
                  std::optional<int64_t> step) {
  const SliceIndices at = slice_indices(list.size(), start, end, step);
  if (at.count == 0) return;
  if (at.step == 1) return list.erase(size_t(at.start), size_t(at.start) + at.count);
  // From the back, so that places in front stay where they are.
  const int64_t last = at.start + int64_t(at.count - 1) * at.step;
  const int64_t low = std::min(at.start, last), stride = at.step < 0 ? -at.step : at.step;
  for (size_t i = at.count; i-- > 0;) {
    const size_t place = size_t(low + int64_t(i) * stride);
    list.erase(place, place + 1);
  }
}

/// The values in the order of their keys.
Ref<ListObject> ordered(const ListObject& values, const ListObject& keys, bool reverse) {
  if (values.size() != keys.size()) throw RuntimeError("the list was changed while it was sorted");
  Ref<ListObject> result = ListObject::make(values.element_type());
  for (size_t place : sorted_places(keys, reverse)) result->append(values.get(place));
  return result;
}
IValue sorted_by(ListObject& values, ListObject& keys, bool reverse) { return IValue(ordered(values, keys, reverse)); }
void sort_by(ListObject& list, ListObject& keys, bool reverse) {
  const Ref<ListObject> result = ordered(list, keys, reverse);
  for (size_t i = 0; i < result->size(); ++i) list.set(i, result->get(i));
}
template <bool greatest>
int64_t place_of_extreme(ListObject& keys) {
  return int64_t(extreme_place(keys, greatest));
}

bool equal(const IValue& a, const IValue& b) { return a.equals(b); }

std::string format_value(const IValue& value, std::string_view conversion, std::string_view spec) {
  if (conversion.empty()) return python_format(value, spec);
  const std::string shown = conversion == "s" ? python_format(value, "") : python_repr(value, conversion == "a");
  return python_format(IValue(shown), spec);
}

}  // namespace

void declare_builtins_python(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add({.schema = "rushlight::set_slice.t(t[](a!) l, int? start, int? end, int? step, t[] values) -> ()",
           .kernel = typed_kernel<&set_slice>(),
           .traits = kLanguage,
           .doc = "assignment to a slice of a list"});
  ops.add({.schema = "rushlight::delete_slice.t(t[](a!) l, int? start, int? end, int? step) -> ()",
           .kernel = typed_kernel<&delete_slice>(),
           .traits = kLanguage,
           .doc = "deletion of a slice of a list"});
  ops.add({.schema = "rushlight::format_value(Any value, str conversion, str format) -> str",
           .kernel = typed_kernel<&format_value>(),
           .traits = kLanguage,
           .doc = "a format or conversion in an f-string"});
  ops.add({.schema = "rushlight::sorted_by(t[](a) values, k[] keys, bool reverse) -> t[](a)",
           .kernel = typed_kernel<&sorted_by>(),
           .traits = kLanguage,
           .doc = "`key` or `reverse` of sorted"});
  ops.add({.schema = "rushlight::sort_by(t[](a!) self, k[] keys, bool reverse) -> ()",
           .kernel = typed_kernel<&sort_by>(),
           .traits = kLanguage,
           .doc = "`key` of sort"});
  ops.add({.schema = "rushlight::place_of_min(k[] keys) -> int",
           .kernel = typed_kernel<&place_of_extreme<false>>(),
           .traits = kLanguage,
           .doc = "`key` of min"});
  ops.add({.schema = "rushlight::place_of_max(k[] keys) -> int",
           .kernel = typed_kernel<&place_of_extreme<true>>(),
           .traits = kLanguage,
           .doc = "`key` of max"});
  ops.add({.schema = "rushlight::equal(Any a, Any b) -> bool",
           .kernel = typed_kernel<&equal>(),
           .traits = kLanguage,
           .doc = "a comparison of dictionaries, optionals or nested containers"});
}

}  // namespace rushlight::ops
