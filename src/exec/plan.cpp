#include <cstdlib>

#include "exec/interpreter.h"
#include "exec/native/code.h"

namespace rushlight::exec {
namespace {

NativeMode mode_from_environment() {
  const char* text = std::getenv("RUSHLIGHT_NATIVE");
  if (!text || !*text) return NativeMode::when_hot;
  return std::string_view(text) == "0" ? NativeMode::never : NativeMode::at_once;
}
std::atomic<NativeMode>& native_mode() {
  static std::atomic<NativeMode> mode = mode_from_environment();
  return mode;
}

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
int64_t work_before_translation() {
  // About as many instructions as a usual function's translation takes time.
  constexpr int64_t kHot = 50'000;
  if (!has_native()) return kNever;
  switch (native_mode()) {
    case NativeMode::never:
      return kNever;
    case NativeMode::at_once:
      return 0;
    case NativeMode::when_hot:
      break;
  }
  return kHot;
}

}  // namespace

void set_native_mode(NativeMode mode) { native_mode() = mode; }

bool has_native() {
#ifdef RUSHLIGHT_NATIVE
  return true;
#else
  return false;
#endif
}

Plan::Plan(std::unique_ptr<Bytecode> bytecode, const ir::GraphFunction& function)
    : bytecode_(std::move(bytecode)), function_(&function), work_left_(work_before_translation()) {
  for (RegisterClass cls : bytecode_->registers) switch (cls) {
      case RegisterClass::value:
        frame_image_.emplace_back();
        break;
      case RegisterClass::int_:
        frame_image_.emplace_back(int64_t(0));
        break;
      case RegisterClass::float_:
        frame_image_.emplace_back(0.0);
        break;
      case RegisterClass::bool_:
        frame_image_.emplace_back(false);
        break;
    }
  for (const auto& [reg, constant] : bytecode_->presets) frame_image_[reg] = bytecode_->constants[constant];
}

Plan::~Plan() {
#ifdef RUSHLIGHT_NATIVE
  delete machine_code_.load();
#endif
}

void Plan::make_machine_code() {
  work_left_.store(kNever, std::memory_order_relaxed);
  if (is_translated_.exchange(true)) return;
#ifdef RUSHLIGHT_NATIVE
  machine_code_.store(native::translate(*this).release(), std::memory_order_release);
#endif
}

}  // namespace rushlight::exec
