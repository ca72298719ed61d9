#include "script/sugared_value.h"

#include <limits>

#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
const ir::Symbol kName = ir::Symbol::intern("name");

ir::Value* SugaredValue::as_value(Emitter&, const SourceRange& range) {
  lang::fail_at(range, cat(kind(), " cannot be used as a value"));
}
SugaredValuePtr SugaredValue::attribute(Emitter&, const SourceRange& range, const std::string& name) {
  lang::fail_at(range, cat("attribute lookup is not defined on ", kind(), ": '", name, "'"));
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
ir::Value* SugaredValue::length(Emitter&, const SourceRange& range) {
  lang::fail_at(range, cat("'", kind(), "' object is not iterable"));
}
SugaredValuePtr SugaredValue::element(Emitter&, const SourceRange& range, ir::Value*) {
  lang::fail_at(range, cat("'", kind(), "' object is not subscriptable"));
}

SugaredValuePtr simple(ir::Value* value) { return std::make_shared<SimpleValue>(value); }

SugaredValuePtr SugaredValue::known_item(Emitter&, const SourceRange& range, ir::Value*, const TypePtr&) {
  lang::fail_at(range, cat("'", kind(), "' object is not subscriptable"));
}
bool SugaredValue::has_attribute(Emitter&, const SourceRange& range, const std::string&) {
  lang::fail_at(range, cat("hasattr's first argument must be an object, got ", kind(), " instead"));
}

// ---- SimpleValue

std::string SimpleValue::kind() const { return cat("value of type '", value_->type()->annotation(), "'"); }

namespace {
/// Attributes of tensors that are operators of their own.
constexpr std::pair<std::string_view, std::string_view> kTensorAttributes[] = {
    {"shape", "aten::size"},    {"dtype", "prim::dtype"},
    {"device", "prim::device"}, {"requires_grad", "prim::requires_grad"},
    {"layout", "prim::layout"}, {"is_cuda", "prim::is_cuda"},
    {"data", "prim::data"},     {"grad", "prim::grad"},
    {"ndim", "aten::dim"},      {"T", "aten::numpy_T"},
    {"mT", "aten::mT"},         {"real", "aten::real"},
    {"imag", "aten::imag"},     {"is_leaf", "aten::is_leaf"},
    {"name", "prim::name"}};
/// `x.float()` is `x.to(torch.float32)`.
constexpr std::pair<std::string_view, ScalarType> kConversions[] = {
    {"float", ScalarType::float32},     {"double", ScalarType::float64},   {"half", ScalarType::float16},
    {"bfloat16", ScalarType::bfloat16}, {"long", ScalarType::int64},       {"int", ScalarType::int32},
    {"short", ScalarType::int16},       {"char", ScalarType::int8},        {"byte", ScalarType::uint8},
    {"bool", ScalarType::bool_},        {"cfloat", ScalarType::complex64}, {"cdouble", ScalarType::complex128}};

/// `x.float()`.
class ConversionMethod final : public SugaredValue {
 public:
  ConversionMethod(ir::Value* self, ScalarType type) : self_(self), type_(type) {}
  std::string kind() const override { return "method"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue>,
                       std::vector<NamedValue>) override {
    ir::Value* dtype = emitter.constant(IValue(type_), range);
    return emit_operator_call(emitter, range, ir::Symbol::intern("aten::to"), {{"", self_, range}, {"", dtype, range}});
  }

 private:
  ir::Value* self_;
  ScalarType type_;
};
}  // namespace

SugaredValuePtr SimpleValue::attribute(Emitter& emitter, const SourceRange& range, const std::string& name) {
  const Type& type = *value_->type();
  if (const ClassType* cls = type.as<ClassType>()) {
    if (const auto slot = cls->find_attribute(name)) {
      ir::Node* node = emitter.insert_node(kinds::get_attr, {&value_, 1}, 1, range);
      node->set_range({});
      node->set_attribute(kName, name);
      node->output()->set_type(cls->attributes()[*slot].type);
      node->output()->set_debug_name(name.find_first_not_of("0123456789") == std::string::npos ? "_" + name : name);
      if (node->output()->type()->is_module()) return emitter.resolver().module_value(node->output());
      return simple(node->output());
    }
    if (cls->find_method(name)) return std::make_shared<MethodValue>(value_, name);
    if (const IValue* constant = cls->find_constant(name)) return simple(emitter.constant(*constant, range));
    if (const ClassType::Property* property = cls->find_property(name))
      return MethodValue(value_, property->getter->name()).call(emitter, range, {}, {});
    if (Function* method = cls->find_static_method(name))
      return std::make_shared<FunctionValue>(static_cast<ir::GraphFunction*>(method));
    lang::fail_at(range,
                  cat(cls->is_module() ? "Module '" : "'", cls->base_name(), "' has no attribute '", name, "' "));
  }
  if (const InterfaceType* interface = type.as<InterfaceType>(); interface && interface->find_method(name))
    return std::make_shared<MethodValue>(value_, name);
  if (const TupleType* tuple = type.as<TupleType>(); tuple && tuple->is_named()) {
    for (size_t i = 0; i < tuple->fields().size(); ++i) {
      if (tuple->fields()[i] != name) continue;
      ir::Value* inputs[] = {value_, emitter.constant(IValue(int64_t(i)), range)};
      ir::Node* node = emitter.insert_node(kinds::tuple_index, ArrayRef<ir::Value*>(inputs, 2), 1, range);
      node->output()->set_type(tuple->elements()[i]);
      return simple(node->output());
    }
  }
  if (type.is(TypeKind::tensor)) {
    for (const auto& [attribute, op] : kTensorAttributes)
      if (attribute == name) return simple(emit_operator(emitter, range, op, {value_}));
    for (const auto& [method, dtype] : kConversions)
      if (method == name) return std::make_shared<ConversionMethod>(value_, dtype);
  }
  if (type.is(TypeKind::enum_) && (name == "value" || name == "name"))
    return simple(emit_operator(emitter, range, name == "value" ? "prim::EnumValue" : "prim::EnumName", {value_}));
  const ir::Symbol op = ir::Symbol::intern("aten::" + name);
  if (!find_overloads(op.str()).empty())
    return std::make_shared<BuiltinFunction>(op, NamedValue{"self", value_, range});
  const ir::Symbol prim = ir::Symbol::intern("prim::" + name);
  if (!find_overloads(prim.str()).empty())
    return std::make_shared<BuiltinFunction>(prim, NamedValue{"self", value_, range});
  if (type.is(TypeKind::optional))
    lang::fail_at(range,
                  cat("'", type.annotation(), "' object has no attribute or method '", name,
                      "'. Did you forget to unwrap this Optional?"),
                  "test it first: if x is not None:");
  lang::fail_at(range, cat("'", type.annotation(), "' object has no attribute or method '", name, "'."));
}

bool SimpleValue::has_attribute(Emitter& emitter, const SourceRange& range, const std::string& name) {
  const ClassType* cls = value_->type()->as<ClassType>();
  if (!cls) return SugaredValue::has_attribute(emitter, range, name);
  return cls->find_attribute(name) || cls->find_method(name) || cls->find_constant(name) || cls->find_property(name);
}

void SimpleValue::set_attribute(Emitter& emitter, const SourceRange& range, const std::string& name, ir::Value* value) {
  const ClassType* cls = value_->type()->as<ClassType>();
  if (!cls)
    lang::fail_at(range, cat("Tried to set an attribute: ", name, " on a non-class: ", value_->type()->annotation()));
  const auto slot = cls->find_attribute(name);
  if (!slot) {
    if (const ClassType::Property* property = cls->find_property(name)) {
      if (!property->setter) lang::fail_at(range, cat("Tried to set read-only attribute: ", name));
      MethodValue(value_, property->setter->name()).call(emitter, range, {{"", value, range}}, {});
      return;
    }
    // `__init__` of a class makes its attributes.
    if (cls->is_module() || emitter.function().name() != "__init__")
      lang::fail_at(
          range, cat("Tried to set nonexistent attribute: ", name, ". Did you forget to initialize it in __init__()?"));
    const_cast<ClassType*>(cls)->add_attribute(name, value->type());
  } else {
    const TypePtr& wanted = cls->attributes()[*slot].type;
    value = convert_implicitly(emitter, range, value, wanted, true);
    if (!value->type()->is_subtype_of(*wanted))
      lang::fail_at(range, cat("Wrong type for attribute assignment. Expected ", wanted->annotation(), " but got ",
                               value->type()->annotation()));
  }
  ir::Value* inputs[] = {value_, value};
  emitter.insert_node(kinds::set_attr, ArrayRef<ir::Value*>(inputs, 2), 0, range)->set_attribute(kName, name);
}

SugaredValuePtr SimpleValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                  std::vector<NamedValue> keywords) {
  if (const ClassType* cls = value_->type()->as<ClassType>()) {
    const char* name = cls->is_module() ? "forward" : "__call__";
    if (cls->find_method(name))
      return MethodValue(value_, name).call(emitter, range, std::move(arguments), std::move(keywords));
  }
  if (const InterfaceType* interface = value_->type()->as<InterfaceType>();
      interface && interface->find_method("forward"))
    return MethodValue(value_, "forward").call(emitter, range, std::move(arguments), std::move(keywords));
  return SugaredValue::call(emitter, range, std::move(arguments), std::move(keywords));
}

