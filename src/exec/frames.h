/// The memory of running programs: call frames and the registers in them. Native code reads and writes both, so what it
/// needs stands in plain fields.
#pragma once
#include <algorithm>
#include <cstring>
#include <memory>

#include "exec/bytecode.h"

namespace rushlight::exec {

class Plan;

/// Frames deep before a clean error; each frame takes 16 bytes a register.
inline constexpr size_t kMaxDepth = 200'000;

/// One call of a function. `pc` is where it stands while it has called another, or failed.
struct Frame {
  Plan* plan;
  IValue* registers;
  const Instruction* pc;
};

/// Where registers are taken from, as machine code sees it.
struct RegisterBlock {
  IValue* top = nullptr;    ///< the next free register; what lies above holds nothing that is counted
  IValue* begin = nullptr;  ///< of the block at hand
  IValue* end = nullptr;
};

/// Register memory of one thread: blocks that stay where they are, so that frames keep their addresses.
class RegisterStack : public RegisterBlock {
 public:
  /// A copy of `image`. Constants in it are borrowed: it outlives the frame.
  IValue* push(const std::vector<IValue>& image) {
    const size_t count = image.size();
    if (size_t(end - top) < count) next_block(count);
    IValue* registers = top;
    std::memcpy(static_cast<void*>(registers), image.data(), count * sizeof(IValue));
    top += count;
    return registers;
  }
  void pop(IValue* registers, const std::vector<IValue>& image) noexcept {
    for (size_t i = 0; i < image.size(); ++i) {
      if (registers[i].tag() != image[i].tag())
        registers[i] = IValue();
      else if (registers[i].is_pointer())
        new (&registers[i]) IValue();  // a borrowed constant: nothing to release
    }
    top = registers;
    if (top == begin && block_ > 0) previous_block();
  }

 private:
  struct Block {
    std::unique_ptr<IValue[]> registers;
    size_t size;
    IValue* top;  ///< when the next block was begun
  };
  void next_block(size_t count) {
    if (!blocks_.empty()) blocks_[block_++].top = top;
    if (block_ < blocks_.size() && blocks_[block_].size < count) blocks_.resize(block_);
    if (block_ == blocks_.size()) {
      // A first call of a small function should not have to wait for a large block.
      const size_t size = std::max<size_t>(count, blocks_.empty() ? 256 : 4096);
      blocks_.push_back({std::make_unique<IValue[]>(size), size, nullptr});
    }
    begin = top = blocks_[block_].registers.get();
    end = begin + blocks_[block_].size;
  }
  void previous_block() noexcept {
    --block_;
    begin = blocks_[block_].registers.get();
    end = begin + blocks_[block_].size;
    top = blocks_[block_].top;
  }
  std::vector<Block> blocks_;
  size_t block_ = 0;
};

/// The calls that are active above one C++ function, as machine code sees them.
struct CallState {
  Frame* top;  ///< behind the innermost frame
  Frame* end;  ///< of the memory for frames
  RegisterStack* stack;
  /// Machine code calls itself only while the machine's stack pointer is above this.
  uintptr_t stack_limit = 0;
  /// What machine code returned: written without looking at what was there, which is never counted.
  IValue result;
};

class Calls : public CallState {
 public:
  explicit Calls(RegisterStack& stack) : CallState{inside_, inside_ + kInside, &stack, 0, {}} {}
  Calls(const Calls&) = delete;

  bool empty() const { return top == frames_; }
  size_t depth() const { return size_t(top - frames_); }
  Frame& innermost() const { return top[-1]; }
  const Frame& operator[](size_t i) const { return frames_[i]; }
  /// Fewer than kMaxDepth are active.
  void push(const Frame& frame) {
    if (top == end) grow();
    *top++ = frame;
  }

 private:
  static constexpr size_t kInside = 8;
  void grow() {
    const size_t used = depth(), size = std::min(used * 2, kMaxDepth);
    auto larger = std::make_unique<Frame[]>(size);
    std::copy(frames_, top, larger.get());
    outside_ = std::move(larger);
    frames_ = outside_.get();
    top = frames_ + used;
    end = frames_ + size;
  }
  Frame inside_[kInside];
  Frame* frames_ = inside_;
  std::unique_ptr<Frame[]> outside_;
};

}  // namespace rushlight::exec
