/// torch::jit::Module, Method, load and save: the library's modules under their public names.
#include "module/module.h"

#include <iostream>
#include <sstream>

#include "bridge.h"
#include "torch/csrc/jit/serialization/import.h"

namespace {
using rushlight::bridge::guarded;
using rushlight::bridge::in;
using rushlight::bridge::out;
using rushlight::bridge::own;
using rushlight::bridge::share;

rushlight::Module real(const torch::jit::ObjectPtr& object) {
  TORCH_INTERNAL_ASSERT(object.defined());
  return rushlight::Module(rushlight::Ref<rushlight::Object>(&own<rushlight::Object>(*object)));
}
torch::jit::Module out(const rushlight::Module& module) {
  return torch::jit::Module(share<c10::ivalue::Object>(module.object()));
}
torch::jit::Method out(const rushlight::Method& method) {
  return torch::jit::Method(share<c10::ivalue::Object>(method.owner().object()),
                            reinterpret_cast<torch::jit::Function*>(&method.function()));
}
rushlight::KeywordArguments keywords(const torch::jit::Kwargs& kwargs) {
  rushlight::KeywordArguments keywords;
  for (const auto& [name, value] : kwargs) keywords.emplace(name, in(value));
  return keywords;
}
template <class Public, class Own>
std::vector<torch::jit::Named<Public>> named(std::vector<rushlight::Named<Own>> own) {
  std::vector<torch::jit::Named<Public>> list;
  list.reserve(own.size());
  for (auto& item : own) list.push_back({std::move(item.name), out(std::move(item.value))});
  return list;
}
}  // namespace

