#include "passes/freeze.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
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
      fold(*graph, graph->block(), {{graph->inputs().at(0), {module_.get(), "self"}}});
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
    run_pass(lower_simple_tuples, *graph);
    return graph;
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

  void fold(ir::Graph& graph, Block& block, Places places) {
    for (Node* node : block.nodes()) {
      if (note_submodule(*node, places)) continue;
      for (Block* inner : node->blocks()) fold(graph, *inner, places);
      if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph)) {
        ir::Graph& inner = *std::get<std::shared_ptr<ir::Graph>>(*subgraph);
        auto outer_named = std::exchange(named_, {});
        fold(inner, inner.block(), places_inside(*node, places));
        clean_up(inner);
        named_ = std::move(outer_named);
      }
      if (node->kind() != kinds::get_attr) continue;
      const auto owner = places.find(node->input(0));
      if (owner == places.end()) continue;
      const Slot slot(owner->second.object, node->attribute<std::string>(ir::attributes::name));
      if (keep_.contains(slot) || !owner->second.object->has_attribute(slot.second)) continue;
      const IValue& value = owner->second.object->attribute(slot.second);
      if (!can_be_constant(value)) continue;
      node->output()->replace_all_uses_with(
          constant_for(graph, slot, owner->second.path, value, node->output()->type()));
      node->destroy();
    }
  }

  /// One constant for each attribute, at the front, so that it is there for all blocks.
  Value* constant_for(ir::Graph& graph, const Slot& slot, const std::string& path, const IValue& value,
                      const TypePtr& type) {
    Value*& known = named_[slot];
    if (!known) {
      const ir::Graph::WithInsertPoint front(graph, graph.param_node()->next());
      IValue frozen = value;
      if (value.is_tensor() && value.tensor().defined())
        frozen = IValue(alias_tensor(value.tensor(), value.tensor().sizes(), value.tensor().strides(),
                                     value.tensor().storage_offset()));
      // A tensor tells all about itself; the rest keeps what the class declares.
      known = graph.insert_constant(frozen, {}, value.is_tensor() || value.is_none() ? nullptr : type);
      known->set_debug_name(cat(path, ".", slot.second));
    }
    return known;
  }

  /// The result of a convolution has as many dimensions as its weight: checks of that, as BatchNorm2d has one, are
  /// decided here.
  static void fold_dimensions_of_convolutions(ir::Graph& graph, Block& block) {
    static const ir::Symbol dim = ir::Symbol::intern("aten::dim");
    static const std::set<std::string_view> kConvolutions = {"aten::conv1d", "aten::conv2d", "aten::conv3d"};
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) fold_dimensions_of_convolutions(graph, *inner);
      if (node->kind() != dim) continue;
      const Node& producer = *node->input(0)->node();
      if (!kConvolutions.contains(producer.kind().str())) continue;
      const std::optional<IValue> weight = ir::constant_value(producer.input(1));
      if (!weight || !weight->is_tensor()) continue;
      const ir::Graph::WithInsertPoint before(graph, node);
      node->output()->replace_all_uses_with(graph.insert_constant(IValue(weight->tensor().dim())));
      node->destroy();
    }
  }

  void clean_up(ir::Graph& graph) {
    fold_dimensions_of_convolutions(graph, graph.block());
    static constexpr const Pass* kAfterFolding[] = {
        &constant_propagation, &constant_pooling,      &peephole,        &remove_dropout,
        &constant_propagation, &dead_code_elimination, &constant_pooling};
    run_pipeline(kAfterFolding, graph);
    if (options_.optimize_numerics) run_frozen_optimizations(graph);
  }

  /// The new class has the attributes that the graphs still mention, and those that were asked for.
  Ref<Object> assemble() {
    std::set<std::string> used;
    for (const auto& graph : graphs_) collect_used(graph->block(), graph->inputs().at(0), used);
    for (const Slot& slot : keep_)
      if (slot.first == module_.get()) used.insert(slot.second);
    const ClassType& old_class = module_->type();
    Ref<ClassType> frozen_class = ClassType::make(unit_->mangle(old_class.name()), /*is_module=*/true);
    unit_->register_type(frozen_class);
    for (const ClassType::Attribute& attribute : old_class.attributes())
      if (used.contains(attribute.name))
        frozen_class->add_attribute(attribute.name, attribute.type, attribute.is_parameter, attribute.is_buffer);
    auto object = make_ref<Object>(Ref<const ClassType>(frozen_class), unit_);
    for (const ClassType::Attribute& attribute : frozen_class->attributes())
      object->set_attribute(attribute.name, module_->attribute(attribute.name).deepcopy());
    for (size_t i = 0; i < methods_.size(); ++i) {
      Schema schema = old_class.find_method(methods_[i])->schema();
      schema.arguments.at(0).type = frozen_class;
      graphs_[i]->inputs()[0]->set_type(frozen_class);
      auto function = std::make_unique<GraphFunction>(cat(frozen_class->name(), ".", methods_[i]), graphs_[i]);
      function->set_schema(std::move(schema));
      frozen_class->add_method(unit_->add_function(std::move(function)));
    }
    return object;
  }

  static void collect_used(const Block& block, const Value* self, std::set<std::string>& used) {
    for (const Node* node : block.nodes()) {
      for (const Block* inner : node->blocks()) collect_used(*inner, self, used);
      if ((node->kind() == kinds::get_attr || node->kind() == kinds::set_attr) && node->input(0) == self)
        used.insert(node->attribute<std::string>(ir::attributes::name));
      if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph))
        for (size_t i = 0; i < node->inputs().size(); ++i) {
          const ir::Graph& inner = *std::get<std::shared_ptr<ir::Graph>>(*subgraph);
          if (node->input(i) == self) collect_used(inner.block(), inner.inputs().at(i), used);
        }
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

void run_frozen_optimizations(ir::Graph& graph) {
  static constexpr const Pass* kNumerics[] = {&fold_frozen_conv_bn, &fold_frozen_conv_add_or_sub,
                                              &fold_frozen_conv_mul_or_div, &fold_frozen_linear_bn};
  static constexpr const Pass* kAfter[] = {&dead_code_elimination};
  while (run_pipeline(kNumerics, graph)) run_pipeline(kAfter, graph);
}

}  // namespace rushlight::passes
