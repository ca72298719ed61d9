#include "script/function_template.h"

#include <algorithm>

#include "base/text.h"
#include "script/emitter.h"
#include "value/unify.h"

namespace rushlight::script {

namespace kinds = ir::kinds;

namespace {
bool is_open(const lang::Parameter& parameter, bool keywords) {
  return parameter.gathers && !parameter.annotation && parameter.keyword_only == keywords;
}
const lang::Parameter* open_parameter(const lang::Def& def, bool keywords) {
  const auto found =
      std::ranges::find_if(def.parameters, [&](const lang::Parameter& each) { return is_open(each, keywords); });
  return found == def.parameters.end() ? nullptr : &*found;
}
}  // namespace

bool TemplateValue::gathers(bool keywords) {
  return std::ranges::any_of(function_->def().parameters, [&](const lang::Parameter& parameter) {
    return parameter.gathers && parameter.keyword_only == keywords;
  });
}

/// Null if its body does not fit lists of tensors.
ir::GraphFunction* FunctionTemplate::plain_or_null() {
  try {
    return hooks_.compile_plain();
  } catch (const Error&) {
    return nullptr;
  }
}

ir::GraphFunction* FunctionTemplate::specialised(const std::shared_ptr<const GatheredTypes>& types) {
  std::string key;
  for (const TypePtr& type : {types->positions, types->keywords}) key += type ? cat(repr(*type), ";") : ";";
  for (const std::string& name : types->names) key += cat(name, ",");
  const auto [made, added] = made_.try_emplace(key, nullptr);
  if (!added) return made->second;
  try {
    made->second = hooks_.declare(types);
    hooks_.define(*made->second);
    return made->second;
  } catch (...) {
    made_.erase(key);
    throw;
  }
}

SugaredValuePtr FunctionTemplate::call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                                       std::vector<NamedValue> keywords) {
  const lang::Parameter *positions = open_parameter(*def_, false), *others = open_parameter(*def_, true);
  const size_t named = size_t(std::ranges::count_if(
      def_->parameters, [](const lang::Parameter& each) { return !each.gathers && !each.keyword_only; }));
  const auto is_parameter = [&](const NamedValue& keyword) {
    return std::ranges::any_of(def_->parameters,
                               [&](const lang::Parameter& each) { return !each.gathers && each.name == keyword.name; });
  };
  std::vector<NamedValue> first, rest, known, gathered;
  for (size_t i = 0; i < arguments.size(); ++i) (positions && i >= named ? rest : first).push_back(arguments[i]);
  for (const NamedValue& keyword : keywords) (others && !is_parameter(keyword) ? gathered : known).push_back(keyword);
  const auto any = [&](const auto& test) {
    return std::ranges::any_of(rest, test) || std::ranges::any_of(gathered, test);
  };
  // Lists and dictionaries of any length have no shape to compile for.
  const bool is_expanded = any([](const NamedValue& each) { return each.is_expanded; });
  const bool is_of_tensors = !any([](const NamedValue& each) { return !each.value->type()->is(TypeKind::tensor); });
  if (is_expanded) return FunctionValue(hooks_.compile_plain()).call(emitter, range, arguments, keywords);
  if (is_of_tensors)
    if (ir::GraphFunction* plain = plain_or_null())
      return FunctionValue(plain).call(emitter, range, arguments, keywords);
  const auto tuple_of = [&](const std::vector<NamedValue>& values) {
    std::vector<ir::Value*> parts;
    for (const NamedValue& each : values) parts.push_back(each.value);
    return emitter.make_tuple(parts);
  };
  auto types = std::make_shared<GatheredTypes>();
  if (positions) {
    known.push_back({positions->name, tuple_of(rest), range});
    types->positions = known.back().value->type();
  }
  if (others) {
    for (const NamedValue& each : gathered) types->names.push_back(each.name);
    known.push_back({others->name, tuple_of(gathered), range});
    types->keywords = known.back().value->type();
  }
  return FunctionValue(specialised(types)).call(emitter, range, std::move(first), std::move(known));
}

// ---- Keyword arguments in the body

