/// Assignment: names, attributes, elements, unpacking; and the augmented forms.
#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

using lang::ExprKind;

namespace {
/// Of an object of a class; null for anything else.
TypePtr type_of_attribute(const SugaredValuePtr& object, const std::string& name) {
  const ir::Value* value = as_simple(object);
  const auto* cls = value ? value->type()->as<ClassType>() : nullptr;
  const std::optional<size_t> slot = cls ? cls->find_attribute(name) : std::nullopt;
  return slot ? cls->attributes()[*slot].type : nullptr;
}
}  // namespace

void Emitter::emit_assign(const lang::Stmt& stmt) {
  if (!stmt.value) return emit_declaration(stmt);
  if (stmt.targets.size() == 1) return emit_single_assign(*stmt.targets[0], stmt, nullptr);
  // `a = b = e`: the value once, kept under a name of its own, then the targets from left to right.
  const std::string name = temporary("$tmp_assign_");
  environment_.set(name, emit_sugared(*stmt.value), stmt.value->range);
  for (const lang::ExprPtr& target : stmt.targets)
    emit_single_assign(*target, stmt, environment_.find(name, stmt.value->range));
}

/// `x: T` says which type the first assignment gives to x.
void Emitter::emit_declaration(const lang::Stmt& stmt) {
  if (!def_.is_python) lang::fail_at(stmt.range, "For an assignment, expected an expression on the right-hand side");
  const TypePtr type = type_of_annotation(*stmt.annotation);
  const lang::Expr& target = *stmt.targets[0];
  if (!target.is(ExprKind::name)) return;
  if (environment_.is_defined(target.text))
    lang::fail_at(stmt.range, cat("Variable '", target.text, "' has a value already; its type is declared too late"));
  declared_[target.text] = type;
}

/// `ready`: the value, if it is computed already.
void Emitter::emit_single_assign(const lang::Expr& target, const lang::Stmt& stmt, const SugaredValuePtr& ready) {
  const auto value = [&](const TypePtr& hint) { return ready ? ready : emit_sugared(*stmt.value, hint); };
  const SourceRange& value_range = stmt.value->range;
  // Of several targets each has the same value: none may change its type.
  const lang::Expr* display = stmt.targets.size() == 1 ? stmt.value.get() : nullptr;
  switch (target.kind) {
    case ExprKind::name: {
      TypePtr annotated = stmt.annotation ? type_of_annotation(*stmt.annotation) : nullptr;
      const auto declared = declared_.find(target.text);
      if (!annotated && declared != declared_.end() && !environment_.is_defined(target.text))
        annotated = declared->second;
      SugaredValuePtr given = value(annotated);
      if (annotated && display)
        if (ir::Value* made = as_simple(given))
          if (ir::Value* fitted = fit_display(*display, made, annotated); fitted && fitted != made)
            given = simple(fitted);
      return environment_.set(target.text, given, target.range, annotated);
    }
    case ExprKind::attribute: {
      const SugaredValuePtr object = emit_sugared(*target[0]);
      const TypePtr annotated = stmt.annotation ? type_of_annotation(*stmt.annotation) : nullptr;
      ir::Value* graph_value = value(annotated)->as_value(*this, value_range);
      if (display)
        if (const TypePtr declared = type_of_attribute(object, target.text))
          if (ir::Value* fitted = fit_display(*display, graph_value, declared)) graph_value = fitted;
      return object->set_attribute(*this, stmt.range, target.text, graph_value);
    }
    case ExprKind::tuple: {
      const bool starred = check_targets(target.operands, target.range);
      (void)starred;
      return emit_tuple_assign(target, ready ? ready : emit_for_results(*stmt.value, target.operands.size()),
                               value_range);
    }
    case ExprKind::subscript:
      return emit_subscript_assignment(
          target,
          {.name = "", .value = value(nullptr)->as_value(*this, value_range), .range = value_range, .source = display},
          stmt.range);
    default:
      lang::fail_at(target.range, "unexpected expression on left-hand side of assignment");
  }
}

/// Whether one of them is starred.
bool Emitter::check_targets(const std::vector<lang::ExprPtr>& targets, const SourceRange& range) {
  size_t plain = 0, starred = 0;
  for (const lang::ExprPtr& target : targets) {
    switch (target->kind) {
      case ExprKind::name:
      case ExprKind::subscript:
      case ExprKind::tuple:
      case ExprKind::attribute:
        ++plain;
        break;
      case ExprKind::starred:
        ++starred;
        break;
      default:
        lang::fail_at(target->range, "lhs of assignment must be a variable, subscript, or starred expression");
    }
  }
  if (starred > 1) lang::fail_at(range, "Only one starred expression is allowed on the lhs");
  if (starred && !plain)
    lang::fail_at(
        range, "A Starred expression may only appear on the lhs within the presence of another non-starred expression");
  return starred > 0;
}

