/// Graphs transformed and run from Python: torch._C._jit_pass_dce(graph) and the like, functions made from graphs.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "base/text.h"
#include "bind.h"
#include "convert.h"
#include "exec/executor.h"
#include "graph_objects.h"
#include "passes/freeze.h"
#include "passes/passes.h"
#include "resolver.h"
#include "script_objects.h"
#include "script_values.h"

namespace rushlight::python {
namespace {

/// A function of its own unit with this graph as its body.
FunctionHandle function_of_graph(const std::string& name, const std::shared_ptr<ir::Graph>& graph) {
  auto unit = ir::CompilationUnit::make();
  ir::GraphFunction* function = unit->add_function(std::make_unique<ir::GraphFunction>(name, graph->copy()));
  return {std::move(unit), function};
}

/// A frozen copy; its class joins the unit of the given one.
nb::object frozen_module(nb::handle module, std::vector<std::string> preserved, bool preserve_parameters) {
  const Ref<Object> object = find_object(module);
  if (!object || !object->type().is_module()) throw TypeError("freezing takes a compiled module");
  const auto unit = ir::unit_of(*object);
  return wrap_object(
      passes::freeze_module(object, unit ? unit : python_unit(), {std::move(preserved), preserve_parameters}));
}

}  // namespace

void bind_passes(nb::module_& m) {
  exec::install();
  for (const passes::Pass* pass : passes::all_passes())
    m.def(
        cat("_jit_pass_", pass->name).c_str(), [pass](ir::Graph& graph) { passes::run_pass(*pass, graph); },
        nb::arg("graph"), std::string(pass->summary).c_str());
  m.def("_jit_pass_lint", [](const ir::Graph& graph) { ir::lint(graph); });
  m.def(
      "_jit_pass_canonicalize", [](const ir::Graph& graph, bool keep_names) { return graph.copy(keep_names); },
      nb::arg("graph"), nb::arg("keep_unique_names") = true);
  m.def("_freeze_module", &frozen_module, nb::arg("module"), nb::arg("preservedAttrs") = std::vector<std::string>(),
        nb::arg("preserveParameters") = false);
  m.def("_jit_pass_optimize_frozen_graph", &passes::run_frozen_optimizations, nb::arg("graph"),
        nb::arg("optimize_numerics") = true);
  m.def("_create_function_from_graph", &function_of_graph, nb::arg("qualname"), nb::arg("graph"));
  m.def("_jit_interpret_graph", [](const std::shared_ptr<ir::Graph>& graph, nb::args arguments) {
    const FunctionHandle handle = function_of_graph("graph", graph);
    return call_function(*handle.function, nullptr, arguments, nb::kwargs());
  });
}

}  // namespace rushlight::python
