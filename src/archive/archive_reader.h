/// TorchScript archives to objects: the way from bytes to a module that can run (docs/archive.md).
///     LoadedArchive net = read_archive(open_file("net.pt"));
#pragma once
#include "archive/byte_source.h"
#include "archive/limits.h"
#include "ir/function.h"

namespace rushlight::archive {

/// Files that travel with a module, by name.
using ExtraFiles = std::unordered_map<std::string, std::string>;

struct LoadOptions {
  std::optional<Device> device = {};  ///< where all tensors go; empty: where the archive says
  bool source_maps = true;            ///< errors and graphs show the original source
  bool run_hooks = true;              ///< false: `__setstate__` does not run, its objects stay empty; for looking only
  Limits limits = {};
};

struct LoadedArchive {
  Ref<Object> root;
  /// Owns the classes and functions; the objects keep it alive too.
  std::shared_ptr<ir::CompilationUnit> unit;
};

/// Reads an archive of any version that PyTorch 1.4 to 2.13 wrote. Everything is read and checked, and the code
/// compiled, before the tensors' bytes are; `__setstate__` methods run last. `extra_files`: the values of the keys that
/// the archive has are replaced. ArchiveError for a damaged or foreign file, CompileError for its code.
LoadedArchive read_archive(std::shared_ptr<const ByteSource> source, const LoadOptions& options = {},
                           ExtraFiles* extra_files = nullptr);

}  // namespace rushlight::archive
