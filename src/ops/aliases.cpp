/// Operators that stand for others: a second name, or the copying twin of a view. Read from aliases.def.
#include "ops/aliases.h"

#include <deque>

#include "base/text.h"
#include "ops/derived_forms.h"

namespace rushlight {
namespace {

/// What the kernel of such an operator needs. Looked up at the first call: families are declared in any order.
struct StandsFor {
  std::string name, overload;  ///< of the functional form
  std::string_view out;        ///< overload of the form with `out`
  mutable const Operator* functional = nullptr;
  mutable const Operator* inplace = nullptr;
  mutable const Operator* with_out = nullptr;
};

const Operator& find(const Operator*& known, const std::string& name, std::string_view overload) {
  if (!known) known = &get_operator(name, overload);
  return *known;
}
void call_functional(const Operator& op, const IValue* arguments, IValue* results) {
  const StandsFor& target = op.config<StandsFor>();
  call_operator(find(target.functional, target.name, target.overload), arguments, results);
}
void call_inplace(const Operator& op, const IValue* arguments, IValue* results) {
  const StandsFor& target = op.config<StandsFor>();
  call_operator(find(target.inplace, target.name + "_", target.overload), arguments, results);
}
void call_with_out(const Operator& op, const IValue* arguments, IValue* results) {
  const StandsFor& target = op.config<StandsFor>();
  call_operator(find(target.with_out, target.name, target.out), arguments, results);
}

Tensor copied(const Tensor& view) {
  static const Operator& clone = get_operator("aten::clone", "");
  const IValue arguments[] = {view, MemoryFormat::contiguous};
  IValue result;
  call_operator(clone, arguments, &result);
  return std::move(result).tensor();
}
void call_and_copy(const Operator& op, const IValue* arguments, IValue* results) {
  call_functional(op, arguments, results);
  if (results[0].is_tensor()) {
    results[0] = copied(results[0].tensor());
    return;
  }
  std::vector<Tensor> parts = results[0].to_tensor_vector();
  for (Tensor& part : parts) part = copied(part);
  results[0] = IValue(parts);
}

/// Declarations keep views of texts: those made here live as long as the process.
std::string_view kept(std::string text) {
  static std::deque<std::string> texts;
  return texts.emplace_back(std::move(text));
}

/// `schema` without "aten::", of the operator `name`.
std::string_view name_of(std::string_view schema) { return schema.substr(0, schema.find_first_of(".(")); }
std::string_view overload_of(std::string_view schema) {
  const size_t dot = schema.find('.'), paren = schema.find('(');
  return dot < paren ? schema.substr(dot + 1, paren - dot - 1) : std::string_view();
}
enum class Listed : uint8_t { no, yes, without_out };
Listed is_listed(std::string_view overloads, std::string_view overload) {
  if (overloads.empty()) return Listed::yes;
  for (std::string_view one : split(overloads, ' ')) {
    const bool without_out = one.ends_with('!');
    if (without_out) one.remove_suffix(1);
    if (one == (overload.empty() ? "-" : overload)) return without_out ? Listed::without_out : Listed::yes;
  }
  return Listed::no;
}

OpDecl standing_for(const OpDecl& target) {
  OpDecl made;
  auto config = std::make_shared<StandsFor>();
  config->name = cat("aten::", name_of(target.schema));
  config->overload = overload_of(target.schema);
  config->out = target.out;
  made.kernel.config = config;
  made.traits = target.traits | OpTraits::composite;
  made.doc = target.doc;
  return made;
}

/// The schema of a view without its alias annotations.
std::string without_aliases(std::string_view schema) {
  std::string text;
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema.substr(i).starts_with("(a") && i >= 6 && schema.substr(i - 6, 6) == "Tensor") {
      i = schema.find(')', i);
      continue;
    }
    text += schema[i];
  }
  return text;
}

}  // namespace

void declare_aliases(OpSet& ops, std::span<const OpDecl* const> declared) {
  const auto for_each = [&](std::string_view target, auto&& make) {
    for (const OpDecl* declaration : declared)
      if (name_of(declaration->schema) == target && !has_trait(declaration->traits, OpTraits::language))
        make(*declaration);
  };
  const auto alias = [&](std::string_view names, std::string_view target, std::string_view overloads) {
    for (std::string_view name : split(names, ' '))
      for_each(target, [&](const OpDecl& declaration) {
        const Listed listed = is_listed(overloads, overload_of(declaration.schema));
        if (listed == Listed::no) return;
        OpDecl made = standing_for(declaration);
        made.schema = kept(cat(name, declaration.schema.substr(target.size())));
        // torch.special has no functions that work in place.
        made.inplace = declaration.inplace && !name.starts_with("special_");
        if (listed == Listed::yes) made.out = declaration.out;
        made.kernel.call = &call_functional;
        made.kernel.call_inplace = &call_inplace;
        made.kernel.call_out = &call_with_out;
        // Functions of torch.linalg are no methods; their old names are.
        if (target.starts_with("linalg_") && !name.starts_with("linalg_"))
          made.traits = OpTraits(uint32_t(made.traits) & ~uint32_t(OpTraits::no_method));
        if (name.starts_with("special_") || name.starts_with("linalg_"))
          made.traits = made.traits | OpTraits::no_method;
        ops.add(std::move(made));
      });
  };
  const auto copies = [&](std::string_view view, std::string_view overloads) {
    for_each(view, [&](const OpDecl& declaration) {
      if (is_listed(overloads, overload_of(declaration.schema)) == Listed::no) return;
      if (declaration.schema.find("-> Tensor(a)") == std::string_view::npos) return;
      OpDecl made = standing_for(declaration);
      made.schema = kept(cat(view, "_copy", without_aliases(declaration.schema.substr(view.size()))));
      const std::string_view overload = overload_of(declaration.schema);
      // Views that give several tensors have a list as `out`: declared by their families.
      if (!declaration.schema.ends_with("[]")) made.out = overload.empty() ? "out" : kept(cat(overload, "_out"));
      made.kernel.call = &call_and_copy;
      made.traits = OpTraits::composite | OpTraits::no_method;
      ops.add(std::move(made));
    });
  };
#define ALIAS(names, target, overloads) alias(names, target, overloads);
#define COPIES(view, overloads) copies(view, overloads);
#include "ops/aliases.def"
#undef ALIAS
#undef COPIES
}

}  // namespace rushlight
