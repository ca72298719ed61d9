/// Modules as programs hold them: a shared object of a compiled class, with its parameters, submodules and methods.
///     Module net = load("net.pt");
///     IValue result = net.forward({IValue(input)});
/// A Module is one pointer; copies are the same module. It may be called from any number of threads at once; changing
/// it needs the usual care.
#pragma once
#include <iosfwd>

#include "archive/archive_writer.h"
#include "value/call_arguments.h"
#include "value/class_type.h"

namespace rushlight {

class Module;

/// A method bound to its module.
class Method {
 public:
  Method(Ref<Object> owner, ir::GraphFunction* function) : owner_(std::move(owner)), function_(function) {}
  /// Arguments without self; each must have the type that the schema says, RuntimeError otherwise.
  IValue operator()(std::vector<IValue> arguments, const KeywordArguments& keywords = {}) const;
  std::string name() const { return function_->name(); }
  const Schema& schema() const { return function_->schema(); }
  std::shared_ptr<ir::Graph> graph() const { return function_->graph(); }
  ir::GraphFunction& function() const { return *function_; }
  size_t num_inputs() const { return schema().arguments.size(); }  ///< self included
  Module owner() const;

 private:
  Ref<Object> owner_;
  ir::GraphFunction* function_;
};

template <class T>
struct Named {
  std::string name;  ///< "layers.0.weight": relative to the module that was asked
  T value;
};

class Module {
 public:
  /// No module: everything but assignment, `==` and bool fails.
  Module() = default;
  explicit Module(Ref<Object> object) : object_(std::move(object)) {}
  /// A new module without attributes, to be filled with register_... and define. `class_name` becomes
  /// `__torch__.class_name` unless it has dots.
  explicit Module(const std::string& class_name, std::shared_ptr<ir::CompilationUnit> unit = nullptr);

  explicit operator bool() const { return object_ != nullptr; }
  bool operator==(const Module& other) const { return object_ == other.object_; }
  const Ref<Object>& object() const;
  const ClassType& type() const { return object()->type(); }
  /// Owns the class and its functions.
  std::shared_ptr<ir::CompilationUnit> unit() const;

  // ---- Running

  IValue forward(std::vector<IValue> arguments, const KeywordArguments& keywords = {}) const;
  IValue operator()(std::vector<IValue> arguments, const KeywordArguments& keywords = {}) const {
    return forward(std::move(arguments), keywords);
  }
  Method get_method(std::string_view name) const;  ///< RuntimeError "Method 'x' is not defined."
  std::optional<Method> find_method(std::string_view name) const;
  /// Does now what the first call of the method would do before it runs. Nothing where there is no such method; what is
  /// wrong with it is said by the call.
  void prepare(std::string_view method = "forward") const;
  std::vector<Method> methods() const;

  // ---- Attributes: parameters, buffers, submodules and plain values

  const IValue& attribute(std::string_view name) const;  ///< AttributeError if there is none
  IValue attribute(std::string_view name, IValue otherwise) const;
  bool has_attribute(std::string_view name) const;
  /// RuntimeError for an unknown name, a constant, or a value of another type.
  void set_attribute(std::string_view name, IValue value) const;
  void register_parameter(const std::string& name, Tensor value, bool is_buffer = false) const;
  void register_buffer(const std::string& name, Tensor value) const {
    register_parameter(name, std::move(value), true);
  }
  void register_module(const std::string& name, const Module& module) const;
  void register_attribute(const std::string& name, TypePtr type, IValue value, bool is_parameter = false,
                          bool is_buffer = false) const;

  // Depth first, in order of definition, this module before its submodules; `recurse`: of the submodules too. What is
  // shared is listed as often as it is reached.
  std::vector<Named<Tensor>> named_parameters(bool recurse = true) const;
  std::vector<Named<Tensor>> named_buffers(bool recurse = true) const;
  std::vector<Named<IValue>> named_attributes(bool recurse = true) const;
  std::vector<Named<Module>> named_children() const;
  std::vector<Named<Module>> named_modules() const;  ///< this one first, as ""

  // ---- Changing all of it

  void train(bool on = true) const;  ///< sets `training` everywhere
  void eval() const { train(false); }
  bool is_training() const;  ///< true if there is no such attribute
  /// Parameters and buffers; only floating ones take the dtype.
  void to(std::optional<Device> device, std::optional<ScalarType> dtype) const;
  Module copy() const;  ///< shares tensors and submodules' values, not the slots
  Module deepcopy() const;
  /// Methods written as text: "def twice(self, x):\n  return x * 2\n".
  void define(const std::string& source) const;

  // ---- Text and files

  /// What the module holds, as PyTorch's `dump_to_str` shows it.
  std::string dump_to_str(bool code, bool attributes, bool parameters) const;
  void save(const std::string& path, const archive::SaveOptions& options = {}) const;
  void save(std::ostream& out, const archive::SaveOptions& options = {}) const;

 private:
  Ref<Object> object_;
};

/// Reads an archive (archive/archive_reader.h says what is accepted and refused). The executor is installed first.
Module load(const std::string& path, const archive::LoadOptions& options = {},
            archive::ExtraFiles* extra_files = nullptr);
Module load(std::istream& in, const archive::LoadOptions& options = {}, archive::ExtraFiles* extra_files = nullptr);
Module load_from_bytes(std::string bytes, const archive::LoadOptions& options = {},
                       archive::ExtraFiles* extra_files = nullptr);

/// A copy for running only: attributes that nothing writes are constants of `forward` and of the preserved methods.
/// RuntimeError while the module is in training mode.
Module freeze(const Module& module, const std::vector<std::string>& preserved = {}, bool optimize_numerics = true);

}  // namespace rushlight
