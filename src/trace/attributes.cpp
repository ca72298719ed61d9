#include "trace/attributes.h"

#include "base/text.h"
#include "trace/inputs.h"

namespace rushlight::trace {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

const ir::Symbol kScope = ir::Symbol::intern("scope");
constexpr std::string_view kRoot = "__module";

void bring_in(State& state, const Ref<Object>& module, Value* self, const std::string& path) {
  state.set_value(IValue(module), self);
  const ClassType& type = module->type();
  for (size_t i = 0; i < module->slot_count(); ++i) {
    const ClassType::Attribute& attribute = type.attributes()[i];
    const IValue& value = std::as_const(*module).slot(i);
    const std::string attribute_path = cat(path, ".", attribute.name);
    Node* node = state.graph->insert(state.graph->create(kinds::traced_attr));
    node->set_attribute(kScope, attribute_path);
    node->output()->set_type(value.is_tensor() && !value.tensor().defined() ? types::none() : value.type());
    if (value.is_tensor() && value.tensor().defined())
      bring_in(state, value, node->output());
    else if (value.is_object() && attribute.type->is(TypeKind::class_))
      attribute.type->is_module() ? bring_in(state, value.object_ref(), node->output(), attribute_path)
                                  : state.set_value(value, node->output());
  }
}

/// Every use of an attribute in one block, and in the blocks of its scopes.
class Reader {
 public:
  explicit Reader(ir::Graph& graph) : graph_(graph) {
    for (Node* node : graph.nodes())
      if (node->kind() == kinds::traced_attr) attributes_[node->attribute<std::string>(kScope)] = node->output();
  }

  void run() {
    if (graph_.inputs().empty()) return;
    add_self(graph_.block());
    read_in(graph_.block(), std::string(kRoot), graph_.inputs()[0]);
    std::vector<Node*> nodes;
    for (Node* node : graph_.nodes())
      if (node->kind() == kinds::traced_attr) nodes.push_back(node);
    for (Node* node : nodes) node->destroy();
  }

 private:
  ir::Graph& graph_;
  std::unordered_map<std::string, Value*> attributes_;

  void add_self(Block& block) {
    for (Node* node : block.nodes()) {
      if (node->kind() == kinds::traced_module_forward) {
        Value* module = attributes_.at(node->attribute<std::string>(kScope));
        node->add_input(module);
        node->blocks()[0]->add_input("self")->set_type(module->type());
      }
      for (Block* inner : node->blocks()) add_self(*inner);
    }
  }

  /// Returns the attributes that are not below `path`, for which the block got inputs, in that order.
  std::vector<Value*> read_in(Block& block, const std::string& path, Value* self) {
    std::vector<Value*> from_outside;
    std::unordered_map<Value*, Value*> replacement;
    const auto replace = [&](Node* user, size_t i) {
      Value* attribute = user->input(i);
      if (attribute->node()->kind() != kinds::traced_attr) return;
      Value*& mine = replacement[attribute];
      if (!mine) {
        const std::string& wanted = attribute->node()->attribute<std::string>(kScope);
        if (wanted == path || wanted.starts_with(path + ".")) {
          mine = read_chain(block, self, std::string_view(wanted).substr(path.size()));
        } else {
          from_outside.push_back(attribute);
          mine = block.add_input();
          mine->set_type(attribute->type());
        }
      }
      user->replace_input(i, mine);
    };
    for (Node* node : block.nodes()) {
      if (node->kind() == kinds::traced_module_forward) {
        Block& body = *node->blocks()[0];
        for (Value* attribute : read_in(body, node->attribute<std::string>(kScope), body.inputs()[0]))
          node->add_input(attribute);
      } else {
        for (Block* inner : node->blocks())
          for (Value* attribute : read_in(*inner, path, self)) node->add_input(attribute);
      }
      for (size_t i = 0; i < node->inputs().size(); ++i) replace(node, i);
    }
    for (size_t i = 0; i < block.outputs().size(); ++i) replace(block.return_node(), i);
    return from_outside;
  }

  /// `names`: ".fc.weight". At the start of the block, the first link first.
  Value* read_chain(Block& block, Value* from, std::string_view names) {
    Node* last = block.param_node();
    for (std::string_view name : split(names, '.')) {
      if (name.empty()) continue;
      Node* read = graph_.create(kinds::get_attr, {from});
      read->set_scope("");
      read->set_attribute(ir::attributes::name, std::string(name));
      const ClassType& type = from->type()->expect<ClassType>();
      read->output()->set_type(type.attributes()[*type.find_attribute(name)].type);
      read->output()->set_debug_name(value_name(name));
      last = read->insert_after(last);
      from = read->output();
    }
    return from;
  }

  /// Names of values are identifiers.
  static std::string value_name(std::string_view attribute) {
    return attribute[0] >= '0' && attribute[0] <= '9' ? cat("_", attribute) : std::string(attribute);
  }
};

}  // namespace

void bring_in_attributes(State& state, const Ref<Object>& module, Value* self) {
  bring_in(state, module, self, std::string(kRoot));
}

void read_attributes_from_self(ir::Graph& graph) { Reader(graph).run(); }

}  // namespace rushlight::trace