std::vector<SugaredValuePtr> SimpleValue::as_tuple(Emitter& emitter, const SourceRange& range,
                                                   std::optional<size_t> wanted) {
  std::vector<SugaredValuePtr> parts;
  if (const TupleType* tuple = value_->type()->as<TupleType>()) {
    if (value_->node()->kind() == kinds::tuple_construct) {
      for (ir::Value* part : value_->node()->inputs()) parts.push_back(simple(part));
      return parts;
    }
    ir::Node* node = emitter.insert_node(kinds::tuple_unpack, {&value_, 1}, tuple->elements().size(), range);
    for (size_t i = 0; i < tuple->elements().size(); ++i)
      parts.push_back(simple(node->output(i)->set_type(tuple->elements()[i])));
    return parts;
  }
  if (value_->type()->is(TypeKind::list)) {
    if (!wanted) lang::fail_at(range, cat("Provided list cannot be used as tuple without a static size"));
    ir::Node* node = emitter.insert_node(kinds::list_unpack, {&value_, 1}, *wanted, range);
    for (size_t i = 0; i < *wanted; ++i)
      parts.push_back(simple(node->output(i)->set_type(value_->type()->expect<ElementType>().element())));
    return parts;
  }
  lang::fail_at(range, cat(value_->type()->annotation(), " cannot be used as a tuple"));
}

