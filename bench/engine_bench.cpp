/// Operators by themselves: what a call costs, and how fast rows of memory are worked on.
#include <benchmark/benchmark.h>

#include "base/thread_pool.h"
#include "ops/cpu/vector_math.h"
#include "ops/op.h"

namespace rushlight {
namespace {

Tensor ones(IntArrayRef sizes) {
  Tensor tensor = empty_tensor(sizes, ScalarType::float32);
  std::fill_n(tensor.data<float>(), tensor.numel(), 1.0f);
  return tensor;
}

/// One operator on square matrices; the argument is the size.
void run_operator(benchmark::State& state, const char* name, const char* overload, bool with_other) {
  set_num_threads(1);
  const Operator& op = get_operator(name, overload);
  const Tensor a = ones({state.range(0), state.range(0)});
  std::vector<IValue> arguments(op.argument_count());
  for (size_t i = 0; i < arguments.size(); ++i)
    if (op.schema().arguments[i].default_value) arguments[i] = *op.schema().arguments[i].default_value;
  arguments[0] = a;
  if (with_other) arguments[1] = a;
  for (auto _ : state) {
    IValue result;
    call_operator(op, arguments.data(), &result);
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(state.iterations() * a.numel());
}
BENCHMARK_CAPTURE(run_operator, add, "aten::add", "Tensor", true)->Arg(4)->Arg(64)->Arg(512);
BENCHMARK_CAPTURE(run_operator, mul, "aten::mul", "Tensor", true)->Arg(64);
BENCHMARK_CAPTURE(run_operator, tanh, "aten::tanh", "", false)->Arg(4)->Arg(64)->Arg(512);
BENCHMARK_CAPTURE(run_operator, sum, "aten::sum", "", false)->Arg(4)->Arg(64)->Arg(512);
BENCHMARK_CAPTURE(run_operator, mm, "aten::mm", "", true)->Arg(4)->Arg(64)->Arg(256);

/// Nanoseconds an element of a function that is worked on in cache.
void run_function(benchmark::State& state, cpu::VectorFunction function) {
  std::vector<float> row(4096, 0.5f), out(row.size());
  for (auto _ : state) {
    cpu::vector_row(function, row.data(), out.data(), int64_t(row.size()));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * int64_t(row.size()));
}
BENCHMARK_CAPTURE(run_function, exp, cpu::VectorFunction::exp);
BENCHMARK_CAPTURE(run_function, log, cpu::VectorFunction::log);
BENCHMARK_CAPTURE(run_function, sin, cpu::VectorFunction::sin);
BENCHMARK_CAPTURE(run_function, tanh, cpu::VectorFunction::tanh);
BENCHMARK_CAPTURE(run_function, gelu, cpu::VectorFunction::gelu_erf);

void allocate(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(empty_tensor({3, 4}, ScalarType::float32));
}
BENCHMARK(allocate);

}  // namespace
}  // namespace rushlight
