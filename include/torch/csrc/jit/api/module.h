/// torch::jit::Module: a compiled class with its parameters, submodules and methods. Copies are the same module; one
/// module may run on any number of threads at once.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ATen/core/function_schema.h"
#include "ATen/core/ivalue.h"
#include "torch/csrc/jit/api/errors.h"
#include "torch/csrc/jit/ir/ir.h"

namespace torch {
using namespace at;
inline namespace RUSHLIGHT_ABI {
namespace jit {

using c10::IValue;
using Stack = std::vector<IValue>;
using Kwargs = std::unordered_map<std::string, IValue>;
/// Files that travel with a module, by name.
using ExtraFilesMap = std::unordered_map<std::string, std::string>;
using ObjectPtr = c10::intrusive_ptr<c10::ivalue::Object>;
class Module;

/// A compiled function. It belongs to the unit that compiled it.
class RUSHLIGHT_API Function {
 public:
  Function() = delete;
  Function(const Function&) = delete;
  IValue operator()(Stack inputs, const Kwargs& kwargs = {});
  std::string name() const;
  std::string qualname() const;
  const c10::FunctionSchema& getSchema() const;
  std::shared_ptr<Graph> graph() const;
  size_t num_inputs() const { return getSchema().arguments().size(); }
};

using GraphFunction = Function;
inline Function& toGraphFunction(Function& function) { return function; }

/// A method bound to its module.
class RUSHLIGHT_API Method {
 public:
  Method(ObjectPtr owner, Function* function) : owner_(std::move(owner)), function_(function) {}
  IValue operator()(Stack inputs, const Kwargs& kwargs = {}) const;
  std::string name() const { return function_->name(); }
  std::shared_ptr<Graph> graph() const { return function_->graph(); }
  const c10::FunctionSchema& getSchema() const { return function_->getSchema(); }
  Function& function() const { return *function_; }
  /// `self` included.
  size_t num_inputs() const { return function_->num_inputs(); }
  Module owner() const;

 private:
  ObjectPtr owner_;
  Function* function_;
};

template <class T>
struct Named {
  std::string name;
  T value;
};
using NameTensor = Named<at::Tensor>;
using NameValue = Named<IValue>;
using NameModule = Named<Module>;

class RUSHLIGHT_API Module {
 public:
  /// No module: everything but assignment fails.
  Module() = default;
  explicit Module(ObjectPtr object) : object_(std::move(object)) {}
  /// A new module without attributes.
  explicit Module(const std::string& class_name);

  IValue forward(Stack inputs, const Kwargs& kwargs = {});
  IValue operator()(Stack inputs) { return forward(std::move(inputs)); }
  Method get_method(const std::string& name) const;
  std::optional<Method> find_method(const std::string& name) const;
  std::vector<Method> get_methods() const;
  template <class... Types>
  IValue run_method(const std::string& name, Types&&... arguments) {
    return get_method(name)({IValue(std::forward<Types>(arguments))...});
  }

  IValue attr(const std::string& name) const;
  IValue attr(const std::string& name, IValue otherwise) const;
  void setattr(const std::string& name, IValue value) const;
  bool hasattr(const std::string& name) const;
  void register_parameter(const std::string& name, at::Tensor value, bool is_buffer);
  void register_buffer(const std::string& name, at::Tensor value) { register_parameter(name, std::move(value), true); }
  void register_attribute(const std::string& name, const c10::TypePtr& type, IValue value, bool is_param = false,
                          bool is_buffer = false);
  void register_module(const std::string& name, const Module& module);

  std::vector<at::Tensor> parameters(bool recurse = true) const { return values(named_parameters(recurse)); }
  std::vector<NameTensor> named_parameters(bool recurse = true) const;
  std::vector<at::Tensor> buffers(bool recurse = true) const { return values(named_buffers(recurse)); }
  std::vector<NameTensor> named_buffers(bool recurse = true) const;
  std::vector<IValue> attributes(bool recurse = true) const { return values(named_attributes(recurse)); }
  std::vector<NameValue> named_attributes(bool recurse = true) const;
  std::vector<Module> children() const;
  std::vector<NameModule> named_children() const;
  std::vector<Module> modules() const;
  std::vector<NameModule> named_modules() const;

  void to(at::Device device, at::ScalarType dtype, bool non_blocking = false);
  void to(at::ScalarType dtype, bool non_blocking = false);
  void to(at::Device device, bool non_blocking = false);
  void train(bool on = true);
  void eval() { train(false); }
  bool is_training() const;
  Module copy() const;
  Module deepcopy(std::optional<at::Device> device = std::nullopt) const;
  Module clone(bool inplace = false) const;
  template <class Fn>
  void apply(const Fn& fn) {
    for (Module& module : modules()) fn(module);
  }
  void define(const std::string& source);

  std::string dump_to_str(bool print_method_bodies, bool print_attr_values, bool print_param_values) const;
  void dump(bool print_method_bodies, bool print_attr_values, bool print_param_values) const;
  void save(const std::string& path, const ExtraFilesMap& extra_files = {}) const;
  void save(std::ostream& out, const ExtraFilesMap& extra_files = {}) const;

  c10::ClassTypePtr type() const { return _ivalue()->type(); }
  const ObjectPtr& _ivalue() const;
  bool operator==(const Module& other) const { return object_ == other.object_; }
  bool operator!=(const Module& other) const { return !(*this == other); }

 private:
  template <class T>
  static std::vector<T> values(std::vector<Named<T>> named) {
    std::vector<T> values;
    for (auto& item : named) values.push_back(std::move(item.value));
    return values;
  }
  ObjectPtr object_;
};

/// A copy for running only: what nothing writes is a constant. The module must be in evaluation mode.
RUSHLIGHT_API Module freeze(const Module& module, const std::optional<std::vector<std::string>>& preserved_attrs = {},
                            bool optimize_numerics = true);
/// Rushlight's optimisations need no separate step: freezes, if that was not done.
RUSHLIGHT_API Module optimize_for_inference(Module& module, const std::vector<std::string>& other_methods = {});

namespace script {
using Module = ::torch::jit::Module;
using Method = ::torch::jit::Method;
using ExtraFilesMap = ::torch::jit::ExtraFilesMap;
}  // namespace script

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch

namespace c10 {
inline namespace RUSHLIGHT_ABI {
inline torch::jit::Module IValue::toModule() const { return torch::jit::Module(toObject()); }
}  // namespace RUSHLIGHT_ABI
}  // namespace c10
