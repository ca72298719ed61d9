/// Counters that threads share, which cost little while there is one thread.
/// An atomic addition takes some five nanoseconds even when nobody else is there; glibc tells when that is so. Threads
/// see what was written before they were started, and the answer is asked for again each time.
#pragma once
#include <atomic>

#if defined(__has_include)
#if __has_include(<sys/single_threaded.h>) && !defined(__SANITIZE_THREAD__)
#include <sys/single_threaded.h>
#define RUSHLIGHT_KNOWS_SINGLE_THREAD 1
#endif
#endif
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#undef RUSHLIGHT_KNOWS_SINGLE_THREAD
#endif
#endif

namespace rushlight {

/// Where a byte other than 0 says that this process has one thread; null: nobody tells.
inline const char* single_thread_flag() {
#ifdef RUSHLIGHT_KNOWS_SINGLE_THREAD
  return &__libc_single_threaded;
#else
  return nullptr;
#endif
}

/// Adds and returns what was there before.
template <class T>
T add_shared(std::atomic<T>& counter, T amount, std::memory_order order) {
  if (const char* flag = single_thread_flag(); flag && *flag) {
    const T before = counter.load(std::memory_order_relaxed);
    counter.store(T(before + amount), std::memory_order_relaxed);
    return before;
  }
  return counter.fetch_add(amount, order);
}

}  // namespace rushlight
