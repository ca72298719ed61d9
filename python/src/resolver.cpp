#include "resolver.h"

#include <nanobind/stl/shared_ptr.h>

#include <utility>

#include "argument_values.h"
#include "base/text.h"
#include "errors.h"
#include "module_value.h"
#include "op_object.h"
#include "python_call.h"
#include "script/emitter.h"
#include "script/function_template.h"
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

thread_local SourceRange current_place;
/// Remembers the place while Python is asked.
class AskingAt {
 public:
  explicit AskingAt(const SourceRange& range) : old_(std::exchange(current_place, range)) {}
  ~AskingAt() { current_place = std::move(old_); }

 private:
  SourceRange old_;
};

nb::module_ frontend() { return nb::module_::import_("rushlight.jit._recursive"); }

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
  SugaredValuePtr attribute(Emitter&, const SourceRange& range, const std::string&) override {
    lang::fail_at(range, cat("attribute lookup is not defined on ", kind()));
  }

 protected:
  nb::object object_;
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

/// A number, text or the like that the function closes over, or that its module defines: part of the program, with the
/// value that it has while the function is compiled. PyTorch refuses it.
class PythonConstant final : public SugaredValue {
 public:
  explicit PythonConstant(IValue value) : value_(std::move(value)) {}
  std::string kind() const override { return cat("value of type '", value_.type()->annotation(), "'"); }
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override {
    return emitter.unpacked_constant(value_, range);
  }
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    return simple(emitter, range)->attribute(emitter, range, name);
  }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    return simple(emitter, range)->call(emitter, range, std::move(arguments), std::move(keywords));
  }
  std::vector<SugaredValuePtr> as_tuple(Emitter& emitter, const SourceRange& range,
                                        std::optional<size_t> wanted) override {
    return simple(emitter, range)->as_tuple(emitter, range, wanted);
  }
  SugaredValuePtr iterable(Emitter& emitter, const SourceRange& range) override {
    return simple(emitter, range)->iterable(emitter, range);
  }
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr& hint) override {
    return simple(emitter, range)->element(emitter, range, index, hint);
  }

 private:
  SugaredValuePtr simple(Emitter& emitter, const SourceRange& range) {
    return script::simple(as_value(emitter, range));
  }
  IValue value_;
};

/// A module of Python: `torch`, `math`, the user's own.
class PythonModuleValue final : public PythonValue {
 public:
  using PythonValue::PythonValue;
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    const nb::gil_scoped_acquire locked;
    nb::object member = nb::getattr(object_, name.c_str(), nb::object());
    if (!member.is_valid()) {
      PyErr_Clear();
      lang::fail_at(range, cat("object has no attribute ", name));
    }
    // Numbers, texts and the like are part of the program when they are read from a module.
    if (is_constant_kind(member.ptr())) return script::simple(emitter.constant(to_value(member), range));
    return sugared(std::move(member), range);
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
    return sugared(nb::object(bodies_[flag ? "if_true" : "if_false"]), range)
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

/// A class of Python with a compiled counterpart: what the class body holds besides methods is Python's.
class PythonClassValue final : public SugaredValue {
 public:
  PythonClassValue(TypePtr type, nb::object cls) : compiled_(type), cls_(std::move(cls)) {}
  ~PythonClassValue() override {
    const nb::gil_scoped_acquire locked;
    cls_.reset();
  }
  std::string kind() const override { return compiled_.kind(); }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    return compiled_.call(emitter, range, std::move(arguments), std::move(keywords));
  }
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    const auto* type = compiled_.named_type()->as<ClassType>();
    const nb::gil_scoped_acquire locked;
    if (type && !type->find_static_method(name) && nb::hasattr(cls_, name.c_str())) {
      nb::object member = cls_.attr(name.c_str());
      if (is_constant_kind(member.ptr())) return std::make_shared<PythonConstant>(to_value(member));
      return sugared(std::move(member), range);
    }
    return compiled_.attribute(emitter, range, name);
  }
  SugaredValuePtr iterable(Emitter& emitter, const SourceRange& range) override {
    return compiled_.iterable(emitter, range);
  }
  bool has_attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    return compiled_.has_attribute(emitter, range, name);
  }
  TypePtr named_type() const override { return compiled_.named_type(); }

 private:
  script::ClassValue compiled_;
  nb::object cls_;
};

const std::pair<const char*, script::SpecialForm> kSpecialForms[] = {
    {"annotate", script::SpecialForm::annotate},
    {"isinstance", script::SpecialForm::isinstance},
    {"fork", script::SpecialForm::fork},
    {"awaitable", script::SpecialForm::awaitable},
};