bool KeywordsValue::has(const std::string& name) const { return std::ranges::find(names_, name) != names_.end(); }

std::vector<NamedValue> KeywordsValue::keywords(Emitter& emitter, const SourceRange& range) {
  std::vector<NamedValue> keywords;
  const std::vector<ir::Value*> values = unpack_tuple(emitter, tuple_, range);
  for (size_t i = 0; i < names_.size(); ++i) keywords.push_back({names_[i], values[i], range});
  return keywords;
}

ir::Value* KeywordsValue::as_value(Emitter& emitter, const SourceRange& range) {
  std::vector<ir::Value*> parts;
  std::vector<TypePtr> value_types;
  for (const NamedValue& keyword : keywords(emitter, range)) {
    parts.insert(parts.end(), {emitter.constant(IValue(keyword.name), range), keyword.value});
    value_types.push_back(keyword.value->type());
  }
  const TypePtr value =
      value_types.empty() ? types::tensor() : unify_type_list(value_types, nullptr, /*default_to_union=*/true);
  ir::Node* node = emitter.insert_node(kinds::dict_construct, parts, 1, range);
  return node->output()->set_type(types::dict(types::string(), value));
}

SugaredValuePtr KeywordsValue::element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr&) {
  const std::optional<IValue> key = ir::constant_value(index);
  if (!key || !key->is_string())
    return simple(emit_operator(emitter, range, "aten::__getitem__", {as_value(emitter, range), index}));
  for (const NamedValue& keyword : keywords(emitter, range))
    if (keyword.name == key->to_string()) return simple(keyword.value);
  lang::fail_at(range, cat("KeyError: '", key->to_string(), "'"));
}

SugaredValuePtr KeywordsValue::iterable(Emitter& emitter, const SourceRange& range) {
  std::vector<SugaredValuePtr> keys;
  for (const std::string& name : names_) keys.push_back(simple(emitter.constant(IValue(name), range)));
  return std::make_shared<SugaredTuple>(std::move(keys));
}

namespace {
/// `kwargs.get`, `.keys`, `.values` and `.items`.
class KeywordsMethod final : public SugaredValue {
 public:
  KeywordsMethod(std::shared_ptr<KeywordsValue> keywords, std::string name)
      : keywords_(std::move(keywords)), name_(std::move(name)) {}
  std::string kind() const override { return "method"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> named) override {
    const size_t most = name_ == "get" ? 2 : 0;
    if (!named.empty() || arguments.size() > most || (most && arguments.empty()))
      lang::fail_at(range, cat("Expected at most ", most, " arguments but found ", arguments.size() + named.size()));
    if (name_ == "get") {
      const std::optional<IValue> key = ir::constant_value(arguments[0].value);
      if (!key || !key->is_string())
        return simple(keywords_->as_value(emitter, range))
            ->attribute(emitter, range, name_)
            ->call(emitter, range, arguments, {});
      if (keywords_->has(std::string(key->to_string())))
        return keywords_->element(emitter, range, arguments[0].value, nullptr);
      return simple(arguments.size() == 2 ? arguments[1].value : emitter.constant(IValue(), range));
    }
    std::vector<SugaredValuePtr> parts;
    for (const NamedValue& keyword : keywords_->keywords(emitter, range)) {
      const SugaredValuePtr key = simple(emitter.constant(IValue(keyword.name), range)), value = simple(keyword.value);
      parts.push_back(name_ == "keys"     ? key
                      : name_ == "values" ? value
                                          : std::make_shared<SugaredTuple>(std::vector{key, value}));
    }
    return std::make_shared<SugaredTuple>(std::move(parts));
  }

 private:
  std::shared_ptr<KeywordsValue> keywords_;
  std::string name_;
};
}  // namespace

SugaredValuePtr KeywordsValue::attribute(Emitter& emitter, const SourceRange& range, const std::string& name) {
  if (name == "get" || name == "keys" || name == "values" || name == "items")
    return std::make_shared<KeywordsMethod>(std::static_pointer_cast<KeywordsValue>(shared_from_this()), name);
  return simple(as_value(emitter, range))->attribute(emitter, range, name);
}

}  // namespace rushlight::script
