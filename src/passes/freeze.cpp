#include "passes/freeze.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "passes/clone_module.h"
#include "passes/evaluate.h"
#include "passes/fold_frozen.h"
#include "passes/inline.h"
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::GraphFunction;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

/// One attribute of one object.
using Slot = std::pair<const Object*, std::string>;

class Freezer {
 public:
  Freezer(const Ref<Object>& module, const std::shared_ptr<ir::CompilationUnit>& unit, const FreezeOptions& options)
      : module_(module), unit_(unit), options_(options) {}

  Ref<Object> run() {
    choose_preserved();
    for (const std::string& name : methods_) graphs_.push_back(inlined_method(name));
    for (const auto& graph : graphs_) find_written(*graph);
    for (const auto& graph : graphs_) {
      named_.clear();
      fold(*graph, {{graph->inputs().at(0), {module_.get(), "self"}}});
      clean_up(*graph);
    }
    return assemble();
  }

 private:
  /// A module that a value of the graph stands for, and where it is.
  struct Place {
    const Object* object;
    std::string path;
  };
  using Places = std::unordered_map<const Value*, Place>;

  void choose_preserved() {
    std::vector<std::string> names = {"forward"};
    names.insert(names.end(), options_.preserved.begin(), options_.preserved.end());
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string& name = names[i];
      if (module_->type().find_method(name)) {
        if (std::find(methods_.begin(), methods_.end(), name) == methods_.end()) methods_.push_back(name);
        continue;
      }
      const Object* owner = module_.get();
      std::string_view rest = name;
      for (size_t dot; (dot = rest.find('.')) != std::string_view::npos; rest.remove_prefix(dot + 1)) {
        const std::string part(rest.substr(0, dot));
        if (!owner->has_attribute(part) || !owner->attribute(part).is_object())
          throw RuntimeError(cat("Unknown name: ", name));
        keep_.emplace(owner, part);
        owner = &owner->attribute(part).object();
      }
      if (!owner->has_attribute(rest)) {
        if (i == 0) continue;  // a module without forward can be frozen for its other methods
        throw RuntimeError(cat("Unknown name: ", name));
      }
      keep_.emplace(owner, std::string(rest));
      preserve_all_below(*owner, std::string(rest));
    }
  }

  /// Whoever keeps a submodule keeps what is in it.
  void preserve_all_below(const Object& owner, const std::string& name) {
    const IValue& value = owner.attribute(name);
    if (!value.is_object() || !value.object().type().is_module()) return;
    for (const ClassType::Attribute& attribute : value.object().type().attributes()) {
      if (!keep_.emplace(&value.object(), attribute.name).second) continue;
      preserve_all_below(value.object(), attribute.name);
    }
  }

  std::shared_ptr<ir::Graph> inlined_method(const std::string& name) {
    auto* method = dynamic_cast<GraphFunction*>(module_->type().find_method(name));
    if (!method) throw RuntimeError(cat("method '", name, "' has no graph to freeze"));
    std::shared_ptr<ir::Graph> graph = method->graph()->copy();
    inline_everything(*graph, {{graph->inputs().at(0), {module_.get(), "self"}}});
    forget_shapes(graph->block());
    return graph;
  }

  /// What a trace knew of its tensors. Types of containers stay as they are, as in PyTorch.
  static void forget_shapes(ArrayRef<Value*> values) {
    for (Value* value : values)
      if (value->type()->is(TypeKind::tensor)) value->set_type(types::tensor());
  }
  static void forget_shapes(const Block& block) {
    forget_shapes(block.inputs());
    for (const Node* node : block.nodes()) {
      forget_shapes(node->outputs());
      for (const Block* inner : node->blocks()) forget_shapes(*inner);
    }
  }

  /// Calls through interfaces can be inlined here, since the objects are known.
  void inline_everything(ir::Graph& graph, Places places) {
    run_pass(inline_calls, graph);
    for (bool changed = true; changed;) {
      changed = inline_known_calls(graph.block(), places);
      if (changed) run_pass(inline_calls, graph);
    }
    inline_in_subgraphs(graph.block(), places);
  }

  bool inline_known_calls(Block& block, Places& places) {
    bool changed = false;
    for (Node* node : block.nodes()) {
      note_submodule(*node, places);
      for (Block* inner : node->blocks()) changed |= inline_known_calls(*inner, places);
      if (node->kind() != kinds::call_method || called_function(*node)) continue;
      const auto found = places.find(node->input(0));
      if (found == places.end()) continue;
      auto* method = dynamic_cast<GraphFunction*>(
          found->second.object->type().find_method(node->attribute<std::string>(ir::attributes::name)));
      if (!method) continue;
      const std::shared_ptr<ir::Graph> body = inlined_graph(*method);
      inline_call(*node, *method, *body);
      changed = true;
    }
    return changed;
  }

  void inline_in_subgraphs(Block& block, Places& places) {
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) inline_in_subgraphs(*inner, places);
      if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph))
        inline_everything(*std::get<std::shared_ptr<ir::Graph>>(*subgraph), places_inside(*node, places));
    }
  }

  Places places_inside(const Node& node, const Places& places) const {
    Places inside;
    const ir::Graph& graph = *node.attribute<std::shared_ptr<ir::Graph>>(ir::attributes::subgraph);
    for (size_t i = 0; i < node.inputs().size() && i < graph.inputs().size(); ++i)
      if (const auto found = places.find(node.input(i)); found != places.end())
        inside[graph.inputs()[i]] = found->second;
    return inside;
  }

  /// A read of a submodule is a place; anything else stays a value.
  static bool note_submodule(const Node& node, Places& places) {
    if (node.kind() != kinds::get_attr) return false;
    const auto owner = places.find(node.input(0));
    if (owner == places.end()) return false;
    const std::string& name = node.attribute<std::string>(ir::attributes::name);
    if (!owner->second.object->has_attribute(name)) return false;
    const IValue& value = owner->second.object->attribute(name);
    if (!value.is_object() || !value.object().type().is_module()) return false;
    places[node.output()] = {&value.object(), cat(owner->second.path, ".", name)};
    return true;
  }

  void find_written(ir::Graph& graph) {
    const AliasInfo alias(graph, /*attributes_are_own=*/true);
    Places places = {{graph.inputs().at(0), {module_.get(), "self"}}};
    find_written(graph.block(), places, alias);
  }

  void find_written(Block& block, Places& places, const AliasInfo& alias) {
    for (Node* node : block.nodes()) {
      if (note_submodule(*node, places)) continue;
      for (Block* inner : node->blocks()) find_written(*inner, places, alias);
      if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph)) {
        ir::Graph& inner = *std::get<std::shared_ptr<ir::Graph>>(*subgraph);
        Places inside = places_inside(*node, places);
        find_written(inner.block(), inside, AliasInfo(inner, true));
      }
      if (node->kind() != kinds::get_attr && node->kind() != kinds::set_attr) continue;
      const auto owner = places.find(node->input(0));
      if (owner == places.end()) continue;
      const bool written = node->kind() == kinds::set_attr ||
                           (node->output()->type()->is_mutable() && alias.may_be_written(node->output()));
      if (written) keep_.emplace(owner->second.object, node->attribute<std::string>(ir::attributes::name));
    }
  }

  /// Blocks inside of nodes come after the whole block around them, the last one first: the order of the constants
  /// shows it.
  void fold(ir::Graph& graph, Places places) {
    Node* const first = graph.param_node()->next();
    std::vector<Block*> blocks = {&graph.block()};
    while (!blocks.empty()) {
      Block* const block = blocks.back();
      blocks.pop_back();
      for (Node* node : block->nodes()) {
        blocks.insert(blocks.end(), node->blocks().begin(), node->blocks().end());
        if (!note_submodule(*node, places)) {
          fold(graph, *node, places, first);
        } else if (!keep_.contains(slot_of(*node, places))) {
          graph.create(kinds::constant)->destroy();  // PyTorch tries to make a constant of it: a number is spent
        }
      }
    }
  }

  void fold(ir::Graph& graph, Node& node, const Places& places, Node* first) {
    if (const ir::AttributeValue* subgraph = node.find_attribute(ir::attributes::subgraph)) {
      ir::Graph& inner = *std::get<std::shared_ptr<ir::Graph>>(*subgraph);
      auto outer_named = std::exchange(named_, {});
      fold(inner, places_inside(node, places));
      clean_up(inner);
      named_ = std::move(outer_named);
    }
    if (node.kind() != kinds::get_attr) return;
    const auto owner = places.find(node.input(0));
    if (owner == places.end()) return;
    const Slot slot = slot_of(node, places);
    if (keep_.contains(slot) || !owner->second.object->has_attribute(slot.second)) return;
    if (options_.preserve_parameters && is_parameter(slot)) return;
    const IValue& value = owner->second.object->attribute(slot.second);
    if (!can_be_constant(value)) return;
    const ir::Graph::WithInsertPoint front(graph, first);
    node.output()->replace_all_uses_with(constant_for(graph, slot, owner->second.path, value));
  }

  /// What a GetAttr or SetAttr of a known module reads or writes.
  static Slot slot_of(const Node& node, const Places& places) {
    return {places.at(node.input(0)).object, node.attribute<std::string>(ir::attributes::name)};
  }

  static bool is_parameter(const Slot& slot) {
    return std::ranges::any_of(slot.first->type().attributes(), [&slot](const ClassType::Attribute& attribute) {
      return attribute.name == slot.second && attribute.is_parameter;
    });
  }

  /// One constant for each attribute.
  Value* constant_for(ir::Graph& graph, const Slot& slot, const std::string& path, const IValue& value) {
    Value*& known = named_[slot];
    if (!known) {
      IValue frozen = value;
      if (value.is_tensor() && value.tensor().defined())
        frozen = IValue(alias_tensor(value.tensor(), value.tensor().sizes(), value.tensor().strides(),
                                     value.tensor().storage_offset()));
      known = graph.insert_constant(frozen);
      known->set_debug_name(cat(path, ".", slot.second));
    }
    return known;
  }

  static void clean_up(ir::Graph& graph) {
    static constexpr const Pass* kBeforeUnrolling[] = {&dead_code_elimination,
                                                       &common_subexpression_elimination,
                                                       &peephole,
                                                       &dead_code_elimination,
                                                       &constant_propagation,
                                                       &dead_code_elimination,
                                                       &constant_pooling};
    static constexpr const Pass* kAfterUnrolling[] = {&remove_list_mutation, &peephole, &dead_code_elimination,
                                                      &constant_propagation, &dead_code_elimination};
    static constexpr const Pass* kAtLast[] = {&common_subexpression_elimination, &lower_simple_tuples,
                                              &dead_code_elimination};
    run_pipeline(kBeforeUnrolling, graph);
    if (run_pass(unroll_constant_loops, graph)) run_pipeline(kAfterUnrolling, graph);
    run_pipeline(kAtLast, graph);
  }

  /// The classes have the attributes that the graphs still mention, and those that were asked for.
  Ref<Object> assemble() {
    AttributesOfClasses used;
    for (const auto& graph : graphs_) collect_used(graph->block(), used);
    for (const auto& [owner, name] : keep_) used[&owner->type()].insert(name);
    ModuleClone clone(*module_, unit_, used);
    const ClassType& old_class = module_->type();
    for (size_t i = 0; i < methods_.size(); ++i) {
      clone.retype(*graphs_[i]);
      Schema schema = old_class.find_method(methods_[i])->schema();
      schema.arguments.at(0).type = clone.root_class();
      auto function = std::make_unique<GraphFunction>(cat(clone.root_class()->name(), ".", methods_[i]), graphs_[i]);
      function->set_schema(std::move(schema));
      clone.root_class()->add_method(unit_->add_function(std::move(function)));
    }
    return clone.root();
  }

  static void collect_used(const Block& block, AttributesOfClasses& used) {
    for (const Node* node : block.nodes()) {
      for (const Block* inner : node->blocks()) collect_used(*inner, used);
      if (node->kind() == kinds::get_attr || node->kind() == kinds::set_attr)
        if (const auto* owner = node->input(0)->type()->as<ClassType>())
          used[owner].insert(node->attribute<std::string>(ir::attributes::name));
      if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph))
        collect_used(std::get<std::shared_ptr<ir::Graph>>(*subgraph)->block(), used);
    }
  }

  Ref<Object> module_;
  std::shared_ptr<ir::CompilationUnit> unit_;
  const FreezeOptions& options_;
  std::vector<std::string> methods_;
  std::vector<std::shared_ptr<ir::Graph>> graphs_;
  std::set<Slot> keep_;  ///< attributes that stay: written somewhere, or asked for
  std::map<Slot, Value*> named_;
};

}  // namespace

Ref<Object> freeze_module(const Ref<Object>& module, const std::shared_ptr<ir::CompilationUnit>& unit,
                          const FreezeOptions& options) {
  return Freezer(module, unit, options).run();
}

void run_frozen_optimizations(ir::Graph& graph, bool optimize_numerics) {
  run_pass(remove_dropout, graph);
  if (!optimize_numerics) return;
  static constexpr const Pass* kNumerics[] = {&fold_frozen_conv_bn, &fold_frozen_conv_add_or_sub,
                                              &fold_frozen_conv_mul_or_div, &fold_frozen_linear_bn};
  static constexpr const Pass* kAfter[] = {&dead_code_elimination};
  run_pipeline(kAfter, graph);
  while (run_pipeline(kNumerics, graph)) run_pipeline(kAfter, graph);
}

}  // namespace rushlight::passes
