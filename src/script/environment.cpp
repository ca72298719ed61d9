#include "script/environment.h"

#include "base/text.h"
#include "script/emitter.h"
#include "script/error_recovery.h"
#include "value/unify.h"

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
  return find_below(name, range, frames_.size());
}

SugaredValuePtr Environment::find_sugared(const std::string& name) const {
  for (size_t i = frames_.size(); i-- > 0;) {
    if (const auto found = frames_[i].sugared.find(name); found != frames_[i].sugared.end()) return found->second;
    if (frames_[i].types.count(name)) return nullptr;
  }
  return nullptr;
}

SugaredValuePtr Environment::find_below(const std::string& name, const SourceRange& range, size_t frames) {
  for (size_t i = frames; i-- > 0;) {
    if (const auto found = frames_[i].sugared.find(name); found != frames_[i].sugared.end()) return found->second;
    if (const auto found = frames_[i].types.find(name); found != frames_[i].types.end()) {
      ir::Node* load = emitter_.insert_node(kinds::load, {}, 1, range);
      load->set_attribute(kName, name);
      load->output()->set_type(found->second);
      if (is_meaningful_name(name)) load->output()->set_debug_name(name);
      return simple(load->output());
    }
  }
  if (poisoned_.count(name)) throw UnknownValue();
  return nullptr;
}

void Environment::poison(const std::string& name) {
  remove(name);
  poisoned_.insert(name);
}

bool Environment::is_defined(const std::string& name) const { return is_defined_from(0, name); }

bool Environment::is_defined_below(size_t frames, const std::string& name) const {
  for (size_t i = 0; i < frames; ++i)
    if (frames_[i].types.count(name) || frames_[i].sugared.count(name)) return true;
  return false;
}

bool Environment::is_defined_from(size_t first, const std::string& name) const {
  for (size_t i = first; i < frames_.size(); ++i)
    if (frames_[i].types.count(name) || frames_[i].sugared.count(name)) return true;
  return false;
}

bool Environment::remove(const std::string& name) {
  bool removed = false;
  for (Frame& frame : frames_) removed |= frame.types.erase(name) + frame.sugared.erase(name) > 0;
  return removed;
}

void Environment::set(const std::string& name, SugaredValuePtr value, const SourceRange& range,
                      const TypePtr& annotated) {
  if (ir::Value* graph_value = as_simple(value)) return set_value(name, graph_value, range, annotated);
  if (annotated) return set_value(name, value->as_value(emitter_, range), range, annotated);
  poisoned_.erase(name);
  if (find_below(name, range, frames_.size() - 1))
    lang::fail_at(range, cat("Cannot re-assign '", name, "' to a value of type ", value->kind(), " because ", name,
                             " is not a first-class value.  Only reassignments to first-class values are allowed"));
  frames_.back().sugared[name] = std::move(value);
  frames_.back().types.erase(name);
}

void Environment::set_value(const std::string& name, ir::Value* value, const SourceRange& range,
                            const TypePtr& annotated) {
  poisoned_.erase(name);
  if (!value->has_name() && is_meaningful_name(name) && value->node()->owning_block() == frames_.back().block)
    value->set_debug_name(name);
  if (SugaredValuePtr parent = find_below(name, range, frames_.size() - 1)) {
    if (annotated)
      lang::fail_at(range, cat("Attempting to declare and annotate the type of variable '", name,
                               "' but it is already defined in an outer block"));
    ir::Value* outside = as_simple(parent);
    if (!outside)
      lang::fail_at(range, cat("Cannot re-assign '", name, "' because it has type ", parent->kind(), " and ", name,
                               " is not a first-class value.  Only reassignments to first-class values are allowed"));
    const TypePtr wanted = unshaped(outside->type());
    value = convert_implicitly(emitter_, range, value, wanted, /*allow_conversions=*/true);
    std::string why;
    if (!value->type()->is_subtype_of(*wanted, &why)) {
      std::string text = cat("Variable '", name, "' previously had type ", repr(*wanted),
                             " but is now being assigned to a value of type ", repr(*value->type()));
      if (wanted->is(TypeKind::list) && value->type()->is(TypeKind::list))
        text +=
            "\nEmpty lists default to List[Tensor]. Add a variable annotation to the assignment to create an empty "
            "list "
            "of another type (torch.jit.annotate(List[T, []]) where T is the type of elements in the list for Python "
            "2)";
      lang::fail_at(range, cat(text, "\n", why));
    }
  }
  if (annotated && !value->type()->is_subtype_of(*annotated))
    lang::fail_at(range, cat("Variable '", name, "' is annotated with type ", repr(*annotated),
                             " but is being assigned to a value of type ", repr(*value->type())));
  frames_.back().types[name] = annotated ? annotated : value->type();
  frames_.back().sugared.erase(name);
  ir::Node* store = emitter_.insert_node(kinds::store, {&value, 1}, 0, range);
  store->set_attribute(kName, name);
}

}  // namespace rushlight::script
