/// Sets and frozensets of programs. PyTorch has none, so their operators stand in Rushlight's namespace. An operator of
/// two sets gives the kind of the first, as in Python.
#include <utility>

#include "base/text.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

IValue made(Ref<SetObject> set) { return IValue(std::move(set)); }
Ref<SetObject> of_list(ListObject& list, bool is_frozen) {
  auto set = make_ref<SetObject>(list.element_type(), is_frozen);
  for (size_t i = 0; i < list.size(); ++i) set->add(list.get(i));
  return set;
}
template <bool is_frozen>
IValue set_of_list(ListObject& list) {
  return made(of_list(list, is_frozen));
}
IValue elements(SetObject& set) {
  Ref<ListObject> list = ListObject::make(set.element_type);
  set.for_each([&](const IValue& element) { list->append(element); });
  return IValue(std::move(list));
}

int64_t size(SetObject& set) { return int64_t(set.size()); }
bool contains(SetObject& set, const IValue& element) { return set.contains(element); }
IValue copy(SetObject& set) { return made(set.copy(set.is_frozen)); }

// ---- Two sets

IValue set_union(SetObject& a, SetObject& b) {
  Ref<SetObject> result = a.copy(a.is_frozen);
  b.for_each([&](const IValue& element) { result->add(element); });
  return made(std::move(result));
}
/// The elements of `a` of which `b` has, or has not, an equal one.
Ref<SetObject> filtered(SetObject& a, SetObject& b, bool wanted) {
  auto result = make_ref<SetObject>(a.element_type, a.is_frozen);
  a.for_each([&](const IValue& element) {
    if (b.contains(element) == wanted) result->add(element);
  });
  return result;
}
IValue set_intersection(SetObject& a, SetObject& b) { return made(filtered(a, b, true)); }
IValue set_difference(SetObject& a, SetObject& b) { return made(filtered(a, b, false)); }
IValue set_symmetric_difference(SetObject& a, SetObject& b) {
  Ref<SetObject> result = filtered(a, b, false);
  b.for_each([&](const IValue& element) {
    if (!a.contains(element)) result->add(element);
  });
  return made(std::move(result));
}
bool set_eq(SetObject& a, SetObject& b) { return a.size() == b.size() && a.is_subset_of(b); }
bool set_ne(SetObject& a, SetObject& b) { return !set_eq(a, b); }
bool set_le(SetObject& a, SetObject& b) { return a.is_subset_of(b); }
bool set_ge(SetObject& a, SetObject& b) { return b.is_subset_of(a); }
bool set_lt(SetObject& a, SetObject& b) { return a.size() < b.size() && a.is_subset_of(b); }
bool set_gt(SetObject& a, SetObject& b) { return set_lt(b, a); }
bool set_isdisjoint(SetObject& a, SetObject& b) { return filtered(a, b, true)->size() == 0; }

/// Methods take lists too.
template <auto fn>
auto with_list(SetObject& a, ListObject& b) {
  const Ref<SetObject> other = of_list(b, /*is_frozen=*/false);
  return fn(a, *other);
}

// ---- Changes

void add(SetObject& set, const IValue& element) { set.add(element); }
void discard(SetObject& set, const IValue& element) { set.erase(element); }
void remove(SetObject& set, const IValue& element) {
  if (!set.erase(element)) throw KeyError(cat("KeyError: ", element.str()));
}
/// The first element: Python takes any.
IValue pop(SetObject& set) {
  if (set.size() == 0) throw KeyError("KeyError: 'pop from an empty set'");
  IValue first;
  bool found = false;
  set.for_each([&](const IValue& element) {
    if (!std::exchange(found, true)) first = element;
  });
  set.erase(first);
  return first;
}
void clear(SetObject& set) { set.clear(); }
void become(SetObject& set, const SetObject& other) {
  set.clear();
  other.for_each([&](const IValue& element) { set.add(element); });
}
template <auto fn>
void update_with(SetObject& set, SetObject& other) {
  const IValue result = fn(set, other);
  become(set, result.set());
}
void update(SetObject& set, SetObject& other) {
  const Ref<SetObject> added = other.copy(false);  // `s.update(s)` must end
  added->for_each([&](const IValue& element) { set.add(element); });
}

}  // namespace

