/// Classes, modules and interfaces: named types with attributes and methods. They grow while a program is compiled or
/// loaded and are only read afterwards.
#pragma once
#include "value/schema.h"

namespace rushlight {

class ClassType : public NamedType {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::class_)
  struct Attribute {
    std::string name;
    TypePtr type;
    bool is_parameter = false;
    bool is_buffer = false;
  };
  struct Constant {
    std::string name;
    IValue value;
  };
  struct Property {
    std::string name;
    Function* getter;
    Function* setter;  ///< null: read only
  };
  ClassType(std::string name, bool is_module) : NamedType(TypeKind::class_, std::move(name)), is_module_(is_module) {}
  static Ref<ClassType> make(std::string name, bool is_module = false) {
    return make_ref<ClassType>(std::move(name), is_module);
  }

  bool is_module() const { return is_module_; }

  /// Attributes stand in slots, in the order in which they were added.
  const std::vector<Attribute>& attributes() const { return attributes_; }
  std::optional<size_t> find_attribute(std::string_view name) const;
  size_t add_attribute(std::string name, TypePtr type, bool is_parameter = false, bool is_buffer = false);
  void remove_attribute(std::string_view name);  ///< later slots move up
  void set_attribute_type(size_t slot, TypePtr type) { attributes_[slot].type = std::move(type); }

  const std::vector<Constant>& constants() const { return constants_; }
  const IValue* find_constant(std::string_view name) const;
  void add_constant(std::string name, IValue value);

  /// Methods belong to their CompilationUnit; the class only points to them.
  const std::vector<Function*>& methods() const { return methods_; }
  Function* find_method(std::string_view name) const;
  void add_method(Function* method);
  void remove_method(std::string_view name);
  const std::vector<Function*>& static_methods() const { return static_methods_; }
  Function* find_static_method(std::string_view name) const;
  void add_static_method(Function* method);

  const std::vector<Property>& properties() const { return properties_; }
  const Property* find_property(std::string_view name) const;
  void add_property(Property property);

  const std::vector<Function*>& forward_pre_hooks() const { return forward_pre_hooks_; }
  const std::vector<Function*>& forward_hooks() const { return forward_hooks_; }
  void add_forward_pre_hook(Function* hook) { forward_pre_hooks_.push_back(hook); }
  void add_forward_hook(Function* hook) { forward_hooks_.push_back(hook); }

  bool is_subtype_of(const Type& other, std::string* why) const override;
  ArrayRef<TypePtr> contained() const override;

 private:
  bool is_module_;
  std::vector<Attribute> attributes_;
  std::vector<Constant> constants_;
  std::vector<Function*> methods_;
  std::vector<Function*> static_methods_;
  std::vector<Property> properties_;
  std::vector<Function*> forward_pre_hooks_;
  std::vector<Function*> forward_hooks_;
};

/// A class that is written in C++ and known by its name alone:
/// `__torch__.torch.classes.quantized.LinearPackedParamsBase`. One type a name for the whole process, as such classes
/// are registered once.
TypePtr custom_class_type(const std::string& name);

class InterfaceType : public NamedType {
 public:
  RUSHLIGHT_TYPE_KIND(TypeKind::interface)
  InterfaceType(std::string name, bool is_module);
  bool is_module() const { return is_module_; }
  const std::vector<Schema>& methods() const;
  const Schema* find_method(std::string_view name) const;
  void add_method(Schema schema);
  std::string str() const override;  ///< InterfaceType<C>
  bool is_subtype_of(const Type& other, std::string* why) const override;

 private:
  bool is_module_;
  std::shared_ptr<std::vector<Schema>> methods_;
};

}  // namespace rushlight
