/// `def` inside of a function. It becomes a function of its own, in which the variables that it reads from around it
/// are parameters in front of those it declares; each call hands over what they hold then. So it can call itself,
/// return early and be saved as any function can.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "lang/names.h"
#include "script/compile.h"
#include "script/emitter.h"
#include "value/unify.h"

namespace rushlight::script {
namespace {

/// What a nested function, and every function that it may call, reads from around it.
struct Captures {
  std::map<std::string, ir::Value*> values;
  std::map<std::string, SugaredValuePtr> others;  ///< what the compiler alone knows: other functions, classes

  /// The same for calls that the function can be compiled for once.
  std::string key() const {
    std::string key;
    for (const auto& [name, value] : values) key += cat(name, ":", repr(*value->type()), ";");
    for (const auto& [name, other] : others) key += cat(name, "@", uintptr_t(identity(*other)), ";");
    return key;
  }

 private:
  static const void* identity(const SugaredValue& other) {
    if (const auto* nested = dynamic_cast<const NestedFunctionValue*>(&other)) return nested->def().get();
    if (const auto* lambda = dynamic_cast<const LambdaValue*>(&other)) return &lambda->expr();
    return &other;
  }
};

/// `__torch__.f_helper`, `__torch__.Net_forward_helper`: beside the function or class around it, for archives take the
/// parts of a name for folders.
std::string nested_name(const ir::GraphFunction& outer, const std::string& name) {
  std::string base = outer.qualified_name();
  const size_t dot = base.rfind('.');
  if (dot != std::string::npos && outer.unit()->find_type(std::string_view(base).substr(0, dot))) base[dot] = '_';
  return cat(base, "_", name);
}

/// The annotation of a parameter that is a captured variable; no program can write such a name.
std::string type_name(const std::string& variable) { return cat("type of ", variable); }

/// Knows the types of captured variables and what else was captured; the rest is the affair of the function around.
class CaptureResolver final : public Resolver {
 public:
  CaptureResolver(std::shared_ptr<Resolver> outer, const Captures& captures, std::shared_ptr<NestedFunctions> compiled)
      : compiled(std::move(compiled)), outer_(std::move(outer)), names_(captures.others) {
    for (const auto& [name, value] : captures.values) types_[type_name(name)] = unshaped(value->type());
  }
  const std::shared_ptr<NestedFunctions> compiled;
  /// Null if it was not captured.
  SugaredValuePtr find_captured(const std::string& name) const {
    const auto found = names_.find(name);
    return found != names_.end() ? found->second : nullptr;
  }

  SugaredValuePtr resolve_value(const std::string& name, ir::GraphFunction& function,
                                const SourceRange& range) override {
    const SugaredValuePtr found = find_captured(name);
    return found ? found : outer_->resolve_value(name, function, range);
  }
  TypePtr resolve_type(const std::string& name, const SourceRange& range) override {
    const auto found = types_.find(name);
    return found != types_.end() ? found->second : outer_->resolve_type(name, range);
  }
  std::vector<TypePtr> tuple_of_types(const std::string& name, const SourceRange& range) override {
    return outer_->tuple_of_types(name, range);
  }
  SugaredValuePtr module_value(ir::Value* value) override { return outer_->module_value(value); }
  std::optional<int64_t> operator_version() const override { return outer_->operator_version(); }
  bool declare_advance(const ClassType& cls) override { return outer_->declare_advance(cls); }
  SugaredValuePtr class_constant(const ClassType& cls, const std::string& name) override {
    return outer_->class_constant(cls, name);
  }
  bool is_class_attribute(const ClassType& cls, const std::string& name) override {
    return outer_->is_class_attribute(cls, name);
  }
  bool reads_annotations() const override { return outer_->reads_annotations(); }

