// Expressions: one node with the texts of its operands.
#include "base/text.h"
#include "codegen/printer.h"
#include "value/constant_text.h"

namespace rushlight::codegen {

using ir::Node;
using ir::Symbol;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

/// How many arguments have to be written, and how many `out` arguments follow at the end of the schema. From the right,
/// constants equal to the default are left out.
std::pair<size_t, size_t> arguments_to_write(const Schema& schema, const Node& node) {
  size_t count = schema.arguments.size();
  size_t outs = 0;
  while (count > 0 && schema.arguments[count - 1].keyword_only && schema.arguments[count - 1].is_write()) {
    --count;
    ++outs;
  }
  if (schema.arguments.size() < node.inputs().size()) return {node.inputs().size(), outs};
  for (; count > 0; --count) {
    const std::optional<IValue>& standard = schema.arguments[count - 1].default_value;
    if (!standard) break;
    const std::optional<IValue> actual = ir::constant_value(node.input(count - 1));
    if (!actual || actual->is_tensor() || actual->tag() != standard->tag() || !actual->equals(*standard)) break;
  }
  return {count, outs};
}

}  // namespace

void SourcePrinter::Printer::add_uses(TaggedText& out, ArrayRef<Value*> values, std::string_view open,
                                      std::string_view close) {
  add(out, open);
  bool first = true;
  for (const Value* value : values) {
    if (!first) add(out, ", ");
    first = false;
    out.append(use(value));
  }
  add(out, close);
}

TaggedText SourcePrinter::Printer::expression(const Node& node) {
  TaggedText out;
  if (!structural(out, node) && !special_operator(out, node)) operator_call(out, node);
  return out;
}

/// Kinds that are no operators.
bool SourcePrinter::Printer::structural(TaggedText& out, const Node& node) {
  const Symbol kind = node.kind();
  const ArrayRef<Value*> inputs(node.inputs());
  const auto name = [&] { return node.attribute<std::string>(ir::attributes::name); };
  const auto type = [&] { return type_text(node.output()->type()); };
  if (kind == kinds::constant) {
    if (node.output()->type()->is(TypeKind::function))
      add(out, type());
    else
      add(out, constant(ir::constant_value(node.output()).value()));
  } else if (kind == kinds::tuple_construct) {
    const auto* tuple = node.output()->type()->as<TupleType>();
    if (tuple && !tuple->name().empty()) add(out, type());
    add_uses(out, inputs, "(", inputs.size() == 1 ? ",)" : ")");
  } else if (kind == kinds::list_construct) {
    const bool plain = !inputs.empty() && shows_in_members(*node.output()->type()->expect<ElementType>().element());
    if (!plain) add(out, cat("annotate(", type(), ", "));
    add_uses(out, inputs, "[", plain ? "]" : "])");
  } else if (kind == kinds::dict_construct) {
    const auto& dict = node.output()->type()->expect<DictType>();
    const bool plain = !inputs.empty() && shows_in_members(*dict.key()) && shows_in_members(*dict.value());
    if (!plain) add(out, cat("annotate(", type(), ", "));
    add(out, "{");
    for (size_t i = 0; i + 1 < inputs.size(); i += 2) {
      if (i > 0) add(out, ", ");
      out.append(use(inputs[i]));
      add(out, ": ");
      out.append(use(inputs[i + 1]));
    }
    add(out, plain ? "}" : "})");
  } else if (kind == kinds::tuple_index) {
    add_uses(out, inputs.slice(0, 1), "(", ")[");
    add_uses(out, inputs.slice(1, 1), "", "]");
  } else if (kind == kinds::tuple_slice) {
    add_uses(out, inputs.slice(0, 1), "(", ")");
    add(out, cat("[", node.attribute<int64_t>(Symbol::intern("beg")), ":",
                 node.attribute<int64_t>(Symbol::intern("end")), "]"));
  } else if (kind == kinds::create_object) {
    const std::string text = type();
    add(out, cat(text, ".__new__(", text, ")"));
  } else if (kind == kinds::get_attr) {
    if (is_identifier(name())) {
      out.append(use(inputs[0]));
      add(out, "." + name());
    } else {
      add_uses(out, inputs, "getattr(", cat(", \"", name(), "\")"));
    }
  } else if (kind == kinds::call_function || kind == kinds::call_method) {
    if (kind == kinds::call_function)
      out.append(use(inputs[0]));
    else
      add_uses(out, inputs.slice(0, 1), "(", cat(").", name()));
    add(out, "(");
    for (const Value* argument : inputs.slice(1, inputs.size() - 1)) {
      out.append(use(argument));
      add(out, ", ");
    }
    add(out, ")");
  } else if (kind == kinds::unchecked_cast || kind.str() == "prim::unchecked_unwrap_optional") {
    add_uses(out, inputs, cat("unchecked_cast(", type(), ", "), ")");
  } else if (kind == kinds::isinstance) {
    std::vector<std::string> types;
    for (const TypePtr& wanted : node.attribute<std::vector<TypePtr>>(ir::attributes::types))
      types.push_back(type_text(wanted));
    add_uses(out, inputs, "isinstance(",
             types.size() == 1 ? cat(", ", types[0], ")") : cat(", (", join(types, ", "), "))"));
  } else if (kind == kinds::tolist) {
    add_uses(out, inputs.slice(0, 1), cat("annotate(", type(), ", "), ".tolist())");
  } else if (kind == kinds::uninitialized) {
    add(out, cat("uninitialized(", type(), ")"));
  } else if (kind == kinds::python_op) {
    const std::string python_name =
        node.has_attribute(ir::attributes::pyname) ? node.attribute<std::string>(ir::attributes::pyname) : "";
    if (options_.for_export)
      throw CompileError(
          {.message =
               cat("Could not export Python function call '", python_name,
                   "'. Remove calls to Python functions before export. Did you forget to add @script or @script_method "
                   "annotation? If this is a nn.ModuleList, add it to __constants__"),
           .range = node.range()});
    const ir::AttributeValue* scalars = node.find_attribute(ir::attributes::scalars);
    add_uses(out, inputs, cat("^", python_name, "(", scalars ? std::get<std::string>(*scalars) : "", ")("), ")");
  } else {
    return false;
  }
  return true;
}

