#include "archive/code_importer.h"

#include <charconv>
#include <cmath>

#include "base/stack_guard.h"
#include "base/text.h"
#include "lang/parser.h"
#include "script/annotations.h"
#include "script/compile.h"
#include "script/emitter.h"
#include "value/qualified_name.h"

namespace rushlight::archive {
namespace {

using lang::ExprKind;
using lang::StmtKind;
using script::Emitter;
using script::SugaredValue;
using script::SugaredValuePtr;

constexpr std::string_view kCustomClasses = "__torch__.torch.classes.";

/// `CONSTANTS`: the table of the archive.
class ConstantTable final : public SugaredValue {
 public:
  explicit ConstantTable(std::shared_ptr<CodeImporter> importer) : importer_(std::move(importer)) {}
  std::string kind() const override { return "CONSTANTS"; }
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    size_t index = 0;
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + (name.empty() ? 0 : 1), end, index);
    if (!name.starts_with('c') || parsed.ec != std::errc() || parsed.ptr != end)
      lang::fail_at(range, cat("invalid constant specifier: ", name));
    if (index >= importer_->constants().size())
      lang::fail_at(range, cat("constant index ", index, " is out of bounds (constant table has ",
                               importer_->constants().size(), " entries)"));
    // Sizes and element types of tensors stay out of the types: programs assign other tensors to the same names.
    const IValue& value = importer_->constants()[index];
    return script::simple(emitter.constant(value, range, value.is_tensor() ? types::tensor() : nullptr));
  }

 private:
  std::shared_ptr<CodeImporter> importer_;
};

/// A module class whose hooks code of archives calls by its name; that is all such a name is good for.
class HookedClass final : public SugaredValue {
 public:
  explicit HookedClass(TypePtr type) : type_(std::move(type)) {}
  std::string kind() const override { return type_->str(); }
  TypePtr named_type() const override { return type_; }
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    const auto& cls = type_->expect<ClassType>();
    for (const auto* hooks : {&cls.forward_pre_hooks(), &cls.forward_hooks()})
      for (Function* hook : *hooks)
        if (hook->name() == name) return std::make_shared<script::FunctionValue>(static_cast<ir::GraphFunction*>(hook));
    return script::ClassValue(type_).attribute(emitter, range, name);
  }

 private:
  TypePtr type_;
};
bool has_hooks(const Type& type) {
  const auto* cls = type.as<ClassType>();
  return cls && (!cls->forward_pre_hooks().empty() || !cls->forward_hooks().empty());
}

/// `__torch__` and what is below it: a type, a function, or the beginning of a longer name.
class ArchiveNamespace final : public SugaredValue {
 public:
  ArchiveNamespace(std::string name, std::shared_ptr<CodeImporter> importer)
      : name_(std::move(name)), importer_(std::move(importer)) {}
  std::string kind() const override { return "Class Namespace"; }
  SugaredValuePtr attribute(Emitter&, const SourceRange&, const std::string& name) override {
    const std::string full = cat(name_, ".", name);
    if (TypePtr type = importer_->find_type(full)) {
      if (has_hooks(*type)) return std::make_shared<HookedClass>(std::move(type));
      return std::make_shared<script::ClassValue>(std::move(type));
    }
    if (ir::GraphFunction* function = importer_->find_function(full))
      return std::make_shared<script::FunctionValue>(function);
    return std::make_shared<ArchiveNamespace>(full, importer_);
  }

 private:
  std::string name_;
  std::shared_ptr<CodeImporter> importer_;
};

/// `torch`, and `torch.autograd`, in code of archives are the namespace of the operators, nothing else.
class OperatorNamespace final : public SugaredValue {
 public:
  std::string kind() const override { return "module"; }
  SugaredValuePtr attribute(Emitter&, const SourceRange&, const std::string& name) override {
    if (name == "autograd") return std::make_shared<OperatorNamespace>();
    return std::make_shared<script::BuiltinFunction>(ir::Symbol::intern(cat("aten::", name)));
  }
};

class NumberConstant final : public SugaredValue {
 public:
  explicit NumberConstant(IValue value) : value_(std::move(value)) {}
  std::string kind() const override { return "constant"; }
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override { return emitter.constant(value_, range); }