void Emitter::emit_tuple_assign(const lang::Expr& target, const SugaredValuePtr& value, const SourceRange& range) {
  const bool starred = check_targets(target.operands, target.range);
  const size_t wanted = target.operands.size() - starred;
  const std::vector<SugaredValuePtr> parts =
      value->as_tuple(*this, range, starred ? std::nullopt : std::optional(wanted));
  if (parts.size() < wanted)
    lang::fail_at(target.range,
                  cat("need ", starred ? "at least " : "", wanted, " values to unpack but found only ", parts.size()));
  if (parts.size() > wanted && !starred)
    lang::fail_at(target.range, cat("too many values to unpack: need ", wanted, " but found ", parts.size()));
  size_t next = 0;
  for (const lang::ExprPtr& part : target.operands) {
    if (!part->is(ExprKind::starred)) {
      assign_to(*part, parts[next++], range);
      continue;
    }
    const lang::Expr& name = *(*part)[0];
    if (!name.is(ExprKind::name)) lang::fail_at(name.range, "Cannot pack a tuple into a non-variable");
    std::vector<ir::Value*> rest;
    for (size_t k = 0; k < parts.size() - wanted; ++k) rest.push_back(parts[next++]->as_value(*this, part->range));
    environment_.set_value(name.text, make_tuple(rest), name.range);
  }
}

void Emitter::assign_to(const lang::Expr& target, const SugaredValuePtr& value, const SourceRange& range) {
  switch (target.kind) {
    case ExprKind::name:
      return environment_.set(target.text, value, target.range);
    case ExprKind::attribute: {
      const SugaredValuePtr object = emit_sugared(*target[0]);
      return object->set_attribute(*this, range, target.text, value->as_value(*this, range));
    }
    case ExprKind::subscript:
      return emit_subscript_assignment(target, {"", value->as_value(*this, range), range}, range);
    case ExprKind::tuple:
      return emit_tuple_assign(target, value, range);
    default:
      lang::fail_at(target.range, "unexpected expression on the left-hand side");
  }
}

// ---- Augmented assignment

namespace {
struct AugmentedOp {
  std::string_view text;
  std::string_view inplace;  ///< for tensors and lists
  std::string_view plain;
  std::string_view method;  ///< of classes, without underscores
};
constexpr AugmentedOp kAugmented[] = {{"+", "aten::add_", "aten::add", "add"},
                                      {"-", "aten::sub_", "aten::sub", "sub"},
                                      {"*", "aten::mul_", "aten::mul", "mul"},
                                      {"/", "aten::div_", "aten::div", "truediv"},
                                      {"//", "aten::floor_divide_", "aten::floordiv", "floordiv"},
                                      {"@", "aten::matmul", "aten::matmul", "matmul"},
                                      {"%", "aten::fmod_", "aten::fmod", "mod"},
                                      {"**", "aten::pow", "aten::pow", "pow"},
                                      {"|", "aten::bitwise_or", "aten::__or__", "or"},
                                      {"&", "aten::bitwise_and", "aten::__and__", "and"},
                                      {"^", "aten::bitwise_xor", "aten::__xor__", "xor"},
                                      {"<<", "aten::__ilshift__", "aten::__lshift__", "lshift"},
                                      {">>", "aten::__irshift__", "aten::__rshift__", "rshift"}};
const AugmentedOp& augmented(const lang::Stmt& stmt) {
  for (const AugmentedOp& op : kAugmented)
    if (op.text == stmt.text) return op;
  lang::fail_at(stmt.range, cat("Unknown augmented assignment: ", stmt.text));
}
std::string_view operator_for(const lang::Stmt& stmt, const Type& type) {
  const AugmentedOp& op = augmented(stmt);
  return type.is(TypeKind::tensor) || type.is(TypeKind::list) ? op.inplace : op.plain;
}
}  // namespace

void Emitter::emit_augmented(const lang::Stmt& stmt) {
  const lang::Expr& target = *stmt.targets[0];
  switch (target.kind) {
    case ExprKind::name: {
      ir::Value* left = emit(target);
      return environment_.set_value(target.text, augmented_value(stmt, left), target.range);
    }
    case ExprKind::attribute: {
      const SugaredValuePtr object = emit_sugared(*target[0]);
      ir::Value* left = object->attribute(*this, target.range, target.text)->as_value(*this, target.range);
      ir::Value* result = augmented_value(stmt, left);
      return object->set_attribute(*this, stmt.range, target.text, result);
    }
    case ExprKind::subscript:
      return emit_subscript_augmented(stmt);
    default:
      lang::fail_at(target.range, "unexpected expression on left-hand side of augmented assignment");
  }
}

