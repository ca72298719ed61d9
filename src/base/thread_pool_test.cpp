#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/error.h"

namespace rushlight {
namespace {

class ThreadPool : public testing::Test {
 protected:
  ThreadPool() { set_num_threads(4); }
  ~ThreadPool() override { set_num_threads(before_); }

 private:
  int before_ = get_num_threads();
};

TEST_F(ThreadPool, EveryElementIsVisitedOnce) {
  for (int64_t count : {1, 2, 3, 5, 17, 1000})
    for (int64_t grain : {1, 4, 100}) {
      std::vector<std::atomic<int>> seen(size_t(count) + 10);
      parallel_for(10, 10 + count, grain, [&](int64_t from, int64_t to) {
        for (int64_t i = from; i < to; ++i) ++seen[size_t(i)];
      });
      for (int64_t i = 0; i < count + 10; ++i) ASSERT_EQ(seen[size_t(i)], i < 10 ? 0 : 1) << count << " by " << grain;
    }
}

TEST_F(ThreadPool, TheFirstErrorArrivesWhenNoPieceRunsAnyMore) {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> running{0};
    const auto body = [&](int64_t from, int64_t) {
      ++running;
      if (from % 2 == 0) {
        --running;
        throw RuntimeError("piece");
      }
      std::this_thread::yield();
      --running;
    };
    EXPECT_THROW(parallel_for(0, 4, 1, body), RuntimeError);
    EXPECT_EQ(running, 0);
  }
}

TEST_F(ThreadPool, ALoopDoesNotWaitForHelpersThatHaveNothingToDo) {
  // The caller runs the pieces that no helper has begun. Two pieces: the one that the helper gets stays in it until the
  // caller is through with the others.
  std::mutex mutex;
  std::condition_variable changed;
  int finished = 0;
  std::atomic<bool> helper_took_one{false};
  const std::thread::id caller = std::this_thread::get_id();
  parallel_for(0, 4, 1, [&](int64_t, int64_t) {
    std::unique_lock lock(mutex);
    if (std::this_thread::get_id() != caller && !helper_took_one.exchange(true))
      changed.wait(lock, [&] { return finished == 3; });
    ++finished;
    changed.notify_all();
  });
  EXPECT_EQ(finished, 4);
}

TEST_F(ThreadPool, ManyLoopsAtTheSameTime) {
  std::vector<std::thread> callers;
  std::atomic<int64_t> sum{0};
  for (int i = 0; i < 6; ++i)
    callers.emplace_back([&] {
      for (int round = 0; round < 300; ++round)
        parallel_for(0, 8, 1, [&](int64_t from, int64_t to) { sum += to - from; });
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 6 * 300 * 8);
}

struct Chain {
  std::mutex mutex;
  std::condition_variable changed;
  int left = 20;
};
void run_link(const std::shared_ptr<Chain>& chain) {
  std::unique_lock lock(chain->mutex);
  if (--chain->left > 0) submit([chain] { run_link(chain); });
  chain->changed.notify_all();
  chain->changed.wait(lock, [&] { return chain->left == 0; });
}

TEST_F(ThreadPool, TasksMayWaitForTasks) {
  const auto chain = std::make_shared<Chain>();
  submit([chain] { run_link(chain); });
  std::unique_lock lock(chain->mutex);
  EXPECT_TRUE(chain->changed.wait_for(lock, std::chrono::minutes(2), [&] { return chain->left == 0; }));
}

}  // namespace
}  // namespace rushlight
