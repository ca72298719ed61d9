/// Functions, methods and classes compiled from Python's source; classes of modules made attribute by attribute.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include "base/text.h"
#include "bind.h"
#include "convert.h"
#include "resolver.h"
#include "script/compile.h"
#include "script_objects.h"
#include "script_types.h"
#include "script_values.h"

namespace rushlight::python {
namespace {

/// The source of one function, as rushlight.jit.frontend.FunctionSource cuts it out.
std::shared_ptr<const lang::Def> parse(nb::handle source) {
  auto text = std::make_shared<const Source>(
      nb::cast<std::string>(source.attr("text")), nb::cast<std::string>(source.attr("filename")),
      nb::cast<size_t>(source.attr("first_line")) - 1, nb::cast<size_t>(source.attr("indent")));
  return lang::parse_def(text, lang::Dialect::python);
}

/// The function's default values, which Python evaluated, become part of its schema.
void set_defaults(ir::GraphFunction& function, const nb::dict& defaults) {
  if (defaults.size() == 0) return;
  Schema schema = function.schema();
  for (Argument& argument : schema.arguments) {
    if (!defaults.contains(argument.name.c_str())) continue;
    try {
      argument.default_value = to_value(defaults[argument.name.c_str()], *argument.type);
    } catch (const CastError&) {
      const TensorType* tensor = argument.type->as<TensorType>();
      const bool inferred = tensor && tensor->is_inferred();
      throw RuntimeError(cat("Expected a default value of type ", argument.type->annotation(),
                             inferred ? " (inferred)" : "", " on parameter \"", argument.name, "\".",
                             inferred
                                 ? cat("Because \"", argument.name,
                                       "\" was not annotated with an explicit type it is assumed to be type 'Tensor'.")
                                 : ""));
    }
  }
  function.set_schema(std::move(schema));
}

FunctionHandle compile_function(const std::string& name, nb::handle source, nb::object lookup,
                                const nb::dict& defaults) {
  ir::GraphFunction* function =
      script::declare(*python_unit(), python_unit()->mangle(name), parse(source), python_resolver(std::move(lookup)));
  try {
    function->ensure_defined();
    set_defaults(*function, defaults);
  } catch (...) {
    python_unit()->remove_function(function);
    throw;
  }
  return {python_unit(), function};
}

/// Classes grow while they are compiled; everybody else only reads them.
Ref<ClassType> writable_class(const TypePtr& type) {
  return Ref<ClassType>(const_cast<ClassType*>(&type->expect<ClassType>()));
}

/// All methods are declared before the first is compiled, since they may call each other. `methods`: (source, lookup,
/// defaults) each.
void compile_methods(const TypePtr& type, const nb::list& methods) {
  const Ref<ClassType> owner = writable_class(type);
  std::vector<std::pair<ir::GraphFunction*, nb::dict>> declared;
  for (nb::handle method : methods) {
    const std::string name = nb::cast<std::string>(method[0].attr("name"));
    if (owner->find_method(name))
      throw RuntimeError(cat("Can't redefine method: ", name, " on class: ", owner->name()));
    ir::GraphFunction* function = script::declare(*python_unit(), cat(owner->name(), ".", name), parse(method[0]),
                                                  python_resolver(nb::object(method[1])), owner);
    declared.emplace_back(function, nb::cast<nb::dict>(method[2]));
  }
  for (auto& [function, defaults] : declared) {
    function->ensure_defined();
    set_defaults(*function, defaults);
  }
}

/// torch._C.CompilationUnit: functions compiled from text.
struct UnitHandle {
  std::shared_ptr<ir::CompilationUnit> unit;
};

nb::object find_function(const UnitHandle& self, const std::string& name) {
  ir::GraphFunction* function =
      self.unit->find_function(name.find('.') == std::string::npos ? cat("__torch__.", name) : name);
  return function ? nb::cast(FunctionHandle{self.unit, function}) : nb::none();
}

void bind_unit(nb::module_& m) {
  nb::class_<UnitHandle>(m, "CompilationUnit", "Functions and classes by name.")
      .def("__init__", [](UnitHandle* self) { new (self) UnitHandle{ir::CompilationUnit::make()}; })
      .def(
          "define",
          [](const UnitHandle& self, const std::string& text, nb::object lookup) {
            script::define(*self.unit, text, lookup.is_none() ? nullptr : python_resolver(std::move(lookup)));
          },
          nb::arg("source"), nb::arg("lookup").none() = nb::none())
      .def("find_function", &find_function)
      .def("get_functions",
           [](const UnitHandle& self) {
             std::vector<FunctionHandle> functions;
             for (const auto& function : self.unit->functions()) functions.push_back({self.unit, function.get()});
             return functions;
           })
      .def("drop_all_functions", [](const UnitHandle& self) { self.unit->drop_functions(); })
      .def("set_optimized", [](const UnitHandle&, bool) {});
}

}  // namespace

void bind_compiler(nb::module_& m) {
  bind_unit(m);
  m.def("_compile_function", &compile_function, nb::arg("qualified_name"), nb::arg("source"), nb::arg("lookup"),
        nb::arg("defaults"));
  m.def("_compile_methods", &compile_methods, nb::arg("type"), nb::arg("methods"));
  m.def(
      "_create_class_type",
      [](const std::string& name, bool is_module) {
        Ref<ClassType> type = ClassType::make(python_unit()->mangle(name), is_module);
        python_unit()->register_type(type);
        return TypePtr(type);
      },
      nb::arg("qualified_name"), nb::arg("is_module"));
  m.def("_class_add_attribute",
        [](const TypePtr& type, const std::string& name, const TypePtr& attribute, bool is_parameter, bool is_buffer) {
          writable_class(type)->add_attribute(name, attribute, is_parameter, is_buffer);
        });
  m.def(
      "_class_add_constant",
      [](const TypePtr& type, const std::string& name, nb::handle value) {
        writable_class(type)->add_constant(name, to_value(value));
      },
      nb::arg("type"), nb::arg("name"), nb::arg("value").none());
  m.def("_class_has_method", [](const TypePtr& type, const std::string& name) {
    return writable_class(type)->find_method(name) != nullptr;
  });
  m.def("_create_object",
        [](const TypePtr& type) { return wrap_object(make_ref<Object>(writable_class(type), python_unit())); });
}

}  // namespace rushlight::python
