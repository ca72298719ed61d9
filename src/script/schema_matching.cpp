#include <algorithm>

#include "script/schema_matching.h"

#include "base/text.h"
#include "script/builtin_functions.h"
#include "script/emitter.h"
#include "script/upgraders.h"
#include "value/type_variables.h"

namespace rushlight::script {
namespace {

namespace kinds = ir::kinds;

constexpr std::string_view kEmptyListHint =
    "Empty lists default to List[Tensor]. Add a variable annotation to the assignment to create an empty list of "
    "another "
    "type (torch.jit.annotate(List[T, []]) where T is the type of elements in the list for Python 2)\n";

const TypePtr& without_optional(const TypePtr& type) {
  return type->is(TypeKind::optional) ? type->expect<ElementType>().element() : type;
}
bool is_inferred(const Type& type) {
  const TensorType* tensor = type.as<TensorType>();
  return tensor && tensor->is_inferred();
}

/// `x.view(2, 3)`: the rest of the positional arguments may be the elements of the last positional parameter, a list.
bool takes_rest_as_list(const Schema& schema, size_t index) {
  const Argument& argument = schema.arguments[index];
  const ElementType* list = argument.type->as<ElementType>();
  if (!list || !list->is(TypeKind::list) || argument.list_length || list->element()->is(TypeKind::var)) return false;
  return index + 1 == schema.arguments.size() || schema.arguments[index + 1].keyword_only;
}

/// One attempt: arguments against one schema.
class Matcher {
 public:
  /// `why` null: nobody will read the reason.
  Matcher(Emitter& emitter, const SourceRange& range, const Schema& schema, bool allow_conversions, std::string* why)
      : emitter_(emitter), range_(range), schema_(schema), allow_conversions_(allow_conversions), why_(why) {}

  std::optional<MatchedCall> run(const std::vector<NamedValue>& arguments, const std::vector<NamedValue>& keywords,
                                 std::optional<NamedValue> self) {
    MatchedCall call;
    std::vector<bool> used(keywords.size());
    size_t next = 0;
    for (size_t i = 0; i < schema_.arguments.size(); ++i) {
      const Argument& argument = schema_.arguments[i];
      ir::Value* value = nullptr;
      if (self && argument.name == "self") {
        value = self->value;
        self.reset();
      } else if (argument.gathers) {
        value = argument.keyword_only ? gathered_keywords(argument, keywords, used)
                                      : gathered_positions(argument, arguments, next);
        if (!value) return std::nullopt;
        next = argument.keyword_only ? next : arguments.size();
        call.inputs.push_back(value);
        continue;
      } else if (!argument.keyword_only && next < arguments.size()) {
        if (allow_conversions_ && takes_rest_as_list(schema_, i)) {
          const TypePtr& given = arguments[next].value->type();
          const TypePtr& wanted = without_optional(argument.type);
          if (!given->is(TypeKind::list) && !is_convertible_to_list(*given, *wanted)) {
            ir::Value* list = list_of_rest(arguments, next, wanted->expect<ElementType>().element());
            if (!list) return std::nullopt;
            next = arguments.size();
            call.inputs.push_back(list);
            continue;
          }
        }
        if (arguments[next].is_expanded)
          return fail("cannot statically infer the expected size of a list in this context\n");
        value = arguments[next++].value;
      } else if (const auto at = find_keyword(keywords, argument.name)) {
        if (used[*at])
          return fail(cat("Argument ", argument.name, " specified twice in schema, submit a bug report!\n"));
        used[*at] = true;
        value = keywords[*at].value;
      } else if (argument.default_value) {
        value = emitter_.constant(*argument.default_value, {});
      } else {
        return fail(cat("Argument ", argument.name, " not provided.\n"));
      }
      value = convert(argument, value);
      if (!value) return std::nullopt;
      call.inputs.push_back(value);
    }
    if (self) return fail("Provided self argument not used in schema.\n");
    if (schema_.is_vararg)
      for (; next < arguments.size(); ++next) call.inputs.push_back(arguments[next].value);
    if (next < arguments.size())
      return fail(
          cat("Expected at most ", next, " arguments but found ", arguments.size(), " positional arguments.\n"));
    for (size_t i = 0; i < keywords.size(); ++i)
      if (!used[i])
        return fail(cat("Keyword argument ", keywords[i].name,
                        schema_.find_argument(keywords[i].name) ? " specified twice.\n" : " unknown.\n"));
    for (const Argument& result : schema_.returns) {
      TypePtr type = substitute_variables(result.type, variables_);
      call.results.push_back(type ? type : types::none());
    }
    return call;
  }

