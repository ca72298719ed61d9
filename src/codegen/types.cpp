// Names of types, and the source of classes, interfaces, enums and NamedTuples.
#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "codegen/printer.h"
#include "value/constant_text.h"

namespace rushlight::codegen {
namespace {

std::string last_part(const std::string& qualified_name) {
  return qualified_name.substr(qualified_name.rfind('.') + 1);
}

}  // namespace

std::string SourcePrinter::Printer::renamed(const TypePtr& type) {
  return options_.rename ? options_.rename(type) : type->annotation();
}

std::string SourcePrinter::Printer::type_text(const TypePtr& type) {
  const auto parts = [&] {
    std::vector<std::string> texts;
    for (const TypePtr& part : type->contained()) texts.push_back(type_text(part));
    return join(texts, ", ");
  };
  switch (type->kind()) {
    case TypeKind::class_:
    case TypeKind::enum_:
    case TypeKind::interface:
    case TypeKind::function:
      return renamed(type);
    case TypeKind::list:
      return cat("List[", parts(), "]");
    case TypeKind::optional:
      return cat("Optional[", parts(), "]");
    case TypeKind::future:
      return cat("Future[", parts(), "]");
    case TypeKind::rref:
      return cat("RRef[", parts(), "]");
    case TypeKind::await:
      return cat("Await[", parts(), "]");
    case TypeKind::set:
      return cat("Set[", parts(), "]");
    case TypeKind::frozenset:
      return cat("FrozenSet[", parts(), "]");
    case TypeKind::dict:
      return cat("Dict[", parts(), "]");
    case TypeKind::tuple:
      if (!type->expect<TupleType>().name().empty()) return renamed(type);
      return type->contained().empty() ? "Tuple[()]" : cat("Tuple[", parts(), "]");
    case TypeKind::union_:
      // Without renaming the type knows best: it joins int, float and complex.
      return options_.rename ? cat("Union[", parts(), "]") : type->annotation();
    default:
      return type->annotation();
  }
}

/// Notes named types, and functions, that the text needs; a class before what its attributes mention.
void SourcePrinter::Printer::mention(const TypePtr& type) {
  const bool named = type->is(TypeKind::class_) || type->is(TypeKind::enum_) || type->is(TypeKind::interface) ||
                     type->is(TypeKind::function) ||
                     (type->is(TypeKind::tuple) && !type->expect<TupleType>().name().empty());
  if (named) {
    if (!mentioned_.insert(type.get()).second) return;
    const bool known =
        std::any_of(dependencies.begin(), dependencies.end(), [&](const TypePtr& other) { return *other == *type; });
    if (!known) dependencies.push_back(type);
  }
  if (const auto* class_type = type->as<ClassType>())
    for (const ClassType::Attribute& attribute : class_type->attributes()) mention(attribute.type);
  for (const TypePtr& part : type->contained()) mention(part);
}

void SourcePrinter::Printer::function(const ir::GraphFunction& function, bool with_self_type) {
  const std::shared_ptr<ir::Graph> graph = function.graph();
  const Schema& schema = function.schema();
  names_.begin_function();
  const InRange in_range(*this, graph->param_node()->range());
  indent();
  add(cat("def ", function.name(), "("));
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& argument = schema.arguments[i];
    const ir::Value* input = graph->inputs().at(i);
    mention(argument.type);
    const std::string name = names_.make(make_identifier(argument.name));
    if (i > 0) add(",\n    ");
    add(name);
    if (i > 0 || with_self_type) {
      add(": " + type_text(argument.type));
      annotated_.insert(input);
    }
    if (argument.default_value) add("=" + default_value(argument));
    variables_[input] = name;
  }
  const TypePtr result = schema.returns.empty() ? types::none() : schema.returns[0].type;
  add(cat(") -> ", type_text(result), ":\n"));
  mention(result);
  function_body(graph->block());
}

void SourcePrinter::Printer::type(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::class_:
      return class_type(type);
    case TypeKind::interface:
      return interface_type(type);
    case TypeKind::enum_:
      return enum_type(type);
    case TypeKind::tuple:
      return named_tuple(type);
    case TypeKind::function:
      if (const auto* graph_function = dynamic_cast<const ir::GraphFunction*>(type->expect<FunctionType>().function()))
        function(*graph_function, true);
      return;
    default:
      throw RuntimeError(cat("type ", type->annotation(), " has no source of its own"));
  }
}

void SourcePrinter::Printer::quoted_names(std::string_view label, const std::vector<std::string>& names) {
  indent();
  add(cat(label, " = ["));
  for (const std::string& name : names) add(cat("\"", name, "\", "));
  add("]\n");
}

