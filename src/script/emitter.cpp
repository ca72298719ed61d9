#include "script/emitter.h"

#include "base/text.h"

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
    if (is_method_self && self_->is_module())
      environment_.innermost().sugared[parameter.name] = resolver_->module_value(input);
    else
      environment_.set_value(parameter.name, input, parameter.range,
                             argument.type->is(TypeKind::tensor) ? types::tensor() : argument.type);
    if (parameter.default_value) {
      // Defaults of string programs are literals; Python's come evaluated with the schema.
      const lang::Expr& expr = *parameter.default_value;
      switch (expr.kind) {
        case lang::ExprKind::integer: {
          const IValue number(lang::integer_value(expr.text).value_or(0));
          argument.default_value = argument.type->is(TypeKind::float_) ? IValue(double(number.to_int())) : number;
          break;
        }
        case lang::ExprKind::floating:
          argument.default_value = IValue(std::strtod(expr.text.c_str(), nullptr));
          break;
        case lang::ExprKind::string:
          argument.default_value = IValue(expr.text);
          break;
        case lang::ExprKind::true_:
          argument.default_value = IValue(true);
          break;
        case lang::ExprKind::false_:
          argument.default_value = IValue(false);
          break;
        case lang::ExprKind::none:
          argument.default_value = IValue();
          break;
        default:
          lang::fail_at(expr.range, "default values of this kind are not supported in string programs yet");
      }
    }
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

TypePtr Emitter::type_of_annotation(const lang::Expr& expr) {
  using lang::ExprKind;
  switch (expr.kind) {
    case ExprKind::none:
      return types::none();
    case ExprKind::string:
      return type_of_annotation(*lang::parse_expression(std::make_shared<Source>(expr.text, "")));
    case ExprKind::tuple: {
      std::vector<TypePtr> elements;
      for (const lang::ExprPtr& part : expr.operands) elements.push_back(type_of_annotation(*part));
      return types::tuple(std::move(elements));
    }
    case ExprKind::binary:
      if (expr.text == "|") return types::union_({type_of_annotation(*expr[0]), type_of_annotation(*expr[1])});
      break;
    case ExprKind::subscript: {
      std::string base = lang::dotted_name(*expr[0]);
      base = base.substr(base.rfind('.') + 1);
      const auto part = [&](size_t i) { return type_of_annotation(*expr[i]); };
      const size_t count = expr.operands.size() - 1;
      std::vector<TypePtr> all;
      if (base == "Tuple" || base == "tuple") {
        if (count == 1 && expr[1]->is(ExprKind::tuple) && expr[1]->operands.empty()) return types::tuple({});
        for (size_t i = 1; i <= count; ++i) all.push_back(part(i));
        return types::tuple(std::move(all));
      }
      if (base == "Union") {
        for (size_t i = 1; i <= count; ++i) all.push_back(part(i));
        return types::union_(std::move(all));
      }
      if (count == 1 && (base == "List" || base == "list")) return types::list(part(1));
      if (count == 1 && base == "Optional") return types::optional(part(1));
      if (count == 1 && base == "Final") return part(1);
      if (count == 1 && base == "Future") return types::future(part(1));
      if (count == 1 && base == "RRef") return types::rref(part(1));
      if (count == 1 && base == "Await") return types::await(part(1));
      if (count == 2 && (base == "Dict" || base == "dict")) return types::dict(part(1), part(2));
      lang::fail_at(expr.range, cat("Unknown type constructor ", base));
    }
    default:
      break;
  }
  const std::string name = lang::dotted_name(expr);
  static const std::pair<std::string_view, const TypePtr& (*)()> kNames[] = {{"Tensor", types::tensor},
                                                                             {"torch.Tensor", types::tensor},
                                                                             {"int", types::int_},
                                                                             {"float", types::float_},
                                                                             {"bool", types::bool_},
                                                                             {"str", types::string},
                                                                             {"complex", types::complex},
                                                                             {"None", types::none},
                                                                             {"NoneType", types::none},
                                                                             {"Any", types::any},
                                                                             {"number", types::number},
                                                                             {"Device", types::device},
                                                                             {"device", types::device},
                                                                             {"torch.device", types::device},
                                                                             {"Generator", types::generator},
                                                                             {"torch.Generator", types::generator},
                                                                             {"list", types::any_list},
                                                                             {"tuple", types::any_tuple},
                                                                             {"torch.dtype", types::int_},
                                                                             {"torch.layout", types::int_},
                                                                             {"torch.memory_format", types::int_},
                                                                             {"Storage", types::storage},
                                                                             {"Stream", types::stream},
                                                                             {"Capsule", types::capsule},
                                                                             {"typing.Any", types::any}};
  for (const auto& [text, type] : kNames)
    if (text == name) return type();
  if (!name.empty())
    if (TypePtr type = resolver_->resolve_type(name, expr.range)) return type;
  lang::fail_at(expr.range, cat("Unknown type name '", name.empty() ? std::string(expr.range.text()) : name, "'"));
}

}  // namespace rushlight::script
