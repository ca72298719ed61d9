#include "script_objects.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include "arguments.h"
#include "base/error.h"
#include "base/small_vector.h"
#include "base/text.h"
#include "codegen/codegen.h"
#include "convert.h"
#include "exec/executor.h"
#include "graph_objects.h"
#include "module/module.h"
#include "passes/inline.h"
#include "script_types.h"
#include "script_values.h"
#include "trace/calls.h"
#include "trace/subgraphs.h"
#include "value/call_arguments.h"
#include "value/class_type.h"
#include "value/containers.h"
#include "value/future.h"
#include "value/type_text.h"

namespace rushlight::python {
namespace {

/// "int", "Pair (aka NamedTuple(x, y))".
std::string friendly_type_name(nb::handle value) {
  const std::string name = nb::cast<std::string>(nb::str(value.type().attr("__name__")));
  if (!PyTuple_Check(value.ptr()) || !nb::hasattr(value, "_fields")) return name;
  return cat(name, " (aka NamedTuple(", join(nb::cast<std::vector<std::string>>(nb::list(value.attr("_fields"))), ", "),
             "))");
}

[[noreturn]] void throw_uncastable(const Schema& schema, size_t position, nb::handle value,
                                   const std::string& details) {
  throw_wrong_argument(schema, schema.arguments[position], friendly_type_name(value), position,
                       nb::cast<std::string>(nb::repr(value)), details);
}

/// One number for `int[2]` stands for all of them.
nb::object repeated_number(const Argument& argument, nb::handle value) {
  const bool is_number = PyLong_Check(value.ptr()) || PyFloat_Check(value.ptr());
  if (!argument.list_length || !is_number) return nb::borrow(value);
  nb::list values;
  for (int32_t i = 0; i < *argument.list_length; ++i) values.append(value);
  return values;
}

IValue argument_value(const Schema& schema, size_t position, nb::handle given) {
  const nb::object value = repeated_number(schema.arguments[position], given);
  try {
    return to_value(value, *schema.arguments[position].type);
  } catch (const PythonCastError& error) {
    throw_uncastable(schema, position, value, cat(" Python error details: ", error.what()));
  } catch (const CastError& error) {
    throw_uncastable(schema, position, value, cat("Cast error details: ", error.what()));
  }
}

/// The value of a keyword argument, or null.
PyObject* find_keyword(const CallArguments& arguments, const std::string& name) {
  for (size_t i = 0; i < arguments.keyword_count(); ++i)
    if (str_view(PyTuple_GetItem(arguments.keyword_names, Py_ssize_t(i))) == name)
      return arguments.positional[arguments.count + i];
  return nullptr;
}

std::vector<IValue> match_arguments(const Schema& schema, const Ref<Object>& self, const CallArguments& arguments);

/// What `*args` and `**kwargs` take becomes one list and one dictionary, given by keyword.
std::vector<IValue> match_gathering(const Schema& schema, const Ref<Object>& self, const CallArguments& arguments) {
  Schema plain = schema;
  for (Argument& argument : plain.arguments) argument.gathers = false;
  const auto of_list = std::ranges::find_if(
      schema.arguments, [](const Argument& argument) { return argument.gathers && !argument.keyword_only; });
  const auto of_dict = std::ranges::find_if(
      schema.arguments, [](const Argument& argument) { return argument.gathers && argument.keyword_only; });
  const size_t fixed = std::min(arguments.count, size_t(of_list - schema.arguments.begin()) - (self ? 1 : 0));
  SmallVector<PyObject*, 8> values;
  nb::list names, rest;
  nb::dict rest_by_name;
  for (size_t i = 0; i < arguments.count; ++i) {
    if (i < fixed || of_list == schema.arguments.end())
      values.push_back(arguments.positional[i]);
    else
      rest.append(nb::handle(arguments.positional[i]));
  }
  const size_t count = values.size();
  for (size_t i = 0; i < arguments.keyword_count(); ++i) {
    nb::handle name = PyTuple_GetItem(arguments.keyword_names, Py_ssize_t(i));
    PyObject* value = arguments.positional[arguments.count + i];
    if (of_dict != schema.arguments.end() && !schema.find_argument(str_view(name.ptr()))) {
      rest_by_name[name] = nb::handle(value);
      continue;
    }
    names.append(name);
    values.push_back(value);
  }
  if (of_list != schema.arguments.end()) {
    names.append(of_list->name.c_str());
    values.push_back(rest.ptr());
  }
  if (of_dict != schema.arguments.end()) {
    names.append(of_dict->name.c_str());
    values.push_back(rest_by_name.ptr());
  }
  const nb::tuple keyword_names(names);
  return match_arguments(plain, self,
                         {.positional = values.data(), .count = count, .keyword_names = keyword_names.ptr()});
}

std::vector<IValue> match_arguments(const Schema& schema, const Ref<Object>& self, const CallArguments& arguments) {
  if (std::ranges::any_of(schema.arguments, [](const Argument& argument) { return argument.gathers; }))
    return match_gathering(schema, self, arguments);
  const size_t keywords = arguments.keyword_count();
  const size_t given = (self ? 1 : 0) + arguments.count + keywords;
  if (given > schema.arguments.size())
    throw RuntimeError(cat(schema.name, "() expected at most ", schema.arguments.size(), " argument(s) but received ",
                           given, " argument(s). Declaration: ", schema.str()));
  std::vector<IValue> values;
  values.reserve(schema.arguments.size());
  if (self) values.emplace_back(self);
  for (size_t i = 0; i < arguments.count; ++i)
    values.push_back(argument_value(schema, values.size(), arguments.positional[i]));
  size_t used = 0;
  while (values.size() < schema.arguments.size()) {
    const Argument& argument = schema.arguments[values.size()];
    if (PyObject* value = keywords ? find_keyword(arguments, argument.name) : nullptr) {
      values.push_back(argument_value(schema, values.size(), value));
      ++used;
    } else if (argument.default_value) {
      values.push_back(*argument.default_value);
    } else {
      throw_missing_argument(schema, argument);
    }
  }
  if (used == keywords) return values;
  std::vector<std::string> names;
  for (size_t i = 0; i < keywords; ++i)
    names.emplace_back(str_view(PyTuple_GetItem(arguments.keyword_names, Py_ssize_t(i))));
  throw_unused_keyword(schema, names, (self ? 1 : 0) + arguments.count);
}

nb::object call_compiled(ir::GraphFunction& function, const Ref<Object>& self, const CallArguments& arguments) {
  std::vector<IValue> values = match_arguments(function.schema(), self, arguments);
  if (trace::is_tracing()) {
    const IValue result = trace::record_call(*trace::current(), function, bool(self), std::move(values));
    return nb::steal(to_python(result));
  }
  IValue result;
  {
    nb::gil_scoped_release unlocked;
    result = function.call(std::move(values));
  }
  return nb::steal(to_python(result));
}

/// tp_call hands over a tuple and a dictionary.
nb::object call_unpacked(ir::GraphFunction& function, const Ref<Object>& self, PyObject* arguments,
                         PyObject* keywords) {
  SmallVector<PyObject*, 8> values;
  const Py_ssize_t count = PyTuple_Size(arguments);
  for (Py_ssize_t i = 0; i < count; ++i) values.push_back(PyTuple_GetItem(arguments, i));
  nb::object names;
  if (keywords && PyDict_Size(keywords) > 0) {
    nb::list keys;
    for (auto [key, value] : nb::borrow<nb::dict>(keywords)) {
      keys.append(key);
      values.push_back(value.ptr());
    }
    names = nb::tuple(keys);
  }
  return call_compiled(function, self,
                       {.positional = values.data(), .count = size_t(count), .keyword_names = names.ptr()});
}

template <class Handle>
PyObject* call_slot(PyObject* callable, PyObject* arguments, PyObject* keywords) {
  return guarded([&] {
    const Handle& handle = *nb::inst_ptr<Handle>(callable);
    if constexpr (std::is_same_v<Handle, MethodHandle>)
      return call_unpacked(*handle.method, handle.owner, arguments, keywords).release().ptr();
    else
      return call_unpacked(*handle.function, nullptr, arguments, keywords).release().ptr();
  });
}
template <class Handle>
PyType_Slot callable_slots[] = {{Py_tp_call, reinterpret_cast<void*>(&call_slot<Handle>)}, {0, nullptr}};

PyTypeObject* method_type = nullptr;

/// `module(...)`: straight to the compiled `forward` unless there are hooks or `forward` is something else, which is
/// left to the method `_call_with_hooks`.
PyObject* call_module(PyObject* self, PyObject* const* arguments, Py_ssize_t count, PyObject* keyword_names) {
  return guarded([&]() -> PyObject* {
    static PyObject* const forward_name = PyUnicode_InternFromString("forward");
    static PyObject* const hook_names[] = {PyUnicode_InternFromString("_forward_pre_hooks"),
                                           PyUnicode_InternFromString("_forward_hooks")};
    nb::object table = owned(PyObject_GenericGetDict(self, nullptr));
    const auto is_empty = [&](PyObject* name) {
      PyObject* hooks = PyDict_GetItemWithError(table.ptr(), name);
      return hooks && PyDict_Check(hooks) && PyDict_Size(hooks) == 0;
    };
    PyObject* forward = PyDict_GetItemWithError(table.ptr(), forward_name);
    if (forward && Py_TYPE(forward) == method_type && is_empty(hook_names[0]) && is_empty(hook_names[1])) {
      const MethodHandle& handle = *nb::inst_ptr<MethodHandle>(forward);
      const nb::object alive = nb::borrow(forward);
      return call_compiled(*handle.method, handle.owner,
                           {.positional = arguments, .count = size_t(count), .keyword_names = keyword_names})
          .release()
          .ptr();
    }
    nb::object slow = nb::getattr(self, "_call_with_hooks");
    return checked(PyObject_Vectorcall(slow.ptr(), arguments, size_t(count), keyword_names));
  });
}
PyMethodDef call_module_method = {"__call__", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(&call_module)),
                                  METH_FASTCALL | METH_KEYWORDS, "Runs the module's forward, with its hooks."};

/// Attributes are slots; methods, constants and properties belong to the class.
nb::object get_attribute(const ObjectHandle& self, const std::string& name) {
  const ClassType& type = self.object->type();
  if (const std::optional<size_t> slot = type.find_attribute(name))
    return nb::steal(to_python(std::as_const(*self.object).slot(*slot)));
  if (const IValue* constant = type.find_constant(name)) return nb::steal(to_python(*constant));
  if (const ClassType::Property* property = type.find_property(name)) {
    return call_function(static_cast<ir::GraphFunction&>(*property->getter), self.object, nb::args(), nb::kwargs());
  }
  throw AttributeError(cat(repr(type), " does not have a field with name '", name, "'"));
}

void set_attribute(const ObjectHandle& self, const std::string& name, nb::handle value) {
  const ClassType& type = self.object->type();
  const std::optional<size_t> slot = type.find_attribute(name);
  if (!slot) {
    if (const ClassType::Property* property = type.find_property(name); property && property->setter) {
      nb::tuple arguments = nb::make_tuple(nb::borrow(value));
      call_function(static_cast<ir::GraphFunction&>(*property->setter), self.object, nb::borrow<nb::args>(arguments),
                    nb::kwargs());
      return;
    }
    if (const IValue* constant = type.find_constant(name))
      throw RuntimeError(cat("Can't set constant '", name, "' which has value:", constant->str()));
    throw RuntimeError(cat(repr(type), " does not have an attribute with name '", name, "'"));
  }
  const TypePtr& wanted = type.attributes()[*slot].type;
  try {
    self.object->slot(*slot) = to_value(value, *wanted);
  } catch (const CastError& error) {
    throw RuntimeError(cat("Could not cast attribute '", name, "' to type ", repr(*wanted), ": ", error.what()));
  }
}

/// Swaps a submodule for another one of the same type, or of the same interface.
void set_submodule(const ObjectHandle& self, const std::string& name, nb::handle module) {
  const std::optional<size_t> slot = self.object->type().find_attribute(name);
  if (!slot) throw RuntimeError(cat(repr(self.object->type()), " does not have an attribute with name '", name, "'"));
  try {
    self.object->slot(*slot) = to_value(module, *self.object->type().attributes()[*slot].type);
  } catch (const CastError& error) {
    throw RuntimeError(error.what());
  }
}

std::optional<MethodHandle> find_method(const ObjectHandle& self, const std::string& name) {
  Function* method = self.object->type().find_method(name);
  if (!method) return std::nullopt;
  return MethodHandle{self.object, static_cast<ir::GraphFunction*>(method)};
}

MethodHandle get_method(const ObjectHandle& self, const std::string& name) {
  std::optional<MethodHandle> method = find_method(self, name);
  if (!method) throw RuntimeError(cat("Method '", name, "' is not defined."));
  return *method;
}

/// Attributes of one kind as (name, value) pairs: parameters, buffers, submodules, all.
template <class Predicate>
nb::list named_slots(const ObjectHandle& self, Predicate&& wanted) {
  nb::list pairs;
  const auto& attributes = self.object->type().attributes();
  for (size_t i = 0; i < attributes.size(); ++i)
    if (wanted(attributes[i]))
      pairs.append(nb::make_tuple(attributes[i].name, nb::steal(to_python(std::as_const(*self.object).slot(i)))));
  return pairs;
}

std::vector<MethodHandle> bound_hooks(const ObjectHandle& self, const std::vector<Function*>& hooks) {
  std::vector<MethodHandle> bound;
  for (Function* hook : hooks) bound.push_back({self.object, static_cast<ir::GraphFunction*>(hook)});
  return bound;
}

template <class Handle>
constexpr bool is_method = std::is_same_v<Handle, MethodHandle>;

/// (text, {"c0": value}): what `CONSTANTS.c0` in the text stands for.
nb::object code_with_constants(const ir::GraphFunction& function, bool is_method) {
  const codegen::PrintedCode code = codegen::print_code(function, is_method);
  nb::dict constants;
  for (size_t i = 0; i < code.constants.size(); ++i)
    constants[cat("c", i).c_str()] = nb::steal(to_python(code.constants[i]));
  return nb::make_tuple(code.text, constants);
}

template <class Handle>
void bind_callable_texts(nb::class_<Handle>& type, ir::GraphFunction& (*function_of)(const Handle&)) {
  type.def_prop_ro("graph", [function_of](const Handle& self) { return function_of(self).graph(); })
      .def_prop_ro(
          "code",
          [function_of](const Handle& self) { return codegen::print_code(function_of(self), is_method<Handle>).text; })
      .def_prop_ro(
          "code_with_constants",
          [function_of](const Handle& self) { return code_with_constants(function_of(self), is_method<Handle>); })
      .def_prop_ro("inlined_graph",
                   [function_of](const Handle& self) { return passes::inlined_graph(function_of(self)); })
      .def("graph_for",
           [function_of](const Handle& self, nb::args, nb::kwargs) { return exec::optimized_graph(function_of(self)); })
      .def(
          "_prepare", [function_of](const Handle& self) { function_of(self).prepare(); },
          "Makes what runs now rather than at the first call.")
      .def(
          "_bytecode",
          [function_of](const Handle& self) { return exec::disassemble(exec::bytecode_of(function_of(self))); },
          "The instructions that run, as text.")
      .def_prop_ro("schema", [function_of](const Handle& self) { return function_of(self).schema(); })
      .def_prop_ro("name", [function_of](const Handle& self) { return function_of(self).name(); })
      .def_prop_ro("qualified_name", [function_of](const Handle& self) { return function_of(self).qualified_name(); })
      .def("_debug_flush_compilation_cache", [function_of](const Handle& self) { function_of(self).drop_plan(); });
}

void bind_object(nb::module_& m) {
  auto object = nb::class_<ObjectHandle>(m, "ScriptObject", nb::dynamic_attr(), "An instance of a compiled class.");
  object.def("getattr", &get_attribute)
      .def("setattr", &set_attribute, nb::arg("name"), nb::arg("value").none())
      .def("_set_submodule", &set_submodule, nb::arg("name"), nb::arg("module"))
      .def("hasattr",
           [](const ObjectHandle& self, const std::string& name) {
             return self.object->has_attribute(name) || self.object->type().find_constant(name) != nullptr;
           })
      .def("_has_slot",
           [](const ObjectHandle& self, const std::string& name) { return self.object->has_attribute(name); })
      .def("_has_property", [](const ObjectHandle& self,
                               const std::string& name) { return self.object->type().find_property(name) != nullptr; })
      .def("_get_method", &get_method)
      .def("_has_method", [](const ObjectHandle& self,
                             const std::string& name) { return self.object->type().find_method(name) != nullptr; })
      .def("_method_names",
           [](const ObjectHandle& self) {
             std::vector<std::string> names;
             for (const Function* method : self.object->type().methods()) names.push_back(method->name());
             return names;
           })
      .def("_slots",
           [](const ObjectHandle& self) { return named_slots(self, [](const ClassType::Attribute&) { return true; }); })
      .def("_type", [](const ObjectHandle& self) { return TypePtr(self.object->type_ref()); })
      .def_prop_ro("qualified_name", [](const ObjectHandle& self) { return self.object->type().name(); })
      .def(
          "__eq__",
          [](const ObjectHandle& self, nb::handle other) {
            const Ref<Object> found = find_object(other);
            return found && found == self.object;
          },
          nb::arg("other").none())
      .def("__hash__", [](const ObjectHandle& self) { return std::hash<const void*>()(self.object.get()); })
      .def("__copy__",
           [](const ObjectHandle& self) {
             auto copied = make_ref<Object>(self.object->type_ref(), self.object->keep_alive());
             for (size_t i = 0; i < self.object->slot_count(); ++i)
               copied->slot(i) = std::as_const(*self.object).slot(i);
             return wrap_object(std::move(copied));
           })
      .def("__deepcopy__", [](const ObjectHandle& self, nb::handle) {
        return wrap_object(IValue(self.object).deepcopy().object_ref());
      });
  nb::class_<ModuleHandle, ObjectHandle>(m, "ScriptModule", "A compiled module.")
      .def("_parameters",
           [](const ModuleHandle& self) {
             return named_slots(self, [](const ClassType::Attribute& a) { return a.is_parameter; });
           })
      .def("_buffers",
           [](const ModuleHandle& self) {
             return named_slots(self, [](const ClassType::Attribute& a) { return a.is_buffer; });
           })
      .def("_submodules",
           [](const ModuleHandle& self) {
             return named_slots(self, [](const ClassType::Attribute& a) { return a.type->is_module(); });
           })
      .def("_get_forward_hooks",
           [](const ModuleHandle& self) { return bound_hooks(self, self.object->type().forward_hooks()); })
      .def("_get_forward_pre_hooks",
           [](const ModuleHandle& self) { return bound_hooks(self, self.object->type().forward_pre_hooks()); })
      .def(
          "dump_to_str",
          [](const ModuleHandle& self, bool code, bool attrs, bool params) {
            return Module(self.object).dump_to_str(code, attrs, params);
          },
          nb::arg("code") = true, nb::arg("attrs") = true, nb::arg("params") = true)
      .def(
          "dump",
          [](const ModuleHandle& self, bool code, bool attrs, bool params) {
            nb::print(Module(self.object).dump_to_str(code, attrs, params).c_str());
          },
          nb::arg("code") = true, nb::arg("attrs") = true, nb::arg("params") = true)
      .def("_set_optimized", [](const ModuleHandle&, bool) {});
}

}  // namespace