void SourcePrinter::Printer::class_type(const TypePtr& type) {
  const ClassType& cls = type->expect<ClassType>();
  std::vector<const ir::GraphFunction*> methods, hooks;
  for (const Function* method : cls.methods()) {
    const auto* compiled = dynamic_cast<const ir::GraphFunction*>(method);
    if (!compiled) return;  // a class made in C++: whoever reads the text has it already
    methods.push_back(compiled);
  }
  const auto is_hook = [&](const Function* function) {
    const auto in = [&](const std::vector<Function*>& all) {
      return std::find(all.begin(), all.end(), function) != all.end();
    };
    return in(cls.forward_hooks()) || in(cls.forward_pre_hooks());
  };
  add(cat("class ", last_part(renamed(type)), cls.is_module() ? "(Module):\n" : ":\n"));
  const Indented indented(*this);
  if (cls.is_module()) {
    std::vector<std::string> parameters, buffers, pre_hooks, forward_hooks;
    for (const ClassType::Attribute& attribute : cls.attributes()) {
      if (attribute.is_parameter) parameters.push_back(attribute.name);
      if (attribute.is_buffer) buffers.push_back(attribute.name);
    }
    for (const Function* hook : cls.forward_pre_hooks()) pre_hooks.push_back(hook->name());
    for (const Function* hook : cls.forward_hooks()) forward_hooks.push_back(hook->name());
    quoted_names("__parameters__", parameters);
    quoted_names("__buffers__", buffers);
    if (!pre_hooks.empty()) quoted_names("__forward_pre_hooks__", pre_hooks);
    if (!forward_hooks.empty()) quoted_names("__forward_hooks__", forward_hooks);
  }
  for (size_t i = 0; i < cls.attributes().size(); ++i) {
    const ClassType::Attribute& attribute = cls.attributes()[i];
    mention(attribute.type);
    indent();
    if (is_identifier(attribute.name)) {
      add(cat(attribute.name, " : ", type_text(attribute.type), "\n"));
      continue;
    }
    if (i == 0) {
      add("__annotations__ = []\n");
      indent();
    }
    add(cat("__annotations__[\"", attribute.name, "\"] = ", type_text(attribute.type), "\n"));
  }
  for (const ClassType::Constant& constant_value : cls.constants()) {
    indent();
    add(cat(constant_value.name, " : Final[", type_text(constant_value.value.type()),
            "] = ", constant(constant_value.value), "\n"));
  }
  for (const ir::GraphFunction* method : methods)
    if (!is_hook(method)) function(*method, true);
  std::unordered_set<const Function*> printed;
  for (const auto* list : {&cls.forward_hooks(), &cls.forward_pre_hooks()})
    for (const Function* hook : *list)
      if (const auto* compiled = dynamic_cast<const ir::GraphFunction*>(hook); compiled && printed.insert(hook).second)
        function(*compiled, true);
}

void SourcePrinter::Printer::interface_type(const TypePtr& type) {
  const InterfaceType& interface = type->expect<InterfaceType>();
  add(cat("class ", last_part(renamed(type)), interface.is_module() ? "(ModuleInterface):\n" : "(Interface):\n"));
  const Indented indented(*this);
  for (const Schema& method : interface.methods()) {
    indent();
    add(cat("def ", method.name, "(self"));
    for (size_t i = 1; i < method.arguments.size(); ++i) {
      mention(method.arguments[i].type);
      add(cat(", ", method.arguments[i].name, ": ", type_text(method.arguments[i].type)));
    }
    mention(method.returns.at(0).type);
    add(cat(") -> ", type_text(method.returns[0].type), ":\n"));
    const Indented inside(*this);
    indent();
    add("pass\n");
  }
}

void SourcePrinter::Printer::enum_type(const TypePtr& type) {
  add(cat("class ", last_part(renamed(type)), "(Enum):\n"));
  const Indented indented(*this);
  for (const auto& [name, value] : type->expect<EnumType>().members()) {
    std::string text;
    if (value.is_int()) {
      text = cat(value.to_int());
    } else if (value.is_float()) {
      char digits[40];
      std::snprintf(digits, sizeof digits, "%.17g", value.to_float());
      text = digits;
    } else {
      text = cat("\"", value.to_string(), "\"");  // not escaped: PyTorch's files are so
    }
    indent();
    add(cat(name, " = ", text, "\n"));
  }
}

void SourcePrinter::Printer::named_tuple(const TypePtr& type) {
  const TupleType& tuple = type->expect<TupleType>();
  add(cat("class ", last_part(renamed(type)), "(NamedTuple):\n"));
  const Indented indented(*this);
  for (size_t i = 0; i < tuple.elements().size(); ++i) {
    mention(tuple.elements()[i]);
    indent();
    add(cat(tuple.fields()[i], " : ", type_text(tuple.elements()[i]), "\n"));
  }
}

}  // namespace rushlight::codegen