namespace caffe2 {
inline namespace RUSHLIGHT_ABI {
serialize::ReadAdapterInterface::~ReadAdapterInterface() = default;
}
}  // namespace caffe2

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace jit {

IValue Method::operator()(Stack inputs, const Kwargs& kwargs) const {
  return guarded([&] {
    auto& function = own<rushlight::ir::GraphFunction>(*function_);
    return out(rushlight::Method(real(owner_).object(), &function)(in(std::move(inputs)), keywords(kwargs)));
  });
}
Module Method::owner() const { return Module(owner_); }

Module::Module(const std::string& class_name) : Module(guarded([&] { return out(rushlight::Module(class_name)); })) {}
const ObjectPtr& Module::_ivalue() const {
  TORCH_INTERNAL_ASSERT(object_.defined());
  return object_;
}
IValue Module::forward(Stack inputs, const Kwargs& kwargs) {
  return guarded([&] { return out(real(object_).forward(in(std::move(inputs)), keywords(kwargs))); });
}
Method Module::get_method(const std::string& name) const {
  return guarded([&] { return out(real(object_).get_method(name)); });
}
std::optional<Method> Module::find_method(const std::string& name) const {
  const auto method = real(object_).find_method(name);
  if (!method) return std::nullopt;
  return out(*method);
}
std::vector<Method> Module::get_methods() const {
  std::vector<Method> methods;
  for (const rushlight::Method& method : real(object_).methods()) methods.push_back(out(method));
  return methods;
}

IValue Module::attr(const std::string& name) const {
  return guarded([&] { return out(rushlight::IValue(real(object_).attribute(name))); });
}
IValue Module::attr(const std::string& name, IValue otherwise) const { return hasattr(name) ? attr(name) : otherwise; }
void Module::setattr(const std::string& name, IValue value) const {
  guarded([&] { real(object_).set_attribute(name, in(std::move(value))); });
}
bool Module::hasattr(const std::string& name) const { return real(object_).has_attribute(name); }
void Module::register_parameter(const std::string& name, at::Tensor value, bool is_buffer) {
  guarded([&] { real(object_).register_parameter(name, in(value), is_buffer); });
}
void Module::register_attribute(const std::string& name, const c10::TypePtr& type, IValue value, bool is_param,
                                bool is_buffer) {
  guarded([&] {
    real(object_).register_attribute(name, rushlight::TypePtr(&own<rushlight::Type>(*type)), in(std::move(value)),
                                     is_param, is_buffer);
  });
}
void Module::register_module(const std::string& name, const Module& module) {
  guarded([&] { real(object_).register_module(name, real(module.object_)); });
}

std::vector<NameTensor> Module::named_parameters(bool recurse) const {
  return named<at::Tensor>(real(object_).named_parameters(recurse));
}
std::vector<NameTensor> Module::named_buffers(bool recurse) const {
  return named<at::Tensor>(real(object_).named_buffers(recurse));
}
std::vector<NameValue> Module::named_attributes(bool recurse) const {
  return named<IValue>(real(object_).named_attributes(recurse));
}
std::vector<NameModule> Module::named_children() const { return named<Module>(real(object_).named_children()); }
std::vector<NameModule> Module::named_modules() const { return named<Module>(real(object_).named_modules()); }
std::vector<Module> Module::children() const { return values(named_children()); }
std::vector<Module> Module::modules() const { return values(named_modules()); }

void Module::to(at::Device device, at::ScalarType dtype, bool) {
  guarded([&] { real(object_).to(in(device), rushlight::ScalarType(dtype)); });
}
void Module::to(at::ScalarType dtype, bool) {
  guarded([&] { real(object_).to(std::nullopt, rushlight::ScalarType(dtype)); });
}
void Module::to(at::Device device, bool) {
  guarded([&] { real(object_).to(in(device), std::nullopt); });
}
void Module::train(bool on) {
  guarded([&] { real(object_).train(on); });
}
bool Module::is_training() const { return real(object_).is_training(); }
Module Module::copy() const {
  return guarded([&] { return out(real(object_).copy()); });
}
Module Module::deepcopy(std::optional<at::Device> device) const {
  return guarded([&] {
    rushlight::Module copy = real(object_).deepcopy();
    if (device) copy.to(in(*device), std::nullopt);
    return out(copy);
  });
}
Module Module::clone(bool) const { return deepcopy(); }
void Module::define(const std::string& source) {
  guarded([&] { real(object_).define(source); });
}

std::string Module::dump_to_str(bool print_method_bodies, bool print_attr_values, bool print_param_values) const {
  return guarded([&] { return real(object_).dump_to_str(print_method_bodies, print_attr_values, print_param_values); });
}
void Module::dump(bool print_method_bodies, bool print_attr_values, bool print_param_values) const {
  std::cout << dump_to_str(print_method_bodies, print_attr_values, print_param_values) << std::endl;
}
void Module::save(const std::string& path, const ExtraFilesMap& extra_files) const {
  guarded([&] {
    rushlight::archive::SaveOptions options;
    options.extra_files = extra_files;
    real(object_).save(path, options);
  });
}
void Module::save(std::ostream& stream, const ExtraFilesMap& extra_files) const {
  guarded([&] {
    rushlight::archive::SaveOptions options;
    options.extra_files = extra_files;
    real(object_).save(stream, options);
  });
}

namespace {
/// No call waits for the compiler: what `forward` runs is made when the module is, as in Python.
Module ready(const rushlight::Module& module) {
  module.prepare();
  return out(module);
}
}  // namespace

Module freeze(const Module& module, const std::optional<std::vector<std::string>>& preserved_attrs,
              bool optimize_numerics) {
  return guarded([&] {
    return ready(rushlight::freeze(real(module._ivalue()), preserved_attrs.value_or(std::vector<std::string>()),
                                   optimize_numerics));
  });
}
Module optimize_for_inference(Module& module, const std::vector<std::string>& other_methods) {
  Module frozen = module.hasattr("training") ? freeze(module, other_methods) : module;
  for (const std::string& name : other_methods) real(frozen._ivalue()).prepare(name);
  return frozen;
}

// ---- load

namespace {
rushlight::archive::LoadOptions load_options(std::optional<c10::Device> device, bool load_debug_files) {
  rushlight::archive::LoadOptions options;
  if (device) options.device = in(*device);
  options.source_maps = load_debug_files;
  return options;
}
}  // namespace

Module load(const std::string& filename, std::optional<c10::Device> device, bool load_debug_files) {
  return guarded([&] { return ready(rushlight::load(filename, load_options(device, load_debug_files))); });
}
Module load(const std::string& filename, std::optional<c10::Device> device, ExtraFilesMap& extra_files,
            bool load_debug_files) {
  return guarded(
      [&] { return ready(rushlight::load(filename, load_options(device, load_debug_files), &extra_files)); });
}
Module load(std::istream& stream, std::optional<c10::Device> device, bool load_debug_files) {
  return guarded([&] { return ready(rushlight::load(stream, load_options(device, load_debug_files))); });
}
Module load(std::istream& stream, std::optional<c10::Device> device, ExtraFilesMap& extra_files,
            bool load_debug_files) {
  return guarded([&] { return ready(rushlight::load(stream, load_options(device, load_debug_files), &extra_files)); });
}
Module load(std::shared_ptr<ReadAdapterInterface> adapter, std::optional<c10::Device> device, bool load_debug_files) {
  ExtraFilesMap none;
  return load(std::move(adapter), device, none, load_debug_files);
}
Module load(std::shared_ptr<ReadAdapterInterface> adapter, std::optional<c10::Device> device,
            ExtraFilesMap& extra_files, bool load_debug_files) {
  return guarded([&] {
    std::string bytes(adapter->size(), '\0');
    const size_t got = adapter->read(0, bytes.data(), bytes.size(), "archive");
    TORCH_CHECK(got == bytes.size(), "the adapter gave ", got, " of ", bytes.size(), " bytes");
    return ready(rushlight::load_from_bytes(std::move(bytes), load_options(device, load_debug_files), &extra_files));
  });
}

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