/// What the Python side knows about an object: ("builtin", "aten::relu"), ("function", ScriptFunction), ("type", Type)
/// ...
SugaredValuePtr classified(nb::object object, const SourceRange& range) {
  const AskingAt asking(range);
  nb::object found = ask_python(
      [&] { return nb::object(frontend().attr("classify")(object, range ? range.highlight() : std::string())); });
  const std::string what = nb::cast<std::string>(found[0]);
  nb::object detail = found[1];
  if (what == "builtin")
    return std::make_shared<script::BuiltinFunction>(ir::Symbol::intern(nb::cast<std::string>(detail)));
  if (what == "special") {
    const std::string name = nb::cast<std::string>(detail);
    for (const auto& [form_name, form] : kSpecialForms)
      if (name == form_name) return std::make_shared<script::SpecialFormValue>(form);
  }
  if (what == "function") return std::make_shared<script::FunctionValue>(nb::cast<FunctionHandle&>(detail).function);
  if (what == "template")
    return std::make_shared<script::TemplateValue>(nb::cast<std::shared_ptr<script::FunctionTemplate>>(detail));
  if (what == "functions") {
    std::vector<ir::GraphFunction*> functions;
    for (nb::handle function : detail) functions.push_back(nb::cast<FunctionHandle&>(function).function);
    return std::make_shared<script::FunctionValue>(std::move(functions));
  }
  if (what == "type") return std::make_shared<PythonClassValue>(nb::cast<TypePtr>(detail), std::move(object));
  if (what == "exception") return std::make_shared<script::ExceptionValue>(nb::cast<std::string>(detail));
  if (what == "legacy")
    return std::make_shared<script::SpecialFormValue>(script::SpecialForm::legacy_constructor,
                                                      dtype_of_object(detail.ptr()));
  if (what == "python") return python_callable(std::move(object));
  if (what == "dispatch") return std::make_shared<DispatchedFunction>(std::move(object), std::move(detail));
  if (what == "refused") lang::fail_at(range, nb::cast<std::string>(detail));
  if (what == "error") throw RuntimeError(nb::cast<std::string>(detail));
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

  SugaredValuePtr resolve_value(const std::string& name, ir::GraphFunction&, const SourceRange& range) override {
    const nb::gil_scoped_acquire locked;
    nb::object object = lookup_(name);
    if (object.is_none()) return nullptr;
    if (is_constant_kind(object.ptr()) || is_enum(object)) return std::make_shared<PythonConstant>(to_value(object));
    return sugared(std::move(object), range);
  }

  TypePtr resolve_type(const std::string& name, const SourceRange& range) override {
    const nb::gil_scoped_acquire locked;
    nb::object object = lookup_(name);
    if (object.is_none()) return nullptr;
    const AskingAt asking(range);
    nb::object type = ask_python([&] {
      return nb::module_::import_("rushlight.jit.annotations")
          .attr("try_ann_to_type")(object, range ? range.highlight() : std::string(), lookup_);
    });
    return type.is_none() ? nullptr : nb::cast<TypePtr>(type);
  }

  std::vector<TypePtr> tuple_of_types(const std::string& name, const SourceRange& range) override {
    const nb::gil_scoped_acquire locked;
    nb::object object = lookup_(name);
    if (!PyTuple_Check(object.ptr())) return {};
    const AskingAt asking(range);
    nb::object found = nb::module_::import_("rushlight.jit.annotations")
                           .attr("try_tuple_of_types")(object, range ? range.highlight() : std::string(), lookup_);
    std::vector<TypePtr> types;
    for (nb::handle type : found) types.push_back(nb::cast<TypePtr>(type));
    return types;
  }

  SugaredValuePtr module_value(ir::Value* value) override { return python::module_value(value); }
  bool reads_annotations() const override { return true; }
  bool declare_advance(const ClassType& type) override {
    const nb::gil_scoped_acquire locked;
    return python::declare_advance(type);
  }
  SugaredValuePtr class_constant(const ClassType& type, const std::string& name) override {
    const nb::gil_scoped_acquire locked;
    nb::object found = frontend().attr("class_attribute")(type.name(), name);
    if (found.is_none() || !is_constant_kind(found.ptr())) return nullptr;
    return std::make_shared<PythonConstant>(to_value(found));
  }
  bool is_class_attribute(const ClassType& type, const std::string& name) override {
    const nb::gil_scoped_acquire locked;
    return nb::cast<bool>(frontend().attr("is_class_attribute")(type.name(), name));
  }

 private:
  nb::object lookup_;
};

}  // namespace

SugaredValuePtr sugared(nb::object object, const SourceRange& range) {
  PyObject* pointer = object.ptr();
  if (const OverloadSet* overloads = overloads_of(pointer))
    return std::make_shared<script::BuiltinFunction>(ir::Symbol::intern(cat("aten::", overloads->name())));
  if (PyModule_Check(pointer)) return std::make_shared<PythonModuleValue>(std::move(object));
  FunctionHandle* function = nullptr;
  if (nb::try_cast(object, function) && function) return std::make_shared<script::FunctionValue>(function->function);
  return classified(std::move(object), range);
}

const SourceRange& place_in_program() { return current_place; }

std::shared_ptr<script::Resolver> python_resolver(nb::object lookup) {
  return std::make_shared<PythonResolver>(std::move(lookup));
}

const std::shared_ptr<ir::CompilationUnit>& python_unit() {
  static auto* unit = new std::shared_ptr<ir::CompilationUnit>(ir::CompilationUnit::make());
  return *unit;
}

}  // namespace rushlight::python