 private:
  IValue value_;
};

bool is_dots(const lang::Expr& expr) { return expr.is(ExprKind::ellipsis); }

/// The one name or string that a subscript has: `__annotations__["0"]`.
const std::string* annotated_name(const lang::Expr& target) {
  const bool is_annotation = target.is(ExprKind::subscript) && target.operands.size() == 2 &&
                             target[0]->is(ExprKind::name) && target[0]->text == "__annotations__" &&
                             target[1]->is(ExprKind::string);
  return is_annotation ? &target[1]->text : nullptr;
}

std::unordered_set<std::string> name_set(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

std::vector<std::string> names_in(const lang::Expr& list) {
  if (!list.is(ExprKind::list) && !list.is(ExprKind::tuple)) lang::fail_at(list.range, "expected a list of names");
  std::vector<std::string> names;
  for (const lang::ExprPtr& name : list.operands) {
    if (!name->is(ExprKind::string)) lang::fail_at(name->range, "expected a name in quotes");
    names.push_back(name->text);
  }
  return names;
}

[[noreturn]] void unexpected(const lang::Stmt& stmt, std::string_view where) {
  lang::fail_at(stmt.range, cat("Unexpected statement in ", where));
}

}  // namespace

TypePtr CodeImporter::find_type(const std::string& qualified_name) {
  if (qualified_name.starts_with(kCustomClasses)) return custom_class_type(qualified_name);
  if (const auto known = types_.find(qualified_name); known != types_.end()) return known->second;
  import(qualified_name);
  const auto found = types_.find(qualified_name);
  return found == types_.end() ? nullptr : found->second;
}

ir::GraphFunction* CodeImporter::find_function(const std::string& qualified_name) {
  if (ir::GraphFunction* known = unit_.find_function(qualified_name)) return known;
  import(qualified_name);
  return unit_.find_function(qualified_name);
}

TypePtr CodeImporter::read_annotation(const std::string& text) {
  return script::type_of_annotation(*lang::parse_expression(std::make_shared<Source>(text, "")), *this);
}

TypePtr CodeImporter::resolve_type(const std::string& name, const SourceRange&) { return find_type(name); }

SugaredValuePtr CodeImporter::resolve_value(const std::string& name, ir::GraphFunction&, const SourceRange&) {
  if (name == "torch") return std::make_shared<OperatorNamespace>();
  if (name == "__torch__") return std::make_shared<ArchiveNamespace>(name, shared_from_this());
  if (name == "CONSTANTS") return std::make_shared<ConstantTable>(shared_from_this());
  if (name == "fork") return std::make_shared<script::SpecialFormValue>(script::SpecialForm::fork);
  if (name == "inf") return std::make_shared<NumberConstant>(IValue(double(INFINITY)));
  if (name == "nan") return std::make_shared<NumberConstant>(IValue(double(NAN)));
  if (name == "infj") return std::make_shared<NumberConstant>(IValue(std::complex<double>(0, INFINITY)));
  if (name == "nanj") return std::make_shared<NumberConstant>(IValue(std::complex<double>(0, NAN)));
  return nullptr;
}

// ---- Files

void CodeImporter::parse_file(const std::string& prefix) {
  if (!parsed_.insert(prefix).second) return;
  const std::shared_ptr<const Source> source = find_source_(prefix);
  if (!source) return;
  for (const lang::StmtPtr& stmt : lang::parse_module(source, lang::Dialect::string)) {
    if (stmt->kind == StmtKind::class_) {
      definitions_[cat(prefix, ".", stmt->class_def->name)] = stmt;
    } else if (stmt->kind == StmtKind::def) {
      definitions_[cat(prefix, ".", stmt->def->name)] = stmt;
    } else {
      // Files of the first versions say which they are; imports are left out by the parser.
      const bool is_version = stmt->kind == StmtKind::assign && stmt->targets.size() == 1 &&
                              stmt->targets[0]->is(ExprKind::name) && stmt->targets[0]->text == "op_version_set";
      if (!is_version) unexpected(*stmt, "code import");
    }
  }
}

