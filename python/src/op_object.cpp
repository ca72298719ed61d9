#include "op_object.h"

#include <structmember.h>

#include <set>

#include "base/text.h"
#include "tensor_object.h"

namespace rushlight::python {
namespace {

/// The overloads are looked up at the first call: importing the package makes some hundreds of these.
struct OpObject {
  PyObject_HEAD vectorcallfunc vectorcall;
  const std::string* name;
  const OverloadSet* overloads;
};

PyTypeObject* function_type = nullptr;
PyTypeObject* method_type = nullptr;

const OverloadSet* find_set(PyObject* object) {
  OpObject* op = reinterpret_cast<OpObject*>(object);
  if (!op->overloads)
    op->overloads = Py_TYPE(object) == method_type ? find_method(*op->name) : find_function(*op->name);
  return op->overloads;
}
const OverloadSet& set_of(PyObject* object) {
  const OverloadSet* set = find_set(object);
  if (!set)
    throw NotImplementedError(cat(*reinterpret_cast<OpObject*>(object)->name, "() cannot be called from Python"));
  return *set;
}
const std::string& name_of(PyObject* object) { return *reinterpret_cast<OpObject*>(object)->name; }

PyObject* call_function(PyObject* callable, PyObject* const* arguments, size_t count, PyObject* keyword_names) {
  return guarded([&] {
    return set_of(callable).call(
        {.positional = arguments, .count = size_t(PyVectorcall_NARGS(count)), .keyword_names = keyword_names});
  });
}

PyObject* call_method(PyObject* callable, PyObject* const* arguments, size_t flagged_count, PyObject* keyword_names) {
  return guarded([&]() -> PyObject* {
    const size_t count = size_t(PyVectorcall_NARGS(flagged_count));
    const std::string& name = name_of(callable);
    if (count == 0) throw TypeError(cat("unbound method TensorBase.", name, "() needs an argument"));
    if (!is_tensor(arguments[0]))
      throw TypeError(cat("descriptor '", name, "' for 'torch._C.TensorBase' objects doesn't apply to a '",
                          type_name_of(arguments[0]), "' object"));
    return set_of(callable).call(
        {.self = arguments[0], .positional = arguments + 1, .count = count - 1, .keyword_names = keyword_names});
  });
}

PyObject* bind_method(PyObject* callable, PyObject* self, PyObject*) {
  return self && self != Py_None ? PyMethod_New(callable, self) : new_reference(callable);
}

PyObject* function_repr(PyObject* self) {
  return guarded([&] { return to_str(cat("<built-in method ", name_of(self), " of type object>")); });
}
PyObject* method_repr(PyObject* self) {
  return guarded([&] { return to_str(cat("<method '", name_of(self), "' of 'torch._C.TensorBase' objects>")); });
}

PyObject* get_name(PyObject* self, void*) {
  return guarded([&] { return to_str(name_of(self)); });
}
PyObject* get_method_qualname(PyObject* self, void*) {
  return guarded([&] { return to_str(cat("TensorBase.", name_of(self))); });
}
PyObject* get_doc(PyObject* self, void*) {
  return guarded([&] {
    std::string text;
    for (const Signature& signature : set_of(self).signatures()) text += cat(name_of(self), signature.str(), "\n");
    const std::string_view doc = set_of(self).signatures()[0].op->declaration().doc;
    return to_str(doc.empty() ? text : cat(text, "\n", doc, "\n"));
  });
}
PyObject* get_schemas(PyObject* self, void*) {
  return guarded([&] {
    nb::list schemas;
    for (const Signature& signature : set_of(self).signatures())
      schemas.append(nb::steal(to_str(signature.op->schema().str())));
    return nb::object(schemas).release().ptr();
  });
}
PyObject* function_reduce(PyObject* self, PyObject*) {
  return guarded([&] {
    nb::object get = nb::module_::import_("rushlight._C").attr("_find_function");
    return nb::make_tuple(get, nb::make_tuple(nb::steal(to_str(name_of(self))))).release().ptr();
  });
}
PyObject* method_reduce(PyObject* self, PyObject*) {
  return guarded([&] {
    nb::object get = nb::module_::import_("rushlight._C").attr("_make_method");
    return nb::make_tuple(get, nb::make_tuple(nb::steal(to_str(name_of(self))))).release().ptr();
  });
}

PyMemberDef members[] = {{"__vectorcalloffset__", T_PYSSIZET, offsetof(OpObject, vectorcall), READONLY, nullptr},
                         {nullptr, 0, 0, 0, nullptr}};
PyMethodDef function_methods[] = {{"__reduce__", function_reduce, METH_NOARGS, nullptr},
                                  {nullptr, nullptr, 0, nullptr}};
PyMethodDef method_methods[] = {{"__reduce__", method_reduce, METH_NOARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};
PyGetSetDef function_properties[] = {
    {"__name__", get_name, nullptr, nullptr, nullptr},
    {"__qualname__", get_name, nullptr, nullptr, nullptr},
    {"__doc__", get_doc, nullptr, nullptr, nullptr},
    {"_schemas", get_schemas, nullptr, "The schemas, in the order in which they are tried.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};
PyGetSetDef method_properties[] = {
    {"__name__", get_name, nullptr, nullptr, nullptr},
    {"__qualname__", get_method_qualname, nullptr, nullptr, nullptr},
    {"__doc__", get_doc, nullptr, nullptr, nullptr},
    {"_schemas", get_schemas, nullptr, "The schemas, in the order in which they are tried.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

/// Names live as long as the process, as the overload sets do.
const std::string* kept(std::string_view name) {
  static auto* names = new std::set<std::string>;
  return &*names->emplace(name).first;
}

nb::object make_callable(PyTypeObject* type, vectorcallfunc call, std::string_view name, const OverloadSet* set) {
  nb::object object = owned(PyType_GenericAlloc(type, 0));
  OpObject* op = reinterpret_cast<OpObject*>(object.ptr());
  op->vectorcall = call;
  op->name = kept(name);
  op->overloads = set;
  return object;
}

}  // namespace

std::vector<std::string> callable_names(bool as_method) {
  std::set<std::string> names;
  for (const Operator* op : all_operators()) {
    const std::string& name = op->schema().name;
    if (!name.starts_with("aten::") || op->form() == Operator::Form::out || op->has(OpTraits::language)) continue;
    if (op->has(as_method ? OpTraits::no_method : OpTraits::no_function)) continue;
    if (as_method && !op->schema().find_argument("self")) continue;
    names.insert(name.substr(6));
  }
  return {names.begin(), names.end()};
}

nb::object make_function(const OverloadSet& set) {
  return make_callable(function_type, &call_function, set.name(), &set);
}

const OverloadSet* overloads_of(PyObject* object) {
  const bool is_op = Py_TYPE(object) == function_type || Py_TYPE(object) == method_type;
  return is_op ? find_set(object) : nullptr;
}

void bind_op_objects(nb::module_& m) {
  PyType_Slot function_slots[] = {{Py_tp_call, reinterpret_cast<void*>(&PyVectorcall_Call)},
                                  {Py_tp_repr, reinterpret_cast<void*>(&function_repr)},
                                  {Py_tp_members, members},
                                  {Py_tp_getset, function_properties},
                                  {Py_tp_methods, function_methods},
                                  {0, nullptr}};
  PyType_Spec function_spec = {"torch._C.OperatorFunction", sizeof(OpObject), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, function_slots};
  function_type = add_type(m, function_spec);
  PyType_Slot method_slots[] = {{Py_tp_call, reinterpret_cast<void*>(&PyVectorcall_Call)},
                                {Py_tp_repr, reinterpret_cast<void*>(&method_repr)},
                                {Py_tp_descr_get, reinterpret_cast<void*>(&bind_method)},
                                {Py_tp_members, members},
                                {Py_tp_getset, method_properties},
                                {Py_tp_methods, method_methods},
                                {0, nullptr}};
  PyType_Spec method_spec = {"torch._C.OperatorMethod", sizeof(OpObject), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
                             method_slots};
  method_type = add_type(m, method_spec);

  m.def(
      "_find_function",
      [](nb::str name) -> nb::object {
        const OverloadSet* set = find_function(str_view(name.ptr()));
        return set ? make_function(*set) : nb::none();
      },
      "The operator of that name as a function, or None.");
  m.def(
      "_make_method",
      [](nb::str name) { return make_callable(method_type, &call_method, str_view(name.ptr()), nullptr); },
      "The operator of that name as a method of tensors.");
  m.def(
      "_find_overload",
      [](nb::str name, nb::str overload) -> nb::object {
        const OverloadSet* set = find_overload(str_view(name.ptr()), str_view(overload.ptr()));
        return set ? make_function(*set) : nb::none();
      },
      "One overload of an operator (\"aten::to\", \"dtype\") as a function whose parameters are those of the schema, "
      "or None.");
  m.def(
      "_overload_names",
      [](nb::str name) {
        nb::list names;
        for (const Operator* op : find_overloads(str_view(name.ptr())))
          names.append(nb::steal(to_str(op->schema().overload)));
        return names;
      },
      "The overload names of \"aten::add\".");
  m.def("_function_names", [] {
    nb::list names;
    for (const std::string& name : callable_names(false)) names.append(nb::steal(to_str(name)));
    return names;
  });
  m.def("_method_names", [] {
    nb::list names;
    for (const std::string& name : callable_names(true)) names.append(nb::steal(to_str(name)));
    return names;
  });
}

}  // namespace rushlight::python
