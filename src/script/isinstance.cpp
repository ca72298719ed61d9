/// isinstance and hasattr: decided while compiling where the types say enough.
#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"
#include "value/unify.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

namespace {
/// Optional and Union apart.
void add_members(const TypePtr& type, std::vector<TypePtr>& out) {
  if (type->is(TypeKind::optional)) {
    add_members(type->expect<ElementType>().element(), out);
    out.push_back(types::none());
  } else if (type->is(TypeKind::union_)) {
    for (const TypePtr& member : type->contained()) add_members(member, out);
  } else {
    out.push_back(type);
  }
}
}  // namespace

Condition Emitter::emit_isinstance(const lang::Expr& object, const lang::Expr& classes) {
  ir::Value* value = emit(object);
  std::vector<TypePtr> wanted, given;
  const std::function<void(const lang::Expr&)> gather = [&](const lang::Expr& expr) {
    if (!expr.is(ExprKind::tuple)) {
      // A name may stand for a tuple of types.
      const std::string name = lang::dotted_name(expr);
      if (!name.empty())
        if (const std::vector<TypePtr> types = resolver_->tuple_of_types(name, expr.range); !types.empty()) {
          for (const TypePtr& type : types) add_members(type, wanted);
          return;
        }
      return add_members(type_of_annotation(expr), wanted);
    }
    for (const lang::ExprPtr& part : expr.operands) gather(*part);
  };
  gather(classes);
  add_members(value->type(), given);

  std::vector<TypePtr> yes, no;
  bool all_fit = true;
  for (const TypePtr& type : given) {
    if (type->is(TypeKind::any)) {
      yes.insert(yes.end(), wanted.begin(), wanted.end());
      no.push_back(types::any());
      all_fit = yes.size() == 1 && yes[0]->is(TypeKind::any);
      break;
    }
    // The narrower of the two, if one is a subtype of the other.
    TypePtr found;
    bool fits = false;
    for (const TypePtr& one : wanted) {
      if (type->is_subtype_of(*one)) {
        found = type;
        fits = true;
        break;
      }
      if (!found && one->is_subtype_of(*type)) found = one;
    }
    if (found) yes.push_back(found);
    if (!fits) {
      all_fit = false;
      no.push_back(type);
    }
  }
  Condition condition;
  const auto refinement = [&](const std::vector<TypePtr>& members) -> std::vector<Refinement> {
    if (members.empty() || !object.is(ExprKind::name)) return {};
    return {{object.text, unify_type_list(members, nullptr, /*default_to_union=*/true)}};
  };
  condition.when_true = refinement(yes);
  condition.when_false = refinement(no);
  if (yes.empty() || all_fit) {
    condition.decided = !yes.empty();
    condition.value = constant(IValue(*condition.decided), object.range);
    return condition;
  }
  ir::Node* node = graph_->insert(graph_->create(kinds::isinstance, {value}, 1));
  // As a Union has them: each once, in the order of its kinds.
  std::vector<TypePtr> distinct;
  add_members(wanted.size() == 1 ? wanted[0] : types::union_(wanted), distinct);
  node->set_attribute(ir::attributes::types, distinct);
  condition.value = node->output()->set_type(types::bool_());
  return condition;
}

Condition Emitter::emit_hasattr(const lang::Expr& object, const lang::Expr& name) {
  const SugaredValuePtr value = emit_sugared(object);
  if (!name.is(ExprKind::string)) lang::fail_at(name.range, "hasattr's second argument must be a string literal");
  Condition condition;
  condition.decided = value->has_attribute(*this, object.range, name.text);
  condition.value = constant(IValue(*condition.decided), object.range);
  return condition;
}

}  // namespace rushlight::script
