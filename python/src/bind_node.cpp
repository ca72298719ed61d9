/// torch.Node: one step of a graph, its attributes, its place.
#include <nanobind/stl/complex.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include "base/error.h"
#include "base/text.h"
#include "casters.h"
#include "convert.h"
#include "graph_objects.h"
#include "script_types.h"
#include "script_values.h"

namespace rushlight::python {
namespace {

/// PyTorch's names of the kinds of attributes, in the order of AttributeValue's alternatives.
constexpr const char* kAttributeKinds[] = {"f",  "c",  "i",  "s",  "t",  "g",  "ty", "ival",
                                           "fs", "cs", "is", "ss", "ts", "gs", "tys"};

const ir::AttributeValue& required(const NodeHandle& self, const std::string& name) {
  const ir::AttributeValue* value = self->find_attribute(ir::Symbol::intern(name));
  if (!value) throw RuntimeError(cat("required keyword attribute '", name, "' is undefined"));
  return *value;
}

template <class T>
const T& typed(const NodeHandle& self, const std::string& name) {
  const T* value = std::get_if<T>(&required(self, name));
  if (!value)
    throw RuntimeError(cat("attribute '", name, "' has kind '", kAttributeKinds[required(self, name).index()], "'"));
  return *value;
}

/// n.i("value") and n.i_("value", 3).
template <class T>
void bind_attribute(nb::class_<NodeHandle>& node, const char* kind) {
  node.def(kind, [](const NodeHandle& self, const std::string& name) { return typed<T>(self, name); });
  node.def(cat(kind, "_").c_str(), [](const NodeHandle& self, const std::string& name, const T& value) {
    self->set_attribute(ir::Symbol::intern(name), value);
    return self;
  });
}

ir::Value* only(const std::vector<ir::Value*>& values, const NodeHandle& self, const char* what) {
  if (values.size() == 1) return values[0];
  throw RuntimeError(cat("Tried to access a single ", what, " on node '", self->kind().str(), "' which has ",
                         values.size(), " ", what, "s. You may consider using node.", what, "s() instead."));
}

ir::Value* at(const std::vector<ir::Value*>& values, size_t i) {
  if (i >= values.size()) throw IndexError(cat("index ", i, " is out of range: there are ", values.size()));
  return values[i];
}

std::string position_text(const SourceRange& range) { return range ? range.highlight() : std::string(); }

void bind_places(nb::class_<NodeHandle>& node) {
  node.def("prev", [](const NodeHandle& self) { return handle_of(self->prev()); })
      .def("owningBlock", [](const NodeHandle& self) { return handle_of(self->owning_block()); })
      .def("insertBefore",
           [](const NodeHandle& self, const NodeHandle& other) { return handle_of(self->insert_before(other.part)); })
      .def("insertAfter",
           [](const NodeHandle& self, const NodeHandle& other) { return handle_of(self->insert_after(other.part)); })
      .def("moveBefore", [](const NodeHandle& self, const NodeHandle& other) { self->move_before(other.part); })
      .def("moveAfter", [](const NodeHandle& self, const NodeHandle& other) { self->move_after(other.part); })
      .def("isBefore", [](const NodeHandle& self, const NodeHandle& other) { return self->is_before(other.part); })
      .def("isAfter", [](const NodeHandle& self, const NodeHandle& other) { return self->is_after(other.part); })
      .def("replaceAllUsesWith",
           [](const NodeHandle& self, const NodeHandle& other) { self->replace_all_uses_with(other.part); })
      .def("destroy", [](NodeHandle& self) {
        if (self->has_uses()) throw RuntimeError(cat("node '", self->kind().str(), "' still has uses"));
        self->destroy();
      });
}

void bind_inputs(nb::class_<NodeHandle>& node) {
  node.def("inputs", [](const NodeHandle& self) { return iterator_over(self->inputs()); })
      .def("outputs", [](const NodeHandle& self) { return iterator_over(self->outputs()); })
      .def("input", [](const NodeHandle& self) { return handle_of(only(self->inputs(), self, "input")); })
      .def("output", [](const NodeHandle& self) { return handle_of(only(self->outputs(), self, "output")); })
      .def("inputsAt", [](const NodeHandle& self, size_t i) { return handle_of(at(self->inputs(), i)); })
      .def("outputsAt", [](const NodeHandle& self, size_t i) { return handle_of(at(self->outputs(), i)); })
      .def("inputsSize", [](const NodeHandle& self) { return self->inputs().size(); })
      .def("outputsSize", [](const NodeHandle& self) { return self->outputs().size(); })
      .def("hasMultipleOutputs", [](const NodeHandle& self) { return self->outputs().size() > 1; })
      .def("hasUses", [](const NodeHandle& self) { return self->has_uses(); })
      .def("namedInput",
           [](const NodeHandle& self, const std::string& name) {
             ir::Value* value = self->named_input(name);
             if (!value) throw RuntimeError(cat("node '", self->kind().str(), "' has no argument '", name, "'"));
             return handle_of(value);
           })
      .def("addInput",
           [](const NodeHandle& self, const ValueHandle& value) { return handle_of(self->add_input(value.part)); })
      .def("replaceInput",
           [](const NodeHandle& self, size_t i, const ValueHandle& value) {
             at(self->inputs(), i);
             return handle_of(self->replace_input(i, value.part));
           })
      .def("replaceInputWith", [](const NodeHandle& self, const ValueHandle& from,
                                  const ValueHandle& to) { self->replace_input_with(from.part, to.part); })
      .def("removeInput",
           [](const NodeHandle& self, size_t i) {
             at(self->inputs(), i);
             self->remove_input(i);
           })
      .def("removeAllInputs", [](const NodeHandle& self) { self->remove_all_inputs(); })
      .def("addOutput", [](const NodeHandle& self) { return handle_of(self->add_output()); })
      .def("eraseOutput", [](const NodeHandle& self, size_t i) {
        if (at(self->outputs(), i)->has_uses()) throw RuntimeError(cat("output ", i, " still has uses"));
        self->erase_output(i);
      });
}

}  // namespace

void bind_node(nb::module_& m) {
  auto node = nb::class_<NodeHandle>(m, "Node", "One step of a graph.");
  node.def("__repr__", [](const NodeHandle& self) { return ir::node_text(*self.part); })
      .def("__eq__", [](const NodeHandle& self, const NodeHandle& other) { return self == other; })
      .def("__hash__", [](const NodeHandle& self) { return std::hash<const void*>()(self.part); })
      .def("kind", [](const NodeHandle& self) { return self->kind().str(); })
      .def("schema",
           [](const NodeHandle& self) {
             return self->find_schema() ? self->find_schema()->str() : std::string("(no schema)");
           })
      .def("matches",
           [](const NodeHandle& self, const std::string& schema) {
             return self->find_schema() && self->find_schema()->str() == Schema::parse(schema).str();
           })
      .def("sourceRange", [](const NodeHandle& self) { return position_text(self->range()); })
      .def("scopeName", [](const NodeHandle& self) { return self->scope(); })
      .def("blocks", [](const NodeHandle& self) { return iterator_over(self->blocks()); })
      .def("addBlock", [](const NodeHandle& self) { return handle_of(self->add_block()); })
      .def("mustBeNone",
           [](const NodeHandle& self) {
             return self->outputs().size() == 1 && self->output()->type()->is(TypeKind::none);
           })
      .def("isNondeterministic",
           [](const NodeHandle& self) { return self->find_op() && self->find_op()->has(OpTraits::nondeterministic); })
      .def("copyAttributes", [](const NodeHandle& self, const NodeHandle& from) { self->copy_attributes(*from.part); })
      .def("copyMetadata",
           [](const NodeHandle& self, const NodeHandle& from) {
             self->set_range(from->range());
             self->set_scope(from->scope());
             self->set_inlined_from(from->inlined_from());
           })
      .def("attributeNames",
           [](const NodeHandle& self) {
             std::vector<std::string> names;
             for (const ir::Attribute& attribute : self->attributes()) names.push_back(attribute.name.str());
             return names;
           })
      .def("hasAttributes", [](const NodeHandle& self) { return !self->attributes().empty(); })
      .def("hasAttribute", [](const NodeHandle& self,
                              const std::string& name) { return self->has_attribute(ir::Symbol::intern(name)); })
      .def("kindOf", [](const NodeHandle& self,
                        const std::string& name) { return kAttributeKinds[required(self, name).index()]; })
      .def("removeAttribute",
           [](const NodeHandle& self, const std::string& name) {
             required(self, name);
             self->remove_attribute(ir::Symbol::intern(name));
           })
      .def("ival", [](const NodeHandle& self,
                      const std::string& name) { return nb::steal(to_python(typed<IValue>(self, name))); })
      .def(
          "ival_",
          [](const NodeHandle& self, const std::string& name, nb::object value) {
            self->set_attribute(ir::Symbol::intern(name), to_value(value));
            return self;
          },
          nb::arg("name"), nb::arg("value").none());
  bind_attribute<double>(node, "f");
  bind_attribute<std::complex<double>>(node, "c");
  bind_attribute<int64_t>(node, "i");
  bind_attribute<std::string>(node, "s");
  bind_attribute<Tensor>(node, "t");
  bind_attribute<Tensor>(node, "z");
  bind_attribute<std::shared_ptr<ir::Graph>>(node, "g");
  bind_attribute<TypePtr>(node, "ty");
  bind_attribute<std::vector<double>>(node, "fs");
  bind_attribute<std::vector<int64_t>>(node, "is");
  bind_attribute<std::vector<std::string>>(node, "ss");
  bind_attribute<std::vector<Tensor>>(node, "ts");
  bind_attribute<std::vector<Tensor>>(node, "zs");
  bind_attribute<std::vector<std::shared_ptr<ir::Graph>>>(node, "gs");
  bind_attribute<std::vector<TypePtr>>(node, "tys");
  bind_inputs(node);
  bind_places(node);
}

}  // namespace rushlight::python
