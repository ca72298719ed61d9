/// What a module holds, as text.
#include "base/stack_guard.h"
#include "base/text.h"
#include "module/module.h"

namespace rushlight {
namespace {

/// Every line of the text moved to the right.
std::string indented(const std::string& text, size_t level) {
  std::string out;
  for (std::string_view line : split(text, '\n')) out += cat(std::string(2 * level, ' '), line, "\n");
  return out;
}

class Dump {
 public:
  Dump(bool code, bool attributes, bool parameters) : code_(code), attributes_(attributes), parameters_(parameters) {}

  void module(const Module& module, size_t level) {
    check_stack();
    const Object& object = *module.object();
    line(level, cat("module ", module.type().name(), " {"));
    line(level + 1, "parameters {");
    for (const Named<Tensor>& parameter : module.named_parameters(/*recurse=*/false))
      entry(level + 2, parameter.name, parameters_ ? IValue(parameter.value).str() : "...");
    line(level + 1, "}");
    line(level + 1, "attributes {");
    for (size_t i = 0; i < object.slot_count(); ++i)
      entry(level + 2, module.type().attributes()[i].name,
            attributes_ || !object.slot(i).is_tensor() ? text_of(object.slot(i)) : "...");
    line(level + 1, "}");
    line(level + 1, "methods {");
    for (const Method& method : module.methods()) {
      line(level + 2, cat("method ", method.name(), " {"));
      if (code_) out += indented(method.graph()->str(), level + 3);
      line(level + 2, "}");
    }
    line(level + 1, "}");
    line(level + 1, "submodules {");
    for (const Named<Module>& child : module.named_children()) this->module(child.value, level + 2);
    line(level + 1, "}");
    line(level, "}");
  }
  std::string out;

 private:
  void line(size_t level, std::string_view text) { out += cat(std::string(2 * level, ' '), text, "\n"); }
  void entry(size_t level, const std::string& name, const std::string& value) {
    std::string text = indented(cat(name, " = ", value), level);
    out += text;
  }
  static std::string text_of(const IValue& value) {
    // PyTorch shows the address of an object, which tells nothing.
    return value.is_object() ? cat("<", value.object().type().name(), " object>") : value.str();
  }

  bool code_, attributes_, parameters_;
};

}  // namespace

std::string Module::dump_to_str(bool code, bool attributes, bool parameters) const {
  Dump dump(code, attributes, parameters);
  dump.module(*this, 0);
  return std::move(dump.out);
}

}  // namespace rushlight
