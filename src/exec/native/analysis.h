/// What the translator to machine code wants to know about bytecode: which word registers hold something that is still
/// read, how deep in loops each instruction is, where machine code may be entered, and which word registers get a
/// machine register.
#pragma once
#include "exec/bytecode.h"

namespace rushlight::exec::native {

/// A set of registers of a function.
class RegisterSet {
 public:
  explicit RegisterSet(size_t registers = 0) : bits_((registers + 63) / 64) {}
  bool has(uint32_t reg) const { return bits_[reg / 64] >> (reg % 64) & 1; }
  void add(uint32_t reg) { bits_[reg / 64] |= uint64_t(1) << (reg % 64); }
  void remove(uint32_t reg) { bits_[reg / 64] &= ~(uint64_t(1) << (reg % 64)); }
  /// Whether this changed.
  bool add_all(const RegisterSet& other) {
    bool changed = false;
    for (size_t i = 0; i < bits_.size(); ++i) {
      const uint64_t united = bits_[i] | other.bits_[i];
      changed |= united != bits_[i];
      bits_[i] = united;
    }
    return changed;
  }
  /// In increasing order.
  template <class Fn>
  void for_each(Fn&& fn) const {
    for (size_t i = 0; i < bits_.size(); ++i)
      for (uint64_t rest = bits_[i]; rest; rest &= rest - 1) fn(uint32_t(i * 64 + size_t(__builtin_ctzll(rest))));
  }
  bool operator==(const RegisterSet&) const = default;
  bool operator<(const RegisterSet& other) const { return bits_ < other.bits_; }

 private:
  std::vector<uint64_t> bits_;
};

/// Only int, float and bool registers that are not preset take part: the others stay in the frame.
struct Analysis {
  explicit Analysis(const Bytecode& bytecode);
  bool is_word(uint32_t reg) const { return words.has(reg); }

  RegisterSet words;
  std::vector<RegisterSet> live;      ///< before each instruction
  std::vector<uint8_t> depth;         ///< loops around each instruction
  std::vector<uint8_t> is_loop_head;  ///< whether a jump leads back to it
};

/// The machine register of each register: a number below the given counts, or -1 for those that stay in the frame.
/// Registers that are live at the same time get different ones; what inner loops use comes first.
std::vector<int8_t> assign_machine_registers(const Bytecode& bytecode, const Analysis& analysis, int int_count,
                                             int float_count);

}  // namespace rushlight::exec::native
