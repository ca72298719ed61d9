/// Machine code of one function, as the interpreter sees it.
#pragma once
#include "exec/frames.h"

namespace rushlight::exec::native {

/// How machine code ended.
enum class Outcome : uint32_t {
  returned,  ///< the frame is gone; the result is in `Calls::result`
  left,      ///< the interpreter goes on in the innermost frame, at the instruction that its `pc` names
};

/// Pages that hold machine code: written first, then executable and never written again.
class CodeMemory {
 public:
  CodeMemory() = default;
  /// Null memory if the system refuses.
  CodeMemory(const void* code, size_t size);
  CodeMemory(CodeMemory&& other) noexcept
      : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  CodeMemory& operator=(CodeMemory&&) = delete;
  ~CodeMemory();
  const std::byte* start() const { return start_; }
  size_t size() const { return size_; }

 private:
  std::byte* start_ = nullptr;
  size_t size_ = 0;
};

class Code {
 public:
  /// The memory begins with the way in from C++: `Outcome enter(IValue* registers, CallState* calls, const void*
  /// entry)`. `entries` are the offsets at which each instruction can be entered; 0: it cannot.
  Code(CodeMemory memory, std::vector<uint32_t> entries) : memory_(std::move(memory)), entries_(std::move(entries)) {}

  /// Null: the interpreter does this instruction.
  const void* entry(size_t instruction) const {
    const uint32_t offset = entries_[instruction];
    return offset ? memory_.start() + offset : nullptr;
  }
  /// Runs the innermost frame from `entry` on. Throws nothing.
  Outcome run(IValue* registers, CallState& calls, const void* entry) const {
    // Machine code nests at most this deep on the machine's stack; then its frames go on in the interpreter.
    constexpr uintptr_t kStackBytes = 64 * 1024;
    calls.stack_limit = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - kStackBytes;
    using Enter = Outcome (*)(IValue*, CallState*, const void*);
    return reinterpret_cast<Enter>(reinterpret_cast<uintptr_t>(memory_.start()))(registers, &calls, entry);
  }
  size_t size() const { return memory_.size(); }

 private:
  CodeMemory memory_;
  std::vector<uint32_t> entries_;
};

/// Translates bytecode. Null if it is too large, or if the machine or the system does not allow it.
std::unique_ptr<const Code> translate(const Plan& plan);

}  // namespace rushlight::exec::native
