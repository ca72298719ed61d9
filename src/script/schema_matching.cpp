#include "script/schema_matching.h"

#include "base/text.h"
#include "lang/lexer.h"
#include "script/emitter.h"
#include "script/upgraders.h"
#include "value/type_variables.h"

namespace rushlight::script {
namespace {

namespace kinds = ir::kinds;

/// `x.view(2, 3)`: the rest of the positional arguments may be the elements of a list parameter.
bool takes_varargs_as_list(const Schema& schema, size_t index, bool is_method) {
  // Only the first argument after self, of type int[] or float[] or Tensor[] without a fixed length.
  const Argument& argument = schema.arguments[index];
  const ElementType* list = argument.type->as<ElementType>();
  if (!list || !list->is(TypeKind::list) || argument.list_length) return false;
  const bool typevar = list->element()->has_free_variables();
  return !typevar && index == (is_method ? 1u : 0u) + 0u;
}

const NamedValue* find_keyword(const std::vector<NamedValue>& keywords, const std::string& name) {
  for (const NamedValue& keyword : keywords)
    if (keyword.name == name) return &keyword;
  return nullptr;
}

std::string schema_title(const Schema& schema) {
  return schema.name.substr(schema.name.rfind(':') == std::string::npos ? 0 : schema.name.rfind(':') + 1);
}

ir::Value* convert_argument(Emitter& emitter, const SourceRange& range, const Argument& argument, ir::Value* value,
                            bool allow_conversions, TypeVariables& variables, std::string& why, const Schema& schema) {
  // One number for `int[2]` stands for all of them.
  const ElementType* list = argument.type->as<ElementType>();
  const Type* plain = argument.type.get();
  if (list && list->is(TypeKind::optional)) plain = list->element().get();
  if (const ElementType* inner = plain->as<ElementType>(); inner && inner->is(TypeKind::list) && argument.list_length) {
    const TypeKind kind = inner->element()->kind();
    const bool fits = (value->type()->is(TypeKind::int_) && (kind == TypeKind::int_ || kind == TypeKind::sym_int)) ||
                      (value->type()->is(TypeKind::float_) && kind == TypeKind::float_);
    if (fits) {
      const std::vector<ir::Value*> copies(size_t(*argument.list_length), value);
      ir::Node* made = emitter.insert_node(kinds::list_construct, copies, 1, range);
      made->set_range({});
      made->output()->set_type(types::list(value->type()));
      return made->output();
    }
  }
  TypePtr wanted = argument.type;
  if (wanted->has_free_variables()) {
    if (!match_type_variables(wanted, value->type(), variables)) {
      why += cat("Could not match type ", value->type()->annotation(), " to ", wanted->annotation(), " in argument '",
                 argument.name, "'.\n");
      return nullptr;
    }
    wanted = substitute_variables(wanted, variables);
    if (!wanted) return value;
  }
  value = convert_implicitly(emitter, range, value, wanted, allow_conversions);
  if (value->type()->is_subtype_of(*wanted)) return value;
  why += cat(schema_title(schema), "() Expected a value of type '", wanted->annotation(), "' for argument '",
             argument.name, "' but instead found type '", value->type()->annotation(), "'.\n");
  return nullptr;
}

}  // namespace

ir::Value* convert_implicitly(Emitter& emitter, const SourceRange& range, ir::Value* value, const TypePtr& wanted,
                              bool allow_conversions) {
  TypePtr target = wanted;
  if (target->is(TypeKind::optional) && !value->type()->is(TypeKind::optional) && !value->type()->is(TypeKind::none))
    target = target->expect<ElementType>().element();
  const TupleType* tuple = value->type()->as<TupleType>();
  if (tuple && target->is(TypeKind::list)) {
    const TypePtr& element = target->expect<ElementType>().element();
    bool fits = !tuple->elements().empty();
    for (const TypePtr& type : tuple->elements())
      fits &= type->is_subtype_of(*element) || (element->is(TypeKind::sym_int) && type->is(TypeKind::int_));
    if (fits) {
      std::vector<ir::Value*> elements;
      if (value->node()->kind() == kinds::tuple_construct) {
        elements = value->node()->inputs();
      } else {
        ir::Node* unpack = emitter.insert_node(kinds::tuple_unpack, {&value, 1}, tuple->elements().size(), range);
        for (size_t i = 0; i < tuple->elements().size(); ++i) unpack->output(i)->set_type(tuple->elements()[i]);
        elements = unpack->outputs();
      }
      return emitter.make_list(elements, element->is(TypeKind::sym_int) ? types::int_() : element, range);
    }
  }
  if (!allow_conversions) return value;
  const Type& from = *value->type();
  const auto op = [&](const char* name) { return emit_operator(emitter, range, name, {value}); };
  if (from.is(TypeKind::tensor)) {
    switch (target->kind()) {
      case TypeKind::float_:
        return op("aten::FloatImplicit");
      case TypeKind::int_:
      case TypeKind::sym_int:
        return op("aten::IntImplicit");
      case TypeKind::complex:
        return op("aten::ComplexImplicit");
      case TypeKind::number:
        return op("aten::ScalarImplicit");
      default:
        return value;
    }
  }
  if (from.is(TypeKind::number)) {
    switch (target->kind()) {
      case TypeKind::float_:
        return op("aten::Float");
      case TypeKind::int_:
        return op("aten::Int");
      case TypeKind::complex:
        return op("aten::Complex");
      default:
        return value;
    }
  }
  if (from.is(TypeKind::bool_)) {
    if (target->is(TypeKind::float_)) return op("aten::Float");
    if (target->is(TypeKind::int_) || target->is(TypeKind::sym_int) || target->is(TypeKind::number))
      return op("aten::Int");
  }
  if (from.is(TypeKind::string) && target->is(TypeKind::device)) return op("aten::device");
  return value;
}

std::optional<MatchedCall> match_schema(Emitter& emitter, const SourceRange& range, const Schema& schema,
                                        const std::vector<NamedValue>& positional,
                                        const std::vector<NamedValue>& keywords, bool allow_conversions,
                                        std::string& why, std::optional<NamedValue> self) {
  std::vector<NamedValue> arguments = positional;
  if (self) {
    const std::optional<size_t> at = schema.find_argument("self");
    if (!at || *at > arguments.size()) {
      if (!at) return why += cat("Operator '", schema_title(schema), "' has no argument 'self'.\n"), std::nullopt;
    }
    arguments.insert(arguments.begin() + ptrdiff_t(std::min(at.value_or(0), arguments.size())), *self);
  }
  MatchedCall call;
  TypeVariables variables;
  std::vector<bool> used(keywords.size());
  size_t next = 0;
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& argument = schema.arguments[i];
    ir::Value* value = nullptr;
    SourceRange at = range;
    if (!argument.keyword_only && next < arguments.size()) {
      if (allow_conversions && takes_varargs_as_list(schema, i, self.has_value())) {
        const TypePtr& element = argument.type->expect<ElementType>().element();
        const TypePtr& given = arguments[next].value->type();
        if (!given->is(TypeKind::list) && !given->is(TypeKind::tuple)) {
          std::vector<ir::Value*> rest;
          bool fits = true;
          for (; next < arguments.size(); ++next) {
            ir::Value* converted =
                convert_implicitly(emitter, arguments[next].range, arguments[next].value, element, true);
            fits &= converted->type()->is_subtype_of(*element);
            rest.push_back(converted);
          }
          if (!fits)
            return why +=
                   cat(schema_title(schema), "() Expected a value of type '", argument.type->annotation(),
                       "' for argument '", argument.name, "' but instead found type '", given->annotation(), "'.\n"),
                   std::nullopt;
          call.inputs.push_back(
              emitter.make_list(rest, element->is(TypeKind::sym_int) ? types::int_() : element, range));
          continue;
        }
      }
      value = arguments[next].value;
      at = arguments[next].range;
      ++next;
      if (find_keyword(keywords, argument.name))
        return why += cat("argument ", argument.name, " specified twice\n"), std::nullopt;
    } else if (const NamedValue* keyword = find_keyword(keywords, argument.name)) {
      used[size_t(keyword - keywords.data())] = true;
      value = keyword->value;
      at = keyword->range;
    } else if (argument.default_value) {
      value =
          emitter.constant(*argument.default_value, {}, argument.default_value->is_none() ? types::none() : nullptr);
    } else {
      return why += cat("Argument ", argument.name, " not provided.\n"), std::nullopt;
    }
    value = convert_argument(emitter, at ? at : range, argument, value, allow_conversions, variables, why, schema);
    if (!value) return std::nullopt;
    call.inputs.push_back(value);
  }
  if (schema.is_vararg)
    for (; next < arguments.size(); ++next) call.inputs.push_back(arguments[next].value);
  if (next < arguments.size())
    return why += cat("Expected at most ", schema.arguments.size(), " arguments but found ", arguments.size(),
                      " positional arguments.\n"),
           std::nullopt;
  for (size_t i = 0; i < keywords.size(); ++i)
    if (!used[i]) return why += cat("Keyword argument ", keywords[i].name, " unknown.\n"), std::nullopt;
  for (const Argument& result : schema.returns) {
    TypePtr type = result.type->has_free_variables() ? substitute_variables(result.type, variables) : result.type;
    call.results.push_back(type ? type : types::none());
  }
  return call;
}

