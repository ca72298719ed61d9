/// The code files of an archive as classes and functions (archive.md section 6). A file is parsed when the first of its
/// names is needed; of its definitions only those that are asked for are looked at, so files may refer to each other.
#pragma once
#include <unordered_set>

#include "archive/limits.h"
#include "lang/tree.h"
#include "script/resolver.h"

namespace rushlight::archive {

class CodeImporter final : public script::Resolver, public std::enable_shared_from_this<CodeImporter> {
 public:
  /// The text of the file for a prefix of names (code/__torch__/a.py for "__torch__.a"); null if there is none.
  using FindSource = std::function<std::shared_ptr<const Source>(const std::string& prefix)>;

  /// What is found becomes part of `unit`, which must outlive the importer. `constants`: what CONSTANTS.c0 ... stand
  /// for; it may be filled later.
  CodeImporter(ir::CompilationUnit& unit, const std::vector<IValue>& constants, FindSource find_source, int64_t version,
               const Limits& limits)
      : unit_(unit), constants_(constants), find_source_(std::move(find_source)), version_(version), limits_(limits) {}

  /// A class, NamedTuple, enum or interface; null if the archive has no such name.
  TypePtr find_type(const std::string& qualified_name);
  ir::GraphFunction* find_function(const std::string& qualified_name);
  /// A type as pickles name it: "Dict[str, __torch__.Net]".
  TypePtr read_annotation(const std::string& text);

  script::SugaredValuePtr resolve_value(const std::string& name, ir::GraphFunction& function,
                                        const SourceRange& range) override;
  TypePtr resolve_type(const std::string& name, const SourceRange& range) override;
  std::optional<int64_t> operator_version() const override { return version_; }

  const std::vector<IValue>& constants() const { return constants_; }

 private:
  void parse_file(const std::string& prefix);
  /// Defines the name if a file has it.
  void import(const std::string& qualified_name);
  void import_class(const std::string& name, const lang::ClassDef& definition);
  void import_module(const std::string& name, const lang::ClassDef& definition, bool is_module);
  void import_named_tuple(const std::string& name, const lang::ClassDef& definition);
  void import_enum(const std::string& name, const lang::ClassDef& definition);
  void import_interface(const std::string& name, const lang::ClassDef& definition, bool is_module);

  ir::CompilationUnit& unit_;
  const std::vector<IValue>& constants_;
  FindSource find_source_;
  int64_t version_;
  Limits limits_;
  std::unordered_set<std::string> parsed_;                      ///< prefixes
  std::unordered_map<std::string, lang::StmtPtr> definitions_;  ///< not imported yet
  std::unordered_map<std::string, TypePtr> types_;
};

}  // namespace rushlight::archive
