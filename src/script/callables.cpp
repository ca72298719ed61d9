/// What can be called: operators, functions, methods, classes, conversions, exceptions.
#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
const ir::Symbol kName = ir::Symbol::intern("name");

namespace {
/// Compiles the callee first. One that is being compiled already calls itself, which it may if its result is declared
/// (PyTorch refuses all recursion).
void ensure_defined(Function* function, const SourceRange& range, std::string_view what) {
  auto* graph_function = dynamic_cast<ir::GraphFunction*>(function);
  if (!graph_function) return;
  if (graph_function->is_being_defined()) {
    if (graph_function->has_schema()) return;
    lang::fail_at(range,
                  cat(" ", what, " '", function->name(), "' is called recursively. Recursive calls are not supported"),
                  cat("annotate what it returns: def ", function->name(), "(...) -> ...: may call itself"));
  }
  graph_function->ensure_defined();
}
}  // namespace

SugaredValuePtr BuiltinFunction::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                      std::vector<NamedValue> keywords) {
  return emit_operator_call(emitter, range, name_, arguments, keywords, self_);
}

namespace {
bool has_gathering(const Schema& schema, bool keywords) {
  return std::ranges::any_of(schema.arguments, [&](const Argument& argument) {
    return argument.gathers && argument.keyword_only == keywords;
  });
}
}  // namespace

bool FunctionValue::gathers(bool keywords) {
  return std::ranges::any_of(functions_, [&](ir::GraphFunction* function) {
    ensure_defined(function, {}, "function");
    return has_gathering(function->schema(), keywords);
  });
}
bool MethodValue::gathers(bool keywords) {
  const ClassType* cls = self_->type()->as<ClassType>();
  return cls && std::ranges::any_of(names_, [&](const std::string& name) {
           Function* method = cls->find_method(name);
           if (!method) return false;
           ensure_defined(method, {}, "method");
           return has_gathering(method->schema(), keywords);
         });
}

SugaredValuePtr FunctionValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                    std::vector<NamedValue> keywords) {
  std::vector<const Schema*> schemas;
  for (ir::GraphFunction* function : functions_) {
    ensure_defined(function, range, "function");
    schemas.push_back(&function->schema());
  }
  MatchedCall call = match_schemas(emitter, range, schemas, arguments, keywords);
  ir::GraphFunction* function = functions_[call.schema];
  ir::Node* name = emitter.insert_node(kinds::constant, {}, 1, {});
  name->set_attribute(kName, function->name());
  name->output()->set_type(types::function(function));
  call.inputs.insert(call.inputs.begin(), name->output());
  ir::Node* node = emitter.insert_node(kinds::call_function, call.inputs, 1, range);
  return simple(node->output()->set_type(function->schema().returns[0].type));
}

SugaredValuePtr MethodValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                  std::vector<NamedValue> keywords) {
  arguments.insert(arguments.begin(), NamedValue{"", self_, range});
  std::vector<const Schema*> schemas;
  for (const std::string& name : names_) {
    if (const ClassType* cls = self_->type()->as<ClassType>()) {
      Function* method = cls->find_method(name);
      if (!method) lang::fail_at(range, cat("Couldn't find method: '", name, "' on class: '", repr(*cls), "'"));
      ensure_defined(method, range, "method");
      schemas.push_back(&method->schema());
    } else {
      schemas.push_back(self_->type()->expect<InterfaceType>().find_method(name));
      RUSHLIGHT_ASSERT(schemas.back());
    }
  }
  const MatchedCall call = match_schemas(emitter, range, schemas, arguments, keywords);
  ir::Node* node = emitter.insert_node(kinds::call_method, call.inputs, 1, range);
  node->set_attribute(kName, names_[call.schema]);
  return simple(node->output()->set_type(schemas[call.schema]->returns[0].type));
}

SugaredValuePtr MagicMethod::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                  std::vector<NamedValue> keywords) {
  if (!arguments.empty() && arguments[0].value->type()->is(TypeKind::class_)) {
    const SugaredValuePtr method = simple(arguments[0].value)->attribute(emitter, range, name_);
    arguments.erase(arguments.begin());
    return method->call(emitter, range, std::move(arguments), std::move(keywords));
  }
  return otherwise_->call(emitter, range, std::move(arguments), std::move(keywords));
}

// ---- Classes

std::string ClassValue::kind() const { return type_->is(TypeKind::enum_) ? "EnumClass" : type_->str(); }

SugaredValuePtr ClassValue::attribute(Emitter& emitter, const SourceRange& range, const std::string& name) {
  if (const EnumType* enumeration = type_->as<EnumType>()) {
    for (const auto& [member, value] : enumeration->members())
      if (member == name)
        return simple(
            emitter.constant(IValue(make_ref<EnumObject>(Ref<const EnumType>(enumeration), member, value)), range));
    lang::fail_at(range, cat(type_->str(), "' has no attribute '", name, "'"));
  }
  if (const ClassType* cls = type_->as<ClassType>()) {
    if (Function* method = cls->find_static_method(name))
      return std::make_shared<FunctionValue>(static_cast<ir::GraphFunction*>(method));
    if (name == "__new__") return std::make_shared<SpecialFormValue>(SpecialForm::create_object);
    lang::fail_at(range, cat("Tried to lookup unknown attribute on class ", cls->name()));
  }
  return SugaredValue::attribute(emitter, range, name);
}