/// Operators that have a form of their own.
bool SourcePrinter::Printer::special_operator(TaggedText& out, const Node& node) {
  const std::string& kind = node.kind().str();
  static const std::unordered_map<std::string_view, std::string_view> prefixes = {
      {"aten::Int", "int("},
      {"aten::Float", "float("},
      {"aten::Bool", "bool("},
      {"aten::str", "str("},
      {"aten::sorted", "sorted("},
      {"prim::Print", "print("},
      {"aten::IntImplicit", "annotate(int, "},
      {"aten::FloatImplicit", "annotate(float, "},
      {"aten::ScalarImplicit", "annotate(number, "}};
  if (const auto prefix = prefixes.find(kind); prefix != prefixes.end()) {
    add_uses(out, node.inputs(), prefix->second, ")");
    return true;
  }
  const ArrayRef<Value*> inputs(node.inputs());
  if (kind == "aten::__getitem__") {
    // What is indexed has the range of the whole: PyTorch takes it as plain text.
    const std::string container = use(inputs[0]).text();
    add(out, is_identifier(container) ? cat(container, "[") : cat("(", container, ")["));
    add_uses(out, inputs.slice(1, 1), "", "]");
  } else if (kind == "prim::EnumValue" || kind == "prim::EnumName") {
    add_uses(out, inputs, "(", kind == "prim::EnumValue" ? ").value" : ").name");
  } else if (node.kind() == kinds::raise_exception) {
    // The class is the second argument of a schema that only this kind has: left out when it is the default, None.
    const std::optional<IValue> cls = inputs.size() > 1 ? ir::constant_value(inputs[1]) : std::make_optional<IValue>();
    add_uses(out, inputs.slice(0, cls && cls->is_none() ? 1 : inputs.size()), "ops.prim.RaiseException(", ")");
  } else if (kind == "aten::_unwrap_optional") {
    // Schema matching cannot tell the type of a plain None.
    const bool of_none = inputs[0]->type()->is(TypeKind::none) ||
                         (inputs[0]->node()->kind() == kinds::constant && ir::constant_value(inputs[0])->is_none());
    add(out, "torch._unwrap_optional(");
    if (of_none) add(out, cat("annotate(", type_text(types::optional(node.output()->type())), ", "));
    add_uses(out, inputs, "", of_none ? "))" : ")");
  } else {
    return false;
  }
  return true;
}

void SourcePrinter::Printer::operator_call(TaggedText& out, const Node& node) {
  const Operator* op = node.find_op();
  if (op && operators_seen_.insert(op).second) operators.push_back(op);
  const std::string space(node.kind().namespace_part()), name(node.kind().name_part());
  if (space != "aten")
    add(out, cat("ops.", space, ".", name, "("));
  else if (name == "backward" || name == "grad")
    add(out, cat("torch.autograd.", name, "("));
  else
    add(out, cat("torch.", name, "("));
  if (!op) {
    // Nothing is known about the arguments: all are written, by position.
    add_uses(out, node.inputs(), "", ")");
    return;
  }
  const Schema& schema = op->schema();
  const auto [count, outs] = arguments_to_write(schema, node);
  const auto argument = [&](size_t i, bool first) {
    if (!first) add(out, ", ");
    if (i < schema.arguments.size() && schema.arguments[i].keyword_only) add(out, schema.arguments[i].name + "=");
    out.append(use(node.input(i)));
  };
  for (size_t i = 0; i < count; ++i) argument(i, i == 0);
  for (size_t i = schema.arguments.size() - outs; outs > 0 && i < schema.arguments.size(); ++i)
    argument(i, i == schema.arguments.size() - outs && count == 0);
  add(out, ")");
}

}  // namespace rushlight::codegen
