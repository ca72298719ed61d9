#include "passes/clone_module.h"

#include "base/stack_guard.h"
#include "base/text.h"

namespace rushlight::passes {
namespace {

bool is_module(const IValue& value) { return value.is_object() && value.object().type().is_module(); }

}  // namespace

ModuleClone::ModuleClone(const Object& module, const std::shared_ptr<ir::CompilationUnit>& unit,
                         const AttributesOfClasses& kept)
    : unit_(unit), original_(&module.type()) {
  name_classes(module);
  root_ = copy(module, kept);
  root_class_ = classes_.at(&module.type());
}

void ModuleClone::name_classes(const Object& module) {
  check_stack();
  Ref<ClassType>& known = classes_[&module.type()];
  if (!known) {
    known = ClassType::make(unit_->mangle(module.type().name()), /*is_module=*/true);
    unit_->register_type(known);
  }
  for (size_t i = 0; i < module.slot_count(); ++i)
    if (is_module(module.slot(i))) name_classes(module.slot(i).object());
}

void ModuleClone::fill_class(const ClassType& original, const std::set<std::string>& kept) {
  ClassType& copy = *classes_.at(&original);
  for (const ClassType::Attribute& attribute : original.attributes())
    if (kept.contains(attribute.name))
      copy.add_attribute(attribute.name, retyped(attribute.type), attribute.is_parameter, attribute.is_buffer);
  if (&original != original_ && copy.attributes().size() == original.attributes().size()) copy_methods(original, copy);
}

void ModuleClone::copy_methods(const ClassType& original, ClassType& copy) {
  for (Function* method : original.methods()) {
    const auto* of_graph = dynamic_cast<const ir::GraphFunction*>(method);
    if (!of_graph) continue;
    std::shared_ptr<ir::Graph> graph = of_graph->graph()->copy();
    retype(*graph);
    Schema schema = method->schema();
    schema.arguments.at(0).type = classes_.at(&original);
    auto function = std::make_unique<ir::GraphFunction>(cat(copy.name(), ".", method->name()), std::move(graph));
    function->set_schema(std::move(schema));
    copy.add_method(unit_->add_function(std::move(function)));
  }
}

Ref<Object> ModuleClone::copy(const Object& module, const AttributesOfClasses& kept) {
  if (const auto found = copies_.find(&module); found != copies_.end()) return found->second;
  const Ref<ClassType>& cls = classes_.at(&module.type());
  const auto names = kept.find(&module.type());
  if (names != kept.end() && cls->attributes().empty()) fill_class(module.type(), names->second);
  auto object = make_ref<Object>(Ref<const ClassType>(cls), unit_);
  copies_.emplace(&module, object);
  for (const ClassType::Attribute& attribute : cls->attributes()) {
    const IValue& value = module.attribute(attribute.name);
    object->set_attribute(attribute.name, is_module(value) ? IValue(copy(value.object(), kept)) : value);
  }
  return object;
}

TypePtr ModuleClone::retyped(const TypePtr& type) const {
  if (const auto* cls = type->as<ClassType>()) {
    const auto found = classes_.find(cls);
    return found == classes_.end() ? type : TypePtr(found->second);
  }
  if (type->contained().empty()) return type;
  std::vector<TypePtr> contained;
  for (const TypePtr& part : type->contained()) contained.push_back(retyped(part));
  return type->with_contained(std::move(contained));
}

void ModuleClone::retype(ir::Graph& graph) const {
  for (ir::Value* input : graph.inputs()) input->set_type(retyped(input->type()));
  retype(graph.block());
}

void ModuleClone::retype(ir::Block& block) const {
  for (ir::Node* node : block.nodes()) {
    for (ir::Value* output : node->outputs()) output->set_type(retyped(output->type()));
    for (ir::Block* inner : node->blocks()) {
      for (ir::Value* input : inner->inputs()) input->set_type(retyped(input->type()));
      retype(*inner);
    }
    if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph))
      retype(*std::get<std::shared_ptr<ir::Graph>>(*subgraph));
  }
}

}  // namespace rushlight::passes