Ref<Object> find_object(nb::handle python) {
  ObjectHandle* held = nullptr;
  if (nb::try_cast(python, held) && held) return held->object;
  if (PyType_Check(python.ptr())) return nullptr;
  nb::object wrapped = nb::getattr(python, "_c", nb::none());
  if (!wrapped.is_none() && nb::try_cast(wrapped, held) && held) return held->object;
  return nullptr;
}

nb::object wrap_object(Ref<Object> object) {
  if (object->type().is_module()) {
    ModuleHandle handle;
    handle.object = std::move(object);
    return nb::cast(std::move(handle));
  }
  return nb::cast(ObjectHandle{std::move(object)});
}

nb::object call_function(ir::GraphFunction& function, const Ref<Object>& self, const nb::args& arguments,
                         const nb::kwargs& keywords) {
  return call_unpacked(function, self, arguments.ptr(), keywords.ptr());
}

namespace {

/// What `convert.cpp` leaves to this file. Classes that Python knows come back as Python objects.
nb::object convert_value(const IValue& value) {
  nb::module_ names = nb::module_::import_("rushlight._script_types");
  switch (value.tag()) {
    case Tag::object: {
      Ref<Object> object = value.object_ref();
      if (object->type().is_module()) return wrap_object(std::move(object));
      nb::object made = names.attr("python_instance")(object->type().name(), wrap_object(object));
      return made;
    }
    case Tag::enum_: {
      const EnumObject& member = value.enumerator();
      return names.attr("python_enum_member")(member.type->name(), member.name, nb::steal(to_python(member.value)));
    }
    case Tag::tuple: {
      const TupleType& type = value.tuple().type->expect<TupleType>();
      nb::list fields, elements;
      for (const std::string& field : type.fields()) fields.append(nb::steal(to_str(field)));
      for (const IValue& element : value.tuple().elements) elements.append(nb::steal(to_python(element)));
      return names.attr("named_tuple")(nb::steal(to_str(type.name())), fields, elements);
    }
    case Tag::function: {
      auto* function = dynamic_cast<ir::GraphFunction*>(&value.function());
      return function ? nb::cast(FunctionHandle{nullptr, function}) : nb::object();
    }
    case Tag::future:
      return nb::cast(FutureHandle{Ref<Future>(&value.future())});
    default:
      return nb::object();
  }
}

/// An exception of Python as the error of a future. Compiled code that waits has a RuntimeError with its text, Python
/// gets the object itself, as often as it asks.
class RaisedInPython final : public RuntimeError {
 public:
  explicit RaisedInPython(nb::object exception)
      : RuntimeError(cat(nb::cast<std::string>(nb::str(exception.type().attr("__name__"))), ": ",
                         nb::cast<std::string>(nb::str(exception)))),
        exception_(std::shared_ptr<nb::object>(new nb::object(std::move(exception)), [](nb::object* object) {
          const nb::gil_scoped_acquire locked;
          delete object;
        })) {}
  [[noreturn]] void raise() const {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception_->ptr())), exception_->ptr());
    nb::raise_python_error();
  }

 private:
  std::shared_ptr<nb::object> exception_;
};

