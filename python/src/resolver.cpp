#include "resolver.h"

#include "argument_values.h"
#include "base/text.h"
#include "module_value.h"
#include "op_object.h"
#include "script/emitter.h"
#include "script_objects.h"
#include "script_types.h"
#include "script_values.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

using script::Emitter;
using script::NamedValue;
using script::SugaredValue;
using script::SugaredValuePtr;

nb::module_ frontend() { return nb::module_::import_("rushlight.jit._recursive"); }

class ConstantValue final : public SugaredValue {
 public:
  explicit ConstantValue(IValue value) : value_(std::move(value)) {}
  std::string kind() const override { return "constant"; }
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override { return emitter.constant(value_, range); }
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    return script::simple(as_value(emitter, range))->attribute(emitter, range, name);
  }
  std::vector<SugaredValuePtr> as_tuple(Emitter& emitter, const SourceRange& range,
                                        std::optional<size_t> wanted) override {
    return script::simple(as_value(emitter, range))->as_tuple(emitter, range, wanted);
  }
  bool is_iterable() const override { return value_.is_list() || value_.is_tuple() || value_.is_string(); }
  bool is_unrolled() const override { return value_.is_tuple(); }
  ir::Value* length(Emitter& emitter, const SourceRange& range) override {
    return script::simple(as_value(emitter, range))->length(emitter, range);
  }
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index) override {
    return script::simple(as_value(emitter, range))->element(emitter, range, index);
  }

 private:
  IValue value_;
};

/// is_scripting() and its like: calls whose result is known.
class ConstantFunction final : public SugaredValue {
 public:
  explicit ConstantFunction(IValue value) : value_(std::move(value)) {}
  std::string kind() const override { return "function"; }
  SugaredValuePtr call(Emitter&, const SourceRange&, std::vector<NamedValue>, std::vector<NamedValue>) override {
    return constant_sugared(value_);
  }

 private:
  IValue value_;
};

/// A Python object that the language has no value for. It can be looked into if it is a module or a class.
class PythonValue : public SugaredValue {
 public:
  explicit PythonValue(nb::object object) : object_(std::move(object)) {}
  ~PythonValue() override {
    const nb::gil_scoped_acquire locked;
    object_.reset();
  }
  std::string kind() const override {
    const nb::gil_scoped_acquire locked;
    return cat("python value of type '", nb::cast<std::string>(nb::str(object_.type().attr("__name__"))), "'");
  }
  ir::Value* as_value(Emitter&, const SourceRange& range) override {
    lang::fail_at(range, cat(kind(),
                             " cannot be used as a value. Perhaps it is a closed over global variable? If so, please "
                             "consider passing it in "
                             "as an argument or use a local variable instead."));
  }
  SugaredValuePtr call(Emitter&, const SourceRange& range, std::vector<NamedValue>, std::vector<NamedValue>) override {
    const nb::gil_scoped_acquire locked;
    if (PyCFunction_Check(object_.ptr()))
      lang::fail_at(range, cat("Python builtin ", nb::cast<std::string>(nb::repr(object_)),
                               " is currently not supported in Torchscript"));
    lang::fail_at(range, cat("cannot call a ", kind()));
  }

 protected:
  nb::object object_;
};

/// A module of Python: `torch`, `math`, the user's own.
class PythonModuleValue final : public PythonValue {
 public:
  using PythonValue::PythonValue;
  SugaredValuePtr attribute(Emitter&, const SourceRange& range, const std::string& name) override {
    const nb::gil_scoped_acquire locked;
    nb::object member = nb::getattr(object_, name.c_str(), nb::object());
    if (!member.is_valid()) {
      PyErr_Clear();
      lang::fail_at(range, cat("module has no attribute '", name, "'"));
    }
    return sugared(std::move(member), range, /*is_attribute=*/true);
  }
};

/// A function with two bodies, of which a constant flag picks one while compiling (_jit_internal.boolean_dispatch).
class DispatchedFunction final : public PythonValue {
 public:
  DispatchedFunction(nb::object function, nb::object bodies)
      : PythonValue(std::move(function)), bodies_(std::move(bodies)) {}
  ~DispatchedFunction() override {
    const nb::gil_scoped_acquire locked;
    bodies_.reset();
  }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    const nb::gil_scoped_acquire locked;
    const std::string flag_name = nb::cast<std::string>(bodies_["arg_name"]);
    const size_t index = nb::cast<size_t>(bodies_["index"]);
    bool flag = nb::cast<bool>(bodies_["default"]);
    const auto keyword = std::ranges::find(keywords, flag_name, &NamedValue::name);
    if (keyword != keywords.end()) {
      flag = constant_flag(*keyword, range,
                           cat("Keyword argument '", flag_name, "' for boolean dispatch at position was not constant"));
    } else if (index < arguments.size()) {
      flag = constant_flag(arguments[index], range,
                           cat("Argument for boolean dispatch at position ", index, " was not constant"));
    }
    return sugared(nb::object(bodies_[flag ? "if_true" : "if_false"]), range, false)
        ->call(emitter, range, std::move(arguments), std::move(keywords));
  }

 private:
  static bool constant_flag(const NamedValue& argument, const SourceRange& range, const std::string& message) {
    const std::optional<IValue> value = ir::constant_value(argument.value);
    if (!value || !value->is_bool()) lang::fail_at(range, message);
    return value->to_bool();
  }
  nb::object bodies_;
};

