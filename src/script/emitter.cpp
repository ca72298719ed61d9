#include "script/emitter.h"

#include "base/text.h"
#include "script/annotations.h"

namespace rushlight::script {

namespace kinds = ir::kinds;

Emitter::Emitter(ir::GraphFunction& function, const lang::Def& def, std::shared_ptr<Resolver> resolver, TypePtr self)
    : function_(function),
      def_(def),
      resolver_(std::move(resolver)),
      self_(std::move(self)),
      graph_(function.raw_graph()),
      environment_(*this) {}

void Emitter::run() {
  environment_.push(graph_->block());
  graph_->set_insert_point(graph_->block());
  declare_parameters();
  if (def_.returns) declared_return_ = type_of_annotation(*def_.returns);
  emit_body(def_.body);
  bool exits = false;
  for (const lang::StmtPtr& stmt : def_.body) exits |= certainly_exits(*stmt);
  if (!exits) {
    lang::Stmt implicit;
    implicit.kind = lang::StmtKind::return_;
    implicit.range = def_.range;
    emit_return(implicit);
  }
  // Takes a number; the exit transform puts the real result in its place.
  if (!merged_return_) merged_return_ = declared_return_ ? declared_return_ : types::none();
  ir::Node* placeholder = graph_->insert(graph_->create(kinds::uninitialized, 1));
  placeholder->output()->set_type(merged_return_);
  graph_->register_output(placeholder->output());
  environment_.pop();
  function_.set_schema(make_schema());
}

void Emitter::declare_parameters() {
  for (size_t i = 0; i < def_.parameters.size(); ++i) {
    const lang::Parameter& parameter = def_.parameters[i];
    const bool is_self = i == 0 && self_ && !parameter.annotation;
    const bool is_method_self = i == 0 && self_;
    Argument argument;
    argument.name = parameter.name;
    argument.keyword_only = parameter.keyword_only;
    argument.type = is_self                ? self_
                    : parameter.annotation ? type_of_annotation(*parameter.annotation)
                                           : TensorType::inferred();
    ir::Value* input = graph_->add_input(is_meaningful_name(parameter.name) ? parameter.name : "");
    input->set_type(argument.type->is(TypeKind::tensor) ? types::tensor() : argument.type);
    // What the surface knows more of than its type is no variable of the graph.
    SugaredValuePtr self_value = is_method_self && self_->is_module() ? resolver_->module_value(input) : nullptr;
    if (self_value && !dynamic_cast<SimpleValue*>(self_value.get()))
      environment_.innermost().sugared[parameter.name] = std::move(self_value);
    else
      environment_.set_value(parameter.name, input, parameter.range,
                             argument.type->is(TypeKind::tensor) ? types::tensor() : argument.type);
    // Python's defaults come evaluated with the schema.
    if (parameter.default_value)
      argument.default_value = evaluate_constant(*parameter.default_value, parameter.annotation, resolver_);
    arguments_.push_back(std::move(argument));
  }
}

Schema Emitter::make_schema() const {
  Schema schema;
  schema.name = function_.name();
  schema.arguments = arguments_;
  if (function_.has_schema()) {
    // What the surface knows of the parameters (defaults of Python) stays.
    const auto& known = function_.schema().arguments;
    for (size_t i = 0; i < known.size() && i < schema.arguments.size(); ++i)
      if (known[i].default_value && !schema.arguments[i].default_value)
        schema.arguments[i].default_value = known[i].default_value;
  }
  schema.returns = {Argument{.name = "", .type = merged_return_}};
  return schema;
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
  for (const auto& [known, made] : numbers_)
    if (known.tag() == value.tag() && known.equals(value)) return made;
  ir::Node* first = graph_->param_node()->next();
  ir::Graph::WithInsertPoint guard(*graph_, first);
  ir::Value* made = graph_->insert_constant(value, range);
  numbers_.emplace_back(value, made);
  return made;
}

ir::Value* Emitter::to_bool(ir::Value* value, const SourceRange& range) {
  // The cast looks at its arguments and makes a 0 for the case that there is none: the number stays used.
  constant(IValue(int64_t(0)), range);
  if (value->type()->is(TypeKind::bool_)) return value;
  switch (value->type()->kind()) {
    case TypeKind::tensor:
    case TypeKind::int_:
    case TypeKind::float_:
      return emit_operator(*this, range, "aten::Bool", {value});
    case TypeKind::string:
    case TypeKind::list:
    case TypeKind::dict: {
      ir::Value* length = emit_operator(*this, range, "aten::len", {value});
      return emit_operator(*this, range, "aten::gt", {length, number_constant(IValue(int64_t(0)), range)});
    }
    default:
      lang::fail_at(range, cat("Could not cast value of type ", value->type()->annotation(), " to bool"));
  }
}

ir::Value* Emitter::make_list(const std::vector<ir::Value*>& elements, TypePtr element_type, const SourceRange& range) {
  (void)range;
  ir::Node* node = graph_->insert(graph_->create(kinds::list_construct, elements, 1));
  node->output()->set_type(types::list(std::move(element_type)));
  return node->output();
}

TypePtr Emitter::type_of_annotation(const lang::Expr& expr) { return script::type_of_annotation(expr, *resolver_); }

}  // namespace rushlight::script
