// Making, indexing and changing tensors.
#include <torch/torch.h>

#include <iostream>

#include "report.h"

using torch::indexing::Ellipsis;
using torch::indexing::None;
using torch::indexing::Slice;

void show(const char* name, const torch::Tensor& t) {
  std::cout << name << ' ' << t.dtype() << ' ' << t.sizes() << ' ' << t.requires_grad() << '\n' << t << '\n';
}

int main() {
  show("zeros", torch::zeros({2, 2}));
  show("ones of ints", torch::ones({2}, torch::kInt64));
  show("full", torch::full({2}, 7, torch::dtype(torch::kFloat64).device(torch::kCPU)));
  show("arange", torch::arange(0, 1, 0.25));
  show("linspace", torch::linspace(0, 1, 3, torch::requires_grad()));
  show("eye", torch::eye(2));
  show("nested", torch::tensor({{1, 2}, {3, 4}}));
  show("chosen dtype", torch::tensor({1, 2}, torch::kFloat));
  show("vector", torch::tensor(std::vector<int>{4, 5}));
  show("bools", torch::tensor({true, false}));
  show("like", torch::zeros_like(torch::ones({2}, torch::kInt)));
  torch::manual_seed(0);
  show("randn", torch::randn({2, 2}));
  show("rand", torch::rand({3}));
  show("randint", torch::randint(10, {4}));

  float data[] = {1, 2, 3, 4, 5, 6};
  torch::Tensor blob = torch::from_blob(data, {2, 3});
  blob.mul_(2);
  std::cout << data[5] << ' ' << blob.is_contiguous() << ' ' << blob.numel() << ' ' << blob.nbytes() << '\n';
  int freed = 0;
  {
    torch::Tensor owned = torch::from_blob(
        data, {2}, [&](void*) { ++freed; }, torch::kFloat32);
  }
  std::cout << "freed " << freed << '\n';

  torch::Tensor t = torch::arange(24).view({2, 3, 4});
  show("index", t.index({1, Slice(0, 2), Slice(None, None, 2)}));
  show("ellipsis", t.index({Ellipsis, 0}));
  show("text ellipsis", t.index({"...", None, 1}).select(0, 0));
  show("brackets", t[1][2]);
  show("slice", t.slice(/*dim=*/2, /*start=*/1, /*end=*/3).select(0, 0));
  t.index_put_({0, 0}, -1);
  t[1][0][0] = 100;
  show("written", t.select(1, 0));
  show("transpose", t.transpose(0, 2).contiguous()[0]);
  show("reshape", t.reshape({-1, 6}));
  show("cat", torch::cat({torch::ones({1, 2}), torch::zeros({1, 2})}, 0));
  show("stack", torch::stack({torch::ones({2}), torch::zeros({2})}));
  show("arithmetic", (torch::ones({2}) + 1) * 3 - torch::full({2}, 0.5) / 2);
  show("scalar left", 1 / torch::full({2}, 4.) + 2);
  show("comparison", torch::arange(4) > 1);
  show("softmax", torch::softmax(torch::tensor({1., 2., 3.}), 0));
  show("where", torch::where(torch::tensor({true, false}), torch::tensor({1., 2.}), torch::tensor({3., 4.})));
  show("sum", torch::arange(6).view({2, 3}).sum(1));
  show("mean", torch::arange(6, torch::kFloat).mean());
  std::cout << torch::arange(6).view({2, 3}).argmax(1) << '\n';
  auto [values, indices] = torch::tensor({{3., 1.}, {2., 5.}}).max(1);
  show("max values", values);
  show("max indices", indices);
  show("matmul", torch::ones({2, 3}).matmul(torch::ones({3, 1})));
  show("to", torch::tensor({1.9, -1.9}).to(torch::kInt));
  show("clone", t.clone().select(0, 0)[0]);
  std::cout << torch::tensor(2.5).item<double>() << ' ' << torch::tensor(7).item<int>() << ' '
            << torch::tensor(true).item().toBool() << '\n';
  torch::Tensor matrix = torch::arange(6, torch::kFloat).view({2, 3});
  auto a = matrix.accessor<float, 2>();
  a[1][2] = 50;
  std::cout << a.size(0) << ' ' << a[0][1] << ' ' << matrix[1][2].item<float>() << ' ' << matrix.data_ptr<float>()[5]
            << '\n';
  torch::Tensor same = matrix;
  std::cout << same.is_same(matrix) << ' ' << matrix.clone().is_same(matrix) << ' ' << torch::Tensor().defined() << ' '
            << torch::equal(matrix, matrix.clone()) << '\n';

  report("data_ptr", [] { torch::ones({2}).data_ptr<int64_t>(); });
  report("accessor", [] {
    torch::Tensor t = torch::ones({2, 2});
    t.accessor<float, 1>();
  });
  report("item", [] { torch::ones({2}).item<float>(); });
  report("size", [] { torch::ones({2, 2}).size(5); });
  report("shapes", [] { torch::ones({2}) + torch::ones({3}); });
  report("index", [] { torch::ones({2, 2}).index({5}); });
  report("too many", [] { torch::ones({2}).index({0, 0}); });
  report("step", [] { torch::ones({2}).index({Slice(None, None, -1)}); });
  report("ragged", [] { torch::tensor({{1, 2}, {3}}); });
  report("mixed", [] { torch::tensor({{1, 2}, {3., 4.}}); });
  report("device", [] { torch::Device("gpu"); });
  report("overflow", [] { torch::Scalar(1e20).to<int>(); });
  report("check", [] { TORCH_CHECK(1 == 2, "one is not ", 2); });
  report("interop", [] {
    at::set_num_interop_threads(2);
    at::set_num_interop_threads(2);
  });
}
