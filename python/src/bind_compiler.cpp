/// Functions, methods and classes compiled from Python's source; classes of modules made attribute by attribute.
#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include "base/text.h"
#include "bind.h"
#include "convert.h"
#include "errors.h"
#include "module_value.h"
#include "python_call.h"
#include "resolver.h"
#include "script/compile.h"
#include "script/error_recovery.h"
#include "script/iteration.h"
#include "script/schema_matching.h"
#include "script_objects.h"
#include "script_types.h"
#include "script_values.h"

namespace rushlight::python {
namespace {

/// A class method is a method that begins with `cls = TheClass`: whatever object it is called on, its first parameter
/// is the class.
std::shared_ptr<const lang::Def> as_class_method(const lang::Def& def, const std::string& class_name) {
  if (def.parameters.empty()) lang::fail_at(def.declaration, "methods must have a self argument");
  const lang::Parameter& cls = def.parameters[0];
  const auto name = [&](const std::string& text) {
    return std::make_shared<const lang::Expr>(
        lang::Expr{.kind = lang::ExprKind::name, .range = cls.range, .text = text});
  };
  lang::Def made = def;
  made.body.insert(
      made.body.begin(),
      std::make_shared<const lang::Stmt>(lang::Stmt{
          .kind = lang::StmtKind::assign, .range = cls.range, .targets = {name(cls.name)}, .value = name(class_name)}));
  return std::make_shared<const lang::Def>(std::move(made));
}

/// The source of one function, as rushlight.jit.frontend.FunctionSource cuts it out. An overload has the signature of
/// its declaration and the body of the implementation.
std::shared_ptr<const lang::Def> parse(nb::handle source) {
  auto text = std::make_shared<const Source>(nb::cast<std::string>(source.attr("text")),
                                             nb::cast<std::string>(source.attr("filename")),
                                             nb::cast<size_t>(source.attr("first_line")));
  std::shared_ptr<const lang::Def> def = lang::parse_def(text, nb::cast<std::string>(source.attr("type_line")));
  const std::string class_name = nb::cast<std::string>(source.attr("class_name"));
  if (!class_name.empty()) return as_class_method(*def, class_name);
  nb::object declaration = source.attr("signature");
  if (declaration.is_none()) return def;
  const std::shared_ptr<const lang::Def> declared = parse(declaration);
  lang::Def overload = *def;
  overload.parameters = declared->parameters;
  overload.returns = declared->returns;
  return std::make_shared<const lang::Def>(std::move(overload));
}

bool is_overload(nb::handle source) { return !source.attr("signature").is_none(); }

/// The function's default values, which Python evaluated, become part of its schema. Those of an overload come from the
/// implementation: what does not fit the overload's type is no default there.
template <class Place>
void set_defaults(ir::GraphFunction& function, const nb::dict& defaults, bool of_overload, Place&& place) {
  if (defaults.size() == 0) return;
  Schema schema = function.schema();
  for (Argument& argument : schema.arguments) {
    if (!defaults.contains(argument.name.c_str())) continue;
    nb::object value = defaults[argument.name.c_str()];
    // `padding: BroadcastingList2[int] = 0`: one number stays a number and becomes the list at each call.
    const TypePtr& type = argument.type;
    const bool is_broadcast = argument.list_length && PyNumber_Check(value.ptr());
    try {
      argument.default_value = to_value(value, is_broadcast ? *type->expect<ElementType>().element() : *type);
    } catch (const CastError&) {
      if (of_overload) continue;
      const TensorType* tensor = argument.type->as<TensorType>();
      const bool inferred = tensor && tensor->is_inferred();
      lang::fail_at(place(), cat("Expected a default value of type ", repr(*argument.type), " on parameter \"",
                                 argument.name, "\".",
                                 inferred ? cat("Because \"", argument.name,
                                                "\" was not annotated with an explicit type it is assumed to be type "
                                                "'Tensor'.")
                                          : ""));
    }
  }
  function.set_schema(std::move(schema));
}

/// A function that is compiled by define_function, or by the first call that meets it.
FunctionHandle declare_function(const std::string& name, nb::handle source, nb::object lookup) {
  return {python_unit(), script::declare(*python_unit(), python_unit()->mangle(name), parse(source),
                                         python_resolver(std::move(lookup)))};
}

/// On an error the function is gone, so that the next attempt finds the same error.
void define_function(const FunctionHandle& handle, const nb::dict& defaults, nb::handle source) {
  try {
    handle.function->ensure_defined();
    set_defaults(*handle.function, defaults, is_overload(source), [&] { return parse(source)->range; });
  } catch (...) {
    python_unit()->remove_function(handle.function);
    throw;
  }
}

/// See script/function_template.h; `plain` is Python's function that compiles it with lists.
std::shared_ptr<script::FunctionTemplate> make_template(const std::string& name, nb::object source, nb::object lookup,
                                                        nb::object defaults, nb::object plain) {
  const auto held = [](nb::object object) {
    return std::shared_ptr<nb::object>(new nb::object(std::move(object)), [](nb::object* dying) {
      if (!Py_IsInitialized()) {
        dying->release();
      } else {
        const nb::gil_scoped_acquire locked;
        dying->reset();
      }
      delete dying;
    });
  };
  std::shared_ptr<const lang::Def> def = parse(source);
  script::FunctionTemplate::Hooks hooks;
  hooks.compile_plain = [plain = held(std::move(plain))] {
    const nb::gil_scoped_acquire locked;
    return nb::cast<FunctionHandle&>(ask_python([&] { return (*plain)(); })).function;
  };
  hooks.declare = [name, def, lookup = held(std::move(lookup))](std::shared_ptr<const script::GatheredTypes> types) {
    const nb::gil_scoped_acquire locked;
    return script::declare(*python_unit(), python_unit()->mangle(name), def, python_resolver(nb::object(*lookup)),
                           nullptr, script::Membership::method, std::move(types));
  };
  hooks.define = [def, defaults = held(std::move(defaults))](ir::GraphFunction& function) {
    const nb::gil_scoped_acquire locked;
    try {
      function.ensure_defined();
      set_defaults(function, nb::cast<nb::dict>(*defaults), false, [&] { return def->range; });
    } catch (...) {
      python_unit()->remove_function(&function);
      throw;
    }
  };
  return std::make_shared<script::FunctionTemplate>(std::move(def), std::move(hooks));
}

/// Classes grow while they are compiled; everybody else only reads them.
Ref<ClassType> writable_class(const TypePtr& type) {
  return Ref<ClassType>(const_cast<ClassType*>(&type->expect<ClassType>()));
}

/// A method as Python hands it over: (source, lookup, default values, name). The name may differ from the one in the
/// source: getters of properties, overloads.
struct MethodSource {
  explicit MethodSource(nb::handle method)
      : def(parse(method[0])),
        lookup(method[1]),
        defaults(nb::cast<nb::dict>(method[2])),
        name(nb::cast<std::string>(method[3])) {}
  std::shared_ptr<const lang::Def> def;
  nb::object lookup;
  nb::dict defaults;
  std::string name;
};

/// A class as messages name it.
std::string described(const ClassType& type) {
  return fmt::format("{} (of Python compilation unit at: {})", type.name(), fmt::ptr(python_unit().get()));
}

ir::GraphFunction* declare_member(const Ref<ClassType>& owner, const MethodSource& method,
                                  script::Membership membership) {
  const std::string qualified_name = cat(owner->name(), ".", method.name);
  if (owner->find_method(method.name) || python_unit()->find_function(qualified_name)) {
    if (membership == script::Membership::method)
      throw RuntimeError(cat("Can't redefine method: ", method.name, " on class: ", described(*owner)));
    throw RuntimeError(cat("Can't define hook: ", method.name, " on class: ", described(*owner),
                           " because a method or hook with that name already exists."));
  }
  return script::declare(*python_unit(), qualified_name, method.def, python_resolver(method.lookup), owner, membership);
}

/// All methods are declared before the first is compiled, since they may call each other.
void compile_methods(const TypePtr& type, const nb::list& methods) {
  const Ref<ClassType> owner = writable_class(type);
  struct Declared {
    ir::GraphFunction* function;
    nb::dict defaults;
    bool of_overload;
    SourceRange range;
  };
  std::vector<Declared> declared;
  for (nb::handle source : methods) {
    const MethodSource method(source);
    declared.push_back({declare_member(owner, method, script::Membership::method), method.defaults,
                        is_overload(source[0]), method.def->range});
  }
  script::ErrorCollector errors;
  for (const Declared& method : declared) {
    const bool compiled = errors.attempt([&] {
      method.function->ensure_defined();
      set_defaults(*method.function, method.defaults, method.of_overload, [&] { return method.range; });
    });
    // Without its attributes the other methods of a class have no meaning.
    if (!compiled && method.function->name() == "__init__") break;
  }
  errors.throw_first();
}

/// An interface: the signatures of its methods, read from their source.
TypePtr make_interface(const std::string& name, const nb::list& methods, nb::object lookup, bool is_module) {
  auto made = make_ref<InterfaceType>(name, is_module);
  for (nb::handle source : methods) {
    const std::shared_ptr<const lang::Def> def = parse(source);
    made->add_method(script::interface_method(*def, made, python_resolver(lookup)));
  }
  python_unit()->register_type(made);
  return made;
}

/// A getter and perhaps a setter; declared together with the methods that may use the property, compiled by
/// compile_methods' callers at first use.
void add_property(const TypePtr& type, const std::string& name, nb::handle getter, nb::handle setter) {
  const Ref<ClassType> owner = writable_class(type);
  ClassType::Property property{name, declare_member(owner, MethodSource(getter), script::Membership::method), nullptr};
  if (!setter.is_none()) property.setter = declare_member(owner, MethodSource(setter), script::Membership::method);
  owner->add_property(std::move(property));
}

/// A class of Python with all its methods and properties, which `sources()` gives; `__init__` comes first, since it
/// makes the attributes. `frame` names it in the chain of compilations; empty when nothing compiled asked for it.
void compile_class(const TypePtr& type, nb::object sources, const std::string& frame) {
  std::optional<lang::CompilationFrame> in_chain;
  if (!frame.empty()) in_chain.emplace(frame, place_in_program());
  const nb::object found = ask_python([&] { return sources(); });
  const nb::list methods = nb::cast<nb::list>(found[0]);
  const nb::list properties = nb::cast<nb::list>(found[1]);
  for (nb::handle property : properties)
    add_property(type, nb::cast<std::string>(property[0]), property[1], property[2]);
  const Ref<ClassType> owner = writable_class(type);
  nb::list ordered;
  for (const bool is_init : {true, false})
    for (nb::handle method : methods)
      if ((nb::cast<std::string>(method[3]) == "__init__") == is_init) ordered.append(method);
  compile_methods(type, ordered);
  for (const ClassType::Property& property : owner->properties())
    for (Function* accessor : {property.getter, property.setter})
      if (accessor) static_cast<ir::GraphFunction*>(accessor)->ensure_defined();
}

/// A forward hook: compiled, and listed by the class for its callers. Gives the type of its result.
TypePtr compile_hook(const TypePtr& type, nb::handle source, bool is_pre_hook) {
  const Ref<ClassType> owner = writable_class(type);
  const MethodSource hook(source);
  ir::GraphFunction* function = declare_member(owner, hook, script::Membership::hook);
  try {
    function->ensure_defined();
  } catch (...) {
    python_unit()->remove_function(function);
    throw;
  }
  is_pre_hook ? owner->add_forward_pre_hook(function) : owner->add_forward_hook(function);
  return function->schema().returns[0].type;
}

/// The same hook once more: it runs as often as it was registered.
void repeat_hook(const TypePtr& type, const std::string& name, bool is_pre_hook) {
  const Ref<ClassType> owner = writable_class(type);
  ir::GraphFunction* function = python_unit()->find_function(cat(owner->name(), ".", name));
  if (!function) throw RuntimeError(cat("there is no hook ", name, " on ", owner->name()));
  is_pre_hook ? owner->add_forward_pre_hook(function) : owner->add_forward_hook(function);
}

/// Methods written as a text: `m.define("def twice(self, x):\n  return x * 2\n")`.
void define_methods(const TypePtr& type, const std::string& text, nb::object lookup) {
  const Ref<ClassType> owner = writable_class(type);
  const auto source = std::make_shared<Source>(text, "<string>");
  std::vector<ir::GraphFunction*> declared;
  try {
    for (const std::shared_ptr<const lang::Def>& def : lang::parse_functions(source)) {
      const std::string& name = def->name;
      if (owner->find_method(name))
        throw RuntimeError(cat("Can't redefine method: ", name, " on class: ", described(*owner)));
      declared.push_back(
          script::declare(*python_unit(), cat(owner->name(), ".", name), def, python_resolver(lookup), owner));
    }
    script::ErrorCollector errors;
    for (ir::GraphFunction* function : declared) errors.attempt([&] { function->ensure_defined(); });
    errors.throw_first();
  } catch (...) {
    for (ir::GraphFunction* function : declared) python_unit()->remove_function(function);
    throw;
  }
}

/// torch._C.CompilationUnit: functions compiled from text.
struct UnitHandle {
  std::shared_ptr<ir::CompilationUnit> unit;
};

nb::object find_function(const UnitHandle& self, const std::string& name) {
  ir::GraphFunction* function = self.unit->find_function(name);
  return function ? nb::cast(FunctionHandle{self.unit, function}) : nb::none();
}

void bind_unit(nb::module_& m) {
  nb::class_<UnitHandle>(m, "CompilationUnit", "Functions and classes by name.")
      .def("__init__", [](UnitHandle* self) { new (self) UnitHandle{ir::CompilationUnit::make()}; })
      .def(
          "define",
          [](const UnitHandle& self, const std::string& text, nb::object lookup) {
            script::define(*self.unit, text, lookup.is_none() ? nullptr : python_resolver(std::move(lookup)), "");
          },
          nb::arg("source"), nb::arg("lookup").none() = nb::none())
      .def("find_function", &find_function)
      .def("get_functions",
           [](const UnitHandle& self) {
             std::vector<FunctionHandle> functions;
             for (const auto& function : self.unit->functions()) functions.push_back({self.unit, function.get()});
             return functions;
           })
      .def("drop_all_functions", [](const UnitHandle& self) { self.unit->drop_functions(); })
      .def("set_optimized", [](const UnitHandle&, bool) {});
}

}  // namespace

bool declare_advance(const ClassType& type) {
  nb::object source = ask_python(
      [&] { return nb::object(nb::module_::import_("rushlight.jit._recursive").attr("source_of_next")(type.name())); });
  if (source.is_none()) return false;
  const MethodSource next(source);
  script::declare(*python_unit(), cat(type.name(), ".", script::kAdvance), script::advance_form(*next.def),
                  python_resolver(next.lookup), writable_class(TypePtr(&type)));
  return true;
}

void bind_compiler(nb::module_& m) {
  bind_unit(m);
  m.def(
      "_fail_at_definition",
      [](nb::handle source, const std::string& message) { lang::fail_at(parse(source)->range, message); },
      nb::arg("source"), nb::arg("message"), "Raises the error of a whole function.");
  m.def("_declare_function", &declare_function, nb::arg("qualified_name"), nb::arg("source"), nb::arg("lookup"));
  m.def("_define_function", &define_function, nb::arg("function"), nb::arg("defaults"), nb::arg("source"));
  nb::class_<script::FunctionTemplate>(m, "FunctionTemplate",
                                       "A function that is compiled for each shape of its calls.");
  m.def("_make_template", &make_template, nb::arg("qualified_name"), nb::arg("source"), nb::arg("lookup"),
        nb::arg("defaults"), nb::arg("plain"));
  m.def("_compile_methods", &compile_methods, nb::arg("type"), nb::arg("methods"));
  m.def("_compile_class", &compile_class, nb::arg("type"), nb::arg("sources"), nb::arg("frame"));
  m.def("_make_interface", &make_interface, nb::arg("qualified_name"), nb::arg("methods"), nb::arg("lookup"),
        nb::arg("is_module"));
  m.def("_interface_methods", [](const TypePtr& type) {
    std::vector<std::string> names;
    for (const Schema& schema : type->expect<InterfaceType>().methods()) names.push_back(schema.name);
    return names;
  });
  install_python_calls();
  m.def(
      "_create_class_type",
      [](const std::string& name, bool is_module, const UnitHandle* unit) {
        if (unit) {
          unit->unit->take_names_from(python_unit());
          Ref<ClassType> type = ClassType::make(unit->unit->mangle(name), is_module);
          unit->unit->register_type(type);
          return TypePtr(type);
        }
        Ref<ClassType> type = ClassType::make(python_unit()->mangle(name), is_module);
        python_unit()->register_type(type);
        return TypePtr(type);
      },
      nb::arg("qualified_name"), nb::arg("is_module"), nb::arg("unit").none() = nb::none(),
      "A class of the process's unit, or of `unit`, with which it goes.");
  m.def("_class_add_attribute",
        [](const TypePtr& type, const std::string& name, const TypePtr& attribute, bool is_parameter, bool is_buffer) {
          writable_class(type)->add_attribute(name, attribute, is_parameter, is_buffer);
        });
  m.def(
      "_class_add_constant",
      [](const TypePtr& type, const std::string& name, nb::handle value) {
        writable_class(type)->add_constant(name, to_value(value));
      },
      nb::arg("type"), nb::arg("name"), nb::arg("value").none());
  m.def("_class_add_property", &add_property, nb::arg("type"), nb::arg("name"), nb::arg("getter"),
        nb::arg("setter").none());
  m.def("_compile_hook", &compile_hook, nb::arg("type"), nb::arg("source"), nb::arg("is_pre_hook"));
  m.def("_repeat_hook", &repeat_hook, nb::arg("type"), nb::arg("name"), nb::arg("is_pre_hook"));
  m.def("_define_methods", &define_methods, nb::arg("type"), nb::arg("source"), nb::arg("lookup"));
  m.def("_set_concrete_type", &set_concrete_type, nb::arg("type"), nb::arg("concrete"));
  m.def(
      "_concrete_type", [](const TypePtr& type) { return concrete_type_of(*type); }, nb::arg("type"));
  m.def(
      "_infer_type",
      [](nb::handle object) {
        InferredType inferred = infer_type(object);
        return nb::make_tuple(inferred.type ? nb::cast(inferred.type) : nb::none(), inferred.reason);
      },
      nb::arg("object").none(), "(type, why there is none) of a Python value.");
  m.def("_class_has_method", [](const TypePtr& type, const std::string& name) {
    return writable_class(type)->find_method(name) != nullptr;
  });
  m.def(
      "_create_object",
      [](const TypePtr& type, const UnitHandle* unit) {
        return wrap_object(make_ref<Object>(writable_class(type), unit ? unit->unit : python_unit()));
      },
      nb::arg("type"), nb::arg("unit").none() = nb::none());
}

}  // namespace rushlight::python
