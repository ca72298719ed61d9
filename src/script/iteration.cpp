#include "script/iteration.h"

#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;
using lang::StmtKind;

namespace {
bool raises_stop(const lang::Stmt& stmt) {
  if (stmt.kind != StmtKind::raise || !stmt.value) return false;
  const lang::Expr& raised = stmt.value->is(ExprKind::call) ? *(*stmt.value)[0] : *stmt.value;
  return raised.is(ExprKind::name) && raised.text == "StopIteration";
}

std::vector<lang::StmtPtr> advance_body(const std::vector<lang::StmtPtr>& body) {
  std::vector<lang::StmtPtr> made;
  for (const lang::StmtPtr& stmt : body) {
    auto copy = std::make_shared<lang::Stmt>(*stmt);
    const auto expr = [&](ExprKind kind) {
      auto value = std::make_shared<lang::Expr>();
      value->kind = kind;
      value->range = stmt->range;
      return value;
    };
    if (raises_stop(*stmt)) {
      copy->kind = StmtKind::return_;
      copy->value = expr(ExprKind::none);
    } else if (stmt->kind == StmtKind::return_) {
      const auto tuple = expr(ExprKind::tuple);
      tuple->operands = {stmt->value ? stmt->value : expr(ExprKind::none)};
      copy->value = tuple;
    }
    copy->body = advance_body(stmt->body);
    copy->orelse = advance_body(stmt->orelse);
    made.push_back(std::move(copy));
  }
  return made;
}
}  // namespace

std::shared_ptr<const lang::Def> advance_form(const lang::Def& next) {
  auto made = std::make_shared<lang::Def>(next);
  made->returns = nullptr;
  made->body = advance_body(next.body);
  return made;
}

SugaredValuePtr object_iterator(Emitter& emitter, const SourceRange& range, ir::Value* object) {
  const ClassType& cls = object->type()->expect<ClassType>();
  if (!cls.find_method("__iter__")) return nullptr;
  ir::Value* given = MethodValue(object, "__iter__").call(emitter, range, {}, {})->as_value(emitter, range);
  const ClassType* iterator = given->type()->as<ClassType>();
  if (!iterator) return simple(given)->iterable(emitter, range);
  if (!iterator->find_method("__next__"))
    lang::fail_at(range, cat("iter() returned non-iterator of type '", iterator->base_name(), "'"));
  return std::make_shared<IteratorValue>(given);
}

ir::Value* IteratorValue::length(Emitter&, const SourceRange& range) {
  lang::fail_at(range, cat("'", repr(*object_->type()), "' object has no length before it is gone through"),
                "make a list of it first: `[x for x in objects]`");
}

/// while True: item = iterator.__next_item__(); if item is None: break; else: target = item[0]; body
void Emitter::emit_iterator_loop(const lang::Expr& target, const IteratorValue& iterator, const SourceRange& range,
                                 const std::function<void()>& body) {
  const ClassType& cls = iterator.object()->type()->expect<ClassType>();
  if (!cls.find_method(kAdvance) && !resolver_->declare_advance(cls))
    lang::fail_at(range, cat("the source of `__next__` of ", repr(cls), " is not known"));
  const std::string object = temporary("$_iterator"), item = temporary("$_item");
  environment_.set_value(object, iterator.object(), range);
  const auto read = [&](const std::string& name) { return environment_.find(name, range)->as_value(*this, range); };
  const auto name = std::make_shared<lang::Expr>(), none = std::make_shared<lang::Expr>();
  name->kind = ExprKind::name;
  name->text = item;
  none->kind = ExprKind::none;
  lang::Expr ended;
  ended.kind = ExprKind::compare;
  ended.text = "is";
  ended.operands = {name, none};
  ended.range = name->range = none->range = range;
  const LoopState outer = std::exchange(loop_, LoopState::loop);
  emit_loop(range, nullptr, nullptr, nullptr, [&] {
    environment_.set_value(item, MethodValue(read(object), kAdvance).call(*this, range, {}, {})->as_value(*this, range),
                           range);
    emit_branches(
        emit_identity(ended), [&] { insert_node(kinds::break_stmt, {}, 0, range); },
        [&] {
          const SugaredValuePtr element = simple(read(item))->as_tuple(*this, range, std::nullopt).at(0);
          check_targets({std::shared_ptr<const lang::Expr>(std::shared_ptr<void>(), &target)}, range);
          assign_to(target, element, target.range);
          body();
        },
        range);
  });
  loop_ = outer;
}

}  // namespace rushlight::script
