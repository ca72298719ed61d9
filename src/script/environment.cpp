#include "script/environment.h"

#include "base/text.h"
#include "lang/lexer.h"
#include "script/emitter.h"

namespace rushlight::script {

namespace kinds = ir::kinds;
const ir::Symbol kName = ir::Symbol::intern("name");

bool is_meaningful_name(std::string_view name) {
  if (name.empty() || name[0] == '$') return false;
  if (name[0] != '_') return true;
  return name.find_first_not_of("0123456789", 1) != std::string_view::npos;
}

const TypePtr* Environment::stored_type(const std::string& name, size_t frames) const {
  for (size_t i = frames; i-- > 0;) {
    const auto found = frames_[i].types.find(name);
    if (found != frames_[i].types.end()) return &found->second;
    if (frames_[i].sugared.count(name)) return nullptr;
  }
  return nullptr;
}

bool Environment::is_stored(const std::string& name) const { return stored_type(name, frames_.size()) != nullptr; }

const std::string* Environment::why_forgotten(const std::string& name) const {
  for (size_t i = frames_.size(); i-- > 0;) {
    const auto found = frames_[i].forgotten.find(name);
    if (found != frames_[i].forgotten.end()) return &found->second;
  }
  return nullptr;
}

Environment::Frame Environment::take() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  return frame;
}

SugaredValuePtr Environment::find(const std::string& name, const SourceRange& range) {
  for (size_t i = frames_.size(); i-- > 0;) {
    if (const auto found = frames_[i].types.find(name); found != frames_[i].types.end()) {
      ir::Node* load = emitter_.insert_node(kinds::load, {}, 1, range);
      load->set_attribute(kName, name);
      load->output()->set_type(found->second);
      if (is_meaningful_name(name)) load->output()->set_debug_name(name);
      return simple(load->output());
    }
    if (const auto found = frames_[i].sugared.find(name); found != frames_[i].sugared.end()) return found->second;
  }
  return nullptr;
}

void Environment::set(const std::string& name, SugaredValuePtr value, const SourceRange& range,
                      const TypePtr& annotated) {
  if (const auto* graph_value = dynamic_cast<SimpleValue*>(value.get()))
    return set_value(name, graph_value->value(), range, annotated);
  if (stored_type(name, frames_.size() - 1))
    lang::fail_at(range, cat("Cannot re-assign '", name, "' to a value of type ", value->kind(), " because ", name,
                             " is not a first-class value.  Only reassignments to first-class values are allowed"));
  frames_.back().sugared[name] = std::move(value);
  frames_.back().types.erase(name);
}

void Environment::set_value(const std::string& name, ir::Value* value, const SourceRange& range,
                            const TypePtr& annotated) {
  Frame& frame = frames_.back();
  if (!value->has_name() && is_meaningful_name(name) && value->node()->owning_block() == frame.block)
    value->set_debug_name(name);
  if (const TypePtr* outside = stored_type(name, frames_.size() - 1)) {
    const TypePtr wanted = *outside;
    if (annotated && !(*annotated == *wanted))
      lang::fail_at(range, "Attempting to declare and annotate the type of variable '" + name +
                               "' that is already defined in an outer block");
    // Read from outside, not from this frame: PyTorch looks at the value that the enclosing block has.
    Frame inner = take();
    find(name, range);
    put_back(std::move(inner));
    value = convert_implicitly(emitter_, range, value, wanted, /*allow_conversions=*/true);
    if (!value->type()->is_subtype_of(*wanted)) {
      lang::fail_at(range, cat("Variable '", name, "' previously had type '", wanted->annotation(),
                               "' but is now being assigned to a value of type '", value->type()->annotation(), "'"));
    }
    frames_.back().types[name] = wanted;
  } else {
    frame.types[name] = annotated ? annotated : value->type();
  }
  Frame& now = frames_.back();
  now.sugared.erase(name);
  now.forgotten.erase(name);
  ir::Node* store = emitter_.insert_node(kinds::store, {&value, 1}, 0, range);
  store->set_attribute(kName, name);
}

}  // namespace rushlight::script