/// The operator `name` of one kind of set with a second set of either kind.
#define RUSHLIGHT_SET_OPERATOR(name, Kind, kind, result, fn)                                                    \
  ops.add({.schema = "rushlight::" name "." kind "_set(" Kind "(t) self, Set(t) other) -> " result,             \
           .kernel = typed_kernel<&fn>(),                                                                       \
           .traits = kLanguage,                                                                                 \
           .doc = "sets"});                                                                                     \
  ops.add({.schema = "rushlight::" name "." kind "_frozenset(" Kind "(t) self, FrozenSet(t) other) -> " result, \
           .kernel = typed_kernel<&fn>(),                                                                       \
           .traits = kLanguage,                                                                                 \
           .doc = "sets"})
/// The same as a method, which takes lists too.
#define RUSHLIGHT_SET_METHOD(name, Kind, kind, result, fn)                                        \
  RUSHLIGHT_SET_OPERATOR(name, Kind, kind, result, fn);                                           \
  ops.add({.schema = "rushlight::" name "." kind "_list(" Kind "(t) self, t[] other) -> " result, \
           .kernel = typed_kernel<&with_list<&fn>>(),                                             \
           .traits = kLanguage,                                                                   \
           .doc = "sets"})
/// A method that changes a set by another, or by a list.
#define RUSHLIGHT_SET_UPDATE(name, fn)                                                           \
  ops.add({.schema = "rushlight::" name ".set(Set(t)(a!) self, Set(t) other) -> ()",             \
           .kernel = typed_kernel<&fn>(),                                                        \
           .traits = kLanguage,                                                                  \
           .doc = "sets"});                                                                      \
  ops.add({.schema = "rushlight::" name ".frozenset(Set(t)(a!) self, FrozenSet(t) other) -> ()", \
           .kernel = typed_kernel<&fn>(),                                                        \
           .traits = kLanguage,                                                                  \
           .doc = "sets"});                                                                      \
  ops.add({.schema = "rushlight::" name ".list(Set(t)(a!) self, t[] other) -> ()",               \
           .kernel = typed_kernel<&with_list<&fn>>(),                                            \
           .traits = kLanguage,                                                                  \
           .doc = "sets"})