bool SimpleValue::is_iterable() const {
  const TypeKind kind = value_->type()->kind();
  return kind == TypeKind::list || kind == TypeKind::string || kind == TypeKind::tensor || kind == TypeKind::dict ||
         kind == TypeKind::tuple;
}
ir::Value* SimpleValue::length(Emitter& emitter, const SourceRange& range) {
  if (value_->type()->is(TypeKind::dict)) value_ = emit_operator(emitter, range, "aten::keys", {value_});
  return emit_operator(emitter, range, "aten::len", {value_});
}
SugaredValuePtr SimpleValue::element(Emitter& emitter, const SourceRange& range, ir::Value* index) {
  if (value_->type()->is(TypeKind::tensor))
    return simple(emit_operator(emitter, range, "aten::select",
                                {value_, emitter.number_constant(IValue(int64_t(0)), range), index}));
  return simple(emit_operator(emitter, range, "aten::__getitem__", {value_, index}));
}

// ---- Callables

SugaredValuePtr BuiltinFunction::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                      std::vector<NamedValue> keywords) {
  return emit_operator_call(emitter, range, name_, arguments, keywords, self_);
}

namespace {
/// A call of a function or method with a graph: its schema is the one candidate.
std::vector<ir::Value*> match_function(Emitter& emitter, const SourceRange& range, const Schema& schema,
                                       const std::vector<NamedValue>& arguments,
                                       const std::vector<NamedValue>& keywords) {
  std::string why;
  const auto call = match_schema(emitter, range, schema, arguments, keywords, /*allow_conversions=*/true, why);
  if (!call) lang::fail_at(range, why);
  return call->inputs;
}
}  // namespace

SugaredValuePtr FunctionValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                    std::vector<NamedValue> keywords) {
  function_->ensure_defined();
  std::vector<ir::Value*> inputs = match_function(emitter, range, function_->schema(), arguments, keywords);
  ir::Node* name = emitter.insert_node(kinds::constant, {}, 1, {});
  name->set_attribute(kName, function_->name());
  name->output()->set_type(types::function(function_));
  inputs.insert(inputs.begin(), name->output());
  ir::Node* node = emitter.insert_node(kinds::call_function, inputs, 1, range);
  node->output()->set_type(function_->schema().returns[0].type);
  return simple(node->output());
}

