#include "script/compile.h"

#include "base/stack_guard.h"
#include "base/text.h"
#include "passes/pipelines.h"
#include "script/emitter.h"
#include "script/upgraders.h"

namespace rushlight::script {
namespace {

/// Finds the functions of the unit itself before it asks the resolver that it was given.
class UnitResolver final : public Resolver {
 public:
  UnitResolver(ir::CompilationUnit& unit, std::string prefix, std::shared_ptr<Resolver> next)
      : unit_(unit), prefix_(std::move(prefix)), next_(std::move(next)) {}
  SugaredValuePtr resolve_value(const std::string& name, ir::GraphFunction& function,
                                const SourceRange& range) override {
    if (ir::GraphFunction* found = unit_.find_function(prefix_.empty() ? name : cat(prefix_, ".", name)))
      return std::make_shared<FunctionValue>(found);
    return next_ ? next_->resolve_value(name, function, range) : nullptr;
  }
  TypePtr resolve_type(const std::string& name, const SourceRange& range) override {
    return next_ ? next_->resolve_type(name, range) : nullptr;
  }

 private:
  ir::CompilationUnit& unit_;
  std::string prefix_;
  std::shared_ptr<Resolver> next_;
};

}  // namespace

ir::GraphFunction* declare(ir::CompilationUnit& unit, const std::string& qualified_name,
                           std::shared_ptr<const lang::Def> def, std::shared_ptr<Resolver> resolver,
                           Ref<ClassType> self, Membership membership) {
  auto compile_body = [def = std::move(def), resolver = std::move(resolver), self](ir::GraphFunction& function) {
    check_stack();
    ir::Graph& graph = *function.raw_graph();
    graph.operator_set_version = resolver->operator_version();
    Emitter(function, *def, resolver, self).run();
    replace_old_operators(graph);
    convert_to_ssa(graph);
    transform_exits(graph);
    passes::normalize_compiled(graph);
    passes::clean_up_compiled(graph);
  };
  ir::GraphFunction* function = unit.add_function(
      std::make_unique<ir::GraphFunction>(qualified_name, std::make_shared<ir::Graph>(), std::move(compile_body)));
  if (self && membership == Membership::method) self->add_method(function);
  return function;
}

std::vector<ir::GraphFunction*> define(ir::CompilationUnit& unit, const std::string& text,
                                       std::shared_ptr<Resolver> resolver, const std::string& prefix) {
  const auto source = std::make_shared<Source>(text, "<string>");
  auto own = std::make_shared<UnitResolver>(unit, prefix, resolver ? std::move(resolver) : native_resolver());
  std::vector<ir::GraphFunction*> defined;
  try {
    for (const lang::StmtPtr& stmt : lang::parse_module(source, lang::Dialect::string)) {
      if (stmt->kind != lang::StmtKind::def) lang::fail_at(stmt->range, "expected def");
      defined.push_back(
          declare(unit, prefix.empty() ? stmt->def->name : cat(prefix, ".", stmt->def->name), stmt->def, own));
    }
    for (ir::GraphFunction* function : defined) function->ensure_defined();
  } catch (...) {
    for (ir::GraphFunction* function : defined) unit.remove_function(function);
    throw;
  }
  return defined;
}

}  // namespace rushlight::script
