/// `rushlight ops`: the operators that a module calls.
#include <iostream>

#include "command.h"
#include "nlohmann/json.hpp"
#include "operators.h"

namespace rushlight::cli {
namespace {

struct OpsOptions {
  Common common;
  bool missing = false;
};

int list_operators(const OpsOptions& options) {
  const Module module = load_archive(options.common, /*run_hooks=*/false);
  bool any_missing = false;
  nlohmann::ordered_json json = {{"version", 1}, {"operators", nlohmann::ordered_json::array()}};
  for (const UsedOperator& op : used_operators(module)) {
    any_missing |= op.missing;
    if (options.missing && !op.missing) continue;
    if (options.common.json)
      json["operators"].push_back({{"name", op.name}, {"uses", op.uses}, {"missing", op.missing}});
    else
      std::cout << escaped(op.name) << '\n';
  }
  if (options.common.json) std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  return options.missing && any_missing ? kUnsupported : kOk;
}

}  // namespace

void add_ops(CLI::App& app, Run& run) {
  auto options = std::make_shared<OpsOptions>();
  CLI::App* command = app.add_subcommand("ops", "List the operators that a module calls");
  add_common(*command, options->common, /*untrusted=*/true);
  command->add_flag("--missing", options->missing, "Only those that Rushlight lacks; exit code 3 if there are any");
  command->callback([options, &run] { run = [options] { return list_operators(*options); }; });
}

}  // namespace rushlight::cli
