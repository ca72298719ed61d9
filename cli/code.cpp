/// `rushlight code` and `rushlight graph`: exactly what Python's `.code` and `.graph` show.
#include <iostream>

#include "base/text.h"
#include "codegen/codegen.h"
#include "command.h"
#include "exec/executor.h"
#include "nlohmann/json.hpp"
#include "passes/inline.h"

namespace rushlight::cli {
namespace {

struct TextOptions {
  Common common;
  std::string method = "forward";
  std::string module;
  bool inlined = false;
  bool optimized = false;
};

int print_text(const TextOptions& options, const char* kind, const std::string& text) {
  if (options.common.json) {
    const nlohmann::ordered_json json = {
        {"version", 1}, {"module", options.module}, {"method", options.method}, {kind, text}};
    std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    std::cout << escaped(text, /*keep_newlines=*/true);
  }
  return kOk;
}

int show_code(const TextOptions& options) {
  const Module root = load_archive(options.common, /*run_hooks=*/false);
  const Method method = find_method(find_module(root, options.module), options.method);
  return print_text(options, "code", codegen::print_code(method.function(), /*is_method=*/true).text);
}

int show_graph(const TextOptions& options) {
  const Module root = load_archive(options.common, /*run_hooks=*/false);
  const Method method = find_method(find_module(root, options.module), options.method);
  const auto graph = options.optimized ? exec::optimized_graph(method.function())
                     : options.inlined ? passes::inlined_graph(method.function())
                                       : method.graph();
  return print_text(options, "graph", graph->str());
}

std::shared_ptr<TextOptions> add_text_command(CLI::App& app, const char* name, const char* about,
                                              int (*show)(const TextOptions&), Run& run) {
  auto options = std::make_shared<TextOptions>();
  CLI::App* command = app.add_subcommand(name, about);
  add_common(*command, options->common, /*untrusted=*/true);
  command->add_option("--method,-m", options->method, "The method to show")->capture_default_str()->type_name("NAME");
  command->add_option("--module", options->module, "The submodule whose method it is, as in layers.0")
      ->type_name("PATH");
  command->callback([options, show, &run] { run = [options, show] { return show(*options); }; });
  return options;
}

}  // namespace

void add_code(CLI::App& app, Run& run) {
  add_text_command(app, "code", "Print a method as Python source", &show_code, run);
}

void add_graph(CLI::App& app, Run& run) {
  const auto options = add_text_command(app, "graph", "Print the graph of a method", &show_graph, run);
  CLI::App* command = app.get_subcommand("graph");
  command->add_flag("--inlined", options->inlined, "With calls replaced by what they call");
  command->add_flag("--optimized", options->optimized, "As it runs")->excludes("--inlined");
}

}  // namespace rushlight::cli
