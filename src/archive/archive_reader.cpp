#include "archive/archive_reader.h"

#include <algorithm>

#include "archive/code_importer.h"
#include "archive/format_version.h"
#include "archive/pickle_reader.h"
#include "archive/source_map.h"
#include "archive/state_methods.h"
#include "archive/storage_reader.h"
#include "archive/zip_reader.h"
#include "base/stack_guard.h"
#include "base/text.h"
#include "value/class_type.h"

namespace rushlight::archive {
namespace {

/// Kinds of files that are no TorchScript archives, by their first bytes.
void refuse_other_formats(const ByteSource& source) {
  std::string head(std::min<uint64_t>(source.size(), 8), '\0');
  source.read(0, std::as_writable_bytes(std::span(head)));
  if (head == "PYTORCH1") throw ArchiveError("File is an unsupported archive format from the preview release.");
  if (head.size() < 8) return;
  const std::string_view mark = std::string_view(head).substr(4, 4);
  if (mark == "PTMF")
    throw ArchiveError("flatbuffer TorchScript modules are not supported yet; save with torch.jit.save");
  if (mark.starts_with("PTE1") || mark == "ET12")
    throw ArchiveError("the file is an ExecuTorch program, not a TorchScript archive");
}

class ArchiveReader {
 public:
  ArchiveReader(std::shared_ptr<const ByteSource> source, const LoadOptions& options)
      : zip_(std::make_shared<ZipReader>(std::move(source), options.limits)),
        options_(options),
        unit_(ir::CompilationUnit::make()),
        version_(read_format_version(*zip_)) {
    importer_ = std::make_shared<CodeImporter>(
        *unit_, constants_, [this](const std::string& prefix) { return find_source(prefix); }, version_,
        options_.limits);
  }

  LoadedArchive run() {
    if (zip_->has("model.json"))
      throw ArchiveError("archives of PyTorch 1.0 to 1.3 (with the record model.json) are not supported yet");
    read_constants();
    StorageReader storages(*zip_, "data/", options_.device);
    const IValue root = read(storages, "data.pkl");
    if (!root.is_object() || !root.object().type().is_module())
      throw ArchiveError(cat("data.pkl: expected a module but found '", root.tag_name(), "'"));
    compile_all();
    storages.fill();
    if (options_.run_hooks) run_state_hooks();
    return {root.object_ref(), unit_};
  }

  void read_extra_files(ExtraFiles& files) const {
    for (auto& [name, content] : files)
      if (const std::string record = cat("extra/", name); zip_->has(record)) content = zip_->read(record);
  }

 private:
  // ---- Code

  std::shared_ptr<const Source> find_source(const std::string& prefix) {
    std::string path = cat("code/", prefix, ".py");
    std::replace(path.begin() + 5, path.end() - 3, '.', '/');
    if (!zip_->has(path)) return nullptr;
    if (zip_->size(path) > options_.limits.code_bytes)
      throw LimitError(cat("record '", path, "' has ", zip_->size(path), " bytes; at most ", options_.limits.code_bytes,
                           " are allowed"));
    auto source = std::make_shared<Source>(zip_->read(path), path);
    const std::string map = path + ".debug_pkl";
    if (options_.source_maps && zip_->has(map))
      source->set_find_original(read_source_map([zip = zip_, map] { return zip->read(map); }, options_.limits));
    return source;
  }

  void compile_all() {
    // Compiling finds more functions.
    for (size_t i = 0; i < unit_->functions().size(); ++i) unit_->functions()[i]->ensure_defined();
  }

  // ---- Values

  void read_constants() {
    StorageReader storages(*zip_, "constants/", options_.device);
    const IValue table = read(storages, "constants.pkl");
    if (!table.is_tuple())
      throw ArchiveError(cat("constants.pkl: expected a tuple but found '", table.tag_name(), "'"));
    // Compiling looks into constants: their bytes are needed now.
    storages.fill();
    constants_ = table.tuple().elements;
  }

  IValue read(StorageReader& storages, const std::string& record) {
    PickleHost host;
    host.find_type = [this](const std::string& name) { return importer_->find_type(name); };
    host.read_type = [this](const std::string& text) { return importer_->read_annotation(text); };
    host.make_object = [this](const Ref<const ClassType>& type, IValue state) {
      return make_object(type, std::move(state));
    };
    host.find_storage = [&](const std::string& key, const std::string& device, ScalarType dtype, uint64_t bytes) {
      return storages.find(key, device, dtype, bytes);
    };
    return read_pickle(zip_->read(record), host, options_.limits);
  }

  IValue make_object(const Ref<const ClassType>& type, IValue state) {
    if (!unit_->find_class(type->name()))
      throw ArchiveError(cat("objects of the class '", type->name(), "', which is written in C++, are not supported"));
    auto object = make_ref<Object>(type, unit_);
    if (has_state_methods(*type)) {
      const TypePtr& wanted = type->find_method("__setstate__")->schema().arguments[1].type;
      hooks_.push_back({object, conform(std::move(state), wanted, cat("state of '", type->name(), "'"))});
      return IValue(object);
    }
    if (!state.is_dict()) throw ArchiveError(cat("the state of '", type->name(), "' is no dictionary"));
    for (size_t i = 0; i < type->attributes().size(); ++i) {
      const ClassType::Attribute& attribute = type->attributes()[i];
      const IValue* value = state.dict().find(IValue(attribute.name));
      if (!value) throw IndexError("Argument passed to at() was not in the map.");
      object->slot(i) =
          conform(*value, attribute.type, cat("attribute '", attribute.name, "' of '", type->name(), "'"));
    }
    return IValue(object);
  }

  /// Inner objects come before those that hold them.
  void run_state_hooks() {
    for (const StateHook& hook : hooks_) {
      const ClassType& type = hook.object->type();
      type.find_method("__setstate__")->call({IValue(hook.object), hook.state});
      for (size_t i = 0; i < type.attributes().size(); ++i) {
        const ClassType::Attribute& attribute = type.attributes()[i];
        const bool may_be_none = attribute.type->is(TypeKind::optional) || attribute.type->is(TypeKind::union_) ||
                                 attribute.type->is(TypeKind::none);
        if (!may_be_none && hook.object->slot(i).is_none())
          throw RuntimeError(cat("The field '", attribute.name,
                                 "' was left uninitialized after '__setstate__', but expected a value of type '",
                                 attribute.type->annotation(), "'"));
      }
    }
  }

  struct StateHook {
    Ref<Object> object;
    IValue state;
  };
  std::shared_ptr<const ZipReader> zip_;
  const LoadOptions& options_;
  std::shared_ptr<ir::CompilationUnit> unit_;
  int64_t version_;
  std::vector<IValue> constants_;
  std::shared_ptr<CodeImporter> importer_;
  std::vector<StateHook> hooks_;
};

}  // namespace

LoadedArchive read_archive(std::shared_ptr<const ByteSource> source, const LoadOptions& options,
                           ExtraFiles* extra_files) {
  refuse_other_formats(*source);
  ArchiveReader reader(std::move(source), options);
  LoadedArchive loaded = reader.run();
  if (extra_files) reader.read_extra_files(*extra_files);
  return loaded;
}

}  // namespace rushlight::archive
