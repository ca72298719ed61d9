/// torch:: names of threads.
#pragma once
#include "ATen/Parallel.h"

namespace torch {
using at::get_num_interop_threads;
using at::get_num_threads;
using at::get_parallel_info;
using at::init_num_threads;
using at::set_num_interop_threads;
using at::set_num_threads;
}  // namespace torch
