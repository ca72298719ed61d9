/// torch.FunctionSchema and its arguments; the table of operators as schemas.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include "bind.h"
#include "convert.h"
#include "ops/op.h"
#include "script_types.h"

namespace rushlight::python {

void bind_schema(nb::module_& m) {
  nb::class_<Argument>(m, "Argument", "One argument or result of a schema.")
      .def_prop_ro("name", [](const Argument& self) { return self.name; })
      .def_prop_ro("type", [](const Argument& self) { return self.type; })
      .def_prop_ro("real_type", [](const Argument& self) { return self.type; })
      .def_prop_ro("N", [](const Argument& self) { return self.list_length; })
      .def_prop_ro("kwarg_only", [](const Argument& self) { return self.keyword_only; })
      .def_prop_ro("is_write", [](const Argument& self) { return self.is_write(); })
      .def_prop_ro("is_out", [](const Argument& self) { return self.keyword_only && self.is_write(); })
      .def_prop_ro("default_value",
                   [](const Argument& self) {
                     return self.default_value ? nb::steal(to_python(*self.default_value)) : nb::none();
                   })
      .def("has_default_value", [](const Argument& self) { return self.default_value.has_value(); });
  nb::class_<Schema>(m, "FunctionSchema", "Name, arguments and results of a function or operator.")
      .def_prop_ro("name", [](const Schema& self) { return self.name; })
      .def_prop_ro("overload_name", [](const Schema& self) { return self.overload; })
      .def_prop_ro("arguments", [](const Schema& self) { return self.arguments; })
      .def_prop_ro("returns", [](const Schema& self) { return self.returns; })
      .def_prop_ro("is_mutable", [](const Schema& self) { return self.is_mutable(); })
      .def("__str__", &Schema::str)
      .def("__repr__", &Schema::str)
      .def("__eq__", [](const Schema& self, const Schema& other) { return self.str() == other.str(); })
      .def("__hash__", [](const Schema& self) { return std::hash<std::string>()(self.str()); });

  m.def("parse_schema", [](const std::string& text) { return Schema::parse(text); });
  m.def("_jit_get_all_schemas", [] {
    std::vector<Schema> schemas;
    for (const Operator* op : all_operators()) schemas.push_back(op->schema());
    return schemas;
  });
  m.def("_jit_get_schemas_for_operator", [](const std::string& name) {
    std::vector<Schema> schemas;
    for (const Operator* op : find_overloads(name)) schemas.push_back(op->schema());
    return schemas;
  });
}

}  // namespace rushlight::python
