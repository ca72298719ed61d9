/// Dictionaries of programs, for each type of key.
#include <utility>

#include "base/text.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

int64_t dict_len(DictObject& dict) { return int64_t(dict.size()); }
[[noreturn]] void missing(const IValue& key) {
  throw KeyError(cat("KeyError: ", key.is_string() ? key.to_string() : key.str()));
}
IValue dict_get(DictObject& dict, const IValue& key) {
  const IValue* found = std::as_const(dict).find(key);
  if (!found) missing(key);
  return *found;
}
IValue dict_get_or_none(DictObject& dict, const IValue& key) {
  const IValue* found = std::as_const(dict).find(key);
  return found ? *found : IValue();
}
IValue dict_get_default(DictObject& dict, const IValue& key, const IValue& otherwise) {
  const IValue* found = std::as_const(dict).find(key);
  return found ? *found : otherwise;
}
void dict_set(DictObject& dict, const IValue& key, const IValue& value) { dict.insert_or_assign(key, value); }
IValue dict_set_default(DictObject& dict, const IValue& key, const IValue& value) {
  if (!std::as_const(dict).find(key)) dict.insert_or_assign(key, value);
  return *std::as_const(dict).find(key);
}
bool dict_contains(DictObject& dict, const IValue& key) { return std::as_const(dict).find(key) != nullptr; }
void dict_delete(DictObject& dict, const IValue& key) {
  if (!dict.erase(key)) missing(key);
}
IValue dict_pop(DictObject& dict, const IValue& key) {
  IValue value = dict_get(dict, key);
  dict.erase(key);
  return value;
}
IValue dict_pop_default(DictObject& dict, const IValue& key, const IValue& otherwise) {
  IValue value = dict_get_default(dict, key, otherwise);
  dict.erase(key);
  return value;
}
IValue pair_of(const IValue& key, const IValue& value) { return make_tuple({key, value}); }
/// The first pair, unlike Python's.
IValue dict_pop_item(DictObject& dict) {
  if (dict.size() == 0) throw RuntimeError("popitem(): dictionary is empty");
  IValue pair;
  bool first = true;
  dict.for_each([&](const IValue& key, const IValue& value) {
    if (std::exchange(first, false)) pair = pair_of(key, value);
  });
  const IValue key = pair.tuple().elements[0];
  dict.erase(key);
  return pair;
}
IValue dict_keys(DictObject& dict) {
  Ref<ListObject> keys = ListObject::make(dict.key_type);
  dict.for_each([&](const IValue& key, const IValue&) { keys->append(key); });
  return IValue(std::move(keys));
}
IValue dict_values(DictObject& dict) {
  Ref<ListObject> values = ListObject::make(dict.value_type);
  dict.for_each([&](const IValue&, const IValue& value) { values->append(value); });
  return IValue(std::move(values));
}
IValue dict_items(DictObject& dict) {
  Ref<ListObject> items = ListObject::make(types::tuple({dict.key_type, dict.value_type}));
  dict.for_each([&](const IValue& key, const IValue& value) { items->append(pair_of(key, value)); });
  return IValue(std::move(items));
}
void dict_clear(DictObject& dict) { dict.clear(); }
void dict_update(DictObject& dict, DictObject& other) {
  const Ref<DictObject> copy = other.copy();  // `d.update(d)` must end
  copy->for_each([&](const IValue& key, const IValue& value) { dict.insert_or_assign(key, value); });
}
IValue dict_copy(DictObject& dict) { return IValue(dict.copy()); }
IValue dict_of_pairs(ListObject& pairs) {
  const auto& parts = pairs.element_type()->expect<TupleType>().elements();
  auto dict = make_ref<DictObject>(parts[0], parts[1]);
  for (size_t i = 0; i < pairs.size(); ++i) {
    const IValue pair = pairs.get(i);
    dict->insert_or_assign(pair.tuple().elements[0], pair.tuple().elements[1]);
  }
  return IValue(std::move(dict));
}
IValue empty_dict() { return IValue(make_ref<DictObject>(types::string(), types::tensor())); }

}  // namespace