 private:
  std::nullopt_t fail(const std::string& reason) {
    if (why_) *why_ += cat("\n", schema_.str(), ":\n", reason);
    return std::nullopt;
  }
  std::optional<size_t> find_keyword(const std::vector<NamedValue>& keywords, const std::string& name) const {
    for (size_t i = 0; i < keywords.size(); ++i)
      if (keywords[i].name == name ||
          (name == "self" && keywords[i].name == "input" && schema_.name.starts_with("aten::")))
        return i;
    return std::nullopt;
  }

  ir::Value* list_of_rest(const std::vector<NamedValue>& arguments, size_t from, const TypePtr& element) {
    const Argument part{.name = "<varargs>", .type = element};
    std::vector<ir::Value*> elements;
    for (size_t i = from; i < arguments.size(); ++i) {
      ir::Value* value = convert(part, arguments[i].value);
      if (!value) return nullptr;
      elements.push_back(value);
    }
    return emitter_.make_list(elements, is_int_like(*element) ? types::int_() : element, range_);
  }

  /// For `*args`: a list of what is left.
  ir::Value* gathered_positions(const Argument& argument, const std::vector<NamedValue>& arguments, size_t from) {
    const TypePtr& element = argument.type->expect<ElementType>().element();
    ir::Value* whole = nullptr;
    std::vector<NamedValue> single;
    const auto flush = [&] {
      if (single.empty() && whole) return true;
      ir::Value* part = list_of_rest(single, 0, element);
      if (part) whole = whole ? emit_operator(emitter_, range_, "aten::add", {whole, part}) : part;
      single.clear();
      return part != nullptr;
    };
    for (size_t i = from; i < arguments.size(); ++i) {
      if (!arguments[i].is_expanded) {
        single.push_back(arguments[i]);
        continue;
      }
      ir::Value* list = convert(argument, arguments[i].value);
      if (!list || (!single.empty() && !flush())) return nullptr;
      whole = emit_operator(emitter_, range_, whole ? "aten::add" : "aten::list",
                            whole ? std::vector{whole, list} : std::vector{list});
    }
    return flush() ? whole : nullptr;
  }
  /// For `**kwargs`: a dictionary of the keywords that no other parameter has.
  ir::Value* gathered_keywords(const Argument& argument, const std::vector<NamedValue>& keywords,
                               std::vector<bool>& used) {
    const Argument part{.name = argument.name, .type = argument.type->expect<DictType>().value()};
    ir::Graph& graph = emitter_.graph();
    ir::Node* made = graph.insert(graph.create(kinds::dict_construct, 1));
    ir::Value* dict = made->output()->set_type(argument.type);
    for (size_t i = 0; i < keywords.size(); ++i) {
      if (used[i]) continue;
      if (schema_.find_argument(keywords[i].name) && keywords[i].name != argument.name) continue;
      used[i] = true;
      if (keywords[i].is_expanded) {
        ir::Value* rest = convert(argument, keywords[i].value);
        if (!rest) return nullptr;
        emit_operator(emitter_, range_, "aten::update", {dict, rest});
        continue;
      }
      ir::Value* value = convert(part, keywords[i].value);
      if (!value) return nullptr;
      emit_operator(emitter_, range_, "aten::_set_item",
                    {dict, emitter_.constant(IValue(keywords[i].name), range_), value});
    }
    return dict;
  }

