/// One recording: the graph that grows, and which value of it stands for which tensor. A thread records at most one
/// trace; recorded operators reach it through the hook of operator calls (record.cpp).
#pragma once
#include <functional>
#include <memory>
#include <unordered_map>

#include "ir/function.h"
#include "ops/op.h"

namespace rushlight::trace {

/// What the recorder asks the surface whose program is recorded. Any of them may be empty.
struct Host {
  std::function<SourceRange()> here;                   ///< where that program stands
  std::function<std::string(const Tensor&)> name_of;   ///< of the local variable that is this tensor; "" if none is
  std::function<void(const std::string&)> warn;        ///< a TracerWarning
  std::function<std::string(const IValue&)> describe;  ///< an object, for messages
};

/// How a size or another 0-d tensor that an argument was given as enters the graph.
enum class Conversion : uint8_t { to_int, to_scalar };

class State {
 public:
  explicit State(Host host);

  std::shared_ptr<ir::Graph> graph;
  Host host;
  bool strict = true;           ///< lists and dictionaries as outputs: a warning, an error
  bool force_outplace = false;  ///< in-place operators are recorded under the names of their functional forms
  bool has_self = false;        ///< a module is recorded: scopes become calls of its submodules

  // ---- values

  /// The value of a tensor; one that the recording does not know becomes a constant here. A value without a name may
  /// get one. RuntimeError for an unknown tensor that requires grad.
  ir::Value* value_of(const Tensor& tensor);
  /// Lists and tuples are put together, numbers and texts become constants; objects and futures must be known.
  ir::Value* value_of(const IValue& value);
  /// Null if the recording does not know it.
  ir::Value* known_value(const Tensor& tensor) const;
  bool knows(const Tensor& tensor) const { return known_value(tensor) != nullptr; }
  void set_value(const Tensor& tensor, ir::Value* value);
  /// What `value` holds is taken apart down to the tensors, as the types of `held` say.
  void set_value(const IValue& held, ir::Value* value);
  /// The next use of the tensor is as if it had never been seen.
  void forget(const Tensor& tensor);

  ir::Value* insert_none();
  /// At the current place, with the range of the running line.
  ir::Value* insert_constant(const IValue& value, TypePtr type = nullptr);
  SourceRange here() const { return host.here ? host.here() : SourceRange(); }
  void warn(const std::string& text) const {
    if (host.warn) host.warn(text);
  }

  // ---- arguments that were given as tensors where numbers are expected

  void convert_argument(const std::string& argument, const Tensor& tensor, Conversion conversion);
  void convert_element(const std::string& argument, size_t element, const Tensor& tensor);
  /// Null if this argument was an ordinary one. `element`: of a list, or npos.
  ir::Value* converted(const std::string& argument, size_t element = size_t(-1)) const;
  void forget_arguments() { converted_.clear(); }

  // ---- scopes

  /// What is recorded until leave_frame belongs to a graph of its own: constants are not shared with the outside.
  void enter_frame() { frames_.emplace_back(); }
  void leave_frame() { frames_.pop_back(); }
  /// The calls of a submodule's `forward`, by its path ("__module.fc").
  void push_scope(const std::string& path);
  void pop_scope();
  const std::string& current_scope() const { return graph->current_scope(); }

 private:
  /// The tensor is held until the recording ends, so that no other one can come to stand at its address.
  struct Known {
    Tensor tensor;
    ir::Value* value;
  };
  struct Frame {
    std::unordered_map<const TensorImpl*, Known> tensors;
    std::vector<std::pair<IValue, ir::Value*>> objects;
  };
  struct Converted {
    std::string argument;
    size_t element;
    ir::Value* value;
  };
  ir::Value* find_object(const IValue& value) const;
  ir::Value* insert_conversion(const Tensor& tensor, Conversion conversion);
  std::vector<Frame> frames_;
  std::vector<Converted> converted_;
  std::vector<std::pair<ir::Node*, std::string>> scopes_;  ///< open ones, and the scope around each
};

/// Everything that is known about a tensor, in a type.
TypePtr complete_type(const Tensor& tensor);

/// The recording of this thread; null when there is none or when it is paused.
const std::shared_ptr<State>& current();
inline bool is_tracing() { return dispatch_state.tracing; }

/// Makes a state the recording of this thread. RuntimeError "Tracing can't be nested".
class Recording {
 public:
  explicit Recording(std::shared_ptr<State> state);
  ~Recording();
  Recording(const Recording&) = delete;
};

/// What runs meanwhile is not recorded.
class Pause {
 public:
  Pause() : was_tracing_(dispatch_state.tracing) { dispatch_state.tracing = false; }
  ~Pause() { dispatch_state.tracing = was_tracing_; }
  Pause(const Pause&) = delete;

 private:
  bool was_tracing_;
};

/// Installs the hook of operator calls. Called once at start-up by whoever links this layer (idempotent).
void install();

}  // namespace rushlight::trace