SugaredValuePtr emit_operator_call(Emitter& emitter, const SourceRange& range, ir::Symbol name,
                                   const std::vector<NamedValue>& arguments, const std::vector<NamedValue>& keywords,
                                   std::optional<NamedValue> self) {
  const auto overloads = find_overloads(name.str());
  // What older programs call stands behind what has not changed since.
  std::vector<std::pair<const Operator*, const OperatorChange*>> candidates, changed;
  for (const Operator* op : overloads) {
    const OperatorChange* change = nullptr;
    if (const auto& version = emitter.graph().operator_set_version) {
      change = find_operator_change(op->schema().qualified_name());
      if (change && *version >= change->version) change = nullptr;
    }
    (change ? changed : candidates).emplace_back(op, change);
  }
  candidates.insert(candidates.end(), changed.begin(), changed.end());
  const auto emit = [&](const Operator& op, const OperatorChange* change, const MatchedCall& call) -> SugaredValuePtr {
    ir::Node* node = emitter.insert_node(name, call.inputs, call.results.size(), range);
    if (change)
      mark_old_call(*node, *change);
    else
      node->set_op(&op);
    for (size_t i = 0; i < call.results.size(); ++i)
      node->output(i)->set_type(call.results[i]->is(TypeKind::sym_int) ? types::int_() : call.results[i]);
    if (call.results.size() == 1) return simple(node->output());
    ir::Node* tuple = emitter.insert_node(kinds::tuple_construct, node->outputs(), 1, {});
    std::vector<std::string> fields;
    for (const Argument& result : op.schema().returns)
      if (!result.name.empty()) fields.push_back(result.name);
    tuple->output()->set_type(!fields.empty() && fields.size() == call.results.size()
                                  ? TupleType::named("", fields, call.results)
                                  : types::tuple(call.results));
    return simple(tuple->output());
  };
  std::string why;
  const std::vector<bool> rounds = overloads.size() == 1 ? std::vector<bool>{true} : std::vector<bool>{false, true};
  for (const bool convert : rounds) {
    why.clear();
    for (const auto& [op, change] : candidates) {
      std::string reason;
      const Schema& schema = change ? old_schema(*change) : op->schema();
      if (const auto call = match_schema(emitter, range, schema, arguments, keywords, convert, reason, self))
        return emit(*op, change, *call);
      why += cat("\n", schema.str(), ":\n", reason);
    }
  }
  if (overloads.empty()) {
    const bool aten = name.namespace_part() == "aten";
    lang::fail_at(range,
                  cat("Unknown builtin op: ", name.str(), ".\nCould not find any similar ops to ", name.str(),
                      ". This op may not exist or may not be currently supported in TorchScript"),
                  aten ? "Rushlight may not have this operator yet" : "");
  }
  if (overloads.size() == 1) lang::fail_at(range, why.substr(why.find(":\n") + 2));
  std::string indented;
  for (std::string_view line : split(std::string_view(why).substr(0, why.size() - 1), '\n'))
    indented += cat("  ", line, "\n");
  lang::fail_at(range, cat("Arguments for call are not valid.\nThe following variants are available:\n", indented,
                           "\nThe original call is"));
}

ir::Value* emit_operator(Emitter& emitter, const SourceRange& range, std::string_view name,
                         std::vector<ir::Value*> arguments) {
  std::vector<NamedValue> named;
  for (ir::Value* value : arguments) named.push_back({"", value, range});
  return emit_operator_call(emitter, range, ir::Symbol::intern(name), named)->as_value(emitter, range);
}

}  // namespace rushlight::script
