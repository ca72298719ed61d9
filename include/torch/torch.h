/// torch/script.h, and what programs use beside it: gradients, threads, devices, versions.
#pragma once
#include "torch/csrc/autograd/autograd.h"
#include "torch/cuda.h"
#include "torch/script.h"
#include "torch/utils.h"
#include "torch/version.h"

namespace torch {
using autograd::Variable;
}  // namespace torch
