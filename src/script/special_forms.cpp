/// Calls that need their arguments unevaluated: annotate, getattr, range, zip, list, dict, tolist, ...
#include <algorithm>

#include <limits>

#include "base/text.h"
#include "script/emitter.h"
#include "value/class_type.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
using lang::ExprKind;

namespace {
void check_count(const lang::Expr& call, std::string_view name, size_t least, size_t most) {
  const size_t given = call.operands.size() - 1;
  if (given < least || given > most) {
    // A form that is reached through an attribute has no plain name, and PyTorch's message breaks there.
    if (!call[0]->is(ExprKind::name)) throw RuntimeError("unknown:0: expecting kind 'variable' but found '.'\n");
    lang::fail_at(call.range, least == most ? cat(name, " expected exactly ", least, " arguments but found ", given)
                                            : cat(name, " expected to have number of arguments between ", least,
                                                  " and ", most, " but found ", given));
  }
  if (!call.keywords.empty()) lang::fail_at(call.range, cat(name, " takes no keyword arguments"));
}
/// Over all arguments; there is one at least.
SourceRange arguments_range(const lang::Expr& call) {
  SourceRange range = call[1]->range;
  for (size_t i = 2; i < call.operands.size(); ++i)
    range = SourceRange(range.source(), std::min(range.begin(), call[i]->range.begin()),
                        std::max(range.end(), call[i]->range.end()));
  return range;
}
std::shared_ptr<lang::Expr> name_expr(const std::string& name, const SourceRange& range) {
  auto expr = std::make_shared<lang::Expr>();
  expr->kind = ExprKind::name;
  expr->text = name;
  expr->range = range;
  return expr;
}
}  // namespace

SugaredValuePtr Emitter::emit_special_form(const SpecialFormValue& form, const lang::Expr& call, const TypePtr& hint) {
  const std::string name = call[0]->text;
  switch (form.form()) {
    case SpecialForm::print:
      return PrintValue().call(*this, call.range, emit_arguments(call), emit_keywords(call));
    case SpecialForm::range:
      return std::make_shared<RangeValue>(*this, call.range, emit_all(call.operands, 1));
    case SpecialForm::zip: {
      if (call.operands.size() == 1) lang::fail_at(call.range, "zip expected at least 1 arguments, got 0");
      auto zipped = std::make_shared<ZippedValue>();
      for (size_t i = 1; i < call.operands.size(); ++i)
        zipped->add(call.range, emit_sugared(*call[i])->iterable(*this, call.range));
      return zipped;
    }
    case SpecialForm::enumerate:
      return emit_enumerate(call);
    case SpecialForm::annotate: {
      check_count(call, name, 2, 2);
      const TypePtr type = type_of_annotation(*call[1]);
      ir::Value* value = convert_implicitly(*this, call.range, emit(*call[2], type), type, true);
      std::string why;
      if (!value->type()->is_subtype_of(*type, &why))
        lang::fail_at(arguments_range(call), cat("expected an expression of type ", repr(*type), " but found ",
                                                 repr(*value->type()), "\n", why));
      // A None remembers what it is the None of.
      if (value->type()->is(TypeKind::none) && (type->is(TypeKind::optional) || type->is(TypeKind::union_)))
        value = constant(IValue(), {}, type);
      return simple(value);
    }
    case SpecialForm::unchecked_cast: {
      check_count(call, name, 2, 2);
      const TypePtr type = type_of_annotation(*call[1]);
      ir::Value* value = emit(*call[2]);
      if (value->node()->kind() == kinds::unchecked_cast && *value->type() == *type) return simple(value);
      return simple(unchecked_cast(value, type, call.range));
    }
    case SpecialForm::uninitialized: {
      check_count(call, name, 1, 1);
      const TypePtr type = type_of_annotation(*call[1]);
      ir::Node* node = insert_node(kinds::uninitialized, {}, 1, call.range);
      return simple(node->output()->set_type(type));
    }
    case SpecialForm::isinstance:
      check_count(call, name, 2, 2);
      return simple(emit_isinstance(*call[1], *call[2]).value);
    case SpecialForm::hasattr:
      check_count(call, name, 2, 2);
      return simple(emit_hasattr(*call[1], *call[2]).value);
    case SpecialForm::getattr: {
      check_count(call, name, 2, 3);
      const SugaredValuePtr object = emit_sugared(*call[1]);
      if (!call[2]->is(ExprKind::string))
        lang::fail_at(call.range, "getattr's second argument must be a string literal");
      if (call.operands.size() == 4 && !object->has_attribute(*this, call.range, call[2]->text))
        return emit_sugared(*call[3]);
      return object->attribute(*this, call.range, call[2]->text);
    }
    case SpecialForm::list:
      return emit_list_form(call, hint);
    case SpecialForm::dict:
      return emit_dict_form(call, hint);
    case SpecialForm::set:
    case SpecialForm::frozenset:
      return simple(emit_set_form(call, form.form() == SpecialForm::frozenset, hint));
    case SpecialForm::tuple: {
      check_count(call, name, 1, 1);
      std::vector<ir::Value*> parts;
      for (const SugaredValuePtr& part : emit_sugared(*call[1])->as_tuple(*this, call.range, std::nullopt))
        parts.push_back(part->as_value(*this, call.range));
      return simple(make_tuple(parts));
    }
    case SpecialForm::legacy_constructor:
      return emit_legacy_constructor(form.dtype(), call);
    case SpecialForm::fork:
      return emit_fork(call, "fork");
    case SpecialForm::awaitable:
      return emit_fork(call, "awaitable");
    case SpecialForm::tolist:
      return simple(emit_tolist(call, hint));
    case SpecialForm::getitem: {
      if (call.operands.size() != 2)
        lang::fail_at(call.range, cat("__getitem__ expected exactly 1 arguments, got ", call.operands.size() - 1));
      return emit_getitem(call, hint);
    }
    case SpecialForm::slice:
      return emit_slice_form(call);
    case SpecialForm::create_object: {
      // `C.__new__(C)` of archives.
      check_count(call, name, 1, 1);
      const SugaredValuePtr cls = emit_sugared(*call[1]);
      if (!cls->named_type())
        lang::fail_at(call.range, cat("Expected class value as argument to __new__, got ", cls->kind(), " instead"));
      ir::Node* node = insert_node(kinds::create_object, {}, 1, call.range);
      return simple(node->output()->set_type(cls->named_type()));
    }
  }
  lang::fail_at(call.range, "unknown special form");
}