/// What both kinds have.
#define RUSHLIGHT_SET_READERS(Kind, kind)                                                         \
  ops.add({.schema = "rushlight::len." kind "(" Kind "(t) self) -> int",                          \
           .kernel = typed_kernel<&size>(),                                                       \
           .traits = kLanguage,                                                                   \
           .doc = "sets"});                                                                       \
  ops.add({.schema = "rushlight::__contains__." kind "(" Kind "(t) self, t element) -> bool",     \
           .kernel = typed_kernel<&contains>(),                                                   \
           .traits = kLanguage,                                                                   \
           .doc = "sets"});                                                                       \
  ops.add({.schema = "rushlight::elements." kind "(" Kind "(t) self) -> t[]",                     \
           .kernel = typed_kernel<&elements>(),                                                   \
           .traits = kLanguage,                                                                   \
           .doc = "sets"});                                                                       \
  ops.add({.schema = "rushlight::copy." kind "(" Kind "(t) self) -> " Kind "(t)",                 \
           .kernel = typed_kernel<&copy>(),                                                       \
           .traits = kLanguage,                                                                   \
           .doc = "sets"});                                                                       \
  RUSHLIGHT_SET_OPERATOR("eq", Kind, kind, "bool", set_eq);                                       \
  RUSHLIGHT_SET_OPERATOR("ne", Kind, kind, "bool", set_ne);                                       \
  RUSHLIGHT_SET_OPERATOR("le", Kind, kind, "bool", set_le);                                       \
  RUSHLIGHT_SET_OPERATOR("ge", Kind, kind, "bool", set_ge);                                       \
  RUSHLIGHT_SET_OPERATOR("lt", Kind, kind, "bool", set_lt);                                       \
  RUSHLIGHT_SET_OPERATOR("gt", Kind, kind, "bool", set_gt);                                       \
  RUSHLIGHT_SET_OPERATOR("__or__", Kind, kind, Kind "(t)", set_union);                            \
  RUSHLIGHT_SET_OPERATOR("__and__", Kind, kind, Kind "(t)", set_intersection);                    \
  RUSHLIGHT_SET_OPERATOR("sub", Kind, kind, Kind "(t)", set_difference);                          \
  RUSHLIGHT_SET_OPERATOR("__xor__", Kind, kind, Kind "(t)", set_symmetric_difference);            \
  RUSHLIGHT_SET_METHOD("union", Kind, kind, Kind "(t)", set_union);                               \
  RUSHLIGHT_SET_METHOD("intersection", Kind, kind, Kind "(t)", set_intersection);                 \
  RUSHLIGHT_SET_METHOD("difference", Kind, kind, Kind "(t)", set_difference);                     \
  RUSHLIGHT_SET_METHOD("symmetric_difference", Kind, kind, Kind "(t)", set_symmetric_difference); \
  RUSHLIGHT_SET_METHOD("issubset", Kind, kind, "bool", set_le);                                   \
  RUSHLIGHT_SET_METHOD("issuperset", Kind, kind, "bool", set_ge);                                 \
  RUSHLIGHT_SET_METHOD("isdisjoint", Kind, kind, "bool", set_isdisjoint)

void declare_builtins_sets(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add({.schema = "rushlight::set.t(t[] l) -> Set(t)",
           .kernel = typed_kernel<&set_of_list<false>>(),
           .traits = kLanguage,
           .doc = "sets"});
  ops.add({.schema = "rushlight::frozenset.t(t[] l) -> FrozenSet(t)",
           .kernel = typed_kernel<&set_of_list<true>>(),
           .traits = kLanguage,
           .doc = "sets"});
  RUSHLIGHT_SET_READERS("Set", "set");
  RUSHLIGHT_SET_READERS("FrozenSet", "frozenset");
  ops.add({.schema = "rushlight::add.set(Set(t)(a!) self, t element) -> ()",
           .kernel = typed_kernel<&add>(),
           .traits = kLanguage,
           .doc = "sets"});
  ops.add({.schema = "rushlight::remove.set(Set(t)(a!) self, t element) -> ()",
           .kernel = typed_kernel<&remove>(),
           .traits = kLanguage,
           .doc = "sets"});
  ops.add({.schema = "rushlight::discard.set(Set(t)(a!) self, t element) -> ()",
           .kernel = typed_kernel<&discard>(),
           .traits = kLanguage,
           .doc = "sets"});
  ops.add({.schema = "rushlight::pop.set(Set(t)(a!) self) -> t",
           .kernel = typed_kernel<&pop>(),
           .traits = kLanguage,
           .doc = "sets"});
  ops.add({.schema = "rushlight::clear.set(Set(t)(a!) self) -> ()",
           .kernel = typed_kernel<&clear>(),
           .traits = kLanguage,
           .doc = "sets"});
  RUSHLIGHT_SET_UPDATE("update", update);
  RUSHLIGHT_SET_UPDATE("intersection_update", update_with<&set_intersection>);
  RUSHLIGHT_SET_UPDATE("difference_update", update_with<&set_difference>);
  RUSHLIGHT_SET_UPDATE("symmetric_difference_update", update_with<&set_symmetric_difference>);
}

}  // namespace rushlight::ops
