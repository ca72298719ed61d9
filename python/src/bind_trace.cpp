/// torch.jit.trace's native half: the state of a recording as Python sees it, and functions and methods made from
/// recorded Python code.
#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include "base/text.h"
#include "bind.h"
#include "casters.h"
#include "convert.h"
#include "exec/interpreter.h"
#include "graph_objects.h"
#include "python_call.h"
#include "python_frames.h"
#include "resolver.h"
#include "script_objects.h"
#include "script_types.h"
#include "script_values.h"
#include "trace/subgraphs.h"
#include "trace/trace.h"
#include "traced_values.h"

namespace rushlight::python {
namespace {

/// What the recorder asks about the Python program. `find_name`: Python's own answer for the names of tensors, or None.
trace::Host python_host(nb::object find_name) {
  trace::Host host;
  host.here = &python_stack;
  host.warn = &warn_tracer;
  host.describe = [](const IValue& value) { return nb::cast<std::string>(nb::str(nb::steal(to_python(value)))); };
  if (find_name.is_none()) {
    host.name_of = &local_name_of;
  } else {
    host.name_of = [find_name = std::move(find_name)](const Tensor& tensor) {
      return nb::cast<std::string>(nb::str(find_name(nb::steal(wrap(tensor)))));
    };
  }
  return host;
}

IValue inferred_value(nb::handle object) {
  const InferredType inferred = infer_type(object);
  if (!inferred.type)
    throw RuntimeError(
        cat("Tracer cannot infer type of ", nb::cast<std::string>(nb::str(object)), "\n:", inferred.reason));
  return to_value(object, *inferred.type);
}

bool is_traceable(const Type& type) {
  switch (type.kind()) {
    case TypeKind::tensor:
      return true;
    case TypeKind::list:
      return is_traceable(*type.contained()[0]);
    case TypeKind::dict:
      return is_traceable(*type.contained()[1]);
    case TypeKind::tuple:
      for (const TypePtr& element : type.contained())
        if (!is_traceable(*element)) return false;
      return true;
    default:
      return false;
  }
}

/// NamedTuples among the inputs arrive as plain tuples.
nb::object plain(nb::handle object) {
  if (!PyTuple_Check(object.ptr())) return nb::borrow(object);
  nb::list elements;
  for (nb::handle element : object) elements.append(plain(element));
  return nb::tuple(elements);
}

std::vector<IValue> example_inputs(nb::handle inputs) {
  const IValue all = inferred_value(plain(inputs));
  if (!is_traceable(*all.type()))
    throw RuntimeError(cat("Type '", all.type()->annotation(),
                           "' cannot be traced. Only Tensors and (possibly nested) Lists, Dicts, and Tuples of Tensors "
                           "can be traced"));
  return all.tuple().elements;
}

struct Options {
  nb::object find_name;
  bool strict;
  bool force_outplace;
  std::vector<std::string> names;
};

trace::Recorded record(nb::object function, nb::handle inputs, const Ref<Object>& self, Options options,
                       ir::CompilationUnit& unit) {
  trace::Request request;
  request.inputs = example_inputs(inputs);
  request.names = std::move(options.names);
  request.host = python_host(std::move(options.find_name));
  request.self = self;
  request.strict = options.strict;
  request.force_outplace = options.force_outplace;
  request.run = [&](std::vector<IValue> arguments) {
    nb::list converted;
    for (const IValue& argument : arguments) converted.append(nb::steal(to_python(argument)));
    nb::object result = function(*nb::borrow<nb::args>(nb::tuple(converted)));
    if (result.is_none())
      throw RuntimeError(
          "The traced function didn't return any values! Side-effects are not captured in traces, so it would be a "
          "no-op.");
    return inferred_value(plain(result));
  };
  return trace::record_program(std::move(request), unit);
}

FunctionHandle function_from_trace(const std::string& name, nb::object function, nb::handle inputs,
                                   nb::object find_name, bool strict, bool force_outplace,
                                   std::vector<std::string> names) {
  auto unit = ir::CompilationUnit::make();
  unit->take_names_from(python_unit());
  trace::Recorded recorded = record(std::move(function), inputs, nullptr,
                                    {std::move(find_name), strict, force_outplace, std::move(names)}, *unit);
  ir::GraphFunction* made =
      unit->add_function(std::make_unique<ir::GraphFunction>(unit->mangle(name), std::move(recorded.graph)));
  return {std::move(unit), made};
}

void method_from_trace(const ObjectHandle& self, const std::string& name, nb::object function, nb::handle inputs,
                       nb::object find_name, bool strict, bool force_outplace, std::vector<std::string> names) {
  const auto unit = ir::unit_of(*self.object);
  trace::Recorded recorded = record(std::move(function), inputs, self.object,
                                    {std::move(find_name), strict, force_outplace, std::move(names)}, *unit);
  auto& type = const_cast<ClassType&>(self.object->type());
  ir::GraphFunction* made =
      unit->add_function(std::make_unique<ir::GraphFunction>(cat(type.name(), ".", name), std::move(recorded.graph)));
  type.add_method(made);
}

nb::object graph_by_tracing(nb::object function, nb::handle inputs, nb::object find_name, bool strict,
                            bool force_outplace, nb::handle self, std::vector<std::string> names) {
  Ref<Object> module = self.is_none() ? nullptr : find_object(self);
  const auto unit = module ? ir::unit_of(*module) : ir::CompilationUnit::make();
  trace::Recorded recorded = record(std::move(function), inputs, module,
                                    {std::move(find_name), strict, force_outplace, std::move(names)}, *unit);
  return nb::make_tuple(recorded.graph, nb::steal(to_python(recorded.output)));
}

/// The example inputs of each method go with the module, and into its archive: {method: (inputs)}. They are the very
/// tensors that were given.
nb::dict traced_inputs(nb::handle module) {
  nb::object stored = nb::getattr(module, "_traced_inputs", nb::none());
  return stored.is_none() ? nb::dict() : nb::borrow<nb::dict>(stored);
}

void store_traced_inputs(nb::handle module, const std::string& method, nb::object inputs) {
  nb::dict all = traced_inputs(module);
  all[method.c_str()] = std::move(inputs);
  nb::setattr(module, "_traced_inputs", all);
}

/// `function(*args, **kwargs)` as a fork of the recording.
nb::object fork_in_trace(nb::object function, nb::args arguments, nb::kwargs keywords) {
  const Ref<Future> future =
      trace::record_fork(*trace::current(), [&] { return inferred_value(plain(function(*arguments, **keywords))); });
  return nb::cast(FutureHandle{future});
}

/// The results of `run()`, a tensor or a tuple, as those of one recorded Python call of `callable(*tensors)`.
nb::object python_call_in_trace(const std::string& name, const std::string& module, const std::string& scalars,
                                nb::object callable, nb::list inputs, nb::object run) {
  trace::PythonCall call{.name = name, .module = module, .scalars = scalars};
  call.callable = callable_value(std::move(callable));
  for (nb::handle input : inputs) call.inputs.push_back(tensor_of(input.ptr()));
  nb::object results;
  trace::record_python_call(*trace::current(), call, [&] {
    results = run();
    std::vector<Tensor> tensors;
    if (is_tensor(results.ptr())) {
      tensors.push_back(tensor_of(results.ptr()));
    } else {
      for (nb::handle result : results)
        if (is_tensor(result.ptr())) tensors.push_back(tensor_of(result.ptr()));
    }
    return tensors;
  });
  return results;
}

}  // namespace

void bind_trace(nb::module_& m) {
  m.def("_fork_in_trace", &fork_in_trace);
  m.def("_python_call_in_trace", &python_call_in_trace, nb::arg("name"), nb::arg("module"), nb::arg("scalars"),
        nb::arg("callable"), nb::arg("inputs"), nb::arg("run"));
  trace::install();
  nb::class_<trace::State>(m, "TracingState", nb::dynamic_attr(), "A recording that is going on.")
      .def("graph", [](const trace::State& self) { return self.graph; })
      .def("set_graph", [](trace::State& self, std::shared_ptr<ir::Graph> graph) { self.graph = std::move(graph); })
      .def("push_scope", &trace::State::push_scope)
      .def("pop_scope", &trace::State::pop_scope)
      .def("current_scope", [](const trace::State& self) { return self.current_scope(); })
      .def("__str__", [](const trace::State& self) { return self.graph->str(); })
      .def("__repr__", [](const trace::State& self) { return fmt::format("<TracingState {}>", fmt::ptr(&self)); });
  m.def(
      "_get_tracing_state", [](nb::args) { return trace::current(); }, "The recording of this thread, or None.");
  nb::object module_class = m.attr("ScriptModule");
  module_class.attr("_store_traced_inputs") = nb::cpp_function(&store_traced_inputs, nb::is_method());
  module_class.attr("_retrieve_traced_inputs") = nb::cpp_function(&traced_inputs, nb::is_method());
  m.def(
      "_warn_of_conversion", [](const std::string& kind) { warn_of_conversion(kind.c_str()); }, nb::arg("kind"),
      "While a trace is recorded: the warning that a Python value does not stay connected with its tensor.");
  m.def(
      "_call_untraced",
      [](nb::object function, nb::args arguments) {
        const trace::Pause pause;
        return function(*arguments);
      },
      "Calls a function; nothing that it does is recorded.");
  m.def("_is_tracing", &trace::is_tracing);
  m.def("_create_function_from_trace", &function_from_trace, nb::arg("qualname"), nb::arg("func"), nb::arg("inputs"),
        nb::arg("var_name_lookup_fn").none(), nb::arg("strict"), nb::arg("force_outplace"),
        nb::arg("argument_names") = std::vector<std::string>());
  m.def("_create_method_from_trace", &method_from_trace, nb::arg("self"), nb::arg("name"), nb::arg("func"),
        nb::arg("inputs"), nb::arg("var_name_lookup_fn").none(), nb::arg("strict"), nb::arg("force_outplace"),
        nb::arg("argument_names") = std::vector<std::string>());
  m.def("_create_graph_by_tracing", &graph_by_tracing, nb::arg("func"), nb::arg("inputs"),
        nb::arg("var_name_lookup_fn").none() = nb::none(), nb::arg("strict") = true, nb::arg("force_outplace") = false,
        nb::arg("self").none() = nb::none(), nb::arg("argument_names") = std::vector<std::string>());
}

}  // namespace rushlight::python