SugaredValuePtr MethodValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                  std::vector<NamedValue> keywords) {
  arguments.insert(arguments.begin(), NamedValue{"self", self_, range});
  const Schema* schema = nullptr;
  if (const ClassType* cls = self_->type()->as<ClassType>()) {
    Function* method = cls->find_method(name_);
    if (!method) lang::fail_at(range, cat("'", cls->base_name(), "' has no method '", name_, "'"));
    if (auto* graph_method = dynamic_cast<ir::GraphFunction*>(method)) graph_method->ensure_defined();
    schema = &method->schema();
  } else {
    schema = self_->type()->expect<InterfaceType>().find_method(name_);
    RUSHLIGHT_ASSERT(schema);
  }
  const std::vector<ir::Value*> inputs = match_function(emitter, range, *schema, arguments, keywords);
  ir::Node* node = emitter.insert_node(kinds::call_method, inputs, 1, range);
  node->set_attribute(kName, name_);
  node->output()->set_type(schema->returns[0].type);
  return simple(node->output());
}

SugaredValuePtr ClassValue::attribute(Emitter& emitter, const SourceRange& range, const std::string& name) {
  if (const EnumType* enumeration = type_->as<EnumType>()) {
    for (const auto& [member, value] : enumeration->members())
      if (member == name)
        return simple(
            emitter.constant(IValue(make_ref<EnumObject>(Ref<const EnumType>(enumeration), member, value)), range));
  }
  if (const ClassType* cls = type_->as<ClassType>())
    if (Function* method = cls->find_static_method(name))
      return std::make_shared<FunctionValue>(static_cast<ir::GraphFunction*>(method));
  return SugaredValue::attribute(emitter, range, name);
}

SugaredValuePtr ClassValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                 std::vector<NamedValue> keywords) {
  if (const TupleType* tuple = type_->as<TupleType>()) {
    Schema schema;
    schema.name = tuple->name().substr(tuple->name().rfind('.') + 1);
    const size_t first_default = tuple->elements().size() - tuple->defaults().size();
    for (size_t i = 0; i < tuple->elements().size(); ++i) {
      Argument field{.name = tuple->fields()[i], .type = tuple->elements()[i]};
      if (i >= first_default) field.default_value = tuple->defaults()[i - first_default];
      schema.arguments.push_back(std::move(field));
    }
    ir::Node* node = emitter.insert_node(kinds::tuple_construct,
                                         match_function(emitter, range, schema, arguments, keywords), 1, range);
    node->output()->set_type(type_);
    return simple(node->output());
  }
  const ClassType* cls = type_->as<ClassType>();
  if (!cls) return SugaredValue::call(emitter, range, std::move(arguments), std::move(keywords));
  ir::Node* object = emitter.insert_node(kinds::create_object, {}, 1, range);
  object->output()->set_type(type_);
  MethodValue(object->output(), "__init__").call(emitter, range, std::move(arguments), std::move(keywords));
  return simple(object->output());
}

SugaredValuePtr CastValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                std::vector<NamedValue> keywords) {
  emitter.constant(IValue(int64_t(0)), range);  // looked at before the arguments are; its number stays used
  if (arguments.size() == 1 && keywords.empty()) {
    ir::Value* value = arguments[0].value;
    if (value->type()->is_subtype_of(*type_)) return simple(value);
    const TypeKind kind = value->type()->kind();
    if (type_->is(TypeKind::bool_) && (kind == TypeKind::list || kind == TypeKind::dict || kind == TypeKind::string)) {
      ir::Value* length = emit_operator(emitter, range, "aten::len", {value});
      return simple(
          emit_operator(emitter, range, "aten::gt", {length, emitter.number_constant(IValue(int64_t(0)), range)}));
    }
    if (value->type()->is(TypeKind::class_)) {
      const std::string method = cat("__", type_->str(), "__");
      if (value->type()->expect<ClassType>().find_method(method))
        return MethodValue(value, method).call(emitter, range, {}, {});
    }
  }
  return emit_operator_call(emitter, range, op_, arguments, keywords);
}

