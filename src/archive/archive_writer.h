/// Modules to TorchScript archives, as PyTorch writes them: records, names and order of archive.md section 3.
#pragma once
#include <iosfwd>

#include "archive/archive_reader.h"

namespace rushlight::archive {

struct SaveOptions {
  ExtraFiles extra_files = {};
  /// The example inputs of a traced module, Dict[str, List[Any]], or None. Of tensors only type and shape are written.
  IValue traced_inputs = {};
  bool portable = false;    ///< refuse programs that PyTorch cannot load (portability.h)
  bool source_maps = true;  ///< false: smaller, and nothing of the author's files inside
};

/// Writes the object with the code of everything that it needs. `root` names the folder of the records: "archive" for
/// streams, the file's stem for files. RuntimeError for values and code that archives cannot hold; nothing has been
/// written then.
void write_archive(const Ref<Object>& module, std::ostream& out, const std::string& root = "archive",
                   const SaveOptions& options = {});
void write_archive_file(const Ref<Object>& module, const std::string& path, const SaveOptions& options = {});

/// A function as the module that PyTorch saves it as: `__torch__.PlaceholderModule` with the function as `forward`.
Ref<Object> as_module(const ir::GraphFunction& function);

}  // namespace rushlight::archive
