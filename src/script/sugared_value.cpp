/// Values of the graph as expressions see them: their attributes, unpacking, calls.
#include <algorithm>

#include "script/sugared_value.h"

#include "base/text.h"
#include "script/builtin_functions.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
const ir::Symbol kName = ir::Symbol::intern("name");

ir::Value* SugaredValue::as_value(Emitter&, const SourceRange& range) {
  lang::fail_at(range, cat(kind(), " cannot be used as a value"));
}
SugaredValuePtr SugaredValue::attribute(Emitter&, const SourceRange& range, const std::string&) {
  lang::fail_at(range, cat("attribute lookup is not defined on ", kind()));
}
void SugaredValue::set_attribute(Emitter&, const SourceRange& range, const std::string&, ir::Value*) {
  lang::fail_at(range, cat("attribute assignment is not defined on ", kind()));
}
SugaredValuePtr SugaredValue::call(Emitter&, const SourceRange& range, std::vector<NamedValue>,
                                   std::vector<NamedValue>) {
  lang::fail_at(range, cat("cannot call a ", kind()));
}
std::vector<SugaredValuePtr> SugaredValue::as_tuple(Emitter&, const SourceRange& range, std::optional<size_t>) {
  lang::fail_at(range, cat(kind(), " cannot be used as a tuple"));
}
bool SugaredValue::has_attribute(Emitter&, const SourceRange& range, const std::string&) {
  lang::fail_at(range, cat("hasattr's first argument must be an object or NamedTuple, got ", kind(), " instead"));
}

SugaredValuePtr simple(ir::Value* value) { return std::make_shared<SimpleValue>(value); }
ir::Value* as_simple(const SugaredValuePtr& value) {
  const auto* graph_value = dynamic_cast<SimpleValue*>(value.get());
  return graph_value ? graph_value->value() : nullptr;
}

std::vector<ir::Value*> unpack_tuple(Emitter& emitter, ir::Value* tuple, const SourceRange&) {
  if (tuple->node()->kind() == kinds::tuple_construct) return tuple->node()->inputs();
  const auto& elements = tuple->type()->expect<TupleType>().elements();
  ir::Node* node = emitter.insert_node(kinds::tuple_unpack, {&tuple, 1}, elements.size(), {});
  for (size_t i = 0; i < elements.size(); ++i) node->output(i)->set_type(elements[i]);
  return node->outputs();
}

std::string SimpleValue::kind() const { return cat("value of type '", value_->type()->annotation(), "'"); }

// ---- Attributes

namespace {
/// Attributes of tensors that are operators without arguments.
constexpr std::pair<std::string_view, std::string_view> kTensorAttributes[] = {
    {"dtype", "prim"},     {"device", "prim"},
    {"grad", "prim"},      {"data", "prim"},
    {"shape", "prim"},     {"is_cuda", "prim"},
    {"is_cpu", "prim"},    {"is_xpu", "prim"},
    {"is_sparse", "prim"}, {"is_sparse_csr", "prim"},
    {"is_mkldnn", "prim"}, {"is_mps", "prim"},
    {"is_mtia", "prim"},   {"is_quantized", "prim"},
    {"is_vulkan", "prim"}, {"is_ipu", "prim"},
    {"is_meta", "prim"},   {"is_maia", "prim"},
    {"is_xla", "prim"},    {"is_leaf", "aten"},
    {"is_nested", "prim"}, {"requires_grad", "prim"},
    {"layout", "prim"},    {"T", "prim"},
    {"H", "prim"},         {"mT", "aten"},
    {"mH", "aten"},        {"ndim", "prim"},
    {"name", "prim"},      {"real", "aten"},
    {"imag", "aten"},      {"retains_grad", "aten"},
    {"itemsize", "prim"},  {"nbytes", "prim"}};
/// `x.float()` is `x.to(torch.float32)`.
constexpr std::pair<std::string_view, ScalarType> kConversions[] = {
    {"byte", ScalarType::uint8},    {"char", ScalarType::int8},        {"double", ScalarType::float64},
    {"float", ScalarType::float32}, {"cfloat", ScalarType::complex64}, {"cdouble", ScalarType::complex128},
    {"int", ScalarType::int32},     {"long", ScalarType::int64},       {"short", ScalarType::int16},
    {"half", ScalarType::float16}};

/// `x.float()`.
class ConversionMethod final : public SugaredValue {
 public:
  ConversionMethod(ir::Value* self, ScalarType type) : self_(self), type_(type) {}
  std::string kind() const override { return "tensor cast"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    // `x.float(non_blocking, copy)` is found by the same rules as `x.to(dtype, ...)`.
    ir::Value* dtype = emitter.constant(IValue(type_), range);
    arguments.insert(arguments.begin(), {NamedValue{"", self_, range}, NamedValue{"", dtype, range}});
    return emit_operator_call(emitter, range, ir::Symbol::intern("aten::to"), arguments, keywords);
  }