nb::object result_of(const Ref<Future>& future) {
  try {
    IValue result;
    if (trace::is_tracing()) {
      result = trace::record_wait(*trace::current(), future);
    } else {
      nb::gil_scoped_release unlocked;
      result = future->wait();
    }
    return nb::steal(to_python(result));
  } catch (const RaisedInPython& error) {
    error.raise();
  }
}

void bind_future(nb::module_& m) {
  nb::class_<FutureHandle>(m, "Future", nb::dynamic_attr(), "A value that comes later.")
      .def("__init__", [](FutureHandle* self, nb::args) { new (self) FutureHandle{make_ref<Future>(types::any())}; })
      .def("done", [](const FutureHandle& self) { return self.future->is_done(); })
      .def(
          "_set_exception",
          [](const FutureHandle& self, nb::object exception) {
            self.future->fail(std::make_exception_ptr(RaisedInPython(std::move(exception))));
          },
          "Whoever waits gets the exception.")
      .def("wait", [](const FutureHandle& self) { return result_of(self.future); })
      .def("value",
           [](const FutureHandle& self) {
             if (!self.future->is_done()) throw RuntimeError("value() must not be called before the Future is done");
             return result_of(self.future);
           })
      .def(
          "set_result", [](const FutureHandle& self, nb::handle value) { self.future->complete(to_value(value)); },
          nb::arg("value").none())
      .def("then", [](nb::object self, nb::object callback) {
        const Ref<Future> future = nb::cast<FutureHandle&>(self).future;
        auto next = make_ref<Future>(types::any());
        auto kept = std::shared_ptr<nb::object>(new nb::object(callback), [](nb::object* object) {
          const nb::gil_scoped_acquire locked;
          delete object;
        });
        future->on_done([future, next, kept] {
          const nb::gil_scoped_acquire locked;
          try {
            next->complete(to_value((*kept)(nb::cast(FutureHandle{future}))));
          } catch (const nb::python_error& error) {
            next->fail(std::make_exception_ptr(RaisedInPython(nb::borrow(error.value()))));
          } catch (...) {
            next->fail(std::current_exception());
          }
        });
        return FutureHandle{next};
      });
}

}  // namespace

