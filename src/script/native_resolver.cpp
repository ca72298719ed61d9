/// The names that every program knows: builtins, `torch`, `math`, and what archives call operators.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "script/emitter.h"

namespace rushlight::script {
namespace {

struct FormName {
  std::string_view name;
  SpecialForm form;
};
constexpr FormName kForms[] = {
    {"tuple", SpecialForm::tuple},           {"getattr", SpecialForm::getattr}, {"hasattr", SpecialForm::hasattr},
    {"isinstance", SpecialForm::isinstance}, {"range", SpecialForm::range},     {"zip", SpecialForm::zip},
    {"enumerate", SpecialForm::enumerate},   {"list", SpecialForm::list},       {"dict", SpecialForm::dict},
    {"slice", SpecialForm::slice},           {"set", SpecialForm::set},         {"frozenset", SpecialForm::frozenset}};
/// Only archives and strings write these without a module in front.
constexpr FormName kArchiveForms[] = {{"annotate", SpecialForm::annotate},
                                      {"unchecked_cast", SpecialForm::unchecked_cast},
                                      {"uninitialized", SpecialForm::uninitialized}};
/// Builtins of Python that are operators; classes answer those with a method of their own.
struct BuiltinName {
  std::string_view name, op, method;
};
constexpr BuiltinName kBuiltins[] = {{"len", "aten::len", "__len__"},
                                     {"hex", "aten::hex", "__hex__"},
                                     {"oct", "aten::oct", "__oct__"},
                                     {"round", "aten::round", "__round__"},
                                     {"abs", "prim::abs", ""},
                                     {"min", "prim::min", ""},
                                     {"max", "prim::max", ""},
                                     {"ord", "aten::ord", ""},
                                     {"chr", "aten::chr", ""},
                                     {"bin", "aten::bin", ""},
                                     {"hash", "aten::hash", ""},
                                     {"id", "prim::id", ""},
                                     {"pow", "aten::pow", ""},
                                     {"sum", "aten::sum", ""},
                                     {"any", "aten::any", ""},
                                     {"all", "aten::all", ""},
                                     {"sorted", "aten::sorted", ""},
                                     {"divmod", "aten::divmod", ""},
                                     {"rangelist", "prim::rangelist", ""}};
struct CastName {
  std::string_view name;
  const TypePtr& (*type)();
  std::string_view op, method;
};
constexpr CastName kCasts[] = {{"int", types::int_, "aten::Int", "__int__"},
                               {"float", types::float_, "aten::Float", "__float__"},
                               {"bool", types::bool_, "aten::Bool", "__bool__"},
                               {"str", types::string, "aten::str", "__str__"},
                               {"complex", types::complex, "aten::Complex", "__complex__"}};

/// The namespaces of PyTorch, for programs that no other scope surrounds.
class NativeResolver final : public Resolver {
 public:
  SugaredValuePtr resolve_value(const std::string& name, ir::GraphFunction&, const SourceRange&) override {
    if (name == "torch" || name == "math" || name == "cmath" || name == "ops")
      return std::make_shared<NamespaceValue>(name);
    for (const FormName& form : kArchiveForms)
      if (form.name == name) return std::make_shared<SpecialFormValue>(form.form);
    return nullptr;
  }
  TypePtr resolve_type(const std::string&, const SourceRange&) override { return nullptr; }
};

/// `iter(x)`, which only `__iter__` returns: a loop goes over x itself.
class IterFunction final : public SugaredValue {
 public:
  std::string kind() const override { return "builtin"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    if (arguments.size() != 1 || !keywords.empty() || arguments[0].value->type()->is(TypeKind::class_))
      lang::fail_at(range, "iter() takes one container");
    if (emitter.function().name() != "__iter__")
      lang::fail_at(range, "iter() is supported where `__iter__` returns it");
    return simple(arguments[0].value);
  }
};

/// A function of Python's math that PyTorch lacks. Where PyTorch has an operator on tensors of this name, strings reach
/// it so too.
class MathFunction final : public SugaredValue {
 public:
  MathFunction(ir::Symbol of_numbers, ir::Symbol of_tensors) : of_numbers_(of_numbers), of_tensors_(of_tensors) {}
  std::string kind() const override { return "builtin"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    const bool tensors = std::ranges::any_of(
        arguments, [](const NamedValue& argument) { return argument.value->type()->is(TypeKind::tensor); });
    return emit_operator_call(emitter, range, tensors ? of_tensors_ : of_numbers_, arguments, keywords);
  }

