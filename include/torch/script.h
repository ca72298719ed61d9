/// What a program needs to load and run TorchScript modules.
///     torch::jit::Module module = torch::jit::load("model.pt");
///     at::Tensor out = module.forward({torch::ones({1, 3, 224, 224})}).toTensor();
#pragma once
#include "torch/csrc/autograd/grad_mode.h"
#include "torch/csrc/jit/api/compilation_unit.h"
#include "torch/csrc/jit/api/module.h"
#include "torch/csrc/jit/runtime/graph_executor.h"
#include "torch/csrc/jit/serialization/import.h"
#include "torch/types.h"
