#include "exec/executor.h"

#include "autograd/variable.h"
#include "exec/compiler.h"
#include "exec/differentiable_group.h"
#include "passes/pipelines.h"

namespace rushlight::exec {
namespace {

std::unique_ptr<ir::ExecutablePlan> make_plan(ir::GraphFunction& function) {
  return std::make_unique<Plan>(compile(optimized_graph(function), function.name()), function);
}

IValue run(ir::GraphFunction& function, std::vector<IValue> arguments) {
  Plan& plan = static_cast<Plan&>(function.plan());
  return run_with_grad_names(function, arguments,
                             [&](std::vector<IValue> checked) { return interpret(plan, std::move(checked)); });
}

}  // namespace

void install() {
  autograd::install();
  ir::executor_hooks = {.make_plan = &make_plan, .run = &run};
}

const Bytecode& bytecode_of(ir::GraphFunction& function) { return static_cast<Plan&>(function.plan()).bytecode(); }

std::shared_ptr<ir::Graph> optimized_graph(ir::GraphFunction& function) {
  std::shared_ptr<ir::Graph> graph = function.graph()->copy();
  passes::run_for_execution(*graph);
  return graph;
}

}  // namespace rushlight::exec
