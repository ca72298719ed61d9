#include "module/module.h"

#include <functional>

#include "autograd/grad_mode.h"
#include "autograd/variable.h"
#include "base/stack_guard.h"
#include "base/text.h"
#include "ops/functions/conversion.h"
#include "script/compile.h"

namespace rushlight {
namespace {

/// Classes belong to their unit, which lets them grow.
ClassType& writable(const ClassType& type) { return const_cast<ClassType&>(type); }

/// Calls `visit(name, attribute, value)` for the slots of the module and, if asked, of its submodules.
void walk(const Object& object, const std::string& prefix, bool recurse,
          const std::function<void(const std::string&, const ClassType::Attribute&, const IValue&)>& visit) {
  check_stack();
  const auto& attributes = object.type().attributes();
  for (size_t i = 0; i < attributes.size(); ++i) {
    const std::string name = prefix.empty() ? attributes[i].name : cat(prefix, ".", attributes[i].name);
    const IValue& value = object.slot(i);
    visit(name, attributes[i], value);
    if (recurse && value.is_object() && attributes[i].type->is_module()) walk(value.object(), name, true, visit);
  }
}

template <class Wanted>
std::vector<Named<Tensor>> tensors(const Module& module, bool recurse, Wanted&& wanted) {
  std::vector<Named<Tensor>> found;
  walk(*module.object(), "", recurse,
       [&](const std::string& name, const ClassType::Attribute& attribute, const IValue& value) {
         if (wanted(attribute) && value.is_tensor() && value.tensor().defined())
           found.push_back({name, value.tensor()});
       });
  return found;
}

}  // namespace

// ---- Method

IValue Method::operator()(std::vector<IValue> arguments, const KeywordArguments& keywords) const {
  arguments.insert(arguments.begin(), IValue(owner_));
  return function_->call(complete_arguments(function_->schema(), std::move(arguments), keywords));
}
Module Method::owner() const { return Module(owner_); }

// ---- Module

Module::Module(const std::string& class_name, std::shared_ptr<ir::CompilationUnit> unit) {
  if (!unit) unit = ir::CompilationUnit::make();
  const std::string full = class_name.find('.') == std::string::npos ? cat("__torch__.", class_name) : class_name;
  const Ref<ClassType> type = ClassType::make(unit->mangle(full), /*is_module=*/true);
  unit->register_type(type);
  object_ = make_ref<Object>(type, unit);
}

const Ref<Object>& Module::object() const {
  if (!object_) throw RuntimeError("the module is empty: it was made without a class");
  return object_;
}

std::shared_ptr<ir::CompilationUnit> Module::unit() const { return ir::unit_of(*object()); }

IValue Module::forward(std::vector<IValue> arguments, const KeywordArguments& keywords) const {
  return get_method("forward")(std::move(arguments), keywords);
}

std::optional<Method> Module::find_method(std::string_view name) const {
  auto* function = dynamic_cast<ir::GraphFunction*>(type().find_method(name));
  if (!function) return std::nullopt;
  return Method(object_, function);
}
Method Module::get_method(std::string_view name) const {
  std::optional<Method> method = find_method(name);
  if (!method) throw RuntimeError(cat("Method '", name, "' is not defined."));
  return *std::move(method);
}
void Module::prepare(std::string_view method) const {
  if (const std::optional<Method> found = find_method(method)) found->function().prepare();
}
std::vector<Method> Module::methods() const {
  std::vector<Method> all;
  for (Function* method : type().methods()) all.emplace_back(object_, static_cast<ir::GraphFunction*>(method));
  return all;
}

// ---- Attributes

const IValue& Module::attribute(std::string_view name) const {
  if (const auto slot = type().find_attribute(name)) return std::as_const(*object_).slot(*slot);
  if (const IValue* constant = type().find_constant(name)) return *constant;
  throw AttributeError(cat(type().name(), " does not have a field with name '", name, "'"));
}
IValue Module::attribute(std::string_view name, IValue otherwise) const {
  return has_attribute(name) ? attribute(name) : std::move(otherwise);
}
bool Module::has_attribute(std::string_view name) const {
  return type().find_attribute(name) || type().find_constant(name);
}

void Module::set_attribute(std::string_view name, IValue value) const {
  const auto slot = type().find_attribute(name);
  if (!slot) {
    if (const IValue* constant = type().find_constant(name))
      throw RuntimeError(cat("Can't set constant '", name, "' which has value:", constant->str()));
    throw RuntimeError(cat("Module has no attribute '", name, "'"));
  }
  const TypePtr& wanted = type().attributes()[*slot].type;
  if (!value.is_instance_of(*wanted))
    throw RuntimeError(cat("Expected a value of type '", wanted->annotation(), "' for field '", name, "', but found '",
                           value.type()->annotation(), "'"));
  object_->slot(*slot) = std::move(value);
}

void Module::register_attribute(const std::string& name, TypePtr attribute_type, IValue value, bool is_parameter,
                                bool is_buffer) const {
  const size_t slot = writable(type()).add_attribute(name, std::move(attribute_type), is_parameter, is_buffer);
  object_->slot(slot) = std::move(value);
}
void Module::register_parameter(const std::string& name, Tensor value, bool is_buffer) const {
  register_attribute(name, types::tensor(), IValue(std::move(value)), !is_buffer, is_buffer);
}
void Module::register_module(const std::string& name, const Module& module) const {
  register_attribute(name, TypePtr(module.object()->type_ref()), IValue(module.object()));
}

std::vector<Named<Tensor>> Module::named_parameters(bool recurse) const {
  return tensors(*this, recurse, [](const ClassType::Attribute& attribute) { return attribute.is_parameter; });
}
std::vector<Named<Tensor>> Module::named_buffers(bool recurse) const {
  return tensors(*this, recurse, [](const ClassType::Attribute& attribute) { return attribute.is_buffer; });
}
std::vector<Named<IValue>> Module::named_attributes(bool recurse) const {
  std::vector<Named<IValue>> found;
  walk(*object(), "", recurse, [&](const std::string& name, const ClassType::Attribute&, const IValue& value) {
    found.push_back({name, value});
  });
  return found;
}
std::vector<Named<Module>> Module::named_children() const {
  std::vector<Named<Module>> found;
  walk(*object(), "", /*recurse=*/false,
       [&](const std::string& name, const ClassType::Attribute& attribute, const IValue& value) {
         if (attribute.type->is_module() && value.is_object()) found.push_back({name, Module(value.object_ref())});
       });
  return found;
}
std::vector<Named<Module>> Module::named_modules() const {
  std::vector<Named<Module>> found{{"", *this}};
  walk(*object(), "", /*recurse=*/true,
       [&](const std::string& name, const ClassType::Attribute& attribute, const IValue& value) {
         if (attribute.type->is_module() && value.is_object()) found.push_back({name, Module(value.object_ref())});
       });
  return found;
}

// ---- Changing all of it

void Module::train(bool on) const {
  for (const Named<Module>& module : named_modules())
    if (const auto slot = module.value.type().find_attribute("training")) module.value.object()->slot(*slot) = on;
}
bool Module::is_training() const { return attribute("training", IValue(true)).to_bool(); }

Module Module::copy() const {
  auto copied = make_ref<Object>(object()->type_ref(), object()->keep_alive());
  for (size_t i = 0; i < object()->slot_count(); ++i) copied->slot(i) = std::as_const(*object_).slot(i);
  return Module(std::move(copied));
}
Module Module::deepcopy() const { return Module(IValue(object()).deepcopy().object_ref()); }

void Module::to(std::optional<Device> device, std::optional<ScalarType> dtype) const {
  const autograd::NoGradGuard no_grad;
  const auto convert = [&](const Tensor& tensor) {
    const bool takes_dtype = is_floating(tensor.dtype()) || is_complex(tensor.dtype());
    const Tensor converted =
        ops::to(tensor, takes_dtype ? dtype : std::nullopt, /*layout=*/std::nullopt, device ? device : tensor.device());
    // In place: optimizers and callers hold these tensors.
    TensorImpl& old = *tensor.impl();
    const TensorImpl& fresh = *converted.impl();
    old.storage = fresh.storage;
    old.storage_offset = fresh.storage_offset;
    old.dtype = fresh.dtype;
    old.device = fresh.device;
    old.set_shape(fresh.sizes, fresh.strides);
  };
  for (const Named<Tensor>& parameter : named_parameters()) convert(parameter.value);
  for (const Named<Tensor>& buffer : named_buffers()) convert(buffer.value);
}

void Module::define(const std::string& source) const {
  const Ref<ClassType> owner(&writable(type()));
  const std::shared_ptr<ir::CompilationUnit> into = unit();
  std::vector<ir::GraphFunction*> declared;
  try {
    for (const lang::StmtPtr& stmt :
         lang::parse_module(std::make_shared<Source>(source, "<string>"), lang::Dialect::string)) {
      if (stmt->kind != lang::StmtKind::def) lang::fail_at(stmt->range, "expected def");
      declared.push_back(script::declare(*into, cat(owner->name(), ".", stmt->def->name), stmt->def,
                                         script::native_resolver(), owner));
    }
    for (ir::GraphFunction* function : declared) function->ensure_defined();
  } catch (...) {
    for (ir::GraphFunction* function : declared) into->remove_function(function);
    throw;
  }
}

}  // namespace rushlight
