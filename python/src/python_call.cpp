#include "python_call.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include "base/text.h"
#include "convert.h"
#include "exec/interpreter.h"
#include "resolver.h"
#include "script/emitter.h"
#include "script_types.h"
#include "script_values.h"

namespace rushlight::python {
namespace {

using script::Emitter;
using script::NamedValue;
using script::SugaredValuePtr;

class PythonCallable final : public script::SugaredValue {
 public:
  PythonCallable(nb::object callable, ir::Value* self) : callable_(std::move(callable)), self_(self) {}
  ~PythonCallable() override {
    const nb::gil_scoped_acquire locked;
    callable_.reset();
  }
  std::string kind() const override {
    const nb::gil_scoped_acquire locked;
    return cat("python value of type '", nb::cast<std::string>(nb::str(callable_.type().attr("__name__"))), "'");
  }
  ir::Value* as_value(Emitter&, const SourceRange& range) override {
    lang::fail_at(range, cat(kind(),
                             " cannot be used as a value. Perhaps it is a closed over global variable? If so, please "
                             "consider passing it in as an argument or use a local variable instead."));
  }

  /// Static methods of a class that is not compiled itself, as that of a module.
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override {
    const nb::gil_scoped_acquire locked;
    if (PyType_Check(callable_.ptr())) {
      nb::module_ internals = nb::module_::import_("rushlight._jit_internal");
      if (nb::cast<bool>(internals.attr("is_static_fn")(callable_, name)))
        return sugared(internals.attr("get_static_fn")(callable_, name), range);
    }
    return SugaredValue::attribute(emitter, range, name);
  }

  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    const nb::gil_scoped_acquire locked;
    if (self_) arguments.insert(arguments.begin(), NamedValue{"", self_, range});
    const Schema schema = signature(range, arguments.size(), emitter.results_wanted());
    const Schema* only = &schema;
    const script::MatchedCall call = script::match_schemas(emitter, range, {&only, 1}, arguments, keywords);
    if (nb::cast<bool>(nb::module_::import_("rushlight._jit_internal").attr("should_drop")(callable_))) {
      ir::Value* text =
          emitter.constant(IValue("This Python function is annotated to be ignored and cannot be run"), {});
      ir::Value* none = emitter.constant(IValue(), {});
      emitter.insert_node(ir::kinds::raise_exception, {text, none}, 0, range);
      emitter.make_tuple({});
      ir::Node* never = emitter.insert_node(ir::kinds::uninitialized, {}, 1, {});
      return script::simple(never->output()->set_type(call.results[0]));
    }
    ir::Node* node = emitter.insert_node(ir::kinds::python_op, call.inputs, 1, range);
    node->set_attribute(ir::attributes::pyname,
                        nb::cast<std::string>(nb::getattr(named(), "__name__", nb::str("<python_value>"))));
    node->set_attribute(ir::attributes::callable, callable_value(callable_));
    return script::simple(node->output()->set_type(call.results[0]));
  }

 private:
  /// What gives a call its name: an autograd function goes by its class, everything else by itself.
  nb::object named() const {
    nb::object owner = nb::getattr(callable_, "__self__", nb::none());
    nb::object apply = nb::getattr(owner, "apply", nb::none());
    return !apply.is_none() && PyObject_RichCompareBool(apply.ptr(), callable_.ptr(), Py_EQ) == 1 ? owner : callable_;
  }

