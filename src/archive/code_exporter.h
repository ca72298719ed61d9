/// Classes and functions as the code files of an archive. Each type gets a name that no other in the archive has; its
/// text goes to the file that its name belongs to.
#pragma once
#include <unordered_map>
#include <unordered_set>

#include "codegen/codegen.h"
#include "value/qualified_name.h"

namespace rushlight::archive {

class CodeExporter {
 public:
  /// The name of a class, NamedTuple, enum, interface or function in this archive: the first of a name keeps it.
  std::string name_of(const TypePtr& type);
  /// Prints the type, unless it has been.
  void add(const TypePtr& type);
  /// Adds what is mentioned from `root` on, and so on until nothing is missing.
  void add_with_dependencies(const TypePtr& root);

  struct File {
    std::string record;  ///< "code/__torch__/a.py"
    const codegen::TaggedText* text;
  };
  /// In the order in which they were begun.
  std::vector<File> files() const;
  const std::vector<IValue>& constants() const { return constants_; }
  /// The least version that readers must know for the operators that the code calls.
  int64_t version() const;

 private:
  struct Printed {
    std::string prefix;
    std::unique_ptr<codegen::SourcePrinter> printer;
    size_t dependencies_seen = 0;
  };
  struct Same {
    bool operator()(const TypePtr& a, const TypePtr& b) const { return *a == *b; }
  };
  struct Hash {
    size_t operator()(const TypePtr& type) const { return std::hash<std::string>()(type->annotation()); }
  };
  void need(const TypePtr& type);
  Printed& file_for(const std::string& prefix);

  std::vector<IValue> constants_;
  std::vector<std::unique_ptr<Printed>> files_;
  std::unordered_map<TypePtr, std::string, Hash, Same> names_;
  std::unordered_set<std::string> used_names_;
  NameMangler mangler_;
  std::unordered_set<TypePtr, Hash, Same> printed_;
  std::vector<TypePtr> needed_;
  std::unordered_set<TypePtr, Hash, Same> needed_set_;
};

}  // namespace rushlight::archive
