// Calls the module of an archive with two 3x4 tensors: call ARCHIVE. Prints a line of JSON: microseconds of the first
// call as it was loaded and of the best later one, frozen and optimised, and the sum of the results.
// clang-format off
#include <torch/script.h>
#include <algorithm>
#include <chrono>
#include <cstdio>

namespace {
template <class Fn> double microseconds(Fn&& fn) {
  const auto start = std::chrono::steady_clock::now();
  fn();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}
}  // namespace

int main(int argc, const char* argv[]) {
  if (argc != 2) return 2;
  torch::NoGradGuard no_grad;
  torch::jit::script::Module module = torch::jit::load(argv[1]);
  module.eval();
  const std::vector<torch::jit::IValue> inputs{torch::full({3, 4}, 0.5), torch::full({3, 4}, 0.25)};
  const double first = microseconds([&] { module.forward(inputs); });
  torch::jit::script::Module frozen = torch::jit::freeze(module);
  frozen = torch::jit::optimize_for_inference(frozen);
  for (int i = 0; i < 100; ++i) frozen.forward(inputs);
  constexpr int kRuns = 200, kCalls = 200;  // short runs: some are undisturbed
  double best = 1e9;
  for (int run = 0; run < kRuns; ++run)
    best = std::min(best, microseconds([&] { for (int i = 0; i < kCalls; ++i) frozen.forward(inputs); }) / kCalls);
  const double sum = frozen.forward(inputs).toTuple()->elements()[0].toTensor().sum().item<double>();
  std::printf("{\"first\": %.3f, \"us\": %.4f, \"result\": %.6f}\n", first, best, sum);
}
