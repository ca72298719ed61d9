/// `rushlight inspect`: everything about an archive, without running any of its code.
#include <iostream>
#include <map>

#include "archive/format_version.h"
#include "archive/zip_reader.h"
#include "base/text.h"
#include "command.h"
#include "nlohmann/json.hpp"
#include "operators.h"

namespace rushlight::cli {
namespace {

using nlohmann::ordered_json;

struct InspectOptions {
  Common common;
};

struct Parameters {
  uint64_t count = 0, bytes = 0;
};

/// What one archive holds, gathered once for both forms of output.
struct Facts {
  std::string root;
  int64_t version = 0;
  std::vector<archive::RecordInfo> records;
  std::vector<std::string> extra_files;
  bool source_maps = false, traced_inputs = false;
  uint64_t constants = 0;
  Module module;
  std::map<std::string, Parameters> parameters;  ///< by dtype
  std::vector<UsedOperator> operators;
};

Facts gather(const Common& common) {
  Facts facts;
  const auto source = open_archive(common);
  archive::LoadOptions options = load_options(common);
  options.run_hooks = false;
  archive::LoadedArchive loaded = archive::read_archive(source, options);
  const archive::ZipReader zip(source, options.limits);
  facts.root = zip.root();
  facts.version = archive::read_format_version(zip);
  for (const std::string& name : zip.names()) {
    facts.records.push_back(zip.info(name));
    if (name.starts_with("extra/")) facts.extra_files.push_back(name.substr(6));
    facts.source_maps |= name.ends_with(".debug_pkl");
    facts.traced_inputs |= name == "traced_inputs.pkl";
    facts.constants += name.starts_with("constants/");
  }
  facts.module = Module(loaded.root);
  for (const auto& [name, tensor] : facts.module.named_parameters()) {
    Parameters& of_dtype = facts.parameters[std::string(dtype_info(tensor.dtype()).name)];
    of_dtype.count += uint64_t(tensor.numel());
    of_dtype.bytes += uint64_t(tensor.numel()) * tensor.item_size();
  }
  facts.operators = used_operators(facts.module);
  return facts;
}

uint64_t own_parameters(const Module& module) {
  uint64_t count = 0;
  for (const auto& [name, tensor] : module.named_parameters(/*recurse=*/false)) count += uint64_t(tensor.numel());
  return count;
}

void print_text(const Facts& facts, const Common& common) {
  const bool color = use_color(common.color);
  std::cout << heading("Archive", color);
  std::cout << "kind             TorchScript archive\n";
  std::cout << "root             " << escaped(facts.root) << '\n';
  std::cout << "format version   " << facts.version << '\n';
  std::cout << "source maps      " << (facts.source_maps ? "yes" : "no") << '\n';
  std::cout << "traced inputs    " << (facts.traced_inputs ? "yes" : "no") << '\n';
  std::cout << "tensor constants " << facts.constants << '\n';
  std::cout << "extra files      " << (facts.extra_files.empty() ? "none" : escaped(join(facts.extra_files, ", ")))
            << '\n';

  std::cout << '\n' << heading("Records", color);
  Table records({"name", "bytes", "in file", "stored", "offset", "aligned", "checksum"},
                {false, true, true, false, true, false, false});
  bool all_sums_good = true;
  for (const archive::RecordInfo& record : facts.records) {
    records.add({record.name, grouped(record.size), grouped(record.stored), record.deflated ? "deflated" : "as is",
                 grouped(record.offset), record.offset % 64 == 0 ? "yes" : "no", record.sound ? "ok" : "WRONG"});
    all_sums_good &= record.sound;
  }
  std::cout << records.str(color);

  std::cout << '\n' << heading("Modules", color);
  Table modules({"module", "class", "parameters"}, {false, false, true});
  for (const auto& [name, module] : facts.module.named_modules())
    modules.add({name.empty() ? "(the module)" : name, module.type().name(), grouped(own_parameters(module))});
  std::cout << modules.str(color);

  std::cout << '\n' << heading("Parameters", color);
  Table parameters({"dtype", "elements", "memory"}, {false, true, true});
  for (const auto& [dtype, of_dtype] : facts.parameters)
    parameters.add({dtype, grouped(of_dtype.count), byte_count(of_dtype.bytes)});
  std::cout << (parameters.empty() ? "none\n" : parameters.str(color));

  std::cout << '\n' << heading("Methods", color);
  for (const Method& method : facts.module.methods()) std::cout << escaped(method.schema().str()) << '\n';

  std::cout << '\n' << heading("Operators", color);
  Table operators({"operator", "uses", ""}, {false, true, false});
  for (const UsedOperator& op : facts.operators)
    operators.add({op.name, std::to_string(op.uses), op.missing ? "missing in Rushlight" : ""});
  std::cout << (operators.empty() ? "none\n" : operators.str(color));
  if (!all_sums_good && !common.quiet) std::cerr << "rushlight: a record has a wrong checksum\n";
}

void print_json(const Facts& facts) {
  ordered_json json = {{"version", 1},
                       {"kind", "torchscript"},
                       {"root", facts.root},
                       {"format_version", facts.version},
                       {"source_maps", facts.source_maps},
                       {"traced_inputs", facts.traced_inputs},
                       {"tensor_constants", facts.constants},
                       {"extra_files", facts.extra_files}};
  json["records"] = ordered_json::array();
  for (const archive::RecordInfo& record : facts.records)
    json["records"].push_back({{"name", record.name},
                               {"size", record.size},
                               {"stored", record.stored},
                               {"deflated", record.deflated},
                               {"offset", record.offset},
                               {"aligned", record.offset % 64 == 0},
                               {"checksum_ok", record.sound}});
  json["modules"] = ordered_json::array();
  for (const auto& [name, module] : facts.module.named_modules())
    json["modules"].push_back(
        {{"name", name}, {"class", module.type().name()}, {"parameters", own_parameters(module)}});
  json["parameters"] = ordered_json::object();
  for (const auto& [dtype, of_dtype] : facts.parameters)
    json["parameters"][dtype] = {{"elements", of_dtype.count}, {"bytes", of_dtype.bytes}};
  json["methods"] = ordered_json::array();
  for (const Method& method : facts.module.methods())
    json["methods"].push_back({{"name", method.name()}, {"schema", method.schema().str()}});
  json["operators"] = ordered_json::array();
  for (const UsedOperator& op : facts.operators)
    json["operators"].push_back({{"name", op.name}, {"uses", op.uses}, {"missing", op.missing}});
  std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

int inspect(const InspectOptions& options) {
  const Facts facts = gather(options.common);
  if (options.common.json)
    print_json(facts);
  else
    print_text(facts, options.common);
  return kOk;
}

}  // namespace

void add_inspect(CLI::App& app, Run& run) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand("inspect", "Show what an archive holds, without running any of it");
  add_common(*command, options->common, /*untrusted=*/true);
  command->callback([options, &run] { run = [options] { return inspect(*options); }; });
}

}  // namespace rushlight::cli