  /// Null, with the reason written down, if the value does not fit.
  ir::Value* convert(const Argument& argument, ir::Value* value) {
    // One number for `int[2]` stands for all of them.
    if (const ElementType* list = without_optional(argument.type)->as<ElementType>();
        list && list->is(TypeKind::list) && argument.list_length) {
      const Type &given = *value->type(), &element = *list->element();
      if ((given.is(TypeKind::int_) && is_int_like(element)) ||
          (given.is(TypeKind::float_) && element.is(TypeKind::float_)))
        value =
            emitter_.make_list(std::vector<ir::Value*>(size_t(*argument.list_length), value), value->type(), range_);
    }
    std::string reason;
    if (!match_type_variables(argument.type, value->type(), variables_, &reason)) {
      fail(cat("Could not match type ", repr(*value->type()), " to ", repr(*argument.type), " in argument '",
               argument.name, "': ", reason, ".\n"));
      return nullptr;
    }
    const TypePtr wanted = substitute_variables(argument.type, variables_);
    if (!wanted) {
      fail(cat("Type variables in type ", repr(*argument.type), " could not be inferred from actual type ",
               repr(*value->type())));
      return nullptr;
    }
    value = convert_implicitly(emitter_, range_, value, wanted, allow_conversions_);
    std::string not_subtype;
    if (value->type()->is_subtype_of(*wanted, &not_subtype)) return value;
    std::string text = cat("Expected a value of type '", repr(*argument.type), "' for argument '", argument.name,
                           "' but instead found type '", repr(*value->type()), "'.\n");
    if (is_inferred(*argument.type))
      text += cat("Inferred '", argument.name,
                  "' to be of type 'Tensor' because it was not annotated with an explicit type.\n");
    if (is_inferred(*value->type()))
      text += cat("Inferred the value for argument '", argument.name,
                  "' to be of type 'Tensor' because it was not annotated with an explicit type.\n");
    if (value->type()->is(TypeKind::list) && value->type()->expect<ElementType>().element()->is(TypeKind::tensor))
      text += kEmptyListHint;
    fail(text + not_subtype);
    return nullptr;
  }

  Emitter& emitter_;
  const SourceRange& range_;
  const Schema& schema_;
  bool allow_conversions_;
  std::string* why_;
  TypeVariables variables_;
};

/// Names that differ from `name` by at most two letters.
std::vector<std::string> similar_operators(std::string_view name) {
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
      size_t diagonal = std::exchange(row[0], i);
      for (size_t j = 1; j <= b.size(); ++j) {
        const size_t best =
            std::min({row[j] + 1, row[j - 1] + 1, diagonal + (std::tolower(a[i - 1]) != std::tolower(b[j - 1]))});
        diagonal = std::exchange(row[j], best);
      }
    }
    return row[b.size()];
  };
  std::vector<std::pair<size_t, std::string>> found;
  for (const Operator* op : all_operators()) {
    const std::string& other = op->schema().name;
    if (other.size() + 2 < name.size() || name.size() + 2 < other.size()) continue;
    const size_t away = distance(name, other);
    if (away <= 1 && std::ranges::find(found, std::pair(away, other)) == found.end()) found.emplace_back(away, other);
  }
  std::ranges::sort(found);
  std::vector<std::string> names;
  for (auto& [away, other] : found) names.push_back(std::move(other));
  return names;
}

[[noreturn]] void fail_unknown(const SourceRange& range, std::string_view name) {
  const std::vector<std::string> similar = similar_operators(name);
  std::string text = cat("Unknown builtin op: ", name, ".\n");
  if (similar.empty()) {
    text += cat("Could not find any similar ops to ", name,
                ". This op may not exist or may not be currently supported in TorchScript.\n");
  } else {
    text += "Here are some suggestions: \n";
    for (const std::string& other : similar) text += cat("\t", other, "\n");
    text += "\nThe original call is";
  }
  lang::fail_at(range, text, name.starts_with("aten::") ? "Rushlight may not have this operator yet" : "");
}

std::string indented(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (char c : text) {
    if (line_start) out += "  ";
    out += c;
    line_start = c == '\n';
  }
  return out;
}

}  // namespace

bool is_convertible_to_list(const Type& tuple, const Type& wanted) {
  const TupleType* from = tuple.as<TupleType>();
  if (!from || !wanted.is(TypeKind::list)) return false;
  const Type& element = *wanted.expect<ElementType>().element();
  for (const TypePtr& part : from->elements())
    if (!part->is_subtype_of(element) && !(is_int_like(*part) && is_int_like(element))) return false;
  return true;
}