void CodeImporter::import(const std::string& qualified_name) {
  check_stack();
  parse_file(split_qualified_name(qualified_name).prefix);
  const auto found = definitions_.find(qualified_name);
  if (found == definitions_.end()) return;
  const lang::StmtPtr stmt = found->second;
  definitions_.erase(found);
  if (stmt->kind == StmtKind::def)
    script::declare(unit_, qualified_name, stmt->def, shared_from_this());
  else
    import_class(qualified_name, *stmt->class_def);
}

void CodeImporter::import_class(const std::string& name, const lang::ClassDef& definition) {
  if (name.starts_with(kCustomClasses)) return;
  if (definition.bases.empty()) return import_module(name, definition, /*is_module=*/false);
  const std::string base = definition.bases.size() == 1 ? lang::dotted_name(*definition.bases[0]) : "";
  if (base == "Module") return import_module(name, definition, /*is_module=*/true);
  if (base == "NamedTuple") return import_named_tuple(name, definition);
  if (base == "Enum") return import_enum(name, definition);
  if (base == "Interface") return import_interface(name, definition, /*is_module=*/false);
  if (base == "ModuleInterface") return import_interface(name, definition, /*is_module=*/true);
  lang::fail_at(definition.range, "Torchscript does not support class inheritance.");
}

// ---- Kinds of classes

void CodeImporter::import_module(const std::string& name, const lang::ClassDef& definition, bool is_module) {
  struct Attribute {
    std::string name;
    lang::ExprPtr annotation;
    lang::ExprPtr constant;  ///< of Final ones
  };
  std::vector<Attribute> attributes;
  std::vector<std::shared_ptr<const lang::Def>> methods;
  std::vector<std::string> parameters, buffers, pre_hooks, hooks;
  const std::pair<std::string_view, std::vector<std::string>*> kLists[] = {{"__parameters__", &parameters},
                                                                           {"__buffers__", &buffers},
                                                                           {"__forward_pre_hooks__", &pre_hooks},
                                                                           {"__forward_hooks__", &hooks}};
  for (const lang::StmtPtr& stmt : definition.body) {
    if (stmt->kind == StmtKind::def) {
      methods.push_back(stmt->def);
      continue;
    }
    if (stmt->kind == StmtKind::pass) continue;
    if (stmt->kind != StmtKind::assign || stmt->targets.size() != 1) unexpected(*stmt, "class definition");
    const lang::Expr& target = *stmt->targets[0];
    if (const std::string* attribute = annotated_name(target)) {
      attributes.push_back({*attribute, stmt->annotation ? stmt->annotation : stmt->value, nullptr});
      continue;
    }
    if (!target.is(ExprKind::name)) unexpected(*stmt, "class definition");
    if (target.text == "__annotations__") continue;
    const auto list = std::find_if(std::begin(kLists), std::end(kLists),
                                   [&](const auto& known) { return known.first == target.text; });
    if (list != std::end(kLists) && stmt->value) {
      *list->second = names_in(*stmt->value);
      continue;
    }
    if (!stmt->annotation) unexpected(*stmt, "class definition");
    const bool is_final = stmt->annotation->is(ExprKind::subscript) && (*stmt->annotation)[0]->is(ExprKind::name) &&
                          (*stmt->annotation)[0]->text == "Final" && stmt->annotation->operands.size() == 2;
    attributes.push_back(
        {target.text, is_final ? (*stmt->annotation)[1] : stmt->annotation, is_final ? stmt->value : nullptr});
  }

  // The name is known before the attributes' types are read: they may mention it.
  const Ref<ClassType> type = ClassType::make(name, is_module);
  unit_.register_type(type);
  types_[name] = type;
  const std::unordered_set<std::string> parameter_names = name_set(parameters), buffer_names = name_set(buffers);
  for (const Attribute& attribute : attributes) {
    if (attribute.constant)
      type->add_constant(attribute.name,
                         script::evaluate_constant(*attribute.constant, attribute.annotation, shared_from_this()));
    else
      type->add_attribute(attribute.name, script::type_of_annotation(*attribute.annotation, *this),
                          parameter_names.contains(attribute.name), buffer_names.contains(attribute.name));
  }
  const std::unordered_set<std::string> pre_hook_names = name_set(pre_hooks), hook_names = name_set(hooks);
  for (const auto& method : methods) {
    const bool is_hook = pre_hook_names.contains(method->name) || hook_names.contains(method->name);
    script::declare(unit_, cat(name, ".", method->name), method, shared_from_this(), type,
                    is_hook ? script::Membership::hook : script::Membership::method);
  }
  const auto hook_function = [&](const std::string& hook) {
    ir::GraphFunction* function = unit_.find_function(cat(name, ".", hook));
    if (!function) lang::fail_at(definition.range, cat("class ", name, " has no hook ", hook));
    return function;
  };
  for (const std::string& hook : pre_hooks) type->add_forward_pre_hook(hook_function(hook));
  for (const std::string& hook : hooks) type->add_forward_hook(hook_function(hook));
}

