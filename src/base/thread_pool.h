/// Rushlight's own threads. Loops are split over them; tasks (`fork` of programs) run on them. Safe to fork: the child
/// makes a pool of its own when it first needs one.
#pragma once
#include <cstdint>
#include <functional>

namespace rushlight {

/// Calls body(from, to) for pieces of [begin, end) of at least `grain` elements, in parallel, and returns when all are
/// done. Inside a piece, or with one thread, the loop runs in the caller. The first exception of a piece is thrown on.
void parallel_for(int64_t begin, int64_t end, int64_t grain, const std::function<void(int64_t from, int64_t to)>& body);

/// Threads that a loop may use, the caller included. At the start: the number of cores, or what MKL_NUM_THREADS or
/// OMP_NUM_THREADS say if that is less.
int get_num_threads();
/// At least 1, else RuntimeError.
void set_num_threads(int count);
bool in_parallel_region();

/// Runs `task` some time soon on a thread of its own accord. Tasks may wait for tasks: there is always a thread for the
/// next one.
void submit(std::function<void()> task);

}  // namespace rushlight
