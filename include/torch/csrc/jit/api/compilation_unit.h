/// torch::jit::CompilationUnit: functions from text.
///     auto unit = torch::jit::compile("def relu_twice(x): return torch.relu(x) * 2");
///     unit->run_method("relu_twice", x);
#pragma once
#include "torch/csrc/jit/api/module.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace jit {

class RUSHLIGHT_API CompilationUnit {
 public:
  CompilationUnit();
  explicit CompilationUnit(const std::string& source) : CompilationUnit() { define(source); }
  void define(const std::string& source);
  /// Null if there is none.
  Function* find_function(const std::string& name) const;
  Function& get_function(const std::string& name) const;
  std::vector<Function*> get_functions() const;
  template <class... Types>
  IValue run_method(const std::string& name, Types&&... arguments) {
    return get_function(name)({IValue(std::forward<Types>(arguments))...});
  }

 private:
  std::shared_ptr<void> unit_;
};

/// The functions of a text in a unit of their own.
RUSHLIGHT_API std::shared_ptr<CompilationUnit> compile(const std::string& source);

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