ir::Value* convert_implicitly(Emitter& emitter, const SourceRange& range, ir::Value* value, const TypePtr& wanted,
                              bool allow_conversions) {
  if (wanted->is(TypeKind::optional) && !value->type()->is(TypeKind::optional) && !value->type()->is(TypeKind::none))
    return convert_implicitly(emitter, range, value, wanted->expect<ElementType>().element(), allow_conversions);
  if (value->node()->kind() == kinds::empty_list_literal && wanted->is(TypeKind::list))
    value = emitter.make_list({}, wanted->expect<ElementType>().element(), range);
  if (const TupleType* tuple = value->type()->as<TupleType>()) {
    if (is_convertible_to_list(*tuple, *wanted)) {
      const TypePtr& element = wanted->expect<ElementType>().element();
      value = emitter.make_list(unpack_tuple(emitter, value, range), is_int_like(*element) ? types::int_() : element,
                                range);
    } else if (const TupleType* to = wanted->as<TupleType>();
               to && !tuple->is_subtype_of(*to, nullptr) && to->elements().size() == tuple->elements().size()) {
      std::vector<ir::Value*> parts = unpack_tuple(emitter, value, range);
      for (size_t i = 0; i < parts.size(); ++i)
        parts[i] = convert_implicitly(emitter, range, parts[i], to->elements()[i], allow_conversions);
      value = emitter.make_tuple(parts);
    }
  }
  if (!allow_conversions) return value;
  const Type& from = *value->type();
  const TypeKind to = is_int_like(*wanted) && wanted->is(TypeKind::sym_int) ? TypeKind::int_ : wanted->kind();
  const auto op = [&](const char* name) { return emit_operator(emitter, range, name, {value}); };
  if (from.is(TypeKind::tensor)) {
    if (to == TypeKind::float_) return op("aten::FloatImplicit");
    if (to == TypeKind::int_) return op("aten::IntImplicit");
    if (to == TypeKind::complex) return op("aten::ComplexImplicit");
    if (to == TypeKind::number) return op("aten::ScalarImplicit");
  } else if (from.is(TypeKind::number)) {
    if (to == TypeKind::float_) return op("aten::Float");
    if (to == TypeKind::int_) return op("aten::Int");
    if (to == TypeKind::complex) return op("aten::Complex");
  } else if (from.is(TypeKind::bool_)) {
    if (to == TypeKind::float_) return op("aten::Float");
    if (to == TypeKind::int_ || to == TypeKind::number) return op("aten::Int");
  } else if (from.is(TypeKind::string) && to == TypeKind::device) {
    return op("aten::device");
  }
  return value;
}

std::optional<MatchedCall> match_schema(Emitter& emitter, const SourceRange& range, const Schema& schema,
                                        const std::vector<NamedValue>& arguments,
                                        const std::vector<NamedValue>& keywords, bool allow_conversions,
                                        std::string& why, std::optional<NamedValue> self) {
  return Matcher(emitter, range, schema, allow_conversions, &why).run(arguments, keywords, std::move(self));
}

namespace {
/// Displays among the arguments of a call that only one function can be meant by take the types of its parameters.
std::vector<NamedValue> fitted_to(Emitter& emitter, std::vector<NamedValue> arguments,
                                  const std::function<const Argument*(size_t)>& parameter) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Argument* formal = arguments[i].source ? parameter(i) : nullptr;
    if (!formal || formal->gathers || formal->type->has_free_variables()) continue;
    // `[]` fits by an implicit conversion, as in PyTorch.
    if (arguments[i].value->node()->kind() == kinds::empty_list_literal) continue;
    if (ir::Value* fitted = emitter.fit_display(*arguments[i].source, arguments[i].value, formal->type))
      arguments[i].value = fitted;
  }
  return arguments;
}
}  // namespace

MatchedCall match_schemas(Emitter& emitter, const SourceRange& range, ArrayRef<const Schema*> schemas,
                          const std::vector<NamedValue>& arguments, const std::vector<NamedValue>& keywords,
                          std::optional<NamedValue> self) {
  std::string why;
  if (schemas.size() == 1) {
    const Schema& schema = *schemas[0];
    const auto positional = fitted_to(emitter, arguments, [&](size_t i) {
      return !self && i < schema.arguments.size() ? &schema.arguments[i] : nullptr;
    });
    const auto named = fitted_to(emitter, keywords, [&](size_t i) {
      const std::optional<size_t> at = schema.find_argument(keywords[i].name);
      return at ? &schema.arguments[*at] : nullptr;
    });
    if (auto call = match_schema(emitter, range, schema, positional, named, true, why, self)) return *call;
    lang::fail_at(range, why);
  }
  for (const bool allow_conversions : {false, true}) {
    for (size_t i = 0; i < schemas.size(); ++i) {
      // The last pass gives the reasons, and texts of schemas take longer than the matching.
      auto call = Matcher(emitter, range, *schemas[i], allow_conversions, allow_conversions ? &why : nullptr)
                      .run(arguments, keywords, self);
      if (!call) continue;
      call->schema = i;
      return *call;
    }
  }
  lang::fail_at(range, cat("Arguments for call are not valid.\nThe following variants are available:\n", indented(why),
                           "\nThe original call is"));
}

