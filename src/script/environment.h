/// The variables of one function while it is compiled: a chain of frames, one for each block that is being emitted.
/// First-class values live in the graph as prim::Store and prim::Load (made into SSA afterwards, convert_to_ssa.h),
/// others only here.
#pragma once
#include <map>
#include <set>

#include "script/sugared_value.h"

namespace rushlight::script {

class Environment {
 public:
  explicit Environment(Emitter& emitter) : emitter_(emitter) {}

  void push(ir::Block& block) { frames_.push_back({&block, {}, {}, {}}); }
  void pop() { frames_.pop_back(); }

  /// Reads a variable: a Load at the insertion point. Null if it is not defined.
  SugaredValuePtr find(const std::string& name, const SourceRange& range);
  /// The same where nothing is read from the graph: null for first-class values too.
  SugaredValuePtr find_sugared(const std::string& name) const;
  /// Writes a variable. RuntimeError if it has another type in an enclosing frame.
  /// `annotated`: the type that the statement gives it.
  void set(const std::string& name, SugaredValuePtr value, const SourceRange& range,
           const TypePtr& annotated = nullptr);
  void set_value(const std::string& name, ir::Value* value, const SourceRange& range,
                 const TypePtr& annotated = nullptr);
  /// A variable that cannot be read after an If, and the whole text of the error.
  void forget(const std::string& name, std::string why) { frames_.back().forgotten[name] = std::move(why); }
  const std::string* why_forgotten(const std::string& name) const;
  /// An error left it without a value: reading it throws UnknownValue until it is written again.
  void poison(const std::string& name);
  const std::set<std::string>& poisoned() const { return poisoned_; }
  void set_poisoned(std::set<std::string> names) { poisoned_ = std::move(names); }
  size_t depth() const { return frames_.size(); }
  /// Leaves the frames that an error did not leave.
  void unwind(size_t depth) { frames_.erase(frames_.begin() + ptrdiff_t(depth), frames_.end()); }
  /// `del name`: gone in all frames. False if it was in none.
  bool remove(const std::string& name);

  struct Frame {
    ir::Block* block;
    std::map<std::string, TypePtr> types;            ///< of variables stored in the graph
    std::map<std::string, SugaredValuePtr> sugared;  ///< the others
    std::map<std::string, std::string> forgotten;
  };
  Frame& innermost() { return frames_.back(); }
  /// Takes the innermost frame off and hands it over: what a branch defined.
  Frame take();
  void put_back(Frame frame) { frames_.push_back(std::move(frame)); }
  bool is_defined(const std::string& name) const;
  bool is_stored(const std::string& name) const;
  /// Whether one of the outermost `frames` frames has it.
  bool is_defined_below(size_t frames, const std::string& name) const;
  /// Whether one of the frames from `first` on has it.
  bool is_defined_from(size_t first, const std::string& name) const;
  /// A name of the innermost frame that no statement assigns: it may hide one of another type.
  void bind(const std::string& name, SugaredValuePtr value) { frames_.back().sugared[name] = std::move(value); }
  void declare(const std::string& name, TypePtr type) {
    frames_.back().types[name] = std::move(type);
    frames_.back().forgotten.erase(name);
    poisoned_.erase(name);
  }

 private:
  const TypePtr* stored_type(const std::string& name, size_t frames) const;
  SugaredValuePtr find_below(const std::string& name, const SourceRange& range, size_t frames);
  Emitter& emitter_;
  std::vector<Frame> frames_;
  std::set<std::string> poisoned_;
};

/// Not empty, no leading `$`, and not `_` with digits only: such names are given to values.
bool is_meaningful_name(std::string_view name);

}  // namespace rushlight::script
