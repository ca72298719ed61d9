// Gradients, guards and modes.
#include <torch/torch.h>

#include <iostream>

#include "report.h"

int main() {
  torch::Tensor x = torch::tensor({1., 2., 3.}, torch::requires_grad());
  torch::Tensor y = (x * x).sum();
  y.backward();
  std::cout << x.grad() << '\n'
            << y.requires_grad() << y.is_leaf() << x.is_leaf() << ' ' << y.grad_fn()->name() << '\n';

  torch::Tensor z = torch::tanh(x).sum();
  std::cout << torch::autograd::grad({z}, {x})[0] << '\n';
  torch::Tensor first = torch::autograd::grad({(x * x * x).sum()}, {x}, {}, true, true)[0];
  std::cout << torch::autograd::grad({first.sum()}, {x})[0] << '\n';

  {
    torch::NoGradGuard no_grad;
    std::cout << (x * 2).requires_grad() << torch::GradMode::is_enabled() << '\n';
    x.sub_(0.5);
  }
  std::cout << torch::GradMode::is_enabled() << ' ' << (x * 2).requires_grad() << '\n';
  {
    c10::InferenceMode guard;
    std::cout << c10::InferenceMode::is_enabled() << (x * 2).requires_grad() << "\n";
  }
  {
    torch::AutoGradMode off(false);
    torch::AutoGradMode on(true);
    std::cout << (x * 2).requires_grad() << '\n';
  }
  std::cout << x.detach().requires_grad() << x.grad().defined() << torch::ones({1}).grad().defined() << '\n';
  torch::Tensor w = torch::ones({2}, torch::requires_grad());
  w.register_hook([](torch::Tensor grad) { return grad * 10; });
  (w * 3).sum().backward();
  std::cout << w.grad() << '\n';
  w.mutable_grad().zero_();
  std::cout << w.grad() << '\n';

  report("not a scalar", [&] { (x * 2).backward(); });
  report("no gradient", [] { torch::ones({}).backward(); });
  report("unused", [&] { torch::autograd::grad({(x * 2).sum()}, {torch::ones({1}, torch::requires_grad())}); });
  report("ints", [] { torch::ones({1}, torch::kInt).requires_grad_(); });
  report("leaf", [&] { x.add_(1); });
}
