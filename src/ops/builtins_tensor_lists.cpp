/// Lists of tensors in programs: searching, comparing and sorting them asks tensors of one element.
#include <algorithm>

#include "base/text.h"
#include "ops/functions/comparison.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

/// The truth of a comparison. RuntimeError unless it has one element.
bool holds(const Tensor& answer) {
  if (answer.numel() != 1)
    throw RuntimeError(cat("Boolean value of Tensor with ", answer.numel() == 0 ? "no values" : "more than one value",
                           " is ambiguous"));
  return answer.item().to<bool>();
}
std::optional<size_t> place_of(ListObject& list, const Tensor& element) {
  for (size_t i = 0; i < list.size(); ++i)
    if (holds(eq(list.get(i).tensor(), element))) return i;
  return std::nullopt;
}

int64_t count_tensor(ListObject& list, const Tensor& element) {
  int64_t found = 0;
  for (size_t i = 0; i < list.size(); ++i) found += holds(eq(list.get(i).tensor(), element));
  return found;
}
int64_t index_of_tensor(ListObject& list, const Tensor& element) {
  if (const std::optional<size_t> at = place_of(list, element)) return int64_t(*at);
  throw RuntimeError(cat("'", IValue(element).str(), "' is not in list"));
}
void remove_tensor(ListObject& list, const Tensor& element) {
  const std::optional<size_t> at = place_of(list, element);
  if (!at) throw RuntimeError("list.remove(x): x not in list");
  list.erase(*at, *at + 1);
}
bool equal_lists(ListObject& a, ListObject& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!holds(eq(a.get(i).tensor(), b.get(i).tensor()))) return false;
  return true;
}
bool unequal_lists(ListObject& a, ListObject& b) { return !equal_lists(a, b); }

void sort_tensors(ListObject& list, bool reverse) {
  std::vector<Tensor> tensors;
  for (size_t i = 0; i < list.size(); ++i) tensors.push_back(list.get(i).tensor());
  std::stable_sort(tensors.begin(), tensors.end(),
                   [&](const Tensor& a, const Tensor& b) { return holds(reverse ? lt(b, a) : lt(a, b)); });
  for (size_t i = 0; i < tensors.size(); ++i) list.set(i, IValue(tensors[i]));
}
IValue sorted_tensors(ListObject& list) {
  Ref<ListObject> copy = list.copy();
  sort_tensors(*copy, false);
  return IValue(std::move(copy));
}

}  // namespace

void declare_builtins_tensor_lists(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add({.schema = "count.Tensor(Tensor[] self, Tensor el) -> int",
           .kernel = typed_kernel<&count_tensor>(),
           .traits = kLanguage});
  ops.add({.schema = "index.list_Tensor(Tensor[] self, Tensor el) -> int",
           .kernel = typed_kernel<&index_of_tensor>(),
           .traits = kLanguage});
  ops.add({.schema = "remove.Tensor(Tensor[](a!) self, Tensor el) -> ()",
           .kernel = typed_kernel<&remove_tensor>(),
           .traits = kLanguage});
  ops.add({.schema = "eq.Tensor_list(Tensor[] a, Tensor[] b) -> bool",
           .kernel = typed_kernel<&equal_lists>(),
           .traits = kLanguage});
  ops.add({.schema = "ne.Tensor_list(Tensor[] a, Tensor[] b) -> bool",
           .kernel = typed_kernel<&unequal_lists>(),
           .traits = kLanguage});
  ops.add({.schema = "sort.Tensor(Tensor[](a!) self, bool reverse=False) -> ()",
           .kernel = typed_kernel<&sort_tensors>(),
           .traits = kLanguage});
  ops.add({.schema = "sorted.Tensor(Tensor[](a) input) -> Tensor[]",
           .kernel = typed_kernel<&sorted_tensors>(),
           .traits = kLanguage});
}

}  // namespace rushlight::ops
