// How tensors, numbers, types and options print.
#include <torch/torch.h>

#include <iostream>

int main() {
  std::cout << torch::arange(6).view({2, 3}) << '\n';
  std::cout << torch::tensor({1., 200.}) << '\n' << torch::tensor({1.5, 1000.5}) << '\n';
  std::cout << torch::tensor({1, 200}) << '\n' << torch::tensor(3.5) << '\n' << torch::tensor(1e-5) << '\n';
  std::cout << torch::tensor({1e-5, 1.0}) << '\n' << torch::tensor({100000., 0.5}) << '\n';
  std::cout << torch::tensor({{0.25, 12.5}, {-3.75, 0.125}}) << '\n';
  std::cout << torch::ones({2, 2, 2}) << '\n' << torch::zeros({0, 3}) << '\n' << torch::Tensor() << '\n';
  std::cout << torch::arange(60).view({2, 30}) << '\n';
  std::cout << torch::tensor({true, false}) << '\n';
  std::cout << torch::tensor({1., 2.}).dtype() << ' ' << torch::tensor({1, 2}).dtype() << ' ' << torch::kCPU << ' '
            << torch::Device("cuda:1") << ' ' << torch::kFloat << ' ' << torch::kStrided << '\n';
  std::cout << torch::ones({2}).options() << '\n';
  std::cout << torch::TensorOptions().dtype(torch::kInt64).requires_grad(false) << '\n';
  std::cout << torch::ones({2, 3}).sizes() << ' ' << torch::ones({2, 3}).strides() << ' ' << torch::ones({2}).toString()
            << '\n';
  std::cout << torch::Scalar(2.5) << ' ' << torch::Scalar(3) << ' ' << torch::Scalar(true) << '\n';
  std::cout << torch::indexing::Slice(1, 3) << ' ' << torch::indexing::TensorIndex("...") << '\n';
  torch::print(torch::arange(12).view({1, 12}), 30);
  std::cout << '\n';
}