 private:
  ir::Value* self_;
  ScalarType type_;
};

SugaredValuePtr tensor_attribute(Emitter& emitter, ir::Value* self, const std::string& name) {
  for (const auto& [method, dtype] : kConversions)
    if (method == name) return std::make_shared<ConversionMethod>(self, dtype);
  for (const auto& [attribute, space] : kTensorAttributes) {
    if (attribute != name) continue;
    std::string op = cat(space, "::", name);
    // Some are written in the language itself, under aten.
    if (find_overloads(op).empty()) op = "aten::" + name;
    if (find_overloads(op).empty() && builtin_functions(op).empty()) break;
    // PyTorch gives these nodes no place in the source.
    return simple(emit_operator(emitter, {}, op, {self}));
  }
  return nullptr;
}

SugaredValuePtr class_attribute(Emitter& emitter, const SourceRange& range, ir::Value* self, const ClassType& cls,
                                const std::string& name) {
  if (cls.find_method(name)) return std::make_shared<MethodValue>(self, name);
  if (const auto slot = cls.find_attribute(name)) {
    ir::Node* node = emitter.insert_node(kinds::get_attr, {&self, 1}, 1, {});
    node->set_attribute(kName, name);
    node->output()->set_type(cls.attributes()[*slot].type);
    node->output()->set_debug_name(name.find_first_not_of("0123456789") == std::string::npos ? "_" + name : name);
    if (node->output()->type()->is_module()) return emitter.resolver().module_value(node->output());
    return simple(node->output());
  }
  if (const IValue* constant = cls.find_constant(name)) return simple(emitter.unpacked_constant(*constant, range));
  if (const ClassType::Property* property = cls.find_property(name))
    return MethodValue(self, property->getter->name()).call(emitter, range, {}, {});
  return nullptr;
}
}  // namespace

SugaredValuePtr SimpleValue::attribute(Emitter& emitter, const SourceRange& range, const std::string& name) {
  const Type& type = *value_->type();
  const ClassType* cls = type.as<ClassType>();
  if (cls) {
    if (SugaredValuePtr found = class_attribute(emitter, range, value_, *cls, name)) return found;
  } else if (type.is(TypeKind::tensor)) {
    if (SugaredValuePtr found = tensor_attribute(emitter, value_, name)) return found;
  } else if (const InterfaceType* interface = type.as<InterfaceType>()) {
    if (interface->find_method(name)) return std::make_shared<MethodValue>(value_, name);
  } else if (const TupleType* tuple = type.as<TupleType>()) {
    for (size_t i = 0; i < tuple->fields().size(); ++i) {
      if (tuple->fields()[i] != name) continue;
      ir::Value* inputs[] = {value_, emitter.constant(IValue(int64_t(i)), {})};
      ir::Node* node = emitter.insert_node(kinds::tuple_index, ArrayRef<ir::Value*>(inputs, 2), 1, {});
      return simple(node->output()->set_type(tuple->elements()[i]));
    }
  } else if (const EnumType* enumeration = type.as<EnumType>(); enumeration && (name == "value" || name == "name")) {
    ir::Node* node = emitter.insert_node(ir::Symbol::intern(name == "value" ? "prim::EnumValue" : "prim::EnumName"),
                                         {&value_, 1}, 1, {});
    return simple(node->output()->set_type(name == "value" ? enumeration->value_type() : types::string()));
  } else if (type.is(TypeKind::device) && (name == "type" || name == "index")) {
    return simple(emit_operator(emitter, range, "prim::" + name, {value_}));
  }
  const NamedValue self{"self", value_, range};
  if (type.is(TypeKind::set) || type.is(TypeKind::frozenset))
    if (SugaredValuePtr method = operator_method(ir::Symbol::intern("rushlight::" + name), self)) return method;
  if (name == "type")
    if (SugaredValuePtr method = operator_method(ir::Symbol::intern("aten::to"), self)) return method;
  if (SugaredValuePtr method = operator_method(ir::Symbol::intern("aten::" + name), self)) return method;
  if (type.is(TypeKind::tensor) && name == "tolist") return std::make_shared<SpecialFormValue>(SpecialForm::tolist);
  if (type.is(TypeKind::tensor) && name == "__getitem__")
    return std::make_shared<SpecialFormValue>(SpecialForm::getitem);
  if (name == "unchecked_unwrap_optional" || name == "unchecked_cast")
    if (SugaredValuePtr method = operator_method(ir::Symbol::intern("prim::" + name), self)) return method;
  if (cls)
    if (SugaredValuePtr constant = emitter.resolver().class_constant(*cls, name)) return constant;
  std::string text = cat("'", repr(type), "' object has no attribute or method '", name, "'.");
  if (cls) {
    text +=
        emitter.resolver().is_class_attribute(*cls, name)
            ? cat(" '", name,
                  "' is defined as a class attribute which currently is not supported. Consider converting this to an "
                  "instance attribute.")
            : " Did you forget to initialize an attribute in __init__()?";
  }
  lang::fail_at(range, text, type.is(TypeKind::optional) ? "test it first: if x is not None:" : "");
}

