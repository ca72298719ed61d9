#include "script_containers.h"

#include "base/text.h"
#include "convert.h"
#include "errors.h"
#include "script_values.h"

namespace rushlight::python {
namespace {

/// A value of a container's own type. What does not fit is an error without a text, as in PyTorch.
template <class Refusal = TypeError>
IValue fitting(nb::handle object, const Type& type) {
  try {
    return to_value(object, type);
  } catch (const CastError&) {
    throw Refusal("");
  }
}

[[noreturn]] void cannot_infer(const char* what, const std::string& reason) {
  throw ScriptRaisedError(cat("Unable to infer type of ", what, ": ", reason));
}

// ---- Lists

const Type& element_type(const ScriptList& self) { return *self.list->element_type(); }

ScriptList make_list(const nb::list& elements) {
  // Nothing is known of the elements of an empty list: tensors.
  if (elements.size() == 0) return {ListObject::make(types::tensor())};
  const InferredType inferred = infer_type(elements);
  if (!inferred.type) cannot_infer("list", inferred.reason);
  return {to_value(elements, *inferred.type).list_ref()};
}

/// From the end if it is negative. `end` is the first place that is none.
size_t place_in(const ScriptList& self, int64_t index, const char* message, size_t end) {
  if (index < 0) index += int64_t(self.list->size());
  if (index < 0 || index >= int64_t(end)) throw IndexError(message);
  return size_t(index);
}
size_t place_of(const ScriptList& self, int64_t index, const char* message = "") {
  return place_in(self, index, message, self.list->size());
}

constexpr const char* kOutOfRange = "list index out of range";

struct Places {
  size_t start, count;
  Py_ssize_t step;
  size_t operator[](size_t i) const { return size_t(Py_ssize_t(start) + Py_ssize_t(i) * step); }
};
Places places_of(const ScriptList& self, const nb::slice& slice) {
  Py_ssize_t start, stop, step;
  checked(PySlice_Unpack(slice.ptr(), &start, &stop, &step));
  const Py_ssize_t count = PySlice_AdjustIndices(Py_ssize_t(self.list->size()), &start, &stop, step);
  return {size_t(start), size_t(count), step};
}

nb::object get_item(const ScriptList& self, int64_t index) {
  return nb::steal(to_python(self.list->get(place_of(self, index))));
}
ScriptList get_slice(const ScriptList& self, const nb::slice& slice) {
  const Places places = places_of(self, slice);
  ScriptList part{ListObject::make(self.list->element_type())};
  for (size_t i = 0; i < places.count; ++i) part.list->append(self.list->get(places[i]));
  return part;
}
void set_item(const ScriptList& self, int64_t index, nb::handle value) {
  IValue made = fitting(value, element_type(self));
  self.list->set(place_of(self, index), std::move(made));
}
void set_slice(const ScriptList& self, const nb::slice& slice, const nb::list& values) {
  const Places places = places_of(self, slice);
  if (places.count != values.size())
    throw RuntimeError("Left and right hand size of slice assignment have different sizes");
  for (size_t i = 0; i < places.count; ++i) self.list->set(places[i], fitting(values[i], element_type(self)));
}

int64_t count(const ScriptList& self, nb::handle value) {
  const IValue wanted = fitting(value, element_type(self));
  int64_t found = 0;
  for (size_t i = 0; i < self.list->size(); ++i) found += self.list->get(i).equals(wanted);
  return found;
}
void remove(const ScriptList& self, nb::handle value) {
  const IValue wanted = fitting(value, element_type(self));
  for (size_t i = 0; i < self.list->size(); ++i)
    if (self.list->get(i).equals(wanted)) return self.list->erase(i, i + 1);
  throw ValueError("");
}
/// All elements fit, or none is added.
void extend(const ScriptList& self, nb::handle values) {
  std::vector<IValue> made;
  for (nb::handle value : values) made.push_back(fitting(value, element_type(self)));
  for (IValue& value : made) self.list->append(std::move(value));
}
void insert(const ScriptList& self, int64_t index, nb::handle value) {
  IValue made = fitting(value, element_type(self));
  self.list->insert(place_in(self, index, kOutOfRange, self.list->size() + 1), std::move(made));
}
nb::object pop_at(const ScriptList& self, size_t at) {
  const IValue taken = self.list->get(at);
  self.list->erase(at, at + 1);
  return nb::steal(to_python(taken));
}
nb::object pop_last(const ScriptList& self) {
  const size_t size = self.list->size();
  if (size == 0)
    throw IndexError(cat("vector::_M_range_check: __n (which is ", SIZE_MAX, ") >= this->size() (which is 0)"));
  return pop_at(self, size - 1);
}

nb::list plain(const ScriptList& self) { return nb::steal<nb::list>(to_python(IValue(self.list))); }

/// Ends where the list ended when the loop began, or earlier if it became shorter. Iterating over an iterator goes on
/// in a copy of it, as in PyTorch.
struct ScriptListIterator {
  Ref<ListObject> list;
  size_t next, end;
};

void bind_list(nb::module_& m) {
  nb::class_<ScriptListIterator>(m, "ScriptListIterator")
      .def("__iter__", [](const ScriptListIterator& self) { return self; })
      .def("__next__", [](ScriptListIterator& self) {
        if (self.next >= std::min(self.end, self.list->size())) throw nb::stop_iteration();
        return nb::steal(to_python(self.list->get(self.next++)));
      });
  nb::class_<ScriptList>(m, "ScriptList", "A list that Python and compiled code share.")
      .def(
          "__init__", [](ScriptList* self, const nb::list& elements) { new (self) ScriptList(make_list(elements)); },
          nb::arg("elements"))
      .def("__repr__", [](const ScriptList& self) { return nb::steal(to_str(IValue(self.list).str())); })
      .def("__bool__", [](const ScriptList& self) { return self.list->size() != 0; })
      .def("__len__", [](const ScriptList& self) { return self.list->size(); })
      .def(
          "__contains__", [](const ScriptList& self, nb::handle value) { return count(self, value) != 0; },
          nb::arg("value").none())
      .def("__iter__",
           [](const ScriptList& self) {
             return ScriptListIterator{self.list, 0, self.list->size()};
           })
      .def("__getitem__", &get_item)
      .def("__getitem__", &get_slice)
      .def("__setitem__", &set_item, nb::arg("index"), nb::arg("value").none())
      .def("__setitem__", &set_slice, nb::arg("slice"), nb::arg("values"))
      .def("__delitem__",
           [](const ScriptList& self, int64_t index) {
             const size_t at = place_of(self, index);
             self.list->erase(at, at + 1);
           })
      .def("count", &count, nb::arg("value").none())
      .def("remove", &remove, nb::arg("value").none())
      .def(
          "append",
          [](const ScriptList& self, nb::handle value) { self.list->append(fitting(value, element_type(self))); },
          nb::arg("value").none())
      .def("clear", [](const ScriptList& self) { self.list->clear(); })
      .def(
          "extend", [](const ScriptList& self, const nb::iterable& values) { extend(self, values); }, nb::arg("values"))
      .def("insert", &insert, nb::arg("index"), nb::arg("value").none())
      .def("pop", &pop_last)
      .def("pop",
           [](const ScriptList& self, int64_t index) { return pop_at(self, place_of(self, index, kOutOfRange)); })
      // Copies and pickles are lists of Python, whose type is found again.
      .def("__reduce__", [](const ScriptList& self) {
        nb::object make = nb::module_::import_("rushlight.jit._script").attr("_script_list");
        return nb::make_tuple(make, nb::make_tuple(plain(self)));
      });
}

// ---- Dictionaries

ScriptDict make_dict(const nb::dict& entries) {
  if (entries.size() == 0) return {make_ref<DictObject>(types::string(), types::tensor())};
  const InferredType inferred = infer_type(entries);
  if (!inferred.type) cannot_infer("dictionary", inferred.reason);
  return {to_value(entries, *inferred.type).dict_ref()};
}

/// What a loop goes through: the entries as they were when it began.
struct ScriptDictKeyIterator {
  std::vector<IValue> keys;
  size_t next = 0;
};
struct ScriptDictIterator {
  std::vector<std::pair<IValue, IValue>> entries;
  size_t next = 0;
};
ScriptDictKeyIterator keys(const ScriptDict& self) {
  ScriptDictKeyIterator made;
  self.dict->for_each([&](const IValue& key, const IValue&) { made.keys.push_back(key); });
  return made;
}
ScriptDictIterator items(const ScriptDict& self) {
  ScriptDictIterator made;
  self.dict->for_each([&](const IValue& key, const IValue& value) { made.entries.emplace_back(key, value); });
  return made;
}

void bind_dict(nb::module_& m) {
  nb::class_<ScriptDictKeyIterator>(m, "ScriptDictKeyIterator")
      .def("__iter__", [](const ScriptDictKeyIterator& self) { return self; })
      .def("__next__", [](ScriptDictKeyIterator& self) {
        if (self.next == self.keys.size()) throw nb::stop_iteration();
        return nb::steal(to_python(self.keys[self.next++]));
      });
  nb::class_<ScriptDictIterator>(m, "ScriptDictIterator")
      .def("__iter__", [](const ScriptDictIterator& self) { return self; })
      .def("__next__", [](ScriptDictIterator& self) {
        if (self.next == self.entries.size()) throw nb::stop_iteration();
        const auto& [key, value] = self.entries[self.next++];
        return nb::make_tuple(nb::steal(to_python(key)), nb::steal(to_python(value)));
      });
  nb::class_<ScriptDict>(m, "ScriptDict", "A dictionary that Python and compiled code share.")
      .def(
          "__init__", [](ScriptDict* self, const nb::dict& entries) { new (self) ScriptDict(make_dict(entries)); },
          nb::arg("entries"))
      .def("__repr__", [](const ScriptDict& self) { return nb::steal(to_str(IValue(self.dict).str())); })
      .def("__bool__", [](const ScriptDict& self) { return self.dict->size() != 0; })
      .def("__len__", [](const ScriptDict& self) { return self.dict->size(); })
      .def(
          "__contains__",
          [](const ScriptDict& self, nb::handle key) {
            return self.dict->find(fitting<KeyError>(key, *self.dict->key_type)) != nullptr;
          },
          nb::arg("key").none())
      .def("__iter__", &keys)
      .def("keys", &keys)
      .def("items", &items)
      .def(
          "__getitem__",
          [](const ScriptDict& self, nb::handle key) {
            const IValue* found = self.dict->find(fitting<KeyError>(key, *self.dict->key_type));
            if (!found) throw KeyError("");
            return nb::steal(to_python(*found));
          },
          nb::arg("key").none())
      .def(
          "__setitem__",
          [](const ScriptDict& self, nb::handle key, nb::handle value) {
            const IValue new_key = fitting(key, *self.dict->key_type);
            self.dict->insert_or_assign(new_key, fitting(value, *self.dict->value_type));
          },
          nb::arg("key").none(), nb::arg("value").none())
      .def(
          "__delitem__",
          [](const ScriptDict& self, nb::handle key) {
            if (!self.dict->erase(fitting(key, *self.dict->key_type))) throw KeyError("");
          },
          nb::arg("key").none())
      .def("__reduce__",
           [](const ScriptDict&) -> nb::object { throw TypeError("cannot pickle 'torch._C.ScriptDict' object"); });
}

template <class Container>
Container* held(nb::handle object) {
  Container* found = nullptr;
  return nb::try_cast(object, found) ? found : nullptr;
}

}  // namespace

ScriptList* script_list_of(nb::handle object) { return held<ScriptList>(object); }
ScriptDict* script_dict_of(nb::handle object) { return held<ScriptDict>(object); }

void bind_script_containers(nb::module_& m) {
  bind_list(m);
  bind_dict(m);
}

}  // namespace rushlight::python
