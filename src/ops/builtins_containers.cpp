/// Builtins of the language on lists, dictionaries, strings and tensors' shapes.
#include <algorithm>

#include "base/text.h"
#include "ops/slice_indices.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

size_t place(int64_t index, size_t size, const char* message) {
  if (index < 0) index += int64_t(size);
  if (index < 0 || index >= int64_t(size)) throw IndexError(message);
  return size_t(index);
}

// ---- Lists

int64_t list_len(ListObject& list) { return int64_t(list.size()); }
IValue list_get(ListObject& list, int64_t index) {
  return list.get(place(index, list.size(), "list index out of range"));
}
IValue list_set(const IValue& list, int64_t index, const IValue& value) {
  ListObject& l = list.list();
  l.set(place(index, l.size(), "list index out of range"), value);
  return list;
}
IValue list_append(const IValue& list, const IValue& value) { return list.list().append(value), list; }
void list_insert(ListObject& list, int64_t index, const IValue& value) {
  const int64_t size = int64_t(list.size());
  if (index < 0) index = std::max<int64_t>(index + size, 0);
  list.insert(size_t(std::min(index, size)), value);
}
IValue list_pop(ListObject& list, int64_t index) {
  if (list.size() == 0) throw RuntimeError("pop from empty list");
  const size_t at = place(index, list.size(), "list index out of range");
  IValue value = list.get(at);
  list.erase(at, at + 1);
  return value;
}
void list_clear(ListObject& list) { list.clear(); }
void list_extend(ListObject& list, ListObject& other) {
  const Ref<ListObject> copy = other.copy();  // `x.extend(x)` must end
  for (size_t i = 0; i < copy->size(); ++i) list.append(copy->get(i));
}
IValue list_copy(ListObject& list) { return IValue(list.copy()); }
IValue list_add(ListObject& a, ListObject& b) {
  Ref<ListObject> sum = a.copy();
  list_extend(*sum, b);
  return IValue(std::move(sum));
}
IValue list_add_inplace(const IValue& a, ListObject& b) { return list_extend(a.list(), b), a; }
IValue list_repeat(ListObject& list, int64_t count) {
  Ref<ListObject> result = ListObject::make(list.element_type());
  if (count > 0 && list.size() > size_t(INT64_MAX) / size_t(count)) throw RuntimeError("the repeated list is too long");
  if (count <= 0) return IValue(std::move(result));
  const auto repeat = [&]<class T>(const TypedList<T>& from) {
    std::vector<T>& values = static_cast<TypedList<T>&>(*result).values;
    values.reserve(from.values.size() * size_t(count));
    for (int64_t i = 0; i < count; ++i) values.insert(values.end(), from.values.begin(), from.values.end());
  };
  switch (list.kind()) {
    case ListKind::generic:
      repeat(static_cast<const GenericList&>(list));
      break;
    case ListKind::ints:
      repeat(static_cast<const IntList&>(list));
      break;
    case ListKind::floats:
      repeat(static_cast<const FloatList&>(list));
      break;
    case ListKind::bools:
      repeat(static_cast<const BoolList&>(list));
      break;
  }
  return IValue(std::move(result));
}
IValue list_repeat_right(int64_t count, ListObject& list) { return list_repeat(list, count); }
IValue list_slice(ListObject& list, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  const SliceIndices at = subscript_indices(list.size(), start, end, step);
  Ref<ListObject> result = ListObject::make(list.element_type());
  for (size_t i = 0; i < at.count; ++i) result->append(list.get(size_t(at.start + int64_t(i) * at.step)));
  return IValue(std::move(result));
}
void list_reverse(ListObject& list) {
  const Ref<ListObject> copy = list.copy();
  for (size_t i = 0; i < copy->size(); ++i) list.set(i, copy->get(copy->size() - 1 - i));
}
void list_delete(ListObject& list, int64_t index) {
  if (list.size() == 0) throw IndexError("pop index out of range");
  const size_t at = place(index, list.size(), "list index out of range");
  list.erase(at, at + 1);
}
bool list_contains(ListObject& list, const IValue& value) {
  for (size_t i = 0; i < list.size(); ++i)
    if (list.get(i).equals(value)) return true;
  return false;
}
bool lists_equal(const IValue& a, const IValue& b) { return a.equals(b); }
bool lists_differ(const IValue& a, const IValue& b) { return !a.equals(b); }
template <bool kMax>
int64_t extreme_int(ListObject& list) {
  const auto& values = static_cast<IntList&>(list).values;
  if (values.empty()) throw RuntimeError(kMax ? "max() arg is an empty sequence" : "min() arg is an empty sequence");
  return kMax ? *std::max_element(values.begin(), values.end()) : *std::min_element(values.begin(), values.end());
}
int64_t sum_ints(ListObject& list) {
  uint64_t total = 0;
  for (int64_t value : static_cast<IntList&>(list).values) total += uint64_t(value);
  return int64_t(total);
}
double sum_floats(ListObject& list) {
  double total = 0;
  for (double value : static_cast<FloatList&>(list).values) total += value;
  return total;
}
void sort_ints(ListObject& list, bool reverse) {
  auto& values = static_cast<IntList&>(list).values;
  reverse ? std::stable_sort(values.begin(), values.end(), std::greater<>())
          : std::stable_sort(values.begin(), values.end());
}
void sort_floats(ListObject& list, bool reverse) {
  auto& values = static_cast<FloatList&>(list).values;
  reverse ? std::stable_sort(values.begin(), values.end(), std::greater<>())
          : std::stable_sort(values.begin(), values.end());
}

