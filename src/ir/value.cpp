// Values: names, types and uses.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "ir/graph.h"

namespace rushlight::ir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "x.12" is {"x", 12}; without such an end the whole name and nothing.
std::pair<std::string_view, std::string_view> split_suffix(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return {name, {}};
  const std::string_view digits = name.substr(dot + 1);
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return {name, {}};
  return {name.substr(0, dot), digits};
}

}  // namespace

Value::Value(Node* node, size_t offset)
    : node_(node), offset_(offset), unique_(node->graph_->next_unique_++), type_(types::tensor()) {}

Graph& Value::graph() const { return node_->graph(); }

Value* Value::set_type(TypePtr type) {
  RUSHLIGHT_ASSERT(type);
  type_ = std::move(type);
  for (const Use& use : uses_) use.user->op_ = nullptr;
  return this;
}

std::string Value::debug_name_base() const {
  return std::string(split_suffix(name_.empty() ? debug_name() : name_).first);
}

Value* Value::set_debug_name(const std::string& name) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), is_digit))
    throw RuntimeError(cat("Invalid name: '", name, "'"));
  auto& names = graph().names_;
  if (!name_.empty()) names.erase(name_);
  name_.clear();
  if (name.empty()) return this;

  const auto found = names.find(name);
  if (found != names.end()) {
    Value* owner = found->second;
    auto [base_text, digits] = split_suffix(name);
    const std::string base(base_text);
    size_t suffix = 1;
    std::from_chars(digits.data(), digits.data() + digits.size(), suffix);
    auto& suffixes = graph().suffixes_;
    if (const auto last = suffixes.find(base); last != suffixes.end()) suffix = std::max(suffix, last->second + 1);
    std::string candidate;
    do candidate = cat(base, ".", suffix++);
    while (names.contains(candidate));
    suffixes[base] = suffix;
    owner->set_debug_name(candidate);
  }
  names[name] = this;
  name_ = name;
  return this;
}

void Value::replace_all_uses_with(Value* other) {
  if (other == this) return;
  for (const Use& use : uses_) {
    use.user->inputs_[use.offset] = other;
    use.user->op_ = nullptr;
    other->uses_.push_back(use);
  }
  uses_.clear();
}

void Value::replace_all_uses_after(Node* node, Value* other) {
  std::vector<Use> kept;
  for (const Use& use : uses_) {
    if (!use.user->is_after(node)) {
      kept.push_back(use);
      continue;
    }
    use.user->inputs_[use.offset] = other;
    use.user->op_ = nullptr;
    other->uses_.push_back(use);
  }
  uses_ = std::move(kept);
}

Value* Value::copy_metadata(Value* from) {
  set_type(from->type_);
  if (from->has_name()) {
    const std::string name = from->name_;  // taking it renames `from` when both are in one graph
    set_debug_name(name);
  }
  return this;
}

}  // namespace rushlight::ir
