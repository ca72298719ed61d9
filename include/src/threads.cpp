/// at::set_num_threads and friends over the library's pool.
#include <atomic>

#include "ATen/Parallel.h"
#include "base/thread_pool.h"
#include "bridge.h"

namespace at {
inline namespace RUSHLIGHT_ABI {
using rushlight::bridge::guarded;

namespace {
std::atomic<int> interop_threads{0};  // 0: not set
}

void set_num_threads(int count) {
  guarded([&] { rushlight::set_num_threads(count); });
}
int get_num_threads() { return rushlight::get_num_threads(); }
void set_num_interop_threads(int count) {
  TORCH_CHECK(count > 0, "Expected positive number of threads");
  int unset = 0;
  TORCH_CHECK(interop_threads.compare_exchange_strong(unset, count),
              "Error: cannot set number of interop threads after parallel work has started or "
              "set_num_interop_threads called");
}
size_t get_num_interop_threads() {
  const int count = interop_threads.load();
  return size_t(count ? count : rushlight::get_num_threads());
}
bool in_parallel_region() { return rushlight::in_parallel_region(); }
std::string get_parallel_info() {
  return c10::str("Rushlight's own pool\n\tat::get_num_threads() : ", get_num_threads(),
                  "\n\tat::get_num_interop_threads() : ", get_num_interop_threads(), "\n");
}
void detail::run_parallel(int64_t begin, int64_t end, int64_t grain_size,
                          const std::function<void(int64_t, int64_t)>& body) {
  rushlight::parallel_for(begin, end, grain_size, body);
}
void launch(std::function<void()> task) { rushlight::submit(std::move(task)); }

}  // namespace RUSHLIGHT_ABI
}  // namespace at