ir::Value* NoneValue::as_value(Emitter& emitter, const SourceRange& range) { return emitter.constant(IValue(), range); }

// ---- Iterables

RangeValue::RangeValue(Emitter& emitter, const SourceRange& range, std::vector<ir::Value*> arguments) {
  if (arguments.empty()) lang::fail_at(range, "range expected at least 1 arguments, got 0");
  if (arguments.size() > 3) lang::fail_at(range, cat("range expected at most 3 arguments, got ", arguments.size()));
  for (ir::Value* argument : arguments)
    if (!argument->type()->is(TypeKind::int_))
      lang::fail_at(range, cat("'", argument->type()->annotation(), "' object cannot be interpreted as an integer"));
  only_stop_ = arguments.size() == 1;
  if (only_stop_) {
    start_ = emitter.constant(IValue(int64_t(0)), range);
    stop_ = arguments[0];
    step_ = emitter.constant(IValue(int64_t(1)), range);
  } else {
    start_ = arguments[0];
    stop_ = arguments[1];
    step_ = arguments.size() == 3 ? arguments[2] : emitter.constant(IValue(int64_t(1)), range);
  }
}
ir::Value* RangeValue::length(Emitter& emitter, const SourceRange& range) {
  return only_stop_ ? stop_ : emit_operator(emitter, range, "aten::__range_length", {start_, stop_, step_});
}
SugaredValuePtr RangeValue::element(Emitter& emitter, const SourceRange& range, ir::Value* index) {
  return simple(only_stop_ ? index : emit_operator(emitter, range, "aten::__derive_index", {index, start_, step_}));
}

bool ZippedValue::is_unrolled() const {
  for (const SugaredValuePtr& part : parts_)
    if (part->is_unrolled()) return true;
  return false;
}
ir::Value* ZippedValue::length(Emitter& emitter, const SourceRange& range) {
  std::vector<ir::Value*> lengths;
  for (const SugaredValuePtr& part : parts_) lengths.push_back(part->length(emitter, range));
  if (lengths.size() == 1) return lengths[0];
  return emit_operator(emitter, range, "prim::min", {emitter.make_list(lengths, types::int_(), range)});
}
SugaredValuePtr ZippedValue::element(Emitter& emitter, const SourceRange& range, ir::Value* index) {
  std::vector<SugaredValuePtr> elements;
  for (const SugaredValuePtr& part : parts_) elements.push_back(part->element(emitter, range, index));
  return std::make_shared<SugaredTuple>(std::move(elements));
}
std::vector<SugaredValuePtr> ZippedValue::as_tuple(Emitter& emitter, const SourceRange& range, std::optional<size_t>) {
  // The unrolled parts say how many turns there are; ranges give their literals.
  std::vector<std::vector<SugaredValuePtr>> columns;
  std::optional<size_t> count;
  for (const SugaredValuePtr& part : parts_) {
    columns.push_back(part->is_unrolled() ? part->as_tuple(emitter, range, std::nullopt)
                                          : std::vector<SugaredValuePtr>());
    if (part->is_unrolled() && (!count || columns.back().size() < *count)) count = columns.back().size();
  }
  std::vector<SugaredValuePtr> rows;
  for (size_t i = 0; i < count.value_or(0); ++i) {
    std::vector<SugaredValuePtr> row;
    for (size_t k = 0; k < parts_.size(); ++k)
      row.push_back(parts_[k]->is_unrolled()
                        ? columns[k][i]
                        : parts_[k]->element(emitter, range, emitter.number_constant(IValue(int64_t(i)), range)));
    rows.push_back(std::make_shared<SugaredTuple>(std::move(row)));
  }
  return rows;
}

ir::Value* SugaredTuple::length(Emitter& emitter, const SourceRange& range) {
  return emitter.constant(IValue(int64_t(parts_.size())), range);
}
ir::Value* SugaredTuple::as_value(Emitter& emitter, const SourceRange& range) {
  std::vector<ir::Value*> values;
  std::vector<TypePtr> value_types;
  for (const SugaredValuePtr& part : parts_) {
    values.push_back(part->as_value(emitter, range));
    value_types.push_back(values.back()->type());
  }
  ir::Node* node = emitter.insert_node(kinds::tuple_construct, values, 1, {});
  node->output()->set_type(types::tuple(value_types));
  return node->output();
}

}  // namespace rushlight::script