// ---- Strings: indexed by byte, as PyTorch does

int64_t str_len(std::string_view s) { return int64_t(s.size()); }
std::string str_get(std::string_view s, int64_t index) {
  return std::string(1, s[place(index, s.size(), "string index out of range")]);
}
std::string str_add(std::string_view a, std::string_view b) { return cat(a, b); }
bool str_eq(std::string_view a, std::string_view b) { return a == b; }
bool str_ne(std::string_view a, std::string_view b) { return a != b; }
bool str_lt(std::string_view a, std::string_view b) { return a < b; }
bool str_gt(std::string_view a, std::string_view b) { return a > b; }
std::string str_join(std::string_view separator, ListObject& parts) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i) out += separator;
    out += parts.get(i).to_string();
  }
  return out;
}
int64_t ord_of(std::string_view s) {
  if (s.size() != 1) throw RuntimeError(cat("String for ord() must be 1 character, found ", s.size()));
  return static_cast<unsigned char>(s[0]);
}
std::string chr_of(int64_t code) {
  if (code < 0 || code > 0x10ffff) throw RuntimeError(cat("chr() arg not in range(0x110000), found ", code));
  return std::string(1, char(code));
}

bool is_same(const IValue& a, const IValue& b) { return a.is_same(b); }
bool is_not_same(const IValue& a, const IValue& b) { return !a.is_same(b); }
IValue unwrap_optional(const IValue& value) {
  if (value.is_none()) throw RuntimeError("Unwrapping null optional");
  return value;
}

// ---- Tensors

IValue tensor_sizes(const Tensor& self) { return IValue(self.sizes()); }
int64_t tensor_size(const Tensor& self, int64_t dim) { return self.size(dim); }
int64_t tensor_dim(const Tensor& self) { return self.dim(); }
int64_t tensor_numel(const Tensor& self) { return self.numel(); }
int64_t tensor_len(const Tensor& self) {
  if (self.dim() == 0) throw TypeError("len() of a 0-d tensor");
  return self.sizes()[0];
}
ScalarType tensor_dtype(const Tensor& self) { return self.dtype(); }
Device tensor_device(const Tensor& self) { return self.device(); }
Layout tensor_layout(const Tensor& self) { return self.layout(); }
bool tensor_is_cuda(const Tensor& self) { return self.device().type == DeviceType::cuda; }
bool tensor_is_floating(const Tensor& self) { return is_floating(self.dtype()); }
bool tensor_is_complex(const Tensor& self) { return is_complex(self.dtype()); }
bool tensor_contiguous(const Tensor& self) { return self.is_contiguous(); }
Tensor number_to_tensor(const Scalar& a) { return scalar_tensor(a); }

}  // namespace

