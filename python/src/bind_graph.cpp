/// torch.Graph, torch.Block and torch.Value: printing, walking, checking, editing. Editing keeps lint's rules or
/// raises.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include "base/error.h"
#include "base/text.h"
#include "convert.h"
#include "graph_objects.h"
#include "script_types.h"
#include "script_values.h"

namespace rushlight::python {
namespace {

bool print_source_ranges = true;

ir::Node* find_node(const ir::Block& block, ir::Symbol kind, bool recurse) {
  for (ir::Node* node : block.nodes()) {
    if (node->kind() == kind) return node;
    if (!recurse) continue;
    for (ir::Block* inner : node->blocks())
      if (ir::Node* found = find_node(*inner, kind, recurse)) return found;
  }
  return nullptr;
}
void find_nodes(const ir::Block& block, ir::Symbol kind, bool recurse, std::vector<ir::Node*>& found) {
  for (ir::Node* node : block.nodes()) {
    if (node->kind() == kind) found.push_back(node);
    if (!recurse) continue;
    for (ir::Block* inner : node->blocks()) find_nodes(*inner, kind, recurse, found);
  }
}
std::optional<NodeHandle> first_node(const ir::Block& block, const std::string& kind, bool recurse) {
  ir::Node* node = find_node(block, ir::Symbol::intern(kind), recurse);
  return node ? std::optional(handle_of(node)) : std::nullopt;
}
std::vector<NodeHandle> all_nodes(const ir::Block& block, const std::string& kind, bool recurse) {
  std::vector<ir::Node*> found;
  find_nodes(block, ir::Symbol::intern(kind), recurse, found);
  return handles_of(found);
}

std::vector<ir::Value*> values_of(const std::vector<ValueHandle>& handles, const ir::Graph& graph) {
  std::vector<ir::Value*> values;
  for (const ValueHandle& handle : handles) {
    if (handle.graph.get() != &graph)
      throw RuntimeError(cat("value %", handle->debug_name(), " belongs to another graph"));
    values.push_back(handle.part);
  }
  return values;
}

/// Sets the insertion point for a `with` block.
struct InsertPointGuard {
  std::shared_ptr<ir::Graph> graph;
  ir::Node* wanted;
  ir::Node* previous = nullptr;
};

void bind_block_part(nb::module_& m) {
  nb::class_<BlockHandle>(m, "Block", "A sequence of nodes with inputs and outputs.")
      .def("nodes", [](const BlockHandle& self) { return iterator_over(self->nodes()); })
      .def("inputs", [](const BlockHandle& self) { return iterator_over(self->inputs()); })
      .def("outputs", [](const BlockHandle& self) { return iterator_over(self->outputs()); })
      .def("paramNode", [](const BlockHandle& self) { return handle_of(self->param_node()); })
      .def("returnNode", [](const BlockHandle& self) { return handle_of(self->return_node()); })
      .def("owningNode",
           [](const BlockHandle& self) {
             return self->owning_node() ? std::optional(handle_of(self->owning_node())) : std::nullopt;
           })
      .def("addInputToBlock", [](const BlockHandle& self) { return handle_of(self->add_input()); })
      .def("registerOutput",
           [](const BlockHandle& self, const ValueHandle& value) { return self->register_output(value.part); })
      .def("addNode",
           [](const BlockHandle& self, const std::string& kind, const std::vector<ValueHandle>& inputs) {
             ir::Node* node = self.graph->create(ir::Symbol::intern(kind), values_of(inputs, *self.graph));
             return handle_of(self->append(node));
           })
      .def(
          "findNode",
          [](const BlockHandle& self, const std::string& kind, bool recurse) {
            return first_node(*self.part, kind, recurse);
          },
          nb::arg("kind"), nb::arg("recurse") = true)
      .def(
          "findAllNodes",
          [](const BlockHandle& self, const std::string& kind, bool recurse) {
            return all_nodes(*self.part, kind, recurse);
          },
          nb::arg("kind"), nb::arg("recurse") = true)
      .def("__eq__", [](const BlockHandle& self, const BlockHandle& other) { return self == other; })
      .def("__hash__", [](const BlockHandle& self) { return std::hash<const void*>()(self.part); });
}

void bind_value_part(nb::module_& m) {
  struct UseHandle {
    std::shared_ptr<ir::Graph> graph;
    ir::Use use;
  };
  nb::class_<UseHandle>(m, "Use", "Where a value is used.")
      .def_prop_ro("user", [](const UseHandle& self) { return handle_of(self.use.user); })
      .def_prop_ro("offset", [](const UseHandle& self) { return self.use.offset; });
  nb::class_<ValueHandle>(m, "Value", "What a node computes.")
      .def("__repr__",
           [](const ValueHandle& self) {
             return cat(self->debug_name(), " defined in (", ir::node_text(*self->node()), ")");
           })
      .def("__eq__", [](const ValueHandle& self, const ValueHandle& other) { return self == other; })
      .def("__hash__", [](const ValueHandle& self) { return std::hash<const void*>()(self.part); })
      .def("debugName", [](const ValueHandle& self) { return self->debug_name(); })
      .def("setDebugName",
           [](const ValueHandle& self, const std::string& name) { return handle_of(self->set_debug_name(name)); })
      .def("unique", [](const ValueHandle& self) { return self->unique(); })
      .def("offset", [](const ValueHandle& self) { return self->offset(); })
      .def("node", [](const ValueHandle& self) { return handle_of(self->node()); })
      .def("type", [](const ValueHandle& self) { return self->type(); })
      .def("setType", [](const ValueHandle& self, const TypePtr& type) { return handle_of(self->set_type(type)); })
      .def("setTypeAs",
           [](const ValueHandle& self, const ValueHandle& other) { return handle_of(self->set_type(other->type())); })
      .def("uses",
           [](const ValueHandle& self) {
             std::vector<UseHandle> uses;
             for (const ir::Use& use : self->uses()) uses.push_back({self.graph, use});
             return uses;
           })
      .def("replaceAllUsesWith",
           [](const ValueHandle& self, const ValueHandle& other) { self->replace_all_uses_with(other.part); })
      .def("replaceAllUsesAfterNodeWith",
           [](const ValueHandle& self, const NodeHandle& node, const ValueHandle& other) {
             self->replace_all_uses_after(node.part, other.part);
           })
      .def("copyMetadata",
           [](const ValueHandle& self, const ValueHandle& from) { return handle_of(self->copy_metadata(from.part)); })
      .def("toIValue",
           [](const ValueHandle& self) -> nb::object {
             const std::optional<IValue> value = ir::constant_value(self.part);
             return value ? nb::steal(to_python(*value)) : nb::none();
           })
      .def("isCompleteTensor",
           [](const ValueHandle& self) {
             const TensorType* type = self->type()->as<TensorType>();
             if (!type || !type->facts().dtype || !type->facts().device || !type->facts().sizes) return false;
             for (const auto& size : *type->facts().sizes)
               if (!size) return false;
             return true;
           })
      .def("requires_grad", [](const ValueHandle& self) {
        const TensorType* type = self->type()->as<TensorType>();
        return type && type->facts().requires_grad.value_or(true);
      });
}

}  // namespace

void bind_graph(nb::module_& m) {
  bind_block_part(m);
  bind_value_part(m);
  nb::class_<InsertPointGuard>(m, "_InsertPointGuard")
      .def("__enter__",
           [](InsertPointGuard& self) {
             if (!self.wanted) throw RuntimeError("cannot insert at None: no such node was found");
             self.previous = self.graph->insert_point();
             self.graph->set_insert_point(self.wanted);
           })
      .def("__exit__", [](InsertPointGuard& self, nb::args) { self.graph->set_insert_point(self.previous); });

  nb::class_<ir::Graph>(m, "Graph", "The code of one TorchScript function in SSA form.")
      .def("__init__",
           [](nb::pointer_and_handle<ir::Graph>) {
             throw TypeError("a Graph is made by torch.jit.script, trace or parse_ir");
           })
      .def("__str__", [](const ir::Graph& self) { return self.str(print_source_ranges); })
      .def("__repr__", [](const ir::Graph& self) { return self.str(print_source_ranges); })
      .def(
          "str", [](const ir::Graph& self, bool ranges) { return self.str(ranges); },
          nb::arg("print_source_ranges") = true)
      .def(
          "lint", [](const ir::Graph& self) { ir::lint(self); },
          "Check the graph's invariants.\n\nRaises RuntimeError that names the node and the rule it breaks.")
      .def("copy", [](const ir::Graph& self) { return self.copy(); })
      .def("inputs", [](const ir::Graph& self) { return iterator_over(self.inputs()); })
      .def("outputs", [](const ir::Graph& self) { return iterator_over(self.outputs()); })
      .def("nodes", [](const ir::Graph& self) { return iterator_over(self.nodes()); })
      .def("block", [](ir::Graph& self) { return handle_of(&self.block()); })
      .def("param_node", [](ir::Graph& self) { return handle_of(self.param_node()); })
      .def("return_node", [](ir::Graph& self) { return handle_of(self.return_node()); })
      .def(
          "findNode",
          [](const ir::Graph& self, const std::string& kind, bool recurse) {
            return first_node(self.block(), kind, recurse);
          },
          nb::arg("kind"), nb::arg("recurse") = true)
      .def(
          "findAllNodes",
          [](const ir::Graph& self, const std::string& kind, bool recurse) {
            return all_nodes(self.block(), kind, recurse);
          },
          nb::arg("kind"), nb::arg("recurse") = true)
      .def(
          "addInput", [](ir::Graph& self, const std::string& name) { return handle_of(self.add_input(name)); },
          nb::arg("name") = "")
      .def("eraseInput",
           [](ir::Graph& self, size_t i) {
             if (i >= self.inputs().size()) throw IndexError(cat("the graph has ", self.inputs().size(), " inputs"));
             if (self.inputs()[i]->has_uses())
               throw RuntimeError(cat("input %", self.inputs()[i]->debug_name(), " is still used"));
             self.block().erase_input(i);
           })
      .def("registerOutput", [](ir::Graph& self, const ValueHandle& value) { return self.register_output(value.part); })
      .def("eraseOutput",
           [](ir::Graph& self, size_t i) {
             if (i >= self.outputs().size()) throw IndexError(cat("the graph has ", self.outputs().size(), " outputs"));
             self.block().erase_output(i);
           })
      .def(
          "create",
          [](ir::Graph& self, const std::string& kind, const std::vector<ValueHandle>& inputs, size_t outputs) {
            return handle_of(self.create(ir::Symbol::intern(kind), values_of(inputs, self), outputs));
          },
          nb::arg("kind"), nb::arg("inputs") = std::vector<ValueHandle>(), nb::arg("n_outputs") = 1)
      .def("create", [](ir::Graph& self, const std::string& kind,
                        size_t outputs) { return handle_of(self.create(ir::Symbol::intern(kind), outputs)); })
      .def("createClone",
           [](ir::Graph& self, const NodeHandle& node, nb::callable map) {
             return handle_of(self.create_clone(
                 node.part, [&](ir::Value* value) { return nb::cast<ValueHandle>(map(handle_of(value))).part; }));
           })
      .def("insertNode", [](ir::Graph& self, const NodeHandle& node) { return handle_of(self.insert(node.part)); })
      .def("appendNode",
           [](ir::Graph& self, const NodeHandle& node) { return handle_of(self.block().append(node.part)); })
      .def("prependNode",
           [](ir::Graph& self, const NodeHandle& node) { return handle_of(self.block().prepend(node.part)); })
      .def(
          "insertConstant",
          [](ir::Graph& self, nb::object value) { return handle_of(self.insert_constant(to_value(value))); },
          nb::arg("value").none())
      .def("insert",
           [](ir::Graph& self, const std::string& kind, const std::vector<ValueHandle>& inputs) {
             return handle_of(self.insert(self.create(ir::Symbol::intern(kind), values_of(inputs, self)))->output());
           })
      .def("insertGraph",
           [](ir::Graph& self, const ir::Graph& callee, const std::vector<ValueHandle>& inputs) {
             return handles_of(self.insert_graph(callee, values_of(inputs, self)));
           })
      .def("insertPoint", [](ir::Graph& self) { return handle_of(self.insert_point()); })
      .def("setInsertPoint", [](ir::Graph& self, const NodeHandle& node) { self.set_insert_point(node.part); })
      .def("setInsertPoint", [](ir::Graph& self, const BlockHandle& block) { self.set_insert_point(*block.part); })
      .def(
          "insert_point_guard",
          [](ir::Graph& self, std::optional<NodeHandle> node) {
            return InsertPointGuard{self.shared_from_this(), node ? node->part : nullptr};
          },
          nb::arg("node").none())
      .def("insert_point_guard",
           [](ir::Graph& self, const BlockHandle& block) {
             return InsertPointGuard{self.shared_from_this(), block->return_node()};
           })
      .def_static(
          "set_global_print_source_ranges", [](bool on) { print_source_ranges = on; },
          nb::arg("print_source_ranges") = true)
      .def_static("global_print_source_ranges", [] { return print_source_ranges; });

  m.def(
      "parse_ir",
      [](const std::string& text, bool parse_tensor_constants) {
        return ir::parse_ir(text, {.tensor_constants = parse_tensor_constants});
      },
      nb::arg("input"), nb::arg("parse_tensor_constants") = false);
}

}  // namespace rushlight::python