SugaredValuePtr Emitter::emit_enumerate(const lang::Expr& call) {
  const size_t given = call.operands.size() - 1;
  if (given == 0) lang::fail_at(call.range, "enumerate expected at least 1 arguments, got 0");
  if (given > 2) lang::fail_at(call.range, cat("enumerate expected at most 2 arguments, got ", given));
  ir::Value* start = given == 2 ? emit(*call[2]) : nullptr;
  for (const lang::Keyword& keyword : call.keywords) {
    if (keyword.name != "start")
      lang::fail_at(call.range, cat("enumerate expected kwarg name 'start', got '", keyword.name, "'"));
    start = emit(*keyword.value);
  }
  // A range without end beside the iterable: the length of the other side decides.
  ir::Value* end = number_constant(IValue(std::numeric_limits<int64_t>::max()), call.range);
  const SugaredValuePtr over = emit_sugared(*call[1])->iterable(*this, call.range);
  std::vector<ir::Value*> bounds{end};
  if (start) bounds.insert(bounds.begin(), start);
  auto zipped = std::make_shared<ZippedValue>();
  zipped->add(call.range, std::make_shared<RangeValue>(*this, call.range, bounds, over->static_length()));
  zipped->add(call.range, over);
  return zipped;
}

SugaredValuePtr Emitter::emit_list_form(const lang::Expr& call, const TypePtr& hint) {
  if (call.operands.size() == 1) {
    const DisplayHint wanted = hint && hint->is(TypeKind::list) ? DisplayHint{hint, {}, nullptr} : DisplayHint{};
    if (hint && !hint->is(TypeKind::list))
      lang::fail_at(call.range, cat("Expected list type annotation for list(), found ", repr(*hint)));
    return simple(
        make_list({}, wanted.type ? wanted.type->expect<ElementType>().element() : types::tensor(), call.range));
  }
  check_count(call, "list", 1, 1);
  const SugaredValuePtr over = emit_sugared(*call[1]);
  if (ir::Value* value = as_simple(over);
      value && (value->type()->is(TypeKind::list) || value->type()->is(TypeKind::string)))
    return simple(emit_operator(*this, call.range, "aten::list", {value}));
  return simple(list_of(over, call.range, hint));
}

/// `x.__getitem__(i)` of a tensor: another tensor indexes at once; what else can stand in brackets is left to them.
SugaredValuePtr Emitter::emit_getitem(const lang::Expr& call, const TypePtr& hint) {
  ir::Value* tensor = emit(*(*call[0])[0]);
  if (ir::Value* index = as_simple(emit_sugared(*call[1])); index && index->type()->is(TypeKind::tensor))
    return emit_operator_call(
        *this, call.range, ir::Symbol::intern("aten::index"),
        {{"", tensor, call.range}, {"", make_list({index}, types::optional(types::tensor()), call.range), call.range}});
  const std::string name = temporary("$_tensor");
  environment_.set_value(name, tensor, call.range);
  lang::Expr subscript;
  subscript.kind = ExprKind::subscript;
  subscript.range = call.range;
  subscript.operands = {name_expr(name, call.range), call[1]};
  return emit_subscript(subscript, hint);
}

