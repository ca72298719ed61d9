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
                           Ref<ClassType> self, Membership membership, std::shared_ptr<const GatheredTypes> gathered) {
  // Errors name a method by its class.
  std::string shown = qualified_name.substr(qualified_name.rfind('.') + 1);
  if (self) shown = cat(self->base_name(), ".", shown);
  auto compile_body = [def = std::move(def), resolver = std::move(resolver), self, gathered = std::move(gathered),
                       shown = std::move(shown)](ir::GraphFunction& function) {
    check_stack();
    const lang::CompilationFrame frame(shown, def->range);
    ir::Graph& graph = *function.raw_graph();
    graph.operator_set_version = resolver->operator_version();
    Emitter(function, *def, resolver, self, gathered).run();
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

Schema interface_method(const lang::Def& def, const TypePtr& interface, std::shared_ptr<Resolver> resolver) {
  // Strings in front are documentation.
  std::vector<lang::StmtPtr> body;
  for (const lang::StmtPtr& stmt : def.body)
    if (stmt->kind != lang::StmtKind::expr || !stmt->value->is(lang::ExprKind::string)) body.push_back(stmt);
  if (!def.returns) lang::fail_at(def.range, "interface declarations must have a return type annotated.");
  if (body.empty() || body[0]->kind != lang::StmtKind::pass)
    lang::fail_at(body.empty() ? def.range : body[0]->range,
                  "interfaces declarations should contain 'pass' statement.");
  if (body.size() != 1)
    lang::fail_at(def.range, "interfaces declarations should only contain a single 'pass' statement.");
  ir::GraphFunction holder(def.name, std::make_shared<ir::Graph>());
  return Emitter(holder, def, std::move(resolver), interface).declared_schema();
}

std::vector<ir::GraphFunction*> define(ir::CompilationUnit& unit, const std::string& text,
                                       std::shared_ptr<Resolver> resolver, const std::string& prefix) {
  const auto source = std::make_shared<Source>(text, "<string>");
  const auto defs = lang::parse_functions(source);
  auto own = std::make_shared<UnitResolver>(unit, prefix, resolver ? std::move(resolver) : native_resolver());
  std::vector<ir::GraphFunction*> defined;
  try {
    for (const std::shared_ptr<const lang::Def>& def : defs) {
      const std::string name = prefix.empty() ? def->name : cat(prefix, ".", def->name);
      if (unit.find_function(name)) throw RuntimeError(cat("method '", def->name, "' already defined."));
      defined.push_back(declare(unit, name, def, own));
    }
    ErrorCollector errors;
    for (ir::GraphFunction* function : defined) errors.attempt([&] { function->ensure_defined(); });
    errors.throw_first();
  } catch (...) {
    for (ir::GraphFunction* function : defined) unit.remove_function(function);
    throw;
  }
  return defined;
}

}  // namespace rushlight::script
