/// Programs in the interpreter, from C++: what a turn of a loop, a call and an operator cost.
#include <benchmark/benchmark.h>

#include "exec/executor.h"
#include "ops/op.h"
#include "script/compile.h"

namespace rushlight {
namespace {

ir::GraphFunction& define(const std::shared_ptr<ir::CompilationUnit>& unit, const char* text) {
  exec::install();
  return *script::define(*unit, text, nullptr).back();
}

void run_loop(benchmark::State& state, const char* text) {
  const auto unit = ir::CompilationUnit::make();
  ir::GraphFunction& function = define(unit, text);
  constexpr int64_t kTurns = 100'000;
  for (auto _ : state) benchmark::DoNotOptimize(function.call({IValue(kTurns)}));
  state.SetItemsProcessed(state.iterations() * kTurns);
}
BENCHMARK_CAPTURE(run_loop, countdown, "def f(n: int) -> int:\n    while n > 0:\n        n -= 1\n    return n\n");
BENCHMARK_CAPTURE(run_loop, sum_of_ints,
                  "def f(n: int) -> int:\n    t = 0\n    for i in range(n):\n        t += i * i\n    return t\n");
BENCHMARK_CAPTURE(
    run_loop, floats,
    "def f(n: int) -> float:\n    t = 1.0\n    for i in range(n):\n        t = t * 0.5 + 1.0\n    return t\n");
BENCHMARK_CAPTURE(
    run_loop, list_of_ints,
    "def f(n: int) -> int:\n    xs = [0, 1, 2, 3]\n    for i in range(n):\n        xs[i & 3] = xs[(i + 1) & 3] + 1\n"
    "    return xs[0]\n");
BENCHMARK_CAPTURE(
    run_loop, rows_of_floats,
    "def f(n: int) -> float:\n    a = [[1.0, 2.0], [3.0, 4.0]]\n    t = 0.0\n    for i in range(n):\n        "
    "t += a[i & 1][1]\n    return t\n");
BENCHMARK_CAPTURE(
    run_loop, dictionary,
    "def f(n: int) -> int:\n    d = {'a': 0}\n    for i in range(n):\n        d['a'] += 1\n    return d['a']\n");

/// The arithmetic of the tutorial's model.
void tutorial_cell(benchmark::State& state) {
  const auto unit = ir::CompilationUnit::make();
  ir::GraphFunction& function = define(unit,
                                       "def f(x, h, w, b):\n    new_h = torch.tanh(torch.addmm(b, x, w) + h)\n"
                                       "    return new_h, new_h\n");
  dispatch_state.grad_enabled = false;
  const auto ones = [](IntArrayRef sizes) {
    Tensor tensor = empty_tensor(sizes, ScalarType::float32);
    std::fill_n(tensor.data<float>(), tensor.numel(), 1.0f);
    return tensor;
  };
  const std::vector<IValue> arguments = {ones({3, 4}), ones({3, 4}), ones({4, 4}), ones({4})};
  for (auto _ : state) benchmark::DoNotOptimize(function.call(arguments));
  dispatch_state.grad_enabled = true;
}
BENCHMARK(tutorial_cell);

}  // namespace
}  // namespace rushlight