/// list(x) is [e for e in x].
ir::Value* Emitter::list_of(const SugaredValuePtr& over, const SourceRange& range, const TypePtr& hint) {
  const auto variable = [&](const std::string& name) { return name_expr(name, range); };
  const std::string over_name = temporary("$_iter"), element_name = temporary("$_elem");
  environment_.set(over_name, over, range);
  lang::Expr comprehension;
  comprehension.kind = ExprKind::list_comp;
  comprehension.range = range;
  comprehension.operands = {variable(element_name)};
  comprehension.comprehensions = {{variable(element_name), variable(over_name), {}}};
  return emit_list_comprehension(comprehension, hint);
}

SugaredValuePtr Emitter::emit_dict_form(const lang::Expr& call, const TypePtr& hint) {
  if (call.operands.size() > 2) check_count(call, "dict", 1, 1);
  const DisplayHint wanted = narrow_hint(hint, TypeKind::dict, call.range);
  if (wanted.candidates.size() > 1)
    lang::fail_at(call.range, cat("There are multiple candidate Dict types in the Union type annotation `", repr(*hint),
                                  "`, and full type inference is not yet supported for the `dict()` constructor."));
  // Unlike a display, a call is not made Optional.
  const TypePtr cast_to = hint && hint->is(TypeKind::union_) ? wanted.whole : nullptr;
  const auto add_keywords = [&](ir::Value* dict) {
    for (const lang::Keyword& keyword : call.keywords) {
      ir::Value* key = constant(IValue(keyword.name), keyword.range);
      ir::Value* value = emit(*keyword.value);
      emit_operator_call(*this, call.range, ir::Symbol::intern("aten::_set_item"),
                         {{"self", dict, call.range}, {"", key, call.range}, {"", value, call.range}});
    }
    return simple(cast_to ? unchecked_cast(dict, cast_to, call.range) : dict);
  };
  const auto node = [&](ExprKind kind, std::string text, std::vector<lang::ExprPtr> operands) {
    auto expr = std::make_shared<lang::Expr>();
    expr->kind = kind;
    expr->text = std::move(text);
    expr->range = call.range;
    expr->operands = std::move(operands);
    return expr;
  };
  const bool only_keywords = call.operands.size() == 1;
  const bool is_list_display = !only_keywords && call[1]->is(ExprKind::list);
  if (call.keywords.empty() && (only_keywords || (is_list_display && call[1]->operands.empty()))) {
    if (is_list_display) emit(*call[1]);
    return simple(make_dict({}, {}, cast_to ? hint : wanted.type, call.range, {}));
  }
  // Keywords are pairs behind those of a list that stands there.
  lang::ExprPtr pairs;
  if (only_keywords || is_list_display) {
    std::vector<lang::ExprPtr> elements = only_keywords ? std::vector<lang::ExprPtr>{} : call[1]->operands;
    for (const lang::Keyword& keyword : call.keywords)
      elements.push_back(node(ExprKind::tuple, "", {node(ExprKind::string, keyword.name, {}), keyword.value}));
    pairs = node(ExprKind::list, "", std::move(elements));
  }
  const lang::Expr& given = only_keywords ? *pairs : *call[1];
  SugaredValuePtr over =
      emit_sugared(given, given.is(ExprKind::dict) || given.is(ExprKind::dict_comp) ? wanted.type : nullptr);
  ir::Value* value = as_simple(over);
  if (value && value->type()->is(TypeKind::dict)) {
    ir::Value* dict = emit_operator(*this, call.range, "aten::dict", {value});
    if (wanted.type && !dict->type()->is_subtype_of(*wanted.type)) {
      const DictType &made = dict->type()->expect<DictType>(), &annotated = wanted.type->expect<DictType>();
      std::string why;
      if (!(*made.key() == *annotated.key()))
        why += cat("Generated key type ", repr(*made.key()), " did not match the annotated key type, which was ",
                   repr(*annotated.key()), "\n");
      if (!(*made.value() == *annotated.value()))
        why += cat("Generated value type ", repr(*made.value()), " did not match the annotated value type, which was ",
                   repr(*annotated.value()), "\n");
      lang::fail_at(call.range, why);
    }
    return add_keywords(dict);
  }
  // dict(x) is {k: v for k, v in x}. What x is was looked at above; it is evaluated here.
  if (!only_keywords) over = emit_sugared(pairs ? *pairs : given);
  const std::string over_name = temporary("$_iter"), key = temporary("$_key"), item = temporary("$_value");
  environment_.set(over_name, over, call.range);
  const auto name = [&](const std::string& text) { return node(ExprKind::name, text, {}); };
  const auto comprehension = node(ExprKind::dict_comp, "", {name(key), name(item)});
  comprehension->comprehensions = {{node(ExprKind::tuple, "", {name(key), name(item)}), name(over_name), {}}};
  ir::Value* dict = emit_dict_comprehension(*comprehension, wanted.type);
  return pairs ? simple(cast_to ? unchecked_cast(dict, cast_to, call.range) : dict) : add_keywords(dict);
}

