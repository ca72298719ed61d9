/// A copy of a module with classes of its own, so that they can differ from those of the original.
#pragma once
#include <map>
#include <set>

#include "ir/function.h"

namespace rushlight::passes {

/// Which attributes of which classes.
using AttributesOfClasses = std::map<const ClassType*, std::set<std::string>>;

/// The classes take the next mangled names of the unit, the module's own first, then those of its submodules in the
/// order of attributes. Values, but for submodules, are shared with the original, as in PyTorch.
class ModuleClone {
 public:
  /// The copy has the attributes of `kept` alone. A submodule that keeps all of its own keeps its methods too.
  ModuleClone(const Object& module, const std::shared_ptr<ir::CompilationUnit>& unit, const AttributesOfClasses& kept);

  const Ref<Object>& root() const { return root_; }
  const Ref<ClassType>& root_class() const { return root_class_; }
  /// Values of the original's classes become values of the copy's.
  void retype(ir::Graph& graph) const;

 private:
  void name_classes(const Object& module);
  void fill_class(const ClassType& original, const std::set<std::string>& kept);
  void copy_methods(const ClassType& original, ClassType& copy);
  Ref<Object> copy(const Object& module, const AttributesOfClasses& kept);
  TypePtr retyped(const TypePtr& type) const;
  void retype(ir::Block& block) const;

  std::shared_ptr<ir::CompilationUnit> unit_;
  const ClassType* original_;  ///< the class of the module itself
  std::map<const ClassType*, Ref<ClassType>> classes_;
  std::map<const Object*, Ref<Object>> copies_;
  Ref<Object> root_;
  Ref<ClassType> root_class_;
};

}  // namespace rushlight::passes
