#include "exec/native/analysis.h"

#include <algorithm>

namespace rushlight::exec::native {

Analysis::Analysis(const Bytecode& bytecode)
    : words(bytecode.registers.size()),
      live(bytecode.code.size(), RegisterSet(bytecode.registers.size())),
      depth(bytecode.code.size()),
      is_loop_head(bytecode.code.size()) {
  for (uint32_t reg = 0; reg < bytecode.registers.size(); ++reg)
    if (bytecode.registers[reg] != RegisterClass::value) words.add(reg);
  for (const auto& [reg, constant] : bytecode.presets) words.remove(reg);

  for (size_t i = 0; i < bytecode.code.size(); ++i) {
    const Instruction& in = bytecode.code[i];
    if (!is_jump(in) || in.d > i) continue;
    is_loop_head[in.d] = true;
    for (size_t inside = in.d; inside <= i; ++inside)
      if (depth[inside] < 5) ++depth[inside];
  }

  // Backward from the end, again until loops bring nothing new.
  RegisterUses uses;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = bytecode.code.size(); i-- > 0;) {
      const Instruction& in = bytecode.code[i];
      RegisterSet now(bytecode.registers.size());
      if (falls_through(in) && i + 1 < live.size()) now.add_all(live[i + 1]);
      if (is_jump(in)) now.add_all(live[in.d]);
      find_register_uses(bytecode, in, uses);
      for (uint32_t reg : uses.writes) now.remove(reg);
      for (uint32_t reg : uses.reads)
        if (words.has(reg)) now.add(reg);
      changed |= live[i].add_all(now);
    }
  }
}

std::vector<int8_t> assign_machine_registers(const Bytecode& bytecode, const Analysis& analysis, int int_count,
                                             int float_count) {
  const size_t count = bytecode.registers.size();
  std::vector<RegisterSet> conflicts(count, RegisterSet(count));
  std::vector<uint64_t> weight(count);
  const auto conflict = [&](uint32_t a, uint32_t b) {
    if (a == b) return;
    conflicts[a].add(b);
    conflicts[b].add(a);
  };
  RegisterUses uses;
  for (size_t i = 0; i < bytecode.code.size(); ++i) {
    const Instruction& in = bytecode.code[i];
    find_register_uses(bytecode, in, uses);
    const uint64_t importance = uint64_t(1) << (3 * analysis.depth[i]);
    for (uint32_t reg : uses.reads) weight[reg] += importance;
    for (uint32_t written : uses.writes) {
      weight[written] += importance;
      if (!analysis.is_word(written)) continue;
      if (falls_through(in) && i + 1 < analysis.live.size())
        analysis.live[i + 1].for_each([&](uint32_t other) { conflict(written, other); });
      if (is_jump(in)) analysis.live[in.d].for_each([&](uint32_t other) { conflict(written, other); });
      for (uint32_t other : uses.writes)
        if (analysis.is_word(other)) conflict(written, other);
    }
  }
  // What is live when the function begins was written by nobody above.
  if (!analysis.live.empty())
    analysis.live[0].for_each([&](uint32_t a) { analysis.live[0].for_each([&](uint32_t b) { conflict(a, b); }); });

  std::vector<uint32_t> order;
  for (uint32_t reg = 0; reg < count; ++reg)
    if (analysis.is_word(reg) && weight[reg] > 0) order.push_back(reg);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return weight[a] > weight[b]; });

  std::vector<int8_t> assigned(count, -1);
  for (uint32_t reg : order) {
    const bool is_float = bytecode.registers[reg] == RegisterClass::float_;
    uint32_t taken = 0;
    conflicts[reg].for_each([&](uint32_t other) {
      if (assigned[other] >= 0 && (bytecode.registers[other] == RegisterClass::float_) == is_float)
        taken |= 1u << assigned[other];
    });
    for (int machine = 0; machine < (is_float ? float_count : int_count); ++machine)
      if (!(taken >> machine & 1)) {
        assigned[reg] = int8_t(machine);
        break;
      }
  }
  return assigned;
}

}  // namespace rushlight::exec::native
