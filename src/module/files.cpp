/// Modules from and to files; frozen copies.
#include <istream>
#include <iterator>

#include "exec/executor.h"
#include "module/module.h"
#include "passes/freeze.h"

namespace rushlight {
namespace {

Module load_from(std::shared_ptr<const archive::ByteSource> source, const archive::LoadOptions& options,
                 archive::ExtraFiles* extra_files) {
  // Defaults of methods and `__setstate__` run while the archive is read.
  exec::install();
  return Module(archive::read_archive(std::move(source), options, extra_files).root);
}

}  // namespace

Module load(const std::string& path, const archive::LoadOptions& options, archive::ExtraFiles* extra_files) {
  return load_from(archive::open_file(path), options, extra_files);
}
Module load(std::istream& in, const archive::LoadOptions& options, archive::ExtraFiles* extra_files) {
  return load_from_bytes(std::string(std::istreambuf_iterator<char>(in), {}), options, extra_files);
}
Module load_from_bytes(std::string bytes, const archive::LoadOptions& options, archive::ExtraFiles* extra_files) {
  return load_from(archive::in_memory(std::move(bytes)), options, extra_files);
}

void Module::save(const std::string& path, const archive::SaveOptions& options) const {
  archive::write_archive_file(object(), path, options);
}
void Module::save(std::ostream& out, const archive::SaveOptions& options) const {
  archive::write_archive(object(), out, "archive", options);
}

Module freeze(const Module& module, const std::vector<std::string>& preserved, bool optimize_numerics) {
  if (module.is_training())
    throw RuntimeError(
        "Freezing is currently only implemented for modules in eval mode. Please call .eval() before freezing");
  const Module frozen(passes::freeze_module(module.object(), module.unit(), {preserved}));
  for (Function* method : frozen.object()->type().methods())
    if (auto* function = dynamic_cast<ir::GraphFunction*>(method))
      passes::run_frozen_optimizations(*function->graph(), optimize_numerics);
  return frozen;
}

}  // namespace rushlight
