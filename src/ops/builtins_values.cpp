/// More of lists: searching, sorting, sums, comparison; and builtins that look into any value.
#include <algorithm>
#include <complex>
#include <utility>

#include "base/text.h"
#include "ops/functions/views.h"
#include "ops/order.h"
#include "ops/typed_kernel.h"
#include "value/future.h"
#include "value/type_text.h"

namespace rushlight::ops {
namespace {

int64_t list_count(ListObject& list, const IValue& value) {
  int64_t found = 0;
  for (size_t i = 0; i < list.size(); ++i) found += list.get(i).equals(value);
  return found;
}
size_t place_of(ListObject& list, const IValue& value, const char* message) {
  for (size_t i = 0; i < list.size(); ++i)
    if (list.get(i).equals(value)) return i;
  throw RuntimeError(message);
}
int64_t list_index(ListObject& list, const IValue& value) {
  for (size_t i = 0; i < list.size(); ++i)
    if (list.get(i).equals(value)) return int64_t(i);
  throw RuntimeError(cat("'", value.is_string() ? value.to_string() : value.str(), "' is not in list"));
}
void list_remove(ListObject& list, const IValue& value) {
  const size_t at = place_of(list, value, "list.remove(x): x not in list");
  list.erase(at, at + 1);
}
IValue list_select(ListObject& list, int64_t index) {
  if (index < 0) index += int64_t(list.size());
  if (index < 0 || index >= int64_t(list.size())) throw IndexError("list index out of range");
  return list.get(size_t(index));
}
IValue list_repeat_in_place(const IValue& list, int64_t count) {
  ListObject& self = list.list();
  if (count > 0 && self.size() > size_t(INT64_MAX) / size_t(count)) throw RuntimeError("the repeated list is too long");
  const Ref<ListObject> once = self.copy();
  self.clear();
  for (int64_t i = 0; i < count; ++i)
    for (size_t k = 0; k < once->size(); ++k) self.append(once->get(k));
  return list;
}
int64_t len_of_any(ListObject& list) { return int64_t(list.size()); }

/// A part of a container of modules: its submodules are attributes that are named by their places or keys.
IValue part_at(const IValue& container, int64_t index) { return container.object().attribute(std::to_string(index)); }
IValue part_of_name(const IValue& container, std::string_view name) { return container.object().attribute(name); }

// ---- Order

template <bool larger>
IValue extreme(ListObject& list) {
  if (list.size() == 0) throw RuntimeError(cat(larger ? "max" : "min", "() arg is an empty sequence"));
  IValue found = list.get(0);
  for (size_t i = 1; i < list.size(); ++i)
    if (larger ? is_less(found, list.get(i)) : is_less(list.get(i), found)) found = list.get(i);
  return found;
}
/// The lexicographically larger or smaller of two lists.
template <bool larger>
IValue extreme_list(const IValue& a, const IValue& b) {
  const ListObject &x = a.list(), &y = b.list();
  for (size_t i = 0; i < x.size() && i < y.size(); ++i) {
    if (is_less(x.get(i), y.get(i))) return larger ? b : a;
    if (is_less(y.get(i), x.get(i))) return larger ? a : b;
  }
  return (x.size() < y.size()) == larger ? b : a;
}

// ---- Sums

std::complex<double> sum_complex(ListObject& list) {
  std::complex<double> sum = 0;
  for (size_t i = 0; i < list.size(); ++i) sum += list.get(i).to_scalar().to<std::complex<double>>();
  return sum;
}
int64_t sum_bools(ListObject& list) {
  int64_t sum = 0;
  for (size_t i = 0; i < list.size(); ++i) sum += list.get(i).to_bool();
  return sum;
}
bool is_true(const IValue& value) {
  return value.is_string() ? !value.to_string().empty() : value.to_scalar().to<bool>();
}
bool any_of(ListObject& list) {
  for (size_t i = 0; i < list.size(); ++i)
    if (is_true(list.get(i))) return true;
  return false;
}
bool all_of(ListObject& list) {
  for (size_t i = 0; i < list.size(); ++i)
    if (!is_true(list.get(i))) return false;
  return true;
}
template <bool equal>
bool lists_compare(const IValue& a, const IValue& b) {
  return a.equals(b) == equal;
}

// ---- Any value

int64_t hash_of(const IValue& value) {
  if (value.is_int()) return value.to_int();
  if (value.is_enum() || value.is_object() || value.is_list() || value.is_dict())
    throw RuntimeError(cat("unhashable type: '", repr(*value.type()), "'"));
  return int64_t(value.hash());
}
int64_t id_of(const IValue& object) {
  return object.is_none() ? 0 : int64_t(reinterpret_cast<uintptr_t>(&object.object()));
}
IValue enum_value(const IValue& value) { return value.enumerator().value; }
std::string enum_name(const IValue& value) { return value.enumerator().name; }
std::string device_type(Device device) { return Device{device.type, -1}.str(); }
std::optional<int64_t> device_index(Device device) {
  return device.index < 0 ? std::nullopt : std::optional<int64_t>(device.index);
}
bool is_grad_enabled() { return dispatch_state.grad_enabled; }
void set_grad_enabled(bool value) { dispatch_state.grad_enabled = value; }
bool always() { return true; }
bool never() { return false; }
bool never_of(const IValue&) { return false; }
IValue unwrapped(const IValue& value) {
  if (value.is_none()) throw RuntimeError("Unwrapping null optional");
  return value;
}
struct NoRecording {
  bool old = std::exchange(dispatch_state.grad_enabled, false);
  ~NoRecording() { dispatch_state.grad_enabled = old; }
};
IValue list_of(const std::vector<Scalar>& numbers, IntArrayRef sizes, size_t level, size_t& next,
               const TypePtr& number) {
  const auto one = [&](const Scalar& value) {
    switch (number->kind()) {
      case TypeKind::int_:
        return IValue(value.to<int64_t>());
      case TypeKind::float_:
        return IValue(value.to<double>());
      case TypeKind::bool_:
        return IValue(value.to<bool>());
      default:
        return IValue(value.to<std::complex<double>>());
    }
  };
  if (level == sizes.size()) return one(numbers[next++]);
  TypePtr type = number;
  for (size_t i = level + 1; i < sizes.size(); ++i) type = types::list(type);
  Ref<ListObject> list = ListObject::make(type);
  for (int64_t i = 0; i < sizes[level]; ++i) list->append(list_of(numbers, sizes, level + 1, next, number));
  return IValue(std::move(list));
}
/// Nested lists of a tensor's elements; the annotation says how deep, and of what.
IValue tolist(const IValue& arguments) {
  const auto& given = arguments.tuple().elements;
  const Tensor& tensor = given[0].tensor();
  const TypePtr* const kNumbers[] = {&types::int_(), &types::float_(), &types::bool_(), &types::complex()};
  const TypePtr& number = *kNumbers[given[2].to_int()];
  if (given[1].to_int() != tensor.dim())
    throw RuntimeError("Output annotation list dimension and runtime tensor dimension must match for tolist()");
  const bool fits = is_complex(tensor.dtype())            ? number->is(TypeKind::complex)
                    : is_floating(tensor.dtype())         ? number->is(TypeKind::float_)
                    : tensor.dtype() == ScalarType::bool_ ? number->is(TypeKind::bool_)
                                                          : number->is(TypeKind::int_);
  if (!fits)
    throw RuntimeError(
        cat("Output annotation element type and runtime tensor element type must match for tolist(): ", number->str()));
  std::vector<Scalar> numbers;
  const NoRecording guard;
  const Tensor flat = ops::reshape(tensor, {-1});
  for (int64_t i = 0; i < flat.numel(); ++i) numbers.push_back(ops::select(flat, 0, i).item());
  size_t next = 0;
  return list_of(numbers, tensor.sizes(), 0, next, number);
}
IValue wait_for(const IValue& future) {
  try {
    return future.future().wait();
  } catch (const LimitError&) {
    throw;
  } catch (const Error& error) {
    throw ForkedError(error.report());
  }
}
IValue range_list(int64_t count) {
  Ref<ListObject> list = ListObject::make(types::int_());
  for (int64_t i = 0; i < count; ++i) list->append(IValue(i));
  return IValue(std::move(list));
}
IValue same_list(const IValue& list) { return list; }

}  // namespace

void declare_builtins_values(OpSet& ops) {
  ops.add({.schema = "remove.int(int[](a!) self, int el) -> ()",
           .kernel = typed_kernel<&list_remove>(),
           .traits = OpTraits::language});
  ops.add({.schema = "count.int(int[] self, int el) -> int",
           .kernel = typed_kernel<&list_count>(),
           .traits = OpTraits::language});
  ops.add({.schema = "index.list_int(int[] self, int el) -> int",
           .kernel = typed_kernel<&list_index>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sorted.int(int[](a) input) -> int[]",
           .kernel = typed_kernel<&list_sorted>(),
           .traits = OpTraits::language});
  ops.add({.schema = "any.int(int[] self) -> bool", .kernel = typed_kernel<&any_of>(), .traits = OpTraits::language});
  ops.add({.schema = "all.int(int[] self) -> bool", .kernel = typed_kernel<&all_of>(), .traits = OpTraits::language});
  ops.add({.schema = "remove.float(float[](a!) self, float el) -> ()",
           .kernel = typed_kernel<&list_remove>(),
           .traits = OpTraits::language});
  ops.add({.schema = "count.float(float[] self, float el) -> int",
           .kernel = typed_kernel<&list_count>(),
           .traits = OpTraits::language});
  ops.add({.schema = "index.list_float(float[] self, float el) -> int",
           .kernel = typed_kernel<&list_index>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sorted.float(float[](a) input) -> float[]",
           .kernel = typed_kernel<&list_sorted>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "any.float(float[] self) -> bool", .kernel = typed_kernel<&any_of>(), .traits = OpTraits::language});
  ops.add(
      {.schema = "all.float(float[] self) -> bool", .kernel = typed_kernel<&all_of>(), .traits = OpTraits::language});
  ops.add({.schema = "remove.bool(bool[](a!) self, bool el) -> ()",
           .kernel = typed_kernel<&list_remove>(),
           .traits = OpTraits::language});
  ops.add({.schema = "count.bool(bool[] self, bool el) -> int",
           .kernel = typed_kernel<&list_count>(),
           .traits = OpTraits::language});
  ops.add({.schema = "index.list_bool(bool[] self, bool el) -> int",
           .kernel = typed_kernel<&list_index>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sorted.bool(bool[](a) input) -> bool[]",
           .kernel = typed_kernel<&list_sorted>(),
           .traits = OpTraits::language});
  ops.add({.schema = "any.bool(bool[] self) -> bool", .kernel = typed_kernel<&any_of>(), .traits = OpTraits::language});
  ops.add({.schema = "all.bool(bool[] self) -> bool", .kernel = typed_kernel<&all_of>(), .traits = OpTraits::language});
  ops.add({.schema = "remove.str(str[](a!) self, str el) -> ()",
           .kernel = typed_kernel<&list_remove>(),
           .traits = OpTraits::language});
  ops.add({.schema = "count.str(str[] self, str el) -> int",
           .kernel = typed_kernel<&list_count>(),
           .traits = OpTraits::language});
  ops.add({.schema = "index.list_str(str[] self, str el) -> int",
           .kernel = typed_kernel<&list_index>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sorted.str(str[](a) input) -> str[]",
           .kernel = typed_kernel<&list_sorted>(),
           .traits = OpTraits::language});
  ops.add({.schema = "any.str(str[] self) -> bool", .kernel = typed_kernel<&any_of>(), .traits = OpTraits::language});
  ops.add({.schema = "sorted.any(t[](a) self) -> t[]",
           .kernel = typed_kernel<&list_sorted>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sort.bool(bool[](a!) self, bool reverse=False) -> ()",
           .kernel = typed_kernel<&list_sort>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sort.str(str[](a!) self, bool reverse=False) -> ()",
           .kernel = typed_kernel<&list_sort>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sort.any(t[](a!) self, bool reverse=False) -> ()",
           .kernel = typed_kernel<&list_sort>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::max.int_list(int[] l, int[] r) -> int[]",
           .kernel = typed_kernel<&extreme_list<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::max.float_list(float[] l, float[] r) -> float[]",
           .kernel = typed_kernel<&extreme_list<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::max.self_float(float[] self) -> float",
           .kernel = typed_kernel<&extreme<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::max.bool_list(bool[] l, bool[] r) -> bool[]",
           .kernel = typed_kernel<&extreme_list<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::max.self_bool(bool[] self) -> bool",
           .kernel = typed_kernel<&extreme<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::min.int_list(int[] l, int[] r) -> int[]",
           .kernel = typed_kernel<&extreme_list<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::min.float_list(float[] l, float[] r) -> float[]",
           .kernel = typed_kernel<&extreme_list<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::min.self_float(float[] self) -> float",
           .kernel = typed_kernel<&extreme<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::min.bool_list(bool[] l, bool[] r) -> bool[]",
           .kernel = typed_kernel<&extreme_list<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::min.self_bool(bool[] self) -> bool",
           .kernel = typed_kernel<&extreme<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "sum.complex(complex[] self) -> complex",
           .kernel = typed_kernel<&sum_complex>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "sum.bool(bool[] self) -> int", .kernel = typed_kernel<&sum_bools>(), .traits = OpTraits::language});
  ops.add({.schema = "eq.bool_list(bool[] a, bool[] b) -> bool",
           .kernel = typed_kernel<&lists_compare<true>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne.bool_list(bool[] a, bool[] b) -> bool",
           .kernel = typed_kernel<&lists_compare<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne.float_list(float[] a, float[] b) -> bool",
           .kernel = typed_kernel<&lists_compare<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ne.str_list(str[] a, str[] b) -> bool",
           .kernel = typed_kernel<&lists_compare<false>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "select.t(t[](a) list, int idx) -> t(*)",
           .kernel = typed_kernel<&list_select>(),
           .traits = OpTraits::language});
  ops.add({.schema = "mul_.t(t[](a!) l, int n) -> t[](a!)",
           .kernel = typed_kernel<&list_repeat_in_place>(),
           .traits = OpTraits::language});
  ops.add({.schema = "len.any(Any[] a) -> int", .kernel = typed_kernel<&len_of_any>(), .traits = OpTraits::language});
  ops.add({.schema = "hash.generic(t value) -> int", .kernel = typed_kernel<&hash_of>(), .traits = OpTraits::language});
  ops.add(
      {.schema = "prim::id(AnyClassType? x) -> int", .kernel = typed_kernel<&id_of>(), .traits = OpTraits::language});
  ops.add({.schema = "prim::EnumValue.int(AnyEnumType enum) -> int",
           .kernel = typed_kernel<&enum_value>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::EnumValue.float(AnyEnumType enum) -> float",
           .kernel = typed_kernel<&enum_value>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::EnumValue.str(AnyEnumType enum) -> str",
           .kernel = typed_kernel<&enum_value>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::EnumName(AnyEnumType enum) -> str",
           .kernel = typed_kernel<&enum_name>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::type(Device self) -> str",
           .kernel = typed_kernel<&device_type>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::index(Device self) -> int?",
           .kernel = typed_kernel<&device_index>(),
           .traits = OpTraits::language});
  ops.add({.schema = "is_grad_enabled() -> bool",
           .kernel = typed_kernel<&is_grad_enabled>(),
           .traits = OpTraits::language | OpTraits::side_effects});
  ops.add({.schema = "is_scripting() -> bool", .kernel = typed_kernel<&always>(), .traits = OpTraits::language});
  // Functions of the Python library ask it of their arguments; compiled code takes it as false at compile time.
  ops.add(
      {.schema = "has_torch_function(...) -> bool", .kernel = typed_kernel<&never_of>(), .traits = OpTraits::language});
  ops.add({.schema = "is_autocast_enabled() -> bool", .kernel = typed_kernel<&never>(), .traits = OpTraits::language});
  ops.add(
      {.schema = "is_autocast_cpu_enabled() -> bool", .kernel = typed_kernel<&never>(), .traits = OpTraits::language});
  ops.add({.schema = "_get_tracing_state() -> bool", .kernel = typed_kernel<&never>(), .traits = OpTraits::language});
  ops.add({.schema = "prim::unchecked_unwrap_optional(t(a)? optional) -> t(a)",
           .kernel = typed_kernel<&unwrapped>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::tolist(...) -> ...", .kernel = typed_kernel<&tolist>(), .traits = OpTraits::language});
  ops.add({.schema = "prim::ModuleContainerIndex.list(Any self, int ind) -> Any",
           .kernel = typed_kernel<&part_at>(),
           .traits = OpTraits::language});
  ops.add({.schema = "prim::ModuleContainerIndex.dict(Any self, str ind) -> Any",
           .kernel = typed_kernel<&part_of_name>(),
           .traits = OpTraits::language});
  ops.add({.schema = "wait(Future(t) self) -> t",
           .kernel = typed_kernel<&wait_for>(),
           .traits = OpTraits::language | OpTraits::side_effects});
  ops.add({.schema = "prim::awaitable_wait(Await(t) self) -> t",
           .kernel = typed_kernel<&wait_for>(),
           .traits = OpTraits::language | OpTraits::side_effects});
  ops.add({.schema = "prim::rangelist(int n) -> int[]",
           .kernel = typed_kernel<&range_list>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Size(int[] sizes) -> int[]", .kernel = typed_kernel<&same_list>(), .traits = OpTraits::language});
  ops.add({.schema = "set_grad_enabled(bool val) -> ()",
           .kernel = typed_kernel<&set_grad_enabled>(),
           .traits = OpTraits::language | OpTraits::side_effects});
}

}  // namespace rushlight::ops
