#include "command.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <iterator>

#include "base/text.h"

namespace rushlight::cli {
namespace {

/// What `--untrusted` allows: plenty for real models, little enough that no file can hold up the machine.
archive::Limits strict_limits() {
  archive::Limits limits;
  limits.records = 100'000;
  limits.directory_bytes = uint64_t(32) << 20;
  limits.inflated_record_bytes = uint64_t(1) << 30;
  limits.inflated_total_bytes = uint64_t(4) << 30;
  limits.pickle_bytes = uint64_t(256) << 20;
  limits.value_depth = 200;
  limits.code_bytes = uint64_t(16) << 20;
  return limits;
}

struct LimitName {
  const char* name;
  std::function<void(archive::Limits&, uint64_t)> set;
};
const std::vector<LimitName>& limit_names() {
  static const std::vector<LimitName> names = {
      {"records", [](archive::Limits& l, uint64_t n) { l.records = n; }},
      {"directory-bytes", [](archive::Limits& l, uint64_t n) { l.directory_bytes = n; }},
      {"inflated-record-bytes", [](archive::Limits& l, uint64_t n) { l.inflated_record_bytes = n; }},
      {"inflated-total-bytes", [](archive::Limits& l, uint64_t n) { l.inflated_total_bytes = n; }},
      {"pickle-bytes", [](archive::Limits& l, uint64_t n) { l.pickle_bytes = n; }},
      {"value-depth", [](archive::Limits& l, uint64_t n) { l.value_depth = size_t(n); }},
      {"code-bytes", [](archive::Limits& l, uint64_t n) { l.code_bytes = n; }},
  };
  return names;
}

void apply_limit(archive::Limits& limits, const std::string& text) {
  const size_t equals = text.find('=');
  const std::string key = text.substr(0, equals);
  for (const LimitName& limit : limit_names()) {
    if (key != limit.name) continue;
    const std::string value = equals == std::string::npos ? "" : text.substr(equals + 1);
    if (value.empty() || value.size() > 18 || value.find_first_not_of("0123456789") != std::string::npos)
      throw UsageError(cat("--limits ", key, " needs a number, as in ", key, "=1000"));
    limit.set(limits, std::stoull(value));
    return;
  }
  std::vector<std::string> names;
  for (const LimitName& limit : limit_names()) names.push_back(limit.name);
  throw UsageError(cat("unknown limit '", key, "'; there are: ", join(names, ", ")));
}

}  // namespace

void add_common(CLI::App& command, Common& common, bool untrusted) {
  common.untrusted = untrusted;
  command.add_option("FILE", common.file, "A TorchScript archive (.pt), or - for standard input")->required();
  command.add_flag("--json", common.json, "Print JSON instead of text");
  command.add_flag("--quiet", common.quiet, "Print results only, no notes");
  command.add_flag("--untrusted,!--trusted", common.untrusted,
                   cat("Strict limits, for files of strangers (default: ", untrusted ? "on" : "off", ")"));
  command.add_option("--limits", common.limits, "Single limits: KEY=VALUE,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
  command.add_option("--color", common.color, "When to use colours")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str()
      ->type_name("WHEN");
}

std::shared_ptr<const archive::ByteSource> open_archive(const Common& common) {
  if (common.file == "-")
    return archive::in_memory(std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()));
  if (::access(common.file.c_str(), R_OK) != 0)
    throw UsageError(cat("cannot open '", common.file, "': ", std::strerror(errno)));
  return archive::open_file(common.file);
}

archive::LoadOptions load_options(const Common& common) {
  archive::LoadOptions options;
  if (common.untrusted) options.limits = strict_limits();
  for (const std::string& limit : common.limits) apply_limit(options.limits, limit);
  return options;
}

Module load_archive(const Common& common, bool run_hooks) {
  archive::LoadOptions options = load_options(common);
  options.run_hooks = run_hooks;
  return Module(archive::read_archive(open_archive(common), options).root);
}

Module find_module(const Module& root, const std::string& path) {
  Module module = root;
  if (path.empty()) return module;
  std::string seen;
  for (std::string_view part : split(path, '.')) {
    seen += (seen.empty() ? "" : ".") + std::string(part);
    if (!module.has_attribute(part) || !module.attribute(part).is_object() ||
        !module.attribute(part).object().type().is_module())
      throw UsageError(cat("the module has no submodule '", seen, "'"));
    module = Module(module.attribute(part).object_ref());
  }
  return module;
}

Method find_method(const Module& module, const std::string& name) {
  if (auto method = module.find_method(name)) return *method;
  std::vector<std::string> names;
  for (const Method& method : module.methods()) names.push_back(method.name());
  throw UsageError(cat("the module has no method '", name, "'; it has: ", names.empty() ? "none" : join(names, ", ")));
}

std::unique_ptr<CLI::App> make_app(Run& run) {
  auto app = std::make_unique<CLI::App>("Runs and inspects TorchScript programs without PyTorch.", "rushlight");
  app->set_version_flag("--version", "rushlight " RUSHLIGHT_VERSION, "Print the version");
  app->set_help_flag("--help,-h", "Print this text");
  app->require_subcommand(1);
  add_run(*app, run);
  add_inspect(*app, run);
  add_code(*app, run);
  add_graph(*app, run);
  add_ops(*app, run);
  for (CLI::App* command : app->get_subcommands({})) command->set_help_flag("--help,-h", "Print this text");
  return app;
}

}  // namespace rushlight::cli