void declare_builtins_containers(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add({.schema = "len.t(t[] a) -> int",
           .kernel = typed_kernel<&list_len>(),
           .traits = kLanguage,
           .opcode = "list.len"});
  ops.add({.schema = "__getitem__.t(t[](a) list, int idx) -> t(*)",
           .kernel = typed_kernel<&list_get>(),
           .traits = kLanguage,
           .opcode = "list.get.*"});
  ops.add({.schema = "_set_item.t(t[](a!) l, int idx, t(b -> *) el) -> t[](a!)",
           .kernel = typed_kernel<&list_set>(),
           .traits = kLanguage,
           .opcode = "list.set.*"});
  ops.add({.schema = "append.t(t[](a!) self, t(c -> *) el) -> t[](a!)",
           .kernel = typed_kernel<&list_append>(),
           .traits = kLanguage,
           .opcode = "list.append.*"});
  ops.add({.schema = "insert.t(t[](a!) self, int idx, t(b -> *) el) -> ()",
           .kernel = typed_kernel<&list_insert>(),
           .traits = kLanguage});
  ops.add(
      {.schema = "pop.t(t[](a!) self, int idx=-1) -> t(*)", .kernel = typed_kernel<&list_pop>(), .traits = kLanguage});
  ops.add({.schema = "clear.t(t[](a!) self) -> ()", .kernel = typed_kernel<&list_clear>(), .traits = kLanguage});
  ops.add({.schema = "extend.t(t[](a!) self, t[] other) -> ()",
           .kernel = typed_kernel<&list_extend>(),
           .traits = kLanguage});
  ops.add({.schema = "copy.t(t[](a) self) -> t[]", .kernel = typed_kernel<&list_copy>(), .traits = kLanguage});
  ops.add({.schema = "list.t(t[] l) -> t[]", .kernel = typed_kernel<&list_copy>(), .traits = kLanguage});
  ops.add({.schema = "reverse.t(t[](a!) self) -> ()", .kernel = typed_kernel<&list_reverse>(), .traits = kLanguage});
  ops.add(
      {.schema = "Delete.t(t[](a!) self, int idx) -> ()", .kernel = typed_kernel<&list_delete>(), .traits = kLanguage});
  ops.add({.schema = "add.t(t[] a, t[] b) -> t[]", .kernel = typed_kernel<&list_add>(), .traits = kLanguage});
  ops.add({.schema = "add_.t(t[](a!) self, t[] b) -> t[]",
           .kernel = typed_kernel<&list_add_inplace>(),
           .traits = kLanguage});
  ops.add({.schema = "mul.left_t(t[] l, int n) -> t[]", .kernel = typed_kernel<&list_repeat>(), .traits = kLanguage});
  ops.add(
      {.schema = "mul.right_(int n, t[] l) -> t[]", .kernel = typed_kernel<&list_repeat_right>(), .traits = kLanguage});
  ops.add({.schema = "slice.t(t[] l, int? start=None, int? end=None, int step=1) -> t[]",
           .kernel = typed_kernel<&list_slice>(),
           .traits = kLanguage});
  ops.add({.schema = "__contains__.int_list(int[] l, int item) -> bool",
           .kernel = typed_kernel<&list_contains>(),
           .traits = kLanguage});
  ops.add({.schema = "__contains__.float_list(float[] l, float item) -> bool",
           .kernel = typed_kernel<&list_contains>(),
           .traits = kLanguage});
  ops.add({.schema = "__contains__.str_list(str[] l, str item) -> bool",
           .kernel = typed_kernel<&list_contains>(),
           .traits = kLanguage});
  ops.add(
      {.schema = "eq.int_list(int[] a, int[] b) -> bool", .kernel = typed_kernel<&lists_equal>(), .traits = kLanguage});
  ops.add({.schema = "eq.float_list(float[] a, float[] b) -> bool",
           .kernel = typed_kernel<&lists_equal>(),
           .traits = kLanguage});
  ops.add(
      {.schema = "eq.str_list(str[] a, str[] b) -> bool", .kernel = typed_kernel<&lists_equal>(), .traits = kLanguage});
  ops.add({.schema = "ne.int_list(int[] a, int[] b) -> bool",
           .kernel = typed_kernel<&lists_differ>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::max.self_int(int[] self) -> int",
           .kernel = typed_kernel<&extreme_int<true>>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::min.self_int(int[] self) -> int",
           .kernel = typed_kernel<&extreme_int<false>>(),
           .traits = kLanguage});
  ops.add({.schema = "sum.int(int[] self) -> int", .kernel = typed_kernel<&sum_ints>(), .traits = kLanguage});
  ops.add({.schema = "sum.float(float[] self) -> float", .kernel = typed_kernel<&sum_floats>(), .traits = kLanguage});
  ops.add({.schema = "sort.int(int[](a!) self, bool reverse=False) -> ()",
           .kernel = typed_kernel<&sort_ints>(),
           .traits = kLanguage});
  ops.add({.schema = "sort.float(float[](a!) self, bool reverse=False) -> ()",
           .kernel = typed_kernel<&sort_floats>(),
           .traits = kLanguage});

  ops.add({.schema = "len.str(str s) -> int", .kernel = typed_kernel<&str_len>(), .traits = kLanguage});
  ops.add(
      {.schema = "__getitem__.str(str s, int index) -> str", .kernel = typed_kernel<&str_get>(), .traits = kLanguage});
  ops.add({.schema = "add.str(str a, str b) -> str", .kernel = typed_kernel<&str_add>(), .traits = kLanguage});
  ops.add({.schema = "eq.str(str a, str b) -> bool", .kernel = typed_kernel<&str_eq>(), .traits = kLanguage});
  ops.add({.schema = "ne.str(str a, str b) -> bool", .kernel = typed_kernel<&str_ne>(), .traits = kLanguage});
  ops.add({.schema = "lt.str(str a, str b) -> bool", .kernel = typed_kernel<&str_lt>(), .traits = kLanguage});
  ops.add({.schema = "gt.str(str a, str b) -> bool", .kernel = typed_kernel<&str_gt>(), .traits = kLanguage});
  ops.add({.schema = "join(str self, str[] values) -> str", .kernel = typed_kernel<&str_join>(), .traits = kLanguage});
  ops.add({.schema = "ord(str string) -> int", .kernel = typed_kernel<&ord_of>(), .traits = kLanguage});
  ops.add({.schema = "chr(int i) -> str", .kernel = typed_kernel<&chr_of>(), .traits = kLanguage});

  ops.add({.schema = "__is__(t1 self, t2 obj) -> bool", .kernel = typed_kernel<&is_same>(), .traits = kLanguage});
  ops.add(
      {.schema = "__isnot__(t1 self, t2 obj) -> bool", .kernel = typed_kernel<&is_not_same>(), .traits = kLanguage});
  ops.add({.schema = "_unwrap_optional(t(a)? optional) -> t(a)",
           .kernel = typed_kernel<&unwrap_optional>(),
           .traits = kLanguage});

  ops.add({.schema = "size(Tensor self) -> int[]", .kernel = typed_kernel<&tensor_sizes>(), .traits = kLanguage});
  ops.add(
      {.schema = "size.int(Tensor self, int dim) -> int", .kernel = typed_kernel<&tensor_size>(), .traits = kLanguage});
  ops.add({.schema = "dim(Tensor self) -> int", .kernel = typed_kernel<&tensor_dim>(), .traits = kLanguage});
  ops.add({.schema = "numel(Tensor self) -> int", .kernel = typed_kernel<&tensor_numel>(), .traits = kLanguage});
  ops.add({.schema = "len.Tensor(Tensor t) -> int", .kernel = typed_kernel<&tensor_len>(), .traits = kLanguage});
  ops.add({.schema = "prim::dtype(Tensor a) -> int", .kernel = typed_kernel<&tensor_dtype>(), .traits = kLanguage});
  ops.add(
      {.schema = "prim::device(Tensor a) -> Device", .kernel = typed_kernel<&tensor_device>(), .traits = kLanguage});
  ops.add(
      {.schema = "prim::layout(Tensor a) -> Layout", .kernel = typed_kernel<&tensor_layout>(), .traits = kLanguage});
  ops.add(
      {.schema = "prim::is_cuda(Tensor a) -> bool", .kernel = typed_kernel<&tensor_is_cuda>(), .traits = kLanguage});
  ops.add({.schema = "is_floating_point(Tensor self) -> bool",
           .kernel = typed_kernel<&tensor_is_floating>(),
           .traits = kLanguage});
  ops.add(
      {.schema = "is_complex(Tensor self) -> bool", .kernel = typed_kernel<&tensor_is_complex>(), .traits = kLanguage});
  ops.add({.schema = "is_contiguous(Tensor self) -> bool",
           .kernel = typed_kernel<&tensor_contiguous>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::NumToTensor.Scalar(Scalar a) -> Tensor",
           .kernel = typed_kernel<&number_to_tensor>(),
           .traits = kLanguage});
}

}  // namespace rushlight::ops
