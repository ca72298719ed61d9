#include "module_value.h"

#include <unordered_map>

#include "base/text.h"
#include "errors.h"
#include "python_call.h"
#include "resolver.h"
#include "script/emitter.h"
#include "script_objects.h"
#include "script_types.h"
#include "script_values.h"
#include "value/class_type.h"

namespace rushlight::python {
namespace {

using script::Emitter;
using script::NamedValue;
using script::SugaredTuple;
using script::SugaredValue;
using script::SugaredValuePtr;
using script::ZippedValue;

std::unordered_map<const Type*, nb::object>& concrete_types() {
  static auto* types = new std::unordered_map<const Type*, nb::object>();
  return *types;
}

/// What a module keeps in order: its submodules, or those below them too, or the buffers or parameters of its own.
struct NamedParts {
  std::vector<SugaredValuePtr> names;
  std::vector<SugaredValuePtr> values;
  SugaredValuePtr all_names() const { return std::make_shared<SugaredTuple>(names); }
  SugaredValuePtr all_values() const { return std::make_shared<SugaredTuple>(values); }
  SugaredValuePtr items() const {
    auto zipped = std::make_shared<ZippedValue>();
    zipped->add({}, all_names());
    zipped->add({}, all_values());
    return zipped;
  }
};

/// `self.layers.items`: a call without arguments that gives what is known already.
class PartsMethod final : public SugaredValue {
 public:
  PartsMethod(std::string name, SugaredValuePtr parts) : name_(std::move(name)), parts_(std::move(parts)) {}
  std::string kind() const override { return name_; }
  SugaredValuePtr call(Emitter&, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    if (!arguments.empty() || !keywords.empty())
      lang::fail_at(range, cat(name_, " method does not accept any arguments"));
    return parts_;
  }

 private:
  std::string name_;
  SugaredValuePtr parts_;
};

class ModuleValue final : public SugaredValue {
 public:
  ModuleValue(ir::Value* self, nb::object concrete) : self_(self), concrete_(std::move(concrete)) {}
  ~ModuleValue() override {
    const nb::gil_scoped_acquire locked;
    concrete_.reset();
  }
  std::string kind() const override { return "module"; }
  ir::Value* as_value(Emitter&, const SourceRange&) override { return self_; }

  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    if (SugaredValuePtr found = find(emitter, range, name)) return found;
    const nb::gil_scoped_acquire locked;
    lang::fail_at(range, cat("Module '", type().base_name(), "' has no attribute '", name, "' ",
                             nb::cast<std::string>(concrete_.attr("hint")(name))));
  }
  void set_attribute(Emitter& emitter, const SourceRange& range, const std::string& name, ir::Value* value) override {
    script::simple(self_)->set_attribute(emitter, range, name, value);
  }
  bool has_attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    return find(emitter, range, name) != nullptr;
  }