 private:
  std::shared_ptr<Resolver> outer_;
  std::map<std::string, SugaredValuePtr> names_;
  std::map<std::string, TypePtr> types_;
};

std::set<std::string> names_read(const NestedFunctionValue& nested) {
  std::set<std::string> names = lang::names_of(*nested.def()).free;
  for (const std::string& variable : nested.defaults())
    if (!variable.empty()) names.insert(variable);
  return names;
}

/// Whether a function elsewhere can use it: it holds no value of the graph at hand.
bool is_known_everywhere(const SugaredValuePtr& value) {
  if (const auto* builtin = dynamic_cast<const BuiltinFunction*>(value.get())) return !builtin->self();
  return dynamic_cast<const FunctionValue*>(value.get()) || dynamic_cast<const ClassValue*>(value.get()) ||
         dynamic_cast<const NamespaceValue*>(value.get());
}

/// A name of the function around: one of its variables, or what it has captured itself. Null: a name of the module.
SugaredValuePtr find_around(Emitter& emitter, const std::string& name, const SourceRange& range) {
  if (emitter.environment().is_defined(name)) return emitter.environment().find(name, range);
  const auto* captured = dynamic_cast<const CaptureResolver*>(&emitter.resolver());
  return captured ? captured->find_captured(name) : nullptr;
}

Captures captures_of(Emitter& emitter, const NestedFunctionValue& nested, const SourceRange& range) {
  Captures captures;
  std::set<std::string> open = names_read(nested), seen;
  open.insert(nested.def()->name);
  while (!open.empty()) {
    const std::string name = open.extract(open.begin()).value();
    const SugaredValuePtr found = seen.insert(name).second ? find_around(emitter, name, range) : nullptr;
    if (!found) continue;
    if (const auto* other = dynamic_cast<const NestedFunctionValue*>(found.get())) {
      captures.others[name] = found;
      open.merge(names_read(*other));
    } else if (const auto* lambda = dynamic_cast<const LambdaValue*>(found.get())) {
      if (std::ranges::any_of(lambda->defaults(), [](const ir::Value* value) { return value != nullptr; }))
        lang::fail_at(range, cat("the function '", nested.def()->name, "' reads the lambda '", name,
                                 "', whose defaults it cannot have"));
      captures.others[name] = found;
      lang::add_names_read(lambda->expr(), open);
    } else if (is_known_everywhere(found)) {
      captures.others[name] = found;
    } else {
      captures.values[name] = found->as_value(emitter, range);
    }
  }
  // A function that it calls may read a variable of the name of one of its own.
  for (const std::string& name : lang::names_of(*nested.def()).bound)
    if (captures.values.contains(name) || captures.others.contains(name))
      lang::fail_at(range, cat("the function '", nested.def()->name, "' has a variable '", name,
                               "', and a function that it calls reads another one of that name"));
  return captures;
}

std::shared_ptr<const lang::Def> with_captured_parameters(const lang::Def& def, const Captures& captures) {
  auto lifted = std::make_shared<lang::Def>(def);
  for (lang::Parameter& parameter : lifted->parameters) parameter.default_value = nullptr;
  std::vector<lang::Parameter> captured;
  for (const auto& [name, value] : captures.values) {
    auto type = std::make_shared<lang::Expr>();
    type->kind = lang::ExprKind::name;
    type->text = type_name(name);
    captured.push_back({.name = name, .annotation = std::move(type), .range = def.name_range});
  }
  lifted->parameters.insert(lifted->parameters.begin(), captured.begin(), captured.end());
  return lifted;
}

/// The defaults of the parameters that the call leaves out.
void add_defaults(Emitter& emitter, const NestedFunctionValue& nested, const SourceRange& range,
                  size_t positional_count, std::vector<NamedValue>& keywords) {
  for (size_t i = 0; i < nested.defaults().size(); ++i) {
    const lang::Parameter& parameter = nested.def()->parameters[i];
    const bool is_given = (!parameter.keyword_only && i < positional_count) ||
                          std::ranges::find(keywords, parameter.name, &NamedValue::name) != keywords.end();
    if (is_given || nested.defaults()[i].empty()) continue;
    const SugaredValuePtr value = emitter.environment().find(nested.defaults()[i], range);
    if (!value) lang::fail_at(range, cat("the default of '", parameter.name, "' is not known here"));
    keywords.push_back({parameter.name, value->as_value(emitter, range), range});
  }
}

}  // namespace

ir::Value* NestedFunctionValue::as_value(Emitter&, const SourceRange&) {
  lang::refuse<lang::UnsupportedNodeError>(
      def_->range, "function definitions aren't supported",
      "a function in a function can be called, and be the `key` of sorted, sort, min and max");
}

bool NestedFunctionValue::gathers(bool keywords) {
  return std::ranges::any_of(def_->parameters, [&](const lang::Parameter& parameter) {
    return parameter.gathers && parameter.keyword_only == keywords;
  });
}

SugaredValuePtr NestedFunctionValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                          std::vector<NamedValue> keywords) {
  return emitter.call_nested(*this, range, std::move(arguments), std::move(keywords));
}

void Emitter::emit_nested_function(const std::shared_ptr<const lang::Def>& def) {
  std::vector<std::string> defaults;
  for (const lang::Parameter& parameter : def->parameters) {
    defaults.emplace_back();
    if (!parameter.default_value) continue;
    // Python evaluates it here, once; it stays in a variable.
    defaults.back() = temporary(cat(def->name, "_", parameter.name, "_default"));
    const TypePtr type = parameter.annotation ? type_of_annotation(*parameter.annotation) : nullptr;
    ir::Value* value = emit(*parameter.default_value, type);
    if (type && type->is(TypeKind::float_) && value->type()->is(TypeKind::int_))
      value = emit_operator(*this, parameter.range, "aten::Float", {value});
    environment_.set_value(defaults.back(), value, parameter.range, type);
  }
  environment_.set(def->name,
                   std::make_shared<NestedFunctionValue>(def, std::move(defaults), open_comprehensions_.size()),
                   def->name_range);
}

SugaredValuePtr Emitter::call_nested(const NestedFunctionValue& nested, const SourceRange& range,
                                     std::vector<NamedValue> arguments, std::vector<NamedValue> keywords) {
  check_captures(names_read(nested), nested.comprehensions(), range, "function");
  const Captures captures = captures_of(*this, nested, range);
  if (!nested_functions_) {
    const auto* around = dynamic_cast<const CaptureResolver*>(resolver_.get());
    nested_functions_ = around ? around->compiled : std::make_shared<NestedFunctions>();
  }
  ir::GraphFunction*& function = (*nested_functions_)[{nested.def().get(), captures.key()}];
  if (!function) {
    if (!function_.unit()) lang::fail_at(range, "a function that belongs to no unit cannot have functions in it");
    const std::string name = function_.unit()->mangle(nested_name(function_, nested.def()->name));
    function = declare(*function_.unit(), name, with_captured_parameters(*nested.def(), captures),
                       std::make_shared<CaptureResolver>(resolver_, captures, nested_functions_));
  }
  std::vector<NamedValue> all;
  for (const auto& [name, value] : captures.values) all.push_back({"", value, range});
  add_defaults(*this, nested, range, arguments.size(), keywords);
  all.insert(all.end(), arguments.begin(), arguments.end());
  return FunctionValue(function).call(*this, range, std::move(all), std::move(keywords));
}

}  // namespace rushlight::script
