#include "script/compile.h"

#include <cstdlib>

#include "base/error.h"
#include "exec/executor.h"
#include "targets.h"

namespace rushlight::fuzz {
namespace {

template <class Work>
void refused_or_done(Work&& work) {
  try {
    work();
  } catch (const Error&) {
  }
}

/// A graph of its own making prints, reads back and becomes bytecode, unless something in it has no text or no form.
void check(ir::GraphFunction& function) {
  refused_or_done([&] { ir::parse_ir(function.graph()->str(/*with_ranges=*/false))->str(); });
  refused_or_done([&] { exec::bytecode_of(function); });
}

void compile_string(std::string_view input) {
  const auto unit = ir::CompilationUnit::make();
  refused_or_done([&] {
    for (ir::GraphFunction* function : script::define(*unit, std::string(input), script::native_resolver()))
      check(*function);
  });
}

void compile_python(std::string_view input) {
  const auto source = std::make_shared<const Source>(std::string(input), "fuzz");
  const auto unit = ir::CompilationUnit::make();
  refused_or_done([&] {
    auto def = lang::parse_def(source);
    const std::string name = "__torch__." + def->name;
    check(*script::declare(*unit, name, std::move(def), script::native_resolver()));
  });
}

}  // namespace

void compiler(std::string_view input) {
  exec::install();
  compile_string(input);
  compile_python(input);
}

}  // namespace rushlight::fuzz
