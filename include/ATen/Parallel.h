/// Threads: how many there are, and loops over them.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "rushlight/config.h"

namespace at {
inline namespace RUSHLIGHT_ABI {

/// Threads that one operator may use, the caller included; for the whole process.
RUSHLIGHT_API void set_num_threads(int count);
RUSHLIGHT_API int get_num_threads();
/// Once a process; a second call throws c10::Error. Tasks of programs start threads as they need them.
RUSHLIGHT_API void set_num_interop_threads(int count);
RUSHLIGHT_API size_t get_num_interop_threads();
RUSHLIGHT_API bool in_parallel_region();
inline void init_num_threads() {}
RUSHLIGHT_API std::string get_parallel_info();

namespace detail {
RUSHLIGHT_API void run_parallel(int64_t begin, int64_t end, int64_t grain_size,
                                const std::function<void(int64_t, int64_t)>& body);
}
/// Calls body(from, to) for pieces of [begin, end), in parallel; returns when all are done.
template <class Body>
void parallel_for(int64_t begin, int64_t end, int64_t grain_size, const Body& body) {
  detail::run_parallel(begin, end, grain_size, [&body](int64_t from, int64_t to) { body(from, to); });
}
/// Runs a task some time soon on another thread.
RUSHLIGHT_API void launch(std::function<void()> task);
inline void intraop_launch(const std::function<void()>& task) { launch(task); }

}  // namespace RUSHLIGHT_ABI
}  // namespace at
