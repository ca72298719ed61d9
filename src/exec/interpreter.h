/// Runs bytecode. All running state is in the call: a function may run on any number of threads at once.
#pragma once
#include "exec/bytecode.h"

namespace rushlight::exec {

/// The plan of one function: its bytecode, and what the executor remembers about it.
class Plan final : public ir::ExecutablePlan {
 public:
  explicit Plan(std::unique_ptr<Bytecode> bytecode);
  const Bytecode& bytecode() const { return *bytecode_; }
  /// The registers of a new frame: tags of numbers set, constants in their registers, all else None. Frames copy the
  /// bytes and so borrow the constants.
  const std::vector<IValue>& frame_image() const { return frame_image_; }

 private:
  std::unique_ptr<Bytecode> bytecode_;
  std::vector<IValue> frame_image_;
};

/// Frames deep before a clean error; each frame takes 16 bytes a register.
inline constexpr size_t kMaxDepth = 200'000;
/// Functions that were entered through C++ (sorting with a script's `__lt__`, hooks) nest on the machine's stack.
inline constexpr size_t kMaxNativeDepth = 200;

/// Runs `plan` with checked arguments, in schema order. Several results come as a tuple.
/// Errors carry the frames of the program (error_trace.h).
IValue interpret(Plan& plan, std::vector<IValue> arguments);

/// What the surfaces plug in.
struct SurfaceHooks {
  /// Text of a `print` statement, newline included. Default: stdout.
  void (*print)(std::string_view text) = nullptr;
  /// Calls the Python function of a prim::PythonOp node.
  IValue (*call_python)(const ir::Node& node, std::vector<IValue> arguments) = nullptr;
};
extern SurfaceHooks surface_hooks;

}  // namespace rushlight::exec
