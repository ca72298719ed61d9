/// Statements without a file of their own: return, raise, assert, del, and what goes on to the other files.
#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"
#include "value/unify.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;
using lang::StmtKind;

namespace {

lang::ExprPtr make_expr(ExprKind kind, std::string text, const SourceRange& range) {
  auto expr = std::make_shared<lang::Expr>();
  expr->kind = kind;
  expr->text = std::move(text);
  expr->range = range;
  return expr;
}

/// `exception(message)`, as if it stood in the source; without `message` the exception says nothing.
lang::ExprPtr exception_call(const std::string& exception, lang::ExprPtr message, const SourceRange& range) {
  auto call = std::make_shared<lang::Expr>();
  call->kind = ExprKind::call;
  call->range = range;
  call->operands = {make_expr(ExprKind::name, exception, range),
                    message ? std::move(message) : make_expr(ExprKind::string, "", range)};
  return call;
}

}  // namespace

void Emitter::emit_body(const std::vector<lang::StmtPtr>& body) {
  for (const lang::StmtPtr& stmt : body) {
    lang::CompilationFrame::now_at(stmt->range);
    if (!attempt([&] { emit_statement(*stmt); })) {
      poison_targets(*stmt);
      if (stmt->kind == StmtKind::return_ || stmt->kind == StmtKind::raise) leave_block();
    }
    // What stands behind a certain exit is never compiled.
    if (left_blocks_.count(environment_.innermost().block)) return;
  }
}

Emitter::OpenScopes Emitter::open_scopes() const {
  return {environment_.depth(), loop_else_flags_.size(), open_comprehensions_.size(),
          returns_.size(),      lambda_calls_,           loop_};
}
void Emitter::return_to(const OpenScopes& scopes) {
  environment_.unwind(scopes.environment);
  loop_else_flags_.resize(scopes.loop_else_flags);
  open_comprehensions_.resize(scopes.comprehensions);
  returns_.resize(scopes.returns);
  lambda_calls_ = scopes.lambda_calls;
  loop_ = scopes.loop;
}

void Emitter::poison_target(const lang::Expr& target) {
  if (target.is(ExprKind::name)) return environment_.poison(target.text);
  if (target.is(ExprKind::tuple) || target.is(ExprKind::starred))
    for (const lang::ExprPtr& part : target.operands) poison_target(*part);
}

void Emitter::poison_targets(const lang::Stmt& stmt) {
  if (stmt.kind != StmtKind::del)
    for (const lang::ExprPtr& target : stmt.targets) poison_target(*target);
  for (const lang::WithItem& item : stmt.items)
    if (item.target) poison_target(*item.target);
  for (const auto* body : {&stmt.body, &stmt.orelse})
    for (const lang::StmtPtr& inner : *body) poison_targets(*inner);
}

void Emitter::emit_statement(const lang::Stmt& stmt) {
  const auto check_in_loop = [&](std::string_view what) {
    if (loop_ == LoopState::none) lang::fail_at(stmt.range, cat("SyntaxError: '", what, "' outside loop"));
    if (loop_ == LoopState::unrolled)
      lang::fail_at(
          stmt.range,
          "Because we emit iteration over modulelists or tuples as unrolled loops, we do not support break or "
          "continue inside the body of these loops");
  };
  switch (stmt.kind) {
    case StmtKind::expr:
      emit_for_results(*stmt.value, 0);
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
      return emit_return_value(stmt.value.get(), stmt.range);
    case StmtKind::raise: {
      if (stmt.value) return emit_raise(*stmt.value, stmt.range);
      // There is no `except`, so no exception is ever being handled.
      const auto text = make_expr(ExprKind::string, "No active exception to reraise", stmt.range);
      return emit_raise(*exception_call("RuntimeError", text, stmt.range), stmt.range);
    }
    case StmtKind::assert_:
      return emit_assert(stmt);
    case StmtKind::pass:
      return;
    case StmtKind::break_:
      check_in_loop("break");
      if (!loop_else_flags_.empty() && !loop_else_flags_.back().empty() && stmt.text.empty())
        environment_.set_value(loop_else_flags_.back(), constant(IValue(true), stmt.range), stmt.range);
      insert_node(kinds::break_stmt, {}, 0, stmt.range);
      return;
    case StmtKind::continue_:
      check_in_loop("continue");
      insert_node(kinds::continue_stmt, {}, 0, stmt.range);
      return;
    case StmtKind::del:
      return emit_delete(stmt);
    case StmtKind::with:
      return emit_with(stmt);
    case StmtKind::def:
      return stmt.def->is_python ? emit_nested_function(stmt.def) : emit_closure_def(*stmt.def);
    case StmtKind::class_:
      lang::fail_at(stmt.range, "Unrecognized statement kind class");
    case StmtKind::global:
      lang::fail_at(stmt.range, "Unrecognized statement kind global");
  }
}