/// `torch.LongTensor(2, 3)`: sizes; `torch.LongTensor([1, 2])`: elements.
SugaredValuePtr Emitter::emit_legacy_constructor(ScalarType dtype, const lang::Expr& call) {
  const std::string usage =
      "Legacy Tensor Constructor only supports two schemas in TorchScript: \n'new(IntArrayRef size, *, Device? "
      "device=None)',\n'new(PyObject* data, *, Device? device=None)\n'";
  std::vector<ir::Value*> arguments = emit_all(call.operands, 1);
  std::vector<NamedValue> keywords = emit_keywords(call);
  if (keywords.size() > 1) lang::fail_at(call.range, usage + "Got multiple kwargs\n");
  if (keywords.size() == 1 && keywords[0].name != "device")
    lang::fail_at(call.range, cat(usage, "Got kwarg ", keywords[0].name));
  ir::Value* type = constant(IValue(dtype), {});
  keywords.insert(keywords.begin(), NamedValue{"dtype", type, call.range});
  // The nodes have no place in the source, as in PyTorch's graphs.
  const auto make = [&](std::string_view op, ir::Value* given) {
    return emit_operator_call(*this, {}, ir::Symbol::intern(op), {{"", given, call.range}}, keywords);
  };
  if (arguments.size() == 1 && arguments[0]->type()->is(TypeKind::list)) return make("aten::tensor", arguments[0]);
  for (ir::Value* argument : arguments)
    if (!argument->type()->is(TypeKind::int_))
      lang::fail_at(call.range, usage + "Got multiple positional arguments that were not all integers");
  ir::Value* sizes = make_list(arguments, types::int_(), call.range);
  if (!arguments.empty()) return make("aten::empty", sizes);
  // Nothing is an empty list of elements, wherever it should live.
  keywords.resize(1);
  return make("aten::tensor", sizes);
}

SugaredValuePtr Emitter::emit_slice_form(const lang::Expr& call) {
  const size_t given = call.operands.size() - 1;
  if (!call.keywords.empty()) lang::fail_at(call[0]->range, "Slice does not accept any keyword arguments");
  if (given < 1 || given > 3)
    lang::fail_at(call[0]->range, cat("slice accepts exactly 1, 2 or 3 arguments, got: ", given));
  const std::vector<ir::Value*> values = emit_all(call.operands, 1);
  const auto bound = [&](size_t i, int64_t missing) {
    ir::Value* value = i < values.size() ? values[i] : nullptr;
    return !value || value->type()->is(TypeKind::none) ? constant(IValue(missing), call.range) : value;
  };
  constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();
  if (given == 1) {
    ir::Value* start = constant(IValue(int64_t(0)), call.range);
    ir::Value* stop = values[0]->type()->is(TypeKind::none) ? constant(IValue(kEnd), call.range) : values[0];
    return std::make_shared<SliceValue>(start, stop, constant(IValue(int64_t(1)), call.range));
  }
  ir::Value* start = bound(0, 0);
  ir::Value* stop = bound(1, kEnd);
  return std::make_shared<SliceValue>(start, stop, bound(2, 1));
}

ir::Value* Emitter::emit_tolist(const lang::Expr& call, const TypePtr& hint) {
  const lang::Expr& receiver = *(*call[0])[0];
  const SugaredValuePtr operand = emit_sugared(receiver);
  if (!hint) lang::fail_at(call.range, "Expected type hint for result of tolist()");
  ir::Value* value = operand->as_value(*this, receiver.range);
  TypePtr element = hint;
  int64_t dim = 0;
  for (; element->is(TypeKind::list); ++dim) element = element->expect<ElementType>().element();
  int64_t code = 0;
  switch (element->kind()) {
    case TypeKind::int_:
      code = 0;
      break;
    case TypeKind::float_:
      code = 1;
      break;
    case TypeKind::bool_:
      code = 2;
      break;
    case TypeKind::complex:
      code = 3;
      break;
    default:
      throw RuntimeError(
          cat(repr(*element), " is not one of the supported element types for tolist: int, float, complex, bool"));
  }
  ir::Value* dim_value = constant(IValue(dim), {});
  ir::Value* code_value = constant(IValue(code), {});
  ir::Node* node = graph_->insert(graph_->create(kinds::tolist, {value, dim_value, code_value}, 1));
  return node->output()->set_type(hint);
}

}  // namespace rushlight::script
