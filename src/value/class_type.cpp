#include "value/class_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "base/text.h"
#include "value/function.h"
#include "value/type_text.h"

namespace rushlight {

std::optional<size_t> ClassType::find_attribute(std::string_view name) const {
  for (size_t i = 0; i < attributes_.size(); ++i)
    if (attributes_[i].name == name) return i;
  return std::nullopt;
}

size_t ClassType::add_attribute(std::string name, TypePtr type, bool is_parameter, bool is_buffer) {
  if (const std::optional<size_t> slot = find_attribute(name))
    throw RuntimeError(cat("attempting to add attribute '", name, "' to ", this->name(),
                           " but a field of the same name already exists with type ",
                           attributes_[*slot].type->annotation()));
  if (is_parameter && is_buffer) throw RuntimeError(cat("attribute '", name, "' cannot be a parameter and a buffer"));
  attributes_.push_back({std::move(name), std::move(type), is_parameter, is_buffer});
  return attributes_.size() - 1;
}

void ClassType::remove_attribute(std::string_view name) {
  std::erase_if(attributes_, [&](const Attribute& attribute) { return attribute.name == name; });
}

const IValue* ClassType::find_constant(std::string_view name) const {
  for (const Constant& constant : constants_)
    if (constant.name == name) return &constant.value;
  return nullptr;
}
void ClassType::add_constant(std::string name, IValue value) {
  if (const IValue* constant = find_constant(name))
    throw RuntimeError(cat("attempting to add constant '", name, "' to ", this->name(),
                           " but a constant field of the same name already exists with value ", constant->str()));
  constants_.push_back({std::move(name), std::move(value)});
}

namespace {
Function* find_named(const std::vector<Function*>& functions, std::string_view name) {
  for (Function* function : functions) {
    const std::string& qualified = function->qualified_name();
    if (qualified.size() > name.size() && qualified.ends_with(name) &&
        qualified[qualified.size() - name.size() - 1] == '.')
      return function;
    if (qualified == name) return function;
  }
  return nullptr;
}
}  // namespace

Function* ClassType::find_method(std::string_view name) const { return find_named(methods_, name); }
void ClassType::add_method(Function* method) {
  if (find_method(method->name()))
    throw RuntimeError(cat("Can't redefine method: ", method->name(), " on class: ", name()));
  methods_.push_back(method);
}
void ClassType::remove_method(std::string_view name) {
  if (Function* method = find_method(name)) std::erase(methods_, method);
}
Function* ClassType::find_static_method(std::string_view name) const { return find_named(static_methods_, name); }
void ClassType::add_static_method(Function* method) {
  if (find_static_method(method->name()))
    throw RuntimeError(cat("Can't redefine static method: ", method->name(), " on class: ", name()));
  static_methods_.push_back(method);
}

const ClassType::Property* ClassType::find_property(std::string_view name) const {
  for (const Property& property : properties_)
    if (property.name == name) return &property;
  return nullptr;
}
void ClassType::add_property(Property property) { properties_.push_back(std::move(property)); }

bool ClassType::is_subtype_of(const Type& other, std::string* why) const {
  const InterfaceType* interface = other.as<InterfaceType>();
  if (!interface) return Type::is_subtype_of(other, why);
  if (interface->is_module() && !is_module()) {
    if (why)
      *why += cat("Class '", annotation(), "' is not a subtype of the module interface '", other.annotation(),
                  "': it is not a module, only ScriptModule classes can be subtypes of module interfaces.");
    return false;
  }
  for (const Schema& wanted : interface->methods()) {
    const Function* method = find_method(wanted.name);
    if (!method) {
      if (why)
        *why += cat("Class '", fmt::format("{} (of Python compilation unit at: {})", name(), fmt::ptr(this)),
                    "' does not have method '", wanted.name, "' but '", other.annotation(), "' does.\n");
      return false;
    }
    if (!is_subtype_schema(method->schema(), wanted, why)) {
      if (why)
        *why += cat("Method on class '", repr(*this), "' (1) is not compatible with interface '", other.annotation(),
                    "' (2)\n  (1) ", method->schema().str(), "\n  (2) ", wanted.str(), "\n");
      return false;
    }
  }
  return true;
}

ArrayRef<TypePtr> ClassType::contained() const { return {}; }

TypePtr custom_class_type(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, Ref<ClassType>> known;
  std::lock_guard lock(mutex);
  Ref<ClassType>& type = known[name];
  if (!type) type = ClassType::make(name);
  return type;
}

// ---- InterfaceType

InterfaceType::InterfaceType(std::string name, bool is_module)
    : NamedType(TypeKind::interface, std::move(name)),
      is_module_(is_module),
      methods_(std::make_shared<std::vector<Schema>>()) {}
const std::vector<Schema>& InterfaceType::methods() const { return *methods_; }
const Schema* InterfaceType::find_method(std::string_view name) const {
  for (const Schema& method : *methods_)
    if (method.name == name) return &method;
  return nullptr;
}
void InterfaceType::add_method(Schema schema) { methods_->push_back(std::move(schema)); }
std::string InterfaceType::str() const { return cat("InterfaceType<", base_name(), ">"); }

bool InterfaceType::is_subtype_of(const Type& other, std::string* why) const {
  const InterfaceType* wanted = other.as<InterfaceType>();
  if (!wanted) return Type::is_subtype_of(other, why);
  if (!is_module() && wanted->is_module()) {
    if (why)
      *why +=
          cat("Interface '", annotation(), "' is not a subtype of the module interface '", other.annotation(), "'.\n");
    return false;
  }
  for (const Schema& method : wanted->methods()) {
    const Schema* mine = find_method(method.name);
    if (!mine) {
      if (why)
        *why += cat("Interface '", annotation(), "' does not have method '", method.name, "' but interface '",
                    other.annotation(), "' does.\n");
      return false;
    }
    if (!is_subtype_schema(*mine, method, why)) {
      if (why)
        *why += cat("Method on interface '", annotation(), "' (1) is not compatible with interface '",
                    other.annotation(), "' (2)\n  (1) ", mine->str(), "\n  (2) ", method.str(), "\n");
      return false;
    }
  }
  return true;
}

}  // namespace rushlight
