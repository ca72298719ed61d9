/// Statements: assignment, return, raise, assert, and what goes on to the other files.
#include "base/text.h"
#include "script/emitter.h"
#include "value/type_variables.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;
using lang::StmtKind;

bool Emitter::certainly_exits(const lang::Stmt& stmt) const {
  const auto any = [&](const std::vector<lang::StmtPtr>& body) {
    for (const lang::StmtPtr& inner : body)
      if (certainly_exits(*inner)) return true;
    return false;
  };
  switch (stmt.kind) {
    case StmtKind::return_:
    case StmtKind::raise:
    case StmtKind::break_:
    case StmtKind::continue_:
      return true;
    case StmtKind::if_:
      return any(stmt.body) && any(stmt.orelse);
    case StmtKind::with:
      return any(stmt.body);
    default:
      return false;
  }
}

void Emitter::emit_body(const std::vector<lang::StmtPtr>& body) {
  for (const lang::StmtPtr& stmt : body) {
    emit_statement(*stmt);
    // What stands behind a certain exit is never compiled.
    if (certainly_exits(*stmt)) return;
  }
}

void Emitter::emit_statement(const lang::Stmt& stmt) {
  switch (stmt.kind) {
    case StmtKind::expr:
      emit_sugared(*stmt.value);
      return;
    case StmtKind::assign:
      return emit_assign(stmt);
    case StmtKind::aug_assign:
      return emit_augmented(stmt);
    case StmtKind::if_:
      return emit_if(stmt);
    case StmtKind::while_:
      return emit_while(stmt);
    case StmtKind::for_:
      return emit_for(stmt);
    case StmtKind::return_:
      return emit_return(stmt);
    case StmtKind::raise:
      return emit_raise(stmt);
    case StmtKind::assert_:
      return emit_assert(stmt);
    case StmtKind::pass:
      return;
    case StmtKind::break_:
      insert_node(kinds::break_stmt, {}, 0, stmt.range);
      return;
    case StmtKind::continue_:
      insert_node(kinds::continue_stmt, {}, 0, stmt.range);
      return;
    case StmtKind::del:
      for (const lang::ExprPtr& target : stmt.targets) {
        if (target->is(ExprKind::name)) {
          if (!environment_.find(target->text, target->range))
            lang::fail_at(target->range, cat("undefined value ", target->text));
          environment_.forget(target->text, cat("variable ", target->text, " was deleted"));
        } else if (target->is(ExprKind::subscript)) {
          ir::Value* container = emit(*(*target)[0]);
          ir::Value* index = emit(*(*target)[1]);
          emit_operator(*this, stmt.range, "aten::Delete", {container, index});
        } else {
          lang::fail_at(target->range,
                        "del statements are only supported for deleting list and dict items and variables");
        }
      }
      return;
    case StmtKind::with:
      lang::fail_at(stmt.range, "with statements are not compiled by Rushlight yet");
    case StmtKind::def:
      lang::fail_at(stmt.range, "function definitions aren't supported");
    case StmtKind::class_:
      lang::fail_at(stmt.range, "class definitions aren't supported");
    case StmtKind::global:
      lang::fail_at(stmt.range, "global variables aren't supported");
  }
}

void Emitter::emit_assign(const lang::Stmt& stmt) {
  TypePtr annotated = stmt.annotation ? type_of_annotation(*stmt.annotation) : nullptr;
  if (!stmt.value) lang::fail_at(stmt.range, "annotated assignments without assigned value aren't supported");
  if (stmt.targets.size() == 1 && stmt.targets[0]->is(ExprKind::subscript)) {
    ir::Value* value = emit(*stmt.value, annotated);
    return emit_subscript_assignment(*stmt.targets[0], value, stmt.range);
  }
  SugaredValuePtr value = emit_sugared(*stmt.value, annotated);
  if (annotated) {
    ir::Value* graph_value = value->as_value(*this, stmt.value->range);
    if (graph_value->type()->is(TypeKind::none) && annotated->is(TypeKind::optional))
      graph_value = constant(IValue(), stmt.range, annotated);
    graph_value = convert_implicitly(*this, stmt.range, graph_value, annotated, true);
    if (!graph_value->type()->is_subtype_of(*annotated))
      lang::fail_at(stmt.range,
                    cat("Variable '", stmt.targets[0]->text, "' is annotated with type ", annotated->annotation(),
                        " but is being assigned to a value of type ", graph_value->type()->annotation()));
    value = simple(graph_value);
  }
  // `a = b = e`: the value once, targets from left to right.
  for (const lang::ExprPtr& target : stmt.targets) assign_to(*target, value, stmt.range, annotated);
}