void Emitter::emit_return_value(const lang::Expr* expr, const SourceRange& range) {
  Returns& returns = returns_.back();
  ir::Value* value = expr ? emit(*expr, returns.declared) : constant(IValue(), range);
  if (expr && returns.declared)
    if (ir::Value* fitted = fit_display(*expr, value, returns.declared)) value = fitted;
  if (returns.declared) {
    value = convert_implicitly(*this, range, value, returns.declared, true);
    if (!value->type()->is_subtype_of(*returns.declared))
      lang::fail_at(range, cat("Return value was annotated as having type ", repr(*returns.declared),
                               " but is actually of type ", repr(*value->type())));
    returns.merged = returns.declared;
  } else {
    const TypePtr before = returns.merged ? returns.merged : value->type();
    returns.merged = unify_types(before, value->type());
    if (!returns.merged)
      lang::fail_at(range, cat("Previous return statement returned a value of type ", repr(*before),
                               " but this return statement returns a value of type ", repr(*value->type())));
  }
  if (returns.merged->is(TypeKind::any) && !value->type()->is(TypeKind::any))
    value = unchecked_cast(value, returns.merged, range);
  insert_node(kinds::return_stmt, {&value, 1}, 0, {});
  leave_block();
}

void Emitter::emit_raise(const lang::Expr& raised, const SourceRange& range) {
  const SugaredValuePtr exception = emit_sugared(raised);
  ir::Value* message = nullptr;
  ir::Value* class_name = nullptr;
  if (const auto* instance = dynamic_cast<ExceptionMessage*>(exception.get())) {
    message = instance->message();
    class_name = instance->class_name();
  } else if (dynamic_cast<ExceptionValue*>(exception.get())) {
    message = constant(IValue(""), range);
  } else {
    lang::fail_at(range, "exceptions must derive from BaseException");
  }
  if (!message->type()->is(TypeKind::string)) message = emit_operator(*this, {}, "aten::str", {message});
  if (!class_name) class_name = constant(IValue(), {});
  ir::Value* inputs[] = {message, class_name};
  insert_node(kinds::raise_exception, ArrayRef<ir::Value*>(inputs, 2), 0, range);
  make_tuple({});  // the result of a call without results
  leave_block();
}

void Emitter::emit_assert(const lang::Stmt& stmt) {
  const Condition condition = emit_condition(*stmt.value);
  // assert c, m  is  if not c: raise AssertionError(m)
  const lang::ExprPtr call = exception_call("AssertionError", stmt.message, stmt.range);
  emit_branches(
      condition, [] {}, [&] { emit_raise(*call, stmt.range); }, stmt.range);
}

void Emitter::emit_delete(const lang::Stmt& stmt) {
  for (const lang::ExprPtr& target : stmt.targets) {
    if (target->is(ExprKind::name)) {
      if (!environment_.remove(target->text)) lang::fail_at(target->range, cat("undefined value ", target->text));
      continue;
    }
    if (!target->is(ExprKind::subscript))
      lang::fail_at(target->range, "del statements are only supported for deleting list and dict items and variables");
    const lang::Expr& index = *(*target)[1];
    if (index.is(ExprKind::slice)) {
      if (ir::Value* list = emit(*(*target)[0]); list->type()->is(TypeKind::list)) {
        emit_operator(*this, stmt.range, "rushlight::delete_slice",
                      slice_operands(list, emit_slice_bounds(index), stmt.range));
        continue;
      }
      lang::fail_at(target->range,
                    "del statements only support deletion at a single index, slicing is not supported (see "
                    "https://github.com/pytorch/pytorch/issues/31430)");
    }
    const SugaredValuePtr container = emit_sugared(*(*target)[0]);
    ir::Value* at = emit(index);
    ir::Value* value = container->as_value(*this, (*target)[0]->range);
    if (const ClassType* cls = value->type()->as<ClassType>()) {
      if (!cls->find_method("__delitem__")) lang::fail_at(target->range, "Class does not define __delitem__");
      MethodValue(value, "__delitem__").call(*this, stmt.range, {{"", at, stmt.range}}, {});
      continue;
    }
    ir::Value* inputs[] = {value, at};
    insert_node(ir::Symbol::intern("aten::Delete"), ArrayRef<ir::Value*>(inputs, 2), 0, target->range);
  }
}

}  // namespace rushlight::script