ir::Value* Emitter::augmented_value(const lang::Stmt& stmt, ir::Value* left) {
  ir::Value* right;
  if (const ClassType* cls = left->type()->as<ClassType>()) {
    const std::string_view name = augmented(stmt).method;
    const std::string inplace = cat("__i", name, "__"), plain = cat("__", name, "__");
    right = emit(*stmt.value);
    const std::string& method = cls->find_method(inplace) ? inplace : plain;
    if (!cls->find_method(method))
      lang::fail_at(stmt.range, cat("Cannot emit inplace op on ", repr(*cls), " since it does not define an ", inplace,
                                    " or ", plain, " method"));
    return call_method(left, method, {"", right, stmt.range}, stmt.range);
  }
  right = emit(*stmt.value);
  if (left->type()->is(TypeKind::set)) {
    // A set is changed in place, a frozenset is bound anew.
    static constexpr std::pair<std::string_view, std::string_view> kUpdates[] = {
        {"|", "rushlight::update"},
        {"&", "rushlight::intersection_update"},
        {"-", "rushlight::difference_update"},
        {"^", "rushlight::symmetric_difference_update"}};
    for (const auto& [text, update] : kUpdates) {
      if (text != stmt.text) continue;
      emit_operator(*this, stmt.range, update, {left, right});
      return left;
    }
  }
  if (const ClassType* cls = right->type()->as<ClassType>())
    if (const std::string reflected = cat("__r", augmented(stmt).method, "__"); cls->find_method(reflected))
      return call_method(right, reflected, {"", left, stmt.range}, stmt.range);
  return emit_operator(*this, stmt.range, operator_for(stmt, *left->type()), {left, right});
}

void Emitter::emit_subscript_augmented(const lang::Stmt& stmt) {
  const lang::Expr& target = *stmt.targets[0];
  ir::Value* container = emit(*target[0]);
  const auto call = [&](std::string_view op, std::vector<NamedValue> arguments, std::optional<NamedValue> self = {}) {
    return emit_operator_call(*this, stmt.range, ir::Symbol::intern(op), arguments, {}, std::move(self));
  };
  if (container->type()->is(TypeKind::tensor)) {
    std::vector<ir::Value*> tensor_indices;
    const std::vector<lang::ExprPtr> indices(target.operands.begin() + 1, target.operands.end());
    ir::Value* part = emit_views(target.range, container, indices, tensor_indices);
    const NamedValue self{"self", part, target.range};
    const NamedValue right{"", emit(*stmt.value), stmt.value->range};
    const std::string_view op = operator_for(stmt, *container->type());
    if (tensor_indices.empty()) {
      call(op, {right}, self);
      return;
    }
    const NamedValue list{"", make_list(tensor_indices, types::optional(types::tensor()), stmt.range), stmt.range};
    const NamedValue indexed{"self", call("aten::index", {self, list})->as_value(*this, stmt.range), stmt.range};
    const NamedValue result{"", call(op, {right}, indexed)->as_value(*this, stmt.range), stmt.range};
    call("aten::index_put_", {self, list, result});
    return;
  }
  const Type& type = *container->type();
  if (target.operands.size() == 2 && target[1]->is(ExprKind::slice) && type.is(TypeKind::list)) {
    const SliceValue bounds = emit_slice_bounds(*target[1]);
    ir::Value* old = emit_slice(target.range, container, nullptr, bounds);
    const std::string_view op = augmented(stmt).plain;
    ir::Value* result = emit_operator(*this, stmt.range, op, {old, emit(*stmt.value)});
    return emit_slice_assignment(stmt.range, container, bounds, result);
  }
  if (target.operands.size() != 2)
    lang::fail_at(target.range, cat("Sliced expression not yet supported for ", repr(type),
                                    " augmented assignment. File a bug if you want this"));
  const ElementType* list = type.is(TypeKind::list) ? type.as<ElementType>() : nullptr;
  const DictType* dict = type.as<DictType>();
  if (!list && !dict) lang::fail_at(target.range, cat(repr(type), " does not support augmented assignment."));
  const NamedValue holder{"", container, target[0]->range};
  const NamedValue index{"", emit(*target[1]), target[1]->range};
  const NamedValue right{"", emit(*stmt.value), stmt.value->range};
  const NamedValue old{"", call("aten::__getitem__", {holder, index})->as_value(*this, stmt.range), stmt.range};
  // The operator goes by the type of the elements, of a dictionary by that of its keys.
  const Type& element = list ? *list->element() : *dict->key();
  const NamedValue result{"", call(operator_for(stmt, element), {old, right})->as_value(*this, stmt.range), stmt.range};
  call("aten::_set_item", {holder, index, result});
}

}  // namespace rushlight::script