 private:
  ir::Symbol of_numbers_, of_tensors_;
};

}  // namespace

std::shared_ptr<Resolver> native_resolver() {
  static const std::shared_ptr<Resolver> resolver = std::make_shared<NativeResolver>();
  return resolver;
}

SugaredValuePtr builtin_name(const std::string& name) {
  if (name == "print") return std::make_shared<PrintValue>();
  if (name == "iter") return std::make_shared<IterFunction>();
  if (name == "AssertionError") return std::make_shared<ExceptionValue>("");
  for (const FormName& form : kForms)
    if (form.name == name) return std::make_shared<SpecialFormValue>(form.form);
  for (const CastName& cast : kCasts)
    if (cast.name == name)
      return std::make_shared<MagicMethod>(std::string(cast.method),
                                           std::make_shared<CastValue>(cast.type(), ir::Symbol::intern(cast.op)));
  for (const BuiltinName& builtin : kBuiltins) {
    if (builtin.name != name) continue;
    auto function = std::make_shared<BuiltinFunction>(ir::Symbol::intern(builtin.op));
    if (builtin.method.empty()) return function;
    return std::make_shared<MagicMethod>(std::string(builtin.method), function);
  }
  return nullptr;
}

SugaredValuePtr NamespaceValue::attribute(Emitter& emitter, const SourceRange& range, const std::string& name) {
  const auto constant = [&](IValue value) { return simple(emitter.constant(std::move(value), range)); };
  if (name_ == "ops") return std::make_shared<NamespaceValue>("ops." + name);
  if (name_.starts_with("ops.")) {
    const std::string space = name_.substr(4);
    if (space == "prim" && name == "unchecked_cast")
      return std::make_shared<SpecialFormValue>(SpecialForm::unchecked_cast);
    return std::make_shared<BuiltinFunction>(ir::Symbol::intern(cat(space, "::", name)));
  }
  if (name_ == "math" || name_ == "cmath") {
    if (name == "pi") return constant(IValue(3.14159265358979323846));
    if (name == "e") return constant(IValue(2.71828182845904523536));
    if (name == "tau") return constant(IValue(6.28318530717958647692));
    if (name == "inf") return constant(IValue(double(INFINITY)));
    if (name == "nan") return constant(IValue(double(NAN)));
    const std::string python = cat("rushlight::", name_, "_", name);
    if (!find_overloads(python).empty())
      return std::make_shared<MathFunction>(ir::Symbol::intern(python), ir::Symbol::intern("aten::" + name));
    return std::make_shared<BuiltinFunction>(ir::Symbol::intern("aten::" + name));
  }
  // torch and its parts
  if (const auto dtype = dtype_from_name(name);
      dtype && name_ == "torch" && std::islower(static_cast<unsigned char>(name[0])))
    return constant(IValue(*dtype));
  if (name == "strided") return constant(IValue(Layout::strided));
  if (name == "contiguous_format") return constant(IValue(MemoryFormat::contiguous));
  if (name == "preserve_format") return constant(IValue(MemoryFormat::preserve));
  if (name == "channels_last") return constant(IValue(MemoryFormat::channels_last));
  if (name == "device") return std::make_shared<BuiltinFunction>(ir::Symbol::intern("aten::device"));
  if (name == "nn" || name == "functional" || name == "jit" || name == "linalg" || name == "special" || name == "fft" ||
      name == "_C" || name == "_nn" || name == "autograd")
    return std::make_shared<NamespaceValue>("torch." + name);
  if (name == "annotate") return std::make_shared<SpecialFormValue>(SpecialForm::annotate);
  if (name == "fork" || name == "_fork") return std::make_shared<SpecialFormValue>(SpecialForm::fork);
  if (name == "_wait") return std::make_shared<BuiltinFunction>(ir::Symbol::intern("aten::wait"));
  for (const std::string& candidate :
       {cat("aten::", name), cat("aten::", name_.substr(name_.rfind('.') + 1), "_", name), cat("prim::", name)})
    if (!find_overloads(candidate).empty()) return std::make_shared<BuiltinFunction>(ir::Symbol::intern(candidate));
  return std::make_shared<BuiltinFunction>(ir::Symbol::intern("aten::" + name));
}

}  // namespace rushlight::script