void declare_builtins_dicts(OpSet& ops) {
  ops.add(
      {.schema = "dict() -> Dict(str, Tensor)", .kernel = typed_kernel<&empty_dict>(), .traits = OpTraits::language});
  ops.add({.schema = "len.Dict_str(Dict(str, t) self) -> int",
           .kernel = typed_kernel<&dict_len>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__getitem__.Dict_str(Dict(str, t) self, str key) -> t(*)",
           .kernel = typed_kernel<&dict_get>(),
           .traits = OpTraits::language,
           .opcode = "dict.get"});
  ops.add({.schema = "_set_item.str(Dict(str, t)(a!) l, str(b -> *) idx, t(c -> *) v) -> ()",
           .kernel = typed_kernel<&dict_set>(),
           .traits = OpTraits::language,
           .opcode = "dict.set"});
  ops.add({.schema = "__contains__.str(Dict(str, t) dict, str key) -> bool",
           .kernel = typed_kernel<&dict_contains>(),
           .traits = OpTraits::language,
           .opcode = "dict.contains"});
  ops.add({.schema = "Delete.Dict_str(Dict(str, t)(a!) self, str key) -> ()",
           .kernel = typed_kernel<&dict_delete>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.str(Dict(str, t) self, str key) -> t(*)?",
           .kernel = typed_kernel<&dict_get_or_none>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.default_str(Dict(str, t) self, str key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_get_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "keys.str(Dict(str, t) self) -> str[](*)",
           .kernel = typed_kernel<&dict_keys>(),
           .traits = OpTraits::language});
  ops.add({.schema = "values.str(Dict(str, t) self) -> t[](*)",
           .kernel = typed_kernel<&dict_values>(),
           .traits = OpTraits::language});
  ops.add({.schema = "items.str(Dict(str, t) self) -> ((str, t)[])",
           .kernel = typed_kernel<&dict_items>(),
           .traits = OpTraits::language});
  ops.add({.schema = "clear.str(Dict(str, t)(a!) self) -> ()",
           .kernel = typed_kernel<&dict_clear>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_str(Dict(str, t)(a!) self, str key) -> t(*)",
           .kernel = typed_kernel<&dict_pop>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_default_str(Dict(str, t)(a!) self, str key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_pop_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "popitem.str(Dict(str, t)(a!) self) -> ((str, t))",
           .kernel = typed_kernel<&dict_pop_item>(),
           .traits = OpTraits::language});
  ops.add({.schema = "setdefault.str(Dict(str, t)(a!) self, str(b -> *) key, t(c -> *) default_value) -> t(*)",
           .kernel = typed_kernel<&dict_set_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "update.str(Dict(str, t)(a!) self, Dict(str, t)(a!) to_add) -> ()",
           .kernel = typed_kernel<&dict_update>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copy.Dict_str(Dict(str, t)(a) self) -> Dict(str, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.str((str, tVal)[] inputs) -> Dict(str, tVal)",
           .kernel = typed_kernel<&dict_of_pairs>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.Dict_str(Dict(str, t)(a) self) -> Dict(str, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "len.Dict_int(Dict(int, t) self) -> int",
           .kernel = typed_kernel<&dict_len>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__getitem__.Dict_int(Dict(int, t) self, int key) -> t(*)",
           .kernel = typed_kernel<&dict_get>(),
           .traits = OpTraits::language,
           .opcode = "dict.get"});
  ops.add({.schema = "_set_item.int(Dict(int, t)(a!) l, int(b -> *) idx, t(c -> *) v) -> ()",
           .kernel = typed_kernel<&dict_set>(),
           .traits = OpTraits::language,
           .opcode = "dict.set"});
  ops.add({.schema = "__contains__.int(Dict(int, t) dict, int key) -> bool",
           .kernel = typed_kernel<&dict_contains>(),
           .traits = OpTraits::language,
           .opcode = "dict.contains"});
  ops.add({.schema = "Delete.Dict_int(Dict(int, t)(a!) self, int key) -> ()",
           .kernel = typed_kernel<&dict_delete>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.int(Dict(int, t) self, int key) -> t(*)?",
           .kernel = typed_kernel<&dict_get_or_none>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.default_int(Dict(int, t) self, int key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_get_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "keys.int(Dict(int, t) self) -> int[](*)",
           .kernel = typed_kernel<&dict_keys>(),
           .traits = OpTraits::language});
  ops.add({.schema = "values.int(Dict(int, t) self) -> t[](*)",
           .kernel = typed_kernel<&dict_values>(),
           .traits = OpTraits::language});
  ops.add({.schema = "items.int(Dict(int, t) self) -> ((int, t)[])",
           .kernel = typed_kernel<&dict_items>(),
           .traits = OpTraits::language});
  ops.add({.schema = "clear.int(Dict(int, t)(a!) self) -> ()",
           .kernel = typed_kernel<&dict_clear>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_int(Dict(int, t)(a!) self, int key) -> t(*)",
           .kernel = typed_kernel<&dict_pop>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_default_int(Dict(int, t)(a!) self, int key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_pop_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "popitem.int(Dict(int, t)(a!) self) -> ((int, t))",
           .kernel = typed_kernel<&dict_pop_item>(),
           .traits = OpTraits::language});
  ops.add({.schema = "setdefault.int(Dict(int, t)(a!) self, int(b -> *) key, t(c -> *) default_value) -> t(*)",
           .kernel = typed_kernel<&dict_set_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "update.int(Dict(int, t)(a!) self, Dict(int, t)(a!) to_add) -> ()",
           .kernel = typed_kernel<&dict_update>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copy.Dict_int(Dict(int, t)(a) self) -> Dict(int, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.int((int, tVal)[] inputs) -> Dict(int, tVal)",
           .kernel = typed_kernel<&dict_of_pairs>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.Dict_int(Dict(int, t)(a) self) -> Dict(int, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "len.Dict_bool(Dict(bool, t) self) -> int",
           .kernel = typed_kernel<&dict_len>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__getitem__.Dict_bool(Dict(bool, t) self, bool key) -> t(*)",
           .kernel = typed_kernel<&dict_get>(),
           .traits = OpTraits::language});
  ops.add({.schema = "_set_item.bool(Dict(bool, t)(a!) l, bool(b -> *) idx, t(c -> *) v) -> ()",
           .kernel = typed_kernel<&dict_set>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__contains__.bool(Dict(bool, t) dict, bool key) -> bool",
           .kernel = typed_kernel<&dict_contains>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Delete.Dict_bool(Dict(bool, t)(a!) self, bool key) -> ()",
           .kernel = typed_kernel<&dict_delete>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.bool(Dict(bool, t) self, bool key) -> t(*)?",
           .kernel = typed_kernel<&dict_get_or_none>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.default_bool(Dict(bool, t) self, bool key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_get_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "keys.bool(Dict(bool, t) self) -> bool[](*)",
           .kernel = typed_kernel<&dict_keys>(),
           .traits = OpTraits::language});
  ops.add({.schema = "values.bool(Dict(bool, t) self) -> t[](*)",
           .kernel = typed_kernel<&dict_values>(),
           .traits = OpTraits::language});
  ops.add({.schema = "items.bool(Dict(bool, t) self) -> ((bool, t)[])",
           .kernel = typed_kernel<&dict_items>(),
           .traits = OpTraits::language});
  ops.add({.schema = "clear.bool(Dict(bool, t)(a!) self) -> ()",
           .kernel = typed_kernel<&dict_clear>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_bool(Dict(bool, t)(a!) self, bool key) -> t(*)",
           .kernel = typed_kernel<&dict_pop>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_default_bool(Dict(bool, t)(a!) self, bool key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_pop_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "popitem.bool(Dict(bool, t)(a!) self) -> ((bool, t))",
           .kernel = typed_kernel<&dict_pop_item>(),
           .traits = OpTraits::language});
  ops.add({.schema = "setdefault.bool(Dict(bool, t)(a!) self, bool(b -> *) key, t(c -> *) default_value) -> t(*)",
           .kernel = typed_kernel<&dict_set_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "update.bool(Dict(bool, t)(a!) self, Dict(bool, t)(a!) to_add) -> ()",
           .kernel = typed_kernel<&dict_update>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copy.Dict_bool(Dict(bool, t)(a) self) -> Dict(bool, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.bool((bool, tVal)[] inputs) -> Dict(bool, tVal)",
           .kernel = typed_kernel<&dict_of_pairs>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.Dict_bool(Dict(bool, t)(a) self) -> Dict(bool, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "len.Dict_float(Dict(float, t) self) -> int",
           .kernel = typed_kernel<&dict_len>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__getitem__.Dict_float(Dict(float, t) self, float key) -> t(*)",
           .kernel = typed_kernel<&dict_get>(),
           .traits = OpTraits::language});
  ops.add({.schema = "_set_item.float(Dict(float, t)(a!) l, float(b -> *) idx, t(c -> *) v) -> ()",
           .kernel = typed_kernel<&dict_set>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__contains__.float(Dict(float, t) dict, float key) -> bool",
           .kernel = typed_kernel<&dict_contains>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Delete.Dict_float(Dict(float, t)(a!) self, float key) -> ()",
           .kernel = typed_kernel<&dict_delete>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.float(Dict(float, t) self, float key) -> t(*)?",
           .kernel = typed_kernel<&dict_get_or_none>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.default_float(Dict(float, t) self, float key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_get_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "keys.float(Dict(float, t) self) -> float[](*)",
           .kernel = typed_kernel<&dict_keys>(),
           .traits = OpTraits::language});
  ops.add({.schema = "values.float(Dict(float, t) self) -> t[](*)",
           .kernel = typed_kernel<&dict_values>(),
           .traits = OpTraits::language});
  ops.add({.schema = "items.float(Dict(float, t) self) -> ((float, t)[])",
           .kernel = typed_kernel<&dict_items>(),
           .traits = OpTraits::language});
  ops.add({.schema = "clear.float(Dict(float, t)(a!) self) -> ()",
           .kernel = typed_kernel<&dict_clear>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_float(Dict(float, t)(a!) self, float key) -> t(*)",
           .kernel = typed_kernel<&dict_pop>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_default_float(Dict(float, t)(a!) self, float key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_pop_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "popitem.float(Dict(float, t)(a!) self) -> ((float, t))",
           .kernel = typed_kernel<&dict_pop_item>(),
           .traits = OpTraits::language});
  ops.add({.schema = "setdefault.float(Dict(float, t)(a!) self, float(b -> *) key, t(c -> *) default_value) -> t(*)",
           .kernel = typed_kernel<&dict_set_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "update.float(Dict(float, t)(a!) self, Dict(float, t)(a!) to_add) -> ()",
           .kernel = typed_kernel<&dict_update>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copy.Dict_float(Dict(float, t)(a) self) -> Dict(float, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.float((float, tVal)[] inputs) -> Dict(float, tVal)",
           .kernel = typed_kernel<&dict_of_pairs>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.Dict_float(Dict(float, t)(a) self) -> Dict(float, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "len.Dict_complex(Dict(complex, t) self) -> int",
           .kernel = typed_kernel<&dict_len>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__getitem__.Dict_complex(Dict(complex, t) self, complex key) -> t(*)",
           .kernel = typed_kernel<&dict_get>(),
           .traits = OpTraits::language});
  ops.add({.schema = "_set_item.complex(Dict(complex, t)(a!) l, complex(b -> *) idx, t(c -> *) v) -> ()",
           .kernel = typed_kernel<&dict_set>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__contains__.complex(Dict(complex, t) dict, complex key) -> bool",
           .kernel = typed_kernel<&dict_contains>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Delete.Dict_complex(Dict(complex, t)(a!) self, complex key) -> ()",
           .kernel = typed_kernel<&dict_delete>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.complex(Dict(complex, t) self, complex key) -> t(*)?",
           .kernel = typed_kernel<&dict_get_or_none>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.default_complex(Dict(complex, t) self, complex key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_get_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "keys.complex(Dict(complex, t) self) -> complex[](*)",
           .kernel = typed_kernel<&dict_keys>(),
           .traits = OpTraits::language});
  ops.add({.schema = "values.complex(Dict(complex, t) self) -> t[](*)",
           .kernel = typed_kernel<&dict_values>(),
           .traits = OpTraits::language});
  ops.add({.schema = "items.complex(Dict(complex, t) self) -> ((complex, t)[])",
           .kernel = typed_kernel<&dict_items>(),
           .traits = OpTraits::language});
  ops.add({.schema = "clear.complex(Dict(complex, t)(a!) self) -> ()",
           .kernel = typed_kernel<&dict_clear>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_complex(Dict(complex, t)(a!) self, complex key) -> t(*)",
           .kernel = typed_kernel<&dict_pop>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_default_complex(Dict(complex, t)(a!) self, complex key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_pop_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "popitem.complex(Dict(complex, t)(a!) self) -> ((complex, t))",
           .kernel = typed_kernel<&dict_pop_item>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "setdefault.complex(Dict(complex, t)(a!) self, complex(b -> *) key, t(c -> *) default_value) -> t(*)",
       .kernel = typed_kernel<&dict_set_default>(),
       .traits = OpTraits::language});
  ops.add({.schema = "update.complex(Dict(complex, t)(a!) self, Dict(complex, t)(a!) to_add) -> ()",
           .kernel = typed_kernel<&dict_update>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copy.Dict_complex(Dict(complex, t)(a) self) -> Dict(complex, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.complex((complex, tVal)[] inputs) -> Dict(complex, tVal)",
           .kernel = typed_kernel<&dict_of_pairs>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.Dict_complex(Dict(complex, t)(a) self) -> Dict(complex, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "len.Dict_Tensor(Dict(Tensor, t) self) -> int",
           .kernel = typed_kernel<&dict_len>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__getitem__.Dict_Tensor(Dict(Tensor, t) self, Tensor key) -> t(*)",
           .kernel = typed_kernel<&dict_get>(),
           .traits = OpTraits::language});
  ops.add({.schema = "_set_item.Tensor(Dict(Tensor, t)(a!) l, Tensor(b -> *) idx, t(c -> *) v) -> ()",
           .kernel = typed_kernel<&dict_set>(),
           .traits = OpTraits::language});
  ops.add({.schema = "__contains__.Tensor(Dict(Tensor, t) dict, Tensor key) -> bool",
           .kernel = typed_kernel<&dict_contains>(),
           .traits = OpTraits::language});
  ops.add({.schema = "Delete.Dict_Tensor(Dict(Tensor, t)(a!) self, Tensor key) -> ()",
           .kernel = typed_kernel<&dict_delete>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.Tensor(Dict(Tensor, t) self, Tensor key) -> t(*)?",
           .kernel = typed_kernel<&dict_get_or_none>(),
           .traits = OpTraits::language});
  ops.add({.schema = "get.default_Tensor(Dict(Tensor, t) self, Tensor key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_get_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "keys.Tensor(Dict(Tensor, t) self) -> Tensor[](*)",
           .kernel = typed_kernel<&dict_keys>(),
           .traits = OpTraits::language});
  ops.add({.schema = "values.Tensor(Dict(Tensor, t) self) -> t[](*)",
           .kernel = typed_kernel<&dict_values>(),
           .traits = OpTraits::language});
  ops.add({.schema = "items.Tensor(Dict(Tensor, t) self) -> ((Tensor, t)[])",
           .kernel = typed_kernel<&dict_items>(),
           .traits = OpTraits::language});
  ops.add({.schema = "clear.Tensor(Dict(Tensor, t)(a!) self) -> ()",
           .kernel = typed_kernel<&dict_clear>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_Tensor(Dict(Tensor, t)(a!) self, Tensor key) -> t(*)",
           .kernel = typed_kernel<&dict_pop>(),
           .traits = OpTraits::language});
  ops.add({.schema = "pop.Dict_default_Tensor(Dict(Tensor, t)(a!) self, Tensor key, t default_value) -> t(*)",
           .kernel = typed_kernel<&dict_pop_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "popitem.Tensor(Dict(Tensor, t)(a!) self) -> ((Tensor, t))",
           .kernel = typed_kernel<&dict_pop_item>(),
           .traits = OpTraits::language});
  ops.add({.schema = "setdefault.Tensor(Dict(Tensor, t)(a!) self, Tensor(b -> *) key, t(c -> *) default_value) -> t(*)",
           .kernel = typed_kernel<&dict_set_default>(),
           .traits = OpTraits::language});
  ops.add({.schema = "update.Tensor(Dict(Tensor, t)(a!) self, Dict(Tensor, t)(a!) to_add) -> ()",
           .kernel = typed_kernel<&dict_update>(),
           .traits = OpTraits::language});
  ops.add({.schema = "copy.Dict_Tensor(Dict(Tensor, t)(a) self) -> Dict(Tensor, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.Tensor((Tensor, tVal)[] inputs) -> Dict(Tensor, tVal)",
           .kernel = typed_kernel<&dict_of_pairs>(),
           .traits = OpTraits::language});
  ops.add({.schema = "dict.Dict_Tensor(Dict(Tensor, t)(a) self) -> Dict(Tensor, t)",
           .kernel = typed_kernel<&dict_copy>(),
           .traits = OpTraits::language});
}

}  // namespace rushlight::ops