void Emitter::assign_to(const lang::Expr& target, const SugaredValuePtr& value, const SourceRange& range,
                        const TypePtr& annotated) {
  switch (target.kind) {
    case ExprKind::name:
      return environment_.set(target.text, value, target.range, annotated);
    case ExprKind::attribute: {
      SugaredValuePtr object = emit_sugared(*target[0]);
      return object->set_attribute(*this, range, target.text, value->as_value(*this, range));
    }
    case ExprKind::subscript:
      return emit_subscript_assignment(target, value->as_value(*this, range), range);
    case ExprKind::tuple:
    case ExprKind::list: {
      size_t starred = target.operands.size();
      for (size_t i = 0; i < target.operands.size(); ++i)
        if (target[i]->is(ExprKind::starred)) starred = i;
      const bool has_star = starred < target.operands.size();
      const size_t count = target.operands.size();
      std::vector<SugaredValuePtr> parts =
          value->as_tuple(*this, range, has_star ? std::nullopt : std::optional(count));
      if (parts.size() < count - has_star)
        lang::fail_at(range, cat("need ", has_star ? "at least " : "", count - has_star,
                                 " values to unpack but found only ", parts.size()));
      if (!has_star && parts.size() > count)
        lang::fail_at(range, cat("too many values to unpack: need ", count, " but found ", parts.size()));
      const size_t extra = parts.size() - (count - has_star);
      size_t next = 0;
      for (size_t i = 0; i < count; ++i) {
        if (i != starred) {
          assign_to(*target[i], parts[next++], range, nullptr);
          continue;
        }
        std::vector<ir::Value*> rest;
        std::vector<TypePtr> rest_types;
        for (size_t k = 0; k < extra; ++k) {
          rest.push_back(parts[next++]->as_value(*this, range));
          rest_types.push_back(rest.back()->type());
        }
        ir::Node* tuple = insert_node(kinds::tuple_construct, rest, 1, {});
        tuple->output()->set_type(types::tuple(rest_types));
        assign_to(*(*target[i])[0], simple(tuple->output()), range, nullptr);
      }
      return;
    }
    default:
      lang::fail_at(target.range, "unexpected expression on left-hand side of assignment");
  }
}

namespace {
/// The in-place operator of a tensor or list, and the plain one of numbers.
struct AugmentedOp {
  std::string_view text, inplace, plain;
};
constexpr AugmentedOp kAugmented[] = {{"+", "aten::add_", "aten::add"},
                                      {"-", "aten::sub_", "aten::sub"},
                                      {"*", "aten::mul_", "aten::mul"},
                                      {"/", "aten::div_", "aten::div"},
                                      {"%", "aten::fmod_", "aten::fmod"},
                                      {"**", "aten::pow", "aten::pow"},
                                      {"|", "aten::bitwise_or", "aten::__or__"},
                                      {"&", "aten::bitwise_and", "aten::__and__"},
                                      {"^", "aten::bitwise_xor", "aten::__xor__"},
                                      {"<<", "aten::__lshift__", "aten::__lshift__"},
                                      {">>", "aten::__rshift__", "aten::__rshift__"},
                                      {"//", "aten::floor_divide", "aten::floordiv"},
                                      {"@", "aten::matmul", "aten::matmul"}};
std::string_view augmented_op(const std::string& text, const Type& type) {
  for (const AugmentedOp& op : kAugmented)
    if (op.text == text)
      return type.is(TypeKind::tensor) || (type.is(TypeKind::list) && (text == "+" || text == "*")) ? op.inplace
                                                                                                    : op.plain;
  return {};
}
}  // namespace

void Emitter::emit_augmented(const lang::Stmt& stmt) {
  const lang::Expr& target = *stmt.targets[0];
  if (target.is(ExprKind::subscript)) return emit_subscript_augmented(stmt);
  if (!target.is(ExprKind::name) && !target.is(ExprKind::attribute))
    lang::fail_at(target.range,
                  "left-hand side of augmented assignment must be a variable, an attribute or an element");
  ir::Value* left = emit(target);
  ir::Value* right = emit(*stmt.value);
  ir::Value* result = emit_operator(*this, stmt.range, augmented_op(stmt.text, *left->type()), {left, right});
  assign_to(target, simple(result), stmt.range, nullptr);
}

