/// A compiled or native function, as values and classes see it. The IR gives it its graph (ir/function.h).
#pragma once
#include "value/schema.h"

namespace rushlight {

class Function {
 public:
  explicit Function(std::string qualified_name) : qualified_name_(std::move(qualified_name)) {}
  virtual ~Function() = default;
  Function(const Function&) = delete;
  /// "__torch__.Net.forward"
  const std::string& qualified_name() const { return qualified_name_; }
  std::string name() const { return qualified_name_.substr(qualified_name_.rfind('.') + 1); }
  /// Compiles first if the function was only declared.
  virtual const Schema& schema() const = 0;
  /// Runs it. Arguments in schema order, defaults filled in, self first for methods.
  virtual IValue call(std::vector<IValue> arguments) = 0;

 private:
  std::string qualified_name_;
};

}  // namespace rushlight
