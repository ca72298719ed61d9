#include "base/thread_pool.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "base/text.h"

namespace rushlight {
namespace {

thread_local bool inside_region = false;
std::atomic<int> thread_count{0};

/// Threads that wait for tasks. A task never waits for a free thread: if all are busy, another one is started; idle
/// ones stay.
class Pool {
 public:
  static Pool& get() {
    Pool* pool = current.load(std::memory_order_acquire);
    if (pool) return *pool;
    std::lock_guard lock(creation);
    pool = current.load(std::memory_order_acquire);
    if (!pool) {
      static const bool registered = (pthread_atfork(nullptr, nullptr, &Pool::forget), true);
      (void)registered;
      pool = new Pool;  // lives as long as the process: threads may still run while statics are destroyed
      current.store(pool, std::memory_order_release);
    }
    return *pool;
  }

  /// `owner` may take back what nobody has begun.
  void submit(std::function<void()> task, const void* owner = nullptr) {
    std::lock_guard lock(mutex_);
    tasks_.push_back({std::move(task), owner});
    if (idle_ >= tasks_.size())
      wake_.notify_one();
    else
      start_thread(owner);
  }
  void take_back(const void* owner) {
    std::lock_guard lock(mutex_);
    std::erase_if(tasks_, [&](const Task& task) { return task.owner == owner; });
  }

 private:
  struct Task {
    std::function<void()> run;
    const void* owner;
  };

  /// Whoever can take a task back does it alone when the system has no thread left.
  void start_thread(const void* owner) {
    try {
      std::thread([this] { work(); }).detach();
    } catch (const std::system_error& error) {
      if (owner) return;
      tasks_.pop_back();
      throw RuntimeError(cat("no thread for a task could be started: ", error.what()));
    }
  }

  /// In the child of a fork the threads are gone: the old pool is left alone and a new one made when needed.
  static void forget() {
    current.store(nullptr, std::memory_order_release);
    new (&creation) std::mutex;
    inside_region = false;
  }
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (tasks_.empty()) {
        ++idle_;
        wake_.wait(lock, [&] { return !tasks_.empty(); });
        --idle_;
      }
      std::function<void()> task = std::move(tasks_.front().run);
      tasks_.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }

  static inline std::atomic<Pool*> current{nullptr};
  static inline std::mutex creation;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  size_t idle_ = 0;
};

/// One loop: pieces are taken by whoever is free. It is over when all pieces are: on a machine with more work than
/// cores a helper may get its turn long after that, and then finds nothing left to do.
struct Loop {
  std::atomic<int64_t> next;
  int64_t end;
  int64_t piece;
  const std::function<void(int64_t, int64_t)>* body;  ///< read only by whoever has a piece
  std::atomic<int64_t> unfinished;                    ///< pieces
  std::atomic<bool> failed = false;
  std::mutex mutex;
  std::condition_variable done;
  std::exception_ptr error;

  void take_pieces() {
    const bool before = inside_region;
    inside_region = true;
    for (;;) {
      const int64_t from = next.fetch_add(piece);
      if (from >= end) break;
      try {
        if (!failed.load(std::memory_order_relaxed)) (*body)(from, std::min(end, from + piece));
      } catch (...) {
        std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
        failed.store(true, std::memory_order_relaxed);
      }
      if (unfinished.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        std::lock_guard lock(mutex);
        done.notify_one();
      }
    }
    inside_region = before;
  }
};

/// The number of cores, or fewer where the environment says so. Of the two variables PyTorch heeds MKL's first.
int threads_at_start() {
  const int cores = int(std::max(1u, std::thread::hardware_concurrency()));
  for (const char* variable : {"MKL_NUM_THREADS", "OMP_NUM_THREADS"}) {
    const char* text = std::getenv(variable);
    if (!text) continue;
    int count = 0;
    const std::from_chars_result read = std::from_chars(text, text + std::strlen(text), count);
    if (read.ec == std::errc() && count >= 1) return std::min(count, cores);
  }
  return cores;
}

}  // namespace

int get_num_threads() {
  if (const int count = thread_count.load(std::memory_order_relaxed)) return count;
  // Asked once: the C library reads files to find out.
  static const int at_start = threads_at_start();
  return at_start;
}
void set_num_threads(int count) {
  if (count < 1) throw RuntimeError("set_num_threads expects a positive integer");
  thread_count.store(count, std::memory_order_relaxed);
}
bool in_parallel_region() { return inside_region; }
void submit(std::function<void()> task) { Pool::get().submit(std::move(task)); }

void parallel_for(int64_t begin, int64_t end, int64_t grain, const std::function<void(int64_t, int64_t)>& body) {
  if (begin >= end) return;
  const int64_t count = end - begin;
  if (count <= grain || inside_region) return body(begin, end);
  const int64_t pieces = std::min<int64_t>(get_num_threads(), (count + grain - 1) / std::max<int64_t>(grain, 1));
  if (pieces <= 1) return body(begin, end);
  auto loop = std::make_shared<Loop>();
  loop->next = begin;
  loop->end = end;
  loop->piece = (count + pieces - 1) / pieces;
  loop->body = &body;
  loop->unfinished = (count + loop->piece - 1) / loop->piece;
  for (int64_t i = 1; i < pieces; ++i) Pool::get().submit([loop] { loop->take_pieces(); }, loop.get());
  loop->take_pieces();
  Pool::get().take_back(loop.get());
  if (loop->unfinished.load(std::memory_order_acquire) > 0) {
    std::unique_lock lock(loop->mutex);
    loop->done.wait(lock, [&] { return loop->unfinished.load(std::memory_order_acquire) == 0; });
  }
  if (loop->error) std::rethrow_exception(loop->error);
}

}  // namespace rushlight