  bool gathers(bool keywords) override { return script::MethodValue(self_, "forward").gathers(keywords); }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    const auto& pre_hooks = type().forward_pre_hooks();
    const auto& hooks = type().forward_hooks();
    ir::Value* input = nullptr;
    if (!pre_hooks.empty() || !hooks.empty()) {
      // Hooks see the arguments as one tuple.
      std::vector<SugaredValuePtr> parts;
      for (const NamedValue& argument : arguments) parts.push_back(script::simple(argument.value));
      for (const NamedValue& keyword : keywords) parts.push_back(script::simple(keyword.value));
      input = SugaredTuple(std::move(parts)).as_value(emitter, range);
    }
    for (Function* hook : pre_hooks) {
      ir::Value* changed = call_hook(emitter, range, *hook, {input});
      if (changed->type()->is(TypeKind::none)) continue;
      if (!changed->type()->is(TypeKind::tuple))
        changed = SugaredTuple({script::simple(changed)}).as_value(emitter, range);
      input = changed;
    }
    if (!pre_hooks.empty() && !arguments.empty()) {
      const auto& elements = input->type()->expect<TupleType>().elements();
      ir::Node* unpack = emitter.insert_node(ir::kinds::tuple_unpack, {&input, 1}, elements.size(), {});
      arguments.clear();
      for (size_t i = 0; i < elements.size(); ++i)
        arguments.push_back({"", unpack->output(i)->set_type(elements[i]), range});
    }
    SugaredValuePtr result =
        attribute(emitter, range, "forward")->call(emitter, range, std::move(arguments), std::move(keywords));
    if (hooks.empty()) return result;
    ir::Value* output = result->as_value(emitter, range);
    for (Function* hook : hooks) {
      ir::Value* changed = call_hook(emitter, range, *hook, {input, output});
      if (!changed->type()->is(TypeKind::none)) output = changed;
    }
    return script::simple(output);
  }

  SugaredValuePtr iterable(Emitter& emitter, const SourceRange& range) override {
    const std::string kind = container();
    if (kind == "dict") return submodules(emitter).all_names();
    if (kind == "list") return submodules(emitter).all_values();
    if (kind == "parameters") return own_tensors(emitter, &ClassType::Attribute::is_parameter).all_values();
    lang::fail_at(range,
                  "Only constant Sequential, ModuleList, ModuleDict, or ParameterList can be used as an iterable");
  }
  std::vector<SugaredValuePtr> as_tuple(Emitter& emitter, const SourceRange& range, std::optional<size_t>) override {
    if (container() == "list") return submodules(emitter).values;
    lang::fail_at(range, "Only ModuleList or Sequential modules can be used as tuple");
  }
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr& hint) override {
    const std::string kind = container();
    const std::optional<IValue> known = ir::constant_value(index);
    if (kind.empty())
      lang::fail_at(
          range, "Only ModuleList, Sequential, ModuleDict, ParameterList, and ParameterDict modules are subscriptable");
    const bool is_dict = kind == "dict" || kind == "parameter_dict";
    if (hint && hint->is(TypeKind::interface) && (kind == "list" || (is_dict && !known)))
      return element_at_run_time(emitter, range, index, hint);
    if (is_dict) {
      const NamedParts parts =
          kind == "dict" ? submodules(emitter) : own_tensors(emitter, &ClassType::Attribute::is_parameter);
      if (!known || !known->is_string())
        lang::fail_at(range,
                      "Unable to extract string literal index. ModuleDict indexing is only supported with string "
                      "literals. For example, 'i = \"a\"; self.layers[i](x)' will fail because i is not a literal. "
                      "Enumeration of ModuleDict is supported, e.g. 'for k, v in self.items(): out = v(inp)'");
      for (size_t i = 0; i < parts.names.size(); ++i)
        if (ir::constant_value(parts.names[i]->as_value(emitter, range))->equals(*known)) return parts.values[i];
      lang::fail_at(range, cat("Key Error, ", known->to_string()));
    }
    return iterable(emitter, range)->element(emitter, range, index, hint);
  }

 private:
  const ClassType& type() const { return self_->type()->expect<ClassType>(); }
  /// Every part has the interface, so the one that the index names when the program runs has it.
  SugaredValuePtr element_at_run_time(Emitter& emitter, const SourceRange& range, ir::Value* index,
                                      const TypePtr& interface) const {
    for (const ClassType::Attribute& attribute : type().attributes()) {
      std::string why;
      if (attribute.type->is_module() && !attribute.type->is_subtype_of(*interface, &why))
        lang::fail_at(
            range, cat("Attribute ", attribute.name, " is not of annotated type ", interface->annotation(), ": ", why));
    }
    return script::container_element(emitter, self_, index, interface);
  }
  /// "list", "dict", "parameters", "parameter_dict", or empty for a module that is no container.
  std::string container() const {
    const nb::gil_scoped_acquire locked;
    return nb::cast<std::string>(concrete_.attr("container"));
  }

  ir::Value* call_hook(Emitter& emitter, const SourceRange& range, Function& hook, std::vector<ir::Value*> values) {
    std::vector<NamedValue> arguments{{hook.name(), self_, range}};
    for (ir::Value* value : values) arguments.push_back({hook.name(), value, range});
    return script::FunctionValue(static_cast<ir::GraphFunction*>(&hook))
        .call(emitter, range, std::move(arguments), {})
        ->as_value(emitter, range);
  }

  SugaredValuePtr find(Emitter& emitter, const SourceRange& range, const std::string& name) {
    if (type().find_attribute(name) || type().find_method(name))
      return script::simple(self_)->attribute(emitter, range, name);
    if (SugaredValuePtr found = find_parts(emitter, range, name)) return found;
    const nb::gil_scoped_acquire locked;
    nb::object answer = ask_python([&] { return nb::object(concrete_.attr("find")(name)); });
    const std::string what = nb::cast<std::string>(answer[0]);
    nb::object detail = answer[1];
    if (what == "constant") return script::simple(emitter.unpacked_constant(to_value(detail), range));
    if (what == "builtin")
      return std::make_shared<script::BuiltinFunction>(ir::Symbol::intern(nb::cast<std::string>(detail)));
    if (what == "overloads") {
      std::vector<std::string> names;
      for (nb::handle overload : detail) names.push_back(nb::cast<std::string>(overload));
      return std::make_shared<script::MethodValue>(self_, std::move(names));
    }
    if (what == "ignored") return python_callable(std::move(detail), self_);
    if (what == "object") return sugared(std::move(detail), range);
    // The Python class has it as a method, which is compiled now.
    if (what == "method") return script::simple(self_)->attribute(emitter, range, name);
    if (type().find_property(name)) return script::simple(self_)->attribute(emitter, range, name);
    return nullptr;
  }

  SugaredValuePtr find_parts(Emitter& emitter, const SourceRange& range, const std::string& name) {
    if (container() == "dict") {
      if (name == "items") return parts_method(name, submodules(emitter).items());
      if (name == "keys") return parts_method(name, submodules(emitter).all_names());
      if (name == "values") return parts_method(name, submodules(emitter).all_values());
    }
    if (name == "children") return parts_method(name, submodules(emitter).all_values());
    if (name == "named_children") return parts_method(name, submodules(emitter).items());
    if (name == "modules" || name == "named_modules") {
      // PyTorch reads the submodules once more than it needs them.
      submodules(emitter);
      NamedParts all;
      collect_modules(emitter, range, name, *this, "", all);
      return parts_method(name, name == "modules" ? all.all_values() : all.items());
    }
    if (name == "named_buffers")
      return parts_method(name, own_tensors(emitter, &ClassType::Attribute::is_buffer).items());
    return nullptr;
  }
  static SugaredValuePtr parts_method(const std::string& name, SugaredValuePtr parts) {
    return std::make_shared<PartsMethod>(name, std::move(parts));
  }

  static SugaredValuePtr name_constant(Emitter& emitter, const std::string& name) {
    return script::simple(emitter.constant(IValue(name), {}));
  }
  NamedParts submodules(Emitter& emitter) const {
    NamedParts parts;
    for (const ClassType::Attribute& attribute : type().attributes()) {
      if (!attribute.type->is_module()) continue;
      parts.names.push_back(name_constant(emitter, attribute.name));
      parts.values.push_back(script::simple(self_)->attribute(emitter, {}, attribute.name));
    }
    return parts;
  }
  NamedParts own_tensors(Emitter& emitter, bool ClassType::Attribute::*wanted) const {
    NamedParts parts;
    for (const ClassType::Attribute& attribute : type().attributes()) {
      if (!(attribute.*wanted)) continue;
      parts.names.push_back(name_constant(emitter, attribute.name));
      // PyTorch reads each twice, and the numbers of the values show it.
      script::simple(self_)->attribute(emitter, {}, attribute.name);
      parts.values.push_back(script::simple(self_)->attribute(emitter, {}, attribute.name));
    }
    return parts;
  }
  /// The module itself under the empty name, then everything below it. All submodules of one are read before the first
  /// of them is looked into.
  static void collect_modules(Emitter& emitter, const SourceRange& range, const std::string& method,
                              const ModuleValue& module, const std::string& path, NamedParts& all) {
    all.names.push_back(name_constant(emitter, path));
    all.values.push_back(module_value(module.self_));
    const NamedParts parts = module.submodules(emitter);
    size_t i = 0;
    for (const ClassType::Attribute& attribute : module.type().attributes()) {
      if (!attribute.type->is_module()) continue;
      const auto* part = dynamic_cast<const ModuleValue*>(parts.values[i++].get());
      if (attribute.type->is(TypeKind::interface))
        lang::fail_at(range,
                      cat("Could not compile ", method, "() because module is an interface type. Please file issue."));
      if (part)
        collect_modules(emitter, range, method, *part, path.empty() ? attribute.name : cat(path, ".", attribute.name),
                        all);
    }
  }

  ir::Value* self_;
  nb::object concrete_;
};

}  // namespace

void set_concrete_type(const TypePtr& type, nb::object concrete) { concrete_types()[type.get()] = std::move(concrete); }

nb::object concrete_type_of(const Type& type) {
  const auto found = concrete_types().find(&type);
  return found == concrete_types().end() ? nb::none() : found->second;
}

SugaredValuePtr module_value(ir::Value* value) {
  const nb::gil_scoped_acquire locked;
  nb::object concrete = concrete_type_of(*value->type());
  if (concrete.is_none()) return script::simple(value);
  return std::make_shared<ModuleValue>(value, std::move(concrete));
}

}  // namespace rushlight::python