namespace {
/// Whether Python's function of this name takes any iterable.
bool takes_iterables(std::string_view name) {
  static constexpr std::string_view kNames[] = {"aten::sorted", "aten::sum",    "aten::any",  "aten::all", "prim::min",
                                                "prim::max",    "aten::extend", "aten::join", "aten::list"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}
bool is_set(const NamedValue& argument) {
  return argument.value->type()->is(TypeKind::set) || argument.value->type()->is(TypeKind::frozenset);
}

std::string own_name(ir::Symbol name) { return cat("rushlight::", name.str().substr(name.str().find("::") + 2)); }

/// What Python takes and PyTorch's operator of this name does not; null if this is no such call either.
SugaredValuePtr emit_own_operator(Emitter& emitter, const SourceRange& range, ir::Symbol name,
                                  const std::vector<NamedValue>& arguments, const std::vector<NamedValue>& keywords,
                                  const std::optional<NamedValue>& self) {
  const std::string own = own_name(name);
  if (name.str() == own || find_overloads(own).empty()) return nullptr;
  try {
    return emit_operator_call(emitter, range, ir::Symbol::intern(own), arguments, keywords, self);
  } catch (const CompileError&) {
    return nullptr;
  }
}

/// `l.append([])` for a list of lists: displays among the arguments take the types that the others ask for. Null if
/// that helps no overload either.
SugaredValuePtr emit_with_fitted_displays(Emitter& emitter, const SourceRange& range, ir::Symbol name,
                                          std::vector<NamedValue> arguments, const std::vector<NamedValue>& keywords,
                                          const std::optional<NamedValue>& self) {
  if (std::ranges::none_of(arguments, &NamedValue::source) || !keywords.empty()) return nullptr;
  if (self) arguments.insert(arguments.begin(), *self);
  for (const Operator* op : find_overloads(name.str())) {
    const std::vector<Argument>& formals = op->schema().arguments;
    if (formals.size() < arguments.size()) continue;
    TypeVariables variables;
    bool fits = true;
    for (size_t i = 0; fits && i < arguments.size(); ++i)
      if (!arguments[i].source) fits = match_type_variables(formals[i].type, arguments[i].value->type(), variables);
    for (size_t i = 0; fits && i < arguments.size(); ++i) {
      if (!arguments[i].source) continue;
      const TypePtr wanted = substitute_variables(formals[i].type, variables);
      ir::Value* fitted = wanted ? emitter.fit_display(*arguments[i].source, arguments[i].value, wanted) : nullptr;
      fits = fitted != nullptr;
      if (fits) arguments[i].value = fitted;
    }
    if (!fits) continue;
    for (NamedValue& argument : arguments) argument.source = nullptr;
    return emit_operator_call(emitter, range, name, arguments);
  }
  return nullptr;
}
}  // namespace

SugaredValuePtr emit_operator_call(Emitter& emitter, const SourceRange& range, ir::Symbol name,
                                   const std::vector<NamedValue>& arguments, const std::vector<NamedValue>& keywords,
                                   std::optional<NamedValue> self) {
  if (std::ranges::any_of(arguments, is_set)) {
    // Operators of a set have a namespace of their own; what takes any iterable sees a list of the elements.
    const std::string own = own_name(name);
    if (is_set(arguments[0]) && name.str() != own && !find_overloads(own).empty())
      return emit_operator_call(emitter, range, ir::Symbol::intern(own), arguments, keywords, self);
    if (takes_iterables(name.str())) {
      std::vector<NamedValue> lists = arguments;
      for (NamedValue& argument : lists)
        if (is_set(argument)) argument.value = emit_operator(emitter, range, "rushlight::elements", {argument.value});
      return emit_operator_call(emitter, range, name, lists, keywords, self);
    }
  }
  const auto operators = find_overloads(name.str());
  const std::vector<ir::GraphFunction*>& functions = builtin_functions(name.str());
  std::vector<const Schema*> schemas;
  std::vector<std::pair<const Operator*, const OperatorChange*>> candidates, changed;
  for (const Operator* op : operators) {
    // PyTorch never considers this one.
    if (name.str() == "aten::view" && op->schema().overload == "dtype") continue;
    const OperatorChange* change = nullptr;
    if (const auto& version = emitter.graph().operator_set_version) {
      change = find_operator_change(op->schema().qualified_name());
      if (change && *version >= change->version) change = nullptr;
    }
    (change ? changed : candidates).emplace_back(op, change);
  }
  // What older programs call stands behind what has not changed since.
  candidates.insert(candidates.end(), changed.begin(), changed.end());
  for (const auto& [op, change] : candidates) schemas.push_back(change ? &old_schema(*change) : &op->schema());
  const size_t operator_count = schemas.size();
  for (ir::GraphFunction* function : functions)
    if (function->has_schema()) schemas.push_back(&function->schema());
  if (schemas.empty()) fail_unknown(range, name.str());
  MatchedCall call;
  try {
    call = match_schemas(emitter, range, schemas, arguments, keywords, self);
  } catch (const CompileError&) {
    if (SugaredValuePtr own = emit_own_operator(emitter, range, name, arguments, keywords, self)) return own;
    if (SugaredValuePtr made = emit_with_fitted_displays(emitter, range, name, arguments, keywords, self)) return made;
    throw;
  }
  if (call.schema >= operator_count) {
    for (ir::GraphFunction* function : functions)
      if (function->has_schema() && &function->schema() == schemas[call.schema])
        return simple(emitter.graph().insert_graph(*function->graph(), call.inputs)[0]);
  }
  ir::Node* node = emitter.insert_node(name, call.inputs, call.results.size(), range);
  if (const auto& [op, change] = candidates[call.schema]; change)
    mark_old_call(*node, *change);
  else
    node->set_op(op);
  for (size_t i = 0; i < call.results.size(); ++i)
    node->output(i)->set_type(is_int_like(*call.results[i]) ? types::int_() : call.results[i]);
  // A quotient of numbers of two types counts as a float, though its schema says Scalar.
  static const ir::Symbol div = ir::Symbol::intern("aten::div");
  if (name == div && call.results[0]->is(TypeKind::number)) node->output()->set_type(types::float_());
  if (call.results.size() == 1) return simple(node->output());
  ir::Value* tuple = emitter.make_tuple(node->outputs());
  std::vector<std::string> fields;
  for (const Argument& result : schemas[call.schema]->returns)
    if (!result.name.empty()) fields.push_back(result.name);
  if (!fields.empty() && fields.size() == call.results.size())
    tuple->set_type(TupleType::named("", fields, call.results));
  return simple(tuple);
}

ir::Value* emit_operator(Emitter& emitter, const SourceRange& range, std::string_view name,
                         std::vector<ir::Value*> arguments) {
  std::vector<NamedValue> named;
  for (ir::Value* value : arguments) named.push_back({"", value, range});
  return emit_operator_call(emitter, range, ir::Symbol::intern(name), named)->as_value(emitter, range);
}

SugaredValuePtr operator_method(ir::Symbol name, const NamedValue& self) {
  const auto takes = [&](const Schema& schema) {
    const std::optional<size_t> at = schema.find_argument("self");
    if (!at) return false;
    const TypePtr& formal = schema.arguments[*at].type;
    TypeVariables variables;
    if (!match_type_variables(formal, self.value->type(), variables)) return false;
    const TypePtr wanted = substitute_variables(formal, variables);
    return wanted && self.value->type()->is_subtype_of(*wanted);
  };
  for (const Operator* op : find_overloads(name.str()))
    if (takes(op->schema())) return std::make_shared<BuiltinFunction>(name, self);
  for (ir::GraphFunction* function : builtin_functions(name.str()))
    if (function->has_schema() && takes(function->schema())) return std::make_shared<BuiltinFunction>(name, self);
  return nullptr;
}

}  // namespace rushlight::script