void bind_script_objects(nb::module_& m) {
  convert_script_value = &convert_value;
  bind_future(m);
  bind_object(m);
  auto function = nb::class_<FunctionHandle>(m, "ScriptFunction", nb::dynamic_attr(), nb::is_weak_referenceable(),
                                             nb::type_slots(callable_slots<FunctionHandle>), "A compiled function.");
  function.def(
      "_alias", [](const FunctionHandle& self) { return FunctionHandle(self); },
      "Another Python object for the same function.");
  bind_callable_texts<FunctionHandle>(function,
                                      [](const FunctionHandle& self) -> ir::GraphFunction& { return *self.function; });
  auto method = nb::class_<MethodHandle>(m, "ScriptMethod", nb::dynamic_attr(),
                                         nb::type_slots(callable_slots<MethodHandle>), "A method bound to its object.");
  method_type = reinterpret_cast<PyTypeObject*>(method.ptr());
  m.def(
      "_install_module_call",
      [](nb::handle type) {
        nb::setattr(type, "__call__",
                    owned(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type.ptr()), &call_module_method)));
      },
      "Gives a class of compiled modules its `__call__`.");
  method.def_prop_ro("owner", [](const MethodHandle& self) { return wrap_object(self.owner); });
  method.def_prop_ro("raw_owner", [](const MethodHandle& self) { return wrap_object(self.owner); });
  bind_callable_texts<MethodHandle>(method,
                                    [](const MethodHandle& self) -> ir::GraphFunction& { return *self.method; });
}

}  // namespace rushlight::python
