#include "exec/compiler.h"

#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {

FunctionCompiler::FunctionCompiler(std::shared_ptr<ir::Graph> graph, std::string name)
    : graph_(*graph), live_(*graph), out_(std::make_unique<Bytecode>()) {
  out_->graph = std::move(graph);
  out_->function_name = std::move(name);
}

std::unique_ptr<Bytecode> FunctionCompiler::run() {
  for (Value* input : graph_.inputs()) assign(input);
  out_->argument_count = uint32_t(graph_.inputs().size());
  defer_compares(graph_.block());
  defer_rows(graph_.block());
  emit_nodes(graph_.block());
  std::vector<uint32_t> results;
  for (Value* output : graph_.outputs()) results.push_back(operand(output));
  out_->result_count = uint32_t(results.size());
  emit(Opcode::ret, pool(results, {}));
  return std::move(out_);
}

std::unique_ptr<Bytecode> compile(std::shared_ptr<ir::Graph> graph, std::string function_name) {
  return FunctionCompiler(std::move(graph), std::move(function_name)).run();
}

}  // namespace rushlight::exec
