// How the numbers in a tensor are written: common scales and widths, columns, blocks, special values.
#include <torch/torch.h>

#include <cmath>
#include <iomanip>
#include <iostream>

int main() {
  for (double v : {3.5, 1e-5, 100000., 1e20, 1. / 3, -0.0, 1e16, 123456789.0, 1e15, 0.1, 2.0, 1e-4})
    std::cout << torch::tensor(v, torch::kDouble) << "\n" << torch::tensor(v) << "\n";
  std::cout << torch::tensor(7) << "\n"
            << torch::tensor(true) << "\n"
            << torch::tensor(1234567890123) << "\n"
            << torch::tensor(5, torch::kByte) << "\n"
            << torch::tensor(1.1, torch::kHalf) << "\n";
  std::cout << torch::tensor({INFINITY, 1.f}) << "\n"
            << torch::tensor({NAN, 1.5f}) << "\n"
            << torch::tensor({NAN, NAN}) << "\n"
            << torch::tensor(NAN) << "\n"
            << torch::tensor(-INFINITY) << "\n";
  auto s = torch::tensor({{100000.5, 0.5}, {3.25, 7.}});
  std::cout << s << "\n" << torch::stack({s, s * 2}) << "\n" << s * 1e-7 << "\n";
  std::cout << torch::arange(80).view({2, 1, 40}) * 1000 << "\n";
  std::cout << (torch::arange(80).view({2, 1, 40}) * 1000.5 + 0.25) << "\n";
  std::cout << (torch::arange(80).view({2, 2, 20}) * 100000.5 + 0.25) << "\n";
  std::cout << torch::arange(16).view({2, 2, 2, 2}) << "\n" << torch::arange(100).view({2, 50}) * 12345678 << "\n";
  std::cout << torch::tensor({1e-5, 1e5}) << "\n"
            << torch::tensor({1e-12, 1e12}) << "\n"
            << torch::tensor({0.001, 0.002}) << "\n"
            << torch::tensor({1e10, 1.}) << "\n"
            << torch::tensor({1e-45f, 1.f}) << "\n";
  std::cout << torch::zeros({0}) << "\n"
            << torch::zeros({2, 0, 3}) << "\n"
            << torch::tensor(-3) << "\n"
            << torch::tensor({-1, -20}) << "\n"
            << torch::tensor({-0.5, 0.25}) << "\n";
  std::cout << std::fixed << std::setprecision(2) << 1.23456 << torch::tensor({1.5}) << 1.23456 << "\n";
  std::cout << torch::tensor({0.00001}) << torch::tensor({99999.5}) << torch::tensor({999999.5}) << torch::tensor({0.})
            << "\n";
  std::cout << torch::view_as_complex(torch::tensor({{1.5, 0.}, {2., 3.}}))
            << torch::view_as_complex(torch::tensor({1.5, 3.})) << "\n";
}
