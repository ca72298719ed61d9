#include "archive/portability.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "ir/function.h"
#include "lang/diagnostics.h"
#include "passes/inline.h"
#include "value/class_type.h"

namespace rushlight::archive {
namespace {

bool holds_set(const Type& type) {
  if (type.is(TypeKind::set) || type.is(TypeKind::frozenset)) return true;
  return std::ranges::any_of(type.contained(), [](const TypePtr& part) { return holds_set(*part); });
}

class Checker {
 public:
  std::vector<UnportableUse> run(const ClassType& root) {
    visit_class(root);
    return std::move(uses_);
  }

 private:
  void note(std::string construct, const SourceRange& range) {
    const auto known = std::ranges::find(uses_, construct, &UnportableUse::construct);
    if (known == uses_.end()) uses_.push_back({std::move(construct), range});
  }

  void visit_class(const ClassType& type) {
    if (!classes_.insert(&type).second) return;
    for (const ClassType::Attribute& attribute : type.attributes()) {
      if (holds_set(*attribute.type)) note(cat("a set in the attribute '", attribute.name, "'"), {});
      visit_type(*attribute.type);
    }
    for (Function* method : type.methods())
      if (auto* function = dynamic_cast<ir::GraphFunction*>(method)) visit_function(*function);
  }
  void visit_type(const Type& type) {
    if (const ClassType* cls = type.as<ClassType>()) visit_class(*cls);
    for (const TypePtr& part : type.contained()) visit_type(*part);
  }

  /// Open functions are those whose calls are being followed: a call of one of them is recursion.
  void visit_function(const ir::GraphFunction& function) {
    bool& is_open = functions_[&function];
    is_open = true;
    visit_block(function.graph()->block());
    functions_[&function] = false;
  }
  void visit_call(const ir::Node& node) {
    const ir::GraphFunction* callee = passes::called_function(node);
    if (!callee) return;
    const auto known = functions_.find(callee);
    if (known == functions_.end()) return visit_function(*callee);
    if (known->second) note(cat("recursion of '", callee->name(), "'"), node.range());
  }
  void visit_block(const ir::Block& block) {
    for (const ir::Node* node : block.nodes()) {
      if (node->kind().str().starts_with("rushlight::")) {
        const Operator* op = node->find_op();
        const std::string_view doc = op ? op->declaration().doc : std::string_view();
        note(doc.empty() ? std::string(node->kind().str()) : std::string(doc), node->range());
      }
      for (const ir::Value* output : node->outputs()) {
        if (holds_set(*output->type())) note("sets", node->range());
        visit_type(*output->type());
      }
      visit_call(*node);
      for (const ir::Block* inner : node->blocks()) visit_block(*inner);
      if (const ir::AttributeValue* subgraph = node->find_attribute(ir::attributes::subgraph))
        visit_block(std::get<std::shared_ptr<ir::Graph>>(*subgraph)->block());
    }
  }

  std::vector<UnportableUse> uses_;
  std::unordered_set<const ClassType*> classes_;
  std::unordered_map<const ir::GraphFunction*, bool> functions_;
};

}  // namespace

std::vector<UnportableUse> unportable_uses(const Object& module) { return Checker().run(module.type()); }

void require_portable(const Object& module) {
  const std::vector<UnportableUse> uses = unportable_uses(module);
  if (uses.empty()) return;
  std::string text = "PyTorch cannot load this program. It uses:";
  for (const UnportableUse& use : uses) {
    text += cat("\n  ", use.construct);
    if (use.range) text += cat(":\n", lang::located(use.range));
  }
  throw RuntimeError({.message = text, .hint = "save without `portable=True` to keep it for Rushlight"});
}

}  // namespace rushlight::archive