void CodeImporter::import_named_tuple(const std::string& name, const lang::ClassDef& definition) {
  std::vector<std::string> fields;
  std::vector<TypePtr> elements;
  std::vector<IValue> defaults;
  for (const lang::StmtPtr& stmt : definition.body) {
    if (stmt->kind == StmtKind::pass) continue;
    if (stmt->kind != StmtKind::assign || stmt->targets.size() != 1 || !stmt->targets[0]->is(ExprKind::name) ||
        !stmt->annotation)
      unexpected(*stmt, "NamedTuple definition");
    fields.push_back(stmt->targets[0]->text);
    elements.push_back(script::type_of_annotation(*stmt->annotation, *this));
    if (stmt->value && !is_dots(*stmt->value))
      defaults.push_back(script::evaluate_constant(*stmt->value, stmt->annotation, shared_from_this()));
    else if (!defaults.empty())
      lang::fail_at(stmt->range, "a field without a default follows one with a default");
  }
  types_[name] = TupleType::named(name, std::move(fields), std::move(elements), std::move(defaults));
}

void CodeImporter::import_enum(const std::string& name, const lang::ClassDef& definition) {
  std::vector<std::pair<std::string, IValue>> members;
  TypePtr value_type;
  for (const lang::StmtPtr& stmt : definition.body) {
    if (stmt->kind != StmtKind::assign || stmt->targets.size() != 1 || !stmt->targets[0]->is(ExprKind::name) ||
        !stmt->value)
      unexpected(*stmt, "Enum class definition");
    const lang::Expr& written = *stmt->value;
    const bool negative = written.is(ExprKind::unary) && written.text == "-";
    const lang::Expr& literal = negative ? *written[0] : written;
    IValue value;
    if (const auto integer = literal.is(ExprKind::integer) ? lang::integer_value(literal.text) : std::nullopt)
      value = negative ? -*integer : *integer;
    else if (literal.is(ExprKind::floating))
      value = (negative ? -1 : 1) * std::strtod(literal.text.c_str(), nullptr);
    else if (literal.is(ExprKind::string) && !negative)
      value = literal.text;
    else
      lang::fail_at(written.range, "Unsupported enum value type. Only Integers, Floats and Strings are supported.");
    if (value_type && value_type != value.type())
      lang::fail_at(stmt->range, "Enum class with varying value types are not supported.");
    value_type = value.type();
    members.emplace_back(stmt->targets[0]->text, std::move(value));
  }
  if (members.empty()) lang::fail_at(definition.range, cat("enum ", name, " has no members"));
  const auto type = make_ref<EnumType>(name, value_type, std::move(members));
  unit_.register_type(type);
  types_[name] = type;
}

void CodeImporter::import_interface(const std::string& name, const lang::ClassDef& definition, bool is_module) {
  const auto type = make_ref<InterfaceType>(name, is_module);
  unit_.register_type(type);
  types_[name] = type;
  for (const lang::StmtPtr& stmt : definition.body) {
    if (stmt->kind != StmtKind::def)
      lang::fail_at(stmt->range, "interface declarations can only contain method definitions");
    Schema method = script::schema_of(*stmt->def, *this);
    if (method.arguments.empty() || stmt->def->parameters[0].annotation)
      lang::fail_at(stmt->range, "method must have 'self' as its first argument");
    type->add_method(std::move(method));
  }
}

}  // namespace rushlight::archive
