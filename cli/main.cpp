/// The rushlight command: parses the arguments, runs one command, and says in one line what went wrong.
#include <iostream>

#include "autograd/variable.h"
#include "command.h"
#include "exec/executor.h"

namespace rushlight::cli {
namespace {

int fail(ExitCode code, const std::string& message, const std::string& hint = "") {
  std::cerr << "rushlight: " << escaped(message, /*keep_newlines=*/true) << '\n';
  if (!hint.empty()) std::cerr << "hint: " << escaped(hint) << '\n';
  return code;
}

int run_guarded(const Run& run) {
  try {
    return run();
  } catch (const UsageError& error) {
    return fail(kUsage, error.what());
  } catch (const ModelError& error) {
    return fail(kFailed, error.what());
  } catch (const LimitError& error) {
    return fail(kLimit, error.message(), error.hint());
  } catch (const NotImplementedError& error) {
    return fail(kUnsupported, error.message(), error.hint());
  } catch (const Error& error) {
    return fail(kRefused, error.message(), error.hint());
  } catch (const std::bad_alloc&) {
    return fail(kLimit, "out of memory");
  } catch (const std::exception& error) {
    return fail(kRefused, error.what());
  }
}

int run_program(int argc, char** argv) {
  autograd::install();
  exec::install();
  Run run;
  const auto app = make_app(run);
  try {
    app->parse(argc, argv);
  } catch (const CLI::Success& done) {
    return app->exit(done);
  } catch (const CLI::ParseError& error) {
    return fail(kUsage, std::string(error.what()) + "; see rushlight --help");
  }
  const int code = run_guarded(run);
  if (!std::cout.flush()) return fail(kUsage, "cannot write to standard output");
  return code;
}

}  // namespace
}  // namespace rushlight::cli

int main(int argc, char** argv) { return rushlight::cli::run_program(argc, argv); }