bool SimpleValue::has_attribute(Emitter&, const SourceRange& range, const std::string& name) {
  if (const ClassType* cls = value_->type()->as<ClassType>())
    return cls->find_attribute(name) || cls->find_method(name) || cls->find_constant(name) || cls->find_property(name);
  if (const TupleType* tuple = value_->type()->as<TupleType>(); tuple && tuple->is_named())
    return std::ranges::find(tuple->fields(), name) != tuple->fields().end();
  lang::fail_at(
      range, cat("hasattr's first argument must be an object or NamedTuple, got ", repr(*value_->type()), " instead"));
}

namespace {
/// Whether `wanted` occurs in `type`, in containers too.
bool contains_class(const Type& type, const ClassType& wanted) {
  if (&type == &wanted) return true;
  if (type.is(TypeKind::class_)) return false;
  for (const TypePtr& part : type.contained())
    if (contains_class(*part, wanted)) return true;
  return false;
}
}  // namespace

void SimpleValue::set_attribute(Emitter& emitter, const SourceRange& range, const std::string& name, ir::Value* value) {
  const ClassType* cls = value_->type()->as<ClassType>();
  if (!cls) lang::fail_at(range, cat("Tried to set an attribute: ", name, " on a non-class: ", repr(*value_->type())));
  TypePtr wanted;
  if (const auto slot = cls->find_attribute(name)) {
    wanted = cls->attributes()[*slot].type;
  } else if (!cls->is_module() && emitter.function().name() == "__init__" && emitter.self_type() &&
             emitter.self_type().get() == cls) {
    // `__init__` of a class makes its attributes.
    if (contains_class(*value->type(), *cls))
      lang::fail_at(range,
                    cat("Assignment to attribute '", name, "' cannot be of a type that contains class '", repr(*cls),
                        "'.\nClasses that recursively contain instances of themselves are not yet supported"));
    if (emitter.graph().insert_point()->owning_block() != &emitter.graph().block())
      lang::fail_at(range,
                    "First assignment cannot be in a control-flow block. Initialize the field at the top level first");
    wanted = value->type();
    const_cast<ClassType*>(cls)->add_attribute(name, wanted);
  } else {
    if (const ClassType::Property* property = cls->find_property(name)) {
      if (!property->setter) lang::fail_at(range, cat("Tried to set read-only attribute: ", name));
      MethodValue(value_, property->setter->name()).call(emitter, range, {{"", value, range}}, {});
      return;
    }
    lang::fail_at(
        range, cat("Tried to set nonexistent attribute: ", name, ". Did you forget to initialize it in __init__()?"));
  }
  if (!value->type()->is_subtype_of(*wanted))
    lang::fail_at(
        range, cat("Wrong type for attribute assignment. Expected ", repr(*wanted), " but got ", repr(*value->type())));
  ir::Value* inputs[] = {value_, value};
  emitter.insert_node(kinds::set_attr, ArrayRef<ir::Value*>(inputs, 2), 0, {})->set_attribute(kName, name);
}

// ---- Calls, unpacking

SugaredValuePtr SimpleValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                  std::vector<NamedValue> keywords) {
  if (const ClassType* cls = value_->type()->as<ClassType>())
    return attribute(emitter, range, cls->is_module() ? "forward" : "__call__")
        ->call(emitter, range, std::move(arguments), std::move(keywords));
  if (const InterfaceType* interface = value_->type()->as<InterfaceType>();
      interface && interface->find_method(interface->is_module() ? "forward" : "__call__"))
    return attribute(emitter, range, interface->is_module() ? "forward" : "__call__")
        ->call(emitter, range, std::move(arguments), std::move(keywords));
  return SugaredValue::call(emitter, range, std::move(arguments), std::move(keywords));
}

std::vector<SugaredValuePtr> SimpleValue::as_tuple(Emitter& emitter, const SourceRange& range,
                                                   std::optional<size_t> wanted) {
  std::vector<SugaredValuePtr> parts;
  switch (value_->type()->kind()) {
    case TypeKind::tuple:
      for (ir::Value* part : unpack_tuple(emitter, value_, range)) parts.push_back(simple(part));
      return parts;
    case TypeKind::list: {
      if (!wanted) lang::fail_at(range, "cannot statically infer the expected size of a list in this context");
      ir::Node* node = emitter.insert_node(kinds::list_unpack, {&value_, 1}, *wanted, {});
      for (ir::Value* output : node->outputs())
        parts.push_back(simple(output->set_type(value_->type()->expect<ElementType>().element())));
      return parts;
    }
    case TypeKind::any_tuple:
      lang::fail_at(
          range,
          "Provided tuple is not fully defined/refined including its element types, please provide a value of "
          "type like Tuple[int, int]");
    default:
      lang::fail_at(range, cat(value_->type()->annotation(), " cannot be used as a tuple"));
  }
}

}  // namespace rushlight::script
