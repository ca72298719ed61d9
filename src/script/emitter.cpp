#include "script/emitter.h"

#include <algorithm>

#include "base/text.h"
#include "script/annotations.h"

namespace rushlight::script {

namespace kinds = ir::kinds;

Emitter::Emitter(ir::GraphFunction& function, const lang::Def& def, std::shared_ptr<Resolver> resolver, TypePtr self,
                 std::shared_ptr<const GatheredTypes> gathered)
    : function_(function),
      def_(def),
      resolver_(std::move(resolver)),
      self_(std::move(self)),
      gathered_(std::move(gathered)),
      graph_(function.raw_graph()),
      environment_(*this) {}

void Emitter::run() {
  graph_->set_insert_point(graph_->block());
  Schema schema = read_signature(def_, self_ != nullptr);
  std::vector<Argument> arguments;
  // A function whose result is declared may call itself: what its calls see is known before its body is.
  if (!schema.returns.empty()) function_.set_schema(declared_schema());
  emit_def(def_, schema, graph_->block(), self_ != nullptr, arguments);
  schema.name = function_.name();
  schema.arguments = std::move(arguments);
  schema.returns = {Argument{.name = "", .type = returns_.back().merged}};
  function_.set_schema(std::move(schema));
}

Schema Emitter::declared_schema() {
  Schema schema = read_signature(def_, self_ != nullptr);
  schema.name = def_.name;
  if (self_ && !def_.parameters.empty())
    schema.arguments.insert(schema.arguments.begin(), Argument{.name = def_.parameters[0].name, .type = self_});
  return schema;
}

/// The parameter of a `__setstate__` without annotations is what `__getstate__` gives.
void Emitter::take_type_of_state(const lang::Def& def, Schema& schema) const {
  const ClassType* cls = self_->as<ClassType>();
  const auto is_annotated = [](const lang::Parameter& parameter) { return parameter.annotation != nullptr; };
  if (!cls || std::ranges::any_of(def.parameters, is_annotated)) return;
  if (def.parameters.size() != 2)
    lang::fail_at(def.range, cat("Expected 2 arguments for `__setstate__`, got: ", def.parameters.size()));
  auto* getstate = dynamic_cast<ir::GraphFunction*>(cls->find_method("__getstate__"));
  if (!getstate)
    lang::fail_at(def.range,
                  "`__setstate__` defined but not `__getstate__`. You must have both defined on a ScriptModule to "
                  "customize serialization.\nDid you forget to use `@torch.jit.export`?");
  getstate->ensure_defined();
  schema.arguments[0].type = getstate->schema().returns[0].type;
}

Schema Emitter::read_signature(const lang::Def& def, bool is_method) {
  Schema schema;
  size_t i = 0;
  for (const lang::Parameter& parameter : def.parameters) {
    if (i++ == 0 && is_method) continue;
    Argument argument{.name = parameter.name, .keyword_only = parameter.keyword_only};
    if (!parameter.annotation) {
      argument.type = TensorType::inferred();
    } else if (const auto list = broadcasting_list(*parameter.annotation)) {
      argument.type = list->type;
      argument.list_length = list->length;
    } else {
      argument.type = type_of_annotation(*parameter.annotation);
    }
    if (parameter.gathers && gathered_ && !parameter.annotation) {
      argument.type = parameter.keyword_only ? gathered_->keywords : gathered_->positions;
    } else if (parameter.gathers) {
      const TypePtr element = parameter.annotation ? argument.type : types::tensor();
      argument.gathers = true;
      argument.type = parameter.keyword_only ? types::dict(types::string(), element) : types::list(element);
    }
    schema.arguments.push_back(std::move(argument));
  }
  if (is_method && def.name == "__setstate__") take_type_of_state(def, schema);
  // Defaults of string programs are expressions; Python's come evaluated, later.
  for (size_t k = 0; k < schema.arguments.size(); ++k) {
    const lang::Parameter& parameter = def.parameters[k + is_method];
    if (!parameter.default_value || def.is_python) continue;
    if (!parameter.annotation)
      lang::fail_at(parameter.range,
                    "Keyword arguments with defaults need to be type-hinted (TorchScript C++ frontend)");
    schema.arguments[k].default_value = evaluate_constant(*parameter.default_value, parameter.annotation, resolver_);
  }
  if (def.returns) {
    if (broadcasting_list(*def.returns))
      lang::fail_at(def.returns->range, "Broadcastable lists cannot appear as a return type");
    schema.returns = {Argument{.name = "", .type = type_of_annotation(*def.returns)}};
  }
  return schema;
}

std::vector<Argument> Emitter::emit_parameters(const lang::Def& def, const Schema& signature, ir::Block& block,
                                               bool is_method) {
  std::vector<Argument> arguments;
  size_t next = 0;
  for (size_t i = 0; i < def.parameters.size(); ++i) {
    const lang::Parameter& parameter = def.parameters[i];
    if (i == 0 && is_method) {
      ir::Value* input = block.add_input(parameter.name);
      input->set_type(self_);
      environment_.set(parameter.name, self_->is_module() ? resolver_->module_value(input) : simple(input),
                       parameter.range);
      arguments.push_back(Argument{.name = parameter.name, .type = self_});
      continue;
    }
    const Argument& argument = signature.arguments[next++];
    ir::Value* input = block.add_input(is_meaningful_name(parameter.name) ? parameter.name : "");
    input->set_type(argument.type);
    arguments.push_back(argument);
    if (parameter.gathers && parameter.keyword_only && gathered_ && !parameter.annotation)
      environment_.bind(parameter.name, std::make_shared<KeywordsValue>(input, gathered_->names));
    else if (argument.type->is_module())
      environment_.set(parameter.name, resolver_->module_value(input), parameter.range);
    else
      environment_.set_value(parameter.name, input, parameter.range, argument.type);
  }
  return arguments;
}

void Emitter::emit_def(const lang::Def& def, const Schema& signature, ir::Block& block, bool is_method,
                       std::vector<Argument>& arguments) {
  environment_.push(block);
  returns_.push_back({signature.returns.empty() ? nullptr : signature.returns[0].type, nullptr});
  if (is_method && def.parameters.empty()) lang::fail_at(def.declaration, "methods must have a self argument");
  arguments = emit_parameters(def, signature, block, is_method);
  emit_body(def.body);
  errors_.throw_first();
  if (!left_blocks_.count(&block)) {
    const TypePtr& declared = returns_.back().declared;
    if (declared && !declared->is(TypeKind::none))
      lang::fail_at(def.range, "Function was not annotated as having type None, but does not return along all paths");
    emit_return_value(nullptr, def.range);
  } else if (!returns_.back().merged) {
    // Always raises.
    returns_.back().merged = returns_.back().declared ? returns_.back().declared : types::none();
  }
  // Takes a number; the exit transform puts the real result in its place.
  ir::Node* placeholder = graph_->insert(graph_->create(kinds::uninitialized, 1));
  placeholder->output()->set_type(returns_.back().merged);
  block.register_output(placeholder->output());
  environment_.pop();
}

TypePtr Emitter::type_of_annotation(const lang::Expr& expr) { return script::type_of_annotation(expr, *resolver_); }

/// `BroadcastingList2[int]`, perhaps in an Optional: a list for which one number may stand. Only of parameters.
std::optional<Emitter::BroadcastingList> Emitter::broadcasting_list(const lang::Expr& expr) {
  if (!expr.is(lang::ExprKind::subscript) || expr.operands.size() != 2) return std::nullopt;
  const std::string name = lang::dotted_name(*expr[0]);
  const std::string base = name.substr(name.rfind('.') + 1);
  if (base == "Optional") {
    auto inner = broadcasting_list(*expr[1]);
    if (inner) inner->type = types::optional(inner->type);
    return inner;
  }
  constexpr std::string_view kPrefix = "BroadcastingList";
  if (!base.starts_with(kPrefix)) return std::nullopt;
  const std::optional<int64_t> length = lang::integer_value(base.substr(kPrefix.size()));
  if (!length || *length <= 0)
    lang::fail_at(SourceRange(expr.range.source(), expr[1]->range.begin() - 1, expr[1]->range.end()),
                  "subscript of Broadcastable list must be a positive integer");
  const TypePtr element = type_of_annotation(*expr[1]);
  if (!element->is(TypeKind::int_) && !element->is(TypeKind::float_))
    lang::fail_at(expr.range, "Broadcastable lists only supported for int or float");
  return BroadcastingList{types::list(element), int32_t(*length)};
}

ir::Node* Emitter::insert_node(ir::Symbol kind, ArrayRef<ir::Value*> inputs, size_t outputs, const SourceRange& range) {
  ir::Node* node = graph_->create(kind, inputs, outputs);
  node->set_range(range);
  return graph_->insert(node);
}

ir::Value* Emitter::constant(const IValue& value, const SourceRange& range, TypePtr type) {
  return graph_->insert_constant(value, range, std::move(type));
}

ir::Value* Emitter::number_constant(const IValue& value, const SourceRange& range) {
  const auto make = [&] {
    ir::Graph::WithInsertPoint guard(*graph_, graph_->param_node()->next());
    return graph_->insert_constant(value, range);
  };
  // Tables hold a null until the number is made.
  if (value.is_int()) {
    ir::Value*& made = integers_[value.to_int()];
    return made ? made : made = make();
  }
  if (value.is_float()) {
    ir::Value*& made = floats_[value.to_float()];
    return made ? made : made = make();
  }
  for (const auto& [known, made] : numbers_)
    if (known.tag() == value.tag() && known.equals(value)) return made;
  numbers_.emplace_back(value, make());
  return numbers_.back().second;
}

ir::Value* Emitter::to_bool(ir::Value* value, const SourceRange& range) {
  ir::Value* converted = nullptr;
  try {
    lang::Expr name;
    name.kind = lang::ExprKind::name;
    name.text = "bool";
    name.range = range;
    converted = as_simple(emit_name(name)->call(*this, range, {{"", value, range}}, {}));
  } catch (const Error&) {
    lang::fail_at(range, cat("Could not cast value of type ", repr(*value->type()), " to bool"));
  }
  if (!converted || !converted->type()->is(TypeKind::bool_))
    lang::fail_at(range, cat("expected a bool expression for condition but found ",
                             repr(converted ? *converted->type() : *value->type())));
  return converted;
}

ir::Value* Emitter::make_list(const std::vector<ir::Value*>& elements, TypePtr element_type, const SourceRange&) {
  ir::Node* node = graph_->insert(graph_->create(kinds::list_construct, elements, 1));
  node->output()->set_type(types::list(std::move(element_type)));
  return node->output();
}

ir::Value* Emitter::unpacked_constant(const IValue& value, const SourceRange& range) {
  if (!value.is_tuple()) return constant(value, range);
  std::vector<ir::Value*> parts;
  for (const IValue& element : value.tuple().elements) parts.push_back(unpacked_constant(element, range));
  return make_tuple(parts);
}

namespace {
/// Counts the parts of `type` down from `left`; false when there are more. Shared parts count each time, as whoever
/// prints or compares the type meets them.
bool count_parts(const Type& type, size_t& left) {
  if (left-- == 0) return false;
  return std::ranges::all_of(type.contained(), [&](const TypePtr& part) { return count_parts(*part, left); });
}
}  // namespace

ir::Value* Emitter::make_tuple(const std::vector<ir::Value*>& elements) {
  // Tuples of tuples double with each line.
  constexpr size_t kMaxParts = 10'000;
  std::vector<TypePtr> element_types;
  size_t left = kMaxParts;
  for (ir::Value* element : elements) {
    if (!count_parts(*element->type(), left))
      lang::fail_at(element->node()->range(), cat("tuples with more than ", kMaxParts, " parts are not supported"));
    element_types.push_back(element->type());
  }
  ir::Node* node = graph_->insert(graph_->create(kinds::tuple_construct, elements, 1));
  node->output()->set_type(types::tuple(std::move(element_types)));
  return node->output();
}

ir::Value* Emitter::unchecked_cast(ir::Value* value, const TypePtr& type, const SourceRange&) {
  ir::Node* node = graph_->insert(graph_->create(kinds::unchecked_cast, {value}, 1));
  return node->output()->set_type(type);
}

}  // namespace rushlight::script