/// A function that the user has marked as unused: a call raises when it runs.
class UnusedFunction final : public SugaredValue {
 public:
  std::string kind() const override { return "unused function"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue>,
                       std::vector<NamedValue>) override {
    ir::Value* text =
        emitter.constant(IValue("This Python function is annotated to be ignored and cannot be run"), range);
    ir::Value* none = emitter.constant(IValue(), range);
    emitter.insert_node(ir::kinds::raise_exception, {text, none}, 0, range);
    return script::simple(emitter.constant(IValue(), range));
  }
};

const std::pair<const char*, script::SpecialForm> kSpecialForms[] = {
    {"annotate", script::SpecialForm::annotate},
    {"isinstance", script::SpecialForm::isinstance},
    {"fork", script::SpecialForm::fork},
    {"tensor", script::SpecialForm::tensor},
};

/// Numbers, texts and the like, whose values are part of the program when they are read from a Python module.
bool is_constant_kind(PyObject* object) {
  if (PyBool_Check(object) || PyLong_Check(object) || PyFloat_Check(object) || PyComplex_Check(object) ||
      PyUnicode_Check(object) || object == Py_None || is_device(object) || is_dtype(object) || is_layout(object) ||
      is_memory_format(object))
    return true;
  if (!PyTuple_Check(object)) return false;
  for (nb::handle element : nb::handle(object))
    if (!is_constant_kind(element.ptr())) return false;
  return true;
}

/// What the Python side knows about an object: ("builtin", "aten::relu"), ("function", ScriptFunction), ("type", Type)
/// ...
SugaredValuePtr classified(nb::object object, const SourceRange& range) {
  nb::object found = frontend().attr("classify")(object, range ? range.highlight() : std::string());
  const std::string what = nb::cast<std::string>(found[0]);
  nb::object detail = found[1];
  if (what == "builtin")
    return std::make_shared<script::BuiltinFunction>(ir::Symbol::intern(nb::cast<std::string>(detail)));
  if (what == "special") {
    const std::string name = nb::cast<std::string>(detail);
    for (const auto& [form_name, form] : kSpecialForms)
      if (name == form_name) return std::make_shared<script::SpecialFormValue>(form);
  }
  if (what == "constant") return std::make_shared<ConstantFunction>(to_value(detail));
  if (what == "function") return std::make_shared<script::FunctionValue>(nb::cast<FunctionHandle&>(detail).function);
  if (what == "type") return std::make_shared<script::ClassValue>(nb::cast<TypePtr>(detail));
  if (what == "dispatch") return std::make_shared<DispatchedFunction>(std::move(object), std::move(detail));
  if (what == "unused") return std::make_shared<UnusedFunction>();
  if (what == "error") lang::fail_at(range, nb::cast<std::string>(detail));
  return std::make_shared<PythonValue>(std::move(object));
}

class PythonResolver final : public script::Resolver {
 public:
  explicit PythonResolver(nb::object lookup) : lookup_(std::move(lookup)) {}
  ~PythonResolver() override {
    if (!Py_IsInitialized()) {
      lookup_.release();
      return;
    }
    const nb::gil_scoped_acquire locked;
    lookup_.reset();
  }

  SugaredValuePtr resolve_value(const std::string& name, ir::GraphFunction& function,
                                const SourceRange& range) override {
    // Namespaces are Python's own; the other names that every program knows come before the user's.
    if (name != "torch" && name != "math" && name != "cmath" && name != "ops")
      if (SugaredValuePtr known = script::native_resolver()->resolve_value(name, function, range)) return known;
    const nb::gil_scoped_acquire locked;
    nb::object object = lookup_(name);
    if (object.is_none()) return nullptr;
    return sugared(std::move(object), range, false);
  }

  TypePtr resolve_type(const std::string& name, const SourceRange& range) override {
    const nb::gil_scoped_acquire locked;
    nb::object object = lookup_(name);
    if (object.is_none()) return nullptr;
    nb::object type = nb::module_::import_("rushlight.jit.annotations")
                          .attr("try_ann_to_type")(object, range ? range.highlight() : std::string());
    return type.is_none() ? nullptr : nb::cast<TypePtr>(type);
  }

  SugaredValuePtr module_value(ir::Value* value) override { return python::module_value(value); }

 private:
  nb::object lookup_;
};

}  // namespace

SugaredValuePtr constant_sugared(IValue value) { return std::make_shared<ConstantValue>(std::move(value)); }

SugaredValuePtr sugared(nb::object object, const SourceRange& range, bool is_attribute) {
  PyObject* pointer = object.ptr();
  if (const OverloadSet* overloads = overloads_of(pointer))
    return std::make_shared<script::BuiltinFunction>(ir::Symbol::intern(cat("aten::", overloads->name())));
  if (PyModule_Check(pointer)) return std::make_shared<PythonModuleValue>(std::move(object));
  FunctionHandle* function = nullptr;
  if (nb::try_cast(object, function) && function) return std::make_shared<script::FunctionValue>(function->function);
  if (is_attribute && is_constant_kind(pointer)) return constant_sugared(to_value(object));
  return classified(std::move(object), range);
}

std::shared_ptr<script::Resolver> python_resolver(nb::object lookup) {
  return std::make_shared<PythonResolver>(std::move(lookup));
}

const std::shared_ptr<ir::CompilationUnit>& python_unit() {
  static auto* unit = new std::shared_ptr<ir::CompilationUnit>(ir::CompilationUnit::make());
  return *unit;
}

}  // namespace rushlight::python
