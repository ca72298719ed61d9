// Functions from text: running, schemas, graphs, errors.
#include <torch/csrc/jit/ir/ir.h>
#include <torch/jit.h>
#include <torch/script.h>

#include <iostream>

#include "report.h"

int main() {
  auto unit = torch::jit::compile(R"(
def relu_twice(x, k: int = 2):
    return torch.relu(x) * k

def both(x, y: float) -> Tuple[Tensor, float]:
    return x + y, y

def pick(n: int):
    if n > 3:
        return "big"
    return "small"

def fail(x: int):
    assert x > 100, "too small"
    return x
)");
  std::cout << unit->run_method("relu_twice", torch::tensor({-1., 2.})).toTensor() << '\n';
  std::cout << unit->run_method("relu_twice", torch::tensor({-1., 2.}), 5).toTensor() << '\n';
  std::cout << unit->run_method("both", torch::ones({1}), 0.5) << '\n';
  std::cout << unit->run_method("pick", 2) << unit->run_method("pick", 4) << '\n';
  auto& relu = unit->get_function("relu_twice");
  std::cout << relu.name() << ' ' << relu.num_inputs() << ' ' << relu.getSchema() << '\n';
  for (const auto& argument : relu.getSchema().arguments())
    std::cout << argument.name() << ' ' << *argument.type() << ' ' << argument.default_value().has_value() << '\n';
  std::cout << unit->get_function("both").getSchema() << '\n';
  for (torch::jit::Node* node : torch::jit::toGraphFunction(relu).graph()->nodes())
    std::cout << node->kind().toQualString() << ' ' << node->inputs().size() << node->outputs().size() << '\n';
  std::cout << (unit->find_function("nothing") == nullptr) << '\n';

  report("raise", [&] { unit->run_method("fail", 1); });
  report("wrong type", [&] { unit->run_method("relu_twice", "text"); });
  report("missing", [&] { unit->run_method("relu_twice"); });
  report("shapes", [&] {
    torch::jit::compile("def f(x, y):\n    return x + y\n")->run_method("f", torch::ones({2}), torch::ones({3}));
  });
  report("unknown name", [] { torch::jit::compile("def f(x):\n    return nothing(x)\n"); });
  report("syntax", [] { torch::jit::compile("def f(x"); });
}