  /// From the annotations; without any, tensors in and as many tensors out as are taken.
  Schema signature(const SourceRange& range, size_t argument_count, size_t result_count) const {
    nb::module_ annotations = nb::module_::import_("rushlight.jit.annotations");
    nb::object callable = self_ ? nb::object(nb::getattr(callable_, "original_fn", callable_)) : callable_;
    const std::string place = range ? range.highlight() : std::string();
    if (nb::object refused = annotations.attr("check_fn")(callable, place); !refused.is_none())
      lang::refuse<lang::FrontendError>(range, nb::cast<std::string>(refused));
    const auto names =
        nb::cast<std::vector<std::string>>(annotations.attr("get_param_names")(callable, argument_count));
    nb::object lookup = nb::module_::import_("rushlight._jit_internal").attr("createResolutionCallbackFromClosure");
    nb::object scope = nb::hasattr(callable, "__globals__") ? lookup(callable) : nb::none();
    nb::object given = annotations.attr("get_signature")(callable, scope, place, self_ != nullptr);
    Schema schema;
    schema.is_vararg = nb::cast<bool>(annotations.attr("is_vararg")(callable));
    schema.name = nb::cast<std::string>(nb::hasattr(callable_, "__qualname__")
                                            ? nb::str(callable_.attr("__qualname__"))
                                            : nb::str(callable_.attr("__class__").attr("__name__")));
    size_t next = 0;
    if (self_) {
      if (names.empty()) lang::fail_at(range, "Non-static method does not have a self argument");
      schema.arguments.push_back(Argument{.name = names[next++], .type = self_->type()});
    }
    if (given.is_none()) {
      for (; next < names.size(); ++next)
        schema.arguments.push_back(Argument{.name = names[next], .type = types::tensor()});
      const TypePtr one = result_count == 0 ? types::none() : types::tensor();
      schema.returns = {Argument{
          .name = "0", .type = result_count > 1 ? types::tuple(std::vector<TypePtr>(result_count, one)) : one}};
      return schema;
    }
    for (nb::handle type : given[0]) {
      if (next >= names.size()) break;
      schema.arguments.push_back(Argument{.name = names[next++], .type = nb::cast<TypePtr>(type)});
    }
    schema.returns = {Argument{.name = "0", .type = nb::cast<TypePtr>(given[1])}};
    return schema;
  }

  nb::object callable_;
  ir::Value* self_;
};

/// The error of a Python function as the text of a run-time error: what was raised, and where.
std::string error_text(nb::python_error& error) {
  std::string text = cat(nb::cast<std::string>(nb::str(error.type().attr("__name__"))), ": ",
                         nb::cast<std::string>(nb::str(error.value())), "\n\nAt:\n");
  nb::object trace = nb::borrow(error.traceback());
  if (!trace.is_valid() || trace.is_none()) return text;
  while (!trace.attr("tb_next").is_none()) trace = trace.attr("tb_next");
  for (nb::object frame = trace.attr("tb_frame"); !frame.is_none(); frame = frame.attr("f_back")) {
    nb::object code = frame.attr("f_code");
    text += cat("  ", nb::cast<std::string>(code.attr("co_filename")), "(", nb::cast<int64_t>(frame.attr("f_lineno")),
                "): ", nb::cast<std::string>(code.attr("co_name")), "\n");
  }
  return text;
}

IValue call_python(const ir::Node& node, std::vector<IValue> arguments) {
  const nb::gil_scoped_acquire locked;
  if (!node.has_attribute(ir::attributes::callable))
    throw RuntimeError(
        {.message = "this program calls a Python function that was not saved with it", .range = node.range()});
  const nb::object& callable =
      static_cast<const CallableObject&>(node.attribute<IValue>(ir::attributes::callable).opaque()).callable;
  nb::object given = owned(PyTuple_New(Py_ssize_t(arguments.size())));
  for (size_t i = 0; i < arguments.size(); ++i) PyTuple_SET_ITEM(given.ptr(), Py_ssize_t(i), to_python(arguments[i]));
  nb::object result;
  try {
    result = owned(PyObject_CallObject(callable.ptr(), given.ptr()));
  } catch (nb::python_error& error) {
    throw RuntimeError(error_text(error));
  }
  const Type& wanted = *node.outputs()[0]->type();
  try {
    return to_value(result, wanted);
  } catch (const CastError& error) {
    throw RuntimeError(cat(" expected value of type ", wanted.str(), " for return value but instead got value of type ",
                           type_name_of(result.ptr()), ".\nValue: ", nb::cast<std::string>(nb::repr(result)),
                           "\nCast error details: ", error.what()));
  }
}

}  // namespace

SugaredValuePtr python_callable(nb::object callable, ir::Value* self) {
  return std::make_shared<PythonCallable>(std::move(callable), self);
}

void install_python_calls() { exec::surface_hooks.call_python = &call_python; }

}  // namespace rushlight::python