bool ClassValue::has_attribute(Emitter& emitter, const SourceRange& range, const std::string& name) {
  const ClassType* cls = type_->as<ClassType>();
  if (!cls) return SugaredValue::has_attribute(emitter, range, name);
  return cls->find_attribute(name) || cls->find_method(name) || cls->find_static_method(name) ||
         cls->find_constant(name) || cls->find_property(name);
}

SugaredValuePtr ClassValue::iterable(Emitter& emitter, const SourceRange& range) {
  const EnumType* enumeration = type_->as<EnumType>();
  if (!enumeration) return SugaredValue::iterable(emitter, range);
  // The members as a constant list.
  const Ref<ListObject> members = ListObject::make(type_);
  for (const auto& [name, value] : enumeration->members())
    members->append(IValue(make_ref<EnumObject>(Ref<const EnumType>(enumeration), name, value)));
  return simple(emitter.constant(IValue(members), range));
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
    const Schema* only = &schema;
    ir::Node* node = emitter.insert_node(
        kinds::tuple_construct, match_schemas(emitter, range, {&only, 1}, arguments, keywords).inputs, 1, range);
    return simple(node->output()->set_type(type_));
  }
  const ClassType* cls = type_->as<ClassType>();
  if (!cls) return SugaredValue::call(emitter, range, std::move(arguments), std::move(keywords));
  ir::Node* object = emitter.insert_node(kinds::create_object, {}, 1, range);
  object->output()->set_type(type_);
  if (!cls->find_method("__init__"))
    lang::fail_at(range, cat("Class ", cls->base_name(), " does not have an __init__ function defined"));
  MethodValue(object->output(), "__init__").call(emitter, range, std::move(arguments), std::move(keywords));
  return simple(object->output());
}

// ---- Conversions

SugaredValuePtr CastValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                std::vector<NamedValue> keywords) {
  if (arguments.size() == 1 && keywords.empty()) {
    ir::Value* zero = emitter.constant(IValue(int64_t(0)), range);
    ir::Value* value = arguments[0].value;
    if (value->type()->is_subtype_of(*type_)) return simple(value);
    const TypeKind kind = value->type()->kind();
    if (type_->is(TypeKind::bool_) && (kind == TypeKind::list || kind == TypeKind::dict || kind == TypeKind::string ||
                                       kind == TypeKind::set || kind == TypeKind::frozenset)) {
      ir::Value* length = emit_operator(emitter, range, "aten::len", {value});
      return simple(emit_operator(emitter, range, "aten::gt", {length, zero}));
    }
  }
  return emit_operator_call(emitter, range, op_, arguments, keywords);
}

SugaredValuePtr PrintValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                 std::vector<NamedValue> keywords) {
  ir::Value* separator = nullptr;
  ir::Value* end = nullptr;
  for (const NamedValue& keyword : keywords) {
    if (keyword.name != "sep" && keyword.name != "end")
      lang::fail_at(range, "print doesn't accept any keyword arguments", "but for `sep` and `end`");
    if (keyword.value->type()->is(TypeKind::none)) continue;  // the default
    if (!keyword.value->type()->is(TypeKind::string))
      lang::fail_at(keyword.range, cat(keyword.name, " must be None or a string, not ", repr(*keyword.value->type())));
    (keyword.name == "sep" ? separator : end) = keyword.value;
  }
  std::vector<ir::Value*> values;
  for (const NamedValue& argument : arguments) values.push_back(argument.value);
  if (separator || end) {
    const auto or_default = [&](ir::Value* given, const char* text) {
      return given ? given : emitter.constant(IValue(text), range);
    };
    values.insert(values.begin(), {or_default(separator, " "), or_default(end, "\n")});
    emit_operator(emitter, range, "rushlight::print", std::move(values));
  } else {
    emitter.insert_node(kinds::print, values, 0, range);
  }
  return std::make_shared<NoneValue>();
}

ir::Value* NoneValue::as_value(Emitter& emitter, const SourceRange&) { return emitter.constant(IValue(), {}); }

// ---- Exceptions

SugaredValuePtr ExceptionValue::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                     std::vector<NamedValue>) {
  if (qualified_name_.empty()) {
    ir::Value* message = emitter.constant(IValue("AssertionError: "), range);
    for (const NamedValue& argument : arguments) {
      ir::Value* text = argument.value;
      if (!text->type()->is(TypeKind::string)) text = emit_operator(emitter, range, "aten::str", {text});
      message = emit_operator(emitter, range, "aten::add", {message, text});
    }
    return std::make_shared<ExceptionMessage>(message, nullptr);
  }
  ir::Value* message;
  if (arguments.empty()) {
    message = emitter.constant(IValue(""), range);
  } else if (arguments.size() == 1) {
    message = arguments[0].value;
  } else {
    std::vector<ir::Value*> parts;
    for (const NamedValue& argument : arguments) parts.push_back(argument.value);
    message = emitter.make_tuple(parts);
  }
  return std::make_shared<ExceptionMessage>(message, emitter.constant(IValue(qualified_name_), range));
}

}  // namespace rushlight::script
