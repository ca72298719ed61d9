#include "archive/archive_writer.h"

#include <algorithm>
#include <fstream>

#include "archive/code_exporter.h"
#include "archive/format_version.h"
#include "archive/pickle_writer.h"
#include "archive/portability.h"
#include "archive/source_map.h"
#include "archive/zip_writer.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

/// Smaller records would not get smaller.
constexpr size_t kCompressAbove = 200;

struct Record {
  std::string name;
  std::string bytes = {};
  Ref<Storage> storage = {};  ///< in place of bytes
  bool deflate = false;
};

/// Makes all records before the first is written: what cannot be saved fails with nothing done.
class RecordMaker {
 public:
  explicit RecordMaker(const SaveOptions& options) : options_(options) {}

  std::vector<Record> run(const Ref<Object>& module) {
    if (options_.portable) require_portable(*module);
    add_extra_files();
    add_values("data", IValue(module));
    code_.add_with_dependencies(module->type_ref());
    add_code();
    add_values("constants", make_tuple(code_.constants()));
    if (!options_.traced_inputs.is_none())
      add_values("traced_inputs", options_.traced_inputs, /*with_tensor_data=*/false);
    const int64_t version = code_.version();
    records_.push_back({version >= kHiddenVersion ? ".data/version" : "version", cat(version, "\n")});
    records_.push_back({"byteorder", "little"});
    return std::move(records_);
  }

 private:
  void add_extra_files() {
    std::vector<std::string> names;
    for (const auto& [name, content] : options_.extra_files) names.push_back(name);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) records_.push_back({cat("extra/", name), options_.extra_files.at(name)});
  }

  /// NAME.pkl, and before it its storages below NAME/.
  void add_values(const std::string& name, const IValue& value, bool with_tensor_data = true) {
    PickleWriter pickle([this](const TypePtr& type) { return code_.name_of(type); });
    std::string bytes = pickle.write(value);
    for (size_t i = 0; i < pickle.storages().size(); ++i)
      records_.push_back({cat(name, "/", i), {}, with_tensor_data ? pickle.storages()[i] : nullptr});
    records_.push_back({name + ".pkl", std::move(bytes)});
    for (const Ref<const ClassType>& type : pickle.classes()) code_.add(type);
  }

  void add_code() {
    SourceMapWriter maps;
    const auto add_text = [&](const std::string& name, std::string text) {
      const bool deflate = text.size() > kCompressAbove;
      records_.push_back({name, std::move(text), {}, deflate});
    };
    for (const CodeExporter::File& file : code_.files()) {
      add_text(file.record, file.text->text());
      if (options_.source_maps) add_text(file.record + ".debug_pkl", maps.write(file.text->ranges()));
    }
  }

  const SaveOptions& options_;
  CodeExporter code_;
  std::vector<Record> records_;
};

void write_records(const std::vector<Record>& records, std::ostream& out, const std::string& root) {
  ZipWriter zip(out, root);
  for (const Record& record : records) {
    if (record.storage) {
      const bool has_bytes = record.storage->data() != nullptr;
      zip.add(record.name, std::span<const std::byte>(record.storage->data(), has_bytes ? record.storage->bytes() : 0));
    } else {
      zip.add(record.name, record.bytes, record.deflate);
    }
  }
  zip.add(".data/serialization_id", zip.content_id());
  zip.finish();
}

/// The folder of the records: the file's name without its last extension.
std::string stem_of(const std::string& path) {
  const size_t slash = path.find_last_of("/\\");
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::string stem = name.substr(0, name.rfind('.'));
  if (stem.empty()) throw RuntimeError(cat("invalid file name: ", path));
  return stem;
}

}  // namespace

void write_archive(const Ref<Object>& module, std::ostream& out, const std::string& root, const SaveOptions& options) {
  write_records(RecordMaker(options).run(module), out, root);
}

void write_archive_file(const Ref<Object>& module, const std::string& path, const SaveOptions& options) {
  const std::string root = stem_of(path);
  const std::vector<Record> records = RecordMaker(options).run(module);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) {
    const size_t slash = path.find_last_of("/\\");
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
    if (std::ifstream(folder).fail()) throw RuntimeError(cat("Parent directory ", folder, " does not exist."));
    throw RuntimeError(cat("'", path, "' cannot be opened for writing"));
  }
  write_records(records, out, root);
  out.close();
  if (!out) throw RuntimeError(cat("writing '", path, "' failed"));
}

Ref<Object> as_module(const ir::GraphFunction& function) {
  const auto unit = ir::CompilationUnit::make();
  const Ref<ClassType> type = ClassType::make("__torch__.PlaceholderModule", /*is_module=*/true);
  type->add_attribute("training", types::bool_());
  unit->register_type(type);
  std::shared_ptr<ir::Graph> graph = function.graph()->copy();
  graph->block().insert_input(0)->set_type(type);
  ir::Value* self = graph->inputs()[0];
  self->set_debug_name("self");
  ir::GraphFunction* forward =
      unit->add_function(std::make_unique<ir::GraphFunction>(type->name() + ".forward", graph));
  Schema schema = function.schema();
  schema.name = "forward";
  // PyTorch keeps the arguments' names and types, not their defaults; what is returned has the type of its value.
  for (Argument& argument : schema.arguments) argument.default_value.reset();
  schema.returns.clear();
  for (const ir::Value* output : graph->outputs()) schema.returns.push_back(Argument{.type = output->type()});
  schema.arguments.insert(schema.arguments.begin(), Argument{.name = "self", .type = type});
  forward->set_schema(std::move(schema));
  type->add_method(forward);
  const Ref<Object> module = make_ref<Object>(type, unit);
  module->slot(0) = IValue(true);
  return module;
}

}  // namespace rushlight::archive
