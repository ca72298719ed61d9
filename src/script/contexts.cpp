/// with statements, closures and forks.
#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

void Emitter::emit_with(const lang::Stmt& stmt) {
  std::vector<ir::Value*> entered;
  for (const lang::WithItem& item : stmt.items) {
    const SourceRange& range = item.value->range;
    ir::Value* object = emit(*item.value);
    ir::Node* enter = insert_node(kinds::enter, {object}, 1, {});
    entered.push_back(object);
    const ClassType* cls = object->type()->as<ClassType>();
    if (!cls) lang::fail_at(range, "With item expression must return an object");
    Function* enter_method = cls->find_method("__enter__");
    Function* exit_method = cls->find_method("__exit__");
    if (!enter_method || !exit_method)
      lang::fail_at(range, "Object returned by with item expression does not define __enter__ and __exit__ methods");
    for (Function* method : {enter_method, exit_method})
      if (auto* graph_method = dynamic_cast<ir::GraphFunction*>(method)) graph_method->ensure_defined();
    const Schema& of_enter = enter_method->schema();
    if (of_enter.arguments.size() != 1 || of_enter.returns.size() != 1)
      lang::fail_at(range, "__enter__ must have only one argument and one return value");
    const Schema& of_exit = exit_method->schema();
    if (of_exit.arguments.size() != 4) lang::fail_at(range, "__exit__ must have four arguments");
    for (size_t i = 1; i < 4; ++i)
      if (!of_exit.arguments[i].type->is(TypeKind::any))
        lang::fail_at(range, cat("argument ", i,
                                 " of __exit__ must have Any type; TorchScript does not currently support passing "
                                 "exception type, value, or traceback to the __exit__ function."));
    enter->output()->set_type(of_enter.returns[0].type);
    if (item.target) environment_.set_value(item.target->text, enter->output(), item.target->range);
  }
  emit_body(stmt.body);
  for (size_t i = entered.size(); i-- > 0;) insert_node(kinds::exit, {entered[i]}, 1, {});
}

SugaredValuePtr Emitter::emit_closure(const std::function<void(ir::Block&)>& body) {
  ir::Node* closure = graph_->insert(graph_->create(kinds::closure, 1));
  closure->output()->set_type(types::none());
  ir::Block* block = closure->add_block();
  const LoopState outer = std::exchange(loop_, LoopState::none);
  {
    ir::Graph::WithInsertPoint guard(*graph_, *block);
    environment_.push(*block);
    body(*block);
    environment_.pop();
  }
  loop_ = outer;
  return std::make_shared<ClosureValue>(closure->output());
}

void Emitter::emit_closure_def(const lang::Def& def) {
  const SugaredValuePtr closure = emit_closure([&](ir::Block& block) {
    std::vector<Argument> arguments;
    emit_def(def, read_signature(def, false), block, false, arguments);
    returns_.pop_back();
  });
  environment_.set(def.name, closure, def.name_range);
}

/// `kind` is "fork" or "awaitable": the call becomes the body of a closure that runs later.
SugaredValuePtr Emitter::emit_fork(const lang::Expr& call, std::string_view kind) {
  if (call.operands.size() < 2) lang::fail_at(call.range, cat("Expected at least one argument to ", kind, "()"));
  const SugaredValuePtr forked = emit_sugared(*call[1]);
  std::vector<NamedValue> arguments = emit_arguments(call, 2);
  std::vector<NamedValue> keywords = emit_keywords(call);
  ir::Node* node = graph_->insert(graph_->create(ir::Symbol::intern(cat("prim::", kind, "Closure")), 1));
  node->set_range(call.range);
  TypePtr result;
  {
    ir::Graph::WithInsertPoint guard(*graph_, node);
    SugaredValuePtr closure = forked;
    if (auto* ready = dynamic_cast<ClosureValue*>(forked.get())) {
      result = ready->closure()->node()->blocks()[0]->outputs()[0]->type();
    } else {
      closure = emit_closure([&](ir::Block& block) {
        ir::Value* value =
            forked->call(*this, call.range, std::move(arguments), std::move(keywords))->as_value(*this, call.range);
        block.register_output(value);
        result = value->type();
      });
    }
    node->add_input(closure->as_value(*this, call.range));
  }
  node->output()->set_type(kind == "fork" ? types::future(result) : types::await(result));
  return simple(node->output());
}

}  // namespace rushlight::script
