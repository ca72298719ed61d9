#include "script/compile.h"

#include <cstdlib>

#include "base/error.h"
#include "exec/executor.h"
#include "targets.h"

namespace rushlight::fuzz {
namespace {

/// A graph of its own making must print, read back and become bytecode, unless something in it has no text or no form.
void check(ir::GraphFunction& function) {
  const std::string text = function.graph()->str(/*with_ranges=*/false);
  try {
    ir::parse_ir(text)->str();
    exec::bytecode_of(function);
  } catch (const Error&) {
  }
}

void compile_string(std::string_view input) {
  const auto unit = ir::CompilationUnit::make();
  try {
    for (ir::GraphFunction* function : script::define(*unit, std::string(input), script::native_resolver()))
      check(*function);
  } catch (const Error&) {
  }
}

void compile_python(std::string_view input) {
  const auto source = std::make_shared<const Source>(std::string(input), "fuzz");
  const auto unit = ir::CompilationUnit::make();
  try {
    auto def = lang::parse_def(source);
    const std::string name = "__torch__." + def->name;
    ir::GraphFunction* function = script::declare(*unit, name, std::move(def), script::native_resolver());
    function->graph();
    check(*function);
  } catch (const Error&) {
  }
}

}  // namespace

void compiler(std::string_view input) {
  exec::install();
  compile_string(input);
  compile_python(input);
}

}  // namespace rushlight::fuzz
