#include "results.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "convert.h"
#include "tensor_object.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

nb::dict& return_types() {
  static nb::dict* types = new nb::dict;  // holds Python classes, so it is never torn down
  return *types;
}

PyObject* named_result_repr(PyObject* self, PyObject*) {
  return guarded([&] {
    nb::handle type(reinterpret_cast<PyObject*>(Py_TYPE(self)));
    std::string text = cat(nb::cast<std::string>(nb::str(type.attr("__module__"))), ".",
                           nb::cast<std::string>(nb::str(type.attr("__name__"))), "(\n");
    nb::object fields = type.attr("_fields");
    for (Py_ssize_t i = 0; i < PyTuple_Size(self); ++i) {
      if (i) text += ",\n";
      text += cat(nb::cast<std::string>(nb::str(fields[i])), "=",
                  nb::cast<std::string>(nb::repr(nb::handle(PyTuple_GetItem(self, i)))));
    }
    return to_str(text + ")");
  });
}
PyMethodDef repr_method = {"__repr__", named_result_repr, METH_NOARGS, nullptr};

PyObject* make_named_result_type(const std::string& name, const std::vector<Argument>& returns) {
  // The descriptions are read while the type is made, the names for as long as it lives.
  auto* text = new std::vector<std::string>{cat("torch.return_types.", name)};
  for (const Argument& argument : returns) text->push_back(argument.name);
  std::vector<PyStructSequence_Field> fields;
  for (size_t i = 1; i < text->size(); ++i) fields.push_back({(*text)[i].c_str(), ""});
  fields.push_back({nullptr, nullptr});
  PyStructSequence_Desc description = {(*text)[0].c_str(), nullptr, fields.data(), int(returns.size())};
  PyObject* type = checked(reinterpret_cast<PyObject*>(PyStructSequence_NewType(&description)));
  nb::list names;
  for (const Argument& argument : returns) names.append(nb::str(argument.name.c_str()));
  nb::handle(type).attr("_fields") = nb::tuple(names);
  nb::handle(type).attr("__module__") = "torch.return_types";
  nb::handle(type).attr("__repr__") = owned(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type), &repr_method));
  return_types()[name.c_str()] = nb::borrow(type);
  return type;
}

/// The class of the results of `op`, or null if they have no names.
PyObject* named_result_type(const std::string& function, const Operator& op) {
  static auto* known = new std::unordered_map<const Operator*, PyObject*>;
  auto [entry, is_new] = known->try_emplace(&op, nullptr);
  if (!is_new) return entry->second;
  const auto& returns = op.schema().returns;
  if (op.form() == Operator::Form::inplace ||
      !std::ranges::all_of(returns, [](const Argument& r) { return !r.name.empty(); }))
    return nullptr;
  PyObject* same = PyDict_GetItemString(return_types().ptr(), function.c_str());
  return entry->second = same ? same : make_named_result_type(function, returns);
}

PyObject* wrap_result(const Argument& declared, IValue& value) {
  if (value.is_tensor()) return wrap(value.tensor());
  if (declared.type->is(TypeKind::scalar_type)) return wrap(ScalarType(value.to_int()));
  if (value.is_list() && declared.type->contained()[0]->is(TypeKind::tensor)) {
    const ListObject& list = value.list();
    nb::object tuple = owned(PyTuple_New(Py_ssize_t(list.size())));
    for (size_t i = 0; i < list.size(); ++i) PyTuple_SetItem(tuple.ptr(), Py_ssize_t(i), wrap(list.get(i).tensor()));
    return tuple.release().ptr();
  }
  return to_python(value);
}

}  // namespace

PyObject* wrap_results(const std::string& function, const Operator& op, IValue* results) {
  const auto& returns = op.schema().returns;
  if (returns.empty()) return new_reference(Py_None);
  if (returns.size() == 1) return wrap_result(returns[0], results[0]);
  PyObject* type = named_result_type(function, op);
  nb::object tuple = owned(type ? PyStructSequence_New(reinterpret_cast<PyTypeObject*>(type))
                                : PyTuple_New(Py_ssize_t(returns.size())));
  for (size_t i = 0; i < returns.size(); ++i) {
    PyObject* item = wrap_result(returns[i], results[i]);
    if (type) {
      PyStructSequence_SetItem(tuple.ptr(), Py_ssize_t(i), item);
    } else {
      PyTuple_SetItem(tuple.ptr(), Py_ssize_t(i), item);
    }
  }
  return tuple.release().ptr();
}

void bind_results(nb::module_& m) { m.attr("_return_types") = return_types(); }

}  // namespace rushlight::python