void Emitter::emit_subscript_augmented(const lang::Stmt& stmt) {
  const lang::Expr& target = *stmt.targets[0];
  ir::Value* container = emit(*target[0]);
  if (container->type()->is(TypeKind::tensor)) {
    std::vector<ir::Value*> tensor_indices;
    std::vector<lang::ExprPtr> indices(target.operands.begin() + 1, target.operands.end());
    ir::Value* part = emit_tensor_index(target.range, container, indices, 0, tensor_indices);
    if (!tensor_indices.empty())
      lang::fail_at(stmt.range, "augmented assignment to elements chosen by tensors is not compiled by Rushlight yet");
    ir::Value* right = emit(*stmt.value);
    emit_operator(*this, stmt.range, augmented_op(stmt.text, *part->type()), {part, right});
    return;
  }
  ir::Value* index = emit(*target[1]);
  ir::Value* old = emit_operator(*this, target.range, "aten::__getitem__", {container, index});
  ir::Value* right = emit(*stmt.value);
  ir::Value* result = emit_operator(*this, stmt.range, augmented_op(stmt.text, *old->type()), {old, right});
  emit_operator_call(*this, stmt.range, ir::Symbol::intern("aten::_set_item"),
                     {{"", container, stmt.range}, {"", index, stmt.range}, {"", result, stmt.range}});
}

void Emitter::emit_return(const lang::Stmt& stmt) {
  ir::Value* value = stmt.value ? emit(*stmt.value, declared_return_) : constant(IValue(), stmt.range);
  if (declared_return_) {
    if (!(value->type()->is(TypeKind::none) && declared_return_->is(TypeKind::none)))
      value = convert_implicitly(*this, stmt.range, value, declared_return_, true);
    if (!value->type()->is_subtype_of(*declared_return_))
      lang::fail_at(stmt.range, cat("Return value was annotated as having type ", declared_return_->annotation(),
                                    " but is actually of type ", value->type()->annotation()));
    merged_return_ = declared_return_;
  } else if (!merged_return_) {
    merged_return_ = value->type();
  } else {
    const TypePtr common = unify_types(merged_return_, value->type());
    if (!common)
      lang::fail_at(stmt.range,
                    cat("Previous return statement returned a value of type ", merged_return_->annotation(),
                        " but this return statement returns a value of type ", value->type()->annotation()));
    merged_return_ = common;
  }
  insert_node(kinds::return_stmt, {&value, 1}, 0, stmt.range);
}

void Emitter::emit_raise(const lang::Stmt& stmt) {
  if (!stmt.value) lang::fail_at(stmt.range, "raise without an exception is not supported");
  // `raise E` and `raise E(message)`; the class is named as Python would.
  const lang::Expr& raised = *stmt.value;
  const bool is_call = raised.is(ExprKind::call);
  const std::string name = lang::dotted_name(is_call ? *raised[0] : raised);
  if (name.empty()) lang::fail_at(stmt.range, "exceptions must derive from BaseException");
  ir::Value* message;
  if (is_call && raised.operands.size() > 1) {
    message = emit(*raised[1]);
    if (!message->type()->is(TypeKind::string)) message = emit_operator(*this, stmt.range, "aten::str", {message});
  } else {
    message = constant(IValue(""), stmt.range);
  }
  std::vector<ir::Value*> inputs{message};
  if (is_call) {
    inputs.push_back(constant(IValue(cat("builtins.", name)), stmt.range));
  } else {
    inputs.push_back(constant(IValue(), stmt.range));
  }
  insert_node(kinds::raise_exception, inputs, 0, stmt.range);
  ir::Node* nothing = insert_node(kinds::tuple_construct, {}, 1, {});
  nothing->output()->set_type(types::tuple({}));
}

void Emitter::emit_assert(const lang::Stmt& stmt) {
  const Condition condition = emit_condition(*stmt.value);
  const auto fail = [&] {
    ir::Value* message = stmt.message ? emit(*stmt.message) : constant(IValue(""), stmt.range);
    ir::Value* prefix = constant(IValue("AssertionError: "), stmt.range);
    if (!message->type()->is(TypeKind::string)) message = emit_operator(*this, stmt.range, "aten::str", {message});
    ir::Value* text = emit_operator(*this, stmt.range, "aten::add", {prefix, message});
    ir::Value* none = constant(IValue(), stmt.range);
    ir::Value* inputs[] = {text, none};
    insert_node(kinds::raise_exception, ArrayRef<ir::Value*>(inputs, 2), 0, stmt.range);
    ir::Node* nothing = insert_node(kinds::tuple_construct, {}, 1, {});
    nothing->output()->set_type(types::tuple({}));
  };
  if (condition.decided) {
    if (!*condition.decided) fail();
    refine(condition.when_true, stmt.range);
    return;
  }
  ir::Node* node = insert_node(kinds::if_, {&condition.value, 1}, 0, stmt.range);
  emit_branches(
      node, condition, [] {}, fail, /*then_exits=*/false, /*else_exits=*/true, stmt.range);
  refine(condition.when_true, stmt.range);
}

}  // namespace rushlight::script
