/// What all commands share: the common flags, the archive that they read, and the exit codes.
#pragma once
#include <CLI/CLI.hpp>

#include "module/module.h"
#include "terminal.h"

namespace rushlight::cli {

enum ExitCode : int {
  kOk = 0,
  kUsage = 1,        ///< wrong arguments, or a file that cannot be opened or written
  kRefused = 2,      ///< a file that is damaged, foreign or dangerous
  kUnsupported = 3,  ///< something that Rushlight lacks
  kFailed = 4,       ///< an error of the program while it ran
  kLimit = 5,
};

/// Wrong arguments or a file that cannot be opened: one line on stderr, exit code 1.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// The model's own error while it ran: exit code 4.
struct ModelError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The flags that every command takes.
struct Common {
  std::string file;
  bool json = false;
  bool quiet = false;
  std::string color = "auto";
  bool untrusted = false;
  std::vector<std::string> limits;
};
/// Adds them. `untrusted`: the default for the command.
void add_common(CLI::App& command, Common& common, bool untrusted);

/// The bytes of the file, `-` is stdin. UsageError if it cannot be read.
std::shared_ptr<const archive::ByteSource> open_archive(const Common& common);
archive::LoadOptions load_options(const Common& common);
/// Reads the module without running any of its code if the command asks for that.
Module load_archive(const Common& common, bool run_hooks = true);
/// `a.b.c`: a submodule. UsageError if there is none.
Module find_module(const Module& root, const std::string& path);
Method find_method(const Module& module, const std::string& name);

/// A command is added to the program and leaves its work in `run`.
using Run = std::function<int()>;
void add_run(CLI::App& app, Run& run);
void add_inspect(CLI::App& app, Run& run);
void add_code(CLI::App& app, Run& run);
void add_graph(CLI::App& app, Run& run);
void add_ops(CLI::App& app, Run& run);

/// The program with all commands: what `main` parses, and what the manual page is compared with.
std::unique_ptr<CLI::App> make_app(Run& run);

}  // namespace rushlight::cli
