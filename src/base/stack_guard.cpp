#include "base/stack_guard.h"

#include <pthread.h>

#include <cstddef>
#include <cstdint>

#include "base/error.h"

namespace rushlight {
namespace {

/// Enough for what runs between two checks, and for throwing.
constexpr size_t kReserve = size_t(256) << 10;

/// The lowest address that the thread's stack may grow to; 0 if it is not known.
uintptr_t lowest_address() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* begin = nullptr;
  size_t size = 0;
  const bool known = pthread_attr_getstack(&attributes, &begin, &size) == 0;
  pthread_attr_destroy(&attributes);
  if (!known) return 0;
  // A small stack keeps a quarter of itself.
  return uintptr_t(begin) + (size / 4 < kReserve ? size / 4 : kReserve);
}

}  // namespace

void check_stack() {
  static thread_local const uintptr_t lowest = lowest_address();
  const char here = 0;
  if (uintptr_t(&here) < lowest) throw LimitError("the program or file is nested too deeply for this thread's stack");
}

}  // namespace rushlight
