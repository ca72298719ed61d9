#include "archive/code_exporter.h"

#include <algorithm>

#include "archive/format_version.h"
#include "base/text.h"
#include "script/upgraders.h"
#include "value/class_type.h"
#include "value/qualified_name.h"

namespace rushlight::archive {
namespace {

std::string own_name(const Type& type) {
  if (const auto* tuple = type.as<TupleType>()) return tuple->name();
  if (const auto* function = type.as<FunctionType>()) return function->function()->qualified_name();
  return type.expect<NamedType>().name();
}

std::string record_of(const std::string& prefix) {
  std::string path = prefix;
  std::replace(path.begin(), path.end(), '.', '/');
  return cat("code/", path, ".py");
}

}  // namespace

std::string CodeExporter::name_of(const TypePtr& type) {
  if (const auto known = names_.find(type); known != names_.end()) return known->second;
  const std::string own = own_name(*type);
  std::string name = own;
  while (!used_names_.insert(name).second) name = mangler_.next(own);
  names_.emplace(type, name);
  return name;
}

CodeExporter::Printed& CodeExporter::file_for(const std::string& prefix) {
  for (const auto& file : files_)
    if (file->prefix == prefix) return *file;
  codegen::PrinterOptions options{.for_export = true, .rename = [this](const TypePtr& type) { return name_of(type); }};
  files_.push_back(std::make_unique<Printed>());
  files_.back()->prefix = prefix;
  files_.back()->printer = std::make_unique<codegen::SourcePrinter>(constants_, std::move(options));
  return *files_.back();
}

void CodeExporter::need(const TypePtr& type) {
  if (needed_set_.insert(type).second) needed_.push_back(type);
}

void CodeExporter::add(const TypePtr& type) {
  if (!printed_.insert(type).second) return;
  Printed& file = file_for(split_qualified_name(name_of(type)).prefix);
  file.printer->print_type(type);
  const std::vector<TypePtr>& mentioned = file.printer->dependencies();
  for (; file.dependencies_seen < mentioned.size(); ++file.dependencies_seen) need(mentioned[file.dependencies_seen]);
}

void CodeExporter::add_with_dependencies(const TypePtr& root) {
  need(root);
  for (size_t i = 0; i < needed_.size(); ++i) add(TypePtr(needed_[i]));
}

std::vector<CodeExporter::File> CodeExporter::files() const {
  std::vector<File> files;
  for (const auto& file : files_) files.push_back({record_of(file->prefix), &file->printer->text()});
  return files;
}

int64_t CodeExporter::version() const {
  int64_t version = kUsualVersion;
  for (const auto& file : files_)
    for (const Operator* op : file->printer->operators())
      if (const script::OperatorChange* change = script::find_operator_change(op->schema().qualified_name()))
        version = std::max(version, change->version);
  return version;
}

}  // namespace rushlight::archive
