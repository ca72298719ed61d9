/// Runs bytecode. All running state is in the call: a function may run on any number of threads at once.
#pragma once
#include <atomic>

#include "exec/frames.h"

namespace rushlight::exec {

namespace native {
class Code;
}

/// The plan of one function: its bytecode, its machine code once it has run for a while, and what the executor
/// remembers about it.
class Plan final : public ir::ExecutablePlan {
 public:
  Plan(std::unique_ptr<Bytecode> bytecode, const ir::GraphFunction& function);
  ~Plan() override;
  const Bytecode& bytecode() const { return *bytecode_; }
  bool is_of(const ir::GraphFunction& function) const { return &function == function_; }
  /// The registers of a new frame: tags of numbers set, constants in their registers, all else None. Frames copy the
  /// bytes and so borrow the constants.
  const std::vector<IValue>& frame_image() const { return frame_image_; }

  /// Null while there is none.
  const native::Code* machine_code() const { return machine_code_.load(std::memory_order_acquire); }
  /// Counts work, in instructions. True when there was enough of it to ask for machine code. Threads that count at the
  /// same time may lose some of it.
  bool count_work(int64_t instructions) {
    const int64_t left = work_left_.load(std::memory_order_relaxed) - instructions;
    work_left_.store(left, std::memory_order_relaxed);
    return left < 0;
  }
  /// Translates, once; what cannot be translated stays as it is.
  void make_machine_code();

 private:
  std::unique_ptr<Bytecode> bytecode_;
  const ir::GraphFunction* function_;
  std::vector<IValue> frame_image_;
  std::atomic<int64_t> work_left_;
  std::atomic<bool> is_translated_ = false;
  std::atomic<const native::Code*> machine_code_ = nullptr;
};

/// When functions become machine code (native/). From the environment: RUSHLIGHT_NATIVE=0 never, RUSHLIGHT_NATIVE=1
/// when they are called first; otherwise after as much work as the translation takes.
enum class NativeMode { never, when_hot, at_once };
/// For functions whose plan is made from now on.
void set_native_mode(NativeMode mode);
/// Whether this build and this machine can make machine code.
bool has_native();

/// Functions that were entered through C++ (sorting with a script's `__lt__`, hooks) nest on the machine's stack.
inline constexpr size_t kMaxNativeDepth = 200;

/// Runs `plan` with checked arguments, in schema order. Several results come as a tuple.
/// Errors carry the frames of the program (error_trace.h).
IValue interpret(Plan& plan, std::vector<IValue> arguments);

/// What the surfaces plug in.
struct SurfaceHooks {
  /// Calls the Python function of a prim::PythonOp node.
  IValue (*call_python)(const ir::Node& node, std::vector<IValue> arguments) = nullptr;
};
extern SurfaceHooks surface_hooks;

}  // namespace rushlight::exec
